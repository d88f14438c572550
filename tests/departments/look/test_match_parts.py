import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.transform import AffineTransform, warp

from rushes.departments.look.arithmetic import apply_cdl
from rushes.departments.look.correspond import FEWEST_VOTES, correspond, geometries
from rushes.departments.look.difference import xyz_from
from rushes.departments.look.likeness import likeness
from rushes.departments.look.look import Cdl
from rushes.departments.look.sighting import PIXELS, reduced, sight
from rushes.departments.look.trim import PIVOT, UNMOVED, cdl_from_moves, fit_moves, patches_of

TO_XYZ = xyz_from("ocio://studio-config-v2.1.0_aces-v1.3_ocio-v2.3", "ACEScct")
MOVES = np.array([0.04, 0.01, -0.02, 0.1, 0.02, -0.02, 0.05, 0.0, 0.01, -0.15])


@pytest.fixture(scope="module")
def street(shared):
    from skimage.io import imread

    folder = shared("roto_car-shadow") / "JPEGImages" / "480p" / "car-shadow"
    return (imread(folder / "00000.jpg") / 255 * 0.4 + 0.1).astype(np.float32)


@pytest.fixture(scope="module")
def seen(street):
    return sight(street)


def test_a_turned_and_enlarged_framing_is_found(street, seen):
    truth = AffineTransform(scale=1.3, rotation=0.7, translation=(150, -350))
    closer = warp(street, truth.inverse, output_shape=street.shape[:2], order=1).astype(np.float32)
    one, other = seen, sight(closer)
    (geometry, votes), *_ = geometries(one, other)
    size = one.pixels.shape[1] / street.shape[1]
    spots = np.array([[350.0, 200.0], [450.0, 250.0], [400.0, 330.0]])
    assert geometry(spots * size) == pytest.approx(truth(spots) * size, abs=1.5)
    assert votes >= FEWEST_VOTES


def test_patches_hold_the_same_place_under_two_grades(street, seen):
    found = correspond([seen], [sight(street + np.float32(0.07))])
    assert len(found) > 1000
    assert found.after - found.before == pytest.approx(np.full(found.before.shape, 0.07), abs=1e-4)


def test_clipped_highlights_are_in_no_patch(street, seen):
    ceiling = np.float32(0.36)
    clipped = np.minimum(street, ceiling)
    assert (clipped == ceiling).mean() > 0.05
    assert correspond([sight(clipped)], [seen]).before.max() < ceiling


def test_strangers_share_no_patch(seen, shared):
    from skimage.io import imread

    coffee = (imread(shared("textures_skimage") / "coffee.png")[..., :3] / 255 * 0.4 + 0.1).astype(np.float32)
    assert len(correspond([seen], [sight(coffee)])) == 0


def test_a_flat_frame_has_no_features_and_no_patches():
    flat = sight(np.full((120, 200, 3), 0.4, np.float32))
    assert len(flat.spots) == 0
    assert len(correspond([flat], [flat])) == 0


def test_a_large_frame_is_averaged_down_and_a_small_one_is_kept():
    small = np.full((90, 160, 3), 0.4, np.float32)
    assert np.array_equal(reduced(small), small)
    assert reduced(np.full((1080, 1920, 3), 0.4, np.float32)).shape == (360, 640, 3)
    height, width, _ = reduced(np.full((540, 960, 3), 0.4, np.float32)).shape
    assert height * width == pytest.approx(PIXELS, rel=0.05)


@settings(deadline=None, max_examples=50)
@given(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4), st.floats(-0.5, 0.5))
def test_contrast_power_and_saturation_leave_mid_grey_where_it_is(contrast, power, saturation):
    moves = np.array([0, 0, 0, contrast, 0, 0, power, 0, 0, saturation])
    grey = np.full(3, PIVOT, np.float32)
    assert apply_cdl(cdl_from_moves(moves), grey) == pytest.approx(grey, abs=1e-5)


def colours(count=600, seed=0):
    rng = np.random.default_rng(seed)
    grey = rng.uniform(0.15, 0.5, (count, 1))
    return grey + rng.normal(0, 0.03, (count, 3))


def patches(before, after):
    return patches_of(before, after, TO_XYZ, spread=np.zeros(len(before)))


def trimmed(moves, before):
    return apply_cdl(cdl_from_moves(moves), before.astype(np.float32)).astype(np.float64)


def test_a_known_cdl_is_found_again():
    before = colours()
    cdl = Cdl(slope=(1.1, 1.0, 0.95), offset=(0.02, -0.01, 0.03), power=(1.05, 1.0, 1.0), saturation=0.8)
    after = apply_cdl(cdl, before.astype(np.float32)).astype(np.float64)
    found = trimmed(fit_moves(patches(before, after)), before)
    assert np.abs(found - after).mean() < 0.002


def test_noise_on_both_sides_does_not_pass_for_low_contrast():
    rng = np.random.default_rng(1)
    true = colours(2000)
    noisy = [true + rng.normal(0, 0.02, true.shape) for _ in range(2)]
    moves = fit_moves(patches(*noisy))
    assert moves[3] + moves[6] == pytest.approx(0, abs=0.05)
    assert moves[9] == pytest.approx(0, abs=0.12)


def test_a_third_of_wrong_patches_has_no_say():
    before = colours()
    after = trimmed(MOVES, before)
    wrong = after.copy()
    wrong[::3] = np.random.default_rng(2).uniform(0.1, 0.5, wrong[::3].shape)
    found = trimmed(fit_moves(patches(before, wrong)), before)
    assert np.abs(found - after).mean() < 0.006


def test_nothing_to_do_moves_nothing():
    before = colours()
    assert fit_moves(patches(before, before)) == pytest.approx(UNMOVED, abs=1e-4)


def test_a_fit_is_drawn_towards_what_it_is_told_where_patches_say_little():
    grey = np.full((8, 3), PIVOT) + np.random.default_rng(3).normal(0, 1e-4, (8, 3))
    assert fit_moves(patches(grey, grey), towards=MOVES)[9] == pytest.approx(MOVES[9], abs=0.01)


def test_a_picture_is_wholly_like_itself_under_another_exposure():
    picture = colours(3000).astype(np.float32)
    found = likeness(picture + np.float32(0.05), picture)
    assert found.before > 5
    assert found.after < 0.05 * found.before
    assert found.moves[0] == pytest.approx(-0.05, abs=0.005)
