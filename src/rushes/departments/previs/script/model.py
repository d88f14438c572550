"""The script model: what Fountain, Final Draft and PDF are all read into.

Text is kept in Fountain's inline marks (`*italic*`, `**bold**`, `_underline_`, a backslash before a literal mark).
Spans say where in the source a thing stands; they are no part of what makes two scripts equal.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from rushes.departments.previs.script.emphasis import plain


class Kind(StrEnum):
    """What an element is, in the words of a script supervisor."""

    SCENE = "scene"
    ACTION = "action"
    CHARACTER = "character"
    PARENTHETICAL = "parenthetical"
    DIALOGUE = "dialogue"
    LYRIC = "lyric"
    TRANSITION = "transition"
    CENTRED = "centred"
    SECTION = "section"
    SYNOPSIS = "synopsis"
    NOTE = "note"
    BONEYARD = "boneyard"
    PAGE_BREAK = "page break"


SPOKEN = (Kind.PARENTHETICAL, Kind.DIALOGUE, Kind.LYRIC)
PRINTED = (Kind.SCENE, Kind.ACTION, Kind.CHARACTER, *SPOKEN, Kind.TRANSITION, Kind.CENTRED)
SHOUTED = (Kind.SCENE, Kind.CHARACTER, Kind.TRANSITION)


@dataclass(frozen=True, slots=True)
class Span:
    """Where something stands in `Script.source`.

    Attributes:
        start: first character, from 0.
        end: one after the last character.
        line: of the first character, from 1.
        page: of the first character, from 1; 0 where the source has no pages.
    """

    start: int
    end: int
    line: int
    page: int = 0


NOWHERE = Span(0, 0, 0)


@dataclass(frozen=True, slots=True)
class Note:
    """A note inside an element: before which character of its text it stands, and whether it was struck (boneyard)."""

    at: int
    text: str
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Tag:
    """A breakdown tag of Final Draft on the characters `start` to `end` (one after the last) of an element's text."""

    start: int
    end: int
    category: str
    name: str


@dataclass(frozen=True, slots=True)
class Element:
    """One paragraph of a script; the lines of a speech between two parentheticals are one element.

    Attributes:
        kind: what it is.
        text: its words with Fountain's marks; lines that the writer broke are apart by a line feed.
        number: a scene's number as printed, "42A", or nothing.
        side: "left" or "right" in dual dialogue, else nothing.
        depth: of a section, from 1; else 0.
        revision: the revision set in which it was last touched, or nothing.
        eighths: a scene's length if the source states it; else 0.
        style: Final Draft's name for a paragraph that Fountain has no word for ("Shot"), or nothing.
        notes: inside it, in order.
        tags: inside it, in order; only Final Draft has them.
        span: where it stands.
    """

    kind: Kind
    text: str
    number: str = ""
    side: str = ""
    depth: int = 0
    revision: str = ""
    eighths: int = 0
    style: str = ""
    notes: tuple[Note, ...] = ()
    tags: tuple[Tag, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class TitleEntry:
    """One entry of the title page: its key ("Draft date") and its lines."""

    key: str
    lines: tuple[str, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Script:
    """A whole script.

    Attributes:
        title: the title page.
        elements: in order.
        source: the text that spans count in; of a PDF the text of its lines, of Final Draft the XML.
        furniture: what is printed round the script and is not of it: page numbers, headers, (MORE).
        doubts: what the reader had to guess, each with its line or page, for a person to look at.
    """

    title: tuple[TitleEntry, ...]
    elements: tuple[Element, ...]
    source: str = field(default="", compare=False, repr=False)
    furniture: tuple[Span, ...] = field(default=(), compare=False, repr=False)
    doubts: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: its heading and what follows, up to the next heading; `first` is its place in `Script.elements`."""

    first: int
    elements: tuple[Element, ...]

    @property
    def heading(self) -> Element:
        """The scene heading."""
        return self.elements[0]


def scenes(script: Script) -> tuple[Scene, ...]:
    """Return the scenes of a script in order; what stands before the first heading belongs to none."""
    starts = [place for place, element in enumerate(script.elements) if element.kind is Kind.SCENE]
    ends = [*starts[1:], len(script.elements)]
    return tuple(Scene(first, script.elements[first:end]) for first, end in zip(starts, ends, strict=False))


def printed(script: Script) -> Iterator[tuple[str, str, str, str]]:
    """Yield what a reader of the paper sees of each element: kind, words, scene number, side of dual dialogue.

    Marks and the number of spaces are gone, and headings, cues and transitions are in capitals.

    >>> list(printed(Script((), (Element(Kind.ACTION, "A  *fine* day."), Element(Kind.NOTE, "why?")))))
    [('action', 'A fine day.', '', '')]
    """
    for element in script.elements:
        if element.kind in PRINTED:
            words = " ".join(plain(element.text).split())
            # a song is set like dialogue on paper
            kind = Kind.DIALOGUE if element.kind is Kind.LYRIC else element.kind
            yield kind.value, words.upper() if kind in SHOUTED else words, element.number, element.side
