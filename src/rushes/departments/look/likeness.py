"""What two shots' colours say about each other where no content is seen twice: little, and only if they are alike."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from rushes.departments.look.arithmetic import LUMA
from rushes.departments.look.look import Floats
from rushes.departments.look.sighting import Doubles
from rushes.departments.look.trim import UNMOVED, USUAL, cdl_from_moves, graded

FREE = np.array([1, 1, 1, 0, 0, 0, 0, 0, 0, 1], bool)
"""Exposure, white balance and saturation. Contrast is left out: other content has other contrast."""

DIRECTIONS = np.array(
    [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, -1, 0], [1, 0, 1], [1, 0, -1], [0, 1, 1], [0, 1, -1]], float
) / np.sqrt([1, 1, 1, 2, 2, 2, 2, 2, 2])[:, None]  # fmt: skip
"""Along which the colours are laid out and compared: lightness, red, blue, and between them."""

SHARES = np.linspace(0.03, 0.97, 33)

LOOKED_AT = 6000
"""Pixels of each shot that are compared."""


@dataclass(frozen=True)
class Likeness:
    """How alike the colours of two shots are once exposure, balance and saturation are made equal.

    Attributes:
        moves: (10,) that make them as equal as they get.
        before: how far the distributions lie apart, about in ΔE.
        after: what no such trim takes away: the content differs by this.
    """

    moves: Doubles
    before: float
    after: float


def likeness(shot: Floats, hero: Floats) -> Likeness:
    """Compare the colours of two shots.

    Args:
        shot: (n, 3) float32 code values of a log encoding.
        hero: (m, 3) float32, likewise.
    """
    before, after = _thinned(shot), _thinned(hero)
    wanted = _laid_out(after)

    def misses(tried: Doubles) -> Doubles:
        trimmed = graded(cdl_from_moves(_all_moves(tried)), before)
        return np.concatenate([(_laid_out(trimmed) - wanted).ravel(), 0.5 * tried])

    found = least_squares(misses, np.zeros(int(FREE.sum())), method="lm", max_nfev=200).x
    distances = [float(np.linalg.norm(misses(tried)[: wanted.size])) for tried in (np.zeros_like(found), found)]
    return Likeness(_all_moves(found), distances[0], distances[1])


def _all_moves(tried: Doubles) -> Doubles:
    moves = UNMOVED.copy()
    moves[FREE] = tried * USUAL[FREE]
    return moves


def _laid_out(pixels: Doubles) -> Doubles:
    luma = pixels @ LUMA
    opponent = np.stack([luma, 2 * (pixels[:, 0] - luma), 2 * (pixels[:, 2] - luma)], axis=-1)
    return np.asarray(np.quantile(opponent @ DIRECTIONS.T, SHARES, axis=0) * (200 / np.sqrt(33 * len(DIRECTIONS))))


def _thinned(pixels: Floats) -> Doubles:
    flat = pixels.reshape(-1, 3)
    return flat[:: max(1, len(flat) // LOOKED_AT)].astype(np.float64)
