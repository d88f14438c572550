"""What is seen where nothing stands."""

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.stage.pieces import Light

EDGE = 0.08
"""Sine of the angle above and below the horizon in which sky turns into ground."""


def sky_along(rays: NDArray[np.float32], light: Light) -> NDArray[np.float32]:
    """Return the light of sky and ground that comes along rays.

    Args:
        rays: (3, ...) float32, any length, on the stage.
        light: the light; its haze stands on the horizon.

    Returns:
        (3, ...) float32 scene-linear: a white card that only sky or only ground lights comes out the same.

    >>> sky_along(np.float32([[0], [1], [0]]), Light(sky=(0.2, 0.4, 0.6))).astype(float).round(3).ravel().tolist()
    [0.13, 0.26, 0.39]
    """
    y = rays[1] / np.sqrt((rays * rays).sum(axis=0))
    part = np.clip((y + np.float32(EDGE)) / np.float32(2 * EDGE), 0, 1)
    part = part * part * (3 - 2 * part)
    shape = (3,) + (1,) * y.ndim
    sky, ground, haze = (
        np.array(colour, np.float32).reshape(shape) for colour in (light.sky, light.ground, light.haze)
    )
    # the zenith is deeper than the horizon, as outdoors
    seen: NDArray[np.float32] = (ground + (sky - ground) * part) * (1 - np.float32(0.35) * np.maximum(y, 0))
    if np.isfinite(light.haze_m):
        seen += (haze - seen) * np.exp2(-8 * np.abs(y))
    return seen
