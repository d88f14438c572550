"""The pixels at the edges of things, which hold two colours: told apart before paint is carried, mixed again after.

How a greybox edge is mixed says how a painted one is to be: so edges stay exactly where the greybox has them.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float32]
Ids = NDArray[np.uint16]
Mask = NDArray[np.bool_]
AROUND = tuple((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1) if (y, x) != (0, 0))
BREAK = 0.03
"""Share of its depth by which a pixel leaves the plane of its neighbours where a thing hides a part of itself."""

CORNER_COUNTS = 0.2
"""How much what stands at a pixel's corner counts beside what stands at its side."""

CREASE = 0.7
"""Cosine between two normals below which a pixel beside is of another side of the same thing."""

UNSURE = 3e-4
"""Squared difference of two greys below which their mixture says little about where the edge runs."""

BESIDE_SHARE, CORNER_SHARE, LEAST_SHARE = 0.66, 0.97, 0.4
"""How much of an edge pixel is its own, if nothing says more: another thing beside it, or at its corner; and the least
that can be, for its middle is its own."""


def whole_pixels(passes: Passes) -> Mask:
    """Return which pixels hold one thing's colour only, (height, width)."""
    ids = passes.ids
    whole = np.ones(ids.shape, bool)
    for axis in (0, 1):
        same = np.diff(ids.astype(np.int32), axis=axis) == 0
        for side in (np.s_[:-1], np.s_[1:]):
            whole[(slice(None),) * axis + (side,)] &= same
    with np.errstate(invalid="ignore", divide="ignore"):
        near = 1 / passes.depth
    for axis in (0, 1):
        bend = np.abs(np.diff(near, 2, axis=axis))
        inner = (slice(None),) * axis + (np.s_[1:-1],)
        whole[inner] &= bend <= BREAK * near[inner]
    return whole


def unmixed(plate: Floats, passes: Passes, whole: Mask) -> tuple[Floats, Mask]:
    """Return a plate in which every edge pixel has the colour of the thing at its centre, as seen beside it.

    Args:
        plate: (channels, height, width) float32.
        passes: of the same frame, with ids and normal.
        whole: of `whole_pixels`.

    Returns:
        The same shape, and which pixels hold one colour now: what has no whole pixel within three keeps its mixture.
    """
    clean, good, ids, normal = plate.copy(), whole.copy(), passes.ids, passes.normal
    for _ in range(3):
        rows, columns = np.nonzero(~good)
        own, facing = ids[rows, columns], normal[:, rows, columns]
        total, count = np.zeros((len(plate), len(rows)), np.float32), np.zeros(len(rows), np.float32)
        for down, across in _beside(rows, columns, ids.shape):
            near = np.flatnonzero(good[down, across] & (ids[down, across] == own))
            y, x = down[near], across[near]
            flat = np.einsum("ij,ij->j", normal[:, y, x], facing[:, near]) > CREASE
            fits = (flat | (own[near] == 0)).astype(np.float32)
            total[:, near] += fits * clean[:, y, x]
            count[near] += fits
        found = count > 0
        clean[:, rows[found], columns[found]] = total[:, found] / count[found]
        good[rows[found], columns[found]] = True
    return clean, good


def mixed(plate: Floats, passes: Passes, *, grey: Floats, pure: Mask) -> Floats:
    """Return a plate whose edges are mixed as those of the greybox are.

    Args:
        plate: (3, height, width) scene-linear, each pixel of the thing at its centre only.
        passes: of the frame, with beauty and ids.
        grey: its beauty, unmixed.
        pure: which of its pixels are.
    """
    ids = passes.ids
    edge = np.zeros(ids.shape, bool)
    for y, x in AROUND:
        there, here = _shifted(y, x)
        edge[here] |= ids[here] != ids[there]
    rows, columns = np.nonzero(edge)
    others, usual = _across(ids, rows, columns)
    sums = np.zeros((2, 3, len(rows)), np.float32)
    for (down, across), other in zip(_beside(rows, columns, ids.shape), others, strict=True):
        sums += other * np.stack([grey[:, down, across], plate[:, down, across]])
    other_grey, other_paint = sums[0], sums[1]
    own, seen = grey[:, rows, columns], passes.beauty[:, rows, columns]
    apart = ((own - other_grey) ** 2).sum(axis=0)
    share = ((seen - other_grey) * (own - other_grey)).sum(axis=0) / np.maximum(apart, 1e-12)
    sure = np.where(pure[rows, columns], apart / (apart + UNSURE), 0)
    share = sure * np.clip(share, LEAST_SHARE, 1.0) + (1 - sure) * usual
    result = plate.copy()
    result[:, rows, columns] = share * plate[:, rows, columns] + (1 - share) * other_paint
    return result


def _across(ids: Ids, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return how much each of the eight about an edge pixel stands for the thing across the edge, and the usual share.

    Where three things meet it is the one that has most of them.
    """
    around = np.stack([ids[y, x] for y, x in _beside(rows, columns, ids.shape)])
    sides = np.array([1.0 if 0 in step else CORNER_COUNTS for step in AROUND], np.float32)[:, None]
    foreign = around != ids[rows, columns]
    votes = np.stack([(sides * (around == one)).sum(axis=0) for one in around]) * foreign
    chosen = np.take_along_axis(around, votes.argmax(axis=0)[None], axis=0)
    others = sides * (around == chosen)
    beside = (foreign & (sides == 1)).any(axis=0)
    usual = np.where(beside, BESIDE_SHARE, CORNER_SHARE).astype(np.float32)
    return (others / others.sum(axis=0)).astype(np.float32), usual


def _beside(
    rows: NDArray[np.intp], columns: NDArray[np.intp], shape: tuple[int, ...]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    for y, x in AROUND:
        yield np.clip(rows + y, 0, shape[0] - 1), np.clip(columns + x, 0, shape[1] - 1)


def _shifted(y: int, x: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    def cut(step: int) -> tuple[slice, slice]:
        return slice(max(step, 0), None if step >= 0 else step), slice(max(-step, 0), None if step <= 0 else -step)

    (there_y, here_y), (there_x, here_x) = cut(y), cut(x)
    return (there_y, there_x), (here_y, here_x)
