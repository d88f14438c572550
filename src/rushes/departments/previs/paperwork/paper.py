"""All that the lists of a show are made from, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from rushes.departments.previs.breakdown.items import SceneSheet
from rushes.departments.previs.paperwork.cast import number_cast
from rushes.departments.previs.paperwork.days import PAGES_A_DAY_EIGHTHS, Day, schedule
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.merge import Tracked
from rushes.departments.previs.script.model import Kind, Scene
from rushes.departments.previs.timing import Coefficients, duration_of

LONGEST_SYNOPSIS = 110


@dataclass(frozen=True)
class Paperwork:
    """What all lists of a show are made from.

    Attributes:
        title: of the show, over every list.
        sheets: of all scenes, in script order.
        days: the shooting days.
        cast: numbers by name (`number_cast`).
        seconds: running time of each scene by its id (`timing.duration_of`); may lack some.
        synopses: a line for each scene by its id; may lack some.
        coefficients: what the scenes were timed with.
        shots: in the order of the cut.
        frame_rate: of the shots, frames a second.
        limit_eighths: what a day was to hold.
        proposed: nobody has approved these days.
    """

    title: str
    sheets: tuple[SceneSheet, ...]
    days: tuple[Day, ...]
    cast: Mapping[str, int]
    seconds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    synopses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    coefficients: Coefficients = field(default_factory=Coefficients)
    shots: tuple[ReadyShot, ...] = ()
    frame_rate: Fraction = Fraction(24)
    limit_eighths: int = PAGES_A_DAY_EIGHTHS
    proposed: bool = True


def paperwork_of(
    title: str,
    tracked: Sequence[Tracked],
    sheets: Sequence[SceneSheet],
    *,
    coefficients: Coefficients | None = None,
    limit_eighths: int = PAGES_A_DAY_EIGHTHS,
) -> Paperwork:
    """Return the paperwork of a script with proposed days; `dataclasses.replace` puts in given days, numbers, shots.

    Args:
        title: of the show.
        tracked: the scenes of the script.
        sheets: their breakdown.
        coefficients: of the show's timing.
        limit_eighths: what a day is to hold.
    """
    used = coefficients or Coefficients()
    return Paperwork(
        title,
        tuple(sheets),
        schedule(sheets, pages_a_day_eighths=limit_eighths),
        number_cast(sheets),
        {kept.id: duration_of(kept.scene, used) for kept in tracked},
        {kept.id: synopsis_of(kept.scene) for kept in tracked},
        used,
        limit_eighths=limit_eighths,
    )


def synopsis_of(scene: Scene) -> str:
    """Return a scene in a line: the writer's own synopsis, else how its action begins.

    >>> from rushes.departments.previs.script.model import Element
    >>> synopsis_of(Scene(0, (Element(Kind.ACTION, "A *cold* morning. Nobody moves."),)))
    'A cold morning.'
    """
    for kind in (Kind.SYNOPSIS, Kind.ACTION):
        for element in scene.elements:
            words = " ".join(plain(element.text).split())
            if element.kind is kind and words:
                return words if len(words) <= LONGEST_SYNOPSIS and kind is Kind.SYNOPSIS else _beginning(words)
    return ""


def _beginning(words: str) -> str:
    """Return the first sentence, or as much of it as a strip holds."""
    ends = [at + 1 for at, letter in enumerate(words) if letter in ".!?" and words[at + 1 : at + 2] in ("", " ")]
    # MR. and the like are no sentence
    end = next((end for end in ends if end >= 12), len(words))
    if end <= LONGEST_SYNOPSIS:
        return words[:end]
    return words[: LONGEST_SYNOPSIS - 1].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"
