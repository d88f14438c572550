"""Frames made comparable: seen through the show's view, of one size, without the bars that a copy may have got."""

import cv2
import numpy as np
import numpy.typing as npt

from rushes.media.alpha import premultiplied
from rushes.media.colour import Convert
from rushes.media.frames import Floats, Frame, in_display_window

Picture = npt.NDArray[np.uint8]
"""`(height, width, 3)` uint8, encoded for a display."""

LONGEST = 720
"""Pixels of the longer side at which pictures are compared; a smaller one is enlarged to that."""

MOST_LIGHT = 65504.0
"""What a half float holds, and an infinite highlight is shown as."""

BAR_CODES = 8
"""Code values by which a bar may stray from its own colour: what JPEG and a little noise do to it."""

BAR_SHARE = 0.98
"""Of the pixels of a line that must keep to that."""

LEAST_LEFT = 0.25
"""Of a side that is left between bars; more would be a frame that is flat itself."""

SCOPE = 2.39
"""Width over height of the widest picture in common use: what a letterbox leaves of a taller one."""


def seen_picture(frame: Frame, view: Convert) -> Picture:
    """Return what an audience sees of a frame: inside the display window, over black, through a view, 720 pixels long.

    Args:
        frame: scene-linear in the working space of the view; left alone. What is no number is black.
        view: such as `media.colour.review_view`.

    Returns:
        `(height, width, 3)`; averaged down in scene-linear light, or enlarged after the view.
    """
    packed: Floats = np.array(premultiplied(in_display_window(frame)).packed[..., :3], np.float32, order="C")
    if not packed.size:
        return np.zeros((1, 1, 3), np.uint8)
    np.nan_to_num(packed, copy=False, nan=0.0, posinf=MOST_LIGHT, neginf=-MOST_LIGHT)
    if max(packed.shape[:2]) > LONGEST:
        packed = np.asarray(cv2.resize(packed, _size(packed.shape), interpolation=cv2.INTER_AREA), np.float32)
    view(packed)
    return of_one_size(np.asarray(np.clip(np.nan_to_num(packed), 0, 1) * 255 + 0.5, np.uint8))


def of_one_size(picture: Picture) -> Picture:
    """Return a picture with 720 pixels on its longer side; the given one where it has that already."""
    if max(picture.shape[:2]) == LONGEST:
        return picture
    way = cv2.INTER_AREA if max(picture.shape[:2]) > LONGEST else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, _size(picture.shape), interpolation=way), np.uint8)


def _size(shape: tuple[int, ...]) -> tuple[int, int]:
    shrink = LONGEST / max(shape[:2])
    return max(1, round(shape[1] * shrink)), max(1, round(shape[0] * shrink))


def without_bars(picture: Picture) -> Picture:
    """Cut off flat bars at the edges: a letterbox, a pillarbox, both.

    Returns:
        A view of the picture; all of it where hardly anything would be left.

    >>> boxed = np.zeros((90, 160, 3), np.uint8)
    >>> boxed[10:80] = np.arange(70)[:, None, None] * 3
    >>> without_bars(boxed).shape
    (67, 160, 3)
    """
    grey = grey_of(picture)
    top, bottom = _bars(grey)
    left, right = _bars(grey[top : len(grey) - bottom].T)
    return picture[top : len(grey) - bottom, left : grey.shape[1] - right]


def _bars(lines: npt.NDArray[np.uint8]) -> tuple[int, int]:
    """Return how many lines at both ends are flat, each in its own colour."""
    first, last = _flat(lines), _flat(lines[::-1])
    return (first, last) if first + last <= len(lines) * (1 - LEAST_LEFT) else (0, 0)


def _flat(lines: npt.NDArray[np.uint8]) -> int:
    strays = np.abs(lines.astype(np.int16) - np.int16(np.median(lines[0]))) > BAR_CODES
    busy = strays.mean(axis=1) > 1 - BAR_SHARE
    return int(busy.argmax()) if busy.any() else len(lines)


def scope_centre(picture: Picture) -> Picture:
    """Return the middle of a picture as a 2.39 letterbox would leave it; a wider one is returned whole."""
    height, width = picture.shape[:2]
    cut = max(0, round((height - width / SCOPE) / 2))
    return picture[cut : height - cut]


def grey_of(picture: Picture) -> npt.NDArray[np.uint8]:
    """Return the luma of a picture, `(height, width)` uint8."""
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(picture), cv2.COLOR_RGB2GRAY), np.uint8)


def mirrored(picture: Picture) -> Picture:
    """Return a picture with left and right exchanged."""
    return np.ascontiguousarray(picture[:, ::-1])
