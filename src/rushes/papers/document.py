"""A document for people and programs: sections of questions and tables, from which PDF and JSON are written.

Everything in it says where it is from. What nobody has stated is None, and is shown as such; it is never filled in.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rushes.domain.parts import Digest
from rushes.domain.records import digest_of_bytes

NOT_STATED = "not stated"


@dataclass(frozen=True)
class Source:
    """Where something is from.

    Attributes:
        words: such as `take plate_v003`, `stated by Ana Bell on 2026-11-20: as agreed`, or `measured`.
        digest: of the fact on record, if it is one.
    """

    words: str
    digest: Digest | None = None

    def __str__(self) -> str:
        return f"{self.words} ‹{short(self.digest)}›" if self.digest else self.words


@dataclass(frozen=True)
class Told:
    """One thing that is told.

    Attributes:
        text: for people; None where nobody has stated it.
        sources: where it is from.
        value: for programs, a plain JSON value; the text, where it is None.
        about: what it is told of, where one question has several answers.
    """

    text: str | None
    sources: tuple[Source, ...] = ()
    value: Any = None
    about: str = ""


@dataclass(frozen=True)
class Line:
    """A question, or a field of a form, with what is told of it: one thing, or several.

    Attributes:
        key: for programs; once in its section.
        question: for people.
        told: empty is not stated, too.
    """

    key: str
    question: str
    told: tuple[Told, ...]


@dataclass(frozen=True)
class Table:
    """Rows of one kind.

    Attributes:
        key: for programs; once in its section.
        columns: key and heading of each, and its share of the width.
        rows: cells in the order of the columns, each with the sources of the row.
        title: above it, or empty.
        nothing: what is said where it has no rows.
    """

    key: str
    columns: tuple[tuple[str, str, float], ...]
    rows: tuple[tuple[tuple[Told, ...], tuple[Source, ...]], ...]
    title: str = ""
    nothing: str = "Nothing is on record."


@dataclass(frozen=True)
class Section:
    """A part of a document under one heading.

    Attributes:
        key: for programs; once in the document.
        words: paragraphs before its parts.
    """

    key: str
    title: str
    parts: tuple[Line | Table, ...]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """A packet, to be written as PDF and as JSON.

    Attributes:
        kind: one word, by which it is asked for.
        show: title of the production.
        about: delivery or takes, in words.
        written: the day and time, in words.
        words: what it is and what it is not, before its sections.
    """

    kind: str
    title: str
    show: str
    about: str
    written: str
    sections: tuple[Section, ...]
    words: tuple[str, ...] = ()

    @property
    def json(self) -> dict[str, Any]:
        """It for programs: the same sections, questions and tables, and nothing else."""
        return {
            "document": f"{self.kind}@1",
            "title": self.title,
            "show": self.show,
            "about": self.about,
            "written": self.written,
            "words": list(self.words),
            "sections": {section.key: _section(section) for section in self.sections},
        }

    @property
    def json_bytes(self) -> bytes:
        """The JSON file, byte for byte."""
        return (json.dumps(self.json, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()

    @property
    def digest(self) -> Digest:
        """Of the JSON file: the PDF carries it in its footer."""
        return digest_of_bytes(self.json_bytes)

    @property
    def unstated(self) -> int:
        """How many things in it nobody has stated."""
        return sum(told.text is None for section in self.sections for told in _every(section))


def short(digest: Digest) -> str:
    """Return as much of a digest as tells it from the others on a page.

    >>> short("sha256:e3b0c44298fc1c149afbf4c8996fb924")
    'e3b0c44298fc'
    """
    return digest.removeprefix("sha256:")[:12]


def plain(text: str | None) -> Told:
    """Return a cell that needs no source of its own: that of its row counts."""
    return Told(text)


def sources_of(section: Section) -> Iterator[Source]:
    """Yield every source that a section names, in order."""
    for part in section.parts:
        if isinstance(part, Line):
            yield from (source for told in part.told for source in told.sources)
        else:
            yield from (source for cells, sources in part.rows for source in (*sources, *_within(cells)))


def _within(cells: tuple[Told, ...]) -> Iterator[Source]:
    yield from (source for told in cells for source in told.sources)


def _every(section: Section) -> Iterator[Told]:
    for part in section.parts:
        if isinstance(part, Line):
            yield from part.told or (Told(None),)
        else:
            yield from (told for cells, _ in part.rows for told in cells)


def _section(section: Section) -> dict[str, Any]:
    assert len({part.key for part in section.parts}) == len(section.parts), f"{section.key} has a key twice"
    parts = {part.key: _line(part) if isinstance(part, Line) else _table(part) for part in section.parts}
    return {"title": section.title, "words": list(section.words), **parts}


def _line(line: Line) -> dict[str, Any]:
    answers = [{**_told(told), "from": [_source(one) for one in told.sources]} for told in line.told or (Told(None),)]
    return {"question": line.question, "answers": answers}


def _table(table: Table) -> dict[str, Any]:
    keys = [key for key, _, _ in table.columns]
    rows = [
        {
            **{key: _told(told) for key, told in zip(keys, cells, strict=True)},
            "from": [_source(one) for one in (*sources, *_within(cells))],
        }
        for cells, sources in table.rows
    ]
    return {"title": table.title, "columns": {key: title for key, title, _ in table.columns}, "rows": rows}


def _told(told: Told) -> dict[str, Any]:
    said: dict[str, Any] = {"about": told.about} if told.about else {}
    said["text"] = told.text
    return said if told.value is None else {**said, "value": told.value}


def _source(source: Source) -> dict[str, Any]:
    return {"words": source.words, **({"digest": source.digest} if source.digest else {})}
