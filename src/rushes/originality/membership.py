"""Can a model tell what taught it? A membership test: errors on frames that may have taught it, and on others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLED = 2000
"""Times that frames are drawn anew to see how far the answer is by chance."""

LEAST = 4
"""Frames on each side; fewer tell nothing."""

CHANCE = (0.45, 0.55)
"""An AUC in here is none that anyone could tell members by."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Membership:
    """Whether a model does better on some frames than on others.

    Attributes:
        auc: how often the error is smaller on a frame of the first kind than on one of the other, ties half; 0.5 is
            chance, 1 gives every one of them away.
        low: end of the interval that holds it in 95 of 100 draws of as many frames.
        high: its other end.
        members: frames of the first kind.
        others: of the other.
    """

    auc: float
    low: float
    high: float
    members: int
    others: int

    @property
    def like_chance(self) -> bool:
        """Nothing speaks for it that the model knows these frames: 0.5 lies in the interval."""
        return self.low <= 0.5 <= self.high

    @property
    def proven(self) -> bool:
        """The whole interval lies within 0.45 to 0.55: so many frames as that takes show that it does not."""
        return self.low >= CHANCE[0] and self.high <= CHANCE[1]


def membership(members: Sequence[float], others: Sequence[float], seed: int = 0) -> Membership:
    """Compare a model's errors on frames that may have taught it with those on frames that did not.

    Args:
        members: one error for each frame; smaller is better.
        others: of frames like them that never taught it.
        seed: of the draws.

    References:
        [Yeom2018] Privacy Risk in Machine Learning: Analyzing the Connection to Overfitting, CSF.
        [Efron1979] Bootstrap methods: another look at the jackknife, Annals of Statistics.

    >>> membership([1, 2, 3, 4], [5, 6, 7, 8]).auc
    1.0
    """
    mine, theirs = np.asarray(members, np.float64), np.asarray(others, np.float64)
    wins = (mine[:, None] < theirs) + 0.5 * (mine[:, None] == theirs)
    rng = np.random.default_rng(seed)
    # how often each frame is drawn, which is all that a draw's AUC depends on
    rows, columns = (
        rng.multinomial(len(side), np.full(len(side), 1 / len(side)), RESAMPLED) for side in (mine, theirs)
    )
    drawn = ((rows @ wins) * columns).sum(axis=1) / wins.size
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Membership(float(wins.mean()), float(low), float(high), len(mine), len(theirs))
