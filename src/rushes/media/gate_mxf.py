"""What the header of an MXF file promises: keys and lengths up to the first picture, and the size of pictures."""

import struct

from rushes.media.promises import MAX_SIDE, Opened, Unreadable

KEY = b"\x06\x0e\x2b\x34"
HEADER_PARTITION = KEY + b"\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02"
PARTITION = HEADER_PARTITION[:-1]
ESSENCE = KEY + b"\x01\x02\x01\x01\x0d\x01\x03\x01"
SETS = KEY + b"\x02\x53\x01\x01\x0d\x01\x01\x01\x01\x01"
NETWORK_LOCATOR = 0x32
STORED_HEIGHT, STORED_WIDTH = 0x3202, 0x3203
RUN_IN = 1 << 16
MAX_SETS = 100_000
MAX_SET = 1 << 24


def check_mxf(file: Opened, max_pixels: int) -> None:
    """Walk the header, key by key.

    Raises:
        Unreadable: something does not lie inside the file, a picture is too large, or lies at an address.
    """
    at = file.head[: RUN_IN + 14].find(HEADER_PARTITION)
    if at < 0:
        raise Unreadable("is no MXF movie that can be read: it begins like something else")
    for place in range(MAX_SETS):
        if at == file.size:
            return
        key = file.read(16, at)
        if key[:4] != KEY:
            raise Unreadable("its header breaks off between two keys")
        if key.startswith(ESSENCE) or (place and key.startswith(PARTITION)):
            return  # whether all pictures are there the demuxer counts
        begin, length = _length(file, at + 16)
        if begin + length > file.size:
            raise Unreadable(f"a piece of {length} bytes does not lie inside the file")
        if key.startswith(SETS):
            _check_set(file.read(min(length, MAX_SET), begin), max_pixels, located=key[14] == NETWORK_LOCATOR)
        at = begin + length
    raise Unreadable(f"its header has more than {MAX_SETS} sets")


def _length(file: Opened, at: int) -> tuple[int, int]:
    """Return where a value begins, and its length, as BER writes it."""
    first = file.read(1, at)[0]
    if first < 0x80:
        return at + 1, first
    count = first & 0x7F
    if not 1 <= count <= 8:
        raise Unreadable("a piece has a length that cannot be read")
    return at + 1 + count, int.from_bytes(file.read(count, at + 1), "big")


def _check_set(content: bytes, max_pixels: int, *, located: bool) -> None:
    if located:
        raise Unreadable("its pictures lie at an address")
    said, at = {}, 0
    while at + 4 <= len(content):
        tag, size = struct.unpack_from(">HH", content, at)
        if tag in (STORED_HEIGHT, STORED_WIDTH) and size == 4:
            said[tag] = struct.unpack_from(">I", content, at + 4)[0]
        at += 4 + size
    width, height = said.get(STORED_WIDTH, 0), said.get(STORED_HEIGHT, 0)
    if max(width, height) > MAX_SIDE or width * height > max_pixels:
        raise Unreadable(f"{width}x{height} pixels a frame; at most {max_pixels} are read")
