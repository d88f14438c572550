"""Shooting days: a given order kept as it is, or one proposed, grouped by place so that the unit moves little."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from rushes.departments.previs.breakdown.items import SceneSheet
from rushes.departments.previs.paperwork.cast import cast_of
from rushes.departments.previs.paperwork.colours import light_of
from rushes.departments.previs.timing import is_omitted
from rushes.domain.errors import BadMaterial

PAGES_A_DAY_EIGHTHS = 40
LIGHTS = ("dawn", "day", "", "dusk", "night")
TURNS, MOST = 2, 30
"""How often the proposal tries to put every location elsewhere, and of how many, the biggest."""


@dataclass(frozen=True, slots=True)
class Day:
    """A shooting day.

    Attributes:
        number: from 1.
        sheets: its scenes in the order in which they are shot.
        when: its date, if it has one.
    """

    number: int
    sheets: tuple[SceneSheet, ...]
    when: date | None = None

    @property
    def eighths(self) -> int:
        """How much is shot, in eighths of a page."""
        return sum(sheet.eighths for sheet in self.sheets)


def location_of(sheet: SceneSheet) -> str:
    """Return where the trucks park: of `PRICE HOUSE - KITCHEN` the house."""
    return " ".join(sheet.place.upper().replace("–", "-").replace("—", "-").split(" - ")[0].split())


def _set_of(sheet: SceneSheet) -> str:
    return " ".join(sheet.place.upper().split())


def moves_of(sheets: Sequence[SceneSheet]) -> int:
    """Return how often the unit goes to another location within an order of scenes."""
    places = [location_of(sheet) for sheet in sheets]
    return sum(before != after for before, after in pairwise(places))


def days_as_given(sheets: Sequence[SceneSheet], given: Sequence[Sequence[str]]) -> tuple[Day, ...]:
    """Return shooting days exactly as somebody made them.

    Args:
        sheets: of all scenes.
        given: for each day its scenes in order, by id or number.

    Raises:
        BadMaterial: a scene is unknown, ambiguous or on two days; all are named.
    """
    known: dict[str, list[SceneSheet]] = {}
    for sheet in sheets:
        for name in {sheet.id, sheet.number} - {""}:
            known.setdefault(name, []).append(sheet)
    faults, days = [], []
    seen: dict[str, int] = {}
    for number, names in enumerate(given, 1):
        held = []
        for name in names:
            found = known.get(name, [])
            if len(found) != 1:
                faults.append(f"day {number}: {'no scene' if not found else f'{len(found)} scenes'} {name!r}")
                continue
            if found[0].id in seen:
                faults.append(f"day {number}: scene {name!r} is on day {seen[found[0].id]} already")
            seen[found[0].id] = number
            held.append(found[0])
        days.append(Day(number, tuple(held)))
    if faults:
        raise BadMaterial(f"{len(faults)} fault(s) in the order given", faults, "Correct these days.")
    return tuple(days)


def dated(days: Sequence[Day], first: date, *, off: Sequence[int] = (5, 6)) -> tuple[Day, ...]:
    """Return days with dates from a first one on; `off` are weekdays without a shoot, Monday 0."""
    if set(range(7)) <= set(off):
        raise BadMaterial("every weekday is off", remedy="Leave one to shoot on.")
    found, when = [], first
    for day in days:
        while when.weekday() in off:
            when += timedelta(1)
        found.append(replace(day, when=when))
        when += timedelta(1)
    return tuple(found)


def schedule(
    sheets: Sequence[SceneSheet],
    *,
    pages_a_day_eighths: int = PAGES_A_DAY_EIGHTHS,
    order: Sequence[str] | None = None,
) -> tuple[Day, ...]:
    """Propose shooting days; a person decides.

    Each location is shot in one go: its sets together, outside before inside (so that rain has somewhere to go), day
    before night. Locations are put in the order that needs the fewest days; then has the fewest days with exteriors by
    day and by night; then the fewest moves in the middle of a day; then keeps the cast waiting least. It is found by
    trying, not proven. Omitted scenes are left out.

    Args:
        sheets: of all scenes, in script order.
        pages_a_day_eighths: what a day holds; a scene that is longer has a day of its own.
        order: ids or numbers, if somebody has made an order: it is kept, and only parted into days.
    """
    if pages_a_day_eighths < 1:
        raise BadMaterial(f"a day of {pages_a_day_eighths} eighths holds no scene")
    if order is not None:
        return _parted(days_as_given(sheets, [order])[0].sheets, pages_a_day_eighths)
    blocks: dict[str, list[SceneSheet]] = {}
    for sheet in sheets:
        if not is_omitted(sheet.heading):
            blocks.setdefault(location_of(sheet), []).append(sheet)
    return _parted(_settled([_block(block) for block in blocks.values()], pages_a_day_eighths), pages_a_day_eighths)


def _block(sheets: Sequence[SceneSheet]) -> tuple[SceneSheet, ...]:
    """Return the scenes of one location as they are shot."""
    first: dict[str, int] = {}
    for place, sheet in enumerate(sheets):
        first.setdefault(_set_of(sheet), place)

    def when(sheet: SceneSheet) -> tuple[bool, bool, int, int]:
        light = light_of(sheet.time)
        # one turn-around a location: all its nights last
        return light == "night", sheet.where == "INT", first[_set_of(sheet)], LIGHTS.index(light)

    return tuple(sorted(sheets, key=when))


def _parted(sheets: Sequence[SceneSheet], limit: int) -> tuple[Day, ...]:
    days: list[list[SceneSheet]] = []
    left = 0
    for sheet in sheets:
        if not days or sheet.eighths > left:
            days.append([])
            left = limit
        days[-1].append(sheet)
        left -= sheet.eighths
    return tuple(Day(number, tuple(held)) for number, held in enumerate(days, 1))


@dataclass(frozen=True, slots=True)
class _Block:
    """What the search needs of a location: its scenes, and of each the length and bits.

    The lowest two bits are exterior by day and by night; then comes one for each name of the cast.
    """

    sheets: tuple[SceneSheet, ...]
    lengths: tuple[tuple[int, int], ...]


def _cost(blocks: Sequence[_Block], limit: int) -> tuple[int, int, int, int]:
    """Return days, those with exteriors by day and by night, moves in the middle of a day, days on which cast waits."""
    left, moves = 0, 0
    working: list[int] = []
    for block in blocks:
        arriving = True
        for eighths, bits in block.lengths:
            if not working or eighths > left:
                working.append(bits)
                left = limit - eighths
            else:
                moves += arriving
                working[-1] |= bits
                left -= eighths
            arriving = False
    after, come = [0], 0
    for bits in reversed(working):
        after.append(after[-1] | bits)
    waiting = split = 0
    for bits, later in zip(working, reversed(after[:-1]), strict=True):
        waiting += ((come & later & ~bits) >> 2).bit_count()
        split += bits & 3 == 3
        come |= bits
    return len(working), split, moves, waiting


def _settled(found: Sequence[tuple[SceneSheet, ...]], limit: int) -> list[SceneSheet]:
    """Return all scenes, their locations in a good order: each is tried in every place, as long as that helps."""
    names = dict.fromkeys(name for block in found for sheet in block for name in cast_of(sheet))
    bits = {name: 1 << at for at, name in enumerate(names, 2)}

    def bits_of(sheet: SceneSheet) -> int:
        outside = 0 if sheet.where == "INT" else {"day": 1, "night": 2}.get(light_of(sheet.time), 0)
        return outside + sum(bits[name] for name in cast_of(sheet))

    blocks = [_Block(block, tuple((sheet.eighths, bits_of(sheet)) for sheet in block)) for block in found]
    cost = _cost(blocks, limit)
    for _ in range(TURNS):
        before = cost
        # the big ones first: the small ones then fill what they leave
        for block in sorted(blocks, key=lambda block: -sum(eighths for eighths, _ in block.lengths))[:MOST]:
            rest = [other for other in blocks if other is not block]
            tries = [[*rest[:at], block, *rest[at:]] for at in range(len(blocks))]
            costs = [_cost(order, limit) for order in tries]
            best = min(costs)
            if best < cost:
                blocks, cost = tries[costs.index(best)], best
        if cost == before:
            break
    return [sheet for block in blocks for sheet in block.sheets]
