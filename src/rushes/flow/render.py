"""render: put a plate through a model, frame by frame; what comes out is a take, a proposal."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from rushes.departments.department import Colour, Department, Plate, RenderFrame, Scene
from rushes.departments.find import find_department
from rushes.domain.actions import INFERENCE
from rushes.domain.errors import BadMaterial, NotCleared, NotFound, OutOfScope
from rushes.domain.gate import Use, objections
from rushes.domain.nouns import Asset, Model, Show, Take, frame_numbers
from rushes.domain.parts import Measure
from rushes.domain.records import canonical_json, digest_of, digest_of_bytes
from rushes.domain.scopes import scope_objections
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.media.alpha import premultiplied, straight
from rushes.media.frames import Floats, Frame, with_plate
from rushes.media.plates import Plates, open_plates
from rushes.media.stills import write_still
from rushes.media.streaming import stream
from rushes.signing.scopes import check_scope
from rushes.studio import Studio
from rushes.training.weights import read_weights
from rushes.training.workbench import Workbench

STRONGEST = 10.0
"""Nobody trims a model further than this; it is a slip of the keyboard, or infinity."""


@dataclass(frozen=True)
class RenderOrder:
    """What to render.

    Attributes:
        frames: first and last, both included, or None for all.
        settings: what is switched or trimmed; the department's neutral values else.
    """

    model: Model
    plate: Asset
    frames: tuple[int, int] | None = None
    settings: Mapping[str, float | bool] = field(default_factory=dict)


def render_take(studio: Studio, order: RenderOrder, watch: Watcher = no_watcher) -> Take:
    """Put a plate through a model; the same order again gives the same pixels.

    Raises:
        OutOfScope: the model may not be used for this, or is quarantined.
        NotCleared: the plate may not be put through a model.
        BadSignature: weights or scope are not what was signed.
        Stopped: a person pressed Ctrl-C; the same order goes on from there.
    """
    model, plate = order.model, order.plate
    production = studio.ledger.find(Show, plate.show, plate.show)
    _may_render(studio, order, production)
    check_scope(studio.signer.public_key, model.weights.digest, model.scope, signature=model.signature)
    department = find_department(model.department)
    settings = _settings(department, order.settings)
    frames = _frames(order)
    weights, card = read_weights(studio.vault.path(model.weights))
    colour = Colour(production.config, production.working_space, production.display, production.view)
    render = department.renderer(weights, card, Scene(colour, plate.name), settings)
    stamp = {
        "rushes:model": digest_of(model),
        "rushes:plate": digest_of(plate),
        "rushes:settings": canonical_json(settings),
    }
    what = canonical_json([*stamp.values(), frames])

    def work(bench: Workbench) -> Take:
        with open_plates(
            studio.paths(plate.files), plate, config=production.config, working_space=production.working_space
        ) as plates:
            _render_frames(plates, render, frames, stamp=stamp, working_space=colour.working_space, bench=bench)
        return _keep(studio, order, production, settings=settings, frames=frames, bench=bench)

    job = f"render-{digest_of_bytes(what.encode())[7:19]}"
    return run_here(studio.jobs, job, f"render {plate.name} with {model.name}", work=work, watch=watch)


def _may_render(studio: Studio, order: RenderOrder, production: Show) -> None:
    model, plate = order.model, order.plate
    use = Use(plate.show, INFERENCE, model.department, production.territory, studio.today())
    against = scope_objections(model, use) + studio.quarantine(model)
    if against:
        raise OutOfScope(f"{model.name} may not be used for {plate.name}", against, "Train a model for this.")
    today = studio.as_known_today(plate)
    reasons = [str(reason) for reason in objections(today, use, studio.grants(plate.show))]
    if reasons:
        raise NotCleared(reasons)


def _settings(department: Department, asked: Mapping[str, float | bool]) -> dict[str, float | bool]:
    unknown = [name for name in asked if name not in department.settings]
    if unknown:
        raise NotFound(f"setting of {department.name}", unknown[0], department.settings)
    wrong = [f"{name}={value}" for name, value in asked.items() if not _makes_sense(department.settings[name], value)]
    if wrong:
        remedy = f"A switch is on or off, and a number is from 0 to {STRONGEST:g}."
        raise BadMaterial(f"these settings of {department.name} make no sense", wrong, remedy)
    return {**department.settings, **asked}


def _makes_sense(neutral: float | bool, value: float | bool) -> bool:
    return isinstance(value, bool) if isinstance(neutral, bool) else 0 <= value <= STRONGEST


def _frames(order: RenderOrder) -> tuple[int, ...]:
    there = frame_numbers(order.plate)
    first, last = order.frames or (there[0], there[-1])
    frames = tuple(number for number in there if first <= number <= last)
    if not frames or (order.frames and (first not in there or last not in there)):
        raise BadMaterial(f"{order.plate.name} has frames {there[0]}-{there[-1]}, not {first}-{last}")
    return frames


def _still(folder: Path, number: int) -> Path:
    return folder / f"{number:07d}.exr"


def _render_frames(
    plates: Plates,
    render: RenderFrame,
    frames: tuple[int, ...],
    *,
    stamp: Mapping[str, str],
    working_space: str,
    bench: Workbench,
) -> None:
    # a still is written atomically and after its measures: a job that was killed goes on after it
    missing = [number for number in frames if not _still(bench.folder, number).exists()]

    def compute(frame: Frame) -> tuple[Frame, Mapping[str, float]]:
        rendered = render(straight(frame).plate, frame.number)
        return _stamped(_back_in(frame, rendered.plate), rendered.layers, stamp), rendered.measures

    def write(number: int, result: tuple[Frame, Mapping[str, float]]) -> None:
        still = _still(bench.folder, number)
        still.with_suffix(".json").write_text(json.dumps(dict(result[1])))
        write_still(still, result[0], colour_space=working_space)

    def tell(done: int) -> None:
        bench.tell(len(frames) - len(missing) + done, len(frames), "rendering")

    stream(missing, read=plates.read, compute=compute, write=write, on_done=tell)


def _back_in(frame: Frame, result: Plate) -> Frame:
    """Put a result back into its frame, premultiplied as EXR wants it; where nothing changed, the very same bits."""
    if frame.packed.shape[2] == 3:
        return with_plate(frame, result)
    taken = straight(frame)
    graded = premultiplied(with_plate(taken, result))
    if taken.header.premultiplied == frame.header.premultiplied:
        return graded
    there, after, packed = frame.packed[..., :3], result.transpose(1, 2, 0), graded.packed
    # light that covers nothing, such as a glow, was not divided and is not multiplied
    glow = (frame.packed[..., 3:] == 0) & there.any(axis=-1, keepdims=True)
    packed[..., :3] = np.where(glow, after, packed[..., :3])
    packed[..., :3] = np.where(after == taken.plate.transpose(1, 2, 0), there, packed[..., :3])
    return replace(graded, packed=packed)


def _worst_measures(folder: Path, frames: tuple[int, ...]) -> tuple[Measure, ...]:
    worst: dict[str, float] = {}
    for number in frames:
        for name, value in json.loads(_still(folder, number).with_suffix(".json").read_text()).items():
            worst[name] = max(worst.get(name, value), value)
    return tuple(Measure(f"{name}, worst frame", value) for name, value in sorted(worst.items()))


def _stamped(frame: Frame, layers: Mapping[str, Floats], stamp: Mapping[str, str]) -> Frame:
    header = replace(frame.header, attributes={**frame.header.attributes, **stamp})
    return replace(frame, header=header, others={**frame.others, **layers})


def _keep(
    studio: Studio,
    order: RenderOrder,
    production: Show,
    *,
    settings: Mapping[str, float | bool],
    frames: tuple[int, ...],
    bench: Workbench,
) -> Take:
    plate = order.plate
    earlier = [
        take for take in studio.ledger.every(Take, plate.show) if take.name == f"{plate.name}_v{take.number:03d}"
    ]
    number = 1 + max((take.number for take in earlier), default=0)
    name = f"{plate.name}_v{number:03d}"
    files = []
    for done, frame in enumerate(frames):
        files.append(studio.vault.put(_still(bench.folder, frame), f"{name}.{frame:07d}.exr"))
        bench.tell(done + 1, len(frames), "keeping")
    take = Take(
        show=plate.show,
        name=name,
        department=order.model.department,
        model=digest_of(order.model),
        plate=digest_of(plate),
        number=number,
        settings=canonical_json(settings),
        frames=(frames[0], frames[-1]),
        files=tuple(files),
        colour_space=production.working_space,
        measures=_worst_measures(bench.folder, frames),
    )
    studio.record(take)
    shutil.rmtree(bench.folder)
    return take
