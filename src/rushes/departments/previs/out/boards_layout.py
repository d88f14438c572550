"""Where a board's panels lie on the paper: as large as the paper allows, with room for the words."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from rushes.departments.previs.out.boards_panels import LOOKS, Paragraph
from rushes.departments.previs.out.techvis_drawing import GREY, INK, RULE, Line, Mark, Words, page_size
from rushes.departments.previs.out.techvis_pdf import width_of, wrapped

MM = 72 / 25.4
SIDE, HEAD, FOOT = 14 * MM, 25 * MM, 13 * MM
GAP_ACROSS, GAP_DOWN = 9 * MM, 7 * MM
LETTERS = {1: 10.0, 2: 9.0, 3: 8.6, 4: 8.2, 5: 7.6, 6: 7.4}
"""Size of the words by the number of panels on a page."""
LEAST_LINES, LEAST_COLUMN = 6.5, 60 * MM
"""Room for words: lines under a picture, or width beside it."""
LEADING, SMALLEST, MOST_LINES = 1.34, 0.78, 3


@dataclass(frozen=True)
class Grid:
    """A page's panels.

    Attributes:
        page: width and height of the paper, points.
        columns: panels in a row.
        rows: rows on the page.
        beside: the words stand at the right of the picture, not under it.
        cell: width and height of a panel with its words.
        picture: width and height of the picture.
        letters: size of the words.
    """

    page: tuple[float, float]
    columns: int
    rows: int
    beside: bool
    cell: tuple[float, float]
    picture: tuple[float, float]
    letters: float

    def corner(self, place: int) -> tuple[float, float]:
        """Return the top left corner of a panel, by its place on the page from 0."""
        row, column = divmod(place, self.columns)
        return SIDE + column * (self.cell[0] + GAP_ACROSS), HEAD + row * (self.cell[1] + GAP_DOWN)


def grid_of(up: int, aspect: float, paper: str) -> Grid:
    """Return the grid whose pictures are largest.

    Args:
        up: panels on a page.
        aspect: width by height of a picture.
        paper: of `techvis_drawing.PAGES`.

    >>> grid = grid_of(6, 1.78, "A4")  # upright
    >>> grid.columns, grid.rows, grid.beside
    (2, 3, False)
    """
    grids = [
        _grid(up, aspect, (paper, wide, columns), beside=beside)
        for wide in (True, False)
        for columns in range(1, up + 1)
        if columns * ceil(up / columns) - up < columns
        for beside in (False, True)
    ]
    return max(grids, key=lambda grid: (round(grid.picture[0] * grid.picture[1], 3), -grid.columns))


def _grid(up: int, aspect: float, page: tuple[str, bool, int], *, beside: bool) -> Grid:
    paper, wide, columns = page
    size, letters, rows = page_size(paper, wide=wide), LETTERS[up], ceil(up / columns)
    across = (size[0] - 2 * SIDE - (columns - 1) * GAP_ACROSS) / columns
    down = (size[1] - HEAD - FOOT - (rows - 1) * GAP_DOWN) / rows
    if beside:
        width = min(across - LEAST_COLUMN - 5 * MM, down * aspect)
    else:
        width = min(across, (down - (LEAST_LINES + 2.6) * LEADING * letters) * aspect)
    width = max(width, 1.0)
    return Grid(size, columns, rows, beside, (across, down), (width, width / aspect), letters)


def letters_for(words: Sequence[tuple[Paragraph, ...]], box: tuple[float, float], letters: float) -> float:
    """Return one size for all words of a page: as small as the fullest panel needs, and no smaller than `SMALLEST`.

    Args:
        words: of each panel.
        box: width and height that each has.
        letters: the size where there is room.
    """
    sizes = [letters * (1 - 0.02 * step) for step in range(round((1 - SMALLEST) / 0.02) + 1)]
    fitting = [size for size in sizes if all(_height(each, box[0], size) <= box[1] for each in words)]
    return fitting[0] if fitting else sizes[-1]


def text_marks(
    paragraphs: tuple[Paragraph, ...], box: tuple[float, float, float, float], letters: float
) -> tuple[Mark, ...]:
    """Return words as marks in a box; where they do not fit, speeches and action are cut and say so, data never.

    Args:
        paragraphs: in order.
        box: left, top, right and bottom.
        letters: their size.
    """
    left, top, right, bottom = box
    width, room, left_out = right - left, bottom - top, 0
    kept = paragraphs
    if _height(kept, width, letters) > room:
        kept = tuple(_first_lines(each, width, letters) if each.kind == "action" else each for each in kept)
    while _height(kept, width, letters) > room:
        speeches = [place for place, each in enumerate(kept) if each.kind == "speech"]
        if not speeches:
            break
        last, left_out = speeches[-1], left_out + 1
        more = Paragraph("action", f"{left_out} more speech{'es' if left_out > 1 else ''} …")
        kept = (*kept[:last], more, *kept[last + 1 + (left_out > 1) :])
    return tuple(_set(kept, box, letters)[0])


def _first_lines(paragraph: Paragraph, width: float, size: float) -> Paragraph:
    return Paragraph(paragraph.kind, " ".join(wrapped(paragraph.text, size, width=width, lines=MOST_LINES)))


def _height(paragraphs: tuple[Paragraph, ...], width: float, size: float) -> float:
    return _set(paragraphs, (0.0, 0.0, width, float("inf")), size)[1]


def _set(
    paragraphs: tuple[Paragraph, ...], box: tuple[float, float, float, float], size: float
) -> tuple[list[Mark], float]:
    """Return marks and how far down they reach; nothing is set below the bottom of the box."""
    left, top, right, bottom = box
    step, y, marks = LEADING * size, top, list[Mark]()
    for place, paragraph in enumerate(paragraphs):
        face, colour = LOOKS[paragraph.kind]
        y += 0.38 * step if place and paragraph.kind != paragraphs[place - 1].kind else 0.0
        indent = _indent(paragraph, size, right - left)
        room = int((bottom - y + 0.2 * step) // step) if bottom != float("inf") else 10_000
        lines = wrapped(paragraph.text, size, width=right - left - indent, face=face, lines=room)
        if lines:
            marks += _lead(paragraph, (left, y + size), size, rise=len(lines) * step)
        for line in lines:
            marks.append(Words((left + indent, y + size), line, size, colour, face=face))
            y += step
    return marks, y


def _indent(paragraph: Paragraph, size: float, width: float) -> float:
    if paragraph.kind == "speech":
        return min(width_of(f"{paragraph.lead.upper()}  ", 0.86 * size, "bold"), 0.34 * width)
    return {"note": 0.7, "move": 1.1, "limit": 1.1}.get(paragraph.kind, 0.0) * size


def _lead(paragraph: Paragraph, at: tuple[float, float], size: float, *, rise: float) -> list[Mark]:
    """Return what stands before a paragraph: who speaks, a rule beside a note, a sign for a move or a limit."""
    x, y = at
    if paragraph.kind == "speech":
        name = wrapped(paragraph.lead.upper(), 0.86 * size, width=10_000, face="bold")
        return [Words(at, name[0] if name else "", 0.86 * size, INK, face="bold")]
    if paragraph.kind == "note":
        return [Line(((x + 0.5, y - 0.85 * size), (x + 0.5, y - 1.05 * size + rise)), RULE, 1.0)]
    signs = {"move": ("▸", GREY), "limit": ("!", LOOKS["limit"][1])}
    if paragraph.kind not in signs:
        return []
    sign, colour = signs[paragraph.kind]
    return [Words(at, sign, size, colour, face="bold")]
