"""Hostile files, each forged by hand: what it is, the gate that has to refuse it, and in which words."""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np

from rushes.media.cuts import check_cut
from rushes.media.gate import check_header
from rushes.media.gate_movie import check_movie
from rushes.media.gate_mxf import HEADER_PARTITION, NETWORK_LOCATOR, SETS, STORED_HEIGHT, STORED_WIDTH
from rushes.training.weights import read_weights

INT_MAX = 2**31 - 1
ZIP, DWAB = 3, 9
Make = Callable[[Path], Path]
Gate = Callable[[Path], object]


def exr(
    window: tuple[int, int, int, int], *, compression: int = ZIP, pieces: int | None = None, filler: int = 0
) -> Make:
    """Forge an OpenEXR file: a header, a table whose entries all point to one empty piece, and some zeros."""

    def attribute(name: str, kind: str, value: bytes) -> bytes:
        return f"{name}\0{kind}\0".encode() + struct.pack("<i", len(value)) + value

    def make(folder: Path) -> Path:
        box = struct.pack("<4i", *window)
        channels = b"".join(name + b"\0" + struct.pack("<iIii", 1, 0, 1, 1) for name in (b"B", b"G", b"R"))
        header = struct.pack("<II", 20000630, 2) + attribute("channels", "chlist", channels + b"\0")
        header += attribute("compression", "compression", bytes([compression]))
        header += attribute("dataWindow", "box2i", box) + attribute("displayWindow", "box2i", box)
        header += attribute("lineOrder", "lineOrder", b"\0")
        for name, kind, value in (
            ("pixelAspectRatio", "float", struct.pack("<f", 1)),
            ("screenWindowCenter", "v2f", bytes(8)),
            ("screenWindowWidth", "float", struct.pack("<f", 1)),
        ):
            header += attribute(name, kind, value)
        lines = {ZIP: 16, DWAB: 256}[compression]
        count = -(-(window[3] - window[1] + 1) // lines) if pieces is None else pieces
        at = len(header) + 1 + 8 * max(0, count)
        path = folder / "hostile.exr"
        path.write_bytes(header + b"\0" + struct.pack("<Q", at) * max(0, count) + bytes(8 + filler))
        return path

    return make


def png(side: int, size: int) -> Make:
    """Forge a PNG of a size in pixels and in bytes; what is in its pixels no gate looks at."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + bytes(4)

    def make(folder: Path) -> Path:
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
        path = folder / "hostile.png"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", bytes(size)) + b"\0\0\0\0IEND\xaeB`\x82")
        return path

    return make


def movie(suffix: str, change: Callable[[bytearray], bytes | None]) -> Make:
    """Write an honest movie of four frames, and change its bytes."""

    def make(folder: Path) -> Path:
        path = folder / f"hostile{suffix}"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("mpeg4", rate=24)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            for _ in range(4):
                grey = np.full((48, 64, 3), 128, np.uint8)
                container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
            container.mux(stream.encode(None))
        content = bytearray(path.read_bytes())
        path.write_bytes(change(content) or content)
        return path

    return make


def put(box: bytes, offset: int, form: str, *values: int) -> Callable[[bytearray], None]:
    """Say what to write behind the name of a box."""

    def change(content: bytearray) -> None:
        struct.pack_into(form, content, content.index(box) + 4 + offset, *values)

    return change


def weights(header: object, space: int, *, raw: bytes | None = None, length: int | None = None) -> Make:
    """Forge a file of weights."""

    def make(folder: Path) -> Path:
        text = json.dumps(header).encode() if raw is None else raw
        path = folder / "hostile.safetensors"
        path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + bytes(space))
        return path

    return make


def tensor(begin: int, end: int, *shape: int) -> dict[str, object]:
    """Describe a tensor of bytes."""
    return {"dtype": "U8", "shape": list(shape or (end - begin,)), "data_offsets": [begin, end]}


def text(suffix: str, content: bytes) -> Make:
    """Write a cut."""

    def make(folder: Path) -> Path:
        path = folder / f"hostile{suffix}"
        path.write_bytes(content)
        return path

    return make


def mxf(*sets: tuple[int, bytes], beyond: int = 0) -> Make:
    """Forge the header of an MXF file: a partition, then sets by the last byte of their kind."""

    def make(folder: Path) -> Path:
        content = HEADER_PARTITION + b"\x04\x00" + b"\x58" + bytes(88)
        for kind, value in sets:
            content += SETS + bytes([kind, 0]) + b"\x83" + (len(value) + beyond).to_bytes(3, "big") + value
        path = folder / "hostile.mxf"
        path.write_bytes(content)
        return path

    return make


TWICE = b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}'
HOSTILE: dict[str, tuple[Make, Gate, str]] = {
    "EXR 200000x200000": (exr((0, 0, 199_999, 199_999), pieces=1), check_header, "200000x200000"),
    "EXR, a window that ends before it begins": (exr((10, 10, 5, 5)), check_header, "-4x-4"),
    "EXR, windows up to the largest integer": (
        exr((-INT_MAX - 1, -INT_MAX - 1, INT_MAX, INT_MAX), pieces=1),
        check_header,
        "4294967296x4294967296",
    ),
    "EXR, a table that breaks off": (exr((0, 0, 63, 60_000), pieces=2), check_header, "inside its table"),
    "EXR, 6.3 MB to 6 GiB": (exr((0, 0, 32_767, 32_767), compression=DWAB, filler=6_300_000), check_header, "6.0 GiB"),
    "PNG, 0.4 MB to 432 MB": (png(12_000, 400_000), check_header, "times as many"),
    "PNG, 1.2 MB to 1.2 GB": (png(20_000, 1_200_000), check_header, "times as many"),
    "MP4, a track of 16384x8704": (
        movie(".mp4", put(b"tkhd", 76, ">II", 16384 << 16, 8704 << 16)),
        check_movie,
        "16384",
    ),
    "MP4, pictures of 65535x65535": (movie(".mp4", put(b"mp4v", 24, ">HH", 65535, 65535)), check_movie, "65535x65535"),
    "MP4, pictures in another file": (movie(".mp4", put(b"url ", 0, ">I", 0)), check_movie, "another file"),
    "MOV, pictures in another file": (movie(".mov", put(b"dref", 16, ">I", 0)), check_movie, "another file"),
    "MP4, a box longer than the one around it": (movie(".mp4", put(b"trak", -8, ">I", 1 << 30)), check_movie, "inside"),
    "MP4, a table of four thousand million pictures": (
        movie(".mp4", put(b"stsz", 4, ">II", 0, 0xFFFFFFFF)),
        check_movie,
        "4294967295 pictures",
    ),
    "MP4, pictures larger than the file": (movie(".mp4", put(b"stsz", 4, ">II", 1 << 30, 4)), check_movie, "hold"),
    "MP4, a piece behind the end": (movie(".mp4", put(b"stco", 8, ">I", 0xFFFFFF00)), check_movie, "behind its end"),
    "MP4, times for pictures that are not there": (
        movie(".mp4", put(b"stts", 8, ">I", 0xFFFFFFFF)),
        check_movie,
        "and has 4",
    ),
    "MP4, a clock that stands still": (movie(".mp4", put(b"mdhd", 12, ">I", 0)), check_movie, "stands still"),
    "MP4, a thousand years": (movie(".mp4", put(b"mdhd", 12, ">II", 1, 0xFFFFFFF0)), check_movie, "hours"),
    "MOV that plays another movie": (movie(".mov", put(b"udta", -4, ">4s", b"rmra")), check_movie, "another movie"),
    "MOV with a packed header": (movie(".mov", put(b"mvhd", -4, ">4s", b"cmov")), check_movie, "packed header"),
    "MP4, two headers": (
        movie(".mp4", lambda content: content + content[content.index(b"moov") - 4 :]),
        check_movie,
        "2",
    ),
    "MXF, pictures of 70000x70000": (
        mxf((0x28, struct.pack(">HHIHHI", STORED_WIDTH, 4, 70_000, STORED_HEIGHT, 4, 70_000))),
        check_movie,
        "70000x70000",
    ),
    "MXF, pictures at an address": (mxf((NETWORK_LOCATOR, bytes(8))), check_movie, "at an address"),
    "MXF, a piece longer than the file": (mxf((0x28, bytes(8)), beyond=1 << 20), check_movie, "inside the file"),
    "safetensors, an offset that overflows": (weights({"a": tensor(0, 1 << 64, 8)}, 8), read_weights, "lies nowhere"),
    "safetensors, a size that overflows": (weights({"a": tensor(0, 8, 1 << 62, 8)}, 8), read_weights, "bytes for"),
    "safetensors, tensors that overlap": (
        weights({"a": tensor(0, 8), "b": tensor(4, 12)}, 12),
        read_weights,
        "overlaps",
    ),
    "safetensors, a hole": (weights({"a": tensor(0, 4), "b": tensor(8, 12)}, 12), read_weights, "leaves 4 bytes out"),
    "safetensors, bytes behind the end": (weights({"a": tensor(0, 4)}, 9), read_weights, "4 bytes of tensors in 9"),
    "safetensors, a huge header": (weights({}, 0, length=1 << 40), read_weights, "a header of"),
    "safetensors, a name twice": (weights({}, 1, raw=TWICE), read_weights, "stands 2 times"),
    "safetensors, a tensor without values": (weights({"a": tensor(0, 0, 0)}, 0), read_weights, "holds no value"),
    "OTIO, a hundred thousand deep": (
        text(".otio", b'{"OTIO_SCHEMA":"Timeline.1","tracks":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_001),
        check_cut,
        "deep in itself",
    ),
    "OTIO that breaks off": (text(".otio", b'{"OTIO_SCHEMA":"Timeline.1","tracks":{'), check_cut, "breaks off"),
    "OTIO that is no text": (text(".otio", b'{"OTIO_SCHEMA":"\xff'), check_cut, "UTF-8"),
    "EDL with control characters": (text(".edl", b"TITLE: x\n\x1b[2J\n"), check_cut, "no text holds"),
    "EDL, one endless line": (text(".edl", b"TITLE: " + b"x" * 1_000_000), check_cut, "characters"),
}
