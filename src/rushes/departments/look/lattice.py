"""The residual lattice: sparse least squares with smoothness, solved by preconditioned conjugate gradients."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from rushes.departments.look.arithmetic import tetrahedra
from rushes.departments.look.look import Domain, Floats

Doubles = npt.NDArray[np.float64]


def fit_lattice(
    colours: Doubles, residuals: Doubles, weights: Doubles, *, domain: Domain, points: int, stiffness: float, pull: float
) -> Floats:
    """Return the smooth lattice whose interpolation is nearest to the residuals.

    Args:
        colours: (n, 3) where the residuals are.
        residuals: (n, 3).
        weights: (n,) how much each is believed.
        domain: of the lattice.
        points: along each axis.
        stiffness: weight of the second differences.
        pull: weight of staying at zero where nothing was seen.

    Returns:
        (points, points, points, 3) float32.
    """
    reading = reading_matrix(colours, domain, points)
    weighted = reading.T.multiply(weights).tocsr()
    normal = (weighted @ reading + stiffness * bending(points) + pull * sparse.identity(points**3)).tocsr()
    solved = conjugate_gradients(normal, weighted @ residuals)
    return solved.reshape(points, points, points, 3).astype(np.float32)


def reading_matrix(colours: npt.NDArray[np.floating], domain: Domain, points: int) -> sparse.csr_matrix:
    """Return the sparse matrix `(n, points³)` that reads a lattice at colours as `arithmetic.read_lattice` does."""
    corners, weights = tetrahedra(colours.astype(np.float32), domain, points)
    starts = np.arange(len(corners) + 1) * 4
    return sparse.csr_matrix((weights.ravel().astype(np.float64), corners.ravel(), starts), (len(corners), points**3))


def bending(points: int) -> sparse.csr_matrix:
    """Return the quadratic form `(points³, points³)` of second and mixed differences: zero for any straight map."""
    one = sparse.identity(points, format="csr")
    bend = sparse.diags([1.0, -2.0, 1.0], [0, 1, 2], shape=(points - 2, points), format="csr")
    slope = sparse.diags([-1.0, 1.0], [0, 1], shape=(points - 1, points), format="csr")
    b, s = (bend.T @ bend).tocsr(), (slope.T @ slope).tocsr()
    straight = [(b, one, one), (one, b, one), (one, one, b)]
    mixed = [(s, s, one), (s, one, s), (one, s, s)]
    kron = [sparse.kron(sparse.kron(r, g), u, format="csr") for r, g, u in straight]
    kron += [2.0 * sparse.kron(sparse.kron(r, g), u, format="csr") for r, g, u in mixed]
    return sum(kron[1:], kron[0]).tocsr()


def conjugate_gradients(normal: sparse.csr_matrix, right: Doubles, *, tolerance: float = 1e-4, rounds: int = 400) -> Doubles:
    """Solve `normal @ x = right` for several right-hand sides at once, diagonal preconditioner."""
    scale = 1.0 / normal.diagonal()[:, None]
    solved = np.zeros_like(right)
    left = right.copy()
    eased = scale * left
    direction = eased.copy()
    power = (left * eased).sum(axis=0)
    goal = tolerance**2 * power
    for _ in range(rounds):
        if (power <= goal).all():
            break
        pushed = normal @ direction
        stride = power / np.maximum((direction * pushed).sum(axis=0), 1e-300)
        solved += stride * direction
        left -= stride * pushed
        eased = scale * left
        new_power = (left * eased).sum(axis=0)
        direction = eased + (new_power / np.maximum(power, 1e-300)) * direction
        power = new_power
    return solved
