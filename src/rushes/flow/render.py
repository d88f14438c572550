"""render: put a plate through a model, frame by frame; what comes out is a take, a proposal."""

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from rushes.departments.department import Department, LookedOver, Seen
from rushes.departments.find import find_department
from rushes.domain.actions import INFERENCE
from rushes.domain.errors import BadMaterial, NotCleared, NotFound, OutOfScope
from rushes.domain.gate import objections
from rushes.domain.nouns import Model, Show, Take, frame_numbers
from rushes.domain.parts import Further, Measure
from rushes.domain.question import Use
from rushes.domain.records import canonical_json, digest_of, digest_of_bytes
from rushes.domain.scopes import scope_objections
from rushes.flow.policy import refusals
from rushes.flow.rendering import (
    OVER,
    RenderOrder,
    evidence_of,
    is_rendered,
    opened_scene,
    render_frames,
    stamp_of,
    still_of,
)
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.media.frames import Floats
from rushes.media.stills import read_still
from rushes.signing.scopes import check_scope
from rushes.studio import Studio
from rushes.training.weights import read_weights
from rushes.training.workbench import Workbench

LIMITS = (0.0, 10.0)
"""Nobody trims a model further than this; it is a slip of the keyboard, or infinity."""

Spread = Callable[[RenderOrder, Sequence[int], Path, Callable[[int], None]], None]
"""Has frames of an order rendered into a folder, wherever; tells how many are done."""


def render_take(
    studio: Studio,
    order: RenderOrder,
    watch: Watcher = no_watcher,
    *,
    spread: Spread | None = None,
    once: bool = False,
) -> Take:
    """Put a plate through a model; the same order again gives the same pixels.

    Args:
        studio: where everything is.
        order: what to render.
        watch: told of progress.
        spread: renders the frames somewhere else; in this process, if there is none.
        once: where a take of this very order was kept, give that one: for whoever may ask twice, such as a farm.

    Raises:
        OutOfScope: the model may not be used for this, or is quarantined.
        NotCleared: the plate, or what is given beside it, may not be put through a model.
        BadSignature: weights or scope are not what was signed.
        Stopped: a person pressed Ctrl-C; the same order goes on from there.
    """
    frames = frames_of(order := checked_order(studio, order))
    if once and (kept := _takes_of(studio, order)):
        return kept[-1]

    def work(bench: Workbench) -> Take:
        missing = [number for number in frames if not is_rendered(bench.folder, number)]

        def tell(done: int) -> None:
            bench.tell(len(frames) - len(missing) + done, len(frames), "rendering")

        if spread and missing:
            spread(order, missing, bench.folder, tell)
        else:
            render_frames(studio, order, missing, folder=bench.folder, on_done=tell)
        return _keep(studio, order, frames, bench=bench)

    return run_here(studio.jobs, job_of(order), words_of(order), work=work, watch=watch)


def checked_order(studio: Studio, order: RenderOrder) -> RenderOrder:
    """Ask whether an order may be rendered, and return it with its settings complete.

    Raises:
        OutOfScope: the model may not be used for this, or is quarantined.
        NotCleared: the plate, or what is given beside it, may not be put through a model.
        BadMaterial: settings, frames or further footage that make no sense.
    """
    model = order.model
    _may_render(studio, order)
    check_scope(studio.signer.public_key, model.weights.digest, model.scope, signature=model.signature)
    department = find_department(model.department)
    for role in order.further:
        if role not in {need.role for need in department.further}:
            raise NotFound(
                f"footage that a render of {department.name} takes", role, [n.role for n in department.further]
            )
    return replace(order, settings=_settings(department, order.settings))


def frames_of(order: RenderOrder) -> tuple[int, ...]:
    """Return the numbers of the frames that an order asks for.

    Raises:
        BadMaterial: the plate does not have them.
    """
    there = frame_numbers(order.plate)
    first, last = order.frames or (there[0], there[-1])
    frames = tuple(number for number in there if first <= number <= last)
    if not frames or (order.frames and (first not in there or last not in there)):
        raise BadMaterial(f"{order.plate.name} has frames {there[0]}-{there[-1]}, not {first}-{last}")
    return frames


def words_of(order: RenderOrder) -> str:
    """Return what a person would call an order."""
    return f"render {order.plate.name} with {order.model.name}"


def job_of(order: RenderOrder) -> str:
    """Return the name of an order's job: the same for the same order, its settings complete."""
    what = canonical_json([*stamp_of(order).values(), frames_of(order)])
    return f"render-{digest_of_bytes(what.encode())[7:19]}"


