"""Grain as a plate has it, measured: how strong at which brightness, how soft, how alike in red, green and blue."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate
from rushes.departments.paint.flat_pieces import (
    REACH,
    Blocks,
    Doubles,
    Flags,
    Matte,
    alike_in,
    cut_blocks,
    normal,
    over,
    roughness,
    unsteadiness,
)

KNOTS, FEWEST = 8, 24
"""Brightnesses at which grain is told, and pieces that each of them needs."""

QUIETEST = 0.05
"""Share of the pieces at one brightness that is believed to hold grain alone, before more are let in."""

TOO_SMOOTH = 0.01
"""Roughness below which what is left of the quietest pieces is shading, not grain."""


Groups = list[npt.NDArray[np.intp]]


@dataclass(frozen=True)
class Grain:
    """What the grain of a plate is like. Not grain itself: that is drawn anew for every frame.

    Attributes:
        levels: of red, green and blue, `(knots,)` each: rising brightnesses, scene-linear.
        sigmas: of each, `(knots,)` standard deviation of the grain there, scene-linear; held beyond both ends.
        alike: `(3, 3, 9, 9)` covariance of channel and channel, four pixels up and left to four down and right, of
            grain whose standard deviation is 1: `alike[c, c, 4, 4]` is 1.
    """

    levels: tuple[Doubles, ...]
    sigmas: tuple[Doubles, ...]
    alike: Doubles

    @property
    def present(self) -> bool:
        """There is any grain at all."""
        return any(channel.any() for channel in self.sigmas)


def no_grain() -> Grain:
    """Return the grain of a plate that has none."""
    alike = np.zeros((3, 3, 2 * REACH + 1, 2 * REACH + 1))
    alike[range(3), range(3), REACH, REACH] = 1.0
    return Grain((np.zeros(1),) * 3, (np.zeros(1),) * 3, alike)


def variance_at(grain: Grain, channel: int, light: npt.NDArray[np.floating]) -> Doubles:
    """Return the variance of a channel's grain at each brightness; between knots a straight line, as photons have it.

    >>> steps = Grain((np.array([0.0, 1.0]),) * 3, (np.array([1.0, 3.0]),) * 3, no_grain().alike)
    >>> variance_at(steps, 0, np.array([-1.0, 0.0, 0.5, 2.0])).tolist()
    [1.0, 1.0, 5.0, 9.0]
    """
    return np.asarray(np.interp(light, grain.levels[channel], grain.sigmas[channel] ** 2), np.float64)


def measure_grain(plate: Plate, untouched: Matte | None = None) -> Grain:
    """Measure the grain of a plate where there is little else to see.

    Args:
        plate: `(3, height, width)` float32, scene-linear; pieces with NaN or infinite pixels are passed over.
        untouched: 1 where the plate may be looked at, such as all but the wire; everywhere by default.

    Returns:
        Grain in the plate's own light; none if there is no piece that can be looked at.
    """
    blocks = cut_blocks(plate, untouched)
    if not len(blocks.levels):
        return no_grain()
    groups = _by_brightness(blocks.levels.mean(axis=1))
    quiet = _quietest(blocks, groups)
    if not quiet.any():
        return no_grain()
    grain = _told(blocks, quiet)
    unsteady = unsteadiness(alike_in(blocks, quiet, expected(grain, blocks)))
    # pieces that a codec emptied or that are clipped hold no grain, and are no measure of the others
    live = np.any(blocks.spread > 0, axis=1)
    for _ in range(5):
        quiet = live & (_loudness(grain, blocks) < 1 + 2.5 * unsteady)
        grain = _told(blocks, quiet)
    quiet = _where_enough_agree(quiet, groups)
    if roughness(blocks, quiet) < TOO_SMOOTH:
        return no_grain()
    alike = alike_in(blocks, quiet, expected(grain, blocks))
    grain = _told(blocks, quiet | _empty(blocks, groups))
    lost = np.sqrt(np.maximum(alike[range(3), range(3), REACH, REACH], 0.0))
    return Grain(grain.levels, tuple(s * part for s, part in zip(grain.sigmas, lost, strict=True)), normal(alike))


def expected(grain: Grain, blocks: Blocks) -> Doubles:
    """Return the variance that grain gives some blocks, `(n, 3)`."""
    return np.stack([variance_at(grain, channel, light) for channel, light in enumerate(blocks.levels.T)], axis=1)


def _loudness(grain: Grain, blocks: Blocks) -> Doubles:
    return np.asarray(over(blocks.spread, expected(grain, blocks)).mean(axis=1))


def _told(blocks: Blocks, quiet: Flags) -> Grain:
    """Tell what grain some pieces have, if they have nothing else."""
    levels, sigmas = [], []
    for light, spread in zip(blocks.levels[quiet].T, blocks.spread[quiet].T, strict=True):
        groups = _by_brightness(light)
        levels.append(np.array([np.median(light[group]) for group in groups]))
        sigmas.append(np.sqrt(_without_strays(np.array([spread[group].mean() for group in groups]))))
    return Grain(tuple(levels), tuple(sigmas), no_grain().alike)


def _quietest(blocks: Blocks, groups: Groups) -> Flags:
    """Return the quietest pieces at each brightness; none where they are empty."""
    quiet = np.zeros(len(blocks.spread), bool)
    for group in groups:
        loudness = over(blocks.spread[group], np.quantile(blocks.spread[group], QUIETEST, axis=0)).mean(axis=1)
        live = loudness > 0
        if live.any():
            quiet[group[live & (loudness <= np.quantile(loudness[live], QUIETEST))]] = True
    return quiet


def _empty(blocks: Blocks, groups: Groups) -> Flags:
    """Return the pieces of brightnesses at which even the quietest have nothing at all."""
    empty = np.zeros(len(blocks.spread), bool)
    for group in groups:
        if not np.quantile(blocks.spread[group], QUIETEST, axis=0).any():
            empty[group[~blocks.spread[group].any(axis=1)]] = True
    return empty


def _where_enough_agree(quiet: Flags, groups: Groups) -> Flags:
    """Leave out brightnesses at which hardly more than the first few agree: nothing there was flat."""
    sure = np.zeros_like(quiet)
    for group in groups:
        if quiet[group].mean() >= 2 * QUIETEST:
            sure[group] = quiet[group]
    return sure if sure.any() else quiet


def _without_strays(found: Doubles) -> Doubles:
    """Replace a brightness that stands out against both its neighbours: nothing in it was flat."""
    before, after = np.r_[found[:1], found[:-1]], np.r_[found[1:], found[-1:]]
    return np.asarray(np.median([before, found, after], axis=0))


def _by_brightness(light: Doubles) -> Groups:
    """Return which blocks go together, dark to bright: even steps of a log code, each with enough of them."""
    order = np.argsort(light, kind="stable")
    code = np.arcsinh(50 * light[order])
    steps = np.linspace(np.quantile(code, 0.01), np.quantile(code, 0.99), KNOTS + 1)[1:-1]
    groups: Groups = []
    first = 0
    for step in np.searchsorted(code, steps):
        if step - first >= FEWEST:
            groups.append(order[first:step])
            first = step
    if len(order) - first >= FEWEST or not groups:
        return [*groups, order[first:]]
    return [*groups[:-1], np.concatenate([groups[-1], order[first:]])]
