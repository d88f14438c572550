"""A stage from a floor plan: walls with true holes, frames and leaves in them, floor, ceiling and props."""

from collections import Counter
from collections.abc import Iterator

import numpy as np

from rushes.departments.previs.stage.floorplan import FloorPlan, Opening, Prop, Spot, Wall, checked
from rushes.departments.previs.stage.materials import grey_of
from rushes.departments.previs.stage.pieces import Piece, Stage
from rushes.departments.previs.stage.prisms import prism
from rushes.departments.previs.stage.props import piece_of, prop_solids
from rushes.departments.previs.stage.solids import Solid, box, joined

FRAME_M, LEAF_M = 0.06, 0.04
SKIRTING_M = (0.09, 0.014)
PLATE_M = 0.10
PLASTERED = ("plaster wall", "painted wall", "panelled wall")
"""Walls that have skirting boards, by the end of their surface's name."""


def _across(wall: Wall) -> tuple[np.ndarray, np.ndarray]:
    """Return the unit vectors along a wall and to the left of it, level, (3,)."""
    way = np.array([wall.end[0] - wall.start[0], 0.0, wall.end[1] - wall.start[1]]) / wall.long_m
    return way, np.array([way[2], 0.0, -way[0]])


def _stood(wall: Wall, solid: Solid) -> Solid:
    """Return what was built along +X from zero, its left along −Z, on the wall's own line."""
    way, left = _across(wall)
    turn = np.stack([way, [0.0, 1.0, 0.0], -left], axis=1)
    return Solid(solid.points @ turn.T + [wall.start[0], 0.0, wall.start[1]], solid.normals @ turn.T, solid.triangles)


