"""What an OpenEXR file promises: its header attribute by attribute, its table of pieces, its last piece."""

import struct
from dataclasses import dataclass
from math import ceil, floor, log2

import numpy as np

from rushes.media.promises import RGB, RGBA, FilePromise, Opened, PartPromise, Refused, Unreadable

TILED, LONG_NAMES, DEEP, MULTI_PART = 0x200, 0x400, 0x800, 0x1000
LINES_IN_CHUNK = {0: 1, 1: 1, 2: 1, 3: 16, 4: 32, 5: 16, 6: 32, 7: 32, 8: 32, 9: 256, 10: 256, 11: 32, 13: 1}
"""By number of compression: none, rle, zips, zip, piz, pxr24, b44, b44a, dwaa, dwab, htj2k256, htj2k32, zstd."""
SAMPLE_BYTES = {0: 4, 1: 2, 2: 4}
HEADER_READS = (1 << 16, 1 << 22, 1 << 26)
"""Most headers take a few hundred bytes; a Cryptomatte manifest can take millions."""
MAX_TABLE = 1 << 24

Attributes = dict[str, tuple[str, bytes]]


@dataclass(frozen=True)
class Channel:
    """One channel as the header lists it."""

    name: str
    bytes: int
    sampling: tuple[int, int]


def read_exr(file: Opened) -> FilePromise:
    """Read the headers of all parts and check that every piece of the picture lies inside the file."""
    flags = struct.unpack_from("<I", file.head, 4)[0]
    if flags & 0xFF != 2 or flags & ~(0xFF | TILED | LONG_NAMES | DEEP | MULTI_PART):
        raise Unreadable(f"is of an OpenEXR version that does not exist: {flags:#x}")
    headers, table_at = _headers(file, multi_part=bool(flags & MULTI_PART))
    if flags & DEEP or any(header.get("type", ("", b""))[1].startswith(b"deep") for header in headers):
        raise Refused("has deep pixels, many samples each", "Flatten it (in Nuke: DeepToImage).")
    tiled = [bool(flags & TILED) or header.get("type", ("", b""))[1] == b"tiledimage" for header in headers]
    parts = [_part(header, in_tiles) for header, in_tiles in zip(headers, tiled, strict=True)]
    if not any(part.absurdities() for part, _, _ in parts):
        last = _check_table(file, table_at, sum(chunks for _, chunks, _ in parts))
        _check_chunk(file, last, tiled, multi_part=bool(flags & MULTI_PART))
    return FilePromise("openexr", tuple(part for part, _, _ in parts), any(chroma for _, _, chroma in parts))


def _headers(file: Opened, multi_part: bool) -> tuple[list[Attributes], int]:
    for size in HEADER_READS:
        head = file.head if size <= len(file.head) else file.read(size, 0)
        try:
            return _headers_in(head, multi_part)
        except (struct.error, IndexError, ValueError):
            if len(head) < size or size == HEADER_READS[-1]:
                raise
    raise AssertionError("the last size returns or raises")


def _headers_in(head: bytes, multi_part: bool) -> tuple[list[Attributes], int]:
    headers, at = [], 8
    while True:
        attributes, at = _attributes(head, at)
        headers.append(attributes)
        if not multi_part:
            return headers, at
        if head[at] == 0:
            return headers, at + 1


def _attributes(head: bytes, at: int) -> tuple[Attributes, int]:
    found: Attributes = {}
    while head[at]:
        name_end = head.index(0, at, at + 256)
        kind_end = head.index(0, name_end + 1, name_end + 257)
        size = struct.unpack_from("<i", head, kind_end + 1)[0]
        if not 0 <= size <= HEADER_READS[-1]:
            raise Unreadable("its header holds an attribute of absurd size")
        value = head[kind_end + 5 : kind_end + 5 + size]
        if len(value) < size:
            raise IndexError("header goes on")
        name = head[at:name_end].decode("utf-8", "replace")
        if name in found:
            # readers differ in which of the two they believe
            raise Unreadable(f"its header says {name} twice")
        found[name] = (head[name_end + 1 : kind_end].decode("latin-1"), value)
        at = kind_end + 5 + size
    return found, at + 1


