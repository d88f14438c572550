"""A render frame by frame, with its switches on and off, and what is said of the whole take after it."""

import re

import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter

from rushes.departments.department import Colour, Reel, Scene, Seen
from rushes.departments.paint import frames
from rushes.departments.paint.advice import signature
from rushes.departments.paint.frames import EVIDENCE, _grained, open_renderer, render_paint, steadied_made
from rushes.departments.paint.inference import Painted
from rushes.departments.paint.layers import Layered, channels_of
from rushes.departments.paint.look_over import STEADY, look_over_take
from rushes.departments.paint.model import PaintModel, pack_model
from rushes.departments.paint.motion import Motion
from rushes.departments.paint.network import HEADS, Shape, applies, fresh_network
from rushes.departments.paint.painter import Around
from rushes.domain.errors import BadMaterial

SIZE = (64, 96)
COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)
CHANGE, ROTO, BOTH = Shape(3, True, 0, (8, 8), 1), Shape(3, False, 1, (8, 8), 1), Shape(3, True, 1, (8, 8), 1)
FRAMES = range(1, 6)
SETTINGS = {"strength": 1.0, "steady": False, "grain": False}
GROUND = (0.3 * np.exp2(4 * gaussian_filter(np.random.default_rng(3).normal(size=(3, *SIZE)), (0, 2, 2)))).astype("f4")


def plate(frame):
    """A locked-off shot with grain of its own in every frame."""
    return GROUND + np.random.default_rng(frame).normal(0, 0.004, GROUND.shape).astype(np.float32)


def model(shape=CHANGE, taught=(("clip", 1),)):
    """A network that changes a part of each picture."""
    network = fresh_network(shape, 1).eval()
    with torch.no_grad():
        network.head.weight.normal_(0, 0.05, generator=torch.Generator().manual_seed(1))
        if shape.changes:
            edge = max(logit for logit in torch.linspace(-8, 0, 801) if applies(logit.view(1, 1, 1, 1)) == 0)
            network.head.bias.view(HEADS, shape.outputs)[:, 3] = edge
    return PaintModel(network, shape, 0, 0, False, {}, "clip", taught, signature(plate(1))[None])


def scene(**further):
    return Scene(COLOUR, "clip", Reel(tuple(FRAMES), plate), further)


def rendered(shape=CHANGE, frame=3, *, given=None, **settings):
    render = open_renderer(model(shape), given or scene(), {**SETTINGS, **settings})
    return render(plate(frame), frame)


def test_steadied_by_its_neighbours_a_frame_moves_only_where_it_moved_anyway():
    alone, steadied = rendered(), rendered(steady=True)
    inside = alone.layers["paint_matte.A"] > 0
    assert 0.02 < inside.mean() < 0.9
    assert (alone.plate != steadied.plate)[:, inside].any()
    assert np.array_equal(steadied.plate[:, ~inside], plate(3)[:, ~inside])
    assert not steadied.layers["paint_matte.A"][~inside].any()


def test_a_steadied_frame_lies_between_what_it_was_and_what_its_neighbours_are():
    still = Motion(np.zeros((2, *SIZE), np.float32), np.zeros(SIZE, np.float32))
    made = [np.full((5, *SIZE), value, np.float32) for value in (0.50, 0.53, 0.50)]
    painted = [Painted(one, np.zeros(SIZE, np.float32)) for one in made]
    around = Around(painted[1], tuple((made[n], still) for n in (0, 2)))
    steady = steadied_made(around, BOTH)
    assert 0.505 < steady.mean() < 0.515


def test_mattes_that_were_steadied_stay_between_nought_and_one():
    still = Motion(np.zeros((2, *SIZE), np.float32), np.zeros(SIZE, np.float32))
    rough = np.random.default_rng(0).integers(0, 2, (2, 5, *SIZE)).astype(np.float32)
    now, other = (Painted(one, np.zeros(SIZE, np.float32)) for one in rough)
    nothing = now.made[3] == 0
    steady = steadied_made(Around(now, ((other.made, still),)), BOTH)
    assert 0 <= steady[3:].min() <= steady[3:].max() <= 1
    assert not steady[3][nothing].any()


