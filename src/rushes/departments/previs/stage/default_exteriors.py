"""Exteriors that stand in where nobody drew one, chosen by a word of the heading. The middle stays free."""

from collections.abc import Iterable, Sequence

import numpy as np

from rushes.departments.previs.stage.floorplan import FloorPlan, Prop, Spike
from rushes.departments.previs.stage.props import KINDS

MARKS = (Spike("A", (-0.75, 0.0), 90.0), Spike("B", (0.75, 0.0), -90.0))
WIDE_M = 90.0


def ground(surface: str, props: Iterable[Prop], *, name: str = "exterior", half_m: float = WIDE_M) -> FloorPlan:
    """Return open ground to the horizon with what stands on it."""
    floor = ((-half_m, -half_m), (-half_m, half_m), (half_m, half_m), (half_m, -half_m))
    return FloorPlan(name, (), tuple(props), MARKS, floor, surface, 12.0, "")


def scattered(
    kinds: Sequence[str], many: int, ring: tuple[float, float], *, seed: int, keep: float = 0.0
) -> list[Prop]:
    """Return things strewn over a ring around zero, none in another.

    Args:
        kinds: what, in turn.
        many: how many.
        ring: nearest and farthest, metres.
        seed: of their places.
        keep: half the width of a free lane along Z.
    """
    dice = np.random.default_rng(seed)
    found: list[Prop] = []
    for number in range(many * 20):
        if len(found) == many:
            break
        kind = kinds[number % len(kinds)]
        far, angle = np.sqrt(dice.uniform(ring[0] ** 2, ring[1] ** 2)), dice.uniform(0, 2 * np.pi)
        grow, turn = dice.uniform(0.8, 1.25), dice.uniform(0, 360)
        at = (float(far * np.sin(angle)), float(far * np.cos(angle)))
        usual = KINDS[kind][1]
        apart = usual[0] * 0.45
        near = any(
            np.hypot(at[0] - other.at[0], at[1] - other.at[1]) < apart + (other.size or (1.0,))[0] * 0.4
            for other in found
        )
        if near or abs(at[0]) < keep + apart:
            continue
        size = (round(usual[0] * grow, 2), round(usual[1] * grow, 2), round(usual[2] * grow, 2))
        found.append(Prop(kind, (round(at[0], 2), round(at[1], 2)), round(float(turn), 1), size))
    return found


def street(_: str) -> FloorPlan:
    """Return a street along Z with houses, kerbs, lamps and parked cars."""
    props = []
    heights = (10.5, 8.0, 13.0, 9.5, 11.5)
    for number in range(5):
        z = -32.0 + 16.0 * number
        props += [
            Prop("building", (-12.5, z), 90.0, (16.0, heights[number], 8.0)),
            Prop("building", (12.5, z), -90.0, (16.0, heights[(number + 2) % 5], 8.0)),
        ]
    props += [
        Prop("box", (side * 6.25, 0.0), 0.0, (4.5, 0.14, 84.0), name=f"pavement {side:+d}", surface="paving")
        for side in (-1, 1)
    ]
    props += [
        Prop("street lamp", (side * 4.4, z), -90.0 * side, up_m=0.14)
        for side, z in ((-1, -12.0), (1, -5.0), (-1, 8.0), (1, 16.0))
    ]
    props += [
        Prop("car", (-2.9, -9.0), 0.0),
        Prop("car", (2.9, 8.5), 180.0),
        Prop("car", (-2.9, 14.0), 0.0),
        Prop("barrel", (5.0, -3.0), up_m=0.14),
    ]
    return ground("asphalt", props, name="street")


def alley(_: str) -> FloorPlan:
    """Return an alley between two blocks."""
    props = [
        Prop("building", (side * 7.0, -12.0 + 14.0 * number), -90.0 * side, (14.0, 8.0, 8.0), surface="brick wall")
        for side in (-1, 1)
        for number in range(3)
    ]
    props += [
        Prop("building", (0.0, -26.0), 0.0, (14.0, 9.0, 6.0)),
        Prop("barrel", (1.75, -3.0)),
        Prop("barrel", (1.7, -2.3)),
        Prop("box", (-2.3, -4.0), 5.0, (1.1, 1.2, 1.8), surface="dark metal"),
    ]
    return ground("asphalt", props, name="alley")


