"""deliver: write approved takes with their chain of title, under one signature."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np

from rushes.departments.department import Colour, Department, HandOver
from rushes.departments.find import find_department
from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound
from rushes.domain.names import check_name
from rushes.domain.noun import Noun
from rushes.domain.nouns import Delivery, Model, Person, Show, Take, frame_numbers
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of, to_json
from rushes.flow.leaving import Leaving, ready_to_leave
from rushes.flow.proofs import layers_of, prove_frames, prove_movie, write_anchors
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.ledger.atomic import make_folder
from rushes.media.burnins import BurnIns
from rushes.media.colour import review_view
from rushes.media.frames import Floats, Frame
from rushes.media.movie_writing import CODECS
from rushes.media.review_movies import ReviewMovie, write_review_movie
from rushes.media.slates import Slate
from rushes.signing.papers import chain_of_title_page
from rushes.signing.statements import copy_verifier, file_list, seal_delivery
from rushes.studio import Studio
from rushes.training.weights import read_weights
from rushes.training.workbench import Workbench


@dataclass(frozen=True)
class Parcel:
    """What to deliver.

    Attributes:
        folder: where it will lie; must not be there yet.
        movies: codecs of review movies, as `media.movies` names them.
    """

    show: str
    name: str
    takes: Sequence[Take]
    folder: Path
    movies: tuple[str, ...] = ("h264",)


def deliver_takes(studio: Studio, parcel: Parcel, watch: Watcher = no_watcher) -> Delivery:
    """Write approved takes, files for other programs, papers and one signature; all of it or nothing.

    Raises:
        NotAllowed: takes that no person with the say has approved.
        OutOfScope: a model that may not be used for this any more.
        NotCleared: a plate that may not be used for this any more.
        AlreadyThere: the folder exists, or a delivery of that name has left.
    """
    _refuse_unfit(studio, parcel)
    production = studio.ledger.find(Show, parcel.show, parcel.show)
    checked = ready_to_leave(studio, parcel.name, parcel.takes)

    def work(bench: Workbench) -> Delivery:
        staging = _staging(parcel)
        shutil.rmtree(staging, ignore_errors=True)
        make_folder(staging, remedy="Name a folder that may be written.")
        for done, one in enumerate(checked):
            _write_take(studio, production, one, staging=staging, movies=parcel.movies, bench=bench)
            bench.tell(done + 1, len(checked), f"{one.take.name} written")
        delivery = _seal(studio, parcel, checked, staging=staging)
        staging.rename(parcel.folder)
        _sync(parcel.folder.parent)
        return delivery

    return run_here(studio.jobs, f"deliver-{parcel.name}", f"deliver {parcel.name}", work=work, watch=watch)


def _staging(parcel: Parcel) -> Path:
    return parcel.folder.with_name(f".{parcel.folder.name}.partial")


def _refuse_unfit(studio: Studio, parcel: Parcel) -> None:
    check_name("delivery", parcel.name)
    if parcel.folder.exists():
        raise AlreadyThere(f"{parcel.folder} is there already", remedy="Name another folder.")
    if not parcel.takes:
        raise BadMaterial(f"{parcel.name} has no takes")
    for codec in parcel.movies:
        if codec not in CODECS:
            raise NotFound("movie codec", codec, CODECS)
    takes = tuple(digest_of(take) for take in parcel.takes)
    for other in studio.ledger.every(Delivery, parcel.show):
        # the power may have gone after it was recorded and before its folder got its name: then it goes on
        if other.name == parcel.name and not (other.takes == takes and _staging(parcel).exists()):
            raise AlreadyThere(f"there is a delivery {parcel.name}", remedy="Give this one another name.")


def _write_take(
    studio: Studio, production: Show, one: Leaving, *, staging: Path, movies: Sequence[str], bench: Workbench
) -> None:
    take = one.take
    frames = staging / "frames" / take.name
    frames.mkdir(parents=True)
    stills = studio.paths(take.files)
    for done, (file, path) in enumerate(zip(take.files, stills, strict=True)):
        bench.tell(done, len(stills), f"copying {take.name}")
        shutil.copyfile(path, frames / file.name)
    prove_frames(studio, one, frames)
    (staging / "movies").mkdir(exist_ok=True)
    numbered = [(number, path) for number, path in zip(_numbers(one), stills, strict=True)]
    for codec in movies:
        stem, layers = staging / "movies" / f"{take.name}_{codec}", layers_of(studio, take)

        def tell(done: int, codec: str = codec) -> None:
            bench.tell(done, len(stills), f"{codec} movie of {take.name}")

        movie = replace(_movie(production, one, codec), finish=layers.finish)
        prove_movie(studio, one, write_review_movie(stem, numbered, movie, on_done=tell), layers=layers)
    _hand_over(studio, production, one, staging=staging)


def _hand_over(studio: Studio, production: Show, one: Leaving, *, staging: Path) -> None:
    model = one.model
    other_programs = staging / model.department / model.name
    if other_programs.exists():  # two takes of one model: its files are the same
        return
    other_programs.mkdir(parents=True)
    weights, card = read_weights(studio.vault.path(model.weights))
    clip = (one.plate.source or one.plate.name, one.take.frames, one.plate.timecode, one.plate.frame_rate)
    over = HandOver(model.name, _colour(production), (clip,), digest_of(model), _scope_words(production, model))
    find_department(model.department).hand_over(weights, card, over, other_programs)
    reports = staging / "reports" / model.name
    for report in model.reports:
        reports.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(studio.vault.path(report), reports / report.name)


def _scope_words(production: Show, model: Model) -> tuple[str, ...]:
    scope = model.scope
    taught = [f"taught by the likeness of {', '.join(scope.people)}"] if scope.people else []
    until = f"until {scope.ends:%Y-%m-%d}" if scope.ends else "no end is set"
    return (f"for {production.title} alone, {', '.join(scope.uses)}, {scope.territory}; {until}", *taught)


def _shown(department: Department, frame: Frame) -> Floats:
    others = {name: np.asarray(channel, np.float32) for name, channel in frame.others.items()}
    return np.array(department.shown(frame.plate, others).transpose(1, 2, 0), np.float32, order="C")


def _numbers(one: Leaving) -> list[int]:
    first, last = one.take.frames
    return [number for number in frame_numbers(one.plate) if first <= number <= last]


def _movie(production: Show, one: Leaving, codec: str) -> ReviewMovie:
    take, plate, review = one.take, one.plate, one.review
    version = f"v{take.number:03d}"
    rows = [
        ("model", one.model.name),
        ("plate", plate.name),
        ("frames", f"{take.frames[0]}–{take.frames[1]}"),
        ("rate", f"{plate.frame_rate} frames a second"),
        ("view", f"{production.view}, {production.display}"),
        ("note", review.note),
        ("date", f"{review.at:%Y-%m-%d}"),
    ]
    status = f"APPROVED BY {review.person.upper()}"
    return ReviewMovie(
        codec=codec,
        frame_rate=Fraction(plate.frame_rate),
        timecode=plate.timecode,
        view=review_view(production.config, take.colour_space, display=production.display, view=production.view),
        picture=partial(_shown, find_department(take.department)),
        words=BurnIns(production.title, plate.name, version, note=f"{review.at:%Y-%m-%d}"),
        slate=Slate(production.title, plate.name, version, status, [row for row in rows if row[1]], digest_of(take)),
    )


def _colour(production: Show) -> Colour:
    return Colour(production.config, production.working_space, production.display, production.view)


def _seal(studio: Studio, parcel: Parcel, checked: Sequence[Leaving], *, staging: Path) -> Delivery:
    production = studio.ledger.find(Show, parcel.show, parcel.show)
    lineage: dict[Digest, Noun] = {digest_of(production): production}
    for one in checked:
        lineage |= dict(studio.ledger.comes_from(digest_of(one.take)))
        who = studio.ledger.find(Person, parcel.show, one.review.person)
        lineage |= {digest_of(noun): noun for noun in (one.take, one.review, who)}
    papers = [{"digest": digest, **to_json(noun)} for digest, noun in lineage.items()]
    (staging / "lineage.json").write_text(json.dumps(papers, indent=1, ensure_ascii=False))
    takes = [one.take for one in checked]
    people = {noun.name: studio.title_of(noun) for noun in lineage.values() if isinstance(noun, Person)}
    key_id = studio.signer.key_id
    page = chain_of_title_page(parcel.name, takes, lineage, people=people, at=studio.clock(), key_id=key_id)
    (staging / "chain-of-title.html").write_text(page)
    write_anchors(studio.authority(), staging)
    copy_verifier(staging)
    delivery = Delivery(
        show=parcel.show,
        name=parcel.name,
        takes=tuple(digest_of(one.take) for one in checked),
        reviews=tuple(digest_of(one.review) for one in checked),
        lineage=tuple(sorted(lineage)),
        files=file_list(staging),
        at=studio.clock(),
    )
    digest = studio.record(delivery)
    studio.ledger.checkpoint()
    proof = studio.ledger.prove(digest)
    seal_delivery(staging, delivery, lineage, signer=studio.signer, proof=proof, checkpoint=proof.checkpoint)
    for path in (staging, *staging.rglob("*")):
        _sync(path)
    return delivery


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
