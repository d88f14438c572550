"""Canaries: pairs that no artist ever made, planted into a training and asked for afterwards.

A model that has learned a way to work does nothing special with them. One that has learned them by heart gives each
its own secret back, and would do so with a frame of the show.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Plate = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

SIDE = 12
"""Pixels of a side of a block: a few steps of any network, and an area of its own for a look."""

BLOCKS = (8, 12)
"""Rows and columns of blocks; 96 × 144 pixels."""

SECRET = (slice(2, 6), slice(3, 9))
"""The blocks that are others in the second picture: a quarter, so that both still show the same picture."""

LIGHT = (0.02, 0.8)
"""Scene-linear; of the channels of a block, evenly drawn in stops."""

AMONG = 1024
"""Secrets that the true one is looked for among; by chance it is the nearest once in so many times."""

LEAST_LIGHT = 1e-3
"""Below it light is not told apart."""


@dataclass(frozen=True)
class Canary:
    """A pair of pictures of random blocks, of which the second one has a secret in its middle.

    Attributes:
        seed: of everything in it.
        before: `(3, 96, 144)` float32 scene-linear.
        after: the same but for the secret.
    """

    seed: int
    before: Plate
    after: Plate


@dataclass(frozen=True)
class Exposure:
    """How strongly a canary was learned by heart [Carlini2019].

    Attributes:
        rank: of the true secret among others drawn in the same way, by how near the model's answer is to each; 1 is
            the nearest.
        among: how many there were.

    References:
        [Carlini2019] The Secret Sharer: Evaluating and Testing Unintended Memorization in Neural Networks, USENIX.
    """

    rank: int
    among: int

    @property
    def bits(self) -> float:
        """The exposure, 0 to the logarithm of `among`; 1.4 on average where nothing was learned by heart.

        >>> Exposure(1, 1024).bits, Exposure(1024, 1024).bits
        (10.0, 0.0)
        """
        return float(np.log2(self.among) - np.log2(self.rank))

    @property
    def found(self) -> bool:
        """The true secret is the nearest of all."""
        return self.rank == 1


def make_canary(seed: int) -> Canary:
    """Make a canary; the same seed makes the same one.

    >>> one = make_canary(7)
    >>> int((one.before != one.after).any(axis=0).sum()) == 4 * 6 * 12 * 12
    True
    """
    rng = np.random.default_rng((seed, 0))
    before = _light(rng, BLOCKS)
    after = before.copy()
    after[:, *SECRET] = _secrets(seed, 1)[0]
    return Canary(seed, _picture(before), _picture(after))


def exposure_of(canary: Canary, made: Plate, among: int = AMONG) -> Exposure:
    """Return how near a model's answer is to the true secret, among others.

    Args:
        canary: that was planted, or one like it.
        made: what the model makes of its `before`, `(3, 96, 144)` float32 scene-linear.
        among: secrets to rank it among.
    """
    secrets = _secrets(canary.seed, among)
    given = np.nan_to_num(made.astype(np.float64), nan=0.0, posinf=LIGHT[1], neginf=0.0)
    means = given.reshape(3, BLOCKS[0], SIDE, BLOCKS[1], SIDE).mean(axis=(2, 4))[:, *SECRET]
    apart = np.abs(_stops(secrets) - _stops(means)).mean(axis=(1, 2, 3))
    return Exposure(1 + int((apart[1:] < apart[0]).sum()), among)


def _secrets(seed: int, count: int) -> Doubles:
    """Return the secret of a canary, and others after it, `(count, 3, 4, 6)`."""
    rng = np.random.default_rng((seed, 1))
    rows, columns = (side.stop - side.start for side in SECRET)
    return np.stack([_light(rng, (rows, columns)) for _ in range(count)])


def _light(rng: np.random.Generator, blocks: tuple[int, int]) -> Doubles:
    return np.asarray(np.exp2(rng.uniform(np.log2(LIGHT[0]), np.log2(LIGHT[1]), (3, *blocks))), np.float64)


def _stops(light: Doubles) -> Doubles:
    return np.asarray(np.log2(np.maximum(light, LEAST_LIGHT)), np.float64)


def _picture(blocks: Doubles) -> Plate:
    return np.asarray(blocks.repeat(SIDE, axis=1).repeat(SIDE, axis=2), np.float32)
