"""Sets made from a heading where nobody drew one, so that a script alone gives boards that can be read.

`words` of the place choose a set; what is not known becomes a plain room, or open ground. Every set is a floor plan:
write it with `plan_json.write_plan`, correct it, and it is drawn.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rushes.departments.previs.stage.building import build_stage
from rushes.departments.previs.stage.default_exteriors import EXTERIORS
from rushes.departments.previs.stage.default_words import ROOMS
from rushes.departments.previs.stage.floorplan import FloorPlan
from rushes.departments.previs.stage.pieces import Light, Stage

Made = Callable[[str], FloorPlan]
NIGHT = ("NIGHT", "MIDNIGHT", "MOONLIGHT")
DUSK = ("DUSK", "DAWN", "SUNSET", "SUNRISE", "EVENING", "MAGIC HOUR", "TWILIGHT")


LIGHTS = {
    ("inside", "night"): Light(
        (0.35, 0.86, 0.36), (0.92, 0.78, 0.60), (0.20, 0.21, 0.25), (0.13, 0.115, 0.10), (0.015, 0.02, 0.035)
    ),
    ("inside", "dusk"): Light(
        (0.42, 0.80, 0.42), (0.86, 0.68, 0.50), (0.24, 0.23, 0.27), (0.14, 0.12, 0.11), (0.55, 0.40, 0.34)
    ),
    ("inside", "day"): Light(
        (0.36, 0.86, 0.36), (0.82, 0.79, 0.73), (0.34, 0.35, 0.38), (0.18, 0.17, 0.16), (0.80, 0.86, 0.94)
    ),
    ("outside", "night"): Light(
        (-0.45, 0.70, 0.40), (0.27, 0.34, 0.50), (0.10, 0.125, 0.19), (0.05, 0.055, 0.07), (0.03, 0.038, 0.06), 120.0
    ),
    ("outside", "dusk"): Light(
        (0.80, 0.30, 0.42), (1.00, 0.62, 0.36), (0.28, 0.29, 0.38), (0.14, 0.12, 0.12), (0.62, 0.46, 0.40), 140.0
    ),
    ("outside", "day"): Light(
        (0.45, 0.72, 0.52), (1.02, 0.96, 0.86), (0.36, 0.41, 0.49), (0.17, 0.16, 0.14), (0.66, 0.72, 0.80), 260.0
    ),
}
"""Key, sky, ground and haze, scene-linear; the house's choice, judged by eye."""


def _chosen(place: str, table: Sequence[tuple[tuple[str, ...], Made]]) -> Made:
    """Return the builder whose word comes last in the place: in `HOTEL - KITCHEN` the kitchen is where we are."""
    words = place.lower()
    best, found = (0, 0), table[-1][1]
    for names, made in table:
        for name in names:
            for match in re.finditer(rf"\b{name}(?:s|es)?\b", words):
                best, found = max(
                    (best, found), ((match.end(), match.end() - match.start()), made), key=lambda pair: pair[0]
                )
    return found


def default_plan(where: str, place: str, time: str = "") -> FloorPlan:
    """Return a plausible floor plan for a heading.

    Args:
        where: INT, EXT, or both; INT./EXT. is drawn from inside, except in a car.
        place: what stands after it, without the time of day.
        time: DAY, NIGHT, DUSK…; the plan does not depend on it.

    >>> default_plan("INT", "HOTEL - KITCHEN").name, default_plan("EXT", "FOREST").floor_surface
    ('HOTEL - KITCHEN', 'earth')
    """
    inside = where.upper().replace(".", "").startswith(("INT", "I/E"))
    made = _chosen(place, ROOMS if inside else EXTERIORS)
    return replace(made(place), name=place or where)


def default_stage(where: str, place: str, time: str = "") -> Stage:
    """Return a plausible set for a heading, ready to be photographed; see `default_plan`."""
    return build_stage(default_plan(where, place, time))


def _of(time: str, words: tuple[str, ...]) -> bool:
    return any(word in time.upper() for word in words)


def default_light(where: str, time: str = "") -> Light:
    """Return light for a heading: a high soft key inside, sun outside, low and warm at dusk, blue at night.

    Args:
        where: INT, EXT, or both.
        time: DAY, NIGHT, DUSK, DAWN…; nothing known is day.

    >>> default_light("EXT", "NIGHT").key[2] > default_light("EXT", "NIGHT").key[0]
    True
    """
    inside = where.upper().replace(".", "").startswith(("INT", "I/E"))
    when = "night" if _of(time, NIGHT) else "dusk" if _of(time, DUSK) else "day"
    return LIGHTS["inside" if inside else "outside", when]
