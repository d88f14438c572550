"""Per-channel curves that always rise: least squares on evenly spaced points, then the nearest rising curve."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import lsq_linear

from rushes.departments.look.look import Domain, Floats

Doubles = npt.NDArray[np.float64]

LEAST_SLOPE = 0.6
MOST_SLOPE = 1.6
"""A flatter curve hides colours from the lattice behind it, a steeper one leaves it too few points: what a look
crushes or clips beyond this is the lattice's."""

STIFFNESS = 0.1
"""Weight of the second difference against the data, where all the data together weigh 1."""


def fit_curves(before: Doubles, after: Doubles, weights: Doubles, *, domain: Domain, points: int) -> Floats:
    """Return the smooth rising curves that bring `before` nearest to `after`, channel by channel.

    Args:
        before: (n, 3) code values.
        after: (n, 3) code values.
        weights: (n, 3) how much each channel of each colour counts.
        domain: first and last input.
        points: of each curve.

    Returns:
        (3, points) float32.
    """
    share = weights / weights.sum(axis=0)
    curves = [_fit_curve(before[:, c], after[:, c], share[:, c], domain=domain, points=points) for c in range(3)]
    return np.stack(curves).astype(np.float32)


def _fit_curve(before: Doubles, after: Doubles, share: Doubles, *, domain: Domain, points: int) -> Doubles:
    spacing = (domain[1] - domain[0]) / (points - 1)
    spots = np.clip((before - domain[0]) / spacing, 0, points - 1 - 1e-9)
    cells = spots.astype(int)
    within = spots - cells
    normal = np.zeros((points, points))
    np.add.at(normal, (cells, cells), share * (1 - within) ** 2)
    np.add.at(normal, (cells + 1, cells + 1), share * within**2)
    np.add.at(normal, (cells, cells + 1), share * within * (1 - within))
    normal = normal + np.triu(normal, 1).T
    ramp = np.linspace(*domain, points)
    # what is solved for is the departure from no curve at all, so that nothing pulls the ends about
    apart = after - before
    pull = np.bincount(cells, share * (1 - within) * apart, points) + np.bincount(
        cells + 1, share * within * apart, points
    )
    bends = np.diff(np.eye(points), 2, axis=0) * (points / 32) ** 1.5
    normal += STIFFNESS * bends.T @ bends + 1e-7 * np.eye(points)
    curve = ramp + np.linalg.solve(normal, pull)
    slopes = np.diff(curve) / spacing
    if slopes.min() >= LEAST_SLOPE and slopes.max() <= MOST_SLOPE:
        return np.asarray(curve)
    return _rising(normal, curve, spacing)


def _rising(normal: Doubles, curve: Doubles, spacing: float) -> Doubles:
    points = len(curve)
    sums = np.tril(np.ones((points, points)))
    root = np.linalg.cholesky(normal).T
    least = np.full(points, LEAST_SLOPE * spacing)
    most = np.full(points, MOST_SLOPE * spacing)
    least[0], most[0] = -np.inf, np.inf
    steps = lsq_linear(root @ sums, root @ curve, (least, most), max_iter=200).x
    return np.asarray(sums @ steps)
