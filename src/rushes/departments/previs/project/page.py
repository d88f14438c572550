"""The page of a project: scenes, strips, boards, plans, and the animatic, in a browser and without a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rushes.media.whole import whole_file


@dataclass(frozen=True)
class PageShot:
    """A board as the page shows it.

    Attributes:
        id: of the shot.
        label: as the show calls it.
        pictures: files beside the page, relative: one board, or the first and last of a move.
        line: as it is asked, without the label.
        lens: words: `50 mm`.
        seconds: words: `3.2 s`.
        words: what happens.
        note: of the director or the artist.
        limits: what could not be had.
        method: how it is drawn, where that is not the greybox.
    """

    id: str
    label: str
    pictures: tuple[str, ...]
    line: str
    lens: str
    seconds: str
    words: str
    note: str
    limits: tuple[str, ...]
    method: str = ""


@dataclass(frozen=True)
class PageScene:
    """A scene as the page shows it.

    Attributes:
        id: of the scene.
        number: as printed.
        heading: its slug line.
        strip: class of its strip: `day-int`, `day-ext`, `night-int`, `night-ext`, `other`.
        eighths: words: `1 3/8`.
        seconds: words: `2 min 4 s`.
        cast: names.
        items: category and names.
        plans: name, why, and findings of each proposal; the first entry tells whether it is the picked one.
        shots: in the order of their labels.
        plan_view: file of the plan seen from above, relative, or nothing.
        faults: what no human could do of the blocking, who stands in what.
    """

    id: str
    number: str
    heading: str
    strip: str
    eighths: str
    seconds: str
    cast: tuple[str, ...]
    items: tuple[tuple[str, tuple[str, ...]], ...]
    plans: tuple[tuple[bool, str, str, tuple[str, ...]], ...]
    shots: tuple[PageShot, ...]
    plan_view: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageEvent:
    """A piece of the cut as the player needs it: id and label of its shot, seconds at which it starts and ends."""

    shot: str
    label: str
    start: float
    end: float


@dataclass(frozen=True)
class Page:
    """Everything on the page.

    Attributes:
        title: of the show.
        about: draft, running time with its range, shots, camera; a line each.
        animatic: file, relative, or nothing.
        events: of the cut.
        scenes: in order.
        tray: shots that have no place in this draft: label, line, why.
        files: name and file of everything else that was written.
        rights: what the pictures are made from, in words.
    """

    title: str
    about: tuple[str, ...]
    animatic: str
    events: tuple[PageEvent, ...]
    scenes: tuple[PageScene, ...]
    tray: tuple[tuple[str, str, str], ...]
    files: tuple[tuple[str, str], ...]
    rights: str


def strip_class(where: str, time: str) -> str:
    """Return the colour class of a strip, by the convention of paper stripboards.

    >>> strip_class("INT", "DAY"), strip_class("EXT", "NIGHT"), strip_class("", "")
    ('day-int', 'night-ext', 'other')
    """
    dark = {"NIGHT": "night", "EVENING": "night", "DAY": "day", "MORNING": "day", "AFTERNOON": "day", "NOON": "day"}
    part = dark.get(time, "dawn" if time in {"DAWN", "DUSK", "SUNRISE", "SUNSET"} else "")
    side = "ext" if where.startswith("EXT") else "int" if where else ""
    return f"{part}-{side}" if part in {"day", "night"} and side else "dawn" if part == "dawn" else "other"


def say_seconds(seconds: float) -> str:
    """Return a length in words.

    >>> say_seconds(3.24), say_seconds(124.0)
    ('3.2 s', '2 min 4 s')
    """
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s"


def write_page(path: Path, page: Page) -> None:
    """Write the page whole."""
    there = Environment(
        loader=PackageLoader("rushes.departments.previs.project"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = there.get_template("page.html.j2").render(page=page, cut=_cut(page.events))
    with whole_file(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _cut(events: Sequence[PageEvent]) -> list[list[object]]:
    return [[event.shot, event.label, round(event.start, 4), round(event.end, 4)] for event in events]
