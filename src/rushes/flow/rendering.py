"""The part of a render that can run anywhere: some frames of an order, into a folder, each whole or not at all."""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from threading import Lock

import numpy as np

from rushes.departments.department import Colour, Plate, Reel, Rendered, RenderFrame, Scene
from rushes.departments.find import find_department
from rushes.domain.nouns import Asset, Model, Show, Take, frame_numbers
from rushes.domain.records import canonical_json, digest_of
from rushes.jobs.here import without_network
from rushes.media.alpha import premultiplied, straight
from rushes.media.frames import Floats, Frame, with_plate
from rushes.media.plates import Plates, open_footage, open_plates
from rushes.media.stills import write_still
from rushes.media.streaming import stream
from rushes.signing.scopes import check_scope
from rushes.studio import Studio
from rushes.training.weights import read_weights, write_weights

OVER = "over"
"""The role of an earlier take that a render lies on."""

BYTES_KEPT = 600_000_000
"""Of decoded frames, for departments that look at the frames around one: six of 4K, two of 8K."""


@dataclass(frozen=True)
class RenderOrder:
    """What to render.

    Attributes:
        frames: first and last, both included, or None for all.
        settings: what is switched or trimmed; the department's neutral values else.
        further: other footage by role, as the department names it.
        over: an earlier take of this plate, to lie on where the department is told to leave something alone.
    """

    model: Model
    plate: Asset
    frames: tuple[int, int] | None = None
    settings: Mapping[str, float | bool] = field(default_factory=dict)
    further: Mapping[str, Asset] = field(default_factory=dict)
    over: Take | None = None


def stamp_of(order: RenderOrder) -> dict[str, str]:
    """Return what every frame of a take says of where it came from: model, plate, and all that it was given."""
    given = {role: digest_of(asset) for role, asset in order.further.items()}
    if order.over:
        given[OVER] = digest_of(order.over)
    return {
        "rushes:model": digest_of(order.model),
        "rushes:plate": digest_of(order.plate),
        "rushes:settings": canonical_json(dict(order.settings)),
        **({"rushes:further": canonical_json(given)} if given else {}),
    }


def still_of(folder: Path, number: int) -> Path:
    """Return where a rendered frame lies; its measures and its evidence lie beside it."""
    return folder / f"{number:07d}.exr"


def evidence_of(folder: Path, number: int) -> Path:
    """Return where lies what a department noted about a frame."""
    return folder / f"{number:07d}.evidence.safetensors"


def is_rendered(folder: Path, number: int) -> bool:
    """Return whether a frame is there: it is written atomically, and after its measures and its evidence."""
    return still_of(folder, number).exists()


def render_frames(
    studio: Studio,
    order: RenderOrder,
    numbers: Sequence[int],
    *,
    folder: Path,
    on_done: Callable[[int], None] = lambda done: None,
) -> None:
    """Render some frames of an order into a folder; the same frame again gives the same bits.

    Args:
        studio: whose vault and ledger hold what the order names.
        order: its settings complete; whether it may be rendered has been asked before.
        numbers: of the frames, in order; one that is there already is not done again.
        folder: where the frames go.
        on_done: told how many frames are written; may raise to stop.

    Raises:
        BadSignature: weights or scope are not what was signed.
    """
    model = order.model
    check_scope(studio.signer.public_key, model.weights.digest, model.scope, signature=model.signature)
    weights, card = read_weights(studio.vault.path(model.weights))
    missing = [number for number in numbers if not is_rendered(folder, number)]
    with ExitStack() as files:
        shot, scene = opened_scene(studio, order, files)
        render = find_department(model.department).renderer(weights, card, scene, order.settings)
        stamp = stamp_of(order)
        work = partial(
            stream,
            missing,
            read=shot.read,
            compute=lambda frame: _computed(frame, render, stamp),
            write=partial(_write, folder=folder, working_space=scene.colour.working_space),
            ahead=0 if shot.large else 2,
            on_done=on_done,
        )
        without_network(work)


def opened_scene(studio: Studio, order: RenderOrder, files: ExitStack) -> tuple["_Shot", Scene]:
    """Open everything that an order names, until `files` is closed."""
    plate = order.plate
    production = studio.ledger.find(Show, plate.show, plate.show)
    shot = _Shot(_opened(studio, plate, production, files=files), plate)
    further = {role: _reel(studio, asset, production, files=files) for role, asset in order.further.items()}
    if order.over:
        further[OVER] = _reel_of_take(studio, order.over, plate, files=files)
    colour = Colour(production.config, production.working_space, production.display, production.view)
    return shot, Scene(colour, plate.name, Reel(frame_numbers(plate), shot.plate), further)


def _opened(studio: Studio, asset: Asset, production: Show, *, files: ExitStack) -> Plates:
    paths, space = studio.paths(asset.files), production.working_space
    return files.enter_context(open_plates(paths, asset, config=production.config, working_space=space))


def _reel(studio: Studio, asset: Asset, production: Show, *, files: ExitStack) -> Reel:
    plates = _opened(studio, asset, production, files=files)
    return Reel(frame_numbers(asset), plates.samples if asset.kind == "matte" else plates.plate)


def _reel_of_take(studio: Studio, take: Take, plate: Asset, *, files: ExitStack) -> Reel:
    numbers = tuple(number for number in frame_numbers(plate) if take.frames[0] <= number <= take.frames[1])
    footage = files.enter_context(open_footage(studio.paths(take.files), numbers, Fraction(plate.frame_rate)))
    return Reel(numbers, lambda number: straight(footage.read(number)).plate)


class _Shot:
    """The plate's frames, the last few of them kept: who renders a frame may have looked at it already."""

    def __init__(self, plates: Plates, plate: Asset) -> None:
        size = plate.width * plate.height * 12
        self.large = size > BYTES_KEPT // 3
        self._plates, self._most = plates, max(2, min(6, BYTES_KEPT // size))
        self._kept: OrderedDict[int, Frame] = OrderedDict()
        self._lock = Lock()

    def read(self, number: int) -> Frame:
        with self._lock:
            if number not in self._kept:
                self._kept[number] = self._plates.read(number)
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return self._kept[number]

    def plate(self, number: int) -> Plate:
        return straight(self.read(number)).plate


def _computed(frame: Frame, render: RenderFrame, stamp: Mapping[str, str]) -> tuple[Frame, Rendered]:
    rendered = render(straight(frame).plate, frame.number)
    header = replace(frame.header, attributes={**frame.header.attributes, **stamp})
    others = {**frame.others, **rendered.layers}
    return replace(_back_in(frame, rendered.plate), header=header, others=others), rendered


def _write(number: int, result: tuple[Frame, Rendered], *, folder: Path, working_space: str) -> None:
    frame, rendered = result
    still = still_of(folder, number)
    still.with_suffix(".json").write_text(json.dumps(dict(rendered.measures)))
    if rendered.evidence:
        write_weights(evidence_of(folder, number), rendered.evidence, {})
    write_still(still, frame, colour_space=working_space)


def _back_in(frame: Frame, result: Floats) -> Frame:
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
