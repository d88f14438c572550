"""May we, by the rights on record and the rules that this show has chosen? Look up, ask, keep the answer."""

import json
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from rushes.domain.actions import INFERENCE
from rushes.domain.errors import BadMaterial, BadSignature, Damaged, RushesError
from rushes.domain.nouns import Asset, Dataset, Model, Review, Show, Take
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.question import Use
from rushes.domain.records import digest_of
from rushes.domain.rules import QUESTIONS, Facts, Pack, Reason, Value
from rushes.domain.said import Answer, Rulebook, Statement
from rushes.domain.scopes import scope_objections, standing_review
from rushes.flow.promotion import promotion_facts
from rushes.ledger.checkpoints import Proof
from rushes.policy.answers import UNREADABLE, unreadable
from rushes.policy.cases import Asked, Case, Subject, Teaching, answer_of, asked, by_rule, facts_of_case, unanswered
from rushes.policy.facts import facts_of_asset, facts_of_model, facts_of_take
from rushes.policy.packs import facts_of_packs, read_pack
from rushes.signing.ed25519 import signature_holds
from rushes.signing.scopes import check_scope
from rushes.signing.seals import pae
from rushes.signing.spelling import Fault, from_base64, to_base64, to_json
from rushes.studio import Studio

PACK_TYPE = "application/vnd.rushes.rulepack+json"
"""Signed with the content, so that no signature made for something else counts for a pack."""

WRONG = (RushesError, Fault, ValueError, TypeError, LookupError, AttributeError, OSError, RecursionError)
"""What can be wrong with what is read for an answer; then the answer is no."""

NOTHING: Facts = {}
INGEST, RELEASE = "may_ingest", "may_release"


def rulebook_of(studio: Studio, show: str) -> Rulebook | None:
    """Return the rule packs that a show has chosen, or None: it has chosen none yet."""
    books = studio.ledger.every(Rulebook, show)
    return books[-1] if books else None


def choose_packs(studio: Studio, show: str, files: Sequence[AssetFile]) -> Rulebook:
    """Choose the rule packs of a show, and sign each; they replace those chosen before.

    Args:
        studio: where everything is.
        show: whose packs.
        files: in the vault already, each read and found to be a pack.
    """
    before = rulebook_of(studio, show)
    signatures = tuple(to_base64(studio.signer.sign(_signed(file))) for file in files)
    book = Rulebook(show, "rulebook", tuple(files), before.revision + 1 if before else 0, signatures)
    studio.record(book)
    return book


def packs_of(studio: Studio, show: str) -> list[Pack]:
    """Return the chosen packs, read from the vault: as they were when they were chosen.

    Raises:
        BadSignature: this studio did not sign one of them.
    """
    book = rulebook_of(studio, show)
    if book is None:
        return []
    signatures = [*book.signatures, *[""] * len(book.packs)]
    key = studio.signer.public_key
    bad = [file.name for file, text in zip(book.packs, signatures, strict=False) if not _holds(key, file, text)]
    if bad:
        raise BadSignature("this studio has not signed these rule packs", bad, "Choose them: rushes policy choose.")
    return [_pack(studio.vault.path(file).read_bytes(), file.name) for file in book.packs]


def ask(studio: Studio, question: str, subject: Subject) -> list[Reason]:
    """Hold what is known of a subject against the rules of its show; nothing where it has chosen no packs.

    Returns:
        Every rule that is not kept, those that refuse first.
    """
    return by_rule(_case(studio, question, subject))


def refusals(
    studio: Studio, question: str, subject: Subject, *, stated: Facts = NOTHING, taught: Asked | None = None
) -> list[str]:
    """Return why the rules of its show say no, in words; empty where they do not.

    Args:
        studio: where everything is.
        question: one of `domain.rules.QUESTIONS`.
        subject: what comes in, teaches, works or leaves; what comes in need not be on record yet.
        stated: what the caller knows besides, such as who gets it, or what is reserved in a file that comes in.
        taught: for a dataset, what `asked_of` said of it, so that nobody has to ask twice.
    """
    try:
        if rulebook_of(studio, subject.show) is None:
            return []
        case = _case(studio, question, subject, stated=stated, taught=taught)
        return [str(reason) for reason in by_rule(case) if reason.refuses]
    except WRONG as error:
        return [f"{UNREADABLE}: {unreadable(error).text}"]


def facts_of(studio: Studio, subject: Subject) -> dict[str, Value]:
    """Return what is known of a subject: from the ledger, and where that is silent, from people; the newest stands."""
    return facts_of_case(_case(studio, "may_generate", subject))


def asked_of(studio: Studio, dataset: Dataset) -> Asked:
    """Ask the gate whether the assets of a dataset may teach today, by the newest facts about them."""
    use = _use_of(studio, dataset, studio.ledger.find(Show, dataset.show, dataset.show))
    return asked(studio.assets_today(dataset), use, studio.grants(dataset.show))


def answer_to(
    studio: Studio, question: str, subject: Subject, *, stated: Facts = NOTHING
) -> tuple[Answer, dict[str, Value]]:
    """Answer a question by the rights on record and the rules that the show has chosen; whatever goes wrong is a no.

    Args:
        studio: where everything is; `studio.at` asks what held at another moment.
        question: one of `domain.rules.QUESTIONS`.
        subject: what it is about.
        stated: what the caller knows besides.

    Returns:
        The answer, which nobody has recorded yet, and the facts that it rests on.

    Raises:
        BadMaterial: that is no question, or none about such a subject.
    """
    if question not in QUESTIONS:
        raise BadMaterial(f"{question!r} is no question", [], f"Ask one of {', '.join(QUESTIONS)}.")
    if isinstance(subject, Asset) and question != INGEST:
        raise BadMaterial(f"{question} is not asked of a clip by itself", [], f"rushes rights missing {subject.name}")
    moment, book, facts = studio.clock(), None, dict[str, Value]()
    try:
        book = rulebook_of(studio, subject.show)
        case = _case(studio, question, subject, stated=stated)
        for model in case.models:
            check_scope(studio.signer.public_key, model.weights.digest, model.scope, signature=model.signature)
        facts = facts_of_case(case)
        return answer_of(case, moment, digest_of(book) if book else None), facts
    except WRONG as error:
        policy = digest_of(book) if book else None
        return unanswered(question, subject, moment, policy=policy, error=error), facts


