"""Depth of field, and lengths in the words of both sides of the ocean."""

from dataclasses import dataclass
from math import hypot, inf, isfinite

from rushes.departments.previs.shots.lenses import Filmback
from rushes.domain.errors import BadMaterial

DIAGONAL_PARTS = 1500
"""The circle of confusion is the filmback's diagonal by this: 0.029 mm on full frame, 0.021 mm on super 35."""
METRES_PER_FOOT = 0.3048


@dataclass(frozen=True)
class Focus:
    """What is sharp.

    Attributes:
        circle_mm: the circle of confusion that counts as sharp, on the film.
        hyperfocal_m: focus here, and everything from half of it to the horizon is sharp.
        near_m: nearest sharp distance.
        far_m: farthest sharp distance, or infinite.
    """

    circle_mm: float
    hyperfocal_m: float
    near_m: float
    far_m: float


def circle_of(filmback: Filmback) -> float:
    """Return the circle of confusion of a filmback, millimetres.

    >>> round(circle_of(Filmback("full-frame", 36.0, 24.0)), 4)
    0.0288
    """
    return hypot(filmback.width_mm, filmback.height_mm) / DIAGONAL_PARTS


def focus_of(focal_mm: float, stop: float, *, circle_mm: float, distance_m: float) -> Focus:
    """Return depth of field by the thin lens: H = f²/(N c) + f, near and far by H and the distance.

    Distances count from the lens. The stop is taken as the f-number; a T-stop is a little slower than its f-number, so
    the real depth of field is a little shallower than this, by about the lens' loss of light.

    Args:
        focal_mm: focal length.
        stop: the stop.
        circle_mm: circle of confusion on the film.
        distance_m: what the lens is focused on.

    >>> sharp = focus_of(50.0, 8.0, circle_mm=0.03, distance_m=10.467)
    >>> [round(length, 3) for length in (sharp.hyperfocal_m, sharp.near_m)], sharp.far_m
    ([10.467, 5.233], inf)
    """
    faults = {"a focal length": focal_mm, "a stop": stop, "a circle of confusion": circle_mm, "a distance": distance_m}
    wrong = [f"{name} of {value}" for name, value in faults.items() if not (isfinite(value) and value > 0)]
    if wrong or distance_m * 1000 <= focal_mm:
        raise BadMaterial("nothing can be in focus so", wrong or [f"{distance_m} m is inside the lens"])
    focal, away = focal_mm / 1000, distance_m
    hyperfocal = focal * focal / (stop * circle_mm / 1000) + focal
    near = away * (hyperfocal - focal) / (hyperfocal + away - 2 * focal)
    beyond = hyperfocal - away
    far = away * (hyperfocal - focal) / beyond if beyond > 1e-9 * hyperfocal else inf
    return Focus(circle_mm, hyperfocal, near, far)


def metres(length_m: float | None) -> str:
    """Return a length in metres to the centimetre.

    >>> metres(2.4), metres(float("inf")), metres(None)
    ('2.40 m', '∞', '–')
    """
    if length_m is None:
        return "–"
    return f"{length_m:.2f} m" if isfinite(length_m) else "∞"


def feet(length_m: float | None) -> str:
    """Return a length in feet and whole inches.

    >>> feet(1.8288), feet(2.41), feet(3.04), feet(-0.1)
    ('6′0″', '7′11″', '10′0″', '−0′4″')
    """
    if length_m is None:
        return "–"
    if not isfinite(length_m):
        return "∞"
    inches = round(abs(length_m) / METRES_PER_FOOT * 12)
    sign = "−" if length_m < 0 and inches else ""
    return f"{sign}{inches // 12}′{inches % 12}″"
