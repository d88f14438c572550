"""Read rule packs and the list of facts that they ask for; whatever does not fit is refused, all of it at once."""

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from math import isfinite
from typing import Any

from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.rules import (
    ANSWERS,
    DAYS,
    OPERATORS,
    OUTCOMES,
    QUESTIONS,
    Condition,
    FactKind,
    Facts,
    Pack,
    PolicyRule,
    Value,
    is_a,
)

FACTS = "facts.toml"
RULE_KEYS = {
    "id",
    "text",
    "source",
    "read",
    "ask",
    "when",
    "must",
    "otherwise",
    "remedy",
    "question",
    "passes",
    "fails",
}
VALUES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("is", "is_not"), ("text", "date", "number", "bool")),
    **dict.fromkeys(("at_least", "at_most", "before", "not_after"), ("date", "number")),
    **dict.fromkeys(("in", "not_in", "covers"), ("list",)),
    **dict.fromkeys(("not_empty", "stated"), ("bool",)),
    "has": ("text",),
    DAYS: ("number",),
}
"""What a fact can be held against, by operator; most also against another fact, `@name`."""

NEEDED = ("id", "text", "source", "ask", "must", "otherwise", "passes", "fails")


def installed_packs() -> dict[str, bytes]:
    """Return the packs that came with this version, as they are, by name."""
    found = {place.name.removesuffix(".toml"): place for place in _folder().iterdir() if place.name.endswith(".toml")}
    found.pop(FACTS.removesuffix(".toml"), None)
    return {name: found[name].read_bytes() for name in sorted(found)}


@cache
def known_facts() -> Mapping[str, FactKind]:
    """Return every fact that the packs of this version ask for, by name."""
    table = tomllib.loads((_folder() / FACTS).read_text("utf-8"))
    return {name: FactKind(name, said["kind"], said["words"], said["derived"]) for name, said in table.items()}


def facts_of_packs(packs: Iterable[Pack]) -> dict[str, FactKind]:
    """Return every fact that can be stated where these packs were chosen: ours, and those that they bring."""
    return {**{fact.name: fact for pack in packs for fact in pack.facts}, **known_facts()}


def value_of(name: str, text: str, facts: Mapping[str, FactKind]) -> Value:
    """Return what a person typed as the value of a fact; answers are `yes` or `no`.

    Args:
        name: of the fact.
        text: as it was typed.
        facts: that there are.

    Raises:
        NotFound: no rule asks for such a fact.
        BadMaterial: it is no value of its kind, or Rushes knows it by itself.

    >>> value_of("answers.NFX-02", "yes", {})
    'yes'
    """
    if name.startswith(ANSWERS):
        return _one_of(name, text, {"yes": "yes", "no": "no"})
    if name not in facts:
        raise NotFound("fact", name, facts)
    if facts[name].derived:
        raise BadMaterial(f"{name} is known from the ledger", [facts[name].words], "Nobody has to state it.")
    try:
        return _READERS[facts[name].kind](name, text)
    except ValueError as error:
        remedy = {"date": "Write it as 2027-03-31.", "number": "Write a number."}.get(facts[name].kind, "")
        raise BadMaterial(f"{text!r} is no {facts[name].kind} for {name}", [facts[name].words], remedy) from error


def read_pack(content: bytes, where: str) -> Pack:
    """Read a pack.

    Args:
        content: of its TOML file.
        where: name of the file, for the message.

    Raises:
        BadMaterial: with everything in it that does not fit.
    """
    try:
        table = tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadMaterial(f"{where} is no rule pack", [str(error)]) from error
    rules = table.get("rule", [])
    faults = [f"no {name}" for name in ("name", "version", "title", "for", "source") if not table.get(name)]
    own, strange = _own_facts(table.get("facts", {}))
    faults += [*strange, *_term_faults(table), *(fault for rule in rules for fault in _faults(rule))]
    ids = [rule.get("id") for rule in rules]
    faults += [f"{name} is there more than once" for name in dict.fromkeys(ids) if ids.count(name) > 1]
    if faults or not rules:
        raise BadMaterial(f"{where} is no rule pack", faults or ["it has no rules"], "Put these right.")
    made = tuple(_rule(rule) for rule in rules)
    named = (table["name"], str(table["version"]), table["title"], table["for"], table["source"])
    pack = Pack(*named, made, own, table.get("from"), table.get("until"))
    if undescribed := list(_undescribed(pack)):
        raise BadMaterial(
            f"{where} asks for facts that nobody could state", undescribed, "Describe them under [facts]."
        )
    return pack


