"""Blocking: who is where when. Marks say it; between them people rise, turn, walk, arrive and sit down by themselves.

Somebody stays on a mark as long as there is time and walks at 1.4 m/s to be on the next when it says; where there is
less time they hurry, over 2 m/s they run. What no human can do is drawn all the same and reported (`faults`).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.stage.body import Body, body_of
from rushes.departments.previs.stage.footsteps import Stepping, eased, foot_at, foot_of, reachable_hips, turned
from rushes.departments.previs.stage.gait import FASTEST_RUN_MS, WALK_MS, facing_on, striding
from rushes.departments.previs.stage.pieces import Matrix
from rushes.departments.previs.stage.pose import Foot, Pose, blend
from rushes.departments.previs.stage.poses import find_pose
from rushes.departments.previs.stage.posing import ankle_of, places
from rushes.departments.previs.stage.timeline import PASSING, Mark, Phase, Place, Stance, phases_of
from rushes.domain.errors import BadMaterial

SPOT_VIGOUR, BOW_DEG = 0.3, 24.0
OFF_S = 0.5


@dataclass(frozen=True)
class Walk:
    """One person's blocking.

    Attributes:
        name: as in the cast list.
        height_m: stature.
        marks: in the order of their seconds, one or more.
        build: of the mannequin.
        speed_ms: at which they walk if there is time.
    """

    name: str
    height_m: float
    marks: tuple[Mark, ...]
    build: str = "average"
    speed_ms: float = WALK_MS

    def __post_init__(self) -> None:
        """Refuse marks that are not one after another, all reasons at once."""
        faults = [] if self.marks else [f"{self.name} has no mark"]
        for number, (one, two) in enumerate(pairwise(self.marks), 2):
            if not two.at_s > one.at_s:
                faults.append(f"{self.name}: mark {number} at {two.at_s:g} s does not come after {one.at_s:g} s")
        for number, mark in enumerate(self.marks, 1):
            if not np.isfinite([mark.at_s, *mark.place, mark.facing_deg or 0.0, mark.seat_m or 0.0]).all():
                faults.append(f"{self.name}: mark {number} has a number that is none")
            if mark.pose not in PASSING:
                find_pose(mark.pose)
        if self.marks and {self.marks[0].pose, self.marks[-1].pose} & set(PASSING):
            faults.append(f"{self.name}: the first and the last mark cannot be passed; give them a pose")
        if not 0.2 <= self.speed_ms <= FASTEST_RUN_MS:
            faults.append(f"{self.name}: nobody walks at {self.speed_ms:g} m/s (0.2 to {FASTEST_RUN_MS:g})")
        if faults:
            raise BadMaterial("this blocking cannot be played", faults, "Correct the marks.")

    @cached_property
    def body(self) -> Body:
        """Their measures."""
        return body_of(Figure(self.name, self.height_m), self.build)

    @cached_property
    def phases(self) -> tuple[Phase, ...]:
        """Their time between the marks, in order."""
        return tuple(phases_of(self.marks, self.body, speed_ms=self.speed_ms))

    @cached_property
    def first(self) -> Stance:
        """How they are before anything moves."""
        alone = (self.marks[0], replace(self.marks[0], at_s=self.marks[0].at_s + 1.0))
        return self.phases[0].start if self.phases else next(iter(phases_of(alone, self.body, speed_ms=1.0))).start


@dataclass(frozen=True, eq=False)
class Caught:
    """Somebody at a moment: where, how, and which of the feet stand."""

    place: Place
    facing_deg: float
    pose: Pose
    seat_m: float | None
    planted: Mapping[str, bool]


def _still(stance: Stance) -> Caught:
    both = {"left": True, "right": True}
    return Caught(stance.place, stance.facing_deg, stance.pose, stance.seat_m, both)


def caught(walk: Walk, s: float) -> Caught:
    """Return somebody as they are at a second; before the first mark and after the last they stay."""
    phases = walk.phases
    if not phases or s <= phases[0].begins_s:
        return _still(walk.first)
    phase = phases[bisect_right([each.begins_s for each in phases], s) - 1]
    if s >= phase.ends_s:
        return _still(phase.end)
    if phase.start is phase.end:
        return _still(phase.start)
    return _going(walk, phase, s) if phase.way else _changing(walk, phase, s)


def _feet(phase: Phase, s: float, vigour: float) -> dict[str, Stepping]:
    runs = phase.way is not None and phase.pace.runs
    return {
        side: foot_at([step for step in phase.steps if step.side == side], under, s, vigour=vigour, runs=runs)
        for side, under in phase.start.prints.items()
    }


def _stood(walk: Walk, pose: Pose, feet: Mapping[str, Foot], *, stands: Mapping[str, bool]) -> Pose:
    """Return the pose on its feet, the hips no higher than the legs reach."""
    sides = {"left": 1.0, "right": -1.0}
    ankles = [ankle_of(feet[side], walk.body) * [sign, 1.0, 1.0] for side, sign in sides.items() if stands[side]]
    held = replace(pose, left_foot=feet["left"], right_foot=feet["right"])
    return replace(held, hips=reachable_hips(held, walk.body, ankles))


def _going(walk: Walk, phase: Phase, s: float) -> Caught:
    """Return somebody on a way."""
    assert phase.way is not None
    pace = phase.pace
    metres = pace.metres_at(s)
    place, _ = phase.way.at(metres)
    facing = facing_on(phase.way, pace, s, ends=(phase.start.facing_deg, phase.end.facing_deg))
    vigour = pace.vigour(s)
    share = metres / phase.way.long_m * (len(phase.steps) - 1)
    pose = striding(phase.start.pose, share, vigour, runs=pace.runs)
    stepping = _feet(phase, s, vigour)
    feet = {
        side: foot_of(each, side, np.array(place), facing_deg=facing, stature=walk.height_m)
        for side, each in stepping.items()
    }
    stands = {side: each.planted for side, each in stepping.items()}
    return Caught(place, facing, _stood(walk, pose, feet, stands=stands), None, stands)


def _changing(walk: Walk, phase: Phase, s: float) -> Caught:
    """Return somebody who turns, sits down, rises or takes another pose."""
    share = eased((s - phase.begins_s) / (phase.ends_s - phase.begins_s))
    x, y, z = (a + (b - a) * share for a, b in zip(phase.start.place, phase.end.place, strict=True))
    facing = turned(phase.start.facing_deg, phase.end.facing_deg, share)
    pose = blend(phase.start.pose, phase.end.pose, share)
    if (phase.start.seat_m is None) != (phase.end.seat_m is None):
        # nobody rises or sits down with an upright back: the weight has to come over the feet
        bow = float(np.sin(np.pi * share))
        pelvis, spine, head = pose.pelvis, pose.spine, pose.head
        pose = replace(
            pose,
            pelvis=(pelvis[0] + BOW_DEG * bow, *pelvis[1:]),
            spine=(spine[0] + 0.5 * BOW_DEG * bow, *spine[1:]),
            head=(head[0] - 0.9 * BOW_DEG * bow, *head[1:]),
        )
    stepping = _feet(phase, s, SPOT_VIGOUR)
    feet = {}
    for side, each in stepping.items():
        posed = pose.left_foot if side == "left" else pose.right_foot
        foot = foot_of(each, side, np.array([x, y, z]), facing_deg=facing, stature=walk.height_m)
        feet[side] = replace(foot, heel=foot.heel + posed.heel, knee=posed.knee, toes=foot.toes + posed.toes)
    stands = {side: each.planted for side, each in stepping.items()}
    seat = (phase.end if share >= 0.5 else phase.start).seat_m
    return Caught((x, y, z), facing, _stood(walk, pose, feet, stands=stands), seat, stands)


def figure_at(walk: Walk, s: float) -> Figure:
    """Return somebody as a lens sees them at a second of the shot.

    >>> jenny = Walk("JENNY", 1.70, (Mark(0.0, (0.0, 0.0, 0.0)), Mark(4.0, (0.0, 0.0, 4.2))))
    >>> [round(figure_at(jenny, s).place[2], 1) for s in (0.0, 2.2, 4.0)]
    [0.0, 2.1, 4.2]
    """
    now = caught(walk, s)
    return Figure(walk.name, walk.height_m, now.place, now.facing_deg, now.seat_m)


def places_at(walk: Walk, s: float, *, look_at: ArrayLike | None = None) -> Mapping[str, Matrix]:
    """Return where every piece of somebody's mannequin is at a second of the shot.

    Args:
        walk: their blocking.
        s: seconds.
        look_at: a point on the stage to look at, (3,) metres.
    """
    now = caught(walk, s)
    figure = Figure(walk.name, walk.height_m, now.place, now.facing_deg)
    return places(figure, now.pose, build=walk.build, look_at=look_at)


def faults(walk: Walk) -> list[str]:
    """Return in words what no human could do of this blocking; it is drawn all the same.

    >>> faults(Walk("WILL", 1.80, (Mark(0.0, (0.0, 0.0, 0.0)), Mark(1.0, (9.0, 0.0, 0.0)))))
    ['WILL would run at 16.4 m/s from 0.0 s to 1.0 s; people run up to 7 m/s']
    """
    found = []
    for phase in walk.phases:
        when = f"from {phase.begins_s:.1f} s to {phase.ends_s:.1f} s"
        if phase.way and phase.pace.speed_ms > FASTEST_RUN_MS + 1e-6:
            speed = phase.pace.speed_ms
            found.append(f"{walk.name} would run at {speed:.1f} m/s {when}; people run up to {FASTEST_RUN_MS:g} m/s")
        if phase.rushed:
            found.append(f"{walk.name} has too little time to rise, turn or sit down {when}")
    for number, mark in enumerate(walk.marks, 1):
        if mark.pose in PASSING and (late := passes_at(walk, mark)) is not None and abs(late - mark.at_s) > OFF_S:
            found.append(f"{walk.name} passes mark {number} at {late:.1f} s, not at {mark.at_s:g} s")
    return found


def passes_at(walk: Walk, mark: Mark) -> float | None:
    """Return the second at which somebody passes a mark nearest, if they are on a way at all."""
    nearest: list[tuple[float, float]] = []
    for phase in walk.phases:
        if phase.way:
            apart = np.linalg.norm(phase.way.points - np.array(mark.place), axis=1)
            at = int(np.argmin(apart))
            nearest.append((float(apart[at]), phase.pace.second_at(float(phase.way.along[at]))))
    return min(nearest)[1] if nearest else None
