"""The pattern of a watermark: one square tile of noise, repeated over the picture, that only its key can tell apart.

A tile is a sum of waves on a lattice. A quarter of them are the same for every record: by those a reader finds how
large a tile is and where it begins, whatever was cut off or rescaled. The others carry the record.
"""

from dataclasses import dataclass
from hashlib import shake_256

import numpy as np
import numpy.typing as npt

from rushes.marking.payload import CODED, Bits

Waves = npt.NDArray[np.complex128]
Spectrum = npt.NDArray[np.complex64]

TILES = 4
"""Along the shorter side of a picture: a crop to half still shows more than one, and proxies still show its waves."""
LEAST_WAVES, MOST_WAVES = 6, 42
"""Per tile. Longer ones are seen in skies, shorter ones are gone after H.264 at 540 lines."""
SLOPE = 0.5
"""Long waves outlive compression and are seen more: their amplitude is `waves ** -SLOPE`."""


@dataclass(frozen=True)
class Tile:
    """The waves of a key, on half a plane: the other half mirrors it.

    Attributes:
        down: `(n,)` waves per tile downwards.
        across: `(n,)` waves per tile across.
        turn: `(n,)` complex128, (±1 ± i)/√2: the phases by key; those of the pilot as they are.
        bit: `(n, 2)` which bit of the code the real and the imaginary part carry; -1 in the pilot.
    """

    down: npt.NDArray[np.int64]
    across: npt.NDArray[np.int64]
    turn: Waves
    bit: npt.NDArray[np.int64]

    @property
    def waves(self) -> npt.NDArray[np.float64]:
        """`(n,)` waves per tile, whatever their direction."""
        return np.asarray(np.hypot(self.down, self.across))

    @property
    def pilot(self) -> npt.NDArray[np.bool_]:
        """`(n,)` which waves are the same for every record."""
        return np.asarray(self.bit[:, 0] < 0)

    def only(self, kept: npt.NDArray[np.bool_]) -> "Tile":
        """Return the tile of some of its waves."""
        return Tile(self.down[kept], self.across[kept], self.turn[kept], self.bit[kept])


def tile_of(key: bytes) -> Tile:
    """Return the tile of a key: phases and places come from SHAKE-256, which no release of a library will change.

    Args:
        key: the studio's.
    """
    down, across = np.mgrid[: MOST_WAVES + 1, -MOST_WAVES : MOST_WAVES + 1].reshape(2, -1)
    waves = np.sqrt(down**2 + across**2)  # rounded alike everywhere, as a hypotenuse is not
    # the pictures' own level and upright edges, and the blocks of a codec, lie on the axes
    within = (waves >= LEAST_WAVES) & (waves <= MOST_WAVES) & (down > 0) & (across != 0)
    down, across, waves = down[within], across[within], waves[within]
    drawn = shake_256(b"rushes watermark 1: pattern" + key).digest(10 * down.size + 4 * CODED)
    numbers = np.frombuffer(drawn, ">u4", 2 * down.size + CODED).astype(np.int64)
    signs = 1 - 2 * (np.frombuffer(drawn, np.uint8)[-2 * down.size :].astype(np.int64) & 1)
    order = np.argsort(waves + numbers[: down.size] / 2**32, kind="stable")  # rings of one wave, mixed by key
    down, across = down[order], across[order]
    bit = np.full((down.size, 2), -1)
    carries = np.arange(down.size) % 4 > 0
    places = np.argsort(numbers[-CODED:], kind="stable")
    bit[carries] = places[np.arange(2 * np.count_nonzero(carries)) % CODED].reshape(-1, 2)
    return Tile(down, across, (signs[::2] + 1j * signs[1::2]) / np.sqrt(2), bit)


def waves_of(tile: Tile, coded: Bits) -> Waves:
    """Return the waves of a tile as they carry a record, all of amplitude 1.

    Args:
        tile: of the key.
        coded: `(384,)` of -1 and 1, from `payload.coded_record`.
    """
    carried = np.where(tile.bit < 0, 1, coded[tile.bit])
    return np.asarray(tile.turn.real * carried[:, 0] + 1j * tile.turn.imag * carried[:, 1])


def tiles_in(size: tuple[int, int]) -> tuple[float, float]:
    """Return how many tiles there are down and across a picture nothing was done to.

    >>> tiles_in((1080, 1920))
    (4.0, 7.111111111111111)
    """
    height, width = size
    return TILES * height / min(size), TILES * width / min(size)


def places(tiles: float, pixels: int) -> npt.NDArray[np.float64]:
    """Return where pixels lie along one side of a picture, in tiles from its centre."""
    return np.asarray(((np.arange(pixels) + 0.5) / pixels - 0.5) * tiles)


def turns(tiles: float, pixels: int, least: int) -> Spectrum:
    """Return `(pixels, waves)` complex64: each pixel's phase in each wave from `least` to `MOST_WAVES`."""
    phase = np.outer(places(tiles, pixels), np.arange(least, MOST_WAVES + 1))
    return np.asarray(np.exp(2j * np.pi * phase), np.complex64)


def drawn_pattern(tile: Tile, waves: Waves, size: tuple[int, int]) -> npt.NDArray[np.float32]:
    """Return the pattern for a picture.

    Args:
        tile: of the key.
        waves: from `waves_of`.
        size: height and width of the picture.

    Returns:
        `(height, width)` float32 of mean 0 and standard deviation 1. Waves that so few pixels cannot show are left out.
    """
    tiles = tiles_in(size)
    spectrum = np.zeros((MOST_WAVES + 1, 2 * MOST_WAVES + 1), np.complex64)
    shown = tile.waves < 0.45 * min(size) / TILES
    spectrum[tile.down[shown], tile.across[shown] + MOST_WAVES] = (waves * tile.waves**-SLOPE)[shown]
    rows = turns(tiles[0], size[0], 0) @ spectrum
    columns = turns(tiles[1], size[1], -MOST_WAVES).T
    pattern = rows.real @ columns.real - rows.imag @ columns.imag
    return np.asarray(pattern / pattern.std(), np.float32)
