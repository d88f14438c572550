"""How far a network is to be trusted: tested on parts of the keys that it was not taught, and made as strong as good.

A few keys hold little. What a network makes of them may be worse than the plain fill; then it must change nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.keys.hiding import Lesson
from rushes.departments.previs.keys.network import change_of

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Judgement:
    """A network tested.

    Attributes:
        gain: share of the plain fill's squared error, in codes, that is gone; below 0 it became more.
        share: of what it changes that is best, 0 to 1.
        weights: its own, untouched.
    """

    gain: float
    share: float
    weights: dict[str, Floats]


def judged(weights: Mapping[str, Floats], lessons: Sequence[Lesson]) -> Judgement:
    """Return how good a network is where it was not taught.

    Args:
        weights: plain arrays by name; kept as they are now.
        lessons: some with parts set aside; where none has, it is trusted.
    """
    error = both = made = 0.0
    for lesson in lessons:
        if not len(lesson.tests):
            continue
        given = np.concatenate([lesson.known, lesson.plain, lesson.coverage[None]])
        change = change_of(weights, given).reshape(3, -1)[:, lesson.tests].astype(np.float64)
        wanted = (lesson.target - lesson.plain).reshape(3, -1)[:, lesson.tests]
        error, both, made = error + (wanted**2).sum(), both + (wanted * change).sum(), made + (change**2).sum()
    kept = {name: np.array(value) for name, value in weights.items()}
    if error == 0:
        return Judgement(0.0, 1.0, kept)
    share = float(np.clip(both / max(made, 1e-12), 0, 1))
    return Judgement(float((2 * share * both - share**2 * made) / error), share, kept)


def shrunk(judgement: Judgement) -> dict[str, Floats]:
    """Return weights of a network that changes the best share of what it would."""
    head = ("head.weight", "head.bias")
    share = np.float32(judgement.share if judgement.gain >= 0 else 0)
    return {name: value * share if name in head else value for name, value in judgement.weights.items()}
