"""Mattes carried through a shot: from each taught frame, along the motion, to the frames between. A hint, no result."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, pairwise
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate
from rushes.departments.paint.motion import (
    Floats,
    Flow,
    Motion,
    chained,
    flow_of_sights,
    motion_of_sights,
    sight,
    unlike,
    warped,
)
from rushes.domain.errors import BadMaterial

Halves = npt.NDArray[np.float16]

LONGEST = 480
"""Pixels of the longer side at which mattes are carried."""

REACH = 60
"""Frames over which a matte is carried at most: after that it is a guess, and memory has a bound."""

FURTHEST_REPAIR = 0.006
"""Share of the longer side by which drift is put right in one frame; 3 pixels of 480."""

COST_OF_A_HALF = 8.0
"""Cost at which trust is a half. On car-shadow of DAVIS 2016 mattes at that cost were wrong by 0.03, at twice
that by 0.1, at four times by 0.2, near the matte."""

EDGE_NOISE = 0.01
"""Stops squared below which a difference in the plate is no edge for a matte to follow."""


@dataclass(frozen=True)
class Carried:
    """What the taught frames say of one frame.

    Attributes:
        frame: its number.
        guide: (k, h, w) float32 mattes, 0 to 1, at the working size; 0 where nothing was carried.
        trust: (h, w) float32, 0 to 1: how far the guide may be believed.
    """

    frame: int
    guide: Floats
    trust: Floats


@dataclass(frozen=True)
class _Chain:
    """The way from a frame back to a taught one: what is seen and drawn there, where, and at what cost."""

    seen: Floats
    mattes: Floats
    flow: Flow
    cost: Floats


@dataclass(frozen=True)
class _Heard:
    """What one taught frame says: mattes and cost, and how many frames away it is."""

    mattes: Halves
    cost: Halves
    distance: int


@dataclass(frozen=True)
class _Stop:
    """A frame on the way, kept small, and what it has heard from either side."""

    frame: int
    seen: Halves
    heard: tuple[_Heard, ...] = ()


class _Way(NamedTuple):
    """A `Motion`, kept small."""

    flow: Halves
    cost: Halves


def carried(
    mattes: Mapping[int, Floats],
    frames: Iterable[int],
    plate_of: Callable[[int], Plate],
    *,
    longest: int = LONGEST,
    reach: int = REACH,
) -> Iterator[Carried]:
    """Carry mattes from taught frames to all frames of a shot.

    From the nearest taught frame before and the nearest after, each followed frame by frame; drift is put right
    against the taught frame itself; what looks unlike it, or does not come back, counts less. To a taught frame its
    own matte is not carried but its neighbours': a network that had it as a hint would learn to copy.

    Args:
        mattes: by number of the taught frame, (k, height, width) float32, 0 to 1, of any size.
        frames: to carry to; the way goes through these and the taught ones, so give all frames between.
        plate_of: reads a frame, (3, height, width) scene-linear; each is read once or twice, in order.
        longest: pixels of the longer side at which mattes are carried and returned.
        reach: frames over which a matte is carried at most. About `2 * reach` frames are held at 20 bytes a pixel of
            the working size: 0.3 GB with the defaults, for one matte.

    Returns:
        One for each of the frames, in order.

    Raises:
        BadMaterial: no matte, or not as many in every taught frame.
    """
    counts = {frame: len(matte) if matte.ndim == 3 else 0 for frame, matte in mattes.items()}
    if not counts or 0 in counts.values() or len(set(counts.values())) > 1:
        reasons = [f"frame {frame}: {count} mattes" for frame, count in sorted(counts.items())]
        raise BadMaterial("mattes cannot be carried", reasons, "Give (k, height, width) mattes, k alike in each.")
    runs = _runs(sorted(set(frames)), sorted(mattes), reach)
    stops = _stops(runs, mattes, lambda frame: sight(plate_of(frame), longest=longest))
    wanted = set(frames)
    return (_concluded(stop, next(iter(counts.values()))) for stop in stops if stop.frame in wanted)


def _runs(frames: list[int], taught: list[int], reach: int) -> Iterator[list[int]]:
    """Split a shot where a frame was taught, which ends one run and begins the next, and where none is in reach."""
    if not frames:
        return
    before = [frame for frame in taught if frame <= frames[0]][-1:]
    after = [frame for frame in taught if frame >= frames[-1]][:1]
    inside = [frame for frame in taught if frames[0] < frame < frames[-1]]
    way = sorted({*frames, *before, *inside, *after})
    marks = sorted({0, *(way.index(frame) for frame in [*before, *inside, *after]), len(way) - 1})
    for first, last in pairwise(marks) if len(marks) > 1 else [(0, 0)]:
        run = way[first : last + 1]
        left = reach + 1 if run[0] in taught else 0
        right = len(run) - (reach + 1 if run[-1] in taught else 0)
        if left >= right:
            yield run
        else:
            yield from (part for part in (run[:left], *([frame] for frame in run[left:right]), run[right:]) if part)


def _stops(
    runs: Iterable[list[int]], mattes: Mapping[int, Floats], sight_of: Callable[[int], Floats]
) -> Iterator[_Stop]:
    """Follow one run after the other; a frame that two of them share has heard from both sides."""
    held: _Stop | None = None
    for run in runs:
        stops = _followed(run, mattes, sight_of)
        if held is not None and held.frame == run[0]:
            stops[0] = replace(stops[0], heard=held.heard + stops[0].heard)
        elif held is not None:
            yield held
        yield from stops[:-1]
        held = stops[-1]
    if held is not None:
        yield held


def _followed(run: list[int], mattes: Mapping[int, Floats], sight_of: Callable[[int], Floats]) -> list[_Stop]:
    """Follow a run forwards from its first frame and backwards from its last, where these were taught."""
    stops, ways = list[_Stop](), list[_Way]()
    chain: _Chain | None = None
    for frame in run:
        seen = sight_of(frame)
        heard: tuple[_Heard, ...] = ()
        if stops:
            later, earlier = motion_of_sights(_of_one_size(stops[-1], seen, frame), seen)
            ways.append(_Way(later.flow.astype(np.float16), later.cost.astype(np.float16)))
            if chain is not None:
                chain = _onward(chain, earlier, seen)
                heard = (_heard(chain, seen, frame - run[0]),)
        elif frame in mattes:
            chain = _chain_from(seen, mattes[frame])
        stops.append(_Stop(frame, seen.astype(np.float16), heard))
    if len(run) > 1 and run[-1] in mattes:
        chain = _chain_from(stops[-1].seen.astype(np.float32), mattes[run[-1]])
        for place in range(len(run) - 2, -1, -1):
            seen = stops[place].seen.astype(np.float32)
            chain = _onward(chain, Motion(*(part.astype(np.float32) for part in ways[place])), seen)
            heard = (*stops[place].heard, _heard(chain, seen, run[-1] - run[place]))
            stops[place] = replace(stops[place], heard=heard)
    return stops


def _of_one_size(stop: _Stop, seen: Floats, frame: int) -> Floats:
    if stop.seen.shape != seen.shape:
        sizes = [
            f"frame {one}: {shape[2]} × {shape[1]}"
            for one, shape in ((stop.frame, stop.seen.shape), (frame, seen.shape))
        ]
        raise BadMaterial("the frames of a shot are not of one size", sizes, "Give each size a shot of its own.")
    return stop.seen.astype(np.float32)


def _chain_from(seen: Floats, mattes: Floats) -> _Chain:
    height, width = seen.shape[1:]
    way = cv2.INTER_AREA if mattes.shape[1] >= height else cv2.INTER_LINEAR
    small = [
        cv2.resize(np.ascontiguousarray(matte, np.float32), (width, height), interpolation=way) for matte in mattes
    ]
    still = np.zeros((2, height, width), np.float32)
    return _Chain(seen, np.asarray(small, np.float32), still, still[0])


def _onward(chain: _Chain, step: Motion, seen: Floats) -> _Chain:
    """Follow a chain to the next frame; places are handed on, not pictures, which would blur."""
    flow = chained(step.flow, chain.flow)
    cost = step.cost + warped(chain.cost, step.flow)
    there = warped(chain.seen, flow)
    repaired = chained(flow_of_sights(seen, there), flow)
    better = unlike(seen, warped(chain.seen, repaired)) < unlike(seen, there)
    better &= np.abs(repaired - flow).max(axis=0) < FURTHEST_REPAIR * max(seen.shape)
    return replace(chain, flow=np.where(better, repaired, flow), cost=cost)


def _heard(chain: _Chain, seen: Floats, distance: int) -> _Heard:
    cost = chain.cost + unlike(seen, warped(chain.seen, chain.flow))
    return _Heard(warped(chain.mattes, chain.flow).astype(np.float16), cost.astype(np.float16), distance)


def _concluded(stop: _Stop, count: int) -> Carried:
    """Weigh what the taught frames say."""
    size = stop.seen.shape[1:]
    if not stop.heard:
        return Carried(stop.frame, np.zeros((count, *size), np.float32), np.zeros(size, np.float32))
    costs = np.stack([heard.cost.astype(np.float32) for heard in stop.heard])
    nearness = np.array([1 / heard.distance for heard in stop.heard], np.float32)
    weights = nearness[:, None, None] * np.exp(costs.min(axis=0) - costs)
    weights /= weights.sum(axis=0)
    said = np.stack([heard.mattes.astype(np.float32) for heard in stop.heard])
    guide = np.einsum("shw,skhw->khw", weights, said)
    # two that are as sure of opposite things know nothing
    torn = 4 * np.prod(weights, axis=0) * np.square(said[0] - said[-1]).max(axis=0) if len(said) == 2 else 0
    trust = (1 - torn) / (1 + (weights * costs).sum(axis=0) / COST_OF_A_HALF)
    guide = _drawn_to_edges(guide, stop.seen.astype(np.float32), trust)
    return Carried(stop.frame, guide, np.asarray(trust, np.float32))


def _drawn_to_edges(guide: Floats, seen: Floats, trust: Floats) -> Floats:
    """Let mattes follow the plate's edges within a pixel: a guided filter that listens to what is trusted.

    References:
        [He2013] Guided Image Filtering, IEEE TPAMI 35(6).
    """

    def near(picture: Floats) -> Floats:
        return np.asarray(cv2.blur(picture, (3, 3), borderType=cv2.BORDER_REPLICATE), np.float32)

    trust = trust + np.float32(1e-4)
    total = near(trust)
    shares = [near(one * trust) / total for one in seen]
    spread = np.empty((3, 3, *trust.shape), np.float32)
    for row, column in combinations_with_replacement(range(3), 2):
        product = near(seen[row] * seen[column] * trust) / total - shares[row] * shares[column]
        spread[row, column] = spread[column, row] = product + EDGE_NOISE * (row == column)
    inverse = _inverse(spread)
    drawn = []
    for matte in guide:
        level = near(matte * trust) / total
        together = [near(one * matte * trust) / total - share * level for one, share in zip(seen, shares, strict=True)]
        slopes = np.einsum("ijhw,jhw->ihw", inverse, np.stack(together))
        offset = level - (slopes * shares).sum(axis=0)
        drawn.append((np.stack([near(slope) for slope in slopes]) * seen).sum(axis=0) + near(offset))
    return np.asarray(np.clip(drawn, 0, 1), np.float32)


def _inverse(matrices: Floats) -> Floats:
    """Invert symmetric (3, 3, h, w) matrices, all at once: four times faster than numpy does."""
    (a, b, c), (_, d, e), (_, _, f) = matrices
    rows = [[d * f - e * e, c * e - b * f, b * e - c * d], [0, a * f - c * c, b * c - a * e], [0, 0, a * d - b * b]]
    rows[1][0], rows[2][0], rows[2][1] = rows[0][1], rows[0][2], rows[1][2]
    return np.asarray(rows / (a * rows[0][0] + b * rows[0][1] + c * rows[0][2]), np.float32)
