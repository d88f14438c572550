import numpy as np
import pytest

from rushes.originality.apart import apart, mean_of


def grey(code: int) -> np.ndarray:
    return np.full((4, 6, 3), code, np.uint8)


def test_a_picture_is_not_apart_from_itself_and_the_way_there_is_the_way_back(scene):
    one, other = scene(1, 96, 54), scene(2, 96, 54)
    assert apart(one, one).codes == apart(one, one).delta_e == 0
    assert apart(one, other) == apart(other, one)


def test_codes_are_codes_and_the_difference_is_what_the_eye_sees():
    """By hand [Sharma2005]: sRGB 119 and 145 are L* 50 and 60, and there SL = 1 + 0.015 · 25 / √45 = 1.056."""
    found = apart(grey(119), grey(145))
    assert found.codes == 26
    assert found.delta_e == pytest.approx(10 / 1.056, abs=0.15)


def test_the_mean_is_over_frames():
    assert mean_of([apart(grey(0), grey(10)), apart(grey(0), grey(30))]).codes == 20
