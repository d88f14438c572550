"""Fountain 1.1, read: every element knows its line, and every line that is not empty is in an element."""

import re
from dataclasses import replace

from rushes.departments.previs.script.margin import Bare, Line, lift, shifted
from rushes.departments.previs.script.model import Element, Kind, Note, Script, Span, TitleEntry
from rushes.departments.previs.script.refuse import decoded

HEADING = re.compile(r"(?:INT\.?/EXT|EXT\.?/INT|INT|EXT|EST|I\.?/E)[. ]", re.IGNORECASE)
NUMBER = re.compile(r"#([\w.\-]+)#$")
TITLE_KEY = re.compile(r"([A-Za-z][A-Za-z0-9 _-]{0,40}):(.*)")
REMARK = re.compile(r"rushes: (\w+)=(.*)")


def read_fountain(raw: bytes, name: str = "script") -> Script:
    r"""Read a Fountain script.

    Args:
        raw: the file's bytes: UTF-8, or UTF-16 with its mark.
        name: of the file, for errors.

    Raises:
        BadMaterial: it is no text, or too big; the message names the line.

    >>> script = read_fountain(b"INT. SHED - DAY #4A#\n\nRain.\n\nJO (O.S.)\nWho's there?\n")
    >>> [(element.kind.value, element.text, element.number) for element in script.elements][:2]
    [('scene', 'INT. SHED - DAY', '4A'), ('action', 'Rain.', '')]
    """
    return Reader(lift(decoded(raw, name))).script()


def is_cue(line: str) -> bool:
    """Say whether a line can be a character's cue: capitals alone, at least one letter; an extension may be anything.

    >>> [is_cue(line) for line in ("R2D2", "HANS (on the radio)", "23 (O.S.)", "Hans")]
    [True, True, False, False]
    """
    name = line.partition("(")[0].strip().rstrip("^").strip()
    shouted = name.upper() == name and name.lower() != name
    return shouted and line[:1] not in "!@#>.=~(" and not HEADING.match(line)


def is_transition(line: str) -> bool:
    """Say whether a line is a transition without being forced: capitals, and `TO:` at its very end."""
    return line.endswith("TO:") and line.upper() == line


def is_parenthetical(line: str) -> bool:
    """Say whether a line of a speech is a parenthetical."""
    return line.startswith("(") and line.endswith(")")


