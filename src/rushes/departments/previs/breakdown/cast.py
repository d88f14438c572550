"""The cast by name: those on cues, those who are introduced in capitals, and the short forms of their names."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rushes.departments.previs.breakdown.cues import TOGETHER, as_name, cues_of, is_group
from rushes.departments.previs.breakdown.lexicon import CATEGORIES, Lexicon
from rushes.departments.previs.breakdown.words import ARTICLES, CLOSED, PRONOUNS, TITLES, Word, words_of
from rushes.departments.previs.script.model import Scene

AGE = r"(?:(?:early|mid|late)[ -]*)?(?:\d{1,2}(?:s|'s|’s)?\b|teens|twent|thirt|fort|fift|sixt|sevent|eight)"
AFTER_NAME = re.compile(rf"{AGE}|(?:an?|his|her|their|the|who)\b")
CLAUSE = 40
Names = dict[tuple[str, ...], str]


@dataclass(frozen=True)
class Roll:
    """The names of the show.

    Attributes:
        speaking: those who speak anywhere.
        names: how each name and its short forms are written, by their first word in small letters; the longest first.
    """

    speaking: frozenset[str]
    names: dict[str, tuple[tuple[tuple[str, ...], str], ...]]

    def at(self, words: Sequence[Word], place: int) -> tuple[str, int]:
        """Return the name that stands at a place and the number of its words; nothing and 0 where none does."""
        for said, name in self.names.get(words[place].low, ()):
            here = words[place : place + len(said)]
            if tuple(word.low for word in here) == said and not any(word.gap for word in here[1:]):
                return name, len(said)
        return "", 0


def call_roll(
    scenes: Sequence[Scene], said: Iterable[Sequence[Word]], lexicon: Lexicon, *, also: Iterable[str] = ()
) -> Roll:
    """Collect the names of the show.

    Args:
        scenes: of the whole script.
        said: the words of every paragraph of action.
        lexicon: tells a person from a thing.
        also: names that a person or a tag says are cast.
    """
    cues = {cue.name for scene in scenes for _, cue in cues_of(scene) if not is_group(cue.name, lexicon)} - TOGETHER
    full = {_written(name): name for name in sorted({*cues, *map(as_name, also)}) if _written(name)}
    by_cue = Roll(frozenset(cues), _by_first(full))
    short: dict[tuple[str, ...], set[str]] = {}
    for words in said:
        for place, count, name in introductions(words, by_cue, lexicon):
            written = tuple(word.low for word in words[place : place + count])
            if name not in cues:
                full.setdefault(written, name)
            _shorten(written, name, short, lexicon=lexicon)
    for written, name in full.items():
        _shorten(written, name, short, lexicon=lexicon)
    for form, owners in short.items():
        # a short form that two people share names neither
        if len(owners) == 1:
            full.setdefault(form, next(iter(owners)))
    return Roll(frozenset(cues), _by_first(full))


def _written(name: str) -> tuple[str, ...]:
    return tuple(word.low for word in words_of(name))


def introductions(words: Sequence[Word], roll: Roll, lexicon: Lexicon) -> Iterator[tuple[int, int, str]]:
    """Yield who is introduced in capitals in a paragraph: place and number of the words, and the name.

    Capitals alone prove nothing: sounds, props and verbs are shouted too. A person is known by a cue, an age, a title,
    a noun for people, or by doing what people do.
    """
    place = 0
    while place < len(words):
        count = _run(words, place)
        if count and not _all_shouted(words, place):
            name = _introduced(words, place, count, roll=roll, lexicon=lexicon)
            if name:
                skip = int(words[place].low in ARTICLES or words[place].low == "aka")
                yield place + skip, count - skip, name
        place += max(count, 1)


def _run(words: Sequence[Word], place: int) -> int:
    count = 0
    while place + count < len(words):
        word = words[place + count]
        titled = (
            word.low in TITLES
            and word.text[0].isupper()
            and place + count + 1 < len(words)
            and words[place + count + 1].shouted
        )
        if (count and word.gap) or not (word.shouted or titled or (count and word.low.isdigit())):
            break
        count += 1
        if word.owner:
            break
    return count


def _all_shouted(words: Sequence[Word], place: int) -> bool:
    first, last = place, place + 1
    # a clause of more words is no heading or title in capitals
    while words[first].gap != "." and first > place - CLAUSE:
        first -= 1
    while last < len(words) and words[last].gap != "." and last < place + CLAUSE:
        last += 1
    # initials and articles are one letter, and say nothing
    return last - first > 2 and all(word.text.isupper() or word.low.isdigit() for word in words[first:last])


def _introduced(words: Sequence[Word], place: int, count: int, *, roll: Roll, lexicon: Lexicon) -> str:
    run = words[place : place + count]
    last, after = run[-1], words[place + count] if place + count < len(words) else None
    nouns = [noun for at in range(count) for noun, long in lexicon.at(run, at) if at + long == count]
    things = any(noun.sense in CATEGORIES or noun.sense == "nothing" for noun in nouns)
    for at in range(count):
        name, long = roll.at(run, at)
        # STEEL is a man, a STEEL DOOR is none
        if name and (at + long == count or not things):
            return name
    person = any(noun.sense == "people" and noun.words[-1] == last.low for noun in nouns)
    alias = run[0].low == "aka" or (after is not None and after.low == "aka")
    thing = things or (not person and (bool(nouns) or last.low in CLOSED or lexicon.is_one(last.low, "body")))
    if alias or thing or last.owner:
        return ""
    titled = run[0].low in TITLES
    if not (person or titled or _described(words, place + count) or _does(last, after, lexicon)):
        return ""
    return as_name(" ".join(word.text for word in run[int(run[0].low in ARTICLES) :]))


def _does(last: Word, after: Word | None, lexicon: Lexicon) -> bool:
    """Say whether shouted words are followed by what only people do, and are no verb themselves."""
    if after is None or after.gap or after.shouted or not after.low.endswith(("s", "ing")):
        return False
    verb = lexicon.is_verb(last.low, "verbs") or lexicon.is_verb(last.low, "handling")
    return not verb and lexicon.is_verb(after.low, "person verbs")


def _described(words: Sequence[Word], after: int) -> bool:
    # words_of keeps no brackets; their place shows in the gaps, and ages in the words
    if after >= len(words) or words[after].gap != ",":
        return False
    said = " ".join(word.low for word in words[after : after + 3])
    return bool(AFTER_NAME.match(said))


def _shorten(written: tuple[str, ...], name: str, short: dict[tuple[str, ...], set[str]], *, lexicon: Lexicon) -> None:
    if any(lexicon.is_one(word, "people") for word in written):
        return
    named = [word for word in written if word not in TITLES and word not in CLOSED and not word.isdigit()]
    for word in {*named[:1], *named[-1:]} if len(named) > 1 else set():
        listed = word in lexicon.nouns and any(len(noun.words) == 1 for noun in lexicon.nouns[word])
        if not listed and len(word) > 2 and word not in lexicon.classes["adjectives"]:
            short.setdefault((word,), set()).add(name)


def _by_first(full: Names) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for said, name in full.items():
        found.setdefault(said[0], []).append((said, name))
    return {first: tuple(sorted(held, key=lambda one: (-len(one[0]), one))) for first, held in found.items()}


def is_present(words: Sequence[Word], place: int, count: int, *, lexicon: Lexicon) -> bool:
    """Say whether somebody named here is in the scene: not thought of, not pictured, not just the owner of a thing."""
    before = [word.low for word in words[max(place - 4, 0) : place]]
    last = words[place + count - 1]
    if last.owner:
        after = words[place + count : place + count + 3]
        if not any(lexicon.is_one(word.low, "body") for word in after):
            return False
    if before and before[-1] in ("about", "named", "called", "without", "unlike", "like", "against", "ask", "mention"):
        return before[-1] == "against"
    if before and before[-1] == "of" and any(lexicon.is_one(word, "pictured") for word in before[:-1]):
        return False
    first = words[place]
    if not first.shouted and first.low in CLOSED and first.gap == ".":
        return place + count < len(words) and words[place + count].low not in CLOSED | PRONOUNS
    return first.text[0].isupper()
