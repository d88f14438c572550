"""Quality control of a look: what a colourist would find on a ramp chart, as numbers with thresholds."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio

from rushes.departments.department import Colour
from rushes.departments.look.look import Floats, Look
from rushes.departments.look.ocio_look import apply_to_colours, look_transform, processor
from rushes.domain.parts import Measure
from rushes.media.colour import open_config

Doubles = npt.NDArray[np.float64]
Through = Callable[[npt.ArrayLike], Floats]
"""Colours `(..., 3)` float32 in, the same shape out."""

CODES = 1023.0
"""Differences are counted in codes of a 10-bit picture, the depth in which a log grade is usually handed on."""

LEAST_SLOPE = 0.02
"""Of the neutral ramp: 50 codes in make at least one out. Less than that and a tone is gone for good."""

BAND_CODES = 0.5
"""A step of a 10-bit ramp that grows or shrinks by half a code shows after rounding as a double or a missing step."""

LEAST_DETAIL = 1 / 32
"""Stops out for each stop in above diffuse white: 32 of the 1024 steps that a half float has in a stop are left."""

BRIGHTEST = 64.0
"""Six stops over diffuse white, where today's cameras clip."""

ESCAPED = 1.0
"""Percent of Rec.709's colours that may end outside the working gamut: negative light, which breaks keys and blurs in
compositing, so hardly any."""

ESCAPED_DISPLAY, NOTICEABLE = 20.0, 0.05
"""Percent of Rec.709's colours that may end noticeably outside Rec.709, more than a twentieth of their brightest
channel below zero. A saturation of 1.3 does this; from there on cloth and lamps turn into flat patches."""

FOLDED = 0.1
"""Percent of the cube that may be turned inside out: less than one cell in a thousand, which is rounding."""

LOST_CODES = 1.0
"""What undoing may miss by: one 10-bit code for all but one colour in a hundred."""

TINY = 1e-5
"""Scene-linear light that counts as none: below the smallest step of a 10-bit log picture."""

RAMPS = {
    "neutral": (1.0, 1.0, 1.0),
    "red": (1.0, 0.3, 0.3),
    "green": (0.3, 1.0, 0.3),
    "blue": (0.3, 0.3, 1.0),
    "cyan": (0.3, 1.0, 1.0),
    "magenta": (1.0, 0.3, 1.0),
    "yellow": (1.0, 1.0, 0.3),
    "skin": (1.0, 0.62, 0.45),
}
"""Exposure ramps: scene-linear light of these proportions, from near black up."""


@dataclass(frozen=True)
class Bench:
    """A look laid open for measuring: the ways between scene-linear light and codes, and the look between codes."""

    to_code: Through
    to_linear: Through
    grade: Through
    to_rec709: Through
    from_rec709: Through
    black: float
    brightest: float


def check_look(look: Look, colour: Colour) -> tuple[Measure, ...]:
    """Measure a look on ramps and over the cube of all colours; its spatial part is left out.

    Args:
        look: to be checked.
        colour: of the show; light is scene-linear in its working space.

    Returns:
        One measure for each thing that a colourist checks, with the threshold it was held against.
    """
    bench = _lay_open(look, colour)
    return (
        _neutral_slope(bench),
        _banding(bench),
        _highlights(bench),
        *_gamut(bench),
        _folds(bench),
        _undoing(bench),
        _skin(bench),
    )


def _neutral_slope(bench: Bench) -> Measure:
    ramp = np.arange(bench.black, bench.brightest, 1 / CODES)
    slope = np.diff(bench.grade(_grey(ramp)).astype(np.float64), axis=0) / np.diff(ramp)[:, None]
    return _at_least("neutral axis: least slope", float(slope.min()), LEAST_SLOPE)


