"""The look department, as everybody else sees it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rushes.departments.department import (
    Colour,
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
from rushes.departments.look.coverage import coverage_outside
from rushes.departments.look.difference import delta_e_2000, delta_e_itp, xyz_from
from rushes.departments.look.from_hero import learn_from_hero
from rushes.departments.look.from_pairs import learn_from_pairs
from rushes.departments.look.from_stills import learn_from_stills
from rushes.departments.look.hand_over import write_look
from rushes.departments.look.hand_over_trims import write_trims
from rushes.departments.look.look import Look, Switches
from rushes.departments.look.out_render import renderer as look_renderer
from rushes.departments.look.packing import unpack_look
from rushes.departments.look.pictures import encoded
from rushes.departments.look.recipe import LookRecipe
from rushes.departments.look.shot_trims import trims_of, trims_renderer, unpack_trims
from rushes.domain.actions import TRAINING
from rushes.domain.errors import BadMaterial
from rushes.domain.parts import Measure
from rushes.media.colour import converter, is_linear
from rushes.training.workbench import Workbench

EVERY = 8
"""Every eighth row and column answers how much of a frame the look has never seen anything like."""


def train_look(lesson: Lesson, recipe: LookRecipe, bench: Workbench) -> Trained:
    """Learn a look in the way that the lesson asks for.

    Raises:
        NotFound: the recipe's encoding is no colour space of the show's config.
        BadMaterial: it is a linear one: most of its codes would be highlights.
    """
    colour = lesson.colour
    if is_linear(colour.config, recipe.encoding, colour.working_space):
        raise BadMaterial(
            f"a look is not learned in {recipe.encoding}, which is linear", remedy="Name a log or a display encoding."
        )
    roles = {role for example in lesson.examples for role in example.plates}
    ways = {"after": learn_from_pairs, "reference": learn_from_stills, "hero": learn_from_hero}
    return next(way for role, way in ways.items() if role in roles)(lesson, recipe, bench)


def render_look(
    weights: Weights, card: Mapping[str, Any], scene: Scene, settings: Mapping[str, float | bool]
) -> RenderFrame:
    """Open a look, or the match of one shot, for one clip."""
    on = Switches(
        cdl=bool(settings["cdl"]),
        curves=bool(settings["curves"]),
        lattice=float(settings["lattice"]),
        spatial=bool(settings["spatial"]),
        strength=float(settings["strength"]),
    )
    if "clips" in card:
        shot = trims_of(unpack_trims(weights, card), scene.clip)
        trimmed = trims_renderer(shot, on, encoding=str(card["encoding"]), colour=scene.colour)
        return lambda plate, number: Rendered(trimmed(plate.transpose(1, 2, 0), number).transpose(2, 0, 1))
    return _look_frame(unpack_look(weights, card), on, scene.colour)


def _look_frame(look: Look, on: Switches, colour: Colour) -> RenderFrame:
    grade = look_renderer(look, on, colour=colour)
    to_code = converter(colour.config, colour.working_space, look.encoding)

    def render(plate: Plate, number: int) -> Rendered:
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
    """Write a look, or the trims of every shot, for other programs."""
    if "clips" in card:
        return write_trims(unpack_trims(weights, card), over, folder, encoding=str(card["encoding"]))
    return write_look(unpack_look(weights, card), over, folder)


look = Department(
    name="look",
    makes="an editable grade: CDL, curves and a residual LUT; .cube, CLF, CDL, EDL, OCIO look, baked frames",
    serves="colourists, DITs",
    action=TRAINING,
    lessons=(
        LessonKind((Need("before", "ungraded frames"), Need("after", "the same frames, graded")), paired=True),
        LessonKind((Need("plate", "ungraded frames"), Need("reference", "graded stills of others")), paired=False),
        LessonKind((Need("shot", "the shots of a scene"), Need("hero", "the shot to match them to")), paired=False),
    ),
    recipes={"standard": LookRecipe(name="standard"), "windows": LookRecipe(name="windows", spatial=True)},
    settings={"cdl": True, "curves": True, "lattice": 1.0, "spatial": True, "strength": 1.0},
    train=train_look,
    renderer=render_look,
    judge=judge_look,
    hand_over=hand_over_look,
    trial={"lattice": "17", "curve_points": "17"},
    source_type="algorithmicallyEnhanced",
    edit="c2pa.color_adjustments",
)