def _block(x: tuple[float, float], y: tuple[float, float], thick: float, *, middle_z: float = 0.0) -> Solid:
    """Return a box between two places along the wall and two heights."""
    return box((x[1] - x[0], y[1] - y[0], thick), ((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, middle_z))


def _body(wall: Wall, high: float, ends: tuple[float, float]) -> list[Solid]:
    """Return the wall itself around its openings."""
    at, parts = -ends[0], []
    for opening in sorted(wall.openings, key=lambda each: each.at_m):
        first, last = opening.at_m - opening.width_m / 2, opening.at_m + opening.width_m / 2
        if first > at + 1e-6:
            parts.append(_block((at, first), (0.0, high), wall.thick_m))
        if opening.sill_m > 0:
            parts.append(_block((first, last), (0.0, opening.sill_m), wall.thick_m))
        if opening.head_m < high - 1e-6:
            parts.append(_block((first, last), (opening.head_m, high), wall.thick_m))
        at = last
    if at < wall.long_m + ends[1] - 1e-6:
        parts.append(_block((at, wall.long_m + ends[1]), (0.0, high), wall.thick_m))
    return parts


def _skirting(wall: Wall) -> list[Solid]:
    """Return skirting boards on both sides, interrupted by what reaches the floor."""
    high, thick = SKIRTING_M
    edges = [0.0]
    for opening in sorted(wall.openings, key=lambda each: each.at_m):
        if opening.sill_m < high:
            edges += [opening.at_m - opening.width_m / 2 - FRAME_M, opening.at_m + opening.width_m / 2 + FRAME_M]
    edges.append(wall.long_m)
    spans = [(edges[i], edges[i + 1]) for i in range(0, len(edges), 2) if edges[i + 1] - edges[i] > 0.02]
    side = (wall.thick_m + thick) / 2
    return [_block(span, (0.0, high), thick, middle_z=z) for span in spans for z in (-side, side)]


def _frame(wall: Wall, opening: Opening) -> list[Solid]:
    """Return the lining around an opening, a little proud of the wall; a window has a cross and a sill board."""
    first, last = opening.at_m - opening.width_m / 2, opening.at_m + opening.width_m / 2
    low, top, deep = opening.sill_m, opening.head_m, wall.thick_m + 0.03
    parts = [
        _block((first - FRAME_M, first + 0.025), (low, top + FRAME_M), deep),
        _block((last - 0.025, last + FRAME_M), (low, top + FRAME_M), deep),
    ]
    parts.append(_block((first, last), (top - 0.025, top + FRAME_M), deep))
    if opening.kind == "window":
        middle = (first + last) / 2
        parts.append(_block((first - FRAME_M, last + FRAME_M), (low - 0.04, low + 0.02), wall.thick_m + 0.12))
        bars = [middle] if opening.width_m > 0.7 else []
        parts += [_block((x - 0.022, x + 0.022), (low, top), 0.05) for x in bars]
        if top - low > 0.9:
            cross = low + (top - low) * 0.66
            parts.append(_block((first, last), (cross - 0.018, cross + 0.018), 0.05))
    return parts


def _leaf(opening: Opening) -> list[Solid]:
    """Return a door's leaf with panels and a handle, hung at its start and turned by how far it is ajar."""
    wide, high = opening.width_m - 0.056, opening.head_m - opening.sill_m - 0.035
    parts = [box((wide, high, LEAF_M), (wide / 2, high / 2 + 0.005, 0.0), bevel=0.003)]
    for low, top in ((0.12, 0.42), (0.50, 0.93)):
        parts += [
            box((wide - 0.26, high * (top - low), 0.012), (wide / 2, high * (low + top) / 2, z), bevel=0.004)
            for z in (-0.024, 0.024)
        ]
    handle = joined(
        [box((0.13, 0.02, 0.025), (wide - 0.10, 1.02, z), bevel=0.006) for z in (-0.06, 0.06)]
        + [box((0.03, 0.03, 0.13), (wide - 0.06, 1.02, 0.0))]
    )
    leaf = joined([*parts, handle]).turned(opening.ajar_deg, "y")
    return [leaf.moved((opening.at_m - opening.width_m / 2 + 0.028, opening.sill_m, 0.0))]


def _ends(plan: FloorPlan, wall: Wall) -> tuple[float, float]:
    """Return by how much each end grows so that corners are filled: half the thickest wall that meets it there."""

    def grown(spot: Spot) -> float:
        met = [
            other.thick_m
            for other in plan.walls
            if other is not wall and any(np.hypot(spot[0] - x, spot[1] - z) < 0.02 for x, z in (other.start, other.end))
        ]
        return max(met, default=0.0) / 2

    return grown(wall.start), grown(wall.end)


def _wall_pieces(plan: FloorPlan, counts: Counter[str]) -> Iterator[Piece]:
    """Yield every wall with its skirting, frames and leaves."""
    for number, wall in enumerate(plan.walls, 1):
        name = f"wall {number}"
        high = plan.ceiling_m if wall.high_m is None else wall.high_m
        body = _body(wall, high, _ends(plan, wall))
        if body:
            yield piece_of(name, _stood(wall, joined(body)), wall.surface, grey=wall.grey, of=name)
        boards = _skirting(wall) if high > 1.8 and wall.surface.endswith(PLASTERED) else []
        if boards:
            yield piece_of(f"{name} skirting", _stood(wall, joined(boards)), "skirting", of=name)
        for opening in wall.openings:
            counts[opening.kind] += 1
            if opening.kind == "opening":
                continue
            called = f"{opening.kind} {counts[opening.kind]}"
            yield piece_of(f"{called} frame", _stood(wall, joined(_frame(wall, opening))), "painted wood", of=name)
            if opening.kind == "door":
                yield piece_of(called, _stood(wall, joined(_leaf(opening))), opening.surface, of=name)


def _outline(plan: FloorPlan) -> list[Spot]:
    """Return the corners of the floor."""
    if plan.floor:
        return list(plan.floor)
    spots = [spot for wall in plan.walls for spot in (wall.start, wall.end)]
    margin = 0.0 if spots else 6.0
    spots = spots or [(0.0, 0.0), *(prop.at for prop in plan.props)]
    low, high = np.min(spots, axis=0) - margin, np.max(spots, axis=0) + margin
    return [(low[0], low[1]), (low[0], high[1]), (high[0], high[1]), (high[0], low[1])]


def _prop_pieces(plan: FloorPlan, counts: Counter[str]) -> Iterator[Piece]:
    """Yield every prop, one piece for each of its surfaces."""
    for prop in plan.props:
        counts[prop.kind] += 1
        yield from prop_pieces(prop, prop.name or f"{prop.kind} {counts[prop.kind]}")


def prop_pieces(prop: Prop, name: str) -> Iterator[Piece]:
    """Yield the pieces of a prop, its first and largest under its own name."""
    for number, (surface, solid) in enumerate(prop_solids(prop.kind, prop.size).items()):
        placed = solid.turned(prop.facing_deg, "y").moved((prop.at[0], prop.up_m, prop.at[1]))
        said = prop.surface if prop.surface and not number else surface
        grey = prop.grey if prop.grey and not number else grey_of(said)
        yield piece_of(name if not number else f"{name} {surface}", placed, said, grey=grey, of=name)


def _line(wall: Wall, opening: Opening) -> tuple[Spot, Spot]:
    """Return an opening as seen from above."""
    way, _ = _across(wall)
    first, last = (
        np.array([wall.start[0], 0.0, wall.start[1]]) + way * (opening.at_m + side * opening.width_m / 2)
        for side in (-1, 1)
    )
    return (float(first[0]), float(first[2])), (float(last[0]), float(last[2]))


def build_stage(plan: FloorPlan) -> Stage:
    """Build the stage of a floor plan; a plan that cannot be built is refused with all objections.

    >>> from rushes.departments.previs.stage.floorplan import FloorPlan, Wall
    >>> stage = build_stage(FloorPlan("corner", (Wall((0, 0), (4, 0)), Wall((4, 0), (4, 3)))))
    >>> [piece.name for piece in stage.pieces]
    ['floor', 'ceiling', 'wall 1', 'wall 1 skirting', 'wall 2', 'wall 2 skirting']
    """
    checked(plan)
    counts: Counter[str] = Counter()
    outline = _outline(plan)
    pieces = [piece_of("floor", prism(outline, -PLATE_M, 0.0), plan.floor_surface)]
    if plan.ceiling_surface:
        top = prism(outline, plan.ceiling_m, plan.ceiling_m + PLATE_M)
        pieces.append(piece_of("ceiling", top, plan.ceiling_surface))
    pieces += [*_wall_pieces(plan, counts), *_prop_pieces(plan, counts)]
    walls = tuple((wall.start, wall.end) for wall in plan.walls)
    openings = tuple(_line(wall, opening) for wall in plan.walls for opening in wall.openings)
    highest = max([plan.ceiling_m, *(wall.high_m or 0.0 for wall in plan.walls)])
    return Stage(plan.name, tuple(pieces), walls, openings, highest)