def test_a_change_that_came_out_too_clean_gets_the_grain_of_the_plate_inside_and_only_there():
    flat = np.tile(np.linspace(0.2, 0.5, SIZE[1], dtype=np.float32), (3, SIZE[0], 1))
    grainy = flat + np.random.default_rng(0).normal(0, 0.004, flat.shape).astype(np.float32)
    matte = np.zeros(SIZE, np.float32)
    matte[10:54, 40:76] = 1
    layered = Layered(np.where(matte > 0, flat, grainy), matte, matte[:0, None], matte)
    grained = _grained(layered, grainy, 3).result
    assert np.array_equal(grained[:, matte == 0], layered.result[:, matte == 0])
    assert 0.7 < (grained - flat)[:, matte > 0].std() / 0.004 < 1.3
    assert not np.array_equal(grained, _grained(layered, grainy, 4).result)
    empty = Layered(grainy, 0 * matte, matte[:0, None], matte)
    assert _grained(empty, grainy, 3) is empty


def test_grain_is_given_where_it_is_asked_for(monkeypatch):
    given = []
    monkeypatch.setattr(frames, "_grained", lambda layered, plate, number: given.append(number) or layered)
    assert np.array_equal(rendered(grain=True).plate, rendered(grain=False).plate)
    assert given == [3]


def test_strength_and_mattes_go_through_a_render():
    whole, half, none = (rendered(strength=strength) for strength in (1.0, 0.5, 0.0))
    apart = [np.abs(one.plate - plate(3)).mean() for one in (whole, half, none)]
    assert apart[0] > 1.5 * apart[1] > 0 == apart[2]
    assert none.measures == {"covered, %": 0.0}
    covered = (whole.layers["paint_matte.A"] > 0).mean()
    assert whole.measures["covered, %"] == pytest.approx(100 * covered)
    mattes = rendered(ROTO)
    assert np.array_equal(mattes.plate, plate(3))
    assert mattes.measures["covered, %"] == pytest.approx(100 * (mattes.layers["paint_matte.A"] > 0).mean())


def test_weights_that_are_no_paint_model_do_not_render():
    weights, card = pack_model(model())
    assert np.array_equal(render_paint(weights, card, scene(), SETTINGS)(plate(3), 3).plate, rendered().plate)
    with pytest.raises(BadMaterial, match="no paint model"):
        render_paint({}, card, scene(), SETTINGS)


def test_what_is_remembered_of_a_frame_is_small_and_finite_however_large_and_bright_it_is():
    wide = np.full((3, 24, 4 * EVIDENCE), 3.0, np.float32)
    wide[0, 2, :9], wide[1, 2, :9], wide[2, 2, :9] = np.nan, np.inf, 1e30
    evidence = open_renderer(model(BOTH), Scene(COLOUR, "clip"), SETTINGS)(wide, 3).evidence
    assert {name: part.shape for name, part in evidence.items()} == {
        "plate": (3, 6, EVIDENCE),
        "result": (3, 6, EVIDENCE),
        "matte": (1, 6, EVIDENCE),
        "doubt": (6, EVIDENCE),
        "signature": (168,),
        "by_hand": (1,),
    }
    assert all(np.isfinite(part).all() for part in evidence.values())
    assert sum(part.nbytes for part in evidence.values()) < wide.nbytes / 8


def seen_of(render, numbers=FRAMES):
    """A take as it comes back, layers and all."""
    seen = []
    for frame in numbers:
        one = render(plate(frame), frame)
        channels = {**dict(zip("RGB", one.plate, strict=True)), **one.layers}
        seen.append(Seen(frame, lambda channels=channels: channels, one.measures, one.evidence))
    return seen


BOX = (slice(20, 44), slice(30, 66))


def painted_by_hand(level_of):
    """Frames in which a box was made brighter, by so many stops."""

    def fixed(frame):
        picture = plate(frame)
        picture[:, *BOX] *= np.float32(2 ** level_of(frame))
        return picture

    return Reel(tuple(FRAMES), fixed)


