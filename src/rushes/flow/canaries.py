"""exposure: how soon a model's recipe learns by heart. Canaries are planted into scratch trainings and asked for."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from shutil import rmtree

from rushes.departments.department import Colour, Example, Plate, Reel, Scene, Trained
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Model
from rushes.domain.records import digest_of, digest_of_bytes
from rushes.flow.scratch import Scratch, scratch_of
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.originality.canaries import Canary, Exposure, exposure_of, make_canary
from rushes.studio import Studio
from rushes.training.workbench import Workbench

TIMES = (0, 1, 10, 100)
"""How often each canary stands in the lesson, beside the show's own frames once each; 0 is what chance finds."""

CANARIES = 4
"""In each training: different ones, so that one lucky rank says nothing."""

PAIR = {"before", "after"}
"""The roles that a canary has."""


@dataclass(frozen=True)
class Planting:
    """What is planted.

    Attributes:
        times: how often each canary stands in each training.
        canaries: different ones in each.
        seed: of the canaries.
        settings: of the model's recipe, changed: fewer steps, for a quick look.
    """

    times: Sequence[int] = TIMES
    canaries: int = CANARIES
    seed: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)


def exposures(
    studio: Studio, model: Model, watch: Watcher = no_watcher, *, planting: Planting
) -> dict[int, tuple[Exposure, ...]]:
    """Train a model's recipe anew on its own lesson with canaries in it, and ask each scratch model for them.

    Args:
        studio: where everything is; nothing is recorded.
        model: whose recipe, lesson and seed.
        watch: told of progress.
        planting: what is planted, and how often.

    Returns:
        For each of `planting.times` the exposure of each canary.

    Raises:
        NotCleared: what taught the model may not be learned from any more.
        BadMaterial: it is not taught by pairs of before and after.
        Stopped: a person pressed Ctrl-C.
    """
    scratch = scratch_of(studio, model).with_settings(planting.settings)
    roles = {item.role for item in scratch.dataset.items}
    if roles != PAIR:
        words = f"{model.name} was taught by {', '.join(sorted(roles))}"
        raise BadMaterial(f"no canary can be planted into {model.name}", [words], "A canary is a before and an after.")

    def work(bench: Workbench) -> dict[int, tuple[Exposure, ...]]:
        return {times: _exposed(scratch, planting, times, bench=bench) for times in planting.times}

    words = f"plant canaries into {model.name}"
    job = f"exposure-{digest_of_bytes((digest_of(model) + repr(planting)).encode())[7:19]}"
    return run_here(studio.jobs, job, words, work=work, watch=watch)


def _exposed(scratch: Scratch, planting: Planting, times: int, *, bench: Workbench) -> tuple[Exposure, ...]:
    canaries = [make_canary(planting.seed + number) for number in range(planting.canaries)]
    folder = bench.folder / f"{times} times"
    with ExitStack() as files:
        lesson = scratch.opened(files)
        planted = [example for canary in canaries for example in _examples(canary, times)]
        trained = scratch.learn(replace(lesson, examples=[*lesson.examples, *planted]), folder, bench)
        found = tuple(_asked(scratch, trained, lesson.colour, canary=canary) for canary in canaries)
    rmtree(folder)
    return found


def _examples(canary: Canary, times: int) -> list[Example]:
    plates = {"before": partial(_copy, canary, "before"), "after": partial(_copy, canary, "after")}
    return [Example(f"canary {canary.seed}", number, plates) for number in range(times)]


def _copy(canary: Canary, role: str) -> Plate:
    return (canary.before if role == "before" else canary.after).copy()


def _asked(scratch: Scratch, trained: Trained, colour: Colour, *, canary: Canary) -> Exposure:
    """Ask a model what it makes of a canary's first picture."""
    department = scratch.department
    scene = Scene(colour, f"canary {canary.seed}", Reel((0,), lambda number: canary.before.copy()))
    card = {**trained.card, "department": department.name}
    render = department.renderer(trained.weights, card, scene, department.settings)
    return exposure_of(canary, render(canary.before.copy(), 0).plate)
