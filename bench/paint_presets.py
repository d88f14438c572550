"""What each preset of paint does with a small task: figures, where it fails, and the pictures of docs/paint.md.

    python bench/paint_presets.py [--only beauty,key] [--seconds 50] [--set NAME=VALUE ...] [--pictures FOLDER]

The tasks are in `paint_preset_tasks.py`. Judged are frames that were not taught, without new grain and each by itself,
as in `paint_vs_peer.py`. Seconds are CPU-seconds of one thread, spent on steps and on judging between them.
"""

import argparse
import copy
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from paint_preset_tasks import FRAMES, HEIGHT, TASKS, WIDTH, Case, Task
from paint_rushes import COLOUR
from paint_tasks import (
    REACH,
    Floats,
    Mask,
    Pixels,
    boundary_f,
    code_values,
    intersection_over_union,
    mean,
    psnr,
    within,
)
from rushes.departments.department import Example, Lesson, Reel, Rendered, Scene
from rushes.departments.paint import parts
from rushes.departments.paint.contact_sheet import Shown, draw_contact_sheet, strip_of
from rushes.departments.paint.fit import fit
from rushes.departments.paint.frames import open_renderer
from rushes.departments.paint.layers import FULL_DOUBT
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.pictures import viewer
from rushes.departments.paint.prepare import model_of, prepare, with_values
from rushes.departments.paint.presets import PRESETS, SETTINGS
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.score import Judge
from rushes.training.workbench import QuietBench

TRIED = 20
"""Steps by which the cost of one is measured; looking at what was held out comes on top."""

COLUMNS = {
    "roto": ("plate", "matte", "overlay", "confidence", "difference"),
    "relight": ("plate", "taught", "result", "confidence", "difference"),
    "deblur": ("plate", "taught", "result", "confidence", "difference"),
    "key": ("plate", "taught", "result", "matte", "confidence", "difference"),
}
"""Of the pictures, where it is not plate, taught, result, matte, confidence and difference: a matte that is full says
nothing."""

SHEET = ("plate", "taught", "result", "matte", "confidence", "difference")

LARGEST = 245_000
"""Bytes of a picture."""

HEAD = "| preset, frames | nothing, dB | result, dB | nothing, IoU / F | result, IoU / F |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Learned:
    """A trained task, and what it took: CPU-seconds before the first step and of the steps."""

    model: PaintModel
    before: float
    seconds: float
    steps: int


def lesson_of(task: Task) -> Lesson:
    """Return the taught frames of a task as a department gets them."""

    def example(number: int) -> Example:
        def by_hand(role: str) -> Callable[[], Floats]:
            return lambda: three(task.case.answer(number)[role])

        roles = {role: by_hand(role) for role in task.case.answer(number)}
        return Example("film", number, {"before": lambda: task.case.plate(number), **roles}, lambda offset: None)

    return Lesson([example(number) for number in task.taught], COLOUR)


def three(picture: Floats) -> Floats:
    return picture if picture.ndim == 3 else np.stack([picture] * 3)


def learn(task: Task, recipe: PaintRecipe, seconds: float) -> Learned:
    """Train for so many CPU-seconds of one thread, after what comes before the first step."""
    parts.PARTS = 1
    lesson, began = lesson_of(task), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        ready = prepare(lesson, recipe, Path(folder))
    before = time.process_time() - began
    for warning in ready.warnings:
        print("warned:", warning)
    lessons = ready.lessons
    judge, bench = Judge(lessons.judged, lessons.held_out, lessons.own, ready.shape), QuietBench(Path("nowhere"))

    def trained(steps: int) -> tuple[float, Mapping[str, Tensor]]:
        began, network = time.process_time(), copy.deepcopy(ready.network)
        settled = replace(recipe, steps=steps)
        fitted = fit(lessons, network, ready.shape, recipe=settled, judge=judge, bench=bench)
        return time.process_time() - began, fitted.values

    steps = recipe.steps or round(seconds / (trained(TRIED)[0] / TRIED))
    spent, values = trained(steps)
    return Learned(model_of(lesson, with_values(ready.network, values), ready, recipe=recipe), before, spent, steps)


def rendered(model: PaintModel, case: Case, number: int) -> Rendered:
    """Render a frame of the film, changed as the case has it: the fix alone."""
    scene = Scene(COLOUR, "film", Reel(FRAMES, case.plate))
    return open_renderer(model, scene, {**SETTINGS, "grain": False, "steady": False})(case.plate(number), number)


def matte_in(made: Rendered) -> Floats:
    """Return the matte that was taught: beside a change, and else alone."""
    return made.layers.get("paint_taught.A", made.layers["paint_matte.A"])


