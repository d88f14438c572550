"""The training, top to bottom: hide parts of the keys, fill them plainly, learn what was painted there instead."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from rushes.departments.previs.keys.hiding import Lesson, lessons_of
from rushes.departments.previs.keys.judging import Judgement, judged, shrunk
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.network import STRIDE, FillNet, fresh_network

Floats = NDArray[np.float32]
CROP, CROPS = 96, 6
RATE, LEAST_RATE = 1.5e-3, 1e-5
WARM_STEPS = 4
SLOPES_COUNT = 0.25
"""How much a false texture costs beside a false colour."""

SOFT = 0.03
"""In codes: below it the loss is round, for half of what is hidden is filled right already."""

KEPT = 0.97
"""Of the running mean of the weights at each step."""

MOST_STEPS = 20_000
LOOKS, JUDGING = 4, 0.08
"""How often in a training it is tested on what was set aside, the best is kept; and the share of time that takes."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned.

    Attributes:
        weights: plain arrays by name, float32.
        steps: with which, and the same seed and keys, the same weights are made again.
        loss: of the last tenth of the steps, mean.
        gain: share of the plain fill's squared error that is gone in parts of the keys that were set aside; where it
            is 0, nothing was gained, and the weights change nothing.
    """

    weights: dict[str, Floats]
    steps: int
    loss: float
    gain: float


def learn(keys: Sequence[Key], seed: int, *, steps: int | None = None, seconds: float = 100.0) -> Learned:
    """Learn from painted keys how hidden parts of this shot are painted; from nothing else.

    Args:
        keys: one or more.
        seed: of the first weights, of what is hidden and of the pieces that are looked at.
        steps: how many; if not given, as many as fit into the seconds.
        seconds: of one processor.
    """
    begun = time.process_time()
    draw = np.random.default_rng(seed)
    lessons = lessons_of(keys, draw)
    left = seconds - (time.process_time() - begun)
    return taught(lessons, fresh_network(seed), draw, steps=steps, seconds=left)


def taught(
    lessons: Sequence[Lesson], network: FillNet, draw: np.random.Generator, *, steps: int | None, seconds: float
) -> Learned:
    """Return what a network learns from lessons; it is changed in place.

    Args:
        lessons: one or more.
        network: a fresh one.
        draw: which pieces of which lessons it looks at.
        steps: how many; if not given, as many as fit into the seconds.
        seconds: of one processor.
    """
    optimiser = torch.optim.Adam(network.parameters(), RATE, betas=(0.9, 0.98))
    means = {name: value.numpy().copy() for name, value in network.state_dict().items()}
    losses: list[float] = []
    best = Judgement(-1.0, 0.0, means)
    started = time.process_time()
    total = MOST_STEPS if steps is None else steps
    while len(losses) < total:
        share = len(losses) / total if len(losses) >= WARM_STEPS else 0.0
        for group in optimiser.param_groups:
            group["lr"] = RATE * 0.5 * (1 + math.cos(math.pi * share)) + LEAST_RATE
        losses.append(_step(network, optimiser, lessons, draw=draw))
        for name, value in network.state_dict().items():
            means[name] += (1 - KEPT) * (value.numpy() - means[name])
        if steps is None and len(losses) == WARM_STEPS:
            each = (time.process_time() - started) / WARM_STEPS
            total = int(min(max(seconds * (1 - JUDGING) / each, WARM_STEPS), MOST_STEPS))
        if len(losses) in {max(total * look // LOOKS, 1) for look in range(1, LOOKS + 1)}:
            best = max(best, judged(means, lessons), key=lambda one: one.gain)
    loss = float(np.mean(losses[-max(total // 10, 1) :]))
    return Learned(shrunk(best), total, loss, max(best.gain, 0.0))


def _step(
    network: FillNet, optimiser: torch.optim.Adam, lessons: Sequence[Lesson], *, draw: np.random.Generator
) -> float:
    given, target, counts = (torch.from_numpy(np.stack(part)) for part in zip(*_crops(lessons, draw), strict=True))
    made = network(given)
    off = (((made - target) ** 2 + SOFT**2).sqrt() - SOFT) * counts
    loss = off.sum() / counts.sum()
    for dim in (2, 3):
        slope = functional.l1_loss(made.diff(dim=dim), target.diff(dim=dim), reduction="none")
        both = torch.minimum(counts.narrow(dim, 1, counts.size(dim) - 1), counts.narrow(dim, 0, counts.size(dim) - 1))
        loss = loss + SLOPES_COUNT * (slope * both).sum() / both.sum().clamp(min=1)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return float(off.detach().sum() / counts.sum())


def _crops(lessons: Sequence[Lesson], draw: np.random.Generator) -> list[tuple[Floats, Floats, Floats]]:
    crops = []
    for _ in range(CROPS):
        lesson = lessons[int(draw.integers(len(lessons)))]
        height, width = lesson.counts.shape
        row, column = divmod(int(lesson.hidden[draw.integers(len(lesson.hidden))]), width)
        tall, wide = (min(CROP, side // STRIDE * STRIDE) for side in (height, width))
        top = int(np.clip(row - draw.integers(tall), 0, height - tall))
        left = int(np.clip(column - draw.integers(wide), 0, width - wide))
        cut = np.s_[..., top : top + tall, left : left + wide]
        given = np.concatenate([lesson.known[cut], lesson.plain[cut], lesson.coverage[cut][None]])
        crops.append((given, lesson.target[cut] - lesson.plain[cut], lesson.counts[cut][None]))
    return crops
