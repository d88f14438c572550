"""What every command needs first: the studio of this machine, the show that is meant, and options with one meaning."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from rushes.departments.find import department_names
from rushes.domain.actions import ACTIONS
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.nouns import Show
from rushes.domain.parts import AssetFile
from rushes.domain.question import EVERYTHING
from rushes.settings import read_settings
from rushes.studio import Studio, open_studio

ShowName = Annotated[str | None, typer.Option("--show", help="The show; RUSHES_SHOW or the only one there is, else.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


@contextmanager
def open_desk(show: str | None) -> Iterator[tuple[Studio, Show]]:
    """Open the studio and find the show that is meant.

    Args:
        show: its name; where None, the show in the settings, or the only one there is.
    """
    settings = read_settings()
    with open_studio(settings) as studio:
        yield studio, _the_show(studio, show or settings.show)


def read_date(text: str | None) -> date | None:
    """Read a day such as 2027-03-31."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadMaterial(f"{text!r} is no date", remedy="Write it as 2027-03-31.") from error


def read_frames(text: str) -> tuple[int, ...]:
    """Read frame numbers such as `12,40-42`.

    >>> read_frames("12,40-42")
    (12, 40, 41, 42)
    """
    numbers: list[int] = []
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise BadMaterial(f"{text!r} are no frame numbers", remedy="Write them as 12,40-42.")
        if int(last or first) < int(first):
            raise BadMaterial(f"the frames {part} run backwards", remedy=f"Write them as {last}-{first}.")
        numbers += range(int(first), int(last or first) + 1)
    return tuple(numbers)


def departments_named(names: Sequence[str]) -> tuple[str, ...]:
    """Return departments by name, `*` for all of them.

    Raises:
        NotFound: one is not installed here; the nearest is offered.
    """
    known = department_names()
    for name in names:
        if name not in (EVERYTHING, *known):
            raise NotFound("department", name, known)
    return tuple(names)


def _the_show(studio: Studio, name: str | None) -> Show:
    shows = {show.name: show for show in studio.ledger.every(Show)}
    if name is None and len(shows) == 1:
        return next(iter(shows.values()))
    if name is None:
        which = f"There is {', '.join(sorted(shows))}." if shows else "Start one with: rushes new"
        raise BadMaterial("which show?", remedy=f"Say it with --show, or in RUSHES_SHOW. {which}")
    if name not in shows:
        raise NotFound("show", name, shows)
    return shows[name]


def read_actions(words: Sequence[str]) -> tuple[str, ...]:
    """Read what may be done, in the words of CAWG; `cawg.` may be left away.

    >>> read_actions(["ai_training"])
    ('cawg.ai_training',)

    Raises:
        NotFound: there is no such action; the nearest is offered.
    """
    actions = tuple(word if word.startswith("cawg.") else f"cawg.{word}" for word in words)
    for action in actions:
        one_of("action", action, ACTIONS)
    return actions


def one_of(kind: str, word: str, known: Sequence[str]) -> str:
    """Return a word if it is one of those that there are.

    Raises:
        NotFound: it is none; the nearest is offered.
    """
    if word not in known:
        raise NotFound(kind, word, known)
    return word


def kept(studio: Studio, paper: Path | None) -> AssetFile | None:
    """Keep a copy of a document in the vault."""
    return studio.vault.put(paper) if paper else None
