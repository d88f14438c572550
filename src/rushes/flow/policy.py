"""May we, by the rules that this show has chosen? Facts from the ledger and from people, held against rule packs."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from rushes.domain.actions import GENERATIVE_TRAINING, INFERENCE
from rushes.domain.errors import Damaged
from rushes.domain.gate import objections
from rushes.domain.nouns import Asset, Dataset, Model, Review, Show, Take
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of
from rushes.domain.rules import Pack, Reason, Value, reasons
from rushes.domain.said import Rulebook, Statement
from rushes.domain.scopes import standing_review
from rushes.policy.packs import facts_of_packs, read_pack
from rushes.studio import Studio

Subject = Dataset | Model | Take


def rulebook_of(studio: Studio, show: str) -> Rulebook | None:
    """Return the rule packs that a show has chosen, or None: it has chosen none yet."""
    books = studio.ledger.every(Rulebook, show)
    return books[-1] if books else None


def packs_of(studio: Studio, show: str) -> list[Pack]:
    """Return the chosen packs, read from the vault: as they were when they were chosen."""
    book = rulebook_of(studio, show)
    return [_pack(studio, file) for file in book.packs] if book else []


def ask(studio: Studio, question: str, subject: Subject) -> list[Reason]:
    """Hold what is known of a dataset, model or take against the rules of its show.

    Args:
        studio: where everything is.
        question: one of `domain.rules.QUESTIONS`.
        subject: what is to be learned from, put to work, or let out.

    Returns:
        Every rule that is not kept, those that refuse first; nothing where the show has chosen no packs.
    """
    packs = packs_of(studio, subject.show)
    return reasons(packs, question, facts_of(studio, subject)) if packs else []


def refusals(studio: Studio, question: str, subject: Subject) -> list[str]:
    """Return why the rules of its show say no, in words; empty where they do not."""
    return [str(reason) for reason in ask(studio, question, subject) if reason.refuses]


def facts_of(studio: Studio, subject: Subject) -> dict[str, Value]:
    """Return what is known of a subject: from the ledger, and where that is silent, from people; the newest stands."""
    chain = _chain(studio, subject)
    derived = _of_the_job(studio, subject)
    for one in chain:
        if isinstance(one, Dataset):
            derived |= _of_dataset(studio, one)
        elif isinstance(one, Model):
            derived |= _of_model(studio, one)
        else:
            derived |= _of_take(studio, one)
    return {**_stated(studio, subject.show, [None, *map(digest_of, chain)]), **derived}


def _pack(studio: Studio, file: AssetFile) -> Pack:
    return read_pack(studio.vault.path(file).read_bytes(), file.name)


def _chain(studio: Studio, subject: Subject) -> list[Subject]:
    """Return a subject after what it was made of: dataset, model, take."""
    if isinstance(subject, Dataset):
        return [subject]
    made_of = studio.ledger.get(subject.dataset if isinstance(subject, Model) else subject.model)
    if not isinstance(made_of, Dataset | Model):
        raise Damaged(subject.name, f"it was made of a {made_of.noun}")
    return [*_chain(studio, made_of), subject]


def _stated(studio: Studio, show: str, about: list[Digest | None]) -> dict[str, Value]:
    """Return what people said of the show, of the dataset, of the model and of the take: the nearer wins."""
    said = [one for one in studio.ledger.every(Statement, show) if one.about in about]
    said.sort(key=lambda one: about.index(one.about))
    kinds = facts_of_packs(packs_of(studio, show))
    return {one.name: _as_fact(json.loads(one.value), one.name in kinds and kinds[one.name].kind) for one in said}


def _as_fact(value: Any, kind: str | bool) -> Value:
    if kind == "date":
        return date.fromisoformat(value)
    fact: Value = tuple(value) if isinstance(value, list) else value
    return fact


def _of_the_job(studio: Studio, subject: Subject) -> dict[str, Value]:
    production = studio.ledger.find(Show, subject.show, subject.show)
    action = subject.action if isinstance(subject, Dataset) else INFERENCE
    return {
        "job.production": subject.show,
        "job.department": subject.department,
        "job.action": action,
        "job.territory": production.territory,
        "job.date": studio.today(),
        "job.person": studio.person,
    }


def _of_dataset(studio: Studio, dataset: Dataset) -> dict[str, Value]:
    assets, grants = studio.assets_today(dataset), studio.grants(dataset.show)
    owner = studio.ledger.find(Show, dataset.show, dataset.show).owner
    relied_on = [studio.ledger.entry(digest) for digest in dataset.grants]
    consents = [fact.recorded_at[:10] for fact in relied_on if fact.kind == "Consent"]
    facts: dict[str, Value] = {
        "dataset.licensed": not _objected(studio, dataset, assets=assets, grants=grants),
        "dataset.own": all(asset.owner == owner for asset in assets),
        "dataset.hashed": all(studio.vault.has(file) for asset in assets for file in asset.files),
    }
    # what a model will be that is taught by it; of a model that is there, its own scope is said after this
    facts |= {"model.base": "none", "model.generative": dataset.action == GENERATIVE_TRAINING}
    if all(asset.people is not None for asset in assets):
        people = tuple(sorted({person for asset in assets for person in asset.people or ()}))
        facts |= {"dataset.people": people, "model.people": people}
    if all(asset.owner for asset in assets):
        facts["dataset.owners"] = tuple(sorted({str(asset.owner) for asset in assets}))
    if consents:
        facts["dataset.consents_dated"] = date.fromisoformat(max(consents))
    return facts


def _objected(studio: Studio, dataset: Dataset, *, assets: list[Asset], grants: Grants) -> bool:
    use = Use(dataset.show, dataset.action, dataset.department, dataset.territory, studio.today())
    return any(objections(asset, use, grants) for asset in assets)


def _of_model(studio: Studio, model: Model) -> dict[str, Value]:
    return {
        "model.production": model.scope.show,
        "model.people": model.scope.people,
        "model.uses": model.scope.uses,
        "model.quarantined": bool(studio.quarantine(model)),
        "model.base": model.base or "none",
        "model.ends": model.scope.ends or date.max,
    }


def _of_take(studio: Studio, take: Take) -> Mapping[str, Value]:
    review = standing_review(studio.ledger.every(Review, take.show), digest_of(take))
    approved = review is not None and review.decision == "approved"
    return {
        "take.department": take.department,
        "take.reviewers": (review.person,) if review is not None and approved else (),
    }
