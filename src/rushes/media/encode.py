"""From parts to a picture file that appears whole or not at all, through OpenImageIO."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio

from rushes.domain.errors import BadMaterial, Damaged, RushesError
from rushes.media.decode import complaint_of
from rushes.media.frames import Part
from rushes.media.gate import check_header
from rushes.media.headers import spec_of
from rushes.media.samples import dtype_of
from rushes.media.whole import whole_file

LARGEST_MIXED_ID = 1 << 22
LARGEST_UINT32 = np.float32(2**32 - 1)
HARMLESS = "failed TIFFWriteCustomDirectory() of the Exif data"
"""What OpenImageIO 3.2 says after every TIFF without Exif data; the file is whole."""


class Unwritten(Exception):
    """An encoder did not take what it was given."""


def write_parts(path: Path, parts: Sequence[Part]) -> None:
    """Write the parts of a picture file, each channel in its own type.

    Args:
        path: gets its name when it is whole and on disk.
        parts: all of one format.

    Raises:
        BadMaterial: whole numbers too large to be written beside floats.
        RushesError: the file could not be written; an older one of that name is still there.
    """
    blocks = [_for_encoder(part) for part in parts]
    with whole_file(path) as draft:
        try:
            _encode(draft, parts, blocks)
            # what would not be let in again is not let out
            check_header(draft)
        except (Unwritten, Damaged) as error:
            raise RushesError(f"{path} could not be written", [str(error)]) from error


def _encode(draft: Path, parts: Sequence[Part], blocks: Sequence[npt.NDArray[Any]]) -> None:
    specs = tuple(_spec(part) for part in parts)
    output = oiio.ImageOutput.create(parts[0].header.format)
    if output is None:
        raise Unwritten(f"{parts[0].header.format} is not written here")
    _insist(output.open(str(draft), specs if len(specs) > 1 else specs[0]), output)
    try:
        for index, (spec, block) in enumerate(zip(specs, blocks, strict=True)):
            if index:
                _insist(output.open(str(draft), spec, "AppendSubimage"), output)
            _insist(output.write_image(block) and not output.has_error, output)
    finally:
        closed = output.close()
    _insist(closed, output)


def _insist(done: bool, output: oiio.ImageOutput) -> None:
    complaint = complaint_of(output)
    if not done or complaint not in ("", HARMLESS):
        raise Unwritten(complaint or "no reason given")


def _spec(part: Part) -> oiio.ImageSpec:
    return spec_of(part.header, tuple(part.header.channel_types), tuple(part.header.channel_types.values()))


def _for_encoder(part: Part) -> npt.NDArray[Any]:
    whole = [dtype_of(kind) == np.uint32 for kind in part.header.channel_types.values()]
    if not any(whole) or all(whole):
        return part.block
    # beside floats OpenImageIO takes whole numbers as fractions of the largest one, in float32
    ids = part.block[..., whole]
    if ids.max() > LARGEST_MIXED_ID:
        names = [name for name, kind in part.header.channel_types.items() if kind == "uint32"]
        raise BadMaterial("numbers this large cannot be written beside floats", names, "Leave these channels out.")
    block = part.block.astype(np.float32)
    block[..., whole] = ids.astype(np.float32) / LARGEST_UINT32
    return block
