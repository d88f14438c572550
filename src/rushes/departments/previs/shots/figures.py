"""People on the stage as a lens sees them: how high their eyes, chin, waist and knees are.

Fractions of stature are Drillis and Contini's (Body Segment Parameters, 1966; printed as figure 4.1 of Winter,
Biomechanics and Motor Control of Human Movement). Every mark lies on the upright axis of the figure.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.domain.errors import BadMaterial, NotFound

Point = NDArray[np.float64]
LANDMARKS = {
    "crown": 1.0,
    "eyes": 0.936,
    "chin": 0.870,
    "shoulders": 0.818,
    "chest": 0.720,
    "waist": 0.630,
    "hips": 0.530,
    "knees": 0.285,
    "ankles": 0.039,
    "soles": 0.0,
}
HALF_SHOULDERS = 0.129
SITTING_HEIGHT = 0.520


@dataclass(frozen=True)
class Figure:
    """Somebody who stands or sits on the stage.

    Attributes:
        name: as in the cast list.
        height_m: stature in metres, shoes and hat included if they are to be in the picture.
        place: where the feet stand, x, y, z in metres.
        facing_deg: heading of the face, degrees.
        seat_m: height of the seat above the floor when sitting, else None.
    """

    name: str
    height_m: float = 1.75
    place: tuple[float, float, float] = (0.0, 0.0, 0.0)
    facing_deg: float = 0.0
    seat_m: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no person can be."""
        faults = []
        if not 0.4 <= self.height_m <= 3.0:
            faults.append(f"{self.name}: {self.height_m} m is no height of a person (0.4 m to 3 m)")
        if not np.isfinite([*self.place, self.facing_deg]).all():
            faults.append(f"{self.name}: the place and the heading must be finite numbers")
        if self.seat_m is not None and not 0.15 <= self.seat_m / self.height_m <= 0.47:
            faults.append(f"{self.name}: nobody of {self.height_m} m sits on a seat of {self.seat_m} m")
        if faults:
            raise BadMaterial("this figure cannot be placed", faults, "Correct the cast list or the stage.")


def heading(degrees: float) -> Point:
    """Return the level unit vector of a heading.

    >>> heading(90.0).round(3).tolist()
    [1.0, 0.0, 0.0]
    """
    return np.array([np.sin(np.radians(degrees)), 0.0, np.cos(np.radians(degrees))])


def bearing_between(one: Point, other: Point) -> float:
    """Return the heading in degrees, −180..180, that looks from one point to another.

    >>> bearing_between(np.array([0, 0, 0]), np.array([2, 5, 0]))
    90.0
    """
    x, _, z = np.asarray(other, np.float64) - np.asarray(one, np.float64)
    return float(np.degrees(np.arctan2(x, z)))


def height_at(figure: Figure, fraction: float) -> float:
    """Return how high above the feet a mark lies, in metres; of a sitter the legs are folded under the hips.

    Args:
        figure: who.
        fraction: the mark of a standing person as a fraction of stature.

    >>> round(height_at(Figure("WILL", 1.80), LANDMARKS["eyes"]), 3)
    1.685
    >>> round(height_at(Figure("WILL", 1.80, seat_m=0.45), 1.0), 3)
    1.386
    """
    if figure.seat_m is None:
        return fraction * figure.height_m
    hips = LANDMARKS["hips"]
    drop = figure.height_m * (1.0 - SITTING_HEIGHT) - figure.seat_m
    if fraction >= hips:
        return fraction * figure.height_m - drop
    return fraction / hips * (hips * figure.height_m - drop)


def point_at(figure: Figure, fraction: float) -> Point:
    """Return a mark on the figure's axis, (3,) float64 metres."""
    x, y, z = figure.place
    return np.array([x, y + height_at(figure, fraction), z], np.float64)


def landmark(figure: Figure, name: str) -> Point:
    """Return a named mark, (3,) float64 metres.

    >>> landmark(Figure("JENNY", 1.70, (2.0, 0.0, 0.0)), "chin").round(3).tolist()
    [2.0, 1.479, 0.0]
    """
    if name not in LANDMARKS:
        raise NotFound("landmark", name, LANDMARKS)
    return point_at(figure, LANDMARKS[name])
