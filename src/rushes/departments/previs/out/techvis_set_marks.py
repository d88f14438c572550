"""The set on a plan: grid, furniture, walls, doors and windows."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from math import ceil, floor

from rushes.departments.previs.out.techvis_drawing import (
    GREY,
    INK,
    PAPER,
    RULE,
    Clipped,
    Line,
    Mark,
    Words,
    box_spots,
)
from rushes.departments.previs.out.techvis_footprints import Flat, Footprint, opening_kinds, thickness, wall_of
from rushes.departments.previs.out.techvis_paper import Field, Room, around
from rushes.departments.previs.out.techvis_pdf import width_of
from rushes.departments.previs.out.techvis_symbols import door_sign, gap_sign, window_sign
from rushes.departments.previs.stage.pieces import Stage

GRID, PROP, PROP_LINE, WALL = "#e4e4e0", "#f3f2ee", "#8f8f8a", "#3a3a3a"


def grid_marks(field: Field) -> tuple[Mark, ...]:
    """Return the metre grid with the stage's own coordinates along two edges."""
    (low_x, low_z), (high_x, high_z) = field.reach()
    left, top, right, bottom = field.box
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500) if step * field.metre >= 24)
    marks: list[Mark] = []
    for x in range(ceil(low_x / step) * step, floor(high_x) + 1, step):
        across = field.at(x, 0)[0]
        marks.append(Line(((across, top), (across, bottom)), GRID if x else RULE, 0.35))
        marks.append(Words((across, top - 3), f"{x}", 5.5, GREY, anchor="middle"))
    for z in range(ceil(low_z / step) * step, floor(high_z) + 1, step):
        down = field.at(0, z)[1]
        marks.append(Line(((left, down), (right, down)), GRID if z else RULE, 0.35))
        marks.append(Words((left - 3, down + 2), f"{z}", 5.5, GREY, anchor="end"))
    return (*marks, Line(box_spots(field.box), INK, 0.6))


def prop_marks(props: Sequence[Footprint], field: Field, room: Room) -> tuple[Mark, ...]:
    """Return furniture with its names, where these fit inside."""
    marks: list[Mark] = []
    names: list[Mark] = []
    for prop in props:
        outline = tuple(field.at(x, z) for x, z in prop.outline)
        dashes, fill = ((2.2, 1.8), "") if prop.overhead else ((), "" if prop.lying else PROP)
        marks.append(Line((*outline, outline[0]), PROP_LINE, 0.5, fill=fill, dashes=dashes))
        if not prop.overhead:
            inner = [tuple(field.at(x, z) for x, z in part) for part in prop.parts if len(part) > 2]
            marks += [Line((*part, part[0]), RULE, 0.25) for part in inner]
        low = [min(spot[axis] for spot in outline) for axis in (0, 1)]
        high = [max(spot[axis] for spot in outline) for axis in (0, 1)]
        if not prop.overhead and width_of(prop.name, 5.5) < high[0] - low[0] - 3 and high[1] - low[1] > 9:
            middle = ((low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
            quarter = (high[1] - low[1]) / 4
            spots = (middle, (middle[0], middle[1] - quarter), (middle[0], middle[1] + quarter))
            names.append(room.words(prop.name, 5.5, spots, look=Words((0, 0), "", 0, GREY)))
    return tuple(Clipped(field.box, (mark,)) for mark in (*marks, *names))


def wall_marks(stage: Stage, field: Field, room: Room, *, wild: Collection[str]) -> tuple[Mark, ...]:
    """Return walls as solid bands, with their doors and windows.

    Args:
        stage: the set.
        field: of the plan.
        room: for the names of wild walls.
        wild: names of pieces that are taken away for a shot; such walls are drawn hollow.
    """
    bands: list[Mark] = []
    hollow: list[Mark] = []
    names: list[Mark] = []
    thick = [thickness(stage, number) for number in range(1, len(stage.walls) + 1)]
    for number, ((start, end), across) in enumerate(zip(stage.walls, thick, strict=True), 1):
        band = Line((field.at(*start), field.at(*end)), WALL, max(across * field.metre, 1.2))
        bands.append(band)
        if f"wall {number}" in wild:
            hollow.append(replace(band, stroke=PAPER, width=max(band.width - 1.2, 0.6)))
            hollow.append(replace(band, width=0.5, dashes=(6.0, 4.0)))
            middle = field.at((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
            look = Words((0, 0), "", 0, GREY, face="slanted")
            names.append(room.words(f"wall {number}, wild", 6, around(middle, 9), look=look))
    signs: list[Mark] = []
    for opening, kind in zip(stage.openings, opening_kinds(stage), strict=True):
        number = wall_of(stage, opening)
        across = (thick[number - 1] if number else min(thick, default=0.12)) * field.metre
        sign = {"door": door_sign, "window": window_sign, "opening": gap_sign}[kind]
        signs += sign(field.at(*opening[0]), field.at(*opening[1]), max(across, 1.2) + 0.4)
    return (Clipped(field.box, (*bands, *hollow, *signs, *names)),)


def swept(stage: Stage) -> tuple[Flat, ...]:
    """Return how far doors reach when they open, x and z on the stage."""
    found: list[Flat] = []
    for (start, end), kind in zip(stage.openings, opening_kinds(stage), strict=True):
        if kind == "door":
            # to the left of start → end, seen from above
            found.append((start[0] + (end[1] - start[1]), start[1] - (end[0] - start[0])))
    return tuple(found)


def name_marks(stage: Stage, field: Field, room: Room) -> tuple[Mark, ...]:
    """Return the name of the set in a corner of the field."""
    left, top, _, _ = field.box
    at = (left + width_of(stage.name, 8, "bold") / 2 + 8, top + 12)
    return (room.words(stage.name, 8, (at, *around(at, 8)), look=Words((0, 0), "", 0, INK, face="bold")),)
