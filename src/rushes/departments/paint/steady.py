"""Flicker: how much of it a fix has beyond what the plate does by itself, and how its neighbours take it out."""

from collections.abc import Sequence

import cv2
import numpy as np

from rushes.departments.department import Plate
from rushes.departments.paint.motion import Floats, Motion, key_of, motion_between, shrunk, sight, stretched, warped

LONGEST = 480
"""Pixels of the longer side at which flicker is measured: small, so that grain averages out."""

TOLERANCE = 0.1
"""Difference, in codes or in mattes, from which two frames are taken to show different things."""


def flicker_map(
    before: tuple[Plate, Plate], now: tuple[Plate, Plate], motion: Motion | None = None, *, longest: int = LONGEST
) -> Floats:
    """Return where a fix flickers more than its plate does, in stops.

    The change that was made, in stops, is followed from the frame before; what has become of it, less what has become
    of the plate in the same way, is flicker. A grade that holds still has none, whatever the grain does.

    Args:
        before: plate and result of the frame before, (3, height, width) scene-linear.
        now: plate and result of this frame.
        motion: from this frame to the one before, of `motion_between`; found if not given.
        longest: pixels of the longer side, where no motion is given.

    Returns:
        (h, w) float32, 0 up, at the size of the motion; mean of the three channels.
    """
    if motion is None:
        motion = motion_between(now[0], before[0], longest=longest)[0]
    # one key for all four, or an exposure that drifts would look like a change of the fix
    key = key_of(now[0])
    (plate_before, result_before), (plate_now, result_now) = (
        [sight(picture, longest=max(motion.flow.shape), key=key) for picture in pair] for pair in (before, now)
    )
    of_the_change = unrest(result_before - plate_before, result_now - plate_now, motion)
    beyond = of_the_change - unrest(plate_before, plate_now, motion)
    return np.asarray(np.maximum(beyond, 0), np.float32)


def flicker_of(
    before: tuple[Plate, Plate],
    now: tuple[Plate, Plate],
    matte: Floats,
    *,
    motion: Motion | None = None,
    longest: int = LONGEST,
) -> float:
    """Return how much a fix flickers beyond what its plate does, in stops, within a matte.

    The mean of `flicker_map`, weighted by the matte and by how far the motion may be believed; 0 where neither leaves
    anything.

    Args:
        before: plate and result of the frame before, (3, height, width) scene-linear.
        now: plate and result of this frame.
        matte: (height, width), 0 to 1, where the fix applies in this frame.
        motion: from this frame to the one before, of `motion_between`; found if not given.
        longest: pixels of the longer side, where no motion is given.
    """
    if motion is None:
        motion = motion_between(now[0], before[0], longest=longest)[0]
    weights = shrunk(matte, max(motion.flow.shape)) * motion.belief
    return _mean(flicker_map(before, now, motion), weights)


def matte_flicker_of(before: Floats, now: Floats, motion: Motion) -> float:
    """Return which share of some mattes, 0 to 1, comes or goes from one frame to the next where nothing moved so.

    Args:
        before: (k, height, width) mattes of the frame before.
        now: those of this frame.
        motion: from this frame to the one before.
    """
    before, now = (shrunk(mattes, max(motion.flow.shape)) for mattes in (before, now))
    covered = np.maximum(warped(before, motion.flow), now).mean(axis=0)
    came_or_went = unrest(before, now, motion) * motion.belief
    return float(came_or_went.sum() / max((covered * motion.belief).sum(), 1e-6))


def unrest(before: Floats, now: Floats, motion: Motion) -> Floats:
    """Return how far a picture differs from the one before seen through the motion, in its own unit.

    Args:
        before: (channels, h, w) at the size of the motion.
        now: the same.
        motion: from this frame to the one before.

    Returns:
        (h, w) float32, 0 up; mean of the channels.
    """
    return np.asarray(np.abs(now - warped(before, motion.flow)).mean(axis=0), np.float32)


def steadied(now: Floats, neighbours: Sequence[tuple[Floats, Motion]], *, tolerance: float = TOLERANCE) -> Floats:
    """Take flicker out of what was made of a frame, by what was made of its neighbours.

    Each neighbour, seen through the motion, counts as far as the motion may be believed and as it is like this frame:
    what differs by more than the tolerance stays as it is, so nothing is doubled. Only where two neighbours or more
    agree among themselves is this frame taken for the one that is wrong. The correction is found at the size of the
    motion and added to this frame, which keeps its detail.

    Args:
        now: (channels, height, width) float32: changes in codes, mattes; of one meaning and scale per channel. It is
            changed in place: an 8K frame has no room for one more.
        neighbours: the same of frames beside it, each with the motion from this frame to that one.
        tolerance: in the unit of the channels.

    Returns:
        `now`; as it was without neighbours, and 0 where all of them are 0.
    """
    if not neighbours:
        return now
    size = neighbours[0][1].flow.shape[1:]
    small = shrunk(now, max(size))
    others = np.stack([warped(shrunk(made, max(size)), motion.flow) for made, motion in neighbours])
    beliefs = np.stack([motion.belief for _, motion in neighbours])
    weights = beliefs * np.stack([_alike(other, small, tolerance) for other in others])
    own = np.ones(size, np.float32)
    if len(others) > 1:
        middle = _mixed(others, beliefs, beliefs.sum(axis=0) + np.float32(1e-6))
        agreed = beliefs.min(axis=0) * np.min([_alike(other, middle, tolerance) for other in others], axis=0)
        weights = np.maximum(weights, agreed * beliefs)
        own = 1 - agreed * (1 - _alike(small, middle, tolerance))
    correction = _mixed(others - small, weights, own + weights.sum(axis=0) + np.float32(1e-6))
    for channel, change in zip(now, correction, strict=True):
        np.add(channel, stretched(np.asarray(change, np.float32), now.shape[1:]), out=channel)
    return now


def _alike(one: Floats, other: Floats, tolerance: float) -> Floats:
    """Return (h, w) from 1, the same in every channel and around, to 0."""
    apart = cv2.blur(np.abs(one - other).max(axis=0), (3, 3), borderType=cv2.BORDER_REPLICATE)
    return np.asarray(np.exp(-np.square(apart / tolerance)), np.float32)


def _mixed(pictures: Floats, weights: Floats, total: Floats) -> Floats:
    return np.asarray(np.einsum("nchw,nhw->chw", pictures, weights) / total, np.float32)


def _mean(picture: Floats, weights: Floats) -> float:
    total = float(weights.sum(dtype=np.float64))
    return float((picture * weights).sum(dtype=np.float64)) / total if total > 0 else 0.0
