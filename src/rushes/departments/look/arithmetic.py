"""What each part of a look does to a pixel, in plain numpy: the reference that the OCIO path is held against."""

import numpy as np
import numpy.typing as npt

from rushes.departments.look.look import Cdl, Domain, Floats, Look, Switches, cdl_in_use

Doubles = npt.NDArray[np.float64]

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec.709 weights, which ASC CDL saturation uses in whatever space it works."""


ONE_THREAD = 1 << 18
"""Multiplications up to which OpenBLAS does a matrix product in the thread that asks: bands have the cores already."""


def apply_look(look: Look, pixels: Floats, switches: Switches | None = None) -> Floats:
    """Grade pixels in the look's encoding.

    Args:
        pixels: (..., 3) float32 code values in `look.encoding`; with a spatial part `(height, width, 3)`.

    Returns:
        Same shape and encoding; values beyond both ends of the domains keep their detail.
    """
    on = switches or Switches()
    graded = apply_cdl(cdl_in_use(look, on), pixels)
    if on.curves:
        graded = apply_curves(look.curves, look.curve_domain, graded)
    if on.lattice:
        graded = graded + np.float32(on.lattice) * read_lattice(look.lattice, look.lattice_domain, graded)
    if on.spatial and look.spatial is not None:
        graded = graded + read_spatial(look.spatial, look.lattice_domain, graded, rows=middles(len(graded)))
    return graded if on.strength == 1.0 else pixels + np.float32(on.strength) * (graded - pixels)


def apply_cdl(cdl: Cdl, pixels: Floats) -> Floats:
    """Apply an ASC CDL without clamping; (..., 3) float32 code values in and out.

    >>> half = Cdl(slope=(2.0, 1.0, 1.0), offset=(0.0, 0.1, 0.0), power=(1.0, 1.0, 2.0))
    >>> [round(float(value), 4) for value in apply_cdl(half, np.full(3, 0.5, np.float32))]
    [1.0, 0.6, 0.25]
    """
    sloped = pixels * np.asarray(cdl.slope, np.float32) + np.asarray(cdl.offset, np.float32)
    powered = sloped
    if cdl.power != (1.0, 1.0, 1.0):
        lifted = np.maximum(sloped, 0) ** np.asarray(cdl.power, np.float32)
        powered = np.where(sloped > 0, lifted, sloped)
    if cdl.saturation == 1.0:
        return powered
    luma = (powered @ LUMA)[..., None]
    return np.asarray(luma + np.float32(cdl.saturation) * (powered - luma), np.float32)


def apply_curves(curves: Floats, domain: Domain, pixels: Floats) -> Floats:
    """Apply one curve per channel; linear between points, slope 1 beyond the ends."""
    inputs = np.linspace(*domain, curves.shape[1], dtype=np.float64)
    graded = np.empty_like(pixels)
    for channel, curve in enumerate(curves):
        values = pixels[..., channel]
        held = np.clip(values, *domain)
        graded[..., channel] = np.interp(held, inputs, curve) + (values - held)
    return graded


def read_lattice(lattice: Floats, domain: Domain, pixels: Floats) -> Floats:
    """Read a lattice by tetrahedral interpolation, as OCIO does; beyond the domain its faces are held."""
    corners, weights = tetrahedra(pixels.reshape(-1, 3), domain, lattice.shape[0])
    flat = lattice.reshape(-1, lattice.shape[-1])
    out = np.zeros((len(corners), flat.shape[1]), np.float32)
    for corner in range(4):
        out += weights[:, corner, None] * flat[corners[:, corner]]
    return out.reshape(*pixels.shape[:-1], flat.shape[1])


def tetrahedra(pixels: Floats, domain: Domain, points: int) -> tuple[np.ndarray, Floats]:
    """Return for each of `(pixels, 3)` the four lattice points around it and their weights.

    Returns:
        Flat indices `(pixels, 4)` int32 into a `[red, green, blue]` lattice, and weights `(pixels, 4)` that sum to 1.
    """
    first, last = domain
    spots = (pixels - np.float32(first)) * np.float32((points - 1) / (last - first))
    spots = np.fmin(np.fmax(spots, 0), points - 1)  # as `clip`, but NaN, which lies nowhere, reads a point that exists
    cells = np.minimum(spots.astype(np.int32), points - 2)
    within = (spots - cells).astype(np.float32)
    # walk from the cell's first corner to its last along the axes, the largest fraction first
    order = np.argsort(-within, axis=1, kind="stable")
    falling = np.take_along_axis(within, order, axis=1)
    steps = np.array([points * points, points, 1], np.int32)
    corners = np.empty((len(pixels), 4), np.int32)
    corners[:, 0] = cells @ steps
    corners[:, 1:] = corners[:, :1] + np.cumsum(steps[order], axis=1)
    edges = np.pad(falling, ((0, 0), (1, 1)), constant_values=((0, 0), (1, 0)))
    return corners, edges[:, :-1] - edges[:, 1:]


def read_spatial(spatial: Floats, domain: Domain, band: Floats, *, rows: np.ndarray) -> Floats:
    """Return what the spatial part adds to a graded picture, or to whole rows of one.

    Args:
        spatial: (rows, columns, levels, 3, 4) float32, see `Look.spatial`.
        domain: code values of the first and last level.
        band: (height, width, 3) float32 graded code values in the look's encoding.
        rows: (height,) where each row lies in the picture, 0 to 1: some of `middles(its height)`.

    Returns:
        (height, width, 3) float32 differences of code values.
    """
    (height, width), (columns, levels) = band.shape[:2], spatial.shape[1:3]
    # for each pixel and level an affine map of three channels from three columns of the grid
    nodes, across = _tiled(width, columns, most=ONE_THREAD // (3 * 3 * 4 * levels))
    # a sum of ramps, one from each level to the next, takes half the work of one tent for each level
    lines = np.tensordot(_tents(rows, len(spatial)), np.diff(spatial, axis=2, prepend=np.float32(0)), (0, 0))[:, nodes]
    lines = lines.transpose(0, 1, 2, 4, 3, 5).reshape(height, len(nodes), 3 * nodes.shape[1], 4 * levels)
    parts = np.ones((levels, 4, across[0].size), np.float32)
    added = np.empty((height, 3, *across[0].shape), np.float32)
    # row by row, for so all that is in hand stays in the cache of one core
    for line, row, change in zip(lines, band, added, strict=True):
        parts[0, :3, :width] = row.T
        luma = np.einsum("cw,c->w", parts[0, :3], LUMA)
        heights = (luma - domain[0]) * ((levels - 1) / (domain[1] - domain[0]))
        ramps = np.clip(heights - np.arange(levels - 1, dtype=np.float32)[:, None], 0, 1)
        np.multiply(ramps[:, None], parts[0], out=parts[1:])
        changes = line @ parts.reshape(4 * levels, len(nodes), -1).transpose(1, 0, 2)
        np.einsum("tkcw,ktw->ctw", changes.reshape(len(nodes), -1, 3, across.shape[2]), across, out=change)
    return added.reshape(height, 3, parts.shape[2])[..., :width].transpose(0, 2, 1)


def middles(count: int) -> Doubles:
    """Return where the middles of so many rows or columns lie in a picture: `(count,)` float64, 0 to 1.

    >>> middles(2).tolist()
    [0.25, 0.75]
    """
    return np.asarray((np.arange(count) + 0.5) / count)


def _tiled(width: int, columns: int, *, most: int) -> tuple[np.ndarray, Floats]:
    """Cut a row into tiles, each so narrow that no more than three columns of the grid are near it.

    Returns:
        Numbers of these columns `(tiles, 3)`, and their shares in each pixel `(3, tiles, tile's width)`.
    """
    wide = max(1, min(width // max(columns - 1, 1), most))
    places = (np.arange(-(-width // wide) * wide) + 0.5) / width
    first = np.minimum((places[::wide] * (columns - 1)).astype(int), max(columns - 3, 0))
    nodes = first[:, None] + np.arange(min(columns, 3))
    shares = _tents(places, columns).reshape(columns, -1, wide)
    return nodes, np.ascontiguousarray(shares[nodes, np.arange(len(nodes))[:, None]].transpose(1, 0, 2))


def _tents(places: Doubles, nodes: int) -> Floats:
    """Return the share `(nodes, n)` that each of some evenly spaced nodes has in places `(n,)` from 0 to 1."""
    apart = places * (nodes - 1) - np.arange(nodes)[:, None]
    return np.asarray(np.maximum(1 - np.abs(apart), 0), np.float32)


def spatial_change(spatial: Floats, domain: Domain, pixels: Floats, *, places: np.ndarray) -> Floats:
    """Return what the spatial part adds to single pixels anywhere: the reference that `read_spatial` is held against.

    Args:
        spatial: (rows, columns, levels, 3, 4) float32, see `Look.spatial`.
        domain: code values of the first and last level.
        pixels: (n, 3) float32 graded code values in the look's encoding.
        places: (n, 2) row and column in the picture, 0 to 1.

    Returns:
        (n, 3) float32 differences of code values.
    """
    nodes, weights = grid_cells(spatial.shape[:3], domain, pixels, places=places)
    flat = spatial.reshape(-1, 12)
    mixed = np.einsum("nk,nkc->nc", weights, flat[nodes]).reshape(-1, 3, 4)
    return np.asarray(np.einsum("nij,nj->ni", mixed[..., :3], pixels) + mixed[..., 3], np.float32)


def grid_cells(
    shape: tuple[int, ...], domain: Domain, pixels: Floats, *, places: np.ndarray
) -> tuple[np.ndarray, Floats]:
    """Return the eight grid nodes around each pixel, by place and luma, and their weights."""
    luma = (pixels @ LUMA - domain[0]) / (domain[1] - domain[0])
    spots = np.fmin(np.fmax(np.column_stack([places, luma]), 0), 1) * (np.array(shape[:3]) - 1)  # NaN reads a node too
    cells = np.minimum(spots.astype(np.int64), np.maximum(np.array(shape[:3]) - 2, 0))
    within = spots - cells
    nodes = np.empty((len(pixels), 8), np.int64)
    weights = np.empty((len(pixels), 8), np.float32)
    for corner, step in enumerate(np.ndindex(2, 2, 2)):
        near = np.minimum(cells + step, np.array(shape[:3]) - 1)
        nodes[:, corner] = np.ravel_multi_index(tuple(near.T), shape[:3])
        weights[:, corner] = np.where(step, within, 1 - within).prod(axis=1)
    return nodes, weights
