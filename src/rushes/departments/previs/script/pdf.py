"""A screenplay's PDF, read: lines become paragraphs by their margins, their leading and how full they are."""

import re
from dataclasses import dataclass, replace

from rushes.departments.previs.script.emphasis import literal
from rushes.departments.previs.script.fountain import is_cue
from rushes.departments.previs.script.model import SPOKEN, Element, Kind, Script, Span, TitleEntry
from rushes.departments.previs.script.pdf_layout import Margins, Row, find_margins, is_furniture, is_shouted, rows_of
from rushes.departments.previs.script.pdf_lines import Printed, Sheet, read_sheets

WIDTHS = {Kind.DIALOGUE: 35, Kind.PARENTHETICAL: 26, Kind.CENTRED: 0, Kind.CHARACTER: 0}
WIDEST, LONGEST_LINE = 61, 400
CONTINUED_CUE = re.compile(r"\s*\(CONT(?:'|’)?D\.?\)$", re.IGNORECASE)
CREDIT = re.compile(r"(?:screenplay |teleplay |written |story )*by|(?:by|written by|screenplay by) .+", re.IGNORECASE)
DATE = re.compile(r".*(?:\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|draft|revis).*", re.IGNORECASE)
SOURCE = re.compile(r"(?:story by|based (?:up)?on|from ).+", re.IGNORECASE)


def read_pdf(raw: bytes, name: str = "script") -> Script:
    """Read a screenplay's PDF; `Script.source` is the text of its lines, spans know their page.

    Args:
        raw: the file's bytes.
        name: of the file, for errors.

    Raises:
        Damaged: it is no PDF, or broken.
        BadMaterial: it is a scan, locked, or its letters have no meaning; with the pages.
    """
    sheets = read_sheets(raw, name)
    return Builder(sheets).script()


@dataclass
class Open:
    """The paragraph that is being read."""

    kind: Kind
    rows: list[Printed]
    number: str = ""
    side: str = ""
    starred: bool = False
    aside: tuple[Printed, ...] = ()


