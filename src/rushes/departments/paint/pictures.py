"""What people look at: plates through the show's view, mattes, outlines and heat, as code values of a display."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from scipy.ndimage import maximum_filter, minimum_filter

from rushes.departments.department import Colour, Plate
from rushes.departments.paint.encoding import encoded
from rushes.departments.paint.motion import shrunk, stretched
from rushes.media.colour import review_view

Floats = npt.NDArray[np.float32]

Picture = npt.NDArray[np.uint8]
"""`(height, width, 3)` uint8, encoded for a display."""

View = Callable[[Plate], Picture]

Window = tuple[slice, slice]
"""Rows and columns of a part of a frame."""

LARGEST = 640
"""Pixels of the longer side of a picture of a whole frame."""

CLOSE = (432, 240)
"""Width and height of a close-up in pixels, shown one to one: what an artist judges a fix by."""

HOTTEST = 0.1
"""Difference in paint codes at the top of the heat map: at mid grey two thirds of a stop."""

MOST_LIGHT = 65504.0
"""What a half float holds, and an infinite highlight is shown as."""

MADE, TAUGHT = (255, 214, 64), (64, 214, 255)
"""Outlines of what was made, and of what was taught: neither colour is common in a dimmed plate."""

OF_THREE = ((255, 84, 84), (96, 230, 96), (110, 150, 255))
"""Outlines of three mattes, which are kept as red, green and blue."""

OVER, UNDER = (1.0, 0.56, 0.16), (0.24, 0.6, 1.0)
"""Where a matte holds too much, and where too little."""

STEP = 8
"""Pixels: how finely the place of a close-up is looked for."""


@lru_cache(maxsize=4)  # to bake a view takes a quarter of a second, and a live contact sheet needs it again and again
def viewer(colour: Colour) -> View:
    """Return what turns plates into pictures through the show's display and view, baked as for review movies.

    Args:
        colour: of the show.

    Returns:
        From `(3, height, width)` scene-linear in the working space to a picture of at most 640 × 640 pixels, averaged
        down in scene-linear light; a smaller plate keeps its pixels. The plate is left alone.
    """
    show = review_view(colour.config, colour.working_space, display=colour.display, view=colour.view)

    def picture(plate: Plate) -> Picture:
        packed: Floats = np.array(shrunk(plate, LARGEST).transpose(1, 2, 0), np.float32, order="C")
        np.nan_to_num(packed, copy=False, nan=0.0, posinf=MOST_LIGHT, neginf=-MOST_LIGHT)
        show(packed)
        return codes(packed)

    return picture


def codes(shown: Floats) -> Picture:
    """Return displayed values, 0 to 1, as uint8; what is no number is black."""
    return np.asarray(np.clip(np.nan_to_num(shown), 0.0, 1.0) * 255.0 + 0.5, np.uint8)


def busiest(change: Floats, size: tuple[int, int] = CLOSE) -> Window:
    """Return where to look closely: the part of a frame with most of the change in it, with that in its middle.

    Args:
        change: `(height, width)`, 0 and above; where it is 0 everywhere, the middle of the frame is as good as any.
        size: width and height of the part; of a smaller frame it is all.
    """
    height, width = change.shape
    tall, wide = min(size[1], height), min(size[0], width)
    middle = height / 2, width / 2
    if change.any():
        top, left = _fullest(change, tall, wide)
        rows, columns = (change[top : top + tall, left : left + wide].sum(axis=axis) for axis in (1, 0))
        middle = top + _centre(rows), left + _centre(columns)
    top = int(np.clip(round(middle[0] - tall / 2), 0, height - tall))
    left = int(np.clip(round(middle[1] - wide / 2), 0, width - wide))
    return slice(top, top + tall), slice(left, left + wide)


def _fullest(change: Floats, tall: int, wide: int) -> tuple[int, int]:
    height, width = change.shape
    even = np.pad(change, ((0, -height % STEP), (0, -width % STEP)))
    sums = even.reshape(even.shape[0] // STEP, STEP, -1, STEP).sum(axis=(1, 3), dtype=np.float64)
    sums = np.pad(sums.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    down, across = max(1, tall // STEP), max(1, wide // STEP)
    totals = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    top, left = np.unravel_index(totals.argmax(), totals.shape)
    return int(top) * STEP, int(left) * STEP


def _centre(line: Floats) -> float:
    return float((line * (np.arange(len(line)) + 0.5)).sum() / max(float(line.sum()), 1e-9))


def matte_picture(mattes: Floats) -> Picture:
    """Return mattes `(k, height, width)` as a picture: one as grey, more as red, green and blue."""
    shown = np.zeros((3, *mattes.shape[1:]), np.float32)
    shown[: len(mattes)] = mattes[:3]
    if len(mattes) == 1:
        shown[:] = mattes[0]
    return codes(shown.transpose(1, 2, 0))


def overlaid(picture: Picture, mattes: Floats, taught: Floats | None, *, line: int = 2) -> Picture:
    """Return a picture at half brightness outside of its mattes, and their outlines at one half.

    Args:
        picture: of the frame.
        mattes: that were made, `(k, height, width)`, of the same size.
        taught: that were wanted, where somebody drew them; their outline lies below.
        line: width of an outline in pixels.
    """
    inside = np.clip(mattes.max(axis=0), 0, 1)[..., None]
    drawn = np.asarray(picture * (0.5 + 0.5 * inside) + 0.5, np.uint8)
    for one in taught if taught is not None else ():
        drawn[_outline(one, line)] = TAUGHT
    for one, tint in zip(mattes, OF_THREE if len(mattes) > 1 else (MADE,), strict=False):
        drawn[_outline(one, line)] = tint
    return drawn


def _outline(matte: Floats, line: int) -> npt.NDArray[np.bool_]:
    held = matte > 0.5
    edge: npt.NDArray[np.bool_] = maximum_filter(held, line + 1) ^ minimum_filter(held, line + 1)
    return edge


def difference(result: Plate, taught: Plate) -> Picture:
    """Return how far two plates are apart in paint codes, the farthest channel: black at 0, nearly white from 0.1."""
    return heat_picture(np.abs(encoded(result) - encoded(taught)).max(axis=0) / HOTTEST)


def matte_difference(mattes: Floats, taught: Floats) -> Picture:
    """Return where mattes hold too much (orange) and too little (blue), against those taught."""
    over = np.clip(mattes - taught, 0, 1).max(axis=0)
    under = np.clip(taught - mattes, 0, 1).max(axis=0)
    return codes(over[..., None] * np.asarray(OVER, np.float32) + under[..., None] * np.asarray(UNDER, np.float32))


def heat_picture(heat: Floats) -> Picture:
    """Return 0 to 1 as a picture from black over red to nearly white."""
    return np.asarray(colormaps["inferno"](np.clip(np.nan_to_num(heat), 0, 1), bytes=True)[..., :3], np.uint8)


def heated(picture: Picture, heat: Floats) -> Picture:
    """Return a picture, dimmed and without its colour, with heat glowing over it.

    Args:
        picture: of the frame.
        heat: `(height, width)` of any size, 0 to 1; stretched over the frame.
    """
    spread = np.clip(stretched(np.nan_to_num(heat), picture.shape[:2]), 0, 1)
    grey = np.repeat(picture @ np.array([0.2126, 0.7152, 0.0722], np.float32)[:, None] * np.float32(0.55), 3, axis=2)
    share = np.sqrt(spread)[..., None]  # a little heat is to be seen, too
    return np.asarray(np.clip(grey * (1 - share) + heat_picture(0.25 + 0.7 * spread) * share, 0, 255), np.uint8)
