"""Which samples of a matte's file are the matte: alpha, or grey, or one each in red, green and blue."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def matte_of(samples: Floats, count: int) -> Floats:
    """Return the mattes in a matte's samples, `(count, height, width)`: alpha if it says something, else the colour.

    Args:
        samples: `(3 or 4, height, width)` as the file has them.
        count: 1, or 3 for red, green and blue as a matte each.
    """
    if has_alpha_matte(samples):
        return samples[3:4]
    return samples[:count]


def has_alpha_matte(samples: Floats) -> bool:
    """Return whether a matte lies in alpha: there is one, and it is not opaque everywhere."""
    return samples.shape[0] == 4 and bool((samples[3] < 1).any())


def mattes_in(samples: Sequence[Floats]) -> int:
    """Return how many mattes some frames hold: three where red, green and blue differ, else one."""
    coloured = (not has_alpha_matte(one) and not (one[0] == one[1:3]).all() for one in samples)
    return 3 if any(coloured) else 1
