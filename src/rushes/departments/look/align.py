"""Do two frames show the same picture, and where does one lie on the other? Asked of edges, which a grade keeps."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import affine_transform, gaussian_filter
from skimage.registration import phase_cross_correlation
from skimage.transform import resize

from rushes.departments.look.arithmetic import LUMA
from rushes.departments.look.look import Floats

ENOUGH = 0.45
"""Agreement at which two frames count as one picture; strangers stay below 0.2, H.264 and grain above 0.6."""

PROXY = 320
"""Width of the small pictures that are compared."""

SCALES = np.geomspace(0.75, 1.0 / 0.75, 25)
"""Re-framings that are tried when a shift alone does not explain the pair."""


@dataclass(frozen=True)
class Alignment:
    """Where the second frame lies on the first.

    Attributes:
        shift: rows and columns, in pixels of the first frame, by which the second has to be moved.
        scale: by which it has to be enlarged, about its centre.
        agreement: of edge directions once that is done: 1 is the same picture, 0 is none of it.
        as_it_came: the agreement before anything was moved.
    """

    shift: tuple[float, float]
    scale: float
    agreement: float
    as_it_came: float

    @property
    def corresponds(self) -> bool:
        """The frames show the same picture, moved or not."""
        return self.agreement >= ENOUGH

    @property
    def moved(self) -> bool:
        """The second frame has to be moved to lie on the first."""
        return self.shift != (0.0, 0.0) or self.scale != 1.0


def align(before: Floats, after: Floats) -> Alignment:
    """Find where `after` lies on `before`.

    Args:
        before: (height, width, 3) float32 code values.
        after: the same size, any grade of the same picture.
    """
    one, other = _edges(before), _edges(after)
    per_pixel = before.shape[1] / one.shape[2]
    as_it_came = _agreement(one, other)
    shift, agreement = _shifted(one, other)
    if agreement <= as_it_came + 0.01:
        shift, agreement = (0.0, 0.0), as_it_came
    scale = 1.0
    if agreement < ENOUGH:
        scale, shift, agreement = max(
            ((float(scale), *_shifted(one, _scaled(other, float(scale)))) for scale in SCALES),
            key=lambda found: found[2],
        )
        if agreement < ENOUGH:
            scale, shift = 1.0, (0.0, 0.0)
    return Alignment((shift[0] * per_pixel, shift[1] * per_pixel), scale, agreement, as_it_came)


def moved_onto(after: Floats, alignment: Alignment) -> tuple[Floats, np.ndarray]:
    """Move the second frame onto the first.

    Returns:
        The moved frame, and `(height, width)` bool: where it covers the first one.
    """
    if not alignment.moved:
        return after, np.ones(after.shape[:2], bool)
    matrix, offset = _back(after.shape[:2], alignment.scale, alignment.shift)
    moved = np.stack([affine_transform(after[..., c], matrix, offset, order=1, cval=np.nan) for c in range(3)], axis=-1)
    covered = np.isfinite(moved).all(axis=-1)
    return np.where(covered[..., None], moved, 0).astype(np.float32), covered


def _back(size: tuple[int, ...], scale: float, shift: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    centre = (np.array(size) - 1) / 2
    return np.full(2, 1 / scale), centre - (centre + np.array(shift)) / scale


def _edges(picture: Floats) -> Floats:
    luma = np.nan_to_num(picture @ LUMA, posinf=0.0, neginf=0.0)
    height, width = luma.shape
    small = min(1.0, PROXY / width)
    if small < 1.0:
        luma = resize(luma, (max(8, round(height * small)), PROXY), order=1, anti_aliasing=True)
    rows, columns = np.gradient(gaussian_filter(luma, 0.8))
    return np.stack([rows, columns]).astype(np.float32)


def _agreement(one: Floats, other: Floats) -> float:
    lengths = np.sqrt((one**2).sum(axis=0) * (other**2).sum(axis=0))
    # a strong edge of the one counts no more than ten times the ordinary, or a single contour decides alone
    lengths = np.minimum(lengths, 10 * (np.median(lengths) + 1e-9))
    dot = (one * other).sum(axis=0)
    cross = one[0] * other[1] - one[1] * other[0]
    doubled = (dot**2 - cross**2) / (dot**2 + cross**2 + 1e-20)
    return float((lengths * doubled).sum() / (lengths.sum() + 1e-20))


def _shifted(one: Floats, other: Floats) -> tuple[tuple[float, float], float]:
    strengths = [np.sqrt(np.hypot(*edges)) for edges in (one, other)]
    shift = phase_cross_correlation(strengths[0], strengths[1], upsample_factor=10, normalization=None)[0]
    place = (float(shift[0]), float(shift[1]))
    if max(abs(place[0]) / one.shape[1], abs(place[1]) / one.shape[2]) > 0.25:
        return (0.0, 0.0), _agreement(one, other)
    return place, _agreement(one, _scaled(other, 1.0, place))


def _scaled(edges: Floats, scale: float, shift: tuple[float, float] = (0.0, 0.0)) -> Floats:
    matrix, offset = _back(edges.shape[1:], scale, shift)
    return np.stack([affine_transform(part, matrix, offset, order=1) for part in edges])
