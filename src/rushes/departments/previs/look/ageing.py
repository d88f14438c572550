"""What makes a surface look stood in: darker corners, which the greybox knows of, and an evenness that is broken."""

import numpy as np
from scipy.ndimage import gaussian_filter

from rushes.departments.previs.look.surfaces import Joins
from rushes.departments.previs.look.tones import Floats
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.stage.pieces import Light

SIDE, SPANS_M = 256, 6.0
"""Texels and metres of the breakup before it repeats."""

DEEPEST = 0.06
"""Standard deviation of the breakup."""

DARKEST_CORNER, DARKEST_EDGE = 0.2, 0.5


def breakup_of(seed: int, deepest: float = DEEPEST) -> Floats:
    """Return stains that repeat without a seam, large ones with smaller ones in them.

    Args:
        seed: of the stains.
        deepest: standard deviation; 0 leaves every surface even.

    Returns:
        (256, 256, 4) float32: around 1, how it changes across a texel and down a texel, and 0.
    """
    noise = np.random.default_rng(seed).normal(size=(2, SIDE, SIDE))
    layers = [gaussian_filter(one, sigma, mode="wrap") for one, sigma in zip(noise, (18, 7), strict=True)]
    mixed = sum(weight * one / one.std() for one, weight in zip(layers, (0.8, 0.6), strict=True))
    stains = 1 + deepest * np.clip(mixed, -2.5, 2.5)
    across, down = (np.roll(stains, -1, axis) - np.roll(stains, 1, axis) for axis in (1, 0))
    return np.stack([stains, across / 2, down / 2, np.zeros_like(stains)], axis=-1).astype(np.float32)


def broken_up(breakup: Floats, u: Floats, v: Floats) -> Floats:
    """Return (pixels,) the breakup at places in metres; between texels it follows their slope."""
    across, down = u * np.float32(SIDE / SPANS_M), v * np.float32(SIDE / SPANS_M)
    left, top = np.floor(across), np.floor(down)
    across -= left
    down -= top
    place = top.astype(np.int32)
    place &= SIDE - 1
    place *= SIDE
    place += left.astype(np.int32) & (SIDE - 1)
    found = breakup.reshape(-1, 4).take(place, axis=0)
    across -= np.float32(0.5)
    down -= np.float32(0.5)
    across *= found[:, 1]
    down *= found[:, 2]
    across += down
    across += found[:, 0]
    return across


def contact_of(passes: Passes, greys: Floats, *, blocked: Light, joins: Joins) -> Floats:
    """Return (height, width) float32, 0.2 to 1: how much of sky and bounce gets past what is close by.

    Args:
        passes: of a greybox in clear air.
        greys: (pieces + 1, 3) float32 what each piece reflects.
        blocked: the light that it was drawn in.
        joins: where edges are: there the picture is blended, and the next pixel inside is asked.
    """
    channel = 1
    key, sky, ground = (np.float32(getattr(blocked, name)[channel]) for name in ("key", "sky", "ground"))
    around = passes.normal[1] * (np.float32(0.5) * (sky - ground))
    around += np.float32(0.5) * (sky + ground)
    arrived = passes.beauty[channel] / np.maximum(greys[:, channel], np.float32(1e-3))[passes.ids]
    arrived -= passes.lit * key
    arrived /= np.maximum(around, np.float32(1e-3))
    contact = np.clip(arrived, np.float32(DARKEST_CORNER), 1)
    _from_inside(contact, joins)
    return np.asarray(contact, np.float32)


def _from_inside(plane: Floats, joins: Joins) -> None:
    """Ask, for every pixel on an edge, the next one inside; where that is an edge too, nothing is very dark."""
    width = plane.shape[1]
    flat = plane.ravel()
    right = np.flatnonzero(np.pad(~joins.right, ((0, 0), (0, 1))))
    below = np.flatnonzero(~joins.down)
    at = np.concatenate([right, right + 1, below, below + width])
    inside = np.concatenate([right - 1, right + 2, below - width, below + 2 * width]).clip(0, flat.size - 1)
    flat[at] = np.maximum(flat[inside], np.float32(DARKEST_EDGE))
