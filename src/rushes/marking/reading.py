"""Finds a watermark and reads its record, without the picture that was marked.

Pictures are whitened: what makes them pictures is noise here. The pilot of the key is then looked for at every
number of tiles that a rescale, a stretch or a crop may have left, and at every place in a tile.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import scipy.fft
from scipy import ndimage

from rushes.domain.errors import BadMaterial
from rushes.marking.pattern import MOST_WAVES, SLOPE, Tile, tile_of, tiles_in, turns
from rushes.marking.payload import CODED, read_record

Floats = npt.NDArray[np.floating]
Places = npt.NDArray[np.intp]
Plane = npt.NDArray[np.float32]
Spectrum = npt.NDArray[np.complexfloating]

LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
LINES = 540
"""Pictures are made about as small as this before they are looked at: the shortest wave has 3 pixels then."""
PADDED = 2
"""The spectrum is this much finer than the picture's own, so that the nearest of its values is near enough."""
SURE = 6.5
"""Standard deviations of the pilot's correlation below which nothing is read; noise reaches 6 in all that is tried."""
TRIES = 3
"""Guesses at the tiles that are read: with a tag of 32 bits, a picture without mark passes one time in 1.4 × 10⁹."""
DOWN, ACROSS = (0.70, 1.02), (0.65, 1.40)
"""Share of the tiles of a whole picture that is looked for: a crop leaves fewer, a squeeze shows more across."""
ROUGH = 30
"""Waves of the pilot that are looked at to guess the tiles."""
STEP = 0.8
"""From one guess to the next, in waves of that length from edge to edge of the picture."""
CANDIDATES = 12
"""Rough guesses that are looked at closely."""
RINGS = 12
"""Of waves of about one length."""
BAR = 0.08
"""Luma that no row of a black bar exceeds."""
LEAST_SIDE = 64
"""Lines and columns inside of bars below which there is nothing to read."""
FLAT = 1e-3
"""Spread of a whitened picture that shows one colour; of any other it is nearly 1."""
TINY = np.float32(1e-12)


@dataclass(frozen=True)
class Mark:
    """A watermark that was read.

    Attributes:
        record: the id it carries.
        sureness: standard deviations of the pilot's correlation; 6.5 at least, from 20 on nothing is in doubt.
        corrected: how many of the code's 384 bits were wrong and set right.
        tiles: how many tiles the picture shows, down and across; 4 along the shorter side if nothing was cut off.
    """

    record: int
    sureness: float
    corrected: int
    tiles: tuple[float, float]


@dataclass(frozen=True)
class Fit:
    """A guess at the tiles: how many down and across, where in one the picture's centre lies, how sure that is."""

    tiles: tuple[float, float]
    centre: tuple[float, float]
    sureness: float


def read_mark(pictures: Sequence[npt.NDArray[np.floating]], key: bytes) -> Mark | None:
    """Read the watermark of a still, or of frames of one movie, or return None where there is none.

    Args:
        pictures: `(height, width, 3)` float32, display-referred, 0 to 1, all of one size: one still, or frames of one
            movie. Twelve frames far apart tell more than twelve in a row.
        key: the studio's: of the mark that is looked for.

    Returns:
        The mark. By chance, a picture without it yields one less than once in 10⁹ times, whatever it shows.
    """
    sizes = {picture.shape for picture in pictures}
    if len(sizes) != 1 or len(next(iter(sizes))) != 3:
        raise BadMaterial(
            f"pictures of {sorted(sizes)} are not those of one movie",
            remedy="Give frames of one size, and one at least.",
        )
    tile = tile_of(key)
    lumas = [small_luma(picture) for picture in pictures]
    fits = ((spectrum, fit) for spectrum in _spectra(lumas) for fit in guesses(spectrum, tile))
    for spectrum, fit in islice(fits, TRIES):
        found = read_record(soft_bits(spectrum.exact(fit, tile), tile), key)
        if found:
            return Mark(found[0], fit.sureness, found[1], fit.tiles)
    return None


def _spectra(lumas: Sequence[Plane]) -> Iterator["SmoothSpectrum"]:
    """Look at whole pictures and then inside of bars: nobody says whether those came before the mark or after."""
    height, width = lumas[0].shape
    whole, inside = (slice(0, height), slice(0, width)), without_bars(np.max(lumas, axis=0))
    for rows, columns in [whole] if inside == whole else [whole, inside]:
        seen = [whitened(luma[rows, columns]) for luma in lumas]
        together = np.asarray(np.mean(seen, axis=0), np.float32)
        if min(together.shape) >= LEAST_SIDE and together.std() > FLAT:
            yield SmoothSpectrum(together)


