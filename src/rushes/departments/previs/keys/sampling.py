"""Colours of a key between its pixels: sharp, and of one thing only."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from rushes.departments.previs.keys.key import DEEP, Chart

Floats = NDArray[np.float32]


def sampled(chart: Chart, ids: NDArray[np.uint16], at: Floats) -> Floats:
    """Return what a key shows at places between its pixels.

    Inside a thing paint is bicubic, for a bilinear one loses its brush; at edges pixels of other things are left out.

    Args:
        chart: of the key.
        ids: (points,) the piece that each point belongs to.
        at: (2, points) across and down, pixels of the key.

    Returns:
        (6, points) float32: painted red, green, blue, scene-linear, then the greybox's, in stops.
    """
    height, width = chart.shape
    x, y = np.clip(np.rint(at).astype(np.intp), 0, [[width - 1], [height - 1]])
    nearest = y * width + x
    deep = (chart.inner[nearest] >= DEEP) & (chart.ids[nearest] == ids)
    result = np.empty((6, len(ids)), np.float32)
    inside, beside = np.flatnonzero(deep), np.flatnonzero(~deep)
    result[:3, inside] = _anywhere(chart.colours[:3], at[:, inside], "bicubic")
    result[3:, inside] = _anywhere(chart.colours[3:], at[:, inside], "bilinear")
    result[:, beside] = _of_one_thing(chart, ids[beside], at[:, beside])
    return result


def _anywhere(plate: Floats, at: Floats, mode: str) -> Floats:
    size = np.array([[plate.shape[2]], [plate.shape[1]]], np.float32)
    grid = torch.from_numpy(np.ascontiguousarray(((2 * at + 1) / size - 1).T, np.float32))[None, None]
    found = functional.grid_sample(
        torch.from_numpy(plate)[None], grid, mode=mode, padding_mode="border", align_corners=False
    )
    return np.asarray(found[0, :, 0].numpy(), np.float32)


def _of_one_thing(chart: Chart, ids: NDArray[np.uint16], at: Floats) -> Floats:
    height, width = chart.shape
    flat_colours = chart.colours.reshape(6, -1)
    low = np.floor(at).astype(np.intp)
    part = (at - low).astype(np.float32)
    total, weights = np.zeros((6, len(ids)), np.float32), np.zeros(len(ids), np.float32)
    for down in (0, 1):
        row = np.clip(low[1] + down, 0, height - 1) * width
        for across in (0, 1):
            flat = row + np.clip(low[0] + across, 0, width - 1)
            weight = (part[0] if across else 1 - part[0]) * (part[1] if down else 1 - part[1])
            weight = np.where(chart.ids[flat] == ids, weight + np.float32(1e-6), 0)
            total += weight * flat_colours[:, flat]
            weights += weight
    return total / weights
