"""What a key was painted over, small enough to be kept beside it, and what has changed since."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.keys.sight import sight_of
from rushes.departments.previs.render.passes import Passes

MOVED_M, TURNED_DEG, ZOOMED, LIGHTER = 0.003, 0.15, 0.002, 0.05
"""Least change of place, direction, lens (share) and light (stops) that is one; less is another machine."""

RESHAPED = 0.02
FEWEST_PIXELS = 12
MOST_WORDS = 12


@dataclass(frozen=True)
class Seen:
    """A piece in a frame: its pixels, its matrix row by row where it is known, the mean of its greybox."""

    pixels: int
    move: tuple[float, ...]
    grey: float


@dataclass(frozen=True)
class Underlay:
    """A greybox frame in short; plain numbers and texts only.

    Attributes:
        digest: SHA-256 of its passes.
        size: width and height.
        place: of the camera, metres.
        turn: the camera's right, down and forward.
        focal: pixels across and down.
        pieces: by id, in digits.
    """

    digest: str
    size: tuple[int, int]
    place: tuple[float, ...]
    turn: tuple[float, ...]
    focal: tuple[float, ...]
    pieces: dict[str, Seen]


def underlay_of(passes: Passes) -> Underlay:
    """Return a frame in short."""
    digest = hashlib.sha256()
    for part in fields(passes):
        digest.update(np.ascontiguousarray(getattr(passes, part.name)).tobytes())
    sight = sight_of(passes)
    height, width = passes.ids.shape
    if sight is None:
        return Underlay(digest.hexdigest(), (width, height), (), (), (), {})
    owner = passes.ids.reshape(-1)
    counts = np.bincount(owner)
    greys = np.bincount(owner, passes.beauty.mean(axis=0).reshape(-1)) / np.maximum(counts, 1)
    pieces = {
        str(number): Seen(int(counts[number]), _numbers(sight.moves[number]), float(greys[number]))
        for number in np.flatnonzero(counts[1:]) + 1
    }
    parts = (_numbers(sight.place), _numbers(sight.turn), _numbers(sight.focal))
    return Underlay(digest.hexdigest(), (width, height), *parts, pieces)


def to_json(underlay: Underlay) -> dict[str, Any]:
    """Return an underlay as JSON values."""
    return asdict(underlay)


def from_json(values: dict[str, Any]) -> Underlay:
    """Return an underlay of the values that `to_json` made of it."""
    pieces = {
        number: Seen(seen["pixels"], tuple(seen["move"]), seen["grey"]) for number, seen in values["pieces"].items()
    }
    lists = {name: tuple(values[name]) for name in ("size", "place", "turn", "focal")}
    return Underlay(**{**values, **lists, "pieces": pieces})


def changes(then: Underlay, now: Underlay, names: Sequence[str] = ()) -> list[str]:
    """Return in words what has changed between two frames; nothing where no eye could tell.

    Args:
        then: what a key was painted over.
        now: the same frame, drawn again.
        names: of the pieces of the stage, in order.
    """
    if then.digest == now.digest:
        return []
    if then.size != now.size:
        return [f"it was {then.size[0]}×{then.size[1]} and is {now.size[0]}×{now.size[1]}"]
    found = [*_of_camera(then, now), *_of_pieces(then, now, names)]
    return found if len(found) <= MOST_WORDS else [*found[:MOST_WORDS], f"and {len(found) - MOST_WORDS} more changes"]


def _numbers(values: NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 7) for value in values.ravel()) if np.isfinite(values).all() else ()


def _of_camera(then: Underlay, now: Underlay) -> Iterator[str]:
    if bool(then.place) != bool(now.place):
        yield "the frame was empty" if now.place else "the frame is empty now"
        return
    if not then.place:
        return
    moved = float(np.linalg.norm(np.subtract(then.place, now.place)))
    if moved > MOVED_M:
        yield f"the camera moved {moved:.2f} m"
    turned = _degrees(then.turn, now.turn)
    if turned > TURNED_DEG:
        yield f"the camera turned {turned:.1f}°"
    zoomed = now.focal[0] / then.focal[0]
    if abs(zoomed - 1) > ZOOMED:
        yield f"the lens is {zoomed:.2f} times as long"


def _of_pieces(then: Underlay, now: Underlay, names: Sequence[str]) -> Iterator[str]:
    lighter = []
    for number in sorted({*then.pieces, *now.pieces}, key=int):
        name = names[int(number) - 1] if int(number) <= len(names) else f"piece {number}"
        before, after = then.pieces.get(number), now.pieces.get(number)
        if before is None or after is None:
            if (before or after or Seen(0, (), 0)).pixels >= FEWEST_PIXELS:
                yield f"{name} is {'gone' if after is None else 'new in the frame'}"
            continue
        moved, turned = _moved(before, after)
        if moved > MOVED_M or turned > TURNED_DEG:
            yield f"{name} moved {100 * moved:.1f} cm" if moved > MOVED_M else f"{name} turned {turned:.1f}°"
        elif abs(after.pixels - before.pixels) > max(RESHAPED * before.pixels, FEWEST_PIXELS):
            yield f"{name} covers {after.pixels} pixels, it was {before.pixels}"
        lighter.append((abs(np.log2((after.grey + 1e-3) / (before.grey + 1e-3))), after.pixels, name, before, after))
    changed = [(pixels, name, before, after) for stops, pixels, name, before, after in lighter if stops > LIGHTER]
    if changed:
        _, name, before, after = max(changed, key=lambda one: one[0])
        stops = float(np.log2((after.grey + 1e-3) / (before.grey + 1e-3)))
        words = f"{abs(stops):.1f} stops {'lighter' if stops > 0 else 'darker'}"
        yield f"the light or the greys changed on {len(changed)} pieces: {name} is {words}"


def _moved(before: Seen, after: Seen) -> tuple[float, float]:
    if not before.move or not after.move:
        return 0.0, 0.0
    one, other = (np.reshape(seen.move, (3, 4)) for seen in (before, after))
    return float(np.linalg.norm(one[:, 3] - other[:, 3])), _degrees(one[:, :3].ravel(), other[:, :3].ravel())


def _degrees(one: Sequence[float] | NDArray[np.float64], other: Sequence[float] | NDArray[np.float64]) -> float:
    turn = np.reshape(one, (3, 3)) @ np.reshape(other, (3, 3)).T
    return float(np.degrees(np.arccos(np.clip((np.trace(turn) - 1) / 2, -1, 1))))
