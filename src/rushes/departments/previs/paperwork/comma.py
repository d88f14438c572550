"""Lists as CSV: RFC 4180 in UTF-8, one heading line, no cell that a spreadsheet would run."""

import csv
import io
import re

from rushes.departments.previs.paperwork.table import Cell, Clock, Eighths, Table, said

FORMULA = re.compile(r"'*(?:[\t\r\n]|\s*[=+\-@＝＋－＠])")
"""What a spreadsheet takes for a formula; an apostrophe before it makes it text."""


def csv_of(table: Table) -> bytes:
    """Return a list as CSV: a row for each strip or item, without the bands between them.

    Lengths are `0 3/8` (a spreadsheet takes `3/8` for a date), times `0:01:42`. A cell that would be a formula has an
    apostrophe before it (`made_plain` takes it off); names and all else are as they are.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([made_inert(" ".join(column.name.split())) for column in table.columns])
    writer.writerows([[_cell(cell) for cell in row.cells] for row in table.rows if not row.band])
    # spreadsheets take UTF-8 for something else unless it begins with this mark
    return text.getvalue().encode("utf-8-sig", "replace")


def _cell(cell: Cell) -> str:
    if isinstance(cell, Eighths):
        return f"{cell.count // 8} {cell.count % 8}/8"
    if isinstance(cell, Clock):
        minutes, seconds = divmod(round(cell.seconds), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    return made_inert(cell) if isinstance(cell, str) else said(cell)


def made_inert(words: str) -> str:
    """Return words that no spreadsheet runs.

    >>> made_inert("=1+1"), made_inert("'-x"), made_inert("JENNY"), made_inert("'Tis")
    ("'=1+1", "''-x", 'JENNY', "'Tis")
    """
    return f"'{words}" if FORMULA.match(words) else words


def made_plain(cell: str) -> str:
    """Return the words that `made_inert` was given.

    >>> made_plain("'=1+1"), made_plain("'Tis")
    ('=1+1', "'Tis")
    """
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
