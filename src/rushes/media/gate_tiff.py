"""What a TIFF file promises: the tags of each page, and where its strips or tiles lie."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rushes.media.promises import GREY, GREY_ALPHA, RGB, RGBA, FilePromise, Opened, PartPromise, Refused, Unreadable
from rushes.media.promises import plain_part as plain

WIDTH, HEIGHT, BITS, PHOTOMETRIC, OFFSETS, SAMPLES, COUNTS = 256, 257, 258, 262, 273, 277, 279
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325
TYPES = {1: "u1", 3: "u2", 4: "u4", 16: "u8"}
PALETTE, INKS = 3, 5
MAX_PAGES = 1024
MAX_PIECES = 1 << 22

Tags = dict[int, npt.NDArray[np.unsignedinteger]]


@dataclass(frozen=True)
class Shape:
    """How numbers are written in this file: byte order, and classic or BigTIFF."""

    order: str
    big: bool


def read_tiff(file: Opened) -> FilePromise:
    """Read every page."""
    shape = Shape("<" if file.head.startswith(b"II") else ">", file.head[2:4] in (b"+\0", b"\0+"))
    parts = tuple(_page(file, tags) for tags in _pages(file, shape))
    if not parts:
        raise Unreadable("has no page")
    return FilePromise("tiff", parts)


def _pages(file: Opened, shape: Shape) -> Iterator[Tags]:
    count_form, entry_bytes = ("Q", 20) if shape.big else ("H", 12)
    offset_form = shape.order + ("Q" if shape.big else "I")
    at = struct.unpack_from(offset_form, file.head, 8 if shape.big else 4)[0]
    seen: set[int] = set()
    while at:
        if at in seen or len(seen) == MAX_PAGES:
            raise Unreadable("its pages go round in a ring, or are too many")
        seen.add(at)
        count_bytes = struct.calcsize(count_form)
        count = struct.unpack(shape.order + count_form, file.read(count_bytes, at))[0]
        entries_at = at + count_bytes
        if count > 4096:
            raise Unreadable("a page has more tags than there are")
        entries = file.read(entry_bytes * count, entries_at)
        yield dict(
            tag for n in range(count) if (tag := _tag(file, shape, entries[entry_bytes * n : entry_bytes * (n + 1)]))
        )
        next_at = entries_at + entry_bytes * count
        at = struct.unpack(offset_form, file.read(struct.calcsize(offset_form), next_at))[0]


def _tag(file: Opened, shape: Shape, entry: bytes) -> tuple[int, npt.NDArray[np.unsignedinteger]] | None:
    number, kind, count = struct.unpack_from(shape.order + ("HHQ" if shape.big else "HHI"), entry)
    wanted = (WIDTH, HEIGHT, BITS, PHOTOMETRIC, OFFSETS, SAMPLES, COUNTS)
    if kind not in TYPES or number not in (*wanted, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS):
        return None
    if count > MAX_PIECES:
        raise Unreadable(f"a page is in {count} pieces")
    dtype = np.dtype(shape.order + TYPES[kind])
    size, inline = dtype.itemsize * count, entry[12:] if shape.big else entry[8:]
    if size > len(inline):
        value = file.read(size, struct.unpack(shape.order + ("Q" if shape.big else "I"), inline)[0])
    else:
        value = inline[:size]
    if len(value) < size or not count:
        raise Unreadable("breaks off in its tags")
    return number, np.frombuffer(value, dtype)


def _page(file: Opened, tags: Tags) -> PartPromise:
    if WIDTH not in tags or HEIGHT not in tags:
        raise Unreadable("a page has no size")
    width, height = int(tags[WIDTH][0]), int(tags[HEIGHT][0])
    photometric = _number(tags, PHOTOMETRIC, 1)
    if photometric == INKS:
        raise Refused("is made of inks", "Write it out as RGB.")
    samples = 3 if photometric == PALETTE else _number(tags, SAMPLES, 1)
    sample_bytes = (max(int(tags[BITS].max()), 8) + 7) // 8 if BITS in tags else 1
    _check_pieces(file, tags)
    if TILE_WIDTH in tags and _number(tags, TILE_WIDTH, 0) * _number(tags, TILE_HEIGHT, 0) > 1 << 28:
        raise Unreadable("its tiles are of absurd size")
    return plain(width, height, _channels(samples), sample_bytes=sample_bytes)


def _number(tags: Tags, tag: int, otherwise: int) -> int:
    return int(tags[tag][0]) if tag in tags else otherwise


def _channels(samples: int) -> tuple[str, ...]:
    known = {1: GREY, 2: GREY_ALPHA, 3: RGB, 4: RGBA}
    if samples > 1 << 16:
        raise Unreadable(f"has {samples} channels")
    return known.get(samples) or tuple(f"channel{n}" for n in range(samples))


def _check_pieces(file: Opened, tags: Tags) -> None:
    offsets, counts = tags.get(OFFSETS, tags.get(TILE_OFFSETS)), tags.get(COUNTS, tags.get(TILE_COUNTS))
    if offsets is None or counts is None or len(offsets) != len(counts):
        raise Unreadable("a page does not say where its pixels are")
    ends = offsets.astype(np.float64) + counts.astype(np.float64)  # floats cannot wrap around
    outside = int(np.count_nonzero((ends > file.size) | (offsets == 0)))
    if outside:
        raise Unreadable(f"{outside} of its {len(offsets)} pieces are missing")
