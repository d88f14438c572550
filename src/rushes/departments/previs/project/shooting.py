"""A typed line through time: where the camera is at every frame of a shot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import exp, log

from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.framing import ANYWHERE
from rushes.departments.previs.shots.grammar import Shot
from rushes.departments.previs.shots.groups import camera_for, facing_towards, group_of
from rushes.departments.previs.shots.lenses import Limits, Package
from rushes.departments.previs.shots.moves import FASTEST, UNITS, Move, end_of, too_fast

HELD_S = 1.0
"""Seconds of a hold that does not say how long."""
UNHURRIED = 0.25
"""Part of the fastest speed of its rig at which a move runs that says how far and not how long."""


@dataclass(frozen=True)
class Leg:
    """One move from one camera to another, between two frames of a shot."""

    first: int
    last: int
    start: Camera
    end: Camera


@dataclass(frozen=True)
class CameraPath:
    """The camera of a shot: where it starts, and its moves in order.

    Attributes:
        start: at frame 0.
        legs: moves, in order.
        notes: what rig, lens or set did not allow.
    """

    start: Camera
    legs: tuple[Leg, ...]
    notes: tuple[str, ...]

    def at(self, frame: int) -> Camera:
        """Return the camera at a frame; it rests before its first move and after its last one."""
        camera = self.start
        for leg in self.legs:
            if frame >= leg.last:
                camera = leg.end
            elif frame > leg.first:
                return between(leg.start, leg.end, eased((frame - leg.first) / (leg.last - leg.first)))
        return camera


def eased(part: float) -> float:
    """Return how far a move has come after a part of its time: it starts and ends at rest.

    >>> [eased(part) for part in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 0.15625, 0.5, 1.0]
    """
    return part * part * (3.0 - 2.0 * part)


def between(one: Camera, other: Camera, part: float) -> Camera:
    """Return the camera so far on the way from one to the other; a zoom runs evenly in ratio, a pan the short way."""
    turn = (other.pan_deg - one.pan_deg + 180.0) % 360.0 - 180.0
    x, y, z = (a + (b - a) * part for a, b in zip(one.place, other.place, strict=True))
    return replace(
        one,
        place=(x, y, z),
        pan_deg=one.pan_deg + turn * part,
        tilt_deg=one.tilt_deg + (other.tilt_deg - one.tilt_deg) * part,
        roll_deg=one.roll_deg + (other.roll_deg - one.roll_deg) * part,
        focal_mm=exp(log(one.focal_mm) + (log(other.focal_mm) - log(one.focal_mm)) * part),
    )


def subject_of(shot: Shot, cast: Mapping[str, Figure]) -> Figure:
    """Return whom a shot is on; of several, one figure that stands for the group."""
    figures = [cast[name] for name in shot.who]
    if len(figures) > 1:
        return group_of(figures)
    return facing_towards(figures[0], cast[shot.looks_at]) if shot.looks_at else figures[0]


def camera_path(
    shot: Shot, cast: Mapping[str, Figure], package: Package, *, frames: int, rate: Fraction, limits: Limits = ANYWHERE
) -> CameraPath:
    """Return where the camera of a shot is at every frame.

    A move without a time takes, if it says how far, a quarter of its rig's top speed, else what the others leave of
    the shot.

    Args:
        shot: the typed line.
        cast: who stands where when the shot begins.
        package: the camera package.
        frames: length of the shot.
        rate: frames a second.
        limits: where the camera may be.
    """
    framed = camera_for(shot, cast, package, limits=limits)
    subject = subject_of(shot, cast)
    camera, now, legs = framed.camera, 0, []
    notes = [*framed.notes, *filter(None, map(too_fast, shot.moves))]
    for move, seconds in zip(shot.moves, _seconds(shot.moves, float(frames / rate)), strict=True):
        last = now + max(round(seconds * rate), 1)
        end = end_of(camera, move, subject, limits=limits)
        legs.append(Leg(now, last, camera, end))
        camera, now = end, last
    if now > frames:
        notes.append(f"its moves take {now} frames, and it has {frames}")
    return CameraPath(framed.camera, tuple(legs), tuple(notes))


def _seconds(moves: Sequence[Move], shot_s: float) -> list[float]:
    told = [_told(move) for move in moves]
    left = max(shot_s - sum(seconds for seconds in told if seconds), 1.0)
    open_ones = sum(seconds is None for seconds in told)
    return [left / open_ones if seconds is None else seconds for seconds in told]


def _told(move: Move) -> float | None:
    if move.seconds:
        return move.seconds
    if move.verb == "hold":
        return HELD_S
    unit = UNITS.get(move.verb)
    return move.amount / (FASTEST[unit] * UNHURRIED) if move.amount and unit else None
