"""A look guessed from graded stills of other scenes. Weak by nature: kept gentle, and said so.

Two scenes differ by their content far more than by their grade, so carrying one's colours over to the other makes it
worse. What tells a grade from content best was measured: how deep the blacks are, and what tint the least coloured
things have in shadows, mid-tones and lights. Each is believed as far as it varies more by grade than by content.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import least_squares

from rushes.departments.look.arithmetic import LUMA
from rushes.departments.look.look import Cdl, Domain, Floats, Look, Triple, neutral_look
from rushes.departments.look.sighting import Doubles, reduced

SIGNS = (
    "blacks", "shadows", "mid-tones", "whites",
    "shadow tint, red", "shadow tint, blue", "mid tint, red", "mid tint, blue", "light tint, red", "light tint, blue",
    "colourfulness",
)  # fmt: skip
"""What is read off a picture: luma at 2, 10, 50 and 98 per cent of its pixels; red and blue over green of the least
coloured half of each third; logarithm of the mean colour difference."""

UNGRADED = np.array([0.16, 0.24, 0.375, 0.515, 0.008, -0.01, 0.007, -0.015, 0.0, -0.007, -3.2])
"""Each sign in an ordinary, well exposed, ungraded picture, in ACEScct."""

BY_CONTENT = np.array([0.066, 0.085, 0.093, 0.027, 0.014, 0.025, 0.017, 0.032, 0.008, 0.027, 0.40])
"""One standard deviation from scene to scene, ungraded."""

BY_GRADE = np.array([0.04, 0.04, 0.02, 0.01, 0.013, 0.01, 0.008, 0.008, 0.005, 0.005, 0.1])
"""One standard deviation from grade to grade."""

SCENE_SHARE = 0.2
"""How far the scene itself, rather than an ordinary picture, is what the stills are held against."""

UNREMARKABLE = 1.0
"""Standard deviations that content alone explains; only what goes beyond is put down to the grade."""

MOST = 1.5
"""Standard deviations of grades beyond which a sign is more likely an odd still than a bold grade."""

GENTLE = 0.7
"""Most of the gain, and the odd failure kept small."""

DOMAIN: Domain = (-0.1, 1.1)
POINTS = 65
LEAST_SLOPE = 0.3

ADVICE = "A guess from other scenes: it cannot tell grade from content. One graded frame of this scene says far more."


@dataclass(frozen=True)
class Guess:
    """A look guessed from stills, as CDL and curves.

    Attributes:
        cdl: first step; the nearest that a CDL comes to the guess.
        curves: `(3, points)` float32 over `DOMAIN`, what is left of it.
        signs: what the stills were found to do, by name, in code values (colourfulness: as a logarithm).
        confidence: 0 to 1, how much of a usual grade's signs this number of stills can show.
        advice: for a person.
    """

    cdl: Cdl
    curves: Floats
    signs: dict[str, float]
    confidence: float
    advice: str = ADVICE

    def as_look(self, encoding: str) -> Look:
        """Return the guess as a look without lattice; nothing of it counts as seen."""
        plain = neutral_look(encoding, points=POINTS, domain=DOMAIN)
        return replace(plain, cdl=self.cdl, best_cdl=self.cdl, curves=self.curves)


def look_from_stills(scene: Sequence[Floats], stills: Sequence[Floats], *, strength: float = GENTLE) -> Guess:
    """Guess the look of graded stills and bring it gently to another scene.

    Args:
        scene: ungraded frames of the scene, (height, width, 3) float32 ACEScct.
        stills: graded stills of other scenes, likewise; the more scenes they are from, the better.
        strength: 0 leaves the scene alone, 1 is all that the stills are believed, above it exaggerates.
    """
    seen = np.concatenate([reduced(frame).reshape(-1, 3) for frame in scene]).astype(np.float64)
    here = signs_of(seen)
    there = np.median([signs_of(reduced(still).reshape(-1, 3).astype(np.float64)) for still in stills], axis=0)
    usual = SCENE_SHARE * here + (1 - SCENE_SHARE) * UNGRADED
    doubt = BY_CONTENT * np.sqrt(1 / len(stills) + SCENE_SHARE**2)
    believed = BY_GRADE**2 / (BY_GRADE**2 + doubt**2)
    beyond = np.clip(np.abs(there - usual) - UNREMARKABLE * doubt, 0, MOST * BY_GRADE)
    shifts = strength * believed * beyond * np.sign(there - usual)
    cdl, curves = _taken_apart(shifts, here, _tones(seen))
    named = {name: float(shift) for name, shift in zip(SIGNS, shifts, strict=True)}
    return Guess(cdl, curves, named, float(np.average(believed, weights=BY_GRADE / BY_CONTENT)))


def signs_of(pixels: Doubles) -> Doubles:
    """Return the signs of `SIGNS` of a picture.

    Args:
        pixels: (n, 3) ACEScct.
    """
    luma = pixels @ LUMA
    tints = np.stack([pixels[:, 0] - pixels[:, 1], pixels[:, 2] - pixels[:, 1]], axis=-1)
    low, high = np.percentile(luma, (20, 80))
    thirds = (luma <= low, (luma > low) & (luma < high), luma >= high)
    plain = [_tint_of_the_least_coloured(tints[third]) for third in thirds]
    return np.concatenate([np.percentile(luma, (2, 10, 50, 98)), *plain, [np.log(np.abs(tints).mean() + 0.01)]])


def _tint_of_the_least_coloured(tints: Doubles) -> Doubles:
    if not len(tints):
        return np.zeros(2)
    colour = np.abs(tints).sum(axis=1)
    return np.asarray(np.median(tints[colour <= np.median(colour)], axis=0))


def _tones(pixels: Doubles) -> Doubles:
    luma = pixels @ LUMA
    return np.percentile(luma, (10, 50, 90))


def _taken_apart(shifts: Doubles, here: Doubles, tones: Doubles) -> tuple[Cdl, Floats]:
    """Turn shifts into a CDL and what is left of them for the curves."""
    codes = np.linspace(*DOMAIN, POINTS)
    in_luma = np.interp(codes, _spaced(here[:4]), shifts[:4])
    red, blue = (np.interp(codes, _spaced(tones), shifts[first:10:2]) for first in (4, 5))
    wanted = [_rising(codes + in_luma + tint) for tint in (red, 0.0, blue)]
    numbers = np.array([_nearest_cdl(codes, curve) for curve in wanted])
    left = [np.interp(_undone(codes, three), codes, curve) for three, curve in zip(numbers, wanted, strict=True)]
    slope, offset, power = (_triple(column) for column in numbers.T)
    cdl = Cdl(slope, offset, power, float(np.exp(shifts[10])))
    return cdl, np.array([_rising(curve) for curve in left], np.float32)


def _spaced(places: Doubles) -> Doubles:
    # a flat picture has its percentiles in one place; a curve needs them apart
    return np.asarray(np.maximum.accumulate(places + 0.02 * np.arange(len(places))))


def _rising(curve: Doubles) -> Doubles:
    step = (DOMAIN[1] - DOMAIN[0]) / (POINTS - 1)
    steps = np.maximum(np.diff(curve), LEAST_SLOPE * step)
    return np.concatenate([curve[:1], curve[0] + np.cumsum(steps)])


def _nearest_cdl(codes: Doubles, curve: Doubles) -> Doubles:
    def misses(numbers: Doubles) -> Doubles:
        return np.concatenate([_done(codes, numbers) - curve, 0.05 * (numbers - (1, 0, 1))])

    return np.asarray(least_squares(misses, (1.0, 0.0, 1.0), bounds=((0.3, -0.5, 0.4), (3, 0.5, 2.5))).x)


def _done(codes: Doubles, numbers: Doubles) -> Doubles:
    slope, offset, power = numbers
    sloped = codes * slope + offset
    return np.asarray(np.where(sloped > 0, np.maximum(sloped, 1e-9) ** power, sloped))


def _undone(codes: Doubles, numbers: Doubles) -> Doubles:
    slope, offset, power = numbers
    sloped = np.where(codes > 0, np.maximum(codes, 1e-9) ** (1 / power), codes)
    return np.asarray((sloped - offset) / slope)


def _triple(values: Doubles) -> Triple:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
