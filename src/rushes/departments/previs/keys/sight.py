"""Where the camera and the pieces of a frame are, found from nothing but its passes, to a hundredth of a pixel.

The lens is taken to look at the middle of the picture, as `Camera` does. Depth along the lens makes both questions
linear or a rotation, so a floor alone, one flat wall alone, or a dozen pixels of a hand are enough.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float64]
Number = TypeVar("Number", np.float32, np.float64)
SAMPLES = 400
"""Pixels of a piece that are looked at; a camera is known to a thousandth of a pixel from as many."""

STILL_M = 2e-6
SPREAD_M = 5e-4
"""How wide, the second way, what is seen of a piece must be for its turn to be known."""

RIGID_M = 2e-3


@dataclass(frozen=True, eq=False)
class Sight:
    """A frame's camera and places.

    Attributes:
        focal: (2,) pixels, across and down.
        middle: (2,) pixels, across and down, of the lens axis; the first pixel's centre is 0.
        turn: (3, 3), rows: the camera's right, down and forward on the stage.
        place: (3,) metres.
        moves: (ids, 3, 4) from rest to the stage by id; NaN where a piece is not seen well enough.
    """

    focal: Floats
    middle: Floats
    turn: Floats
    place: Floats
    moves: Floats


def sight_of(passes: Passes) -> Sight | None:
    """Return camera and places of a frame, or nothing where too little stands in it.

    Args:
        passes: with depth, position, rest and ids.
    """
    picks, owners = _picks(passes.ids)
    height, width = passes.ids.shape
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    depth = passes.depth.reshape(-1)[picks].astype(np.float64)
    position, rest = (values.reshape(3, -1)[:, picks].T.astype(np.float64) for values in (passes.position, passes.rest))
    offsets = (np.stack([picks % width, picks // width], axis=1) - middle) * depth[:, None]
    focal = _focal(offsets, depth, position)
    if focal is None:
        return None
    moves = _moves(owners, rest, position, count=int(passes.ids.max()) + 1)
    camera = np.concatenate([offsets / focal, depth[:, None]], axis=1)
    turn, shift = _rigid(position, camera)
    return Sight(focal, middle, turn, -turn.T @ shift, moves)


def _picks(ids: NDArray[np.uint16]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return some pixels of each piece, and whose they are; a golden step meets no row or column of pixels."""
    flat = ids.reshape(-1)
    order = np.argsort(flat, kind="stable")
    counts = np.bincount(flat)
    starts = np.cumsum(counts) - counts
    parts = []
    for number in np.flatnonzero(counts[1:]) + 1:
        size = counts[number]
        steps = np.arange(size) if size <= SAMPLES else (np.arange(SAMPLES) * 0.6180339887498949 % 1 * size).astype(int)
        parts.append(order[starts[number] + steps])
    picks = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    return picks, flat[picks].astype(np.int64)


def _focal(offsets: Floats, depth: Floats, position: Floats) -> Floats | None:
    """Return the focal length from lengths on the stage: they are the same seen from the camera."""
    if len(depth) < 4:
        return None
    steps = {len(depth) // share for share in (2, 3, 5, 7)} - {0}
    pairs = [values - np.roll(values, step, axis=0) for step in sorted(steps) for values in (offsets, depth, position)]
    across = np.concatenate(pairs[0::3]) ** 2
    along = np.concatenate([(p**2).sum(1) - d**2 for d, p in zip(pairs[1::3], pairs[2::3], strict=True)])
    found, _, rank, sizes = np.linalg.lstsq(across, along, rcond=None)
    if rank < 2 or sizes[1] < 1e-3 * sizes[0] or (found <= 0).any():
        # all in one row or column: both ways are one, as in all but squeezed pixels
        found = np.repeat((across.sum(1) @ along) / max(float(across.sum(1) @ across.sum(1)), 1e-30), 2)
    return 1 / np.sqrt(found) if (found > 0).all() and np.isfinite(found).all() else None


def _rigid(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return the turn and shift that bring points to others (Kabsch)."""
    middle, other = start.mean(axis=0), end.mean(axis=0)
    u, _, v = np.linalg.svd((end - other).T @ (start - middle))
    turn = u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ v))]) @ v
    return turn, other - turn @ middle


def _moves(owners: NDArray[np.int64], rest: Floats, position: Floats, *, count: int) -> Floats:
    moves = np.full((count, 3, 4), np.nan)
    starts = np.concatenate([[0], np.flatnonzero(np.diff(owners)) + 1])
    off = np.maximum.reduceat(np.abs(rest - position).max(axis=1), starts)
    still = off <= STILL_M
    moves[owners[starts[still]]] = np.eye(3, 4)
    sizes = np.diff(starts, append=len(owners))
    first = np.repeat(np.arange(len(starts)), sizes)
    middle, other = (np.add.reduceat(points, starts) / sizes[:, None] for points in (rest, position))
    one, two = rest - middle[first], position - other[first]
    spread, across = (
        np.add.reduceat(points[:, :, None] * one[:, None, :], starts) / sizes[:, None, None] for points in (one, two)
    )
    u, _, v = np.linalg.svd(across)
    u[:, :, 2] *= np.sign(np.linalg.det(u @ v))[:, None]
    turn = u @ v
    left = np.linalg.norm(np.einsum("nij,nj->ni", turn[first], one) - two, axis=1)
    wide = np.sqrt(np.maximum(np.linalg.eigvalsh(spread)[:, 1], 0))
    good = ~still & (sizes >= 3) & (wide >= SPREAD_M) & (np.maximum.reduceat(left, starts) < RIGID_M)
    owner = owners[starts[good]]
    moves[owner, :, :3] = turn[good]
    moves[owner, :, 3] = other[good] - np.einsum("nij,nj->ni", turn[good], middle[good])
    return moves


def seen_at(sight: Sight, points: NDArray[Number]) -> NDArray[Number]:
    """Return where points on the stage are in the picture: (3, n) pixels across and down, metres of depth.

    Args:
        sight: of the frame.
        points: (3, n) metres.
    """
    turn, place = sight.turn.astype(points.dtype), sight.place.astype(points.dtype)
    x, y, depth = turn @ (points - place[:, None])
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(depth > 1e-6, 1 / depth, np.nan)
        across = x * (float(sight.focal[0]) * scale) + float(sight.middle[0])
        down = y * (float(sight.focal[1]) * scale) + float(sight.middle[1])
    return np.stack([across, down, depth]).astype(points.dtype)
