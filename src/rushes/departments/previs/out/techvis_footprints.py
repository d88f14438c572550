"""A set seen from above: outlines of what stands on it, how thick its walls are, and which opening is what."""

from collections.abc import Collection
from dataclasses import dataclass
from math import hypot

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.stage.pieces import Moment, Piece, Stage

Flat = tuple[float, float]
"""x and z on the stage, metres."""
Wall = tuple[Flat, Flat]

SHELL = ("wall", "floor", "ceiling", "ground", "roof")
THICK_M, NEAR_M = 0.12, 0.25
OVERHEAD_M, LYING_M = 2.0, 0.04


@dataclass(frozen=True)
class Footprint:
    """Something that stands on the set, from above.

    Attributes:
        name: of the prop.
        outline: convex, anticlockwise in x and z.
        parts: outlines of its pieces, where there are several.
        overhead: it hangs above people's heads.
        lying: it lies flat on the floor.
    """

    name: str
    outline: tuple[Flat, ...]
    parts: tuple[tuple[Flat, ...], ...]
    overhead: bool
    lying: bool


def footprints(stage: Stage, moment: Moment, people: Collection[str]) -> tuple[Footprint, ...]:
    """Return what stands on a set at a moment, the lowest first; not people, not walls, floor and ceiling.

    Args:
        stage: the set.
        moment: where its pieces are.
        people: names of the characters, whose pieces are left out.
    """
    groups: dict[str, list[NDArray[np.float64]]] = {}
    for piece in stage.pieces:
        name = piece.of or piece.name
        if name in people or piece.name in moment.hidden or name.lower().startswith(SHELL):
            continue
        groups.setdefault(name, []).append(placed(piece, moment))
    found = []
    for name, parts in groups.items():
        points = np.concatenate(parts)
        low, high = float(points[:, 1].min()), float(points[:, 1].max())
        outline = hull(points[:, [0, 2]])
        inner = tuple(hull(part[:, [0, 2]]) for part in parts) if len(parts) > 1 else ()
        if len(outline) > 2:
            found.append((high, Footprint(name, outline, inner, low > OVERHEAD_M, high < LYING_M)))
    return tuple(footprint for _, footprint in sorted(found, key=lambda pair: (pair[0], pair[1].name)))


def placed(piece: Piece, moment: Moment) -> NDArray[np.float64]:
    """Return a piece's vertices where it stands, (vertices, 3) float64 metres."""
    points = np.asarray(piece.vertices, np.float64)
    matrix = moment.places.get(piece.name)
    return points if matrix is None else points @ matrix[:3, :3].T + matrix[:3, 3]


def hull(points: NDArray[np.float64]) -> tuple[Flat, ...]:
    """Return the convex hull of points, (points, 2), to the millimetre (Andrew's monotone chain, 1979).

    >>> hull(np.array([[0, 0], [2, 0], [1, 1], [2, 2], [0, 2.0]]))
    ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
    """
    spots = [(float(x), float(z)) for x, z in np.unique(np.round(points, 3), axis=0)]
    if len(spots) < 3:
        return tuple(spots)

    def half(row: list[Flat]) -> list[Flat]:
        kept: list[Flat] = []
        for spot in row:
            while len(kept) > 1 and _turn(kept[-2], kept[-1], spot) <= 0:
                kept.pop()
            kept.append(spot)
        return kept[:-1]

    return (*half(spots), *half(spots[::-1]))


def _turn(one: Flat, two: Flat, three: Flat) -> float:
    return (two[0] - one[0]) * (three[1] - one[1]) - (two[1] - one[1]) * (three[0] - one[0])


def thickness(stage: Stage, number: int) -> float:
    """Return how thick a wall is, metres: across its own piece, or 0.12 m where it has none.

    Args:
        stage: the set.
        number: of the wall, from 1.
    """
    piece = next((piece for piece in stage.pieces if piece.name == f"wall {number}"), None)
    start, end = stage.walls[number - 1]
    long = hypot(end[0] - start[0], end[1] - start[1])
    if piece is None or long < 1e-6:
        return THICK_M
    aside = np.array([-(end[1] - start[1]), end[0] - start[0]]) / long
    across = np.asarray(piece.vertices, np.float64)[:, [0, 2]] @ aside
    return float(min(max(across.max() - across.min(), 0.02), 0.6))


def opening_kinds(stage: Stage) -> tuple[str, ...]:
    """Return of each opening whether it is a `door`, a `window`, or just an `opening`, by what hangs in it."""
    framed = {"door": list[NDArray[np.float64]](), "window": list[NDArray[np.float64]]()}
    for piece in stage.pieces:
        kind = piece.name.lower().split(" ")[0]
        if kind in framed and len(piece.vertices):
            flat = np.asarray(piece.vertices, np.float64)[:, [0, 2]]
            framed[kind].append((flat.min(axis=0) + flat.max(axis=0)) / 2)

    def kind_of(opening: Wall) -> str:
        middle = np.mean(opening, axis=0)
        for kind, middles in framed.items():
            if any(float(np.hypot(*(middle - spot))) < NEAR_M for spot in middles):
                return kind
        return "opening"

    return tuple(map(kind_of, stage.openings))


def wall_of(stage: Stage, opening: Wall) -> int:
    """Return the number of the wall, from 1, that an opening lies in; 0 where it lies in none."""
    middle = np.mean(opening, axis=0)
    for number, (start, end) in enumerate(stage.walls, 1):
        way = np.subtract(end, start)
        along = float(np.clip((middle - start) @ way / max(float(way @ way), 1e-12), 0.0, 1.0))
        if float(np.hypot(*(middle - start - along * way))) < NEAR_M:
            return number
    return 0
