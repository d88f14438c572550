import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from rushes.departments.paint.motion import (
    CEILING,
    believable,
    chained,
    flow_between,
    key_of,
    motion_between,
    shrunk,
    sight,
    stretched,
    warped,
)
from rushes.media.colour import converter
from rushes.media.stills import read_still

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"


def texture(seed=0, size=(96, 128)):
    """Return a scene-linear plate with something to see everywhere: fine and coarse."""
    noise = np.random.default_rng(seed).normal(size=(3, *size))
    rough = gaussian_filter(noise, (0, 1.5, 1.5)) * 3 + gaussian_filter(noise, (0, 6, 6)) * 10
    return (0.18 * np.exp2(rough)).astype(np.float32)


def cut(plate, right, down, size=(64, 96)):
    """Return a window of a plate, moved so that what it shows moves to the left and up."""
    return np.ascontiguousarray(plate[:, 16 + down : 16 + down + size[0], 16 + right : 16 + right + size[1]])


def even(across, down, size=(64, 96)):
    return np.stack([np.full(size, across, np.float32), np.full(size, down, np.float32)])


def test_a_camera_move_of_known_pixels_is_found():
    flow = flow_between(cut(texture(), 0, 0), cut(texture(), 5, -3))
    assert flow.shape == (2, 64, 96)
    assert flow.dtype == np.float32
    off = np.hypot(*(flow - even(-5, 3)))[6:-6, 8:-8]
    assert np.median(off) < 0.1
    assert np.percentile(off, 95) < 0.5


def test_a_move_that_was_looked_for_in_a_small_picture_is_scaled_up():
    wide = texture(size=(192, 256)).repeat(2, axis=1).repeat(2, axis=2)
    flow = flow_between(wide[:, 16:-32, 16:-32], wide[:, 32:-16, 40:-8], longest=168)
    assert flow.shape == (2, 336, 464)
    assert np.median(flow[0]) == pytest.approx(-24, abs=0.5)
    assert np.median(flow[1]) == pytest.approx(-16, abs=0.5)


def test_a_stop_more_light_is_no_movement():
    one, other = cut(texture(), 0, 0), cut(texture(), 4, 2)
    np.testing.assert_allclose(flow_between(one, other * 2), flow_between(one, other), atol=0.05)


def test_the_same_plates_move_alike_on_any_number_of_threads():
    one, other = texture(1, (300, 400)), texture(1, (300, 403))[:, :, 3:]
    before, flows = cv2.getNumThreads(), []
    try:
        for threads in (1, 2, 7):
            cv2.setNumThreads(threads)
            flows.append(flow_between(one, other))
    finally:
        cv2.setNumThreads(before)
    assert np.array_equal(flows[0], flows[1])
    assert np.array_equal(flows[0], flows[2])


def test_values_that_no_display_shows_do_no_harm():
    one, other = cut(texture(), 0, 0), cut(texture(), 3, 0)
    for plate in (one, other):
        plate[:, ::9, ::7], plate[:, 4::9, ::7] = 65504.0, -65504.0
        plate[0, 30, 40], plate[1, 31, 40] = np.inf, np.nan
    flow = flow_between(one, other)
    assert np.isfinite(flow).all()
    assert np.isfinite(believable(flow, -flow, plates=(one, other))).all()


@pytest.mark.parametrize("value", [0.0, -1.0, 0.18, 65504.0])
def test_an_even_plate_stands_still(value):
    even_plate = np.full((3, 40, 60), value, np.float32)
    assert np.abs(flow_between(even_plate, even_plate)).max() < 1e-3


@pytest.mark.parametrize("size", [(1, 1), (5, 3), (11, 200), (16, 16), (17, 40)])
def test_a_plate_of_any_size_has_a_flow_of_its_size(size):
    plate = texture(size=(32, 256))[:, : size[0], : size[1]]
    flow = flow_between(plate, plate)
    assert flow.shape == (2, *size)
    assert np.abs(flow).max() < 0.5


