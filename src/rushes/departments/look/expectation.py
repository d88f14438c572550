"""What to expect of a look in colours nobody showed: Gaussian regression on grades in general and on smoothness."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.spatial.distance import cdist

from rushes.departments.look.prior import terms
from rushes.departments.look.look import Domain, Floats

Doubles = npt.NDArray[np.float64]

SMOOTH = ((0.03, 0.5), (0.012, 0.15))
"""Height in code values and reach in shares of the domain of what a look does beyond all modes: Matérn 5/2."""

TRUST = 0.002
"""Code values by which the mean of a well-filled cell may be off: the bend of the look within the cell."""


@dataclass(frozen=True)
class Expectation:
    """The look's residual as expected from what was seen, readable at any colour.

    Attributes:
        colours: (n, 3) where it was seen, 0 to 1 over the domain.
        pull: (n, 3) of each of them on its surroundings.
        modes: (points, points, points, 3) sum of the grades in general that fit.
    """

    colours: Doubles
    pull: Doubles
    modes: Floats


def expect(colours: Doubles, residuals: Doubles, noise: Doubles, *, modes: Floats) -> Expectation:
    """Learn what to expect from residuals in some colours.

    Args:
        colours: (n, 3) in 0 to 1 over the lattice's domain; n up to about two thousand.
        residuals: (n, 3) code values.
        noise: (n,) standard deviation of each residual, code values.
        modes: (modes, points, points, points, 3) plausible changes, one standard deviation each.
    """
    covariance = _covariance(colours, colours)
    covariance[np.diag_indices_from(covariance)] += noise**2 + TRUST**2
    factor = np.linalg.cholesky(covariance)
    seen = np.einsum("nt,mct->ncm", terms(colours), modes.reshape(len(modes), 3, -1))
    normal, right = np.eye(len(modes)), np.zeros(len(modes))
    for channel in range(3):
        both = np.column_stack([seen[:, channel], residuals[:, channel]]).astype(np.float64)
        white = solve_triangular(factor, both, lower=True, check_finite=False)
        normal += white[:, :-1].T @ white[:, :-1]
        right += white[:, :-1].T @ white[:, -1]
    amounts = cho_solve(cho_factor(normal), right)
    left = residuals - seen @ amounts
    pull = cho_solve((factor, True), left, check_finite=False)
    return Expectation(colours, pull, (amounts @ modes).reshape(3, -1))


def expected(expectation: Expectation, points: int) -> Floats:
    """Read an expectation as a lattice `(points, points, points, 3)` over its domain."""
    axis = np.linspace(0, 1, points)
    nodes = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    smooth = np.vstack([_covariance(part, expectation.colours) @ expectation.pull for part in np.array_split(nodes, 8)])
    return (smooth + terms(nodes) @ expectation.modes.T).reshape((points,) * 3 + (3,)).astype(np.float32)


def _covariance(ones: Doubles, others: Doubles) -> Doubles:
    apart = cdist(ones, others)
    total = np.zeros_like(apart)
    for height, reach in SMOOTH:
        scaled = np.sqrt(5) / reach * apart
        total += height**2 * (1 + scaled + scaled**2 / 3) * np.exp(-scaled)
    return total
