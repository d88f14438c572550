"""Where the artist paints next: the frame after which least of the shot is missing."""

import sys
from functools import cache
from pathlib import Path

import numpy as np

from rushes.departments.previs.keys.cover import covered, heat_picture, paint_next
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.render.passes import Passes

sys.path.append(str(Path(__file__).parent))

from boxes import TWO, open_boxes, two_walkers

NAMES = [thing.name for thing in TWO]


@cache
def shot() -> dict[int, Passes]:
    renderer = open_boxes(TWO, (96, 54), 1)
    return {frame: renderer.draw(two_walkers(frame / 24)) for frame in (0, 6, 12, 18, 24)}


def key(frame: int) -> Key:
    return Key(frame, shot()[frame].beauty, shot()[frame])


def missing(frames: list[int]) -> float:
    keys = [key(frame) for frame in frames]
    return float(np.mean([covered(keys, passes) < 0.5 for passes in shot().values()]))


def test_the_frame_that_is_named_leaves_least_of_the_shot_uncovered():
    advice = paint_next(shot(), [key(0)], NAMES)
    left = {frame: missing([0, frame]) for frame in shot() if frame}
    assert left[advice.frame] == min(left.values())
    assert abs(advice.missing - missing([0])) < 0.003
    assert abs(advice.gains - (1 - left[advice.frame] / missing([0]))) < 0.03


def test_without_keys_some_frame_is_named_and_all_is_missing():
    advice = paint_next(shot(), [], NAMES)
    assert advice.missing == 1.0
    assert advice.frame in shot()
    assert 0.5 < advice.gains <= 1.0


def test_the_heat_lies_where_paint_is_missing_and_the_words_name_it():
    advice = paint_next(shot(), [key(0)], NAMES)
    seen_already = covered([key(0)], shot()[advice.frame]) > 0.5
    inside = seen_already[1:-1, 1:-1] & seen_already[2:, 1:-1] & seen_already[:-2, 1:-1]
    inside &= seen_already[1:-1, 2:] & seen_already[1:-1, :-2]
    assert advice.heat[1:-1, 1:-1][inside].sum() < 0.05 * advice.heat.sum()
    left, top, right, bottom = advice.rect
    assert 0 <= left < right <= 96
    assert 0 <= top < bottom <= 54
    assert advice.heat[top:bottom, left:right].sum() > 0.3 * advice.heat.sum()
    assert f"frame {advice.frame}" in advice.words
    assert any(name in advice.words for name in NAMES)


def test_a_shot_that_is_covered_needs_no_more():
    assert paint_next({12: shot()[12]}, [key(12)], NAMES) is None


def test_the_picture_shows_the_greybox_under_the_heat():
    advice = paint_next(shot(), [key(0)], NAMES)
    picture = heat_picture(advice, shot()[advice.frame])
    assert picture.shape == (3, 54, 96)
    assert picture.dtype == np.float32
    hot = advice.heat > 0.8 * advice.heat.max()
    left, top, right, bottom = advice.rect
    hot[top] = hot[bottom - 1] = hot[:, left] = hot[:, right - 1] = False
    assert (picture[0][hot] > 2 * picture[2][hot]).mean() > 0.5
