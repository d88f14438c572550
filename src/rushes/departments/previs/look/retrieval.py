"""Find the frames of the show that are most like a picture: where its brights and darks lie, its tones, its colours."""

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.look.tones import Floats, to_code

SMALL = (36, 64)
"""Rows and columns of a frame that is kept for finding it again."""

LAYOUT = (9, 16)
WEIGHTS = {"layout": 1.0, "tones": 0.5, "colours": 1.2}
TO_GREY = np.full(3, 1 / 3, np.float32)


def small_of(plate: Floats) -> NDArray[np.float16]:
    """Return (36, 64, 3) float16 scene-linear: a frame, each pixel the mean of what it stands for.

    Args:
        plate: (3, height, width) float32 scene-linear.
    """
    rows, columns = SMALL
    height, width = plate.shape[1:]
    down = np.linspace(0, height, rows + 1).astype(int)[:-1].clip(max=height - 1)
    across = np.linspace(0, width, columns + 1).astype(int)[:-1].clip(max=width - 1)
    if height < rows or width < columns:
        return np.asarray(np.clip(plate[:, down][:, :, across].transpose(1, 2, 0), -100, 6e4), np.float16)
    sums = np.add.reduceat(np.add.reduceat(plate, down, axis=1), across, axis=2)
    counts = np.diff([*down, height])[:, None] * np.diff([*across, width])[None]
    return np.asarray(np.clip((sums / counts).transpose(1, 2, 0), -100, 6e4), np.float16)


def nearest_frames(plates: list[NDArray[np.float16]], small: NDArray[np.float16], count: int) -> list[int]:
    """Return the places of the show's frames that are most like a shot, the most alike first.

    Args:
        plates: some frames of the shot, as `small_of` gives them.
        small: (frames, 36, 64, 3) of the show.
        count: how many are wanted.
    """
    mine = [_features(one) for one in plates]
    theirs = [_features(one) for one in small]
    apart = np.array([[_apart(one, other) for other in theirs] for one in mine]).mean(axis=0)
    return [int(place) for place in np.argsort(apart, kind="stable")[:count]]


def _features(small: NDArray[np.float16]) -> dict[str, Floats]:
    code = to_code(np.maximum(small.astype(np.float32), 0))
    rows, columns = SMALL[0] // LAYOUT[0], SMALL[1] // LAYOUT[1]
    level = code @ TO_GREY
    layout = level.reshape(LAYOUT[0], rows, LAYOUT[1], columns).mean(axis=(1, 3))
    tints = np.stack([code[..., 0] - code[..., 1], code.mean(axis=2) - code[..., 2]], axis=-1)
    colours = tints.reshape(3, SMALL[0] // 3, 4, SMALL[1] // 4, 2).mean(axis=(1, 3))
    tones = np.quantile(level, np.linspace(0.05, 0.95, 10)).astype(np.float32)
    # exposure is the cameraman's, and the regrade's: where light lies counts by itself
    return {"layout": layout - layout.mean(), "tones": tones, "colours": 3 * colours}


def _apart(one: dict[str, Floats], other: dict[str, Floats]) -> float:
    return sum(weight * float(np.sqrt(((one[name] - other[name]) ** 2).mean())) for name, weight in WEIGHTS.items())
