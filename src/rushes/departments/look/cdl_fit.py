"""The best CDL: ten numbers fitted where the eye would see the difference."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares
from skimage.color import xyz2lab

from rushes.departments.look.arithmetic import LUMA
from rushes.departments.look.difference import ToXyz
from rushes.departments.look.evidence import low_end
from rushes.departments.look.look import Cdl

Doubles = npt.NDArray[np.float64]

NEUTRAL = np.array([1.0] * 3 + [0.0] * 3 + [1.0] * 3 + [1.0])


@dataclass(frozen=True)
class Limits:
    """How far a CDL may go.

    Attributes:
        saturation: least and most.
        power: least and most.
        floor: the darkest colour stays above this code value before the power, which has a kink at 0.
    """

    saturation: tuple[float, float] = (0.0, 4.0)
    power: tuple[float, float] = (0.2, 5.0)
    floor: float = -10.0


ALONE = Limits()
IN_CHAIN = Limits(saturation=(0.75, 1.35), power=(0.8, 1.25), floor=-0.03)
"""Later steps must still be able to tell colours apart: nothing is crushed, folded or bleached that they need."""


BLACKER = 0.005
"""Share of pixels that may be blacker than the floor: a few are no reason to lift it."""


def fit_cdl(before: Doubles, after: Doubles, weights: Doubles, *, eye: Doubles, limits: Limits = ALONE) -> Cdl:
    """Return the CDL whose result is nearest to `after` for the eye.

    Args:
        before: (n, 3) code values.
        after: (n, 3) code values.
        weights: (n,) pixels that each colour stands for.
        eye: (n, 3, 3) from `eye_at(after)`.
        limits: none to speak of for the best CDL alone.
    """
    root = np.sqrt(weights / weights.sum())[:, None]
    darkest = np.array([low_end(channel, weights, BLACKER) for channel in before.T])

    def misses(numbers: Doubles) -> Doubles:
        seen = np.einsum("nij,nj->ni", eye, _graded(numbers, before) - after)
        crushed = np.maximum(limits.floor - darkest * numbers[:3] - numbers[3:6], 0)
        return np.concatenate([(root * seen).ravel(), 0.02 * (numbers - NEUTRAL), 1e4 * crushed])

    def slopes(numbers: Doubles) -> Doubles:
        seen = np.einsum("nij,njk->nik", eye, _derivatives(numbers, before)) * root[..., None]
        crushed = (limits.floor - darkest * numbers[:3] - numbers[3:6] > 0)[:, None]
        by_floor = -1e4 * crushed * np.hstack([np.diag(darkest), np.eye(3), np.zeros((3, 4))])
        return np.vstack([seen.reshape(-1, 10), 0.02 * np.eye(10), by_floor])

    bounds = _box(limits)
    start = np.clip(NEUTRAL, bounds[0] + 1e-9, bounds[1] - 1e-9)
    return _cdl(least_squares(misses, start, slopes, bounds=bounds, x_scale="jac", tr_solver="lsmr", max_nfev=60).x)


def eye_at(pixels: Doubles, to_xyz: ToXyz) -> Doubles:
    """Return how a small change of code values looks around each pixel.

    Args:
        pixels: (n, 3) code values.

    Returns:
        (n, 3, 3): times a change of code values it is a difference about as long as its ΔE2000.
    """
    step = 1e-3
    moved = pixels[:, None, :] + np.concatenate([np.zeros((1, 3)), step * np.eye(3)])[None]
    labs = xyz2lab(np.maximum(to_xyz(moved.astype(np.float32)).astype(np.float64), 0))
    slopes = (labs[:, 1:] - labs[:, :1]).transpose(0, 2, 1) / step
    lightness, chroma = labs[:, 0, 0], np.hypot(labs[:, 0, 1], labs[:, 0, 2])
    from_mid = (lightness - 50.0) ** 2
    shrink = 1.0 / np.column_stack(
        [1 + 0.015 * from_mid / np.sqrt(20 + from_mid), 1 + 0.045 * chroma, 1 + 0.03 * chroma]
    )
    # the a and b axes are turned so that the second row runs along the chroma, the third along the hue
    turned = _turned(slopes, np.arctan2(labs[:, 0, 2], labs[:, 0, 1]))
    return np.asarray(turned * shrink[:, :, None])


def _box(limits: Limits) -> tuple[Doubles, Doubles]:
    ends = zip((0.05, 8.0), (-2.0, 2.0), limits.power, limits.saturation, strict=True)
    low, high = (np.array([slope] * 3 + [offset] * 3 + [power] * 3 + [amount]) for slope, offset, power, amount in ends)
    return low, high


def _turned(slopes: Doubles, hue: Doubles) -> Doubles:
    cos, sin = np.cos(hue)[:, None], np.sin(hue)[:, None]
    along, across = cos * slopes[:, 1] + sin * slopes[:, 2], cos * slopes[:, 2] - sin * slopes[:, 1]
    return np.stack([slopes[:, 0], along, across], axis=1)


def _graded(numbers: Doubles, before: Doubles) -> Doubles:
    powered = _powered(numbers, before)[0]
    luma = powered @ LUMA
    return np.asarray(luma[:, None] + numbers[9] * (powered - luma[:, None]))


def _powered(numbers: Doubles, before: Doubles) -> tuple[Doubles, Doubles]:
    sloped = before * numbers[:3] + numbers[3:6]
    return np.where(sloped > 0, np.maximum(sloped, 1e-9) ** numbers[6:9], sloped), sloped


def _derivatives(numbers: Doubles, before: Doubles) -> Doubles:
    powered, sloped = _powered(numbers, before)
    safe = np.maximum(sloped, 1e-9)
    inner = np.where(sloped > 0, numbers[6:9] * safe ** (numbers[6:9] - 1), 1.0)
    by_power = np.where(sloped > 0, powered * np.log(safe), 0.0)
    mix = (1 - numbers[9]) * LUMA[None, :] + numbers[9] * np.eye(3)
    parts = [mix[None] * part[:, None, :] for part in (inner * before, inner, by_power)]
    by_saturation = powered - (powered @ LUMA)[:, None]
    return np.concatenate([*parts, by_saturation[..., None]], axis=2)


def _cdl(numbers: Doubles) -> Cdl:
    values = [float(number) for number in numbers]
    return Cdl(
        slope=(values[0], values[1], values[2]),
        offset=(values[3], values[4], values[5]),
        power=(values[6], values[7], values[8]),
        saturation=values[9],
    )