def value_of(said, words):
    return next(measure for measure in said.measures if measure.name.startswith(words))


@pytest.fixture(scope="module")
def card():
    return pack_model(model())[1]


def looked_over(level_of, card, folder):
    where = scene(fixes=painted_by_hand(level_of))
    return look_over_take(card, where, seen_of(open_renderer(model(), where, SETTINGS)), folder)


def test_a_take_that_flickers_is_told_from_a_steady_one(card, tmp_path):
    jumping, steady = (
        looked_over(level_of, card, tmp_path) for level_of in (lambda frame: 0.5 + 0.3 * (frame % 2), lambda frame: 0.5)
    )
    worst = [value_of(one, "flicker beyond") for one in (jumping, steady)]
    assert worst[0].value == pytest.approx(0.3, rel=0.3)
    assert worst[0].value > 10 * worst[1].value
    assert [measure.passed for measure in worst] == [False, True]
    assert (worst[0].threshold, worst[0].unit) == (STEADY, "stops")
    assert value_of(steady, "confidence").value == 1


def test_frames_painted_by_hand_and_taught_ones_are_not_asked_for_again(card, tmp_path):
    said = looked_over(lambda frame: 0.5, card, tmp_path)
    assert not [measure for measure in said.measures if measure.name.startswith("fix next")]
    page = next(path for path in said.reports if path.name == "take.html").read_text()
    assert "Painted by hand: 1, 2, 3, 4, 5." in page


def test_a_take_ends_with_the_frame_to_fix_next_and_a_page_about_it(card, tmp_path):
    said = look_over_take(card, scene(), seen_of(open_renderer(model(), scene(), SETTINGS)), tmp_path)
    advised = value_of(said, "fix next, frame")
    assert advised.value in {2.0, 3.0, 4.0, 5.0}
    pages = [path for path in said.reports if path.name == "take.html"]
    assert len(pages) == 1
    assert f"frame {int(advised.value)}" in re.sub(r"\s+", " ", pages[0].read_text().lower())
    assert all(path.is_relative_to(tmp_path) and path.stat().st_size for path in said.reports)
    assert 0 <= value_of(said, "confidence").value < 1


def roto_take(card, mattes, folder):
    seen = []
    for frame in FRAMES:
        matte = mattes(frame)[None]
        layered = Layered(plate(frame), 0 * matte[0], matte, 0 * matte[0] + 0.02, changes=False)
        channels = {**dict(zip("RGB", layered.result, strict=True)), **channels_of(layered, plate(frame))}
        evidence = {"plate": plate(frame), "result": plate(frame), "matte": matte, "doubt": layered.doubt}
        evidence |= {"signature": signature(plate(frame)), "by_hand": np.array([False])}
        seen.append(Seen(frame, lambda channels=channels: channels, {}, evidence))
    return look_over_take(card, scene(), seen, folder)


def test_of_mattes_it_is_measured_how_much_of_them_comes_and_goes(tmp_path):
    card = pack_model(model(ROTO))[1]

    def holding(frame):
        matte = np.zeros(SIZE, np.float32)
        matte[BOX] = 1
        return matte

    def blinking(frame):
        return holding(frame) * np.float32(1 if frame % 2 else 0.5)

    calm, restless = (value_of(roto_take(card, one, tmp_path), "flicker") for one in (holding, blinking))
    assert calm.value < 0.01
    assert calm.passed
    assert restless.value == pytest.approx(0.5, abs=0.1)
    assert (restless.passed, restless.unit) == (False, "of the matte")


def test_of_a_change_with_mattes_the_change_is_looked_at(tmp_path):
    seen = seen_of(open_renderer(model(BOTH), scene(), SETTINGS), [2, 3])
    said = look_over_take(pack_model(model(BOTH))[1], scene(), seen, tmp_path)
    assert value_of(said, "flicker").unit == "stops"


def test_one_frame_alone_does_not_flicker(card, tmp_path):
    said = look_over_take(card, scene(), seen_of(open_renderer(model(), scene(), SETTINGS), [4]), tmp_path)
    assert value_of(said, "flicker").value == 0
    assert value_of(said, "fix next").value == 4
