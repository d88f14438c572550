"""Between the parts of a file, channel by channel, and a frame, colour packed in front."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.channels import colour_channels, layers_of
from rushes.media.frames import Floats, Frame, Header, Part
from rushes.media.samples import dtype_of, from_float, kind_of, to_float

KINDS = {
    "openexr": ("half", "float", "uint32"),
    "dpx": ("uint10", "uint8", "uint12", "uint16"),
    "tiff": ("float", *(f"uint{bits}" for bits in range(8, 17))),
    "png": ("uint16", "uint8"),
}
"""Types of samples that each format can be written with, the usual one first."""


def frame_of(where: str, parts: Sequence[Part], number: int, *, layer: str = "") -> Frame:
    """Make a frame of what a file held.

    Args:
        where: the file, for the error.
        parts: all of them, in file order.
        number: of the frame.
        layer: name of the layer or part that is the picture; the first picture else.

    Raises:
        BadMaterial: there is no picture in it.
        NotFound: there is none of that name.
    """
    main, names = find_picture(where, [part.header for part in parts], layer)
    header, block = replace(parts[main].header, colour=names), parts[main].block
    order = tuple(header.channel_types)
    others = {
        name: block[..., column].astype(dtype_of(header.channel_types[name]), copy=False)
        for column, name in enumerate(order)
        if name not in names
    }
    rest = (*parts[:main], *parts[main + 1 :])
    return Frame(number, _packed(block, header.channel_types, names), header, others, rest)


def find_picture(where: str, headers: Sequence[Header], layer: str = "") -> tuple[int, tuple[str, ...]]:
    """Say which part of a file is the picture, and which of its channels are colour (and alpha).

    Args:
        where: the file, for the error.
        headers: of its parts, in file order.
        layer: name of the layer or part that is wanted; the first picture else.

    Raises:
        BadMaterial: there is no picture in it.
        NotFound: there is none of that name.
    """
    known = []
    for index, header in enumerate(headers):
        # whole numbers name things; they are no picture
        channels = [name for name, kind in header.channel_types.items() if kind != "uint32"]
        name = str(header.attributes.get("name", ""))
        names = colour_channels(channels, "" if name == layer else layer)
        if names:
            return index, names
        known += [name, *layers_of(channels)]
    if layer:
        raise NotFound(f"layer with a picture in {where}", layer, [name for name in known if name])
    raise BadMaterial(f"{where} has no red, green and blue", [name for name in known if name], "Say which layer it is.")


def part_of(frame: Frame, kind: str = "") -> Part:
    """Lay colour and other channels of a frame out as its file holds them; `frame.header.format` is that file's.

    Args:
        frame: a grey one comes back as one channel if it is still grey, and as R, G, B if not.
        kind: type of the colour channels; that of its file else.
    """
    names, packed = _colour_to_write(frame)
    said = frame.header.channel_types
    usual = next((said[name] for name in frame.header.colour if name in said), "")
    kinds = {name: _kind(frame.header.format, kind or said.get(name, usual)) for name in names}
    for name, channel in frame.others.items():
        kinds[name] = _kind(frame.header.format, said.get(name, kind_of(channel.dtype)))
    # the order of the file, then whatever is new
    kinds = {name: kinds[name] for name in dict.fromkeys([*said, *kinds]) if name in kinds}
    header = replace(frame.header, channel_types=kinds)
    if tuple(kinds) == names and len(set(kinds.values())) == 1:
        return Part(header, from_float(packed, kinds[names[0]]))
    block = np.empty((*packed.shape[:2], len(kinds)), _dtype_of_all(kinds))
    for column, (name, channel_kind) in enumerate(kinds.items()):
        channel = packed[..., names.index(name)] if name in names else frame.others[name]
        block[..., column] = channel if channel.dtype == dtype_of(channel_kind) else from_float(channel, channel_kind)
    return Part(header, block)


def _packed(block: npt.NDArray[Any], kinds: Mapping[str, str], names: tuple[str, ...]) -> Floats:
    order = tuple(kinds)
    first, last = order.index(names[0]), order.index(names[-1])
    if len(names) > 2 and order[first : last + 1] == names and len({kinds[name] for name in names}) == 1:
        return to_float(block[..., first : last + 1], kinds[names[0]])
    channels = [to_float(block[..., order.index(name)], kinds[name]) for name in names]
    return np.stack([channels[0]] * 3 + channels[1:] if len(names) < 3 else channels, axis=-1)


def _colour_to_write(frame: Frame) -> tuple[tuple[str, ...], Floats]:
    names, packed = frame.header.colour, frame.packed
    if len(names) == packed.shape[2]:
        return names, packed
    if len(names) == packed.shape[2] - 2 and _is_grey(packed):
        return names, packed[..., 2:] if len(names) == 2 else packed[..., :1]
    return ("R", "G", "B", "A")[: packed.shape[2]], packed


def _is_grey(packed: Floats) -> bool:
    bits = packed.view(np.uint32)
    return bool(np.array_equal(bits[..., 0], bits[..., 1]) and np.array_equal(bits[..., 0], bits[..., 2]))


def _kind(file_format: str, kind: str) -> str:
    return kind if kind in KINDS[file_format] else KINDS[file_format][0]


def _dtype_of_all(kinds: Mapping[str, str]) -> np.dtype[Any]:
    """Return a type that holds all of these exactly."""
    dtypes = {dtype_of(kind) for kind in kinds.values()}
    if len(dtypes) == 1:
        return dtypes.pop()
    return np.dtype(np.float64 if np.dtype(np.uint32) in dtypes else np.float32)
