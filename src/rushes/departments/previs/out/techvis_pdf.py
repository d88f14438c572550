"""Drawings as PDF: fonts embedded, the same bytes each time."""

import io
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import PDFImageXObject
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from rushes.departments.previs.out.techvis_drawing import Clipped, Drawing, Line, Mark, Photo, Words
from rushes.departments.previs.out.techvis_svg import jpeg_of
from rushes.media.lettering import Face

FILES = {"plain": "DejaVuSans", "bold": "DejaVuSans-Bold", "slanted": "DejaVuSans-Oblique"}
NARROW = 0.9
"""DejaVu Sans Condensed is DejaVu Sans at nine tenths of its width."""


def pdf_of(drawings: Iterable[Drawing], *, title: str) -> bytes:
    """Return pages as PDF/1.4.

    Args:
        drawings: a page each; taken one after the other, so that pictures need not all be held.
        title: of the document.

    Returns:
        The same bytes for the same pages.
    """
    held = io.BytesIO()
    canvas = Canvas(held, invariant=1, pageCompression=1, lang="en-GB")
    canvas.setTitle(title)
    canvas.setCreator("Rushes")
    for drawing in drawings:
        canvas.setPageSize(drawing.size)
        canvas.setLineJoin(1)
        canvas.setLineCap(1)
        for mark in drawing.marks:
            _draw(canvas, mark, drawing.size[1])
        canvas.showPage()
    canvas.save()
    return held.getvalue()


def width_of(text: str, size: float, face: str = "plain") -> float:
    """Return how wide a line of text is on a page, points."""
    return NARROW * float(pdfmetrics.stringWidth(spelled(text, face), _font(face), size))


def spelled(text: str, face: str = "plain") -> str:
    """Return a text in letters that the font has, on one line."""
    return _face(face).spelled(text)


def wrapped(text: str, size: float, *, width: float, face: str = "plain", lines: int = 10_000) -> list[str]:
    """Return a text in lines that fit into a width; what is beyond so many lines ends in an ellipsis.

    Args:
        text: line ends in it are kept.
        size: of the letters.
        width: that a line may take, points.
        face: as in `Words`.
        lines: how many there may be.
    """
    found: list[str] = []
    for paragraph in text.splitlines():
        found += _broken(paragraph.split(), size, width=width, face=face)
    if len(found) <= lines:
        return found
    if lines < 1:
        return []
    last = found[lines - 1]
    while last and width_of(f"{last}…", size, face) > width:
        last = last[:-1]
    return [*found[: lines - 1], f"{last.rstrip(' ,;.:')}…"]


def _broken(words: list[str], size: float, *, width: float, face: str) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words:
        joined = f"{line} {word}".strip()
        if width_of(joined, size, face) <= width:
            line = joined
            continue
        lines += [line] if line else []
        while width_of(word, size, face) > width and len(word) > 1:
            kept = len(word)
            while kept > 1 and width_of(word[:kept], size, face) > width:
                kept -= 1
            lines.append(word[:kept])
            word = word[kept:]  # noqa: PLW2901
        line = word
    return [*lines, line] if line else lines


def _draw(canvas: Any, mark: Mark, high: float) -> None:
    canvas.saveState()
    if isinstance(mark, Line):
        _line(canvas, mark, high)
    elif isinstance(mark, Words):
        _words(canvas, mark, high)
    elif isinstance(mark, Photo):
        _photo(canvas, mark, high)
    else:
        _clipped(canvas, mark, high)
    canvas.restoreState()


def _clipped(canvas: Any, mark: Clipped, high: float) -> None:
    left, top, right, bottom = mark.box
    path = canvas.beginPath()
    path.rect(left, high - bottom, right - left, bottom - top)
    canvas.clipPath(path, stroke=0, fill=0)
    for inner in mark.marks:
        _draw(canvas, inner, high)


def _photo(canvas: Any, photo: Photo, high: float) -> None:
    """Put the JPEG into the file as it is; `Canvas.drawImage` decodes it and spells it out in ASCII, which is slow."""
    jpeg = jpeg_of(photo.pixels)
    picture = PDFImageXObject(f"photo{sha256(jpeg).hexdigest()[:24]}")
    picture.width, picture.height = photo.pixels.shape[1], photo.pixels.shape[0]
    picture.bitsPerComponent, picture.colorSpace, picture.mask = 8, "DeviceRGB", None
    picture.streamContent, picture._filters = jpeg, ("DCTDecode",)
    if not canvas.hasForm(picture.name):
        canvas._doc.Reference(picture, canvas._doc.getXObjectName(picture.name))
        canvas._doc.addForm(picture.name, picture)
    wide, tall = photo.size
    canvas.translate(photo.at[0], high - photo.at[1] - tall)
    canvas.scale(wide, tall)
    canvas._currentPageHasImages = 1
    canvas.doForm(picture.name)


def _line(canvas: Any, line: Line, high: float) -> None:
    path = canvas.beginPath()
    (x, y), *rest = line.spots
    path.moveTo(x, high - y)
    for x, y in rest:
        path.lineTo(x, high - y)
    if line.fill:
        path.close()
        canvas.setFillColor(HexColor(line.fill))
    if line.stroke:
        canvas.setStrokeColor(HexColor(line.stroke))
        canvas.setLineWidth(line.width)
    if line.opacity < 1:
        canvas.setFillAlpha(line.opacity)
        canvas.setStrokeAlpha(line.opacity)
    canvas.setDash(*([list(line.dashes)] if line.dashes else []))
    canvas.drawPath(path, stroke=int(bool(line.stroke)), fill=int(bool(line.fill)))


def _words(canvas: Any, words: Words, high: float) -> None:
    text = spelled(words.text, words.face)
    wide = width_of(text, words.size, words.face)
    canvas.translate(words.at[0], high - words.at[1])
    canvas.rotate(-words.turn_deg)
    left = -wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[words.anchor]
    for colour, mode in ((words.halo, 1), (words.colour, 0)):
        if not colour:
            continue
        canvas.saveState()
        written = canvas.beginText(left, 0)
        written.setFont(_font(words.face), words.size)
        written.setHorizScale(100 * NARROW)
        written.setTextRenderMode(mode)
        canvas.setFillColor(HexColor(colour))
        canvas.setStrokeColor(HexColor(colour))
        canvas.setLineWidth(0.32 * words.size)
        written.textOut(text)
        canvas.drawText(written)
        canvas.restoreState()  # how letters are drawn would outlive the text


@cache
def _face(face: str) -> Face:
    found = find_spec("matplotlib")  # found, not imported: it carries DejaVu
    assert found is not None
    assert found.origin is not None
    return Face(Path(found.origin).parent / "mpl-data/fonts/ttf" / f"{FILES[face]}.ttf")


@cache
def _font(face: str) -> str:
    path = _face(face).path
    pdfmetrics.registerFont(TTFont(FILES[face], str(path)))
    return FILES[face]
