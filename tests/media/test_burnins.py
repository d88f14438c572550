from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.media import burnins
from rushes.media.burnins import SAFE, BurnIns, burner
from rushes.media.lettering import face_for, fitted, letters

WORDS = BurnIns("Big Buck Bunny", "sh010_bunny_plate", "v003", note="22 Nov 2026", watermark="PROPOSAL")
SIZE = (640, 360)


def picture(fill, size=SIZE, channels=3):
    return np.full((size[1], size[0], channels), fill, np.float32)


def changed(words, fill=0.5, size=SIZE, frame=1060, timecode="01:00:02:10"):
    """Return which pixels were written over, `(height, width)` bool."""
    before = picture(fill, size)
    return (burner(words, size)(before, frame, timecode) != before).any(axis=2)


def test_only_corners_and_watermark_are_written_over_and_the_rest_is_bit_for_bit_the_same():
    before = np.random.default_rng(2).normal(0.4, 2.0, (360, 640, 3)).astype(np.float32)
    before[180, 20] = np.nan
    marked = burner(WORDS, SIZE)(before, 1060, "01:00:02:10")
    written = changed(WORDS)
    assert 0.01 < written.mean() < 0.12
    assert marked[~written].tobytes() == before[~written].tobytes()
    assert not np.shares_memory(marked, before)


def test_the_picture_handed_in_and_alpha_are_left_alone():
    before = picture(0.5, channels=4)
    marked = burner(WORDS, SIZE)(before, 1, None)
    assert (before == 0.5).all()
    assert (marked[..., 3] == 0.5).all()
    assert (marked[..., 0] != 0.5).any()


@pytest.mark.parametrize("size", [(1920, 1080), (2048, 858), (640, 480), (720, 1280), (320, 180)])
def test_every_letter_is_inside_the_safe_title_area(size):
    rows, columns = np.nonzero(changed(replace(WORDS, shot="a_very_long_name_of_a_plate_" * 4), size=size))
    for places, side in ((rows, size[1]), (columns, size[0])):
        margin = round(SAFE * side)
        assert margin <= places.min()
        assert places.max() < side - margin


@pytest.mark.parametrize("fill", [0.0, 0.5, 1.0])
def test_letters_stand_out_from_their_ground_on_any_picture(fill):
    marked = burner(WORDS, SIZE)(picture(fill), 1060, "01:00:02:10")
    for corner in (marked[:60, :240], marked[:60, -240:], marked[-60:, :280], marked[-60:, -240:]):
        written = corner[(corner != np.float32(fill)).any(axis=2)] if fill else corner.reshape(-1, 3)
        # WCAG 2.2, 1.4.3: luminance of letters to that of their ground at least 4.5 to 1
        bright, dark = (float(np.percentile(written, share)) ** 2.4 for share in (99, 20))
        assert (bright + 0.05) / (dark + 0.05) > 4.5


@pytest.mark.parametrize("fill", [0.0, 0.5, 1.0])
def test_the_watermark_is_seen_on_black_grey_and_white_and_stays_faint(fill):
    only = BurnIns("", "", "", watermark="PROPOSAL")
    before = picture(fill)
    difference = np.abs(burner(only, SIZE)(before, 1, None) - before)[100:260]
    assert 0.05 < difference.max() < 0.25
    rows, columns = np.nonzero(difference.max(axis=2) > 0.05)
    assert abs(columns.mean() - 320) < 20
    assert abs(rows.mean() - 80) < 15


def test_from_frame_to_frame_only_the_counting_corner_changes():
    burn = burner(WORDS, SIZE)
    first, second = (burn(picture(0.5), frame, f"01:00:00:{frame:02}") for frame in (11, 12))
    rows, columns = np.nonzero((first != second).any(axis=2))
    assert rows.min() > 300
    assert columns.min() > 400


def test_digits_do_not_dance_while_they_count():
    burn = burner(BurnIns("", "", ""), SIZE)
    widths = set()
    for seconds in ("11", "48", "00"):
        _, columns = np.nonzero((burn(picture(0.5), 1000, f"01:00:{seconds}:00") != np.float32(0.5)).any(axis=2))
        widths.add((columns.min(), columns.max()))
    assert len(widths) == 1


@pytest.mark.parametrize("word", ["show", "shot", "take", "note", "watermark"])
def test_every_word_is_written(word):
    assert (changed(WORDS) != changed(replace(WORDS, **{word: "Another"}))).any()


@pytest.mark.parametrize("size", [(640, 360), (320, 180), (180, 320), (96, 54)])
def test_no_letters_are_below_eleven_pixels_on_however_small_a_picture(size, monkeypatch):
    drawn = []

    def noted(text, face, high, **spacing):
        drawn.append((text, high))
        return letters(text, face, high, **spacing)

    monkeypatch.setattr(burnins, "letters", noted)
    changed(replace(WORDS, show="A working title that runs on", watermark=""), size=size)
    assert min(high for _, high in drawn) >= 11
    assert "1060" in drawn[-1][0]
    assert any(text.startswith("sh0") and text.endswith("v003") for text, _ in drawn)


def test_a_tiny_picture_has_the_shot_and_the_whole_number_of_the_frame_and_nothing_else():
    size = (96, 54)
    assert (changed(WORDS, size=size) == changed(replace(WORDS, show="", note=""), size=size)).all()
    burn = burner(WORDS, size)
    assert (burn(picture(0.5, size), 1060, "01:00:00:00") != burn(picture(0.5, size), 1061, "01:00:00:00")).any()
    rows = np.nonzero(changed(replace(WORDS, watermark=""), size=size).any(axis=1))[0]
    assert (np.diff(rows) > 1).any()  # a gap between the two lines


def test_a_picture_smaller_than_its_words_is_no_fault():
    for size in ((64, 36), (16, 16), (1, 1)):
        assert burner(WORDS, size)(picture(0.5, size), 1060, "01:00:02:10").shape == (size[1], size[0], 3)


def test_names_from_everywhere_in_europe_are_spelled_and_not_boxed():
    for text in ("é", "ß", "Ж", "Ω", "ğ", "–"):
        drawn = letters(text, face_for(text), 40)
        assert drawn.any()
        box = letters("\ufffe", face_for(text), 40)  # no character
        assert drawn.shape != box.shape or (drawn != box).any()


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(st.characters(codec="latin-1", exclude_categories=("C",)), min_size=1, max_size=60),
    size=st.integers(9, 40),
)
def test_fitted_words_fit_keep_their_ends_and_are_never_smaller_than_two_thirds(text, size):
    face = face_for(text)
    words, high = fitted(text, face, size, width=200.0)
    assert face(high).getlength(words) <= 200 or len(words) <= 2
    assert high >= round(size * 2 / 3)
    spelled = face.spelled(text)  # a face that has no letter for a sign puts another in its place
    assert words == spelled or ("…" in words and words[0] == spelled[0])
