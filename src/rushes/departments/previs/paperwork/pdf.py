"""Lists as PDF: A4, the same bytes each time, strips in their colours."""

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from rushes.departments.previs.paperwork.fonts import BOLD, MISSING, SANS, broken, printable, register_fonts, width_of
from rushes.departments.previs.paperwork.leaves import (
    BODY,
    LEADING,
    PAD,
    ROW_PAD,
    SMALL,
    Leaf,
    Line,
    Placed,
    Printed,
    leaves,
)
from rushes.departments.previs.paperwork.table import Table, said

MARGIN, FOOT = 12 * mm, 9 * mm
INK, GREY, RULE = "1c1c1c", "5c5c5c", "b9b9b9"
TITLE, SUBTITLE = 15.0, 10.0
SWATCH = 9.0
Place = tuple[float, float, float, float]
"""Left, bottom, width and height in points."""


def pdf_of(show: str, tables: Sequence[Table]) -> bytes:
    """Return lists as one PDF, each from a new page on.

    Args:
        show: its title, over every list.
        tables: in order. Letters that the font lacks (it has Latin, Greek, Cyrillic and more) are white squares, and
            the list says so.

    Returns:
        The same bytes for the same lists.
    """
    canvas, held = new_canvas(show, tables[0].title if tables else "")
    pages = [(leaf, at == 0) for table in tables for at, leaf in enumerate(_leaves(show, table))]
    for number, (leaf, first) in enumerate(pages, 1):
        size = page_size(leaf.table.wide)
        canvas.setPageSize(size)
        top = size[1] - MARGIN
        top -= (_title if first else _running_head)(canvas, show, leaf.table)
        _draw(canvas, leaf, top)
        foot(canvas, leaf.table.wide, left=show, right=f"page {number} of {len(pages)}")
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def new_canvas(show: str, subject: str) -> tuple[Any, io.BytesIO]:
    """Return a canvas that writes no date into its file, and what it writes to."""
    register_fonts()
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=A4, invariant=1, pageCompression=1, lang="en-GB")
    canvas.setTitle(f"{show} – {subject}")
    canvas.setSubject(subject)
    canvas.setCreator("Rushes")
    return canvas, held


def page_size(wide: bool) -> tuple[float, float]:
    """Return width and height of a page, points."""
    width, height = landscape(A4) if wide else A4
    return float(width), float(height)


def foot(canvas: Any, wide: bool, *, left: str, right: str) -> None:
    """Draw the foot of a page."""
    width, _ = page_size(wide)
    write(canvas, Line(printable(left), SANS, SMALL), (MARGIN, FOOT), ink=GREY)
    write(canvas, Line(printable(right), SANS, SMALL), (width - MARGIN, FOOT), ink=GREY, align="right")


def write(canvas: Any, line: Line, place: tuple[float, float], *, ink: str = INK, align: str = "left") -> None:
    """Draw one line of print on a base line; the place is its left end, its middle or its right end."""
    across, base = place
    if align != "left":
        across -= width_of(line.words, line.font, line.size) * (0.5 if align == "centre" else 1.0)
    canvas.setFillColor(HexColor(f"#{ink}"))
    canvas.setFont(line.font, line.size)
    canvas.drawString(across, base, line.words)


def box(canvas: Any, place: Place, fill: str, *, edge: str = "", pen: float = 0.6) -> None:
    """Draw a rectangle; an empty `fill` or `edge` is none."""
    if fill:
        canvas.setFillColor(HexColor(f"#{fill}"))
    if edge:
        canvas.setStrokeColor(HexColor(f"#{edge}"))
        canvas.setLineWidth(pen)
    canvas.rect(*place, stroke=int(bool(edge)), fill=int(bool(fill)))


def _leaves(show: str, table: Table) -> list[Leaf]:
    width, height = page_size(table.wide)
    room = height - 2 * MARGIN
    measured, _ = new_canvas(show, table.title)
    used = _title(measured, show, table)
    return leaves(table, width - 2 * MARGIN, room - 14.0, first_height=room - used)


def _running_head(canvas: Any, show: str, table: Table) -> float:
    width, height = page_size(table.wide)
    base = height - MARGIN - SMALL
    write(canvas, Line(printable(show), BOLD, SMALL), (MARGIN, base), ink=GREY)
    write(canvas, Line(printable(table.title), SANS, SMALL), (width - MARGIN, base), ink=GREY, align="right")
    return 14.0


