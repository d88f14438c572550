"""The row of Rushes in `paint_vs_peer.py`: a training for each of several budgets, judged off the clock.

Each point is a training of its own, from reading the pairs to the weights: a training of Rushes knows its deadline,
so a longer one is not a shorter one that goes on. The report that it ends with for people is left out, as the peers
write none. A budget in CPU-seconds is turned into steps, as `--seconds` is turned into steps by the clock on the wall.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from paint_tasks import Floats, Score, Task, code_values
from rushes.departments.department import Colour, Example, Lesson, Reel, Scene
from rushes.departments.paint import parts
from rushes.departments.paint.fit import fit
from rushes.departments.paint.frames import open_renderer
from rushes.departments.paint.model import PaintModel, pack_model
from rushes.departments.paint.prepare import model_of, prepare, with_values
from rushes.departments.paint.presets import PRESETS, SETTINGS
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.score import Judge
from rushes.training.workbench import QuietBench

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5",
    "Linear Rec.709 (sRGB)",
    "Rec.1886 Rec.709 - Display",
    "Un-tone-mapped",
)
RECIPES = {"roto": "roto", "grade": "relight"}
BUDGETS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
"""CPU-seconds of training, without what comes before it."""

TRIED = 12


def recipe_for(task: Task) -> PaintRecipe:
    """Return the preset that an artist would take for a task."""
    return PRESETS[next((recipe for start, recipe in RECIPES.items() if task.name.startswith(start)), "cleanup")]


def lesson_of(task: Task) -> Lesson:
    """Return the taught frames of a task as a department gets them."""
    numbers = list(task.before)

    def near(number: int, offset: int) -> Floats | None:
        place = numbers.index(number) + offset
        beside = numbers[place] if 0 <= place < len(numbers) else None
        return task.plate(beside) if beside == number + offset else None

    def example(number: int) -> Example:
        def after() -> Floats:
            answer = task.answer(number)
            return np.stack([answer] * 3) if task.makes_matte else answer

        plates = {"before": lambda: task.plate(number), ("matte" if task.makes_matte else "after"): after}
        return Example(task.name, number, plates, lambda offset: near(number, offset))

    return Lesson([example(number) for number in task.taught], COLOUR)


def trained(task: Task, steps: int, earlier: PaintModel | None = None) -> PaintModel:
    """Train for so many steps, from random numbers or from an earlier model of the show."""
    lesson, recipe = lesson_of(task), replace(recipe_for(task), steps=steps)
    lesson = replace(lesson, earlier=[pack_model(earlier)] if earlier else [])
    ready = prepare(lesson, recipe, Path(os.devnull))
    judge = Judge(ready.lessons.judged, ready.lessons.held_out, ready.lessons.own, ready.shape)
    bench = QuietBench(Path(os.devnull))
    fitted = fit(ready.lessons, ready.network, ready.shape, recipe=recipe, judge=judge, bench=bench)
    return model_of(lesson, with_values(ready.network, fitted.values), ready, recipe=recipe)


def results(task: Task, model: PaintModel) -> dict[int, np.ndarray]:
    """Render the judged frames."""
    reel = Reel(tuple(task.before), task.plate)
    render = open_renderer(model, Scene(COLOUR, task.name, reel), {**SETTINGS, "grain": False, "steady": False})
    rendered = {number: render(task.plate(number), number) for number in task.judged}
    if task.makes_matte:
        return {number: code_values(one.layers["paint_matte.A"]) for number, one in rendered.items()}
    return {number: code_values(one.plate) for number, one in rendered.items()}


def curve(
    task: Task, seconds: float, threads: int, earlier: PaintModel | None = None
) -> Iterator[tuple[float, *tuple[float, ...]]]:
    """Return points `(CPU-seconds since it was called, *Score)`, each of a training of its own."""
    parts.PARTS = threads
    beforehand, a_step = costs(task)
    for budget in BUDGETS:
        if beforehand + budget > seconds:
            return
        began = time.process_time()
        model = trained(task, max(2, round(budget / a_step)), earlier)
        spent = time.process_time() - began
        yield spent, *Score(*task.score(results(task, model)))


def seconds_per_frame(task: Task) -> float:
    """Return CPU-seconds to render one frame: through the network and laid in."""
    model = trained(task, 2)
    render = open_renderer(model, Scene(COLOUR, task.name), {**SETTINGS, "grain": False, "steady": False})
    plate, times = task.plate(task.judged[0]), []
    for number in range(4):
        began = time.process_time()
        render(plate, number)
        times.append(time.process_time() - began)
    return min(times)


def costs(task: Task) -> tuple[float, float]:
    """Return CPU-seconds of what comes before the first step, and of a step with its share of judging."""
    began = time.process_time()
    trained(task, 1)
    beforehand = time.process_time() - began
    began = time.process_time()
    trained(task, 5 * TRIED)
    return beforehand, (time.process_time() - began - beforehand) / (5 * TRIED - 1)
