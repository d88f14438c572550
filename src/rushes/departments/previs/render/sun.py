"""The key light's shadow map: which square of the stage it covers and how soft its edges are."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.view import View

FINEST_M = 0.008
MOST_TEXELS = 2048
HALVES_M = (4.0, 6.0, 8.0, 11.0, 15.0, 21.0, 30.0)
"""The square is one of these, so that it rarely changes while people walk about."""
SIDE = 4
"""A shadow is looked up at so many places each way, a texel apart: its edge is five texels wide."""


@dataclass(frozen=True, eq=False)
class Sun:
    """A shadow map's square.

    Attributes:
        towards: (3,) float64 unit, where the key is.
        across, along: (3,) float64 unit, the map's own two axes.
        centre: (3,) float64 metres, of the box that it covers.
        half_m: half the square's side.
        deep_m: half the box's depth along the light.
        texels: of a side.
        window: it covers a part of the stage only; towards its rim shadows fade out.
    """

    towards: NDArray[np.float64]
    across: NDArray[np.float64]
    along: NDArray[np.float64]
    centre: NDArray[np.float64]
    half_m: float
    deep_m: float
    texels: int
    window: bool = False

    @property
    def texel_m(self) -> float:
        """Side of a texel, metres."""
        return 2 * self.half_m / self.texels


def sun_over(towards: tuple[float, float, float], corners: NDArray[np.float64], view: View) -> Sun:
    """Return the square that covers what throws shadows; of a stage wider than 60 m, what lies before the camera.

    Args:
        towards: where the key is, any length.
        corners: (casters, 8, 3) float64: of a box around everything that throws a shadow, metres.
        view: the camera, for a stage that is too wide.
    """
    light = np.array(towards, np.float64) / np.linalg.norm(towards)
    aside = np.array([1.0, 0.0, 0.0]) if abs(light[1]) > 0.9 else np.array([0.0, 1.0, 0.0])
    across = np.cross(aside, light)
    across /= np.linalg.norm(across)
    axes = np.stack([across, np.cross(light, across), light])
    reach = (corners if len(corners) else view.origin[None, None]) @ axes.T
    low, high = reach.min(axis=(0, 1)), reach.max(axis=(0, 1))
    wide = float((high - low)[:2].max() / 2)
    half = next((half for half in HALVES_M if wide <= half - 0.5), HALVES_M[-1])
    texels = min(MOST_TEXELS, round(2 * half / FINEST_M))
    centre = (low + high) / 2
    if wide > half:
        ahead = view.forward * [1.0, 0.0, 1.0]
        centre[:2] = (axes @ (view.origin + 0.6 * half * ahead))[:2]
    # whole steps of texels: an edge that crawls while nothing moves is worse than one that is a little off the middle
    step = 2 * half / texels * 64
    centre[:2] = np.round(centre[:2] / step) * step
    deep = np.ceil((high - low)[2] / 2 + 1.0)
    centre[2] = np.round(centre[2] * 2) / 2
    return Sun(light, axes[0], axes[1], centre @ axes, half, float(deep + 0.5), texels, wide > half)


def sun_rows(sun: Sun) -> NDArray[np.float64]:
    """Return (3, 3) float64: from metres beside the sun's centre to −1..1 across, along, and away from the light."""
    return np.stack([sun.across / sun.half_m, sun.along / sun.half_m, -sun.towards / sun.deep_m])
