"""What a suite's monitors and scopes show of a frame: the picture through the show's view, parade, vectorscope."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio

from rushes.departments.department import Colour, Plate
from rushes.departments.look.difference import ToXyz, xyz_from
from rushes.departments.look.look import Floats
from rushes.departments.look.ocio_look import apply_to_colours, processor
from rushes.media.colour import open_config

Picture = npt.NDArray[np.uint8]
"""`(height, width, 3)` uint8, encoded for a display."""

View = Callable[[Plate], Picture]

SEEN = "cie_xyz_d65_interchange"

PICTURE_WIDTH = 640
"""Of pictures in reports, in pixels."""

LEVELS = 256

PARADE_COLUMNS = 200

PHOSPHORS = ((1.0, 0.36, 0.32), (0.36, 1.0, 0.42), (0.42, 0.58, 1.0))
"""Red, green and blue as a parade draws them: each with a share of the others, or blue would be too dark to read."""

REC709_LUMA = np.array([0.2126, 0.7152, 0.0722])

BAR_COLOURS = {
    "R": (0.75, 0.0, 0.0),
    "Mg": (0.75, 0.0, 0.75),
    "B": (0.0, 0.0, 0.75),
    "Cy": (0.0, 0.75, 0.75),
    "G": (0.0, 0.75, 0.0),
    "Yl": (0.75, 0.75, 0.0),
}
"""75 % colour bars, whose places are marked on a vectorscope."""

SKIN_LINE_DEGREES = 123.0
"""Where skin of every shade lies on a vectorscope: the old +I axis, counted from +Cb."""


def viewer(colour: Colour) -> View:
    """Return what turns plates into pictures through the show's display and view.

    Args:
        colour: of the show.

    Returns:
        From `(3, height, width)` scene-linear in the working space to a picture at most 640 pixels wide, averaged
        down in scene-linear light.
    """
    show = ocio.DisplayViewTransform(src=colour.working_space, display=colour.display, view=colour.view)
    cpu = processor(show, open_config(colour.config))

    def picture(plate: Plate) -> Picture:
        shown = apply_to_colours(cpu, _averaged(plate))
        return np.asarray(np.clip(np.nan_to_num(shown), 0.0, 1.0) * 255.0 + 0.5, np.uint8)

    return picture


def seen_xyz(colour: Colour) -> ToXyz:
    """Return the way from the working space to the CIE XYZ that somebody sees on the display, clipped as there.

    Two highlights that the view shows as the same white are the same here; in scene-linear they may be stops apart. A
    config that does not say what its displays emit gives scene-linear XYZ instead.
    """
    config = open_config(colour.config)
    if not config.hasRole(SEEN):
        return xyz_from(colour.config, colour.working_space)
    space = config.getDisplayViewColorSpaceName(colour.display, colour.view)
    emitted = colour.display if space == "<USE_DISPLAY_NAME>" else space
    show = ocio.DisplayViewTransform(src=colour.working_space, display=colour.display, view=colour.view)
    shown, emit = (processor(step, config) for step in (show, ocio.ColorSpaceTransform(src=emitted, dst=SEEN)))
    return lambda pixels: apply_to_colours(emit, np.clip(apply_to_colours(shown, pixels), 0.0, 1.0))


def spread_out(plate: Plate, width: int = PICTURE_WIDTH) -> Floats:
    """Return every n-th pixel of a plate, untouched, as `(height, width, 3)`: few enough to measure quickly."""
    every = max(1, -(-plate.shape[2] // width))
    return np.ascontiguousarray(plate[:, ::every, ::every].transpose(1, 2, 0), np.float32)


def parade(picture: Picture) -> Floats:
    """Return an RGB parade: red, green and blue waveform side by side, `(256, 3 * columns, 3)` float32, 0 to 1.

    How often each level occurs in each column, in the channel's own colour; row 0 is code 0. A waveform has at most
    200 columns, each of several of the picture's, so that a trace is bright enough to read.
    """
    height, width, _ = picture.shape
    columns = min(width, PARADE_COLUMNS)
    spots = picture.astype(np.int64) * columns + (np.arange(width) * columns // width)[:, None]
    traces = [np.bincount(spots[..., channel].ravel(), minlength=LEVELS * columns) for channel in range(3)]
    glows = (_glow(trace.reshape(LEVELS, columns, 1), per=height * width / columns / 4) for trace in traces)
    return np.concatenate(
        [glow * np.asarray(tint, np.float32) for glow, tint in zip(glows, PHOSPHORS, strict=True)], axis=1
    )


def vectorscope(picture: Picture, points: int = 320) -> Floats:
    """Return a vectorscope: `(points, points, 3)` float32, 0 to 1, Cb rightwards and Cr upwards from -0.5 to 0.5.

    Each place glows in the colour that it stands for.
    """
    chroma = chroma_of(picture.reshape(-1, 3) / 255.0)
    spots = np.clip((chroma + 0.5) * points, 0, points - 1).astype(np.int64)
    trace = np.bincount(spots[:, 1] * points + spots[:, 0], minlength=points * points).reshape(points, points, 1)
    axis = (np.arange(points) + 0.5) / points - 0.5
    cb, cr = np.meshgrid(axis, axis)
    red, blue = 0.55 + 1.5748 * cr, 0.55 + 1.8556 * cb
    green = (0.55 - 0.2126 * red - 0.0722 * blue) / 0.7152
    tint = np.clip(np.stack([red, green, blue], axis=-1), 0.12, 1.0)
    return np.asarray(_glow(trace, per=len(chroma) / 2500) * tint, np.float32)


def chroma_of(red_green_blue: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return Cb and Cr of Rec.709 code values `(n, 3)`, -0.5 to 0.5 (ITU-R BT.709-6, item 3.3).

    >>> [round(float(value), 3) for value in chroma_of(np.array([[1.0, 0.0, 0.0]]))[0]]
    [-0.115, 0.5]
    """
    codes = np.asarray(red_green_blue, np.float64)
    luma = codes @ REC709_LUMA
    return np.stack([(codes[:, 2] - luma) / 1.8556, (codes[:, 0] - luma) / 1.5748], axis=1)


def _glow(trace: npt.NDArray[np.int64], per: float) -> Floats:
    """Turn counts into brightness as a phosphor does: a single hit is visible, a thousand do not blind."""
    return np.asarray(1.0 - np.exp(-((trace / max(per, 1.0) * 40.0) ** 0.6)), np.float32)


def _averaged(plate: Plate) -> Floats:
    """Return the means of whole blocks of pixels, so that the picture is at most 640 wide: `(height, width, 3)`."""
    channels, height, width = plate.shape
    block = -(-width // PICTURE_WIDTH)
    down, across = max(1, height // block), width // block
    whole = plate[:, : down * block, : across * block] if height >= block else plate[:, :, : across * block]
    means = whole.reshape(channels, down, -1, across, block).mean(axis=(2, 4))
    return np.ascontiguousarray(means.transpose(1, 2, 0), np.float32)
