"""Arrows for boards, computed from motion: where people go, what the camera does, and the frame it ends on.

Everything is in the first frame's picture (or the last frame's, when asked): across from 0 at the left edge to 1 at
the right edge, down from 0 at the top edge to 1 at the bottom edge.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import atan, degrees, log

import numpy as np

from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.cameras import Camera, axes, project
from rushes.departments.previs.shots.figures import Figure, Point, landmark
from rushes.departments.previs.shots.lenses import half_field

LEAST_PATH = 0.025
"""Of the frame's height: a figure whose mark moves less gets no arrow."""
LEAST_TRAVEL_M = 0.08
LEAST_TURN = 0.025
"""Of the field of view, for pan and tilt; a roll counts from `LEAST_ROLL_DEG`."""
LEAST_TURN_WITH_TRAVEL = 0.12
"""The same where the camera travels: less only keeps the subject framed."""
LEAST_ROLL_DEG = 1.5
LEAST_ZOOM = 0.04
"""Of the focal length."""
ALONG_THE_LENS = 0.98
"""Cosine of the angle to the lens up to which travel is a push or a pull."""
IN_FRAME = 0.04
EDGE_IN_FRAME = 0.02
LANDMARKS_FROM_FEET = ("soles", "knees", "hips", "chest", "shoulders", "chin", "eyes")

WAYS = {
    "push in": ((0.06, 0.06), (0.15, 0.15)),
    "pull out": ((0.15, 0.15), (0.06, 0.06)),
    "zoom in": ((0.06, 0.06), (0.15, 0.15)),
    "zoom out": ((0.15, 0.15), (0.06, 0.06)),
    "track right": ((0.40, 0.93), (0.60, 0.93)),
    "track left": ((0.60, 0.93), (0.40, 0.93)),
    "pan right": ((0.82, 0.5), (0.96, 0.5)),
    "pan left": ((0.18, 0.5), (0.04, 0.5)),
    "crane up": ((0.95, 0.78), (0.95, 0.48)),
    "crane down": ((0.95, 0.48), (0.95, 0.78)),
    "tilt up": ((0.06, 0.62), (0.06, 0.36)),
    "tilt down": ((0.06, 0.36), (0.06, 0.62)),
    "roll right": ((0.40, 0.10), (0.60, 0.10)),
    "roll left": ((0.60, 0.10), (0.40, 0.10)),
}


@dataclass(frozen=True)
class Arrow:
    """One arrow, or a frame within the frame.

    Attributes:
        kind: `figure` for somebody's way, `camera` for a move of the camera, `frame` for the frame of the other end.
        of: name of the figure; or verb and way of the move: `push in`, `pan left`; or which frame: `start` or `end`.
        spots: (across, down) from start to end; of a `frame` its four corners from the top left, clockwise.
        amount: metres, degrees, or the focal length's ratio of a zoom; 0 for a frame.
        nearing: how much larger a thing is at the end than at the start, 1 for as large.
    """

    kind: str
    of: str
    spots: tuple[tuple[float, float], ...]
    amount: float = 0.0
    nearing: float = 1.0


def arrows_of(shot: ReadyShot, *, on_last: bool = False) -> tuple[Arrow, ...]:
    """Return the arrows of a shot: people, then the other frame, then the camera.

    A figure's arrow follows one mark on it, the lowest that is in the picture at the start, and ends where that mark
    is at the last frame, in the picture of the first; beyond the picture's edge it is cut off. What moves less than a
    board can show gets no arrow.

    Args:
        shot: with its camera and people at every frame.
        on_last: for the last frame's picture: only the frame that the shot began with, if it lies in it.
    """
    last = max(shot.frames - 1, 0)
    first_camera, last_camera = shot.moment_at(0).camera, shot.moment_at(last).camera
    depth = subject_depth(shot, last if on_last else 0)
    if on_last:
        return other_frame(last_camera, first_camera, depth, name="start")
    moves = camera_arrows(first_camera, last_camera)
    frame = other_frame(first_camera, last_camera, depth, name="end") if moves else ()
    return (*figure_arrows(shot), *frame, *moves)


