"""What a watermark says: a record id of 64 bits with a keyed tag of 32, in a code that stands many wrong bits."""

import hmac
from functools import cache

import numpy as np
import numpy.typing as npt

from rushes.domain.errors import BadMaterial

Floats = npt.NDArray[np.floating]
Bits = npt.NDArray[np.int8]

RECORD_BITS, TAG_BITS = 64, 32
INFORMATION = RECORD_BITS + TAG_BITS
GENERATORS = (0o2327, 0o2353, 0o2671, 0o3175)
"""Rate 1/4, constraint length 11, free distance 29 [Proakis2001, table 8.2-3]."""
MEMORY = 10
CODED = INFORMATION * len(GENERATORS)
"""Bits in pixels for one record: 384."""


def coded_record(record: int, key: bytes) -> Bits:
    """Return the bits that stand for a record in a picture.

    Args:
        record: 0 to 2⁶⁴ - 1.
        key: the studio's; another gives another tag.

    Returns:
        `(384,)` of -1 and 1.

    References:
        [Proakis2001] Digital Communications, 4th edition: the generators of the convolutional code.

    >>> coded_record(7, b"key")[:8].tolist() == coded_record(8, b"key")[:8].tolist()
    False
    """
    if not 0 <= record < 2**RECORD_BITS:
        raise BadMaterial(f"record {record} is not a number of 64 bits", remedy="Give 0 to 2**64 - 1.")
    word = record.to_bytes(RECORD_BITS // 8, "big") + _tag(record, key)
    return _coded(np.unpackbits(np.frombuffer(word, np.uint8)))


def read_record(soft: Floats, key: bytes) -> tuple[int, int] | None:
    """Return the record that noisy bits stand for and how many of them were wrong, or None where the tag denies it.

    Bits that stand for nothing pass with probability 2⁻³², whatever picture they come from: the tag is keyed.

    Args:
        soft: `(384,)`, the sign of each a guess at the bit, the size how sure it is; in any unit.
        key: the studio's.
    """
    bits = _most_likely(soft.reshape(INFORMATION, len(GENERATORS)))
    word = np.packbits(bits).tobytes()
    record = int.from_bytes(word[: RECORD_BITS // 8], "big")
    if not hmac.compare_digest(word[RECORD_BITS // 8 :], _tag(record, key)):
        return None
    return record, int(np.count_nonzero(_coded(bits) * soft < 0))


def _tag(record: int, key: bytes) -> bytes:
    said = b"rushes watermark 1: tag" + record.to_bytes(RECORD_BITS // 8, "big")
    return hmac.digest(key, said, "sha256")[: TAG_BITS // 8]


def _coded(bits: npt.NDArray[np.uint8]) -> Bits:
    """Code bits in a ring: the last ones are the memory before the first, so none is spent on an end."""
    back = np.stack([np.roll(bits, by) for by in range(MEMORY + 1)], axis=1)
    taps = np.array([[generator >> by & 1 for by in range(MEMORY + 1)] for generator in GENERATORS])
    return np.asarray(1 - 2 * (back @ taps.T % 2), np.int8).ravel()


@cache
def _trellis() -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return the two states before each, and the four bits on either way."""
    states = np.arange(2**MEMORY)
    before = np.stack([states >> 1, states >> 1 | 1 << (MEMORY - 1)])
    register = before << 1 | states & 1
    ones = np.stack([np.bitwise_count(register & generator) for generator in GENERATORS], axis=-1)
    return before, 1.0 - 2.0 * (ones % 2)


def _most_likely(soft: Floats) -> npt.NDArray[np.uint8]:
    """Viterbi, three times round the ring: whatever state it begins with is forgotten in the first [Cox1994].

    References:
        [Cox1994] Cox and Sundberg, An efficient adaptive circular Viterbi algorithm, IEEE Trans. Vehicular Technology.
    """
    before, signs = _trellis()
    gains = (signs @ soft.T).transpose(2, 0, 1)
    length, rounds = len(soft), 3
    metric, ways = np.zeros(2**MEMORY), np.empty((rounds * length, 2**MEMORY), bool)
    for at in range(rounds * length):
        both = metric[before] + gains[at % length]
        ways[at] = both[1] > both[0]
        metric = np.where(ways[at], both[1], both[0])
    state, bits = int(metric.argmax()), np.empty(rounds * length, np.uint8)
    for at in reversed(range(rounds * length)):
        bits[at] = state & 1
        state = before[int(ways[at, state]), state]
    return bits[length : 2 * length]