def road(_: str) -> FloorPlan:
    """Return a country road along Z."""
    props = [Prop("box", (0.0, 0.0), 0.0, (6.4, 0.02, 150.0), name="road", surface="asphalt")]
    props += scattered(("tree", "bush", "tree"), 26, (9.0, 45.0), seed=4, keep=6.0)
    props += [Prop("fence", (-5.2, -9.0 + 3.0 * number), 90.0) for number in range(7)]
    return ground("grass", props, name="road")


def forest(_: str) -> FloorPlan:
    """Return a wood with a clearing."""
    props = scattered(("conifer", "tree", "conifer"), 46, (5.5, 34.0), seed=7)
    props += scattered(("bush", "rock"), 12, (4.0, 14.0), seed=8)
    return ground("earth", props, name="forest")


def park(_: str) -> FloorPlan:
    """Return a park or a garden: lawn, path, benches, trees."""
    props = [Prop("box", (0.0, 0.0), 0.0, (2.6, 0.015, 90.0), name="path", surface="gravel")]
    props += [
        Prop("bench", (-2.0, -2.6), 90.0),
        Prop("bench", (2.0, 3.4), -90.0),
        Prop("street lamp", (1.8, -6.0), 0.0, (0.3, 4.0, 0.1)),
    ]
    props += scattered(("tree",), 16, (9.0, 40.0), seed=12, keep=3.0) + scattered(
        ("bush",), 10, (5.0, 20.0), seed=13, keep=2.5
    )
    return ground("grass", props, name="park")


def field(_: str) -> FloorPlan:
    """Return open country."""
    return ground("grass", scattered(("tree", "bush", "tree"), 14, (22.0, 60.0), seed=21), name="field")


def desert(_: str) -> FloorPlan:
    """Return a desert: sand and rocks."""
    rocks = scattered(("rock",), 22, (5.0, 40.0), seed=31)
    far = [Prop("rock", (at, -70.0), 0.0, (46.0, high, 20.0)) for at, high in ((-50.0, 14.0), (5.0, 9.0), (52.0, 17.0))]
    return ground("sand", [*rocks, *far], name="desert")


def beach(_: str) -> FloorPlan:
    """Return a beach; the sea lies towards −Z."""
    props = [Prop("box", (0.0, -51.0), 0.0, (180.0, 0.02, 78.0), name="sea", surface="water")]
    return ground(
        "sand",
        [*props, *(rock for rock in scattered(("rock",), 16, (6.0, 24.0), seed=41) if rock.at[1] > -8.0)],
        name="beach",
    )


def snow(_: str) -> FloorPlan:
    """Return a snowy hillside or a mountain pass."""
    far = [
        Prop("rock", (at, -74.0), 0.0, (60.0, high, 26.0), surface="snow")
        for at, high in ((-55.0, 26.0), (0.0, 18.0), (55.0, 31.0))
    ]
    return ground("snow", [*scattered(("conifer", "rock"), 20, (9.0, 40.0), seed=51), *far], name="snow")


def rooftop(_: str) -> FloorPlan:
    """Return a flat roof with parapets and higher houses around."""
    edge = [
        Prop("box", at, 0.0, size, surface="concrete wall")
        for at, size in (
            ((0.0, -7.0), (14.3, 1.0, 0.3)),
            ((0.0, 7.0), (14.3, 1.0, 0.3)),
            ((-7.0, 0.0), (0.3, 1.0, 13.7)),
            ((7.0, 0.0), (0.3, 1.0, 13.7)),
        )
    ]
    edge += [
        Prop("box", (-4.2, -4.6), 0.0, (2.6, 2.6, 2.8), name="stair head", surface="brick wall"),
        Prop("box", (4.2, -3.8), 0.0, (1.6, 1.1, 1.1), name="air handler", surface="metal"),
        Prop("pole", (4.9, 4.6), 0.0, (0.09, 4.0, 0.09)),
    ]
    town = [
        Prop("building", (x, z), turn, (14.0, high, 10.0), -6.0)
        for x, z, turn, high in (
            (-22.0, -20.0, 30.0, 13.0),
            (0.0, -26.0, 0.0, 17.0),
            (21.0, -19.0, -35.0, 11.0),
            (25.0, 4.0, -90.0, 15.0),
            (-25.0, 6.0, 90.0, 16.0),
            (4.0, 27.0, 180.0, 14.0),
        )
    ]
    return ground("gravel", [*edge, *town], name="rooftop", half_m=40.0)


