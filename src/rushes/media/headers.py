"""What a picture file says beside its pixels: from OpenImageIO's words into a `Header`, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import OpenImageIO as oiio

from rushes.media.frames import Header, Window
from rushes.media.samples import dtype_of, oiio_name
from rushes.media.smpte import rate_of, read_timecode_word, timecode_word

OIIO_KINDS = {"half": "half", "float": "float", "uint": "uint32", "uint8": "uint8", "uint16": "uint16"}
TIMECODE, RATE, STRAIGHT = "smpte:TimeCode", "framesPerSecond", "oiio:UnassociatedAlpha"
FLOAT_RATES = ("dpx:TemporalFrameRate", "dpx:FrameRate", "cineon:FrameRate")
DERIVED = frozenset(
    {
        "compression",  # has a field of its own
        "dpx:TimeCode",  # says the same as smpte:TimeCode
        "oiio:BitsPerSample",
        "oiio:RowsPerChunk",
        "oiio:subimagename",
        "oiio:subimages",
        "openexr:chunkCount",
        "openexr:levelmode",
        "openexr:luminancechroma",
        "openexr:roundingmode",
        "thumbnail_height",  # the small picture inside the file would still show the old colour
        "thumbnail_nchannels",
        "thumbnail_width",
        "tiff:Compression",
        "tiff:PhotometricInterpretation",
        "tiff:RowsPerStrip",
        "tiff:UnassociatedAlpha",
    }
)
"""Attributes that follow from the rest; they are made anew when a file is written."""
OF_ONE_FORMAT = ("cineon:", "dpx:", "jpeg:", "openexr:", "png:", "tiff:", "Exif:", "GPS:", "IPTC:", "ICCProfile")
COLOUR_CLAIMS = (
    "acesImageContainerFlag",
    "adoptedNeutral",
    "chromaticities",
    "CICP",
    "colorInteropID",
    "dpx:Colorimetric",
    "dpx:Transfer",
    "oiio:ColorSpace",
    "oiio:Gamma",
)
"""Attributes that say how colour is encoded, and that lie once it has been converted."""


def header_of(spec: oiio.ImageSpec, file_format: str, part: int = 0) -> Header:
    """Read everything but pixels from what OpenImageIO found in a file."""
    found = {attribute.name: attribute for attribute in spec.extra_attribs}
    kept = {name: attribute for name, attribute in found.items() if name not in DERIVED}
    timecode: Any = found[TIMECODE].value if TIMECODE in found else None
    return Header(
        data_window=_window(spec.x, spec.y, width=spec.width, height=spec.height),
        display_window=_window(spec.full_x, spec.full_y, width=spec.full_width, height=spec.full_height),
        timecode=read_timecode_word(timecode[0]) if timecode else None,
        channel_types=_channel_types(spec),
        compression=spec.get_string_attribute("compression"),
        attributes={name: attribute.value for name, attribute in kept.items()},
        attribute_types={name: str(attribute.type) for name, attribute in kept.items()},
        frame_rate=_frame_rate(found),
        format=file_format,
        premultiplied=spec.alpha_channel < 0 or not spec.get_int_attribute(STRAIGHT),
        part=part,
    )


def spec_of(header: Header, names: Sequence[str], kinds: Sequence[str]) -> oiio.ImageSpec:
    """Make what OpenImageIO needs to write a picture.

    Args:
        header: `format` and `compression` are those of the file to write.
        names: of the channels.
        kinds: of the channels.
    """
    left, top, right, bottom = header.data_window
    widest = max(kinds, key=lambda kind: dtype_of(kind).itemsize)
    spec = oiio.ImageSpec(right - left + 1, bottom - top + 1, len(names), _oiio_type(widest))
    spec.x, spec.y = left, top
    left, top, right, bottom = header.display_window
    spec.full_x, spec.full_y, spec.full_width, spec.full_height = left, top, right - left + 1, bottom - top + 1
    spec.channelnames = tuple(names)
    if len(set(kinds)) > 1:
        spec.channelformats = tuple(_oiio_type(kind) for kind in kinds)
    for name, value in header.attributes.items():
        _set(spec, name, value, kind=header.attribute_types.get(name))
    _set_derived(spec, header, widest)
    return spec


def for_format(header: Header, file_format: str) -> Header:
    """Leave out what only the format it came from can mean."""
    if header.format == file_format:
        return header
    foreign = [word for word in OF_ONE_FORMAT if word != f"{file_format}:"]
    kept = {name: value for name, value in header.attributes.items() if not name.startswith(tuple(foreign))}
    return replace(header, attributes=kept, format=file_format, compression="")


def with_colour_space(header: Header, colour_space: str) -> Header:
    """Say how colour is encoded now, and unsay what the file said before."""
    kept = {
        name: value
        for name, value in header.attributes.items()
        if name not in COLOUR_CLAIMS and not name.startswith("ICCProfile")
    }
    return replace(header, attributes={**kept, "oiio:ColorSpace": colour_space})


def _window(left: int, top: int, *, width: int, height: int) -> Window:
    return left, top, left + width - 1, top + height - 1


def _channel_types(spec: oiio.ImageSpec) -> dict[str, str]:
    formats = spec.channelformats or [spec.format] * spec.nchannels
    bits = spec.get_int_attribute("oiio:BitsPerSample")
    kinds = [OIIO_KINDS.get(str(kind), str(kind)) for kind in formats]
    exact = [f"uint{bits}" if kind == "uint16" and 8 < bits < 16 else kind for kind in kinds]
    return dict(zip(spec.channelnames, exact, strict=True))


def _frame_rate(found: Mapping[str, Any]) -> Fraction | None:
    if RATE in found:
        above, below = found[RATE].value
        return Fraction(above, below) if above > 0 and below > 0 else None
    rates = [rate_of(found[name].value) for name in FLOAT_RATES if name in found]
    return next((rate for rate in rates if rate), None)


def _oiio_type(kind: str) -> oiio.TypeDesc:
    return oiio.TypeDesc(oiio_name(dtype_of(kind)))


def _set(spec: oiio.ImageSpec, name: str, value: Any, *, kind: str | None) -> None:
    if kind is not None:
        spec.attribute(name, oiio.TypeDesc(kind), value)
    elif isinstance(value, int | float | str):
        spec.attribute(name, value)
    else:
        numbers = [float(number) for number in value]
        spec.attribute(name, oiio.TypeDesc(f"float[{len(numbers)}]"), numbers)


def _set_derived(spec: oiio.ImageSpec, header: Header, kind: str) -> None:
    if header.compression:
        spec.attribute("compression", header.compression)
    # without one OpenImageIO writes the time of day, and the same frame would never give the same file twice
    if "DateTime" not in header.attributes:
        spec.attribute("DateTime", "")
    if kind.startswith("uint"):
        spec.attribute("oiio:BitsPerSample", int(kind.removeprefix("uint")))
    # where alpha may be either, OpenImageIO would divide colour by it unless told that this has happened
    spec.erase_attribute(STRAIGHT)
    if header.format == "png" or not header.premultiplied:
        spec.attribute(STRAIGHT, 1)
    _set_timecode(spec, header)
    if header.frame_rate:
        rate = header.frame_rate
        spec.attribute(RATE, oiio.TypeDesc("rational"), (rate.numerator, rate.denominator))
        if header.format == "dpx":
            spec.attribute("dpx:FrameRate", float(np.float32(rate)))


def _set_timecode(spec: oiio.ImageSpec, header: Header) -> None:
    word, user_bits = header.attributes.get(TIMECODE, (0, 0))
    if header.timecode is None or read_timecode_word(word) != header.timecode:
        spec.erase_attribute(TIMECODE)
        word = None if header.timecode is None else timecode_word(header.timecode)
    if word is not None and header.timecode is not None:
        spec.attribute(TIMECODE, oiio.TypeDesc("timecode"), (word, user_bits))
