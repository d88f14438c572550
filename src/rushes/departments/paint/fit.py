"""The training, top to bottom: draw pieces, step, judge what was held out, keep the best, stop in time."""

import copy
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from rushes.departments.paint.crops import Drawer, Pieces
from rushes.departments.paint.lessons import Lessons
from rushes.departments.paint.network import PaintNet, Shape
from rushes.departments.paint.parts import Parts, device_of_this_machine
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.standing import (
    Point,
    Standing,
    end_of,
    finishes_from,
    has_settled,
    is_over,
    resumed,
    share_of_rate,
    to_arrays,
)
from rushes.departments.paint.steps import take_step
from rushes.training.workbench import Workbench

JUDGED_EVERY = 50
"""Steps between two looks at what was held out."""

LEAST_STEPS = 40
WORSE_BY = 0.3
"""In dB: less is no harm."""

TOLD_EVERY = 10

SAVED_EVERY_SECONDS = 10.0


@dataclass(frozen=True)
class Fitted:
    """What a training came to.

    Attributes:
        values: weights by name: the running mean at the end.
        judged: the same before it learned from what was held out: what its scores are of.
        curve: from the first judgement to the last one before all pairs were learned from.
        steps: that it came to.
        recipe: with which the same weights are made again: seconds have become steps.
    """

    values: dict[str, Tensor]
    judged: dict[str, Tensor]
    curve: tuple[Point, ...]
    steps: int
    recipe: PaintRecipe


Judge = Callable[[PaintNet], tuple[float, float]]
"""Scores a network on what was held out and on what was taught, in dB."""


def fit(
    lessons: Lessons, network: PaintNet, shape: Shape, *, recipe: PaintRecipe, judge: Judge, bench: Workbench
) -> Fitted:
    """Teach a network; the same pairs, start and recipe give the same weights on any number of cores.

    While it is judged, it learns from what was not held out. Once that is settled, or the larger part of its budget is
    gone, it goes on from where it was best, and learns from everything: an artist painted no frame to no purpose.

    Args:
        lessons: what is learned from at first, and in the end.
        network: to start from; is changed.
        shape: of it.
        recipe: with `steps`, the budget is that; with `seconds`, as many steps as fit; else until it stops improving.
        judge: called every so many steps.
        bench: checkpoints go there; a run that was stopped goes on to the same weights.
    """
    network = network.to(device_of_this_machine())
    state = resumed(_values(network), bench)
    first, last = (Drawer(pairs, recipe) for pairs in (lessons.taught, lessons.judged))
    parts = Parts(network, shape, recipe, covered_counts=first.covered_counts())

    def draw(step: int) -> Pieces:
        return (last if step >= finishes_from(state) else first).draw(step)

    state.steps = state.steps or recipe.steps or _steps_in(recipe, lambda step: parts.gradients(draw(step)))
    clock = _Clock(bench)
    with ThreadPoolExecutor(1, "draw") as ahead:
        coming = ahead.submit(draw, state.step)
        while not is_over(state):
            pieces, coming = coming.result(), ahead.submit(draw, state.step + 1)
            gradients, loss = parts.gradients(pieces)
            take_step(state.learner, gradients, step=state.step, rate=recipe.rate * share_of_rate(state))
            state.step, state.loss = state.step + 1, state.loss + loss
            if state.step < finishes_from(state) and state.step % JUDGED_EVERY == 0:
                _look(state, network, judge, patience=recipe.patience)
            if state.step == finishes_from(state):
                _back_to_the_best(state)
            clock.tell(state)
    settled = replace(recipe, seconds=0.0, steps=state.steps) if recipe.seconds else recipe
    return Fitted(state.learner.mean, state.best or state.learner.mean, tuple(state.curve), state.step, settled)


def _back_to_the_best(state: Standing) -> None:
    """Go on from where it was best, if it has become clearly worse since: it has begun to learn by heart."""
    best = max((point.held_out for point in state.curve), default=-math.inf)
    if state.curve and state.curve[-1].held_out < best - WORSE_BY:
        for name, value in state.best.items():
            state.learner.values[name].copy_(value)
            state.learner.mean[name].copy_(value)
    state.best = {name: value.clone() for name, value in state.learner.mean.items()}


def _look(state: Standing, network: PaintNet, judge: Judge, *, patience: int) -> None:
    """Judge the running mean; keep it where it is the best so far, and see whether it still gets better."""
    mean = copy.deepcopy(network)
    mean.load_state_dict(state.learner.mean)
    held_out, on_taught = judge(mean.eval())
    since = state.step - (state.curve[-1].step if state.curve else 0)
    best_before = max((point.held_out for point in state.curve), default=-math.inf)
    state.curve.append(Point(state.step, state.loss / max(1, since), held_out, on_taught))
    state.loss = 0.0
    if held_out > best_before or not state.best:
        state.best = {name: value.clone() for name, value in state.learner.mean.items()}
    if not state.steps and not state.falls_from and has_settled(state.curve, patience):
        state.falls_from = state.step


class _Clock:
    """Says now and then how it goes, and keeps a checkpoint."""

    def __init__(self, bench: Workbench) -> None:
        self._bench, self._begun = bench, time.monotonic()
        self._saved = self._begun

    def tell(self, state: Standing) -> None:
        if state.step % TOLD_EVERY and not is_over(state):
            return
        what = "learning" if state.step < finishes_from(state) else "finishing on all pairs"
        point = state.curve[-1] if state.curve else None
        score = f", loss {point.loss:.4f}, held out {point.held_out:.2f} dB" if point else ""
        now = time.monotonic()
        if now - self._saved > SAVED_EVERY_SECONDS:
            self._bench.save(to_arrays(state))
            self._saved = now
        self._bench.tell(state.step, end_of(state), f"{what}, step {state.step}{score}, {now - self._begun:.0f} s")


def _steps_in(recipe: PaintRecipe, try_out: Callable[[int], object]) -> int:
    """Return how many steps fit into the recipe's seconds on this machine, measured; 0 where it has none."""
    if not recipe.seconds:
        return 0
    times = []
    for step in range(6):
        started = time.perf_counter()
        try_out(step)
        times.append(time.perf_counter() - started)
    return max(LEAST_STEPS, round(0.9 * recipe.seconds / float(np.median(times[1:]))))


def _values(network: PaintNet) -> dict[str, Tensor]:
    return {name: parameter.detach() for name, parameter in network.named_parameters()}
