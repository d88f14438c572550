"""The network: a small residual encoder-decoder of nothing but convolutions, additions and shuffles.

So it opens wherever TorchScript or ONNX does. Sizes are halved and doubled by strides: shuffled pixels take three times
as long on a processor. No norm layers: they make two frames of one shot depend on what else is
in the batch. No depthwise convolutions: they are slow to train on a processor.

Shape letters: b pictures, c channels, h and w pixels; `_2` is at half the size.
"""

import math
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

HEADS = 2
"""Ends of the network. The first one paints. The second learns from half of the pieces only: where the two do not
agree, the network does not know."""


SURE_LOGIT = 4.0
"""Of a hint that is sure: 0.98."""

UNLIKELY = 0.03
"""Least likelihood from which a fresh network sets out."""


@dataclass(frozen=True)
class Shape:
    """What a network takes and makes.

    Attributes:
        inputs: channels that it takes: three of each plate in paint codes, one of each guide.
        changes: it makes a change of three channels and a matte of where that applies.
        mattes: it makes so many mattes.
        widths: channels at half the size, at a quarter, and so on.
        blocks: residual blocks at each size on the way down; there is one on the way up.
        hints: how many of the last inputs are hints of the mattes, from -1, surely not, to 1, surely: it starts there.
    """

    inputs: int
    changes: bool
    mattes: int
    widths: tuple[int, ...]
    blocks: int
    hints: int = 0

    @property
    def outputs(self) -> int:
        """Channels that it makes."""
        return 4 * self.changes + self.mattes

    @property
    def stride(self) -> int:
        """Sides of a picture are padded to a multiple of this."""
        return int(2 ** len(self.widths))

    @property
    def reach(self) -> int:
        """How many pixels away something can still matter; a multiple of the stride."""
        pixels = 1  # of the stem, in pixels of half the size
        for level in range(len(self.widths)):
            convolutions = 2 * (self.blocks + (level < len(self.widths) - 1))
            pixels += convolutions * 2**level
        return -(-2 * pixels // self.stride) * self.stride + self.stride


class Block(nn.Module):
    """Two convolutions beside a straight way through."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.one = nn.Conv2d(width, width, 3, padding=1)
        self.two = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x_bchw: Tensor) -> Tensor:
        """Return `(b, c, h, w)` changed a little."""
        inner = functional.relu(self.one(functional.relu(x_bchw)), inplace=True)
        changed: Tensor = self.two(inner).add_(x_bchw)
        return changed


class PaintNet(nn.Module):
    """From codes and guides to a change, where it applies, and mattes."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        widths = shape.widths
        self.hints, self.outputs = shape.hints, shape.outputs
        self.stem = nn.Conv2d(shape.inputs, widths[0], 4, stride=2, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in pairwise(widths))
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in pairwise(widths))
        self.there = nn.ModuleList(nn.Sequential(*(Block(width) for _ in range(shape.blocks))) for width in widths)
        self.back = nn.ModuleList(Block(width) for width in widths[:-1])
        self.head = nn.ConvTranspose2d(widths[0], HEADS * shape.outputs, 2, stride=2)
        self._begin()

    def _begin(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]
            if isinstance(module, nn.ConvTranspose2d):  # each pixel comes of one
                nn.init.normal_(module.weight, std=math.sqrt(2 / module.in_channels))
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]
            if isinstance(module, Block):
                with torch.no_grad():
                    module.two.weight *= 0.2
        nn.init.zeros_(self.head.weight)

    def forward(self, x_bchw: Tensor) -> Tensor:
        """Return `(b, 2 × outputs, h, w)`, head after head: change in codes, logit of where it applies, of mattes.

        Args:
            x_bchw: `(b, inputs, h, w)`, sides multiples of the stride.
        """
        x = self.stem(x_bchw)
        skips = []
        for level, there in enumerate(self.there):
            if level:
                skips.append(x)
                x = self.down[level - 1](x)
            x = there(x)
        for level in range(len(skips) - 1, -1, -1):
            x = self.back[level](self.up[level](x).add_(skips[level]))
        made: Tensor = self.head(functional.relu(x, inplace=True))
        if self.hints == 0:
            return made
        margins = [0, 0, 0, 0, self.outputs - self.hints, 0]
        hint = functional.pad(
            SURE_LOGIT * x_bchw[:, -self.hints :], margins
        )  # as logits; for what is no matte, nothing
        return made + (hint if made.size(1) == self.outputs else torch.cat([hint, hint], dim=1))


def fresh_network(shape: Shape, seed: int, *, applies_to: float = 0.0) -> PaintNet:
    """Return a network of random numbers that changes nothing yet, the same for the same seed.

    Args:
        shape: of it.
        seed: of the random numbers.
        applies_to: share of a frame that changes, as far as that is known: where it applies starts from there.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = PaintNet(shape)
    if shape.changes:
        likely = min(max(applies_to, UNLIKELY), 1 - UNLIKELY)
        bias = network.head.bias.detach().view(HEADS, shape.outputs)  # type: ignore[union-attr]
        bias[:, 3] = math.log(likely / (1 - likely))
    return network


def painted(made_bchw: Tensor, shape: Shape) -> tuple[Tensor, Tensor]:
    """Return what the first head says, and how far the second one is from it.

    Args:
        made_bchw: of the network.
        shape: of it.

    Returns:
        `(b, outputs, h, w)`: the change in codes where and as far as it applies, where it applies, mattes; 0 to 1 but
        for the change. And the distance of the heads, the largest of all channels, `(b, 1, h, w)`.
    """
    one, other = (_ready(head, shape) for head in made_bchw.chunk(HEADS, dim=1))
    # a matte of where it applies is no picture: its colour counts
    apart = [(one[name] - other[name]).abs().amax(dim=1, keepdim=True) for name in one if name != "where"]
    return torch.cat(list(one.values()), dim=1), apart[0] if len(apart) == 1 else torch.maximum(*apart)


def _ready(head: Tensor, shape: Shape) -> dict[str, Tensor]:
    ready = {}
    if shape.changes:
        where = applies(head[:, 3:4])
        ready = {"change": where * head[:, :3], "where": where}
    if shape.mattes:
        ready["mattes"] = torch.sigmoid(head[:, -shape.mattes :])
    return ready


def applies(logit: Tensor) -> Tensor:
    """Return where a change applies, 0 to 1, of its logit; both ends are reached, so that elsewhere nothing moves.

    Where it is unsure, the four kinds of pixels that come of one differ: averaged over three each way they do not.
    """
    even = functional.avg_pool2d(logit, 3, stride=1, padding=1, count_include_pad=False)
    return torch.clamp(torch.sigmoid(even) * 2.0 - 0.5, 0.0, 1.0)
