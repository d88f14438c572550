"""An exact search among millions of hashes: every one is looked at, nothing is missed, and memory is bounded."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rushes.marking.fingerprints import SAME
from rushes.originality.fingerprints import Hash

COPY = SAME
"""Bits up to which two hashes are of the same picture."""

CANDIDATE = 48
"""Bits up to which a person should look; the nearest of 4,186 unrelated pairs was at 64."""

BLOCK = 1 << 17
"""Hashes at a time: 1 MB of differences. Fewer cost more calls, more leave the cache of a core."""


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

    Two of the four words decide for nearly all hashes that are too far, a third for nearly all that are left; only
    what is still near then is looked at in full.

    Args:
        index: among which.
        query: of which.
        most: bits in which a hash may differ.

    Returns:
        The places in the index, ascending, and the distance of each.
    """
    count = min(BLOCK, len(index))
    counts = np.empty(count, np.uint8), np.empty(count, np.uint8)
    room = _Room(np.empty(count, np.uint64), *counts, np.empty(count, np.bool_))
    places, distances = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for start in range(0, len(index), BLOCK):
        words = index.words[:, start : start + BLOCK]
        half = _half_distance(words, query, room)
        held = np.flatnonzero(np.less_equal(half, most, out=room.near[: len(half)]))
        apart = half[held].astype(np.intp)
        # what lies far apart in memory is slow to fetch: one word first, the other of what is left
        for word in (2, 3):
            apart += np.bitwise_count(words[word, held] ^ query[word])
            held, apart = held[apart <= most], apart[apart <= most]
        places.append(held + start)
        distances.append(apart)
    return np.concatenate(places), np.concatenate(distances)


class _Room(NamedTuple):
    """Memory that each block is worked out in."""

    differ: npt.NDArray[np.uint64]
    first: npt.NDArray[np.uint8]
    second: npt.NDArray[np.uint8]
    near: npt.NDArray[np.bool_]


def _half_distance(words: npt.NDArray[np.uint64], query: Hash, room: _Room) -> npt.NDArray[np.uint8]:
    """Return in how many bits of the first two words hashes differ, worked out in the room that is given."""
    differ, first, second = (part[: words.shape[1]] for part in room[:3])
    np.bitwise_count(np.bitwise_xor(words[0], query[0], out=differ), out=first)
    np.bitwise_count(np.bitwise_xor(words[1], query[1], out=differ), out=second)
    return np.add(first, second, out=first)
