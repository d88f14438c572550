"""Boards as a storyboard artist hands them over: pages of panels, each with its data, words and arrows."""

from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from rushes.departments.previs.out.boards_arrows import marks_of
from rushes.departments.previs.out.boards_layout import FOOT, HEAD, MM, SIDE, Grid, grid_of, letters_for, text_marks
from rushes.departments.previs.out.boards_panels import Panel, PictureAt, Sheet, length_words, pages_of, panels_of
from rushes.departments.previs.out.techvis_drawing import (
    GREY,
    INK,
    RULE,
    Clipped,
    Drawing,
    Line,
    Mark,
    Photo,
    Picture,
    Words,
    box_spots,
    moved,
)
from rushes.departments.previs.out.techvis_pdf import pdf_of, width_of, wrapped
from rushes.departments.previs.out.techvis_svg import codes_of
from rushes.departments.previs.plan import ReadyShot
from rushes.domain.errors import BadMaterial

PRINT_DPI = 300
NAME = 2.0
"""Height of the line with a shot's label, in letters."""


def boards_pdf(shots: Sequence[ReadyShot], pictures: PictureAt, sheet: Sheet) -> bytes:
    """Return boards as a PDF; the same bytes for the same shots, pictures and sheet.

    Args:
        shots: in the order of the cut.
        pictures: asked for one after the other, so that they need not all be held.
        sheet: how they are laid out.
    """
    return pdf_of(board_sheets(shots, pictures, sheet), title=f"{sheet.show} · boards")


def board_sheets(shots: Sequence[ReadyShot], pictures: PictureAt, sheet: Sheet) -> Iterator[Drawing]:
    """Return the pages of boards, one drawing each.

    Args:
        shots: in the order of the cut; all of one aspect.
        pictures: of each shot at a frame.
        sheet: how they are laid out.

    Raises:
        BadMaterial: there are no shots, or they have several aspects.
    """
    aspects = sorted({round(shot.moment_at(0).camera.package.aspect, 3) for shot in shots})
    if len(aspects) != 1:
        found = [f"aspect {aspect}" for aspect in aspects] or ["no shots"]
        raise BadMaterial("boards need shots of one aspect", found, "Print each aspect on sheets of its own.")
    grid = grid_of(sheet.up, aspects[0], sheet.paper)
    pages = pages_of([panel for shot in shots for panel in panels_of(shot)], sheet)
    for number, page in enumerate(pages, 1):
        left, top, right, bottom = _text_box(grid, (0.0, 0.0))
        letters = letters_for([panel.paragraphs for panel in page], (right - left, bottom - top), grid.letters)
        marks = [*_head(page[0].shot, sheet, grid, numbers=(number, len(pages)))]
        for place, panel in enumerate(page):
            picture = pictures(panel.shot.id, panel.frame)
            marks += _panel(panel, picture, grid, sheet=sheet, at=grid.corner(place))
            marks += text_marks(panel.paragraphs, _text_box(grid, grid.corner(place)), letters)
        yield Drawing(f"{sheet.show} {number}", grid.page, tuple(marks))


def _head(shot: ReadyShot, sheet: Sheet, grid: Grid, *, numbers: tuple[int, int]) -> list[Mark]:
    wide, high = grid.page
    right, top = wide - SIDE, 11.5 * MM
    page = f"page {numbers[0]} of {numbers[1]}"
    title = " · ".join(word for word in (sheet.show, sheet.title) if word)
    scene = f"{shot.scene}" if shot.scene else ""
    room = right - SIDE - width_of(page, 8) - 20
    marks: list[Mark] = [
        *_one_line((SIDE, top), title, 8, width=0.6 * room, look=(GREY, "plain")),
        *_one_line((right, top), sheet.draft, 8, width=0.38 * room, look=(GREY, "plain"), anchor="end"),
        Words((right, top + 17), page, 8, INK, anchor="end"),
        Line(((SIDE, HEAD - 5 * MM), (right, HEAD - 5 * MM)), INK, 0.6),
        Line(((SIDE, high - FOOT + 3 * MM), (right, high - FOOT + 3 * MM)), RULE, 0.3),
    ]
    before = width_of(f"{scene}   ", 13, "bold") if scene else 0.0
    marks += _one_line((SIDE, top + 18), scene, 13, width=before + 1, look=(INK, "bold"))
    marks += _one_line((SIDE + before, top + 18), shot.heading, 13, width=room - before, look=(INK, "plain"))
    marks += _one_line((SIDE, high - FOOT + 7 * MM), sheet.note, 6.5, width=right - SIDE, look=(GREY, "plain"))
    return marks


def _one_line(
    at: tuple[float, float], text: str, size: float, *, width: float, look: tuple[str, str], anchor: str = "start"
) -> list[Mark]:
    lines = wrapped(text, size, width=width, face=look[1], lines=1)
    return [Words(at, line, size, look[0], face=look[1], anchor=anchor) for line in lines]


def _text_box(grid: Grid, at: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a panel's words."""
    (left, top), (wide, high), letters = at, grid.picture, grid.letters
    bottom = top + grid.cell[1]
    if grid.beside:
        return left + wide + 5 * MM, top + 2.1 * letters, left + grid.cell[0], bottom
    left += (grid.cell[0] - wide) / 2
    return left, top + (NAME + 0.7) * letters + high, left + wide, bottom


def _panel(panel: Panel, picture: Picture, grid: Grid, *, sheet: Sheet, at: tuple[float, float]) -> list[Mark]:
    left, _, right, _ = _text_box(grid, at)
    size = 1.45 * grid.letters
    name_y = at[1] + size - (0.0 if grid.beside else 1.0)
    corner = at if grid.beside else (left, at[1] + NAME * grid.letters)
    return [
        *_name(panel, (left, right), name_y, sheet=sheet, size=size),
        *_picture(panel, picture, at=corner, size=grid.picture),
    ]


def _name(panel: Panel, sides: tuple[float, float], y: float, *, sheet: Sheet, size: float) -> list[Mark]:
    left, right = sides
    marks: list[Mark] = [Words((left, y), panel.shot.label, size, INK, face="bold")]
    if panel.part:
        after = left + width_of(f"{panel.shot.label} ", size, "bold") + 2
        marks.append(Words((after, y), panel.part, 0.72 * size, GREY, face="bold"))
    if panel.part != "end":
        marks.append(Words((right, y), length_words(panel.shot, sheet.frame_rate), 0.6 * size, GREY, anchor="end"))
    return marks


def _picture(panel: Panel, picture: Picture, *, at: tuple[float, float], size: tuple[float, float]) -> list[Mark]:
    (left, top), (wide, high) = at, size
    box = (left, top, left + wide, top + high)
    arrows = moved(marks_of(panel.arrows, size), at)
    return [
        Photo(at, size, printable(picture, size)),
        *([Clipped(box, arrows)] if arrows else []),
        Line(box_spots(box), INK, 0.5),
    ]


def printable(picture: Picture, size: tuple[float, float]) -> Picture:
    """Return a picture no finer than paper shows.

    Args:
        picture: as displayed.
        size: width and height on paper, points.
    """
    height, width = picture.shape[:2]
    wanted = max(1, round(size[0] / 72 * PRINT_DPI))
    if width <= wanted:
        return picture
    scaled = Image.fromarray(codes_of(picture)).resize((wanted, max(1, round(height * wanted / width))))
    return np.asarray(scaled, np.uint8)
