"""The look department, as everybody else sees it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rushes.departments.department import (
    Department,
    HandOver,
    Lesson,
    LessonKind,
    Need,
    Plate,
    Rendered,
    RenderFrame,
    Scene,
    Trained,
    Weights,
)
from rushes.departments.look.difference import delta_e_2000, delta_e_itp, xyz_from
from rushes.departments.look.fit import coverage_outside
from rushes.departments.look.from_pairs import encoded, learn_from_pairs
from rushes.departments.look.hand_over import write_look
from rushes.departments.look.look import Switches
from rushes.departments.look.out_render import renderer as look_renderer
from rushes.departments.look.packing import unpack_look
from rushes.departments.look.recipe import LookRecipe
from rushes.domain.actions import TRAINING
from rushes.domain.nouns import Measure
from rushes.media.colour import converter
from rushes.training.workbench import Workbench

EVERY = 8
"""Every eighth row and column answers how much of a frame the look has never seen anything like."""


def train_look(lesson: Lesson, recipe: LookRecipe, bench: Workbench) -> Trained:
    """Learn a look in the way that the lesson asks for."""
    return learn_from_pairs(lesson, recipe, bench)


def render_look(
    weights: Weights, card: Mapping[str, Any], scene: Scene, settings: Mapping[str, float | bool]
) -> RenderFrame:
    """Open a look for one clip."""
    look = unpack_look(weights, card)
    on = Switches(
        cdl=bool(settings["cdl"]),
        curves=bool(settings["curves"]),
        lattice=bool(settings["lattice"]),
        spatial=bool(settings["spatial"]),
        strength=float(settings["strength"]),
    )
    colour = scene.colour
    grade = look_renderer(look, on, colour=colour)
    to_code = converter(colour.config, colour.working_space, look.encoding)

    def render(plate: Plate) -> Rendered:
        graded = grade(plate.transpose(1, 2, 0)).transpose(2, 0, 1)
        unseen = coverage_outside(look, encoded(plate[:, ::EVERY, ::EVERY], to_code))
        return Rendered(graded, measures={"pixels unlike anything it was taught, %": 100 * unseen})

    return render


def judge_look(rendered: Plate, wanted: Plate, scene: Scene) -> tuple[Measure, ...]:
    """Measure how far a rendered frame is from the wanted one, as the eye sees it."""
    to_xyz = xyz_from(scene.colour.config, scene.colour.working_space)
    one, other = (to_xyz(np.ascontiguousarray(plate.transpose(1, 2, 0))) for plate in (rendered, wanted))
    apart = delta_e_2000(one, other)
    return (
        Measure("mean", float(apart.mean()), "ΔE2000"),
        Measure("99 of 100 pixels within", float(np.percentile(apart, 99)), "ΔE2000"),
        Measure("mean", float(delta_e_itp(one, other).mean()), "ΔE ITP"),
    )


def hand_over_look(weights: Weights, card: Mapping[str, Any], over: HandOver, folder: Path) -> tuple[Path, ...]:
    """Write a look for other programs."""
    return write_look(unpack_look(weights, card), over, folder)


look = Department(
    name="look",
    makes="an editable grade: CDL, curves and a residual LUT; .cube, CLF, CDL, EDL, OCIO look, baked frames",
    serves="colourists, DITs",
    action=TRAINING,
    lessons=(LessonKind((Need("before", "ungraded frames"), Need("after", "the same frames, graded")), paired=True),),
    recipes={"standard": LookRecipe(name="standard"), "windows": LookRecipe(name="windows", spatial=True)},
    settings={"cdl": True, "curves": True, "lattice": True, "spatial": True, "strength": 1.0},
    train=train_look,
    renderer=render_look,
    judge=judge_look,
    hand_over=hand_over_look,
)
