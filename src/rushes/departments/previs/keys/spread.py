"""What is known of a part of a thing, spread softly over the rest of it, never over its edges."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import find_objects, gaussian_filter

Floats = NDArray[np.float32]
REACHES = (40.0, 12.0, 4.0)
"""Pixels, of a picture of 384: what is near counts more, as far as it is there."""

ENOUGH = 0.02
"""How much of a neighbourhood must be known for it to speak for itself."""


def spread(values: Floats, known: Floats, ids: NDArray[np.uint16], *, usual: Floats) -> Floats:
    """Return values that go on into where they are not known, piece by piece.

    Args:
        values: (channels, height, width) float32.
        known: (height, width) float32, 0 to 1: how far they are.
        ids: (height, width) the piece that each pixel belongs to.
        usual: (channels, ids) what to take for a piece of which nothing is known.

    Returns:
        The same shape: `values` where they are known, what is spread elsewhere, mixed in between.
    """
    result = values.copy()
    scale = ids.shape[1] / 384
    for label, box in enumerate(find_objects(ids.astype(np.int32) + 1), 1):
        if box is None:
            continue
        mine = ids[box] == label - 1
        sure = np.where(mine, known[box], 0).astype(np.float32)
        if (sure[mine] > 0.999).all():
            continue
        part = values[(slice(None), *box)]
        soft = _reached(part, sure, usual[:, label - 1], scale=scale)
        mixture = sure * part + (1 - sure) * soft
        result[(slice(None), *box)] = np.where(mine, mixture, result[(slice(None), *box)])
    return result


def _reached(part: Floats, sure: Floats, usual: Floats, *, scale: float) -> Floats:
    total = float(sure.sum())
    start = (part * sure).sum(axis=(1, 2)) / total if total > 1 else usual
    soft = np.broadcast_to(start[:, None, None], part.shape).astype(np.float32)
    if total <= 1:
        return soft
    for reach in REACHES:
        sigma = reach * scale
        step = max(int(sigma // 3), 1)
        stack = _thinned(np.concatenate([part * sure, sure[None]]), step)
        stack = gaussian_filter(stack, (0, sigma / step, sigma / step), mode="constant", truncate=2.5)
        blurred = _thickened(stack, step, sure.shape)
        trust = np.minimum(blurred[-1] / ENOUGH, 1.0)
        soft = soft + trust * (blurred[:-1] / np.maximum(blurred[-1], 1e-6) - soft)
    return soft


def _thinned(stack: Floats, step: int) -> Floats:
    if step == 1:
        return stack
    height, width = (-(-side // step) for side in stack.shape[1:])
    padded = np.pad(stack, ((0, 0), (0, height * step - stack.shape[1]), (0, width * step - stack.shape[2])))
    return np.asarray(padded.reshape(len(stack), height, step, width, step).mean(axis=(2, 4)), np.float32)


def _thickened(stack: Floats, step: int, shape: tuple[int, ...]) -> Floats:
    if step == 1:
        return stack
    rows, columns = (
        np.clip((np.arange(side) + 0.5) / step - 0.5, 0, size - 1)
        for side, size in zip(shape, stack.shape[1:], strict=True)
    )
    for axis, at in ((1, rows), (2, columns)):
        low = np.floor(at).astype(int)
        high = np.minimum(low + 1, stack.shape[axis] - 1)
        part = (at - low).astype(np.float32).reshape((-1, 1) if axis == 1 else (1, -1))
        stack = stack.take(low, axis) * (1 - part) + stack.take(high, axis) * part
    return stack
