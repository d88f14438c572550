"""A document as a PDF that is read, printed and filed: A4, sober, the same bytes each time.

What nobody has stated is set apart in words and in shape, so that it is seen in black and white, too.
"""

import io
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from rushes.papers.document import NOT_STATED, Document, Line, Section, Source, Table, Told

SANS, BOLD, SLANTED = "DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique"
LEFT, TOP, BOTTOM = 18 * mm, 24 * mm, 22 * mm
WIDE = A4[0] - 2 * LEFT
INK, GREY, RULE, PALE, GAP_INK = (HexColor(code) for code in ("#1c1c1c", "#5c5c5c", "#c4c4c4", "#f1f1ee", "#8a2b06"))
QUESTION, ANSWER, FROM = 0.35, 0.39, 0.26
"""How a line's width is shared; in a table the sources take as much."""

ROOM, ROOM_FOR_TABLE = 26 * mm, 42 * mm
"""A heading with less room than this below it begins a new page."""

MISSING = "\N{WHITE SQUARE}"
"""Stands for a letter that the font does not have; the JSON has it."""


def pdf_of(document: Document) -> bytes:
    """Return a document as PDF/1.4, its font embedded.

    Args:
        document: names in Latin, Greek and Cyrillic letters print as they are; a letter that the font does not have
            is a white square, and the first page says so.

    Returns:
        The same bytes for the same document.
    """
    _register_fonts()
    held = io.BytesIO()
    frame = Frame(LEFT, BOTTOM, WIDE, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
    template = BaseDocTemplate(
        held, pagesize=A4, invariant=1, title=document.title, author=document.show, creator="Rushes", lang="en-GB"
    )
    template.addPageTemplates([PageTemplate(frames=[frame], onPage=lambda canvas, _: _furniture(canvas, document))])
    template.build(_story(document), canvasmaker=_Numbered)
    return held.getvalue()


class _Numbered(Canvas):  # type: ignore[misc]
    """Says on each page how many there are: that is known only after the last."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(SANS, 7)
            self.setFillColor(GREY)
            self.drawRightString(LEFT + WIDE, 11 * mm, f"page {number} of {len(self._pages)}")
            super().showPage()
        super().save()


def _furniture(canvas: Any, document: Document) -> None:
    canvas.saveState()
    canvas.setStrokeColor(RULE)
    canvas.setFillColor(GREY)
    canvas.setFont(SANS, 7)
    canvas.drawString(LEFT, A4[1] - 15 * mm, _cut_short(f"{document.show} · {document.title}", WIDE * 0.72))
    canvas.drawRightString(LEFT + WIDE, A4[1] - 15 * mm, _printable(document.written))
    canvas.line(LEFT, A4[1] - 17 * mm, LEFT + WIDE, A4[1] - 17 * mm)
    canvas.line(LEFT, 18 * mm, LEFT + WIDE, 18 * mm)
    canvas.setFont(SANS, 5.8)
    canvas.drawString(LEFT, 14.4 * mm, f"JSON of this document: {document.digest}")
    canvas.setFont(SANS, 7)
    canvas.drawString(LEFT, 11 * mm, "A record, not legal advice. “Not stated” means that nobody has put it on record.")
    canvas.restoreState()


def _story(document: Document) -> list[Flowable]:
    about = f"{document.about} · {document.written}"
    story = [_paragraph(document.title, _style(18, font=BOLD, after=2)), _paragraph(document.show, _style(11, after=1))]
    story.append(_paragraph(about, _style(8, GREY, after=7)))
    strange = sorted({letter for letter in document.json_bytes.decode() if _printable(letter) == MISSING})
    notes = (
        [
            f"{len(strange)} letters of names in it are not in the font of this print and are shown as {MISSING}; the"
            " JSON has them."
        ]
        if strange
        else []
    )
    story += [_paragraph(words, _style(8.5, after=3)) for words in (*document.words, *notes)]
    for number, section in enumerate(document.sections, 1):
        story += _section(section, number)
    return story


def _section(section: Section, number: int) -> list[Flowable]:
    heading = _style(11.5, font=BOLD, before=11, after=3)
    room = ROOM_FOR_TABLE if section.words or any(isinstance(part, Table) for part in section.parts[:1]) else ROOM
    story: list[Flowable] = [CondPageBreak(room), _paragraph(f"{number}.\N{NO-BREAK SPACE} {section.title}", heading)]
    story += [_paragraph(words, _style(8.5, after=4)) for words in section.words]
    lines: list[Line] = []
    for part in section.parts:
        if isinstance(part, Line):
            lines.append(part)
            continue
        story += [_lines(lines), *_table(part)] if lines else _table(part)
        lines = []
    return [*story, _lines(lines)] if lines else story


def _lines(lines: Sequence[Line]) -> Flowable:
    rows: list[list[Any]] = []
    spans = []
    for line in lines:
        spans.append((len(rows), len(rows) + max(len(line.told), 1) - 1))
        for place, told in enumerate(line.told or (Told(None),)):
            question = _paragraph(line.question, _style(8.5)) if place == 0 else ""
            rows.append([question, _answer(told, 8.5), _sources(told.sources)])
    between = [("LINEBELOW", (0, last), (-1, last), 0.4, RULE) for _, last in spans]
    return _grid(rows, [QUESTION, ANSWER, FROM], TableStyle([*_PADDED, *between]))


def _table(table: Table) -> list[Flowable]:
    heading = _style(9, font=BOLD, before=5, after=2)
    title = (
        [CondPageBreak(ROOM if not table.rows else ROOM_FOR_TABLE), _paragraph(table.title, heading)]
        if table.title
        else []
    )
    if not table.rows:
        return [*title, _paragraph(table.nothing, _style(8.5, after=4))]
    whole = sum(width for _, _, width in table.columns)
    sourced = any(sources or any(told.sources for told in cells) for cells, sources in table.rows)
    left = 1 - (FROM - 0.06 if sourced else 0)
    widths = [left * width / whole for _, _, width in table.columns] + ([1 - left] if sourced else [])
    heads = [name for _, name, _ in table.columns] + (["from"] if sourced else [])
    rows: list[list[Any]] = [[_paragraph(head, _style(7, GREY, font=BOLD)) for head in heads]]
    for cells, sources in table.rows:
        every = dict.fromkeys([*sources, *(source for told in cells for source in told.sources)])
        rows.append([*(_answer(told, 7.5) for told in cells), *([_sources(tuple(every))] if sourced else [])])
    ruled = [("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK)]
    return [*title, _grid(rows, widths, TableStyle([*_PADDED, *ruled]), heads=1), Spacer(0, 5)]


_PADDED = [
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 6),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
]


def _grid(rows: list[list[Any]], shares: Sequence[float], style: TableStyle, *, heads: int = 0) -> Flowable:
    widths = [WIDE * share for share in shares]
    return _Rows(rows, widths, style=style, repeatRows=heads, splitByRow=1, hAlign="LEFT")


class _Rows(LongTable):  # type: ignore[misc]
    """Breaks between rows; within one only where it is longer than a page."""

    def split(self, width: float, height: float) -> Any:
        self.splitInRow = 0
        parts = super().split(width, height)
        if not parts and height > 0.9 * (A4[1] - TOP - BOTTOM):
            self.splitInRow = 1
            parts = super().split(width, height)
        return parts


def _answer(told: Told, size: float) -> Flowable:
    about = f"{told.about}: " if told.about else ""
    if told.text is None:
        return _paragraph(f"{about}[ {NOT_STATED} ]", _style(size, GAP_INK, font=SLANTED))
    if about and "\n" in told.text:
        about = f"{about.strip()}\n"
    return _paragraph(about + told.text, _style(size))


def _sources(sources: tuple[Source, ...]) -> Flowable:
    return _paragraph("\n".join(map(str, sources)), _style(6.5, GREY))


def _paragraph(words: str, style: ParagraphStyle) -> Flowable:
    return Paragraph(escape(_printable(words)).replace("\n", "<br/>"), style)


@cache
def _style(size: float, colour: Any = INK, *, font: str = SANS, before: float = 0, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"{font}{size}",
        fontName=font,
        fontSize=size,
        leading=size * 1.32,
        textColor=colour,
        spaceBefore=before,
        spaceAfter=after,
        splitLongWords=1,
    )


def _printable(words: str) -> str:
    """Return words in letters that the font has; an accent that is a letter of its own joins the one before it."""
    known = _glyphs()
    return "".join(
        letter if letter == "\n" or ord(letter) in known else MISSING for letter in unicodedata.normalize("NFC", words)
    )


def _cut_short(words: str, width: float) -> str:
    words = _printable(words)
    while pdfmetrics.stringWidth(words, SANS, 7) > width:
        words = f"{words[:-2]}…"
    return words


@cache
def _register_fonts() -> None:
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    for name in (SANS, BOLD, SLANTED):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


@cache
def _glyphs() -> frozenset[int]:
    _register_fonts()
    return frozenset(pdfmetrics.getFont(SANS).face.charToGlyph)
