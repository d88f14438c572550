"""vetting: all that a model has made is held against what taught it and a watch-list. A promotion rests on it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rushes.domain.nouns import Asset, Dataset, Model, Take
from rushes.domain.parts import AssetFile
from rushes.domain.promotions import Originality
from rushes.domain.records import canonical_json, digest_of
from rushes.flow.making import making_of, recorded_renderer
from rushes.flow.originality import Answer, Work, look_through, work_of
from rushes.flow.rendering import RenderOrder
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.originality.compare import Match
from rushes.originality.pictures import Picture
from rushes.originality.report import how, verdict
from rushes.studio import Studio
from rushes.training.workbench import Workbench


@dataclass(frozen=True)
class Vetting:
    """What is to be looked through.

    Attributes:
        model: all of its takes, or, where it has none, what it makes of the frames that it was taught by.
        against: the watch-list.
        every: compare every frame, not one of twelve.
    """

    model: Model
    against: tuple[Asset, ...] = ()
    every: bool = False


def vet_model(studio: Studio, vetting: Vetting, watch: Watcher = no_watcher) -> Originality:
    """Look through what a model makes, and record what was found with its report: side-by-side pages, and JSON.

    Args:
        studio: where it is recorded.
        vetting: the model, and what it must not show.
        watch: told of progress.

    Raises:
        BadMaterial: something on the watch-list is no picture.
        Stopped: a person pressed Ctrl-C.
    """
    model = vetting.model

    def work(bench: Workbench) -> Originality:
        found: list[tuple[Work, Answer]] = []
        pages = []
        for number, made in enumerate(work_to_look_through(studio, model)):
            page = bench.folder / f"{number:03d}.html"
            found.append((made, _looked(studio, vetting, made, page=page, tell=bench.tell)))
            pages.append(studio.vault.put(page, f"{made.name}.originality.html"))
        report = _recorded(studio, vetting, found, pages=pages, folder=bench.folder)
        studio.record(report)
        return report

    words = f"look through the work of {model.name}"
    return run_here(studio.jobs, f"vet-{digest_of(model)[7:19]}", words, work=work, watch=watch)


def work_to_look_through(studio: Studio, model: Model) -> Iterator[Work]:
    """Return a model's takes; where it has none, the frames that it was taught by, as it renders them."""
    takes = [take for take in studio.ledger.every(Take, model.show) if take.model == digest_of(model)]
    if takes:
        yield from (work_of(studio, take) for take in takes)
        return
    dataset = studio.ledger.get(model.dataset)
    assert isinstance(dataset, Dataset)
    for item in dataset.items:
        plate = studio.ledger.get(item.asset)
        if isinstance(plate, Asset) and item.role in PLATES:
            yield Work(f"{plate.name} by {model.name}", model, plate, item.frames, _rendered(studio, model, plate))


PLATES = ("before", "plate", "shot")
"""Roles of what a model is taught to work on."""


def _rendered(studio: Studio, model: Model, plate: Asset) -> Callable[[ExitStack], Callable[[int], Picture]]:
    def opened(files: ExitStack) -> Callable[[int], Picture]:
        making = making_of(studio, RenderOrder(model, plate), files)
        render = recorded_renderer(studio, model, making)
        return lambda number: making.seen(render, number)

    return opened


def _looked(studio: Studio, vetting: Vetting, made: Work, *, page: Path, tell: Watcher) -> Answer:
    return look_through(studio, made, vetting.against, every=vetting.every, watch=tell, page=page)


def _recorded(
    studio: Studio,
    vetting: Vetting,
    found: Sequence[tuple[Work, Answer]],
    *,
    pages: Sequence[AssetFile],
    folder: Path,
) -> Originality:
    said = folder / "originality.json"
    said.write_text(canonical_json([_said(made, answer) for made, answer in found]), encoding="utf-8")
    return Originality(
        show=vetting.model.show,
        name=vetting.model.name,
        model=digest_of(vetting.model),
        watched=tuple(digest_of(asset) for asset in vetting.against),
        looked=tuple(made.name for made, _ in found),
        copies=sum(len(answer.findings.copies) for _, answer in found),
        candidates=sum(len(answer.findings.candidates) for _, answer in found),
        files=(studio.vault.put(said, f"{vetting.model.name}.originality.json"), *pages),
        at=studio.clock(),
    )


def _said(made: Work, answer: Answer) -> dict[str, object]:
    ratios = {str(frame): round(ratio, 4) for frame, ratio in answer.findings.ratios.items()}
    return {
        "work": made.name,
        "frames": list(answer.findings.frames),
        "against": [{"clip": one.name, "part": one.part, "frames": list(one.numbers)} for one in answer.sources],
        "left_out": dict(answer.left_out),
        "matches": [_match(match) for match in answer.findings.matches],
        "memorisation_ratios": ratios,
    }


def _match(match: Match) -> dict[str, object]:
    place = {"frame": match.frame, "clip": match.source, "part": match.part, "clip_frame": match.source_frame}
    return {**place, "verdict": verdict(match), "seen_by": how(match)}
