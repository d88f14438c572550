"""originality: hold a take against the frames that taught its model and against a watch-list. Asked of any take."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Asset, Dataset, Model, Show, Take, frame_numbers
from rushes.jobs.here import Watcher, no_watcher
from rushes.media.colour import Convert, converter, is_linear, review_view
from rushes.media.plates import Plates, open_footage, open_plates
from rushes.originality.compare import TAUGHT, WATCHED, Clip, Findings, compare
from rushes.originality.pictures import Picture, seen_picture
from rushes.originality.report import Page, write_page
from rushes.studio import Studio

Fact = TypeVar("Fact", Asset, Dataset, Model)

STEP = 12
"""Of how many frames one is compared: half a second."""

PICTURES = ("still", "plate", "grade", "board")
"""Kinds of assets that can be on a watch-list: those that show something."""

SAME_CLIP = "shows the take's own plate: a take resembles the clip that it is made from"


@dataclass(frozen=True)
class Question:
    """What to look for.

    Attributes:
        take: in which.
        against: the watch-list: works that must not turn up in it. Comparing teaches nobody, so no licence is asked.
        every: compare every frame of take and watch-list, not one of twelve.
    """

    take: Take
    against: tuple[Asset, ...] = ()
    every: bool = False


@dataclass(frozen=True)
class Work:
    """Frames that a model made: those of a take, or some that were rendered to be looked at.

    Attributes:
        name: of the take, or of whatever stands for one.
        plate: that they were made from.
        numbers: of the frames.
        picture: opens them, until the stack is closed, as an audience sees them.
    """

    name: str
    model: Model
    plate: Asset
    numbers: tuple[int, ...]
    picture: Callable[[ExitStack], Callable[[int], Picture]]


@dataclass(frozen=True)
class Answer:
    """What was found, and in what it was looked for."""

    findings: Findings
    sources: tuple[Clip, ...]
    left_out: tuple[tuple[str, str], ...]


def find_copies(studio: Studio, question: Question, watch: Watcher = no_watcher, *, page: Path | None = None) -> Answer:
    """Look for frames that taught a take's model, or that are on a watch-list, in the take.

    Material of the take's own clip is left out, and what the plate itself shows is marked: a look or a fix of a plate
    resembles that plate, and is meant to.

    Args:
        studio: where everything is; nothing is recorded.
        question: what to look for.
        watch: told of progress.
        page: the HTML page to write, if any.

    Raises:
        BadMaterial: something on the watch-list is no picture.
    """
    work = work_of(studio, question.take)
    return look_through(studio, work, question.against, every=question.every, watch=watch, page=page)


def work_of(studio: Studio, take: Take) -> Work:
    """Return a take as work to be looked through."""
    plate = _fact(studio, take.plate, Asset)
    numbers = tuple(number for number in frame_numbers(plate) if take.frames[0] <= number <= take.frames[1])

    def opened(files: ExitStack) -> Callable[[int], Picture]:
        return _Room(studio, studio.production(take.show), files).of_take(take, numbers, plate)

    return Work(take.name, _fact(studio, take.model, Model), plate, numbers, opened)


def look_through(
    studio: Studio, work: Work, against: tuple[Asset, ...], *, every: bool, watch: Watcher, page: Path | None
) -> Answer:
    """Look through a model's work as `find_copies` does through a take.

    Raises:
        BadMaterial: something on the watch-list is no picture.
    """
    unfit = [f"{asset.name} is a {asset.kind}" for asset in against if asset.kind not in PICTURES]
    if unfit:
        raise BadMaterial("not everything on the watch-list is a picture", unfit, f"Name a {', a '.join(PICTURES)}.")
    chosen, left_out = _chosen(studio, work, against, every=every)
    with ExitStack() as files:
        room = _Room(studio, studio.production(work.plate.show), files)
        here = Clip(work.name, "take", _some(work.numbers, every), work.picture(files))
        sources = tuple(Clip(asset.name, part, frames, room.of_asset(asset)) for asset, part, frames in chosen)
        own = Clip(work.plate.name, "plate", here.numbers, room.of_asset(work.plate))
        total, done = sum(len(source.numbers) for source in sources), iter(range(1, 1 << 40))
        findings = compare(here, sources, plate=own, on_frame=lambda: watch(next(done), total, "comparing"))
        if page:
            said = _page(studio, work, sources, left_out=left_out, every=every)
            write_page(page, findings, said, take=here)
    return Answer(findings, sources, tuple(left_out))


Chosen = tuple[Asset, str, tuple[int, ...]]
"""An asset, what it is in the comparison, and its frames."""


def _chosen(
    studio: Studio, work: Work, against: tuple[Asset, ...], *, every: bool
) -> tuple[list[Chosen], list[tuple[str, str]]]:
    taught, left_out = _teachers(studio, work)
    watched: dict[str, Asset] = {}
    for asset in against:
        if asset.name == work.plate.name:
            left_out[asset.name] = SAME_CLIP
        else:
            watched[asset.name] = asset
    found: list[Chosen] = [
        (asset, TAUGHT, tuple(sorted(frames))) for asset, frames in taught.values() if asset.name not in watched
    ]
    found += [(asset, WATCHED, _some(frame_numbers(asset), every)) for asset in watched.values()]
    return found, [(name, why) for name, why in left_out.items() if name not in watched]


def _teachers(studio: Studio, work: Work) -> tuple[dict[str, tuple[Asset, set[int]]], dict[str, str]]:
    """Return the assets that taught a model, with their frames, and those left out, with the reason."""
    taught: dict[str, tuple[Asset, set[int]]] = {}
    left_out: dict[str, str] = {}
    for dataset in _datasets(studio, work.model):
        assets = {item.asset: _fact(studio, item.asset, Asset) for item in dataset.items}
        own = {item.group for item in dataset.items if assets[item.asset].name == work.plate.name}
        for item in dataset.items:
            asset = assets[item.asset]
            if item.group in own:
                left_out[asset.name] = SAME_CLIP
            elif asset.kind == "matte":
                left_out[asset.name] = "a matte, which shows no picture"
            else:
                taught.setdefault(asset.name, (asset, set()))[1].update(item.frames)
    return taught, {name: why for name, why in left_out.items() if name not in taught}


def _datasets(studio: Studio, model: Model) -> list[Dataset]:
    """Return what taught a model, and the earlier models that it rests on."""
    earlier = [one for digest in model.earlier for one in _datasets(studio, _fact(studio, digest, Model))]
    return [_fact(studio, model.dataset, Dataset), *earlier]


def _fact(studio: Studio, digest: str, kind: type[Fact]) -> Fact:
    fact = studio.ledger.get(digest)
    assert isinstance(fact, kind)
    return fact


def _some(numbers: Sequence[int], every: bool) -> tuple[int, ...]:
    """Return one frame of twelve and the last, or every one."""
    return tuple(numbers) if every else tuple(sorted({*numbers[::STEP], numbers[-1]}))


def opened_asset(studio: Studio, asset: Asset, files: ExitStack) -> Callable[[int], Picture]:
    """Open an asset's frames, until the stack is closed, as an audience sees them."""
    return _Room(studio, studio.production(asset.show), files).of_asset(asset)


