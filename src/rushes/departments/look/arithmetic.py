"""What each part of a look does to a pixel, in plain numpy: the reference that the OCIO path is held against."""

import numpy as np

from rushes.departments.look.look import Cdl, Domain, Floats, Look, Switches, cdl_in_use

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Rec.709 weights, which ASC CDL saturation uses in whatever space it works."""


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
        graded = graded + read_spatial(look.spatial, look.lattice_domain, graded)
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
    spots = np.clip((pixels - np.float32(first)) * np.float32((points - 1) / (last - first)), 0, points - 1)
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


def read_spatial(spatial: Floats, domain: Domain, picture: Floats) -> Floats:
    """Return what the spatial part adds to a graded picture.

    Args:
        spatial: (rows, columns, levels, 3, 4) float32.
        domain: code values of the first and last level.
        picture: (height, width, 3) float32.

    Returns:
        (height, width, 3) float32.
    """
    height, width, _ = picture.shape
    rows, columns = (np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width
    added = np.empty_like(picture)
    for row in range(height):
        places = np.stack([np.full(width, rows[row]), columns], axis=1)
        added[row] = spatial_change(spatial, domain, picture[row], places=places)
    return added


def spatial_change(spatial: Floats, domain: Domain, pixels: Floats, *, places: np.ndarray) -> Floats:
    """Return what the spatial part adds to single pixels `(n, 3)` at places `(n, 2)`: row and column, 0 to 1."""
    nodes, weights = grid_cells(spatial.shape[:3], domain, pixels, places=places)
    flat = spatial.reshape(-1, 12)
    mixed = np.einsum("nk,nkc->nc", weights, flat[nodes]).reshape(-1, 3, 4)
    return np.asarray(np.einsum("nij,nj->ni", mixed[..., :3], pixels) + mixed[..., 3], np.float32)


def grid_cells(
    shape: tuple[int, ...], domain: Domain, pixels: Floats, *, places: np.ndarray
) -> tuple[np.ndarray, Floats]:
    """Return the eight grid nodes around each pixel, by place and luma, and their weights."""
    luma = (pixels @ LUMA - domain[0]) / (domain[1] - domain[0])
    spots = np.column_stack([places, luma]).clip(0, 1) * (np.array(shape[:3]) - 1)
    cells = np.minimum(spots.astype(np.int64), np.maximum(np.array(shape[:3]) - 2, 0))
    within = spots - cells
    nodes = np.empty((len(pixels), 8), np.int64)
    weights = np.empty((len(pixels), 8), np.float32)
    for corner, step in enumerate(np.ndindex(2, 2, 2)):
        near = np.minimum(cells + step, np.array(shape[:3]) - 1)
        nodes[:, corner] = np.ravel_multi_index(tuple(near.T), shape[:3])
        weights[:, corner] = np.where(step, within, 1 - within).prod(axis=1)
    return nodes, weights
