"""What PNG, JPEG, DPX, Cineon and Radiance files promise, and whether they end where they should."""

import re
import struct
from math import ceil

from rushes.media.promises import (
    GREY,
    GREY_ALPHA,
    RGB,
    RGBA,
    FilePromise,
    Opened,
    PartPromise,
    Refused,
    Unreadable,
    plain_part,
)

PNG_CHANNELS = {0: GREY, 2: RGB, 3: RGB, 4: GREY_ALPHA, 6: RGBA}
PNG_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
DPX_CHANNELS = {6: GREY, 50: RGB, 51: RGBA, 52: RGBA, 100: RGB, 101: RGBA, 102: RGB, 103: RGBA}
DPX_SAMPLES = {6: 1, 50: 3, 51: 4, 52: 4, 100: 2, 101: 3, 102: 3, 103: 4}
UNSET = 0xFFFFFFFF
TAIL = 1 << 16


def read_png(file: Opened) -> FilePromise:
    """Read the first chunk, look for transparency before the pixels, and for the end after them."""
    size, kind, width, height, depth, colour, _, _, interlaced = struct.unpack_from(">I4sIIBBBBB", file.head, 8)
    if (size, kind) != (13, b"IHDR") or depth not in PNG_DEPTHS.get(colour, ()) or interlaced > 1:
        raise Unreadable("its header makes no sense")
    if b"IEND\xaeB`\x82" not in file.tail(TAIL):
        raise Unreadable("breaks off before its end")
    channels = PNG_CHANNELS[colour]
    if _has_transparency(file):
        channels = RGBA if colour in (2, 3) else GREY_ALPHA
    return FilePromise("png", (plain_part(width, height, channels, sample_bytes=2 if depth == 16 else 1),))


def _has_transparency(file: Opened) -> bool:
    at = 33
    while at + 8 <= file.size:
        size, kind = struct.unpack(">I4s", file.read(8, at))
        if kind in (b"IDAT", b"IEND"):
            return False
        if kind == b"tRNS":
            return True
        at += size + 12
    raise Unreadable("breaks off before its pixels")


def read_jpeg(file: Opened) -> FilePromise:
    """Walk from marker to marker up to the frame header."""
    if not file.tail(TAIL).rstrip(b"\0").endswith(b"\xff\xd9"):
        raise Unreadable("breaks off before its end")
    at = 2
    while True:
        lead, marker, size = struct.unpack(">BBH", file.read(4, at))
        if lead != 0xFF:
            raise Unreadable("its header makes no sense")
        if marker in JPEG_FRAMES:
            break
        # a fill byte stands alone; every other marker up to the frame has a size
        at += 1 if marker == 0xFF else 2 + size
    height, width, components = struct.unpack(">xHHB", file.read(6, at + 4))
    if components not in (1, 3):
        raise Refused(f"has {components} inks", "Write it out as RGB.")
    return FilePromise("jpeg", (plain_part(width, height, RGB if components == 3 else GREY, sample_bytes=1),))


def read_dpx(file: Opened) -> FilePromise:
    """Read the image header of every element, and check that its lines fit between its start and the end."""
    order = ">" if file.head.startswith(b"SDPX") else "<"
    elements, width, height = struct.unpack_from(f"{order}HII", file.head, 770)
    if not 1 <= elements <= 8:
        raise Unreadable(f"has {elements} image elements; there may be 1 to 8")
    return FilePromise(
        "dpx", tuple(_dpx_element(file, order, 780 + 72 * n, sides=(width, height)) for n in range(elements))
    )


def _dpx_element(file: Opened, order: str, at: int, *, sides: tuple[int, int]) -> PartPromise:
    descriptor, bits, packing, encoding, start, line_padding = struct.unpack_from(
        f"{order}B2xBHHII", file.head, at + 20
    )
    channels = DPX_CHANNELS.get(descriptor)
    if channels is None:
        raise Refused(f"holds an image of kind {descriptor}", "Write it out as RGB.")
    if bits not in (8, 10, 12, 16):
        raise Refused(f"has samples of {bits} bits", "Write it out with 10 or 16.")
    (width, height), samples = sides, DPX_SAMPLES[descriptor]
    per_line = _dpx_line(width * samples, bits, packing) + (0 if line_padding == UNSET else line_padding)
    # run-length coding makes lines shorter
    if start > file.size or (not encoding and start + per_line * height > file.size):
        raise Unreadable(f"breaks off: {file.size} bytes cannot hold {width}x{height} pixels")
    return plain_part(width, height, channels, sample_bytes=1 if bits == 8 else 2)


def _dpx_line(samples: int, bits: int, packing: int) -> int:
    if bits == 10 and packing in (1, 2):
        return 4 * ceil(samples / 3)
    if bits == 12 and packing in (1, 2):
        return 2 * samples
    return samples * bits // 8


def read_cineon(file: Opened) -> FilePromise:
    """Read the image header; samples are 10 bits, three in 32."""
    order = ">" if file.head.startswith(b"\x80") else "<"
    start = struct.unpack_from(f"{order}I", file.head, 4)[0]
    channels, bits, width, height = struct.unpack_from(f"{order}x B 4x B x II".replace(" ", ""), file.head, 192)
    if channels not in (1, 3) or bits != 10:
        raise Refused(f"has {channels} channels of {bits} bits", "Write it out as DPX.")
    if start + 4 * ceil(width * height * channels / 3) > file.size:
        raise Unreadable(f"breaks off: {file.size} bytes cannot hold {width}x{height} pixels")
    return FilePromise("cineon", (plain_part(width, height, RGB if channels == 3 else GREY, sample_bytes=2),))


def read_hdr(file: Opened) -> FilePromise:
    """Read the text header up to the line that gives the size."""
    found = re.search(rb"\n\n[-+]([XY]) (\d{1,9}) [-+]([XY]) (\d{1,9})\n", file.head)
    if not found or found[1] == found[3]:
        raise Unreadable("its header does not give a size")
    sides = {found[1]: int(found[2]), found[3]: int(found[4])}
    return FilePromise("hdr", (plain_part(sides[b"X"], sides[b"Y"], RGB, sample_bytes=4),))
