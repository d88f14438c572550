import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from rushes.domain.errors import BadMaterial
from rushes.marking.watermark import Marker, marked


def picture(seed=1, size=(270, 480)):
    rng = np.random.default_rng(seed)
    rough = ndimage.gaussian_filter(rng.uniform(size=(*size, 3)), (3, 3, 0))
    held = (rough - rough.min()) / np.ptp(rough)
    return (0.1 + 0.8 * held).astype(np.float32)


def decibels(one, other):
    return -10 * np.log10(np.mean((one - other) ** 2))


def test_the_same_picture_again_gives_the_same_bytes_and_is_left_alone():
    before = picture()
    held = before.copy()
    one, other = marked(before, 7, b"key"), Marker((270, 480), 7, b"key").mark(before)
    assert one.tobytes() == other.tobytes() and one.dtype == np.float32
    assert np.array_equal(before, held)
    assert not np.array_equal(one, before)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.02, 0.5, 3.0]), st.floats(0.2, 4))
def test_values_stay_between_0_and_1(seed, contrast, strength):
    values = np.clip(0.5 + contrast * (picture(seed, (180, 200)) - 0.5) * 3, 0, 1)
    after = marked(values, 7, b"key", strength=strength)
    assert after.min() >= 0 and after.max() <= 1


def test_black_stays_black_even_beside_a_picture():
    assert not marked(np.zeros((200, 300, 3), np.float32), 7, b"key").any()
    boxed = picture(size=(360, 480))
    boxed[:60] = boxed[-60:] = 0
    after = marked(boxed, 7, b"key")
    assert not after[:59].any() and not after[-59:].any() and np.abs(after - boxed)[60:-60].mean() > 1e-4


def test_red_green_and_blue_change_alike():
    before = picture()
    change = marked(before, 7, b"key") - before
    np.testing.assert_allclose(change[..., 0], change[..., 2], atol=2e-7)
    np.testing.assert_allclose(change[..., 0], change[..., 1], atol=2e-7)


def test_a_smooth_sky_gets_less_than_half_a_code_and_a_texture_no_more_than_was_allowed():
    sky = np.repeat(np.linspace(0.4, 0.7, 1080, dtype=np.float32)[:, None], 1920, 1)[..., None].repeat(3, 2)
    assert 0.40 < 255 * (marked(sky, 7, b"key") - sky).std() < 0.50
    noise = np.random.default_rng(1).uniform(0.2, 0.8, (360, 480, 3)).astype(np.float32)
    assert 1.5 < 255 * (marked(noise, 7, b"key") - noise).std() < 2.4


def test_twice_the_strength_costs_six_decibels():
    before = picture()
    once, twice = (decibels(marked(before, 7, b"key", strength=each), before) for each in (1, 2))
    assert once - twice == pytest.approx(6.02, abs=0.05)


@pytest.mark.parametrize("size", [(1083, 1301), (811, 1000), (180, 181)])
def test_sides_need_not_be_multiples_of_anything(size):
    before = np.full((*size, 3), 0.5, np.float32)
    change = np.abs(marked(before, 7, b"key") - before)
    assert change.shape == (*size, 3)
    assert min(change[-4:].mean(), change[:, -4:].mean()) > 0.5 * change.mean() > 0


def test_a_picture_of_another_size_or_kind_and_one_too_small_are_refused():
    marker = Marker((270, 480), 7, b"key")
    with pytest.raises(BadMaterial, match=r"float32 pictures of \(270, 480, 3\), not float32 of \(480, 270, 3\)"):
        marker.mark(picture(size=(480, 270)))
    with pytest.raises(BadMaterial, match="not float64"):
        marker.mark(picture().astype(np.float64))
    with pytest.raises(BadMaterial, match="300 × 100 has no room"):
        Marker((100, 300), 7, b"key")