def _part(header: Attributes, tiled: bool) -> tuple[PartPromise, int, bool]:
    missing = [name for name in ("channels", "compression", "dataWindow", "displayWindow") if name not in header]
    if missing:
        raise Unreadable(f"its header lacks {', '.join(missing)}")
    data, display = (struct.unpack("<4i", header[name][1]) for name in ("dataWindow", "displayWindow"))
    width, height = data[2] - data[0] + 1, data[3] - data[1] + 1
    channels = _channels(header["channels"][1])
    names, chroma = _names(channels)
    pixel_bytes = sum(channel.bytes for channel in channels)
    raw = max(0, width) * max(0, height) * pixel_bytes
    if tiled:
        chunks, tile_pixels = _tiles(header, width, height)
        raw = max(raw, tile_pixels * pixel_bytes)
    else:
        chunks = ceil(height / _lines(header["compression"][1]))
    promised = header.get("chunkCount")
    if promised and struct.unpack("<i", promised[1])[0] != chunks:
        raise Unreadable(f"its header promises {struct.unpack('<i', promised[1])[0]} pieces where {chunks} belong")
    return PartPromise((*data,), (*display,), names, raw), chunks, chroma


def _channels(listed: bytes) -> list[Channel]:
    channels, at = [], 0
    while listed[at]:
        end = listed.index(0, at, at + 256)
        kind, _, across, down = struct.unpack_from("<iIii", listed, end + 1)
        if kind not in SAMPLE_BYTES or across < 1 or down < 1:
            raise Unreadable("its header lists a channel of no type that exists")
        channels.append(Channel(listed[at:end].decode("utf-8", "replace"), SAMPLE_BYTES[kind], (across, down)))
        at = end + 17
    return channels


def _names(channels: list[Channel]) -> tuple[tuple[str, ...], bool]:
    names = tuple(channel.name for channel in channels)
    if all(channel.sampling == (1, 1) for channel in channels):
        return names, False
    if set(names) - {"A"} == {"Y", "RY", "BY"}:
        return (RGBA if "A" in names else RGB), True
    raise Refused("has channels of different sizes", "Write it out with all channels at full size.")


def _lines(compression: bytes) -> int:
    lines = LINES_IN_CHUNK.get(compression[0])
    if lines is None:
        raise Refused(f"has a compression that is not known here, number {compression[0]}", "Write it out as zip.")
    return lines


def _tiles(header: Attributes, width: int, height: int) -> tuple[int, int]:
    across, down, mode = struct.unpack("<IIB", header["tiles"][1])
    if across < 1 or down < 1:
        raise Unreadable("its tiles have no size")
    if width < 1 or height < 1:
        return 0, across * down
    rounding = ceil if mode >> 4 else floor
    levels = {
        0: [(0, 0)],
        1: [(level, level) for level in range(1 + rounding(log2(max(width, height))))],
        2: [(x, y) for y in range(1 + rounding(log2(height))) for x in range(1 + rounding(log2(width)))],
    }.get(mode & 0xF)
    if levels is None:
        raise Unreadable("its tiles are of no kind that exists")
    sides = [
        (max(1, rounding(width / 2**level_x)), max(1, rounding(height / 2**level_y))) for level_x, level_y in levels
    ]
    return sum(ceil(w / across) * ceil(h / down) for w, h in sides), across * down


def _check_table(file: Opened, table_at: int, chunks: int) -> int:
    if not 0 < chunks <= MAX_TABLE or table_at + 8 * chunks > file.size:
        raise Unreadable(f"breaks off inside its table of {chunks} pieces")
    table = np.frombuffer(file.read(8 * chunks, table_at), "<u8")
    outside = int(np.count_nonzero((table < table_at + 8 * chunks) | (table >= file.size)))
    if outside:
        # a render or a copy that was stopped leaves zeros, or ends before the pieces do
        raise Unreadable(f"{outside} of its {chunks} pieces are missing")
    return int(table.max())


def _check_chunk(file: Opened, at: int, tiled: list[bool], *, multi_part: bool) -> None:
    part = 0
    if multi_part:
        part, at = struct.unpack("<i", file.read(4, at))[0], at + 4
        if not 0 <= part < len(tiled):
            raise Unreadable(f"its last piece belongs to part {part}, which does not exist")
    size_at = at + (16 if tiled[part] else 4)
    if size_at + 4 + struct.unpack("<I", file.read(4, size_at))[0] > file.size:
        raise Unreadable("breaks off in its last piece")
