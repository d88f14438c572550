import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.media.frames import Frame, Header
from rushes.originality.fingerprints import fingerprints
from rushes.originality.landmarks import landmarks
from rushes.originality.pictures import mirrored, of_one_size, scope_centre, seen_picture, without_bars


def frame_of(packed, *, display=None):
    height, width = packed.shape[:2]
    window = (0, 0, width - 1, height - 1)
    return Frame(1, packed, Header(window, display or window))


def as_it_is(packed):
    assert packed.dtype == np.float32
    assert np.isfinite(packed).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 2000), (404, 720), (1080, 1920), (20, 36)])
def test_every_frame_comes_out_720_pixels_long(shape):
    assert max(seen_picture(frame_of(np.full((*shape, 3), 0.5, np.float32)), as_it_is).shape) == 720


def test_what_is_no_number_and_what_is_infinite_neither_stops_it_nor_matches(scene):
    packed = np.random.default_rng(0).choice([np.nan, np.inf, -np.inf, 1e30, -2.0], (90, 160, 4)).astype(np.float32)
    before = packed.copy()
    picture = seen_picture(frame_of(packed), as_it_is)
    assert picture.shape == (405, 720, 3)
    assert np.array_equal(packed, before, equal_nan=True)
    for nothing in (np.nan, np.inf, -np.inf):
        flat = seen_picture(frame_of(np.full((90, 160, 3), nothing, np.float32)), as_it_is)
        assert fingerprints(flat, mirror=True) == ()
        assert len(landmarks(flat).points) == 0


def test_only_what_is_inside_the_display_window_is_seen():
    packed = np.zeros((60, 100, 3), np.float32)
    packed[10:50, 20:80] = 1.0
    assert (seen_picture(frame_of(packed, display=(20, 10, 79, 49)), as_it_is) == 255).all()


def test_a_straight_frame_is_seen_over_black():
    packed = np.dstack([np.ones((8, 8, 3)), np.full((8, 8), 0.5)]).astype(np.float32)
    straight = Frame(1, packed, Header((0, 0, 7, 7), (0, 0, 7, 7), premultiplied=False))
    assert (seen_picture(straight, as_it_is) == 128).all()
    assert (packed[..., :3] == 1).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 120), st.integers(0, 120), st.integers(0, 200), st.integers(0, 255))
def test_bars_of_any_width_and_colour_are_cut_off(top, bottom, side, code):
    inner = np.random.default_rng(7).integers(0, 255, (404, 720, 3)).astype(np.uint8)
    padded = np.full((404 + top + bottom, 720 + 2 * side, 3), code, np.uint8)
    padded[top : top + 404, side : side + 720] = inner
    assert np.array_equal(without_bars(padded), inner)


@pytest.mark.parametrize("shape", [(1, 1, 3), (404, 720, 3)])
def test_a_flat_frame_is_not_cut_away(shape):
    flat = np.full(shape, 30, np.uint8)
    assert without_bars(flat).shape == shape


def test_the_centre_is_what_a_letterbox_leaves_and_mirroring_twice_is_nothing(scene):
    picture = scene(1)
    assert scope_centre(picture).shape == (302, 720, 3)
    assert scope_centre(picture[:200]).shape == (200, 720, 3)
    assert np.array_equal(mirrored(mirrored(picture)), picture)
    assert of_one_size(picture) is picture
