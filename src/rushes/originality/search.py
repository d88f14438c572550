"""An exact search among millions of hashes: every one is looked at, nothing is missed, and memory is bounded."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rushes.originality.fingerprints import Hash

COPY = 31
"""Bits up to which two hashes are of the same picture; PDQ's own recommendation."""

CANDIDATE = 48
"""Bits up to which a person should look; the nearest of 4,186 unrelated pairs was at 64."""

BLOCK = 1 << 17
"""Hashes at a time: 1 MB of differences, which stays in the cache of a core."""


@dataclass(frozen=True)
class HashIndex:
    """Hashes, word by word: `(4, n)` uint64, each word of all hashes beside each other."""

    words: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return int(self.words.shape[1])


def index_of(hashes: Iterable[Hash]) -> HashIndex:
    """Return an index of hashes in their order, 32 bytes each."""
    held = list(hashes)
    return HashIndex(np.ascontiguousarray(np.reshape(np.array(held, np.uint64), (len(held), 4)).T))


def near(index: HashIndex, query: Hash, most: int = CANDIDATE) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Find every hash within some bits of one.

    Two of the four words decide for nearly all hashes that are too far; the others are looked at in full.

    Args:
        index: among which.
        query: of which.
        most: bits in which a hash may differ.

    Returns:
        The places in the index, ascending, and the distance of each.
    """
    count = min(BLOCK, len(index))
    room = np.empty(count, np.uint64), np.empty(count, np.uint8), np.empty(count, np.uint8)
    places, distances = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for start in range(0, len(index), BLOCK):
        words = index.words[:, start : start + BLOCK]
        held = np.flatnonzero(_half_distance(words, query, room) <= most)
        if held.size:
            whole = np.bitwise_count(words[:, held] ^ query[:, None]).sum(axis=0, dtype=np.intp)
            places.append(held[whole <= most] + start)
            distances.append(whole[whole <= most])
    return np.concatenate(places), np.concatenate(distances)


def _half_distance(
    words: npt.NDArray[np.uint64],
    query: Hash,
    room: tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8], npt.NDArray[np.uint8]],
) -> npt.NDArray[np.uint8]:
    """Return in how many bits of the first two words hashes differ, worked out in the room that is given."""
    differ, first, second = (part[: words.shape[1]] for part in room)
    np.bitwise_count(np.bitwise_xor(words[0], query[0], out=differ), out=first)
    np.bitwise_count(np.bitwise_xor(words[1], query[1], out=differ), out=second)
    return np.add(first, second, out=first)
