"""Which pixel of a key shows a point of another frame, and how well; or that none does."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from rushes.departments.previs.keys.key import Chart
from rushes.departments.previs.keys.sight import Sight, seen_at, sight_of
from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float32]
Ids = NDArray[np.uint16]
OFF_PLANE = 0.35
"""Pixels, as wide as they are there, by which a point may lie off the surface that the key shows in its place."""

LEAST_FACING = 0.04
"""Cosine below which a surface is seen too much from the side to have been painted."""

LEAST_ALIKE = 0.5
"""Cosine between the normal of a point and that of the surface shown in its place."""

LEAST_TAP = 0.1
"""How much a pixel must count between others for it to show a point."""

AT_ONCE = 16384
"""Points: what is computed of so many stays near the processor."""

UNPLACED = 0.1
NEAR_ENOUGH = 1.6
"""Pixels to the nearest rest position of a piece whose place is not known."""


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of the keys: the points of a frame, or of a part of it.

    Attributes:
        sight: of the frame.
        ids: (points,)
        rest, position, normal: (3, points) as in the passes.
        view: (3, points) unit ray from the camera.
        size: (points,) metres that a pixel is wide there, across the ray.
        lit: (points,)
    """

    sight: Sight | None
    ids: Ids
    rest: Floats
    position: Floats
    normal: Floats
    view: Floats
    size: Floats
    lit: Floats


@dataclass(frozen=True, eq=False)
class Found:
    """Where a key shows what was asked.

    Attributes:
        x, y: (points,) pixels of the key.
        shown: (points,) 0 to 1.
        likeness: (points,) 0 to 1: seen from the same side, as closely, as well inside the paint.
    """

    x: Floats
    y: Floats
    shown: Floats
    likeness: Floats


