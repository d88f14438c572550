"""A pose: where hips, spine, head, hands and feet are. The limbs between are solved, so feet stay on floors.

A pose is for anybody: lengths are fractions of stature or of the arm. Right and left are the person's own.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

Three = tuple[float, float, float]
UPRIGHT: Three = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Hand:
    """Where a hand is, seen from the chest.

    Attributes:
        at: of the wrist from the shoulder, in arm's lengths: outwards, up, forwards.
        elbow: where the elbow points, same axes.
        fingers: where the fingers point; all zero goes on from the forearm.
        palm: where the palm faces.
        curl: degrees by which the fingers bend.
        index: degrees by which the index finger bends.
    """

    at: Three = (0.16, -0.96, 0.08)
    elbow: Three = (0.45, 0.0, -1.0)
    fingers: Three = UPRIGHT
    palm: Three = (-1.0, 0.0, 0.0)
    curl: float = 20.0
    index: float = 17.0


@dataclass(frozen=True)
class Foot:
    """Where a foot is, seen from where the person stands.

    Attributes:
        at: of the ankle if the foot were flat, in fractions of stature: outwards, up from the floor, forwards.
        out: degrees by which the toes point outwards.
        heel: degrees by which the heel is lifted on the ball of the foot; below 0 the toes are lifted on the heel.
        knee: where the knee points: outwards, up, forwards.
        toes: degrees by which the toes bend up; with the heel lifted they stay on the floor by themselves.
    """

    at: Three = (0.050, 0.0, 0.0)
    out: float = 8.0
    heel: float = 0.0
    knee: Three = (0.12, 0.0, 1.0)
    toes: float = 0.0


@dataclass(frozen=True)
class Pose:
    """How somebody holds themself.

    Attributes:
        hips: height of the hip joints over the floor against standing straight; without meaning on a seat.
        shift: of the hips from where they stand, fractions of stature: to the left, 0, forwards.
        pelvis: degrees forward, to the left shoulder, turned left.
        spine: of the chest against the pelvis, likewise.
        head: of the head against the chest, likewise.
        left, right: the hands.
        left_foot, right_foot: the feet.
        seated: whether it wants a seat.
    """

    hips: float = 1.0
    shift: Three = UPRIGHT
    pelvis: Three = UPRIGHT
    spine: Three = UPRIGHT
    head: Three = UPRIGHT
    left: Hand = Hand()
    right: Hand = Hand()
    left_foot: Foot = Foot()
    right_foot: Foot = Foot()
    seated: bool = False


def blend(one: Pose, other: Pose, share: float) -> Pose:
    """Return a pose between two; 0 is the one, 1 the other."""
    mixed: Pose = _mixed(one, other, min(max(share, 0.0), 1.0))
    return mixed


def _mixed(one: Any, other: Any, share: float) -> Any:
    if isinstance(one, bool):
        return other if share >= 0.5 else one
    if isinstance(one, float | int):
        return one * (1.0 - share) + other * share
    if isinstance(one, tuple):
        return tuple(_mixed(a, b, share) for a, b in zip(one, other, strict=True))
    names = [field.name for field in fields(one)]
    return replace(one, **{name: _mixed(getattr(one, name), getattr(other, name), share) for name in names})
