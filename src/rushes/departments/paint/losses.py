"""What learning makes small: how far the result is from the artist's, where it applies, and the edges of mattes."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from rushes.departments.paint.network import HEADS, Shape

SOFT = 1e-3
"""In paint codes: below it, about half a code value of 8 bits, the loss is round."""

SECOND_COUNTS = 0.3
"""How much the second head counts: it is there to disagree, not to be good."""

APPLIES_COUNTS = 0.3
MARGIN = 2
"""Pixels by which a change applies further than it changes anything: its edge is the change's own."""

EDGES_COUNT = 0.5
CODES_COUNT, MATTES_COUNT = 10.0, 4.0
"""A matte that counts 1 beside a change stays grey: a key's IoU was 0.92 after 20 s, and 0.985 where it counts 4."""


@dataclass(frozen=True)
class Counts:
    """How much pixels count.

    Attributes:
        emphasis: how much more a changed pixel counts than another.
        covered: how much a pixel where the change applies counts against one where it does not.
    """

    emphasis: float
    covered: float


def loss_of(made: Tensor, given: Tensor, targets: Tensor, *, shape: Shape, pixels: Counts, whose: Tensor) -> Tensor:
    """Return the loss of some pieces, added up over them.

    Args:
        made: `(b, 2 × outputs, h, w)` of the network.
        given: `(b, inputs, h, w)`, what it saw.
        targets: `(b, …, h, w)`, as `Taught.targets`.
        shape: of the network.
        pixels: how much they count.
        whose: `(b,)`, 1 for the pieces that teach the second head.
    """
    changed, weight = targets[:, -2:-1], targets[:, -1:]
    counts = weight * (1 + pixels.emphasis * changed)
    counts = counts / counts.mean(dim=(1, 2, 3), keepdim=True).clamp(min=1.0)
    loss = made.new_zeros(())
    shares = torch.ones_like(counts), SECOND_COUNTS * whose.view(-1, 1, 1, 1)
    for head, share in zip(made.chunk(HEADS, dim=1), shares, strict=True):
        applies = _applies_loss(head[:, 3:4], targets, share, covered_counts=pixels.covered) if shape.changes else 0.0
        loss = loss + applies + _loss_of_head(head, given, targets, shape=shape, counts=counts * share)
    return loss


def _applies_loss(logit: Tensor, targets: Tensor, share: Tensor, *, covered_counts: float) -> Tensor:
    covered = functional.max_pool2d(targets[:, -2:-1], 2 * MARGIN + 1, stride=1, padding=MARGIN)
    where = functional.binary_cross_entropy_with_logits(logit, covered, reduction="none")
    even = targets[:, -1:] * (1 + (covered_counts - 1) * covered)
    return APPLIES_COUNTS * (share * even * where).mean(dim=(1, 2, 3)).sum()


def _loss_of_head(head: Tensor, given: Tensor, targets: Tensor, *, shape: Shape, counts: Tensor) -> Tensor:
    loss = head.new_zeros(())
    if shape.changes:
        # not multiplied by where it applies: a change that is held back nowhere is learned from everywhere
        result = given[:, :3] + head[:, :3]
        loss = loss + CODES_COUNT * (counts * _charbonnier(result - targets[:, :3])).mean(dim=(1, 2, 3)).sum()
    if shape.mattes:
        loss = loss + MATTES_COUNT * _matte_loss(head[:, -shape.mattes :], targets[:, -2 - shape.mattes : -2], counts)
    return loss


def _matte_loss(logits: Tensor, wanted: Tensor, counts: Tensor) -> Tensor:
    matte = torch.sigmoid(logits)
    apart = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none") + (matte - wanted).abs()
    loss = (counts * apart).mean(dim=(1, 2, 3)).sum()
    for dim in (2, 3):
        slopes = (torch.diff(matte, dim=dim) - torch.diff(wanted, dim=dim)).abs()
        loss = loss + EDGES_COUNT * (counts.narrow(dim, 1, slopes.shape[dim]) * slopes).mean(dim=(1, 2, 3)).sum()
    return loss


def _charbonnier(apart: Tensor) -> Tensor:
    return torch.sqrt(apart * apart + SOFT * SOFT) - SOFT
