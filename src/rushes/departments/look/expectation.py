"""What to expect of a look in colours nobody showed: Gaussian regression on grades in general and on smoothness."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.ndimage import zoom
from scipy.spatial.distance import cdist

from rushes.departments.look.look import Floats
from rushes.departments.look.prior import grade_modes, terms

Doubles = npt.NDArray[np.float64]

SMOOTH = ((0.2, 1.5), (0.03, 0.4), (0.012, 0.15))
"""Height in code values and reach in shares of the domain of what a look does beyond all modes: Matérn 5/2."""

TRUST = 0.002
"""Code values by which the mean of a well-filled cell may be off: the bend of the look within the cell."""

AT_ONCE = 32
"""Colours read together: as many as keep their distances to the known ones in a processor's cache."""

COARSE = 17
"""Points along each axis at which the expectation is worked out; it is smooth, cubic splines fill in the rest."""


@dataclass(frozen=True)
class Expectation:
    """What a look does as expected from what was seen, readable at any colour.

    Attributes:
        colours: (n, 3) where it was seen, 0 to 1 over the domain.
        pulls: (n, 3) of each of them on its surroundings.
        grade: (terms, 3) the grade in general that fits best.
    """

    colours: Doubles
    pulls: Doubles
    grade: Doubles


def expect(colours: Doubles, changes: Doubles, noise: Doubles) -> Expectation:
    """Learn what to expect from the changes of some colours.

    Args:
        colours: (n, 3) in 0 to 1 over the lattice's domain; n up to about two thousand.
        changes: (n, 3) code values.
        noise: (n,) standard deviation of each change, code values.
    """
    modes = grade_modes()
    covariance = _covariance(colours, colours)
    covariance[np.diag_indices_from(covariance)] += noise**2 + TRUST**2
    factor = np.linalg.cholesky(covariance)
    # the same terms for red, green and blue, so they are whitened once
    white = solve_triangular(factor, np.hstack([terms(colours), changes]), lower=True, check_finite=False)
    known, wanted = white[:, :-3], white[:, -3:]
    by_channel = modes.reshape(len(modes), -1, 3)
    inner = known.T @ known
    normal = np.eye(len(modes)) + sum(by_channel[..., c] @ inner @ by_channel[..., c].T for c in range(3))
    amounts = cho_solve(cho_factor(normal), np.einsum("mtc,tc->m", by_channel, known.T @ wanted))
    grade = np.einsum("m,mtc->tc", amounts, by_channel)
    pulls = solve_triangular(factor, wanted - known @ grade, lower=True, trans="T", check_finite=False)
    return Expectation(colours, pulls, grade)


def read_expectation(expectation: Expectation, colours: Doubles) -> Doubles:
    """Return the expected changes `(n, 3)` of colours `(n, 3)` in 0 to 1 over the domain."""
    parts = np.array_split(colours, max(1, len(colours) // AT_ONCE))
    smooth = [_covariance(part, expectation.colours, np.float32) @ expectation.pulls for part in parts]
    return np.asarray(np.vstack(smooth) + terms(colours) @ expectation.grade)


def as_lattice(expectation: Expectation, points: int) -> Floats:
    """Return an expectation as a lattice `(points, points, points, 3)` float32 over its domain."""
    axis = np.linspace(0, 1, COARSE)
    nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    coarse = read_expectation(expectation, nodes).reshape((COARSE,) * 3 + (3,))
    # a spline along one axis is a matrix, and the same one for each of them
    spline = zoom(np.eye(COARSE), (points / COARSE, 1), order=3, mode="nearest")
    fine = np.einsum("xr,yg,zb,rgbc->xyzc", spline, spline, spline, coarse, optimize=True)
    return np.asarray(fine, np.float32)


def _covariance(ones: Doubles, others: Doubles, precision: type[np.floating] = np.float64) -> Doubles:
    apart = np.asarray(cdist(ones, others), precision)
    total, scaled, share = np.zeros_like(apart), np.empty_like(apart), np.empty_like(apart)
    for height, reach in SMOOTH:
        np.multiply(apart, precision(np.sqrt(5) / reach), out=scaled)
        np.exp(np.negative(scaled, out=share), out=share)
        # 1 + s + s²/3, term by term in place: making new arrays takes longer than the sum
        for factor in (height**2, scaled, scaled / precision(3)):
            share *= factor
            total += share
    return np.asarray(total)
