"""An imperceptible watermark for display-referred pictures: noise in luma, weak where a picture is smooth or dark.

It carries a record id through rescaling, grades, H.264 and crops. It never goes into scene-linear plates.
"""

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from rushes.domain.errors import BadMaterial
from rushes.marking.pattern import drawn_pattern, tile_of, waves_of
from rushes.marking.payload import coded_record

Picture = npt.NDArray[np.float32]
"""`(height, width, 3)` float32, display-referred (Rec. 709, sRGB…), 0 to 1."""
Plane = npt.NDArray[np.float32]

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
LEAST_SIDE = 180
"""Pixels: below it there is no room for 96 bits."""
LINES = 540
"""Of the picture that is looked at to decide how much can be hidden where."""
SMOOTH, BUSY, MOST = 0.45 / 255, 0.35, 2.3 / 255
"""Standard deviation of the mark: in a smooth area, more per unit of detail, and at most."""
EDGE = 10 / 255
"""Detail that no more is made of: an outline against a sky is an edge, not a texture."""
STRIP = 12
"""Rows of it that are marked at once: what they need stays in the cache."""
DARK = 0.12
"""Luma: in the dark below it the mark fades, and black stays black."""


class Marker:
    """Marks the pictures of one movie, all of one size and record; the pattern is drawn once.

    Args:
        size: height and width.
        record: 0 to 2⁶⁴ - 1.
        key: the studio's.
        strength: 1 is what was measured; PSNR falls by 6 dB with each doubling.
    """

    def __init__(self, size: tuple[int, int], record: int, key: bytes, *, strength: float = 1.0) -> None:
        if min(size) < LEAST_SIDE:
            raise BadMaterial(
                f"a picture of {size[1]} × {size[0]} has no room for a watermark",
                remedy=f"Mark pictures with sides of {LEAST_SIDE} pixels and more.",
            )
        tile = tile_of(key)
        self.size = size
        self._pattern = drawn_pattern(tile, waves_of(tile, coded_record(record, key)), size) * np.float32(strength)

    def mark(self, picture: Picture) -> Picture:
        """Return the picture with the mark in it; the same picture again gives the same bytes.

        Args:
            picture: `(height, width, 3)` float32, display-referred, 0 to 1; left alone.

        Returns:
            The same shape and range. Red, green and blue change alike, so hue does not.
        """
        if picture.shape != (*self.size, 3) or picture.dtype != np.float32:
            raise BadMaterial(
                f"this marks float32 pictures of {(*self.size, 3)}, not {picture.dtype} of {picture.shape}",
                remedy="Make a Marker for this size, and give display-referred values of 0 to 1.",
            )
        room, step = room_for_mark(picture)
        height, width = self.size
        held = np.empty((height, 3 * width), np.float32)
        for at in range(0, height, STRIP * step):
            rows = slice(at, at + STRIP * step)
            wide = np.repeat(room[at // step : at // step + STRIP], 3 * step, 1)[:, : 3 * width]
            strip = held[rows]
            np.multiply(np.repeat(self._pattern[rows], 3, 1), np.repeat(wide, step, 0)[: len(strip)], out=strip)
            strip += picture[rows].reshape(strip.shape)
            np.clip(strip, 0, 1, out=strip)
        return held.reshape(picture.shape)


def marked(picture: Picture, record: int, key: bytes, *, strength: float = 1.0) -> Picture:
    """Return one picture with a mark in it; `Marker` does many.

    Args:
        picture: `(height, width, 3)` float32, display-referred, 0 to 1; left alone.
        record: 0 to 2⁶⁴ - 1.
        key: the studio's.
        strength: 1 is what was measured.
    """
    return Marker((picture.shape[0], picture.shape[1]), record, key, strength=strength).mark(picture)


def room_for_mark(picture: Picture) -> tuple[Plane, int]:
    """Return how large a mark hides where, as a standard deviation of luma, and for how many pixels each value is.

    Args:
        picture: `(height, width, 3)` float32, display-referred, 0 to 1.

    Returns:
        `(rows, columns)` float32, each for a square of as many pixels as the second number says.
    """
    step = max(1, round(min(picture.shape[:2]) / LINES))
    luma = picture[::step, ::step] @ LUMA
    detail = np.minimum(np.abs(luma - ndimage.uniform_filter(luma, 7)), np.float32(EDGE))
    # the mean of roots counts a lone edge for less than a texture of the same contrast: no halo beside it
    busy = ndimage.uniform_filter(np.sqrt(detail), 15) ** 2
    room = np.minimum(np.float32(SMOOTH) + np.float32(BUSY) * busy, np.float32(MOST))
    return room * np.clip(luma / np.float32(DARK), 0, 1), step