def car_park(_: str) -> FloorPlan:
    """Return a car park."""
    props = [Prop("car", (-7.6 + 2.9 * number, -7.5), 0.0) for number in (0, 1, 3, 5)] + [
        Prop("car", (-6.2 + 2.9 * number, 8.5), 180.0) for number in (0, 2, 4)
    ]
    props += [
        Prop("street lamp", (0.0, -11.0), 0.0, (0.3, 7.0, 1.4)),
        Prop("building", (0.0, -24.0), 0.0, (44.0, 6.5, 10.0)),
    ]
    return ground("asphalt", props, name="car park")


def house(_: str) -> FloorPlan:
    """Return a house with a garden, a fence and a path to the door."""
    props = [
        Prop("building", (0.0, -11.0), 0.0, (11.5, 6.4, 8.0)),
        Prop("box", (0.0, -2.0), 0.0, (1.6, 0.02, 10.5), name="path", surface="paving"),
    ]
    props += [Prop("fence", (side * (2.6 + 3.0 * number), 7.5), 0.0) for side in (-1, 1) for number in range(3)]
    props += [Prop("bush", (side * 3.6, -6.3), 0.0, (2.4, 0.9, 0.9)) for side in (-1, 1)] + [
        Prop("tree", (-7.8, -3.5)),
        Prop("tree", (8.2, -7.0)),
    ]
    return ground("grass", [*props, *scattered(("tree",), 10, (22.0, 48.0), seed=61)], name="house")


def graveyard(_: str) -> FloorPlan:
    """Return a graveyard."""
    stones = [
        Prop(
            "box",
            (x, z),
            2.0 * ((row * 3 + column) % 4 - 1.5),
            (0.62, 0.85 + 0.12 * ((row + column) % 3), 0.14),
            surface="stone wall",
        )
        for row, z in enumerate((-7.5, -5.2, -2.9, 3.4, 5.7))
        for column, x in enumerate((-5.4, -3.4, -1.7, 1.7, 3.4, 5.4))
    ]
    return ground("grass", [*stones, *scattered(("tree", "bush"), 12, (11.0, 36.0), seed=71)], name="graveyard")


def open_ground(_: str) -> FloorPlan:
    """Return ground that could be anywhere: trees and bushes at a distance."""
    return ground("earth", scattered(("tree", "bush", "conifer"), 18, (14.0, 48.0), seed=81), name="exterior")


EXTERIORS = (
    (
        (
            "street",
            "city",
            "town",
            "downtown",
            "avenue",
            "square",
            "village",
            "sidewalk",
            "pavement",
            "shop",
            "bar",
            "café",
            "cafe",
            "restaurant",
            "office",
            "hotel",
            "hospital",
            "school",
            "station",
            "bank",
            "building",
            "apartment",
        ),
        street,
    ),
    (("alley", "backstreet", "lane"), alley),
    (("road", "highway", "motorway", "car", "drive", "crossroads", "bridge"), road),
    (("forest", "wood", "jungle", "swamp", "trail", "campsite", "camp"), forest),
    (("park", "garden", "playground", "orchard", "courtyard", "yard"), park),
    (("field", "meadow", "farm", "country", "countryside", "prairie", "hill", "battlefield", "moor"), field),
    (("desert", "dune", "canyon", "quarry", "wasteland"), desert),
    (
        ("beach", "sea", "shore", "coast", "lake", "river", "ocean", "harbour", "harbor", "dock", "pier", "island"),
        beach,
    ),
    (("snow", "mountain", "glacier", "arctic", "ice", "pass"), snow),
    (("roof", "rooftop", "terrace", "balcony"), rooftop),
    (("car park", "parking lot", "petrol station", "gas station", "lot", "motel"), car_park),
    (("house", "home", "cottage", "cabin", "villa", "mansion", "porch", "driveway", "front door"), house),
    (("graveyard", "cemetery", "churchyard", "grave", "church"), graveyard),
    (("ground",), open_ground),
)
