"""The gate before the movie decoders: the boxes of MP4 and MOV, the header of MXF. No packet is decoded.

Every box lies inside the one around it, every table inside its box, every picture inside the file, and no picture in
another file. Sizes, numbers of frames and durations are such as movies have.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rushes.domain.errors import Damaged
from rushes.media.gate import opened
from rushes.media.gate_mxf import check_mxf
from rushes.media.promises import Opened, Unreadable

MAX_PIXELS = 16384 * 8640
"""In one frame; 16K."""
MAX_BOXES = 100_000
MAX_TRACKS = 256
MAX_SAMPLES = 1 << 31
MAX_HOURS = 24 * 31
FOR_DATA = b"dhlr"
"""QuickTime also names who fetches a track's data; what counts here is who shows it."""
HEADER, PICTURES = b"moov", b"mdat"
OUTSIDE = (b"rmra", b"rmda", b"rdrf", b"rmcs")
"""Boxes of QuickTime that name another movie to play instead."""
AROUND = frozenset((HEADER, b"trak", b"edts", b"mdia", b"minf", b"dinf", b"stbl", b"mvex", b"moof", b"traf"))
"""Boxes that hold boxes and nothing else."""
FIRST = (b"ftyp", HEADER, PICTURES, b"free", b"skip", b"wide", b"pnot", b"uuid", b"styp", b"junk", b"prfl")
ENTRY_BYTES = {b"stts": 8, b"ctts": 8, b"stsc": 12, b"stss": 4, b"stps": 4, b"stco": 4, b"co64": 8}
"""Tables of a track, and how long one entry is."""

Box = tuple[bytes, int, int]
"""Kind, and where its content begins and ends."""


def check_movie(path: Path, *, max_pixels: int = MAX_PIXELS) -> None:
    """Check a movie before a decoder sees it.

    Args:
        path: `.mov`, `.mp4`, `.m4v` or `.mxf`; a regular file, links are not followed.
        max_pixels: of one frame.

    Raises:
        Damaged: it is not what its name or its header says, or points outside itself.
        NotFound: it is not there.
    """
    with opened(path, None) as file:
        try:
            if path.suffix.lower() == ".mxf":
                check_mxf(file, max_pixels)
            else:
                _check_boxes(file, max_pixels)
        except Unreadable as error:
            raise Damaged(str(path), str(error)) from error
        except (struct.error, LookupError, ValueError, OverflowError) as error:
            raise Damaged(str(path), "its header breaks off or makes no sense") from error


def _check_boxes(file: Opened, max_pixels: int) -> None:
    if file.head[4:8] not in FIRST:
        raise Unreadable("is no movie that can be read: it begins like something else")
    tracks: list[dict[bytes, Box]] = []
    movies, fragments, whole = 0, 0, file.size
    for seen, (kind, begin, end) in enumerate(_boxes(file, 0, file.size)):
        if seen == MAX_BOXES:
            raise Unreadable(f"is in more than {MAX_BOXES} boxes")
        if kind in OUTSIDE or kind == b"cmov":
            raise Unreadable("plays another movie" if kind in OUTSIDE else "has a packed header, which nobody writes")
        movies, fragments = movies + (kind == HEADER), fragments + (kind == b"moof")
        whole = max(whole, end)
        if kind == b"trak":
            tracks.append({})
        elif tracks and not fragments and not (kind == b"hdlr" and file.read(4, begin + 4) == FOR_DATA):
            tracks[-1].setdefault(kind, (kind, begin, end))
    if movies != 1 or len(tracks) > MAX_TRACKS:
        raise Unreadable(f"has {movies} headers and {len(tracks)} tracks")
    for track in tracks:
        _check_track(file, track, max_pixels, whole=whole)


def _boxes(file: Opened, begin: int, end: int, *, depth: int = 0) -> Iterator[Box]:
    """Yield every box, those inside after the one around them."""
    at = begin
    while at + 8 <= end:
        size, kind = struct.unpack(">I4s", file.read(8, at))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", file.read(8, at + 8))[0], 16
        elif size == 0 and (depth == 0 or kind == b"\0\0\0\0"):
            size = end - at  # up to the end; QuickTime ends some lists with a zero
        # of a movie that was cut short the demuxer counts the frames that are whole
        if size < head or (at + size > end and (depth or kind != PICTURES)):
            raise Unreadable(f"its box {_plain(kind)} does not lie inside {'another' if depth else 'the file'}")
        yield kind, at + head, at + size
        if kind in AROUND and depth < len(AROUND):
            yield from _boxes(file, at + head, at + size, depth=depth + 1)
        at += size


