"""Pieces of a plate without their shading, and how their pixels go together: what grain is measured on."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy import fft

from rushes.departments.department import Plate

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Matte = npt.NDArray[np.float32]
"""`(height, width)` float32, 0 to 1."""

REACH = 4
"""Pixels over which grain is taken to be alike: de-Bayered, softened and compressed grain fades within three."""

BLOCK = 16
"""Pixels a side of the pieces that are looked at: large enough for the reach, small enough to lie on one thing."""

GRID = 2 * BLOCK
"""A block with its own width of zeros beside it, so that a product of spectra is a sum over true neighbours."""

MOST_BLOCKS, MOST_SPECTRA = 4000, 1000
"""What is looked at in a frame of any size: a million pixels say as much of grain as nine."""

FAINTEST = 2.0**-10
"""Share of the light below which what is left of a piece is no grain: steps of half float are half as large."""

_ACROSS = np.linspace(-1.0, 1.0, BLOCK)
_CURVED = np.array([np.outer(_ACROSS**i, _ACROSS**j).ravel() for i in range(3) for j in range(3 - i)]).T
_SHADING = np.linalg.qr(_CURVED)[0].astype(np.float32)


@dataclass(frozen=True)
class Blocks:
    """Pieces of a plate without their shading.

    Attributes:
        left: `(n, 3, 16, 16)` what a curved surface does not explain: grain, and texture where there is any.
        used: `(n, 16, 16)` 1 where the piece may be looked at, else 0.
        levels: `(n, 3)` mean light.
        spread: `(n, 3)` variance of `left`; 0 where that is rounding.
    """

    left: Floats
    used: Floats
    levels: Doubles
    spread: Doubles


def cut_blocks(plate: Plate, where: Matte | None = None, *, most: int = MOST_BLOCKS) -> Blocks:
    """Cut a plate into pieces, spread evenly over it, and take their shading off.

    Args:
        plate: `(3, height, width)` float32, scene-linear.
        where: pieces of which less than half lies in this matte, above 0.5, are left out.
        most: how many at most.
    """
    count = (plate.shape[1] // BLOCK) * (plate.shape[2] // BLOCK)
    # in steps of the golden ratio, for every n-th block would be a column
    order = np.argsort(np.arange(count) * 0.6180339887498949 % 1.0, kind="stable")
    used = np.ones((count, BLOCK, BLOCK), np.float32)
    if where is not None:
        used = (_pieces(where[None], order)[:, 0] > 0.5).astype(np.float32)
        enough = used.mean(axis=(1, 2)) >= 0.5
        order, used = order[enough], used[enough]
    seen, used = _pieces(plate, order[:most]), used[:most]
    finite = np.isfinite(seen).all(axis=(1, 2, 3))
    return _without_shading(seen[finite], used[finite])


def alike_in(blocks: Blocks, chosen: Flags, expected: Doubles) -> Doubles:
    """Return how pixels of some blocks go together, in units of an expected variance.

    Args:
        blocks: from `cut_blocks`.
        chosen: `(n,)` which of them.
        expected: `(n, 3)` variance.

    Returns:
        `(3, 3, 9, 9)` covariance by offset, as if no shading had been taken off: that took slow grain with it.
    """
    few = np.flatnonzero(chosen)[:MOST_SPECTRA]
    scale = np.sqrt(over(1.0, expected[few])).astype(np.float32)
    spectra = fft.rfft2(blocks.left[few] * scale[..., None, None], (GRID, GRID))
    windows = fft.rfft2(blocks.used[few], (GRID, GRID))
    # the real part alone, for grain has no direction
    products = np.einsum("ncyx,ndyx->cdyx", spectra.conj(), spectra, optimize=True).real
    pairs = fft.irfft2((np.abs(windows) ** 2).sum(axis=0), (GRID, GRID))
    sums = fft.irfft2(products.astype(np.float64), (GRID, GRID))
    rows, columns = np.array(_offsets(REACH + 3)).T
    found = (sums / np.maximum(pairs, 1))[:, :, rows, columns] @ _undo_shading().T
    alike = np.zeros((3, 3, 2 * REACH + 1, 2 * REACH + 1))
    rows, columns = np.array(_offsets(REACH)).T
    alike[:, :, REACH + rows, REACH + columns] = alike[:, :, REACH - rows, REACH - columns] = found
    return alike


def unsteadiness(alike: Doubles) -> float:
    """Return by what part of itself the variance of a block's grain differs from block to block."""
    return float(np.sqrt(2 / BLOCK**2 * (normal(alike) ** 2).sum(axis=(2, 3)).mean()))


