"""A question with all that was read to answer it, and the answer. Pure: the same case gets the same answer for ever."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from rushes.domain.actions import GENERATIVE_TRAINING
from rushes.domain.errors import RushesError
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset, Model, Take
from rushes.domain.parts import Digest
from rushes.domain.question import Grants, Objection, Use
from rushes.domain.records import digest_of
from rushes.domain.rules import REFUSALS, Facts, Pack, Reason, Value, reasons
from rushes.domain.said import Answer, Because
from rushes.domain.signatures import Group, all_objections, objections_by_signature
from rushes.policy.answers import (
    earliest,
    last_day,
    model_reason,
    unreadable,
    what_to_do,
    why_not,
    why_not_by_rule,
)
from rushes.policy.facts import all_facts, facts_of_consents
from rushes.policy.packs import facts_of_packs
from rushes.policy.terms import packs_in_term

Subject = Asset | Dataset | Model | Take


@dataclass(frozen=True)
class Asked:
    """Assets that the gate was asked about for one use, and what it said."""

    assets: Sequence[Asset] = ()
    groups: Sequence[Group] = ()

    @property
    def objections(self) -> list[Objection]:
        """Everything that speaks against any of them."""
        return all_objections(self.assets, self.groups)

    @property
    def relied_on(self) -> set[Licence | Consent]:
        """The grants that allow those against which nothing speaks."""
        return {grant for group in self.groups for grant in group.relied_on}


def asked(assets: Sequence[Asset], use: Use, grants: Grants) -> Asked:
    """Ask the gate about assets."""
    return Asked(assets, objections_by_signature(assets, use, grants))


@dataclass(frozen=True)
class Teaching:
    """What teaches, or taught.

    Attributes:
        owner: of the show.
        asked: its assets by the newest facts about them, in the order in which its items first name them.
        stored: whether the vault has the files of each of these.
        dated: when the consents that it relies on were recorded.
    """

    dataset: Dataset
    use: Use
    owner: str
    asked: Asked
    stored: Sequence[bool]
    dated: Mapping[Digest, date]


@dataclass(frozen=True)
class Case:
    """A question with all that was read to answer it.

    Attributes:
        said: what people stated.
        known: what the ledger knows, but of what teaches, and what the caller does.
        teaching: the dataset; None where footage comes in.
        used: of a take, what went through the model.
        models: that do the work.
        against: what speaks against them.
    """

    question: str
    subject: Subject
    packs: Sequence[Pack]
    said: Facts
    known: Facts
    grants: Grants
    teaching: Teaching | None = None
    used: Asked = field(default_factory=Asked)
    models: Sequence[Model] = ()
    against: Sequence[str] = ()


def facts_of_case(case: Case) -> dict[str, Value]:
    """Return what is known: from the ledger, and where it does not know such things, from people."""
    taught = facts_of_teaching(case.teaching) if case.teaching else {}
    return all_facts(case.said, {**taught, **case.known}, facts_of_packs(case.packs))


def facts_of_teaching(teaching: Teaching) -> dict[str, Value]:
    """Return what is known of a dataset, and so of a model that it teaches; its scope says more, once it is there."""
    assets, dataset = teaching.asked.assets, teaching.dataset
    consents = [teaching.dated[digest] for digest in dataset.grants if digest in teaching.dated]
    facts: dict[str, Value] = {
        "dataset.licensed": not any(group.objections for group in teaching.asked.groups),
        "dataset.own": all(asset.owner == teaching.owner for asset in assets),
        "dataset.hashed": all(teaching.stored),
        "model.base": "none",
        "model.generative": dataset.action == GENERATIVE_TRAINING,
    }
    if all(asset.people is not None for asset in assets):
        people = tuple(sorted({person for asset in assets for person in asset.people or ()}))
        facts |= {"dataset.people": people, "model.people": people}
    if all(asset.owner for asset in assets):
        facts["dataset.owners"] = tuple(sorted({str(asset.owner) for asset in assets}))
    if consents:
        facts["dataset.consents_dated"] = max(consents)
    return facts | facts_of_consents([one for one in teaching.asked.relied_on if isinstance(one, Consent)])


def by_rule(case: Case) -> list[Reason]:
    """Return every rule of the chosen packs that is not kept, those that refuse first."""
    facts = facts_of_case(case)
    return reasons(packs_in_term(case.packs, facts), case.question, facts)


def by_right(case: Case) -> list[Because]:
    """Return everything that the gate objects to, and what speaks against the models."""
    teaches = case.teaching.asked if case.teaching and isinstance(case.subject, Dataset) else Asked()
    found = [why for one in (teaches, case.used) for why in why_not(one.assets, one.groups, case.grants)]
    return [*found, *map(model_reason, case.against)]


def answer_of(case: Case, moment: datetime, policy: Digest | None) -> Answer:
    """Answer a case: all that speaks against it at once, and what to do.

    Args:
        case: with everything that was read.
        moment: whose facts these are.
        policy: digest of the rulebook.
    """
    rules = by_rule(case)
    found = [*by_right(case), *map(why_not_by_rule, rules)]
    refused = any(why.outcome in REFUSALS for why in found)
    return Answer(
        show=case.subject.show,
        name=f"{case.question}-{case.subject.name}",
        about=digest_of(case.subject),
        question=case.question,
        decision="deny" if refused else "allow",
        as_of=moment,
        reasons=tuple(why for why in found if why.outcome in REFUSALS),
        obligations=tuple(why for why in found if why.outcome not in REFUSALS),
        remedy=(*_without(case), *what_to_do(rules)),
        valid_until=None if refused else _valid_until(case),
        policy=policy,
    )


def unanswered(question: str, subject: Subject, moment: datetime, *, policy: Digest | None, error: Exception) -> Answer:
    """Return the answer where something could not be read: no, and why."""
    return Answer(
        show=subject.show,
        name=f"{question}-{subject.name}",
        about=digest_of(subject),
        question=question,
        decision="deny",
        as_of=moment,
        reasons=(unreadable(error),),
        obligations=(),
        remedy=(error.remedy,) if isinstance(error, RushesError) and error.remedy else (),
        valid_until=None,
        policy=policy,
    )


def objected(teaching: Teaching) -> list[str]:
    """Return the names of the assets of a dataset that the gate objects to."""
    groups = teaching.asked.groups
    places = sorted(place for group in groups if group.objections for place in group.places)
    return [teaching.asked.assets[place].name for place in places]


def without_objected(teaching: Teaching, grants: Grants) -> Teaching:
    """Return a dataset without the lessons that hold something objected to, and the gate asked again about the rest."""
    dataset, assets = teaching.dataset, teaching.asked.assets
    digests = _digests(dataset)
    guilty = {digests[place] for group in teaching.asked.groups if group.objections for place in group.places}
    lost = {item.group for item in dataset.items if item.asset in guilty}
    items = tuple(item for item in dataset.items if item.group not in lost)
    kept = {item.asset for item in items}
    places = [place for place, digest in enumerate(digests) if digest in kept]
    rest = asked([assets[place] for place in places], teaching.use, grants)
    smaller = replace(dataset, items=items, grants=tuple(sorted(map(digest_of, rest.relied_on))))
    return replace(teaching, dataset=smaller, asked=rest, stored=[teaching.stored[place] for place in places])


def _without(case: Case) -> Iterable[str]:
    """Say what taking out everything objected to would change, having asked."""
    teaching = case.teaching
    if teaching is None or not isinstance(case.subject, Dataset) or not objected(teaching):
        return
    rest = without_objected(teaching, case.grants)
    there, left = len(_digests(teaching.dataset)), len(_digests(rest.dataset))
    words = f"remove {there - left} of {there} assets"
    if not left:
        yield f"{words} → nothing would be left to teach with"
        return
    again = replace(case, subject=rest.dataset, teaching=rest)
    still = [*(why.rule for why in by_right(again)), *(one.rule.id for one in by_rule(again) if one.refuses)]
    yield f"{words} → " + (f"still deny: {', '.join(dict.fromkeys(still))}" if still else "allow")


def _digests(dataset: Dataset) -> list[Digest]:
    return list(dict.fromkeys(item.asset for item in dataset.items))


def _valid_until(case: Case) -> date | None:
    teaches = case.teaching.asked.relied_on if case.teaching and isinstance(case.subject, Dataset) else set()
    ends = [last_day(teaches | case.used.relied_on, case.grants), *(model.scope.ends for model in case.models)]
    return earliest(ends, case.packs)
