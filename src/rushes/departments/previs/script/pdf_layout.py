"""What each printed line of a screenplay is, by where it stands: margins are found in the document, never assumed."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rushes.departments.previs.script.fountain import HEADING, is_cue, is_parenthetical, is_transition
from rushes.departments.previs.script.model import Kind
from rushes.departments.previs.script.pdf_lines import Printed, Sheet

# points from the action margin in a script as the trade sets it: dialogue 64.8, parenthetical 93.6, cue 136.8
ACTION_LEFT, CUE_FROM_ACTION, TEXT_WIDTH = 108.0, 136.8, 439.2
CONTINUED = re.compile(r"\(?(?:CONTINUED|MORE)\)?:?(?: \(\d+\))?", re.IGNORECASE)
SCENE_NUMBER = re.compile(r"[A-Z]{0,3}\d{1,4}[A-Za-z]{0,3}(?:[-.]\w{1,4})*\.?")
STARS = re.compile(r"\*+")


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the columns of a document stand, in points from the left of the page; `right` is the end of action."""

    action: float
    cue: float
    right: float
    leading: float

    def kind(self, word: Printed) -> Kind:
        """Return what a line is, taken alone."""
        text, far = word.text.strip(), word.left - self.action
        if far < 30:
            return Kind.SCENE if HEADING.match(text) and text.upper() == text else Kind.ACTION
        if (is_transition(text) or word.right > self.right - 24) and far > 190 and text.upper() == text:
            return Kind.TRANSITION
        if abs(word.left - self.cue) < 4 and is_cue(text):
            return Kind.CHARACTER
        return self.set_in(word, text, far)

    def set_in(self, word: Printed, text: str, far: float) -> Kind:
        """Return what a line is that stands in from the action margin and is no cue or transition."""
        if is_parenthetical(text) or (text.startswith("(") and 80 < far < 130):
            return Kind.PARENTHETICAL
        middle = (word.left + word.right) / 2 - self.action
        centred = far > 110 and abs(middle - (self.right - self.action) / 2) < 14
        return Kind.CENTRED if centred or far >= 200 else Kind.DIALOGUE


@dataclass(frozen=True, slots=True)
class Row:
    """The words on one height of a page without what stands in its margins: a scene's number, a star of revision."""

    words: tuple[Printed, ...]
    number: str = ""
    starred: bool = False
    aside: tuple[Printed, ...] = ()

    @property
    def first(self) -> Printed:
        """The leftmost words."""
        return self.words[0]


def is_furniture(word: Printed, sheet: Sheet) -> bool:
    """Say whether words are printed round the script: page numbers, headers, footers, CONTINUED and MORE."""
    text = word.text.strip()
    edge = word.top < 0.085 * sheet.height or word.top > 0.945 * sheet.height
    return bool(CONTINUED.fullmatch(text)) or (edge and not HEADING.match(text))


def find_margins(words: Sequence[Printed]) -> Margins:
    """Find the columns of a document from the lines whose words say what they are: headings and cues."""
    headings = _commonest(word.left for word in words if HEADING.match(word.text.lstrip()) and word.text.isupper())
    left = headings if headings is not None else _near(words, ACTION_LEFT)
    cues = _commonest(
        word.left
        for word, beneath in pairwise(words)
        if is_cue(word.text.strip()) and 90 < word.left - left < 220 and 20 < beneath.left - left < word.left - left
    )
    ends = [word.right for word in words if abs(word.left - left) < 4]
    right = max([left + TEXT_WIDTH - 36, *(end for end in ends if end < left + TEXT_WIDTH + 40)])
    gaps = Counter(
        round(after.top - before.top)
        for before, after in pairwise(words)
        if before.page == after.page and 6 < after.top - before.top < 40
    )
    low = min((gap for gap, count in gaps.items() if count >= max(gaps.values()) / 8), default=12)
    # a document of one-line paragraphs shows no leading; it is hardly ever more than the type and a little
    size = Counter(round(word.size) for word in words).most_common(1)
    leading = min(float(low), 1.3 * size[0][0] if size else 12.0)
    return Margins(left, cues if cues is not None else left + CUE_FROM_ACTION, right, leading)


def rows_of(words: Sequence[Printed], margins: Margins) -> list[Row]:
    """Put words of one height together and take the numbers and stars out of the margins."""
    heights: list[list[Printed]] = []
    for word in words:
        if heights and heights[-1][0].page == word.page and abs(heights[-1][0].top - word.top) < 2:
            heights[-1].append(word)
        else:
            heights.append([word])
    return [_row(sorted(height, key=lambda word: word.left), margins) for height in heights]


def is_shouted(word: Printed) -> bool:
    """Say whether a line at the action margin is capitals alone and no sentence: a heading without INT or EXT."""
    text = word.text.strip()
    return text.isupper() and len(text) < 50 and text[-1] not in ".!?:,;-" and text[0] not in "(\"'"


def _row(words: list[Printed], margins: Margins) -> Row:
    kept, aside, numbers, starred = [], [], [], False
    heading = any(abs(word.left - margins.action) < 30 and HEADING.match(word.text.strip()) for word in words)
    outer = [word.text.strip() for word in words if word.left < margins.action - 12]
    for word in words:
        text = word.text.strip()
        beyond = word.left > margins.right - 40
        if len(words) > 1 and STARS.fullmatch(text) and beyond:
            starred = True
            aside.append(word)
        elif len(words) > 1 and SCENE_NUMBER.fullmatch(text) and (
            word.left < margins.action - 12 or (beyond and (heading or text in outer))
        ):  # fmt: skip
            numbers.append(text)
            aside.append(word)
        else:
            kept.append(word)
    if not kept:
        return Row(tuple(words))
    return Row(tuple(kept), numbers[0] if numbers else "", starred, tuple(aside))


def _commonest(lefts: Iterable[float]) -> float | None:
    counted = Counter(map(round, lefts))
    return float(max(counted, key=lambda left: (counted[left], -left))) if counted else None


def _near(words: Sequence[Printed], left: float) -> float:
    counted = Counter(round(word.left) for word in words if abs(word.left - left) < 22)
    return float(counted.most_common(1)[0][0]) if counted else left
