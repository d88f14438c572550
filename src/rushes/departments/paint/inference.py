"""A taught network over a frame of any size, tile by tile: what comes out does not depend on where the tiles lie."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from rushes.departments.paint.cores import on_all_cores
from rushes.departments.paint.encoding import quickly_encoded
from rushes.departments.paint.network import PaintNet, Shape, painted

Floats = npt.NDArray[np.float32]

TILE = 960
"""Pixels of a tile's side, at most: with what lies around it a few hundred megabytes, and a tenth of it done twice."""

Rows = tuple[int, int]


@dataclass(frozen=True)
class Painted:
    """What a network says of one frame.

    Attributes:
        made: `(outputs, height, width)` float32: change in paint codes, where it applies, mattes, as far as there are.
        doubt: `(height, width)`: how far its two heads are apart.
    """

    made: Floats
    doubt: Floats


def paint(network: PaintNet, shape: Shape, given: Floats, *, plates: int, tile: int = TILE) -> Painted:
    """Put a frame through a network.

    Args:
        network: taught, in evaluation mode.
        shape: of it.
        given: `(inputs, height, width)` float32: scene-linear plates, then guides as they are.
        plates: how many of the channels are scene-linear.
        tile: side of a tile in pixels, at most.
    """
    height, width = given.shape[1:]
    made = np.empty((shape.outputs, height, width), np.float32)
    doubt = np.empty((height, width), np.float32)

    def one(tile: tuple[Rows, Rows]) -> None:
        rows, columns = tile
        above, left = (max(0, first - shape.reach) for first in (rows[0], columns[0]))
        window = given[:, above : rows[1] + shape.reach, left : columns[1] + shape.reach]
        result, apart = run_network(network, shape, window, plates=plates)
        inner = slice(rows[0] - above, rows[1] - above), slice(columns[0] - left, columns[1] - left)
        made[:, slice(*rows), slice(*columns)] = result[:, *inner]
        doubt[slice(*rows), slice(*columns)] = apart[inner]

    torch.set_num_threads(1)  # a tile has one thread, and each core a tile
    on_all_cores(one, _tiles((height, width), tile, shape.stride))
    return Painted(made, doubt)


def run_network(network: PaintNet, shape: Shape, given: Floats, *, plates: int) -> tuple[Floats, Floats]:
    """Put one window through a network, in one go: what it paints, and how far its heads are apart."""
    height, width = given.shape[1:]
    device = next(network.parameters()).device
    with torch.inference_mode():
        x = torch.from_numpy(np.ascontiguousarray(given)).to(device)
        codes = quickly_encoded(x[:plates])
        x = codes[None] if plates == len(x) else torch.cat([codes, x[plates:]])[None]
        more = (0, -width % shape.stride, 0, -height % shape.stride)
        x = functional.pad(x, more, mode="replicate") if any(more) else x
        made, apart = painted(network(x.to(memory_format=torch.channels_last)).contiguous(), shape)
        return _floats(made[0, :, :height, :width]), _floats(apart[0, 0, :height, :width])


def _floats(tensor: Tensor) -> Floats:
    floats: Floats = tensor.float().cpu().numpy()
    return floats


def _tiles(size: tuple[int, int], side: int, stride: int) -> Iterator[tuple[Rows, Rows]]:
    for rows in _spans(size[0], side, stride):
        for columns in _spans(size[1], side, stride):
            yield rows, columns


def _spans(length: int, side: int, stride: int) -> list[Rows]:
    """Return a length cut into as few spans as may be, alike but for the last, multiples of the stride."""
    alike = -(-length // -(-length // side))
    step = -(-alike // stride) * stride
    return [(first, min(first + step, length)) for first in range(0, length, step)]
