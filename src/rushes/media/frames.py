"""One frame with everything its file said, and what opened footage can do. Nothing here touches a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from rushes.domain.errors import BadMaterial

Floats = npt.NDArray[np.float32]
Window = tuple[int, int, int, int]
"""First column, first row, last column, last row; both ends included, as OpenEXR counts."""


@dataclass(frozen=True)
class Header:
    """What a file says beside its pixels; passes through a render untouched.

    Attributes:
        data_window: where the pixels lie; larger than the display window where there is overscan.
        display_window: what an audience would see.
        timecode: `HH:MM:SS:FF`, `;` before FF for drop frame, or None.
        channel_types: `half`, `float`, `uint32`, or `uint8` to `uint16` for code values; by channel, in file order.
        compression: as OpenImageIO spells it.
        attributes: every other attribute, by OpenImageIO's names.
        attribute_types: OpenImageIO's type of each attribute that came from a file.
        frame_rate: frames a second, where the file says.
        format: of the file, as OpenImageIO spells it: `openexr`, `dpx`, `tiff`, `png`…; empty if it was none of these.
        colour: names of the channels that make up `Frame.packed`; empty is R, G, B (, A). One or two names are a grey
            picture (with alpha), whose first channel fills three columns.
        premultiplied: whether colour is multiplied by alpha already: so in EXR, not so in PNG. Nobody ever changes
            that silently.
        part: place of this picture among the parts of its file.
    """

    data_window: Window
    display_window: Window
    timecode: str | None = None
    channel_types: Mapping[str, str] = field(default_factory=dict)
    compression: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    attribute_types: Mapping[str, str] = field(default_factory=dict)
    frame_rate: Fraction | None = None
    format: str = ""
    colour: tuple[str, ...] = ()
    premultiplied: bool = True
    part: int = 0


@dataclass(frozen=True)
class Part:
    """A further part of a multi-part file, or page of a TIFF: kept as it was.

    Attributes:
        block: `(height, width, channels)`, channels in the order of `header.channel_types`, in a type that holds all
            of theirs exactly.
    """

    header: Header
    block: npt.NDArray[Any]


@dataclass(frozen=True)
class Frame:
    """One frame of footage, in the encoding of its file.

    Attributes:
        number: in the footage's own numbering.
        packed: `(height, width, 3 or 4)` float32, red green blue (alpha) beside each other: the layout that
            OpenColorIO and OpenImageIO are fastest with. Floating point as in the file; code values divided by the
            largest one, so that 10-bit 1023 is 1.0.
        others: every further channel by full name, `(height, width)`, in the type of its file.
        parts: further parts of a multi-part file, opaque to everything but the writer.
    """

    number: int
    packed: Floats
    header: Header
    others: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    parts: tuple[Any, ...] = ()

    @property
    def plate(self) -> Floats:
        """The colour as `(3, height, width)`: a view, no copy."""
        return self.packed[..., :3].transpose(2, 0, 1)

    @property
    def columns(self) -> tuple[str, ...]:
        """The channel that each column of `packed` came from: `Y Y Y` for a grey picture."""
        names = self.header.colour
        if 0 < len(names) < 3:
            names = (names[0],) * 3 + names[1:]
        return names or ("R", "G", "B", "A")[: self.packed.shape[2]]


class Footage(Protocol):
    """Opened footage: read lazily, a frame at a time. A 4K shot does not fit in memory."""

    @property
    def frames(self) -> tuple[int, int]:
        """First and last frame number, both included."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the data window in pixels."""
        ...

    @property
    def frame_rate(self) -> Fraction | None:
        """Frames a second, where the files say."""
        ...

    @property
    def timecode(self) -> str | None:
        """Timecode of the first frame, where the files say."""
        ...

    def read(self, number: int) -> Frame:
        """Read one frame in the encoding of its file. Raises `Damaged`, naming file and frame."""
        ...

    def close(self) -> None:
        """Let go of the files."""
        ...


def with_plate(frame: Frame, plate: Floats) -> Frame:
    """Put new colour into a frame; alpha, other channels, other parts and the header stay as they are.

    Args:
        frame: is left alone, unless `plate` is a view of its own `packed`: then that memory is shared.
        plate: `(3, height, width)` float32. Where it lies packed in memory already (`packed.transpose(2, 0, 1)`) and
            there is no alpha, it is not copied.

    Raises:
        BadMaterial: size or type are not the frame's.
    """
    height, width, channels = frame.packed.shape
    if plate.shape != (3, height, width) or plate.dtype != np.float32:
        raise BadMaterial(
            f"frame {frame.number}: a plate of {plate.shape} {plate.dtype} cannot replace one of {(3, height, width)}"
            " float32"
        )
    if _same_memory(plate, frame.plate):
        return frame
    packed = plate.transpose(1, 2, 0)
    if channels == 3:
        return replace(frame, packed=np.ascontiguousarray(packed))
    whole = np.empty_like(frame.packed)
    whole[..., :3] = packed
    whole[..., 3] = frame.packed[..., 3]
    return replace(frame, packed=whole)


def colour_only(frame: Frame) -> Frame:
    """Leave everything out but colour and alpha, for formats that hold no more, such as PNG and DPX."""
    return replace(frame, others={}, parts=())


def in_display_window(frame: Frame) -> Frame:
    """Cut off what lies outside the display window, and fill what is missing inside it with zeros: what is seen.

    Colour, alpha and other channels are cut; other parts have windows of their own and are left out.
    """
    shown = frame.header.display_window
    if frame.header.data_window == shown:
        return replace(frame, parts=())
    others = {name: _cut(channel, frame.header.data_window, shown) for name, channel in frame.others.items()}
    packed = _cut(frame.packed, frame.header.data_window, shown)
    return replace(frame, packed=packed, others=others, header=replace(frame.header, data_window=shown), parts=())


def non_finite(frame: Frame) -> dict[str, int]:
    """Count the pixels that are NaN or infinite, by channel name; channels without any are not listed."""
    counts: dict[str, int] = {}
    if not np.isfinite(frame.packed).all():
        for column, name in enumerate(frame.columns):
            counts[name] = _count_non_finite(frame.packed[..., column])
    for name, channel in frame.others.items():
        counts[name] = _count_non_finite(channel)
    return {name: count for name, count in counts.items() if count}


def _count_non_finite(channel: npt.NDArray[Any]) -> int:
    return channel.size - int(np.count_nonzero(np.isfinite(channel)))


def _same_memory(one: Floats, other: Floats) -> bool:
    return one.ctypes.data == other.ctypes.data and one.strides == other.strides


def _cut(channels: npt.NDArray[Any], there: Window, wanted: Window) -> npt.NDArray[Any]:
    cut = np.zeros((wanted[3] - wanted[1] + 1, wanted[2] - wanted[0] + 1, *channels.shape[2:]), channels.dtype)
    left, top = max(there[0], wanted[0]), max(there[1], wanted[1])
    right, bottom = min(there[2], wanted[2]) + 1, min(there[3], wanted[3]) + 1
    if left < right and top < bottom:
        kept = channels[top - there[1] : bottom - there[1], left - there[0] : right - there[0]]
        cut[top - wanted[1] : bottom - wanted[1], left - wanted[0] : right - wanted[0]] = kept
    return cut
