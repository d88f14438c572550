"""Policy as data: rules of guilds, insurers, clients and laws, held against facts. Unknown is locked.

A rule speaks where all of its `when` hold, and is kept where all of its `must` hold. A fact that nobody has stated
holds in `when` and does not in `must`: nothing gets past a rule by not being said. What no machine may decide is a
fact `answers.RULE`, stated by a person, with a reason.
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

TODAY = "job.date"
ANSWERS = "answers."


def _same_kind(one: Value, other: Value) -> bool:
    numbers = (int, float)
    both_numbers = isinstance(one, numbers) and isinstance(other, numbers)
    return isinstance(one, bool) == isinstance(other, bool) and (both_numbers or type(one) is type(other))


def _list(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


OPERATORS: Mapping[str, Callable[[Value, Any], bool]] = {
    "is": lambda fact, value: _same_kind(fact, value) and fact == value,
    "is_not": lambda fact, value: _same_kind(fact, value) and fact != value,
    "in": lambda fact, value: isinstance(fact, str) and fact in value,
    "not_in": lambda fact, value: isinstance(fact, str) and fact not in value,
    "at_least": lambda fact, value: _same_kind(fact, value) and fact >= value,
    "at_most": lambda fact, value: _same_kind(fact, value) and fact <= value,
    "before": lambda fact, value: _same_kind(fact, value) and fact < value,
    "not_after": lambda fact, value: _same_kind(fact, value) and fact <= value,
    "has": lambda fact, value: value in _list(fact),
    "covers": lambda fact, value: set(_list(value)) <= set(_list(fact)),
    "not_empty": lambda fact, value: (len(_list(fact)) > 0 and fact != "") == value,
    "stated": lambda fact, value: value is True,
}
"""What a condition can ask of a fact; of a fact of another kind than the value nothing holds."""

DAYS = "within_days"


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
        """Tell whether it holds; None where a fact that it needs was not stated."""
        value: Any = facts.get(self.value[1:]) if self._refers else self.value
        fact = facts.get(self.fact)
        if self.operator == DAYS:
            today = facts.get(TODAY)
            if not isinstance(fact, date) or not isinstance(today, date):
                return None if fact is None or today is None else False
            return 0 <= (today - fact).days <= int(value)
        if fact is None or value is None:
            return None
        return OPERATORS[self.operator](fact, value)

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

    def __str__(self) -> str:
        unsaid = f"; nobody has stated {', '.join(self.unstated)}" if self.unstated else ""
        asked = f"; to be answered by a person: {self.rule.question}" if self.rule.question else ""
        return f"{self.rule.id}: {self.rule.text} ({self.pack}){unsaid}{asked}"


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
    """

    name: str
    version: str
    title: str
    for_whom: str
    source: str
    rules: tuple[PolicyRule, ...]
    facts: tuple[FactKind, ...] = ()


def judged(rule: PolicyRule, facts: Facts) -> bool | None:
    """Tell whether facts keep a rule: True, False, or None where it does not speak."""
    if any(condition.holds(facts) is False for condition in rule.when):
        return None
    return all(condition.holds(facts) is True for condition in rule.must)


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
        if question in rule.ask and (reason := _reason(rule, facts, f"{pack.name} {pack.version}"))
    ]
    return sorted(found, key=lambda reason: OUTCOMES.index(reason.outcome))


def _reason(rule: PolicyRule, facts: Facts, pack: str) -> Reason | None:
    if judged(rule, facts) is not False:
        return None
    if rule.otherwise == "escalate" and facts.get(rule.answer) == "yes":
        return None
    broken = [condition for condition in rule.must if condition.holds(facts) is not True]
    asked = dict.fromkeys(name for condition in (*rule.when, *broken) for name in condition.needs)
    unstated = tuple(name for name in asked if name not in facts)
    return Reason(rule, pack, rule.otherwise, unstated, tuple(condition.words for condition in broken))
