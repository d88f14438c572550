"""Fingerprints of delivered pictures: PDQ hashes, by which a copy is known again once its credentials are stripped."""

import numpy as np
import numpy.typing as npt
import pdqhash

LEAST_QUALITY = 50
"""Of PDQ's 0 to 100: below it there is too little in a picture for its hash to mean anything [PDQ]."""

SAME = 31
"""Bits up to which two hashes are of the same picture; PDQ's own recommendation [PDQ]."""


def fingerprint(picture: npt.NDArray[np.floating]) -> str | None:
    """Return a picture's PDQ hash, 64 hex digits, or None where it is too flat to have one.

    Args:
        picture: `(height, width, 3)` float, display-referred, 0 to 1; left alone.

    References:
        [PDQ] The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm, Facebook, 2019.
    """
    codes = np.ascontiguousarray(np.clip(picture, 0, 1) * 255 + 0.5, np.uint8)
    bits, quality = pdqhash.compute(codes)
    return np.packbits(bits).tobytes().hex() if quality >= LEAST_QUALITY else None


def bits_apart(one: str, other: str) -> int:
    """Return in how many of 256 bits two hashes differ.

    >>> bits_apart("00" * 32, "0f" + "00" * 31)
    4
    """
    return (int(one, 16) ^ int(other, 16)).bit_count()
