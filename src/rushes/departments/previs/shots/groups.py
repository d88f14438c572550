"""The camera for a typed shot: singles, over the shoulder, and groups that must all fit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import asin, atan, degrees, sin

import numpy as np

from rushes.departments.previs.shots.cameras import Camera, axes, project
from rushes.departments.previs.shots.figures import HALF_SHOULDERS, Figure, bearing_between, landmark
from rushes.departments.previs.shots.framing import ANYWHERE, Framed, Framing, default_focal, frame_figure
from rushes.departments.previs.shots.grammar import Shot
from rushes.departments.previs.shots.lenses import Limits, Package, half_field
from rushes.departments.previs.shots.sizes import SIDES_DEG, SIZES
from rushes.domain.errors import BadMaterial, NotFound

EDGE = 0.03
BEHIND_SHOULDER_M = 0.5
HALF_HEAD_M = 0.08
SHOULDER_ACROSS, HEAD_INNER_ACROSS = 0.94, 0.70
WIDEST_OVER_DEG = 35.0
THREE_QUARTER_DEG = SIDES_DEG["3/4L"]


def facing_towards(figure: Figure, other: Figure) -> Figure:
    """Return the figure turned to somebody."""
    return replace(figure, facing_deg=bearing_between(landmark(figure, "eyes"), landmark(other, "eyes")))


def group_of(figures: Sequence[Figure]) -> Figure:
    """Return a figure that stands for several: as tall as the tallest, amid them, facing where they are in order.

    From its front, the first of them stands to the left of the last.
    """
    tallest = max(figures, key=lambda figure: float(landmark(figure, "crown")[1]))
    middle = np.mean([figure.place for figure in figures], axis=0)
    if np.allclose(figures[0].place, figures[-1].place):
        raise BadMaterial("two figures stand on the same spot", [figures[0].name, figures[-1].name], "Move one.")
    across = bearing_between(np.array(figures[0].place), np.array(figures[-1].place))
    place = (float(middle[0]), tallest.place[1], float(middle[2]))
    return replace(tallest, name="+".join(figure.name for figure in figures), place=place, facing_deg=across - 90.0)


def outline(figure: Figure, camera: Camera) -> np.ndarray:
    """Return where crown and both shoulders lie in the picture, (3, 3) as from `cameras.project`."""
    right, _, _ = axes(camera.pan_deg, 0.0)
    half = right * HALF_SHOULDERS * figure.height_m
    shoulders = landmark(figure, "shoulders")
    return project(camera, np.array([landmark(figure, "crown"), shoulders - half, shoulders + half]))


def everybody_fits(figures: Sequence[Figure], camera: Camera) -> bool:
    """Tell whether nobody is cut by the left or right edge of the frame."""
    seen = np.concatenate([outline(figure, camera) for figure in figures])
    return bool((seen[:, 2] > 0.1).all() and (seen[:, 0] >= EDGE).all() and (seen[:, 0] <= 1 - EDGE).all())


def frame_group(
    figures: Sequence[Figure], framing: Framing, package: Package, *, focal_mm: float | None, limits: Limits = ANYWHERE
) -> Framed:
    """Return the camera that frames several figures; it pulls back as far as all of them need.

    Args:
        figures: from left to right as seen from their front.
        framing: size of the tallest; the bearing counts from the front of the group.
        package: filmback, squeeze, aspect and kit.
        focal_mm: the lens, or None for the house's.
        limits: where the camera may be.
    """
    group = group_of(figures)
    framed = frame_figure(group, framing, package, focal_mm=focal_mm, limits=limits)
    if everybody_fits(figures, framed.camera):
        return framed
    near, far = framed.distance_m, min(framed.distance_m * 64, limits.farthest_m)

    def from_distance(distance_m: float) -> Framed:
        held = replace(limits, nearest_m=distance_m)
        return frame_figure(group, framing, package, focal_mm=framed.camera.focal_mm, limits=held)

    for _ in range(20):
        middle = (near + far) / 2
        near, far = (near, middle) if everybody_fits(figures, from_distance(middle).camera) else (middle, far)
    pulled = from_distance(far)
    kept = tuple(note for note in pulled.notes if not note.startswith(f"{framing.size} is"))
    off = f"{framing.size} is {pulled.residual_percent:.1f} % of the frame off"
    if not everybody_fits(figures, pulled.camera):
        note = f"{group.name} do not all fit: take a shorter lens; {off}"
    else:
        note = f"pulled back by {pulled.distance_m - framed.distance_m:.2f} m so that all of {group.name} fit: {off}"
    return replace(pulled, notes=(*kept, note))


def frame_over(
    pair: tuple[Figure, Figure],
    framing: Framing,
    package: Package,
    *,
    focal_mm: float | None,
    limits: Limits = ANYWHERE,
) -> Framed:
    """Return the camera behind one figure's shoulder on the face of another.

    Args:
        pair: who is seen, and over whose shoulder.
        framing: size and angle; only the sign of its bearing counts: positive stands left of the line from the one
            seen to the other.
        package: without a lens given, the shortest prime that reaches from behind the shoulder is taken.
        focal_mm: the lens, or None.
        limits: where the camera may be.
    """
    seen, over = facing_towards(*pair), pair[1]
    between = float(np.hypot(over.place[0] - seen.place[0], over.place[2] - seen.place[2]))
    if between < BEHIND_SHOULDER_M:
        raise BadMaterial(f"{seen.name} and {over.name} stand too near for a shot over a shoulder: {between:.2f} m")
    start = default_focal(SIZES[framing.size], package) if focal_mm is None else focal_mm
    focals = [start, *(prime.focal_mm for prime in package.kit if focal_mm is None and prime.focal_mm > start)]
    for focal in focals:
        straight = frame_figure(seen, replace(framing, bearing_deg=0.0), package, focal_mm=focal, limits=limits)
        away = float(np.hypot(*(np.array(straight.camera.place) - seen.place)[[0, 2]]))
        behind, off_line = _over_the_shoulder(straight.camera, between, away)
        beside = replace(framing, bearing_deg=off_line if framing.bearing_deg >= 0 else -off_line)
        framed = frame_figure(seen, beside, package, focal_mm=focal, limits=limits)
        if away - between >= behind:
            return framed
    short = between + behind - away
    note = f"the camera stands {short:.2f} m too near to be behind {over.name}: take a longer lens"
    return replace(framed, notes=(*framed.notes, note))


def _over_the_shoulder(camera: Camera, between: float, away: float) -> tuple[float, float]:
    """Return how far behind the near figure the camera must be, metres, and by how many degrees off the line.

    The near figure's axis lies at 94 % of the frame's width, and the inner side of the head no nearer the middle than
    70 %. The distance to the far figure does not change with the bearing, so the bearing is a triangle's.
    """
    width = 2 * half_field(camera.package, camera.focal_mm)[0]
    behind = max(BEHIND_SHOULDER_M, HALF_HEAD_M / (width * (SHOULDER_ACROSS - HEAD_INNER_ACROSS)))
    aside = atan(width * (SHOULDER_ACROSS - 0.5))
    off_line = degrees(asin(min(1.0, max(away, between + behind) / between * sin(aside))) - aside)
    return behind, min(off_line, WIDEST_OVER_DEG)


def camera_for(shot: Shot, cast: Mapping[str, Figure], package: Package, *, limits: Limits = ANYWHERE) -> Framed:
    """Return the camera that a typed shot asks for, on a stage where the cast stands.

    A single with somebody to look at is taken from three quarters, left of that look, unless the line says a side.

    >>> from rushes.departments.previs.shots.grammar import parse_shot
    >>> from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES
    >>> cast = {"JENNY": Figure("JENNY", 1.68), "WILL": Figure("WILL", 1.83, (0.0, 0.0, 2.0))}
    >>> package = Package(FILMBACKS["super-35"], aspect=2.39, kit=PRIMES)
    >>> framed = camera_for(parse_shot("42B MCU LOW 50mm JENNY>WILL, push in 3s"), cast, package)
    >>> framed.camera.tilt_deg, round(framed.distance_m, 2), framed.notes
    (20.0, 2.41, ())
    """
    for name in (*shot.who, *filter(None, [shot.looks_at])):
        if name not in cast:
            raise NotFound("figure on the stage", name, cast)
    focal = shot.focal_mm or None
    house = THREE_QUARTER_DEG if shot.looks_at and len(shot.who) == 1 else 0.0
    framing = Framing(shot.size, shot.angle, SIDES_DEG[shot.side] if shot.side else house, shot.roll_deg)
    figures = [cast[name] for name in shot.who]
    if len(figures) > 1:
        return frame_group(figures, framing, package, focal_mm=focal, limits=limits)
    if shot.over:
        return frame_over((figures[0], cast[shot.looks_at]), framing, package, focal_mm=focal, limits=limits)
    figure = facing_towards(figures[0], cast[shot.looks_at]) if shot.looks_at else figures[0]
    return frame_figure(figure, framing, package, focal_mm=focal, limits=limits)
