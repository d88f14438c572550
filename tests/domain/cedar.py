"""The gate and the rule packs a second time, as policies of Cedar: written from the rules' words, not from our code.

Cedar has neither loops nor existence over a set of records, so each place for a record is written out. What our
gate joins (which withdrawal is the first, which hold the newest) is joined here in a way of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from cedarpy import PolicySet, is_authorized_batch

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of
from rushes.domain.rules import Condition, Facts, PolicyRule

LICENCES, CONSENTS, PEOPLE, DUTIES, OTHERS = 3, 4, 2, 2, 3
Request = dict[str, Any]
OPERATION: Request = {"principal": 'Show::"nf"', "action": 'Action::"use"', "resource": 'Asset::"it"'}


def either(parts: Sequence[str]) -> str:
    return "(" + " || ".join(f"({part})" for part in parts) + ")"


def both(parts: Sequence[str]) -> str:
    return "(" + " && ".join(f"({part})" for part in parts) + ")"


def optional(record: str, name: str, claim: str) -> str:
    """A claim about something that need not be there."""
    return f"!({record} has {name}) || ({claim})"


def in_term(grant: str) -> str:
    return both(
        [
            optional(grant, "starts", f"{grant}.starts <= context.on"),
            optional(grant, "ends", f"context.on <= {grant}.ends"),
            optional(grant, "withdrawn", f"context.on < {grant}.withdrawn"),
        ]
    )


def for_use(grant: str) -> str:
    return f'({grant}.uses.contains(context.department) || {grant}.uses.contains("*"))'


def allows(grant: str) -> str:
    return both(
        [
            f"{grant}.show == context.show",
            f"{grant}.actions.contains(context.action)",
            for_use(grant),
            in_term(grant),
        ]
    )


def of_owner(grant: str) -> str:
    return f"context has owner && {grant}.owner == context.owner"


def speaks(grant: str) -> str:
    return f'{grant}.assets.contains(context.name) || ({grant}.assets.contains("*") && {of_owner(grant)})'


def duty_is_done(duty: str) -> str:
    done = f"{duty} has done && {duty}.done <= context.on"
    return f"({done}) || ({duty} has due && context.on <= {duty}.due)"


def licence_covers(grant: str) -> str:
    place = f'({grant}.territories.contains(context.territory) || {grant}.territories.contains("*"))'
    duties = [optional(grant, f"duty{i}", duty_is_done(f"{grant}.duty{i}")) for i in range(DUTIES)]
    return both([allows(grant), of_owner(grant), speaks(grant), place, *duties])


def consent_covers(grant: str, person: str) -> str:
    return both(
        [
            f"{grant}.person == {person}.name",
            f"{grant}.assets.isEmpty() || {grant}.assets.contains(context.name)",
            allows(grant),
            f'!{person}.minor || {grant}.by == "guardian"',
            f'!{person}.deceased || {grant}.by == "estate" || {grant}.by == "union"',
        ]
    )


def some(kind: str, places: int, claim: Any) -> str:
    return either([f"context has {kind}{i} && {claim(f'context.{kind}{i}')}" for i in range(places)])


def gate_policies() -> tuple[PolicySet, list[str]]:
    """Return the gate, and the rule of each of its policies, in their order."""
    people = [
        optional(
            "context", f"person{i}", some("consent", CONSENTS, lambda c, p=f"context.person{i}": consent_covers(c, p))
        )
        for i in range(PEOPLE)
    ]
    licensed = some("licence", LICENCES, licence_covers)
    known = 'context has owner && context.owner != "" && context.looked'
    policies = [("allow", f"permit(principal, action, resource) when {{ {both([known, licensed, *people])} }};")]
    lifted = some("licence", LICENCES, lambda one: both([f"{one}.lifts", licence_covers(one)]))
    forbidden = {
        "R-LIC-10": (
            LICENCES,
            "licence",
            lambda one: both(
                [speaks(one), of_owner(one), for_use(one), f"{one}.forbids.contains(context.action)", in_term(one)]
            ),
        ),
        "R-TDM-01": (
            OTHERS,
            "reservation",
            lambda one: f"{one}.asset == context.name && {one}.actions.contains(context.action) && !{lifted}",
        ),
        "R-HLD-01": (OTHERS, "hold", lambda one: f"context.subjects.contains({one}.subject)"),
        "R-ART-01": (OTHERS, "declined", lambda one: f"{one}.asset == context.name && context.teaches"),
    }
    for rule, (places, kind, claim) in forbidden.items():
        for place in range(places):
            condition = f"context has {kind}{place} && {claim(f'context.{kind}{place}')}"
            policies.append((rule, f"forbid(principal, action, resource) when {{ {condition} }};"))
    return PolicySet.from_str("\n".join(text for _, text in policies)), [rule for rule, _ in policies]


def request_of(asset: Asset, use: Use, grants: Grants) -> Request:
    """Return a world as a request: each record joined with those that bear on it."""
    said: Request = {
        **{"name": asset.name, "looked": asset.people is not None, "show": use.show, "action": use.action},
        **{"department": use.department, "territory": use.territory, "on": use.on.toordinal()},
        "teaches": use.action in ("cawg.ai_training", "cawg.ai_generative_training"),
        "subjects": [subject for subject in (asset.name, asset.owner, *(asset.people or ())) if subject is not None],
    }
    if asset.owner is not None:
        said["owner"] = asset.owner
    said |= {f"licence{i}": _licence(one, grants) for i, one in enumerate(grants.licences)}
    said |= {f"consent{i}": _grant(one, grants) | _giver(one) for i, one in enumerate(grants.consents)}
    for i, person in enumerate(asset.people or ()):
        facts = [party for party in grants.parties if party.name == person][-1:]
        minor, deceased = any(one.minor for one in facts), any(one.deceased for one in facts)
        said[f"person{i}"] = {"name": person, "minor": minor, "deceased": deceased}
    for i, one in enumerate(grants.reservations):
        said[f"reservation{i}"] = {"asset": one.asset, "actions": list(one.actions)}
    later = [
        [other for other in grants.holds[i + 1 :] if (other.subject, other.kind) == (one.subject, one.kind)]
        for i, one in enumerate(grants.holds)
    ]
    said |= {f"hold{i}": {"subject": h.subject} for i, h in enumerate(grants.holds) if h.open and not later[i]}
    for i, word in enumerate(grants.opt_ins):
        newer = [o for o in grants.opt_ins[i + 1 :] if o.person == word.person and asset.name in o.assets]
        if asset.name in word.assets and not word.agreed and not newer:
            said[f"declined{i}"] = {"asset": asset.name}
    return {**OPERATION, "context": said}


def _grant(grant: Licence | Consent, grants: Grants) -> Request:
    told: Request = {"show": grant.show, "actions": list(grant.actions), "uses": list(grant.uses)}
    told |= {"starts": grant.starts.toordinal()} if grant.starts else {}
    told |= {"ends": grant.ends.toordinal()} if grant.ends else {}
    # the digest is dear, and most worlds have no withdrawal
    digest = digest_of(grant) if grants.withdrawals else ""
    taken = sorted(w.since for w in grants.withdrawals if w.instrument == digest)
    return told | ({"withdrawn": taken[0].toordinal()} if taken else {})


def _giver(consent: Consent) -> Request:
    return {"person": consent.person, "by": consent.given_by, "assets": list(consent.assets)}


def _licence(licence: Licence, grants: Grants) -> Request:
    told = {"owner": licence.owner, "assets": list(licence.assets), "territories": list(licence.territories)}
    told |= {"forbids": list(licence.forbids), "lifts": licence.lifts}
    for i, duty in enumerate(licence.duties):
        mine = [d for d in grants.discharges if (d.instrument, d.duty) == (digest_of(licence), duty.name)]
        done = sorted(d.on.toordinal() for d in mine)
        told[f"duty{i}"] = {
            **({"due": duty.due.toordinal()} if duty.due else {}),
            **({"done": done[0]} if done else {}),
        }
    return told | _grant(licence, grants)


def pack_policies(rules: Sequence[PolicyRule]) -> PolicySet:
    """Return rules as policies, in their order: each forbids where it speaks and is not kept."""
    texts = []
    for rule in rules:
        silent = either([both([_stated(one), f"!({_claim(one)})"]) for one in rule.when] or ["false"])
        kept = both([f"{_stated(one)} && {_claim(one)}" for one in rule.must])
        texts.append(f"forbid(principal, action, resource) when {{ !{silent} && !{kept} }};")
    return PolicySet.from_str("\n".join(texts))


def request_with(facts: Facts) -> Request:
    """Return facts as a request; days are numbers, and numbers hundredths: Cedar has whole ones only."""
    return {**OPERATION, "context": {name: _plain(value) for name, value in facts.items()}}


def broken(policies: PolicySet, requests: Sequence[Request]) -> list[tuple[bool, list[int]]]:
    """Ask Cedar: whether it allows, and the places of the policies that decided; an error of a policy is a no."""
    answers = is_authorized_batch(list(requests), policies, [])
    return [
        (
            answer.allowed and not answer.diagnostics.errors,
            sorted(int(name.removeprefix("policy")) for name in answer.diagnostics.reasons),
        )
        for answer in answers
    ]


def _stated(one: Condition) -> str:
    return both([f'context has "{name}"' for name in one.needs])


def _claim(one: Condition) -> str:
    fact = f'context["{one.fact}"]'
    refers = isinstance(one.value, str) and one.value.startswith("@")
    value = f'context["{one.value[1:]}"]' if refers else _literal(one.value)
    claims: Mapping[str, str] = {
        "is": f"{fact} == {value}",
        "is_not": f"{fact} != {value}",
        "in": f"{value}.contains({fact})",
        "not_in": f"!{value}.contains({fact})",
        "at_least": f"{fact} >= {value}",
        "at_most": f"{fact} <= {value}",
        "before": f"{fact} < {value}",
        "not_after": f"{fact} <= {value}",
        "has": f"{fact}.contains({value})",
        "covers": f"{fact}.containsAll({value})",
        "not_empty": f"({fact} == []) != {value}",
        "stated": "true",
        "within_days": f'{fact} <= context["job.date"] && context["job.date"] - {fact} <= {one.value}',
    }
    return claims[one.operator]


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(f'"{word}"' for word in value) + "]"
    return f'"{value}"' if isinstance(value, str) else str(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.toordinal()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(value * 100)
    return list(value) if isinstance(value, tuple) else value
