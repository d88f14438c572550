"""A regrade of one shot towards frames of the show, found once and baked, so that it cannot flicker.

Colours are moved by sliced optimal transport in log codes; what it says is then smoothed over the lattice, so that
greys next to each other stay next to each other: on a flat wall transport alone bands.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import PyOpenColorIO as ocio
from scipy.ndimage import gaussian_filter

from rushes.departments.department import Colour
from rushes.departments.previs.look.tones import STOP, Floats, shaper, to_code, to_light
from rushes.media.colour import Convert, transform_converter

POINTS = 33
TURNS = 16
SAMPLES = 3000
SMOOTH = 2.0
"""Lattice steps over which neighbours agree."""

MOST_STOPS, MOST_TINT = 1.6, 0.7
"""Stops that a tone is moved by, and that a colour is moved sideways by, at the most."""

MOST_OF_ALL = np.array([0.6 * np.sqrt(3), 0.35, 0.35]) * STOP
"""How far a whole shot is made lighter, darker or of another colour at the most, along the opponent axes: the hour of a
scene is the script's, and a night is not graded into the day that the show's frames happen to show."""

TINTED = 0.5
"""How much of what happens to the colour of a tone happens to all colours of that tone: shadows may be warm, and a blue
door in them still is blue."""

SLOPES = (0.5, 1.7)
"""Least and most that a stop of grey becomes."""

OPPONENT = np.array([[1, 1, 1], [1, -1, 0], [1, 1, -2]]) / np.sqrt([[3], [2], [6]])
"""Rows: lightness, red to green, blue to yellow; all of length one, so that the way back is the transpose."""


@dataclass(frozen=True, eq=False)
class Regrade:
    """A regrade of one shot.

    Attributes:
        lattice: (33, 33, 33, 3) float32 codes by red, green and blue code, 0 to 1 (`tones.to_code`).
        towards: places of the show's frames that it was found from.
    """

    lattice: Floats
    towards: tuple[int, ...] = ()


def regrade_between(source: Floats, target: Floats, *, seed: int = 0) -> Floats:
    """Return the lattice that moves colours of one kind to those of another.

    Args:
        source: (pixels, 3) float32 scene-linear: a shot as it is.
        target: (pixels, 3) float32 scene-linear: frames of the show.
        seed: of the directions and the samples.
    """
    rng = np.random.default_rng(seed)
    before, wanted = (
        to_code(np.maximum(_some(light, rng), 0)).astype(np.float64) @ OPPONENT.T for light in (source, target)
    )
    moved = _transported(before, wanted, rng) - before
    whole = moved.mean(axis=0)
    moved += MOST_OF_ALL * np.tanh(whole / MOST_OF_ALL) - whole
    limits = np.array([MOST_STOPS * np.sqrt(3), MOST_TINT, MOST_TINT]) * STOP
    moved = limits * np.tanh(moved / limits)
    return _lattice(before, moved)


def blended(lattice: Floats, amount: float) -> Floats:
    """Return a lattice that does only so much: 0 nothing, 1 all of it."""
    return np.asarray(identity() + np.float32(amount) * (lattice - identity()), np.float32)


def identity() -> Floats:
    """Return the lattice that changes nothing."""
    axis = np.linspace(0, 1, POINTS, dtype=np.float32)
    return np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)


def regrader(lattice: Floats, colour: Colour) -> Convert:
    """Return what applies a lattice to pictures in place, `(height, width, 3)` float32 scene-linear, tetrahedrally.

    Light beyond the lattice's ends keeps its distance from them: nothing is clipped.
    """
    lut = ocio.Lut3DTransform(gridSize=POINTS)
    lut.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    lut.setData(np.ascontiguousarray(lattice, np.float32).ravel())
    back = ocio.GroupTransform(list(shaper()), direction=ocio.TRANSFORM_DIR_INVERSE)
    convert = transform_converter(colour.config, ocio.GroupTransform([shaper(), lut, back]))
    least, most = to_light(np.array([0, 1], np.float32)).tolist()

    def apply(picture: Floats) -> None:
        # a frame whose light lies between the ends, which is nearly every frame, needs no second look
        beyond = None
        if picture.min() < least or picture.max() > most:
            beyond = picture - np.clip(picture, least, most)
        convert(picture)
        if beyond is not None:
            picture += beyond

    return apply


def _some(light: Floats, rng: np.random.Generator) -> Floats:
    return light[rng.integers(0, len(light), SAMPLES)] if len(light) else np.full((SAMPLES, 3), 0.18, np.float32)


def _transported(before: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move a cloud onto another: along random axes, the nth of one goes to the nth of the other."""
    # grain of a tenth of a stop: two pixels of one flat wall must not be pulled apart by who comes first
    cloud = before + rng.normal(0, 0.1 * STOP, before.shape)
    target = wanted + rng.normal(0, 0.1 * STOP, wanted.shape)
    for turn in range(TURNS):
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0] if turn else np.eye(3)
        for axis in axes.T:
            along = cloud @ axis
            order = np.argsort(along, kind="stable")
            cloud[order] += (np.sort(target @ axis) - along[order])[:, None] * axis
    return cloud


