"""What grades look like in general: some hundred that Rushes draws itself, boiled down to their main modes."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rushes.departments.look.look import Floats

Doubles = npt.NDArray[np.float64]

GRADES = 512
AT_ONCE = 32
"""Grades drawn together: as many as stay in a processor's cache."""

SAMPLES = 7
"""Colours along each axis at which a grade is taken."""

DEGREE = 4
DOUBT = 0.5
"""Share of what the drawn grades say about how terms go together that is put down to chance."""
LUMA = np.array([0.25, 0.6, 0.15], np.float32)
"""Close to Rec.709 and to Rec.2020 alike: which of them a grade worked in is not known."""

OPPONENT = np.array([[2, -1, -1], [0, 1.7320508, -1.7320508]], np.float32) / np.float32(2.4494897)


@lru_cache(maxsize=1)
def grade_modes() -> Doubles:
    """Return what grades have in common, as polynomials.

    Returns:
        (terms * 3, terms * 3) float64: each row is one mode, the coefficients of `terms(colours)` for red, green and
        blue, one standard deviation long; a plausible grade changes colours by their sum with amounts of about 1.
    """
    axis = (np.polynomial.chebyshev.chebpts1(SAMPLES) + 1) / 2
    colours = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)
    reading = np.linalg.pinv(terms(colours.astype(np.float64)))
    parts = [synthetic_grades(colours, seed) - colours for seed in range(GRADES // AT_ONCE)]
    found = np.concatenate([np.einsum("tp,spc->sct", reading, part) for part in parts]).reshape(GRADES, -1)
    common = found.T @ found / GRADES
    # so many grades tell the size of each term well, but only so much of how terms go together
    common = (1 - DOUBT) * common + DOUBT * np.diag(np.diag(common))
    values, vectors = np.linalg.eigh(common)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0))).T)


def terms(colours: Doubles) -> Doubles:
    """Return Chebyshev products up to degree `DEGREE` of colours `(n, 3)` in the unit cube: `(n, terms)`."""
    powers = np.polynomial.chebyshev.chebvander(2 * colours - 1, DEGREE)
    orders = [order for order in np.ndindex(*(DEGREE + 1,) * 3) if sum(order) <= DEGREE]
    return np.stack([powers[:, 0, r] * powers[:, 1, g] * powers[:, 2, b] for r, g, b in orders], axis=1)


def synthetic_grades(colours: Floats, seed: int) -> Floats:
    """Grade colours in many plausible ways, none of them anybody's.

    Args:
        colours: (points, 3) float32 in the unit cube, a log or display encoding.

    Returns:
        (AT_ONCE, points, 3) float32.
    """
    draw = _Draw(AT_ONCE, seed)
    graded = _crossed(draw, np.broadcast_to(colours, (AT_ONCE, *colours.shape)))
    graded = _twisted(draw, graded)
    graded = _saturated(draw, graded)
    graded = _toned(draw, graded)
    graded = _curved(draw, graded)
    return _clipped(draw, graded)


class _Draw:
    """Seeded random numbers, one row per grade."""

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.source = np.random.default_rng(seed)

    def normal(self, spread: float, *shape: int) -> Floats:
        return self.source.normal(0, spread, (self.number, *shape)).astype(np.float32)

    def between(self, low: float, high: float, *shape: int) -> Floats:
        return self.source.uniform(low, high, (self.number, *shape)).astype(np.float32)


def _crossed(draw: _Draw, colours: Floats) -> Floats:
    """Dyes and sensors overlap: a matrix that keeps neutrals."""
    mixed = draw.normal(0.12, 3, 3)
    mixed -= mixed.mean(axis=2, keepdims=True)
    return np.asarray(colours + np.einsum("spi,sji->spj", colours, mixed))


def _parted(colours: Floats) -> tuple[Floats, Floats]:
    luma = colours @ LUMA
    return luma, (colours - luma[..., None]) @ OPPONENT.T


def _joined(luma: Floats, chroma: Floats) -> Floats:
    apart = chroma @ OPPONENT
    return np.asarray(apart + (luma - apart @ LUMA)[..., None])


def _twisted(draw: _Draw, colours: Floats) -> Floats:
    """Single hues are turned, made stronger or weaker, lighter or darker."""
    luma, chroma = _parted(colours)
    size = np.hypot(chroma[..., 0], chroma[..., 1])
    unit = chroma / (size + 0.02)[..., None]
    waves = [unit[..., 0], unit[..., 1]]
    waves += [waves[0] ** 2 - waves[1] ** 2, 2 * waves[0] * waves[1]]
    waves += [waves[0] * waves[2] - waves[1] * waves[3], waves[0] * waves[3] + waves[1] * waves[2]]

    def over_hue(spread: float) -> Floats:
        return np.asarray(sum(draw.normal(spread / (1 + n // 2), 1) * wave for n, wave in enumerate(waves)))

    turn = over_hue(0.15) + draw.normal(0.08, 1)
    stronger = np.exp(over_hue(0.2))[..., None]
    cos, sin = np.cos(turn)[..., None], np.sin(turn)[..., None]
    turned = np.concatenate(
        [cos * chroma[..., :1] - sin * chroma[..., 1:], sin * chroma[..., :1] + cos * chroma[..., 1:]], axis=-1
    )
    return _joined(luma + size * (over_hue(0.12) + draw.normal(0.15, 1)), turned * stronger)


def _saturated(draw: _Draw, colours: Floats) -> Floats:
    """Overall, by lightness, and less the more there is; one grade in ten is nearly black and white."""
    luma, chroma = _parted(colours)
    size = np.hypot(chroma[..., 0], chroma[..., 1])
    amount = np.exp(draw.normal(0.3, 1))
    pale = draw.between(0, 1, 1) < 0.1
    amount = np.where(pale, draw.between(0, 0.3, 1), amount)
    middle = luma - 0.5
    by_luma = draw.normal(0.4, 1) * middle + draw.normal(1.0, 1) * middle**2
    held = 1 / (1 + np.abs(draw.normal(0.4, 1)) * size)
    return _joined(luma, chroma * (amount * np.exp(by_luma) * held)[..., None])


def _toned(draw: _Draw, colours: Floats) -> Floats:
    """A tint in the shadows, another in the lights."""
    luma = (colours @ LUMA)[..., None].clip(0, 1)
    shadows, lights = draw.normal(0.035, 1, 3), draw.normal(0.035, 1, 3)
    return np.asarray(colours + shadows * (1 - luma) ** 2 + lights * luma**2)


def _curved(draw: _Draw, colours: Floats) -> Floats:
    """Contrast for all channels, and a little for each."""
    change = np.zeros_like(colours)
    for wave in (1, 2, 3, 4):
        heights = draw.normal(0.09 / wave**1.5, 1, 1) + draw.normal(0.04 / wave**1.5, 1, 3)
        change += heights * np.sin(np.pi * wave * colours)
    return colours + change


def _clipped(draw: _Draw, colours: Floats) -> Floats:
    """Ends that are reached gently: the toe and shoulder of a film or of a gamut."""
    knee = draw.between(0.005, 0.06, 1, 1)
    low, high = draw.between(-0.1, 0.06, 1, 1), draw.between(0.94, 1.15, 1, 1)
    lifted = low + knee * np.logaddexp(0, (colours - low) / knee)
    return np.asarray(high - knee * np.logaddexp(0, (high - lifted) / knee), np.float32)