class Reader:
    """Goes down the lines of a script once; `at` is the next line, `elements` what it has found."""

    def __init__(self, bare: Bare) -> None:
        self.bare, self.lines = bare, bare.lines
        self.goes_on = _goes_on(self.lines)
        self.at = 0
        self.elements: list[Element] = []
        self.title: list[TitleEntry] = []
        self.doubts: list[str] = []

    def script(self) -> Script:
        """Read all of it."""
        self.title_page()
        while self.at < len(self.lines):
            self.paragraph()
        return Script(tuple(self.title), tuple(self.elements), self.bare.source, doubts=tuple(self.doubts))

    def title_page(self) -> None:
        """Read the title page, if the first line is a key that cannot be a transition."""
        first = TITLE_KEY.fullmatch(self.lines[0].text)
        if not first or self.lines[0].lifted or (first[1].isupper() and not first[2].strip()):
            return
        key, lines, start = "", [""], 0
        while self.at < len(self.lines) and not self.lines[self.at].blank and not self.lines[self.at].lifted:
            text = self.lines[self.at].text
            if not text[0].isspace() and (found := TITLE_KEY.fullmatch(text)):
                self.entry(key, lines, start)
                key, lines, start = found[1].strip(), [], self.at
                text = found[2]
            lines.append(text.strip())
            self.at += 1
        self.entry(key, lines, start)

    def entry(self, key: str, lines: list[str], start: int) -> None:
        """Put one entry of the title page down."""
        if key:
            span = self.bare.span(start, self.at - 1)
            self.title.append(TitleEntry(key, tuple(line for line in lines if line), span))

    def blank(self, at: int) -> bool:
        """Say whether a line parts paragraphs, or is not there."""
        return not 0 <= at < len(self.lines) or self.lines[at].blank

    def apart(self, at: int) -> bool:
        """Say whether a heading may have this line after it: an empty one, or one that is printed nowhere."""
        return self.blank(at) or self.lines[at].text.lstrip().startswith(("=", "#"))

    def paragraph(self) -> None:
        """Read what starts on this line."""
        line = self.lines[self.at]
        text = line.text.strip()
        if not text:
            self.lone_notes(line)
        elif text[0] in "!~":
            self.loose(text)
        elif len(text) >= 3 and not text.strip("="):
            self.one(Kind.PAGE_BREAK, 0, 0)
        elif text.startswith("#"):
            depth = min(len(text) - len(text.lstrip("#")), 6)
            self.one(Kind.SECTION, depth, 0, depth=depth)
        elif text.startswith("="):
            self.one(Kind.SYNOPSIS, 1, 0)
        elif text.startswith(">"):
            self.arrow(text)
        elif (text[0] == "." and text[1:2] not in ("", ".")) or (HEADING.match(text) and self.apart(self.at + 1)):
            self.heading(text)
        elif is_transition(line.text.lstrip()) and self.blank(self.at + 1):
            self.one(Kind.TRANSITION, 0, 0)
        elif self.cue(text):
            self.speech(text)
        else:
            self.loose(text)

    def cue(self, text: str) -> bool:
        """Say whether a speech starts here."""
        beneath = self.lines[self.at + 1].text if self.at + 1 < len(self.lines) else ""
        if text.startswith("@") and len(text) > 1:
            return len(beneath) >= 2 or bool(beneath.strip())
        return bool(beneath.strip()) and is_cue(text)

    def lone_notes(self, line: Line) -> None:
        """Read notes that have a line to themselves; under a paragraph they are part of it."""
        for note in line.lifted:
            kind = Kind.BONEYARD if note.struck else Kind.NOTE
            self.elements.append(Element(kind, note.text, span=self.bare.place(note.start, note.end)))
        self.at += 1

    def one(self, kind: Kind, cut: int, tail: int, *, depth: int = 0, number: str = "") -> None:
        """Put this line down as an element without its first `cut` and last `tail` characters."""
        line = self.lines[self.at]
        body = line.text.strip()
        inner = body[cut : len(body) - tail]
        cut += len(line.text) - len(line.text.lstrip()) + len(inner) - len(inner.lstrip())
        text = "" if kind is Kind.PAGE_BREAK else inner.strip()
        notes = [note if note.at <= len(text) else Note(len(text), *_rest(note)) for note in shifted(line, cut, 0)]
        self.put(Element(kind, text, number, depth=depth), notes, self.bare.span(self.at, self.at))
        self.at += 1

    def put(self, element: Element, notes: list[Note], span: Span) -> None:
        """Put an element down; remarks in its notes say what Fountain has no marks for."""
        remarks = {found[1]: found[2] for note in notes if (found := REMARK.fullmatch(note.text))}
        kept = tuple(note for note in notes if not REMARK.fullmatch(note.text))
        length = remarks.get("eighths", "")
        eighths = int(length) if length.isdecimal() and len(length) < 5 else 0
        revision, style = remarks.get("revision", ""), remarks.get("style", "")
        said = (element.kind, element.text, element.number, element.side, element.depth)
        self.elements.append(Element(*said, revision, eighths, style, kept, span=span))

    def arrow(self, text: str) -> None:
        """Read a forced transition, or lines that are centred."""
        if not (text.endswith("<") and len(text) > 1):
            self.one(Kind.TRANSITION, 1, 0)
            return
        first = self.at
        while not self.blank(self.at) and self.lines[self.at].text.strip()[0] == ">":
            if not self.lines[self.at].text.rstrip().endswith("<"):
                break
            self.at += 1
        self.lump(Kind.CENTRED, first, mark=">", tail="<")

    def heading(self, text: str) -> None:
        """Read a scene heading and its number."""
        found = NUMBER.search(text)
        tail = len(found[0]) if found and found.start() > 1 else 0
        self.one(Kind.SCENE, int(text[0] == "."), tail, number=found[1] if found and tail else "")

    def loose(self, text: str) -> None:
        """Read action, or a song that nobody is named for."""
        first, forced = self.at, text.startswith("!")
        if HEADING.match(text):
            line = self.bare.span(first, first).line
            self.doubts.append(f"line {line}: {text[:60]!r} is action, since no empty line is under it")
        song = text.startswith("~")
        self.at += 1
        while not self.blank(self.at):
            begins = self.lines[self.at].text.strip()
            if not forced and (begins[0] in "#>" or begins.startswith("==") or song != begins.startswith("~")):
                break
            self.at += 1
        self.lump(Kind.LYRIC if song else Kind.ACTION, first, mark="~" if song else "!" if forced else "")

    def lump(self, kind: Kind, first: int, *, mark: str = "", tail: str = "", side: str = "") -> None:
        """Put the lines from `first` to the one before this down as one element; `mark` is taken off each line."""
        words: list[str] = []
        notes: list[Note] = []
        length, last = 0, self.at - 1
        for place in range(first, self.at):
            line, cut = self.lines[place], 0
            text = line.text.rstrip().removesuffix(tail) if tail else line.text
            bare = text.lstrip()
            # action is forced once, at its top; every line of a song or of centred words has its mark
            if mark and bare.startswith(mark) and (mark != "!" or place == first):
                cut = len(text) - len(bare) + 1
            if kind is not Kind.ACTION:
                cut += len(text[cut:]) - len(text[cut:].lstrip())
            kept = text[cut:].rstrip()
            notes += [Note(min(note.at, length + len(kept)), *_rest(note)) for note in shifted(line, cut, length)]
            words.append(kept)
            length += len(kept) + 1
        text, notes = _without_tabs("\n".join(words), notes)
        notes += self.hanging(text)
        self.put(Element(kind, text, side=side), notes, self.bare.span(first, max(last, self.at - 1)))

    def hanging(self, text: str) -> list[Note]:
        """Take the notes on the lines beneath that have no words of their own: they belong to the words above."""
        notes: list[Note] = []
        while self.at < len(self.lines) and self.hangs(self.lines[self.at]):
            notes += [Note(len(text), note.text, note.struck) for note in self.lines[self.at].lifted]
            self.at += 1
        return notes

    def hangs(self, line: Line) -> bool:
        """Say whether a line holds notes alone."""
        return line.blank and bool(line.lifted) and not any(note.struck for note in line.lifted)

    def speech(self, text: str) -> None:
        """Read a cue and all that is said under it."""
        right = text.endswith("^") and self.pair()
        side = "right" if right else ""
        if text.endswith("^") and not right:
            self.doubts.append(f"line {self.bare.span(self.at, self.at).line}: dual dialogue with nobody before it")
        cue = len(self.elements)
        self.one(Kind.CHARACTER, int(text[0] == "@"), int(text.endswith("^")))
        if self.at < len(self.lines) and self.hangs(self.lines[self.at]):
            said = self.elements[cue]
            notes = [*said.notes, *self.hanging(said.text)]
            span = Span(said.span.start, self.bare.span(self.at - 1, self.at - 1).end, said.span.line)
            self.elements[cue] = replace(said, notes=tuple(notes), span=span)
        while self.spoken(self.at):
            self.said(side)
        if right:
            self.elements[cue] = replace(self.elements[cue], side=side)

    def spoken(self, at: int) -> bool:
        """Say whether a speech goes on: words, or an empty line of two spaces with words somewhere under it."""
        return at < len(self.lines) and self.goes_on[at]

    def said(self, side: str) -> None:
        """Read one parenthetical, some lines of a song, or some lines of speech."""
        kind, first = _spoken(self.lines[self.at]), self.at
        self.at += 1
        while kind is not Kind.PARENTHETICAL and self.spoken(self.at):
            if not self.lines[self.at].blank and _spoken(self.lines[self.at]) is not kind:
                break
            self.at += 1
        self.lump(kind, first, mark="~" if kind is Kind.LYRIC else "", side=side)

    def pair(self) -> bool:
        """Put the speech before this one on the left of dual dialogue; say whether there is one."""
        place = len(self.elements)
        while place and self.elements[place - 1].kind in (Kind.PARENTHETICAL, Kind.DIALOGUE, Kind.LYRIC):
            place -= 1
        if not place or self.elements[place - 1].kind is not Kind.CHARACTER or self.elements[place - 1].side:
            return False
        self.elements[place - 1 :] = [replace(element, side="left") for element in self.elements[place - 1 :]]
        return True


def _goes_on(lines: tuple[Line, ...]) -> list[bool]:
    found: list[bool] = []
    for line in reversed(lines):
        found.append(not line.blank or (len(line.text) >= 2 and bool(found) and found[-1]))
    return found[::-1]


def _rest(note: Note) -> tuple[str, bool]:
    return note.text, note.struck


def _spoken(line: Line) -> Kind:
    text = line.text.strip()
    if text.startswith("~"):
        return Kind.LYRIC
    return Kind.PARENTHETICAL if is_parenthetical(text) else Kind.DIALOGUE


def _without_tabs(text: str, notes: list[Note]) -> tuple[str, list[Note]]:
    if "\t" not in text:
        return text, notes
    moved = [Note(note.at + 3 * text.count("\t", 0, note.at), *_rest(note)) for note in notes]
    return text.replace("\t", "    "), moved