def _lattice(at: np.ndarray, moved: np.ndarray) -> Floats:
    codes = identity().reshape(-1, 3).astype(np.float64)
    level = codes @ OPPONENT[0]
    tone = _tone_curve(at[:, 0], moved, level)
    place = np.clip(np.rint(at @ OPPONENT * (POINTS - 1)), 0, POINTS - 1).astype(int)
    flat = np.ravel_multi_index((place[:, 0], place[:, 1], place[:, 2]), (POINTS,) * 3)
    rest = moved - _tone_curve(at[:, 0], moved, at[:, 0])
    counts = np.bincount(flat, minlength=POINTS**3).reshape((POINTS,) * 3).astype(np.float64)
    weight = gaussian_filter(counts, SMOOTH, mode="constant")
    # where nobody was seen the tone alone decides; a tenth of an even crowd is enough to be heard
    even = 0.1 * len(at) / POINTS**2
    found = np.empty((POINTS**3, 3))
    for channel in range(3):
        sums = np.bincount(flat, rest[:, channel], POINTS**3).reshape((POINTS,) * 3)
        smooth = gaussian_filter(sums, SMOOTH, mode="constant") / (weight + even / POINTS)
        found[:, channel] = gaussian_filter(smooth, 1.0, mode="nearest").ravel()
    found[:, 0] *= 0.5
    return (codes + (tone + found) @ OPPONENT).reshape(POINTS, POINTS, POINTS, 3).astype(np.float32)


def _tone_curve(levels: np.ndarray, moved: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return what is done to each lightness, (…, 3) in the opponent axes: smooth, and never reversed."""
    knots = np.linspace(0, np.sqrt(3), 60)
    spread = 1.2 * STOP * np.sqrt(3)
    heard = np.exp(-0.5 * ((knots[:, None] - levels[None]) / spread) ** 2)
    total = heard.sum(axis=1, keepdims=True)
    curve = (heard @ moved) / np.maximum(total, 1e-9)
    first, last = np.quantile(levels, (0.01, 0.99))
    inside = (knots >= first) & (knots <= last)
    inside[np.abs(knots - levels.mean()).argmin()] = True
    curve = np.stack([np.interp(knots, knots[inside], curve[inside, channel]) for channel in range(3)], axis=1)
    rises = np.clip(np.diff(curve[:, 0]) / np.diff(knots), SLOPES[0] - 1, SLOPES[1] - 1) * np.diff(knots)
    middle = int(np.abs(knots - np.median(levels)).argmin())
    curve[:, 1:] *= TINTED
    steps = np.concatenate([[0], np.cumsum(rises)])
    curve[:, 0] = steps - steps[middle] + curve[middle, 0]
    return np.stack([np.interp(at, knots, curve[:, channel]) for channel in range(3)], axis=1)


def samples_of(frames: Sequence[np.ndarray]) -> Floats:
    """Return the colours of small frames, each `(rows, columns, 3)`, as (pixels, 3) float32."""
    return np.concatenate([np.asarray(frame, np.float32).reshape(-1, 3) for frame in frames])
