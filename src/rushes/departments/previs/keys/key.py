"""A key: a frame of a shot that an artist painted over its greybox, made ready to be carried over the shot."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.keys.edges import unmixed, whole_pixels
from rushes.departments.previs.keys.light import Sums, evidence, stops
from rushes.departments.previs.keys.sight import Sight, sight_of
from rushes.departments.previs.keys.underlay import Underlay
from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float32]
Ids = NDArray[np.uint16]
NOBODY = 65535
FADE_PIXELS = 4
"""A key gives way to others so many pixels before its paint ends at the edge of a thing or of the frame."""

DEEP = 0.75
"""Of `Chart.inner`: from here on, sixteen pixels around belong to one thing."""


@dataclass(frozen=True, eq=False)
class Key:
    """A painted frame.

    Attributes:
        frame: of the shot.
        painted: (3, height, width) float32 scene-linear, over the greybox of that frame.
        passes: of that frame, all of them.
        alpha: (height, width) float32, 0 to 1: what is painted; nothing: all of it.
        over: what it was painted over, as it was recorded then; nothing: `passes` are still those.
    """

    frame: int
    painted: Floats
    passes: Passes
    alpha: Floats | None = None
    over: Underlay | None = None

    @cached_property
    def chart(self) -> "Chart":
        """The key as the carrying needs it; made once."""
        return _chart(self)


@dataclass(frozen=True, eq=False)
class Chart:
    """A key made ready: flat arrays of its pixels.

    Attributes:
        shape: height and width.
        sight: its camera and places; nothing where too little stands.
        colours: (6, height, width) painted red, green, blue, scene-linear, then the greybox's in stops; edges unmixed.
        alpha: (pixels,) what is painted.
        ids, lit: (pixels,) id, `NOBODY` where nothing is painted that can be used; and how much key light arrives.
        inner: (pixels,) 0 at the edge of a thing, of the frame and of the paint, to 1.
        position, normal, rest: (3, pixels) as in the passes.
        light: what it says about how far paint follows light (`light.evidence`).
        levels: (7, ids) sums of each piece: stops of paint, stops of the greybox, pixels.
    """

    shape: tuple[int, int]
    sight: Sight | None
    colours: Floats
    alpha: Floats
    ids: Ids
    lit: Floats
    inner: Floats
    position: Floats
    normal: Floats
    rest: Floats
    light: Sums
    levels: Sums


def _chart(key: Key) -> Chart:
    passes = key.passes
    whole = whole_pixels(passes)
    alpha = np.ones(passes.ids.shape, np.float32) if key.alpha is None else key.alpha
    both = np.concatenate([key.painted, passes.beauty]).astype(np.float32)
    clean, pure = unmixed(both, passes, whole & (alpha > 0))
    ids = _painted_ids(passes.ids, alpha > 0, pure)
    inner = _inner(whole & (alpha > 0))
    grey = stops(clean[3:])
    return Chart(
        shape=(passes.ids.shape[0], passes.ids.shape[1]),
        sight=sight_of(passes),
        colours=np.concatenate([clean[:3], grey]),
        alpha=alpha.reshape(-1),
        ids=ids.reshape(-1),
        lit=passes.lit.reshape(-1),
        inner=inner.reshape(-1),
        position=passes.position.reshape(3, -1),
        normal=passes.normal.reshape(3, -1),
        rest=passes.rest.reshape(3, -1),
        light=evidence(stops(clean[:3]), grey, passes.ids, counts=inner > 0.3),
        levels=_levels(np.concatenate([stops(clean[:3]), grey]), passes.ids, inner > 0),
    )


def _painted_ids(ids: Ids, painted: NDArray[np.bool_], pure: NDArray[np.bool_]) -> Ids:
    """Return whose paint each pixel has; of two mixed colours nobody's, but where a thing has no better."""
    sizes = np.bincount(ids[pure & painted], minlength=int(ids.max()) + 1)
    return np.where(painted & (pure | (sizes[ids] == 0)), ids, NOBODY).astype(np.uint16)


def _levels(stack: Floats, ids: Ids, counts: NDArray[np.bool_]) -> Sums:
    owner = ids[counts]
    layers = [*stack[:, counts], np.ones(len(owner))]
    return np.stack([np.bincount(owner, layer, int(ids.max()) + 1) for layer in layers])


def _inner(whole: NDArray[np.bool_]) -> Floats:
    left = np.pad(whole, 1)
    depth = left.astype(np.float32)
    for _ in range(FADE_PIXELS - 1):
        less = left
        for axis in (0, 1):  # one after the other, so that corners go too
            less = less & np.roll(less, 1, axis) & np.roll(less, -1, axis)
        left = less
        depth += left
    return (depth[1:-1, 1:-1] / FADE_PIXELS).astype(np.float32)