def _banding(bench: Bench) -> Measure:
    """Measure how abruptly the steps of a 10-bit ramp change: over two cells of a 33-point cube at most."""
    worst = 0.0
    for proportions in RAMPS.values():
        codes = bench.to_code(np.geomspace(0.002, BRIGHTEST, 4096)[:, None] * proportions)
        along = codes.max(axis=1).astype(np.float64)
        even = np.arange(along[0], min(along[-1], bench.brightest), 1 / CODES)
        ramp = np.stack([np.interp(even, along, codes[:, channel]) for channel in range(3)], axis=1)
        bends = np.diff(bench.grade(ramp).astype(np.float64), n=2, axis=0) * CODES
        worst = max(worst, float(np.abs(bends).max()))
    return _at_most("banding: largest change between steps of a ramp", worst, BAND_CODES, unit="10-bit codes")


def _highlights(bench: Bench) -> Measure:
    light = np.geomspace(1.0, BRIGHTEST, 193)
    graded = np.maximum(bench.to_linear(bench.grade(bench.to_code(_grey(light)))), TINY).astype(np.float64)
    detail = np.diff(np.log2(graded), axis=0) / np.diff(np.log2(light))[:, None]
    return _at_least(
        f"highlights 1 to {BRIGHTEST:.0f}: least detail kept", float(detail.min()), LEAST_DETAIL, unit="stop per stop"
    )


def _gamut(bench: Bench) -> tuple[Measure, Measure]:
    """Count where the colours that a Rec.709 display can show end up; even in what the eye sees, not in light."""
    shown = ((np.arange(32) + 0.5) / 32) ** 2.4
    rec709 = np.stack(np.meshgrid(shown, shown, shown, indexing="ij"), axis=-1).reshape(-1, 3)
    after = bench.to_linear(bench.grade(bench.to_code(bench.from_rec709(rec709))))
    working = 100 * float((after < -TINY).any(axis=-1).mean())
    red_green_blue = bench.to_rec709(after)
    clipped = red_green_blue.min(axis=-1) < -NOTICEABLE * red_green_blue.max(axis=-1)
    return (
        _at_most("Rec.709 colours that leave the working gamut", working, ESCAPED, unit="%"),
        _at_most(
            "Rec.709 colours that noticeably leave Rec.709", 100 * float(clipped.mean()), ESCAPED_DISPLAY, unit="%"
        ),
    )


def _folds(bench: Bench) -> Measure:
    """Count tetrahedra of the graded cube that are turned inside out, so that two colours became one."""
    corners = bench.grade(_cube(bench, 33)).astype(np.float64)
    ends = (slice(None, -1), slice(1, None))
    origin = corners[:-1, :-1, :-1]
    folded = []
    for axes in itertools.permutations(range(3)):
        place = [0, 0, 0]
        edges, last = [], origin
        for axis in axes:
            place[axis] = 1
            there = corners[tuple(ends[step] for step in place)]
            edges.append(there - last)
            last = there
        sign = np.linalg.det(np.eye(3)[list(axes)])
        folded.append(np.linalg.det(np.stack(edges, axis=-2)) * sign <= 0)
    return _at_most("part of the cube that folds over", 100 * float(np.mean(folded)), FOLDED, unit="%")


def _undoing(bench: Bench) -> Measure:
    """Undo the look by Newton's method and measure by how much the colours come back wrong."""
    wanted = _cube(bench, 17).reshape(-1, 3).astype(np.float64)
    graded = bench.grade(wanted).astype(np.float64)
    guess = graded.copy()
    for _ in range(12):
        miss = bench.grade(guess) - graded
        step = np.linalg.solve(_jacobians(bench, guess), miss[..., None])[..., 0]
        guess -= np.clip(step, -0.1, 0.1)
    lost = float(np.quantile(np.abs(guess - wanted).max(axis=1), 0.99)) * CODES
    return _at_most("undone again, 99 of 100 colours are off by", lost, LOST_CODES, unit="10-bit codes")


