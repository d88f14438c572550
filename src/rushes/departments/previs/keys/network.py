"""The network that paints what no key shows: a small U-Net of random beginnings, on what is known of every pixel.

Shape letters: b pictures, c channels, h and w pixels.
"""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from rushes.departments.previs.render.passes import Passes

Floats = NDArray[np.float32]
WIDTHS = (24, 48, 64)
"""Channels at half the size, at a quarter and at an eighth: 0.3 million weights. Nothing is at full size: what it says
is soft anyway, and edges are those of the plain fill."""

STRIDE = 8
CODE = 20.0
INPUTS = 3 + 1 + 1 + 3 + 3 + 1
"""Normal, light, nearness, greybox, plain fill, what is shown."""


class Block(nn.Module):
    """Two convolutions beside a straight way through."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1)
        self.two = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x_bchw: Tensor) -> Tensor:
        """Return `(b, c, h, w)` changed a little."""
        changed: Tensor = x_bchw + self.two(functional.relu(self.one(functional.relu(x_bchw))))
        return changed


class FillNet(nn.Module):
    """From what is known of a frame, and its plain fill, to a change of that fill in codes."""

    def __init__(self) -> None:
        super().__init__()
        half, quarter, eighth = WIDTHS
        self.stem = nn.Conv2d(INPUTS, half, 4, stride=2, padding=1)
        self.down = nn.ModuleList([nn.Conv2d(half, quarter, 2, stride=2), nn.Conv2d(quarter, eighth, 2, stride=2)])
        ups = [nn.ConvTranspose2d(quarter, half, 2, stride=2), nn.ConvTranspose2d(eighth, quarter, 2, stride=2)]
        self.up = nn.ModuleList(ups)
        self.there = nn.ModuleList([Block(half), Block(quarter), nn.Sequential(Block(eighth), Block(eighth))])
        self.back = nn.ModuleList([Block(half), Block(quarter)])
        self.head = nn.ConvTranspose2d(half, 3, 2, stride=2)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(self.head.bias)  # type: ignore[arg-type]

    def forward(self, x_bchw: Tensor) -> Tensor:
        """Return `(b, 3, h, w)`, a change in codes; sides are multiples of the stride."""
        half = self.there[0](self.stem(x_bchw))
        quarter = self.there[1](self.down[0](half))
        eighth = self.there[2](self.down[1](quarter))
        quarter = self.back[1](quarter + self.up[1](eighth))
        half = self.back[0](half + self.up[0](quarter))
        changed: Tensor = self.head(functional.relu(half))
        return changed


def fresh_network(seed: int) -> FillNet:
    """Return a network of random numbers that changes nothing yet, the same for the same seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return FillNet()


def coded(plate: Floats) -> Floats:
    """Return scene-linear light in codes that differ as the eye sees it: 0 is 0, 1 is 1.

    >>> coded(np.array([0.0, 0.18, 1.0], np.float32)).round(3).tolist()
    [0.0, 0.5009999871253967, 1.0]
    """
    return np.asarray(np.sign(plate) * np.log1p(CODE * np.abs(plate)) / np.log1p(CODE), np.float32)


def uncoded(codes: Floats) -> Floats:
    """Return scene-linear light of codes."""
    return np.asarray(np.sign(codes) * np.expm1(np.abs(codes) * np.log1p(CODE)) / CODE, np.float32)


def described(passes: Passes, grey: Floats) -> Floats:
    """Return what the network is told of every pixel of a greybox frame, (8, height, width) float32.

    Not which piece it is of, nor where on it: told so, the network learns the keys by heart, and what it makes of
    places that no key shows is worse than the plain fill (`bench/previs_keys.py`).

    Args:
        passes: of the frame.
        grey: its beauty, edges unmixed.
    """
    depth = np.where(passes.ids > 0, passes.depth, np.inf)
    near = 1 / (1 + 0.2 * depth)
    return np.concatenate([passes.normal, passes.lit[None], near[None], coded(grey)]).astype(np.float32)


def change_of(weights: Mapping[str, Floats], given: Floats) -> Floats:
    """Return what a network makes of a frame, (3, height, width) float32 codes.

    Args:
        weights: plain arrays by name.
        given: (channels, height, width) float32.
    """
    network = FillNet().requires_grad_(False)
    network.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
    height, width = given.shape[1:]
    more = [0, -width % STRIDE, 0, -height % STRIDE]
    padded = functional.pad(torch.from_numpy(given)[None], more, mode="replicate")
    return np.asarray(network(padded)[0, :, :height, :width].numpy(), np.float32)
