"""Grain put back where a change came out too clean: as much as is missing, in the plate's own kind."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy import fft
from scipy.ndimage import minimum_filter, uniform_filter
from scipy.special import ndtri

from rushes.departments.department import Plate
from rushes.departments.paint.cores import on_all_cores
from rushes.departments.paint.flat_pieces import (
    GRID,
    MOST_SPECTRA,
    REACH,
    Doubles,
    Floats,
    Matte,
    alike_in,
    cut_blocks,
    over,
    unsteadiness,
)
from rushes.departments.paint.grain import QUIETEST, Grain, expected, variance_at

TILE = 768
"""Pixels after which drawn grain comes again: too far apart for an eye, and every frame has its own."""

CELL = 256
"""Pixels a side of what is worked on at a time, so that a wire across a frame costs no more than its length."""

WINDOW = 25
"""Pixels across the place of which it is judged how much grain it has already."""

ENOUGH_PIECES = 6
"""Fewer flat pieces inside a matte do not say which part of the grain is left in it."""

TOO_LITTLE = 0.02
"""Share of the plate's variance that is not worth adding: it is measured no finer."""

_MIDDLING = float(ndtri(0.75))
"""Standard deviations that half of all grain is beyond."""

Cell = tuple[slice, slice]


def strengthened(grain: Grain, strength: float) -> Grain:
    """Return grain of the same kind, `strength` times as strong; 1 is the plate's own, 0 is none."""
    return replace(grain, sigmas=tuple(strength * channel for channel in grain.sigmas))


def regrained(result: Plate, matte: Matte, grain: Grain, *, seed: int, frame: int) -> Plate:
    """Add the grain that a change lacks.

    What the result has already is measured, over all of the matte and again at each place of it, and only the rest is
    added. Where the matte is between 0 and 1 the result is taken to be mixed with the plate by it, grain included.

    Args:
        result: `(3, height, width)` float32, scene-linear: plate outside the matte, change inside; is left alone.
        matte: `(height, width)` float32, 0 to 1: where the change applies.
        grain: the plate's, from `measure_grain`, or stronger or weaker.
        seed: another one draws other grain.
        frame: its number: every frame has its own grain.

    Returns:
        A new plate: bit for bit `result` where the matte is 0, and where a pixel is NaN or infinite.
    """
    grained = result.copy()
    if not grain.present or not np.any(matte > 0):
        return grained
    present = _alike_inside(result, matte, grain)
    missing = _missing(grain.alike, present)
    if np.trace(missing.mean(axis=(0, 1))) < 3 * TOO_LITTLE:
        return grained
    tile = _drawn(missing, (min(TILE, matte.shape[0]), min(TILE, matte.shape[1])), (seed, frame))

    def grain_cell(cell: Cell) -> None:
        missed = _missed(result, matte, cell, grain=grain, present=present)
        rows, columns = (
            np.arange(side.start, side.stop) % size for side, size in zip(cell, tile.shape[1:], strict=True)
        )
        there = grained[:, *cell]
        # not a sum with nothing: that would turn -0 into 0
        where = (missed > 0) & np.isfinite(there)
        np.add(there, missed * tile[:, rows[:, None], columns], out=there, where=where)

    on_all_cores(grain_cell, _cells(matte))
    return grained


def _alike_inside(result: Plate, matte: Matte, grain: Grain) -> Doubles:
    """Measure the grain that is left in the cleanest part of a change, in units of the plate's."""
    pieces = cut_blocks(result, matte, most=MOST_SPECTRA)
    wanted = expected(grain, pieces)
    able = np.all(wanted > 0, axis=1)
    if able.sum() < ENOUGH_PIECES:
        return np.zeros_like(grain.alike)
    loudness = over(pieces.spread, wanted).mean(axis=1)
    quiet = able & (loudness <= np.quantile(loudness[able], QUIETEST))
    unsteady = unsteadiness(alike_in(pieces, quiet, wanted))
    for _ in range(4):
        quiet = able & (loudness <= loudness[quiet].mean() * (1 + 2.5 * unsteady))
    return alike_in(pieces, quiet, wanted)


def _missing(wanted: Doubles, present: Doubles) -> Doubles:
    """Return the spectrum of what is missing, `(32, 32, 3, 3)`: at no frequency less than nothing."""
    wrapped = np.zeros((3, 3, GRID, GRID))
    offsets = np.arange(-REACH, REACH + 1)
    wrapped[:, :, offsets[:, None], offsets] = wanted - present
    power, mix = np.linalg.eigh(fft.fft2(wrapped).real.transpose(2, 3, 0, 1))
    return np.asarray((mix * np.maximum(power, 0.0)[..., None, :]) @ mix.swapaxes(2, 3), np.float64)


