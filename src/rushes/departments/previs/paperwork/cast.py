"""Who is in which scene, and the numbers by which strips and call sheets name the cast."""

from collections.abc import Mapping, Sequence

from rushes.departments.previs.breakdown.items import Category, SceneSheet
from rushes.domain.errors import BadMaterial

CAST = (Category.SPEAKING, Category.SILENT)


def cast_of(sheet: SceneSheet) -> tuple[str, ...]:
    """Return who of the cast is in a scene, speaking or silent, each once."""
    return tuple(dict.fromkeys(item.name for item in sheet.items if item.category in CAST))


def number_cast(sheets: Sequence[SceneSheet], given: Mapping[str, int] | None = None) -> dict[str, int]:
    """Number the cast by size of role, the biggest 1.

    A role is as big as the pages of the scenes in which it speaks, then those in which it is silent; of equals the one
    that comes first in the script.

    Args:
        sheets: of all scenes, in script order.
        given: numbers that are out already; they stay, and new names get the next ones.

    Returns:
        Numbers by name, in their order; names of `given` that are in no scene any more keep theirs, too.
    """
    given = dict(given or {})
    wrong = [f"{name}: {number}" for name, number in given.items() if number < 1]
    wrong += [f"{name}: {number} is taken" for name, number in given.items() if list(given.values()).count(number) > 1]
    if wrong:
        raise BadMaterial("these cast numbers cannot stand", wrong, "Give each name a number of its own, from 1.")
    spoken: dict[str, int] = {}
    present: dict[str, int] = {}
    for sheet in sheets:
        speaking = {item.name for item in sheet.items if item.category is Category.SPEAKING}
        for name in cast_of(sheet):
            present[name] = present.get(name, 0) + sheet.eighths
            spoken[name] = spoken.get(name, 0) + (sheet.eighths if name in speaking else 0)
    # sorting keeps the order of the script among equals
    new = sorted((name for name in present if name not in given), key=lambda name: (-spoken[name], -present[name]))
    after = max(given.values(), default=0)
    numbers = {**given, **{name: number for number, name in enumerate(new, after + 1)}}
    return dict(sorted(numbers.items(), key=lambda pair: pair[1]))
