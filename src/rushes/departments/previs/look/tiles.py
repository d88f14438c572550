"""A piece of a frame as a texture that repeats without a seam, all of its texels from that one piece.

Method: the shading of the set is divided out; then the piece's further end is laid over its near end along the path on
which the two differ least (minimum error boundary cut, Efros and Freeman 2001), sideways and then downwards.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.transform import resize

from rushes.departments.previs.look.tones import Floats

OVERLAP = 4
"""Of a tile's side, one part overlaps."""

FEATHER = 1.5
"""Pixels over which the grain of a seam is blended."""

SOFT = 5.0
"""Pixels below which something is grain; what is wider is blended over the whole overlap, else a sky shows its seam."""

EVENED = 0.9
"""How much of the shading is divided out: a rest of it is what makes a wall a wall."""

REFLECTS = (0.015, 0.9)
"""Least and most that anything on a set reflects: soot and plaster."""


def tile_of(piece: Floats, side: int, *, white: float) -> Floats:
    """Return a texture that repeats without a seam.

    Args:
        piece: (pixels, pixels, 3) float32 scene-linear, a square cut from a frame.
        side: of the tile, pixels.
        white: what a white card came to in that frame; the tile holds reflectance.
    """
    whole = side + side // OVERLAP
    sized = np.asarray(resize(piece, (whole, whole, 3), order=1, anti_aliasing=piece.shape[0] > whole), np.float32)
    even = _evened(np.maximum(sized, 1e-4))
    closed = _closed(_closed(even, side), side, turned=True)
    return np.asarray(np.clip(closed * np.float32(REFLECTS[1] / white), *REFLECTS), np.float32)


def _evened(piece: Floats) -> Floats:
    """Divide out what changes slowly, each colour by itself: light that fell on the set, not the set."""
    wide = piece.shape[0] / 5
    slow = np.stack([gaussian_filter(piece[..., c], wide, mode="reflect") for c in range(3)], axis=-1)
    level = piece.mean(axis=(0, 1))
    return np.asarray(piece * (level / np.maximum(slow, 1e-4)) ** EVENED, np.float32)


def _closed(piece: Floats, side: int, *, turned: bool = False) -> Floats:
    """Close a piece sideways, or downwards where it is turned; what reaches beyond `side` is laid over the near end."""
    if turned:
        return _closed(piece.transpose(1, 0, 2), side).transpose(1, 0, 2)
    wide = piece.shape[1] - side
    # downwards comes second, and must not open sideways what is closed: along itself everything goes round
    modes = ["wrap", "nearest"]
    soft = np.stack([gaussian_filter(piece[..., c], SOFT, mode=modes) for c in range(3)], axis=-1)
    grain = piece - soft
    near, beyond = grain[:, :wide], grain[:, side:]
    rows = len(piece)
    seam = _cheapest_path(np.tile(((near - beyond) ** 2).sum(axis=2), (3, 1)))[rows : 2 * rows]
    across = np.arange(wide, dtype=np.float32)[None]
    share = np.clip(0.5 + (across - seam[:, None]) / (2 * FEATHER), 0, 1)[..., None].astype(np.float32)
    # at the very left only what lies beyond: there the tile's right end goes on without a step
    share[:, 0] = 0
    slow = (across / wide)[..., None]
    slow = slow * slow * (3 - 2 * slow)
    closed = piece[:, :side].copy()
    closed[:, :wide] = share * near + (1 - share) * beyond + slow * soft[:, :wide] + (1 - slow) * soft[:, side:]
    return np.asarray(closed, np.float32)


def _cheapest_path(cost: Floats) -> NDArray[np.int64]:
    """Return the column of the cheapest way down through every row, a step of one sideways at most."""
    sums = cost.astype(np.float64)
    rows, columns = sums.shape
    for row in range(1, rows):
        above = np.pad(sums[row - 1], 1, constant_values=np.inf)
        sums[row] += np.minimum(np.minimum(above[:-2], above[1:-1]), above[2:])
    path = np.empty(rows, np.int64)
    path[-1] = sums[-1].argmin()
    for row in range(rows - 2, -1, -1):
        first = max(0, path[row + 1] - 1)
        path[row] = first + sums[row, first : min(columns, path[row + 1] + 2)].argmin()
    return path
