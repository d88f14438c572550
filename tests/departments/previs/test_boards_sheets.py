import io
from dataclasses import replace
from html.parser import HTMLParser
from itertools import combinations

import numpy as np
import pytest
from pypdf import PdfReader

from rushes.departments.previs.out.boards import board_sheets, boards_pdf, printable
from rushes.departments.previs.out.boards_html import boards_html
from rushes.departments.previs.out.boards_layout import FOOT, SIDE, grid_of, text_marks
from rushes.departments.previs.out.boards_panels import Paragraph, Sheet, pages_of, panels_of, size_words
from rushes.departments.previs.out.techvis_drawing import PAGES, Photo, Words
from rushes.departments.previs.plan import Speech
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.shots.moves import Move, end_of
from rushes.domain.errors import BadMaterial, NotFound

from .test_boards_arrows import MEDIUM, WILL, shot_of

SHEET = Sheet("THE LONG HALL", "Reel 1", "Draft 2 (blue)", up=4, note="Greybox boards.")
PUSHED = end_of(MEDIUM, Move("push", "in", 0.8), WILL)
SPOKEN = (Speech("WILL", "Since March.", 0, 12), Speech("JENNY", "And you said nothing?", 20, 5))


def numbered(count, **more):
    return [
        replace(shot_of(MEDIUM, line=f"{n} MS WILL", **more), id=f"s{n}", label=f"{n}") for n in range(1, count + 1)
    ]


def grey(shot, frame):
    return np.full((54, 100, 3), 128, np.uint8)


def text_of(pdf):
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("paper", PAGES)
@pytest.mark.parametrize("aspect", [1.33, 1.78, 2.39])
@pytest.mark.parametrize("up", range(1, 7))
def test_panels_lie_on_the_paper_apart_from_each_other_at_the_shows_aspect(up, aspect, paper):
    grid = grid_of(up, aspect, paper)
    corners = [grid.corner(place) for place in range(up)]
    assert grid.picture[0] / grid.picture[1] == pytest.approx(aspect)
    assert grid.picture[0] <= grid.cell[0]
    assert grid.picture[1] < grid.cell[1] or grid.beside
    for (left, top), (other_left, other_top) in combinations(corners, 2):
        assert abs(left - other_left) > grid.cell[0] or abs(top - other_top) > grid.cell[1]
    assert max(left for left, _ in corners) + grid.cell[0] <= grid.page[0] - SIDE + 1e-6
    assert max(top for _, top in corners) + grid.cell[1] <= grid.page[1] - FOOT + 1e-6


def test_a_board_says_all_that_a_shot_is():
    shot = shot_of(
        MEDIUM,
        PUSHED,
        line="7 MS LOW 3/4L WILL>JENNY, push in 3s",
        words="He waits at the door. WILL: Since March.",
        note="Rain on the glass.",
        speeches=SPOKEN,
        limits=("the dolly runs out of track",),
    )
    (page,) = text_of(boards_pdf([shot], grey, SHEET))
    for said in (
        "THE LONG HALL · Reel 1",
        "Draft 2 (blue)",
        "INT. HALL - DAY",
        "page 1 of 1",
        "MS · LOW · 3/4L",
        "40 mm",
        "WILL → JENNY",
        "push in 3s",
        "1.0 s · 25 fr",
        "He waits at the door.",
        "And you said nothing?",
        "Rain on the glass.",
        "the dolly runs out of track",
        "Greybox boards.",
    ):
        assert said in page
    assert page.count("Since March.") == 1  # a speech has a line of its own


def test_only_a_shot_in_which_the_camera_moves_has_a_start_and_an_end():
    assert [panel.part for panel in panels_of(shot_of(MEDIUM))] == [""]
    start, end = panels_of(shot_of(MEDIUM, PUSHED, speeches=SPOKEN))
    assert (start.part, start.frame, end.part, end.frame) == ("start", 0, "end", 24)
    assert [each.text for each in end.paragraphs] == ["And you said nothing?"]


def test_the_same_boards_are_the_same_bytes():
    assert boards_pdf(numbered(2), grey, SHEET) == boards_pdf(numbered(2), grey, SHEET)


