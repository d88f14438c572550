"""Weights as safetensors: the same tensors and card give the same bytes, and nothing is ever unpickled.

The library decodes some files that no honest writer makes (a name twice, a tensor without values). So each header
passes a strict gate first, and the library sees only what has passed.
"""

import json
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load, save_file

from rushes.domain.errors import BadMaterial, Damaged, NotFound
from rushes.domain.records import canonical_json
from rushes.training.workbench import Tensors

BITS = {"f": (16, 32, 64), "i": (8, 16, 32, 64), "u": (8, 16, 32, 64), "b": (8,)}
"""Bits of one value of each kind that can be kept, in numpy's words: what numpy and safetensors both hold exactly."""

BYTES = {"BOOL": 1, **{f"{kind.upper()}{bits}": bits // 8 for kind in "fiu" for bits in BITS[kind]}}
"""The same in the words of safetensors, and in bytes."""

CARD, METADATA = "card", "__metadata__"
LARGEST_HEADER = 1 << 24
LARGEST_FILE = 1 << 35
MOST_AXES = 32
MOST_REASONS = 20


def write_weights(path: Path, tensors: Tensors, card: Mapping[str, Any]) -> None:
    """Write weights and their card, whole or not at all; the same ones give the same bytes.

    Args:
        path: replaced in one step, once everything is on disk.
        tensors: by name; numbers or truth values of any shape, with at least one value each.
        card: JSON values only; comes back as it was, but tuples as lists.

    Raises:
        BadMaterial: naming each tensor that cannot be kept, and whatever in the card is not JSON.
    """
    faults = [f"tensor {name!r} {fault}" for name, tensor in tensors.items() for fault in _unfit(name, tensor)]
    metadata = {}
    try:
        metadata[CARD] = canonical_json(card)  # one text: the library writes several in any order
    except (TypeError, ValueError) as error:
        faults.append(f"card: {error}")
    if faults:
        raise BadMaterial(f"{path.name} cannot be kept", faults, "Keep plain arrays, and a card of JSON values.")
    fresh = path.with_name(f".{path.name}.part")
    save_file({name: _plain(tensor) for name, tensor in tensors.items()}, fresh, metadata)
    with fresh.open("rb") as file:
        _through_the_gate(file, str(path))
        os.fsync(file.fileno())
    fresh.replace(path)
    sync_folder(path.parent)


def read_weights(path: Path) -> tuple[dict[str, npt.NDArray[np.generic]], dict[str, Any]]:
    """Read weights and their card; the arrays may be written to.

    Raises:
        NotFound: there is no such file.
        Damaged: with every reason why this is no file of weights.
    """
    if not path.is_file():
        raise NotFound("file of weights", str(path))
    with path.open("rb") as file:
        head, card = _through_the_gate(file, str(path))
        tensors = load(head + file.read())
    # numpy takes a truth value's byte for 0 or 1 and computes nonsense with any other
    odd = [name for name, tensor in tensors.items() if tensor.dtype == bool and tensor.view(np.uint8).max() > 1]
    if odd:
        raise Damaged(str(path), f"tensor {', '.join(map(repr, odd))} holds truth values that are neither 0 nor 1")
    return {name: tensors[name] for name in sorted(tensors)}, card


def sync_folder(folder: Path) -> None:
    """Put on disk which files a folder holds: a rename is not there before that."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unfit(name: str, tensor: npt.NDArray[np.generic]) -> Iterator[str]:
    if not name or not name.isprintable() or name == METADATA:
        yield "cannot have this name"
    if tensor.dtype.itemsize * 8 not in BITS.get(tensor.dtype.kind, ()):
        yield f"holds {tensor.dtype}"
    if tensor.size == 0:
        yield "holds no value"
    if tensor.ndim > MOST_AXES:
        yield f"has {tensor.ndim} axes, more than {MOST_AXES}"


def _plain(tensor: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    # the library writes memory as it lies: a transposed array would come back scrambled
    return np.asarray(tensor, dtype=tensor.dtype.newbyteorder("<"), order="C")


def _through_the_gate(file: BinaryIO, name: str) -> tuple[bytes, dict[str, Any]]:
    """Return the head of a file and the card in it, if the header is one that an honest writer makes."""
    total = os.fstat(file.fileno()).st_size
    try:
        head = _head(file, total)
        header = json.loads(head[8:].decode(), object_pairs_hook=_once)
        card = _card(header.pop(METADATA, {}))
    except (ValueError, RecursionError) as error:
        raise Damaged(name, f"this is no file of weights: {error}") from error
    faults = [f"tensor {key!r} {fault}" for key, entry in header.items() for fault in _entry_faults(entry)]
    faults = faults or list(_layout_faults(header, total - len(head)))
    if faults:
        more = f"; and {len(faults) - MOST_REASONS} more" if len(faults) > MOST_REASONS else ""
        raise Damaged(name, "; ".join(faults[:MOST_REASONS]) + more)
    return head, card


def _head(file: BinaryIO, total: int) -> bytes:
    if total > LARGEST_FILE:
        raise ValueError(f"{total} bytes are more than any has")
    first = file.read(8)
    length = int.from_bytes(first, "little")
    if len(first) < 8 or not 2 <= length <= min(LARGEST_HEADER, total - 8):
        raise ValueError(f"a header of {length} bytes in a file of {total}")
    head = first + file.read(length)
    if head[8:9] != b"{" or not head.rstrip(b" ").endswith(b"}"):
        raise ValueError("the header is not one JSON object, padded with spaces")
    return head


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(name, times)] = Counter(name for name, _ in pairs).most_common(1)
        raise ValueError(f"{name!r} stands {times} times in one object")
    return found


def _card(metadata: Any) -> dict[str, Any]:
    if not isinstance(metadata, dict) or not all(isinstance(text, str) for text in metadata.values()):
        raise ValueError("the metadata are not texts by name")
    card = json.loads(metadata.get(CARD, "{}"), object_pairs_hook=_once)
    if not isinstance(card, dict):
        raise ValueError("the card is not a JSON object")
    return card


def _entry_faults(entry: Any) -> Iterator[str]:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        yield "is not described by type, shape and place"
        return
    kind, shape, place = str(entry["dtype"]), entry["shape"], entry["data_offsets"]
    if kind not in BYTES:
        yield f"is of type {kind!r:.80}"
    if not _counts(shape) or len(shape) > MOST_AXES:
        yield f"has no shape that an array can have: {shape!r:.80}"
    elif 0 in shape:
        yield "holds no value"
    if not _counts(place) or len(place) != 2 or place[0] > place[1]:
        yield f"lies nowhere: {place!r:.80}"
    elif _counts(shape) and kind in BYTES and place[1] - place[0] != math.prod(shape) * BYTES[kind]:
        yield f"has {place[1] - place[0]} bytes for {math.prod(shape)} values of type {kind}"


def _counts(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is int and 0 <= value < 1 << 63 for value in values)


def _layout_faults(header: Mapping[str, Any], space: int) -> Iterator[str]:
    at = 0
    for begin, end, name in sorted((*entry["data_offsets"], name) for name, entry in header.items()):
        if begin != at:
            yield f"tensor {name!r} " + (
                f"overlaps {at - begin} bytes" if begin < at else f"leaves {begin - at} bytes out"
            )
        at = max(at, end)
    if at != space:
        yield f"{at} bytes of tensors in {space} bytes of file"
