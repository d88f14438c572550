"""What gate and rules say, as reasons of an answer: each once, only the guilty instrument, with its source."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from rushes.domain.gate import RULES
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset
from rushes.domain.question import Grants
from rushes.domain.records import digest_of
from rushes.domain.rules import Pack, Reason
from rushes.domain.said import Because
from rushes.domain.signatures import Group

RIGHTS = "rights"
"""What stands for a pack where the gate speaks."""

UNREADABLE, MODEL = "R-POL-01", "R-MOD-01"
SAMPLE = 5

SOURCES: Mapping[str, str] = {rule.id: rule.source for rule in RULES}
FAMILIES = {"R-LIC": SOURCES["R-LIC-01"], "R-CON": SOURCES["R-CON-02"]}
"""Where a rule about one grant alone is from: that of the rule which one grant has to answer."""


def why_not(assets: Sequence[Asset], groups: Iterable[Group], grants: Grants) -> list[Because]:
    """Return what the gate objects to some assets: each objection once, with how many it speaks against.

    Args:
        assets: that were asked about.
        groups: what was answered, by signature.
        grants: everything on record, for the clause of the paper.
    """
    clauses = {licence.name: licence.clause for licence in grants.licences}
    places: dict[tuple[str, str | None, str], list[int]] = {}
    for group in groups:
        for found in dict.fromkeys((one.rule, one.instrument, one.text) for one in group.objections):
            places.setdefault(found, []).extend(group.places)
    return [
        Because(
            rule=rule,
            outcome="block",
            text=text,
            source=SOURCES.get(rule) or FAMILIES[rule[:5]],
            pack=RIGHTS,
            instrument=instrument,
            clause=clauses.get(instrument or "", "") if rule.startswith("R-LIC") else "",
            assets=len(against),
            sample=tuple(assets[place].name for place in sorted(against)[:SAMPLE]),
        )
        for (rule, instrument, text), against in places.items()
    ]


def why_not_by_rule(reason: Reason) -> Because:
    """Return a rule of a pack that is not kept as a reason of an answer."""
    rule = reason.rule
    wrong = f" It is not so that {', '.join(reason.false)}." if reason.false else ""
    asked = f" To be answered by a person: {rule.question}" if rule.question else ""
    return Because(
        rule=rule.id,
        outcome=reason.outcome,
        text=f"{rule.text}{wrong}{asked}",
        source=rule.source,
        pack=reason.pack,
        unstated=reason.unstated,
    )


def unreadable(error: Exception) -> Because:
    """Return the reason where something could not be read: whatever cannot be read allows nothing."""
    text = " ".join(str(error).split()) or type(error).__name__
    return Because(UNREADABLE, "block", text, "our own: unknown is locked", RIGHTS)


def model_reason(text: str) -> Because:
    """Return a reason by which a model may not be used: its scope, or what was withdrawn from it."""
    return Because(MODEL, "block", text, "the scope signed with the weights; quarantine by withdrawal", RIGHTS)


def what_to_do(reasons: Iterable[Reason]) -> list[str]:
    """Return what rules of packs ask for, each thing once."""
    lines = []
    for reason in reasons:
        lifted = f"A person answers: {reason.rule.answer}. " if reason.outcome == "escalate" else ""
        if words := f"{lifted}{reason.rule.remedy}".strip():
            lines.append(f"{reason.rule.id}: {words}")
    return list(dict.fromkeys(lines))


def last_day(instruments: Iterable[Licence | Consent], grants: Grants) -> date | None:
    """Return the last day on which every one of some grants holds, or None where none is known to end.

    A withdrawal from a later day on ends a grant the day before; a duty that is not done ends it when it is due.
    """
    days = []
    for grant in set(instruments):
        digest = digest_of(grant)
        days += [grant.ends] if grant.ends else []
        if digest in grants.withdrawn_on:
            days.append(grants.withdrawn_on[digest] - timedelta(1))
        duties = grant.duties if isinstance(grant, Licence) else ()
        days += [duty.due for duty in duties if duty.due and (digest, duty.name) not in grants.discharged_on]
    return min(days, default=None)


def earliest(days: Iterable[date | None], packs: Iterable[Pack]) -> date | None:
    """Return the first of some last days, and of those of the terms that the packs hold."""
    return min((day for day in (*days, *(pack.ends for pack in packs)) if day), default=None)
