"""Signs on a plan: cameras, people, doors, windows, arrows, the scale bar."""

from collections.abc import Sequence
from math import atan2, cos, degrees, hypot, radians, sin

from rushes.departments.previs.out.techvis_drawing import (
    GREY,
    INK,
    PAPER,
    Line,
    Mark,
    Spot,
    Words,
    arc,
    ring,
)

SKIN = "#f3e6d3"


def turned(spots: Sequence[Spot], at: Spot, page_deg: float, *, scale: float = 1.0) -> tuple[Spot, ...]:
    """Return spots turned clockwise round the origin, scaled, and moved to a place.

    >>> [tuple(map(round, spot)) for spot in turned([(2, 0)], (10, 10), 90.0)]
    [(10, 12)]
    """
    across, down = cos(radians(page_deg)), sin(radians(page_deg))
    return tuple((at[0] + scale * (x * across - y * down), at[1] + scale * (x * down + y * across)) for x, y in spots)


def page_angle(heading_deg: float) -> float:
    """Return a heading as an angle on the page, degrees clockwise from its right: +X is right, +Z is down.

    >>> page_angle(90.0), page_angle(0.0)
    (0.0, 90.0)
    """
    return 90.0 - heading_deg


def camera_sign(at: Spot, pan_deg: float, colour: str, *, ghost: bool = False) -> tuple[Mark, ...]:
    """Return a camera whose lens ends at its place.

    Args:
        at: the entrance pupil.
        pan_deg: heading of the lens.
        colour: of the shot.
        ghost: where the camera comes to, drawn hollow.
    """
    body = ((-15.0, -4.5), (-5.5, -4.5), (-5.5, 4.5), (-15.0, 4.5))
    lens = ((-5.5, -2.0), (0.0, -4.0), (0.0, 4.0), (-5.5, 2.0))
    fill = PAPER if ghost else colour
    return tuple(Line(turned(part, at, page_angle(pan_deg)), colour, 0.8, fill=fill) for part in (body, lens))


def person_sign(at: Spot, facing_deg: float, size: float, *, ghost: bool = False) -> tuple[Mark, ...]:
    """Return somebody from above: shoulders, head and the way the face points.

    Args:
        at: the feet.
        facing_deg: heading of the face.
        size: width of the shoulders on the page.
        ghost: where somebody comes to, drawn in a broken line.
    """
    shoulders = [(0.24 * x, 0.5 * y) for x, y in ring((0.0, 0.0), 1.0)]
    nose = [(0.16, -0.09), (0.36, 0.0), (0.16, 0.09)]
    angle, dashes, width = page_angle(facing_deg), (1.6, 1.4) if ghost else (), 0.6
    fill = PAPER if ghost else SKIN
    return (
        Line(turned(shoulders, at, angle, scale=size), INK, width, fill=fill, dashes=dashes),
        Line(turned(nose, at, angle, scale=size), INK, width, fill=PAPER if ghost else INK),
        Line(turned(ring((0.0, 0.0), 0.2), at, angle, scale=size), INK, width, fill=fill, dashes=dashes),
    )


def arrowed(spots: Sequence[Spot], colour: str, width: float, *, dashes: tuple[float, ...] = ()) -> tuple[Mark, ...]:
    """Return a way with an arrowhead on its last spot."""
    tip = spots[-1]
    start = next((spot for spot in reversed(spots[:-1]) if hypot(tip[0] - spot[0], tip[1] - spot[1]) > 2.0), spots[0])
    angle = degrees(atan2(tip[1] - start[1], tip[0] - start[0]))
    head = turned(((0.0, 0.0), (-3.2, 1.25), (-3.2, -1.25)), tip, angle, scale=1.0 + 1.2 * width)
    return Line(tuple(spots), colour, width, dashes=dashes), Line(head, "", fill=colour)


