"""Lessons: keys of which parts are hidden, as other frames will hide them, with what the artist painted there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from rushes.departments.previs.keys.carry import carry
from rushes.departments.previs.keys.edges import unmixed, whole_pixels
from rushes.departments.previs.keys.fill import plain_fill
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.network import coded, described

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
HIDINGS = 5
"""Ways in which each key is hidden in part, beside what other keys do not show of it."""

SHOWN_COUNTS = 0.1
"""How much a pixel that is not hidden counts."""

LEAST_HIDDEN = 16
BLOCKS = 8
"""Blocks across a key; some are set aside to test the network on."""

SET_ASIDE = 0.25


@dataclass(frozen=True, eq=False)
class Lesson:
    """A key with hidden parts.

    Attributes:
        known: (channels, height, width) of `described`.
        plain: (3, height, width) codes of the plain fill.
        coverage: (height, width) what is not hidden.
        target: (3, height, width) codes of what the artist painted.
        counts: (height, width) how much a pixel counts.
        hidden: flat places of hidden pixels that are learned from.
        tests: flat places of hidden pixels that no lesson on this key teaches.
    """

    known: Floats
    plain: Floats
    coverage: Floats
    target: Floats
    counts: Floats
    hidden: NDArray[np.intp]
    tests: NDArray[np.intp]


def lessons_of(keys: Sequence[Key], draw: np.random.Generator) -> list[Lesson]:
    """Return lessons on every key.

    Args:
        keys: one or more.
        draw: what decides where parts are hidden.
    """
    return [lesson for key in keys for lesson in _lessons_on(key, keys, draw)]


def _lessons_on(key: Key, keys: Sequence[Key], draw: np.random.Generator) -> Iterator[Lesson]:
    passes = key.passes
    whole = whole_pixels(passes)
    painted, _ = unmixed(key.painted, passes, whole)
    alpha = np.ones(whole.shape, np.float32) if key.alpha is None else key.alpha
    others = [other for other in keys if other is not key]
    carried = [carry(keys, passes)] * HIDINGS
    carried = [replace(one, plate=painted, coverage=_hidden(key, draw) * alpha) for one in carried]
    carried += [carry([other], passes) for other in others]
    known = described(passes, carried[0].grey)
    aside = _set_aside(whole.shape, draw)
    for one in carried:
        hidden = (one.coverage < 0.5) & (alpha > 0.5)
        taught, tested = np.flatnonzero(hidden & ~aside), np.flatnonzero(hidden & aside)
        if len(taught) >= LEAST_HIDDEN:
            counts = np.where(aside, 0, alpha * np.where(hidden, 1.0, SHOWN_COUNTS)).astype(np.float32)
            plain = coded(plain_fill(one, passes))
            yield Lesson(known, plain, one.coverage, coded(painted), counts, taught, tested)


def _set_aside(shape: tuple[int, ...], draw: np.random.Generator) -> Mask:
    side = -(-shape[1] // BLOCKS)
    blocks = draw.uniform(size=(-(-shape[0] // side), BLOCKS)) < SET_ASIDE
    return np.repeat(np.repeat(blocks, side, axis=0), side, axis=1)[: shape[0], : shape[1]]


def _hidden(key: Key, draw: np.random.Generator) -> Floats:
    """Return 0 where a frame's own things would stand had they moved, and along one side; 1 elsewhere."""
    ids = key.passes.ids
    height, width = ids.shape
    sizes = np.bincount(ids.reshape(-1))
    small = np.flatnonzero((sizes > 0) & (sizes < 0.1 * ids.size))
    chosen = draw.choice(small, max(len(small) // 2, 1), replace=False) if len(small) else small
    things = binary_dilation(np.isin(ids, chosen), iterations=max(width // 200, 1))
    step = draw.integers(-width // 8, width // 8 + 1), draw.integers(-height // 12, height // 12 + 1)
    gone: Mask = np.roll(things, (int(step[1]), int(step[0])), axis=(0, 1))
    side, deep = draw.integers(4), draw.uniform(0.02, 0.12)
    along = np.arange(width) / width if side < 2 else (np.arange(height) / height)[:, None]
    gone = gone | np.broadcast_to(along < deep if side % 2 else along > 1 - deep, ids.shape)
    return np.where(gone, 0.0, 1.0).astype(np.float32)
