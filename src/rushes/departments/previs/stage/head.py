"""A head without a likeness: skull, brow, nose, chin and ears, so that its heading reads at once; and short hair.

Everything is in units of the head's height, zero below the chin's middle, 1 at the crown; scaled by `mannequin`.
"""

import numpy as np

from rushes.departments.previs.stage.solids import Floats, Solid, between, ellipsoid, joined, skin, smooth

# height, half width, face, back of the head (both forward of the axis through the ears), how square
SKULL = np.array(
    [
        [0.000, 0.100, 0.375, 0.140, 2.0],
        [0.035, 0.145, 0.412, 0.060, 2.1],
        [0.110, 0.208, 0.420, -0.060, 2.2],
        [0.200, 0.256, 0.412, -0.140, 2.2],
        [0.300, 0.296, 0.412, -0.255, 2.2],
        [0.400, 0.316, 0.420, -0.340, 2.15],
        [0.520, 0.330, 0.412, -0.400, 2.1],
        [0.600, 0.338, 0.432, -0.425, 2.1],
        [0.700, 0.342, 0.430, -0.435, 2.1],
        [0.790, 0.326, 0.400, -0.415, 2.1],
        [0.865, 0.284, 0.340, -0.365, 2.05],
        [0.922, 0.218, 0.256, -0.290, 2.0],
        [0.960, 0.134, 0.158, -0.190, 2.0],
    ]
)
NOSE = np.array(
    [
        [0.0, 0.0],
        [0.295, 0.0],
        [0.335, 0.050],
        [0.378, 0.110],
        [0.44, 0.088],
        [0.52, 0.052],
        [0.58, 0.016],
        [0.66, 0.0],
        [1.0, 0.0],
    ]
)

NEAR_THE_NOSE = (0.26, 0.30, 0.325, 0.345, 0.37, 0.40, 0.44, 0.48, 0.52, 0.56, 0.60, 0.64)
ROWS: Floats = np.array((0.0, 0.02, 0.05, 0.09, 0.14, 0.20, *NEAR_THE_NOSE, 0.70, 0.77, 0.83, 0.885, 0.93, 0.96))
"""Heights of the head's sections."""


def _angles() -> Floats:
    """Return where around the head its points lie: close together at the nose, wide at the back."""
    half = np.radians([0, 4, 8, 13, 20, 28, 38, 48, 60, 73, 87, 102, 118, 134, 150, 165, 180])
    return np.concatenate([half, -half[-2:0:-1]])


def _outline(heights: Floats, out: float | Floats = 0.0) -> Floats:
    """Return points of the bare skull, (rows, around, 3).

    Args:
        heights: (rows, around), one for each point.
        out: units above the skin.
    """
    angles = _angles()
    sections = between(SKULL, heights.ravel()).reshape(*heights.shape, 4)
    wide, face, back, square = (sections[..., each] for each in range(4))
    forward, aside = np.cos(angles), np.sin(angles)
    forward = np.sign(forward) * np.abs(forward) ** (2.0 / square)
    aside = np.sign(aside) * np.abs(aside) ** (2.0 / square)
    return np.stack([aside * (wide + out), heights, (face + back) / 2 + forward * ((face - back) / 2 + out)], -1)


def _features(points: Floats) -> Floats:
    """Return the skull with brow, eye hollows, nose and chin; no mouth and no eyes."""
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    front = np.clip(z / 0.40, 0.0, 1.0) ** 2

    def bump(across: float, up: float, *, wide: float, tall: float) -> Floats:
        return np.asarray(np.exp(-(((np.abs(x) - across) / wide) ** 2) - ((y - up) / tall) ** 2))

    rise = between(NOSE, y.ravel())[:, 0].reshape(y.shape)
    width = 0.034 + 0.030 * np.clip((0.56 - y) / 0.2, 0.0, 1.0)
    nose = rise * np.exp(-((np.abs(x) / width) ** 2.4))
    relief = (
        -0.052 * bump(0.135, 0.505, wide=0.085, tall=0.050)
        + 0.020 * bump(0.110, 0.605, wide=0.120, tall=0.040)
        + 0.016 * bump(0.210, 0.400, wide=0.080, tall=0.070)
        + 0.016 * bump(0.0, 0.055, wide=0.090, tall=0.050)
    )
    moved = points.copy()
    moved[..., 2] += front * relief + nose * (z > 0)
    return moved


def skull() -> Solid:
    """Return the head, ears included."""
    head = skin(_features(_outline(np.repeat(ROWS[:, None], len(_angles()), axis=1))))
    head.points[-2] = [0.0, -0.006, 0.26]
    head.points[-1] = [0.0, 0.978, -0.015]
    ears = [
        ellipsoid((0.030, 0.105, 0.062), rings=5, count=8)
        .turned(-18.0, "x")
        .turned(sign * 22.0, "y")
        .moved((sign * 0.328, 0.455, -0.045))
        for sign in (1.0, -1.0)
    ]
    return joined([smooth(head.points, head.triangles), *ears])


def hair() -> Solid:
    """Return short hair: a cap from the hairline over the crown down to the nape."""
    angles = _angles()
    turn = np.abs(np.degrees(angles))
    line = between(
        [
            [0.0, 0.815],
            [25.0, 0.800],
            [45.0, 0.730],
            [62.0, 0.640],
            [80.0, 0.560],
            [100.0, 0.500],
            [120.0, 0.330],
            [150.0, 0.250],
            [180.0, 0.235],
        ],
        turn,
    )[:, 0]
    rows = np.append(0.0, np.sin(np.radians([0, 7, 16, 26, 37, 48, 58, 67, 75, 82])))
    out = np.array([-0.02, 0.012, 0.030, 0.040, 0.045, 0.046, 0.046, 0.046, 0.044, 0.042, 0.040])
    heights = line + (0.960 - line) * rows[:, None]
    points = _outline(heights, out[:, None])
    points[..., 1] += 0.7 * out[:, None] * rows[:, None]
    cap = skin(points)
    cap.points[-1] = [0.0, 1.0, -0.015]
    return smooth(cap.points, cap.triangles)