def keep_answer(studio: Studio, answer: Answer) -> Proof:
    """Put an answer on record, and return the proof that it is in the log: its place, and the signed checkpoint."""
    return studio.ledger.prove(studio.record(answer))


def _signed(file: AssetFile) -> bytes:
    return pae(PACK_TYPE, to_json({"digest": file.digest, "name": file.name}))


# a delivery asks about take after take, by the same few packs
@lru_cache(maxsize=256)
def _pack(content: bytes, name: str) -> Pack:
    return read_pack(content, name)


@lru_cache(maxsize=256)
def _holds(public_key: bytes, file: AssetFile, signature: str) -> bool:
    try:
        return signature_holds(public_key, _signed(file), from_base64(signature))
    except (ValueError, Fault):
        return False


def _case(
    studio: Studio, question: str, subject: Subject, *, stated: Facts = NOTHING, taught: Asked | None = None
) -> Case:
    production, packs = studio.ledger.find(Show, subject.show, subject.show), packs_of(studio, subject.show)
    grants, chain = studio.grants(subject.show, leaving=question == RELEASE), _chain(studio, subject)
    known = _of_the_job(studio, production, subject)
    teaching, models, used, against = None, [], Asked(), list[str]()
    for one in chain:
        if isinstance(one, Asset):
            known |= facts_of_asset(one, grants)
        elif isinstance(one, Dataset):
            asked_now = taught or asked(studio.assets_today(one), _use_of(studio, one, production), grants)
            teaching = _teaching(studio, one, production, asked_now=asked_now)
        else:
            use = Use(one.show, INFERENCE, one.department, production.territory, studio.today())
            if isinstance(one, Model):
                models.append(one)
                gone = studio.quarantine(one, leaving=question == RELEASE)
                against += scope_objections(one, use) + gone
                known |= facts_of_model(one, quarantined=bool(gone)) | promotion_facts(studio, one)
            else:
                used = asked(_footage(studio, one), use, grants)
                review = standing_review(studio.ledger.every(Review, one.show), digest_of(one))
                known |= facts_of_take(one, review) | facts_of_asset(used.assets[0], grants)
    said = _stated(studio, subject.show, [None, *map(digest_of, chain)], packs=packs)
    return Case(question, subject, packs, said, {**known, **stated}, grants, teaching, used, models, against)


def _teaching(studio: Studio, dataset: Dataset, production: Show, *, asked_now: Asked) -> Teaching:
    stored = [all(studio.vault.has(file) for file in asset.files) for asset in asked_now.assets]
    relied_on = {*dataset.grants, *map(digest_of, asked_now.relied_on)}
    entries = [studio.ledger.entry(digest) for digest in sorted(relied_on)]
    dated = {fact.digest: date.fromisoformat(fact.recorded_at[:10]) for fact in entries if fact.kind == "Consent"}
    use = _use_of(studio, dataset, production)
    return Teaching(dataset, use, production.owner, asked_now, stored, dated)


def _use_of(studio: Studio, dataset: Dataset, production: Show) -> Use:
    return Use(dataset.show, dataset.action, dataset.department, production.territory, studio.today())


def _footage(studio: Studio, take: Take) -> list[Asset]:
    """Return what went through the model, by the newest facts about it: the plate, and other footage beside it."""
    given = [studio.ledger.get(digest) for digest in (take.plate, *(further.what for further in take.further))]
    return [studio.as_known_today(one) for one in given if isinstance(one, Asset)]


def _chain(studio: Studio, subject: Subject) -> list[Subject]:
    """Return a subject after what it was made of: dataset, model, take."""
    if isinstance(subject, Asset | Dataset):
        return [subject]
    made_of = studio.ledger.get(subject.dataset if isinstance(subject, Model) else subject.model)
    if not isinstance(made_of, Dataset | Model):
        raise Damaged(subject.name, f"it was made of a {made_of.noun}")
    return [*_chain(studio, made_of), subject]


def _stated(studio: Studio, show: str, about: list[Digest | None], *, packs: Sequence[Pack]) -> dict[str, Value]:
    """Return what people said of the show, of the dataset, of the model and of the take: the nearer wins."""
    said = [one for one in studio.ledger.every(Statement, show) if one.about in about]
    said.sort(key=lambda one: about.index(one.about))
    kinds = facts_of_packs(packs)
    return {one.name: _as_fact(json.loads(one.value), one.name in kinds and kinds[one.name].kind) for one in said}


def _as_fact(value: Any, kind: str | bool) -> Value:
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    fact: Value = tuple(value) if isinstance(value, list) else value
    return fact


def _of_the_job(studio: Studio, production: Show, subject: Subject) -> dict[str, Value]:
    known: dict[str, Value] = {
        "job.production": subject.show,
        "job.territory": production.territory,
        "job.date": studio.today(),
        "job.person": studio.person,
    }
    if not isinstance(subject, Asset):
        known["job.department"] = subject.department
        known["job.action"] = subject.action if isinstance(subject, Dataset) else INFERENCE
    return known
