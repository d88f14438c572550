"""From size and angle to the exact camera, and back.

The framing lands exactly (`solving`) unless the rig or the lens keeps the camera nearer or farther than it must stand;
only then there is a residual.
"""

from dataclasses import dataclass, replace
from math import atan2, degrees, hypot, radians, sqrt, tan

import numpy as np

from rushes.departments.previs.shots.cameras import Camera, project
from rushes.departments.previs.shots.figures import Figure, Point, heading, height_at, landmark, point_at
from rushes.departments.previs.shots.lenses import Limits, Package, crop, half_field, lens_in, nearest_prime
from rushes.departments.previs.shots.sizes import ANGLES, LEVELS, SIZES, TILTS_DEG, Size
from rushes.departments.previs.shots.solving import Marks, from_height, place_of, steep_enough
from rushes.domain.errors import BadMaterial, NotFound

ANYWHERE = Limits()


@dataclass(frozen=True)
class Framing:
    """What is asked of a camera.

    Attributes:
        size: a name of `sizes.SIZES`.
        angle: a name of `sizes.ANGLES`.
        bearing_deg: where the camera stands, from where the figure faces; positive to the figure's left.
        roll_deg: Dutch angle, clockwise positive.
        across: where the upper mark lies, 0 the left edge of the frame, 1 the right edge.
    """

    size: str
    angle: str = "EYE"
    bearing_deg: float = 0.0
    roll_deg: float = 0.0
    across: float = 0.5

    def __post_init__(self) -> None:
        """Refuse words that nobody defined."""
        if self.size not in SIZES:
            raise NotFound("size of shot", self.size, SIZES)
        if self.angle not in ANGLES:
            raise NotFound("camera angle", self.angle, ANGLES)
        if not (abs(self.roll_deg) <= 45 and 0 <= self.across <= 1 and np.isfinite(self.bearing_deg)):
            raise BadMaterial("this framing cannot be", [str(self)], "Roll at most 45°; keep the figure in the frame.")


@dataclass(frozen=True)
class Framed:
    """A camera that gives the framing, and what it could not give.

    Attributes:
        camera: the camera.
        residual_percent: how far the worse mark lies from where it was asked, percent of the frame's height.
        angle_off_deg: how far the angle had to yield, degrees.
        distance_m: from the entrance pupil to the figure's eyes.
        notes: every compromise in words.
    """

    camera: Camera
    residual_percent: float
    angle_off_deg: float
    distance_m: float
    notes: tuple[str, ...] = ()


def marks_of(figure: Figure, framing: Framing, package: Package, *, focal_mm: float) -> Marks:
    """Return the marks of a framing; from straight above, the same length lies level at the height of the crown."""
    size = SIZES[framing.size]
    upper, lower = point_at(figure, size.upper), point_at(figure, size.lower)
    if framing.angle == "TOP":
        half = (upper[1] - lower[1]) / 2 * heading(figure.facing_deg + framing.bearing_deg + 180.0)
        crown = landmark(figure, "crown")
        upper, lower = crown + half, crown - half
    across, upright = half_field(package, focal_mm)
    return Marks(
        upper,
        lower,
        (1 - 2 * size.upper_y) * upright,
        (1 - 2 * size.lower_y) * upright,
        (2 * framing.across - 1) * across,
    )


def default_focal(size: Size, package: Package) -> float:
    """Return the focal length in millimetres to start from where a line names no lens: the kit's nearest prime."""
    return nearest_prime(package.kit, size.focal_mm * crop(package)[1] / 14.0).focal_mm


def _unlimited(marks: Marks, framing: Framing, figure: Figure, *, limits: Limits) -> tuple[Point, float, float]:
    """Return place, pan and tilt of the exact framing, at a height that the rig reaches."""
    pan, roll = figure.facing_deg + framing.bearing_deg + 180.0, framing.roll_deg
    if framing.angle == "TOP":
        return place_of(marks, (pan, -90.0, roll)), pan, -90.0
    if framing.angle in LEVELS:
        height = figure.place[1] + height_at(figure, LEVELS[framing.angle])
    else:
        tilt = steep_enough(marks, TILTS_DEG[framing.angle])
        place = place_of(marks, (pan, tilt, roll))
        height = float(place[1])
        if limits.lowest_m <= height <= limits.highest_m:
            return place, pan, tilt
    reached = min(max(height, limits.lowest_m), limits.highest_m)
    place, tilt = from_height(marks, pan, roll, height_m=reached)
    return place, pan, tilt


