"""Contact shading of a picture of depths and normals: the same as `shaders.REACH_FRAGMENT`, where there is no OpenGL.

After McGuire, Mara and Luebke, Scalable Ambient Obscurance (High Performance Graphics 2012).
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
RADIUS_M = 0.45
"""How far around a point others keep light of sky and ground from it."""
STRENGTH = 6.0
SAMPLES = 8
GOLDEN = 2.3999632
LARGEST = 0.12
"""Farthest that is looked, as a part of the picture's height: very close up, less than `RADIUS_M` counts."""
FLOOR = 0.08
ON_KEY = 0.4
"""How much of it the key light feels."""


def contact_shade(rays: Floats, depth: Floats, normal: Floats, *, per_metre: tuple[float, float]) -> Floats:
    """Return how much of sky and ground each pixel gets past what is close to it.

    Args:
        rays: (3, height, width) float32 where each pixel's ray is at one metre of depth.
        depth: (height, width) float32 metres along the lens; infinite where nothing stands.
        normal: (3, height, width) float32 unit.
        per_metre: pixels for a metre at one metre of depth, across and down.

    Returns:
        (height, width) float32, 0 to 1.
    """
    height, width = depth.shape
    far = np.where(np.isfinite(depth), depth, np.float32(6e4))
    points = rays * far
    down, across = np.mgrid[:height, :width]
    turn = ((across & 3) * 28 + (down & 3) * 7) & 15
    phase, first = turn * np.float32(np.pi / 8), 0.5 + 0.03 * turn
    reach = [np.minimum(side * RADIUS_M / far, LARGEST * height) for side in per_metre]
    gathered = np.zeros_like(far)
    for step in range(SAMPLES):
        along, angle = (step + first) / SAMPLES, phase + step * GOLDEN
        x = np.clip((across + 0.5 + along * reach[0] * np.cos(angle)).astype(np.int32), 0, width - 1)
        y = np.clip((down + 0.5 + along * reach[1] * np.sin(angle)).astype(np.int32), 0, height - 1)
        away = points[:, y, x] - points
        square = (away * away).sum(axis=0) + np.float32(1e-8)
        fall = np.maximum(0, 1 - square / np.float32(RADIUS_M**2))
        gathered += fall * np.maximum(0, (away * normal).sum(axis=0) / np.sqrt(square) - np.float32(FLOOR))
    return _smooth(np.exp2(gathered * np.float32(-STRENGTH / SAMPLES)), far)


def _smooth(shade: Floats, far: Floats) -> Floats:
    """Mean over 4×4 pixels that lie about as far away: each holds the pattern's sixteen turns once."""
    wide, deep = np.pad(shade, 2, mode="edge"), np.pad(far, 2, mode="edge")
    height, width = shade.shape
    total, weights = np.zeros_like(shade), np.zeros_like(shade)
    for y in range(4):
        for x in range(4):
            there = slice(y, y + height), slice(x, x + width)
            near = np.maximum(np.float32(1e-4), 1 - np.abs(deep[there] - far) * (20 / far))
            total += near * wide[there]
            weights += near
    return total / weights
