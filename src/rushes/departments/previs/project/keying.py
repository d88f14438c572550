"""Painted keys of a project's shots: kept with what they were painted over, carried over the shot, filled by a net."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from rushes.departments.previs.keys.accept import accepted
from rushes.departments.previs.keys.carry import carry
from rushes.departments.previs.keys.fill import fill
from rushes.departments.previs.keys.key import Floats, Key
from rushes.departments.previs.keys.learn import Learned, learn
from rushes.departments.previs.keys.underlay import from_json, to_json, underlay_of
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.project.files import inside, keep
from rushes.departments.previs.project.model import ShotWork
from rushes.departments.previs.render.display import from_display
from rushes.departments.previs.render.passes import Passes
from rushes.domain.errors import BadMaterial
from rushes.media.stills import read_still
from rushes.media.whole import whole_file
from rushes.training.weights import read_weights, write_weights

PASSES_AT = Callable[[int], Passes]


@dataclass(frozen=True, eq=False)
class Keyed:
    """A shot's keys, ready to be carried.

    Attributes:
        keys: in the order of their frames.
        weights: of the net that fills what no key shows, or nothing.
        digests: of the files that all this came from.
    """

    keys: tuple[Key, ...]
    weights: dict[str, Floats] | None
    digests: tuple[str, ...]


def keep_key(folder: Path, work: ShotWork, frame: int, *, painting: Path, passes: Passes) -> ShotWork:
    """Keep a painted frame, with what it was painted over; one of the same frame takes the place of the older one.

    Args:
        folder: of the project.
        work: of the shot.
        frame: of the shot, from 0.
        painting: PNG or TIFF over the frame as it is displayed, or scene-linear EXR; alpha says what is painted.
        passes: of the frame as it is drawn now.
    """
    read_painting(painting)
    name = keep(folder, "keys", painting)
    with whole_file(folder / "keys" / f"{name}.json") as draft:
        draft.write_text(json.dumps(to_json(underlay_of(passes))) + "\n", encoding="utf-8")
    others = [key for key in work.keys if key.partition(":")[0] != str(frame)]
    keys = sorted([*others, f"{frame}:{name}"], key=lambda key: int(key.partition(":")[0]))
    return replace(work, keys=tuple(keys))


def read_painting(path: Path) -> tuple[Floats, Floats | None]:
    """Read a painted frame: (3, height, width) float32 scene-linear, and (height, width) alpha where it has one."""
    frame = read_still(path)
    packed = np.nan_to_num(np.asarray(frame.packed, np.float32))
    if packed.ndim != 3 or packed.shape[2] not in (3, 4):
        raise BadMaterial(f"{path}: {packed.shape} is no painted picture", remedy="Paint in red, green and blue.")
    colour = np.ascontiguousarray(packed[..., :3].transpose(2, 0, 1))
    alpha = np.ascontiguousarray(packed[..., 3]) if packed.shape[2] == 4 else None
    if alpha is not None and frame.header.premultiplied:
        colour = np.where(alpha > 0, colour / np.maximum(alpha, 1e-6), colour)
    if path.suffix.lower() != ".exr":
        colour = from_display(colour)
    return np.asarray(colour, np.float32), alpha


def keys_of(folder: Path, work: ShotWork, shot: ReadyShot, *, passes_at: PASSES_AT) -> Keyed:
    """Return a shot's keys, if all of them still lie over what they were painted over.

    Raises:
        BadMaterial: with every reason, for every key.
    """
    keys, digests = [], []
    for told in work.keys:
        number, _, name = told.partition(":")
        path = inside(folder, "keys", name)
        painted, alpha = read_painting(path)
        over = from_json(json.loads((folder / "keys" / f"{name}.json").read_text(encoding="utf-8")))
        keys.append(Key(int(number), painted, passes_at(int(number)), alpha, over))
        digests.append(f"sha256:{sha256(path.read_bytes()).hexdigest()}")
    if not keys:
        raise BadMaterial(f"{shot.label} has no painted key", remedy="Paint one: rushes previs key.")
    height, width = keys[0].passes.ids.shape
    names = [piece.name for piece in shot.stage.pieces]
    ready = accepted(keys, (width, height), shot.frames, drawn=passes_at, names=names)
    net = net_file(folder, work)
    if not net.is_file():
        return Keyed(ready, None, tuple(digests))
    weights, card = read_weights(net)
    if card.get("keys") != digests:
        return Keyed(ready, None, tuple(digests))
    arrays = {name: np.asarray(part, np.float32) for name, part in weights.items()}
    return Keyed(ready, arrays, (*digests, f"sha256:{sha256(net.read_bytes()).hexdigest()}"))


def net_file(folder: Path, work: ShotWork) -> Path:
    """Return where the net of a shot's keys is kept."""
    return folder / "keys" / f"{work.id}.safetensors"


def teach_net(folder: Path, work: ShotWork, keyed: Keyed, *, seconds: float) -> Learned:
    """Teach the net that fills what no key shows, by these keys alone, and keep it."""
    learned = learn(keyed.keys, work.seed, seconds=seconds)
    count = len(keyed.keys)
    card = {
        "kind": "keys",
        "shot": work.id,
        "keys": list(keyed.digests[:count]),
        "steps": learned.steps,
        "seed": work.seed,
    }
    write_weights(net_file(folder, work), learned.weights, card)
    return learned


def keyed_frame(keyed: Keyed, passes: Passes, frame: int, *, work: ShotWork, locked: Sequence[int]) -> Floats:
    """Return a frame as the keys have it, (3, height, width) float32 scene-linear; strength 0 is the greybox."""
    carried = carry(keyed.keys, passes, frame=frame)
    return fill(carried, passes, keyed.weights, strength=work.strength, locked=locked)
