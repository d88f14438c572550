"""unlearning: proof that nothing of some material is left in a model that was trained again without it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from shutil import rmtree

import numpy as np

from rushes.departments.department import Weights
from rushes.domain.nouns import Asset, Dataset, Model, Show, frame_numbers
from rushes.domain.parts import Digest, Item
from rushes.domain.records import digest_of, digest_of_bytes
from rushes.flow.making import making_of
from rushes.flow.rendering import RenderOrder
from rushes.flow.scratch import scratch_of
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.media.plates import Plates, open_plates
from rushes.originality.membership import LEAST, Membership, membership
from rushes.originality.pictures import Picture, seen_picture
from rushes.studio import Studio
from rushes.training.weights import read_weights
from rushes.training.workbench import Workbench

MOST_FRAMES = 200
"""Of each kind that errors are measured on."""

TINY = 1e-3
"""An error below which none is told apart."""

LEAST_CHANGE = 6
"""Display codes, of three channels together, from which a pixel counts as changed."""

NO_FRAMES = (
    f"There are not {LEAST} frames on both sides. Name a dataset of pairs like those that are gone, which never taught."
)


@dataclass(frozen=True)
class Proof:
    """What shows that a model knows nothing of what another one was taught.

    Attributes:
        gone: assets of the first model's lessons that are in none of the second's, by name.
        shared: files of these that some other asset of the second model's lessons holds all the same: none, if all is
            well.
        before: whether the first model does better on frames of these assets that taught it than on others like them.
        after: the same for the second model.
        words: why there is no test, where there is none.
    """

    gone: tuple[str, ...]
    shared: tuple[str, ...]
    before: Membership | None
    after: Membership | None
    words: str = ""

    @property
    def clean(self) -> bool:
        """No file is shared, and nothing speaks for it that the second model knows what is gone."""
        return not self.shared and (self.after is None or self.after.like_chance)


@dataclass(frozen=True)
class _Moments:
    """Frames of one pair of assets: each before and after, by number.

    Attributes:
        taught: they stood in a lesson.
    """

    before: Asset
    after: Asset
    numbers: tuple[tuple[int, int], ...]
    taught: bool


def prove(
    studio: Studio, models: tuple[Model, Model], watch: Watcher = no_watcher, *, unseen: Sequence[Dataset] = ()
) -> Proof:
    """Hold a model that was trained again against the one that it replaces.

    The lessons are compared by asset and by the digest of every file. Then each model works on frames of what is gone:
    those that taught the first one, and others of the same clips that taught neither. A model that does better on the
    former knows them. How hard a frame is, a third one says, of another seed and without what is gone, that nobody
    keeps. Comparing teaches nobody, so no licence is asked.

    Args:
        studio: where everything is; nothing is recorded.
        models: the one that was taught what is gone, and the one trained again.
        watch: told of progress.
        unseen: datasets of further pairs like those that are gone, which taught neither.
    """
    was, now = (_lessons(studio, model) for model in models)
    left = {asset.name for dataset in now for asset in _assets(studio, dataset).values()}
    gone = {a.name: a for dataset in was for a in _assets(studio, dataset).values() if a.name not in left}
    kept = [asset for dataset in now for asset in _assets(studio, dataset).values()]
    shared = shared_files(list(gone.values()), kept)
    moments = [one for dataset in was for one in _moments(studio, dataset, set(gone))]
    moments += [replace(one, taught=False) for dataset in unseen for one in _moments(studio, dataset, None)]
    counts = [sum(len(one.numbers) for one in moments if one.taught is taught) for taught in (True, False)]
    if min(counts) < LEAST:
        return Proof(tuple(gone), shared, None, None, NO_FRAMES)
    job = f"prove-{digest_of_bytes(''.join(map(digest_of, models)).encode())[7:19]}"

    def work(bench: Workbench) -> tuple[Membership, Membership]:
        return _tested(studio, models, moments, bench=bench)

    words = f"ask what {models[1].name} knows"
    return Proof(tuple(gone), shared, *run_here(studio.jobs, job, words, work=work, watch=watch))


def shared_files(gone: Sequence[Asset], kept: Sequence[Asset]) -> tuple[str, ...]:
    """Return the names of files of what is gone that something kept holds too, whatever it calls them."""
    held = {file.digest for asset in kept for file in asset.files}
    return tuple(sorted(file.name for asset in gone for file in asset.files if file.digest in held))


def _lessons(studio: Studio, model: Model) -> list[Dataset]:
    """Return what taught a model, and the earlier models that it rests on."""
    dataset = studio.ledger.get(model.dataset)
    assert isinstance(dataset, Dataset)
    earlier = [studio.ledger.get(digest) for digest in model.earlier]
    return [dataset, *(one for other in earlier if isinstance(other, Model) for one in _lessons(studio, other))]


def _assets(studio: Studio, dataset: Dataset) -> dict[Digest, Asset]:
    found = {item.asset: studio.ledger.get(item.asset) for item in dataset.items}
    return {digest: asset for digest, asset in found.items() if isinstance(asset, Asset)}


def _moments(studio: Studio, dataset: Dataset, names: set[str] | None) -> Iterator[_Moments]:
    """Return the pairs of a dataset that are of some assets, and what else there is of the same clips."""
    assets, groups = _assets(studio, dataset), dict[int, dict[str, Item]]()
    for item in dataset.items:
        groups.setdefault(item.group, {})[item.role] = item
    for group in groups.values():
        if not {"before", "after"} <= set(group):
            continue
        before, after = group["before"], group["after"]
        one, other = assets[before.asset], assets[after.asset]
        if names is not None and not {one.name, other.name} & names:
            continue
        yield _Moments(one, other, tuple(zip(before.frames, after.frames, strict=True)), taught=True)
        if before.frames == after.frames and names is not None:
            rest = set(frame_numbers(one)) & set(frame_numbers(other)) - _taught_frames(dataset, before)
            yield _Moments(one, other, tuple((number, number) for number in sorted(rest)), taught=False)


def _taught_frames(dataset: Dataset, item: Item) -> set[int]:
    return {number for other in dataset.items if other.asset == item.asset for number in other.frames}


Errors = dict[bool, list[float]]
"""Of frames that taught the first model, and of the others."""


def _tested(
    studio: Studio, models: tuple[Model, Model], moments: Sequence[_Moments], *, bench: Workbench
) -> tuple[Membership, Membership]:
    """Compare errors frame by frame with those of a reference, which was not taught what is gone either.

    Some frames are harder than others, and few frames are taught: without this the draw of them decides [Watson2022].

    References:
        [Watson2022] On the Importance of Difficulty Calibration in Membership Inference Attacks, ICLR.
    """
    scratch = scratch_of(studio, models[1])
    trained = scratch.with_seed(models[1].seed + 1).learn_again(bench.folder / "reference", bench)
    taught = [read_weights(studio.vault.path(model.weights)) for model in models]
    was, now, reference = (
        _errors(studio, models[1], moments, learned=learned) for learned in (*taught, (trained.weights, trained.card))
    )
    rmtree(bench.folder / "reference")
    return _against(was, reference), _against(now, reference)


def _against(errors: Errors, reference: Errors) -> Membership:
    sides = [np.log(np.add(errors[side], TINY)) - np.log(np.add(reference[side], TINY)) for side in (True, False)]
    return membership(*(side.tolist() for side in sides))


def _errors(
    studio: Studio, model: Model, moments: Sequence[_Moments], *, learned: tuple[Weights, Mapping[str, object]]
) -> Errors:
    errors: Errors = {True: [], False: []}
    for one in moments:
        with ExitStack() as files:
            making = making_of(studio, RenderOrder(model, one.before), files)
            after = _opened(studio, one.after, files)
            render = making.renderer(*learned)
            for number, other in one.numbers[: MOST_FRAMES - len(errors[one.taught])]:
                before = seen_picture(making.read(number), making.view)
                wanted = seen_picture(after.read(other), making.view)
                errors[one.taught] += _error(making.seen(render, number), before, wanted)
    return errors


def _opened(studio: Studio, asset: Asset, files: ExitStack) -> Plates:
    production = studio.ledger.find(Show, asset.show, asset.show)
    way = {"config": production.config, "working_space": production.working_space}
    return files.enter_context(open_plates(studio.paths(asset.files), asset, **way))


def _error(made: Picture, before: Picture, wanted: Picture) -> list[float]:
    """Return what is left of a change, as a share of it, over what was changed; nothing where nothing was."""
    change = np.abs(wanted.astype(np.int16) - before).sum(axis=2)
    changed = change > LEAST_CHANGE
    if not changed.any():
        return []
    left = np.abs(wanted.astype(np.int16) - made).sum(axis=2)
    return [float(left[changed].sum() / change[changed].sum())]
