"""One kind of list for all papers: columns, rows, colours. Four writers print it: CSV, XLSX, PDF and HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from rushes.departments.previs.script.eighths import say_eighths


@dataclass(frozen=True, slots=True)
class Eighths:
    """A length in eighths of a page; a spreadsheet adds it up.

    >>> str(Eighths(34))
    '4 2/8'
    """

    count: int

    def __str__(self) -> str:
        return say_eighths(self.count)


@dataclass(frozen=True, slots=True)
class Clock:
    """A running time in seconds; a spreadsheet adds it up.

    >>> str(Clock(102.4)), str(Clock(3754))
    ('1:42', '1:02:34')
    """

    seconds: float

    def __str__(self) -> str:
        minutes, seconds = divmod(round(self.seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


Cell = str | int | float | Eighths | Clock


def said(cell: Cell) -> str:
    """Return a cell as people read it: a whole number without a point, another with two decimals."""
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: over it.
        width: in letters of the print; what is longer is broken.
        align: "left", "right" or "centre".
        under: in print and on the page its words stand small under the column before it.
        strong: bold.
        shown: printed, and on the page; else only spreadsheets have it.
    """

    name: str
    width: float
    align: str = "left"
    under: bool = False
    strong: bool = False
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row.

    Attributes:
        cells: one for each column; a banner's one goes across.
        fill: its colour, six hex digits, or nothing for white.
        fills: colours of single cells by column, over that of the row.
        ink: of its words, or nothing for black.
        band: "closes" or "opens" for a band across, its words in the first cell: the end of a day stays with what is
            above it, the heading of a scene with what is below; no CSV has it.
        link: where the page goes from its first strong cell: a fragment or a relative address, or nothing.
    """

    cells: tuple[Cell, ...]
    fill: str = ""
    fills: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    ink: str = ""
    band: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A list.

    Attributes:
        name: of its file: `stripboard`.
        title: over it.
        columns: in order.
        rows: in order.
        about: lines under the title.
        key: what the colours and letters mean: colour and words.
        wide: printed across the long side of the page.
        kept: how many columns stand again on each sheet where the list is wider than the page.
        gaps: strips lie apart like strips on a board.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    about: tuple[str, ...] = ()
    key: tuple[tuple[str, str], ...] = ()
    wide: bool = False
    kept: int = 0
    gaps: bool = False


def words_under(table: Table, row: Row, columns: Sequence[int]) -> list[str]:
    """Return what stands small under a cell of a row: the words of some columns; of several each says its name."""
    named = len(columns) > 1
    found = [(table.columns[at].name, said(row.cells[at])) for at in columns]
    return [f"{name}: {words}" if named else words for name, words in found if words]


def printed_columns(table: Table) -> list[tuple[int, tuple[int, ...]]]:
    """Return which columns are printed side by side, each with those that stand under it."""
    found: list[tuple[int, tuple[int, ...]]] = []
    for at, column in enumerate(table.columns):
        if column.shown and column.under and found:
            found[-1] = found[-1][0], (*found[-1][1], at)
        elif column.shown:
            found.append((at, ()))
    return found
