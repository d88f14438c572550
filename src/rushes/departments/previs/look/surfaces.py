"""Where a pixel lies on its piece: which way the surface faces at rest, and how many metres of it the pixel covers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.look.tones import Floats
from rushes.departments.previs.render.passes import Passes

SAME_WAY = 0.35
"""How far two normals may lie apart, all components together, and still be one surface."""


@dataclass(frozen=True, eq=False)
class Joins:
    """Which pixels lie on one surface with their neighbour.

    Attributes:
        right: (height, width - 1) with the next to the right.
        down: (height - 1, width) with the next below.
    """

    right: NDArray[np.bool_]
    down: NDArray[np.bool_]


def joins_of(passes: Passes) -> Joins:
    """Find the edges of a frame: where another piece begins, or the same one turns a corner."""
    ids, normal = passes.ids, passes.normal
    return Joins(
        (ids[:, 1:] == ids[:, :-1]) & _alike(normal[:, :, 1:], normal[:, :, :-1]),
        (ids[1:] == ids[:-1]) & _alike(normal[:, 1:], normal[:, :-1]),
    )


def tangents_of(rest: Floats, joins: Joins) -> tuple[Floats, Floats]:
    """Return how the rest position changes a pixel to the right, and a pixel down: (3, height, width) metres each.

    A difference is only taken along one surface: to the next pixel, or from the one before where an edge lies ahead.
    """
    across, down = np.zeros_like(rest), np.zeros_like(rest)
    step = rest[:, :, 1:] - rest[:, :, :-1]
    step *= joins.right
    across[:, :, :-1] = step
    _fill(across[:, :, 1:], step, where=_ends(joins.right, axis=1))
    step = rest[:, 1:] - rest[:, :-1]
    step *= joins.down
    down[:, :-1] = step
    _fill(down[:, 1:], step, where=_ends(joins.down, axis=0))
    return across, down


def facing(across: Floats, down: Floats) -> Floats:
    """Return (3, height, width) how much the surface faces x, y and z at rest, positive, of any length."""
    out = np.empty_like(across)
    for axis in range(3):
        one, two = (axis + 1) % 3, (axis + 2) % 3
        np.multiply(across[one], down[two], out=out[axis])
        out[axis] -= across[two] * down[one]
    return np.abs(out, out=out)


def metres_per_pixel(across: Floats, down: Floats) -> Floats:
    """Return (height, width) metres of surface that a pixel covers: more of its longer side than of its shorter.

    The longer side alone blurs a floor that runs away from the lens; the shorter alone lets it flicker.
    """
    wide, tall = (np.einsum("cyx,cyx->yx", one, one) for one in (across, down))
    longer, shorter = np.maximum(wide, tall), np.minimum(wide, tall)
    # squares: a fourth root of longer³ × shorter in metres is an eighth root here
    longer **= 3
    longer *= shorter
    return np.asarray(np.sqrt(np.sqrt(np.sqrt(longer))), np.float32)


def _alike(one: Floats, other: Floats) -> NDArray[np.bool_]:
    apart = np.abs(one[0] - other[0])
    for axis in (1, 2):
        apart += np.abs(one[axis] - other[axis])
    return np.asarray(apart < SAME_WAY, np.bool_)


def _ends(joined: NDArray[np.bool_], *, axis: int) -> NDArray[np.bool_]:
    """Return, for every pixel but the first, whether it joins the one before and not the one after."""
    ends = joined.copy()
    if axis:
        ends[:, :-1] &= ~joined[:, 1:]
    else:
        ends[:-1] &= ~joined[1:]
    return ends


def _fill(into: Floats, step: Floats, *, where: NDArray[np.bool_]) -> None:
    rows, columns = np.nonzero(where)
    into[:, rows, columns] = step[:, rows, columns]
