"""Swatch textures as one table for fast look-up: every swatch at every size, half an octave apart.

A texel finer than a pixel flickers as the camera moves, so each pixel reads the size that fits it. Between two sizes
there is one that is only blurred: then nobody sees where on a floor one size ends and the next begins.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from rushes.departments.previs.look.pack import LookPack
from rushes.departments.previs.look.tones import Floats

HALF_OCTAVE = 0.55
"""Sigma, pixels, of a blur that takes half an octave away."""


@dataclass(frozen=True, eq=False)
class Atlas:
    """Textures of a pack.

    Attributes:
        texels: (all texels, 4) float32: red, green, blue of reflectance, and 0 so that a row is read in one go.
        sides: (levels,) int32 side of each level.
        starts: (levels,) int32 row at which a level starts, within a swatch.
        rows: of one swatch.
        means: (swatches, 3) float32.
    """

    texels: Floats
    sides: NDArray[np.int32]
    starts: NDArray[np.int32]
    rows: int
    means: Floats


def atlas_of(pack: LookPack) -> Atlas:
    """Lay the textures of a pack out in one table."""
    columns = [_levels(np.asarray(swatch.tile, np.float32)) for swatch in pack.swatches]
    sides = np.array([level.shape[0] for level in columns[0]], np.int32)
    starts = np.concatenate([[0], np.cumsum(sides[:-1] ** 2)]).astype(np.int32)
    rows = int((sides**2).sum())
    texels = np.zeros((len(columns) * rows, 4), np.float32)
    texels[:, :3] = np.concatenate([level.reshape(-1, 3) for levels in columns for level in levels])
    means = np.stack([levels[-1].reshape(3) for levels in columns])
    return Atlas(texels, sides, starts, rows, means)


def sampled(atlas: Atlas, u: Floats, v: Floats, *, swatch_rows: NDArray[np.int32], level: NDArray[np.int32]) -> Floats:
    """Return (pixels, 4) float32 reflectance, between four texels.

    Args:
        atlas: the textures.
        u: (pixels,) float32 across the tile; 1 is once across, and it goes on.
        v: (pixels,) float32 down the tile.
        swatch_rows: (pixels,) first row of each pixel's swatch.
        level: (pixels,) place in `atlas.sides`.
    """
    side = atlas.sides[level]
    scale = side.astype(np.float32)
    u, v = u * scale, v * scale
    u -= np.float32(0.5)
    v -= np.float32(0.5)
    left, top = np.floor(u), np.floor(v)
    u -= left
    v -= top
    last = side - 1
    x, y = left.astype(np.int32) & last, top.astype(np.int32) & last
    start = atlas.starts[level]
    start += swatch_rows
    upper, lower = y * side, ((y + 1) & last) * side
    upper += start
    lower += start
    right = (x + 1) & last
    u, v = u[:, None], v[:, None]
    above = _between(atlas.texels, upper + x, upper + right, share=u)
    below = _between(atlas.texels, lower + x, lower + right, share=u)
    below -= above
    below *= v
    above += below
    return above


def level_for(atlas: Atlas, texels_per_pixel: Floats) -> NDArray[np.int32]:
    """Return the level to read where so many texels of the largest one fall into a pixel."""
    octaves = np.log2(np.maximum(texels_per_pixel, np.float32(1e-3)))
    octaves *= 2
    np.rint(octaves, out=octaves)
    return np.clip(octaves, 0, len(atlas.sides) - 1, out=octaves).astype(np.int32)


def _between(texels: Floats, one: NDArray[np.int32], other: NDArray[np.int32], *, share: Floats) -> Floats:
    first, second = texels.take(one, axis=0), texels.take(other, axis=0)
    second -= first
    second *= share
    first += second
    return first


def _levels(tile: Floats) -> list[Floats]:
    levels = [tile]
    while levels[-1].shape[0] > 1:
        sharp = levels[-1]
        blurred = np.stack([gaussian_filter(sharp[..., c], HALF_OCTAVE, mode="wrap") for c in range(3)], axis=-1)
        half = sharp.shape[0] // 2
        levels += [blurred, sharp.reshape(half, 2, half, 2, 3).mean(axis=(1, 3))]
    return levels
