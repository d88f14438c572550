"""Lists as one XLSX: a leaf for each, its heading frozen, strips in their colours, ready to print."""

import io
import re
import zipfile
from collections.abc import Sequence
from copy import copy

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as XlsxCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from rushes.departments.previs.paperwork.comma import FORMULA
from rushes.departments.previs.paperwork.table import Cell, Clock, Eighths, Row, Table

A4, LONGEST, WIDEST, WHITE = "9", 32000, 60.0, "ffffff"
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
NEW_YEAR = (1980, 1, 1, 0, 0, 0)
PAGES, CLOCK = "# ?/8", "[h]:mm:ss"
"""Formats: eighths stay eighths when they are added up, and hours do not wrap at a day."""


def xlsx_of(show: str, tables: Sequence[Table]) -> bytes:
    """Return lists as a workbook. Lengths and times are numbers: they add up.

    Args:
        show: its title, over every print.
        tables: in order; at least one.

    Returns:
        The same bytes for the same lists.
    """
    book = Workbook()
    book.remove(book.active)
    for table in tables:
        _fill(book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", table.title)[:31]), show, table)
    held = io.BytesIO()
    book.save(held)
    return _undated(held.getvalue())


def _fill(sheet: Worksheet, show: str, table: Table) -> None:
    looks: dict[tuple[str, ...], StyleArray] = {}
    for at, column in enumerate(table.columns):
        cell = sheet.cell(1, at + 1)
        _write(cell, " ".join(column.name.split()))
        _put_on(cell, looks, ("head", column.align, "", "", ""))
        sheet.column_dimensions[get_column_letter(at + 1)].width = min(WIDEST, column.width * 1.15 + 2)
    for down, row in enumerate(table.rows, 2):
        for at, column in enumerate(table.columns):
            cell = sheet.cell(down, at + 1)
            value = _value(row, at)
            _write(cell, value)
            kind = "band" if row.band else "strong" if column.strong else "plain"
            fill = row.fills.get(at, row.fill)
            _put_on(cell, looks, (kind, column.align, fill, row.ink, _format(value)))
    _for_print(sheet, show, table)


def _value(row: Row, at: int) -> Cell:
    """Return what stands in a cell; the words of a band run on over the empty cells beside them."""
    return row.cells[at] if not row.band else row.cells[0] if at == 0 else ""


def _format(value: Cell) -> str:
    if isinstance(value, Eighths):
        return PAGES
    return CLOCK if isinstance(value, Clock) else "0.00" if isinstance(value, float) else "General"


def _write(cell: XlsxCell, value: Cell) -> None:
    if isinstance(value, str):
        if value:
            cell.value = NOT_IN_XML.sub("", value)[:LONGEST]
            # said to be words: else openpyxl takes what begins with = for a formula
            cell.data_type = "s"
            cell.quotePrefix = bool(FORMULA.match(value))
    elif isinstance(value, Eighths):
        cell.value = value.count / 8
    else:
        cell.value = value.seconds / 86400 if isinstance(value, Clock) else value


def _put_on(cell: XlsxCell, looks: dict[tuple[str, ...], StyleArray], look: tuple[str, ...]) -> None:
    """Give a cell its look; each is made once, as there are few and the making is slow."""
    look = (*look, "quoted" if cell.quotePrefix else "")
    if look not in looks:
        kind, align, fill, ink, form, _ = look
        cell.font = Font(name="Arial", size=9, bold=kind != "plain", color=f"FF{ink}" if ink else None)
        if kind != "band":
            across = {"centre": "center"}.get(align, align)
            cell.alignment = Alignment(horizontal=across, vertical="top", wrap_text=True)
            pen, colour = "medium" if kind == "head" else "thin", "FF1C1C1C" if fill else "FFB9B9B9"
            cell.border = Border(bottom=Side(pen, color=colour))
        if fill and fill != WHITE:
            cell.fill = PatternFill("solid", start_color=f"FF{fill}")
        cell.number_format = form or "General"
        looks[look] = copy(cell._style)
    cell._style = copy(looks[look])


def _for_print(sheet: Worksheet, show: str, table: Table) -> None:
    sheet.freeze_panes = f"{get_column_letter(table.kept + 1)}2"
    if table.rows and not any(row.band for row in table.rows):
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    # an ampersand is a command there
    said = NOT_IN_XML.sub("", show).replace("&", "&&")[:80]
    sheet.oddHeader.left.text, sheet.oddHeader.right.text = said, table.title
    sheet.oddFooter.right.text = "page &P of &N"


def _undated(content: bytes) -> bytes:
    """Return a workbook without the time of day, which openpyxl writes into it."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as dated, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as undated:
        for name in dated.namelist():
            part = dated.read(name)
            if name == "docProps/core.xml":
                part = STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", part)
            info = zipfile.ZipInfo(name, NEW_YEAR)
            info.compress_type = zipfile.ZIP_DEFLATED
            undated.writestr(info, part)
    return held.getvalue()