def _title(canvas: Any, show: str, table: Table) -> float:
    """Draw what stands over a list; return how high it is."""
    width, height = page_size(table.wide)
    room, top = width - 2 * MARGIN, height - MARGIN
    base = top
    lines = [Line(words, BOLD, TITLE) for words in broken(show, BOLD, TITLE, width=room)]
    lines.append(Line(printable(table.title), SANS, SUBTITLE))
    strange = _strange(table)
    about = [*table.about, *([f"Letters that this font lacks are shown as {MISSING}."] if strange else [])]
    lines += [Line(words, SANS, BODY) for said in about for words in broken(said, SANS, BODY, width=room)]
    for line in lines:
        base -= line.size * LEADING
        write(canvas, line, (MARGIN, base), ink=INK if line.size > BODY else GREY)
    base -= 5
    return float(top - _key(canvas, table, base) + 5)


def _strange(table: Table) -> bool:
    return any(MISSING in printable(cell) for row in table.rows for cell in map(said, row.cells) if not cell.isascii())


def _key(canvas: Any, table: Table, base: float) -> float:
    """Draw what the colours mean; return the lowest line."""
    across = MARGIN
    for at, (colour, words) in enumerate(table.key):
        line = Line(printable(words), SANS, SMALL)
        wide = SWATCH * 1.6 + 4 + width_of(line.words, SANS, SMALL) + 12
        if at == 0 or across + wide > page_size(table.wide)[0] - MARGIN:
            across, base = MARGIN, base - SWATCH - 3
        box(canvas, (across, base - 1.5, SWATCH * 1.6, SWATCH - 1), colour, edge=INK, pen=0.5)
        write(canvas, line, (across + SWATCH * 1.6 + 4, base))
        across += wide
    return base - (5 if table.key else 0)


def _draw(canvas: Any, leaf: Leaf, top: float) -> None:
    """Draw a page of a list below a height."""
    last = leaf.columns[-1]
    wide = last.left + last.width
    for column, lines in zip(leaf.columns, leaf.heads, strict=True):
        place = (MARGIN + column.left, top - leaf.head_height, column.width, leaf.head_height)
        _cell(canvas, lines, place, ink=GREY, of=column)
    top -= leaf.head_height
    canvas.setStrokeColor(HexColor(f"#{INK}"))
    canvas.setLineWidth(0.9)
    canvas.line(MARGIN, top, MARGIN + wide, top)
    top -= 2 if leaf.table.gaps else 0
    for placed in leaf.rows:
        _row(canvas, leaf, placed, place=(MARGIN, top - placed.top - placed.height, wide, placed.height))


def _row(canvas: Any, leaf: Leaf, placed: Placed, *, place: Place) -> None:
    left, bottom, wide, height = place
    row, ink = placed.row, placed.row.ink or INK
    strips = leaf.table.gaps
    if strips or row.fill:
        box(canvas, place, row.fill or "ffffff", edge=INK if strips or row.band else "")
    if row.band:
        _cell(canvas, placed.cells[0], place, ink=ink)
        return
    for column, lines in zip(leaf.columns, placed.cells, strict=True):
        cell = (left + column.left, bottom, column.width, height)
        if column.at in row.fills:
            box(canvas, cell, row.fills[column.at])
        _cell(canvas, lines, cell, ink=ink, of=column, high=not strips)
    canvas.setStrokeColor(HexColor(f"#{INK if strips else RULE}"))
    canvas.setLineWidth(0.35)
    if not strips:
        canvas.line(left, bottom, left + wide, bottom)
    if strips or leaf.table.kept:
        for column in leaf.columns[1:]:
            canvas.line(left + column.left, bottom, left + column.left, bottom + height)


def _cell(
    canvas: Any,
    lines: Sequence[Line],
    place: Place,
    *,
    ink: str,
    of: Printed | None = None,
    high: bool = False,
) -> None:
    """Write lines into a cell, in the middle of its height or high in it."""
    left, bottom, wide, height = place
    align, pad = (of.column.align, of.pad) if of else ("left", PAD)
    across = {"left": left + pad, "centre": left + wide / 2, "right": left + wide - pad}[align]
    base = bottom + (height - ROW_PAD if high else (height + sum(line.size * LEADING for line in lines)) / 2)
    for line in lines:
        base -= line.size * LEADING
        write(canvas, line, (across, base + line.size * 0.28), ink=ink, align=align)
