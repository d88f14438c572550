"""Fingerprints of whole pictures: PDQ hashes, which grade, blur or compression hardly change, and a crop does."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pdqhash

from rushes.marking.fingerprints import LEAST_QUALITY
from rushes.originality.pictures import Picture, mirrored, scope_centre, without_bars

Hash = npt.NDArray[np.uint64]
"""`(4,)` uint64: the 256 bits of a PDQ hash, the first of them the highest of the first word."""

LEAST_SIDE = 32
"""Pixels; PDQ looks at 64 × 64, and a sliver has no picture in it."""


@dataclass(frozen=True)
class Fingerprint:
    """One hash of a picture.

    Attributes:
        part: `whole`, `inside of bars`, or `centre`: of that, as a 2.39 letterbox leaves it. With `mirrored ` before
            it, left and right were exchanged.
        bits: the hash.
    """

    part: str
    bits: Hash


def fingerprints(picture: Picture, *, mirror: bool = False) -> tuple[Fingerprint, ...]:
    """Return the hashes of a picture: of all of it, of what is inside its bars, and of the 2.39 centre of that.

    A mirrored picture is hashed again; turning over its hash, as PDQ can, finds 92 % where this finds 100 %.

    Args:
        picture: from `pictures.seen_picture`; left alone.
        mirror: hash the mirrored picture as well. It is enough to do so on one of two sides that are compared.

    Returns:
        Two, three where there are bars, and as many mirrored ones; fewer where a part is flat: black, white, a sky.
        There is nothing to tell then.

    References:
        [PDQ] The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm, Facebook, 2019.
    """
    inside = without_bars(picture)
    parts = {"whole": picture, "centre": scope_centre(inside)}
    if inside.shape != picture.shape:  # a white table is no bar; which of the two it is, the other side decides
        parts["inside of bars"] = inside
    if mirror:
        parts |= {f"mirrored {part}": mirrored(shown) for part, shown in parts.items()}
    hashed = ((part, _hash(shown)) for part, shown in parts.items())
    return tuple(Fingerprint(part, bits) for part, bits in hashed if bits is not None)


def _hash(picture: Picture) -> Hash | None:
    if min(picture.shape[:2]) < LEAST_SIDE:
        return None
    bits, quality = pdqhash.compute(np.ascontiguousarray(picture))
    if quality < LEAST_QUALITY:
        return None
    return np.packbits(np.asarray(bits, np.uint8)).view(">u8").astype(np.uint64)


def distance(one: Hash, other: Hash) -> int:
    """Return in how many of 256 bits two hashes differ; of unrelated pictures about 128.

    >>> distance(np.zeros(4, np.uint64), np.array([1, 0, 0, 3], np.uint64))
    3
    """
    return int(np.bitwise_count(one ^ other).sum())
