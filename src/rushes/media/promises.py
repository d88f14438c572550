"""What a picture file's header promises, and what the readers of headers share. Nothing here decodes a pixel."""

import os
from dataclasses import dataclass

from rushes.media.frames import Window

GREY = ("Y",)
GREY_ALPHA = ("Y", "A")
RGB = ("R", "G", "B")
RGBA = ("R", "G", "B", "A")
MAX_SIDE = 65536
MAX_CHANNELS = 1024


class Unreadable(Exception):
    """A header that contradicts itself or its file."""


class Refused(Exception):
    """A header that is sound, of a picture that is not read here."""

    def __init__(self, why: str, remedy: str) -> None:
        self.remedy = remedy
        super().__init__(why)


@dataclass(frozen=True)
class PartPromise:
    """One picture of a file.

    Attributes:
        channels: in EXR by name; elsewhere the usual names, whose number counts.
        raw_bytes: of its pixels once decoded, or of the largest buffer that decoding takes.
    """

    data_window: Window
    display_window: Window
    channels: tuple[str, ...]
    raw_bytes: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the data window."""
        left, top, right, bottom = self.data_window
        return right - left + 1, bottom - top + 1

    def absurdities(self) -> list[str]:
        """Say what no picture has."""
        reasons = []
        for name, (left, top, right, bottom) in (("data", self.data_window), ("display", self.display_window)):
            width, height = right - left + 1, bottom - top + 1
            if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
                reasons.append(f"its {name} window is {width}x{height}; a side may have 1 to {MAX_SIDE} pixels")
        if not 0 < len(self.channels) <= MAX_CHANNELS:
            reasons.append(f"it has {len(self.channels)} channels; there may be 1 to {MAX_CHANNELS}")
        return reasons


@dataclass(frozen=True)
class FilePromise:
    """What a decoder has to deliver, no more and no less.

    Attributes:
        format: as OpenImageIO spells it.
        luminance_chroma: colour is kept as luminance and half-size chroma: only one of the EXR readers knows that.
    """

    format: str
    parts: tuple[PartPromise, ...]
    luminance_chroma: bool = False


@dataclass(frozen=True)
class Opened:
    """A file at the gate.

    Attributes:
        size: in bytes.
        head: its first 64 KiB, or all of it.
    """

    handle: int
    size: int
    head: bytes

    def read(self, count: int, at: int) -> bytes:
        """Read some bytes; fewer only where the file ends."""
        return os.pread(self.handle, count, at)

    def tail(self, count: int) -> bytes:
        """Read the last bytes."""
        return self.read(count, max(0, self.size - count))


def plain_part(width: int, height: int, channels: tuple[str, ...], *, sample_bytes: int) -> PartPromise:
    """Promise a picture whose windows are both its size."""
    window = (0, 0, width - 1, height - 1)
    return PartPromise(window, window, channels, width * height * len(channels) * sample_bytes)
