"""The words of a paragraph with their places in it, and what can be told of one from its letters and neighbours."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

# Fountain's marks are no part of a word
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+|[-.&][^\W_]+)*")
STOP = re.compile(r"[.!?;:]|--|[—–]")
BREAK = re.compile(r"[,()\"“”…]|\s-\s")


def _read_grammar(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        kind, _, words = line.partition("#")[0].partition(":")
        if words:
            found.setdefault(kind.strip(), set()).update(words.split())
    return {kind: frozenset(words) for kind, words in found.items()}


GRAMMAR = _read_grammar(files(__package__).joinpath("grammar.txt").read_text(encoding="utf-8"))
IRREGULAR = {kind[7:]: next(iter(held)) for kind, held in GRAMMAR.items() if kind.startswith("plural ")}
PAST = dict(pair.split("=") for pair in GRAMMAR["past"])
ARTICLES, OWNERS, NUMBERS = GRAMMAR["articles"], GRAMMAR["owners"], GRAMMAR["numbers"]
PREPOSITIONS, PRONOUNS = GRAMMAR["prepositions"], GRAMMAR["pronouns"]
SUBJECTS, TITLES = GRAMMAR["subjects"], GRAMMAR["titles"]
CLOSED = ARTICLES | OWNERS | NUMBERS | PREPOSITIONS | PRONOUNS | GRAMMAR["little"]


class Word(NamedTuple):
    """One word: where it stands in the text, in small letters without a possessive, and what stands before it.

    `gap` is "." where a clause ends before it, "," where a comma, bracket or quotation mark does, else nothing.
    """

    start: int
    end: int
    text: str
    low: str
    shouted: bool
    owner: bool
    gap: str


def words_of(text: str) -> list[Word]:
    """Take a paragraph apart into words.

    >>> [(word.low, word.shouted, word.owner, word.gap) for word in words_of("*Mom's* PORSCHE, red.")]
    [('mom', False, True, '.'), ('porsche', True, False, ''), ('red', False, False, ',')]
    """
    found: list[Word] = []
    done = 0
    for match in WORD.finditer(text):
        start, end = match.span()
        between, body = text[done:start], match[0]
        # a line that goes on with a small letter was only broken to fit
        ended = not done or STOP.search(between) or ("\n" in between and body[0].isupper())
        gap = "." if ended else "," if BREAK.search(between) else ""
        if gap == "." and between == ". " and found and found[-1].low in TITLES:
            gap = ""
        owner = body.endswith(("'s", "’s", "'S", "’S"))
        bare = body[:-2] if owner else body
        if not owner and text[end : end + 1] in ("'", "’") and body[-1] in "sS":
            owner = True
        shouted = len(bare) > 1 and bare.isupper()
        found.append(Word(start, start + len(bare), bare, bare.lower(), shouted, owner, gap))
        done = end
    return found


@lru_cache(maxsize=20_000)
def singulars(low: str) -> tuple[str, ...]:
    """Return what a word may be the plural of, itself first.

    >>> [singulars(word)[-1] for word in ("knives", "boxes", "bodies", "glass")]
    ['knife', 'box', 'body', 'glass']
    """
    found = [low]
    if low in IRREGULAR:
        found.append(IRREGULAR[low])
    elif low.endswith("men") and len(low) > 5:
        found.append(low[:-3] + "man")
    elif low.endswith("s") and not low.endswith(("ss", "us", "is")) and len(low) > 3:
        found.append(low[:-1])
        if low.endswith("ies"):
            found.append(low[:-3] + "y")
        elif low.endswith(("ses", "xes", "ches", "shes", "zes", "oes")):
            found.append(low[:-2])
    return tuple(found)


def is_plural(low: str) -> bool:
    """Say whether a word looks like a plural."""
    return len(singulars(low)) > 1 and singulars(low)[-1] != low


@lru_cache(maxsize=20_000)
def bases(low: str) -> tuple[str, ...]:
    """Return the verbs that a word may be a form of, itself first.

    >>> "slam" in bases("slammed"), "smash" in bases("smashes"), "dive" in bases("diving"), "carry" in bases("carries")
    (True, True, True, True)
    """
    found = [low]
    if low in PAST:
        found.append(PAST[low])
    for ending in ("s", "es", "ed", "ing"):
        stem = low[: -len(ending)]
        if not low.endswith(ending) or len(stem) < 2:
            continue
        found.append(stem)
        if ending in ("ed", "ing"):
            found.append(stem + "e")
            if stem[-1] == stem[-2]:
                found.append(stem[:-1])
        if stem.endswith("i"):
            found.append(stem[:-1] + "y")
    return tuple(found)


def opens_phrase(word: Word) -> bool:
    """Say whether a noun or its adjectives follow: an article, an owner, a number."""
    return word.owner or word.low in ARTICLES or word.low in OWNERS or word.low in NUMBERS or word.low[0].isdigit()


def stands_as_noun(words: Sequence[Word], at: int) -> bool:
    """Say whether a word stands where a noun does: after an article, owner, number or preposition, maybe adjectives.

    >>> said = words_of("He flies a fly. They watch his old watch.")
    >>> [(word.low, stands_as_noun(said, at)) for at, word in enumerate(said) if word.low in ("flies", "fly", "watch")]
    [('flies', False), ('fly', True), ('watch', False), ('watch', True)]
    """
    for back in range(1, 5):
        if words[at - back + 1].gap or back > at:
            # a list of things, or a sentence that begins with one, says so by the comma; a verb hardly ever follows it
            return False
        before = words[at - back]
        if (
            before.owner
            or before.low in ARTICLES
            or before.low in OWNERS
            or before.low in NUMBERS
            or before.low[0].isdigit()
        ):
            return True
        if before.low in PREPOSITIONS and before.low != "to":
            return before.low not in ("up", "down", "out", "off", "away") or back == 1
        if before.low in CLOSED:
            return False
    return False


def clause_before(words: Sequence[Word], at: int, count: int) -> Iterator[Word]:
    """Yield up to `count` words before a word, nearest first, as far back as its clause begins."""
    while count and at > 0 and words[at].gap != ".":
        at -= 1
        count -= 1
        yield words[at]


def clause_after(words: Sequence[Word], at: int, count: int) -> Iterator[Word]:
    """Yield up to `count` words after a word, as far as its clause goes."""
    for word in words[at + 1 : at + 1 + count]:
        if word.gap == ".":
            return
        yield word
