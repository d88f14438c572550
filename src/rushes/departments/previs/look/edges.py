"""Smooth the edges of a dressed frame as the greybox's were: a pixel is shared by the same two things in equal parts.

A dressed pixel is made of what its centre shows. The greybox's own picture tells how much of the pixel that is: it
lies between its two neighbours as far as its edge was blended.
"""

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.look.surfaces import Joins
from rushes.departments.previs.look.tones import Floats
from rushes.departments.previs.render.passes import Passes

STRIP = 4
"""Pixels to both sides along an edge that are asked where two things have one grey: they show how it runs."""

THIN = 0.35
"""The share of something so thin that it has no pixel of its own: a bevelled edge, a rope."""

SEEN_STEP = 4e-4
"""Of light, squared, between two things, below which their grey tells nothing."""


def smoothed(dressed: Floats, passes: Passes, joins: Joins) -> None:
    """Blend the pixels on edges in place.

    Args:
        dressed: (3, height, width) float32, contiguous: every pixel what its centre shows.
        passes: the greybox, its edges smooth, and its pieces.
        joins: where edges are.
    """
    height, width = dressed.shape[1:]
    pixels = height * width
    right = np.flatnonzero(np.pad(~joins.right, ((0, 0), (0, 1))))
    below = np.flatnonzero(~joins.down)
    at = np.concatenate([right, right + 1, below, below + width])
    away = np.concatenate([np.full(len(one), step) for one, step in ((right, 1), (right, -1), (below, width))]
        + [np.full(len(below), -width)])  # fmt: skip
    if not len(at):
        return
    hard, soft = dressed.reshape(3, pixels), passes.beauty.reshape(3, pixels)
    known = _share(soft, at, away, joined=_joined(joins))
    share = np.where(np.isnan(known), _along(passes.ids, at, away), known)
    change = (1 - share) * (hard[:, at + away] - hard[:, at])
    # where two edges meet in a pixel each tells the same share, of another neighbour: their mean is right
    change /= np.bincount(at, minlength=pixels)[at]
    for channel in range(3):
        hard[channel] += np.bincount(at, change[channel], minlength=pixels).astype(np.float32)


def _joined(joins: Joins) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, for every pixel, whether the next one to the right, and the next one below, is of its surface."""
    return np.pad(joins.right, ((0, 0), (0, 1))).ravel(), np.pad(joins.down, ((0, 1), (0, 0))).ravel()


def _share(
    beauty: Floats,
    at: NDArray[np.int64],
    away: NDArray[np.int64],
    *,
    joined: tuple[NDArray[np.bool_], NDArray[np.bool_]],
) -> Floats:
    """Return how much of each pixel is its own, the rest being that of the neighbour; NaN where greys do not say."""
    right, below = joined
    ahead, sideways = away > 0, np.abs(away) == 1
    # both things are looked at a pixel further in, where they are not blended; where there is no further, here
    before, after = np.where(ahead, at - away, at), at + np.where(ahead, away, 2 * away)
    wide = np.where(sideways, right[before], below[before])
    further = np.where(sideways, right[after], below[after])
    own = beauty[:, np.where(wide, at - away, at)]
    other = beauty[:, np.where(further, at + 2 * away, at + away)]
    between = own - other
    length = np.einsum("cn,cn->n", between, between)
    part = np.einsum("cn,cn->n", beauty[:, at] - other, between) / np.maximum(length, np.float32(SEEN_STEP))
    share = np.where(length > SEEN_STEP, np.clip(part, 0, 1), np.float32(np.nan))
    return np.where(wide, share, np.float32(THIN))


def _along(ids: NDArray[np.uint16], at: NDArray[np.int64], away: NDArray[np.int64]) -> Floats:
    """Return the share that the run of the edge suggests: half where it steps to the next pixel, all far from that."""
    flat = ids.ravel()
    beside = np.where(np.abs(away) == 1, ids.shape[1], 1)
    same = sum(
        (flat[np.clip(at + step * beside, 0, flat.size - 1)] == flat[at]).astype(np.float32)
        for step in range(-STRIP, STRIP + 1)
    )
    return np.asarray(np.maximum(np.float32(0.5), same / np.float32(2 * STRIP + 1)), np.float32)
