"""The lines of text on the pages of a PDF, with where they stand; refuses scans and what holds no readable text."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from rushes.domain.errors import BadMaterial, Damaged

LARGEST, MOST_PAGES, MOST_PIECES = 1 << 26, 2000, 20_000
# what pypdf is known to raise on files that are no sound PDF
BROKEN = (
    PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError,
    AssertionError, NotImplementedError, RecursionError, zlib.error, struct.error, EOFError,
)  # fmt: skip
RESCAN = "Export the script as text: a PDF from the writing program, FDX or Fountain."


@dataclass(frozen=True, slots=True)
class Printed:
    """Words on a page: in points from its left and its top; `size` of the type."""

    page: int
    left: float
    top: float
    size: float
    text: str

    @property
    def right(self) -> float:
        """Where the words end: a script is set in Courier, whose letters are 0.6 of the size wide."""
        return self.left + 0.6 * self.size * len(self.text.rstrip())


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page: its size in points and its words from top to bottom, those on one height from left to right."""

    width: float
    height: float
    words: tuple[Printed, ...]


def read_sheets(raw: bytes, name: str) -> tuple[Sheet, ...]:
    """Read the words of every page.

    Raises:
        Damaged: it is no PDF, or broken; with the page.
        BadMaterial: it is locked, a scan, or too big, or its letters have no meaning; with the pages.
    """
    if len(raw) > LARGEST:
        raise BadMaterial(f"{name}: {len(raw)} bytes; a script has at most {LARGEST}", remedy=RESCAN)
    page = 0
    try:
        reader = PdfReader(BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise BadMaterial(f"{name}: locked with a password", remedy="Save it without one.")
        if len(reader.pages) > MOST_PAGES:
            raise BadMaterial(f"{name}: {len(reader.pages)} pages; at most {MOST_PAGES}", remedy="Is this a script?")
        sheets, pictures = [], []
        for page, sheet in enumerate(reader.pages, 1):
            sheets.append(_sheet(sheet, page, name))
            if not sheets[-1].words and _has_picture(sheet):
                pictures.append(page)
    except BROKEN as error:
        raise Damaged(name, f"page {page}: {error}" if page else f"no PDF: {error}") from error
    scanned = [f"page {number}: a picture, no text" for number in pictures]
    if scanned:
        raise BadMaterial(f"{name}: {len(scanned)} of {len(sheets)} pages are scans", scanned[:20], RESCAN)
    if not any(sheet.words for sheet in sheets):
        raise BadMaterial(f"{name}, pages 1-{len(sheets)}: no text", remedy=RESCAN)
    return tuple(sheets)


def _sheet(page: PageObject, number: int, name: str) -> Sheet:
    box = page.mediabox
    words = tuple(_joined(sorted(_pieces(page, number, name), key=lambda piece: (round(piece.top), piece.left))))
    unread = sum(letter in "\0\ufffd" for piece in words for letter in piece.text)
    if unread:
        why = f"{name}, page {number}: {unread} letters have no meaning in this PDF's fonts"
        raise BadMaterial(why, remedy=RESCAN)
    return Sheet(float(box.width), float(box.height), words)


def _pieces(page: PageObject, number: int, name: str) -> list[Printed]:
    found: list[Printed] = []
    left, height = float(page.mediabox.left), float(page.mediabox.top)

    def take(text: str, cm: list[float], tm: list[float], *face: Any) -> None:
        if len(found) > MOST_PIECES:
            raise BadMaterial(f"{name}, page {number}: more than {MOST_PIECES} pieces of text", remedy=RESCAN)
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4] - left
        top = height - (tm[4] * cm[1] + tm[5] * cm[3] + cm[5])
        scale = abs(tm[3] * cm[3]) or 1.0
        for line in text.split("\n"):
            if line.strip():
                found.append(Printed(number, x, top, (face[1] or 12) * scale, line))

    page.extract_text(visitor_text=take)
    return found


def _joined(pieces: list[Printed]) -> Iterator[Printed]:
    # words set in another face are a piece of their own; those that begin where the last ones do follow them
    held: Printed | None = None
    for piece in pieces:
        near = held is not None and abs(held.top - piece.top) < 2
        if held and near and (abs(held.left - piece.left) < 1 or abs(piece.left - held.right) < held.size):
            gap = " " if piece.left - held.right > 0.3 * held.size else ""
            held = Printed(held.page, held.left, held.top, held.size, held.text + gap + piece.text)
            continue
        if held:
            yield _straight(held)
        held = piece
    if held:
        yield _straight(held)


def _straight(piece: Printed) -> Printed:
    # spaces before the words are part of where they stand
    text = piece.text.rstrip("\r")
    return Printed(piece.page, piece.left, piece.top, piece.size, text)


def _has_picture(page: PageObject) -> bool:
    resources = page.get("/Resources")
    objects = resources.get_object().get("/XObject") if resources is not None else None
    return objects is not None and any(
        held.get_object().get("/Subtype") in ("/Image", "/Form") for held in objects.get_object().values()
    )
