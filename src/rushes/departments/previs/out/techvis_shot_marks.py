"""Shots on a plan: cameras with their cones and tracks, people with their ways, distances, the line of action."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, degrees, hypot

import numpy as np

from rushes.departments.previs.out.camera_report import Numbers
from rushes.departments.previs.out.techvis_drawing import GREY, INK, Line, Mark, Spot, Words, arc
from rushes.departments.previs.out.techvis_focus import feet, metres
from rushes.departments.previs.out.techvis_footprints import Flat
from rushes.departments.previs.out.techvis_paper import Field, Room, around
from rushes.departments.previs.out.techvis_symbols import arrowed, camera_sign, page_angle, person_sign
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.cameras import Camera, axes
from rushes.departments.previs.shots.figures import HALF_SHOULDERS, Figure, heading
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.lenses import half_field

COLOURS = ("#0b5394", "#b3471d", "#2e7d32", "#6a1b9a", "#00798c", "#8d6b00", "#a61c5a", "#44546a")
STEEP_DEG, LEAST_WAY_M, FAR_M = 60.0, 0.05, 3.0


@dataclass(frozen=True, eq=False)
class Set:
    """A shot as it stands on the plan.

    Attributes:
        shot: the shot.
        colour: its colour on the plan.
        first: the camera's numbers at the first frame.
        last: the same at the last frame.
        track: x and z of the camera at every few frames, where it travels; else empty.
        turns: the lens points or sees elsewhere at the end.
    """

    shot: ReadyShot
    colour: str
    first: Numbers
    last: Numbers
    track: tuple[Flat, ...]
    turns: bool


def cone_of(camera: Camera, reach_m: float) -> tuple[Flat, Flat, Flat]:
    """Return a lens cone from above: the camera, and where the left and right edges of the picture end.

    Its angle is the horizontal field of view of the delivered picture.

    Args:
        camera: the camera.
        reach_m: how far the edges reach along the lens.

    >>> from rushes.departments.previs.shots.lenses import FILMBACKS, Package
    >>> camera = Camera((0.0, 1.0, 0.0), 0.0, 0.0, 0.0, 18.0, Package(FILMBACKS["full-frame"], aspect=1.5))
    >>> [tuple(round(side, 6) + 0.0 for side in spot) for spot in cone_of(camera, 2.0)]
    [(0.0, 0.0), (2.0, 2.0), (-2.0, 2.0)]
    """
    ahead, across = heading(camera.pan_deg), half_field(camera.package, camera.focal_mm)[0]
    right = np.cross(ahead, [0.0, 1.0, 0.0])
    edges = [np.array(camera.place) + reach_m * (ahead + side * across * right) for side in (-1, 1)]
    return (camera.place[0], camera.place[2]), *((float(edge[0]), float(edge[2])) for edge in edges)  # type: ignore[return-value]


def cone_marks(camera: Camera, reach_m: float, field: Field, *, colour: str, ghost: bool = False) -> tuple[Mark, ...]:
    """Return a lens cone; of a camera that looks steeply down, the frame where it lies at the subject."""
    if abs(camera.tilt_deg) >= STEEP_DEG:
        spots = _frame_from_above(camera, reach_m, field)
        return (Line((*spots, spots[0]), colour, 0.7, dashes=(3.0, 2.0)), Line(spots, "", fill=colour, opacity=0.08))
    at, left, right = (field.at(*spot) for spot in cone_of(camera, reach_m))
    if ghost:
        return tuple(Line((at, edge), colour, 0.45, dashes=(2.5, 2.5)) for edge in (left, right))
    radius = hypot(left[0] - at[0], left[1] - at[1])
    angles = [degrees(atan2(spot[1] - at[1], spot[0] - at[0])) for spot in (left, right)]
    swept = arc(at, radius, (angles[0], angles[0] + (angles[1] - angles[0] + 180.0) % 360.0 - 180.0))
    return (
        Line((at, *swept), "", fill=colour, opacity=0.09),
        *(Line((at, edge), colour, 0.7) for edge in (left, right)),
        Line(swept, colour, 0.35, dashes=(1.5, 1.5)),
    )


def _frame_from_above(camera: Camera, reach_m: float, field: Field) -> tuple[Spot, ...]:
    right, up, forward = axes(camera.pan_deg, camera.tilt_deg, camera.roll_deg)
    across, upright = half_field(camera.package, camera.focal_mm)
    corners = [
        np.array(camera.place) + reach_m * (forward + x * across * right + y * upright * up)
        for x, y in ((-1, 1), (1, 1), (1, -1), (-1, -1))
    ]
    return tuple(field.at(float(corner[0]), float(corner[2])) for corner in corners)


def camera_marks(placed: Set, field: Field, room: Room) -> tuple[Mark, ...]:
    """Return a shot's camera, its track, and where it comes to."""
    camera, end = placed.first.camera, placed.last.camera
    at, to = (field.at(each.place[0], each.place[2]) for each in (camera, end))
    marks: list[Mark] = []
    if placed.turns or placed.track:
        marks += cone_marks(end, placed.last.depth_m or FAR_M, field, colour=placed.colour, ghost=True)
    if placed.track:
        marks += camera_sign(to, end.pan_deg, placed.colour, ghost=True)
        marks += arrowed(tuple(field.at(x, z) for x, z in placed.track), placed.colour, 1.3)
        for x, z in placed.track[:: max(1, len(placed.track) // 8)]:
            room.keep(field.at(x, z), 3)
        room.keep(to, 8)
    marks += camera_sign(at, camera.pan_deg, placed.colour)
    room.keep(at, 8)
    return tuple(marks)


def label_mark(sets: Sequence[Set], field: Field, room: Room) -> Mark:
    """Return the label of shots from one place, behind their camera."""
    camera = sets[0].first.camera
    at = field.at(camera.place[0], camera.place[2])
    back = np.radians(page_angle(camera.pan_deg))
    text = " · ".join(placed.shot.label for placed in sets)
    behind = [(at[0] - reach * float(np.cos(back)), at[1] - reach * float(np.sin(back))) for reach in (24, 29, 34)]
    look = Words((0, 0), "", 0, sets[0].colour if len(sets) == 1 else INK, face="bold")
    return room.words(text, 9, (*behind, *around((at[0], at[1]), 13), *around(behind[0], 12)), look=look)


def distance_marks(placed: Set, field: Field, room: Room) -> tuple[Mark, ...]:
    """Return the line from the camera to the subject, with its length along it."""
    subject = next((each for each in placed.shot.figures_at(0) if each.name == placed.first.subject), None)
    if subject is None:
        return ()
    start, end = (field.at(x, z) for x, _, z in (placed.first.camera.place, subject.place))
    long = hypot(end[0] - start[0], end[1] - start[1])
    line = Line((start, end), placed.colour, 0.4, dashes=(5.0, 1.6, 0.8, 1.6))
    text = f"{metres(placed.first.distance_m)}  {feet(placed.first.distance_m)}"
    turn = degrees(atan2(end[1] - start[1], end[0] - start[0]))
    turn = turn - 180.0 if turn > 90.0 else turn + 180.0 if turn < -90.0 else turn
    if long < 40:
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        return line, room.words(text, 6.8, around(middle, 10), look=Words((0, 0), "", 0, placed.colour))
    parts = (0.5, 0.4, 0.6, 0.32, 0.68, 0.25)
    spots = [(start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])) for part in parts]
    return line, room.words(text, 6.8, spots, look=Words((0, 0), "", 0, placed.colour, turn_deg=turn))


