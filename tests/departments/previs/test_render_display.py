"""What directors see: tones of the display, and ink lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.departments.previs.render.display import ink, line_groups, outlines, to_display
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.stage.pieces import Piece, Stage
from rushes.domain.errors import BadMaterial

NONE = np.zeros(0, np.float32)


def greys(*values):
    return np.array([[values]] * 3, np.float32)


def shown(*values, exposure=0.0):
    return to_display(greys(*values), exposure=exposure)[0, :, 0].tolist()


def passes(ids, depth, normal):
    return Passes(NONE, depth.astype(np.float32), normal.astype(np.float32), NONE, NONE, ids.astype(np.uint16), NONE)


def wall(width=40, height=30):
    """A level floor seen at a low angle: steep in depth, without a single line."""
    depth = np.repeat(3.0 / (np.arange(height, 0, -1) / height)[:, None], width, axis=1)[::-1]
    normal = np.zeros((3, height, width))
    normal[1] = 1
    return np.ones((height, width)), depth, normal


def test_greys_land_where_srgb_puts_them_up_to_mid_grey():
    """IEC 61966-2-1: linear 0.18 is code 118, 0.05 is 63, 0.002 is 7, black is 0."""
    assert shown(0.18, 0.05, 0.002, 0.0) == [118, 63, 7, 0]


def test_every_code_up_to_mid_grey_is_the_light_that_srgb_gives_it():
    codes = np.arange(119) / 255
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    assert shown(*light) == list(range(119))


def test_white_is_bright_and_highlights_still_differ():
    white, two, four = shown(1.0, 2.0, 4.0)
    assert 215 <= white <= 222
    assert white < two < four <= 255


@given(st.lists(st.floats(0, 100, width=32), min_size=2, max_size=40))
def test_more_light_is_never_darker(values):
    codes = shown(*sorted(values))
    assert codes == sorted(codes)


@given(st.floats(0, 8, width=32), st.integers(-4, 4))
def test_a_stop_of_exposure_is_twice_the_light(value, stops):
    assert abs(shown(value, exposure=float(stops))[0] - shown(value * 2.0**stops)[0]) <= 1


def test_what_is_no_light_is_black_and_what_is_too_much_is_white():
    assert shown(-1.0, np.nan, np.inf, 1e30) == [0, 0, 255, 255]


def test_channels_stay_apart_and_in_their_order():
    plate = np.zeros((3, 2, 3), np.float32)
    plate[0, 0, 1] = plate[2, 1, 2] = 0.18
    display = to_display(plate)
    assert (
        display.shape == (2, 3, 3) and display[0, 1].tolist() == [118, 0, 0] and display[1, 2].tolist() == [0, 0, 118]
    )


def test_an_exposure_that_shows_nothing_is_refused():
    with pytest.raises(BadMaterial):
        to_display(greys(0.18), exposure=np.nan)


def test_a_steep_floor_has_no_lines():
    assert not outlines(passes(*wall())).any()


def test_what_stands_before_something_else_is_drawn_around_on_its_own_side():
    ids, depth, normal = wall()
    ids[10:20, 10:20], depth[10:20, 10:20] = 2, 0.5
    lines = outlines(passes(ids, depth, normal))
    expected = np.zeros_like(lines)
    expected[10:20, 10:20] = 1
    expected[11:19, 11:19] = 0
    assert np.array_equal(lines, expected)


def test_a_fold_is_drawn_fainter_than_a_silhouette():
    ids, depth, normal = wall()
    normal[:, :, 20:] = np.array([1.0, 0, 0])[:, None, None]
    lines = outlines(passes(ids, np.full_like(depth, 3.0), normal))
    assert 0 < lines.max() < 1
    assert np.unique(np.nonzero(lines)[1]).tolist() == [19]


def test_parts_of_one_body_that_touch_have_no_line_between_them_but_one_before_the_other_has():
    corners, triangles = np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)
    parts = [
        Piece(f"piece {number}", corners, corners, triangles, surface, of=of)
        for number, (surface, of) in enumerate(
            (("skin", "JENNY"), ("cloth", "JENNY"), ("plaster", ""), ("plaster", ""))
        )
    ]
    groups = line_groups(Stage("room", tuple(parts)))
    assert groups.tolist() == [0, 1, 1, 2, 2]
    ids, depth, normal = wall()
    depth[:] = 3.0
    ids[:, 20:] = 2
    assert outlines(passes(ids, depth, normal)).any()
    assert not outlines(passes(ids, depth, normal), groups).any()
    depth[:, 20:] = 2.5
    assert np.unique(np.nonzero(outlines(passes(ids, depth, normal), groups))[1]).tolist() == [20]


def test_lines_need_the_passes_that_they_are_drawn_from():
    with pytest.raises(BadMaterial, match="ids, depth and normal"):
        outlines(Passes(NONE, NONE, NONE, NONE, NONE, np.zeros(0, np.uint16), NONE))


def test_ink_covers_what_the_lines_say_and_leaves_the_rest_bit_identical():
    display = np.random.default_rng(5).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    lines = np.zeros((6, 8), np.float32)
    lines[2] = 1
    drawn = ink(display, lines, colour=(1, 2, 3))
    assert (drawn[2] == [1, 2, 3]).all()
    assert np.array_equal(np.delete(drawn, 2, axis=0), np.delete(display, 2, axis=0))


def test_lines_of_twice_the_size_become_smooth_and_others_are_refused():
    display = np.full((4, 4, 3), 200, np.uint8)
    lines = np.zeros((8, 8), np.float32)
    lines[3] = 1
    lines[5, 0] = 1
    drawn = ink(display, lines, colour=(0, 0, 0))
    assert drawn[1].max() == 0 and drawn[2, 0, 0] == 100 and (drawn[2:, 1:] == 200).all()
    with pytest.raises(BadMaterial, match="do not fit"):
        ink(display, np.zeros((8, 9), np.float32))
