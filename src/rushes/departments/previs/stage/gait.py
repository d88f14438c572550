"""How somebody walks or runs a way: the steps on it, and the swing of arms, hips and shoulders.

Step lengths: 0.41 of stature at 1.4 m/s, growing with the square root of speed (Grieve and Gear 1966 found cadence
and length to grow alike); a run's grow straight with speed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rushes.departments.previs.stage.footsteps import Print, Prints, Step, turned
from rushes.departments.previs.stage.pose import Hand, Pose
from rushes.departments.previs.stage.solids import Floats

WALK_MS, FASTEST_WALK_MS, FASTEST_RUN_MS = 1.4, 2.0, 7.0
EASE_S = 0.55
LANE = 0.040


@dataclass(frozen=True, eq=False)
class Way:
    """A way over the stage: (points, 3) metres close together, and how far along each of them is."""

    points: Floats
    along: Floats

    @property
    def long_m(self) -> float:
        """Its length."""
        return float(self.along[-1])

    def at(self, metres: float) -> tuple[tuple[float, float, float], float]:
        """Return the place so far along, and the heading there in degrees."""
        held = min(max(metres, 0.0), self.long_m)
        x, y, z = (float(np.interp(held, self.along, self.points[:, axis])) for axis in range(3))
        before, after = (
            [
                float(np.interp(np.clip(held + off, 0.0, self.long_m), self.along, self.points[:, axis]))
                for axis in (0, 2)
            ]
            for off in (-0.12, 0.12)
        )
        return (x, y, z), float(np.degrees(np.arctan2(after[0] - before[0], after[1] - before[1])))


def way_through(corners: Sequence[tuple[float, float, float]], *, round_m: float = 0.45) -> Way:
    """Return the way through places, its corners rounded."""
    places = [np.array(corner, np.float64) for corner in corners]
    points = [places[0]]
    for before, corner, after in zip(places, places[1:], places[2:], strict=False):
        into, out = before - corner, after - corner
        near = [min(round_m, float(np.linalg.norm(leg)) / 2) for leg in (into, out)]
        enter, leave = (
            corner + leg / max(float(np.linalg.norm(leg)), 1e-9) * r for leg, r in zip((into, out), near, strict=True)
        )
        points += [(1 - t) ** 2 * enter + 2 * t * (1 - t) * corner + t * t * leave for t in np.linspace(0, 1, 12)]
    stack = np.array([*points, places[-1]])
    keep = np.append(True, np.linalg.norm(np.diff(stack, axis=0), axis=1) > 1e-6)
    stack = stack[keep]
    along = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(stack, axis=0), axis=1)))
    return Way(stack, along)


@dataclass(frozen=True)
class Pace:
    """When a way is gone and how fast: eased at both ends, steady between."""

    begins_s: float
    ends_s: float
    long_m: float

    @property
    def ease(self) -> float:
        """Share of the time in which speed grows."""
        return min(EASE_S / (self.ends_s - self.begins_s), 0.45)

    @property
    def speed_ms(self) -> float:
        """The steady speed."""
        return self.long_m / ((self.ends_s - self.begins_s) * (1.0 - self.ease))

    @property
    def runs(self) -> bool:
        """Whether it is too fast to walk."""
        return self.speed_ms > FASTEST_WALK_MS

    def metres_at(self, s: float) -> float:
        """Return how far along one is."""
        u, ease = min(max((s - self.begins_s) / (self.ends_s - self.begins_s), 0.0), 1.0), self.ease
        if u < ease:
            share = u * u / (2 * ease)
        elif u > 1 - ease:
            share = 1 - ease - (1 - u) ** 2 / (2 * ease)
        else:
            share = u - ease / 2
        return self.long_m * share / (1 - ease)

    def second_at(self, metres: float) -> float:
        """Return when one is so far along."""
        ease, share = self.ease, min(max(metres / self.long_m, 0.0), 1.0) * (1 - self.ease)
        if share < ease / 2:
            u = float(np.sqrt(2 * ease * share))
        elif share > 1 - 1.5 * ease:
            u = 1 - float(np.sqrt(max(2 * ease * (1 - ease - share), 0.0)))
        else:
            u = share + ease / 2
        return self.begins_s + u * (self.ends_s - self.begins_s)

    def vigour(self, s: float) -> float:
        """Return the speed of a moment against a usual walk, 0 to 1.15."""
        step = 0.02
        speed = (self.metres_at(s + step) - self.metres_at(s - step)) / (2 * step)
        return min(float(speed) / WALK_MS, 1.15)


def least_seconds(long_m: float, speed_ms: float) -> float:
    """Return how long a way takes at a steady speed, eased at both ends.

    >>> round(least_seconds(4.2, 1.4), 2)
    3.55
    """
    return long_m / speed_ms + min(EASE_S, long_m / speed_ms)


def step_m(speed_ms: float, stature: float) -> float:
    """Return the length of a step.

    >>> round(step_m(1.4, 1.75), 2), round(step_m(4.0, 1.75), 2)
    (0.72, 1.31)
    """
    if speed_ms <= FASTEST_WALK_MS:
        return 0.41 * stature * float(np.sqrt(max(speed_ms, 0.3) / WALK_MS))
    return stature * (0.27 + 0.12 * speed_ms)


def steps_on(way: Way, pace: Pace, prints: tuple[Prints, Prints], *, stature: float) -> tuple[Step, ...]:
    """Plan the steps of a way: half a step to start, half a step to close, whole ones between.

    Args:
        way: where.
        pace: when.
        prints: where the feet stand before and after.
        stature: metres.
    """
    many = max(1, round(way.long_m / step_m(pace.speed_ms, stature)))
    long = way.long_m / many
    # a walker lands half a step ahead and has both feet down for a fifth; a runner lands nearly under the hips
    shared, nearer = (-0.22, 0.24) if pace.runs else (0.2, 0.0)
    stands = dict(prints[0])
    steps: list[Step] = []
    for number in range(1, many + 2):
        side = ("right", "left")[(number + 1) % 2]
        lands = min((number - 0.5 + nearer) * long, way.long_m)
        leaves = 0.0 if number == 1 else (number - 1.5 + shared * (number > 1)) * long
        if number >= many:
            end = prints[1][side]
        else:
            (x, y, z), heading = way.at(number * long)
            aside = LANE * stature * (1.0 if side == "left" else -1.0)
            left = np.radians(heading + 90.0)
            end = Print((x + aside * float(np.sin(left)), y, z + aside * float(np.cos(left))), heading)
        begins, ends = pace.second_at(leaves), pace.second_at(lands) if number <= many else pace.ends_s
        begins = max([begins, *(step.ends_s for step in steps if step.side == side)])
        steps.append(Step(side, begins, max(ends, begins + 0.05), stands[side], end))
        stands[side] = end
    return tuple(steps)


def striding(base: Pose, share: float, vigour: float, *, runs: bool) -> Pose:
    """Return a pose with the swing of a walk or run; the feet are put by their steps.

    Args:
        base: how they hold themself, and what their hands do; hands that hang swing.
        share: of steps gone: at every half the foot in front lands, the right one first.
        vigour: as of `Pace.vigour`.
        runs: whether it is a run.
    """
    swing, bob = float(np.sin(np.pi * share)), float(np.cos(2 * np.pi * share))
    much = min(vigour, 1.0)
    lean, sway = (11.0 if runs else 2.5) * much, 5.0 * much * swing
    hips = 1.0 - (0.045 if runs else 0.020) * much + (-0.022 if runs else 0.011) * much * bob
    return replace(
        base,
        hips=min(base.hips, 1.0) * hips,
        shift=(0.0, 0.0, 0.0),
        pelvis=(lean * 0.5, -1.5 * much * swing, sway),
        spine=(lean * 0.6 + base.spine[0], base.spine[1], base.spine[2] - 1.9 * sway),
        head=(base.head[0] - lean * 0.6, base.head[1], base.head[2] + 0.9 * sway),
        left=_swung(base.left, swing * much, runs=runs),
        right=_swung(base.right, -swing * much, runs=runs),
    )


def _swung(hand: Hand, forward: float, *, runs: bool) -> Hand:
    """Return a hand as it swings; one that is busy keeps doing what it does."""
    if hand.at[1] > -0.75:
        return hand
    much = abs(forward)
    if runs:
        at = (0.02, -0.50 + 0.16 * forward, 0.12 + 0.34 * forward)
        return Hand(at, (0.35, -0.3, -1.0), (-0.25, 0.35, 1.0), (-1.0, 0.0, 0.0), 70.0, 66.0)
    ahead = max(forward, 0.0)
    at = (hand.at[0] - 0.05 * ahead, hand.at[1] + 0.09 * much + 0.03 * ahead, hand.at[2] + 0.33 * forward)
    return replace(hand, at=at)


def facing_on(way: Way, pace: Pace, s: float, *, ends: tuple[float, float]) -> float:
    """Return where somebody faces on a way: from how they stood, along the way, to how they will stand."""
    _, heading = way.at(pace.metres_at(s))
    into = min(max((s - pace.begins_s) / 0.5, 0.0), 1.0)
    out = min(max((pace.ends_s - s) / 0.5, 0.0), 1.0)
    facing = turned(ends[0], heading, into * into * (3 - 2 * into))
    return turned(ends[1], facing, out * out * (3 - 2 * out))
