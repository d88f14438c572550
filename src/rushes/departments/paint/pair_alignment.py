"""Does an `after` lie where its `before` does, in place and in time? Asked of fine detail, which few edits move."""

from collections.abc import Mapping

import cv2
import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate
from rushes.departments.paint.encoding import encoded

Floats = npt.NDArray[np.float32]
Matte = npt.NDArray[np.float32]

DETAIL = 9
"""Pixels across, of whose mean detail is what differs."""

TILE = 256
"""Pixels a side of the parts that are laid over each other: shifts of a quarter of it are found."""

MOST_TILES = 9
"""The ones with most detail are asked."""

AGREE_WITHIN, AGREE_SHARE = 0.3, 0.6
"""Pixels, and share of the parts: where they do not agree, it is no shift of the frame but something that moves."""

LEAST_UNCHANGED = 0.1
"""Share of the frame; where less is unchanged, all of it is asked."""

LEAST_SHIFT = 0.15
"""Pixels: less is not told from noise."""

CLEARLY = 0.7
"""What is left of the difference once a frame is moved, or exchanged for its neighbour, if that was what was wrong."""

LARGEST = 0.05
"""Paint codes at which a difference stops counting: an edit is large, but it is not everywhere."""


def shift_between(before: Plate, after: Plate, area: Matte) -> tuple[float, float] | None:
    """Find by how many pixels `after` was moved against `before`.

    Args:
        before: `(3, height, width)`, scene-linear.
        after: the same size.
        area: `(height, width)`, 1 where the artist changed something: is not asked.

    Returns:
        Pixels right and down; None where it lies well, or where nothing can be said.
    """
    one, other = detail_of(before), detail_of(after)
    unchanged = (area < 0.5).astype(np.float32)
    if unchanged.mean() < LEAST_UNCHANGED:
        unchanged = np.ones_like(unchanged)
    found = np.array([_shift(one[tile], other[tile]) for tile in _tiles(one * unchanged)])
    if not len(found):
        return None
    right, down = (float(middle) for middle in np.median(found, axis=0))
    agreeing = np.hypot(*(found - (right, down)).T) < AGREE_WITHIN
    if max(abs(right), abs(down)) < LEAST_SHIFT or agreeing.mean() < AGREE_SHARE:
        return None
    back = np.array([[1, 0, -right], [0, 1, -down]], np.float32)
    moved = cv2.warpAffine(other, back, other.shape[::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    # a blurred or sharpened frame has a say in neither way, nor has one that shows something else
    if _apart(one, np.asarray(moved, np.float32), unchanged) > CLEARLY * _apart(one, other, unchanged):
        return None
    return right, down


def frame_that_fits(before: Plate, after: Plate, neighbours: Mapping[int, Plate], *, area: Matte) -> int | None:
    """Return which neighbour's plate `after` was painted on rather than on `before`; None if it was `before`.

    Args:
        before: `(3, height, width)`, scene-linear.
        after: the same size.
        neighbours: by frame number; those of another size are passed over.
        area: `(height, width)`, 1 where `after` differs from `before`.
    """
    # detail is told from the pixels around, so those beside the edit have something of it
    around = np.ones((DETAIL + 2, DETAIL + 2), np.uint8)
    wanted, unchanged = detail_of(after), cv2.erode((area < 0.5).astype(np.float32), around)

    def fits(plate: Plate) -> tuple[float, float]:
        detail = detail_of(plate)
        return _apart(wanted, detail, np.ones_like(unchanged)), _apart(
            wanted, detail, np.asarray(unchanged, np.float32)
        )

    mine, outside = fits(before)
    for number, plate in neighbours.items():
        if plate.shape == before.shape:
            theirs, theirs_outside = fits(plate)
            # what was painted out may be missing from a neighbour; but then all else fits worse
            if theirs < CLEARLY * mine and theirs_outside <= outside:
                return number
    return None


def detail_of(plate: Plate) -> Floats:
    """Return the fine detail of a plate, `(height, width)`, in paint codes of its grey."""
    grey = np.nan_to_num(plate.mean(axis=0), nan=0.0, posinf=0.0, neginf=0.0)
    codes = encoded(grey)
    return codes - cv2.blur(codes, (DETAIL, DETAIL))


def _tiles(detail: Floats) -> list[tuple[slice, slice]]:
    height, width = detail.shape
    high, wide = min(TILE, height), min(TILE, width)
    tiles = [
        (slice(top, top + high), slice(left, left + wide))
        for top in range(0, height - high + 1, high)
        for left in range(0, width - wide + 1, wide)
    ]
    lively = sorted(((float(detail[tile].std()), tile) for tile in tiles), key=lambda each: -each[0])
    return [tile for much, tile in lively[:MOST_TILES] if much > 1e-5]


def _shift(one: Floats, other: Floats) -> tuple[float, float]:
    window = cv2.createHanningWindow(one.shape[::-1], cv2.CV_32F)
    (right, down), _ = cv2.phaseCorrelate(np.ascontiguousarray(one), np.ascontiguousarray(other), window)
    return right, down


def _apart(one: Floats, other: Floats, weight: Floats) -> float:
    return float((np.minimum(np.abs(one - other), LARGEST) * weight).sum() / max(float(weight.sum()), 1.0))
