"""Find the materials of a show: patches of all frames fall into groups, and of each group the best piece is cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2
from scipy.ndimage import uniform_filter

from rushes.departments.previs.look.patches import Patches
from rushes.departments.previs.look.tones import Floats

UNEVEN_STOPS = 0.35
"""Between the quarters of a patch: above it, it shows an edge and not a material."""

CELL = 6.0
"""Of the grid on which crowds are thinned: a wall of ten thousand patches must not be five materials."""

UNEVEN_LAB = 9.0
"""Standard deviation between the patches of a piece at which it counts half."""

WINDOWS = (10, 8, 6, 4, 3)
"""Patches along the side of a piece that is cut out, the largest first."""

BLOWN_L = 99.8
"""Lightness above which a picture holds no material any more."""

LIKE = 16.0
"""How far from the middle of its group, in the units of `Patches.features`, a patch still is that material."""

LEAST_ALIKE = 0.35
"""Of a piece that is cut out, on the mean."""


@dataclass(frozen=True, eq=False)
class Material:
    """A group of patches, and the piece that shows it best.

    Attributes:
        lab: (3,) mean CIE Lab.
        contrast: mean, stops.
        grain: 0 to 1: the part of the contrast that is fine.
        share: of all even patches.
        frames: places of the frames that it was found in.
        frame: place of the frame that it is cut from.
        square: left, top and side of that cut, pixels of the frame.
    """

    lab: Floats
    contrast: float
    grain: float
    share: float
    frames: tuple[int, ...]
    frame: int
    square: tuple[int, int, int]


def discover(frames: Sequence[Patches], count: int, *, seed: int) -> list[Material]:
    """Return the materials of a show, the most common first.

    Args:
        frames: their patches.
        count: groups that are looked for; those without a piece that could be cut are left out.
        seed: of the first guess.
    """
    features = [one.features() for one in frames]
    even = [(one.coarse < UNEVEN_STOPS).ravel() & (one.lab[..., 0] < BLOWN_L).ravel() for one in frames]
    known = np.concatenate([one[mask] for one, mask in zip(features, even, strict=True)])
    if not len(known):
        known = np.concatenate(features)
    thinned = _thinned(known, seed)
    centres = _centres(thinned, min(count, len(thinned)), seed)
    labels = [
        np.where(mask, _nearest(one, centres), -1).reshape(frame.grid)
        for one, mask, frame in zip(features, even, frames, strict=True)
    ]
    found = [_material(group, frames, labels, centre=centre) for group, centre in enumerate(centres)]
    return sorted((one for one in found if one), key=lambda one: (-one.share, one.frame, one.square))


def _thinned(features: Floats, seed: int) -> Floats:
    """Keep of every cell of the grid about the root of its crowd, so that a mug counts beside a wall."""
    cells = np.floor(features / CELL).astype(np.int64)
    _, place, crowd = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    chance = 1 / np.sqrt(crowd[place.ravel()])
    kept = np.random.default_rng(seed).random(len(features)) < chance
    return np.ascontiguousarray(features[kept])


def _centres(features: Floats, count: int, seed: int) -> Floats:
    if len(np.unique(features, axis=0)) <= count:
        return np.unique(features, axis=0)
    rng = np.random.default_rng(seed)
    centres, labels = kmeans2(features, count, iter=25, minit="++", rng=rng)
    return np.asarray(centres[np.unique(labels)], np.float32)


def _nearest(features: Floats, centres: Floats) -> NDArray[np.int32]:
    apart = (centres**2).sum(axis=1) - 2 * features @ centres.T
    return np.asarray(apart.argmin(axis=1), np.int32)


def _material(
    group: int, frames: Sequence[Patches], labels: Sequence[NDArray[np.int32]], *, centre: Floats
) -> Material | None:
    masks = {place: labels[place] == group for place in range(len(frames))}
    masks = {place: mask for place, mask in masks.items() if mask.any()}
    if not masks:
        return None
    patches = {place: int(mask.sum()) for place, mask in masks.items()}
    total = sum(int((label >= 0).sum()) for label in labels)
    lab, contrast, coarse = (
        np.concatenate([getattr(frames[place], name)[mask] for place, mask in masks.items()])
        for name in ("lab", "contrast", "coarse")
    )
    cut = _best_cut({place: frames[place] for place in masks}, centre, contrast=float(np.median(contrast)))
    if cut is None:
        return None
    fine = np.sqrt(np.maximum(contrast**2 - coarse**2, 0))
    most = max(patches.values())
    seen = tuple(place for place, number in patches.items() if number >= max(2, 0.02 * most))
    return Material(
        lab=np.asarray(lab.mean(axis=0), np.float32),
        contrast=float(contrast.mean()),
        grain=float(fine.mean() / max(contrast.mean(), 1e-6)),
        share=sum(patches.values()) / total,
        frames=tuple(sorted({*seen, cut[0]})),
        frame=cut[0],
        square=cut[1],
    )


def _best_cut(
    frames: Mapping[int, Patches], centre: Floats, *, contrast: float
) -> tuple[int, tuple[int, int, int]] | None:
    """Return the frame and the square that show a material best: pure, large, evenly lit, and not out of focus."""
    best: tuple[float, int, tuple[int, int, int]] | None = None
    for place, frame in frames.items():
        apart = ((frame.features() - centre) ** 2).sum(axis=1).reshape(frame.grid)
        like = np.exp(-0.5 * apart / LIKE**2) * (frame.lab[..., 0] < BLOWN_L)
        detail = np.minimum(frame.contrast / max(contrast, 1e-3), 1.5)
        for window in (one for one in WINDOWS if one <= min(frame.grid)):
            alike, sharp = _means(like, window), _means(detail, window)
            uneven = sum(
                _means(plane**2, window) - _means(plane, window) ** 2 for plane in np.moveaxis(frame.lab, 2, 0)
            )
            score = alike**3 * (window * frame.side) ** 0.8 * (0.4 + 0.6 * sharp) / (1 + uneven / UNEVEN_LAB**2)
            score[alike < LEAST_ALIKE] = 0
            row, column = np.unravel_index(int(score.argmax()), score.shape)
            value = float(score[row, column])
            if value > 0 and (best is None or value > best[0] * 1.0001):
                best = value, place, (int(column) * frame.side, int(row) * frame.side, window * frame.side)
    return None if best is None else (best[1], best[2])


def _means(plane: NDArray[np.generic], window: int) -> NDArray[np.float64]:
    """Return the mean over every window by its first row and column."""
    rows, columns = plane.shape
    centred = uniform_filter(plane.astype(np.float64), window, mode="constant", origin=0)
    first = window // 2
    return np.array(centred[first : first + rows - window + 1, first : first + columns - window + 1])


def _varies(plane: Floats, window: int) -> NDArray[np.float64]:
    return np.maximum(_means(plane**2, window) - _means(plane, window) ** 2, 0)
