"""Letters as masks: Pillow's own font, and DejaVu, which matplotlib carries, for words that it cannot spell."""

from collections.abc import Callable
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from string import ascii_letters, digits, punctuation

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rushes.media.frames import Floats

SPELLED = frozenset(ascii_letters + digits + punctuation + " …·©")
"""What Pillow's font, a piece of Aileron, has letters for."""

Face = Callable[[int], ImageFont.FreeTypeFont]
"""Gives its font at a size in pixels."""


def face_for(*texts: str) -> Face:
    """Return one face that spells all of these texts."""
    return partial(_font, SPELLED.issuperset("".join(texts)))


def letters(text: str, face: Face, size: int, *, spacing: float = 0.0) -> Floats:
    """Return a line of text as a mask.

    Args:
        size: of the letters, in pixels.
        spacing: extra room between letters, in sizes.

    Returns:
        `(height, width)` float32, 0 to 1; the height depends on face and size alone.
    """
    font = face(size)
    ascent, descent = font.getmetrics()
    mask = Image.new("L", (round(_width(text, font, spacing) - spacing * size) + 2, ascent + descent))
    draw, across = ImageDraw.Draw(mask), 1.0
    for piece in text if spacing else [text]:
        draw.text((across, ascent), piece, font=font, fill=255, anchor="ls")
        across += _width(piece, font, spacing)
    return np.asarray(mask, np.float32) / np.float32(255)


def fitted(text: str, face: Face, size: int, *, width: float, spacing: float = 0.0) -> tuple[str, int]:
    """Return a text and size that fit into a width: first smaller, down to two thirds, then cut in the middle.

    >>> fitted("sh010", face_for("sh010"), 40, width=500)
    ('sh010', 40)
    >>> fitted("a_very_long_name_of_a_plate_v001", face_for(""), 40, width=300)
    ('a_very_lon…plate_v001', 27)
    """
    smallest = max(1, round(size * 2 / 3))
    for high in range(size, smallest, -1):
        if _width(text, face(high), spacing) <= width:
            return text, high
    cut, kept = text, len(text)
    while kept > 1 and _width(cut, face(smallest), spacing) > width:
        kept -= 1
        cut = f"{text[: (kept + 1) // 2]}…{text[len(text) - kept // 2 :]}"
    return cut, smallest


def _width(text: str, font: ImageFont.FreeTypeFont, spacing: float) -> float:
    return font.getlength(text) + spacing * font.size * len(text)


@cache
def _font(spelled: bool, size: int) -> ImageFont.FreeTypeFont:
    if spelled:
        font = ImageFont.load_default(size)
        assert isinstance(font, ImageFont.FreeTypeFont)  # Pillow's wheels all have FreeType
        return font
    matplotlib = find_spec("matplotlib")  # found, not imported: that takes most of a second
    assert matplotlib is not None
    assert matplotlib.origin is not None
    return ImageFont.truetype(Path(matplotlib.origin).parent / "mpl-data/fonts/ttf/DejaVuSans.ttf", size)