def _drawn(missing: Doubles, size: tuple[int, int], seeds: tuple[int, int]) -> Floats:
    """Draw `(3, *size)` grain of a spectrum, which goes on at its left where it ends at its right."""
    power, mix = np.linalg.eigh(missing)
    roots = (mix * np.sqrt(np.maximum(power, 0.0))[..., None, :]) @ mix.swapaxes(2, 3)
    near = fft.ifft2(roots.transpose(2, 3, 0, 1)).real.astype(np.float32)
    offsets = np.rint(fft.fftfreq(GRID, 1 / GRID)).astype(int)
    rows, columns = offsets[:, None] % size[0], offsets % size[1]
    white = np.random.default_rng([seed % 2**32 for seed in seeds]).standard_normal((3, *size), np.float32)
    spectra = fft.rfft2(white)
    spectra[:, 0, 0] = 0  # grain has no mean
    mixed = np.zeros_like(spectra)
    for one in range(3):
        for other in range(one + 1):
            spread_out = np.zeros(size, np.float32)
            np.add.at(spread_out, (rows, columns), near[one, other])
            root = fft.rfft2(spread_out).real
            mixed[one] += root * spectra[other]
            if one != other:
                mixed[other] += root * spectra[one]
    return np.asarray(fft.irfft2(mixed, size), np.float32)


def _cells(matte: Matte) -> Iterator[Cell]:
    height, width = matte.shape
    for top in range(0, height, CELL):
        for left in range(0, width, CELL):
            inside = matte[top : top + CELL, left : left + CELL] > 0
            rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
            if len(rows):
                yield slice(top + rows[0], top + rows[-1] + 1), slice(left + columns[0], left + columns[-1] + 1)


def _missed(result: Plate, matte: Matte, cell: Cell, *, grain: Grain, present: Doubles) -> Floats:
    """Return the standard deviation of the grain to add in a cell, `(3, rows, columns)`, over what is `present`."""
    edge = WINDOW // 2 + 1
    wide = tuple(slice(max(0, side.start - edge), side.stop + edge) for side in cell)
    inner = tuple(slice(side.start - out.start, side.stop - out.start) for side, out in zip(cell, wide, strict=True))
    seen, mixed = np.nan_to_num(result[:, *wide], posinf=0.0, neginf=0.0), matte[wide]
    wanted = np.array([variance_at(grain, channel, light) for channel, light in enumerate(seen)], np.float32)
    left = _left(seen, mixed, wanted * _harshness(grain.alike)[:, None, None].astype(np.float32))
    cleanest = float(over(_harshness(present), _harshness(grain.alike)).mean())
    lacking = np.clip((1 - left[inner]) / max(1 - cleanest, 0.25), 0, 1)
    mixed = mixed[inner]
    return np.asarray(np.sqrt(wanted[:, *inner] * lacking * mixed * (2 - mixed)), np.float32)


def _left(seen: Plate, mixed: Matte, wanted: Floats) -> Floats:
    """Return which share of the plate's grain there is around each pixel of a change, without what the plate mixed in.

    Told by how many pixels stand out more than half of all grain does: a few edges weigh little in that.
    """
    padded = np.pad(seen, ((0, 0), (1, 1), (1, 1)), "edge")
    down = padded[:, :-2] + padded[:, 2:] - 2 * padded[:, 1:-1]
    rough = down[:, :, :-2] + down[:, :, 2:] - 2 * down[:, :, 1:-1]
    lively = np.mean(np.square(rough) > _MIDDLING**2 * wanted, axis=0, dtype=np.float32)
    # at the rim the plate's grain ends and the change begins, which is harsh: it counts where there is nothing else
    weight = np.square(minimum_filter(mixed, 3, mode="nearest")) + 1e-3 * np.square(mixed)
    parts = (weight, weight * lively, weight * np.square(1 - mixed), weight * np.square(mixed))
    whole, lively, plate, change = (uniform_filter(part, WINDOW, mode="nearest") for part in parts)
    whole = np.maximum(whole, 1e-12)
    share = np.square(_MIDDLING / ndtri(1 - np.clip(lively / whole, 1e-6, 1 - 1e-6) / 2))
    return np.asarray(np.maximum(share - plate / whole, 0) / np.maximum(change / whole, 1e-12), np.float32)


def _harshness(alike: Doubles) -> Doubles:
    """Return the variance of the second differences, down of across, of each channel's grain, where its own is 1.

    They leave nothing of shading and of straight edges.
    """
    taps = np.array([1.0, -4.0, 6.0, -4.0, 1.0])
    near = slice(REACH - 2, REACH + 3)
    return np.asarray(np.einsum("ccyx,y,x->c", alike[:, :, near, near], taps, taps), np.float64)