def _jacobians(bench: Bench, colours: Doubles) -> Doubles:
    """Return how each colour's grade moves with the colour: `(n, 3, 3)`; a little stiffened, so that it inverts."""
    reach = 1 / 512
    moved = [bench.grade(colours + reach * axis) - bench.grade(colours - reach * axis) for axis in np.eye(3)]
    return np.stack(moved, axis=-1).astype(np.float64) / (2 * reach) + 1e-6 * np.eye(3)


def _skin(bench: Bench) -> Measure:
    """Measure how far the look turns skin off its line; no threshold, for it may be meant."""
    skin = 0.4 * np.array([RAMPS["skin"]])
    before = bench.to_rec709(skin)
    after = bench.to_rec709(bench.to_linear(bench.grade(bench.to_code(skin))))
    turned = _hue(after) - _hue(before)
    return Measure("skin turns off its line", (turned + 180.0) % 360.0 - 180.0, "degrees")


def _hue(linear: Floats) -> float:
    """Return the angle on a vectorscope, of Rec.709 light `(1, 3)`."""
    red, green, blue = np.maximum(linear[0], 0.0) ** (1 / 2.4)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return float(np.degrees(np.arctan2((red - luma) / 1.5748, (blue - luma) / 1.8556)))


def _lay_open(look: Look, colour: Colour) -> Bench:
    config = open_config(colour.config)
    rec709 = ocio.GroupTransform(
        [ocio.ColorSpaceTransform(src=colour.working_space, dst="aces_interchange"), *_ap0_to_rec709()]
    )
    back = ocio.GroupTransform([rec709])
    back.setDirection(ocio.TRANSFORM_DIR_INVERSE)
    to_code = _through(ocio.ColorSpaceTransform(src=colour.working_space, dst=look.encoding), config)
    black, brightest = to_code(_grey(np.array([0.0, BRIGHTEST]))).mean(axis=1)
    return Bench(
        to_code=to_code,
        to_linear=_through(ocio.ColorSpaceTransform(src=look.encoding, dst=colour.working_space), config),
        grade=_through(look_transform(look), config),
        to_rec709=_through(rec709, config),
        from_rec709=_through(back, config),
        black=float(black),
        brightest=float(min(brightest, max(look.lattice_domain[1], look.curve_domain[1]))),
    )


def _through(transform: ocio.Transform, config: ocio.Config) -> Through:
    cpu = processor(transform, config)
    return lambda colours: apply_to_colours(cpu, colours)


def _ap0_to_rec709() -> tuple[ocio.Transform, ...]:
    """Return the way from ACES2065-1 to linear Rec.709 primaries (ITU-R BT.709-6), through CIE XYZ under D65."""
    primaries = [
        [0.4123908, 0.3575843, 0.1804808],
        [0.2126390, 0.7151687, 0.0721923],
        [0.0193308, 0.1191948, 0.9505322],
    ]
    matrix = np.eye(4)
    matrix[:3, :3] = np.linalg.inv(primaries)
    transform = ocio.MatrixTransform()
    transform.setMatrix(matrix.ravel().tolist())
    return ocio.BuiltinTransform("UTILITY - ACES-AP0_to_CIE-XYZ-D65_BFD"), transform


def _cube(bench: Bench, points: int) -> Floats:
    """Return all codes from black up to diffuse white: `(n, n, n, 3)`."""
    white = float(bench.to_code([[1.0, 1.0, 1.0]]).mean())
    steps = np.linspace(bench.black, white, points)
    return np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).astype(np.float32)


def _grey(values: Doubles) -> Doubles:
    return np.repeat(np.asarray(values, np.float64)[:, None], 3, axis=1)


def _at_least(name: str, value: float, threshold: float, *, unit: str = "") -> Measure:
    return Measure(name, value, unit, threshold, value >= threshold)


def _at_most(name: str, value: float, threshold: float, *, unit: str = "") -> Measure:
    return Measure(name, value, unit, threshold, value <= threshold)
