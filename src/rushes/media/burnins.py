"""What is written over a review movie, and over nothing else: show, shot, take, frame, timecode, watermark."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from rushes.media.frames import Floats
from rushes.media.lettering import SMALLEST, Face, face_for, fits, fitted, letters

SAFE = 0.05
"""Nothing is written nearer to an edge than this part of the side: SMPTE ST 2046-1, safe title area."""
INK, SHADE = 0.92, 0.68
"""Brightness of letters, and how much of the picture their ground takes away."""
SHARES = (0.40, 0.50)
"""How much of the safe width the words at the left and at the right may take."""
TINY = 216
"""Width in pixels below which two labels do not stand beside each other: only the shot and the frame are left."""
WATERMARK_INK, WATERMARK_SHADE = 0.20, 0.12

Burn = Callable[[Floats, int, str | None], Floats]
"""Writes over a picture: `(height, width, 3 or 4)` float32 as it is displayed, frame number, timecode or None. Returns
a new picture; wherever nothing is written it is bit for bit the same, and alpha is the same everywhere."""


@dataclass(frozen=True)
class BurnIns:
    """The words over every frame.

    Attributes:
        take: as in `v003`.
        note: whatever else must be seen, such as the date or the model.
        watermark: large across the picture, as in `PROPOSAL`; empty is none.
    """

    show: str
    shot: str
    take: str
    note: str = ""
    watermark: str = ""


@dataclass(frozen=True)
class _Stamp:
    """A piece of picture written over: `picture * keep + add`."""

    top: int
    left: int
    keep: Floats
    add: Floats

    def press(self, picture: Floats) -> None:
        height, width, _ = self.keep.shape
        part = picture[self.top : self.top + height, self.left : self.left + width, :3]
        part *= self.keep[: part.shape[0], : part.shape[1]]
        part += self.add[: part.shape[0], : part.shape[1]]


def burner(words: BurnIns, size: tuple[int, int]) -> Burn:
    """Return what writes the words over pictures of one size.

    Args:
        size: width and height.
    """
    face = face_for(words.show, words.shot, words.take, words.note, words.watermark)
    high = max(SMALLEST, round(min(size) / 36))
    safe = size[0] - 2 * round(SAFE * size[0])
    shares = SHARES if size[0] >= TINY else (0.9, 0.9)
    fixed = [
        _label(text, face, high, size=size, at=at, width=shares[at[0]] * safe)
        for at, text in _corners(words, size).items()
        if text
    ]
    if words.watermark:
        fixed.insert(0, _watermark(words.watermark, face, size))

    def burn(picture: Floats, frame: int, timecode: str | None) -> Floats:
        marked, width = picture.copy(), shares[1] * safe
        both = f"{timecode}   {frame}" if timecode else f"frame {frame}"
        counted = both if fits(both, face, high, width=width) else str(frame)
        for stamp in (*fixed, _label(counted, face, high, size=size, at=(1, 1), width=width)):
            stamp.press(marked)
        return marked

    return burn


def _corners(words: BurnIns, size: tuple[int, int]) -> dict[tuple[int, int], str]:
    """Say what stands left (0) or right (1), top (0) or bottom (1); the last corner is left for the frame."""
    shot = f"{words.shot}   {words.take}".strip()
    if size[0] >= TINY:
        return {(0, 0): words.show, (1, 0): words.note, (0, 1): shot}
    return {(0, 0): shot} if size[1] > 5 * SMALLEST - 3 else {}


def _label(text: str, face: Face, high: int, *, size: tuple[int, int], at: tuple[int, int], width: float) -> _Stamp:
    """Make a label `at` the left (0) or right (1), top (0) or bottom (1) of the safe area."""
    safe = [round(SAFE * side) for side in size]
    text, high = fitted(text, face, high, width=width)
    across, down = round(0.45 * high), round(0.16 * high)
    mask = np.pad(letters(text, face, high), ((down, down), (across, across)))[..., None]
    height, across = mask.shape[:2]
    ground = np.float32(SHADE) * _rounded(across, height, 0.22 * high)[..., None]
    left, top = (
        max(0, near + part * (side - 2 * near - long))
        for part, side, near, long in zip(at, size, safe, (across, height), strict=True)
    )
    return _Stamp(top, left, (1 - ground) * (1 - mask), np.float32(INK) * mask)


def _watermark(text: str, face: Face, size: tuple[int, int]) -> _Stamp:
    """Make large letters with a dark rim, faint enough to judge a grade through, seen on black and on white."""
    text, high = fitted(text, face, max(12, min(size) // 9), width=0.8 * size[0], spacing=0.3)
    rim = max(1, round(0.02 * high))
    front = np.pad(letters(text, face, high, spacing=0.3), rim + 1)
    shadow = np.maximum.reduce([np.roll(front, (y, x), (0, 1)) for y in (-rim, 0, rim) for x in (-rim, 0, rim)])
    keep = 1 - np.float32(WATERMARK_INK) * front - np.float32(WATERMARK_SHADE) * (shadow - front)
    height, width = front.shape
    top, left = max(0, (size[1] - height) // 2), max(0, (size[0] - width) // 2)
    return _Stamp(top, left, keep[..., None], (np.float32(WATERMARK_INK) * front)[..., None])


def _rounded(width: int, height: int, radius: float) -> Floats:
    fine = Image.new("L", (4 * width, 4 * height))
    ImageDraw.Draw(fine).rounded_rectangle((0, 0, 4 * width - 1, 4 * height - 1), 4 * radius, fill=255)
    return np.asarray(fine.reduce(4), np.float32) / np.float32(255)
