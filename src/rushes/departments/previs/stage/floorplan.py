"""A floor plan: walls with their doors and windows, what stands on it, and marks; seen from above, in metres.

`x` runs along the stage's +X and `z` along +Z. Nothing here knows of cameras. `plan_json` and `plan_svg` read plans,
`building` builds the stage.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import hypot, isfinite

from rushes.departments.previs.stage.props import KINDS
from rushes.domain.errors import BadMaterial, NotFound

Spot = tuple[float, float]
MOST_WALLS, MOST_PROPS, MOST_OPENINGS = 500, 2000, 40
FARTHEST_M = 2000.0


@dataclass(frozen=True)
class Opening:
    """A hole in a wall.

    Attributes:
        kind: `door`, `window` or `opening`.
        at_m: along the wall from its start to the opening's middle.
        width_m: of the opening.
        sill_m: its lower edge over the floor.
        head_m: its upper edge.
        ajar_deg: how far a door's leaf stands open into the side to the left of start → end.
        surface: of the leaf or the frame.
    """

    kind: str
    at_m: float
    width_m: float = 0.9
    sill_m: float = 0.0
    head_m: float = 2.05
    ajar_deg: float = 0.0
    surface: str = "painted wood"


@dataclass(frozen=True)
class Wall:
    """A straight wall along its middle line; `high_m` None is the plan's ceiling."""

    start: Spot
    end: Spot
    thick_m: float = 0.14
    high_m: float | None = None
    surface: str = "plaster wall"
    grey: tuple[float, float, float] | None = None
    openings: tuple[Opening, ...] = ()

    @property
    def long_m(self) -> float:
        """Length along the middle line."""
        return hypot(self.end[0] - self.start[0], self.end[1] - self.start[1])


@dataclass(frozen=True)
class Prop:
    """Something that stands on the set.

    Attributes:
        kind: a name of `props.KINDS`.
        at: its middle.
        facing_deg: where its front looks.
        size: width, height, depth; None is the kind's own.
        up_m: of its lowest point over the floor.
        name: unique; its kind and a number if empty.
        surface: replaces the surface of its largest part.
        grey: replaces that part's grey.
    """

    kind: str
    at: Spot
    facing_deg: float = 0.0
    size: tuple[float, float, float] | None = None
    up_m: float = 0.0
    name: str = ""
    surface: str = ""
    grey: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Spike:
    """A named mark on the floor: where somebody may stand, or sit on `seat_m`, facing somewhere."""

    name: str
    at: Spot
    facing_deg: float = 0.0
    seat_m: float | None = None


@dataclass(frozen=True)
class FloorPlan:
    """A set from above.

    Attributes:
        name: of the set.
        walls: in the order of their numbers, from 1.
        props: furniture and the like.
        spikes: marks.
        floor: its outline; empty is everything the walls enclose, and a margin without walls.
        floor_surface: what one walks on.
        ceiling_m: height of walls and ceiling; the ceiling is left out if `ceiling_surface` is empty.
        ceiling_surface: of the ceiling.
    """

    name: str
    walls: tuple[Wall, ...] = ()
    props: tuple[Prop, ...] = ()
    spikes: tuple[Spike, ...] = ()
    floor: tuple[Spot, ...] = ()
    floor_surface: str = "wooden floor"
    ceiling_m: float = 2.6
    ceiling_surface: str = "ceiling"


def _numbers(*values: float) -> bool:
    return all(isfinite(value) and abs(value) <= FARTHEST_M for value in values)


def _opening_objections(wall: Wall, number: int, high_m: float) -> Iterator[str]:
    """Yield what is wrong with a wall's openings."""
    taken: list[tuple[float, float, str]] = []
    for opening in wall.openings:
        what = f"wall {number}: the {opening.kind} at {opening.at_m:g} m"
        if opening.kind not in {"door", "window", "opening"}:
            yield f"wall {number}: {opening.kind!r} is no opening: door, window, opening"
        if not _numbers(opening.at_m, opening.width_m, opening.sill_m, opening.head_m, opening.ajar_deg):
            yield f"{what} has a number that is none"
            continue
        first, last = opening.at_m - opening.width_m / 2, opening.at_m + opening.width_m / 2
        if opening.width_m <= 0.05:
            yield f"{what} is {opening.width_m:g} m wide"
        if first < -1e-6 or last > wall.long_m + 1e-6:
            yield f"{what} reaches from {first:.2f} m to {last:.2f} m; the wall is {wall.long_m:.2f} m long"
        if not 0 <= opening.sill_m < opening.head_m <= high_m + 1e-6:
            yield f"{what} goes from {opening.sill_m:g} m up to {opening.head_m:g} m; the wall is {high_m:g} m high"
        for other_first, other_last, other in taken:
            if first < other_last - 1e-6 and other_first < last - 1e-6:
                yield f"{what} overlaps the {other}"
        taken.append((first, last, f"{opening.kind} at {opening.at_m:g} m"))


