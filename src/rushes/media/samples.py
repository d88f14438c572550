"""Pixel types: what a file holds, what a plate is made of, and the way there and back without loss."""

from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.domain.errors import BadMaterial
from rushes.media.frames import Floats

FLOATING = {"half": np.float16, "float": np.float32}
HALF_MAX = np.float32(65504.0)


def dtype_of(kind: str) -> np.dtype[Any]:
    """Return how samples of a kind lie in memory: code values of 9 to 16 bits fill 16.

    >>> dtype_of("uint10"), dtype_of("half")
    (dtype('uint16'), dtype('float16'))
    """
    if kind in FLOATING:
        return np.dtype(FLOATING[kind])
    bits = int(kind.removeprefix("uint"))
    return np.dtype(np.uint8 if bits <= 8 else np.uint16 if bits <= 16 else np.uint32)


def oiio_name(dtype: np.dtype[Any]) -> str:
    """Return what OpenImageIO calls a type of samples.

    >>> oiio_name(np.dtype(np.float16)), oiio_name(np.dtype(np.uint16))
    ('half', 'uint16')
    """
    return {"float16": "half", "float32": "float", "uint32": "uint"}.get(dtype.name, dtype.name)


def kind_of(dtype: np.dtype[Any]) -> str:
    """Return the kind in which an array is written where its file said nothing.

    >>> kind_of(np.dtype(np.float32)), kind_of(np.dtype(np.uint8))
    ('float', 'uint8')
    """
    named = {"float16": "half", "float32": "float", "float64": "float"}
    return named.get(dtype.name, dtype.name)


def to_float(samples: npt.NDArray[Any], kind: str) -> Floats:
    """Turn a file's samples into floats: exactly for floating point, code ÷ largest code for code values.

    Args:
        samples: `(…)` of any kind; 9 to 15 bits come from OpenImageIO stretched over 16.
        kind: as in `Header.channel_types`.

    Returns:
        `(…)` float32, C-contiguous, writable; it shares memory with `samples` if those are that already.
    """
    if kind in FLOATING:
        return np.ascontiguousarray(samples, dtype=np.float32)
    bits = int(kind.removeprefix("uint"))
    codes = samples >> (16 - bits) if 8 < bits < 16 else samples
    plate: Floats = np.divide(codes, np.float32(2**bits - 1), dtype=np.float32, order="C")
    return plate


def from_float(plate: Floats, kind: str) -> npt.NDArray[Any]:
    """Turn floats into the samples of a file, rounding to the nearest; the inverse of `to_float`.

    Half keeps NaN and infinity; finite values beyond ±65504 become ±65504, for an infinity would spread in every
    filter that follows. Code values are clipped to 0…1, which is all that they hold.

    Raises:
        BadMaterial: there is a NaN, and code values cannot say that.
    """
    if kind == "half":
        return _to_half(plate)
    if kind == "float":
        return plate
    bits = int(kind.removeprefix("uint"))
    if np.isnan(plate).any():
        raise BadMaterial(f"a NaN cannot be written as a code value of {bits} bits")
    codes: npt.NDArray[Any] = np.rint(np.clip(plate, 0.0, 1.0) * np.float32(2**bits - 1)).astype(dtype_of(kind))
    # OpenImageIO takes the upper bits
    return codes << (16 - bits) if 8 < bits < 16 else codes


def _to_half(plate: Floats) -> npt.NDArray[np.float16]:
    try:
        with np.errstate(over="raise"):
            return plate.astype(np.float16, order="C")
    except FloatingPointError:
        finite = np.where(np.isfinite(plate), np.clip(plate, -HALF_MAX, HALF_MAX), plate)
        return finite.astype(np.float16, order="C")
