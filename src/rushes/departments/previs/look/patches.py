"""Frames as patches: the colour, the contrast and the grain of each, small enough to compare every frame of a show."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.look.tones import Floats

ACROSS = 960
"""Pixels of a frame's width that are looked at; finer grain than that is the camera's, not the material's."""

PATCHES_ACROSS = 60
SMALLEST = 4
DARKEST = 1e-3
"""Of light, so that noise in the blacks does not count as stops."""


@dataclass(frozen=True, eq=False)
class Patches:
    """The patches of one frame, row by row.

    Attributes:
        side: of a patch, pixels of the frame as it came.
        light: (rows, columns, 3) float32 mean, scene-linear.
        lab: (rows, columns, 3) float32.
        contrast: (rows, columns) float32 stops: standard deviation of luminance within a patch.
        coarse: (rows, columns) float32 stops: the part of it that lies between its quarters.
    """

    side: int
    light: Floats
    lab: Floats
    contrast: Floats
    coarse: Floats

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.contrast.shape
        return rows, columns

    def features(self) -> Floats:
        """Return (patches, 4): Lab, colour before lightness, and contrast on a scale that ends nowhere."""
        texture = 12 * np.log2(1 + 8 * self.contrast)
        planes = np.dstack([self.lab[..., :1], 1.6 * self.lab[..., 1:], texture[..., None]])
        return np.asarray(planes.reshape(-1, 4), np.float32)


def patches_of(plate: Floats, lab: Callable[[Floats], Floats], luma: Floats) -> Patches:
    """Cut a frame into patches.

    Args:
        plate: (3, height, width) float32 scene-linear.
        lab: `tones.lab_from` of the working space.
        luma: `tones.luma_of` it.
    """
    step = max(1, round(plate.shape[2] / ACROSS))
    small = shrunk(plate, step)
    side = max(SMALLEST, small.shape[2] // PATCHES_ACROSS) // 2 * 2
    blocks = _blocks(small, side)
    light = blocks.mean(axis=(2, 4)).transpose(1, 2, 0)
    stops = np.log2(np.maximum(np.einsum("c,cyaxb->yaxb", luma, blocks), DARKEST))
    half = side // 2
    rows, columns = stops.shape[0], stops.shape[2]
    quarters = stops.reshape(rows, 2, half, columns, 2, half).mean(axis=(2, 5))
    contrast = stops.std(axis=(1, 3))
    coarse = quarters.std(axis=(1, 3))
    return Patches(side * step, np.ascontiguousarray(light), lab(light), contrast, coarse)


def shrunk(plate: Floats, step: int) -> Floats:
    """Return a frame at a whole part of its size, each pixel the mean of those it stands for."""
    if step == 1:
        return plate
    return np.asarray(_blocks(plate, step).mean(axis=(2, 4)), np.float32)


def _blocks(plate: Floats, side: int) -> NDArray[np.float32]:
    height, width = plate.shape[1] // side, plate.shape[2] // side
    return plate[:, : height * side, : width * side].reshape(3, height, side, width, side)
