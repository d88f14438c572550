"""A show's scenes read by tags, decisions, cues and rules: what outranks what, each item with the words it cites."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rushes.departments.previs.breakdown.cast import Roll, call_roll, introductions, is_present
from rushes.departments.previs.breakdown.cues import TOGETHER, as_name, cues_of, is_group
from rushes.departments.previs.breakdown.decisions import Decision, Ruling, rule_on
from rushes.departments.previs.breakdown.extras import background
from rushes.departments.previs.breakdown.items import Category, Item
from rushes.departments.previs.breakdown.lexicon import Lexicon
from rushes.departments.previs.breakdown.rules import find_things, find_vehicles
from rushes.departments.previs.breakdown.tags import tagged_category
from rushes.departments.previs.breakdown.words import Word, singulars, stands_as_noun, words_of
from rushes.departments.previs.script.merge import Tracked
from rushes.departments.previs.script.model import PRINTED, Element, Kind
from rushes.domain.errors import BadMaterial

MOST_WORDS = 500_000
# the places of the characters that are cited, by element
Owned = dict[int, set[int]]
CAST = (Category.SPEAKING, Category.SILENT)
CERTAIN = frozenset({"tag", "accepted", "cue", "cue (V.O.)", "lyric"})
# of three films' pages marked by hand: how many items of each rule are right, of how many; a test counts again
FOUND_RIGHT = {
    "background": (7, 8),
    "crowd": (7, 7),
    "handled": (1, 1),
    "heading": (2, 3),
    "introduced": (6, 6),
    "named in action": (9, 9),
    "noun": (101, 106),
    "noun in its place": (32, 35),
    "verb": (17, 19),
}


@dataclass(frozen=True)
class Reading:
    """One scene with the words of its elements; of those that are not read for items there are none."""

    tracked: Tracked
    words: tuple[tuple[Word, ...], ...]

    @property
    def elements(self) -> tuple[Element, ...]:
        """The scene's elements."""
        return self.tracked.scene.elements


@dataclass(frozen=True)
class Show:
    """All scenes of a draft, and what reading any one of them takes."""

    readings: tuple[Reading, ...]
    roll: Roll
    ruling: Ruling
    lexicon: Lexicon


def read_show(script_scenes: Sequence[Tracked], decided: Sequence[Decision], lexicon: Lexicon) -> Show:
    """Take the words of all scenes apart and call the roll.

    Raises:
        BadMaterial: it has more words than a script can have.
    """
    readings = tuple(
        Reading(
            tracked,
            tuple(
                tuple(words_of(element.text)) if element.kind in (Kind.ACTION, Kind.PARENTHETICAL, Kind.SCENE) else ()
                for element in tracked.scene.elements
            ),
        )
        for tracked in script_scenes
    )
    count = sum(len(words) for reading in readings for words in reading.words)
    if count > MOST_WORDS:
        raise BadMaterial(f"{count} words of action; a script has at most {MOST_WORDS}", remedy="Is this a script?")
    action = (
        words
        for reading in readings
        for element, words in zip(reading.elements, reading.words, strict=True)
        if element.kind is Kind.ACTION
    )
    cast = [one.name for one in decided if one.accepted and one.category in CAST]
    cast += [
        tag.name for reading in readings for element in reading.elements for tag in element.tags if _casts(tag.category)
    ]
    roll = call_roll([tracked.scene for tracked in script_scenes], action, lexicon, also=cast)
    return Show(readings, roll, rule_on(decided), lexicon)


def read_items(show: Show, reading: Reading) -> list[Item]:
    """Return the items of a scene, all mentions, without what was rejected; a higher rank owns the words it cites."""
    kept: list[Item] = []
    owned: Owned = {}
    tagged = list(_tagged(show, reading))
    for item in (*tagged, *_decided(show, reading)):
        if is_free(owned, item):
            own(owned, item)
            kept.append(item)
    named = [*_cued(show, reading), *_named(show, reading)]
    for item in (*named, *_peopled(show, reading, named), *_thingly(show, reading)):
        rejected = show.ruling.rejects(reading.tracked.id, item.category, item.words, name=item.name)
        if not rejected and is_free(owned, item):
            kept.append(item)
    return kept


