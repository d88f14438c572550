"""Rooms that stand in where nobody drew one, chosen by a word of the heading.

Every room keeps a free middle of about two metres around zero, where people stand; its window is on the left wall.
A room has a ceiling, which keeps no key light out: what the renderer draws is a sound stage.
"""

from collections.abc import Sequence

from rushes.departments.previs.stage.floorplan import FloorPlan, Opening, Prop, Spike, Wall

DOOR_M = 0.86


def room(
    size: tuple[float, float],
    *,
    walls: str = "plaster wall",
    floor: str = "wooden floor",
    high_m: float = 2.7,
    windows: int = 1,
    props: Sequence[Prop] = (),
) -> FloorPlan:
    """Return a room about zero: a door in the far wall (−Z), windows in the wall at −X.

    Args:
        size: inside, along X and Z.
        walls: their surface.
        floor: its surface.
        high_m: of the ceiling.
        windows: how many.
        props: what stands in it.
    """
    wide, deep = size
    x, z = wide / 2 + 0.07, deep / 2 + 0.07
    # walls run so that the room lies to their right: doors, hinged at a wall's start, open into it at negative angles
    far = Opening("door", wide - 0.85, DOOR_M, ajar_deg=0.0)
    wide_m, head_m = min(1.35, deep / windows - 0.5), min(2.15, high_m - 0.3)
    middles = [(number + 0.5) * deep / windows + 0.07 for number in range(windows)]
    holes = tuple(Opening("window", middle, wide_m, 0.85, head_m) for middle in middles)
    return FloorPlan(
        "room",
        (
            Wall((-x, -z), (x, -z), surface=walls, openings=(far,)),
            Wall((x, -z), (x, z), surface=walls),
            Wall((x, z), (-x, z), surface=walls),
            Wall((-x, z), (-x, -z), surface=walls, openings=holes),
        ),
        tuple(props),
        (Spike("A", (-0.65, 0.0), 90.0), Spike("B", (0.65, 0.0), -90.0)),
        floor_surface=floor,
        ceiling_m=high_m,
    )


def chairs_around(at: tuple[float, float], apart: tuple[float, float], kind: str = "chair") -> list[Prop]:
    """Return four chairs around a table, pushed in by a hand's breadth."""
    x, z = at
    across, along = apart
    return [
        Prop(kind, (x - along, z - across), 0.0),
        Prop(kind, (x + along, z - across), 0.0),
        Prop(kind, (x - along, z + across), 180.0),
        Prop(kind, (x + along, z + across), 180.0),
    ]


def kitchen(_: str) -> FloorPlan:
    """Return a kitchen: units along the far wall, a table for four to the side."""
    props = [
        Prop("counter", (-1.05, -1.87), 0.0, (2.40, 0.91, 0.62)),
        Prop("cupboard", (-1.35, -2.02), 0.0, (1.70, 0.70, 0.34), 1.45),
        Prop("cupboard", (0.55, -1.85), 0.0, (0.65, 1.90, 0.64), name="fridge", surface="enamel"),
        Prop("table", (1.35, 0.95), 90.0, (1.40, 0.75, 0.80)),
        Prop("chair", (0.72, 0.62), 90.0),
        Prop("chair", (0.72, 1.28), 90.0),
        Prop("chair", (1.98, 0.62), -90.0),
        Prop("chair", (1.98, 1.28), -90.0),
        Prop("pendant", (1.35, 0.95), 0.0, (0.46, 1.0, 0.46), 1.70),
    ]
    return room((4.8, 4.4), floor="tiled floor", props=props)


def living_room(_: str) -> FloorPlan:
    """Return a living room: sofa and armchair around a low table."""
    props = [
        Prop("rug", (0.0, -0.55), 0.0, (2.9, 0.012, 2.0)),
        Prop("sofa", (-0.2, -1.75), 0.0, (2.1, 0.80, 0.90)),
        Prop("coffee table", (-0.2, -0.75)),
        Prop("armchair", (1.55, -0.75), -70.0),
        Prop("shelf", (2.58, 0.9), -90.0, (1.6, 2.0, 0.32)),
        Prop("lamp", (-1.75, -1.85), 0.0),
        Prop("screen", (-2.05, 1.6), 110.0, (1.25, 0.75, 0.24), 0.45),
        Prop("coffee table", (-2.05, 1.6), 110.0, (1.5, 0.45, 0.42)),
        Prop("picture", (-0.2, -2.28), 0.0, (1.1, 0.75, 0.03), 1.35),
    ]
    return room((5.6, 4.6), floor="wooden floor", props=props)


def bedroom(_: str) -> FloorPlan:
    """Return a bedroom."""
    props = [
        Prop("bed", (-0.35, -1.36), 0.0),
        Prop("cupboard", (-1.45, -2.18), 0.0, (0.45, 0.50, 0.40), surface="light wood"),
        Prop("cupboard", (0.75, -2.18), 0.0, (0.45, 0.50, 0.40), surface="light wood"),
        Prop("lamp", (-1.45, -2.20), 0.0, (0.28, 0.45, 0.28), 0.50),
        Prop("lamp", (0.75, -2.20), 0.0, (0.28, 0.45, 0.28), 0.50),
        Prop("cupboard", (1.90, 1.20), -90.0, (1.50, 2.05, 0.58)),
        Prop("rug", (-0.35, 0.95), 0.0, (2.0, 0.012, 1.2)),
        Prop("picture", (-0.35, -2.385), 0.0, (0.9, 0.6, 0.03), 1.45),
    ]
    return room((4.4, 4.8), floor="wooden floor", walls="painted wall", props=props)