def missed(camera: Camera, figure: Figure, framing: Framing) -> Point:
    """Return by how much of the frame's height each of the two marks lies too low, (2,) float64."""
    marks, size = marks_of(figure, framing, camera.package, focal_mm=camera.focal_mm), SIZES[framing.size]
    return np.asarray(project(camera, np.array([marks.upper, marks.lower]))[:, 1] - [size.upper_y, size.lower_y])


def aim(camera: Camera, figure: Figure, framing: Framing) -> Camera:
    """Return the camera tilted so that the two marks miss by the same amount, one too high and one too low."""
    for _ in range(30):
        off = missed(camera, figure, framing).sum()
        nudged = replace(camera, tilt_deg=camera.tilt_deg + 1e-5)
        slope = (missed(nudged, figure, framing).sum() - off) / 1e-5
        if not abs(off) > 1e-10 or slope == 0:
            break
        camera = replace(camera, tilt_deg=camera.tilt_deg - float(np.clip(off / slope, -5.0, 5.0)))
    return camera


def _limited(camera: Camera, figure: Figure, framing: Framing, *, limits: Limits) -> Camera:
    """Return the camera at a distance that rig and lens allow, on the same line of sight to the eyes."""
    eyes = landmark(figure, "eyes")
    away = np.array(camera.place) - eyes
    distance = float(np.linalg.norm(away))
    farthest = limits.farthest_m
    if eyes[1] + away[1] > limits.highest_m + 1e-9 and framing.angle == "TOP":
        farthest = min(farthest, distance * max(limits.highest_m - eyes[1], 1e-3) / away[1])
    allowed = min(max(distance, limits.nearest_m), farthest)
    if abs(allowed - distance) < 1e-9:
        return camera
    place = eyes + away * (allowed / distance)
    low, high = min(limits.lowest_m, float(eyes[1])), max(limits.highest_m, float(eyes[1]))
    rise = float(np.clip(place[1], low, high)) - float(eyes[1])
    level = np.array([place[0] - eyes[0], 0.0, place[2] - eyes[2]])
    wide = hypot(level[0], level[2])
    if framing.angle != "TOP" and wide > 1e-9 and abs(rise) < allowed:
        place = eyes + level * (sqrt(allowed**2 - rise**2) / wide) + [0.0, rise, 0.0]
    return aim(replace(camera, place=(float(place[0]), float(place[1]), float(place[2]))), figure, framing)


def _angle_off(camera: Camera, figure: Figure, framing: Framing) -> float:
    """Return by how many degrees the angle yielded."""
    if framing.angle in TILTS_DEG:
        return abs(camera.tilt_deg - TILTS_DEG[framing.angle])
    level = landmark(figure, "soles")[1] + height_at(figure, LEVELS[framing.angle])
    away = float(np.linalg.norm(np.array(camera.place) - landmark(figure, "eyes")))
    return degrees(atan2(abs(camera.place[1] - level), away))


def framed_as(camera: Camera, figure: Figure, framing: Framing) -> Framed:
    """Return a camera with what it fails to give of a framing, measured on its own picture."""
    residual = float(np.abs(missed(camera, figure, framing)).max()) * 100
    if not np.isfinite(residual):
        raise BadMaterial(
            "no camera gives this framing", [f"{figure.name}: {framing}"], "Take a longer lens, or a milder angle."
        )
    off = _angle_off(camera, figure, framing)
    distance = float(np.linalg.norm(np.array(camera.place) - landmark(figure, "eyes")))
    notes = []
    if residual > 0.01:
        notes.append(f"{framing.size} is {residual:.1f} % of the frame off: the camera may not stand elsewhere")
    if off > 0.1:
        notes.append(f"{framing.angle} yields by {off:.1f}° so that the camera stays where rig and lens allow")
    return Framed(camera, residual, off, distance, tuple(notes))