def areas(plate: Pixels, truth: Pixels, matte: Floats | None) -> tuple[Mask, Mask]:
    """Return what is judged: what was changed by hand or is foreground, widened, and all around it."""
    changed = (truth != plate).any(axis=-1) if matte is None else matte > 0
    # a whole frame may change here and there not by a code value: there is nothing around it
    where = within(changed, REACH) if changed.mean() < 0.5 else np.ones((HEIGHT, WIDTH), bool)
    return where, ~where


def scores(task: Task, case: Case, model: PaintModel) -> dict[str, float]:
    """Return means over the judged frames, of the result and of doing nothing, or of the nearest taught matte."""
    found: dict[str, list[float]] = {}
    for number in case.judged:
        made, answer = rendered(model, case, number), case.answer(number)
        if "after" in answer:
            truth, before, after = (code_values(one) for one in (answer["after"], case.plate(number), made.plate))
            for place, where in zip(("changed", "around"), areas(before, truth, answer.get("matte")), strict=True):
                found.setdefault(f"nothing {place}", []).append(psnr(before, truth, where))
                found.setdefault(f"result {place}", []).append(psnr(after, truth, where))
        if "matte" in answer:
            nearest = task.case.answer(min(task.taught, key=lambda taught: abs(taught - number)))["matte"]
            for words, matte in (("nothing", nearest), ("result", matte_in(made))):
                for measure, score in (("IoU", intersection_over_union), ("F", boundary_f)):
                    found.setdefault(f"{words} {measure}", []).append(score(matte > 0.5, answer["matte"] > 0.5))
    return {words: mean(values) for words, values in found.items()}


def row(words: str, found: Mapping[str, float]) -> str:
    """Return a row of the table."""

    def cell(one: str, other: str, digits: int) -> str:
        there = [found[name] for name in (one, other) if found.get(name, np.nan) == found.get(name)]
        return " / ".join(f"{value:.{digits}f}" for value in there)

    cells = [cell(f"{of} changed", f"{of} around", 2) for of in ("nothing", "result")]
    cells += [cell(f"{of} IoU", f"{of} F", 3) for of in ("nothing", "result")]
    return "| " + " | ".join([words, *cells]) + " |"


def draw(name: str, task: Task, model: PaintModel, path: Path) -> None:
    """Draw a frame as the contact sheet has it, reduced until the file is small enough."""
    case, number = task.case, task.drawn
    made, answer = rendered(model, case, number), case.answer(number)
    by_hand = answer.get("matte")
    shown = Shown(
        name=f"frame {number}, not taught",
        plate=case.plate(number),
        result=made.plate if "after" in answer else None,
        matte=made.layers["paint_matte.A"] if by_hand is None else matte_in(made)[None],
        doubt=(1 - made.layers["paint_confidence.A"]) * np.float32(FULL_DOUBT),
        taught=answer.get("after"),
        taught_mattes=None if by_hand is None else by_hand[None],
    )
    strip, kept = strip_of(shown, viewer(COLOUR)), COLUMNS.get(name, SHEET)
    whole, close = ({column: one[column] for column in kept} for one in (strip.pictures, strip.close))
    with tempfile.TemporaryDirectory() as folder:
        strips = [replace(strip, pictures=whole, close=close)]
        sheet = Image.open(draw_contact_sheet(Path(folder) / "sheet.png", strips)).convert("RGB")
    for quality in range(90, 60, -2):
        sheet.save(path, quality=quality, optimize=True, progressive=True)
        if path.stat().st_size <= LARGEST:
            return


def main() -> None:
    """Train and judge the tasks that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(TASKS), help="names of presets")
    parser.add_argument("--seconds", type=float, default=50.0, help="CPU-seconds of each training")
    parser.add_argument("--set", action="append", default=[], help="another setting of the recipe")
    parser.add_argument("--pictures", type=Path, help="a folder for paint-PRESET.jpg")
    asked = parser.parse_args()
    for name in asked.only.split(","):
        task, recipe = TASKS[name](), PRESETS[name]
        for setting, value in (one.split("=") for one in asked.set):
            kind = type(getattr(recipe, setting))
            recipe = replace(recipe, **{setting: value == "True" if kind is bool else kind(value)})
        learned = learn(task, recipe, asked.seconds)
        print(
            f"\n{name}: {len(task.taught)} frames, {learned.steps} steps in {learned.seconds:.1f} CPU s, "
            f"{learned.before:.1f} before them\n\n{HEAD}"
        )
        for words, case in {"as taught": task.case, **task.harder}.items():
            print(row(f"{name}, {words}", scores(task, case, learned.model)), flush=True)
        if asked.pictures:
            draw(name, task, learned.model, asked.pictures / f"paint-{name}.jpg")


if __name__ == "__main__":
    main()
