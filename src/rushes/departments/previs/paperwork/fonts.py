"""The letters of the print: DejaVu Sans, which matplotlib carries, embedded in every PDF."""

import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SANS, BOLD = "DejaVuSans", "DejaVuSans-Bold"
MISSING = "\N{WHITE SQUARE}"
"""Stands for a letter that the font does not have."""


@cache
def register_fonts() -> None:
    """Make the two faces known to reportlab."""
    matplotlib = find_spec("matplotlib")  # found, not imported: that takes half a second
    assert matplotlib is not None
    assert matplotlib.origin is not None
    folder = Path(matplotlib.origin).parent / "mpl-data/fonts/ttf"
    for name in (SANS, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


@cache
def _glyphs() -> frozenset[int]:
    register_fonts()
    return frozenset(pdfmetrics.getFont(SANS).face.charToGlyph)


def printable(words: str) -> str:
    """Return words in letters that the font has: an accent of its own joins its letter, a strange one is a square."""
    if words.isascii() and words.isprintable():
        return words
    known = _glyphs()
    return "".join(
        letter if letter == "\n" or (ord(letter) in known and letter.isprintable()) else _instead(letter)
        for letter in unicodedata.normalize("NFC", words)
    )


def _instead(letter: str) -> str:
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter) in ("Cc", "Cf", "Mn") else MISSING


@cache
def _widths(font: str) -> dict[str, float]:
    register_fonts()
    face = pdfmetrics.getFont(font).face
    return {chr(code): width / 1000 for code, width in face.charWidths.items()}


def width_of(words: str, font: str, size: float) -> float:
    """Return how wide printable words are, in points."""
    widths = _widths(font)
    return size * sum([widths.get(letter, 0.6) for letter in words])


def broken(words: str, font: str, size: float, *, width: float) -> list[str]:
    """Return words as lines of a width in points: broken at blanks, a word that is longer within."""
    lines = []
    for part in printable(words).split("\n"):
        if width_of(part, font, size) <= width:
            lines.append(part)
        else:
            lines += _broken(part, font, size, width=width)
    return lines


def _broken(part: str, font: str, size: float, *, width: float) -> list[str]:
    widths = _widths(font)
    lines, line, left = [], "", width
    blank = widths[" "] * size
    for word in part.split():
        long = width_of(word, font, size)
        if line and long + blank <= left:
            line, left = f"{line} {word}", left - long - blank
            continue
        if line:
            lines.append(line)
        line, left = "", width
        if long <= width:
            line, left = word, width - long
            continue
        for letter in word:
            wide = widths.get(letter, 0.6) * size
            if line and wide > left:
                lines.append(line)
                line, left = "", width
            line, left = line + letter, left - wide
    return [*lines, line] if line else lines
