"""How far two pictures of the same frame lie apart, as an audience would see it."""

from dataclasses import dataclass

import numpy as np
from skimage.color import deltaE_ciede2000, rgb2lab

from rushes.originality.pictures import Picture


@dataclass(frozen=True)
class Apart:
    """A difference between pictures.

    Attributes:
        codes: mean absolute difference of display codes, of 255.
        delta_e: mean CIEDE2000, the codes read as sRGB.
    """

    codes: float
    delta_e: float


def apart(one: Picture, other: Picture) -> Apart:
    """Return how far two pictures lie apart; of a picture and itself it is nothing.

    Args:
        one: from `pictures.seen_picture`.
        other: of the same size.

    >>> white, black = np.full((2, 2, 3), 255, np.uint8), np.zeros((2, 2, 3), np.uint8)
    >>> f"{apart(white, black).codes:.0f} {apart(white, black).delta_e:.0f}"
    '255 100'
    """
    codes = np.abs(one.astype(np.int16) - other.astype(np.int16)).mean()
    return Apart(float(codes), float(deltaE_ciede2000(rgb2lab(one), rgb2lab(other)).mean()))


def mean_of(found: list[Apart]) -> Apart:
    """Return the mean over frames."""
    return Apart(float(np.mean([one.codes for one in found])), float(np.mean([one.delta_e for one in found])))
