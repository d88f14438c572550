"""Where one frame's content is seen again in another: geometry voted by features, colours read off in patches."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import uniform_filter
from skimage.feature import match_descriptors
from skimage.transform import AffineTransform, ProjectiveTransform, warp

from rushes.departments.look.look import Floats
from rushes.departments.look.sighting import Doubles, Sighting

Geometry = AffineTransform | ProjectiveTransform

FEWEST_VOTES = 14
"""Features that must agree on one geometry. Look-alikes (three bottles of one kind) were seen to gather 13."""

NEAR = 5.0
"""Pixels within which a feature agrees."""

MOST_GEOMETRIES = 3
"""Per pair of frames: planes at different depths, things that moved."""

GRID = 8
"""Pixels between patches."""

PLENTY = 4000
"""Patches after which no further frame of the hero is looked at."""


@dataclass(frozen=True)
class Correspondence:
    """Patches of the same content in the shot and in the hero.

    Attributes:
        before: (n, 3) mean code values in the shot.
        after: (n, 3) mean code values in the hero.
        spread: (n,) how much colour varies within the patch; at an edge a small misfit shows.
        place: (n, 2) column and row in the shot, 0 to 1.
        votes: features behind the best geometry.
    """

    before: Doubles
    after: Doubles
    spread: Doubles
    place: Doubles
    votes: int

    def __len__(self) -> int:
        return len(self.before)


def correspond(shot: Sequence[Sighting], hero: Sequence[Sighting]) -> Correspondence:
    """Find the content that frames of a shot share with frames of the hero shot.

    Args:
        shot: a few frames, spread over the shot.
        hero: a few frames of the hero.

    Returns:
        No patch at all where nothing was recognised.
    """
    found: list[Doubles] = []
    votes = 0
    for other in hero:
        if sum(map(len, found)) >= PLENTY:
            break
        for one in shot:
            for geometry, agreeing in geometries(one, other):
                found.append(_patches(one, other, geometry))
                votes = max(votes, agreeing)
    columns = np.concatenate(found) if found else np.zeros((0, 9))
    return Correspondence(columns[:, :3], columns[:, 3:6], columns[:, 6], columns[:, 7:9], votes)


def geometries(one: Sighting, other: Sighting) -> list[tuple[Geometry, int]]:
    """Return the ways in which one frame lies in the other, each with the number of features that agree on it.

    Every matched feature proposes a place, size and turn of its own; the proposal that most others agree with wins.
    Nothing is drawn at random, and one feature in twenty being right is enough.
    """
    if min(len(one.spots), len(other.spots)) < FEWEST_VOTES:
        return []
    pairs = match_descriptors(one.marks, other.marks, cross_check=True, max_ratio=0.88)
    found: list[tuple[Geometry, int]] = []
    while len(pairs) >= FEWEST_VOTES and len(found) < MOST_GEOMETRIES:
        geometry, agreeing = _elected(one, other, pairs)
        if geometry is None or agreeing.sum() < FEWEST_VOTES:
            break
        found.append((geometry, int(agreeing.sum())))
        pairs = pairs[~agreeing]
    return found


def _elected(
    one: Sighting, other: Sighting, pairs: npt.NDArray[np.intp]
) -> tuple[Geometry | None, npt.NDArray[np.bool_]]:
    spots, seen = one.spots[pairs[:, 0]], other.spots[pairs[:, 1]]
    agreeing = _most_agreed(one, other, pairs)
    geometry: Geometry | None = None
    for near in (2 * NEAR, NEAR, NEAR / 2, NEAR / 2):
        if agreeing.sum() < FEWEST_VOTES:
            return None, agreeing
        geometry = AffineTransform.from_estimate(spots[agreeing], seen[agreeing])
        if not _plausible(geometry):
            return None, agreeing
        agreeing = np.hypot(*(geometry(spots) - seen).T) < near
    if agreeing.sum() < FEWEST_VOTES:
        return None, agreeing
    leaning = ProjectiveTransform.from_estimate(spots[agreeing], seen[agreeing])
    if leaning:
        agreeing_too = np.hypot(*(leaning(spots) - seen).T) < NEAR / 2
        if agreeing_too.sum() >= agreeing.sum():
            return leaning, agreeing_too
    return geometry, agreeing


def _most_agreed(one: Sighting, other: Sighting, pairs: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    first, second = pairs.T
    # places as complex numbers: a turn and a change of size are one multiplication
    spots = one.spots[first] @ (1, 1j)
    seen = other.spots[second] @ (1, 1j)
    turns = np.exp(-1j * (other.turns[second] - one.turns[first])) * other.sizes[second] / one.sizes[first]
    votes = np.abs(turns[:, None] * (spots[None] - spots[:, None]) + seen[:, None] - seen[None]) < 2 * NEAR
    return np.asarray(votes[votes.sum(axis=1).argmax()])


def _plausible(geometry: Geometry | None) -> bool:
    if not geometry:
        return False
    linear = geometry.params[:2, :2]
    largest, smallest = np.linalg.svd(linear, compute_uv=False)
    return bool(smallest > 0.15 and largest < 6 and largest < 2 * smallest and np.linalg.det(linear) > 0)


def _patches(one: Sighting, other: Sighting, geometry: Geometry) -> Doubles:
    rows, columns = one.plain.shape
    layers = np.dstack([other.pixels, other.plain, other.burnt, np.ones_like(other.plain)]).astype(np.float32)
    moved = warp(layers, geometry, output_shape=(rows, columns), cval=0, order=1).astype(np.float32)
    inside = (moved[..., 5] > 0.999) & (moved[..., 4] < 0.01) & ~one.burnt
    same = uniform_filter((inside & _alike(one.plain, moved[..., 3])).astype(np.float32), 9) > 0.97
    down, across = np.mgrid[GRID // 2 : rows : GRID, GRID // 2 : columns : GRID].reshape(2, -1)
    kept = same[down, across]
    down, across = down[kept], across[kept]
    before, before_spread = _averaged(one.pixels, down, across)
    after, after_spread = _averaged(moved[..., :3], down, across)
    spread = np.maximum(before_spread, after_spread)
    return np.column_stack([before, after, spread, across / columns, down / rows]).astype(np.float64)


def _alike(one: Floats, other: Floats) -> npt.NDArray[np.bool_]:
    """Where two evened pictures show the same: in detail, or by their surroundings where there is no detail."""
    fine, structure = _correlation(one, other, 9)
    wide, _ = _correlation(one, other, 33)
    return ((fine > 0.85) & (structure > 1e-4)) | ((wide > 0.8) & (fine > 0)) | ((wide > 0.85) & (structure < 2e-4))


def _correlation(one: Floats, other: Floats, size: int) -> tuple[Floats, Floats]:
    means = uniform_filter(one, size), uniform_filter(other, size)
    spreads = [uniform_filter(x * x, size) - mean * mean for x, mean in zip((one, other), means, strict=True)]
    together = uniform_filter(one * other, size) - means[0] * means[1]
    apart = np.sqrt(np.maximum(spreads[0], 1e-8) * np.maximum(spreads[1], 1e-8))
    return together / apart, np.minimum(spreads[0], spreads[1])


def _averaged(pixels: Floats, down: npt.NDArray[np.intp], across: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    mean = uniform_filter(pixels, (7, 7, 0))
    spread = uniform_filter(pixels**2, (7, 7, 0)) - mean**2
    return mean[down, across], np.sqrt(np.maximum(spread[down, across].mean(axis=1), 0))
