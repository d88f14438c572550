"""How far paint follows the greybox's light, measured on the paintings themselves, piece by piece.

A shadow that crosses a wall must cross its paint too, as blue as the artist painted shadows there. Within a piece, two
places a few pixels apart differ in texture, which does not know of the light, and in light: the slope of paint against
grey, in stops, says how much of it the artist wanted. Under haze it is less than 1; in flat paint it is 0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Sums = NDArray[np.float64]
DARKEST = 0.004
"""Scene-linear; below it a ratio says nothing."""

APART = (3, 9)
"""Pixels between two places, of a picture of 384: nearer, edges of shadows are soft; further, texture tells more."""

LEAST_STOPS = 0.05
MOST_STOPS = 2.6
USUAL = 0.7
FEW, FEW_OF_ALL = 30.0, 100.0
"""Squared stops, added over pixels: a piece with less follows the others, a painting with less the usual slope."""


def stops(picture: Floats) -> Floats:
    """Return scene-linear light as stops, with a floor."""
    return np.log2(np.maximum(picture, 0) + np.float32(DARKEST))


def evidence(painted: Floats, grey: Floats, ids: NDArray[np.uint16], *, counts: NDArray[np.bool_]) -> Sums:
    """Return what a key says about its pieces: (ids, 2, 3) squared change of grey, and of grey times paint.

    Args:
        painted: (3, height, width) stops.
        grey: (3, height, width) stops of the greybox.
        ids: (height, width)
        counts: (height, width) which pixels count.
    """
    stack = np.concatenate([grey, painted])
    size = int(ids.max()) + 1
    sums = np.zeros((size, 2, 3))
    for apart in {max(round(pixels * ids.shape[1] / 384), 1) for pixels in APART}:
        for one, other in ((np.s_[apart:, :], np.s_[:-apart, :]), (np.s_[:, apart:], np.s_[:, :-apart])):
            fits = (ids[one] == ids[other]) & (ids[one] > 0) & counts[one] & counts[other]
            change = stack[:, *one][:, fits] - stack[:, *other][:, fits]
            tells = np.abs(change[:3]).max(axis=0) > LEAST_STOPS
            before, after, owner = change[:3, tells], change[3:, tells], ids[one][fits][tells]
            weight = 1 / (0.3 + np.abs(after).max(axis=0))
            for place, product in enumerate((before * before, before * after)):
                sums[:, place] += np.stack([np.bincount(owner, weight * channel, size) for channel in product], axis=1)
    return sums


def light_obeyed(evidences: Sequence[Sums], count: int) -> Floats:
    """Return the power of the greybox's change of light that paint follows: 0 not at all, 1 as the greybox.

    Args:
        evidences: of the keys.
        count: how many ids are asked for.

    Returns:
        (3, count) float32, by channel and piece.

    >>> light_obeyed([], 1).round(2).tolist()
    [[0.699999988079071], [0.699999988079071], [0.699999988079071]]
    """
    sums = np.zeros((count, 2, 3))
    for one in evidences:
        sums[: len(one)] += one[:count]
    alone, together = sums[:, 0], sums[:, 1]
    usual = (together.sum(axis=0) + FEW_OF_ALL * USUAL) / (alone.sum(axis=0) + FEW_OF_ALL)
    power = (together + FEW * usual) / (alone + FEW)
    return np.asarray(np.clip(power, 0.0, 1.5).T, np.float32)


def relit(painted: Floats, change: Floats, power: Floats) -> Floats:
    """Return paint as it is in other light.

    Args:
        painted: (3, pixels) scene-linear.
        change: (3, pixels) stops by which the greybox became lighter.
        power: (3, pixels) of `light_obeyed`.
    """
    return np.asarray(painted * np.exp2(np.clip(change * power, -MOST_STOPS, MOST_STOPS)), np.float32)
