from itertools import pairwise

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from rushes.departments.paint.motion import Motion, motion_between
from rushes.departments.paint.steady import flicker_map, flicker_of, matte_flicker_of, steadied, unrest
from rushes.media.colour import converter
from rushes.media.stills import read_still

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SIZE = (72, 112)


def texture(seed, size=SIZE):
    noise = np.random.default_rng(seed).normal(size=(3, *size))
    rough = gaussian_filter(noise, (0, 1.5, 1.5)) * 3 + gaussian_filter(noise, (0, 6, 6)) * 10
    return (0.18 * np.exp2(rough)).astype(np.float32)


def grained(plate, seed, amount=0.05):
    return plate * np.exp2(np.random.default_rng(seed).normal(0, amount, plate.shape)).astype(np.float32)


def still(size=SIZE):
    return Motion(np.zeros((2, *size), np.float32), np.zeros(size, np.float32))


PLATE = texture(1) + 0.2
WHERE = np.zeros(SIZE, np.float32)
WHERE[20:50, 30:80] = 1


def brighter(plate, stops, where=WHERE):
    return plate * np.exp2(stops * where).astype(np.float32)


def test_a_fix_that_holds_still_does_not_flicker_whatever_the_grain_and_the_camera_do():
    wide = texture(2, (80, 130)) + 0.2
    plates = [grained(wide[:, 4:76, shift : shift + 112], shift) for shift in (3, 7)]
    pairs = [(plate, 0.5 * plate) for plate in plates]
    assert flicker_of(*pairs, np.ones(SIZE, np.float32)) < 0.002


def test_a_fix_that_jumps_by_a_fifth_of_a_stop_flickers_by_that_much():
    before, now = (PLATE, brighter(PLATE, 0.4)), (PLATE, brighter(PLATE, 0.6))
    # the floor under the logarithm takes a little of it
    assert flicker_of(before, now, WHERE, motion=still()) == pytest.approx(0.2, rel=0.1)
    assert flicker_of(before, now, WHERE) == pytest.approx(0.2, rel=0.15)


def test_flicker_is_shown_where_it_is_and_counted_inside_the_matte_only():
    before, now = (PLATE, PLATE), (PLATE, brighter(PLATE, 0.3))
    shown = flicker_map(before, now, still())
    assert shown[WHERE == 1].min() > 0.2
    assert shown[WHERE == 0].max() == 0
    assert flicker_of(before, now, 1 - WHERE, motion=still()) == 0
    assert flicker_of(before, now, np.zeros(SIZE, np.float32), motion=still()) == 0


def test_light_that_changes_on_set_is_no_flicker_of_the_fix():
    pairs = [(light * PLATE, light * brighter(PLATE, 0.5)) for light in (1.0, 1.3)]
    assert flicker_of(*pairs, WHERE) < 0.02


def test_what_the_fix_does_less_of_than_its_plate_is_not_counted():
    before, now = (PLATE, brighter(PLATE, 0.5)), (1.3 * PLATE, 1.3 * brighter(PLATE, 0.7))
    assert flicker_of(before, now, WHERE, motion=still()) < 0.01
    assert flicker_of(before, (PLATE, now[1] / 1.3), WHERE, motion=still()) > 0.15


def test_motion_that_is_not_believed_says_nothing_about_flicker():
    unsure = Motion(still().flow, np.where(WHERE == 1, 30, 0).astype(np.float32))
    assert flicker_of((PLATE, PLATE), (PLATE, brighter(PLATE, 0.3)), np.ones(SIZE, "f4"), motion=unsure) < 1e-6


def test_a_matte_that_comes_and_goes_flickers_by_its_share():
    half = WHERE.copy()
    half[20:50, 55:80] = 0
    assert matte_flicker_of(WHERE[None], WHERE[None], still()) == 0
    assert matte_flicker_of(WHERE[None], half[None], still()) == pytest.approx(0.5)
    assert matte_flicker_of(half[None], WHERE[None], still()) == pytest.approx(0.5)
    assert matte_flicker_of(0 * half[None], 0 * half[None], still()) == 0


def test_slight_flicker_is_averaged_over_the_neighbours():
    draw = np.random.default_rng(3)
    truth = np.stack([0.2 * WHERE, WHERE])
    before, now, after = ((truth + draw.normal(0, 0.01) * WHERE).astype("f4") for _ in range(3))
    calm = steadied(now.copy(), [(before, still()), (after, still())])
    assert calm.dtype == np.float32
    np.testing.assert_allclose(calm, (before + now + after) / 3, atol=0.002)


