"""A page as marks: lines, shapes, words and pictures, that one writer each turns into SVG, PDF and pixels.

Lengths are points (1/72 inch) from the top left corner of the page; y runs down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

Spot = tuple[float, float]
Picture = NDArray[np.uint8] | NDArray[np.float32]
"""(height, width, 3) as displayed: bytes, or 0 to 1."""

INK, GREY, RULE, PAPER, WARNING = "#1c1c1c", "#5c5c5c", "#b9b9b6", "#ffffff", "#8a2b06"
PAGES = {"A4": (595.28, 841.89), "Letter": (612.0, 792.0), "A3": (841.89, 1190.55), "Tabloid": (792.0, 1224.0)}
"""Width and height upright, points."""


@dataclass(frozen=True)
class Line:
    """A line of straight pieces, or the shape that it goes round.

    Attributes:
        spots: where it bends.
        stroke: colour, `#rrggbb`; nothing for no line.
        width: of the line.
        fill: colour of the shape, which is then closed; nothing for none.
        dashes: lengths of line and gap in turn.
        opacity: 0 to 1.
    """

    spots: tuple[Spot, ...]
    stroke: str = INK
    width: float = 0.5
    fill: str = ""
    dashes: tuple[float, ...] = ()
    opacity: float = 1.0


@dataclass(frozen=True)
class Words:
    """A line of text.

    Attributes:
        at: where its baseline starts, has its middle, or ends.
        size: of the letters.
        face: `plain`, `bold` or `slanted`.
        anchor: `start`, `middle` or `end`.
        turn_deg: clockwise.
        halo: colour of a rim that keeps it apart from what lies below, or nothing.
    """

    at: Spot
    text: str
    size: float
    colour: str = INK
    face: str = "plain"
    anchor: str = "start"
    turn_deg: float = 0.0
    halo: str = ""


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture on the page.

    Attributes:
        at: its top left corner.
        size: width and height.
        pixels: as displayed.
    """

    at: Spot
    size: tuple[float, float]
    pixels: Picture


@dataclass(frozen=True)
class Clipped:
    """Marks that show within a rectangle only.

    Attributes:
        box: left, top, right and bottom.
    """

    box: tuple[float, float, float, float]
    marks: tuple["Mark", ...]


Mark = Line | Words | Photo | Clipped


@dataclass(frozen=True)
class Drawing:
    """A page: its name, width and height, and its marks, the lowest first."""

    title: str
    size: tuple[float, float]
    marks: tuple[Mark, ...]


def page_size(paper: str, *, wide: bool) -> tuple[float, float]:
    """Return width and height of a sheet, points.

    >>> page_size("A4", wide=True)
    (841.89, 595.28)
    """
    width, height = PAGES[paper]
    return (height, width) if wide else (width, height)


def box_spots(box: tuple[float, float, float, float]) -> tuple[Spot, ...]:
    """Return the way round left, top, right and bottom."""
    left, top, right, bottom = box
    return (left, top), (right, top), (right, bottom), (left, bottom), (left, top)


def arc(centre: Spot, radius: float, turn: tuple[float, float]) -> tuple[Spot, ...]:
    """Return spots along an arc.

    Args:
        centre: of the circle.
        radius: of the circle.
        turn: first and last angle, degrees, from the page's right and clockwise.

    >>> [(round(x), round(y)) for x, y in (arc((0, 0), 10, (0, 90))[0], arc((0, 0), 10, (0, 90))[-1])]
    [(10, 0), (0, 10)]
    """
    first, last = turn
    steps = max(4, round(abs(last - first) / 6))
    angles = [radians(first + (last - first) * step / steps) for step in range(steps + 1)]
    return tuple((centre[0] + radius * cos(angle), centre[1] + radius * sin(angle)) for angle in angles)


def ring(centre: Spot, radius: float) -> tuple[Spot, ...]:
    """Return spots round a circle."""
    return arc(centre, radius, (0.0, 360.0))


def moved(marks: Sequence[Mark], by: Spot) -> tuple[Mark, ...]:
    """Return marks shifted across the page."""
    return tuple(_shifted(mark, *by) for mark in marks)


def _shifted(mark: Mark, right: float, down: float) -> Mark:
    if isinstance(mark, Line):
        return replace(mark, spots=tuple((x + right, y + down) for x, y in mark.spots))
    if isinstance(mark, Clipped):
        left, top, far, bottom = mark.box
        box = (left + right, top + down, far + right, bottom + down)
        return Clipped(box, moved(mark.marks, (right, down)))
    return replace(mark, at=(mark.at[0] + right, mark.at[1] + down))