def test_plates_are_left_alone():
    one, other = cut(texture(), 0, 0), cut(texture(), 2, 1)
    kept = one.copy(), other.copy()
    motion_between(one, other)
    warped(other, flow_between(one, other))
    assert np.array_equal(one, kept[0])
    assert np.array_equal(other, kept[1])


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_no_movement_changes_no_bit(data):
    shape = data.draw(st.sampled_from([(), (1,), (4,)])) + data.draw(st.tuples(st.integers(1, 9), st.integers(1, 9)))
    numbers = np.random.default_rng(data.draw(st.integers(0, 99)))
    picture = (numbers.normal(size=shape) * 10.0 ** numbers.integers(-6, 5)).astype(np.float32)
    assert np.array_equal(warped(picture, np.zeros((2, *shape[-2:]), np.float32)), picture)


@settings(max_examples=40, deadline=None)
@given(st.integers(-6, 6), st.integers(-6, 6), st.integers(-6, 6), st.integers(-6, 6))
def test_two_moves_of_whole_pixels_are_one(right, down, further, lower):
    ramp = texture(2)[0]
    first, second = even(right, down, ramp.shape), even(further, lower, ramp.shape)
    inner = slice(12, -12), slice(12, -12)
    once = warped(ramp, chained(first, second))[inner]
    assert np.array_equal(once, warped(warped(ramp, second), first)[inner])
    assert np.array_equal(once, np.roll(ramp, (-down - lower, -right - further), (0, 1))[inner])


def test_what_comes_back_is_believed_and_what_leaves_the_picture_is_not():
    belief = believable(even(10, 0), even(-10, 0))
    assert belief[:, :-11].min() == 1
    assert belief[:, -9:].max() < 0.001
    assert believable(even(10, 0), even(0, 0)).max() < 0.001


def test_background_that_was_hidden_a_frame_ago_is_not_believed():
    ground, thing = texture(3), texture(4)[:, :40, :40]

    def at(column):
        plate = ground.copy()
        plate[:, 30:70, column : column + 40] = thing
        return plate

    motion, _ = motion_between(at(50), at(38))
    uncovered_then = motion.belief[34:66, 40:48]
    assert uncovered_then.mean() < 0.3
    assert motion.belief[:20].mean() > 0.9
    assert np.median(motion.belief[36:64, 54:86]) > 0.7


def test_another_thing_in_the_same_place_is_not_believed():
    still = even(0, 0, (96, 128))
    assert believable(still, still, plates=(texture(5), texture(6))).mean() < 0.2
    assert believable(still, still, plates=(texture(5), 2 * texture(5))).min() > 0.99


def test_one_firefly_outshines_nothing():
    plate = np.full((3, 64, 64), 0.18, np.float32)
    plate[:, 32, 32] = 65504.0
    small = sight(plate, longest=16)
    assert key_of(plate) == pytest.approx(0.18)
    assert small.max() - np.median(small) < np.log2(1 + CEILING / 16)


def test_a_smaller_picture_keeps_its_mean_and_an_even_one_comes_back():
    plate = texture(7)
    assert shrunk(plate, 32).shape == (3, 24, 32)
    assert shrunk(plate[0], 32).mean() == pytest.approx(plate[0].mean(), rel=1e-5)
    assert shrunk(plate, 128) is plate
    assert np.array_equal(stretched(np.full((2, 3, 4), 0.7, np.float32), (31, 17)), np.full((2, 31, 17), 0.7, "f4"))


def test_real_frames_lie_on_each_other_once_they_are_moved(shared):
    folder = shared("roto_car-shadow") / "JPEGImages" / "480p" / "car-shadow"
    to_linear = converter(CONFIG, "sRGB - Texture", "ACEScg")
    plates = []
    for number in (10, 11):
        packed = read_still(folder / f"{number:05}.jpg").packed
        to_linear(packed)
        plates.append(np.ascontiguousarray(packed.transpose(2, 0, 1)))
    motion, _ = motion_between(*plates, longest=480)
    one, other = (sight(plate, longest=480) for plate in plates)
    apart, left = np.abs(one - other).mean(axis=0), np.abs(one - warped(other, motion.flow)).mean(axis=0)
    sure = motion.belief > 0.5
    assert sure.mean() > 0.6
    assert left[sure].mean() < 0.3 * apart[sure].mean()
