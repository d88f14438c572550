"""From a picture file that passed the gate to its parts, channel by channel, through OpenImageIO."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio

from rushes.domain.errors import BadMaterial, Damaged
from rushes.media.frames import Header, Part
from rushes.media.gate import check_header
from rushes.media.headers import header_of
from rushes.media.promises import FilePromise
from rushes.media.samples import dtype_of, oiio_name

KNOWN_KINDS = ("half", "float", "uint32", *(f"uint{bits}" for bits in range(8, 17)))
READER_CHOICE = Lock()


class Undelivered(Exception):
    """A decoder did not give what the header promised."""


def read_parts(path: Path, frame: int | None = None) -> list[Part]:
    """Read every part of a picture file, all channels in their own type.

    Args:
        path: EXR, DPX, TIFF, PNG, JPEG, Radiance HDR or Cineon.
        frame: its number, for the error.

    Raises:
        Damaged: refused at the gate, or it does not decode to what its header promises.
        BadMaterial: it is whole, but of a kind that is not read here.
    """
    promise = check_header(path, frame)
    with _decoder(path, promise, frame) as source:
        parts = [_read_part(source, promise, index) for index in range(len(promise.parts))]
        # some decoders fill what they miss with what they have, return it, and mention that here
        if complaint := complaint_of(source):
            raise Undelivered(complaint)
    return parts


def read_headers(path: Path, frame: int | None = None) -> list[Header]:
    """Read what every part of a picture file says beside its pixels; no pixel is decoded.

    Raises:
        Damaged: as `read_parts`, as far as the headers show it.
        BadMaterial: as `read_parts`.
    """
    promise = check_header(path, frame)
    with _decoder(path, promise, frame) as source:
        return [_read_header(source, promise, index) for index in range(len(promise.parts))]


def complaint_of(file: oiio.ImageInput | oiio.ImageOutput) -> str:
    """Return what OpenImageIO has to say against a file, on one line; empty if nothing."""
    if not file.has_error:
        return ""
    try:
        return " ".join(str(file.geterror()).split()) or "does not decode"
    except UnicodeDecodeError:
        # messages quote the file, and a damaged one holds any bytes
        return "does not decode"


@contextmanager
def _decoder(path: Path, promise: FilePromise, frame: int | None) -> Iterator[oiio.ImageInput]:
    source = _open_luminance_chroma(path) if promise.luminance_chroma else _open(path)
    if source is None:
        raise Damaged(str(path), f"does not open as {promise.format}", frame)
    try:
        yield source
    except Undelivered as error:
        raise Damaged(str(path), complaint_of(source) or str(error), frame) from error
    finally:
        source.close()


def _open(path: Path) -> oiio.ImageInput | None:
    settings = oiio.ImageSpec()
    settings.attribute("oiio:UnassociatedAlpha", 1)
    source = oiio.ImageInput.open(str(path), settings)
    if source is None:
        _forget_error()
    return source


def _open_luminance_chroma(path: Path) -> oiio.ImageInput | None:
    # of the two EXR readers in OpenImageIO only the older one knows half-size chroma, and the choice is process-wide
    with READER_CHOICE:
        oiio.attribute("openexr:core", 0)
        try:
            return _open(path)
        finally:
            oiio.attribute("openexr:core", 1)


def _forget_error() -> None:
    try:
        oiio.geterror()
    except UnicodeDecodeError:
        return


def _read_part(source: oiio.ImageInput, promise: FilePromise, index: int) -> Part:
    header = _read_header(source, promise, index)
    return Part(header, _read_block(source, tuple(header.channel_types.values())))


def _read_header(source: oiio.ImageInput, promise: FilePromise, index: int) -> Header:
    if not source.seek_subimage(index, 0):
        raise Undelivered(f"part {index + 1} of {len(promise.parts)} is missing")
    spec, part = source.spec(), promise.parts[index]
    promised, found = (*part.size, len(part.channels)), (spec.width, spec.height, spec.nchannels)
    if promised != found or source.format_name() != promise.format:
        raise Undelivered(f"its header promises {promised} columns, rows and channels, and {found} were found")
    header = header_of(spec, promise.format, index)
    odd = sorted({kind for kind in header.channel_types.values() if kind not in KNOWN_KINDS})
    if odd:
        raise BadMaterial(f"pixels of type {', '.join(odd)} are not read here", remedy="Write it out as half or float.")
    return header


def _read_block(source: oiio.ImageInput, kinds: Sequence[str]) -> npt.NDArray[Any]:
    types = [dtype_of(kind) for kind in kinds]
    if len(set(types)) == 1:
        return _read_channels(source, (0, len(kinds)), types[0])
    if np.dtype(np.uint32) not in types:
        return _read_channels(source, (0, len(kinds)), np.dtype(np.float32))
    # asked for whole numbers as floats, OpenImageIO would scale them: so each channel as what it is
    channels = [_read_channels(source, (n, n + 1), dtype) for n, dtype in enumerate(types)]
    return np.concatenate(channels, axis=2, dtype=np.float64)


def _read_channels(source: oiio.ImageInput, span: tuple[int, int], dtype: np.dtype[Any]) -> npt.NDArray[Any]:
    subimage, spec, (first, end) = source.current_subimage(), source.spec(), span
    pixels = source.read_image(subimage, 0, first, end, oiio_name(dtype))
    if pixels is None or pixels.shape != (spec.height, spec.width, end - first):
        raise Undelivered("not all of its lines decode")
    return np.asarray(pixels)
