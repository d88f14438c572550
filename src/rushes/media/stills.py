"""One picture file to one frame and back: EXR, DPX, TIFF and PNG; JPEG, Radiance and Cineon are read only.

Nothing is done to the pixels: no gamma, no premultiplying, no clipping of what the type can hold.
"""

from dataclasses import replace
from pathlib import Path

from rushes.domain.errors import BadMaterial
from rushes.media.channels import colour_channels, layers_of
from rushes.media.decode import read_headers, read_parts
from rushes.media.encode import write_parts
from rushes.media.frames import Frame, Header, Part
from rushes.media.gate import STILL_SUFFIXES, format_of
from rushes.media.headers import for_format, with_colour_space
from rushes.media.packing import KINDS, find_picture, frame_of, part_of

LOSSLESS = ("none", "rle", "zips", "zip", "piz", "zstd", "htj2k32", "htj2k256", "lzw", "packbits")
ALPHA_IS_STRAIGHT = {"png": True, "openexr": False}
"""Where the format itself says how colour and alpha go together; TIFF can say either."""


def read_still(path: Path, *, number: int = 0, layer: str = "") -> Frame:
    """Read a picture file in its own encoding, with everything that it says.

    Colour is what the file stores: premultiplied in EXR, straight in PNG (`Header.premultiplied` tells). Luminance and
    chroma at half size come as RGB; of a mip-mapped picture the full size.

    Args:
        path: EXR, DPX, TIFF, PNG, JPEG, Radiance HDR or Cineon.
        number: of the frame.
        layer: the layer, or part of a multi-part file, whose R, G, B (, A) become `packed`; the first picture else.

    Raises:
        Damaged: naming the file and frame: refused at the gate, or it does not decode to what its header promises.
        BadMaterial: deep, inks, or without a picture in that layer.
        NotFound: there is no such file or layer.
    """
    return frame_of(str(path), read_parts(path, number or None), number, layer=layer)


def read_header(path: Path, *, number: int = 0, layer: str = "") -> Header:
    """Read what a picture file says beside its pixels; costs no decoding.

    Args:
        path: as for `read_still`.
        number: of the frame, for the error.
        layer: as for `read_still`.

    Raises:
        Damaged: naming the file and frame, as far as the header shows it.
        BadMaterial: as `read_still`.
        NotFound: as `read_still`.
    """
    headers = read_headers(path, number or None)
    index, names = find_picture(str(path), headers, layer)
    return replace(headers[index], colour=names)


def pictures_left_alone(path: Path) -> tuple[str, ...]:
    """Say which part of a picture file a department works on, where it has further parts that are colour too.

    The second eye of a stereo file is one. They are kept, bit for bit, and so stand ungraded beside the graded one.

    Args:
        path: as for `read_still`; of a movie nothing is said.

    Returns:
        A sentence for people, or nothing.
    """
    if path.suffix.lower() not in STILL_SUFFIXES:
        return ()
    headers = read_headers(path)
    main, _ = find_picture(str(path), headers)
    names = [_name_of(header, place) for place, header in enumerate(headers, start=1)]
    further = [names[place] for place, header in enumerate(headers) if place != main and _has_colour(header)]
    if not further:
        return ()
    return (f"only the part {names[main]} is worked on; kept as they are, though colour too: {', '.join(further)}",)


def write_still(path: Path, frame: Frame, *, kind: str = "", compression: str = "", colour_space: str = "") -> None:
    """Write a frame with everything that it carries; the file appears whole and on disk, or not at all.

    A frame that was read from this format comes out with the same samples, bit for bit. Tiles become scan lines, and
    the small preview that some EXR files hold is left out: it would show the old picture.

    Args:
        path: `.exr`, `.dpx`, `.tif` or `.png`.
        frame: as read, or `with_plate`.
        kind: type of the colour channels; theirs in the file that it came from else, or the usual one of the format.
        compression: as OpenImageIO spells it; else that of the file it came from if that loses nothing (coding lossy
            pixels again would change those that nobody touched), or `zip`.
        colour_space: how colour is encoded now, if it is not what `frame.header` says.

    Raises:
        BadMaterial: the format cannot hold this frame, with every reason.
        RushesError: the file could not be written.
    """
    file_format = format_of(path)
    reasons = _cannot_hold(file_format, frame, kind)
    if reasons:
        raise BadMaterial(f"{path} cannot hold frame {frame.number}", reasons)
    header = for_format(frame.header, file_format)
    if colour_space:
        header = with_colour_space(header, colour_space)
    main = part_of(replace(frame, header=header), kind)
    parts = [*frame.parts[: header.part], main, *frame.parts[header.part :]]
    write_parts(path, [_compressed(_in_step(part, header), compression) for part in parts])


def _name_of(header: Header, place: int) -> str:
    return str(header.attributes.get("name") or header.attributes.get("view") or f"number {place}")


def _has_colour(header: Header) -> bool:
    channels = [name for name, kind in header.channel_types.items() if kind != "uint32"]
    return any(len(colour_channels(channels, layer)) >= 3 for layer in ("", *layers_of(channels)))


def _cannot_hold(file_format: str, frame: Frame, kind: str) -> list[str]:
    if file_format not in KINDS:
        return [f"{file_format} is read, and not written"]
    header, reasons = frame.header, []
    if kind and kind not in KINDS[file_format]:
        reasons.append(f"{file_format} has no samples of type {kind}; there is {', '.join(KINDS[file_format])}")
    if file_format in ("png", "dpx") and (frame.others or frame.parts):
        reasons.append(f"{file_format} holds one picture and no further channels: write `colour_only(frame)`")
    if frame.parts and file_format != header.format:
        reasons.append(f"the parts of {header.format} cannot be written as {file_format}: write `colour_only(frame)`")
    if file_format != "openexr" and header.data_window != header.display_window:
        reasons.append(f"{file_format} has no overscan: write `in_display_window(frame)`")
    if frame.packed.shape[2] == 4 and ALPHA_IS_STRAIGHT.get(file_format) == header.premultiplied:
        wanted = "straight" if header.premultiplied else "premultiplied"
        reasons.append(f"colour beside alpha in {file_format} is {wanted}: write `{wanted}(frame)`")
    return reasons


def _in_step(part: Part, header: Header) -> Part:
    # OpenEXR wants these to be the same in all parts
    shared = replace(part.header, display_window=header.display_window, timecode=header.timecode)
    if part.header.attributes.get("chromaticities") != header.attributes.get("chromaticities"):
        kept = {name: value for name, value in shared.attributes.items() if name != "chromaticities"}
        shared = replace(shared, attributes=kept)
    return replace(part, header=shared)


def _compressed(part: Part, asked: str) -> Part:
    own = part.header.compression
    # pxr24 keeps 16 bits of a half and 24 of a float
    harmless = own in LOSSLESS or (own == "pxr24" and "float" not in part.header.channel_types.values())
    return replace(part, header=replace(part.header, compression=asked or (own if harmless else "zip")))
