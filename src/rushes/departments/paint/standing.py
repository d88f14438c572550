"""Where a training stands: what a checkpoint holds, and how that says when the rate falls and when it ends."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from rushes.departments.paint.steps import Learner, new_learner
from rushes.training.workbench import Workbench

MOST_STEPS = 20_000

FALLS_FOR = 0.25
"""Once it has stopped improving, the rate falls to nothing over this share of the steps so far."""

FINISHES_FROM = 0.6
"""Share of a budget after which it learns from what was held out too."""

BETTER_BY = 0.02
"""In dB: less is no improvement."""

WARM = 20
"""Steps over which the rate rises at first."""


@dataclass(frozen=True)
class Point:
    """One point of the learning curve.

    Attributes:
        loss: mean since the point before.
        held_out: score of the running mean on what was held out, in dB; on taught pieces too, to show overfitting.
    """

    step: int
    loss: float
    held_out: float
    taught: float


@dataclass
class Standing:
    """Where a training stands; a checkpoint holds all of it."""

    learner: Learner
    best: dict[str, Tensor]
    curve: list[Point]
    step: int = 0
    steps: int = 0
    falls_from: int = 0
    loss: float = 0.0


def share_of_rate(state: Standing) -> float:
    """Return the share of the full rate for the next step."""
    warm = min(1.0, (state.step + 1) / WARM)
    if state.steps:  # knows when it will end: half a cosine
        return warm * 0.5 * (1 + math.cos(math.pi * state.step / state.steps))
    if state.falls_from:
        return warm * max(0.0, 1 - (state.step - state.falls_from) / (FALLS_FOR * state.falls_from))
    return warm


def end_of(state: Standing) -> int:
    """Return the step that is the last, or as far as that is known yet."""
    if state.steps:
        return state.steps
    return round((1 + FALLS_FOR) * state.falls_from) if state.falls_from else max(1000, 2 * state.step)


def is_over(state: Standing) -> bool:
    """Return whether there is no further step."""
    return state.step >= (end_of(state) if state.steps or state.falls_from else MOST_STEPS)


def finishes_from(state: Standing) -> float:
    """Return the step from which on everything is learned from."""
    if state.steps:
        return round(FINISHES_FROM * state.steps)
    return state.falls_from + 1 if state.falls_from else math.inf


def has_settled(curve: Sequence[Point], patience: int) -> bool:
    """Return whether the last judgements brought no improvement."""
    if len(curve) <= patience:
        return False
    before = max(point.held_out for point in curve[:-patience])
    return max(point.held_out for point in curve[-patience:]) < before + BETTER_BY


def to_arrays(state: Standing) -> dict[str, npt.NDArray[np.generic]]:
    """Return everything as a checkpoint holds it."""
    tensors = {**state.learner.tensors(), **{f"best.{name}": value for name, value in state.best.items()}}
    arrays: dict[str, npt.NDArray[np.generic]] = {name: value.cpu().numpy() for name, value in tensors.items()}
    points = [(point.step, point.loss, point.held_out, point.taught) for point in state.curve]
    arrays |= {"curve": np.array(points, np.float64)} if points else {}
    arrays["where"] = np.array([state.step, state.steps, state.falls_from], np.int64)
    arrays["loss"] = np.array([state.loss])
    return arrays


def resumed(values: dict[str, Tensor], bench: Workbench) -> Standing:
    """Return where a training of these parameters stands: at its start, or at its last checkpoint."""
    saved, state = bench.load(), Standing(new_learner(values), {}, [])
    if saved is None:
        return state
    for name, tensor in state.learner.tensors().items():
        tensor.copy_(torch.from_numpy(saved[name]))
    best = {name[5:]: torch.from_numpy(value) for name, value in saved.items() if name.startswith("best.")}
    curve = [Point(int(step), float(loss), float(held), float(own)) for step, loss, held, own in saved.get("curve", ())]
    step, steps, falls_from = (int(number) for number in saved["where"])
    return Standing(state.learner, best, curve, step, steps, falls_from, float(saved["loss"][0]))
