"""The one place where colour is multiplied or divided by alpha, and only when asked to."""

from dataclasses import replace

import numpy as np

from rushes.media.frames import Frame


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
