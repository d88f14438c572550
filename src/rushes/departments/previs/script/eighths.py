"""Eighths of a page: how long a scene is on paper, in the unit that a first AD schedules with."""

import re
from textwrap import wrap

from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.model import PRINTED, SPOKEN, Element, Kind, Scene, Script, scenes

STATED = re.compile(r"(?:(\d{1,4})\s+)?(\d{1,4})/8|(\d{1,4})")
LINES_TO_A_PAGE = 54
WIDTHS = {Kind.DIALOGUE: 35, Kind.LYRIC: 35, Kind.PARENTHETICAL: 26, Kind.CHARACTER: 38}
WIDEST = 61


def read_eighths(said: str) -> int:
    """Read a length as people write it; nothing that can be read is 0.

    >>> [read_eighths(said) for said in ("2/8", "1 3/8", "2", "long")]
    [2, 11, 16, 0]
    """
    found = STATED.fullmatch(said.strip())
    if not found:
        return 0
    return int(found[3]) * 8 if found[3] else int(found[1] or 0) * 8 + int(found[2])


def say_eighths(eighths: int) -> str:
    """Say a length as people write it.

    >>> [say_eighths(eighths) for eighths in (2, 11, 16)]
    ['2/8', '1 3/8', '2']
    """
    pages, rest = divmod(eighths, 8)
    return " ".join([*([str(pages)] if pages else []), *([f"{rest}/8"] if rest or not pages else [])])


def lines_of(element: Element) -> int:
    """Return how many lines an element takes on paper in 12-point Courier, with the empty one above it.

    >>> lines_of(Element(Kind.DIALOGUE, "This is everybody we've ever put away."))
    2
    """
    if element.kind not in PRINTED:
        return 0
    width = WIDTHS.get(element.kind, WIDEST)
    lines = plain(element.text).split("\n")
    # a line that fits needs no breaking, and most do
    count = sum(1 if len(line) <= width else len(wrap(line, width)) for line in lines)
    return count + (element.kind not in SPOKEN)


def scene_eighths(scene: Scene) -> int:
    """Return a scene's length in eighths of a page: as the source states it, or as its lines add up; at least 1."""
    if scene.heading.eighths:
        return scene.heading.eighths
    lines = sum(map(_on_the_left, scene.elements))
    return max(1, round(lines * 8 / LINES_TO_A_PAGE))


def all_eighths(script: Script) -> tuple[int, ...]:
    """Return the length of every scene of a script in eighths, in order."""
    return tuple(map(scene_eighths, scenes(script)))


# the right of dual dialogue stands beside the left, not under it
def _on_the_left(element: Element) -> int:
    return 0 if element.side == "right" else lines_of(element)