def _check_track(file: Opened, track: dict[bytes, Box], max_pixels: int, *, whole: int) -> None:
    if missing := [_plain(kind) for kind in (b"tkhd", b"mdhd", b"hdlr", b"stsd") if kind not in track]:
        raise Unreadable(f"a track lacks {', '.join(missing)}")
    _check_time(file, track)
    _check_references(file, track)
    _check_size(file, track, max_pixels)
    tables = {kind: _table(file, track[kind], width) for kind, width in ENTRY_BYTES.items() if kind in track}
    samples = _check_samples(file, track, whole)
    for kind in (b"stco", b"co64"):
        if kind in tables and (outside := int(np.count_nonzero(tables[kind] >= whole))):
            raise Unreadable(f"{outside} of its {len(tables[kind])} pieces lie behind its end")
    if b"stts" in tables and (timed := int(tables[b"stts"][::2].sum(dtype=np.float64))) > samples:
        raise Unreadable(f"says when {timed} pictures are shown, and has {samples}")


def _check_time(file: Opened, track: dict[bytes, Box]) -> None:
    _, begin, _ = track[b"mdhd"]
    long = file.read(1, begin) == b"\1"
    ticks, duration = struct.unpack(
        ">IQ" if long else ">II", file.read(12 if long else 8, begin + (20 if long else 12))
    )
    if not ticks:
        raise Unreadable("its clock stands still")
    # all ones say that nobody knows
    if duration not in (0xFFFFFFFF, (1 << 64) - 1) and duration / ticks > MAX_HOURS * 3600:
        raise Unreadable(f"says that it lasts {duration / ticks / 3600:.0f} hours")


def _check_references(file: Opened, track: dict[bytes, Box]) -> None:
    """Refuse a track whose pictures lie in another file, or at an address."""
    if b"dref" not in track:
        return
    _, begin, end = track[b"dref"]
    for kind, content, _ in _boxes(file, begin + 8, end, depth=len(AROUND)):
        if kind in (b"url ", b"urn ", b"alis", b"rsrc", b"cios") and not file.read(4, content)[3] & 1:
            raise Unreadable("its pictures lie in another file")


def _check_size(file: Opened, track: dict[bytes, Box], max_pixels: int) -> None:
    sides = [side >> 16 for side in struct.unpack(">II", file.read(8, track[b"tkhd"][2] - 8))]
    sizes = [(sides[0], sides[1])]
    if file.read(4, track[b"hdlr"][1] + 8) == b"vide":
        count, at = struct.unpack(">I", file.read(4, track[b"stsd"][1] + 4))[0], track[b"stsd"][1] + 8
        if not 1 <= count <= MAX_TRACKS:
            raise Unreadable(f"describes its pictures in {count} ways")
        for _, content, _ in _boxes(file, at, track[b"stsd"][2], depth=len(AROUND)):
            width, height = struct.unpack(">HH", file.read(4, content + 24))
            sizes.append((width, height))
    for width, height in sizes:
        if width * height > max_pixels:
            raise Unreadable(f"{width}x{height} pixels a frame; at most {max_pixels} are read")


def _check_samples(file: Opened, track: dict[bytes, Box], whole: int) -> int:
    if b"stsz" not in track:
        return MAX_SAMPLES
    _, begin, end = track[b"stsz"]
    size, count = struct.unpack(">II", file.read(8, begin + 4))
    if count > MAX_SAMPLES or (not size and begin + 12 + 4 * count > end):
        raise Unreadable(f"its table of {count} pictures is longer than its box")
    total = size * count if size else _sum(file.read(4 * count, begin + 12))
    if total > whole:
        raise Unreadable(f"{whole} bytes cannot hold {total} bytes of pictures")
    return int(count)


def _table(file: Opened, box: Box, width: int) -> npt.NDArray[np.unsignedinteger]:
    kind, begin, end = box
    count = struct.unpack(">I", file.read(4, begin + 4))[0]
    if begin + 8 + width * count > end:
        raise Unreadable(f"its table {_plain(kind)} of {count} entries is longer than its box")
    return np.frombuffer(file.read(width * count, begin + 8), ">u8" if kind == b"co64" else ">u4")


def _sum(numbers: bytes) -> int:
    return int(np.frombuffer(numbers, ">u4").sum(dtype=np.float64))


def _plain(kind: bytes) -> str:
    return ascii(kind.decode("latin-1"))
