"""Notes and boneyards lifted out of a Fountain text, so that the grammar sees only what is spoken of."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass

from rushes.departments.previs.script.model import Note, Span


@dataclass(frozen=True, slots=True)
class Lifted:
    """A note or boneyard that was lifted out: before which character of the bare text, and where it stood."""

    at: int
    start: int
    end: int
    text: str
    struck: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bare text, and what was lifted out of it."""

    text: str
    start: int
    lifted: tuple[Lifted, ...]

    @property
    def blank(self) -> bool:
        """It parts paragraphs: nothing is on it, or only what was lifted out."""
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class Bare:
    """A text without its notes and boneyards, line by line; it knows where each line stood."""

    source: str
    lines: tuple[Line, ...]
    lifted: tuple[Lifted, ...]
    line_starts: tuple[int, ...]

    def span(self, first: int, last: int) -> Span:
        """Return where the lines `first` to `last` stood, both included, with what was lifted out of them."""
        start, line = self.lines[first].start, self.lines[last]
        end = line.start + len(line.text)
        before = bisect_left(self.lifted, start, key=lambda note: note.at)
        taken = bisect_right(self.lifted, end, key=lambda note: note.at)
        return self.place(start + self.gone(before), end + self.gone(taken))

    def gone(self, count: int) -> int:
        """Return how many characters the first `count` things that were lifted out had."""
        return self.lifted[count - 1].end - self.lifted[count - 1].at if count else 0

    def place(self, start: int, end: int) -> Span:
        """Return the span of two places in the source."""
        return Span(start, end, bisect_right(self.line_starts, start))


def lift(source: str) -> Bare:
    """Lift the notes `[[…]]` and boneyards `/*…*/` out of a text; those that never end stay in it."""
    kept: list[str] = []
    lifted: list[Lifted] = []
    done = length = 0
    for start, end, struck in _marks(source):
        kept.append(source[done:start])
        length += start - done
        lifted.append(Lifted(length, start, end, source[start + 2 : end - 2], struck))
        done = end
    bare = "".join([*kept, source[done:]])
    return Bare(source, _lines(bare, lifted), tuple(lifted), _starts(source))


def shifted(line: Line, cut: int, before: int) -> list[Note]:
    """Return the notes of a line whose first `cut` characters are no text, for a text that holds `before` already."""
    far = max(len(line.text) - cut, 0)
    places = [min(max(note.at - line.start - cut, 0), far) for note in line.lifted]
    return [Note(before + at, note.text, note.struck) for at, note in zip(places, line.lifted, strict=True)]


def _starts(source: str) -> tuple[int, ...]:
    starts, at = [0], source.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = source.find("\n", at + 1)
    return tuple(starts)


def _lines(bare: str, lifted: list[Lifted]) -> tuple[Line, ...]:
    lines: list[Line] = []
    start = taken = 0
    for text in bare.split("\n"):
        first, end = taken, start + len(text)
        while taken < len(lifted) and lifted[taken].at <= end:
            taken += 1
        lines.append(Line(text, start, tuple(lifted[first:taken])))
        start = end + 1
    return tuple(lines)


class _Ahead:
    """The next place of some words; looks on only when it is passed, so that a hostile text costs one pass."""

    def __init__(self, source: str, words: str) -> None:
        self.source, self.words, self.at = source, words, -1

    def after(self, place: int) -> int:
        """Return the first place at or after `place`; the end of the text if there is none."""
        if self.at < place:
            found = self.source.find(self.words, place)
            self.at = found if found >= 0 else len(self.source)
        return self.at


def _marks(source: str) -> list[tuple[int, int, bool]]:
    opens, shuts, blank = _Ahead(source, "[["), _Ahead(source, "]]"), _Ahead(source, "\n\n")
    begins, ends = _Ahead(source, "/*"), _Ahead(source, "*/")
    found: list[tuple[int, int, bool]] = []
    at, far = 0, len(source)
    while (start := min(opens.after(at), begins.after(at))) < far:
        struck = begins.at == start
        shut = (ends if struck else shuts).after(start + 2)
        escaped = not struck and start > 0 and source[start - 1] == "\\"
        # a note ends at an empty line; two spaces on that line keep it open
        if shut < far and not escaped and (struck or shut < blank.after(start)):
            found.append((start, shut + 2, struck))
            at = shut + 2
        else:
            at = start + 2 if struck else start + 1
    return found
