"""Somebody's time, cut into phases: on a mark, rising, turning, on the way, arriving, sitting down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from rushes.departments.previs.shots.figures import bearing_between
from rushes.departments.previs.stage.body import Body
from rushes.departments.previs.stage.footsteps import SIDES, Print, Prints, Step, prints_of
from rushes.departments.previs.stage.gait import Pace, Way, least_seconds, steps_on, way_through
from rushes.departments.previs.stage.pose import Pose
from rushes.departments.previs.stage.poses import find_pose
from rushes.departments.previs.stage.posing import settled
from rushes.departments.previs.stage.solids import rotation

Place = tuple[float, float, float]
PASSING = ("walk", "run")
TURNS_WALKING_DEG = 50.0
NEAR_M = 0.15
STANDING = "easy"


@dataclass(frozen=True)
class Mark:
    """Where somebody is at a moment.

    Attributes:
        at_s: seconds from the start of the shot; they have arrived by then.
        place: x, y, z in metres; of a seat, its middle, with y the floor's height.
        facing_deg: where they face; None is where they come from, or go to.
        pose: a name of `poses`; `walk` or `run` passes the place without stopping.
        seat_m: height of the seat over the floor if they sit.
    """

    at_s: float
    place: Place
    facing_deg: float | None = None
    pose: str = STANDING
    seat_m: float | None = None


@dataclass(frozen=True, eq=False)
class Stance:
    """How and where somebody is while nothing moves; the pose says its hips' height outright."""

    place: Place
    facing_deg: float
    pose: Pose
    seat_m: float | None
    prints: Prints


@dataclass(frozen=True, eq=False)
class Phase:
    """A piece of somebody's time: from one stance to another, on a way or on the spot; `rushed` had too little time."""

    begins_s: float
    ends_s: float
    start: Stance
    end: Stance
    steps: tuple[Step, ...] = ()
    way: Way | None = None
    rushed: bool = False

    @property
    def pace(self) -> Pace:
        """When a way is gone."""
        return Pace(self.begins_s, self.ends_s, self.way.long_m if self.way else 0.0)


def phases_of(marks: Sequence[Mark], body: Body, *, speed_ms: float) -> Iterator[Phase]:
    """Yield the phases of somebody's marks without gaps; before the first and after the last they stay.

    Args:
        marks: in order; those that are passed belong to the way between their neighbours.
        body: their measures.
        speed_ms: at which they walk if there is time.
    """
    stops = [number for number, mark in enumerate(marks) if mark.pose not in PASSING]
    first = marks[0]
    there = marks[1].place if len(marks) > 1 else first.place
    facing = _bearing(first.place, there, 0.0) if first.facing_deg is None else first.facing_deg
    stance, since = _on(first, facing, body), first.at_s
    for one, two in pairwise(stops):
        mark, passed = marks[two], [marks[number].place for number in range(one + 1, two)]
        found = list(_between(stance, mark, passed, body=body, timing=(since, speed_ms)))
        if found and found[0].begins_s > since + 1e-9:
            yield Phase(since, found[0].begins_s, stance, stance)
        yield from found
        stance, since = found[-1].end, mark.at_s


def _bearing(start: Place, end: Place, otherwise: float) -> float:
    if np.hypot(end[0] - start[0], end[2] - start[2]) < NEAR_M:
        return otherwise
    return bearing_between(np.array(start), np.array(end))


def _on(mark: Mark, facing_deg: float, body: Body) -> Stance:
    """Return the stance on a mark."""
    pose = settled(find_pose(mark.pose), mark.seat_m, body)
    seat = mark.seat_m if mark.seat_m is not None else (0.255 * body.stature if find_pose(mark.pose).seated else None)
    return Stance(mark.place, facing_deg, pose, seat, prints_of(pose, mark.place, facing_deg, stature=body.stature))


def _upright(stance: Stance, facing_deg: float, body: Body, *, base: Pose) -> Stance:
    """Return somebody standing where the feet of a stance are; a sitter's feet are in front of the seat."""
    ahead = rotation(stance.facing_deg, "y") @ [0.0, 0.0, 0.225 * body.stature if stance.seat_m is not None else 0.0]
    x, y, z = np.array(stance.place) + ahead
    place = (float(x), float(y), float(z))
    return Stance(place, facing_deg, base, None, prints_of(base, place, facing_deg, stature=body.stature))


def _risen(stance: Stance, upright: Stance) -> Stance:
    """Return somebody who stands in front of a seat with the feet where they are when sitting."""
    floor = stance.place[1]
    prints = {side: Print((each.at[0], floor, each.at[2]), each.heading_deg) for side, each in stance.prints.items()}
    return replace(upright, facing_deg=stance.facing_deg, prints=prints)