def test_a_scene_begins_a_page_unless_paper_is_to_be_saved():
    shots = [*numbered(3), *[replace(shot, scene="8") for shot in numbered(2)]]
    panels = [panel for shot in shots for panel in panels_of(shot)]
    assert [len(page) for page in pages_of(panels, SHEET)] == [3, 2]
    assert [len(page) for page in pages_of(panels, replace(SHEET, scene_breaks=False))] == [4, 1]


def test_start_and_end_of_a_shot_stay_on_one_page():
    shots = [*numbered(3), shot_of(MEDIUM, PUSHED)]
    panels = [panel for shot in shots for panel in panels_of(shot)]
    assert [[panel.part for panel in page] for page in pages_of(panels, SHEET)] == [["", "", ""], ["start", "end"]]


def test_words_that_do_not_fit_are_cut_where_it_hurts_least_and_say_so():
    speeches = tuple(Paragraph("speech", "You were not meant to find that.", "WILL") for _ in range(30))
    words = (Paragraph("data", "MS"), Paragraph("action", "He waits. " * 60), *speeches, Paragraph("limit", "no track"))
    marks = [mark for mark in text_marks(words, (0.0, 0.0, 200.0, 120.0), 8.0) if isinstance(mark, Words)]
    assert max(mark.at[1] for mark in marks) <= 120.0
    texts = [mark.text for mark in marks]
    assert texts[0] == "MS"
    assert texts[-1] == "no track"
    left = sum(text == "WILL" for text in texts)
    assert f"{30 - left} more speeches …" in texts
    assert any(text.endswith("…") and text.startswith("He waits") for text in texts)


def test_every_page_of_one_sheet_asks_for_its_own_pictures_only():
    asked = []
    sheets = board_sheets(numbered(5), lambda shot, frame: asked.append(shot) or grey(shot, frame), SHEET)
    first = next(sheets)
    assert asked == ["s1", "s2", "s3", "s4"]
    assert sum(isinstance(mark, Photo) for mark in first.marks) == 4


def test_a_picture_is_no_finer_than_paper_shows():
    assert printable(np.zeros((2160, 3840, 3), np.uint8), (288.0, 162.0)).shape == (675, 1200, 3)
    small = np.zeros((54, 96, 3), np.float32)
    assert printable(small, (288.0, 162.0)) is small


def test_boards_of_two_aspects_and_of_nothing_are_refused():
    scope = shot_of(replace(MEDIUM, package=Package(FILMBACKS["super-35"], aspect=2.39)))
    with pytest.raises(BadMaterial, match=r"one aspect\n  aspect 1.85\n  aspect 2.39"):
        boards_pdf([*numbered(1), scope], grey, SHEET)
    with pytest.raises(BadMaterial, match="no shots"):
        boards_pdf([], grey, SHEET)


def test_a_sheet_that_nobody_prints_is_refused():
    with pytest.raises(NotFound, match="did you mean 'A4'"):
        Sheet("X", paper="A44")
    with pytest.raises(BadMaterial, match="7 panels"):
        Sheet("X", up=7)


def test_the_web_page_shows_every_panel_and_runs_nothing_that_was_typed():
    evil = '"><script>alert(1)</script>'
    shots = [
        replace(shot_of(MEDIUM, PUSHED, words=evil, note=evil), label=evil, heading=evil, scene=evil),
        *numbered(1),
    ]
    page = boards_html(shots, grey, replace(SHEET, show=evil))
    assert "<script" not in page
    found = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, given: found.append((tag, dict(given)))
    reader.feed(page)
    pictures = [given["src"] for tag, given in found if tag == "img"]
    assert len(pictures) == 3
    assert all(source.startswith("data:image/jpeg;base64,") for source in pictures)
    assert sum(tag == "svg" for tag, _ in found) == 1
    assert "href" not in page
    linked = boards_html(shots, grey, SHEET, link_to=lambda shot, frame: f"frames/{shot}.{frame}.jpg")
    assert 'src="frames/s1.0.jpg"' in linked
    assert "base64" not in linked


def test_size_words_are_in_the_order_of_the_trade():
    assert size_words(parse_shot("7 MCU DUTCH 10 LOW PROFILEL WILL")) == "MCU · LOW · PROFILEL · DUTCH 10°"
