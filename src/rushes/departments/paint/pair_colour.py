"""What one colour space taken for another does to a pair: a gain, an offset or a gamma over the whole frame."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate
from rushes.departments.paint.encoding import encoded

Doubles = npt.NDArray[np.float64]
Triple = tuple[float, float, float]

REDUCED = 8
"""Pixels a side that are averaged: tones are asked, not grain."""

EXPLAINED = 0.35
"""Share of the difference that may be left over for it to be explained."""

DISPLAY_GAMMAS = ((0.38, 0.6), (1.7, 2.7))
"""A curve of this kind is a display's, once too often or not taken off."""


@dataclass(frozen=True)
class ColourShift:
    """What `after` is, as a simple change of `before`, edits aside: `gain × before ** gamma + offset`.

    Attributes:
        gain: of red, green and blue, in scene-linear light.
        gamma: 1 where there is none.
        offset: 0 where there is none.
        size: by how much it moves the middling tone, in paint codes.
    """

    gain: Triple
    gamma: Triple = (1.0, 1.0, 1.0)
    offset: Triple = (0.0, 0.0, 0.0)
    size: float = 0.0

    @property
    def words(self) -> str:
        """The change for people.

        >>> ColourShift((1.05, 1.0, 0.95)).words
        'before × 1.050 1.000 0.950'
        """
        parts = ["before"]
        if self.gamma != (1.0, 1.0, 1.0):
            parts.append(f"to the power of {_three(self.gamma)}")
        parts.append(f"× {_three(self.gain)}")
        if max(map(abs, self.offset)) >= 0.0005:
            parts.append(f"+ {_three(self.offset)}")
        return " ".join(parts)

    @property
    def of_a_display(self) -> bool:
        """The gamma is a display's."""
        middle = sorted(self.gamma)[1]
        return any(low <= middle <= high for low, high in DISPLAY_GAMMAS)


def colour_shift(before: Plate, after: Plate) -> ColourShift | None:
    """Find the gain and offset, or gain and gamma, that make most of `before` into `after`.

    Args:
        before: `(3, height, width)`, scene-linear.
        after: the same size.

    Returns:
        The change; None where the two do not differ so, or not by one such change.
    """
    pairs = [(_tones(one), _tones(other)) for one, other in zip(before, after, strict=True)]
    baseline = _distance(pairs, [one for one, _ in pairs])
    straight = [_line(one, other) for one, other in pairs]
    curved = [_curve(one, other) for one, other in pairs]
    by_line = _distance(pairs, [one * gain + offset for (one, _), (gain, offset) in zip(pairs, straight, strict=True)])
    by_curve = _distance(
        pairs, [gain * np.maximum(one, 0) ** gamma for (one, _), (gain, gamma) in zip(pairs, curved, strict=True)]
    )
    if min(by_line, by_curve) > EXPLAINED * baseline or baseline == 0:
        return None
    gains, others = (tuple(each) for each in zip(*(straight if by_line <= by_curve else curved), strict=True))
    if by_line <= by_curve:
        return ColourShift(gains, offset=others, size=baseline)
    return ColourShift(gains, gamma=others, size=baseline)


def _three(values: Triple) -> str:
    return " ".join(f"{value:.3f}" for value in values)


def _tones(channel: npt.NDArray[np.float32]) -> Doubles:
    size = max(1, channel.shape[1] // REDUCED), max(1, channel.shape[0] // REDUCED)
    clean = np.nan_to_num(channel, nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(cv2.resize(clean, size, interpolation=cv2.INTER_AREA).ravel(), np.float64)


def _distance(pairs: list[tuple[Doubles, Doubles]], made: list[Doubles]) -> float:
    """Return how far apart the middling tone is, in paint codes."""
    return float(
        np.mean(
            [
                np.median(np.abs(encoded(mine.astype(np.float32)) - encoded(other.astype(np.float32))))
                for mine, (_, other) in zip(made, pairs, strict=True)
            ]
        )
    )


def _line(one: Doubles, other: Doubles) -> tuple[float, float]:
    """Fit `other = gain × one + offset`; what an edit changed weighs little."""
    weights = 1 / (np.abs(one) + 0.02)
    return _fitted(one, other, weights)


def _curve(one: Doubles, other: Doubles) -> tuple[float, float]:
    light = (one > 1e-4) & (other > 1e-4)
    if light.sum() < 8:
        return 1.0, 1.0
    gamma, gain = _fitted(np.log(one[light]), np.log(other[light]), np.ones(int(light.sum())))
    return float(np.exp(gain)), gamma


def _fitted(one: Doubles, other: Doubles, scale: Doubles) -> tuple[float, float]:
    """Return slope and start of a line, by least squares that are weighted anew until edits weigh little."""
    weights, slope, start = np.square(scale), 1.0, 0.0
    for _ in range(12):
        share = weights / weights.sum()
        middle, level = float(share @ one), float(share @ other)
        spread = float(share @ np.square(one - middle))
        slope = float(share @ ((one - middle) * (other - level))) / spread if spread > 0 else 0.0
        start = level - slope * middle
        off = np.abs(other - slope * one - start) * scale
        middling = float(np.median(off)) + 1e-9
        weights = np.square(scale) * np.minimum(1.0, middling / np.maximum(off, 1e-12)) ** 1.5
    return slope, start
