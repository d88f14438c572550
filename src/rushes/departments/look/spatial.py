"""What a LUT cannot hold: windows and vignettes, found by the trace they leave in what is left, learned as a grid."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

from rushes.departments.look.arithmetic import apply_look, grid_cells, spatial_change
from rushes.departments.look.look import Floats, Look

Doubles = npt.NDArray[np.float64]

GRID = (6, 9, 2)
"""Rows, columns and levels of luma: a window's soft edge spans a cell or two, and no picture's content fits so few."""

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
    missing = _missing(look, probes)[1]
    if len(probes) < 64 or np.abs(missing).mean() < NOTICEABLE:
        return 0.0
    pairs = np.unique(probes[:, 8])
    turn = np.searchsorted(pairs, probes[:, 8]) if len(pairs) > 1 else np.arange(len(probes))
    left = total = 0.0
    for half in (0, 1):
        taught, asked = probes[turn % 2 != half], probes[turn % 2 == half]
        graded, wanted = _missing(look, asked)
        told = spatial_change(fit_spatial(look, taught), look.lattice_domain, graded, places=asked[:, 6:8])
        # beyond three times the usual, it is not the grade that differs but the picture
        limit = 3 * np.median(np.abs(wanted)) + 1e-6
        left += float(np.square(np.clip(wanted - told, -limit, limit)).sum())
        total += float(np.square(np.clip(wanted, -limit, limit)).sum())
    return max(0.0, 1.0 - left / total)


def fit_spatial(look: Look, probes: Floats) -> Floats:
    """Learn what a look leaves as an affine change over the picture and its luma.

    Args:
        look: without its spatial part.
        probes: (n, 9) float32 single pixels as in `Evidence`.

    Returns:
        (rows, columns, levels, 3, 4) float32, see `Look.spatial`.
    """
    probes = probes[np.unique(np.linspace(0, len(probes) - 1, MOST).astype(int))]
    graded, missing = _missing(look, probes)
    nodes, weights = grid_cells(GRID, look.lattice_domain, graded, places=probes[:, 6:8])
    features = np.column_stack([graded, np.ones(len(graded))]).astype(np.float64)
    count = int(np.prod(GRID))
    design = np.zeros((len(graded), count * 4))
    for corner in range(8):
        places = nodes[:, corner, None] * 4 + np.arange(4)
        np.add.at(design, (np.arange(len(graded))[:, None], places), weights[:, corner, None] * features)
    stiff = len(graded) * (PLAIN * np.eye(count * 4) / count + SMOOTH * np.kron(_roughness(), np.eye(4)) / count)
    trust = np.ones(len(graded))
    for _ in range(2):
        weighted = design * trust[:, None]
        solved = cho_solve(cho_factor(design.T @ weighted + stiff), weighted.T @ missing)
        miss = np.abs(missing - design @ solved).max(axis=1)
        trust = 1 / np.maximum(1, miss / (2 * np.median(miss) + 1e-6))
    return np.ascontiguousarray(solved.reshape(*GRID, 4, 3).swapaxes(3, 4), np.float32)


def _missing(look: Look, probes: Floats) -> tuple[Floats, Doubles]:
    """Return what the look makes of the probes, and what is then left to be done."""
    graded = apply_look(replace(look, spatial=None), np.ascontiguousarray(probes[:, :3]))
    return graded, (probes[:, 3:6] - graded).astype(np.float64)


def _roughness() -> Doubles:
    """Return the matrix whose quadratic form is the sum of squared differences between neighbouring nodes."""
    numbers = np.arange(np.prod(GRID)).reshape(GRID)
    total = np.zeros((numbers.size, numbers.size))
    for axis in range(3):
        ones = np.take(numbers, range(GRID[axis] - 1), axis).ravel()
        others = np.take(numbers, range(1, GRID[axis]), axis).ravel()
        for a, b, sign in ((ones, ones, 1), (others, others, 1), (ones, others, -1), (others, ones, -1)):
            np.add.at(total, (a, b), sign)
    return total
