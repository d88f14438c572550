"""XMP packets in files of any kind, found by a bounded scan: no decoder, no external entity, no document type."""

import os
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from rushes.domain.errors import Damaged

WINDOW = 4 << 20
"""Bytes looked at from each end of a file: formats put metadata before the pixels or after them."""
MAX_PACKET = 4 << 20
MAX_PIECES = 4096
"""Chunks or boxes walked through; a file of more has its metadata among the first or near an end."""
XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
PNG = b"\x89PNG\r\n\x1a\n"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"


def xmp_packets(path: Path) -> list[str]:
    """Return the XMP packets of a file, each once."""
    with path.open("rb") as file:
        pieces = [*ends_of(path), *_iso_boxes(file), *_png_texts(file)]
    packets = [packet.decode("utf-8", "replace") for piece in pieces for packet in _between_marks(piece)]
    return list(dict.fromkeys(packets))


def ends_of(path: Path) -> list[bytes]:
    """Return the first and the last 4 MiB of a file, or all of it where these meet."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= 2 * WINDOW:
            return [file.read(2 * WINDOW)]
        head = file.read(WINDOW)
        file.seek(-WINDOW, os.SEEK_END)
        return [head, file.read(WINDOW)]


def properties(packet: str, name: str, path: Path, *, namespace: str = "") -> list[str]:
    """Return all values of a property in a packet, written as an attribute, as text or as a resource.

    Args:
        packet: XML.
        name: without its prefix, for anybody may choose another.
        path: for the error.
        namespace: a part of its namespace, where the name alone is too plain.

    Raises:
        Damaged: the packet does not read.
    """
    if name not in packet or namespace not in packet:
        return []
    values = []
    for element in parsed(packet, path).iter():
        for key, value in element.attrib.items():
            if _is(key, name, namespace):
                values.append(value)
        if _is(element.tag, name, namespace):
            # a list of values lies two levels down; in hostile ones each of a million holds all that follow
            parts = list(islice(element.iter(), 32))
            said = "".join(part.text or "" for part in parts).strip()
            values.append(said or "".join(part.get(_RESOURCE, "") for part in parts))
    return [value.strip() for value in values]


def parsed(text: str, path: Path) -> ElementTree.Element:
    """Return the root of some XML.

    Raises:
        Damaged: it does not read, or declares a document type: none of these has one, and entities could grow in it.
    """
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise Damaged(str(path), "its metadata declares a document type, which none of this kind has")
    try:
        return ElementTree.fromstring(text)
    except (ElementTree.ParseError, ValueError) as error:
        raise Damaged(str(path), f"its metadata is no whole XML: {error}") from error


def _is(key: str, name: str, namespace: str) -> bool:
    space, _, local = key.rpartition("}")
    return local == name and namespace in space


def _between_marks(piece: bytes) -> Iterator[bytes]:
    """Return everything between the marks of a packet; of a packet that breaks off, what there is."""
    at, mark = 0, b"<x:xmpmeta" if b"<x:xmpmeta" in piece else b"<rdf:RDF"
    end_mark = mark.replace(b"<", b"</")
    while (start := piece.find(mark, at)) >= 0:
        end = piece.find(end_mark, start)
        at = len(piece) if end < 0 else piece.find(b">", end) + 1 or len(piece)
        yield piece[start : min(at, start + MAX_PACKET)]


def _iso_boxes(file: BinaryIO) -> Iterator[bytes]:
    """Return the XMP boxes of an MP4 or MOV, which may lie between its pictures."""
    file.seek(4)
    if file.read(4) not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"):
        return
    size, at = file.seek(0, os.SEEK_END), 0
    for _ in range(MAX_PIECES):
        file.seek(at)
        head = file.read(32)
        if len(head) < 16:
            return
        length, kind, long = struct.unpack_from(">I4sQ", head)
        begins = 16 if length == 1 else 8
        if kind == b"uuid" and head[begins : begins + 16] == XMP_BOX:
            file.seek(at + begins + 16)
            yield file.read(MAX_PACKET)
        at += long if length == 1 else length or size
        if at >= size or (length == 1 and long < 16) or 1 < length < 8:
            return


def _png_texts(file: BinaryIO) -> Iterator[bytes]:
    """Return the XMP of a PNG where it was compressed, as it should not be."""
    file.seek(0)
    if file.read(8) != PNG:
        return
    for _ in range(MAX_PIECES):
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = struct.unpack(">I4s", head)
        if kind == b"iTXt" and length <= MAX_PACKET:
            keyword, _, rest = file.read(length).partition(b"\0")
            if keyword == b"XML:com.adobe.xmp" and rest[:1] == b"\1":
                yield _inflated(rest[2:].split(b"\0", 2)[-1])
            file.seek(4, os.SEEK_CUR)
        else:
            file.seek(length + 4, os.SEEK_CUR)


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, MAX_PACKET)
    except zlib.error:
        return b""
