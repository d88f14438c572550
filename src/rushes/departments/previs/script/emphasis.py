"""Fountain's inline marks: italic, bold, underline, and the backslash that makes a mark an ordinary character."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

MARK = re.compile(r"\\[*_\\\[\]/]|\*{1,3}|_|\n")
LITERAL = re.compile(r"[*_\\]|\[(?=\[)")
WORDS = re.compile(r"\n|[^\S\n]+|\S+")
NAMES = {"*": "Italic", "**": "Bold", "_": "Underline"}
MARKS = {name: mark for mark, name in NAMES.items()}
ORDER = ("Underline", "Bold", "Italic")


class Run(NamedTuple):
    """Characters set alike; `styles` of Bold, Italic, Underline."""

    text: str
    styles: frozenset[str]


class _Piece(NamedTuple):
    text: str
    mark: str
    opens: bool
    closes: bool
    at: int


def runs(text: str) -> list[Run]:
    """Take marked text apart into runs; a mark without its partner on the same line is an ordinary character.

    >>> [(run.text, sorted(run.styles)) for run in runs("a *b* 2*3")]
    [('a ', []), ('b', ['Italic']), (' 2*3', [])]
    """
    found: list[Run] = []
    for _, words, styles in _set(text):
        _add(found, Run(words, styles))
    return found


def plain(text: str) -> str:
    r"""Return the words without their marks.

    >>> plain(r"_Steel's face FILLS the *Leupold Mark 4* scope_, 3 \* 4")
    "Steel's face FILLS the Leupold Mark 4 scope, 3 * 4"
    """
    if not MARK.search(text):
        return text
    return "".join(run.text for run in runs(text))


def literal(text: str) -> str:
    r"""Put a backslash before what would be read as a mark.

    >>> literal("3 * 4")
    '3 \\* 4'
    """
    return LITERAL.sub(lambda found: "\\" + found[0], text)


def cut_runs(text: str, places: Sequence[int]) -> list[list[Run]]:
    """Return the runs between the places of a marked text, which are in rising order: one list more than places.

    >>> cut_runs("*a b*", [3]) == [[Run("a ", frozenset({"Italic"}))], [Run("b", frozenset({"Italic"}))]]
    True
    """
    found: list[list[Run]] = [[]]
    for at, words, styles in _set(text):
        start, done = at, 0
        while len(found) <= len(places) and places[len(found) - 1] < start + len(words) - done:
            cut = max(places[len(found) - 1] - start, 0) + done
            _add(found[-1], Run(words[done:cut], styles))
            found.append([])
            start, done = start + cut - done, cut
        _add(found[-1], Run(words[done:], styles))
    return found + [[] for _ in range(len(places) + 1 - len(found))]


def marked(parts: Sequence[Run]) -> str:
    """Write runs as marked text: the reverse of `runs`.

    >>> marked([Run("a ", frozenset()), Run("b", frozenset({"Bold"}))])
    'a **b**'
    """
    return marked_places(parts)[0]


def marked_places(parts: Sequence[Run]) -> tuple[str, list[int]]:
    """Write runs as marked text, and say where in it each of them begins; marks hug the words and end with the line."""
    tokens: list[_Token] = []
    for number, part in enumerate(parts):
        tokens.append(_Token("", frozenset(), number))
        tokens += [_Token(word, part.styles) for word in WORDS.findall(part.text)]
    _settle(tokens)
    extents = _extents(tokens)
    out: list[str] = []
    places: list[int] = []
    opened: list[str] = []
    length = 0
    for token, extent in zip(tokens, extents, strict=True):
        shut = next((depth for depth, name in enumerate(opened) if name not in token.styles), len(opened))
        marks = "".join(MARKS[name] for name in reversed(opened[shut:]))
        del opened[shut:]
        if token.part >= 0:
            places.append(length + len(marks))
        wanted = sorted(token.styles - set(opened), key=lambda name: (-extent[name], ORDER.index(name)))
        # an opening mark must touch its word
        if token.text and not token.text.isspace():
            marks += "".join(MARKS[name] for name in wanted)
            opened += wanted
        out.append(marks + literal(token.text))
        length += len(out[-1])
    out.append("".join(MARKS[name] for name in reversed(opened)))
    return "".join(out), places


@dataclass
class _Token:
    text: str
    styles: frozenset[str]
    part: int = -1


def _settle(tokens: list[_Token]) -> None:
    # spaces are set like the words on both sides of them, and a mark carries over no line
    ahead = [frozenset[str]()]
    for token in reversed(tokens):
        ahead.append(_word_styles(token, ahead[-1]))
    before: frozenset[str] = frozenset()
    for token, after in zip(tokens, reversed(ahead[:-1]), strict=True):
        styles = _word_styles(token, before)
        if not token.text or token.text.isspace():
            token.styles = frozenset() if "\n" in token.text else before & after
        before = styles


def _word_styles(token: _Token, known: frozenset[str]) -> frozenset[str]:
    if not token.text or token.text.isspace():
        return frozenset() if "\n" in token.text else known
    return token.styles


def _extents(tokens: list[_Token]) -> list[dict[str, int]]:
    found: list[dict[str, int]] = []
    beyond: dict[str, int] = {}
    for token in reversed(tokens):
        beyond = {name: beyond.get(name, 0) + 1 for name in token.styles}
        found.append(beyond)
    return found[::-1]


def _add(found: list[Run], run: Run) -> None:
    if found and found[-1].styles == run.styles:
        found[-1] = Run(found[-1].text + run.text, run.styles)
    elif run.text:
        found.append(run)


def _set(text: str) -> Iterator[tuple[int, str, frozenset[str]]]:
    pieces = _pieces(text)
    partner = _partners(pieces)
    styles: frozenset[str] = frozenset()
    for place, piece in enumerate(pieces):
        if place in partner:
            styles ^= {NAMES[piece.mark]}
        elif piece.text:
            yield piece.at, piece.text, styles


def _pieces(text: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    done = 0
    for found in MARK.finditer(text):
        start, end = found.span()
        pieces.append(_Piece(text[done:start], "", False, False, done))
        done = end
        if found[0].startswith("\\"):
            pieces.append(_Piece(found[0][1], "", False, False, start))
            continue
        opens = end < len(text) and not text[end].isspace()
        closes = start > 0 and not text[start - 1].isspace()
        marks = ["**", "*"] if found[0] == "***" else [found[0]]
        pieces.extend(_Piece(mark, mark if mark in NAMES else "\n", opens, closes, start) for mark in marks)
    pieces.append(_Piece(text[done:], "", False, False, done))
    return pieces


def _partners(pieces: list[_Piece]) -> set[int]:
    opened: dict[str, int] = {}
    paired: set[int] = set()
    for place, piece in enumerate(pieces):
        if piece.mark == "\n":
            opened.clear()
        elif piece.mark and piece.closes and piece.mark in opened:
            paired |= {opened.pop(piece.mark), place}
        elif piece.mark and piece.opens and piece.mark not in opened:
            opened[piece.mark] = place
    return paired
