"""The breakdown's own word list (`lexicon.txt`), ready to be looked up word by word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rushes.departments.previs.breakdown.items import Category
from rushes.departments.previs.breakdown.words import Word, bases, singulars

# the first are nouns that a scene is searched for, the others are only asked about
SEARCHED = ("people", "crowds", "nothing")
ASKED = ("anybody", "body", "pictured", "handling", "person verbs", "verbs", "adjectives")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun of the list.

    Attributes:
        words: in small letters; the last one in the singular.
        sense: a category, or a class of words.
        name: what it is called on the sheet.
        doubtful: it counts only where it stands as a noun.
        handled: it counts only where somebody handles it.
        before: it counts only soon after one of these words, and then it is nothing else.
    """

    words: tuple[str, ...]
    sense: str
    name: str
    doubtful: bool = False
    handled: bool = False
    before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb of the list: what it needs soon `after` it, or soon `before` it; nothing where it needs neither."""

    word: str
    sense: str
    name: str
    after: frozenset[str] = frozenset()
    before: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Lexicon:
    """The list.

    Attributes:
        nouns: by their first word; the longest first.
        verbs: by their base form.
        classes: the single words of each class: "handling", "verbs", "adjectives", "people"…
    """

    nouns: dict[str, tuple[Noun, ...]]
    verbs: dict[str, tuple[Verb, ...]]
    classes: dict[str, frozenset[str]]

    def at(self, words: Sequence[Word], place: int) -> Iterator[tuple[Noun, int]]:
        """Yield the nouns that stand at a place with the number of their words; of the longest only."""
        found = [
            noun
            for first in singulars(words[place].low)
            for noun in self.nouns.get(first, ())
            if self.stands(noun, words, place)
        ]
        longest = max((len(noun.words) for noun in found), default=0)
        for noun in found:
            if len(noun.words) == longest:
                yield noun, longest

    def stands(self, noun: Noun, words: Sequence[Word], place: int) -> bool:
        """Say whether the words of a noun stand at a place, with nothing between them."""
        count = len(noun.words)
        if place + count > len(words):
            return False
        for far in range(count):
            word = words[place + far]
            last = far == count - 1
            if (far and word.gap) or (word.owner and not last):
                return False
            if word.low != noun.words[far] and not (last and noun.words[far] in singulars(word.low)):
                return False
        return True

    def is_verb(self, low: str, kind: str) -> bool:
        """Say whether a word is a form of a verb of a class."""
        return any(base in self.classes[kind] for base in bases(low))

    def is_one(self, low: str, kind: str) -> bool:
        """Say whether a word, or what it is the plural of, is of a class."""
        return any(one in self.classes[kind] for one in singulars(low))


def read_lexicon(text: str) -> Lexicon:
    """Read a word list; its first lines say how it is written."""
    nouns: dict[str, list[Noun]] = {}
    verbs: dict[str, list[Verb]] = {}
    classes: dict[str, set[str]] = {kind: set() for kind in (*SEARCHED, *ASKED)}
    sense, of_verbs = "", False
    for line in text.splitlines():
        said = line.split("#")[0].strip()
        if said.startswith("["):
            sense, _, rest = said.strip("[]").partition(":")
            of_verbs = rest.strip() == "verbs"
        elif of_verbs and said:
            verb = _verb(said, sense)
            verbs.setdefault(verb.word, []).append(verb)
        elif said:
            for entry in said.split(","):
                noun = _noun(entry, sense)
                if noun.words and sense in classes:
                    classes[sense].add(" ".join(noun.words))
                if noun.words and sense not in ASKED:
                    nouns.setdefault(noun.words[0], []).append(noun)
    ordered = {first: tuple(sorted(held, key=lambda noun: -len(noun.words))) for first, held in nouns.items()}
    return Lexicon(
        ordered,
        {word: tuple(held) for word, held in verbs.items()},
        {kind: frozenset(held) for kind, held in classes.items()},
    )


@cache
def the_lexicon() -> Lexicon:
    """Return the list that comes with Rushes.

    >>> from rushes.departments.previs.breakdown.words import words_of
    >>> words = words_of("two beer bottles")
    >>> [(noun.name, noun.sense) for noun, _ in the_lexicon().at(words, 1)]
    [('beer bottle', 'props')]
    """
    return read_lexicon(files(__package__).joinpath("lexicon.txt").read_text(encoding="utf-8"))


def _noun(entry: str, sense: str) -> Noun:
    said, _, name = entry.partition("=")
    said, _, before = (part.strip() for part in said.partition("<"))
    doubtful, handled = said.endswith("?"), said.endswith("+")
    words = said.rstrip("?+ ").lower()
    return Noun(
        tuple(words.split()), sense, name.strip() or said.rstrip("?+ "), doubtful, handled, frozenset(before.split())
    )


def _verb(line: str, sense: str) -> Verb:
    said, _, name = line.partition("=")
    head, _, after = said.partition("@")
    head, _, before = head.partition("<")
    word = head.strip()
    return Verb(word, sense, name.strip() or word, frozenset(after.split()), frozenset(before.split()))


CATEGORIES = frozenset(category.value for category in Category)
