"""What a movie says, or does not say, of how its samples mean colour; and its header in our words."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.reformatter import ColorPrimaries, ColorTrc

from rushes.domain.errors import BadMaterial
from rushes.media.frames import Floats, Header
from rushes.media.ycbcr import Resample, planes_of, resampler, rgb_from_planes

MATRICES = {1: "bt709", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020"}
"""By FFmpeg's numbers, which are those of ITU-T H.273."""
UNSAID = (0, 2)
FULL_RANGE = 2


@dataclass(frozen=True)
class ColourTags:
    """How a file says that its colour is encoded, by the numbers of ITU-T H.273; 2 says nothing.

    Attributes:
        full_range: None where it does not say.
    """

    primaries: int
    transfer: int
    matrix: int
    full_range: bool | None


@dataclass(frozen=True)
class Signal:
    """How one frame's samples mean colour.

    Attributes:
        matrix: one of `ycbcr.LUMA_WEIGHTS`, or `rgb`.
        bits: of a sample.
        full_range: black is code 0; else 16 of 255, 64 of 1023.
        assumed: what the file does not say, and what was taken for it.
    """

    matrix: str
    bits: int
    full_range: bool
    alpha: bool
    assumed: tuple[str, ...] = ()


def signal_of(frame: av.VideoFrame) -> Signal:
    """Read a decoded frame's tags. Untagged, a picture of up to 576 lines is taken as BT.601, a larger one as BT.709.

    Raises:
        BadMaterial: a matrix or pixel layout that is not read here.
    """
    layout = frame.format
    alpha = layout.name.startswith(("yuva", "gbrap"))
    if not layout.name.startswith(("yuv", "gbr")):
        raise BadMaterial(f"pixels kept as {layout.name} are not read", remedy="Convert it to ProRes 4444.")
    assumed = []
    if layout.is_rgb:
        matrix = "rgb"
    elif frame.colorspace in UNSAID:
        matrix = "bt601" if frame.height <= 576 and frame.width < 1280 else "bt709"
        assumed.append(f"matrix {matrix}, by its size")
    elif frame.colorspace in MATRICES:
        matrix = MATRICES[frame.colorspace]
    else:
        raise BadMaterial(f"YCbCr matrix {frame.colorspace} of ITU-T H.273 is not read", remedy="Convert it to BT.709.")
    full_range = frame.color_range == FULL_RANGE or layout.name.startswith("yuvj")
    if frame.color_range == 0:
        full_range = full_range or layout.is_rgb
        assumed.append("full range" if full_range else "narrow range")
    return Signal(matrix, layout.components[0].bits, full_range, alpha, tuple(assumed))


def tags_of(context: VideoCodecContext) -> ColourTags:
    """Read what a movie's header and its first packets say."""
    full_range = {1: False, FULL_RANGE: True}.get(context.color_range)
    if (context.pix_fmt or "").startswith("yuvj"):
        full_range = True
    return ColourTags(context.color_primaries, context.color_trc, context.colorspace, full_range)


def unpacker() -> Callable[[av.VideoFrame, Signal], Floats]:
    """Return what turns decoded frames into colour; it keeps FFmpeg's scalers open, so one thread at a time."""
    resamplers: dict[tuple[str, int, int], Resample] = {}

    def unpack(frame: av.VideoFrame, signal: Signal) -> Floats:
        name, size = frame.format.name, (frame.width, frame.height)
        wide = f"{'gbr' if signal.matrix == 'rgb' else 'yuv'}{'a' if signal.alpha else ''}"
        wide += "p16le" if signal.matrix == "rgb" else "444p16le"
        if (name, *size) not in resamplers:
            resamplers[name, *size] = resampler(size, name, wide)
        planes = planes_of(resamplers[name, *size](frame))
        return rgb_from_planes(planes, signal.matrix, bits=signal.bits, full_range=signal.full_range)

    return unpack


def header_of(frame: av.VideoFrame, signal: Signal, *, codec: str, frame_rate: Fraction) -> Header:
    """Put what a decoded frame says beside its pixels into our words; its timecode is known to the movie alone."""
    window = (0, 0, frame.width - 1, frame.height - 1)
    attributes = {
        "movie:pixelFormat": frame.format.name,
        "movie:matrix": signal.matrix,
        "movie:range": "full" if signal.full_range else "narrow",
        "movie:primaries": _name(ColorPrimaries, frame.color_primaries),
        "movie:transfer": _name(ColorTrc, frame.color_trc),
        "movie:assumed": "; ".join(signal.assumed),
        "movie:rotation": str(frame.rotation or ""),
        "movie:interlaced": "yes" if frame.interlaced_frame else "",
    }
    channels = ("R", "G", "B", "A") if signal.alpha else ("R", "G", "B")
    return Header(
        data_window=window,
        display_window=window,
        channel_types=dict.fromkeys(channels, f"uint{signal.bits}"),
        compression=codec,
        attributes={name: value for name, value in attributes.items() if value},
        frame_rate=frame_rate,
        colour=channels,
        premultiplied=False,
    )


def _name(kind: type[IntEnum], code: int) -> str:
    known = {member.value: member.name.lower() for member in kind}
    return known.get(code, f"H.273 {code}") if code not in UNSAID else ""
