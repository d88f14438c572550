"""Grain is measured as it is, and a change gets as much of it as it lacks."""

from itertools import pairwise

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from rushes.departments.paint.flat_pieces import REACH
from rushes.departments.paint.grain import measure_grain, no_grain, variance_at
from rushes.departments.paint.regrain import regrained, strengthened

HEIGHT, WIDTH = 384, 512
MIX = np.array([[1, 0.4, 0.2], [0.4, 1, 0.3], [0.2, 0.3, 1]])
"""How much of each channel's grain is in the others: `MIX @ MIX.T` is its covariance."""


def sigma_at(light):
    """Return the deviation of a sensor's noise: read noise, and photons."""
    return np.sqrt(1e-5 + 4e-4 * np.maximum(light, 0))


def shading(seed=0):
    """Return soft light over two stops either way, (3, height, width), without any grain."""
    soft = gaussian_filter(np.random.default_rng(seed).normal(size=(3, HEIGHT, WIDTH)), (0, 40, 40))
    return 0.18 * np.exp2(soft / soft.std())


def unit_grain(softness, seed=1):
    """Return grain of deviation 1 that is alike in the channels and blurred by some pixels."""
    white = np.einsum("cd,dyx->cyx", MIX, np.random.default_rng(seed).normal(size=(3, HEIGHT, WIDTH)))
    soft = gaussian_filter(white, (0, softness, softness)) if softness else white
    return soft / soft.std(axis=(1, 2), keepdims=True)


def grainy(light, softness, seed=1):
    return (light + sigma_at(light) * unit_grain(softness, seed)).astype(np.float32)


def in_the_middle():
    matte = np.zeros((HEIGHT, WIDTH), np.float32)
    matte[96:288, 128:384] = 1
    return matte


LIGHT, MATTE = shading(), in_the_middle()
PLATE = grainy(LIGHT, 0.7)
GRAIN = measure_grain(PLATE, 1 - MATTE)
INSIDE = slice(112, 272), slice(144, 368)


def units(result):
    """Return what a result has beside the light, in deviations of the plate's grain."""
    return (result - LIGHT) / sigma_at(LIGHT)


def with_patch(patch, matte=MATTE):
    return (PLATE + matte * (patch - PLATE)).astype(np.float32)


def bands(grain):
    """Return the mean power of five rings of frequencies, of windows of 64 pixels."""
    window = np.outer(np.hanning(64), np.hanning(64))
    rows, columns = range(0, grain.shape[0] - 63, 24), range(0, grain.shape[1] - 63, 24)
    pieces = [grain[row : row + 64, column : column + 64] for row in rows for column in columns]
    power = sum(np.abs(np.fft.fft2((piece - piece.mean()) * window)) ** 2 for piece in pieces)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(64), np.fft.fftfreq(64)))
    edges = (0.06, 0.12, 0.2, 0.3, 0.4, 0.5)
    return np.array([power[(frequency >= a) & (frequency < b)].mean() for a, b in pairwise(edges)])


@pytest.mark.parametrize("softness", [0.0, 0.7, 1.2])
def test_the_deviation_is_found_at_every_brightness_whether_grain_is_sharp_or_soft(softness):
    found = measure_grain(grainy(LIGHT, softness))
    for levels, sigmas in zip(found.levels, found.sigmas, strict=True):
        assert len(levels) >= 4
        np.testing.assert_allclose(sigmas, sigma_at(levels), rtol=0.12)


@pytest.mark.parametrize("softness", [0.0, 0.7, 1.2])
def test_how_alike_neighbours_and_channels_are_is_found(softness):
    grain, found = unit_grain(softness), measure_grain(grainy(LIGHT, softness)).alike
    for offset in range(4):
        truth = (grain[1, :, offset:] * grain[1, :, : WIDTH - offset]).mean()
        assert found[1, 1, REACH, REACH + offset] == pytest.approx(truth, abs=0.04)
        assert found[1, 1, REACH + offset, REACH] == pytest.approx(truth, abs=0.04)
    assert found[0, 1, REACH, REACH] == pytest.approx((grain[0] * grain[1]).mean(), abs=0.04)
    assert found[0, 2, REACH, REACH] == pytest.approx((grain[0] * grain[2]).mean(), abs=0.04)


def test_texture_and_edges_are_not_taken_for_grain():
    rng = np.random.default_rng(5)
    texture = gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), 1.2)
    light = LIGHT.copy()
    light[:, :, 200:] *= 1 + 0.2 * texture[:, 200:] / texture.std()
    light[:, ::31] *= 0.5
    found = measure_grain(grainy(light, 0.7))
    for levels, sigmas in zip(found.levels, found.sigmas, strict=True):
        np.testing.assert_allclose(sigmas, sigma_at(levels), rtol=0.15)


def test_a_plate_without_grain_has_none_and_is_given_none():
    clean = LIGHT.astype(np.float32)
    found = measure_grain(clean)
    assert not found.present
    assert regrained(clean, MATTE, found, seed=0, frame=1).tobytes() == clean.tobytes()


