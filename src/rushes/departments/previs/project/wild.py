"""What has to be struck for a camera: walls and props between the lens and those who are seen, as on a real stage.

A wall that can be taken out is a wild wall. Nothing is moved: it is left out of the picture, and the shot says so.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.figures import Point
from rushes.departments.previs.stage.pieces import Piece, Stage

ROOM_M = 0.12
"""A lens nearer than that to a thing is in it."""
LARGEST_PROP_M = 4.0
"""What is longer is not a prop but a part of the set, which nobody carries out."""


def struck(stage: Stage, cameras: Sequence[Camera], seen: Sequence[Point]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the names of the pieces that are left out of a shot, and words for each thing.

    Args:
        stage: the set, and who is on it.
        cameras: where the camera is in the course of the shot.
        seen: (3,) points that must be seen: the eyes of whom the shot is on.
    """
    lenses = [np.asarray(camera.place, np.float64) for camera in cameras]
    rays = [(lens, np.asarray(point, np.float64)) for lens in lenses for point in seen]
    walls = {f"wall {n}" for n, wall in enumerate(stage.walls, 1) if _crossed(wall, rays)}
    groups = {of: list(pieces) for of, pieces in groupby(sorted(stage.pieces, key=_group), key=_group)}
    props = {name for name, pieces in groups.items() if _is_prop(name, pieces, stage) and _in_the_way(pieces, rays)}
    over = {"ceiling"} if any(lens[1] > stage.top_m - ROOM_M for lens in lenses) else set()
    gone = {name for name in walls | props | over if name in groups}
    hidden = frozenset(piece.name for name in gone for piece in groups[name])
    words = [f"{name} is wild" for name in sorted(gone & (walls | over))]
    return hidden, (*words, *(f"{name} is struck" for name in sorted(gone & props)))


def _group(piece: Piece) -> str:
    return piece.of or piece.name


def _is_prop(name: str, pieces: Iterable[Piece], stage: Stage) -> bool:
    if name in {"floor", "ceiling", "ground"} or name.startswith("wall "):
        return False
    low, high = _box(pieces)
    # people are rest pieces at zero: they are nobody's prop
    return bool((high - low).max() <= LARGEST_PROP_M) and not _is_somebody(name, stage)


def _is_somebody(name: str, stage: Stage) -> bool:
    return any(piece.of == name and piece.name == f"{name} head" for piece in stage.pieces)


def _box(pieces: Iterable[Piece]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = np.concatenate([piece.vertices for piece in pieces]).astype(np.float64)
    return points.min(0), points.max(0)


def _in_the_way(pieces: Iterable[Piece], rays: Iterable[tuple[Point, Point]]) -> bool:
    low, high = _box(pieces)
    return any(_through((low, high), lens, point) or _inside(low, high, lens) for lens, point in rays)


def _inside(low: Point, high: Point, lens: Point) -> bool:
    return bool((lens > low - ROOM_M).all() and (lens < high + ROOM_M).all())


def _through(box: tuple[Point, Point], lens: Point, point: Point) -> bool:
    """Tell whether a ray passes through a box, short of the person at its end."""
    way = (point - lens) * (1 - 0.35 / max(float(np.linalg.norm(point - lens)), 0.36))
    low, high = box
    with np.errstate(divide="ignore", invalid="ignore"):
        near, far = (low - lens) / way, (high - lens) / way
    first, last = np.nanmax(np.minimum(near, far)), np.nanmin(np.maximum(near, far))
    return bool(first < last and last > 0 and first < 1)


def _crossed(wall: tuple[tuple[float, float], tuple[float, float]], rays: Iterable[tuple[Point, Point]]) -> bool:
    """Tell whether a ray passes through a wall seen from above, or a lens stands in it."""
    start, end = np.array(wall[0]), np.array(wall[1])
    along = end - start
    for lens, point in rays:
        eye, way = lens[[0, 2]], (point - lens)[[0, 2]]
        turned = way[0] * along[1] - way[1] * along[0]
        off = start - eye
        if abs(turned) > 1e-12:
            on_ray = (off[0] * along[1] - off[1] * along[0]) / turned
            on_wall = (off[0] * way[1] - off[1] * way[0]) / turned
            if 0 <= on_ray <= 1 and -0.02 <= on_wall <= 1.02:
                return True
        share = np.clip((eye - start) @ along / max(float(along @ along), 1e-12), 0, 1)
        if float(np.linalg.norm(start + share * along - eye)) < ROOM_M:
            return True
    return False
