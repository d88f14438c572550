"""A trim in a colourist's moves, fitted so that it stays small unless the picture asks for more."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from rushes.departments.look.arithmetic import LUMA
from rushes.departments.look.cdl_fit import eye_at
from rushes.departments.look.difference import ToXyz
from rushes.departments.look.look import Cdl, Triple
from rushes.departments.look.sighting import Doubles

PIVOT = 0.41
"""The code value that contrast and power leave where it is: mid grey in ACEScct."""

USUAL = np.array([0.06, 0.03, 0.03, 0.15, 0.05, 0.05, 0.15, 0.05, 0.05, 0.25])
"""How far shots of one scene usually drift (one standard deviation of each move): a stop of exposure, half a stop of
warmth, some contrast; channels rarely differ in contrast. A small trim needs little evidence, a large one much."""

UNMOVED = np.zeros(10)
"""The moves that change nothing."""

EVIDENCE = 40.0
"""Neighbouring patches say the same thing again: all of them together count as this many."""

NEAR_BLACK = 1e-3

QUIETEST = 0.3
"""ΔE below which patches are taken to agree perfectly."""


@dataclass(frozen=True)
class Patches:
    """Colours that should agree once the trim is applied, and what each counts for.

    Attributes:
        before: (n, 3) code values.
        after: (n, 3) code values.
        weights: (n,) sum to `EVIDENCE`, or to n where there are fewer.
        eye: (n, 3, 3) from `eye_at`, of both colours' mean.
    """

    before: Doubles
    after: Doubles
    weights: Doubles
    eye: Doubles

    def only(self, kept: np.ndarray) -> "Patches":
        """Return some of the patches."""
        return Patches(self.before[kept], self.after[kept], _scaled(self.weights[kept]), self.eye[kept])


def patches_of(before: Doubles, after: Doubles, to_xyz: ToXyz, *, spread: Doubles) -> Patches:
    """Weigh patches: common colours do not drown rare ones, patches across an edge count for little.

    Args:
        before: (n, 3) code values.
        after: (n, 3) code values.
        to_xyz: from their encoding.
        spread: (n,) how much colour varies within each patch.
    """
    bins = np.floor(before * 20).astype(np.int64)
    _, which, counts = np.unique(bins, axis=0, return_inverse=True, return_counts=True)
    weights = counts[which.ravel()] ** -0.5 / (1 + (spread / 0.012) ** 2)
    eye = (eye_at(before, to_xyz) + eye_at(after, to_xyz)) / 2
    return Patches(before, after, _scaled(weights), eye)


def cdl_from_moves(moves: Doubles) -> Cdl:
    """Return the CDL that ten moves amount to.

    Args:
        moves: lift of all, of red against green, of blue against green; contrast likewise, as logarithms; power
            likewise; logarithm of saturation. Zeros change nothing.

    >>> cdl_from_moves(np.zeros(10)) == Cdl()
    True
    """
    lift, contrast, power = (_by_channel(moves[i : i + 3]) for i in (0, 3, 6))
    slope, gamma = np.exp(contrast), np.exp(power)
    held = PIVOT ** ((1 - gamma) / gamma)
    offset = (PIVOT + lift - slope * PIVOT) * held
    return Cdl(_triple(slope * held), _triple(offset), _triple(gamma), float(np.exp(moves[9])))


def fit_moves(patches: Patches, towards: Doubles = UNMOVED, *, start: Doubles = UNMOVED, rounds: int = 7) -> Doubles:
    """Return the moves that bring the patches together for the eye, drawn towards the usual.

    Both sides of a patch are noisy (grain, a misfit of half a pixel), so both sides are forgiven: otherwise noise
    would pass for low contrast. Patches that disagree with the rest lose their say.

    Args:
        towards: (10,) what to stay near to.
        start: (10,) where to begin to look.
        rounds: of deciding anew which patches to trust.
    """
    moves, noise, trust = start, 2.0, np.ones(len(patches.before))
    for _ in range(rounds):
        root = np.sqrt(patches.weights * trust)[:, None] / noise

        def misses(tried: Doubles, root: Doubles = root) -> Doubles:
            return np.concatenate([(root * apart(patches, tried)).ravel(), (tried - towards) / USUAL])

        moves = least_squares(misses, moves, method="lm", max_nfev=440).x
        lengths = np.linalg.norm(apart(patches, moves), axis=1)
        noise = max(_weighted_median(lengths, patches.weights), QUIETEST)
        trust = 1 / (1 + (lengths / (1.5 * noise)) ** 2)
    return np.asarray(moves)


def apart(patches: Patches, moves: Doubles) -> Doubles:
    """Return for each patch how far the eye sees its sides apart after the trim: (n, 3), lightness, chroma, hue."""
    cdl = cdl_from_moves(moves)
    seen = np.einsum("nij,nj->ni", patches.eye, graded(cdl, patches.before) - patches.after)
    # total least squares: a trim that stretches also stretches the noise of the side that it is applied to
    lifted = np.maximum(patches.before * cdl.slope + np.array(cdl.offset), NEAR_BLACK)
    stretch = np.clip((np.multiply(cdl.power, cdl.slope) * lifted ** np.subtract(cdl.power, 1)) @ LUMA, 0.3, 3.0)
    by_axis = stretch[:, None] * (1.0, cdl.saturation, cdl.saturation)
    return np.asarray(seen * np.sqrt(2 / (1 + by_axis**2)))


def graded(cdl: Cdl, pixels: Doubles) -> Doubles:
    """Apply a CDL in doubles: solvers find their way by differences that float32 does not hold.

    Args:
        pixels: (n, 3) code values. Near black the power runs on straight, so that its slope stays finite.
    """
    sloped = pixels * cdl.slope + np.array(cdl.offset)
    power = np.array(cdl.power)
    lifted = np.maximum(sloped, NEAR_BLACK) ** power
    powered = np.where(sloped > NEAR_BLACK, lifted, sloped - NEAR_BLACK + lifted)
    luma = (powered @ LUMA)[:, None]
    return np.asarray(luma + cdl.saturation * (powered - luma))


def _by_channel(moves: Doubles) -> Doubles:
    common, red, blue = moves
    return np.array([common + red, common - (red + blue) / 2, common + blue])


def _triple(values: Doubles) -> Triple:
    red, green, blue = (float(value) for value in values)
    return red, green, blue


def _scaled(weights: Doubles) -> Doubles:
    return np.asarray(weights * (min(EVIDENCE, len(weights)) / max(weights.sum(), 1e-12)))


def _weighted_median(values: Doubles, weights: Doubles) -> float:
    order = np.argsort(values)
    reached = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
