"""What people decided about a breakdown: kept as plain JSON, and held to in every later breakdown and draft."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from rushes.departments.previs.breakdown.items import Category
from rushes.departments.previs.breakdown.words import singulars, words_of
from rushes.domain.errors import BadMaterial

MOST, LONGEST = 200_000, 400


@dataclass(frozen=True, slots=True)
class Decision:
    """A person said that some words of a scene are an item of the sheet, or are not.

    Attributes:
        scene: id of the scene, the same in every draft.
        category: in which sense.
        name: what it is called on the list.
        words: of the script, as they stand there; nothing for what a scene needs and does not say.
        accepted: needed, or rejected.
        by: who decided.
        at: when, ISO 8601.
    """

    scene: str
    category: Category
    name: str
    words: str
    accepted: bool
    by: str
    at: str


def write_decisions(decided: Iterable[Decision]) -> str:
    """Write decisions as JSON, one a line inside a list, so that two versions can be compared line by line."""
    rows = [json.dumps(asdict(one), ensure_ascii=False, sort_keys=True) for one in decided]
    return "[\n" + ",\n".join(rows) + "\n]\n"


def read_decisions(text: str, name: str = "decisions") -> tuple[Decision, ...]:
    """Read what `write_decisions` wrote.

    Raises:
        BadMaterial: it is something else; every wrong entry is named.

    >>> one = Decision("scene-0001", Category.PROPS, "sidearm", "sidearm", True, "Ada", "2026-11-26T20:00:00Z")
    >>> read_decisions(write_decisions([one])) == (one,)
    True
    """
    try:
        rows = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadMaterial(f"{name}: no JSON: {error}", remedy="Take the file from the last save.") from error
    if not isinstance(rows, list) or len(rows) > MOST:
        raise BadMaterial(f"{name}: not a list of at most {MOST} decisions", remedy="Take the file from the last save.")
    wrong = [f"entry {place}: {why}" for place, row in enumerate(rows, 1) if (why := _fault(row))]
    if wrong:
        raise BadMaterial(f"{name}: {len(wrong)} of {len(rows)} decisions cannot be read", wrong[:20])
    return tuple(Decision(**{**row, "category": Category(row["category"])}) for row in rows)


def _fault(row: object) -> str:
    if not isinstance(row, dict) or set(row) != set(Decision.__slots__):
        return f"its fields are not {', '.join(Decision.__slots__)}"
    if not isinstance(row["accepted"], bool):
        return "accepted is neither true nor false"
    for key in ("scene", "category", "name", "words", "by", "at"):
        if not isinstance(row[key], str) or len(row[key]) > LONGEST:
            return f"{key} is no text of at most {LONGEST} characters"
    if row["category"] not in set(Category):
        return f"no category {row['category']!r}"
    try:
        datetime.fromisoformat(row["at"])
    except ValueError:
        return f"{row['at']!r} is no time"
    return ""


def _moment(at: str) -> float:
    # a clock that names no zone must not make two machines disagree
    said = datetime.fromisoformat(at)
    return (said if said.tzinfo else said.replace(tzinfo=UTC)).timestamp()


def key_of(words: str) -> tuple[str, ...]:
    """Return words as they are compared: in small letters, without marks; the last in the singular."""
    low = [word.low for word in words_of(words)]
    return (*low[:-1], singulars(low[-1])[-1]) if low else ()


@dataclass(frozen=True)
class Ruling:
    """Decisions, ready to be held to.

    Attributes:
        here: by scene, category and words: the last decision of that scene.
        anywhere: by category and words: the last decision of any scene.
        phrases: the accepted words of the show, each with its sense, by their first; the longest first.
        implied: what was added to a scene without words.
    """

    here: dict[tuple[str, str, tuple[str, ...]], Decision] = field(default_factory=dict)
    anywhere: dict[tuple[str, tuple[str, ...]], Decision] = field(default_factory=dict)
    phrases: dict[str, list[tuple[tuple[str, ...], Category]]] = field(default_factory=dict)
    implied: dict[str, list[Decision]] = field(default_factory=dict)

    def on(self, scene: str, category: Category, words: tuple[str, ...]) -> Decision | None:
        """Return what was decided of words in a sense: in this scene, else anywhere in the show."""
        return self.here.get((scene, category, words)) or self.anywhere.get((category, words))

    def rejects(self, scene: str, category: Category, words: str, *, name: str) -> bool:
        """Say whether words, or what they are called, were rejected in a sense."""
        for said in (words, name):
            one = self.on(scene, category, key_of(said))
            if one is not None:
                return not one.accepted
        return False


def rule_on(decided: Sequence[Decision]) -> Ruling:
    """Make decisions ready: the later one wins, and a scene's own wins over another scene's."""
    ordered = sorted(decided, key=lambda one: _moment(one.at))
    ruling = Ruling()
    implied: dict[tuple[str, str, str], Decision] = {}
    for one in ordered:
        words = key_of(one.words)
        if words:
            ruling.here[one.scene, one.category, words] = one
            ruling.anywhere[one.category, words] = one
        else:
            implied[one.scene, one.category, one.name.casefold()] = one
    for one in implied.values():
        if one.accepted:
            ruling.implied.setdefault(one.scene, []).append(one)
    seen = {(words, Category(category)) for category, words in ruling.anywhere}
    for words, category in sorted(seen, key=lambda one: (-len(one[0]), one)):
        ruling.phrases.setdefault(words[0], []).append((words, category))
    return ruling
