"""A render's frames in chunks, each a text with which any worker of the house can render its share."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from platform import node

from rushes.domain.errors import BadMaterial, RushesError
from rushes.domain.nouns import Asset, Model, Take
from rushes.domain.records import canonical_json, digest_of
from rushes.flow.elsewhere import open_there, told
from rushes.flow.render import Spread, checked_order, frames_of, job_of
from rushes.flow.rendering import RenderOrder, render_frames, still_of
from rushes.jobs.here import Watcher, no_watcher
from rushes.settings import Settings
from rushes.studio import Studio

FRAMES_IN_A_CHUNK = 8
"""Enough to pay for opening the plate, few enough that nobody waits long for the last worker."""

Send = Callable[[str, Sequence[str], Callable[[int], None]], None]
"""Has a function, `module:name`, called with each of some texts, wherever; tells now and then how many are done."""


def spread_by(send: Send, settings: Settings, *, size: int = FRAMES_IN_A_CHUNK) -> Spread:
    """Return what renders frames of an order by sending them out in chunks.

    Args:
        send: who has them rendered, such as `rushes.jobs.on_ray`.
        settings: with which workers open the studio.
        size: of a chunk, in frames.
    """
    return lambda order, frames, folder, on_done: _send_out(
        send,
        [order_text(settings, order, chunk, folder=folder) for chunk in chunks_of(frames, size)],
        frames,
        folder=folder,
        on_done=on_done,
    )


def chunks_of(frames: Sequence[int], size: int = FRAMES_IN_A_CHUNK) -> list[Sequence[int]]:
    """Cut frames into chunks of neighbours.

    >>> chunks_of([1001, 1002, 1003, 1004, 1005], 2)
    [[1001, 1002], [1003, 1004], [1005]]
    """
    return [frames[first : first + size] for first in range(0, len(frames), size)]


def order_text(settings: Settings, order: RenderOrder, frames: Sequence[int], *, folder: Path) -> str:
    """Write down some frames of an order: names and digests, no pixels.

    Args:
        settings: with which a worker opens the studio.
        order: its settings complete.
        frames: the share of one worker.
        folder: where they go; every worker sees it under this path.
    """
    return canonical_json(
        {
            "studio": told(settings),
            "show": order.plate.show,
            "model": digest_of(order.model),
            "plate": digest_of(order.plate),
            "further": {role: digest_of(asset) for role, asset in order.further.items()},
            "over": digest_of(order.over) if order.over else None,
            "settings": dict(order.settings),
            "frames": list(frames),
            "folder": str(folder),
        }
    )


def render_chunk(text: str) -> None:
    """Render the frames that a text of `order_text` names; those that are there already are not done again.

    Raises:
        RushesError: this machine cannot open that studio, or does not see the folder.
        OutOfScope: the model may not be used for this, or not any more.
        NotCleared: the plate may not be put through a model, or not any more.
    """
    said = json.loads(text)
    with open_there(said["studio"]) as studio:
        find, folder = studio.ledger.find, Path(said["folder"])
        if not folder.is_dir():
            raise RushesError(f"{node()} does not see {folder}", remedy="Let every worker see it, under the same path.")
        order = RenderOrder(
            model=find(Model, said["show"], said["model"]),
            plate=find(Asset, said["show"], said["plate"]),
            settings=said["settings"],
            further={role: find(Asset, said["show"], digest) for role, digest in said["further"].items()},
            over=find(Take, said["show"], said["over"]) if said["over"] else None,
        )
        render_frames(studio, checked_order(studio, order), said["frames"], folder=folder)


def render_part(
    studio: Studio, order: RenderOrder, numbers: Sequence[int], *, watch: Watcher = no_watcher
) -> list[int]:
    """Render some frames of an order and keep no take; the same order without `numbers` finds them and does.

    Returns:
        The frames of the order that are there now, of those that were asked for.

    Raises:
        BadMaterial: the order has none of these frames.
    """
    order = checked_order(studio, order)
    there = frames_of(order)
    frames = [number for number in there if number in set(numbers)]
    if not frames:
        asked = ", ".join(str(number) for number in sorted({numbers[0], numbers[-1]}))
        raise BadMaterial(f"the order has frames {there[0]}-{there[-1]}, and none of {asked}")
    folder = studio.jobs / job_of(order) / "work"
    folder.mkdir(parents=True, exist_ok=True)
    render_frames(studio, order, frames, folder=folder, on_done=lambda done: watch(done, len(frames), "rendering"))
    return frames


def _send_out(
    send: Send, texts: Sequence[str], frames: Sequence[int], *, folder: Path, on_done: Callable[[int], None]
) -> None:
    send("rushes.flow.chunks:render_chunk", texts, lambda _texts: on_done(len(frames) - len(_left(folder, frames))))
    if left := _left(folder, frames):
        words = f"{len(left)} frames, {left[0]} the first, were rendered but are not in {folder}"
        raise RushesError(words, remedy="Let every worker see the studio's home, under the same path.")


def _left(folder: Path, frames: Sequence[int]) -> list[int]:
    # the folder is listed, not each frame asked for: a file server may remember for a minute that a frame was not there
    there = {path.name for path in folder.iterdir()}
    return [number for number in frames if still_of(folder, number).name not in there]