def _may_render(studio: Studio, order: RenderOrder) -> None:
    plate = order.plate
    production = studio.ledger.find(Show, plate.show, plate.show)
    use = Use(plate.show, INFERENCE, order.model.department, production.territory, studio.today())
    models = [order.model]
    if order.over:
        if order.over.plate != digest_of(plate):
            raise BadMaterial(f"{order.over.name} is no take of {plate.name}")
        underneath = studio.ledger.get(order.over.model)
        assert isinstance(underneath, Model)
        models.append(underneath)
    against = [why for model in models for why in scope_objections(model, use) + studio.quarantine(model)]
    if against:
        raise OutOfScope(f"{order.model.name} may not be used for {plate.name}", against, "Train a model for this.")
    today, grants = [studio.as_known_today(one) for one in (plate, *order.further.values())], studio.grants(plate.show)
    reasons = [str(reason) for asset in today for reason in objections(asset, use, grants)]
    if reasons := reasons + refusals(studio, "may_generate", order.model):
        raise NotCleared(reasons)


def _settings(department: Department, asked: Mapping[str, float | bool]) -> dict[str, float | bool]:
    unknown = [name for name in asked if name not in department.settings]
    if unknown:
        raise NotFound(f"setting of {department.name}", unknown[0], department.settings)
    wrong = []
    for name, value in asked.items():
        neutral, (least, most) = department.settings[name], department.limits.get(name, LIMITS)
        if isinstance(neutral, bool) and not isinstance(value, bool):
            wrong.append(f"{name}={value:g}: it is on or off")
        if not isinstance(neutral, bool) and not least <= value <= most:
            wrong.append(f"{name}={value:g}: it goes from {least:g} to {most:g}")
    if wrong:
        raise BadMaterial(f"these settings of {department.name} make no sense", wrong, "Change these settings.")
    return {**department.settings, **asked}


def _keep(studio: Studio, order: RenderOrder, frames: tuple[int, ...], *, bench: Workbench) -> Take:
    plate = order.plate
    production = studio.ledger.find(Show, plate.show, plate.show)
    said = _looked_over(studio, order, frames, bench=bench)
    earlier = [
        take for take in studio.ledger.every(Take, plate.show) if take.name == f"{plate.name}_v{take.number:03d}"
    ]
    number = 1 + max((take.number for take in earlier), default=0)
    name = f"{plate.name}_v{number:03d}"
    files = []
    for done, frame in enumerate(frames):
        files.append(studio.vault.put(still_of(bench.folder, frame), f"{name}.{frame:07d}.exr"))
        bench.tell(done + 1, len(frames), "keeping")
    take = Take(
        show=plate.show,
        name=name,
        department=order.model.department,
        model=digest_of(order.model),
        plate=digest_of(plate),
        number=number,
        settings=canonical_json(dict(order.settings)),
        frames=(frames[0], frames[-1]),
        files=tuple(files),
        colour_space=production.working_space,
        measures=(*said.measures, *_worst_measures(bench.folder, frames)),
        further=_further(order),
        reports=tuple(studio.vault.put(report, f"{name}.{report.name}") for report in said.reports),
    )
    studio.record(take)
    shutil.rmtree(bench.folder)
    return take


def _takes_of(studio: Studio, order: RenderOrder) -> list[Take]:
    """Return the takes that were kept of this very order, the oldest first."""
    frames = frames_of(order)
    said = digest_of(order.model), digest_of(order.plate), canonical_json(dict(order.settings)), _further(order)
    return [
        take
        for take in studio.ledger.every(Take, order.plate.show)
        if take.frames == (frames[0], frames[-1]) and (take.model, take.plate, take.settings, take.further) == said
    ]


def _further(order: RenderOrder) -> tuple[Further, ...]:
    given = [Further(role, digest_of(asset)) for role, asset in sorted(order.further.items())]
    return (*given, *([Further(OVER, digest_of(order.over))] if order.over else []))


def _looked_over(studio: Studio, order: RenderOrder, frames: tuple[int, ...], *, bench: Workbench) -> LookedOver:
    folder = bench.folder / "reports"
    folder.mkdir(exist_ok=True)
    seen = [
        Seen(
            number,
            partial(_channels, still_of(bench.folder, number)),
            json.loads(still_of(bench.folder, number).with_suffix(".json").read_text()),
            read_weights(path)[0] if (path := evidence_of(bench.folder, number)).exists() else {},
        )
        for number in frames
    ]
    _, card = read_weights(studio.vault.path(order.model.weights))
    with ExitStack() as files:
        _, scene = opened_scene(studio, order, files)
        bench.tell(len(frames), len(frames), "looking the take over")
        return find_department(order.model.department).look_over(card, scene, seen, folder)


def _channels(still: Path) -> dict[str, Floats]:
    frame = read_still(still)
    others = {name: np.asarray(channel, np.float32) for name, channel in frame.others.items()}
    return {**dict(zip("RGB", frame.plate, strict=True)), **others}


def _worst_measures(folder: Path, frames: tuple[int, ...]) -> tuple[Measure, ...]:
    worst: dict[str, float] = {}
    for number in frames:
        for name, value in json.loads(still_of(folder, number).with_suffix(".json").read_text()).items():
            worst[name] = max(worst.get(name, value), value)
    return tuple(Measure(f"{name}, worst frame", value) for name, value in sorted(worst.items()))
