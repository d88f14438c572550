"""Who fills the background: crowds, people by their number, a waiter whom nobody names."""

from collections.abc import Sequence

from rushes.departments.previs.breakdown.cast import Roll
from rushes.departments.previs.breakdown.lexicon import Lexicon, Noun
from rushes.departments.previs.breakdown.words import (
    ARTICLES,
    CLOSED,
    GRAMMAR,
    NUMBERS,
    OWNERS,
    Word,
    is_plural,
    singulars,
)

COUNTING, GROUPS = GRAMMAR["counting"], GRAMMAR["groups"]
TOLD = frozenset({"like", "as", "is", "was", "are", "were", "be", "being", "than", "become", "becomes"})


def determiner(words: Sequence[Word], place: int) -> tuple[int, str]:
    """Return where a noun's phrase begins and its article or owner, "two" for a number; else its own place and nothing.

    >>> from rushes.departments.previs.breakdown.words import words_of
    >>> determiner(words_of("then a dozen weary mourners"), 4), determiner(words_of("a crowd of mourners"), 3)
    ((1, 'two'), (0, 'two'))
    """
    start, article, at = place, "", place - 1
    while at >= 0 and not words[at + 1].gap and at >= place - 6:
        word = words[at]
        if word.owner or word.low in OWNERS or (word.low in ARTICLES and word.low not in COUNTING):
            return at, article or ("'s" if word.owner else word.low)
        counts = word.low in NUMBERS or word.low in COUNTING or word.low.isdigit()
        grouped = word.low == "of" and at and (words[at - 1].low in GROUPS or words[at - 1].low in NUMBERS)
        if counts or grouped:
            at -= int(grouped)
            start, article = at, "two"
        elif word.low in CLOSED:
            break
        at -= 1
    return start, article


def background(words: Sequence[Word], place: int, noun: Noun, *, lexicon: Lexicon, roll: Roll) -> tuple[int, str]:
    """Return where a phrase of people in the background begins, and what they are called: nothing if they are not."""
    after = place + len(noun.words)
    last = words[after - 1]
    plural = noun.sense == "crowds" or last.low != noun.words[-1]
    start, article = determiner(words, place)
    name = " ".join(word.low for word in words[place:after])
    known = _known_already(last, article, lexicon)
    if article in OWNERS and not plural:
        # his minion is somebody we know, or a role that speaks
        known = name.upper() not in roll.speaking
    if start < place and is_plural(words[place - 1].low) and not last.shouted:
        # the locals nurse their beers
        return start, ""
    alone = not article and (noun.doubtful or (not plural and not last.shouted))
    measured = noun.sense == "crowds" and after < len(words) and words[after].low == "of"
    skipped = known or alone or measured or last.owner or article in ("no", "any", "every", "each", "'s")
    skipped = skipped or _says_who(words, start) or _says_what_kind(words, after, lexicon)
    return start, "" if skipped else name


def _known_already(last: Word, article: str, lexicon: Lexicon) -> bool:
    # the men, her mother: somebody whom the scene has named
    anybody = any(one in lexicon.classes["anybody"] for one in singulars(last.low))
    return anybody and article not in ("a", "an", "two", "another")


def _says_who(words: Sequence[Word], start: int) -> bool:
    """Say whether a phrase only tells who somebody is: Cognito, the criminal; he is a cop; like a child."""
    if not start or words[start].gap == ".":
        return False
    before = words[start - 1]
    return before.low in TOLD or (words[start].gap == "," and before.text[0].isupper())


def _says_what_kind(words: Sequence[Word], after: int, lexicon: Lexicon) -> bool:
    # police detective, driver seat
    if after >= len(words) or words[after].gap or words[after].low in CLOSED or is_plural(words[after - 1].low):
        return False
    acts = words[after].low.endswith(("s", "ed", "ing")) and any(
        lexicon.is_verb(words[after].low, kind) for kind in ("verbs", "person verbs", "handling")
    )
    return not acts and any(True for _ in lexicon.at(words, after))