def roughness(blocks: Blocks, chosen: Flags) -> float:
    """Return what second differences, down of across, leave of some blocks' variance: 36 times white noise, no shading.

    Grain that was blurred by 1.2 pixels has 0.1, and a surface that curves within a dozen pixels less than 0.001.
    """
    left = blocks.left[np.flatnonzero(chosen & blocks.used.all(axis=(1, 2)))[:MOST_SPECTRA]]
    rough = np.diff(np.diff(left, 2, axis=2), 2, axis=3)
    return float(np.square(rough).mean() / max(float(np.square(left).mean()), 1e-30)) if len(left) else np.inf


def normal(alike: Doubles) -> Doubles:
    """Return covariances scaled to a standard deviation of 1 in each channel that has any."""
    sigmas = np.sqrt(np.maximum(alike[range(3), range(3), REACH, REACH], 0.0))
    return over(alike, (sigmas[:, None] * sigmas)[..., None, None])


def over(part: Doubles | float, whole: Doubles) -> Doubles:
    """Divide, where there is something to divide by; nothing over nothing is nothing."""
    return np.asarray(
        np.divide(part, whole, out=np.zeros(np.broadcast_shapes(np.shape(part), whole.shape)), where=whole > 0)
    )


def _pieces(picture: Floats, chosen: npt.NDArray[np.intp]) -> Floats:
    rows, columns = picture.shape[1] // BLOCK, picture.shape[2] // BLOCK
    whole = picture[:, : rows * BLOCK, : columns * BLOCK].reshape(len(picture), rows, BLOCK, columns, BLOCK)
    return np.ascontiguousarray(whole[:, chosen // max(columns, 1), :, chosen % max(columns, 1)], np.float32)


def _without_shading(seen: Floats, used: Floats) -> Blocks:
    count, terms = len(seen), _SHADING.shape[1]
    weights = used.reshape(count, 1, BLOCK**2)
    pixels = np.maximum(weights.sum(axis=2, dtype=np.float64), terms + 1)
    levels = (seen.reshape(count, 3, BLOCK**2) * weights).sum(axis=2, dtype=np.float64) / pixels
    left = (seen.reshape(count, 3, BLOCK**2) - levels[..., None].astype(np.float32)) * weights
    squares = (_SHADING[:, :, None] * _SHADING[:, None, :]).reshape(-1, terms * terms)
    normal = (weights[:, 0] @ squares).reshape(count, terms, terms) + 1e-6 * np.eye(terms)
    shading = np.linalg.solve(normal, (left @ _SHADING).transpose(0, 2, 1)).transpose(0, 2, 1)
    left = (left - shading.astype(np.float32) @ _SHADING.T) * weights
    spread = np.square(left, dtype=np.float64).sum(axis=2) / (pixels - terms)
    spread[spread < np.square(FAINTEST * (np.abs(levels) + 1e-3))] = 0.0
    return Blocks(left.reshape(seen.shape), used, levels, spread)


def _offsets(reach: int) -> list[tuple[int, int]]:
    """Return rows and columns from one pixel to another, of each two that are opposite only one."""
    span = range(-reach, reach + 1)
    return [(down, across) for down in span for across in span if (down, across) >= (0, 0)]


@cache
def _undo_shading() -> Doubles:
    """Return what leads from the covariances of blocks without shading back to those of the grain.

    A block's shading is fitted to its grain as well, so slow grain is missed by as much as a quarter of its variance.
    How much of what comes through is known exactly, and undone by least squares.
    """
    inner, outer = _offsets(REACH), _offsets(REACH + 3)
    shading = _SHADING.astype(np.float64)
    rest = np.eye(BLOCK**2) - shading @ shading.T
    through = np.empty((len(outer), len(inner)))
    for column, offset in enumerate(inner):
        pairs = np.zeros((BLOCK**2, BLOCK**2))
        one, other = _pairs(offset)
        pairs[one, other] = pairs[other, one] = 1.0
        seen = rest @ pairs @ rest
        through[:, column] = [seen[_pairs(other)].mean() for other in outer]
    return np.asarray(np.linalg.pinv(through), np.float64)


def _pairs(offset: tuple[int, int]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    down, across = offset
    pixels = np.arange(BLOCK**2).reshape(BLOCK, BLOCK)
    left, right = max(0, -across), BLOCK - max(0, across)
    one = pixels[: BLOCK - down, left:right]
    return one.ravel(), (one + down * BLOCK + across).ravel()
