"""Parts of a picture found again in another: cropped, turned, covered in part, or set into a larger one.

Corners that both pictures show are matched one to one, and must agree on one way to move, turn and scale. That alone
would let a striped blind match a dozen others: they must also lie apart, and span an area, in both pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rushes.originality.pictures import Picture, grey_of

FEATURES = 8000
"""Corners that are looked for, before they are spread over the picture."""

CELL = 40
"""Pixels of a side of the cells over which corners are spread."""

A_CELL = 8
"""Corners kept in each, the strongest: so that a covered or blurred part does not take the rest with it."""

FAINTEST = 4
"""Difference in codes that makes a corner; the usual 20 finds none in soft pictures."""

LEAST_SIDE = 48
"""Pixels; a sliver has no room for corners."""

FARTHEST = 64
"""Bits of 256 in which two descriptions of one corner may differ."""

SLACK = 5.0
"""Pixels by which a matched corner may miss its place."""

APART = 6
"""Pixels of a side of the cells that are counted, so that twenty corners of one button count once."""

LEAST_CELLS = 15
"""Cells that must agree, in both pictures."""

LEAST_AREA = 3000.0
"""Square pixels that they must span, in both pictures; 0.9 % of 720 × 480."""

SCALES = (0.15, 6.5)
"""How much smaller or larger a part may come; beyond these, corners fall together by chance."""

ROWS = 48
"""Corners that are held against all others at a time: their differences stay in the cache of a core."""

Points = npt.NDArray[np.float32]
"""`(n, 2)` float32 pixels, across and down."""

Bits = npt.NDArray[np.uint8]
"""`(n, 32)` uint8: 256 bits each on how a corner looks."""

Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Landmarks:
    """Corners of a picture: where they are, and 256 bits each on how they look."""

    points: Points
    looks: Bits


@dataclass(frozen=True)
class Shared:
    """What two pictures share.

    Attributes:
        cells: distinct places that agree, the fewer of both pictures.
        here: outline of the shared part in the first picture, `(n, 2)` pixels of the longer side's 720.
        there: in the second.
        scale: pixels of the first for one of the second.
        degrees: by which it is turned.
    """

    cells: int
    here: Points
    there: Points
    scale: float
    degrees: float


def landmarks(picture: Picture) -> Landmarks:
    """Return the corners of a picture, evened out in contrast and spread over it.

    Args:
        picture: from `pictures.seen_picture`; left alone.

    References:
        [Rublee2011] ORB: an efficient alternative to SIFT or SURF, ICCV.
        [Zuiderveld1994] Contrast limited adaptive histogram equalization, Graphics Gems IV.
    """
    grey = grey_of(picture)
    if min(grey.shape) < LEAST_SIDE:
        return Landmarks(np.empty((0, 2), np.float32), np.empty((0, 32), np.uint8))
    even = cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey)
    orb = cv2.ORB.create(nfeatures=FEATURES, fastThreshold=FAINTEST)
    corners, looks = orb.compute(even, _spread(orb.detect(even, None)))
    points = np.array([corner.pt for corner in corners], np.float32).reshape(-1, 2)
    return Landmarks(points, np.empty((0, 32), np.uint8) if looks is None else np.asarray(looks, np.uint8))


def _spread(corners: Sequence[cv2.KeyPoint]) -> list[cv2.KeyPoint]:
    """Return the strongest few corners of every cell."""
    if not corners:
        return []
    across, down = np.array([corner.pt for corner in corners]).T.astype(np.int64) // CELL
    cells = down * (across.max() + 1) + across
    order = np.lexsort((-np.array([corner.response for corner in corners]), cells))
    starts = np.searchsorted(cells[order], cells[order])
    return [corners[place] for place in order[np.arange(len(order)) - starts < A_CELL]]


def shared(here: Landmarks, there: Landmarks) -> Shared | None:
    """Find what two pictures share; the same corners always give the same answer.

    Returns:
        Where it is in both, or None where too little agrees.
    """
    if min(len(here.points), len(there.points)) < LEAST_CELLS:
        return None
    mine, theirs = _one_to_one(here.looks, there.looks)
    if len(mine) < LEAST_CELLS:
        return None
    one, other = here.points[mine], there.points[theirs]
    way, agree = cv2.estimateAffinePartial2D(other, one, method=cv2.RANSAC, ransacReprojThreshold=SLACK)
    if way is None:
        return None
    held = agree.ravel().astype(bool)
    return _covering(one[held], other[held], np.asarray(way, np.float64))


def _one_to_one(here: Bits, there: Bits) -> tuple[Places, Places]:
    """Return the places of corners that are each other's nearest, and near enough."""
    mine, theirs = here.view(np.uint64), np.ascontiguousarray(there.view(np.uint64).T)
    apart = np.empty((len(mine), theirs.shape[1]), np.uint16)
    for start in range(0, len(mine), ROWS):
        rows = mine[start : start + ROWS]
        differ = (np.bitwise_count(rows[:, word, None] ^ theirs[word]) for word in range(4))
        apart[start : start + ROWS] = sum(differ, np.uint16(0))
    nearest, back = apart.argmin(axis=1), apart.argmin(axis=0)
    places = np.arange(len(mine))
    kept = (back[nearest] == places) & (apart[places, nearest] <= FARTHEST)
    return places[kept], nearest[kept]


def _covering(one: Points, other: Points, way: npt.NDArray[np.float64]) -> Shared | None:
    """Return what is shared, if it lies far enough apart and spans enough in both."""
    scale = float(np.hypot(way[0, 0], way[1, 0]))
    cells = min(_cells(one), _cells(other))
    if cells < LEAST_CELLS or not SCALES[0] <= scale <= SCALES[1]:
        return None
    hulls = [np.asarray(cv2.convexHull(points), np.float32).reshape(-1, 2) for points in (one, other)]
    if min(cv2.contourArea(hull) for hull in hulls) < LEAST_AREA:
        return None
    turned = float(np.degrees(np.arctan2(way[1, 0], way[0, 0])))
    return Shared(cells, hulls[0], hulls[1], scale, turned)


def _cells(points: Points) -> int:
    return len(np.unique((points // APART).astype(np.int64), axis=0))
