"""The one place where colour is multiplied or divided by alpha, and only when asked to."""

from dataclasses import replace

import numpy as np

from rushes.media.colour import Convert
from rushes.media.frames import Frame

LARGEST_LIGHT = 65504
"""Of a half, and about where the log curves of cameras end."""


def premultiplied(frame: Frame) -> Frame:
    """Multiply colour by alpha, as EXR and every compositor wants it; a frame that is so already is left alone."""
    if frame.header.premultiplied:
        return frame
    return _with_alpha(frame, premultiplied=True)


def straight(frame: Frame) -> Frame:
    """Divide colour by alpha, as PNG and every colour change wants it; a frame that is so already is left alone.

    Where alpha is 0 colour stays: it is light that covers nothing, such as a glow.
    """
    if not frame.header.premultiplied:
        return frame
    return _with_alpha(frame, premultiplied=False)


def convert_straight(frame: Frame, convert: Convert) -> None:
    """Convert a frame's colour in place, divided by alpha meanwhile if it is multiplied by it: for whatever bends.

    A curve takes what is half covered for half as bright, and draws a seam along every soft edge.

    Args:
        frame: where alpha is 0 black stays black, which a log curve would make light of, and a glow is converted as it
            is; so is colour that divided by next to no alpha would be brighter than light can be.
        convert: from the encoding of the file.
    """
    if frame.packed.shape[2] < 4 or not frame.header.premultiplied:
        convert(frame.packed)
        return
    undivided, colour, alpha = frame.packed.copy(), frame.packed[..., :3], frame.packed[..., 3:]
    covers, empty = (alpha != 0) & np.isfinite(alpha), ~frame.packed.any(axis=-1, keepdims=True)
    np.divide(colour, alpha, out=colour, where=covers)
    convert(frame.packed)
    too_bright = covers & ~(np.abs(colour) <= LARGEST_LIGHT).all(axis=-1, keepdims=True)
    np.multiply(colour, alpha, out=colour, where=covers)
    if too_bright.any():
        convert(undivided)
        np.copyto(colour, undivided[..., :3], where=too_bright)
    np.copyto(colour, 0, where=empty)


def _with_alpha(frame: Frame, *, premultiplied: bool) -> Frame:
    header = replace(frame.header, premultiplied=premultiplied)
    if frame.packed.shape[2] < 4:
        return replace(frame, header=header)
    packed = frame.packed.copy()
    alpha = packed[..., 3:]
    if premultiplied:
        packed[..., :3] *= alpha
    else:
        np.divide(packed[..., :3], alpha, out=packed[..., :3], where=alpha != 0)
    return replace(frame, packed=packed, header=header)
