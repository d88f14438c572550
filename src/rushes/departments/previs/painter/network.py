"""The painter's two networks: one paints, the other says which of its patches are not of the show.

They start from random numbers and see nothing but the show. Shape letters: b pictures, c channels, h and w pixels.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from rushes.departments.previs.painter.controls import CHANNELS


class Painter(nn.Module):
    """From what is told of a picture to the picture: an encoder-decoder at half its size and below."""

    def __init__(self, width: int) -> None:
        super().__init__()
        wide = [width, width * 2, width * 3]
        self.first = nn.Conv2d(CHANNELS * 4, wide[0], 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairwise(wide))
        self.blocks = nn.ModuleList(_Block(wide[-1]) for _ in range(3))
        ups = list(pairwise(reversed(wide)))
        self.up = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in ups)
        self.join = nn.ModuleList(_Block(b) for _, b in ups)
        self.last = nn.Conv2d(wide[0], 12, 3, padding=1)
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)  # type: ignore[arg-type]

    def forward(self, told: Tensor) -> Tensor:
        """Return (b, 3, h, w) from (b, 8, h, w); an untaught painter gives the flat colours back."""
        passed = []
        x = functional.leaky_relu(self.first(functional.pixel_unshuffle(told, 2)), 0.2)
        for down in self.down:
            passed.append(x)
            x = functional.leaky_relu(down(x), 0.2)
        for block in self.blocks:
            x = block(x)
        for up, join, across in zip(self.up, self.join, reversed(passed), strict=True):
            x = functional.interpolate(x, size=across.shape[-2:], mode="nearest")
            x = join(functional.leaky_relu(up(x), 0.2) + across)
        painted: Tensor = told[:, :3] + functional.pixel_shuffle(self.last(x), 2)
        return painted


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1)
        self.two = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        added: Tensor = x + self.two(functional.leaky_relu(self.one(x), 0.2))
        return added


class Critic(nn.Module):
    """Says of every patch whether it is the show's, given what was told; only training needs it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        wide = [3 + CHANNELS - 1, width, width * 2, width * 4]
        self.layers = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in pairwise(wide))
        self.last = nn.Conv2d(wide[-1], 1, 3, padding=1)

    def forward(self, picture: Tensor, told: Tensor) -> tuple[Tensor, list[Tensor]]:
        """Return the verdict on each patch, and what the layers saw."""
        # what was painted, large: beside whole pictures a texture is too faint to be seen
        x = torch.cat([(picture - told[:, :3]) * 10, told[:, : CHANNELS - 1]], 1)
        seen = []
        for place, layer in enumerate(self.layers):
            x = layer(x)
            # without it the critic sees brightness, of which the pictures tell it nothing, and no texture
            x = functional.leaky_relu(functional.instance_norm(x) if place else x, 0.2)
            seen.append(x)
        return self.last(x), seen
