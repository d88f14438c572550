"""Where an artist changed a plate: any bit of it where files were kept exactly, else what stands out of their noise."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from scipy.ndimage import label, uniform_filter

from rushes.departments.department import Plate
from rushes.departments.paint.encoding import encoded

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Matte = npt.NDArray[np.float32]
"""`(height, width)` float32, 0 to 1."""

BLOCK = 8
"""Pixels a side of the squares that JPEG and H.264 compress: noise is measured on them."""

KEPT = 0.25
"""Share of the squares that have to come through bit for bit for a pair to count as kept exactly: a movie of a
locked-off camera repeats up to a fifth of larger ones ten frames on, by chance."""

NOISY, LOUD = 4.0, 3.0
"""Times the noise of the loudest squares of a kind at which one pixel, and the mean of a place, is changed."""

UNEVEN = 2.5
"""Deviations by which the loudest squares of a kind are above the middling ones."""

FAINTEST = 3e-5
"""Paint codes: what rounding to half float comes to."""

DISPLAY_CODE = 0.006
"""Paint codes: what one of 255 steps of a display comes to. Compressing a movie moves whole tones by as much."""

SPECK = 4
"""Pixels: fewer that stand out together are noise."""

SCALES = (1, 3, 9)
"""Squares a side over which a change too faint for one pixel is averaged."""

TONES = 16
"""Tones, dark to bright, of which each is asked whether it was shifted."""


def changed_area(before: Plate, after: Plate) -> Matte:
    """Find where `after` was changed.

    Where much of the picture is the same to the bit, any difference counts. Where nothing is, as after another
    compression or another file format, what counts is what stands out of the pair's own noise: in a pixel, or on
    average over a place. A grade that moves most tones is a change everywhere. New grain, denoising and sharpening of
    the whole frame are noise here: a recipe that teaches them needs no area.

    Args:
        before: `(3, height, width)` float32, scene-linear.
        after: the same size.

    Returns:
        `(height, width)` float32: 1 where it was changed and a pixel around, then falling to 0.
    """
    differs: Flags = ~np.all((before == after) | (np.isnan(before) & np.isnan(after)), axis=0)
    if not _kept_exactly(before, differs):
        undefined = differs & ~(np.isfinite(before).all(axis=0) & np.isfinite(after).all(axis=0))
        differs = _beyond_noise(before, after) | undefined
    grown = cv2.dilate(differs.view(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    return np.maximum(grown, cv2.blur(grown, (3, 3)))


def _kept_exactly(before: Plate, differs: Flags) -> bool:
    """Tell whether enough squares came through bit for bit, those aside that hold one value only: black is black."""
    same = np.asarray(~_squares(differs).any(axis=(1, 3)), bool)
    plain = np.ones_like(same)
    for channel in before:
        square = _squares(channel)
        plain &= (square == square[:, :1, :, :1]).all(axis=(1, 3))
    return bool((same if plain.all() else same[~plain]).mean() >= KEPT)


def _beyond_noise(before: Plate, after: Plate) -> Flags:
    pixels = np.zeros(before.shape[1:], np.float32)
    rows, _, columns, _ = _squares(pixels).shape
    places = np.zeros((rows, columns), bool)
    for one, other in zip(before, after, strict=True):
        codes = np.nan_to_num(encoded(one), posinf=0.0, neginf=0.0)
        apart = np.nan_to_num(encoded(other) - codes, posinf=0.0, neginf=0.0)
        codes, apart = _squares(codes), _squares(apart)
        # the smoother of both: a wire is no reason for noise where it is gone
        tone, detail = _mean_and_spread(codes)
        kinds = _Kinds(tone, np.minimum(detail, _mean_and_spread(codes + apart)[1]))
        rest, spread, graded = _without_shift(codes, apart, tone)
        if graded:
            return np.ones(pixels.shape, bool)
        noise = _noise(spread, kinds, FAINTEST)
        # where a movie is flat, a step or two of a display come without noise around them
        noise = np.maximum(noise, min(2 * DISPLAY_CODE / NOISY, float(np.median(noise))))
        loudness = np.abs(rest) / (NOISY * noise)[:, None, :, None]
        np.maximum(pixels, _pixels(loudness, pixels.shape), out=pixels)
        places |= _places(rest, loudness < 0.5, kinds, noise=noise)
    whole = np.broadcast_to(places[:, None, :, None], (rows, BLOCK, columns, BLOCK))
    return np.asarray(_without_specks(pixels) | _pixels(whole, pixels.shape), bool)


@dataclass(frozen=True)
class _Kinds:
    tone: Floats  # mean code of each square
    detail: Floats  # how much it varies

    @property
    def features(self) -> Doubles:
        tone, detail = self.tone.ravel().astype(np.float64), np.log(self.detail.ravel().astype(np.float64) + 1e-4)
        return np.stack([np.ones_like(tone), tone, detail, tone**2, detail**2, tone * detail], axis=1)


def _without_shift(codes: Floats, apart: Floats, tone: Floats) -> tuple[Floats, Floats, bool]:
    """Take off by how much whole tones were shifted, as compressing does it.

    Returns:
        What is left of `apart`, how much that varies in each square, and whether most tones were moved by more than
        compressing does: then it is a grade.
    """
    mean = _mean(apart)
    groups = np.array_split(np.argsort(tone, axis=None), min(TONES, tone.size))
    tones = np.array([np.median(tone.flat[group]) for group in groups])
    shifts = np.array([np.median(mean.flat[group]) for group in groups])
    rest = apart - _at(codes, tones, shifts)
    spread = _mean_and_spread(rest)[1]
    # flat tones of a movie come out without noise, and shifted all the same
    least = max(FAINTEST, 0.5 * float(np.quantile(spread, 0.75)))
    noises = np.array([max(least, float(np.median(spread.flat[group]))) for group in groups])
    moved = np.abs(shifts) > np.maximum(noises, np.minimum(1.5 * DISPLAY_CODE, 12 * noises))
    if moved.any():
        rest = apart - _at(codes, tones, np.where(moved, 0.0, shifts))
    return rest, spread, bool(moved.mean() > 0.5)


def _at(codes: Floats, tones: Doubles, shifts: Doubles) -> Floats:
    """Read a curve at each code, by a table: interpolating every pixel takes ten times as long."""
    low, high = float(tones[0]), float(tones[-1]) + 1e-6
    table = np.interp(np.linspace(low, high, 1024), tones, shifts).astype(np.float32)
    return np.asarray(table[np.clip((codes - low) * (1023 / (high - low)), 0, 1023).astype(np.int16)], np.float32)


def _noise(spread: Floats, kinds: _Kinds, least: float) -> Floats:
    """Return the noise of the loudest squares of each one's kind, told by tone and detail.

    Fitted so that squares louder than their kind weigh little: an edit is louder. Squares that came through bit for
    bit tell nothing.
    """
    features, told = kinds.features, np.flatnonzero(spread.ravel() > 1e-6)
    if len(told) < 4 * features.shape[1]:
        return np.full(spread.shape, least, np.float32)
    told = told[:: max(1, len(told) // 6000)]
    x, y = features[told], np.log(spread.ravel()[told].astype(np.float64))
    weights, uneven = np.ones(len(y)), 1.0
    for _ in range(8):
        fit = np.linalg.lstsq(x * np.sqrt(weights)[:, None], y * np.sqrt(weights), rcond=None)[0]
        louder = y - x @ fit
        uneven = 1.48 * float(np.median(np.abs(louder))) + 1e-3
        weights = np.square(uneven / np.maximum(louder, uneven))
    lowest, highest = np.quantile(y[louder < 3 * uneven], (0.01, 0.99))
    noise = np.exp(np.clip(features @ fit, lowest, highest) + UNEVEN * min(uneven, 1.0)).reshape(spread.shape)
    return np.asarray(np.maximum(noise, max(least, 0.3 * float(np.median(noise)))), np.float32)


def _places(apart: Floats, calm: Flags, kinds: _Kinds, *, noise: Floats) -> Flags:
    """Return the squares that changed on average, at one scale or another, pixels that stand out aside."""
    calm_share = _mean(calm.astype(np.float32))
    mean = _mean(apart * calm) / np.maximum(calm_share, 1e-6)
    usable, changed = calm_share >= 0.25, np.zeros(mean.shape, bool)
    for scale in SCALES:
        share = uniform_filter(usable.astype(np.float32), scale, mode="nearest")
        average = uniform_filter(mean * usable, scale, mode="nearest") / np.maximum(share, 1e-6)
        usable &= share > 0.3
        unsteady = _noise(_unsteadiness(average, usable, scale), kinds, FAINTEST)
        found = usable & (np.abs(average) > np.maximum(LOUD * unsteady, np.minimum(0.35 * DISPLAY_CODE, noise)))
        changed |= found
        usable &= ~found
    return changed


def _unsteadiness(average: Floats, usable: Flags, lag: int) -> Floats:
    """Return how far each square is from the four at a distance, as a deviation; 0 where there are none."""
    values, there = np.pad(average, lag, "edge"), np.pad(usable, lag, "edge")
    total, count = np.zeros(average.shape, np.float32), np.zeros(average.shape, np.float32)
    rows, columns = average.shape
    for top, left in ((0, lag), (2 * lag, lag), (lag, 0), (lag, 2 * lag)):
        window = slice(top, top + rows), slice(left, left + columns)
        total += there[window] * np.square(values[window] - average)
        count += there[window]
    # the middle one has noise as well, and four have a fourth of it
    return np.sqrt(total / np.maximum(count, 1) / 1.25) * usable


def _without_specks(loudness: Floats) -> Flags:
    """Return what is loud, and what beside it is half as loud; not the few pixels that noise throws up."""
    islands, count = label(loudness > 0.5, np.ones((3, 3)))
    kept = np.zeros(count + 1, bool)
    kept[islands[loudness > 1]] = True
    kept &= np.bincount(islands.ravel(), minlength=count + 1) >= SPECK
    kept[0] = False
    return np.asarray(kept[islands], bool)


def _squares(channel: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return `(rows, 8, columns, 8)` of a channel, the last ones filled up by its edge."""
    height, width = channel.shape
    rows, columns = -(-height // BLOCK), -(-width // BLOCK)
    if (rows * BLOCK, columns * BLOCK) != channel.shape:
        channel = np.pad(channel, ((0, rows * BLOCK - height), (0, columns * BLOCK - width)), "edge")
    return channel.reshape(rows, BLOCK, columns, BLOCK)


def _pixels(squares: npt.NDArray[Any], size: tuple[int, ...]) -> npt.NDArray[Any]:
    return squares.reshape(squares.shape[0] * BLOCK, -1)[: size[0], : size[1]]


def _mean_and_spread(squares: Floats) -> tuple[Floats, Floats]:
    mean = _mean(squares)
    return mean, np.sqrt(_mean(np.square(squares - mean[:, None, :, None])))


def _mean(squares: Floats) -> Floats:
    rows, _, columns, _ = squares.shape
    means = cv2.resize(squares.reshape(rows * BLOCK, -1), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(means, np.float32)