def frame_figure(
    figure: Figure,
    framing: Framing,
    package: Package,
    *,
    focal_mm: float | None = None,
    limits: Limits = ANYWHERE,
) -> Framed:
    """Return the camera that frames one figure as asked.

    Size comes first, then angle: where the floor or the ceiling is in the way, the camera stops there and the angle
    yields; where distance is limited (also by how near the lens focuses), the size yields and both marks miss alike.

    Args:
        figure: who.
        framing: what is asked.
        package: filmback, squeeze, aspect and kit.
        focal_mm: the lens; without one, the house's for that size, nearest prime.
        limits: where the camera may be.

    >>> from rushes.departments.previs.shots.lenses import FILMBACKS, Package
    >>> framed = frame_figure(Figure("JENNY", 1.70), Framing("MCU"), Package(FILMBACKS["super-35"]), focal_mm=50.0)
    >>> round(framed.distance_m, 2), round(framed.camera.place[1], 3), framed.residual_percent < 1e-9
    (1.88, 1.591, True)
    """
    focal = default_focal(SIZES[framing.size], package) if focal_mm is None else focal_mm
    marks = marks_of(figure, framing, package, focal_mm=focal)
    place, pan, tilt = _unlimited(marks, framing, figure, limits=limits)
    spot = (float(place[0]), float(place[1]), float(place[2]))
    camera = Camera(spot, _wrapped(pan), tilt, framing.roll_deg, focal, package)
    near = max(limits.nearest_m, min(lens_in(package, focal).nearest_m, limits.farthest_m))
    return framed_as(_limited(camera, figure, framing, limits=replace(limits, nearest_m=near)), figure, framing)


def _wrapped(degrees_: float) -> float:
    """Return an angle within −180..180."""
    return float((degrees_ + 180.0) % 360.0 - 180.0)


def frame_from(
    figure: Figure, framing: Framing, package: Package, *, distance_m: float, limits: Limits = ANYWHERE
) -> Framed:
    """Return the framing from a camera that must stand so far from the eyes, through the best prime of the kit."""
    if not package.kit:
        raise BadMaterial("there is no kit of primes to choose from", remedy="Name the lenses of the camera package.")
    pinned = replace(limits, nearest_m=distance_m, farthest_m=distance_m)
    each = [
        frame_figure(figure, framing, package, focal_mm=prime.focal_mm, limits=pinned)
        for prime in package.kit
        if prime.nearest_m <= distance_m
    ]
    if not each:
        raise BadMaterial(f"no prime of the kit focuses at {distance_m} m", remedy="Step back, or add a macro lens.")
    return min(each, key=lambda framed: framed.residual_percent)


def read_framing(camera: Camera, figure: Figure, *, limits: Limits = ANYWHERE) -> tuple[Framing, Framed]:
    """Return the framing that comes nearest to a camera, and how far the camera's own picture is from it.

    Args:
        camera: any camera that sees the figure.
        figure: who.
        limits: the same as when it was framed.
    """
    bearing = _wrapped(camera.pan_deg + 180.0 - figure.facing_deg)
    found: list[tuple[tuple[float, float], Framing]] = []
    for size in SIZES:
        for angle in ANGLES:
            framing = Framing(size, angle, bearing, camera.roll_deg)
            marks = marks_of(figure, framing, camera.package, focal_mm=camera.focal_mm)
            across = float(project(camera, marks.upper)[0])
            if not 0 <= across <= 1:
                continue
            framing = replace(framing, across=across)
            wish = frame_figure(figure, framing, camera.package, focal_mm=camera.focal_mm, limits=limits)
            apart = float(np.linalg.norm(np.subtract(wish.camera.place, camera.place))) / max(wish.distance_m, 1e-6)
            apart += tan(min(radians(abs(wish.camera.tilt_deg - camera.tilt_deg)) / 2, 1.5))
            found.append(((round(apart, 7), wish.angle_off_deg), framing))
    if not found:
        raise BadMaterial(f"this camera does not have {figure.name} in its frame", remedy="Turn it to the figure.")
    best = min(found, key=lambda pair: pair[0])[1]
    return best, framed_as(camera, figure, best)
