"""Floor plans drawn as SVG: what a shape is, its class or its layer says.

`wall`, `door`, `window`, `opening`, `floor`, `mark`, and `prop` (with a second class or `data-kind` for what it is).
Down the page is +Z. The scale is `data-metres` on the root (metres of a user unit), or its width in mm, cm or in
times `data-scale` (`50` or `1:50`). Entities are refused and nothing outside the file is read.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from rushes.departments.previs.stage.floorplan import FloorPlan, Opening, Prop, Spike, Spot, Wall, checked
from rushes.departments.previs.stage.props import KINDS
from rushes.departments.previs.stage.solids import Floats
from rushes.departments.previs.stage.svg_drawing import Shape, read_drawing
from rushes.departments.previs.stage.svg_shapes import BadShape, numbers
from rushes.domain.errors import BadMaterial

HEADS = {"door": (0.0, 2.05), "window": (0.9, 2.1), "opening": (0.0, 2.1)}
REACH_M = 0.35


def _said(shape: Shape, name: str, usual: float) -> float:
    """Return a number of an attribute `data-…`."""
    text = shape.said.get(f"data-{name}")
    if text is None:
        return usual
    try:
        value = numbers(text)
    except BadShape:
        value = []
    if len(value) != 1:
        raise BadShape(f"data-{name}={text[:30]!r} is no number")
    return value[0]


def plan_from_svg(raw: bytes, name: str = "plan.svg") -> FloorPlan:
    """Read a floor plan from an SVG drawing.

    Args:
        raw: the file's bytes.
        name: of the file, for errors.

    Raises:
        BadMaterial: with every objection at once, by line of the file or number of the wall.

    >>> drawing = b'<svg data-metres="0.01"><line class="wall" x1="0" y1="0" x2="400" y2="0"/></svg>'
    >>> plan_from_svg(drawing).walls[0].end
    (4.0, 0.0)
    """
    drawing = read_drawing(raw, name)
    faults = list(drawing.faults)

    def each(roles: tuple[str, ...], take: Callable[[Shape], None]) -> None:
        for shape in drawing.shapes:
            if shape.role in roles:
                try:
                    take(shape)
                except BadShape as why:
                    faults.append(f"line {shape.line}: {why}")

    walls: list[Wall] = []
    props: list[Prop] = []
    spikes: list[Spike] = []
    floors: list[tuple[tuple[Spot, ...], str]] = []
    each(("wall",), lambda shape: walls.extend(_walls(shape, drawing.scale_m)))
    each(tuple(HEADS), lambda shape: _cut(walls, shape))
    each(("prop",), lambda shape: props.append(_prop(shape)))
    each(("mark",), lambda shape: spikes.append(_spike(shape, len(spikes) + 1)))
    each(("floor",), lambda shape: floors.append(_floor(shape)))
    if faults:
        raise BadMaterial(f"{name}: this floor plan cannot be read", faults, "Correct the drawing.")
    plan = FloorPlan(Path(name).stem, tuple(walls), tuple(props), tuple(spikes))
    return checked(replace(plan, floor=floors[-1][0], floor_surface=floors[-1][1]) if floors else plan, name)


def _floor(shape: Shape) -> tuple[tuple[Spot, ...], str]:
    """Return an outline and what it is made of."""
    line = shape.lines[0] if shape.lines else np.zeros((0, 2))
    if len(line) < 4:
        raise BadShape("a floor needs three corners")
    outline = line[:-1] if np.allclose(line[0], line[-1]) else line
    return tuple(_spot(corner) for corner in outline), shape.said.get("data-surface", "wooden floor")


def _spot(point: Floats) -> Spot:
    return round(float(point[0]), 6), round(float(point[1]), 6)


def _walls(shape: Shape, scale_m: float) -> list[Wall]:
    """Return the walls of a shape: a rectangle is one wall as thick as it is narrow, lines are walls each."""
    line = shape.lines[0] if shape.lines else np.zeros((0, 2))
    high = _said(shape, "height", 0.0) or None
    surface = shape.said.get("data-surface", "plaster wall")
    stroke = numbers(shape.said.get("stroke-width", "0"))[:1] or [0.0]
    grown = float(np.sqrt(abs(np.linalg.det(shape.matrix[:2, :2]))))
    if len(line) == 5 and np.allclose(line[0], line[-1]) and "data-thickness" not in shape.said:
        sides = np.diff(line, axis=0)
        longs = np.linalg.norm(sides, axis=1)
        if abs(longs[0] - longs[2]) < 1e-6 and min(longs[:2]) < 0.5 and max(longs[:2]) > 1.5 * min(longs[:2]):
            at = int(np.argmin(longs[:2]))
            ends = (line[at] + line[at + 1]) / 2, (line[at + 2] + line[at + 3]) / 2
            return [Wall(_spot(ends[0]), _spot(ends[1]), round(float(longs[at]), 6), high, surface)]
    thick = _said(shape, "thickness", stroke[0] * scale_m * grown or 0.14)
    found = []
    for each in shape.lines:
        for one, two in pairwise(each):
            if np.linalg.norm(two - one) > 0.01:
                found.append(Wall(_spot(one), _spot(two), round(thick, 6), high, surface))
    return found


def _cut(walls: list[Wall], shape: Shape) -> None:
    """Put a door or window into the wall that it is drawn on."""
    points = np.concatenate(shape.lines)
    best: tuple[float, int, float, float] | None = None
    for number, wall in enumerate(walls):
        start = np.array(wall.start)
        way = (np.array(wall.end) - start) / wall.long_m
        along = (points - start) @ way
        aside = np.abs((points - start) @ np.array([-way[1], way[0]]))
        # the swing of a drawn door leaves the wall; what lies on the wall is its width
        near = (aside < wall.thick_m / 2 + 0.12) & (along > -0.05) & (along < wall.long_m + 0.05)
        if near.sum() >= 2:
            low, high = float(along[near].min()), float(along[near].max())
            away = float(aside[near].mean()) - 1e-3 * (high - low)
            if high - low > 0.05 and away < REACH_M and (best is None or away < best[0]):
                best = away, number, max(low, 0.0), min(high, wall.long_m)
    if best is None:
        middle = points.mean(0)
        raise BadShape(f"this {shape.role} at x {middle[0]:.2f} m, z {middle[1]:.2f} m lies on no wall")
    _, number, low, high = best
    sill, head = HEADS[shape.role]
    opening = Opening(
        shape.role,
        round((low + high) / 2, 6),
        round(high - low, 6),
        _said(shape, "sill", sill),
        _said(shape, "head", head),
        _said(shape, "ajar", 0.0),
        shape.said.get("data-surface", "painted wood"),
    )
    walls[number] = replace(walls[number], openings=(*walls[number].openings, opening))


def _prop(shape: Shape) -> Prop:
    """Return a prop: as large as it is drawn, its front where the shape's own lower side is."""
    kind = shape.kind or "box"
    if kind not in KINDS:
        raise BadShape(f"{kind!r} is no prop: {', '.join(sorted(KINDS))}")
    turn = shape.matrix[:2, :2]
    back = np.linalg.inv(turn) if abs(np.linalg.det(turn)) > 1e-12 else np.eye(2)
    points = np.concatenate(shape.lines)
    own = points @ back.T
    low, high = own.min(0), own.max(0)
    middle = turn @ ((low + high) / 2)
    wide, deep = (high - low) * np.linalg.norm(turn, axis=0)
    front = turn @ [0.0, 1.0]
    tall = _said(shape, "height", KINDS[kind][1][1])
    size = (round(float(wide), 6), tall, round(float(deep), 6))
    facing = float(np.degrees(np.arctan2(front[0], front[1])))
    name = shape.said.get("data-name", "")
    up, surface = _said(shape, "up", 0.0), shape.said.get("data-surface", "")
    return Prop(kind, _spot(middle), round(_said(shape, "facing", facing), 6), size, up, name, surface)


def _spike(shape: Shape, number: int) -> Spike:
    points = np.concatenate(shape.lines)
    middle = (points.min(0) + points.max(0)) / 2
    name = shape.said.get("data-name") or shape.said.get("id") or str(number)
    seat = _said(shape, "seat", 0.0) or None
    return Spike(name, _spot(middle), _said(shape, "facing", 0.0), seat)
