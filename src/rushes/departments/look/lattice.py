"""The residual lattice: sparse least squares with smoothness, solved by preconditioned conjugate gradients."""

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.ndimage import binary_dilation

from rushes.departments.look.arithmetic import tetrahedra
from rushes.departments.look.look import Domain, Floats

Doubles = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

STIFFNESS = 1e-3
"""Weight of second and mixed differences, where a well known colour weighs 1: low, for data is dense where it is."""

PULL = 1e-3
"""Weight of no correction at all: it dies away a few points beyond the last colour that was seen."""

REACH = 2
"""Points around those that were seen that may still be corrected."""


def fit_correction(
    colours: Doubles, missing: Doubles, weights: Doubles, *, domain: Domain, points: int, stiffness: float = STIFFNESS
) -> Floats:
    """Return the smooth lattice whose interpolation is nearest to what is missing; zero away from all colours.

    Args:
        colours: (n, 3) code values.
        missing: (n, 3) code values.
        weights: (n,) how well each is known, up to 1.
        domain: of the lattice.
        points: along each axis.
        stiffness: weight of second and mixed differences.

    Returns:
        (points, points, points, 3) float32.
    """
    corners, shares = tetrahedra(colours.astype(np.float32), domain, points)
    numbers, free = _free_points(corners, points)
    starts = np.arange(len(corners) + 1) * 4
    reading = sparse.csr_matrix((shares.ravel(), numbers.ravel()[corners.ravel()], starts), (len(corners), free))
    weighted = sparse.diags(weights.astype(np.float32)) @ reading
    bends = _bends(numbers, free)
    normal = (reading.T @ weighted + stiffness * (bends.T @ bends) + PULL * sparse.identity(free)).tocsr()
    solved = conjugate_gradients(normal.astype(np.float32), (weighted.T @ missing).astype(np.float32))
    lattice = np.zeros((points**3, 3), np.float32)
    lattice[numbers.ravel() < free] = solved
    return lattice.reshape(points, points, points, 3)


def evidence_at(colours: Doubles, counts: Doubles, domain: Domain, *, points: int) -> Floats:
    """Return how many pixels' worth of evidence each lattice point has: `(points, points, points)` float32."""
    corners, shares = tetrahedra(colours.astype(np.float32), domain, points)
    seen = np.bincount(corners.ravel(), (shares * counts[:, None]).ravel(), points**3)
    return seen.reshape((points,) * 3).astype(np.float32)


def conjugate_gradients(
    normal: sparse.csr_matrix, right: Floats, *, tolerance: float = 1e-3, rounds: int = 200
) -> Floats:
    """Solve `normal @ x = right` for several right-hand sides at once, with a diagonal preconditioner."""
    scale = (1.0 / normal.diagonal())[:, None]
    solved, left = np.zeros_like(right), right.copy()
    direction = eased = scale * left
    power = (left * eased).sum(axis=0)
    goal = tolerance**2 * power
    for _ in range(rounds):
        if (power <= goal).all():
            break
        pushed = normal @ direction
        stride = power / np.maximum((direction * pushed).sum(axis=0), 1e-30)
        solved += stride * direction
        left -= stride * pushed
        eased = scale * left
        power, before = (left * eased).sum(axis=0), power
        direction = eased + (power / np.maximum(before, 1e-30)) * direction
    return solved


def _free_points(corners: npt.NDArray[np.int32], points: int) -> tuple[Indices, int]:
    """Number the lattice points near to any colour; all others share the number behind the last."""
    near = np.zeros((points,) * 3, bool)
    near.ravel()[corners.ravel()] = True
    near = binary_dilation(near, iterations=REACH)
    free = int(near.sum())
    numbers = np.full(near.shape, free, np.int64)
    numbers[near] = np.arange(free)
    return numbers, free


def _bends(numbers: Indices, free: int) -> sparse.csr_matrix:
    """Return all second and mixed differences between free points, `(differences, free)`; fixed points are zero."""
    rows: list[tuple[Indices, tuple[float, ...]]] = []
    for axis in range(3):
        first = np.moveaxis(numbers, axis, 0)
        ends = (first[:-2], first[1:-1], first[2:])
        where = np.nonzero(ends[1] < free)
        rows.append((np.stack([end[where] for end in ends], axis=-1), (1.0, -2.0, 1.0)))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        face = np.moveaxis(numbers, (one, other), (0, 1))
        corners = (face[:-1, :-1], face[1:, 1:], face[:-1, 1:], face[1:, :-1])
        where = np.nonzero(np.minimum.reduce(corners) < free)
        root = 2.0**0.5
        rows.append((np.stack([corner[where] for corner in corners], axis=-1), (root, root, -root, -root)))
    values = np.concatenate([np.tile(np.array(pattern, np.float32), len(found)) for found, pattern in rows])
    columns = np.concatenate([found.ravel() for found, _ in rows])
    lengths = np.concatenate([np.full(len(found), found.shape[1]) for found, _ in rows])
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return sparse.csr_matrix((values, columns, starts), (len(lengths), free + 1))[:, :free]
