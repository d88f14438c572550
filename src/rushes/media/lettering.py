"""Letters as masks: Pillow's own font, then DejaVu, which matplotlib carries, then whatever the machine has.

A sign that no font here has is written as a question mark: an empty box tells nobody that something is missing.
"""

from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from string import ascii_letters, digits, punctuation
from unicodedata import category

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rushes.media.frames import Floats

SPELLED = frozenset(ascii_letters + digits + punctuation + " …·©")
"""What Pillow's font, a piece of Aileron, has letters for."""

SMALLEST = 11
"""Pixels below which letters are a smear once a movie is compressed."""

BESIDE_OTHERS = ("Cf", "Me", "Mn")
"""Kinds of signs that only change others: without a font for them they are left out."""

NO_LETTERS = ("Cc", "Cf", "Cs")
"""Kinds of signs that no font is asked for: control, format, and halves of signs, as in a broken file name."""


@dataclass(frozen=True)
class Face:
    """A font at any size in pixels.

    Attributes:
        path: of its file; None is Pillow's own.
    """

    path: Path | None = None

    def __call__(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the font at a size."""
        return _font(self.path, size)

    def has(self, sign: str) -> bool:
        """Tell whether the font draws this sign, and not a box or nothing in its place."""
        if self.path is None or category(sign) in NO_LETTERS:
            return sign in SPELLED
        return sign.isspace() or _draws(self.path, sign)

    def spelled(self, text: str) -> str:
        """Return a text as this font can write it, on one line."""
        return "".join(sign if self.has(sign) else _instead(sign) for sign in text)


def face_for(*texts: str) -> Face:
    """Return one face that spells all of these texts, or as much of them as any font here does."""
    signs = {sign for sign in "".join(texts) if not sign.isspace() and category(sign) not in NO_LETTERS}

    def lacks(face: Face) -> int:
        return sum(not face.has(sign) for sign in signs)

    for face in (Face(), dejavu := _dejavu()):
        if not lacks(face):
            return face
    return min((dejavu, *(Face(path) for path in system_fonts())), key=lacks)


@cache
def system_fonts() -> tuple[Path, ...]:
    """Return the fonts that this machine has, upright text faces first."""
    # imported only where DejaVu lacks a sign: it takes most of a second
    found = map(Path, import_module("matplotlib.font_manager").findSystemFonts())
    told_apart = [path for path in found if "lastresort" not in path.name.lower()]  # it draws boxes by profession
    return tuple(sorted(told_apart, key=lambda path: ("regular" not in path.name.lower(), path.name)))


def letters(text: str, face: Face, size: int, *, spacing: float = 0.0) -> Floats:
    """Return a line of text as a mask.

    Args:
        size: of the letters, in pixels.
        spacing: extra room between letters, in sizes.

    Returns:
        `(height, width)` float32, 0 to 1; the height depends on face and size alone.
    """
    font, text = face(size), face.spelled(text)
    ascent, descent = font.getmetrics()
    mask = Image.new("L", (round(_width(text, font, spacing) - spacing * size) + 2, ascent + descent))
    draw, across = ImageDraw.Draw(mask), 1.0
    for piece in text if spacing else [text]:
        draw.text((across, ascent), piece, font=font, fill=255, anchor="ls")
        across += _width(piece, font, spacing)
    return np.asarray(mask, np.float32) / np.float32(255)


def fitted(text: str, face: Face, size: int, *, width: float, spacing: float = 0.0) -> tuple[str, int]:
    """Return a text and size that fit into a width: first smaller, down to two thirds, then cut in the middle.

    Letters never come out below `SMALLEST`, unless less was asked for.

    >>> fitted("sh010", face_for("sh010"), 40, width=500)
    ('sh010', 40)
    >>> fitted("a_very_long_name_of_a_plate_v001", face_for(""), 40, width=300)
    ('a_very_lon…plate_v001', 27)
    """
    text, smallest = face.spelled(text), smallest_of(size)
    for high in range(size, smallest, -1):
        if _width(text, face(high), spacing) <= width:
            return text, high
    cut, kept = text, len(text)
    while kept > 1 and _width(cut, face(smallest), spacing) > width:
        kept -= 1
        cut = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
    return cut, smallest


def smallest_of(size: int) -> int:
    """Return how small letters of a size may get, so that a line fits."""
    return max(1, min(size, SMALLEST), round(size * 2 / 3))


def fits(text: str, face: Face, size: int, *, width: float) -> bool:
    """Tell whether a text fits into a width, at a size or what it may shrink to."""
    return _width(face.spelled(text), face(smallest_of(size)), 0.0) <= width


def in_two(text: str, face: Face, size: int, *, width: float) -> list[str]:
    """Part a text that does not fit into a width at a space, where that is of use; else it stays one line."""
    if fits(text, face, size, width=width):
        return [text]
    words = text.split()
    for last in range(len(words) - 1, 0, -1):
        head = " ".join(words[:last])
        if fits(head, face, size, width=width):
            return [head, " ".join(words[last:])]
    return [text]


def _instead(sign: str) -> str:
    if sign.isspace() or category(sign) == "Cc":
        return " "
    return "" if category(sign) in BESIDE_OTHERS else "?"


def _dejavu() -> Face:
    matplotlib = find_spec("matplotlib")  # found, not imported
    assert matplotlib is not None
    assert matplotlib.origin is not None
    return Face(Path(matplotlib.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf")


def _width(text: str, font: ImageFont.FreeTypeFont, spacing: float) -> float:
    return font.getlength(text) + spacing * font.size * len(text)


@cache
def _draws(path: Path, sign: str) -> bool:
    try:
        drawn, box = (bytes(_font(path, 24).getmask(one)) for one in (sign, "\uffff"))
    except OSError:  # of bitmaps, such as those of colour emoji, or no font at all
        return False
    return any(drawn) and drawn != box


@cache
def _font(path: Path | None, size: int) -> ImageFont.FreeTypeFont:
    if path is not None:
        return ImageFont.truetype(path, size)
    font = ImageFont.load_default(size)
    assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels all have FreeType
    return font
