"""Teach the painter by the show's own frames: told what is flat in a frame, it paints the frame."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from rushes.departments.previs.painter.controls import Floats, controls_of
from rushes.departments.previs.painter.network import Critic, Painter
from rushes.domain.errors import BadMaterial

RATE = 5e-4
LIKENESS = 1.0
"""How much likeness to the frame counts once there is a critic: alone it would paint the mean of all grass, a blur."""
Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class PainterRecipe:
    """How the painter is taught.

    Attributes:
        steps: of one batch of pieces.
        piece: pixels along the side of a piece.
        batch: pieces in a step.
        width: channels of the painter at half size.
        seed: of everything random.
        adversary: how much the critic counts beside likeness, from the second fifth of the steps on.
    """

    steps: int = 800
    piece: int = 128
    batch: int = 2
    width: int = 32
    seed: int = 0
    adversary: float = 0.05


@dataclass(frozen=True)
class Taught:
    """Weights of the painter by name, and its card: recipe, frames, loss at start and end."""

    weights: Weights
    card: Mapping[str, Any]


def learn(
    frames: Sequence[Floats],
    recipe: PainterRecipe,
    names: Sequence[str],
    *,
    told: Callable[[int, float], None] = lambda step, loss: None,
) -> Taught:
    """Teach a painter; the same frames and recipe give the same weights.

    Args:
        frames: (3, height, width) float32, display encoded, 0 to 1, each at least a piece high and wide.
        recipe: how.
        names: of the frames, for the card: every output of the painter names them.
        told: called with every step and how unlike its pieces were.
    """
    small = [name for name, frame in zip(names, frames, strict=True) if min(frame.shape[1:]) < recipe.piece]
    if small or not frames:
        raise BadMaterial("these frames teach no painter", small or ["none"], f"Give frames of {recipe.piece} pixels.")
    pairs = [(torch.from_numpy(np.ascontiguousarray(frame)), frame) for frame in frames]
    lessons = [(picture, torch.from_numpy(controls_of(frame, seed))) for seed, (picture, frame) in enumerate(pairs)]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        painter, critic = Painter(recipe.width), Critic(recipe.width)
    losses = _steps(lessons, recipe, painter=painter, critic=critic, told=told)
    part = max(len(losses) // 10, 1)
    card = {
        "kind": "painter",
        "width": recipe.width,
        "steps": recipe.steps,
        "seed": recipe.seed,
        "frames": list(names),
        "unlike": [float(np.mean(losses[:part])), float(np.mean(losses[-part:]))],
    }
    return Taught({name: tensor.detach().numpy().copy() for name, tensor in painter.state_dict().items()}, card)


def _steps(
    lessons: Sequence[tuple[Tensor, Tensor]],
    recipe: PainterRecipe,
    *,
    painter: Painter,
    critic: Critic,
    told: Callable[[int, float], None],
) -> list[float]:
    rng = np.random.default_rng(recipe.seed)
    paints = torch.optim.Adam(painter.parameters(), lr=RATE, betas=(0.9, 0.99))
    judges = torch.optim.Adam(critic.parameters(), lr=RATE, betas=(0.5, 0.99))
    losses = []
    for step in range(recipe.steps):
        for group in paints.param_groups:
            group["lr"] = RATE * min(1.0, 2.0 * (1.0 - step / recipe.steps) + 0.05)
        wanted, given = _pieces(lessons, recipe, rng)
        given = _worn(given, rng)
        painted = painter(given)
        apart = functional.l1_loss(painted, wanted)
        loss = apart + 0.5 * _edges_apart(painted, wanted)
        if step >= recipe.steps // 5 and recipe.adversary:
            judges.zero_grad()
            true, known = critic(wanted, given)
            false, _ = critic(painted.detach(), given)
            ((1 - true).square().mean() + false.square().mean()).backward()
            judges.step()
            verdict, seen = critic(painted, given)
            alike = sum(functional.l1_loss(a, b.detach()) for a, b in zip(seen, known, strict=True))
            loss = LIKENESS * loss + recipe.adversary * (alike + (1 - verdict).square().mean())
        paints.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(painter.parameters(), 2.0)
        paints.step()
        losses.append(float(apart.detach()))
        told(step + 1, losses[-1])
    return losses


def _pieces(
    lessons: Sequence[tuple[Tensor, Tensor]], recipe: PainterRecipe, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    wanted: list[Tensor] = []
    given: list[Tensor] = []
    for _ in range(recipe.batch):
        picture, told = lessons[int(rng.integers(len(lessons)))]
        top, left = (int(rng.integers(0, side - recipe.piece + 1)) & ~1 for side in picture.shape[1:])
        flip = bool(rng.integers(2))
        for whole, pieces in ((picture, wanted), (told, given)):
            piece = whole[:, top : top + recipe.piece, left : left + recipe.piece]
            pieces.append(piece.flip(-1) if flip else piece)
    return torch.stack(wanted), torch.stack(given)


def _worn(given: Tensor, rng: np.random.Generator) -> Tensor:
    """Return what is told with its colours a little off: a greybox is never dressed quite like the show."""
    worn = given.clone()
    worn[:, :6] *= 1 + 0.06 * float(rng.standard_normal())
    worn[:, :6] += torch.from_numpy(rng.standard_normal((1, 3, 1, 1)).astype(np.float32) * 0.02).repeat(1, 2, 1, 1)
    worn[:, 6] *= float(rng.random() > 0.15)
    worn[:, 7] = torch.from_numpy(rng.standard_normal(worn[:, 7].shape).astype(np.float32)) * 0.25
    return worn


def _edges_apart(one: Tensor, other: Tensor) -> Tensor:
    across = functional.l1_loss(one.diff(dim=-1), other.diff(dim=-1))
    return across + functional.l1_loss(one.diff(dim=-2), other.diff(dim=-2))
