"""Guess a look from graded stills of other scenes. Weak by nature; the report says so in the first line."""

import numpy as np

from rushes.departments.department import Example, Lesson, Trained
from rushes.departments.look.arithmetic import apply_look
from rushes.departments.look.contact_sheet import ReportExample
from rushes.departments.look.difference import delta_e_2000, xyz_from
from rushes.departments.look.look import Floats, Look
from rushes.departments.look.out_render import renderer
from rushes.departments.look.packing import pack_look
from rushes.departments.look.pictures import encoded
from rushes.departments.look.qc import check_look
from rushes.departments.look.recipe import LookRecipe
from rushes.departments.look.report import SCENE_LINEAR, ReportPage, frames_named, origin_of, write_report
from rushes.departments.look.unpaired import look_from_stills
from rushes.domain.errors import BadMaterial
from rushes.domain.parts import Measure
from rushes.media.colour import Convert, converter
from rushes.training.workbench import Workbench

KNOWN_ENCODING = "ACEScct"
"""What an ordinary ungraded picture looks like was measured in this encoding, and holds in no other."""

MOST = 24
"""Frames of either kind that are looked at: more of one scene say nothing new."""

SHOWN = 4


def learn_from_stills(lesson: Lesson, recipe: LookRecipe, bench: Workbench) -> Trained:
    """Guess a look from graded stills of other scenes, gently.

    Raises:
        BadMaterial: the recipe asks for another encoding than ACEScct.
    """
    if recipe.encoding != KNOWN_ENCODING:
        raise BadMaterial(f"stills teach a look in {KNOWN_ENCODING}, not in {recipe.encoding}")
    colour = lesson.colour
    to_code = converter(colour.config, colour.working_space, recipe.encoding)
    scene, stills = (_some(lesson, role) for role in ("plate", "reference"))
    read: list[Floats] = []
    for done, (role, example) in enumerate([("plate", e) for e in scene] + [("reference", e) for e in stills]):
        bench.tell(done, len(scene) + len(stills), f"looking at {example.name}")
        read.append(_thinned(example, role, to_code))
    guess = look_from_stills(read[: len(scene)], read[len(scene) :])
    look = guess.as_look(recipe.encoding)
    bench.tell(len(read), len(read), "writing the report")
    scores = (
        Measure("confidence", guess.confidence, "of 1"),
        Measure("what it changes: mean", _change(look, read[: len(scene)], colour.config), "ΔE2000"),
        *(Measure(f"found in the stills: {name}", value, "code values") for name, value in guess.signs.items()),
    )
    checks = check_look(look, colour)
    page = _page(lesson, recipe, scores, checks=checks, advice=guess.advice)
    shown = [_shown(example, look, lesson) for example in scene[:: max(1, len(scene) // SHOWN)][:SHOWN]]
    reports = write_report(bench.folder, look, shown, page=page)
    card = {"encoding": recipe.encoding, "advice": guess.advice, "confidence": guess.confidence}
    return Trained(pack_look(look), card, (*scores, *checks), reports)


def _page(
    lesson: Lesson, recipe: LookRecipe, scores: tuple[Measure, ...], *, checks: tuple[Measure, ...], advice: str
) -> ReportPage:
    """Return what the report says: confidence before everything, for nothing was graded to hold the look against."""
    scene, stills = (_some(lesson, role) for role in ("plate", "reference"))
    confidence, change = scores[:2]
    return ReportPage(
        title="Look guessed from stills",
        origin=origin_of(scene, recipe, words=f"guessed from {frames_named(stills)} for"),
        colour=lesson.colour,
        steps=(),
        scores=scores,
        checks=checks,
        remarks=(advice,),
        headlines=(
            (f"{confidence.value:.2f}", "confidence, of 1", "how much of a usual grade this many stills can show"),
            (f"{change.value:.2f}", f"mean ΔE2000 from before to learned, {SCENE_LINEAR}", "how much it changes"),
        ),
    )


def _some(lesson: Lesson, role: str) -> list[Example]:
    mine = [example for example in lesson.examples if role in example.plates]
    places = np.linspace(0, len(mine) - 1, min(MOST, len(mine))).round().astype(int)
    return [mine[place] for place in places]


def _thinned(example: Example, role: str, to_code: Convert) -> Floats:
    plate = example.plates[role]()
    step = max(1, plate.shape[2] // 640)
    return encoded(plate[:, ::step, ::step], to_code)


def _change(look: Look, scene: list[Floats], config: str) -> float:
    to_xyz = xyz_from(config, look.encoding)
    changes = [delta_e_2000(to_xyz(apply_look(look, frame)), to_xyz(frame)).mean() for frame in scene]
    return float(np.mean(changes))


def _shown(example: Example, look: Look, lesson: Lesson) -> ReportExample:
    before = example.plates["plate"]()
    learned = renderer(look, colour=lesson.colour)(before.transpose(1, 2, 0)).transpose(2, 0, 1)
    return ReportExample(example.name, before, learned, None, held_out=False)
