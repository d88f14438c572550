"""What a paragraph of action says that a scene needs, by the word list and the words around."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rushes.departments.previs.breakdown.items import Category
from rushes.departments.previs.breakdown.lexicon import CATEGORIES, Lexicon, Noun, Verb
from rushes.departments.previs.breakdown.words import (
    ARTICLES,
    CLOSED,
    GRAMMAR,
    NUMBERS,
    OWNERS,
    PREPOSITIONS,
    SUBJECTS,
    Word,
    bases,
    clause_after,
    clause_before,
    is_plural,
    singulars,
    stands_as_noun,
)

# what a car brings along when only a part of it is named
PARTS, PARTICLES, TELLS = (GRAMMAR[kind] for kind in ("parts", "particles", "tells"))
THINGS = frozenset(
    {"props", "set dressing", "wardrobe", "make-up and hair", "special effects", "sound and music", "visual effects"}
)


class Found(NamedTuple):
    """Words of a paragraph, from the place of the first and how many, and what they say is needed."""

    category: Category
    name: str
    place: int
    number: int
    why: str


def find_things(words: Sequence[Word], lexicon: Lexicon) -> Iterator[Found]:
    """Yield what a paragraph of action says is needed, cast and extras apart.

    >>> from rushes.departments.previs.breakdown.lexicon import the_lexicon
    >>> from rushes.departments.previs.breakdown.words import words_of
    >>> said = words_of("She picks up the lamp, hurls it at the mirror. The car keys fall off the table.")
    >>> [(found.category.value, found.name) for found in find_things(said, the_lexicon())]
    [('props', 'lamp'), ('set dressing', 'mirror'), ('props', 'car keys'), ('set dressing', 'table')]
    """
    place = 0
    while place < len(words):
        nouns = list(lexicon.at(words, place))
        count = nouns[0][1] if nouns else 1
        for noun, why in _senses(words, place, [noun for noun, _ in nouns], lexicon=lexicon):
            yield Found(Category(noun.sense), noun.name, place, count, why)
        for verb, name in _verbs(words, place, lexicon):
            yield Found(Category(verb.sense), name, place, 1, "verb")
        place += count


def find_vehicles(words: Sequence[Word], lexicon: Lexicon) -> Iterator[Found]:
    """Yield the vehicles that a heading plays in."""
    place = 0
    while place < len(words):
        nouns = list(lexicon.at(words, place))
        count = nouns[0][1] if nouns else 1
        for noun, _ in nouns:
            if noun.sense == Category.VEHICLES and not _modifies(words, place + count, noun, lexicon=lexicon):
                yield Found(Category.VEHICLES, noun.name, place, count, "heading")
        place += count


def _senses(words: Sequence[Word], place: int, nouns: Sequence[Noun], *, lexicon: Lexicon) -> list[tuple[Noun, str]]:
    """Return the sense of a noun that holds here, with its rule; none where it is no thing that is needed."""
    if all(noun.sense not in CATEGORIES for noun in nouns):
        return []
    count = len(nouns[0].words)
    near = {word.low for word in clause_before(words, place, 5)} | {word.low for word in clause_after(words, place, 2)}
    told = [noun for noun in nouns if noun.before & near and noun.sense in CATEGORIES]
    if told:
        return [(told[0], "noun and its company")]
    owns = words[place + count - 1].owner and nouns[0].sense != Category.VEHICLES
    if owns or _absent(words, place, count) or (count == 1 and _acts_here(words, place, lexicon)):
        return []
    taken = [noun for noun in nouns if noun.handled]
    if taken and is_handled(words, place, lexicon):
        return [(taken[0], "handled")]
    as_noun = stands_as_noun(words, place) or (count == 1 and _alone(words, place, lexicon))
    found = []
    for noun in nouns:
        if noun.before or noun.handled or noun.sense not in CATEGORIES:
            continue
        if as_noun or not (noun.doubtful or _is_verb_here(words, place)):
            found.append((noun, "noun in its place" if noun.doubtful else "noun"))
    if not found or _modifies(words, place + count, found[0][0], lexicon=lexicon):
        return []
    # what stands about is dressing until somebody takes it
    if {noun.sense for noun, _ in found} == {Category.PROPS, Category.DRESSING}:
        wanted = Category.PROPS if is_handled(words, place, lexicon) else Category.DRESSING
        found.sort(key=lambda one: one[0].sense != wanted)
    return found[:1]


def _alone(words: Sequence[Word], place: int, lexicon: Lexicon) -> bool:
    return _listed(words, place) or _begins(words, place) or _seized(words, place, lexicon)


def _is_verb_here(words: Sequence[Word], place: int) -> bool:
    return place > 0 and not words[place].gap and words[place - 1].low in SUBJECTS


def _acts_here(words: Sequence[Word], place: int, lexicon: Lexicon) -> bool:
    """Say whether what looks like a plural is what the noun before it does: the door flies, a heron screams."""
    word = words[place]
    if not place or word.gap or not word.low.endswith("s") or word.shouted or not is_action(word, lexicon):
        return False
    before = words[place - 1]
    if before.low in CLOSED or before.owner or before.low in lexicon.classes["adjectives"]:
        return False
    single = any(back.low in ("a", "an", "every", "each") for back in words[max(place - 3, 0) : place])
    return single or before.text[0].isupper() or any(True for _ in lexicon.at(words, place - 1))


def _seized(words: Sequence[Word], place: int, lexicon: Lexicon) -> bool:
    # pours tea, drinks milk
    before = words[place - 1] if place and not words[place].gap else None
    return before is not None and before.low.endswith(("s", "ing")) and lexicon.is_verb(before.low, "handling")


def _begins(words: Sequence[Word], place: int) -> bool:
    """Say whether a word is a sentence alone, or begins one and acts: Rain. Rain hammers the roof."""
    if words[place].gap != "." or is_plural(words[place].low):
        return False
    after = words[place + 1] if place + 1 < len(words) else None
    return after is None or after.gap == "." or (after.low.endswith("s") and after.low not in CLOSED and not after.gap)


def _listed(words: Sequence[Word], place: int) -> bool:
    """Say whether a word stands in a list of things: money, drugs, and a gun."""
    word = words[place]
    if word.shouted and place and not words[place - 1].shouted and words[place - 1].low in CLOSED - SUBJECTS:
        return True
    after = words[place + 1] if place + 1 < len(words) else None
    before = words[place - 1] if place else None
    joined = before is not None and (word.gap == "," or before.low in ("and", "or"))
    goes_on = after is None or after.gap in (",", ".") or after.low in ("and", "or")
    return joined and goes_on and not word.low.endswith(("ed", "ing"))


def _absent(words: Sequence[Word], place: int, count: int) -> bool:
    """Say whether the words tell of what is not there: no gun, like a dog, a photograph of a car."""
    before = [word.low for word in clause_before(words, place, 4)]
    if place + count < len(words) and not words[place + count].gap and words[place + count].low in ("less", "free"):
        return True
    for at, low in enumerate(before):
        if low in ("no", "without", "like", "imaginary", "nonexistent", "pretend"):
            return True
        if low == "of":
            return bool(before[at + 1 : at + 2]) and before[at + 1] in TELLS
        if low not in ARTICLES | OWNERS | NUMBERS and low in CLOSED:
            return False
    return False


def _modifies(words: Sequence[Word], after: int, noun: Noun, *, lexicon: Lexicon) -> bool:
    """Say whether a noun only says of what kind the next noun is: car keys, gun shop."""
    if after >= len(words) or words[after].gap or words[after - 1].owner or is_plural(words[after - 1].low):
        return False
    word = words[after]
    if word.low in CLOSED:
        return False
    if noun.sense == Category.VEHICLES and any(one in PARTS for one in singulars(word.low)):
        return False
    nouns = [follows for follows, _ in lexicon.at(words, after)]
    if not nouns:
        return False
    several = any(len(follows.words) > 1 for follows in nouns)
    # the gun fires, the dog barks: what may be a verb in its third person is one
    doubtful = all(follows.doubtful for follows in nouns)
    inflected = word.low.endswith(("s", "ed", "ing"))
    return several or not (inflected and (doubtful or is_action(word, lexicon)))


def is_action(word: Word, lexicon: Lexicon) -> bool:
    """Say whether a word is a form of any verb that is known."""
    kinds = ("verbs", "person verbs", "handling")
    return any(lexicon.is_verb(word.low, kind) for kind in kinds) or any(
        base in lexicon.verbs for base in bases(word.low)
    )


def is_handled(words: Sequence[Word], place: int, lexicon: Lexicon) -> bool:
    """Say whether somebody does something to the thing at a place: picks up the lamp, a chair in her hand."""
    after = list(clause_after(words, place, 4))
    if len(after) > 2 and after[0].low in PREPOSITIONS and after[1].low in OWNERS:
        # a blanket round his shoulders
        return any(lexicon.is_one(word.low, "body") for word in after[2:])
    for word in clause_before(words, place, 6):
        if word.low in PREPOSITIONS and word.low not in PARTICLES:
            return False
        if word.low.endswith(("s", "ed", "ing")) and lexicon.is_verb(word.low, "handling"):
            return True
    return False


def _verbs(words: Sequence[Word], place: int, lexicon: Lexicon) -> Iterator[tuple[Verb, str]]:
    """Yield the verbs of the list that hold here, with what they are called."""
    word = words[place]
    named = place > 0 and not word.gap and words[place - 1].low in ARTICLES | OWNERS
    for base in dict.fromkeys(bases(word.low)):
        for verb in lexicon.verbs.get(base, ()):
            after = {follows.low for follows in clause_after(words, place, 4)}
            if (named and not word.low.endswith("s")) or (verb.after and not verb.after & after):
                continue
            if not verb.before:
                if verb.sense == Category.STUNTS and _is_thing(words, place, lexicon):
                    continue
                yield verb, verb.name
                return
            subject = _subject(words, place, verb)
            # a siren is a sound itself, and stands on the list
            heard = any(noun.sense == Category.SOUND for noun in lexicon.nouns.get(subject, ()))
            if subject and not heard:
                yield verb, f"{subject} {verb.name}" if verb.sense == Category.SOUND else verb.name
                return


def _subject(words: Sequence[Word], place: int, verb: Verb) -> str:
    # a pipe on the floor is burning: what burns stands before it, and what is burnt after it
    near = [*clause_before(words, place, 4), *(clause_after(words, place, 3) if verb.sense != Category.SOUND else ())]
    for word in near:
        for one in reversed(singulars(word.low)):
            if one in verb.before:
                return one
    return ""


def _is_thing(words: Sequence[Word], place: int, lexicon: Lexicon) -> bool:
    """Say whether what falls or jumps is no person, animal or vehicle: night falls, the vase tumbles off the shelf."""
    for at in range(place - 1, max(place - 4, -1), -1):
        word = words[at]
        if words[at + 1].gap or word.low == "and":
            return False
        if word.low in CLOSED or word.low.endswith("ly"):
            continue
        nouns = [noun for one in singulars(word.low) for noun in lexicon.nouns.get(one, ()) if len(noun.words) == 1]
        people = any(noun.sense in ("people", "crowds") for noun in nouns)
        thing = any(noun.sense in THINGS or noun.sense == "nothing" for noun in nouns) or lexicon.is_one(
            word.low, "body"
        )
        return thing and not people and not word.shouted and not word.text[0].isupper()
    return False
