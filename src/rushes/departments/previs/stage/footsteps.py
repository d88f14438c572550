"""Where feet stand and when they step: planned once for a way, so that a foot that stands does not slide.

A print is where a flat foot's ankle is, on the stage. What moves in between is worked out from time alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rushes.departments.previs.stage.body import Body
from rushes.departments.previs.stage.pose import Foot, Pose
from rushes.departments.previs.stage.solids import Floats, rotation

SIDES = ("right", "left")
TOES_UP_DEG, HEEL_UP_DEG = -16.0, 38.0
LIFT = 0.028


@dataclass(frozen=True)
class Print:
    """A foot on the floor: x, height and z of its flat ankle's place on the floor, and where its toes point."""

    at: tuple[float, float, float]
    heading_deg: float


Prints = Mapping[str, Print]


@dataclass(frozen=True)
class Step:
    """One step: which foot, when it leaves the floor and when it lands, from where, to where."""

    side: str
    begins_s: float
    ends_s: float
    start: Print
    end: Print


@dataclass(frozen=True)
class Stepping:
    """A foot at a moment: the print under it, how far it is lifted and how far heel or toes are."""

    under: Print
    up: float
    heel: float
    toes: float
    planted: bool


def prints_of(pose: Pose, place: tuple[float, float, float], facing_deg: float, *, stature: float) -> Prints:
    """Return the prints of a pose held somewhere."""
    turn = rotation(facing_deg, "y")
    found = {}
    for side, foot, sign in (("left", pose.left_foot, 1.0), ("right", pose.right_foot, -1.0)):
        x, y, z = turn @ (np.array([sign * foot.at[0], foot.at[1], foot.at[2]]) * stature) + place
        found[side] = Print((float(x), float(y), float(z)), facing_deg + sign * foot.out)
    return found


def turned(one: float, other: float, share: float) -> float:
    """Return a heading between two, the short way round."""
    return one + ((other - one + 180.0) % 360.0 - 180.0) * share


def eased(share: float) -> float:
    """Return a share that starts and ends gently."""
    held = min(max(share, 0.0), 1.0)
    return held * held * (3.0 - 2.0 * held)


def between_prints(one: Print, other: Print, share: float) -> Print:
    """Return a print between two."""
    x, y, z = (a + (b - a) * share for a, b in zip(one.at, other.at, strict=True))
    return Print((x, y, z), turned(one.heading_deg, other.heading_deg, share))


def foot_at(steps: Sequence[Step], rest: Print, s: float, *, vigour: float, runs: bool = False) -> Stepping:
    """Return one foot at a moment.

    Args:
        steps: its steps in order.
        rest: where it stands before the first.
        s: seconds.
        vigour: 0 to 1 and more: how far heels and toes are lifted.
        runs: whether the heels are thrown up behind.
    """
    done = [step for step in steps if step.begins_s <= s]
    coming = next((step for step in steps if step.begins_s > s), None)
    if done and s < done[-1].ends_s:
        step = done[-1]
        share = (s - step.begins_s) / (step.ends_s - step.begins_s)
        far = np.hypot(step.end.at[0] - step.start.at[0], step.end.at[2] - step.start.at[2])
        thrown, high = (78.0, 0.15) if runs else (46.0, LIFT)
        heel = float(np.interp(share, [0.0, 0.3, 0.75, 1.0], [HEEL_UP_DEG, thrown, 2.0, TOES_UP_DEG])) * vigour
        arch = float(np.sin(np.pi * share**0.8)) * high * (0.4 + 0.6 * vigour) * min(1.0, 0.4 + float(far))
        # the instep stays bent for a moment after the toes have left
        bent = max(heel, 0.0) * max(0.0, 1.0 - 4.0 * share)
        return Stepping(between_prints(step.start, step.end, eased(share)), arch, heel, bent, False)
    under = done[-1].end if done else rest
    heel = 0.0
    if done:
        heel += TOES_UP_DEG * vigour * max(0.0, 1.0 - (s - done[-1].ends_s) / 0.10)
    if coming:
        since = done[-1].ends_s if done else -np.inf
        rising = min(0.30, 0.45 * (coming.begins_s - since))
        heel += HEEL_UP_DEG * vigour * eased(1.0 - (coming.begins_s - s) / max(rising, 1e-6))
    return Stepping(under, 0.0, heel, 0.0, True)


def foot_of(stepping: Stepping, side: str, place: Floats, *, facing_deg: float, stature: float) -> Foot:
    """Return a foot of the stage as a foot of a pose."""
    sign = 1.0 if side == "left" else -1.0
    away = rotation(-facing_deg, "y") @ (np.array(stepping.under.at) - place) / stature
    out = sign * ((stepping.under.heading_deg - facing_deg + 180.0) % 360.0 - 180.0)
    at = (sign * float(away[0]), float(away[1]) + stepping.up, float(away[2]))
    knee = (0.12 + 0.4 * float(np.sin(np.radians(out))), 0.0, 1.0)
    return Foot(at, out, stepping.heel, knee, stepping.toes)


def reachable_hips(pose: Pose, body: Body, ankles: Sequence[Floats]) -> float:
    """Return the hips' height of a pose, lowered until the feet that stand can stand there.

    Args:
        pose: a pose whose hips may be too high.
        body: its measures.
        ankles: (3,) metres, of the feet that stand, as seen from where the person stands.
    """
    leg = (body.marks["hips"] - body.marks["ankles"]) * body.stature * 0.997
    high = pose.hips * body.marks["hips"] * body.stature
    for ankle in ankles:
        hip = (
            np.array([np.sign(ankle[0]) * abs(body.joints["left thigh"][0]), 0.0, 0.0])
            + np.array(pose.shift) * body.stature
        )
        level = float(np.hypot(ankle[0] - hip[0], ankle[2] - hip[2]))
        high = min(high, float(ankle[1]) + float(np.sqrt(max(leg**2 - level**2, 0.04))))
    return high / (body.marks["hips"] * body.stature)