def window_sign(start: Spot, end: Spot, thick: float) -> tuple[Mark, ...]:
    """Return a window: the wall is open, two faces and the glass."""
    aside = _aside(start, end, thick / 2)
    faces = [_shifted((start, end), aside, side) for side in (-1.0, 1.0)]
    gap = Line((*faces[0], *faces[1][::-1]), "", fill=PAPER)
    jambs = [Line((faces[0][end_], faces[1][end_]), INK, 0.6) for end_ in (0, 1)]
    return gap, *(Line(face, INK, 0.6) for face in faces), Line((start, end), INK, 0.35), *jambs


def gap_sign(start: Spot, end: Spot, thick: float) -> tuple[Mark, ...]:
    """Return an opening without anything in it: the wall is open, its head broken lines."""
    aside = _aside(start, end, thick / 2)
    faces = [_shifted((start, end), aside, side) for side in (-1.0, 1.0)]
    gap = Line((*faces[0], *faces[1][::-1]), "", fill=PAPER)
    jambs = [Line((faces[0][end_], faces[1][end_]), INK, 0.6) for end_ in (0, 1)]
    return gap, *(Line(face, GREY, 0.3, dashes=(2.0, 2.0)) for face in faces), *jambs


def door_sign(start: Spot, end: Spot, thick: float) -> tuple[Mark, ...]:
    """Return a door: the wall is open, and the quarter circle that its leaf sweeps, hung at its start."""
    wide = hypot(end[0] - start[0], end[1] - start[1])
    angle = degrees(atan2(end[1] - start[1], end[0] - start[0]))
    swing = arc(start, wide, (angle, angle - 90.0))
    gap, *_, one, other = gap_sign(start, end, thick)
    return gap, one, other, Line((start, swing[-1]), INK, 0.9), Line(swing, GREY, 0.3)


def scale_bar(at: Spot, metre: float) -> tuple[Mark, ...]:
    """Return a bar of metres in black and white, with feet below it.

    Args:
        at: its left end.
        metre: points for a metre.
    """
    count = next(count for count in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if count * metre > 90)
    parts = 5 if count % 5 == 0 else 4
    (x, y), step, marks = at, count * metre / parts, list[Mark]()
    for part in range(parts):
        box = (
            (x + part * step, y - 4),
            (x + (part + 1) * step, y - 4),
            (x + (part + 1) * step, y),
            (x + part * step, y),
        )
        marks.append(Line(box, INK, 0.4, fill=INK if part % 2 == 0 else PAPER))
    marks += [
        Words((x, y - 7), "0", 6, anchor="middle"),
        Words((x + count * metre, y - 7), f"{count} m", 6, anchor="middle"),
    ]
    foot = 0.3048 * metre
    feet = int(count / 0.3048)
    marks += [Line(((x, y + 3), (x + feet * foot, y + 3)), GREY, 0.4)]
    marks += [Line(((x + end * foot, y + 1.6), (x + end * foot, y + 4.4)), GREY, 0.4) for end in (0, feet)]
    marks.append(Words((x + feet * foot, y + 11), f"{feet} ft", 6, GREY, anchor="middle"))
    return tuple(marks)


def axes_sign(at: Spot, reach: float = 20.0) -> tuple[Mark, ...]:
    """Return the stage's axes: headings count from +Z, which is down, towards +X, which is right."""
    x, y = at
    return (
        *arrowed(((x, y), (x + reach, y)), INK, 0.7),
        *arrowed(((x, y), (x, y + reach)), INK, 0.7),
        Words((x + reach + 3, y + 2.2), "+X  90°", 6.5, INK),
        Words((x + 3.5, y + reach), "+Z  0°", 6.5, INK),
        Line(ring((x, y), 1.4), INK, 0.5, fill=PAPER),
    )


def _aside(start: Spot, end: Spot, by: float) -> Spot:
    long = max(hypot(end[0] - start[0], end[1] - start[1]), 1e-9)
    return -(end[1] - start[1]) / long * by, (end[0] - start[0]) / long * by


def _shifted(spots: tuple[Spot, Spot], aside: Spot, side: float) -> tuple[Spot, Spot]:
    (x, y), (to_x, to_y) = spots
    return (x + side * aside[0], y + side * aside[1]), (to_x + side * aside[0], to_y + side * aside[1])
