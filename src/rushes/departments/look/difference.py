"""How far two pictures are apart to the eye: ΔE2000 and ΔE ITP, by way of CIE XYZ through OpenColorIO."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio
from skimage.color import deltaE_ciede2000, xyz2lab

from rushes.departments.look.look import Floats

Doubles = npt.NDArray[np.float64]
ToXyz = Callable[[Floats], Floats]
"""From code values `(..., 3)` of one encoding to CIE XYZ under D65, where diffuse white has Y = 1."""

WHITE_NITS = 100.0
"""What diffuse white is taken to be for ΔE ITP, which needs absolute light: a reference monitor's 100 cd/m²."""

XYZ_TO_REC2020 = np.array(
    [
        [1.716651188, -0.355670784, -0.253366281],
        [-0.666684352, 1.616481237, 0.015768546],
        [0.017639857, -0.042770613, 0.942103121],
    ]
)
REC2020_TO_LMS = np.array([[1688, 2146, 262], [683, 2951, 462], [99, 309, 3688]]) / 4096
LMS_TO_ICTCP = np.array([[2048, 2048, 0], [6610, -13613, 7003], [17933, -17390, -543]]) / 4096


def xyz_from(config: str, encoding: str) -> ToXyz:
    """Return the way from an encoding of an OCIO config to CIE XYZ (D65, Y of diffuse white is 1).

    Args:
        config: `ocio://…` or a path.
        encoding: colour space name in it.
    """
    opened = ocio.Config.CreateFromFile(config)
    steps = ocio.GroupTransform()
    steps.appendTransform(ocio.ColorSpaceTransform(src=encoding, dst="aces_interchange"))
    steps.appendTransform(ocio.BuiltinTransform("UTILITY - ACES-AP0_to_CIE-XYZ-D65_BFD"))
    processor = opened.getProcessor(steps).getDefaultCPUProcessor()

    def to_xyz(pixels: Floats) -> Floats:
        packed = np.array(pixels, np.float32, order="C").reshape(-1, 1, 3)
        processor.apply(ocio.PackedImageDesc(packed, 1, len(packed), 3))
        return packed.reshape(pixels.shape)

    return to_xyz


def delta_e_2000(one: Floats, other: Floats) -> Doubles:
    """Return ΔE2000 of CIE XYZ pixels `(..., 3)`, D65 white; negative light counts as none.

    References:
        [Sharma2005] The CIEDE2000 color-difference formula, Color Research & Application 30(1).
    """
    labs = [xyz2lab(np.maximum(np.asarray(xyz, np.float64), 0.0), illuminant="D65") for xyz in (one, other)]
    return np.asarray(deltaE_ciede2000(labs[0], labs[1]), np.float64)


def delta_e_itp(one: Floats, other: Floats) -> Doubles:
    """Return ΔE ITP of CIE XYZ pixels `(..., 3)`; 1 is about a just visible difference, highlights included.

    References:
        ITU-R BT.2124-0, Objective metric for the assessment of the potential visibility of colour differences.
    """
    apart = (_ictcp(one) - _ictcp(other)) * (1.0, 0.5, 1.0)
    return np.asarray(720.0 * np.sqrt((apart**2).sum(axis=-1)), np.float64)


def _ictcp(xyz: Floats) -> Doubles:
    light = np.maximum(np.asarray(xyz, np.float64) @ XYZ_TO_REC2020.T, 0.0) * WHITE_NITS
    return np.asarray(_pq(light @ REC2020_TO_LMS.T) @ LMS_TO_ICTCP.T)


def _pq(nits: Doubles) -> Doubles:
    powered = (nits / 10000.0) ** 0.1593017578125
    return np.asarray(((0.8359375 + 18.8515625 * powered) / (1.0 + 18.6875 * powered)) ** 78.84375)
