"""What a take does with alpha: soft edges are graded as what they show, glows stay light."""

import numpy as np
import pytest

from rushes.flow.rendering import _back_in
from rushes.media.alpha import straight
from rushes.media.frames import Frame, Header

WINDOW = (0, 0, 0, 0)


def graded(pixel, look, *, premultiplied=True):
    frame = Frame(1, np.float32([[pixel]]), Header(WINDOW, WINDOW, premultiplied=premultiplied))
    return _back_in(frame, look(straight(frame).plate)).packed[0, 0]


def brighter(plate):
    return (2 * plate + np.float32(0.5)).astype(np.float32)


def test_what_is_half_covered_is_graded_as_what_it_shows():
    # it shows 0.8, which becomes 2.1, of which half is there
    assert graded((0.4, 0.4, 0.4, 0.5), brighter) == pytest.approx((1.05, 1.05, 1.05, 0.5))


def test_a_glow_that_covers_nothing_stays_light():
    assert graded((2.0, 1.0, 0.5, 0.0), brighter) == pytest.approx((4.5, 2.5, 1.5, 0.0))


def test_a_look_that_lifts_blacks_lights_no_empty_pixel():
    assert graded((0.0, 0.0, 0.0, 0.0), brighter) == pytest.approx((0, 0, 0, 0))


def test_what_a_straight_file_hides_under_no_alpha_does_not_become_a_glow():
    assert graded((2.0, 1.0, 0.5, 0.0), brighter, premultiplied=False) == pytest.approx((0, 0, 0, 0))


def test_pixels_that_the_look_leaves_alone_keep_their_very_bits():
    pixel = np.float32((0.1, 0.7, 1 / 3, 0.3))
    assert graded(pixel, lambda plate: plate.copy()).tobytes() == pixel.tobytes()
