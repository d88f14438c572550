"""The gate before every decoder: what a picture file promises, read and checked without trusting it.

Decoders are large C libraries. What reaches them has a plain name, the right first bytes, a size that fits in memory,
and all of its pieces inside the file. Costs a fraction of a millisecond.
"""

import os
import stat
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rushes.domain.errors import BadMaterial, Damaged, NotFound
from rushes.media.gate_exr import read_exr
from rushes.media.gate_raster import read_cineon, read_dpx, read_hdr, read_jpeg, read_png
from rushes.media.gate_tiff import read_tiff
from rushes.media.promises import FilePromise, Opened, Refused, Unreadable

MAX_PARTS = 1024
MAX_RAW_BYTES = 4 << 30
FLAT_RAW_BYTES = {"png": 1 << 28}
FLAT_RAW_BYTES_ELSE = 1 << 30
MAX_RATIO = 400
"""Pixels may take 400 times the bytes of the file, as no camera's and no render's do. But a black frame takes 1 in
1,000 with zip and 1 in 20,000 with HTJ2K, and black frames are honest: so the ratio counts only above 1 GiB of pixels
(a black 8K float RGBA frame has 0.6), which any machine here can hold; of a PNG, above a quarter (8K RGBA of 16 bits
has just that)."""

READERS: dict[str, tuple[str, tuple[bytes, ...], Callable[[Opened], FilePromise]]] = {
    ".exr": ("openexr", (b"\x76\x2f\x31\x01",), read_exr),
    ".dpx": ("dpx", (b"SDPX", b"XPDS"), read_dpx),
    ".cin": ("cineon", (b"\x80\x2a\x5f\xd7", b"\xd7\x5f\x2a\x80"), read_cineon),
    ".tif": ("tiff", (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"), read_tiff),
    ".png": ("png", (b"\x89PNG\r\n\x1a\n",), read_png),
    ".jpg": ("jpeg", (b"\xff\xd8\xff",), read_jpeg),
    ".hdr": ("hdr", (b"#?RADIANCE", b"#?RGBE"), read_hdr),
}
SPELLINGS = {".tiff": ".tif", ".jpeg": ".jpg"}
STILL_SUFFIXES = (*READERS, *SPELLINGS)


def format_of(path: Path) -> str:
    """Return the format that a file's name stands for, as OpenImageIO spells it.

    >>> format_of(Path("plate.1001.tiff"))
    'tiff'

    Raises:
        BadMaterial: it is none that is read here.
    """
    return _reader_for(path)[0]


def check_header(path: Path, frame: int | None = None) -> FilePromise:
    """Check a picture file before a decoder sees it, and return what it promises to hold.

    Args:
        path: a regular file; links are not followed, for they lead out of the place that was checked.
        frame: its number, for the error.

    Raises:
        Damaged: it is not what its name or its header says, or would decode to more than fits.
        BadMaterial: it is whole, but of a kind that is not read here.
        NotFound: it is not there.
    """
    _, magic, read = _reader_for(path)
    with opened(path, frame) as file:
        if not file.head.startswith(magic):
            raise Damaged(str(path), f"does not begin like a {path.suffix} file", frame)
        try:
            promise = read(file)
        except Unreadable as error:
            raise Damaged(str(path), str(error), frame) from error
        except Refused as error:
            raise BadMaterial(f"{path}: {error}", remedy=error.remedy) from error
        except (struct.error, LookupError, ValueError, OverflowError) as error:
            raise Damaged(str(path), "its header breaks off or makes no sense", frame) from error
    reasons = _too_large(promise, file.size)
    if reasons:
        raise Damaged(str(path), "; ".join(reasons), frame, remedy="If it is real, write it smaller.")
    return promise


def _reader_for(path: Path) -> tuple[str, tuple[bytes, ...], Callable[[Opened], FilePromise]]:
    suffix = path.suffix.lower()
    reader = READERS.get(SPELLINGS.get(suffix, suffix))
    if reader is None:
        raise BadMaterial(
            f"{path}: no picture format that is read here", remedy=f"There is {' '.join(STILL_SUFFIXES)}."
        )
    return reader


@contextmanager
def opened(path: Path, frame: int | None) -> Iterator[Opened]:
    """Open a file at the gate, if it is one; links are not followed.

    Raises:
        Damaged: it is a link, folder, device or pipe, or cannot be opened.
        NotFound: it is not there.
    """
    try:
        # O_NONBLOCK: opening a pipe would wait for somebody to write into it
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise NotFound("file", str(path)) from error
    except OSError as error:
        if path.is_symlink():
            raise Damaged(
                str(path), "is a link; links are not followed", frame, remedy="Name the file itself."
            ) from error
        raise Damaged(
            str(path), error.strerror or "cannot be opened", frame, remedy="Check who may read it."
        ) from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise Damaged(str(path), "is a folder, device or pipe", frame, remedy="Name a file.")
        yield Opened(handle, status.st_size, os.pread(handle, 1 << 16, 0))
    finally:
        os.close(handle)


def _too_large(promise: FilePromise, file_bytes: int) -> list[str]:
    if not 0 < len(promise.parts) <= MAX_PARTS:
        return [f"{len(promise.parts)} parts"]
    reasons = [reason for part in promise.parts for reason in part.absurdities()]
    raw = sum(part.raw_bytes for part in promise.parts)
    if raw > MAX_RAW_BYTES:
        reasons.append(f"would decode to {raw / 2**30:.1f} GiB; {MAX_RAW_BYTES >> 30} are allowed")
    elif raw > FLAT_RAW_BYTES.get(promise.format, FLAT_RAW_BYTES_ELSE) and raw > MAX_RATIO * file_bytes:
        reasons.append(f"{file_bytes} bytes would decode to {raw / 2**30:.1f} GiB, {raw // file_bytes} times as many")
    return reasons