def people_marks(sets: Sequence[Set], field: Field, room: Room) -> tuple[Mark, ...]:
    """Return everybody once for each place they stand on, with the ways they walk."""
    marks: list[Mark] = []
    seen: dict[tuple[str, Flat], None] = {}
    names: list[tuple[str, Spot, float]] = []
    for placed in sets:
        for name, way in ways_of(placed.shot).items():
            size = 2 * HALF_SHOULDERS * way[0].height_m * field.metre * 1.12
            for at, ghost in ((way[0], False), (way[-1], True)):
                spot = (round(at.place[0], 1), round(at.place[2], 1))
                if (name, spot) in seen:
                    continue
                seen[name, spot] = None
                there = field.at(at.place[0], at.place[2])
                marks += person_sign(there, at.facing_deg, size, ghost=ghost)
                room.keep(there, size / 2)
                names.append((name, there, size))
            if len(way) > 2:
                walked = arrowed(tuple(field.at(f.place[0], f.place[2]) for f in way), INK, 0.8, dashes=(3.0, 1.8))
                marks = [*walked, *marks]
    look = Words((0, 0), "", 0, INK, face="bold")
    marks += [room.words(name, 6.5, around(at, size / 2 + 6), look=look) for name, at, size in names]
    return tuple(marks)


def ways_of(shot: ReadyShot) -> dict[str, tuple[Figure, ...]]:
    """Return everybody's way through a shot, by name; two figures of one place where somebody stays."""
    last = max(shot.frames - 1, 0)
    numbers = sorted({*range(0, shot.frames, max(1, shot.frames // 32)), 0, last})
    found: dict[str, list[Figure]] = {}
    for number in numbers:
        for figure in shot.figures_at(number):
            found.setdefault(figure.name, []).append(figure)
    ways = {}
    for name, way in found.items():
        steps = np.diff([figure.place for figure in way], axis=0)
        goes = float(np.linalg.norm(steps, axis=1).sum()) > LEAST_WAY_M if len(way) > 1 else False
        ways[name] = tuple(way) if goes else (way[0], way[0])
    return ways


def action_marks(shots: Sequence[ReadyShot], field: Field, room: Room) -> tuple[Mark, ...]:
    """Return the line of action between the two whom the shots are about, across the field."""
    pair = pair_of(shots)
    if not pair:
        return ()
    one, other = (np.array([figure.place[0], figure.place[2]]) for figure in pair)
    along = (other - one) / max(float(np.hypot(*(other - one))), 1e-9)
    ends = [field.at(*map(float, spot)) for spot in (one - 1.6 * along, other + 1.6 * along)]
    turn = degrees(atan2(ends[1][1] - ends[0][1], ends[1][0] - ends[0][0]))
    turn = turn - 180.0 if turn > 90.0 else turn + 180.0 if turn < -90.0 else turn
    words = [field.at(*map(float, spot)) for spot in (other + 1.2 * along, one - 1.2 * along, (one + other) / 2)]
    look = Words((0, 0), "", 0, GREY, face="slanted", turn_deg=turn)
    return (
        Line(tuple(ends), GREY, 0.6, dashes=(9.0, 2.5, 2.0, 2.5)),
        room.words("line of action", 6, words, look=look),
    )


def pair_of(shots: Sequence[ReadyShot]) -> tuple[Figure, Figure] | None:
    """Return the two between whom the line of action runs: the first who look at each other, else the first two."""
    for shot in shots:
        people = {figure.name: figure for figure in shot.figures_at(0)}
        typed = parse_shot(shot.line) if shot.line.strip() else None
        if typed and typed.who and typed.looks_at in people and typed.who[0] in people:
            return people[typed.who[0]], people[typed.looks_at]
    for shot in shots:
        people = {figure.name: figure for figure in shot.figures_at(0)}
        if len(people) > 1:
            one, other = list(people.values())[:2]
            return one, other
    return None
