"""Policy as data: rules of guilds, insurers, clients and laws, held against facts. Unknown is locked.

A rule speaks where all of its `when` hold, and is kept where all of its `must` hold. A fact that nobody has stated
holds in `when` and does not in `must`: nothing gets past a rule by not being said, nor by being said as something that
it cannot be. What no machine may decide is a fact `answers.RULE`, stated by a person, with a reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from rushes.domain.errors import BadMaterial

Value = str | bool | int | float | date | tuple[str, ...]
Facts = Mapping[str, Value]
"""What is known of a question, by name: `model.production`, `job.date`."""

QUESTIONS = ("may_ingest", "may_train", "may_generate", "may_release", "may_export")
OUTCOMES = ("block", "escalate", "notify", "disclose", "disclaim", "warn")
REFUSALS = ("block", "escalate")
"""Outcomes that say no; an escalation until a person who may has answered yes."""

TODAY, ANSWERS = "job.date", "answers."
KINDS = {"text": (str,), "date": (date,), "number": (int, float), "bool": (bool,), "list": (tuple,)}
"""What a fact can be."""


def is_a(value: object, kind: str) -> bool:
    """Tell whether a value is of a kind in `KINDS`; a moment is no date, a truth no number, not-a-number nothing."""
    itself = type(value) in KINDS[kind] and value == value  # noqa: PLR0124 - NaN is not itself
    return itself and (not isinstance(value, tuple) or all(type(word) is str for word in value))


def _alike(fact: Value, value: Any) -> bool:
    return any(is_a(fact, kind) and is_a(value, kind) for kind in KINDS)


def _ordered(fact: Value, value: Any) -> bool:
    return any(is_a(fact, kind) and is_a(value, kind) for kind in ("date", "number"))


def _word_of_list(fact: Value, value: Any) -> bool:
    return is_a(fact, "text") and is_a(value, "list")


def _lists(fact: Value, value: Any) -> bool:
    return is_a(fact, "list") and is_a(value, "list")


@dataclass(frozen=True)
class Operator:
    """What a condition can ask of a fact.

    Attributes:
        fits: whether it can be asked of such a fact with such a value; where it cannot, it is as if nothing were said.
        holds: the answer.
    """

    fits: Callable[[Value, Any], bool]
    holds: Callable[[Any, Any], bool]


OPERATORS: Mapping[str, Operator] = {
    "is": Operator(_alike, lambda fact, value: fact == value),
    "is_not": Operator(_alike, lambda fact, value: fact != value),
    "in": Operator(_word_of_list, lambda fact, value: fact in value),
    "not_in": Operator(_word_of_list, lambda fact, value: fact not in value),
    "at_least": Operator(_ordered, lambda fact, value: fact >= value),
    "at_most": Operator(_ordered, lambda fact, value: fact <= value),
    "before": Operator(_ordered, lambda fact, value: fact < value),
    "not_after": Operator(_ordered, lambda fact, value: fact <= value),
    "has": Operator(lambda fact, value: _word_of_list(value, fact), lambda fact, value: value in fact),
    "covers": Operator(_lists, lambda fact, value: set(value) <= set(fact)),
    "not_empty": Operator(
        lambda fact, value: is_a(value, "bool") and (is_a(fact, "text") or is_a(fact, "list")),
        lambda fact, value: (len(fact) > 0) == value,
    ),
    "stated": Operator(lambda fact, value: value is True, lambda fact, value: True),
}

DAYS = "within_days"


def said(facts: Facts, name: str) -> Value | None:
    """Return a fact, or None where nobody has stated it; to say None, or a number that is none, is to say nothing."""
    value = facts.get(name)
    return value if value == value else None  # noqa: PLR0124 - NaN is not itself


@dataclass(frozen=True)
class Condition:
    """One thing asked of one fact.

    Attributes:
        fact: its name.
        operator: one of `OPERATORS`, or `within_days`.
        value: what it is held against; `@name` is the value of another fact.
    """

    fact: str
    operator: str
    value: Any

    def holds(self, facts: Facts) -> bool | None:
        """Tell whether it holds; None where a fact that it needs was not stated, or is of another kind than it asks."""
        fact: Any = said(facts, self.fact)
        value: Any = said(facts, self.value[1:]) if self._refers else self.value
        if self.operator == DAYS:
            today: Any = said(facts, TODAY)
            fits = is_a(fact, "date") and is_a(today, "date") and is_a(value, "number")
            return 0 <= (today - fact).days <= value if fits else None
        if fact is None or not OPERATORS[self.operator].fits(fact, value):
            return None
        return OPERATORS[self.operator].holds(fact, value)

    @property
    def needs(self) -> tuple[str, ...]:
        """The facts that it asks for."""
        further = (self.value[1:],) if self._refers else (TODAY,) if self.operator == DAYS else ()
        return self.fact, *further

    @property
    def words(self) -> str:
        """It for people: `model.production is @job.production`."""
        value = ", ".join(self.value) if isinstance(self.value, tuple) else self.value
        return f"{self.fact} {self.operator.replace('_', ' ')} {value}"

    @property
    def _refers(self) -> bool:
        return isinstance(self.value, str) and self.value.startswith("@")


@dataclass(frozen=True)
class PolicyRule:
    """One rule of a pack.

    Attributes:
        id: stable, and cited.
        text: one sentence.
        source: instrument and clause.
        ask: questions at which it speaks.
        when: it speaks where all of these hold.
        must: it is kept where all of these hold.
        otherwise: what follows where it is not: one of `OUTCOMES`.
        remedy: what to do then.
        question: for what only a person decides: what to ask.
        passes: facts with which it is kept.
        fails: facts with which it is not.
    """

    id: str
    text: str
    source: str
    ask: tuple[str, ...]
    when: tuple[Condition, ...]
    must: tuple[Condition, ...]
    otherwise: str
    remedy: str
    question: str
    passes: Facts
    fails: Facts

    @property
    def answer(self) -> str:
        """The fact by which a person lifts an escalation."""
        return f"{ANSWERS}{self.id}"


@dataclass(frozen=True)
class Reason:
    """A rule that is not kept.

    Attributes:
        pack: name and version of its pack.
        outcome: what follows.
        unstated: facts that nobody has stated and that it asks for.
        broken: its conditions that do not hold, for people.
    """

    rule: PolicyRule
    pack: str
    outcome: str
    unstated: tuple[str, ...]
    broken: tuple[str, ...]

    @property
    def refuses(self) -> bool:
        """It says no."""
        return self.outcome in REFUSALS

    @property
    def false(self) -> tuple[str, ...]:
        """Its conditions that do not hold although all is known that they ask for, for people."""
        return tuple(words for words in self.broken if not any(name in words for name in self.unstated))

    def __str__(self) -> str:
        said = [f"{self.rule.id}: {self.rule.text} ({self.pack})"]
        said += [f"nobody has stated {', '.join(self.unstated)}"] if self.unstated else []
        said += [f"it is not so that {', '.join(self.false)}"] if self.false else []
        return "; ".join(said + ([f"to be answered by a person: {self.rule.question}"] if self.rule.question else []))


@dataclass(frozen=True)
class FactKind:
    """What a fact is.

    Attributes:
        kind: text, date, number, bool or list.
        words: what it says, for people.
        derived: Rushes knows it by itself; else a person states it.
    """

    name: str
    kind: str
    words: str
    derived: bool


@dataclass(frozen=True)
class Pack:
    """Rules of one origin.

    Attributes:
        name: as a show chooses it.
        version: of its text.
        title: for people.
        for_whom: who should choose it.
        source: where its text was read.
        facts: that its rules ask for and that no pack of ours does; people state them.
        starts: first day of the terms that it holds, or None: from always.
        ends: their last day, or None: they have none.
    """

    name: str
    version: str
    title: str
    for_whom: str
    source: str
    rules: tuple[PolicyRule, ...]
    facts: tuple[FactKind, ...] = ()
    starts: date | None = None
    ends: date | None = None

    @property
    def label(self) -> str:
        """Name and version."""
        return f"{self.name} {self.version}"


def judged(rule: PolicyRule, facts: Facts) -> bool | None:
    """Tell whether facts keep a rule: True, False, or None where it does not speak."""
    if any(condition.holds(facts) is False for condition in rule.when):
        return None
    return all(condition.holds(facts) is True for condition in rule.must)


def fitting(facts: Facts, kinds: Mapping[str, FactKind]) -> dict[str, Value]:
    """Return the facts that are what they have to be; whatever is not counts as not stated.

    Args:
        facts: what was said.
        kinds: every fact that can be stated, by name; answers are texts.
    """
    expected = {name: kinds[name].kind if name in kinds else "text" for name in facts}
    known = (name for name in facts if name in kinds or name.startswith(ANSWERS))
    return {name: facts[name] for name in known if is_a(facts[name], expected[name])}


def reasons(packs: Sequence[Pack], question: str, facts: Facts) -> list[Reason]:
    """Hold facts against every rule that speaks at a question; all that is not kept, those that refuse first.

    Args:
        packs: that the show has chosen.
        question: one of `QUESTIONS`.
        facts: what is known.

    Raises:
        BadMaterial: it is no question.
    """
    if question not in QUESTIONS:
        raise BadMaterial(f"{question!r} is no question", [], f"Ask one of {', '.join(QUESTIONS)}.")
    found = [
        reason
        for pack in packs
        for rule in pack.rules
        if question in rule.ask and (reason := _reason(rule, facts, pack.label))
    ]
    return sorted(found, key=lambda reason: OUTCOMES.index(reason.outcome))


def _reason(rule: PolicyRule, facts: Facts, pack: str) -> Reason | None:
    if judged(rule, facts) is not False:
        return None
    if rule.otherwise == "escalate" and said(facts, rule.answer) == "yes":
        return None
    broken = [condition for condition in rule.must if condition.holds(facts) is not True]
    asked = dict.fromkeys(name for condition in (*rule.when, *broken) for name in condition.needs)
    unstated = tuple(name for name in asked if said(facts, name) is None)
    return Reason(rule, pack, rule.otherwise, unstated, tuple(condition.words for condition in broken))
