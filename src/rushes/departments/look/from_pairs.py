"""Learn a look from pairs of ungraded and graded frames: gather, fit, judge on what was held out, report."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from functools import partial, reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.departments.department import Lesson, Trained
from rushes.departments.look.contact_sheet import ReportExample
from rushes.departments.look.difference import ToXyz, xyz_from
from rushes.departments.look.evidence import Evidence, gather, joined, no_evidence, refuse_strangers
from rushes.departments.look.fit import FittedLook, Step, fit_look, steps_of
from rushes.departments.look.look import Floats, Look
from rushes.departments.look.out_render import renderer
from rushes.departments.look.packing import pack_look, unpack_look
from rushes.departments.look.pictures import encoded
from rushes.departments.look.qc import check_look
from rushes.departments.look.recipe import LookRecipe
from rushes.departments.look.report import SCENE_LINEAR, Headline, ReportPage, origin_of, write_report
from rushes.departments.look.spatial import SHARE_TO_TELL
from rushes.domain.errors import BadMaterial
from rushes.domain.parts import Measure
from rushes.media.colour import converter
from rushes.media.streaming import stream
from rushes.training.workbench import Workbench

FOLDS = 4
"""Parts that the pairs are dealt into; each is judged by a look that was taught by the others."""

SHOWN = 6
"""Pairs in the report: as many as one takes in at a glance."""


@dataclass(frozen=True)
class _Judged:
    """A look that was taught without some pairs, and what it is worth on them."""

    look: Look
    last: Step | None
    probes: int


def learn_from_pairs(lesson: Lesson, recipe: LookRecipe, bench: Workbench) -> Trained:
    """Learn a look from pairs; a checkpoint after each pair.

    Raises:
        NoCorrespondence: most pairs do not show the same picture.
        BadMaterial: an earlier model is no look in the same encoding.
    """
    colour = lesson.colour
    to_xyz = xyz_from(colour.config, recipe.encoding)
    priors = _earlier_looks(lesson, recipe)
    folds = _gathered(lesson, recipe, bench)
    refuse_strangers(reduce(joined, folds), _as_dealt(lesson))
    fit = partial(fit_look, recipe=recipe, to_xyz=to_xyz, priors=priors)
    fitted, judged = _fitted_and_judged(folds, fit, to_xyz)
    bench.tell(len(lesson.examples), len(lesson.examples), "writing the report")
    checks = check_look(fitted.look, colour)
    scores = (*_held_out_scores(judged), *_bought(fitted.steps), _by_place(fitted))
    page = ReportPage(
        title="Learned look",
        origin=origin_of(lesson.examples, recipe, words="taught by"),
        colour=colour,
        steps=fitted.steps,
        scores=scores,
        checks=checks,
        remarks=_remarks(fitted, lesson),
        headlines=_headlines(judged, fitted.steps),
    )
    shown = [_shown(lesson, number, judged, look=fitted.look) for number in _spread(len(lesson.examples), SHOWN)]
    reports = write_report(bench.folder, fitted.look, shown, page=page)
    return Trained(pack_look(fitted.look), _card(fitted, lesson), (*scores, *checks), reports)


def _gathered(lesson: Lesson, recipe: LookRecipe, bench: Workbench) -> list[Evidence]:
    to_code = converter(lesson.colour.config, lesson.colour.working_space, recipe.encoding)
    saved = bench.load()
    folds = _from_tensors(saved or {}, min(FOLDS, len(lesson.examples)))
    done = int(saved["done"]) if saved else 0

    def read(number: int) -> tuple[Floats, ...]:
        plates = lesson.examples[number].plates
        return tuple(encoded(plates[role](), to_code) for role in ("before", "after"))

    def keep(number: int, pair: Evidence) -> None:
        folds[number % len(folds)] = joined(folds[number % len(folds)], pair)
        bench.save({**_to_tensors(folds), "done": np.array(number + 1)})

    def tell(count: int) -> None:
        bench.tell(done + count, len(lesson.examples), f"looked at {lesson.examples[done + count - 1].name}")

    stream(
        range(done, len(lesson.examples)),
        read=read,
        compute=lambda pair: gather(None, *pair),
        write=keep,
        ahead=1,  # two pairs of 4K frames are 400 MB
        on_done=tell,
    )
    return folds


def _as_dealt(lesson: Lesson) -> list[str]:
    """Return the names of the examples in the order in which they stand once the folds are joined."""
    names = [example.name for example in lesson.examples]
    return [name for fold in range(FOLDS) for name in names[fold::FOLDS]]


def _earlier_looks(lesson: Lesson, recipe: LookRecipe) -> list[Look]:
    reasons = []
    for number, (_, card) in enumerate(lesson.earlier, 1):
        if "clips" in card:
            reasons.append(f"earlier model {number} matches shots to a hero shot and knows no grade")
        elif card["encoding"] != recipe.encoding:
            reasons.append(f"earlier model {number} works in {card['encoding']}, this one in {recipe.encoding}")
    if reasons:
        raise BadMaterial("these earlier models cannot say what to expect", reasons, "Name looks in the same encoding.")
    return [unpack_look(weights, card) for weights, card in lesson.earlier]


def _fitted_and_judged(
    folds: Sequence[Evidence], fit: Callable[[Evidence], FittedLook], to_xyz: ToXyz
) -> tuple[FittedLook, list[_Judged]]:
    """Fit a look to everything, and judge each fold by one that never saw it; nothing where there is but one pair."""

    def judge(number: int) -> _Judged:
        fold = folds[number]
        look = fit(reduce(joined, [other for i, other in enumerate(folds) if i != number])).look
        last = steps_of(look, fold.probes, to_xyz)[-1] if len(fold.probes) else None
        return _Judged(look, last, len(fold.probes))

    # numpy leaves the other cores to the other threads while it computes
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        whole = pool.submit(fit, reduce(joined, folds))
        judged = pool.map(judge, range(len(folds) if len(folds) > 1 else 0))
        return whole.result(), list(judged)


def _held_out_scores(judged: Sequence[_Judged]) -> tuple[Measure, ...]:
    scored = [(one.last, one.probes) for one in judged if one.last]
    if not scored:
        return ()
    mean = np.average([last.delta_e_2000 for last, _ in scored], weights=[probes for _, probes in scored])
    return (
        Measure("held out: mean in scene-linear light", float(mean), "ΔE2000"),
        Measure(
            "held out: 99 of 100 pixels in scene-linear light within",
            max(last.delta_e_2000_p99 for last, _ in scored),
            "ΔE2000",
        ),
    )


def _headlines(judged: Sequence[_Judged], steps: Sequence[Step]) -> list[Headline]:
    held_out = [measure.value for measure in _held_out_scores(judged)]
    mean, p99 = held_out or (steps[-1].delta_e_2000, steps[-1].delta_e_2000_p99)
    frames = "held-out frames" if held_out else "the frames it was taught by"
    return [(f"{mean:.2f}", f"mean ΔE2000 on {frames}, {SCENE_LINEAR}", f"99 of 100 pixels below {max(0.1, p99):.1f}")]


def _by_place(fitted: FittedLook) -> Measure:
    share = 100 * fitted.spatial_share
    if fitted.look.spatial is not None:  # there is nothing to hold it against: it was asked for, and it is in
        return Measure("learned as the spatial part, of what CDL, curves and residual leave", share, "%")
    words = "of what CDL, curves and residual leave, depends on the place"
    return Measure(words, share, "%", 100 * SHARE_TO_TELL, fitted.spatial_share <= SHARE_TO_TELL)


def _bought(steps: Sequence[Step]) -> tuple[Measure, ...]:
    return tuple(Measure(f"taught pairs, with {step.name}", step.delta_e_2000, "ΔE2000") for step in steps)


def _shown(lesson: Lesson, number: int, judged: Sequence[_Judged], *, look: Look) -> ReportExample:
    """Show a pair through the look that never saw it, where there is one."""
    example = lesson.examples[number]
    mine = judged[number % len(judged)].look if judged else look
    before, after = example.plates["before"](), example.plates["after"]()
    learned = renderer(mine, colour=lesson.colour)(before.transpose(1, 2, 0)).transpose(2, 0, 1)
    return ReportExample(example.name, before, learned, after, held_out=bool(judged))


def _spread(count: int, most: int) -> list[int]:
    return [int(place) for place in np.linspace(0, count - 1, min(most, count)).round()]


def _remarks(fitted: FittedLook, lesson: Lesson) -> list[str]:
    left_out = [_as_dealt(lesson)[number] for number in fitted.left_out]
    remarks = [f"Left out, for the two frames do not show the same picture: {', '.join(left_out)}."] if left_out else []
    if fitted.look.spatial is None and fitted.spatial_share > SHARE_TO_TELL:
        remarks.append(
            f"{100 * fitted.spatial_share:.0f} % of what is left depends on the place in the picture: a window or a"
            " vignette, which no LUT can hold. Train with --recipe windows to learn it."
        )
    return remarks


def _card(fitted: FittedLook, lesson: Lesson) -> dict[str, object]:
    return {
        "encoding": fitted.look.encoding,
        "left_out": [_as_dealt(lesson)[number] for number in fitted.left_out],
        "noise": fitted.noise,
        "spatial_share": fitted.spatial_share,
    }


def _to_tensors(folds: Sequence[Evidence]) -> dict[str, npt.NDArray[np.generic]]:
    tensors = {f"{n}.{part.name}": getattr(fold, part.name) for n, fold in enumerate(folds) for part in fields(fold)}
    return {name: tensor for name, tensor in tensors.items() if tensor.size}


def _from_tensors(saved: Mapping[str, npt.NDArray[Any]], count: int) -> list[Evidence]:
    nothing = no_evidence()
    return [
        Evidence(**{p.name: saved.get(f"{n}.{p.name}", getattr(nothing, p.name)) for p in fields(Evidence)})
        for n in range(count)
    ]
