"""What a network is given beside a plate, and that it does not matter in which order frames are asked for."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from rushes.departments.department import Colour, Example, Reel, Scene
from rushes.departments.paint.carry import Carried, carried
from rushes.departments.paint.frames import open_renderer
from rushes.departments.paint.hints import LEAST_TRUST, ShotHints, at_size, hints_for_training, no_hint, small_keys
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.network import HEADS, Shape, applies, fresh_network
from rushes.departments.paint.painter import SMALL_KEPT, Painter, finite, guide_at, near
from rushes.domain.errors import BadMaterial

SIZE = (48, 64)
FRAMES = range(11, 20)
COLOUR = Colour("ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Raw")
GROUND = (0.3 * np.exp2(3 * gaussian_filter(np.random.default_rng(3).normal(size=(3, *SIZE)), (0, 1, 1)))).astype("f4")
SQUARE = (2.0 * np.exp2(2 * gaussian_filter(np.random.default_rng(4).normal(size=(3, 16, 16)), (0, 1, 1)))).astype("f4")


def left_of(frame):
    return 4 + 2 * (frame - FRAMES[0])


def plate(frame):
    """A square of its own texture that moves to the right by two pixels a frame."""
    picture = GROUND.copy()
    picture[:, 16:32, left_of(frame) : left_of(frame) + 16] = SQUARE
    return picture


def matte(frame):
    where = np.zeros((1, *SIZE), np.float32)
    where[:, 16:32, left_of(frame) : left_of(frame) + 16] = 1
    return where


def example(frame, there=FRAMES):
    """A taught frame of a clip that has some frames, as `train` hands it over: near ones by their place among them."""
    numbers = list(there)

    def beside(offset):
        place = numbers.index(frame) + offset
        return plate(numbers[place]) if 0 <= place < len(numbers) else None

    roles = {"before": lambda: plate(frame), "matte": lambda: np.repeat(matte(frame), 3, axis=0)}
    return Example("shot", frame, roles, beside)


def keys_at(*frames):
    return small_keys([example(frame) for frame in frames], 1)


ROTO = Shape(4, False, 1, (8, 8), 1, hints=1)
CHANGE = Shape(3, True, 0, (8, 8), 1)


def model(shape=ROTO, *, neighbours=0, guides=0, keys=None):
    """A network that is awake: it changes a part of each picture, not all of it, and its heads disagree."""
    network = fresh_network(shape, 1).eval()
    with torch.no_grad():
        network.head.weight.normal_(0, 0.05, generator=torch.Generator().manual_seed(1))
        if shape.changes:
            edge = max(logit for logit in torch.linspace(-8, 0, 801) if applies(logit.view(1, 1, 1, 1)) == 0)
            network.head.bias.view(HEADS, shape.outputs)[:, 3] = edge
    keys = keys_at(12, 18) if keys is None else keys
    kept = keys if shape.hints else {}
    return PaintModel(network, shape, neighbours, guides, bool(kept), kept, "shot", (), np.zeros((0, 1), np.float32))


def scene(clip="shot", frames=FRAMES, **further):
    return Scene(COLOUR, clip, Reel(tuple(frames), plate), further)


def test_a_hint_follows_what_moved_and_says_surely_in_it_and_surely_not_beside_it():
    hint = ShotHints(model(), scene())(15, SIZE)
    inside = matte(15)[0] == 1
    assert hint.shape == (1, *SIZE)
    assert np.median(hint[0, inside]) > 0.6
    assert np.median(hint[0, ~inside]) < -0.6
    assert np.mean((hint[0] > 0) == inside) > 0.97
    assert np.abs(hint).max() <= 1


def test_a_clip_that_is_not_the_taught_one_gets_hints_that_say_nothing():
    nothing = no_hint(1, *SIZE)
    for where, number in ((scene("other"), 15), (replace(scene(), shot=None), 15), (scene(), 99)):
        assert np.array_equal(ShotHints(model(), where)(number, SIZE), nothing)
    assert nothing.shape == (1, *SIZE)
    assert not nothing.any()


def test_a_network_that_takes_no_hint_gets_none():
    assert ShotHints(model(CHANGE), scene())(15, SIZE) is None


@pytest.mark.parametrize("order", [(15, 14, 13, 12, 11), (13, 15, 11, 14, 12)])
def test_the_same_hint_for_a_frame_in_whatever_order_frames_are_asked_for(order):
    where, keys = scene(frames=sorted(order)), keys_at(12, 14)
    in_order, ask = (ShotHints(model(keys=keys), where) for _ in range(2))
    expected = {number: in_order(number, SIZE) for number in sorted(order)}
    assert all(np.array_equal(ask(number, SIZE), expected[number]) for number in order)


def test_all_frames_between_two_taught_ones_are_worked_out_at_once_and_no_more_is_kept():
    read = []

    def reading(number):
        read.append(number)
        return plate(number)

    ask = ShotHints(model(), replace(scene(), shot=Reel(tuple(FRAMES), reading)))
    first, again = ask(14, SIZE), ask(14, SIZE)
    assert np.array_equal(first, again)
    for number in range(13, 18):
        ask(number, SIZE)
    assert set(read) == set(range(12, 19))
    assert len(read) == 7
    ask(19, SIZE)
    assert len(ask._kept) == 1


def test_a_taught_frame_hears_from_the_others_and_not_from_itself():
    lying = {**keys_at(12, 15, 18), 15: np.zeros_like(keys_at(15)[15])}
    true, false = (ShotHints(model(keys=keys), scene())(15, SIZE) for keys in (keys_at(12, 15, 18), lying))
    assert np.array_equal(true, false)
    assert np.mean((true[0] > 0) == (matte(15)[0] == 1)) > 0.97


def test_in_training_a_taught_frame_gets_the_hint_that_it_gets_in_the_render():
    frames = (12, 15, 18)
    trained = hints_for_training([example(frame) for frame in frames], keys_at(*frames))
    ask = ShotHints(model(keys=keys_at(*frames)), scene())
    assert set(trained) == set(frames)
    assert all(np.array_equal(trained[frame], ask(frame, SIZE)) for frame in frames)


@pytest.mark.parametrize("there", [(11, 14, 17, 18), (11, 14, 17)])
def test_of_a_handful_of_stills_only_these_are_followed_from_one_to_the_next(there):
    taught = (11, 14, 17)
    hints = hints_for_training([example(frame, there) for frame in taught], keys_at(*taught))
    wanted = {one.frame: at_size(one, *SIZE) for one in carried(keys_at(*taught), taught, plate)}
    assert all(np.array_equal(hints[frame], wanted[frame]) for frame in taught)
    assert np.mean((hints[14][0] > 0) == (matte(14)[0] == 1)) > 0.95


def test_where_anything_was_carried_it_is_trusted_a_little_and_where_nothing_was_not_at_all():
    trust = np.float32([[0, 0.01, 0.3, 1.0]])
    hint = at_size(Carried(1, np.float32([[[1, 1, 0, 0.5]]]), trust), 1, 4)
    assert hint[0, 0].tolist() == pytest.approx([0, LEAST_TRUST, -0.3, 0])


SHOT = range(11, 16)


def guide(number):
    return np.repeat(matte(number), 3, axis=0)


def everything(rendered):
    return {"plate": rendered.plate, **rendered.layers, **rendered.evidence}


CASES = {
    "change": (model(CHANGE), scene(frames=SHOT)),
    "carried mattes": (model(keys=keys_at(12, 14)), scene(frames=SHOT)),
    "neighbours and guide": (
        model(Shape(10, True, 1, (8, 8), 1), neighbours=1, guides=1),
        scene(frames=SHOT, guide=Reel(tuple(SHOT), guide)),
    ),
}
SETTINGS = {"strength": 1.0, "steady": True, "grain": True}


def render_in(order, case):
    render = open_renderer(*CASES[case], SETTINGS)
    return {number: everything(render(plate(number), number)) for number in order}


@cache
def rendered_in_order(case):
    return render_in(SHOT, case)


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=3, deadline=None)
@given(order=st.permutations(SHOT))
def test_frames_rendered_in_any_order_have_the_same_bits_steadied_as_they_are(case, order):
    expected = rendered_in_order(case)
    for number, rendered in render_in(order, case).items():
        for name, picture in expected[number].items():
            assert picture.tobytes() == rendered[name].tobytes(), (number, name)


def test_these_renders_do_something_or_there_would_be_no_order_to_see():
    steadied, alone = (
        open_renderer(*CASES["change"], {**SETTINGS, "steady": on})(plate(13), 13) for on in (True, False)
    )
    assert (steadied.plate != plate(13)).any()
    assert (steadied.plate != alone.plate).any()


def test_a_frame_is_put_through_the_network_once_when_a_shot_is_rendered_in_order():
    asked = []

    def hints(number, size):
        asked.append(number)

    painter = Painter(model(CHANGE), scene(), hints)
    for number in FRAMES:
        painter.around(plate(number), number, beside=True)
        assert len(painter._small) <= SMALL_KEPT
    assert sorted(asked) == list(FRAMES)


def test_a_frame_has_those_beside_it_as_far_as_the_shot_goes():
    painter = Painter(model(CHANGE), scene(), lambda number, size: None)
    there = {number: painter.around(plate(number), number, beside=True) for number in (11, 15, 19)}
    assert [len(around.beside) for around in there.values()] == [1, 2, 1]
    alone = {number: painter.around(plate(number), number, beside=False) for number in (14, 16)}
    for place, number in enumerate((14, 16)):
        assert np.array_equal(there[15].beside[place][0], alone[number].painted.made)
        assert alone[number].beside == ()
    nowhere = Painter(model(CHANGE), replace(scene(), shot=None), lambda number, size: None)
    assert nowhere.around(plate(15), 15, beside=True).beside == ()


def test_the_motion_to_each_side_goes_where_the_square_went():
    painter = Painter(model(CHANGE), scene(), lambda number, size: None)
    before, after = (motion for _, motion in painter.around(plate(15), 15, beside=True).beside)
    inside = matte(15)[0] == 1
    assert np.median(before.flow[0, inside]) == pytest.approx(-2, abs=0.5)
    assert np.median(after.flow[0, inside]) == pytest.approx(2, abs=0.5)


def test_the_frame_so_many_further_on_is_counted_among_those_that_there_are():
    reel = Reel((3, 5, 9), plate)
    assert [near(reel, 5, offset) for offset in (-2, -1, 0, 1, 2)] == [None, 3, 5, 9, None]
    assert near(reel, 4, 1) is None
    assert near(None, 5, 1) is None


def test_neighbours_are_given_in_order_and_the_last_one_stands_for_those_beyond_the_end(monkeypatch):
    from rushes.departments.paint import painter as module

    seen = []
    real = module.paint
    monkeypatch.setattr(module, "paint", lambda *given, **more: seen.append(given[2]) or real(*given, **more))
    wide = model(Shape(15, True, 0, (8, 8), 1), neighbours=2)
    Painter(wide, scene(), lambda number, size: None).around(plate(12), 12, beside=False)
    assert np.array_equal(seen[0], np.concatenate([plate(number) for number in (12, 11, 11, 13, 14)]))


@pytest.mark.parametrize("further", [{}, {"guide": Reel((14,), guide)}])
def test_a_frame_without_its_guide_is_refused_with_what_to_do(further):
    render = open_renderer(CASES["neighbours and guide"][0], scene(frames=SHOT, **further), SETTINGS)
    with pytest.raises(BadMaterial, match="frame 13 has no guide, and this model was taught with one") as refusal:
        render(plate(13), 13)
    assert refusal.value.remedy == "Give it: --with guide=MATTE"


def test_a_guide_of_another_size_is_refused():
    with pytest.raises(BadMaterial, match="frame 13: the guide is 64 × 48, the plate is not"):
        guide_at({"guide": Reel((13,), guide)}, 13, (96, 128))


def test_the_network_sees_no_nan_and_a_plate_without_any_is_not_copied():
    spoilt = plate(13)
    assert finite(spoilt) is spoilt
    spoilt[0, 0, :3] = np.nan, np.inf, -np.inf
    assert finite(spoilt)[0, 0, :3].tolist() == [0, 65504, -65504]
    rendered = open_renderer(model(CHANGE), replace(scene(), shot=None), SETTINGS)(spoilt, 13)
    assert np.array_equal(rendered.plate[0, 0, :3], spoilt[0, 0, :3], equal_nan=True)
    assert np.isfinite(rendered.plate).sum() == spoilt.size - 3