class Builder:
    """Goes down the rows once."""

    def __init__(self, sheets: tuple[Sheet, ...]) -> None:
        words = [word for sheet in sheets for word in sheet.words]
        self.source = "\n".join(word.text for word in words)
        starts = [0]
        for word in words[:-1]:
            starts.append(starts[-1] + len(word.text) + 1)
        # by identity: the same words may stand twice on one page
        self.span_of = {
            id(word): Span(start, start + len(word.text), line, word.page)
            for line, (word, start) in enumerate(zip(words, starts, strict=True), 1)
        }
        self.fronts = _fronts(sheets)
        aside = {id(word) for sheet in sheets for word in sheet.words if is_furniture(word, sheet)}
        body = [word for sheet in sheets[self.fronts :] for word in sheet.words]
        self.furniture = [word for word in body if id(word) in aside]
        self.body = [word for word in body if id(word) not in aside]
        self.front = [word for sheet in sheets[: self.fronts] for word in sheet.words]
        self.margins: Margins = find_margins(self.body)
        self.rows = rows_of(self.body, self.margins)
        self.widths = self.full_widths()
        self.elements: list[Element] = []
        self.doubts: list[str] = []
        self.open: Open | None = None
        self.last: Printed | None = None
        self.kept: list[Printed] = []

    def script(self) -> Script:
        """Read all of it."""
        at = 0
        while at < len(self.rows):
            taken = self.dual(at)
            if not taken:
                self.row(at)
            at += taken or 1
        self.shut()
        title = _title(self.front, self.span_of)
        aside = tuple(self.span_of[id(word)] for word in self.furniture)
        return Script(title, tuple(self.elements), self.source, aside, tuple(self.doubts))

    def full_widths(self) -> dict[Kind, int]:
        """Find how many letters a full line of each kind has: as the longest of many, or as the trade sets it."""
        lengths: dict[Kind, list[int]] = {}
        for row in self.rows:
            if len(row.words) == 1:
                lengths.setdefault(self.margins.kind(row.first), []).append(len(row.first.text.rstrip()))
        many = {kind: min(max(found), 80) for kind, found in lengths.items() if len(found) >= 20 and kind not in WIDTHS}
        many |= {kind: min(max(found), 45) for kind, found in lengths.items() if len(found) >= 20 and WIDTHS.get(kind)}
        return {Kind.ACTION: WIDEST, **WIDTHS, **many}

    def row(self, at: int) -> None:
        """Read one row."""
        row = self.rows[at]
        word = row.first
        if len(row.words) > 1:
            word = replace(word, text="  ".join(part.text.strip() for part in row.words))
            start, end = self.span_of[id(row.first)], self.span_of[id(row.words[-1])]
            self.span_of[id(word)] = replace(start, end=end.end)
            # its span is known by its identity, which must not be given to another
            self.kept.append(word)
        kind = self.kind(at, word)
        if self.joins(kind, word):
            assert self.open is not None
            self.open.rows.append(word)
            self.open.starred |= row.starred
            self.open.aside += row.aside
        elif kind is Kind.CHARACTER and self.continues(word):
            self.furniture.append(row.first)
        else:
            self.begin(kind, word, row)
        self.last = word

    def kind(self, at: int, word: Printed) -> Kind:
        """Return what a row is, with what stands above and under it in mind."""
        kind = self.margins.kind(word)
        row = self.rows[at]
        if row.number and kind is Kind.ACTION:
            return Kind.SCENE
        said = self.open.kind if self.open else None
        if kind is Kind.DIALOGUE and self.open and said is Kind.PARENTHETICAL and _unshut(self.open):
            return Kind.PARENTHETICAL
        if kind is Kind.ACTION and is_shouted(word) and self.alone(at):
            self.doubts.append(f"page {word.page}: {word.text.strip()!r} was taken for a scene heading: capitals alone")
            return Kind.SCENE
        if kind in SPOKEN and not (self.open and said in (Kind.CHARACTER, *SPOKEN)):
            self.doubts.append(f"page {word.page}: {word.text.strip()[:40]!r} is set like speech, but nobody is named")
            return Kind.ACTION
        return kind

    def alone(self, at: int) -> bool:
        """Say whether a row has empty lines over and under it, and something under it at the same margin or a cue's."""
        word = self.rows[at].first
        if any(row.number for row in self.rows) or at + 1 >= len(self.rows):
            return False
        far = 1.5 * self.margins.leading
        near = [self.rows[place].first for place in (at - 1, at + 1) if place >= 0]
        return not any(other.page == word.page and abs(other.top - word.top) < far for other in near)

    def joins(self, kind: Kind, word: Printed) -> bool:
        """Say whether a row goes on with the open paragraph."""
        if not self.open or not self.last or self.open.kind is not kind or kind is Kind.CHARACTER:
            return False
        if kind is Kind.PARENTHETICAL:
            return _unshut(self.open)
        if word.page != self.last.page:
            text = self.last.text.rstrip()
            return kind is Kind.DIALOGUE or (kind is Kind.ACTION and text[-1] not in '.!?:")”' and not is_shouted(word))
        # an empty line inside a speech is still that speech
        return kind is Kind.DIALOGUE or word.top - self.last.top < 1.5 * self.margins.leading

    def continues(self, word: Printed) -> bool:
        """Say whether a cue at the top of a page only repeats who was speaking at the foot of the last one."""
        if not self.last or word.page == self.last.page or not CONTINUED_CUE.search(word.text.strip()):
            return False
        speaker = next((said for said in reversed(self.elements) if said.kind is Kind.CHARACTER), None)
        speaking = self.open is not None and self.open.kind in SPOKEN
        return (
            speaking
            and speaker is not None
            and CONTINUED_CUE.sub("", word.text.strip()) == CONTINUED_CUE.sub("", speaker.text)
        )

    def begin(self, kind: Kind, word: Printed, row: Row, *, side: str = "") -> None:
        """Begin a paragraph."""
        self.shut()
        self.open = Open(kind, [word], row.number if kind is Kind.SCENE else "", side, row.starred, row.aside)

    def shut(self) -> None:
        """Put the open paragraph down."""
        if not self.open:
            return
        spans = [self.span_of[id(word)] for word in (*self.open.rows, *self.open.aside)]
        first = min(spans, key=lambda span: span.start)
        text = self.text(self.open)
        revision = "*" if self.open.starred else ""
        span = replace(first, end=max(span.end for span in spans))
        self.elements.append(
            Element(self.open.kind, text, self.open.number, self.open.side, revision=revision, span=span)
        )
        self.open = None

    def text(self, paragraph: Open) -> str:
        """Join the lines of a paragraph; a line that had room for the next word was broken by the writer."""
        width = self.widths.get(paragraph.kind, WIDEST) if not paragraph.side else 0
        text = paragraph.rows[0].text.rstrip("\n")
        text = text.rstrip() if len(paragraph.rows) == 1 else text
        for before, row in zip(paragraph.rows, paragraph.rows[1:], strict=False):
            beneath = row.text.strip()
            room = len(before.text.strip()) + 1 + len(beneath.split()[0]) <= width
            empty = row.page == before.page and row.top - before.top > 1.5 * self.margins.leading
            broken = (paragraph.kind is Kind.CENTRED or room or empty) and paragraph.kind is not Kind.SCENE
            text = f"{text.rstrip()}\n{'' if not empty else chr(10)}{beneath}" if broken else f"{text} {beneath}"
        return literal(text.rstrip() if paragraph.kind is Kind.ACTION else text.strip())

    def dual(self, at: int) -> int:
        """Read dual dialogue, if two cues stand side by side here; return how many rows it took."""
        row = self.rows[at]
        if len(row.words) != 2 or not all(is_cue(word.text.strip()) for word in row.words):
            return 0
        middle = row.words[1].left - 60
        taken = at + 1
        while taken < len(self.rows) and self.beside(self.rows[taken - 1], self.rows[taken]):
            taken += 1
        for side, place in (("left", 0), ("right", 1)):
            column = [
                word for held in self.rows[at:taken] for word in held.words if (word.left >= middle) == bool(place)
            ]
            for word in column:
                kind = self.beneath(word) if word is not column[0] else Kind.CHARACTER
                if self.open and self.open.side == side and self.open.kind is kind and kind is Kind.DIALOGUE:
                    self.open.rows.append(word)
                else:
                    self.begin(kind, word, row, side=side)
        self.last = self.rows[taken - 1].first
        return taken - at

    def beneath(self, word: Printed) -> Kind:
        """Return what a line under a cue of dual dialogue is."""
        unshut = self.open is not None and self.open.kind is Kind.PARENTHETICAL and _unshut(self.open)
        return Kind.PARENTHETICAL if unshut or word.text.strip().startswith("(") else Kind.DIALOGUE

    def beside(self, before: Row, row: Row) -> bool:
        """Say whether a row follows another without an empty line."""
        return before.first.page == row.first.page and row.first.top - before.first.top < 1.5 * self.margins.leading


def _unshut(paragraph: Open) -> bool:
    return not paragraph.rows[-1].text.rstrip().endswith(")")


def _fronts(sheets: tuple[Sheet, ...]) -> int:
    first = sheets[0]
    return int(len(sheets) > 1 and bool(first.words) and first.words[0].top > 0.25 * first.height)


def _title(words: list[Printed], span_of: dict[int, Span]) -> tuple[TitleEntry, ...]:
    entries: list[TitleEntry] = []
    for word in words:
        text, span = word.text.strip()[:LONGEST_LINE], span_of[id(word)]
        last = entries[-1].key if entries else ""
        if CREDIT.fullmatch(text) and last == "Title":
            key = "Credit"
        elif last == "Credit":
            key = "Author"
        elif SOURCE.fullmatch(text):
            key = "Source"
        elif DATE.fullmatch(text) and last != "Contact":
            key = "Draft date"
        elif not entries or (last == "Title" and word.size > 14):
            key = "Title"
        else:
            key = "Author" if last == "Title" else "Contact"
        if key == last:
            entries[-1] = TitleEntry(key, (*entries[-1].lines, text), replace(entries[-1].span, end=span.end))
        else:
            entries.append(TitleEntry(key, (text,), span))
    return tuple(entries)