def test_soft_shapes_on_a_plate_without_grain_are_not_taken_for_it():
    shapes = gaussian_filter(np.random.default_rng(3).normal(size=(HEIGHT, WIDTH)), 5)
    assert not measure_grain((LIGHT * (1 + 0.1 * shapes / shapes.std())).astype(np.float32)).present


def test_where_light_is_clipped_there_is_hardly_grain_to_match():
    found = measure_grain(np.minimum(grainy(2 * LIGHT, 0.7), 0.35))
    middle = float(variance_at(found, 1, np.float64(0.2)))
    assert np.sqrt(middle) == pytest.approx(sigma_at(0.2), rel=0.15)
    assert variance_at(found, 1, np.float64(0.35)) < 0.3 * middle


def test_only_what_is_untouched_is_measured_and_broken_pixels_are_passed_over():
    broken = with_patch(LIGHT + 5 * sigma_at(LIGHT) * unit_grain(0.7, 9))
    broken[:, :40, :40] = np.nan
    broken[0, 300, 300] = np.inf
    found = measure_grain(broken, 1 - MATTE)
    for levels, sigmas in zip(found.levels, found.sigmas, strict=True):
        np.testing.assert_allclose(sigmas, sigma_at(levels), rtol=0.12)


def test_a_plate_too_small_to_tell_has_no_grain():
    assert measure_grain(PLATE[:, :15, :200]).levels == no_grain().levels
    assert not measure_grain(np.full((3, 32, 32), np.nan, np.float32)).present


@pytest.mark.parametrize("blur", [0.6, 2.0, None])
def test_a_patch_that_came_out_too_smooth_has_the_plates_own_spectrum_again(blur):
    patch = LIGHT if blur is None else gaussian_filter(PLATE, (0, blur, blur))
    result = with_patch(patch)
    after = units(regrained(result, MATTE, GRAIN, seed=1, frame=5))
    for channel in range(3):
        ratios = bands(after[channel][INSIDE]) / bands(units(PLATE)[channel][INSIDE])
        assert (np.abs(ratios - 1) < 0.2).all(), ratios
    assert bands(units(result)[1][INSIDE])[-1] < 0.2 * bands(units(PLATE)[1][INSIDE])[-1]
    together = np.corrcoef(after[0][INSIDE].ravel(), after[1][INSIDE].ravel())[0, 1]
    assert together == pytest.approx(GRAIN.alike[0, 1, REACH, REACH], abs=0.05)


def test_dark_and_bright_get_as_much_as_the_plate_has_there():
    after = units(regrained(with_patch(LIGHT), MATTE, GRAIN, seed=1, frame=5))[1]
    dark = (LIGHT[1] < np.quantile(LIGHT[1][INSIDE], 0.3)) & (MATTE == 1)
    bright = (LIGHT[1] > np.quantile(LIGHT[1][INSIDE], 0.7)) & (MATTE == 1)
    assert after[dark].std() == pytest.approx(1, abs=0.1)
    assert after[bright].std() == pytest.approx(1, abs=0.1)


def test_nothing_is_added_to_what_has_its_grain_already():
    after = units(regrained(PLATE, MATTE, GRAIN, seed=1, frame=5))[1][INSIDE]
    assert after.std() == pytest.approx(units(PLATE)[1][INSIDE].std(), abs=0.03)


def test_half_of_the_variance_is_topped_up_by_the_other_half():
    patch = LIGHT + np.sqrt(0.5) * (PLATE - LIGHT)
    after = units(regrained(with_patch(patch), MATTE, GRAIN, seed=1, frame=5))[1][INSIDE]
    assert after.std() == pytest.approx(1, abs=0.05)


def test_a_part_that_is_clean_gets_grain_and_the_part_beside_it_that_has_it_none():
    half = np.where(np.arange(WIDTH) < 256, LIGHT, PLATE)
    after = units(regrained(with_patch(half), MATTE, GRAIN, seed=1, frame=5))[1]
    assert after[112:272, 144:236].std() == pytest.approx(1, abs=0.07)
    assert after[112:272, 276:368].std() == pytest.approx(units(PLATE)[1][112:272, 276:368].std(), abs=0.05)


def test_across_a_soft_edge_there_is_as_much_grain_as_on_both_sides():
    soft = gaussian_filter(MATTE, 10).astype(np.float32)
    result = with_patch(LIGHT, soft)
    before, after = units(result)[1], units(regrained(result, soft, GRAIN, seed=1, frame=5))[1]
    for low, high in ((0.05, 0.3), (0.3, 0.6), (0.6, 0.9), (0.95, 1.1)):
        ring = (soft > low) & (soft <= high)
        assert after[ring].std() == pytest.approx(1, abs=0.08), (low, high)
    assert before[(soft > 0.6) & (soft <= 0.9)].std() < 0.4


def test_along_a_thin_wire_there_is_grain_too():
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    wire = np.clip(4 - np.abs(rows - 0.4 * columns - 80) / np.hypot(1, 0.4), 0, 1).astype(np.float32)
    result = with_patch(LIGHT, wire)
    after = units(regrained(result, wire, GRAIN, seed=1, frame=5))[1][wire == 1]
    assert units(result)[1][wire == 1].std() < 0.01
    assert after.std() == pytest.approx(1, abs=0.1)