def office(_: str) -> FloorPlan:
    """Return an office: a desk with two visitors' chairs."""
    props = [
        Prop("desk", (0.0, -1.45), 0.0, (1.7, 0.74, 0.80)),
        Prop("office chair", (0.0, -2.1), 0.0),
        Prop("screen", (-0.45, -1.50), 165.0, (0.56, 0.44, 0.18), 0.74),
        Prop("lamp", (0.62, -1.55), 0.0, (0.26, 0.45, 0.26), 0.74),
        Prop("chair", (-0.55, -0.62), 180.0),
        Prop("chair", (0.55, -0.62), 180.0),
        Prop("shelf", (-1.40, -2.43), 0.0, (1.8, 2.0, 0.32)),
        Prop("cupboard", (2.12, 0.5), -90.0, (1.0, 1.32, 0.45), surface="metal"),
    ]
    return room((4.8, 5.2), floor="carpet", walls="painted wall", windows=2, props=props)


def bathroom(_: str) -> FloorPlan:
    """Return a bathroom."""
    props = [
        Prop("counter", (-0.55, -1.28), 0.0, (1.1, 0.86, 0.50), surface="ceramic"),
        Prop("picture", (-0.55, -1.53), 0.0, (0.8, 0.9, 0.03), 1.15, name="mirror", surface="glass"),
        Prop("box", (1.31, 0.6), 0.0, (0.75, 0.56, 1.65), name="bath", surface="ceramic"),
    ]
    return room((3.4, 3.1), walls="tiled wall", floor="tiled floor", high_m=2.5, props=props)


def corridor(_: str) -> FloorPlan:
    """Return a corridor with doors on both sides."""
    doors = tuple(Opening("door", at, DOOR_M, surface="light wood") for at in (2.0, 5.0, 8.0))
    return FloorPlan(
        "corridor",
        (
            Wall(
                (-1.05, -5.07),
                (1.05, -5.07),
                surface="painted wall",
                openings=(Opening("window", 1.05, 0.9, 0.9, 2.1),),
            ),
            Wall((1.05, -5.07), (1.05, 5.07), surface="painted wall", openings=doors),
            Wall((1.05, 5.07), (-1.05, 5.07), surface="painted wall"),
            Wall((-1.05, 5.07), (-1.05, -5.07), surface="painted wall", openings=doors),
        ),
        (
            Prop("bench", (-0.74, 1.4), 90.0, (1.3, 0.85, 0.42)),
            Prop("picture", (0.97, -1.5), -90.0, (0.6, 0.8, 0.03), 1.2),
        ),
        (Spike("A", (0.0, -0.65), 0.0), Spike("B", (0.0, 0.65), 180.0)),
        floor_surface="tiled floor",
    )


def cell(_: str) -> FloorPlan:
    """Return a cell or a bare basement room."""
    props = [
        Prop("bed", (-1.15, -1.31), 0.0, (0.8, 0.6, 1.95)),
        Prop("table", (1.05, -1.1), 0.0, (0.7, 0.75, 0.5)),
        Prop("stool", (1.05, -0.55), 0.0, (0.36, 0.45, 0.36)),
    ]
    return room((3.2, 4.6), walls="concrete wall", floor="concrete floor", props=props)


def in_car(_: str) -> FloorPlan:
    """Return a car on a road; the seats of driver and passenger are marked."""
    kerb = [
        Prop("building", (x, -14.0 + 14.0 * number), 90.0 if x < 0 else -90.0, (13.0, 9.0, 6.0))
        for x in (-13.0, 13.0)
        for number in (0, 1, 2)
    ]
    return FloorPlan(
        "car",
        (),
        (Prop("car", (0.0, 0.0)), *kerb),
        (Spike("A", (0.38, -0.15), 0.0, 0.40), Spike("B", (-0.38, -0.15), 0.0, 0.40)),
        floor=((-30.0, -40.0), (-30.0, 40.0), (30.0, 40.0), (30.0, -40.0)),
        floor_surface="asphalt",
        ceiling_surface="",
    )


def plain_room(_: str) -> FloorPlan:
    """Return a room that could be anybody's: a table, chairs, a shelf."""
    props = [
        Prop("table", (0.9, -1.35), 0.0, (1.3, 0.75, 0.8)),
        Prop("chair", (0.9, -0.72), 180.0),
        Prop("chair", (0.0, -1.35), 90.0),
        Prop("shelf", (-1.3, -2.12), 0.0, (0.9, 1.95, 0.30)),
        Prop("lamp", (-2.0, -1.9)),
    ]
    return room((4.8, 4.6), props=props)


def ward(_: str) -> FloorPlan:
    """Return a hospital ward."""
    props = []
    for x in (-1.5, 1.3):
        props += [
            Prop("bed", (x, -1.55), 0.0, (0.95, 0.98, 2.05), surface="linen"),
            Prop("cupboard", (x + 0.82, -2.35), 0.0, (0.45, 0.80, 0.42)),
        ]
    props += [Prop("chair", (-0.15, 0.9), 160.0), Prop("lamp", (-2.2, -2.2), 0.0, (0.2, 1.75, 0.2), surface="metal")]
    return room((5.4, 5.2), walls="painted wall", floor="tiled floor", high_m=2.9, windows=2, props=props)
