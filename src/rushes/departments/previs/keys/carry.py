"""What artists painted on a few frames, carried to another frame of the shot.

Paint sticks to a thing where it rests; the key's own passes say which of its pixels shows that point. Where several
keys do, the one that saw it as this frame does counts most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.keys.edges import unmixed, whole_pixels
from rushes.departments.previs.keys.finding import Found, asked_of, find
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.light import light_obeyed, relit, stops
from rushes.departments.previs.keys.sampling import sampled
from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float32]
NEAR_FRAMES = 24
LEAST_SHARE = 0.02


@dataclass(frozen=True, eq=False)
class Carried:
    """A frame as far as the keys show it.

    Attributes:
        plate: (3, height, width) float32 scene-linear, each pixel of the thing at its centre only; 0 where uncovered.
        coverage: (height, width) float32, 0 to 1: how far a key shows this point.
        source: (height, width) int8: place in `keys` of the key that counts most there; -1 where none does.
        grey: (3, height, width) the greybox, edges unmixed.
        pure: (height, width) where that could be done.
        usual: (3, ids) log2 of paint over greybox to the power `light`, mean of each piece over all keys; of what no
            key shows, that of all pieces.
        light: (3, ids) power of the greybox's light that paint follows.
        own: the key of this very frame, if there is one: there the painting stays as it is, pixel for pixel.
    """

    plate: Floats
    coverage: Floats
    source: NDArray[np.int8]
    grey: Floats
    pure: NDArray[np.bool_]
    usual: Floats
    light: Floats
    own: Key | None = None


def carry(keys: Sequence[Key], passes: Passes, *, frame: int | None = None, light: float | None = None) -> Carried:
    """Carry what was painted to a frame.

    Args:
        keys: one or more, of one size.
        passes: of the frame, all of them, same size.
        frame: its number, so that nearer keys count more, and the frame that was painted is the painting.
        light: power of a change of the greybox's light that is obeyed; as the keys themselves say if not given.
    """
    shape, count = passes.ids.shape, int(passes.ids.max()) + 1
    power = light_obeyed([key.chart.light for key in keys], count)
    if light is not None:
        power[:] = light
    grey, pure = unmixed(passes.beauty, passes, whole_pixels(passes))
    now, asked = stops(grey).reshape(3, -1), asked_of(passes)
    found = [find(key.chart, asked) for key in keys]
    weights = np.stack([_weight(seen, key, frame) for seen, key in zip(found, keys, strict=True)])
    shares = _shares(weights)
    plate, cover = np.zeros_like(now), np.zeros(now.shape[1], np.float32)
    for key, seen, share in zip(keys, found, shares, strict=True):
        used = np.flatnonzero(share)
        ids, part = asked.ids[used], share[used]
        colours = sampled(key.chart, ids, np.stack([seen.x[used], seen.y[used]]))
        plate[:, used] += part * relit(colours[:3], now[:, used] - colours[3:], power[:, ids])
        cover[used] += part * seen.shown[used]
    source = np.where(weights.max(axis=0) > 0, weights.argmax(axis=0), -1).astype(np.int8).reshape(shape)
    coverage = np.minimum(cover, 1).reshape(shape)
    own = next((key for key in keys if key.frame == frame and np.array_equal(key.passes.ids, passes.ids)), None)
    return Carried(plate.reshape(3, *shape), coverage, source, grey, pure, _usual(keys, power), power, own)


def _weight(found: Found, key: Key, frame: int | None) -> Floats:
    near = 1.0 if frame is None else 1 / (1 + abs(frame - key.frame) / NEAR_FRAMES)
    return np.asarray(found.likeness * np.float32(near), np.float32)


def _shares(weights: Floats) -> Floats:
    """Return how much each key counts, (keys, pixels): 1 together where there is paint."""
    best = weights.max(axis=0)
    shares = (weights / np.maximum(best, np.float32(1e-12))) ** 2
    shares *= shares  # the fourth power: the better key is nearly alone, for two strokes blended are a smear
    shares[shares < LEAST_SHARE] = 0
    return np.asarray(shares / np.maximum(shares.sum(axis=0), np.float32(1e-12)), np.float32)


def _usual(keys: Sequence[Key], power: Floats) -> Floats:
    """Return the mean of paint over greybox, log2, of each piece."""
    count = power.shape[1]
    sums = np.zeros((7, count))
    for key in keys:
        levels = key.chart.levels[:, :count]
        sums[:, : levels.shape[1]] += levels
    hue = sums[:3] - power * sums[3:6]
    everywhere = hue.sum(axis=1, keepdims=True) / max(sums[6].sum(), 1)
    return np.asarray(np.where(sums[6] > 0, hue / np.maximum(sums[6], 1), everywhere), np.float32)