class _Room:
    """Opens clips, a frame at a time, through the show's view."""

    def __init__(self, studio: Studio, production: Show, files: ExitStack) -> None:
        self._studio, self._production, self._files = studio, production, files
        self._view: Convert = review_view(
            production.config, production.working_space, display=production.display, view=production.view
        )

    def of_asset(self, asset: Asset) -> Callable[[int], Picture]:
        config, space = self._production.config, self._production.working_space
        paths = self._studio.paths(asset.files)
        return self._seen(self._files.enter_context(open_plates(paths, asset, config=config, working_space=space)))

    def of_take(self, take: Take, numbers: Sequence[int], plate: Asset) -> Callable[[int], Picture]:
        way = self._production.config, take.colour_space, self._production.working_space
        paths = self._studio.paths(take.files)
        footage = self._files.enter_context(open_footage(paths, numbers, Fraction(plate.frame_rate)))
        return self._seen(Plates(footage, converter(*way), is_linear(*way)))

    def _seen(self, plates: Plates) -> Callable[[int], Picture]:
        return lambda number: seen_picture(plates.read(number), self._view)


def _page(
    studio: Studio, work: Work, sources: Sequence[Clip], *, left_out: Sequence[tuple[str, str]], every: bool
) -> Page:
    production = studio.production(work.plate.show)
    return Page(
        take=work.name,
        made_with=f"{work.model.department}: model {work.model.name} on plate {work.plate.name}",
        sources=sources,
        left_out=left_out,
        looked="Every frame was compared."
        if every
        else f"One frame of {STEP} and the last were compared, of the take and of the watch-list.",
        seen=f"{production.display}, {production.view}",
    )