def asked_of(passes: Passes, picks: NDArray[np.intp] | None = None) -> Asked:
    """Return the points of a frame.

    Args:
        passes: of the frame.
        picks: which pixels, flat; all if nothing is given.
    """
    sight = sight_of(passes)
    width = passes.ids.shape[1]
    picks = np.arange(passes.ids.size) if picks is None else picks
    ids = passes.ids.reshape(-1)[picks]
    depth, lit = (values.reshape(-1)[picks] for values in (passes.depth, passes.lit))
    rest, position, normal = (
        values.reshape(3, -1)[:, picks] for values in (passes.rest, passes.position, passes.normal)
    )
    if sight is None:
        return Asked(None, ids, rest, position, normal, np.zeros_like(rest), np.zeros_like(depth), lit)
    view = position - sight.place.astype(np.float32)[:, None]
    sky = np.flatnonzero(ids == 0)
    ahead = (np.stack([picks[sky] % width, picks[sky] // width]) - sight.middle[:, None]) / sight.focal[:, None]
    view[:, sky] = sight.turn.T @ np.concatenate([ahead, np.ones((1, len(sky)))])
    view /= np.sqrt(np.einsum("ij,ij->j", view, view))
    size = np.where(ids > 0, depth, 0).astype(np.float32) / np.float32(sight.focal.mean())
    return Asked(sight, ids, rest, position, normal, view, size, lit)


def find(chart: Chart, asked: Asked) -> Found:
    """Return where a key shows the points that are asked.

    Args:
        chart: of the key.
        asked: points of another frame.
    """
    result = Found(*(np.zeros(len(asked.ids), np.float32) for _ in range(4)))
    if chart.sight is not None and asked.sight is not None:
        for first in range(0, len(asked.ids), AT_ONCE):
            part = np.s_[..., first : first + AT_ONCE]
            names = ("ids", "rest", "position", "normal", "view", "size", "lit")
            few = Asked(asked.sight, *(getattr(asked, name)[part] for name in names))
            _find(chart, few, Found(*(getattr(result, name)[part] for name in ("x", "y", "shown", "likeness"))))
    return result


def _find(chart: Chart, asked: Asked, result: Found) -> None:
    assert chart.sight is not None
    there = _there(chart.sight, asked)
    seen = seen_at(chart.sight, there.position)[:2]
    _by_rest_position(chart, asked, there, seen=seen)
    height, width = chart.shape
    with np.errstate(invalid="ignore"):
        inside = (seen[0] > -0.5) & (seen[0] < width - 0.5) & (seen[1] > -0.5) & (seen[1] < height - 0.5)
    picks = np.flatnonzero(inside)
    at = seen[:, picks]
    tap = _own_tap(chart, asked.ids[picks], at)
    if (tap < 0).any():
        picks, at, tap = picks[tap >= 0], at[:, tap >= 0], tap[tap >= 0]
    result.x[picks], result.y[picks] = at
    result.shown[picks], result.likeness[picks] = _judged(chart, asked, there, pairs=(picks, tap))


@dataclass(frozen=True, eq=False)
class _There:
    """What is asked, as it stood when a key was painted; NaN where that is not known."""

    position: Floats
    normal: Floats
    view: Floats


def _there(sight: Sight, asked: Asked) -> _There:
    assert asked.sight is not None
    count = max(int(asked.ids.max(initial=0)) + 1, len(sight.moves))
    then, now = _moves(sight, count), _moves(asked.sight, count)
    position, normal, view = asked.position.copy(), asked.normal.copy(), asked.view.copy()
    sky = asked.ids == 0
    position[:, sky] = view[:, sky] + sight.place[:, None]
    picks = np.flatnonzero((then != now).any(axis=(1, 2))[asked.ids])  # sets do not move, and are most of a frame
    ids = asked.ids[picks]
    position[:, picks] = _turned(then, ids, asked.rest[:, picks]) + then[ids, :, 3].T
    between = then[:, :, :3] @ now[:, :, :3].transpose(0, 2, 1)
    normal[:, picks] = _turned(between, ids, normal[:, picks])
    view[:, picks] = _turned(between, ids, view[:, picks])
    return _There(position, normal, view)


def _moves(sight: Sight, count: int) -> Floats:
    known = np.full((count, 3, 4), np.nan, np.float32)
    shared = min(count, len(sight.moves))
    known[:shared] = sight.moves[:shared]
    known[0] = np.eye(3, 4)
    return known


def _turned(turns: Floats, ids: Ids, along: Floats) -> Floats:
    return np.asarray(np.einsum("nij,jn->in", turns[ids, :, :3], along), np.float32)


def _own_tap(chart: Chart, ids: Ids, at: Floats) -> NDArray[np.intp]:
    """Return the nearest of the four pixels about each place that shows the same piece, flat; -1 where none does."""
    height, width = chart.shape
    x, y = np.rint(at).astype(np.intp)
    best: NDArray[np.intp] = y * width + x
    rest = np.flatnonzero(chart.ids[best] != ids)
    if not len(rest):
        return best
    low = np.floor(at[:, rest]).astype(np.intp)
    part = at[:, rest] - low
    found, nearest = np.full(len(rest), -1), np.full(len(rest), LEAST_TAP, np.float32)
    for down in (0, 1):
        for across in (0, 1):
            flat = np.clip(low[1] + down, 0, height - 1) * width + np.clip(low[0] + across, 0, width - 1)
            weight = (part[0] if across else 1 - part[0]) * (part[1] if down else 1 - part[1])
            better = (chart.ids[flat] == ids[rest]) & (weight > nearest)
            found[better], nearest[better] = flat[better], weight[better]
    best[rest] = found
    return best


def _judged(
    chart: Chart, asked: Asked, there: _There, *, pairs: tuple[NDArray[np.intp], NDArray[np.intp]]
) -> tuple[Floats, Floats]:
    """Return how far points are shown by the pixels that they were given, and how alike they are seen."""
    picks, tap = pairs
    sight = chart.sight
    assert sight is not None
    focal = np.float32(sight.focal.mean())
    sky = asked.ids[picks] == 0
    position, normal, view = there.position[:, picks], there.normal[:, picks], there.view[:, picks]
    ray = position - sight.place.astype(np.float32)[:, None]
    far = np.sqrt(_dot(ray, ray))
    ray /= far
    shown_normal = chart.normal[:, tap]
    lost = np.flatnonzero(np.isnan(normal[0]))  # the piece's place is not known now
    normal[:, lost], view[:, lost] = shown_normal[:, lost], ray[:, lost]
    facing, before = -_dot(normal, ray), -_dot(normal, view)
    off = np.abs(_dot(shown_normal, position - chart.position[:, tap]))
    seen = (off <= (OFF_PLANE / focal) * far) & (_dot(normal, shown_normal) > LEAST_ALIKE) & (facing > LEAST_FACING)
    shown = np.where(sky | seen | np.isnan(far), chart.alpha[tap], np.float32(0))
    likeness = np.clip(_dot(view, ray), 0, 1) ** 2
    likeness *= likeness  # seen from as far aside as that, paint is another
    likeness *= np.clip(asked.size[picks] * facing * focal / (far * np.maximum(before, LEAST_FACING)), 0.05, 1)
    likeness *= np.exp(-4 * np.abs(asked.lit[picks] - chart.lit[tap]))
    likeness[sky] = 1
    likeness[np.isnan(likeness)] = UNPLACED
    return shown, likeness * (np.float32(0.05) + chart.inner[tap]) * shown


def _dot(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.einsum("ij,ij->j", one, other), np.float32)


def _by_rest_position(chart: Chart, asked: Asked, there: _There, *, seen: Floats) -> None:
    """Find points of pieces whose place in the key is not known by the nearest rest position; in place."""
    unknown = np.isnan(there.position[0])
    for number in np.unique(asked.ids[unknown]):
        pixels = np.flatnonzero(chart.ids == number)
        if not len(pixels):
            continue
        mine = np.flatnonzero(asked.ids == number)
        away, nearest = cKDTree(chart.rest[:, pixels].T).query(asked.rest[:, mine].T)
        near = away <= NEAR_ENOUGH * np.maximum(asked.size[mine], 1e-6)
        flat = pixels[nearest[near]]
        seen[0, mine[near]], seen[1, mine[near]] = flat % chart.shape[1], flat // chart.shape[1]