def small_luma(picture: npt.NDArray[np.floating]) -> Plane:
    """Return the luma of a picture, made smaller by a whole factor where it has more than twice `LINES` lines."""
    luma = np.asarray(picture, np.float32) @ LUMA
    step = max(1, min(luma.shape) // LINES)
    height, width = (side // step for side in luma.shape)
    luma = luma[: height * step, : width * step].reshape(height, step, width * step).sum(1)
    return np.asarray(luma.reshape(height, width, step).sum(2) / np.float32(step * step))


def without_bars(luma: Plane) -> tuple[slice, slice]:
    """Return the rows and columns inside of black bars.

    Args:
        luma: `(height, width)` float32, 0 to 1; of several frames, the largest in each place.
    """
    sides = []
    for axis in (1, 0):
        shows = np.flatnonzero((luma.max(axis) > BAR) | (np.ptp(luma, axis) > BAR / 2))
        sides.append(slice(int(shows[0]), int(shows[-1]) + 1) if shows.size else slice(0, 0))
    return sides[0], sides[1]


def whitened(luma: Plane) -> Plane:
    """Return what is left of a picture without its shapes, as strong everywhere: a mark, if there is one, and noise."""
    rest = luma - ndimage.uniform_filter(luma, 9)
    spread = np.sqrt(np.maximum(ndimage.uniform_filter(rest * rest, 13), 0))
    return np.asarray(np.clip(rest / (spread + np.float32(1 / 255)), -3, 3))


class SmoothSpectrum:
    """The waves of a whitened picture, their phases from its centre, each as strong as the others near it."""

    def __init__(self, seen: Plane) -> None:
        self.seen, self.size = seen, seen.shape
        self._padded = [scipy.fft.next_fast_len(PADDED * side) for side in seen.shape]
        rows = self._turned(scipy.fft.rfft(seen, self._padded[0], axis=0), 0)
        rows = rows[: 2 + int(MOST_WAVES * DOWN[1] * tiles_in(self.size)[0] * self._padded[0] / self.size[0])]
        held = self._turned(scipy.fft.fft(rows, self._padded[1], axis=1), 1)
        near = [1 + 3 * round(PADDED * tiles) for tiles in tiles_in(self.size)]
        power = ndimage.uniform_filter(np.abs(held) ** 2, near, mode=("nearest", "wrap"))
        self._noise = np.sqrt(np.maximum(power, TINY))
        self._held = _limited(held / self._noise)

    def _turned(self, held: Spectrum, axis: int) -> Spectrum:
        """Count phases from the centre: between two values of the spectrum they hardly change then."""
        waves = np.arange(held.shape[axis])
        if axis == 1:
            waves = (waves + self._padded[1] // 2) % self._padded[1] - self._padded[1] // 2
        turn = np.exp(1j * np.pi * waves * (self.size[axis] - 1) / self._padded[axis]).astype(np.complex64)
        return np.asarray(held * (turn[:, None] if axis == 0 else turn))

    def _nearest(self, tiles: tuple[float, Floats], tile: Tile) -> tuple[Places, Places]:
        down = np.rint(tile.down * (tiles[0] * self._padded[0] / self.size[0])).astype(np.intp)
        across = np.rint(np.multiply.outer(tiles[1], tile.across * (self._padded[1] / self.size[1]))).astype(np.intp)
        return np.minimum(down, len(self._held) - 1), across % self._padded[1]

    def waves(self, down: float, across: Floats, tile: Tile) -> Spectrum:
        """Return `(m, n)` complex64: the waves of a tile, nearly, for one guess at the tiles down and m across."""
        return np.asarray(self._held[self._nearest((down, across), tile)])

    def exact(self, fit: Fit, tile: Tile) -> Spectrum:
        """Return `(n,)`: the waves of a tile, from where the guess says that it begins."""
        rows = turns(fit.tiles[0], self.size[0], 0).conj().T @ self.seen
        held = rows @ turns(fit.tiles[1], self.size[1], -MOST_WAVES).conj()
        noise = self._noise[self._nearest((fit.tiles[0], np.array([fit.tiles[1]])), tile)][0]
        waves = _limited(held[tile.down, tile.across + MOST_WAVES] / noise)
        return np.asarray(waves * np.exp(2j * np.pi * (tile.down * fit.centre[0] + tile.across * fit.centre[1])))


def _limited(waves: Spectrum) -> Spectrum:
    """Let no wave count for more than twice the usual: a fence or a blind is one."""
    return np.asarray(waves * np.minimum(1, 2 / (np.abs(waves) + TINY)))


def guesses(spectrum: SmoothSpectrum, tile: Tile) -> Iterator[Fit]:
    """Guess how many tiles there are, the surest first: those of a whole picture, then of a crop or a squeeze.

    Args:
        spectrum: of the picture.
        tile: of the key.
    """
    pilot = tile.only(tile.pilot)
    whole = tiles_in(spectrum.size)
    first = _refined(spectrum, pilot, whole)
    if first.sureness >= SURE:
        yield first
    rough = pilot.only(pilot.waves <= ROUGH)
    across = np.arange(ACROSS[0] * whole[1], ACROSS[1] * whole[1], STEP / ROUGH)
    down = np.arange(DOWN[0] * whole[0], DOWN[1] * whole[0], STEP / ROUGH)
    found = np.array([_correlation(spectrum, rough, (each, across))[0] for each in down])
    best = np.argsort(found, axis=None)[: -1 - CANDIDATES : -1]
    places = zip(*np.unravel_index(best, found.shape), strict=True)
    fits = [_refined(spectrum, pilot, (down[row], across[column])) for row, column in places]
    yield from sorted((fit for fit in fits if fit.sureness >= SURE), key=lambda fit: -fit.sureness)


def _correlation(
    spectrum: SmoothSpectrum, pilot: Tile, tiles: tuple[float, Floats], *, grid: int = 64
) -> tuple[Floats, Places]:
    """Return for m guesses how sure the best place in a tile is, in standard deviations, and which that is."""
    waves = spectrum.waves(tiles[0], tiles[1], pilot) * expected(pilot)
    spread = np.sqrt((np.abs(waves) ** 2).sum(1) / 2) + TINY
    held = np.zeros((len(waves), grid, grid // 2 + 1), np.complex64)
    held[:, pilot.across % grid, pilot.down] = waves
    found = scipy.fft.irfft2(held, (grid, grid), overwrite_x=True).reshape(len(waves), -1)
    best = found.argmax(1)
    return found[np.arange(len(waves)), best] * (grid * grid / 2) / spread, best


def expected(pilot: Tile) -> Spectrum:
    """Return `(n,)` complex64: what each wave of a pilot is multiplied by to stand for how much it agrees."""
    return np.asarray(pilot.turn.conj() * pilot.waves**-SLOPE, np.complex64)


def _refined(spectrum: SmoothSpectrum, pilot: Tile, tiles: tuple[float, float]) -> Fit:
    """Climb from a rough guess to the nearest sure one, and look between the points of the grid."""
    (down, across), step, place, grid = tiles, STEP / ROUGH / 2, 0, 128
    for _ in range(5):
        tried = [(down + by, across + step * np.arange(-1, 2)) for by in (-step, 0, step)]
        sure, where = zip(*(_correlation(spectrum, pilot, each, grid=grid) for each in tried), strict=True)
        row, column = np.unravel_index(np.argmax(sure), (3, 3))
        (down, across), place = (tried[row][0], tried[row][1][column]), int(where[row][column])
        step /= 2
    fit = Fit((float(down), float(across)), (place % grid / grid, place // grid / grid), float(np.max(sure)))
    turned = spectrum.exact(fit, pilot) * expected(pilot)
    shifts = np.arange(-4, 5) / (8 * grid)
    rows = np.exp(2j * np.pi * np.outer(shifts, pilot.down)) * turned
    sums = (rows @ np.exp(2j * np.pi * np.outer(pilot.across, shifts))).real
    row, column = np.unravel_index(sums.argmax(), sums.shape)
    sureness = sums.max() / (np.sqrt((np.abs(turned) ** 2).sum() / 2) + TINY)
    centre = float(fit.centre[0] + shifts[row]), float(fit.centre[1] + shifts[column])
    return Fit(fit.tiles, centre, float(sureness))


def soft_bits(waves: Spectrum, tile: Tile) -> Floats:
    """Return the 384 bits that the waves carry, each with how sure it is.

    Args:
        waves: `(n,)` from `SmoothSpectrum.exact`.
        tile: of the key; its pilot tells how well each ring of waves came through, and how much it may say.
    """
    ring = np.minimum((RINGS * tile.waves / MOST_WAVES).astype(int), RINGS - 1)
    agrees = (waves * tile.turn.conj()).real
    count = np.bincount(ring, tile.pilot, RINGS)
    came = np.bincount(ring, agrees * tile.pilot, RINGS) / np.maximum(count, 1)
    weight = np.maximum(came, came.max() / 20)[ring]
    parts = np.stack([waves.real * np.sign(tile.turn.real), waves.imag * np.sign(tile.turn.imag)], axis=1)
    carries = ~tile.pilot
    said = np.bincount(tile.bit[carries].ravel(), (parts * weight[:, None])[carries].ravel(), CODED)
    return np.asarray(said)
