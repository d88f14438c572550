"""Small pictures of frames for people, through the show's view."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from skimage.transform import resize

from rushes.departments.department import Colour
from rushes.departments.previs.look.patches import shrunk
from rushes.departments.previs.look.tones import Floats
from rushes.media.colour import display_view

THUMB = (108, 192)
"""Rows and columns."""

Picture = NDArray[np.uint8]


def viewer(colour: Colour) -> Callable[[Floats], Picture]:
    """Return what turns `(…, 3)` scene-linear pixels into 8-bit ones of the show's view."""
    convert = display_view(colour.config, colour.working_space, display=colour.display, view=colour.view)

    def view(light: Floats) -> Picture:
        packed = np.array(light, np.float32, order="C").reshape(1, -1, 3)
        convert(packed)
        return np.asarray(np.clip(packed * 255 + 0.5, 0, 255), np.uint8).reshape(light.shape)

    return view


def thumbnail_of(colour: Colour) -> Callable[[Floats], Picture]:
    """Return what makes (108, 192, 3) thumbnails of plates, with bars where the frame has another shape."""
    view = viewer(colour)

    def thumb(plate: Floats) -> Picture:
        height, width = plate.shape[1:]
        top, left, rows, columns = fitted((width, height))
        step = max(1, min(height // rows, width // columns))
        small = shrunk(plate, step).transpose(1, 2, 0)
        sized = resize(small, (rows, columns, 3), order=1, anti_aliasing=small.shape[0] > rows)
        whole = np.zeros((*THUMB, 3), np.uint8)
        whole[top : top + rows, left : left + columns] = view(np.asarray(sized, np.float32))
        return whole

    return thumb


def fitted(size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return top, left, rows and columns that a frame of some width and height fills of a thumbnail.

    >>> fitted((1920, 1080)), fitted((100, 100))
    ((0, 0, 108, 192), (0, 42, 108, 108))
    """
    rows, columns = THUMB
    scale = min(rows / size[1], columns / size[0])
    down, across = max(1, round(size[1] * scale)), max(1, round(size[0] * scale))
    return (rows - down) // 2, (columns - across) // 2, down, across
