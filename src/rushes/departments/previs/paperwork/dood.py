"""The day-out-of-days: on which days each of the cast starts, works, is held and finishes."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from rushes.departments.previs.paperwork.cast import cast_of
from rushes.departments.previs.paperwork.days import Day
from rushes.domain.errors import BadMaterial

WORKING = ("SW", "W", "WF", "SWF")


@dataclass(frozen=True, slots=True)
class Member:
    """One of the cast through the shoot.

    Attributes:
        number: cast number.
        name: as on the breakdown.
        letters: for each shooting day SW start work, W work, H hold, WF work finish, SWF the one day of somebody who
            works one day, T travel, or nothing.
    """

    number: int
    name: str
    letters: tuple[str, ...]

    @property
    def works(self) -> int:
        """On how many days they work."""
        return sum(letter in WORKING for letter in self.letters)

    @property
    def held(self) -> int:
        """On how many days they wait."""
        return self.letters.count("H")

    @property
    def travels(self) -> int:
        """On how many days they travel and do not work."""
        return self.letters.count("T")

    @property
    def total(self) -> int:
        """For how many days they are to be paid."""
        return self.works + self.held + self.travels


def day_out_of_days(
    days: Sequence[Day],
    numbers: Mapping[str, int],
    travel: Mapping[str, Set[int]] | None = None,
) -> tuple[Member, ...]:
    """Return who works when, by cast number.

    Args:
        days: the stripboard.
        numbers: cast numbers (`number_cast`); who has none yet is refused.
        travel: numbers of the days on which somebody travels; on a day of work the work is shown.

    Returns:
        Everybody with a number, those who work on no day, too.
    """
    travel = travel or {}
    working: dict[str, set[int]] = {name: set() for name in numbers}
    for place, day in enumerate(days):
        for name in (name for sheet in day.sheets for name in cast_of(sheet)):
            working.setdefault(name, set()).add(place)
    faults = [f"{name} has no cast number" for name in working if name not in numbers]
    faults += [f"{name} travels and is not in the cast" for name in travel if name not in working]
    known = {day.number for day in days}
    faults += [f"{name} travels on day {at}, which there is not" for name in travel for at in travel[name] - known]
    if faults:
        raise BadMaterial("this day-out-of-days cannot be drawn up", faults, "Number the cast of all scenes first.")
    return tuple(
        Member(number, name, _letters(days, working[name], travel.get(name, frozenset())))
        for name, number in sorted(numbers.items(), key=lambda pair: pair[1])
    )


def _letters(days: Sequence[Day], working: Set[int], travel: Set[int]) -> tuple[str, ...]:
    first, last = (min(working), max(working)) if working else (len(days), -1)

    def letter(place: int) -> str:
        if place in working:
            return f"{'S' if place == first else ''}W{'F' if place == last else ''}"
        if days[place].number in travel:
            return "T"
        return "H" if first < place < last else ""

    return tuple(map(letter, range(len(days))))
