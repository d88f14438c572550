"""Which keys can be carried; the others are refused with every reason at once, in words for their artist."""

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.underlay import changes, underlay_of
from rushes.departments.previs.render.passes import EVERYTHING, Passes
from rushes.domain.errors import BadMaterial

MOST_KEYS = 12
REMEDY = "Paint over the frame as it is drawn now, at its size, and give that; or leave the key out."


def accepted(
    keys: Sequence[Key],
    size: tuple[int, int],
    frames: int,
    *,
    drawn: Callable[[int], Passes] | None = None,
    names: Sequence[str] = (),
) -> tuple[Key, ...]:
    """Return keys in the order of their frames, if all can be carried.

    Args:
        keys: as the artist gave them.
        size: width and height at which the shot is drawn.
        frames: of the shot; a key is of one from 0.
        drawn: draws a frame's passes as the stage is now: a key that was painted over something else is refused.
        names: of the pieces of the stage, in order, for the words.

    Raises:
        BadMaterial: with every reason.
    """
    reasons = [] if 1 <= len(keys) <= MOST_KEYS else [f"{len(keys)} keys: one to {MOST_KEYS} can be carried"]
    twice = [frame for frame, times in Counter(key.frame for key in keys).items() if times > 1]
    reasons += [f"frame {frame} was painted more than once: say which one counts" for frame in sorted(twice)]
    for key in keys:
        faults = _faults(key, size, frames)
        if not faults and drawn is not None:
            faults = [f"it was painted over another picture: {change}" for change in _changes(key, drawn, names)]
        reasons += [f"key of frame {key.frame}: {fault}" for fault in faults]
    if reasons:
        raise BadMaterial("these keys cannot be carried", reasons, REMEDY)
    return tuple(sorted(keys, key=lambda key: key.frame))


def _changes(key: Key, drawn: Callable[[int], Passes], names: Sequence[str]) -> list[str]:
    return changes(key.over or underlay_of(key.passes), underlay_of(drawn(key.frame)), names)


def _faults(key: Key, size: tuple[int, int], frames: int) -> list[str]:
    width, height = size
    faults = []
    if not 0 <= key.frame < frames:
        faults.append(f"the shot has frames 0 to {frames - 1}")
    if key.painted.shape != (3, height, width):
        faults.append(f"it is painted at {_size(key.painted.shape)}, the shot is drawn at {width}×{height}")
    elif not np.isfinite(key.painted).all():
        faults.append(f"{int((~np.isfinite(key.painted)).any(axis=0).sum())} pixels are no numbers")
    if key.alpha is not None:
        if key.alpha.shape != (height, width):
            faults.append(f"its alpha is {_size(key.alpha.shape)}, the shot is drawn at {width}×{height}")
        elif not (np.isfinite(key.alpha).all() and key.alpha.min() >= 0 and key.alpha.max() <= 1):
            faults.append("its alpha must lie between 0 and 1")
        elif not key.alpha.any():
            faults.append("nothing is painted: its alpha is 0 everywhere")
    missing = sorted(name for name in EVERYTHING if getattr(key.passes, name).size == 0)
    if missing:
        faults.append(f"its greybox lacks the passes {', '.join(missing)}")
    elif key.passes.ids.shape != (height, width):
        faults.append(f"its greybox is {_size(key.passes.ids.shape)}, the shot is drawn at {width}×{height}")
    return faults


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[-1]}×{shape[-2]}" if len(shape) > 1 else f"of {shape} values"
