"""What a training shows: a contact sheet while it runs, and the report that it ends with."""

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from rushes.departments.department import Example, Lesson
from rushes.departments.paint.contact_sheet import Shown, Strip, draw_contact_sheet, strip_of
from rushes.departments.paint.crops import Taught
from rushes.departments.paint.fit import Fitted
from rushes.departments.paint.inference import paint
from rushes.departments.paint.layers import laid_in
from rushes.departments.paint.lessons import Lessons
from rushes.departments.paint.network import PaintNet, Shape
from rushes.departments.paint.pictures import viewer
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.report import ReportPage, write_report
from rushes.departments.paint.score import Judge, held_out_measures
from rushes.domain.parts import Measure

SHEET_EVERY_SECONDS = 30.0
MOST_LIVE, MOST_IN_REPORT = 2, 6


class Live:
    """A judge that now and then also draws what the network makes of a few taught frames."""

    def __init__(self, judge: Judge, lesson: Lesson, lessons: Lessons, *, folder: Path) -> None:
        self._judge, self._lesson, self._lessons, self._folder = judge, lesson, lessons, folder
        self._drawn = time.monotonic()

    def __call__(self, network: PaintNet) -> tuple[float, float]:
        """Return the judge's scores."""
        scores = self._judge(network)
        if time.monotonic() - self._drawn > SHEET_EVERY_SECONDS:
            strips = strips_of(self._lesson, self._lessons, (network, network), shape=self._judge.shape, most=MOST_LIVE)
            draw_contact_sheet(self._folder / "contact_sheet.png", strips)
            self._drawn = time.monotonic()
        return scores


Networks = tuple[PaintNet, PaintNet]
"""As it was judged, when it had never seen what was held out; and as it is in the end."""


def strips_of(lesson: Lesson, lessons: Lessons, networks: Networks, *, shape: Shape, most: int) -> list[Strip]:
    """Return the frames of a contact sheet: held-out ones first, through the network that had not seen them."""
    view, pairs = viewer(lesson.colour), lessons.judged
    spare = [number for number, pair in enumerate(pairs) if pair.name in lessons.spared]
    others = [number for number in range(len(pairs)) if number not in spare]
    some = np.linspace(0, len(others) - 1, max(0, min(len(others), most - len(spare[:most])))).round()
    chosen = spare[:most] + [others[int(place)] for place in some]
    return [
        strip_of(_shown(lesson.examples[n], pairs[n], networks[n not in spare], shape=shape, held_out=n in spare), view)
        for n in chosen
    ]


def _shown(example: Example, pair: Taught, network: PaintNet, *, shape: Shape, held_out: bool) -> Shown:
    plate = example.plates["before"]()
    height, width = plate.shape[1:]
    painted = paint(network, shape, pair.given[:, :height, :width], plates=0)
    layered = laid_in(plate, painted.made, painted.doubt, shape=shape, strength=1.0)
    mattes = layered.mattes if shape.mattes else layered.matte
    return Shown(
        name=example.name,
        plate=plate,
        result=layered.result if shape.changes else None,
        matte=mattes,
        doubt=painted.doubt,
        taught=example.plates["after"]() if "after" in example.plates else None,
        taught_mattes=None if pair.mattes is None else pair.mattes[:, :height, :width],
        held_out=held_out,
    )


@dataclass(frozen=True)
class Said:
    """What a report says beside what was measured.

    Attributes:
        asked: the recipe as it was asked for; `fitted.recipe` is what came of it.
        folder: where the report goes.
        warnings: about the pairs, with pictures where there are any.
        pictures: of these warnings.
    """

    asked: PaintRecipe
    folder: Path
    warnings: Sequence[str] = ()
    pictures: Sequence[Path] = ()


def report_training(
    lesson: Lesson, lessons: Lessons, fitted: Fitted, *, networks: Networks, judge: Judge, said: Said
) -> tuple[tuple[Measure, ...], tuple[Path, ...]]:
    """Measure what was held out and write the report; returns both."""
    measures = held_out_measures(judge, networks[0], lesson.colour)
    frames = ", ".join(example.name for example in lesson.examples)
    page = ReportPage(
        title=f"Learned {said.asked.name}",
        origin=f"taught by {frames}; recipe {said.asked.name}, seed {said.asked.seed}",
        colour=lesson.colour,
        curve=fitted.curve,
        scores=measures,
        warnings=said.warnings,
        warning_pictures=said.pictures,
        held_out_words=lessons.words,
        recipe_rows=[(name, str(value)) for name, value in asdict(fitted.recipe).items() if name != "name"],
        budget=_budget(said.asked),
    )
    strips = strips_of(lesson, lessons, networks, shape=judge.shape, most=MOST_IN_REPORT)
    return measures, write_report(said.folder, strips, page=page)


def _budget(asked: PaintRecipe) -> str:
    if asked.seconds:
        return f"{asked.seconds:g} s"
    return f"{asked.steps} steps" if asked.steps else ""