def test_a_hole_that_both_neighbours_do_not_have_is_filled():
    holed = WHERE.copy()
    holed[30:40, 50:60] = 0
    filled = steadied(holed[None], [(WHERE[None], still()), (WHERE[None], still())])
    assert filled[0, 32:38, 52:58].min() > 0.95


def test_one_neighbour_alone_overrules_nothing():
    holed = WHERE.copy()
    holed[30:40, 50:60] = 0
    assert steadied(holed[None], [(WHERE[None], still())])[0, 32:38, 52:58].max() < 1e-3


def bar(column):
    matte = np.zeros((1, *SIZE), np.float32)
    matte[0, 20:50, column : column + 8] = 1
    return matte


def test_where_the_neighbours_do_not_agree_nothing_is_doubled():
    kept = steadied(bar(50), [(bar(30) + bar(50), still()), (bar(70), still())])
    np.testing.assert_allclose(kept, bar(50), atol=5e-3)


def test_what_moved_in_a_way_that_is_not_believed_stays():
    unsure = Motion(still().flow, 9 * (bar(30) + bar(50) + bar(70))[0])
    for others in ((bar(30), bar(70)), (1.05 * bar(50), 1.05 * bar(50))):
        kept = steadied(bar(50), [(other.astype("f4"), unsure) for other in others])
        np.testing.assert_allclose(kept, bar(50), atol=2e-3)


def test_nothing_stays_nothing_to_the_bit_and_the_neighbours_are_left_alone():
    made, other = np.stack([0.1 * WHERE, WHERE]), np.stack([0.12 * WHERE, WHERE])
    kept = other.copy()
    calm = steadied(made, [(other, still()), (other, still())])
    assert calm is made
    assert not calm[:, WHERE == 0].any()
    assert np.array_equal(other, kept)
    assert np.array_equal(steadied(kept, []), other)


def test_detail_outlives_a_correction_that_was_found_in_a_small_picture():
    fine = np.random.default_rng(4).normal(0, 0.05, (1, 144, 224)).astype(np.float32)
    small = (36, 56)
    calm = steadied(fine + np.float32(0.06), [(fine, still(small)), (fine, still(small))])
    assert 0 <= calm.mean() - fine.mean() <= 0.02
    assert (calm - fine).std() < 1e-3


def test_flicker_on_real_frames_falls_and_the_error_with_it(shared):
    folder = shared("roto_car-shadow")
    to_linear = converter(CONFIG, "sRGB - Texture", "ACEScg")
    draw = np.random.default_rng(5)
    plates, mattes, truths, made = [], [], [], []
    for number in range(10, 15):
        packed = read_still(folder / "JPEGImages" / "480p" / "car-shadow" / f"{number:05}.jpg").packed
        to_linear(packed)
        plate = packed.transpose(2, 0, 1)[:, 120:376, 200:640]
        matte = read_still(folder / "Annotations" / "480p" / "car-shadow" / f"{number:05}.png").packed[..., 0]
        matte = matte[120:376, 200:640]
        change = np.concatenate([0.3 * matte * (0.4 - np.log1p(50 * np.clip(plate, 0, 1)) / 4), matte[None]])
        boil = gaussian_filter(draw.normal(size=change.shape), (0, 25, 25))
        plates.append(plate)
        mattes.append(matte)
        truths.append(change.astype(np.float32))
        made.append((change + 0.04 * matte * boil / boil.std()).astype(np.float32))
    ways = [motion_between(one, other, longest=440) for one, other in pairwise(plates)]

    def calm(frames):
        beside = [[(frames[at - 1], ways[at - 1][1]), (frames[at + 1], ways[at][0])] for at in (1, 2, 3)]
        return [steadied(frames[at].copy(), beside[at - 1]) for at in (1, 2, 3)]

    def flicker(frames):
        maps = [unrest(frames[at - 1], frames[at], ways[at][1]) * ways[at][1].belief for at in (1, 2)]
        return np.mean([(one * matte).sum() / matte.sum() for one, matte in zip(maps, mattes[2:], strict=False)])

    def error(frames):
        return np.mean(
            [
                np.abs(one - truth)[:, m > 0].mean()
                for one, truth, m in zip(frames, truths[1:], mattes[1:], strict=False)
            ]
        )

    assert flicker(calm(made)) < 0.6 * flicker(made[1:4])
    assert error(calm(made)) < 0.9 * error(made[1:4])
    assert error(calm(truths)) < 0.15 * error(made[1:4])
