"""Light as the look counts it: stops in a log curve, luminance, and CIE Lab, each from the show's working space."""

from collections.abc import Callable

import numpy as np
import PyOpenColorIO as ocio
from numpy.typing import NDArray
from skimage.color import xyz2lab

from rushes.departments.department import Colour
from rushes.media.colour import transform_converter

Floats = NDArray[np.float32]

BREAK, SLOPE, OFFSET = 0.0078125, 10.5402377416545, 0.0729055341958355
"""Of ACEScct (S-2016-001): below the break its curve is a line."""

STOP = 1 / 17.52
"""One stop in its code values."""

BRIGHTEST_LAB = 2.0
"""Diffuse whites at which lightness stops counting: a lamp is a lamp."""


def to_code(light: Floats) -> Floats:
    """Return light on ACEScct's curve, whatever its primaries: a stop is the same step everywhere above the toe.

    Args:
        light: any shape, float32, scene-linear.

    >>> f"{to_code(np.float32([0.18]))[0]:.4f}"
    '0.4136'
    """
    return np.where(
        light > BREAK, (np.log2(np.maximum(light, BREAK)) + np.float32(9.72)) * np.float32(STOP), SLOPE * light + OFFSET
    ).astype(np.float32, copy=False)


def to_light(code: Floats) -> Floats:
    """Return scene-linear light of ACEScct code values; the way back of `to_code`.

    >>> f"{to_light(np.float32([0.4135884]))[0]:.3f}"
    '0.180'
    """
    at_break = np.float32((np.log2(BREAK) + 9.72) * STOP)
    above = np.exp2(np.maximum(code, at_break) * np.float32(17.52) - np.float32(9.72))
    return np.where(code > at_break, above, (code - OFFSET) / SLOPE).astype(np.float32, copy=False)


def shaper() -> ocio.GroupTransform:
    """Return the curve of `to_code` as OpenColorIO's transform."""
    curve = ocio.LogCameraTransform(
        linSideBreak=[BREAK] * 3, base=2, logSideSlope=[STOP] * 3, logSideOffset=[9.72 * STOP] * 3
    )
    return ocio.GroupTransform([curve])


def lab_from(colour: Colour) -> Callable[[Floats], Floats]:
    """Return the way from the working space, `(..., 3)` scene-linear, to CIE Lab under D65; white is light of 1."""
    to_xyz = _xyz(colour)

    def lab(light: Floats) -> Floats:
        return np.asarray(xyz2lab(np.clip(to_xyz(light), 0, BRIGHTEST_LAB)), np.float32)

    return lab


def luma_of(colour: Colour) -> Floats:
    """Return (3,) how much red, green and blue of the working space count for luminance; together 1."""
    weights = _xyz(colour)(np.eye(3, dtype=np.float32))[:, 1]
    return np.asarray(weights / weights.sum(), np.float32)


def _xyz(colour: Colour) -> Callable[[Floats], Floats]:
    steps = ocio.GroupTransform(
        [
            ocio.ColorSpaceTransform(src=colour.working_space, dst="aces_interchange"),
            ocio.BuiltinTransform("UTILITY - ACES-AP0_to_CIE-XYZ-D65_BFD"),
        ]
    )
    convert = transform_converter(colour.config, steps)

    def to_xyz(light: Floats) -> Floats:
        packed = np.array(light, np.float32, order="C").reshape(1, -1, 3)
        convert(packed)
        return packed.reshape(light.shape)

    return to_xyz
