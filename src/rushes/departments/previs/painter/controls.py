"""What the painter is told of a picture: flat areas of colour, where they end, and the light in large.

One function makes it of a frame of the show and of a dressed greybox alike, so what is learned from the one holds for
the other. Everything that makes a surface a surface (its texture, its grain) is left out: that is what is painted.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushes.domain.errors import BadMaterial

Floats = NDArray[np.float32]
CHANNELS = 8
"""Three of flat colour, three of the light in large, one of edges, one of noise."""
LEAST_SIDE = 16


@dataclass(frozen=True)
class Flattening:
    """How much is left out.

    Attributes:
        reach: pixels that are melted together at a width of 384.
        alike: display code values, 0 to 1, that count as one colour.
    """

    reach: int = 9
    alike: float = 0.18


def controls_of(picture: Floats, seed: int = 0, flattening: Flattening | None = None) -> Floats:
    """Return what the painter is told.

    Args:
        picture: (3, height, width) float32, display encoded, 0 to 1.
        seed: of the noise that the painter makes its texture from.
        flattening: how much is left out.

    Returns:
        (8, height, width) float32.

    >>> controls_of(np.full((3, 32, 48), 0.5, np.float32)).shape
    (8, 32, 48)
    """
    if picture.ndim != 3 or picture.shape[0] != 3 or min(picture.shape[1:]) < LEAST_SIDE:
        raise BadMaterial(f"{picture.shape} is no picture to paint over", remedy="Give three channels of 16 by 16 on.")
    told = flattening or Flattening()
    image = np.ascontiguousarray(np.clip(np.nan_to_num(picture), 0, 1).transpose(1, 2, 0), np.float32)
    flat: NDArray[Any] = image
    for _ in range(3):
        flat = cv2.bilateralFilter(flat, 0, told.alike, told.reach * image.shape[1] / 384 / 2)
    height, width = image.shape[:2]
    coarse = cv2.resize(image, (max(width // 24, 2), max(height // 24, 2)), interpolation=cv2.INTER_AREA)
    large = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    grey = cv2.cvtColor(cv2.GaussianBlur(image, (0, 0), 1.0), cv2.COLOR_RGB2GRAY)
    edges = np.clip(4 * np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)), 0, 1)
    noise = np.random.default_rng(seed).standard_normal((height, width)).astype(np.float32)
    parts = [*np.moveaxis(flat, -1, 0), *np.moveaxis(large, -1, 0), edges, noise * 0.25]
    return np.ascontiguousarray(np.stack(parts), np.float32)