def camera_moves(shot: ReadyShot) -> bool:
    """Tell whether the camera moves so far that a board needs two panels."""
    last = max(shot.frames - 1, 0)
    return bool(camera_arrows(shot.moment_at(0).camera, shot.moment_at(last).camera))


def figure_arrows(shot: ReadyShot) -> tuple[Arrow, ...]:
    """Return an arrow for each figure that moves, in the picture of the first frame."""
    camera = shot.moment_at(0).camera
    numbers = sorted({*range(0, shot.frames, max(1, shot.frames // 48)), max(shot.frames - 1, 0)})
    people = [{figure.name: figure for figure in shot.figures_at(number)} for number in numbers]
    found = []
    for name in people[0]:
        way = [frame[name] for frame in people if name in frame]
        if arrow := _way_of(name, way, camera):
            found.append(arrow)
    return tuple(found)


def _way_of(name: str, way: list[Figure], camera: Camera) -> Arrow | None:
    seen = way_seen(way, camera)
    if len(seen) < 2:
        return None
    moved = (seen[-1, :2] - seen[0, :2]) * [camera.package.aspect, 1.0]
    spots = within_frame(seen[:, :2])
    if float(np.hypot(*moved)) < LEAST_PATH or len(spots) < 2:
        return None
    travel = float(np.linalg.norm(np.subtract(way[-1].place, way[0].place)))
    return Arrow("figure", name, spots, travel, float(seen[0, 2] / seen[-1, 2]))


def way_seen(way: list[Figure], camera: Camera) -> Point:
    """Return the way of one mark on a figure through the picture: the lowest that is inside at both ends.

    Where none is, it is the mark that can be followed longest. What lies behind the camera is left out, with all that
    comes after it.

    Returns:
        (spots, 3) float64 as from `cameras.project`.
    """
    longest, best = -1.0, np.empty((0, 3))
    for mark in LANDMARKS_FROM_FEET:
        seen = project(camera, np.array([landmark(figure, mark) for figure in way]))
        hidden = np.flatnonzero(np.isnan(seen[:, 0]))
        seen = seen[: hidden[0]] if len(hidden) else seen
        if len(seen) == len(way) and ((seen[[0, -1], :2] > IN_FRAME) & (seen[[0, -1], :2] < 1 - IN_FRAME)).all():
            return seen
        inside = np.array(within_frame(seen[:, :2]))
        length = float(np.hypot(*np.diff(inside, axis=0).T).sum()) if len(inside) > 1 else 0.0
        if length > longest:
            longest, best = length, seen
    return best


def within_frame(path: Point) -> tuple[tuple[float, float], ...]:
    """Return the first stretch of a path, (spots, 2), that lies in the picture, cut at its edge."""
    found: list[tuple[float, float]] = []
    for start, end in pairwise(path):
        kept = _cut(start, end)
        if kept is None:
            if found:
                break
            continue
        found += [kept[0]] if not found else []
        found.append(kept[1])
        if kept[1] != tuple(end):
            break
    return tuple(found)


def _cut(start: Point, end: Point) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """Return the part of a straight piece that lies in the unit square (Liang and Barsky, 1984), or nothing."""
    first, last, along = 0.0, 1.0, end - start
    for axis in (0, 1):
        for slope, room in ((-along[axis], start[axis]), (along[axis], 1 - start[axis])):
            if slope == 0:
                if room < 0:
                    return None
            elif slope < 0:
                first = max(first, room / slope)
            else:
                last = min(last, room / slope)
    if first > last:
        return None
    from_, to = (start + first * along if first else start), (start + last * along if last < 1 else end)
    return (float(from_[0]), float(from_[1])), (float(to[0]), float(to[1]))


def subject_depth(shot: ReadyShot, frame: int) -> float:
    """Return the depth in metres of whoever is nearest the middle of the picture, or 3 m where nobody is seen."""
    camera = shot.moment_at(frame).camera
    seen = [project(camera, landmark(figure, "eyes")) for figure in shot.figures_at(frame)]
    inside = [(abs(x - 0.5) + abs(y - 0.5), depth) for x, y, depth in seen if 0 <= x <= 1 and -0.2 <= y <= 1.2]
    return float(min(inside)[1]) if inside else 3.0


def other_frame(camera: Camera, other: Camera, depth: float, *, name: str) -> tuple[Arrow, ...]:
    """Return another camera's frame in this one's picture, where an edge of it shows; its corners lie at the subject.

    Args:
        camera: whose picture it is drawn in.
        other: whose frame it is.
        depth: from this camera to the subject, metres along the lens.
        name: `start` or `end`.
    """
    forward, away = axes(camera.pan_deg, camera.tilt_deg)[2], np.subtract(camera.place, other.place)
    right, up, ahead = axes(other.pan_deg, other.tilt_deg, other.roll_deg)
    reach = float((away + depth * forward) @ ahead)
    if reach <= 0.05:
        return ()
    across, upright = half_field(other.package, other.focal_mm)
    corners = [
        np.array(other.place) + reach * (ahead + x * across * right + y * upright * up)
        for x, y in ((-1, 1), (1, 1), (1, -1), (-1, -1))
    ]
    seen = project(camera, np.array(corners))[:, :2]
    edges = (seen + np.roll(seen, -1, axis=0)) / 2
    shows = ((edges > EDGE_IN_FRAME) & (edges < 1 - EDGE_IN_FRAME)).all(axis=1).any()
    return (Arrow("frame", name, tuple((float(x), float(y)) for x, y in seen)),) if shows else ()


def camera_arrows(first: Camera, last: Camera) -> tuple[Arrow, ...]:
    """Return an arrow for each thing that the camera does between two frames.

    An arrow lies where story artists put it: a push in the corners, towards the middle; a track along the lower edge,
    a crane along the right edge, a tilt along the left one, a pan at the edge that it goes to, a roll over the middle.

    Args:
        first: camera of the first frame.
        last: camera of the last frame.
    """
    sideways, upright = (degrees(atan(tangent)) for tangent in half_field(first.package, first.focal_mm))
    pan = (last.pan_deg - first.pan_deg + 180.0) % 360.0 - 180.0
    ratio, travelled = last.focal_mm / first.focal_mm, travels(first, last)
    goes = any(abs(amount) >= far for _, _, amount, far in travelled)
    turn = 2 * (LEAST_TURN_WITH_TRAVEL if goes else LEAST_TURN)
    steps = (
        *travelled,
        ("pan left", "pan right", pan, turn * sideways),
        ("tilt up", "tilt down", last.tilt_deg - first.tilt_deg, turn * upright),
        ("roll right", "roll left", last.roll_deg - first.roll_deg, LEAST_ROLL_DEG),
        ("zoom in", "zoom out", log(ratio), log(1 + LEAST_ZOOM)),
    )
    found = []
    for ahead, back, amount, least in steps:
        name = ahead if amount > 0 else back
        if abs(amount) >= least:
            found.append(Arrow("camera", name, WAYS[name], ratio if ahead == "zoom in" else abs(amount)))
    return tuple(found)


def travels(first: Camera, last: Camera) -> tuple[tuple[str, str, float, float], ...]:
    """Return how far a camera travels, as a grip would say it: the move ahead, the one back, metres, the least.

    What runs along the lens is a push, however the lens is tilted; anything else is level, sideways and upright. A
    part below a fifth of the whole is not worth a word.
    """
    moved = np.subtract(last.place, first.place)
    whole = float(np.linalg.norm(moved))
    forward = axes(first.pan_deg, first.tilt_deg)[2]
    if abs(float(moved @ forward)) > ALONG_THE_LENS * whole:
        return (("push in", "pull out", float(np.sign(moved @ forward)) * whole, LEAST_TRAVEL_M),)
    right, up, level = axes(first.pan_deg, 0.0)
    least = max(LEAST_TRAVEL_M, 0.2 * whole)
    names = (("push in", "pull out", level), ("track right", "track left", right), ("crane up", "crane down", up))
    return tuple((ahead, back, float(moved @ axis), least) for ahead, back, axis in names)
