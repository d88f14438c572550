"""papers: gather what is known of takes, and write the packets that insurers, clients, offices and guilds ask for."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from rushes.departments.find import find_department
from rushes.domain.clearances import OptIn, Party, Title
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Person, Review, Show, Take, frame_numbers
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.question import Question, Use
from rushes.domain.records import digest_of, files_of
from rushes.domain.rules import Reason
from rushes.domain.said import Statement
from rushes.domain.scopes import standing_review
from rushes.domain.trainings import Training
from rushes.flow.machine import versions_of
from rushes.flow.policy import ask, facts_of, packs_of
from rushes.flow.proofs import PRINTS
from rushes.flow.shares import changed_share
from rushes.jobs.here import Watcher, no_watcher
from rushes.ledger.atomic import make_folder
from rushes.ledger.checkpoints import read_checkpoint
from rushes.media.whole import whole_file
from rushes.papers.dossier import Dossier, Lesson, Mark, Recorded, Said, System, TakeFacts
from rushes.papers.exposure import Exposure
from rushes.papers.packets import PACKETS, files_of_packet
from rushes.policy.packs import facts_of_packs
from rushes.studio import Studio

N = TypeVar("N", bound=Noun)

SOFTWARE = ("rushes", "numpy", "opencolorio", "openimageio", "av", "opentimelineio", "cryptography", "torch")
ABOUT_TO = (("may_train", 0), ("may_generate", 1), ("may_release", 2))
"""What is asked of dataset, model and take."""


def write_papers(
    studio: Studio,
    takes: Sequence[Take] | Delivery,
    watch: Watcher = no_watcher,
    *,
    kinds: Sequence[str],
    folder: Path,
    exposure: Exposure | None = None,
) -> list[Path]:
    """Write packets into a folder, each as PDF and as JSON, each file whole or not at all.

    Args:
        studio: where everything is; nothing is recorded.
        takes: what the packets are about.
        watch: told of progress.
        kinds: names in `PACKETS`.
        folder: made where it is missing; packets of the same kinds in it are replaced.
        exposure: where the takes are in a cut, if one was given.

    Raises:
        NotFound: there is no packet of a kind.
        BadMaterial: there are no takes.
    """
    for kind in kinds:
        if kind not in PACKETS:
            raise NotFound("packet", kind, PACKETS)
    dossier = gather(studio, takes, watch, exposure=exposure)
    make_folder(folder, remedy="Name a folder that may be written.")
    written = []
    for kind in kinds:
        for name, content in files_of_packet(PACKETS[kind](dossier)).items():
            with whole_file(folder / name) as draft:
                draft.write_bytes(content)
            written.append(folder / name)
    return written


def gather(
    studio: Studio,
    takes: Sequence[Take] | Delivery,
    watch: Watcher = no_watcher,
    *,
    exposure: Exposure | None = None,
    marks: Sequence[Mark] | None = None,
) -> Dossier:
    """Gather everything that packets need, and measure what the takes changed.

    Args:
        studio: where everything is; nothing is recorded.
        takes: what it is about.
        watch: told of progress.
        exposure: where the takes are in a cut, if one was given.
        marks: layers by which the delivery can be known; those that its list of files names, else.

    Raises:
        BadMaterial: there are no takes.
    """
    delivery = takes if isinstance(takes, Delivery) else None
    chosen = [_get(studio, digest, Take) for digest in takes.takes] if isinstance(takes, Delivery) else list(takes)
    if not chosen:
        raise BadMaterial("there are no takes to write papers about")
    production = studio.production(chosen[0].show)
    facts = tuple(_of_take(studio, production, take, watch=watch) for take in chosen)
    dossier = Dossier(production, studio.clock(), facts, _system(studio), delivery, exposure=exposure)
    dossier = replace(dossier, marks=_listed(studio, delivery) if marks is None else tuple(marks))
    return _with_words(studio, _with_rights(studio, dossier))


def _of_take(studio: Studio, production: Show, take: Take, *, watch: Watcher) -> TakeFacts:
    plate, lessons = _get(studio, take.plate, Asset), tuple(_lessons(studio, _get(studio, take.model, Model)))
    digests = [item.asset for lesson in lessons for item in lesson.dataset.items]
    given = [one for further in take.further if isinstance(one := studio.ledger.get(further.what), Asset)]
    assets = {digest: studio.as_known_today(_get(studio, digest, Asset)) for digest in dict.fromkeys(digests)}
    assets |= {digest_of(one): studio.as_known_today(one) for one in given}
    fixes = {further.what for further in take.further if further.role == "fixes"}
    painted = {number for digest in fixes for number in frame_numbers(assets[digest])}
    tries = [one for one in studio.ledger.every(Take, take.show) if _get(studio, one.plate, Asset).name == plate.name]
    names, reviews = {digest_of(one): one.name for one in tries}, studio.ledger.every(Review, take.show)
    standing = standing_review(reviews, digest_of(take))
    back = [review for review in reviews if review.take in names and review.decision == "sent back"]
    chain = (lessons[0].dataset, lessons[0].model, take)
    kinds, known = facts_of_packs(packs_of(studio, take.show)), facts_of(studio, take)
    return TakeFacts(
        take=take,
        plate=studio.as_known_today(plate),
        lessons=lessons,
        assets=assets,
        makes=find_department(take.department).makes,
        review=standing,
        tries=tuple(names.values()),
        sent_back=tuple((names[one.take], one) for one in back if one != standing),
        changed=changed_share(studio, production, take, watch=watch),
        by_hand=tuple(sorted(number for number in painted if take.frames[0] <= number <= take.frames[1])),
        known={name: value for name, value in known.items() if name in kinds and kinds[name].derived},
        open=tuple(_asked(studio, chain)),
    )


def _asked(studio: Studio, chain: tuple[Dataset, Model, Take]) -> Iterator[tuple[str, Reason]]:
    for question, place in ABOUT_TO:
        yield from ((question, reason) for reason in ask(studio, question, chain[place]))


def _lessons(studio: Studio, model: Model) -> Iterator[Lesson]:
    runs = [one for one in studio.ledger.every(Training, model.show) if one.model == digest_of(model)]
    yield Lesson(model, _get(studio, model.dataset, Dataset), runs[-1] if runs else None)
    for digest in model.earlier:
        yield from _lessons(studio, _get(studio, digest, Model))


def _with_rights(studio: Studio, dossier: Dossier) -> Dossier:
    """Add the grants that were relied on or that speak of anything concerned, and what else is on record of rights."""
    show, assets = dossier.show, list(dossier.assets().values())
    every = studio.grants(show.name)
    use = Use(show.name, "", "", show.territory, studio.today())
    speaking: list[Noun] = [
        _get(studio, digest, Noun) for lesson in dossier.lessons() for digest in lesson.dataset.grants
    ]
    for question in (Question(asset, use, every) for asset in assets):
        speaking += [
            *question.licences(),
            *(one for who in question.asset.people or () for one in question.consents(who)),
        ]
    grants = {digest_of(one): one for one in speaking if isinstance(one, Licence | Consent)}
    gone = sorted(studio.ledger.every(Withdrawal, show.name), key=lambda one: one.since, reverse=True)
    names = {asset.name for asset in assets}
    return replace(
        dossier,
        grants=grants,
        withdrawals={one.instrument: one for one in gone if one.instrument in grants},
        titles={one.asset: one for one in studio.ledger.every(Title, show.name) if one.asset in names},
        opt_ins=tuple(one for one in studio.ledger.every(OptIn, show.name) if names & set(one.assets)),
    )


def _with_words(studio: Studio, dossier: Dossier) -> Dossier:
    """Add what people said, what they are called, and who recorded what."""
    show = dossier.show.name
    subjects = {digest for facts in dossier.takes for digest in facts.subjects}
    subjects |= {digest for one in dossier.lessons() for digest in (digest_of(one.model), digest_of(one.dataset))}
    newest = {(one.name, one.about): one for one in studio.ledger.every(Statement, show) if one.about in subjects}
    people = {one.name: one for one in studio.ledger.every(Person, show)}
    names = {
        one.name: studio.people.open(show, one.name, one.sealed).get("title", one.name)
        for one in studio.ledger.every(Party, show)
    }
    packs = packs_of(studio, show)
    with_people = replace(
        dossier,
        people=tuple(people.values()),
        packs=tuple(packs),
        words=facts_of_packs(packs),
        names=names | {name: studio.title_of(one) for name, one in people.items()},
    )
    entries = {digest: _recorded(studio, digest) for digest in _concerned(with_people, newest.values())}
    said = tuple(Said(one, entries[digest_of(one)].by, entries[digest_of(one)].at) for one in newest.values())
    missing = tuple(sorted({file.name for file in _files(dossier) if not studio.vault.has(file)}))
    system = replace(dossier.system, missing=missing)
    return replace(with_people, said=said, recorded=entries, system=system)


def _concerned(dossier: Dossier, statements: Iterable[Statement]) -> Iterator[Digest]:
    """Yield every fact that a packet may cite."""
    nouns: list[Noun] = [dossier.show, *dossier.people, *dossier.opt_ins, *dossier.titles.values(), *statements]
    nouns += [*dossier.assets().values(), *dossier.grants.values(), *dossier.withdrawals.values()]
    nouns += [noun for lesson in dossier.lessons() for noun in (lesson.model, lesson.dataset, lesson.training) if noun]
    for facts in dossier.takes:
        nouns += [facts.take, *([facts.review] if facts.review else []), *(review for _, review in facts.sent_back)]
    nouns += [dossier.delivery] if dossier.delivery else []
    yield from dict.fromkeys([*map(digest_of, nouns), *dossier.assets()])


def _files(dossier: Dossier) -> Iterator[AssetFile]:
    for noun in (*dossier.assets().values(), *(one.model for one in dossier.lessons())):
        yield from files_of(noun)
    yield from (file for facts in dossier.takes for file in files_of(facts.take))


def _recorded(studio: Studio, digest: Digest) -> Recorded:
    fact = studio.ledger.entry(digest)
    return Recorded(fact.recorded_by, datetime.fromisoformat(fact.recorded_at), fact.position)


def _listed(studio: Studio, delivery: Delivery | None) -> tuple[Mark, ...]:
    """Return the layers that the signed list of a delivery's files names, and the watermarks that were read back."""
    if delivery is None:
        return ()
    ends: Mapping[str, str] = {"signed metadata": ".c2pa", "fingerprint": PRINTS}
    found = {layer: sum(file.name.endswith(end) for file in delivery.files) for layer, end in ends.items()}
    words = "in the list of files of delivery {}, by name alone: {} of them end in {}"
    listed = [
        Mark(layer, count > 0 or None, words.format(delivery.name, count, ends[layer]))
        for layer, count in found.items()
    ]
    told = [json.loads(studio.vault.path(one).read_bytes()) for one in delivery.files if _is_kept_list(studio, one)]
    carried = [one for one in told if one.get("watermark", "none") != "none"]
    mark = f"read back from {len(carried)} of {len(told)} movies after they were written"
    return (*listed, *([Mark("watermark", bool(carried), mark)] if told else []))


def _is_kept_list(studio: Studio, file: AssetFile) -> bool:
    return file.name.endswith(PRINTS) and studio.vault.has(file)


def _system(studio: Studio) -> System:
    note = studio.ledger.checkpoint()
    places = {
        "files, by their digest": studio.vault.root,
        "running jobs": studio.jobs,
        "keys of sealed names": studio.people.folder,
    }
    return System(
        versions=versions_of(SOFTWARE),
        places={what: str(where) for what, where in places.items()},
        log=studio.signer.name,
        checkpoint=note,
        key=studio.signer.key_id,
        facts=read_checkpoint(note).size,
    )


def _get(studio: Studio, digest: Digest, kind: type[N]) -> N:
    noun = studio.ledger.get(digest)
    assert isinstance(noun, kind)
    return noun