def _apart(one: float, other: float) -> float:
    """Return by how many degrees two headings differ."""
    return abs((other - one + 180.0) % 360.0 - 180.0)


def change_seconds(one: Stance, other: Stance) -> float:
    """Return how long somebody takes from one stance to another on the spot."""
    if one is other:
        return 0.0
    turn = _apart(one.facing_deg, other.facing_deg)
    needs = 0.35 + turn / 220.0 if turn > 8.0 else 0.0
    if one.pose != other.pose:
        needs = max(needs, 0.6 + 0.9 * min(abs(one.pose.hips - other.pose.hips), 1.0))
    return max(needs, 0.3)


def _change(one: Stance, other: Stance, when: tuple[float, float], *, rushed: bool) -> Phase:
    """Return a change on the spot; a foot that ends elsewhere takes a step."""
    begins_s, ends_s = when
    moves = [side for side in SIDES if _moved(one.prints[side], other.prints[side])]
    long, steps = ends_s - begins_s, []
    for number, side in enumerate(moves):
        first = begins_s + long * (0.05 + 0.45 * number)
        steps.append(Step(side, first, first + long * 0.45, one.prints[side], other.prints[side]))
    return Phase(begins_s, ends_s, one, other, tuple(steps), rushed=rushed)


def _moved(one: Print, other: Print) -> bool:
    apart = float(np.linalg.norm(np.subtract(one.at, other.at)))
    return apart > 0.015 or _apart(one.heading_deg, other.heading_deg) > 6.0


def _between(
    here: Stance, mark: Mark, passed: Sequence[Place], *, body: Body, timing: tuple[float, float]
) -> Iterator[Phase]:
    """Yield the phases from a stance to the next mark; `timing` is since when, and the speed if there is time."""
    since, speed = timing
    near = np.hypot(mark.place[0] - here.place[0], mark.place[2] - here.place[2]) < NEAR_M and not passed
    if near:
        there = _on(mark, here.facing_deg if mark.facing_deg is None else mark.facing_deg, body)
        long = min(change_seconds(here, there), mark.at_s - since)
        rushed = long < 0.5 * change_seconds(here, there)
        yield _change(here, there, (mark.at_s - long, mark.at_s), rushed=rushed)
        return
    leave, settle, way = _ends(here, mark, passed, body=body)
    chain = [sum(change_seconds(*pair) for pair in pairwise(stances)) for stances in (leave, settle)]
    room = mark.at_s - since
    wanted = least_seconds(way.long_m, speed)
    walked = min(wanted, max(room - sum(chain), 0.35 * room))
    scale = min(1.0, (room - walked) / max(sum(chain), 1e-9))
    at = mark.at_s - walked - scale * sum(chain)
    for one, other in pairwise(leave):
        long = scale * change_seconds(one, other)
        yield _change(one, other, (at, at + long), rushed=scale < 0.5)
        at += long
    pace = Pace(at, at + walked, way.long_m)
    steps = steps_on(way, pace, (leave[-1].prints, settle[0].prints), stature=body.stature)
    yield Phase(at, at + walked, leave[-1], settle[0], steps, way)
    at += walked
    for one, other in pairwise(settle):
        long = scale * change_seconds(one, other)
        yield _change(one, other, (at, at + long), rushed=scale < 0.5)
        at += long


def _ends(here: Stance, mark: Mark, passed: Sequence[Place], *, body: Body) -> tuple[list[Stance], list[Stance], Way]:
    """Return the stances until somebody walks, those after, and the way."""
    target = _on(mark, mark.facing_deg or 0.0, body)
    alike = here.seat_m is None and target.seat_m is None and here.pose == target.pose and here.pose.hips > 0.9
    base = here.pose if alike else find_pose(STANDING)
    start = _upright(here, here.facing_deg, body, base=base)
    goal = _upright(target, target.facing_deg, body, base=base)
    way = way_through([start.place, *passed, goal.place])
    out, into = way.at(0.0)[1], way.at(way.long_m)[1]
    if mark.facing_deg is None:
        target = _on(mark, into, body)
        goal = _upright(target, into, body, base=base)
        way = way_through([start.place, *passed, goal.place])
    leave = [here]
    if here.seat_m is not None:
        leave.append(_risen(here, start))
    if _apart(here.facing_deg, out) > TURNS_WALKING_DEG:
        leave.append(_upright(here, out, body, base=base))
    elif here.seat_m is None and here.pose != base:
        leave.append(start)
    settle = [target]
    if target.seat_m is not None:
        settle.insert(0, _risen(target, goal))
    if _apart(target.facing_deg, into) > TURNS_WALKING_DEG:
        settle.insert(0, _upright(target, into, body, base=base))
    elif target.seat_m is None and target.pose != base:
        settle.insert(0, goal)
    return leave, settle, way
