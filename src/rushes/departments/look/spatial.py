"""What a LUT cannot hold: windows and vignettes, found by the trace they leave in what is left, learned as a grid."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve

from rushes.departments.look.arithmetic import apply_look, grid_cells, spatial_change
from rushes.departments.look.look import Domain, Floats, Look

Doubles = npt.NDArray[np.float64]

GRID = (6, 9, 2)
"""Rows, columns and levels of luma: a window's soft edge spans a cell or two, and no picture's content fits so few."""

ANYWHERE = (1, 1, GRID[2])
"""The grid of a change that has nothing to do with the place."""

FEW = 64
"""Probes below which nothing can be said about the place."""

PLAIN, SMOOTH = 5e-4, 4e-3
"""How strongly each cell is drawn to change nothing and to be like its neighbours, for each pixel looked at."""

MOST = 8000
"""Pixels that are fitted on: more than ten for each number of the grid."""

NOTICEABLE = 0.004
"""Code values left on average below which nobody would see where they lie."""

SHARE_TO_TELL = 0.25
"""Of what the look leaves, the share that depends on the place from which a person should be told."""


def spatial_share(look: Look, probes: Floats) -> float:
    """Return the share, 0 to 1, of what a look leaves that the place in the picture explains.

    Told from pixels that the grid was not fitted on: from other pairs where there are several.

    Args:
        look: without its spatial part.
        probes: (n, 9) float32 single pixels as in `Evidence`: before, after, row, column, pair.
    """
    probes = _sound(probes)
    if len(probes) < FEW or np.abs(_missing(look, probes)[1]).mean() < NOTICEABLE:
        return 0.0
    pairs = np.unique(probes[:, 8])
    turn = np.searchsorted(pairs, probes[:, 8]) if len(pairs) > 1 else np.arange(len(probes))
    halves = [(probes[turn % 2 != half], probes[turn % 2 == half]) for half in (0, 1)]
    # what one change would do everywhere is not the place's merit
    anywhere, here = (np.vstack([_left(look, *half, grid=grid) for half in halves]) for grid in (ANYWHERE, GRID))
    if np.abs(anywhere).mean() < NOTICEABLE:
        return 0.0
    # beyond three times the usual, it is not the grade that differs but the picture
    limit = 3 * np.median(np.abs(anywhere)) + 1e-6
    left, total = (float(np.square(np.clip(one, -limit, limit)).sum()) for one in (here, anywhere))
    return max(0.0, 1.0 - left / total)


def fit_spatial(look: Look, probes: Floats, *, grid: tuple[int, int, int] = GRID) -> Floats:
    """Learn what a look leaves as an affine change over the picture and its luma.

    Args:
        look: without its spatial part.
        probes: (n, 9) float32 single pixels as in `Evidence`; those that are no numbers are left out.
        grid: rows, columns and levels of luma.

    Returns:
        (rows, columns, levels, 3, 4) float32, see `Look.spatial`; 0 where there are no probes.
    """
    probes = _sound(probes)
    if not len(probes):
        return np.zeros((*grid, 3, 4), np.float32)
    probes = probes[np.unique(np.linspace(0, len(probes) - 1, MOST).astype(int))]
    graded, missing = _missing(look, probes)
    design = _design(graded, grid, look.lattice_domain, places=probes[:, 6:8])
    count = int(np.prod(grid))
    stiff = len(graded) * (PLAIN * np.eye(count * 4) / count + SMOOTH * np.kron(_roughness(grid), np.eye(4)) / count)
    trust = np.ones(len(graded))
    for _ in range(2):
        weighted = sparse.diags(trust) @ design
        solved = cho_solve(cho_factor((design.T @ weighted).toarray() + stiff), weighted.T @ missing)
        miss = np.abs(missing - design @ solved).max(axis=1)
        trust = 1 / np.maximum(1, miss / (2 * np.median(miss) + 1e-6))
    return np.ascontiguousarray(solved.reshape(*grid, 4, 3).swapaxes(3, 4), np.float32)


def without_spatial(look: Look, spatial: Floats, probes: Floats) -> Floats:
    """Return probes whose graded side is as it would be without what depends on the place."""
    graded, _ = _missing(look, probes)
    plain = probes.copy()
    plain[:, 3:6] -= spatial_change(spatial, look.lattice_domain, graded, places=probes[:, 6:8])
    return plain


def _design(graded: Floats, grid: tuple[int, int, int], domain: Domain, *, places: Floats) -> sparse.csr_matrix:
    """Return how much each number of the grid, node by node, adds to each pixel: few of them to any one."""
    nodes, weights = grid_cells(grid, domain, graded, places=places)
    features = np.column_stack([graded, np.ones(len(graded))]).astype(np.float64)
    numbers = nodes[..., None] * 4 + np.arange(4)
    shares = weights[..., None] * features[:, None, :]
    starts = np.arange(len(graded) + 1) * numbers[0].size
    return sparse.csr_matrix((shares.ravel(), numbers.ravel(), starts), (len(graded), int(np.prod(grid)) * 4))


def _left(look: Look, taught: Floats, asked: Floats, *, grid: tuple[int, int, int]) -> Doubles:
    """Return what a change that was learned from some probes leaves to be done on others."""
    graded, missing = _missing(look, asked)
    learned = fit_spatial(look, taught, grid=grid)
    return missing - spatial_change(learned, look.lattice_domain, graded, places=asked[:, 6:8])


def _sound(probes: Floats) -> Floats:
    return probes[np.isfinite(probes).all(axis=1)]


def _missing(look: Look, probes: Floats) -> tuple[Floats, Doubles]:
    """Return what the look makes of the probes, and what is then left to be done."""
    graded = apply_look(replace(look, spatial=None), np.ascontiguousarray(probes[:, :3]))
    return graded, (probes[:, 3:6] - graded).astype(np.float64)


def _roughness(grid: tuple[int, int, int]) -> Doubles:
    """Return the matrix whose quadratic form is the sum of squared differences between neighbouring nodes."""
    numbers = np.arange(np.prod(grid)).reshape(grid)
    total = np.zeros((numbers.size, numbers.size))
    for axis in range(3):
        ones = np.take(numbers, range(grid[axis] - 1), axis).ravel()
        others = np.take(numbers, range(1, grid[axis]), axis).ravel()
        for a, b, sign in ((ones, ones, 1), (others, others, 1), (ones, others, -1), (others, ones, -1)):
            np.add.at(total, (a, b), sign)
    return total
