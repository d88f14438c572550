"""A frame's layers: what the matte does not cover keeps its very bits, and what the artist says wins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rushes.departments.department import Reel
from rushes.departments.paint.encoding import decoded, encoded
from rushes.departments.paint.layers import channels_of, laid_in, only_inside, with_the_artists_own
from rushes.departments.paint.network import Shape
from rushes.domain.errors import BadMaterial

CHANGE, ROTO = Shape(3, True, 0, (8, 8), 1), Shape(3, False, 1, (8, 8), 1)
BOTH, THREE = Shape(3, True, 1, (8, 8), 1), Shape(3, False, 3, (8, 8), 1)
SIZE = (6, 7)
HALVES = np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32).reshape(1, 512, 128)

LIGHT = arrays(np.float32, (3, *SIZE), elements=st.floats(width=32))
SHARES = arrays(np.float32, SIZE, elements=st.sampled_from([0.0, 0.0, 0.001, 0.3, 1.0]))


def bits(picture):
    return np.ascontiguousarray(picture).view(np.uint32)


def differs(one, other):
    return (bits(one) != bits(other)).any(axis=0)


def made_of(change, where, *mattes):
    return np.concatenate([where * change, where[None], *(matte[None] for matte in mattes)]).astype(np.float32)


def plate(seed=0):
    return np.random.default_rng(seed).uniform(-0.1, 8, (3, *SIZE)).astype(np.float32)


def box(value=1.0):
    matte = np.zeros(SIZE, np.float32)
    matte[1:4, 2:6] = value
    return matte


NO_DOUBT = np.zeros(SIZE, np.float32)


def painted(light=None, change=0.25, strength=1.0, where=None):
    light = plate() if light is None else light
    where = box() if where is None else where
    return laid_in(
        light, made_of(np.full(light.shape, change), where), np.zeros_like(where), shape=CHANGE, strength=strength
    )


def reel(*frames, number=3):
    return Reel(tuple(range(number, number + len(frames))), lambda at: frames[at - number])


@settings(max_examples=25, deadline=None)
@given(light=LIGHT, change=LIGHT, where=SHARES, strength=st.floats(0, 2))
def test_whatever_the_light_and_the_change_no_bit_moves_outside_the_matte(light, change, where, strength):
    before = light.copy()
    with np.errstate(all="ignore"):
        layered = laid_in(light, made_of(change, where), NO_DOUBT, shape=CHANGE, strength=strength)
    assert not differs(layered.result, light)[layered.matte == 0].any()
    assert np.isfinite(layered.result[np.isfinite(light)]).all()
    assert np.array_equal(bits(light), bits(before))


def test_every_half_float_there_is_survives_outside_and_what_is_no_number_inside_too():
    light, where = np.repeat(HALVES, 3, axis=0), np.zeros(HALVES.shape[1:], np.float32)
    where[1:, 100:] = 1
    layered = painted(light, where=where)
    assert not differs(layered.result, light)[where == 0].any()
    infinite = ~np.isfinite(light)
    assert np.array_equal(bits(layered.result)[infinite], bits(light)[infinite])
    assert (layered.result != light)[np.isfinite(light) & (where == 1)].all()


@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0, 2.0])
def test_strength_goes_from_the_plate_over_what_was_learned_to_twice_that_in_paint_codes(strength):
    light, layered = plate(), painted(strength=strength)
    assert encoded(layered.result)[:, 2, 3] == pytest.approx(encoded(light)[:, 2, 3] + 0.25 * strength, abs=1e-5)
    if strength == 0:
        assert np.array_equal(bits(layered.result), bits(light))
        assert not layered.matte.any()


def test_light_below_nought_and_above_one_is_changed_as_any_other():
    light = plate()
    light[:, 2, 3], light[:, 2, 4] = -0.3, 900.0
    result = painted(light).result
    wanted = decoded(encoded(np.float32([-0.3, 900.0])) + np.float32(0.25))
    assert result[0, 2, 3:5] == pytest.approx(wanted, rel=1e-4)
    assert wanted[0] < 0
    assert wanted[1] > 2000


def test_a_matte_that_is_nearly_empty_or_full_is_empty_or_full():
    said = np.full(SIZE, 0.5, np.float32)
    said[0], said[-1] = 0.015, 0.985
    layered = laid_in(plate(), said[None], NO_DOUBT, shape=ROTO, strength=1.0)
    assert np.array_equal(layered.mattes[0, [0, 2, -1], 0], np.float32([0, 0.5, 1]))
    assert not layered.changes
    assert np.array_equal(bits(layered.result), bits(plate()))


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        (CHANGE, "matte.A delta.R delta.G delta.B confidence.A"),
        (ROTO, "matte.A confidence.A"),
        (THREE, "matte.R matte.G matte.B confidence.A"),
        (BOTH, "matte.A delta.R delta.G delta.B taught.A confidence.A"),
    ],
)
def test_layers_have_names_of_their_own_and_sizes_of_the_plate(shape, names):
    made = np.full((shape.outputs, *SIZE), 0.5, np.float32)
    channels = channels_of(laid_in(plate(), made, NO_DOUBT, shape=shape, strength=1.0), plate())
    assert list(channels) == [f"paint_{name}" for name in names.split()]
    assert all((one.shape, one.dtype) == (SIZE, np.float16) and one.flags.c_contiguous for one in channels.values())


def test_a_take_with_a_change_and_mattes_says_with_its_matte_where_the_change_applies():
    made = np.concatenate([made_of(np.full((3, *SIZE), 0.5), box()), 1 - box()[None]])
    layered = laid_in(plate(), made, NO_DOUBT, shape=BOTH, strength=1.0)
    channels = channels_of(layered, plate())
    assert np.array_equal(channels["paint_matte.A"] > 0, differs(layered.result, plate()))
    assert np.array_equal(channels["paint_taught.A"], 1 - box())


@settings(max_examples=20, deadline=None)
@given(light=LIGHT, where=SHARES)
def test_the_delta_is_the_result_less_the_plate_and_nothing_where_nothing_was_changed(light, where):
    layered = painted(light, where=where)
    channels = channels_of(layered, light)
    same = bits(layered.result) == bits(light)
    for number, name in enumerate("RGB"):
        delta = channels[f"paint_delta.{name}"]
        assert not delta[same[number]].view(np.uint16).any()
        moved = ~same[number]
        exact = np.clip(layered.result[number][moved] - light[number][moved], -65504, 65504)
        assert np.array_equal(delta[moved], exact.astype(np.float16), equal_nan=True)


def test_a_matte_is_nothing_only_where_no_bit_was_moved_however_faint_it_is():
    made = made_of(np.full((3, *SIZE), 0.5), box(1e-12))
    layered = laid_in(plate(), made, NO_DOUBT, shape=CHANGE, strength=1.0)
    assert np.array_equal(channels_of(layered, plate())["paint_matte.A"] > 0, box() > 0)


def test_confidence_is_whole_without_doubt_and_none_at_a_third_of_a_stop():
    doubt = np.full(SIZE, 0.05, np.float32)
    doubt[0], doubt[1] = 0, 7
    layered = laid_in(plate(), made_of(plate(), box()), doubt, shape=CHANGE, strength=1.0)
    assert channels_of(layered, plate())["paint_confidence.A"][:3, 0].tolist() == pytest.approx([1, 0, 0.5])


def test_the_artists_own_frame_wins_whole_to_its_bits_with_a_matte_around_all_that_differs():
    light = np.random.default_rng(1).uniform(0, 2, (3, 32, 40)).astype(np.float32)
    light[0, 0, 0], light[1, 25, 30] = np.nan, 0.0
    fixed = light.copy()
    fixed[:, 4, 10], fixed[1, 25, 30] = 0.5, -0.0
    where = np.ones((32, 40), np.float32)
    layered = laid_in(light, made_of(light, where), where, shape=CHANGE, strength=1.0)
    own = with_the_artists_own(layered, light, {"fixes": reel(fixed)}, number=3)
    assert np.array_equal(bits(own.result), bits(fixed))
    assert own.by_hand
    assert not own.doubt.any()
    assert np.array_equal(own.matte > 0, differs(fixed, light))
    assert own.matte[4, 10] == 1


def test_a_frame_without_a_fix_stays_as_it_was_painted():
    layered = painted()
    for further in ({}, {"fixes": reel(plate(9), number=4)}):
        assert with_the_artists_own(layered, plate(), further, number=3) is layered


def roto(*mattes, shape=ROTO):
    return laid_in(plate(), np.stack(mattes), NO_DOUBT, shape=shape, strength=1.0)


def test_a_matte_that_an_artist_drew_wins_over_the_taught_one_in_alpha_or_in_grey():
    fix = np.concatenate([plate(4), box(0.4)[None]])
    for fixed in (fix, np.repeat(box(0.4)[None], 3, axis=0)):
        layered = with_the_artists_own(roto(1 - box()), plate(), {"fixes": reel(fixed)}, number=3)
        assert np.array_equal(layered.mattes, box(0.4)[None])
        assert np.array_equal(bits(layered.result), bits(plate()))


def test_three_mattes_stay_three_where_the_artists_are_all_empty():
    fixed = np.zeros((3, *SIZE), np.float32)
    layered = with_the_artists_own(roto(box(), box(), box(), shape=THREE), plate(), {"fixes": reel(fixed)}, number=3)
    assert np.array_equal(layered.mattes, fixed)


@pytest.mark.parametrize(
    ("taught", "fixed", "words"),
    [
        (painted(), np.zeros((3, 5, 7), np.float32), "the fix is 7 × 5"),
        (roto(box()), plate(), "1 matte to a frame were taught, and the fix has 3"),
        (
            roto(box(), box(), box(), shape=THREE),
            np.concatenate([plate(), box()[None]]),
            "3 mattes to a frame were taught, and the fix has 1",
        ),
    ],
)
def test_a_fix_that_does_not_fit_is_refused_by_frame(taught, fixed, words):
    with pytest.raises(BadMaterial, match=f"frame 3: {words}"):
        with_the_artists_own(taught, plate(), {"fixes": reel(fixed)}, number=3)


def grey(matte):
    return np.repeat(matte[None], 3, axis=0)


@settings(max_examples=25, deadline=None)
@given(light=LIGHT, region=SHARES, where=SHARES)
def test_outside_of_inside_the_plate_keeps_its_very_bits_and_inside_the_fix(light, region, where):
    layered = painted(light, where=where)
    mixed = only_inside(layered, light, {"inside": reel(grey(region))}, number=3)
    assert not differs(mixed.result, light)[region == 0].any()
    assert not differs(mixed.result, layered.result)[region == 1].any()
    assert not differs(mixed.result, light)[mixed.matte == 0].any()


@settings(max_examples=25, deadline=None)
@given(light=LIGHT, below=LIGHT, region=SHARES, where=SHARES)
def test_outside_of_inside_the_take_below_keeps_its_very_bits(light, below, region, where):
    layered = painted(light, where=where)
    with np.errstate(all="ignore"):
        mixed = only_inside(layered, light, {"inside": reel(grey(region)), "over": reel(below)}, number=3)
    assert not differs(mixed.result, below)[region == 0].any()
    assert not differs(mixed.result, layered.result)[region == 1].any()
    assert not differs(mixed.result, light)[mixed.matte == 0].any()


def test_what_the_take_below_changed_is_covered_and_what_only_seems_to_differ_is_not():
    light, below = plate(), plate()
    light[0, 0, 0] = below[0, 0, 0] = np.nan
    light[1, 0, 1], below[1, 0, 1], below[2, 5, 5] = 0.0, -0.0, 7.0
    mixed = only_inside(painted(light), light, {"inside": reel(grey(0 * box())), "over": reel(below)}, number=3)
    assert np.array_equal(bits(mixed.result), bits(below))
    assert np.array_equal(np.argwhere(mixed.matte), [[0, 1], [5, 5]])


def test_infinite_light_stays_itself_where_a_redo_is_half_inside():
    light = plate()
    light[:2, 2, 3] = np.inf, -np.inf
    mixed = only_inside(painted(light), light, {"inside": reel(grey(box(0.5)))}, number=3)
    assert mixed.result[:2, 2, 3].tolist() == [np.inf, -np.inf]


def test_half_inside_is_half_of_the_way_from_below_to_the_fix():
    layered, below = painted(), plate() + 1
    mixed = only_inside(layered, plate(), {"inside": reel(grey(box(0.5))), "over": reel(below)}, number=3)
    assert mixed.result[:, 2, 3] == pytest.approx((layered.result + below)[:, 2, 3] / 2, rel=1e-5)
    assert np.array_equal(mixed.matte, np.where(box() > 0, 0.5, 1).astype(np.float32))


def test_a_frame_that_the_matte_does_not_have_lies_outside_of_it():
    layered, below = painted(), plate() + 1
    mixed = only_inside(layered, plate(), {"inside": reel(grey(box()), number=9), "over": reel(below)}, number=3)
    assert np.array_equal(bits(mixed.result), bits(below))
    plain = only_inside(layered, plate(), {"inside": reel(grey(box()), number=9)}, number=3)
    assert np.array_equal(bits(plain.result), bits(plate()))
    assert not plain.matte.any()


def test_an_earlier_take_that_does_not_have_the_frame_leaves_the_plate_underneath():
    further = {"inside": reel(grey(box())), "over": reel(plate() + 1, number=9)}
    mixed = only_inside(painted(), plate(), further, number=3)
    assert not differs(mixed.result, plate())[box() == 0].any()


def test_without_inside_a_frame_stays_as_it_is():
    layered = painted()
    assert only_inside(layered, plate(), {"over": reel(plate() + 1)}, number=3) is layered


def test_mattes_are_nothing_outside_of_inside_and_do_not_lie_on_those_of_an_earlier_take():
    layered = roto(np.ones(SIZE, np.float32))
    further = {"inside": reel(grey(box(0.5)))}
    assert np.array_equal(only_inside(layered, plate(), further, number=3).mattes, box(0.5)[None])
    with pytest.raises(BadMaterial, match="do not lie on those of an earlier take"):
        only_inside(layered, plate(), {**further, "over": reel(plate())}, number=3)


def test_every_size_that_is_not_the_plates_is_refused_by_name_at_once():
    small = np.zeros((3, 4, 5), np.float32)
    with pytest.raises(BadMaterial, match="frame 3: the plate is 7 × 6") as refusal:
        only_inside(painted(), plate(), {"inside": reel(small), "over": reel(small)}, number=3)
    assert refusal.value.reasons == ("matte inside which to work: 5 × 4", "take below: 5 × 4")


def test_a_change_covers_with_its_matte_and_mattes_cover_by_themselves():
    assert np.array_equal(painted().covers, box()[None])
    assert np.array_equal(roto(box()).covers, box()[None])
