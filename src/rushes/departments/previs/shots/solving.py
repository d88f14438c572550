"""The geometry under a framing: the place from which two marks are seen exactly where they were asked.

With pan, tilt and roll given, asking that a point lies at a given place of the frame is linear in the camera's place:
three such wishes give the camera exactly. Where the height is given instead, the two marks are seen under a known
angle, so the camera stands on a circle through both: a quadratic.
"""

from dataclasses import dataclass
from math import atan, atan2, cos, degrees, sin, sqrt

import numpy as np

from rushes.departments.previs.shots.cameras import axes
from rushes.departments.previs.shots.figures import Point

STEEPEST_RAY_DEG = 80.0


@dataclass(frozen=True)
class Marks:
    """Two points and the tangents, up from the lens axis and to its right, at which they are to be seen."""

    upper: Point
    lower: Point
    upper_up: float
    lower_up: float
    upper_right: float


def place_of(marks: Marks, turned: tuple[float, float, float]) -> Point:
    """Return the camera's place for pan, tilt and roll: each wish is one plane through the camera."""
    right, up, forward = axes(*turned)
    planes = np.array(
        [up - marks.upper_up * forward, up - marks.lower_up * forward, right - marks.upper_right * forward]
    )
    points = np.array([marks.upper, marks.lower, marks.upper])
    return np.asarray(np.linalg.solve(planes, (planes * points).sum(axis=1)))


def _reachable_height(marks: Marks, height_m: float) -> float:
    """Return the height nearest to the one asked from which both marks can be seen under their angle."""
    apart = atan(marks.upper_up) - atan(marks.lower_up)
    top, bottom = float(marks.upper[1]), float(marks.lower[1])
    span = top - bottom
    # The highest point of the circle of equal angle; a tenth is left so that the camera is never on the figure's axis.
    room = 0.45 * span * (1 / sin(apart) - 1) if apart < 0.49 * np.pi else -0.1 * span
    return min(max(height_m, bottom - room), top + room)


def _tilt_from_height(marks: Marks, height_m: float) -> float:
    """Return the tilt in degrees of an unrolled camera at a height that sees both marks where asked."""
    apart = atan(marks.upper_up) - atan(marks.lower_up)
    above, below = float(marks.upper[1]) - height_m, float(marks.lower[1]) - height_m
    half = (above - below) * cos(apart)
    away = (half + sqrt(max(half**2 - 4 * above * below * sin(apart) ** 2, 0.0))) / (2 * sin(apart))
    return degrees(atan2(above, away) - atan(marks.upper_up))


def from_height(marks: Marks, pan_deg: float, roll_deg: float, *, height_m: float) -> tuple[Point, float]:
    """Return place and tilt of a camera at a height; a roll bends the circle, so the tilt is sought from there."""
    height = _reachable_height(marks, height_m)
    tilt = _tilt_from_height(marks, height)
    place = place_of(marks, (pan_deg, tilt, roll_deg))
    for _ in range(30 if roll_deg else 0):
        slope = (place_of(marks, (pan_deg, tilt + 1e-5, roll_deg))[1] - place[1]) / 1e-5
        if abs(place[1] - height) < 1e-9 or slope == 0:
            break
        tilt += float(np.clip((height - place[1]) / slope, -2.0, 2.0))
        place = place_of(marks, (pan_deg, tilt, roll_deg))
    return place, tilt


def steep_enough(marks: Marks, tilt_deg: float) -> float:
    """Return the tilt, or the nearest one at which no ray to a mark is steeper than 80°."""
    highest = STEEPEST_RAY_DEG - degrees(atan(marks.upper_up))
    return min(max(tilt_deg, -STEEPEST_RAY_DEG - degrees(atan(marks.lower_up))), highest)