def _wall_objections(plan: FloorPlan) -> Iterator[str]:
    for number, wall in enumerate(plan.walls, 1):
        high = plan.ceiling_m if wall.high_m is None else wall.high_m
        if not _numbers(*wall.start, *wall.end, wall.thick_m, high):
            yield f"wall {number}: a number is none, or lies more than {FARTHEST_M:g} m away"
            continue
        if wall.long_m < 0.05:
            yield f"wall {number}: it is {wall.long_m * 100:.1f} cm long"
        if not 0.01 <= wall.thick_m <= 3.0:
            yield f"wall {number}: it is {wall.thick_m:g} m thick (0.01 m to 3 m)"
        if not 0.1 <= high <= 100.0:
            yield f"wall {number}: it is {high:g} m high (0.1 m to 100 m)"
        if len(wall.openings) > MOST_OPENINGS:
            yield f"wall {number}: {len(wall.openings)} openings; a wall has at most {MOST_OPENINGS}"
            continue
        yield from _opening_objections(wall, number, high)


def _prop_objections(plan: FloorPlan) -> Iterator[str]:
    names: set[str] = set()
    for number, prop in enumerate(plan.props, 1):
        what = f"prop {number}" + (f" ({prop.name})" if prop.name else "")
        if prop.kind not in KINDS:
            yield f"{what}: {NotFound('prop', prop.kind, KINDS)}"
        if not _numbers(*prop.at, prop.facing_deg, prop.up_m, *(prop.size or ())):
            yield f"{what}: a number is none, or lies more than {FARTHEST_M:g} m away"
        elif prop.size and not all(0.001 <= side <= 500.0 for side in prop.size):
            yield f"{what}: its size is {' × '.join(f'{side:g}' for side in prop.size)} m (1 mm to 500 m)"
        if prop.name and prop.name in names:
            yield f"{what}: another prop has that name"
        names.add(prop.name)


def objections(plan: FloorPlan) -> list[str]:
    """Return everything that keeps a plan from being built, with the number of the wall or prop.

    >>> objections(FloorPlan("hut", (Wall((0, 0), (4, 0), openings=(Opening("door", 3.9),)),)))
    ['wall 1: the door at 3.9 m reaches from 3.45 m to 4.35 m; the wall is 4.00 m long']
    """
    found = []
    if len(plan.walls) > MOST_WALLS or len(plan.props) > MOST_PROPS:
        return [f"{len(plan.walls)} walls and {len(plan.props)} props; at most {MOST_WALLS} and {MOST_PROPS} are built"]
    if not 0.1 <= plan.ceiling_m <= 100.0:
        found.append(f"the ceiling is {plan.ceiling_m:g} m high (0.1 m to 100 m)")
    if plan.floor and (len(plan.floor) < 3 or not all(_numbers(*corner) for corner in plan.floor)):
        found.append("the floor needs three corners or more, all of them numbers")
    found += [*_wall_objections(plan), *_prop_objections(plan)]
    for spike in plan.spikes:
        if not _numbers(*spike.at, spike.facing_deg, spike.seat_m or 0.0):
            found.append(f"mark {spike.name!r}: a number is none, or lies more than {FARTHEST_M:g} m away")
    return found


def checked(plan: FloorPlan, source: str = "") -> FloorPlan:
    """Return the plan, or refuse it with all its objections."""
    reasons = objections(plan)
    if reasons:
        what = (
            f"{source}: this floor plan cannot be built" if source else f"the floor plan of {plan.name} cannot be built"
        )
        raise BadMaterial(what, reasons, "Correct the plan; all lengths are metres.")
    return plan