def test_grain_has_no_mean():
    result = with_patch(LIGHT)
    added = units(regrained(result, MATTE, GRAIN, seed=1, frame=5))[:, *INSIDE]
    # a mean of so many soft grains is off by this much by chance: correlated ones count as one
    chance = np.sqrt(GRAIN.alike[1, 1].sum() / added[0].size)
    assert (np.abs(added.mean(axis=(1, 2))) < 4 * chance).all()


def test_every_frame_has_its_own_grain_and_the_same_again_when_asked_again():
    result = with_patch(LIGHT)
    first, again, other, reseeded = (
        regrained(result, MATTE, GRAIN, seed=seed, frame=frame) for seed, frame in ((1, 5), (1, 5), (1, 6), (2, 5))
    )
    assert first.tobytes() == again.tobytes()
    one = units(first)[1][INSIDE].ravel()
    for another in (other, reseeded):
        assert abs(np.corrcoef(one, units(another)[1][INSIDE].ravel())[0, 1]) < 0.05


@pytest.mark.parametrize("strength", [0.0, 0.5, 2.0])
def test_strength_is_how_much_of_the_plates_grain_there_will_be(strength):
    result = with_patch(LIGHT)
    after = regrained(result, MATTE, strengthened(GRAIN, strength), seed=1, frame=5)
    assert units(after)[1][INSIDE].std() == pytest.approx(strength, rel=0.05, abs=1e-6)


def test_light_below_black_and_above_white_survives_and_broken_pixels_stay_as_they_are():
    result = with_patch(LIGHT)
    result[:, 150:160, 200:260] = -0.25
    result[:, 200:210, 200:260] = 60000.0
    result[0, 250, 250], result[1, 251, 251], result[2, 252, 252] = np.nan, np.inf, -np.inf
    after = regrained(result, MATTE, GRAIN, seed=1, frame=5)
    assert after[:, 150:160, 200:260].mean() == pytest.approx(-0.25, abs=0.01)
    assert after[:, 200:210, 200:260].min() > 59000
    broken = ~np.isfinite(result)
    assert after[broken].tobytes() == result[broken].tobytes()
    assert np.isfinite(after[~broken]).all()


@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(-3, 2**40),
    frame=st.integers(-10, 10**6),
    box=st.tuples(*[st.integers(0, 95)] * 4),
    level=st.floats(0.01, 1),
)
def test_outside_of_any_matte_every_bit_stays_and_the_result_is_left_alone(seed, frame, box, level):
    result = with_patch(LIGHT)[:, 90:186, 120:216].copy()
    result[:, ::7, ::5], result[:, 1::11, 2::9] = -0.0, np.nan
    matte = np.zeros((96, 96), np.float32)
    matte[min(box[:2]) : max(box[:2]), min(box[2:]) : max(box[2:])] = level
    matte[::3, 1::4] = 0
    kept = result.tobytes()
    after = regrained(result, matte, GRAIN, seed=seed, frame=frame)
    assert result.tobytes() == kept
    assert (after.shape, after.dtype) == (result.shape, np.float32)
    assert after[:, matte == 0].tobytes() == result[:, matte == 0].tobytes()


def test_what_a_place_is_given_does_not_depend_on_how_the_frame_is_cut_into_cells(monkeypatch):
    result = with_patch(LIGHT)
    whole = regrained(result, MATTE, GRAIN, seed=1, frame=5)
    monkeypatch.setattr("rushes.departments.paint.regrain.CELL", 37)
    np.testing.assert_allclose(regrained(result, MATTE, GRAIN, seed=1, frame=5), whole, rtol=0, atol=1e-6)


def frame_of(path, number):
    """Return a frame of a movie as scene-linear light: (3, height, width)."""
    with av.open(str(path)) as movie:
        frame = next(frame for count, frame in enumerate(movie.decode(video=0)) if count == number)
    codes = frame.to_ndarray(format="rgb24").astype(np.float32) / 255
    return np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4).transpose(2, 0, 1)


def test_a_real_frame_has_grain_and_a_smoothed_part_of_it_gets_it_back(shared):
    plate = frame_of(shared("video_mixed") / "flower.mp4", 30).astype(np.float32)
    matte = np.zeros(plate.shape[1:], np.float32)
    matte[100:400, 100:500] = 1
    grain = measure_grain(plate, 1 - matte)
    smooth = np.where(matte == 1, gaussian_filter(plate, (0, 3, 3)), plate).astype(np.float32)
    after = regrained(smooth, matte, grain, seed=1, frame=30)
    wanted, lost, back = (measure_grain(each, matte) for each in (plate, smooth, after))
    light = np.array([0.05, 0.1, 0.2])
    ratios = [variance_at(each, 1, light) / variance_at(wanted, 1, light) for each in (lost, back)]
    assert (ratios[0] < 0.15).all()
    assert (np.abs(np.sqrt(ratios[1]) - 1) < 0.3).all()
