"""Where everything of a list stands on paper: its columns, its lines, its page breaks. Points, from the top down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rushes.departments.previs.paperwork.fonts import BOLD, SANS, broken
from rushes.departments.previs.paperwork.table import Column, Row, Table, printed_columns, said, words_under

BODY, SMALL, LEADING = 7.5, 6.3, 1.3
PAD, ROW_PAD, TIGHT, STRIP_GAP = 3.0, 2.6, 0.8, 1.3
LETTER = 4.2
"""Room for one letter of a column's width; a list that is wider than the page in it goes over several."""
STRETCH = 1.5
NARROW = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print."""

    words: str
    font: str
    size: float


@dataclass(frozen=True, slots=True)
class Printed:
    """A column on paper: which of the table's it is, those that stand under it, and where it is."""

    at: int
    under: tuple[int, ...]
    column: Column
    left: float
    width: float

    @property
    def pad(self) -> float:
        """What stays free on either side of its words; letters of a day-out-of-days need all the room there is."""
        return PAD if self.column.width >= NARROW else TIGHT

    @property
    def room(self) -> float:
        """How wide a line of it may be."""
        return self.width - 2 * self.pad


@dataclass(frozen=True, slots=True)
class Placed:
    """A row on paper: the lines of each printed column (a band has one), its top below that of the list, its height."""

    row: Row
    cells: tuple[tuple[Line, ...], ...]
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page of a list."""

    table: Table
    columns: tuple[Printed, ...]
    heads: tuple[tuple[Line, ...], ...]
    head_height: float
    rows: tuple[Placed, ...]


def leaves(table: Table, width: float, height: float, *, first_height: float) -> list[Leaf]:
    """Return the pages of a list; there is one even if the list is empty.

    Args:
        table: the list.
        width: of the page between its margins.
        height: likewise.
        first_height: what the title leaves of the first page.
    """
    found: list[Leaf] = []
    for columns in _groups(table, width):
        heads = tuple(tuple(_lines(column.column.name, BOLD, size=SMALL, width=column.room)) for column in columns)
        head_height = max(_height(lines) for lines in heads) + 2 * PAD
        blank = Leaf(table, columns, heads, head_height, ())
        rows = [_placed(row, columns, table) for row in table.rows]
        room = height - head_height
        rows = [piece for row in rows for piece in _pieces(row, min(room, first_height - head_height))]
        gap, first = STRIP_GAP if table.gaps else 0.0, room if found else first_height - head_height
        for held in _pages(rows, gap, room, first=first):
            found.append(replace(blank, rows=held))
    return found


def _groups(table: Table, width: float) -> list[tuple[Printed, ...]]:
    """Return the printed columns of each sheet that the list is wide."""
    units = printed_columns(table)
    whole = sum(table.columns[at].width for at, _ in units) * LETTER
    if not table.kept or whole <= width:
        scale = width / whole
        return [_across(table, units, LETTER * (min(scale, STRETCH) if table.kept else scale))]
    kept, rest = units[: table.kept], units[table.kept :]
    room = width - sum(table.columns[at].width for at, _ in kept) * LETTER
    groups: list[list[tuple[int, tuple[int, ...]]]] = [[]]
    left = room
    for unit in rest:
        wide = table.columns[unit[0]].width * LETTER
        if groups[-1] and wide > left:
            groups.append([])
            left = room
        groups[-1].append(unit)
        left -= wide
    return [_across(table, [*kept, *group], LETTER) for group in groups]


def _across(table: Table, units: Sequence[tuple[int, tuple[int, ...]]], letter: float) -> tuple[Printed, ...]:
    columns, left = [], 0.0
    for at, under in units:
        width = table.columns[at].width * letter
        columns.append(Printed(at, under, table.columns[at], left, width))
        left += width
    return tuple(columns)


def _placed(row: Row, columns: Sequence[Printed], table: Table) -> Placed:
    """Return a row with its lines and its height; where it stands is not known yet."""
    pad = PAD if table.gaps else ROW_PAD
    if row.band:
        last = columns[-1]
        lines = _lines(said(row.cells[0]), BOLD, size=BODY, width=last.left + last.width - 2 * PAD)
        return Placed(row, (tuple(lines),), 0.0, _height(lines) + 2 * PAD)
    cells = []
    for column in columns:
        font = BOLD if column.column.strong else SANS
        lines = _lines(said(row.cells[column.at]), font, size=BODY, width=column.room)
        for words in words_under(table, row, column.under):
            lines += _lines(words, SANS, size=SMALL, width=column.room)
        cells.append(tuple(lines))
    return Placed(row, tuple(cells), 0.0, max(map(_height, cells)) + 2 * pad)


def _lines(words: str, font: str, *, size: float, width: float) -> list[Line]:
    return [Line(line, font, size) for line in broken(words, font, size, width=width)] if words else []


def _height(lines: Sequence[Line]) -> float:
    return sum(line.size * LEADING for line in lines) or BODY * LEADING


def _pieces(row: Placed, room: float) -> list[Placed]:
    """Return a row that is longer than a page in pieces; any other as it is."""
    if row.height <= room:
        return [row]
    each = max(1, int((room - 2 * PAD - 2) / (BODY * LEADING)))
    longest = max(map(len, row.cells))
    pieces = []
    for start in range(0, longest, each):
        cells = tuple(lines[start : start + each] for lines in row.cells)
        pieces.append(replace(row, cells=cells, height=max(map(_height, cells)) + 2 * PAD + 2))
    return pieces


def _pages(rows: Sequence[Placed], gap: float, room: float, *, first: float) -> list[tuple[Placed, ...]]:
    """Return rows by page; a band stays with what it opens or closes, unless that is longer than a page."""
    pages: list[list[Placed]] = [[]]
    top, limit = 0.0, first
    for run in _runs(rows):
        whole = sum(row.height + gap for row in run) - gap
        pieces = [run] if whole <= limit else [[row] for row in run]
        for piece in pieces:
            needed = sum(row.height + gap for row in piece) - gap
            if pages[-1] and top + needed > limit:
                pages.append([])
                top, limit = 0.0, room
            for row in piece:
                pages[-1].append(replace(row, top=top))
                top += row.height + gap
    return [tuple(page) for page in pages]


def _runs(rows: Sequence[Placed]) -> list[list[Placed]]:
    """Return rows parted where a page may end."""
    runs: list[list[Placed]] = []
    for row in rows:
        if runs and (runs[-1][-1].row.band == "opens" or row.row.band == "closes"):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs
