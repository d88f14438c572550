"""Noun phrases that the word list does not know, and what can be seen of them: the eyes of the show's own tagger."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from rushes.departments.previs.breakdown.cast import Roll
from rushes.departments.previs.breakdown.lexicon import CATEGORIES, Lexicon
from rushes.departments.previs.breakdown.rules import is_action
from rushes.departments.previs.breakdown.words import (
    CLOSED,
    NUMBERS,
    OWNERS,
    PREPOSITIONS,
    Word,
    bases,
    clause_after,
    clause_before,
    is_plural,
    opens_phrase,
    singulars,
)

FEATURES = 1 << 13
LONGEST = 4


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: the place of its first word and how many, without its article, and what it is to the word list.

    Attributes:
        place: of its first word, without the article.
        count: of its words; the last is its head.
        known: the sense of its head in the word list; nothing where the list does not have it.
        before: where the phrase begins with its article.
    """

    place: int
    count: int
    known: str
    before: int


def phrases_in(words: Sequence[Word], lexicon: Lexicon, roll: Roll) -> Iterator[Phrase]:
    """Yield the noun phrases of a paragraph that are no name of the cast.

    >>> from rushes.departments.previs.breakdown.lexicon import the_lexicon
    >>> from rushes.departments.previs.breakdown.words import words_of
    >>> words = words_of("Mara slides a stubby glowrod under the hatch and lifts her visor.")
    >>> found = phrases_in(words, the_lexicon(), Roll(frozenset({"MARA"}), {"mara": ((("mara",), "MARA"),)}))
    >>> [phrase_name(words, phrase, the_lexicon()) for phrase in found]
    ['glowrod', 'hatch', 'visor']
    """
    place = 0
    while place < len(words):
        _, named = roll.at(words, place)
        if named and words[place].text[0].isupper():
            place += named
        elif words[place].low in CLOSED or words[place].low.isdigit():
            place += 1
        else:
            count = _length(words, place, lexicon=lexicon, roll=roll)
            if count:
                yield Phrase(place, count, _known(words, place, count, lexicon=lexicon), _begins(words, place))
            place += max(count, 1)


def _begins(words: Sequence[Word], place: int) -> int:
    return place - 1 if place and not words[place].gap and opens_phrase(words[place - 1]) else place


def _length(words: Sequence[Word], place: int, *, lexicon: Lexicon, roll: Roll) -> int:
    """Return how many words from here are one phrase; 0 where they are no noun."""
    before = words[place - 1] if place and not words[place].gap else None
    opened = before is not None and opens_phrase(before)
    count = 0
    while place + count < len(words) and count < LONGEST:
        word = words[place + count]
        if (count and word.gap) or word.low in CLOSED or word.low.endswith("ly"):
            break
        if _acts(word, lexicon) and (count or not opened):
            break
        if count and word.text[0].isupper() and roll.at(words, place + count)[1]:
            break
        count += 1
        if word.owner:
            # the owner of the next thing is another phrase
            return 0
    if not count:
        return 0
    last = words[place + count - 1]
    nouny = not last.low.endswith(("ing", "ed")) and last.low not in lexicon.classes["adjectives"]
    # without an article it may be anything; after a preposition, a verb of handling or in a list it is likely a thing
    led = (
        before is None
        or before.low in PREPOSITIONS
        or before.low in ("and", "or")
        or lexicon.is_verb(before.low, "handling")
    )
    starts = before is None and words[place].gap == "." and not is_plural(last.low)
    return count if nouny and (opened or (led and not starts) or last.shouted) else 0


def _acts(word: Word, lexicon: Lexicon) -> bool:
    return word.low.endswith(("s", "ed", "ing")) and not word.low.endswith("ss") and is_action(word, lexicon)


def _known(words: Sequence[Word], place: int, count: int, *, lexicon: Lexicon) -> str:
    for at in range(count):
        for noun, long in lexicon.at(words, place + at):
            if at + long == count and not noun.before:
                return noun.sense
    return "body" if lexicon.is_one(words[place + count - 1].low, "body") else ""


def phrase_name(words: Sequence[Word], phrase: Phrase, lexicon: Lexicon) -> str:
    """Return what a phrase would be called on a list: without adjectives, its head in the singular.

    >>> from rushes.departments.previs.breakdown.lexicon import the_lexicon
    >>> from rushes.departments.previs.breakdown.words import words_of
    >>> phrase_name(words_of("three battered pulse cutters"), Phrase(1, 3, "", 0), the_lexicon())
    'pulse cutter'
    """
    said = [word.low for word in words[phrase.place : phrase.place + phrase.count]]
    kept = [low for low in said[:-1] if low not in lexicon.classes["adjectives"] and not low.endswith(("ed", "ing"))]
    head = said[-1]
    return " ".join([*kept, singulars(head)[-1] if is_plural(head) else head])


def seen_of(words: Sequence[Word], phrase: Phrase, lexicon: Lexicon, *, outside: str, head: bool = True) -> list[int]:
    """Return what is seen of a phrase and around it, as numbers below `FEATURES`: a hash that is the same everywhere.

    Args:
        words: of the paragraph.
        phrase: in it.
        lexicon: what is known of the words around it.
        outside: INT or EXT.
        head: its own words are seen too; left out for what the word list taught, so that the company must tell.
    """
    first, after = phrase.place, phrase.place + phrase.count
    last = words[after - 1]
    one = singulars(last.low)[-1]
    seen = [
        "any",
        f"count {phrase.count}",
        f"many {is_plural(last.low)}",
        f"shouted {last.shouted}",
        f"where {outside}",
    ]
    seen += endings(one, lexicon)
    if head:
        seen += [f"head {one}", f"head {one}"[:8]]
        seen += [f"with {word.low}" for word in words[first : after - 1]]
    seen += [f"with a {sense}" for word in words[first : after - 1] for sense in _senses(word, lexicon)]
    if phrase.before != phrase.place:
        seen.append(f"article {_kind(words[phrase.before])}")
    seen += _company(words, phrase, lexicon)
    return hashed(seen)


def hashed(features: Iterable[str]) -> list[int]:
    """Return the numbers of features, below `FEATURES`; the same on every machine."""
    return sorted({crc32(feature.encode()) % FEATURES for feature in features})


def endings(word: str, lexicon: Lexicon) -> list[str]:
    """Return what a word ends in: letters, and a shorter word of the list, as `veil` in `ashveil`.

    >>> from rushes.departments.previs.breakdown.lexicon import the_lexicon
    >>> endings("ashveil", the_lexicon())
    ['end eil', 'end veil', 'ends in wardrobe']
    """
    for cut in range(2, len(word) - 2):
        nouns = [noun for noun in lexicon.nouns.get(word[cut:].lstrip("-"), ()) if len(noun.words) == 1]
        if nouns:
            return [f"end {word[-3:]}", f"end {word[-4:]}", *(f"ends in {noun.sense}" for noun in nouns[:1])]
    return [f"end {word[-3:]}", f"end {word[-4:]}"]


def _company(words: Sequence[Word], phrase: Phrase, lexicon: Lexicon) -> Iterator[str]:
    """Yield what stands around a phrase: the words beside it, what is done to it or by it, what it is listed with."""
    first, after = phrase.before, phrase.place + phrase.count
    before = list(clause_before(words, first, 6))
    follows = list(clause_after(words, after - 1, 5))
    led = next((word.low for word in before[:2] if word.low in PREPOSITIONS), "")
    yield f"after {before[0].low if before else '.'}"
    yield f"next {follows[0].low if follows else '.'}"
    yield f"led by {led}"
    yield from _done(before, led, lexicon)
    if follows and not follows[0].gap and _acts(follows[0], lexicon):
        yield f"does {bases(follows[0].low)[-1]}"
    listed = []
    if before and (before[0].low in ("and", "or") or words[first].gap == ","):
        listed += before[:3]
    if follows and (follows[0].low in ("and", "or") or follows[0].gap == ","):
        listed += follows[:3]
    yield from {f"listed with {sense}" for word in listed for sense in _senses(word, lexicon)}
    near = {sense for word in follows[:4] for sense in _senses(word, lexicon)}
    yield from (f"near {sense}" for sense in sorted(near) if sense == "body" or sense in CATEGORIES)


def _done(before: Sequence[Word], led: str, lexicon: Lexicon) -> Iterator[str]:
    for far, word in enumerate(before):
        if _acts(word, lexicon):
            for base in bases(word.low):
                if base in lexicon.classes["handling"] or base in lexicon.classes["verbs"]:
                    yield f"done {base}"
                    yield f"done {base} {led}"
            yield f"handled {lexicon.is_verb(word.low, 'handling') and not led} {far < 3}"
            return


def _senses(word: Word, lexicon: Lexicon) -> set[str]:
    found = {
        noun.sense
        for one in singulars(word.low)
        for noun in lexicon.nouns.get(one, ())
        if len(noun.words) == 1 and not noun.before and not noun.handled
    }
    return found | ({"body"} if lexicon.is_one(word.low, "body") else set())


def _kind(word: Word) -> str:
    if word.low in OWNERS or word.owner:
        return "owner"
    return (
        word.low
        if word.low in ("a", "an", "the")
        else "number"
        if word.low in NUMBERS or word.low.isdigit()
        else "other"
    )
