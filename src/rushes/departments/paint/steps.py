"""One step of learning: Muon for the inner convolutions, Adam for the rest, a running mean of all.

Muon (Jordan 2024, https://kellerjordan.github.io/posts/muon/): the momentum of each matrix is made orthogonal by a few
Newton-Schulz steps. It reaches the same score in about half the time of Adam here (bench/results.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
NEWTON_SCHULZ_STEPS = 5
MOMENTUM = 0.95
ADAM_BETAS, ADAM_EPSILON = (0.9, 0.99), 1e-8
ADAM_SHARE, HEAD_SHARE = 0.1, 1.0
"""Rates of Adam, as shares of Muon's. A head looks at one pixel, a stem at sixteen, and a head begins at nothing."""
MEAN_OVER_STEPS = 100


@dataclass
class Learner:
    """Parameters with what their learning has gathered; all of it goes into a checkpoint.

    Attributes:
        values: parameters by name; changed in place.
        mean: running mean of each.
        first: momentum of each.
        second: running mean of squares, of those that Adam takes.
    """

    values: dict[str, Tensor]
    mean: dict[str, Tensor]
    first: dict[str, Tensor]
    second: dict[str, Tensor]

    def tensors(self) -> dict[str, Tensor]:
        """Everything, by one name each."""
        kinds = {"value": self.values, "mean": self.mean, "first": self.first, "second": self.second}
        return {f"{kind}.{name}": tensor for kind, tensors in kinds.items() for name, tensor in tensors.items()}


def new_learner(values: dict[str, Tensor]) -> Learner:
    """Return a learner at its start."""
    zeros = {name: torch.zeros_like(value) for name, value in values.items()}
    second = {name: torch.zeros_like(value) for name, value in values.items() if not _is_inner(name, value)}
    return Learner(values, {name: value.clone() for name, value in values.items()}, zeros, second)


def take_step(learner: Learner, gradients: Mapping[str, Tensor], *, step: int, rate: float) -> None:
    """Change the parameters by one step.

    Args:
        learner: changed in place.
        gradients: of each parameter.
        step: from 0.
        rate: of Muon, now.
    """
    inner = [name for name, value in learner.values.items() if _is_inner(name, value)]
    for shape in dict.fromkeys(tuple(learner.values[name].shape) for name in inner):
        _muon(learner, gradients, [name for name in inner if tuple(learner.values[name].shape) == shape], rate=rate)
    for name in learner.second:
        share = HEAD_SHARE if name == "head.weight" else ADAM_SHARE
        _adam(learner, name, gradients[name], step=step, rate=rate * share)
    keep = min(1 - 1 / MEAN_OVER_STEPS, (1 + step) / (10 + step))
    for name, value in learner.values.items():
        learner.mean[name].lerp_(value, 1 - keep)


def _is_inner(name: str, value: Tensor) -> bool:
    return value.ndim == 4 and not name.startswith(("stem.", "head."))


def _muon(learner: Learner, gradients: Mapping[str, Tensor], names: list[str], *, rate: float) -> None:
    """Step some matrices of one shape together."""
    for name in names:
        learner.first[name].lerp_(gradients[name], 1 - MOMENTUM)
    ahead = [torch.lerp(gradients[name], learner.first[name], MOMENTUM) for name in names]
    flat = torch.stack([matrix.flatten(1) for matrix in ahead])
    rows, columns = flat.shape[1:]
    straight = _orthogonal(flat) * max(1.0, rows / columns) ** 0.5
    for name, change in zip(names, straight, strict=True):
        learner.values[name].sub_(change.view_as(learner.values[name]), alpha=rate)


def _orthogonal(matrices: Tensor) -> Tensor:
    a, b, c = NEWTON_SCHULZ
    tall = matrices.shape[1] > matrices.shape[2]
    x: Tensor = matrices.transpose(1, 2) if tall else matrices
    x = x / (torch.linalg.vector_norm(x, dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.transpose(1, 2) if tall else x


def _adam(learner: Learner, name: str, gradient: Tensor, *, step: int, rate: float) -> None:
    (one, two), first, second = ADAM_BETAS, learner.first[name], learner.second[name]
    first.lerp_(gradient, 1 - one)
    second.lerp_(gradient * gradient, 1 - two)
    size = (second / (1 - two ** (step + 1))).sqrt_().add_(ADAM_EPSILON)
    learner.values[name].addcdiv_(first, size, value=-rate / (1 - one ** (step + 1)))
