from dataclasses import replace

import numpy as np
import pytest
from PIL import ImageDraw

from rushes.media.slates import BARS, GREYS, GROUND, Slate, slate

WORDS = Slate(
    title="Big Buck Bunny",
    shot="sh010_bunny_plate",
    take="v003",
    status="PROPOSAL",
    rows=[("department", "look"), ("model", "meadow_warm"), ("date", "22 November 2026")],
    lineage="sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
)
HD = (1920, 1080)


@pytest.mark.parametrize("size", [HD, (1280, 720), (2048, 858), (720, 1280), (480, 270), (96, 54)])
def test_a_slate_is_a_picture_of_the_size_asked_for(size):
    drawn = slate(WORDS, size)
    assert drawn.shape == (size[1], size[0], 3)
    assert drawn.dtype == np.float32
    assert 0 <= drawn.min() < drawn.max() <= 1


def test_the_same_words_give_the_same_slate():
    assert np.array_equal(slate(WORDS, HD), slate(WORDS, HD))


@pytest.mark.parametrize(
    "other",
    [
        {"title": "Sintel"},
        {"shot": "sh020"},
        {"take": "v004"},
        {"status": "APPROVED"},
        {"rows": [("department", "paint"), *WORDS.rows[1:]]},
        {"rows": [("section", "look"), *WORDS.rows[1:]]},
        {"lineage": WORDS.lineage[:-1] + "6"},
    ],
)
def test_every_word_is_on_it_down_to_the_last_digit_of_the_lineage(other):
    assert (slate(WORDS, HD) != slate(replace(WORDS, **other), HD)).any()


def test_nothing_lies_outside_the_safe_title_area():
    long = replace(WORDS, title="A working title " * 9, shot="shot_" * 30, status="APPROVED by everybody " * 4)
    rows, columns, _ = np.nonzero(slate(long, HD) != np.float32(GROUND[0]) / np.float32(255))
    assert 54 <= rows.min() <= rows.max() < 1026
    assert 96 <= columns.min() <= columns.max() < 1824 + 2


def test_long_words_never_run_into_the_still():
    still = np.zeros((90, 160, 3), np.float32)
    rows = [("model", "a_model_with_a_very_long_name_" * 4)] * 9
    without, with_long = slate(replace(WORDS, rows=[]), HD, still), slate(replace(WORDS, rows=rows), HD, still)
    _, columns, _ = np.nonzero(without != with_long)
    assert columns.max() < 980


VIEW = "ACES 2.0 - SDR 100 nits (Rec.709), Rec.1886 Rec.709 - Display"


@pytest.fixture
def drawn(monkeypatch):
    """Every line of text that is drawn, with the size of its letters and the place of its foot."""
    lines = []
    plain = ImageDraw.ImageDraw.text

    def noted(self, at, text, fill=None, font=None, **more):
        lines.append((text, font.size, at[1]))
        plain(self, at, text, fill, font, **more)

    monkeypatch.setattr(ImageDraw.ImageDraw, "text", noted)
    return lines


@pytest.mark.parametrize("size", [(640, 360), (480, 270), (320, 180), (180, 320), (96, 54)])
def test_no_letters_are_below_eleven_pixels_and_no_lines_touch_on_however_small_a_slate(size, drawn):
    slate(replace(WORDS, rows=[*WORDS.rows, ("view", VIEW), ("note", "hold the yellow " * 6)]), size)
    assert drawn
    assert min(high for _, high, _ in drawn) >= 11
    feet = sorted({foot for text, _, foot in drawn if not text.isupper()})
    assert min(np.diff(feet)) >= 11
    assert max(feet) < size[1]


def test_the_name_of_a_view_is_read_in_full_at_640_pixels_and_so_is_the_lineage(drawn):
    slate(replace(WORDS, rows=[*WORDS.rows, ("view", VIEW)]), (640, 360))
    said = [text for text, _, _ in drawn]
    assert f"{said[said.index('VIEW') + 1]} {said[said.index('VIEW') + 2]}" == VIEW
    assert said[-1].replace(" ", "") == WORDS.lineage.replace(":", "")


def test_a_note_in_two_lines_has_letters_of_one_size(drawn):
    slate(
        replace(
            WORDS, rows=[("note", "Warmer in the grass, hold the yellow of the flowers, and the sky behind them too")]
        ),
        HD,
    )
    place = [text for text, _, _ in drawn].index("NOTE")
    assert [high for _, high, _ in drawn[place + 1 : place + 3]] == [20, 20]


def test_a_tiny_slate_says_shot_and_take_first(drawn):
    slate(replace(WORDS, shot="sh010"), (96, 54))
    assert [text for text, _, _ in drawn[:2]] == ["sh010", "v003"]


def test_greys_and_colour_bars_have_the_levels_of_their_standard():
    drawn = np.rint(slate(WORDS, HD) * 255).astype(int)
    steps = [tuple(drawn[798, 1000 + 824 * (2 * step + 1) // 22].tolist()) for step in range(11)]
    bars = [tuple(drawn[840, 1000 + 824 * (2 * bar + 1) // 14].tolist()) for bar in range(7)]
    assert steps == GREYS
    assert bars == BARS
    # SMPTE EG 1: white, yellow, cyan, green, magenta, red, blue at 75 %
    assert [tuple(level > 0 for level in bar) for bar in bars] == [
        (True, True, True),
        (True, True, False),
        (False, True, True),
        (False, True, False),
        (True, False, True),
        (True, False, False),
        (False, False, True),
    ]
    assert {level for bar in bars for level in bar} == {0, round(0.75 * 255)}


def test_a_still_of_the_take_is_shown_whole_and_what_is_no_colour_in_it_does_no_harm():
    still = np.zeros((100, 400, 3), np.float32)
    still[:, :200, 0], still[:, 200:, 2] = 1.5, 1.0
    still[0, 0] = np.nan
    with np.errstate(invalid="raise"):
        drawn = slate(WORDS, HD, still)
    assert drawn[680, 1100].tolist() == [1.0, 0.0, 0.0]
    assert drawn[680, 1700].tolist() == [0.0, 0.0, 1.0]
