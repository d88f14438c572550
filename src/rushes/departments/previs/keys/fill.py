"""The rest of a frame: what no key shows is coloured like what is beside it, or painted by the network."""

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.keys.carry import Carried
from rushes.departments.previs.keys.edges import mixed
from rushes.departments.previs.keys.light import DARKEST, stops
from rushes.departments.previs.keys.network import change_of, coded, described, uncoded
from rushes.departments.previs.keys.spread import spread
from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float32]


def plain_fill(carried: Carried, passes: Passes) -> Floats:
    """Return a frame whose hidden parts are the greybox, coloured as the same thing is beside them.

    Args:
        carried: of the frame.
        passes: of the frame.

    Returns:
        (3, height, width) float32 scene-linear, each pixel of the thing at its centre only.
    """
    grey = carried.light[:, passes.ids] * stops(carried.grey)
    hue = stops(carried.plate) - grey
    hidden = np.exp2(spread(hue, carried.coverage, passes.ids, usual=carried.usual) + grey) - np.float32(DARKEST)
    return np.where(carried.coverage < 1, hidden + carried.coverage * (carried.plate - hidden), carried.plate)


def fill(
    carried: Carried,
    passes: Passes,
    weights: Mapping[str, Floats] | None = None,
    *,
    strength: float = 1.0,
    locked: Collection[int] = (),
) -> Floats:
    """Return the painted frame: what is carried, what is filled, and edges where the greybox has them.

    Args:
        carried: of the frame.
        passes: of the frame.
        weights: of `learn`; without, hidden parts are filled plainly.
        strength: 0 the greybox, bit for bit; 1 the paint.
        locked: ids of pieces that stay the greybox.

    Returns:
        (3, height, width) float32 scene-linear.
    """
    plate = plain_fill(carried, passes)
    if weights is not None and weights["head.weight"].any() and (carried.coverage < 1).any():
        plate = _repainted(plate, carried, passes, weights=weights)
    return finished(plate, carried, passes, strength=strength, locked=locked)


def _repainted(plain: Floats, carried: Carried, passes: Passes, *, weights: Mapping[str, Floats]) -> Floats:
    codes, coverage = coded(plain), carried.coverage
    change = change_of(weights, np.concatenate([described(passes, carried.grey), codes, coverage[None]]))
    # what the network would change of what is shown, it changes of what is hidden: that is no paint but its own habit
    usual = (change * coverage).sum(axis=(1, 2)) / max(float(coverage.sum()), 1.0)
    habit = spread(change, coverage, passes.ids, usual=np.repeat(usual[:, None], int(passes.ids.max()) + 1, axis=1))
    hidden = uncoded(codes + change - habit)
    return np.where(coverage < 1, hidden + coverage * (carried.plate - hidden), plain)


def finished(plate: Floats, carried: Carried, passes: Passes, *, strength: float, locked: Collection[int]) -> Floats:
    """Return the frame as it is seen: edges mixed as in the greybox, by so much, but for what is locked.

    Args:
        plate: (3, height, width) float32 scene-linear, edges unmixed.
        carried: of the frame.
        passes: of the frame.
        strength: 0 the greybox, bit for bit; 1 the paint.
        locked: ids of pieces that stay the greybox.
    """
    if strength == 0:
        return passes.beauty.copy()
    painted = mixed(plate, passes, grey=carried.grey, pure=carried.pure)
    if carried.own is not None:
        alpha = carried.own.alpha
        painted = carried.own.painted if alpha is None else painted + alpha * (carried.own.painted - painted)
    if strength != 1:
        painted = passes.beauty + np.float32(strength) * (painted - passes.beauty)
    return np.where(np.isin(passes.ids, list(locked)), passes.beauty, painted) if locked else painted
