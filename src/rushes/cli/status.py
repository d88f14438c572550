"""rushes status: what a show has."""

from collections.abc import Mapping, Sequence

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say_json, say_table
from rushes.domain.grants import Consent, Licence
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Person, Review, Take
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of, to_json
from rushes.domain.scopes import standing_review
from rushes.studio import Studio

KINDS = (Person, Asset, Licence, Consent, Dataset, Model, Take, Delivery)
REVISED = (Person, Asset)
"""Kinds of which the newest fact stands for all before it."""

Quarantine = Mapping[Digest, Sequence[str]]
"""Why each model, take and delivery is in quarantine; nothing where it is not."""


def status(show: ShowName = None, as_json: AsJson = False) -> None:
    """Show what a show has, from assets to deliveries."""
    with open_desk(show) as (studio, production):
        facts: dict[type[Noun], Sequence[Noun]] = {kind: _standing(studio, kind, production.name) for kind in KINDS}
        quarantine = _quarantine(studio, production.name)
        reviews = studio.ledger.every(Review, production.name)
    if as_json:
        say_json({kind.__name__: [_described(fact, quarantine) for fact in found] for kind, found in facts.items()})
        return
    for kind, title, columns in (
        (Asset, production.title, ("asset", "kind", "frames", "owner")),
        (Model, "", ("model", "department", "", "weights")),
        (Take, "", ("take", "plate frames", "", "review")),
        (Delivery, "", ("delivery", "written", "")),
    ):
        say_table(title, columns, [_row(fact, quarantine, reviews) for fact in facts[kind]])


def _standing(studio: Studio, kind: type[Noun], show: str) -> list[Noun]:
    facts = studio.ledger.every(kind, show)
    return list({fact.name: fact for fact in facts}.values()) if kind in REVISED else facts


def _quarantine(studio: Studio, show: str) -> Quarantine:
    """Ask once for each model: what was made with it shares its fate."""
    found = {digest_of(model): studio.quarantine(model) for model in studio.ledger.every(Model, show)}
    for take in studio.ledger.every(Take, show):
        found[digest_of(take)] = found[take.model]
    for delivery in studio.ledger.every(Delivery, show):
        reasons = [reason for take in delivery.takes for reason in found[take]]
        found[digest_of(delivery)] = list(dict.fromkeys(reasons))
    return found


def _described(fact: Noun, quarantine: Quarantine) -> dict[str, object]:
    if not isinstance(fact, Model | Take | Delivery):
        return to_json(fact)
    return {**to_json(fact), "quarantined": quarantine[digest_of(fact)]}


def _row(fact: Noun, quarantine: Quarantine, reviews: Sequence[Review]) -> tuple[object, ...]:
    mark = "quarantined" if quarantine.get(digest_of(fact)) else ""
    match fact:
        case Asset():
            return fact.name, fact.kind, f"{fact.frames[0]}-{fact.frames[1]}", fact.owner or "unknown: locked"
        case Model():
            return fact.name, fact.department, mark, fact.weights.digest[:19]
        case Take():
            said = _said(standing_review(reviews, digest_of(fact)))
            return fact.name, f"{fact.frames[0]}-{fact.frames[1]}", mark, said
        case Delivery():
            return fact.name, fact.at, mark
    raise AssertionError(f"{fact.noun} has no table")


def _said(review: Review | None) -> str:
    return f"{review.decision} by {review.person}: {review.note}" if review else "waiting for review"
