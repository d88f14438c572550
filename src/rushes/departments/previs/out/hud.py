"""The reticle: frame lines over a picture, and the camera's numbers in the matte under it."""

import re
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.out.camera_report import Numbers, words_of
from rushes.departments.previs.out.techvis_drawing import Line, Picture
from rushes.departments.previs.out.techvis_pixels import layer_of, path_of
from rushes.departments.previs.out.techvis_svg import codes_of
from rushes.domain.errors import BadMaterial
from rushes.media.frames import Floats
from rushes.media.lettering import face_for, fitted, letters

MATTE, INK, FAINT, WARN = 0.012, (0.93, 0.93, 0.91), (0.56, 0.57, 0.58), (1.0, 0.62, 0.30)
"""Brightness of the matte, and colours of values, of their names, and of what is out of the lens' reach."""
SHARE, LEAST = 0.092, 34
"""Height of the matte by the picture's, and in pixels."""
ROOM = {"lens": "000.0 mm", "field": "000.0°", "tilt": "+00.0°", "frame": "0000", "sharp": "00.00 m – 00.00 m"}
"""What a cell leaves room for, so that it does not move in a shot."""
SAFE = 0.9
"""Part of the picture's sides that the frame lines stand at."""


def matte_height(height: int) -> int:
    """Return how many rows the matte adds under a picture; even, as codecs want it, for an even height.

    >>> matte_height(540), matte_height(541)
    (50, 51)
    """
    rows = max(LEAST, round(SHARE * height))
    return rows + (rows + height) % 2


def hud(picture: Picture, numbers: Numbers, *, timecode: str = "", lines: bool = True) -> Picture:
    """Return a picture with frame lines, and a matte below it with the numbers of `camera_report.camera_numbers`.

    Args:
        picture: `(height, width, 3)` as displayed, bytes or float32 0 to 1.
        numbers: of this frame; what is written is `camera_report.words_of` of them.
        timecode: of this frame.
        lines: draw frame lines and the centre cross.

    Returns:
        `(height + matte_height(height), width, 3)` of the same type; without lines the picture in it is bit for bit
        the same.
    """
    height, width = picture.shape[:2]
    if width < 320 or height < 120:
        raise BadMaterial(f"numbers cannot be read on {width}x{height} pixels", remedy="Take 320x120 or more.")
    matte = np.full((matte_height(height), width, 3), MATTE, np.float32)
    _write(matte, cells_of(numbers, timecode), warn=numbers.too_near)
    whole = np.concatenate([picture, codes_of(matte) if picture.dtype == np.uint8 else matte])
    if lines:
        covered, light, cover = reticle(width, height)
        flat, one = whole.reshape(-1, 3), 255 if picture.dtype == np.uint8 else 1
        under = flat[covered].astype(np.float32)
        flat[covered] = under + cover * (light * one - under)
    return whole


def cells_of(numbers: Numbers, timecode: str = "") -> tuple[tuple[str, str], ...]:
    """Return what stands in the matte, name and value from left to right."""
    words = words_of(numbers)
    cells = [
        ("shot", words["shot"]),
        ("lens", words["lens"]),
        ("field", words["field across"]),
        ("height", f"{words['height']}  {words['height ft']}"),
        ("tilt", words["tilt"]),
        ("to " + words["subject"] if numbers.subject else "distance", f"{words['distance']}  {words['distance ft']}"),
        ("stop", words["stop"]),
        ("sharp", f"{words['near']} – {words['far']}" if numbers.focus else "–"),
        ("frame", f"{words['frame']}"),
    ]
    return (*cells, *((("T/C", timecode),) if timecode else ()))


@lru_cache(maxsize=4)
def reticle(width: int, height: int) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Return frame lines and the centre cross: which pixels, counted row by row, their colour, and how much of it."""
    across, down = (1 - SAFE) / 2 * width, (1 - SAFE) / 2 * height
    reach, arm = 0.05 * height, 0.028 * height
    strokes: list[tuple[tuple[float, float], ...]] = []
    for x, inward in ((across, 1), (width - across, -1)):
        for y, below in ((down, 1), (height - down, -1)):
            strokes.append(((x + inward * reach, y), (x, y), (x, y + below * reach)))
    middle = (width / 2, height / 2)
    strokes.append(((middle[0] - arm, middle[1]), (middle[0] + arm, middle[1])))
    strokes.append(((middle[0], middle[1] - arm), (middle[0], middle[1] + arm)))
    fine = max(1.0, height / 540)
    dark = [Line(stroke, "#000000", 2.6 * fine, opacity=0.35) for stroke in strokes]
    light = [Line(stroke, "#ffffff", 1.1 * fine, opacity=0.85) for stroke in strokes]
    layer = layer_of([(path_of(line), line) for line in (*dark, *light)], (width, height))
    flat = layer.reshape(-1, 4)
    covered = np.flatnonzero(flat[:, 3])
    return covered, flat[covered, :3], flat[covered, 3:]


def _write(matte: Floats, cells: tuple[tuple[str, str], ...], *, warn: bool) -> None:
    """Write names over values, spread over the width; a cell stays where it is while its digits change."""
    rows, width, _ = matte.shape
    margin, face = round(0.018 * width), face_for(*(word for cell in cells for word in cell))
    room = width - 2 * margin
    texts = [max(name, ROOM.get(name, ""), re.sub(r"\d", "0", value), key=len) for name, value in cells]
    size = fitted("    ".join(texts), face, round(0.38 * rows), width=room)[1]
    small = max(9, round(0.72 * size))
    wide = [
        max(letters(name, face, small).shape[1], letters(text, face, size).shape[1])
        for (name, _), text in zip(cells, texts, strict=True)
    ]
    gap = (room - sum(wide)) / max(len(cells) - 1, 1)
    left = float(margin)
    for (name, value), across in zip(cells, wide, strict=True):
        far = warn and name.startswith("to ")
        _stamp(matte, letters(name, face, small), (round(left), round(0.48 * rows - 1.15 * small)), colour=FAINT)
        _stamp(matte, letters(value, face, size), (round(left), round(0.48 * rows)), colour=WARN if far else INK)
        left += across + gap


def _stamp(matte: Floats, mask: Floats, at: tuple[int, int], *, colour: tuple[float, float, float]) -> None:
    left, top = at
    part = matte[top : top + mask.shape[0], left : left + mask.shape[1]]
    cover = mask[: part.shape[0], : part.shape[1], None]
    part += cover * (np.array(colour, np.float32) - part)
