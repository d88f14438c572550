"""Public rooms that stand in where nobody drew one: bars, shops, schools, churches. See `default_rooms`."""

from rushes.departments.previs.stage.default_rooms import chairs_around, room
from rushes.departments.previs.stage.floorplan import FloorPlan, Prop


def barroom(_: str) -> FloorPlan:
    """Return a bar or café: the bar with stools, small tables."""
    stools = [Prop("stool", (-2.1 + 0.8 * number, -1.10), 180.0) for number in range(5)]
    tables = []
    for x, z in ((2.2, 0.3), (2.2, 2.0), (-2.2, 1.9)):
        tables += [Prop("round table", (x, z)), Prop("chair", (x - 0.62, z), 90.0), Prop("chair", (x + 0.62, z), -90.0)]
    props = [
        Prop("bar", (-0.6, -1.65), 0.0, (4.4, 1.10, 0.60), surface="dark wood"),
        Prop("shelf", (-1.2, -2.98), 0.0, (2.8, 2.1, 0.30)),
        *stools,
        *tables,
    ]
    return room((6.8, 6.3), walls="panelled wall", high_m=3.0, windows=2, props=props)


def restaurant(_: str) -> FloorPlan:
    """Return a restaurant or diner: rows of tables for four."""
    props = []
    for x, z in ((-2.4, -1.9), (2.3, -1.6), (-2.4, 1.9), (2.3, 1.9)):
        props += [Prop("table", (x, z), 0.0, (1.2, 0.75, 0.8)), *chairs_around((x, z), (0.58, 0.30))]
    props += [
        Prop("table", (0.0, -2.3), 0.0, (0.8, 0.75, 0.8)),
        Prop("chair", (-0.60, -2.3), 90.0),
        Prop("chair", (0.60, -2.3), -90.0),
    ]
    return room((7.4, 6.6), high_m=3.0, windows=2, props=props)


def classroom(_: str) -> FloorPlan:
    """Return a classroom."""
    props = [
        Prop("desk", (1.6, -2.5), 180.0),
        Prop("picture", (-0.4, -3.42), 0.0, (3.2, 1.2, 0.03), 0.95, name="blackboard"),
    ]
    for row in range(3):
        for column in (-1.8, 0.0, 1.8):
            if (row, column) != (0, 0.0):
                props += [
                    Prop("table", (column, 0.1 + row * 1.25), 0.0, (1.2, 0.74, 0.5)),
                    Prop("chair", (column, 0.62 + row * 1.25), 180.0),
                ]
    return room((6.6, 7.0), floor="wooden floor", walls="painted wall", high_m=3.1, windows=3, props=props)


def warehouse(_: str) -> FloorPlan:
    """Return a warehouse, garage or workshop: columns, crates, barrels."""
    props = [
        Prop("column", (x, z), 0.0, (0.45, 4.5, 0.45), surface="concrete wall")
        for x in (-3.2, 3.2)
        for z in (-3.0, 1.6)
    ]
    props += [
        Prop("box", (-4.4, -4.2), 8.0, (1.1, 1.0, 1.1)),
        Prop("box", (-4.3, -4.2), 18.0, (0.9, 0.8, 0.9), 1.0),
        Prop("box", (-3.0, -4.6), -6.0, (1.0, 0.8, 1.0)),
        Prop("box", (4.4, -3.6), 4.0, (1.2, 1.3, 1.2)),
        Prop("barrel", (3.1, -4.6)),
        Prop("barrel", (2.4, -4.7)),
        Prop("barrel", (2.8, -4.0)),
        Prop("shelf", (5.15, 1.2), -90.0, (2.6, 2.6, 0.6), surface="metal"),
    ]
    return room((11.0, 10.4), walls="concrete wall", floor="concrete floor", high_m=4.5, windows=3, props=props)


def church(_: str) -> FloorPlan:
    """Return a church, a court or a hall: benches, columns, an altar or a bench for the judge."""
    props = [Prop("column", (x, z), 0.0, (0.6, 6.0, 0.6)) for x in (-3.2, 3.2) for z in (-4.0, -0.8, 2.4)]
    props += [
        Prop("bench", (x, 1.6 + row * 1.0), 180.0, (2.2, 0.95, 0.5), surface="dark wood")
        for row in range(3)
        for x in (-1.75, 1.75)
    ]
    props += [
        Prop("box", (0.0, -4.2), 0.0, (4.0, 0.18, 2.4), surface="stone floor"),
        Prop("table", (0.0, -4.3), 0.0, (2.0, 1.0, 0.8), 0.18),
    ]
    return room((9.0, 11.5), walls="stone wall", floor="stone floor", high_m=6.0, windows=3, props=props)


def shop(_: str) -> FloorPlan:
    """Return a shop or a library: shelves and a counter."""
    props = [Prop("shelf", (x, -2.62), 0.0, (1.4, 2.0, 0.34)) for x in (-2.0, -0.5, 1.0)]
    props += [
        Prop("shelf", (-2.15, 1.4), 90.0, (1.8, 1.5, 0.34)),
        Prop("counter", (2.2, 0.4), -90.0, (2.0, 1.0, 0.6)),
        Prop("shelf", (2.98, 1.2), -90.0, (1.6, 2.0, 0.30)),
    ]
    return room((6.4, 5.7), floor="tiled floor", high_m=3.0, windows=1, props=props)