def is_free(owned: Owned, item: Item) -> bool:
    """Say whether nobody owns any of the words that an item cites."""
    held = owned.get(item.element)
    return not held or held.isdisjoint(range(item.start, item.end))


def own(owned: Owned, item: Item) -> None:
    """Let an item own the words that it cites."""
    owned.setdefault(item.element, set()).update(range(item.start, item.end))


def first_mentions(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return one item for each name: its first mention, and a certain one before others.

    Who speaks is neither silent nor an extra. Names are the same whatever their case; the order is that of the words.
    """
    best: dict[tuple[Category, str], Item] = {}
    for item in sorted(items, key=lambda one: (one.sure < 1, one.why.startswith("cue ("), one.element, one.start)):
        best.setdefault((item.category, item.name.casefold()), item)
    speaking = {name for category, name in best if category is Category.SPEAKING}
    silent = {name for category, name in best if category is Category.SILENT}
    kept = [
        item
        for (category, name), item in best.items()
        if not (category is Category.SILENT and name in speaking)
        and not (category is Category.EXTRAS and (name in speaking or name in silent))
    ]
    return tuple(sorted(kept, key=lambda one: (one.element, one.start, one.category)))


def _casts(category: str) -> bool:
    return tagged_category(category) is Category.SPEAKING


def sureness(why: str) -> float:
    """Return how sure an item is by what says so: 1 for tags, cues and people, for a rule its record on marked pages.

    A rule with n of m right gets (n + 1) / (m + 2), so that a short record promises little and one that was not put to
    the test gets a half.

    >>> sureness("cue")
    1.0
    """
    if why in CERTAIN:
        return 1.0
    right, found = FOUND_RIGHT.get(why, (0, 0))
    return (right + 1) / (found + 2)


def _item(reading: Reading, category: Category, name: str, *, at: tuple[int, int, int], why: str) -> Item:
    element, start, end = at
    return Item(category, name, element, start, end, reading.elements[element].text[start:end], why, sureness(why))


def _listed(show: Show, name: str) -> str:
    """Return the name on the cast list that a tag's or a person's name for somebody means."""
    words = words_of(name)
    found = [show.roll.at(words, place) for place in range(len(words))]
    whole = as_name(name)
    return (
        whole
        if whole in show.roll.speaking
        else next((known for known, _ in found if known in show.roll.speaking), whole)
    )


def _tagged(show: Show, reading: Reading) -> Iterator[Item]:
    speaking = {cue.name for _, cue in cues_of(reading.tracked.scene)}
    for at, element in enumerate(reading.elements):
        for tag in element.tags:
            category = tagged_category(tag.category)
            said = element.text[tag.start : tag.end]
            start, end = tag.start + len(said) - len(said.lstrip()), tag.end - len(said) + len(said.rstrip())
            if category is None or not 0 <= start < end <= len(element.text):
                continue
            name = " ".join((tag.name or said).split())
            if category is Category.SPEAKING:
                name = _listed(show, name)
                category = Category.SPEAKING if name in speaking else Category.SILENT
            yield _item(reading, category, name, at=(at, start, end), why="tag")


def _decided(show: Show, reading: Reading) -> Iterator[Item]:
    scene = reading.tracked.id
    for one in show.ruling.implied.get(scene, ()):
        yield _item(reading, one.category, one.name, at=(0, 0, len(reading.elements[0].text)), why="accepted")
    if not show.ruling.phrases:
        return
    for at, element in enumerate(reading.elements):
        words = reading.words[at] or (words_of(element.text) if element.kind in PRINTED else ())
        for place in range(len(words)):
            for phrase, category in _phrases(show, words, place):
                ruled = show.ruling.on(scene, category, phrase)
                here = (scene, category, phrase) in show.ruling.here
                read = here or (bool(reading.words[at]) and _means_it(show, words, place, count=len(phrase)))
                if ruled is not None and ruled.accepted and read:
                    name = _listed(show, ruled.name) if category in CAST else ruled.name
                    span = (at, words[place].start, words[place + len(phrase) - 1].end)
                    yield _item(reading, category, name, at=span, why="accepted")


def _phrases(show: Show, words: Sequence[Word], place: int) -> Iterator[tuple[tuple[str, ...], Category]]:
    for first in singulars(words[place].low):
        for phrase, category in show.ruling.phrases.get(first, ()):
            here = words[place : place + len(phrase)]
            if len(here) < len(phrase) or any(word.gap for word in here[1:]):
                continue
            if [word.low for word in here[:-1]] == list(phrase[:-1]) and phrase[-1] in singulars(here[-1].low):
                yield phrase, category


def _means_it(show: Show, words: Sequence[Word], place: int, *, count: int) -> bool:
    """Say whether words that were decided in another scene mean the same here: no verb, no part of a longer name."""
    nouns = list(show.lexicon.at(words, place))
    if any(long > count for _, long in nouns):
        return False
    return count > 1 or not any(noun.doubtful for noun, _ in nouns) or stands_as_noun(words, place)


def _cued(show: Show, reading: Reading) -> Iterator[Item]:
    for at, cue in cues_of(reading.tracked.scene):
        if cue.name in TOGETHER:
            continue
        group = is_group(cue.name, show.lexicon)
        category, name = (Category.EXTRAS, cue.name.lower()) if group else (Category.SPEAKING, cue.name)
        yield _item(reading, category, name, at=(at, cue.start, cue.end), why="cue (V.O.)" if cue.heard else "cue")
    for at, element in enumerate(reading.elements):
        if element.kind is Kind.LYRIC:
            yield _item(reading, Category.SOUND, "song", at=(at, 0, len(element.text)), why="lyric")


def _named(show: Show, reading: Reading) -> Iterator[Item]:
    for at, words in _action(reading):
        shown = {place: (count, name) for place, count, name in introductions(words, show.roll, show.lexicon)}
        place = 0
        while place < len(words):
            name, count = show.roll.at(words, place)
            why = "named in action"
            if place in shown:
                count, name = shown[place]
                why = "introduced"
            elif name and not is_present(words, place, count, lexicon=show.lexicon):
                name = ""
            if name:
                span = (at, words[place].start, words[place + count - 1].end)
                yield _item(reading, Category.SILENT, name, at=span, why=why)
            place += max(count, 1)


def _peopled(show: Show, reading: Reading, named: Sequence[Item]) -> Iterator[Item]:
    owned: Owned = {}
    for item in named:
        own(owned, item)
    here = {item.name for item in named}
    for at, words in _action(reading):
        for place in range(len(words)):
            for noun, count in show.lexicon.at(words, place):
                if noun.sense not in ("people", "crowds"):
                    continue
                start, name = background(words, place, noun, lexicon=show.lexicon, roll=show.roll)
                role = name.upper() in show.roll.speaking
                if not name or (role and name.upper() in here):
                    continue
                span = (at, words[start].start, words[place + count - 1].end)
                category = Category.SILENT if role else Category.EXTRAS
                why = "role" if role else "crowd" if noun.sense == "crowds" or name != noun.name else "background"
                item = _item(reading, category, name.upper() if role else name, at=span, why=why)
                if is_free(owned, item):
                    yield item


def _thingly(show: Show, reading: Reading) -> Iterator[Item]:
    for at, element in enumerate(reading.elements):
        words = reading.words[at]
        if not words:
            continue
        for found in (find_vehicles if element.kind is Kind.SCENE else find_things)(words, show.lexicon):
            span = (at, words[found.place].start, words[found.place + found.number - 1].end)
            yield _item(reading, found.category, found.name, at=span, why=found.why)


def _action(reading: Reading) -> Iterator[tuple[int, tuple[Word, ...]]]:
    for at, element in enumerate(reading.elements):
        if element.kind is Kind.ACTION:
            yield at, reading.words[at]
