"""One paragraph of Final Draft as elements of the model."""

from dataclasses import dataclass, field, replace

from rushes.departments.previs.script.eighths import read_eighths
from rushes.departments.previs.script.emphasis import MARKS, Run, marked_places, plain
from rushes.departments.previs.script.fountain import is_parenthetical
from rushes.departments.previs.script.model import SPOKEN, Element, Kind, Note, Span, Tag

KINDS = {
    "Scene Heading": Kind.SCENE,
    "Action": Kind.ACTION,
    "Character": Kind.CHARACTER,
    "Parenthetical": Kind.PARENTHETICAL,
    "Dialogue": Kind.DIALOGUE,
    "Lyrics": Kind.LYRIC,
    "Singing": Kind.LYRIC,
    "Transition": Kind.TRANSITION,
    "Outline Body": Kind.SYNOPSIS,
}
STYLES = frozenset(MARKS)
# nobody speaks longer; a hostile file would make each line cost as much as all before it
LONGEST_SPEECH, MOST_NOTES = 20_000, 200
Tags = dict[str, tuple[str, str]]


@dataclass
class Part:
    """Characters of a paragraph set alike, or a note between them."""

    text: str
    style: str = ""
    revision: str = ""
    tag: str = ""
    note: bool = False
    struck: bool = False


@dataclass
class Paragraph:
    """A paragraph as the XML has it: its attributes, its parts, and the paragraphs that hang below it."""

    said: dict[str, str]
    span: Span
    within: str = ""
    side: str = ""
    length: str = ""
    parts: list[Part] = field(default_factory=list)
    below: list["Paragraph"] = field(default_factory=list)


def paragraph_elements(
    paragraph: Paragraph, elements: list[Element], doubts: list[str], *, revisions: dict[str, str], tags: Tags
) -> None:
    """Put a paragraph's elements after those before it; the lines of one speech become one element.

    Args:
        paragraph: as the XML has it.
        elements: those before it; changed in place.
        doubts: what had to be guessed; changed in place.
        revisions: the names of the revision sets by their ids.
        tags: category and name of each tag by its number.
    """
    text, notes, tagged = _joined(paragraph.parts, tags)
    if paragraph.said.get("StartsNewPage") == "Yes":
        elements.append(Element(Kind.PAGE_BREAK, "", span=paragraph.span))
    kind, style, depth = _kind(paragraph, text)
    if not plain(text).strip() and kind is not Kind.DIALOGUE:
        elements += [Element(Kind.BONEYARD if n.struck else Kind.NOTE, n.text, span=paragraph.span) for n in notes]
        if kind is Kind.SCENE:
            doubts.append(f"line {paragraph.span.line}: a scene heading without words was left out")
    else:
        speech = elements and elements[-1].kind in (Kind.CHARACTER, *SPOKEN)
        if kind in (Kind.PARENTHETICAL, Kind.DIALOGUE) and not speech:
            if not plain(text).strip():
                return
            doubts.append(f"line {paragraph.span.line}: {kind.value} that nobody is named for was read as action")
            kind, style = Kind.ACTION, paragraph.said["Type"]
        # the newest set wins where a paragraph was touched twice
        touched = max((part.revision for part in paragraph.parts), key=lambda name: (len(name), name), default="")
        element = Element(
            kind, text, paragraph.said.get("Number", "") if kind is Kind.SCENE else "", paragraph.side, depth,
            revisions.get(touched) or touched, read_eighths(paragraph.length), style, notes, tagged, paragraph.span,
        )  # fmt: skip
        _put(element, elements)
    for below in paragraph.below:
        words = "".join(part.text for part in below.parts).strip()
        if words:
            hidden = Kind.SYNOPSIS if below.within == "Summary" else Kind.BONEYARD
            elements.append(Element(hidden, words, span=below.span))


def _put(element: Element, elements: list[Element]) -> None:
    before = elements[-1] if elements else None
    goes_on = before is not None and before.kind is element.kind and element.kind in (Kind.DIALOGUE, Kind.LYRIC)
    if before is None or not goes_on or len(before.text) > LONGEST_SPEECH or len(before.notes) > MOST_NOTES:
        elements.append(element)
        return
    shift = len(before.text) + 1
    span = Span(before.span.start, element.span.end, before.span.line)
    notes = tuple(replace(note, at=note.at + shift) for note in element.notes)
    tags = tuple(replace(tag, start=tag.start + shift, end=tag.end + shift) for tag in element.tags)
    elements[-1] = replace(
        before,
        text=f"{before.text}\n{element.text}",
        revision=before.revision or element.revision,
        notes=before.notes + notes,
        tags=before.tags + tags,
        span=span,
    )


def _kind(paragraph: Paragraph, text: str) -> tuple[Kind, str, int]:
    called = paragraph.said.get("Type", "")
    kind = KINDS.get(called)
    if called.startswith("Outline ") and called[8:].isdecimal() and len(called) < 11:
        return Kind.SECTION, "", int(called[8:])
    if kind is Kind.DIALOGUE and is_parenthetical(plain(text).strip()):
        return Kind.PARENTHETICAL, "", 0
    centred = paragraph.said.get("Alignment") == "Center"
    if centred and kind in (Kind.ACTION, None):
        return Kind.CENTRED, called if kind is None else "", 0
    return kind or Kind.ACTION, "" if kind else called, 0


def _joined(parts: list[Part], tags: Tags) -> tuple[str, tuple[Note, ...], tuple[Tag, ...]]:
    set_alike = [Run("" if part.note else part.text, frozenset(part.style.split("+")) & STYLES) for part in parts]
    text, places = marked_places([*set_alike, Run("", frozenset())])
    notes: list[Note] = []
    tagged: list[Tag] = []
    for part, start, end in zip(parts, places, places[1:], strict=False):
        if part.note:
            notes.append(Note(start, part.text, part.struck))
        elif part.tag in tags and end > start:
            # words that are set in two ways are two runs, and one tag
            on = bool(tagged) and (tagged[-1].end, tagged[-1].category, tagged[-1].name) == (start, *tags[part.tag])
            tagged[-1:] = [*tagged[-1:][on:], Tag(tagged[-1].start if on else start, end, *tags[part.tag])]
    return _tidy(text, notes, tagged)


def _tidy(text: str, notes: list[Note], tagged: list[Tag]) -> tuple[str, tuple[Note, ...], tuple[Tag, ...]]:
    kept, far = text.rstrip(), len(text.rstrip())
    held = tuple(replace(note, at=min(note.at, far)) for note in notes)
    return kept, held, tuple(replace(tag, end=min(tag.end, far)) for tag in tagged if tag.start < far)
