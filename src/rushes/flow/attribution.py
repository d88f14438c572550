"""attribution: which group of its lesson taught a take how much. Each is left out once, and the model taught again."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from shutil import rmtree

import numpy as np

from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Model, Take
from rushes.domain.parts import Item
from rushes.domain.records import digest_of, digest_of_bytes
from rushes.flow.groups import groups_of
from rushes.flow.making import Making, making_of, order_of, recorded_renderer
from rushes.flow.scratch import Scratch, scratch_of
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.originality.apart import Apart, apart, mean_of
from rushes.originality.pictures import Picture
from rushes.studio import Studio
from rushes.training.workbench import Workbench

FRAMES = 4
"""Of the take that are compared, evenly spread."""

MOST_GROUPS = 24
"""That a model is taught again for; more would take the night, and name crumbs."""


@dataclass(frozen=True)
class Asked:
    """What is to be attributed.

    Attributes:
        take: whose look.
        by: kind of groups, one of `flow.groups.BY`.
        frames: of the take, evenly spread.
        settings: of the model's recipe, changed: fewer steps, for a quick look.
    """

    take: Take
    by: str = "shot"
    frames: int = FRAMES
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """What one group taught.

    Attributes:
        name: of the group.
        apart: how far the take's frames change without it, on average.
        share: of all such changes together, 0 to 1.
    """

    name: str
    apart: Apart
    share: float


@dataclass(frozen=True)
class Attribution:
    """Which group taught a take how much.

    Attributes:
        frames: of the take that were compared.
        parts: the largest first.
        chance: how far they change when nothing is left out and only the seed is another: what is no more than that
            says nothing.
    """

    frames: tuple[int, ...]
    parts: tuple[Part, ...]
    chance: Apart


def attribute_take(studio: Studio, asked: Asked, watch: Watcher = no_watcher) -> Attribution:
    """Teach a take's model again without each group in turn, and see how much the take changes.

    Args:
        studio: where everything is; nothing is recorded.
        asked: the take, and the kind of groups.
        watch: told of progress.

    Raises:
        NotCleared: what taught the model may not be learned from any more.
        BadMaterial: there is but one group, or there are too many.
        Stopped: a person pressed Ctrl-C.
    """
    model = _model(studio, asked.take)
    scratch = scratch_of(studio, model).with_settings(asked.settings)
    left = groups_of(studio, scratch.dataset, scratch.assets, by=asked.by)
    _refuse_unfit(model, left, asked.by)

    def work(bench: Workbench) -> Attribution:
        with ExitStack() as files:
            making = making_of(studio, order_of(studio, asked.take), files)
            return _attributed(scratch, left, making, asked=asked, bench=bench)

    job = f"attribute-{digest_of_bytes((digest_of(asked.take) + repr(asked)).encode())[7:19]}"
    return run_here(studio.jobs, job, f"attribute {asked.take.name}", work=work, watch=watch)


def _model(studio: Studio, take: Take) -> Model:
    model = studio.ledger.get(take.model)
    assert isinstance(model, Model)
    return model


def _refuse_unfit(model: Model, left: Mapping[str, Sequence[Item]], by: str) -> None:
    if len(left) < 2 or not all(left.values()):
        words = f"{', '.join(left) or 'nothing'} is all that taught it"
        raise BadMaterial(f"{model.name} cannot be taken apart by {by}", [words], "Ask by another kind: --by frame.")
    if len(left) > MOST_GROUPS:
        raise BadMaterial(f"{model.name} was taught by {len(left)} of {by}", remedy=f"At most {MOST_GROUPS} are tried.")


def _attributed(
    scratch: Scratch, left: Mapping[str, tuple[Item, ...]], making: Making, *, asked: Asked, bench: Workbench
) -> Attribution:
    model = _model(scratch.studio, asked.take)
    numbers = spread(making.numbers, asked.frames)
    if asked.settings:
        whole = _frames(scratch, making, numbers, bench=bench)
    else:  # the weights on record are what would come out
        render = recorded_renderer(scratch.studio, model, making)
        whole = [making.seen(render, number) for number in numbers]

    def changes(other: Scratch) -> Apart:
        made = _frames(other, making, numbers, bench=bench)
        return mean_of([apart(one, there) for one, there in zip(made, whole, strict=True)])

    chance = changes(scratch.with_seed(scratch.recipe.seed + 1))
    found = {name: changes(scratch.with_items(items)) for name, items in left.items()}
    total = sum(one.codes for one in found.values())
    parts = [Part(name, one, one.codes / total if total else 0.0) for name, one in found.items()]
    return Attribution(numbers, tuple(sorted(parts, key=lambda part: -part.apart.codes)), chance)


def _frames(scratch: Scratch, making: Making, numbers: Sequence[int], *, bench: Workbench) -> list[Picture]:
    """Teach once more, and return what the model then makes of some frames."""
    folder = bench.folder / "scratch"
    trained = scratch.learn_again(folder, bench)
    rmtree(folder)
    render = making.renderer(trained.weights, trained.card)
    return [making.seen(render, number) for number in numbers]


def spread(numbers: Sequence[int], count: int) -> tuple[int, ...]:
    """Return so many of some numbers, evenly spread, the first and the last among them.

    >>> spread(range(1, 11), 4)
    (1, 4, 7, 10)
    """
    places = np.linspace(0, len(numbers) - 1, min(count, len(numbers)))
    return tuple(numbers[round(place)] for place in places)