def _own_facts(table: Mapping[str, Any]) -> tuple[tuple[FactKind, ...], list[str]]:
    """Return the facts that a pack describes, which people state, and what does not fit about them."""
    fits = {
        name: isinstance(said, dict) and said.get("kind") in _READERS and said.get("words")
        for name, said in table.items()
    }
    faults = [f"fact {name}: it has a kind ({', '.join(_READERS)}) and words" for name in fits if not fits[name]]
    faults += [f"fact {name} is one of ours already" for name in fits if name in known_facts()]
    own = (FactKind(name, table[name]["kind"], table[name]["words"], derived=False) for name in fits if fits[name])
    return tuple(own), faults


def _undescribed(pack: Pack) -> Iterator[str]:
    known = facts_of_packs([pack])
    for rule in pack.rules:
        for name in dict.fromkeys(name for condition in (*rule.when, *rule.must) for name in condition.needs):
            if name not in known and not name.startswith(ANSWERS):
                yield f"{rule.id}: {name}"


def _faults(rule: Mapping[str, Any]) -> Iterator[str]:
    name = rule.get("id", "a rule without id")
    for key in NEEDED:
        if key not in rule:
            yield f"{name}: no {key}"
    for key in sorted(set(rule) - RULE_KEYS):
        yield f"{name}: {key} is no part of a rule"
    for question in sorted(set(rule.get("ask", [])) - set(QUESTIONS)):
        yield f"{name}: {question} is no question"
    if rule.get("otherwise") not in OUTCOMES:
        yield f"{name}: {rule.get('otherwise')} is no outcome"
    for condition in (*rule.get("when", []), *rule.get("must", [])):
        operators = set(condition) - {"fact"}
        if "fact" not in condition or len(operators) != 1 or not operators <= {*OPERATORS, DAYS}:
            yield f"{name}: {condition} is no condition"
        elif not _holdable(min(operators), _value(condition[min(operators)])):
            yield f"{name}: {condition} holds a fact against something that it cannot be held against"


def _holdable(operator: str, value: Any) -> bool:
    refers = isinstance(value, str) and value.startswith("@")
    if refers:
        return operator not in ("not_empty", "stated", DAYS)
    return any(is_a(value, kind) for kind in VALUES[operator])


def _term_faults(table: Mapping[str, Any]) -> Iterator[str]:
    days = [table[key] for key in ("from", "until") if key in table]
    if not all(is_a(day, "date") for day in days):
        yield "from and until are days, as in 2026-07-01"
    elif days != sorted(days):
        yield "its term ends before it begins"


def _rule(rule: Mapping[str, Any]) -> PolicyRule:
    return PolicyRule(
        id=rule["id"],
        text=rule["text"],
        source=rule["source"],
        ask=tuple(rule["ask"]),
        when=tuple(map(_condition, rule.get("when", []))),
        must=tuple(map(_condition, rule["must"])),
        otherwise=rule["otherwise"],
        remedy=rule.get("remedy", ""),
        question=rule.get("question", ""),
        passes=_facts(rule["passes"]),
        fails=_facts(rule["fails"]),
    )


def _condition(table: Mapping[str, Any]) -> Condition:
    [operator] = set(table) - {"fact"}
    return Condition(table["fact"], operator, _value(table[operator]))


def _facts(table: Mapping[str, Any]) -> Facts:
    return {name: _value(value) for name, value in table.items()}


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _one_of(name: str, text: str, words: Mapping[str, Value]) -> Value:
    if text not in words:
        raise BadMaterial(f"{text!r} is no answer for {name}", remedy=f"Say {' or '.join(words)}.")
    return words[text]


def _number(text: str) -> Value:
    number = int(text) if text.lstrip("-").isdigit() else float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is no number to hold anything against")
    return number


_READERS: Mapping[str, Callable[[str, str], Value]] = {
    "text": lambda name, text: text,
    "date": lambda name, text: date.fromisoformat(text),
    "number": lambda name, text: _number(text),
    "bool": lambda name, text: _one_of(name, text, {"yes": True, "no": False}),
    "list": lambda name, text: tuple(word.strip() for word in text.split(",") if word.strip()),
}


def _folder() -> Traversable:
    return files("rushes.policy") / "packs"
