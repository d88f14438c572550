"""What a review movie shows of a take: its result, or where that is nothing but mattes, what they hold."""

from collections.abc import Mapping

import numpy as np

from rushes.departments.department import Plate
from rushes.departments.paint.layers import DELTA, MATTE, Floats

OUTSIDE = 0.25
"""Light that is left of what no matte holds: two stops under."""

TINTS = np.array([[1.0, 0.4, 0.4], [0.4, 1.0, 0.4], [0.4, 0.4, 1.0]], np.float32)
"""Light that is left of what each of three mattes holds, in red, green and blue."""


def shown_in_review(result: Plate, layers: Mapping[str, Floats]) -> Plate:
    """Return what people look at: what the mattes leave out lies two stops under, and of three each has its colour.

    Args:
        result: `(3, height, width)`, scene-linear.
        layers: of the take, `(height, width)` by channel name.

    Returns:
        A new plate; the very result where a change was taught.
    """
    mattes = [layers[name] for name in (f"{MATTE}.{part}" for part in "ARGB") if name in layers]
    if not mattes or f"{DELTA}.R" in layers:
        return result
    tints = TINTS if len(mattes) > 1 else np.ones((1, 3), np.float32)
    held = np.clip(np.maximum.reduce(mattes), 0, 1)
    light = np.float32(OUTSIDE) * (1 - held)[None] + held[None]
    for matte, tint in zip(mattes, tints, strict=False):
        light = light * (1 - matte[None] * (1 - tint[:, None, None]))
    return np.asarray(result * light, np.float32)
