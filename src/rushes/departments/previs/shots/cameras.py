"""A camera on the stage, and where it puts a point in the picture."""

from dataclasses import dataclass

import numpy as np

from rushes.departments.previs.shots.figures import Point, heading
from rushes.departments.previs.shots.lenses import Package, half_field


@dataclass(frozen=True)
class Camera:
    """A camera by its entrance pupil.

    Attributes:
        place: x, y, z of the entrance pupil, metres.
        pan_deg: heading of the lens; positive turns left.
        tilt_deg: positive looks up.
        roll_deg: positive leans the camera clockwise, as its operator sees it.
        focal_mm: focal length.
        package: filmback, squeeze and aspect.
    """

    place: tuple[float, float, float]
    pan_deg: float
    tilt_deg: float
    roll_deg: float
    focal_mm: float
    package: Package


def axes(pan_deg: float, tilt_deg: float, roll_deg: float = 0.0) -> tuple[Point, Point, Point]:
    """Return the camera's own right, up and forward, three unit vectors (3,).

    >>> right, up, forward = axes(180.0, 0.0)
    >>> (right.round(9) + 0.0).tolist()
    [1.0, 0.0, 0.0]
    """
    level, tilt, roll = heading(pan_deg), np.radians(tilt_deg), np.radians(roll_deg)
    forward = np.cos(tilt) * level + np.array([0.0, np.sin(tilt), 0.0])
    up = -np.sin(tilt) * level + np.array([0.0, np.cos(tilt), 0.0])
    right = np.cross(level, [0.0, 1.0, 0.0])
    return np.cos(roll) * right - np.sin(roll) * up, np.cos(roll) * up + np.sin(roll) * right, forward


def project(camera: Camera, points: Point) -> Point:
    """Return where points lie in the delivered picture.

    Args:
        camera: the camera.
        points: (..., 3) float64 metres.

    Returns:
        (..., 3) float64: across (0 left edge, 1 right edge), down (0 top edge, 1 bottom edge), and metres of depth
        along the lens; a point with no depth in front of the camera has NaN across and down.

    >>> from rushes.departments.previs.shots.lenses import FILMBACKS
    >>> camera = Camera((0, 1, 5), 180.0, 0.0, 0.0, 12.0, Package(FILMBACKS["full-frame"], aspect=1.5))
    >>> project(camera, np.array([[0.0, 1.0, 0.0], [0.0, 6.0, 0.0]])).round(3).tolist()
    [[0.5, 0.5, 5.0], [0.5, 0.0, 5.0]]
    """
    right, up, forward = axes(camera.pan_deg, camera.tilt_deg, camera.roll_deg)
    across, upright = half_field(camera.package, camera.focal_mm)
    away = np.asarray(points, np.float64) - np.array(camera.place)
    depth = away @ forward
    seen = np.where(depth > 1e-9, depth, np.nan)
    return np.stack([0.5 + away @ right / (2 * across * seen), 0.5 - away @ up / (2 * upright * seen), depth], axis=-1)
