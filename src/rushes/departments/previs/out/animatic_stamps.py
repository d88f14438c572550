"""Words pressed onto a picture: made once, and blended only where their ink is."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from rushes.media.lettering import Face, letters

INK, SHADE = 0.92, 0.62
"""Brightness of letters, and how much of the picture their ground takes away."""
Mask = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Stamp:
    """A piece of picture written over: `picture * keep + add`.

    Attributes:
        keep: (height, width, 1) float32: how much of the picture stays.
        add: (height, width, 1) float32: the light of the letters.
    """

    keep: Mask
    add: Mask

    @property
    def width(self) -> int:
        """Return how wide it is, in pixels."""
        return len(self.keep[0]) if len(self.keep) else 0

    @property
    def height(self) -> int:
        """Return how high it is, in pixels."""
        return len(self.keep)

    def press(self, picture: Mask, left: int, top: int) -> None:
        """Write over a picture in place.

        Args:
            picture: (height, width, 3) float32 as it is displayed, 0 to 1.
            left: of the stamp, in pixels; a stamp never leaves the picture.
            top: likewise.
        """
        left = max(0, min(left, picture.shape[1] - self.width))
        top = max(0, min(top, picture.shape[0] - self.height))
        part = picture[top : top + self.height, left : left + self.width]
        part *= self.keep[: part.shape[0], : part.shape[1]]
        part += self.add[: part.shape[0], : part.shape[1]]


NOTHING = Stamp(np.zeros((0, 0, 1), np.float32), np.zeros((0, 0, 1), np.float32))
"""A stamp without ink."""


def label(lines: Sequence[str], face: Face, high: int, *, ink: float = INK) -> Stamp:
    """Make a stamp of lines, one under another and each in the middle, on a dark ground with round corners.

    Args:
        lines: one or more.
        face: of the letters.
        high: their size in pixels.
        ink: brightness of the letters, as displayed.
    """
    masks = [letters(line, face, high) for line in lines]
    wide = max(mask.shape[1] for mask in masks)
    return _on_ground(np.concatenate([_widened(mask, wide) for mask in masks]), high, ink)


@dataclass(frozen=True)
class Ticker:
    """Writes numbers that change with every frame; figures share one width, so that nothing jitters.

    Attributes:
        face: of the letters.
        high: their size in pixels.
    """

    face: Face
    high: int

    def stamp(self, text: str) -> Stamp:
        """Return a stamp of a line."""
        if not text:
            return NOTHING
        return _on_ground(np.concatenate([_glyph(sign, self.face, self.high) for sign in text], axis=1), self.high, INK)


@lru_cache(maxsize=256)
def _glyph(sign: str, face: Face, high: int) -> Mask:
    if not sign.isdigit():
        return _trimmed(sign, face, high)
    return _widened(_trimmed(sign, face, high), max(_trimmed(figure, face, high).shape[1] for figure in "0123456789"))


def _trimmed(sign: str, face: Face, high: int) -> Mask:
    # letters() leaves a pixel free at either side, which between figures would be a gap
    return letters(sign, face, high)[:, 1:-1]


def _widened(mask: Mask, wide: int) -> Mask:
    free = wide - mask.shape[1]
    return np.pad(mask, ((0, 0), (free // 2, free - free // 2)))


def _on_ground(mask: Mask, high: int, ink: float) -> Stamp:
    across, down = round(0.45 * high), round(0.16 * high)
    mask = np.pad(mask, ((down, down), (across, across)))[..., None]
    ground = np.float32(SHADE) * _rounded(mask.shape[1], mask.shape[0], round(0.25 * high, 1))
    return Stamp((1 - ground) * (1 - mask), np.float32(ink) * mask)


@lru_cache(maxsize=64)
def _rounded(width: int, height: int, radius: float) -> Mask:
    fine = Image.new("L", (4 * width, 4 * height))
    ImageDraw.Draw(fine).rounded_rectangle((0, 0, 4 * width - 1, 4 * height - 1), 4 * radius, fill=255)
    return np.asarray(fine.reduce(4), np.float32)[..., None] / np.float32(255)
