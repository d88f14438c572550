"""What the ledger knows, in the words that rules ask in. A fact that it does not know is not there."""

from collections.abc import Mapping, Sequence
from datetime import date

from rushes.domain.grants import Consent
from rushes.domain.nouns import Asset, Model, Review, Take
from rushes.domain.question import EVERYTHING, Grants
from rushes.domain.rules import FactKind, Facts, Value, fitting


def facts_of_asset(asset: Asset, grants: Grants) -> dict[str, Value]:
    """Return what is known of footage: whose it is, who is in it, what is reserved or on hold."""
    subjects = {asset.name, asset.owner, *(asset.people or ())}
    reserved = {action for one in grants.reservations if one.asset == asset.name for action in one.actions}
    held = {hold.kind for hold in grants.open_holds() if hold.subject in subjects}
    facts: dict[str, Value] = {
        "asset.kind": asset.kind,
        "asset.source": asset.source,
        "asset.reserved": tuple(sorted(reserved)),
        "asset.held": tuple(sorted(held)),
    }
    if asset.owner:
        facts["asset.owner"] = asset.owner
    if asset.people is not None:
        facts["asset.people"] = asset.people
    return facts


def facts_of_model(model: Model, *, quarantined: bool) -> dict[str, Value]:
    """Return what is known of a model: its scope, and whether it may still be used."""
    return {
        "model.production": model.scope.show,
        "model.people": model.scope.people,
        "model.uses": model.scope.uses,
        "model.quarantined": quarantined,
        "model.base": model.base or "none",
        "model.ends": model.scope.ends or date.max,
    }


def facts_of_take(take: Take, review: Review | None) -> dict[str, Value]:
    """Return what is known of a take: who made it, and who approved it."""
    approved = review is not None and review.decision == "approved"
    return {
        "take.department": take.department,
        "take.reviewers": (review.person,) if review is not None and approved else (),
    }


def all_facts(stated: Facts, known: Facts, kinds: Mapping[str, FactKind]) -> dict[str, Value]:
    """Return what people stated and what the ledger knows, as far as each is what it has to be.

    What the ledger could know nobody can state otherwise, nor in its place where it is silent.
    """
    of_people = {name: value for name, value in stated.items() if not (name in kinds and kinds[name].derived)}
    return fitting({**of_people, **known}, kinds)


def facts_of_consents(consents: Sequence[Consent]) -> dict[str, Value]:
    """Return what all the consents that are relied on have; where one of them does not say, a person has to.

    A consent for every department names none, so nothing is said of the uses then.
    """
    if not consents:
        return {}
    facts: dict[str, Value] = {"consent.productions": tuple(sorted({one.show for one in consents}))}
    if all(one.elements for one in consents):
        facts["consent.elements"] = tuple(sorted(set.intersection(*(set(one.elements) for one in consents))))
    if not any(EVERYTHING in one.uses for one in consents):
        facts["consent.uses"] = tuple(sorted(set.intersection(*(set(one.uses) for one in consents))))
    if ends := [one.ends for one in consents if one.ends]:
        facts["consent.ends"] = min(ends)
    return facts
