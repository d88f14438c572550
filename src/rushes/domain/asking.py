"""Whom to ask for what: the round of calls that a use still needs. Decisions, no files."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rushes.domain.faults import consent_faults, in_term
from rushes.domain.gate import objections
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset
from rushes.domain.question import Grants, Question, Use
from rushes.domain.records import digest_of

NOBODY_KNOWS = "?"
UNKNOWN = "unknown-"
"""What somebody is called who can be recognised and whom nobody knows: nobody consents for them."""


@dataclass(frozen=True)
class Call:
    """One call that somebody has to make.

    Attributes:
        whom: an owner or a person, by name; `?` where that has to be found out first.
        what: what to ask for: licence, consent, the owner, who is seen, or a hold to be lifted.
        assets: for which assets, by name.
        why: what is wrong today.
    """

    whom: str
    what: str
    assets: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True)
class Ending:
    """Something that ends, or falls due.

    Attributes:
        name: of the licence or consent.
        what: licence, consent or duty.
        party: who gave it, or to whom it is owed.
        on: its last day.
    """

    name: str
    what: str
    party: str
    on: date


def calls_to_make(assets: Iterable[Asset], use: Use, grants: Grants) -> list[Call]:
    """Return whom to ask for what before a use is allowed; each call once, with every asset that needs it.

    Args:
        assets: all that the use needs.
        use: what for.
        grants: everything on record.
    """
    calls: dict[tuple[str, str], tuple[dict[str, None], dict[str, None]]] = {}
    for asset in assets:
        for whom, what, why in _needs(Question(asset, use, grants)):
            names, reasons = calls.setdefault((whom, what), ({}, {}))
            names[asset.name] = None
            reasons[why] = None
    return [Call(whom, what, tuple(names), tuple(why)) for (whom, what), (names, why) in sorted(calls.items())]


def endings(grants: Grants, today: date, *, within_days: int) -> list[Ending]:
    """Return what ends or falls due within some days, the first of it first; what was withdrawn ends nothing.

    Args:
        grants: everything on record.
        today: from which is counted.
        within_days: how far to look ahead.
    """
    last = today + timedelta(within_days)
    every: list[Licence | Consent] = [*grants.licences, *grants.consents]
    standing = [grant for grant in every if in_term(grant, today, grants.withdrawn_on)]
    found = [Ending(grant.name, _kind(grant), _giver(grant), grant.ends) for grant in standing if grant.ends]
    for licence in grants.licences:
        for duty in licence.duties:
            if duty.due and (digest_of(licence), duty.name) not in grants.discharged_on:
                found.append(Ending(f"{licence.name}/{duty.name}", "duty", licence.owner, duty.due))
    return sorted((one for one in found if one.on <= last), key=lambda one: (one.on, one.name))


def gaps(
    assets: Sequence[Asset], grants: Grants, relied_on: Iterable[Licence | Consent], *, titled: set[str]
) -> list[str]:
    """Return what is allowed but thinly documented: what a lawyer would ask for before anything is delivered.

    Args:
        assets: all that is used.
        grants: everything on record.
        relied_on: the licences and consents that allow it.
        titled: names of the assets whose title is on record with its document.
    """
    lines = [
        f"{asset.name}: no document shows that {asset.owner} owns it" for asset in assets if asset.name not in titled
    ]
    for grant in sorted(relied_on, key=lambda grant: grant.name):
        said = f"{_kind(grant)} {grant.name} of {_giver(grant)}"
        if grant.paper is None:
            lines.append(f"{said}: its paper is not in the vault")
        if isinstance(grant, Consent) and not grant.described:
            lines.append(f"{said}: does not say in words what it is for")
        if isinstance(grant, Consent) and grant.request is None:
            lines.append(f"{said}: nothing shows which clip they were shown")
        if isinstance(grant, Consent) and grants.party(grant.person) is None:
            lines.append(f"{said}: nobody has said who {grant.person} is, nor whether they are of age")
    return lines


def _needs(question: Question) -> Iterator[tuple[str, str, str]]:
    asset = question.asset
    found = objections(asset, question.use, question.grants)

    def texts(*families: str) -> list[str]:
        return [one.text for one in found if one.rule.startswith(families)]

    if not asset.owner:
        yield NOBODY_KNOWS, "who owns it", "nobody has said who owns it"
    else:
        yield from ((asset.owner, "licence", why) for why in texts("R-LIC"))
    yield from ((asset.owner or NOBODY_KNOWS, "licence that lifts a reservation", why) for why in texts("R-TDM"))
    yield from ((NOBODY_KNOWS, "who can be recognised in it", why) for why in texts("R-CON-01"))
    for person in asset.people or ():
        faults = [consent_faults(grant, question) for grant in question.consents(person)]
        if person.startswith(UNKNOWN):
            yield NOBODY_KNOWS, f"who {person} is", f"{person} can be recognised, and nobody knows who it is"
        elif all(faults):
            said = [text for each in faults for _, text in each]
            wanted = f"no consent for {question.use.action} by {question.use.department}"
            yield from ((person, "consent", why) for why in said or [wanted])
    yield from ((str(one.instrument), "hold to be lifted", one.text) for one in found if one.rule == "R-HLD-01")
    yield from ((str(one.instrument), "opt-in", one.text) for one in found if one.rule == "R-ART-01")


def _kind(grant: Licence | Consent) -> str:
    return "licence" if isinstance(grant, Licence) else "consent"


def _giver(grant: Licence | Consent) -> str:
    return grant.owner if isinstance(grant, Licence) else grant.person
