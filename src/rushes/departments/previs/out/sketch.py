"""What an artist draws: a layer over a frame, a pencil drawing on paper, or a board in place of the render."""

from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
from PIL import Image

from rushes.departments.previs.out.boards_svg import SUFFIX, draw_sketch
from rushes.domain.errors import BadMaterial, Damaged, NotFound
from rushes.media.alpha import straight
from rushes.media.frames import Floats, colour_only, in_display_window
from rushes.media.stills import read_header, read_still

MODES = ("over", "multiply", "instead")
FITS = ("contain", "cover", "stretch")
STILLS = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
MOST_PIXELS = 64_000_000
PAPER = np.float32(1.0)
TURNS = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False), 7: (1, True), 8: (1, False)}
"""What a camera's Orientation stands for: quarter turns anticlockwise, then whether it is mirrored sideways."""


@dataclass(frozen=True)
class Sketching:
    """How a sketch lies on a frame: data for the frame's recipe, and all that decides the pixels beside the two.

    Attributes:
        mode: `over` by its alpha; `multiply` for pencil on white paper, which darkens; `instead` of the render, on
            white paper where it is empty.
        opacity: strength, 0 to 1; at 0 the render is bit for bit the same.
        fit: `contain` shows all of it, `cover` fills the frame and cuts it, `stretch` bends it to the frame.
    """

    mode: str = "over"
    opacity: float = 1.0
    fit: str = "contain"

    def __post_init__(self) -> None:
        """Refuse words that nobody defined."""
        if self.mode not in MODES:
            raise NotFound("mode of a sketch", self.mode, MODES)
        if self.fit not in FITS:
            raise NotFound("fit of a sketch", self.fit, FITS)
        if not (isfinite(self.opacity) and 0 <= self.opacity <= 1):
            raise BadMaterial(f"a sketch cannot have an opacity of {self.opacity}", remedy="Take 0 to 1.")


def read_sketch(path: Path, size: tuple[int, int], how: Sketching) -> Floats:
    """Read a drawing at the size of a frame.

    Args:
        path: `.png`, `.jpg` or `.tif`, as displayed; or an SVG of lines and shapes (`boards_svg`).
        size: width and height of the frame, pixels.
        how: how it is fitted; a photo is turned as its camera was held.

    Returns:
        `(height, width, 4)` float32, straight colour as displayed and alpha, 0 to 1; empty around what is contained.

    Raises:
        BadMaterial: no picture format that boards take, or too large; naming the file.
        Damaged: it is not what its name or header says.
        NotFound: there is no such file.
    """
    if path.suffix.lower() == SUFFIX:
        return draw_sketch(path, size, how.fit)
    if path.suffix.lower() not in STILLS:
        remedy = f"Save the drawing as {', '.join((*STILLS, SUFFIX))}."
        raise BadMaterial(f"{path}: boards take no {path.suffix or 'file without a suffix'}", remedy=remedy)
    left, top, right, bottom = read_header(path).display_window
    pixels = (right - left + 1) * (bottom - top + 1)
    if pixels > MOST_PIXELS:
        why = f"{pixels / 1e6:.0f} megapixels; a board has at most {MOST_PIXELS / 1e6:.0f}"
        raise Damaged(str(path), why, remedy="Scan it smaller.")
    frame = straight(in_display_window(colour_only(read_still(path))))
    drawing = np.clip(np.nan_to_num(frame.packed, nan=0.0, posinf=1.0, neginf=0.0), 0.0, 1.0)
    if drawing.shape[2] == 3:
        drawing = np.concatenate([drawing, np.ones_like(drawing[..., :1])], axis=2)
    return fitted(upright(drawing, frame.header.attributes.get("Orientation", 1)), size, how.fit)


def upright(drawing: Floats, orientation: object) -> Floats:
    """Return a photo turned as its camera was held.

    Args:
        drawing: `(height, width, channels)`.
        orientation: 1 to 8, as Exif counts; anything else is upright.

    >>> upright(np.array([[[1.0], [2.0]]], np.float32), 6)[..., 0].tolist()
    [[1.0], [2.0]]
    """
    turns, mirrored = TURNS.get(orientation, (0, False)) if isinstance(orientation, int) else (0, False)
    turned = np.rot90(drawing, turns)
    return turned[:, ::-1] if mirrored else turned


def fitted(drawing: Floats, size: tuple[int, int], fit: str) -> Floats:
    """Return a drawing at the size of a frame.

    Args:
        drawing: `(height, width, 4)` float32, straight.
        size: width and height of the frame.
        fit: `contain`, `cover` or `stretch`.
    """
    own = (drawing.shape[1], drawing.shape[0])
    inner, corner = placing(own, size, fit)
    scales = inner[0] / own[0], inner[1] / own[1]
    # what is cut off is never scaled: a drawing one pixel wide would fill the memory
    first = [max(0.0, -edge / scale) for edge, scale in zip(corner, scales, strict=True)]
    box = (first[0], first[1], own[0] - first[0], own[1] - first[1])
    wide, high = (min(most, max(1, round(side))) for most, side in zip(size, inner, strict=True))
    alpha = drawing[..., 3:]
    layers = [drawing[..., at : at + 1] * alpha for at in range(3)] + [alpha]
    scaled = np.concatenate([_scaled(layer[..., 0], box, (wide, high)) for layer in layers], axis=2)
    scaled[..., :3] = np.clip(scaled[..., :3] / np.maximum(scaled[..., 3:], 1e-6), 0.0, 1.0)
    whole = np.zeros((size[1], size[0], 4), np.float32)
    left, top = max(0, round(corner[0])), max(0, round(corner[1]))
    into = whole[top : top + high, left : left + wide]
    into[:] = scaled[: into.shape[0], : into.shape[1]]
    return whole


def _scaled(channel: Floats, box: tuple[float, float, float, float], size: tuple[int, int]) -> Floats:
    scaled = Image.fromarray(np.ascontiguousarray(channel)).resize(size, Image.Resampling.LANCZOS, box)
    return np.clip(np.asarray(scaled, np.float32), 0.0, 1.0)[..., None]


def placing(
    own: tuple[float, float], size: tuple[float, float], fit: str
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the size of a drawing in a frame, and where its top left corner lies.

    >>> placing((400, 300), (1600, 900), "contain")
    ((1200.0, 900.0), (200.0, 0.0))
    """
    scales = size[0] / own[0], size[1] / own[1]
    if fit != "stretch":
        scales = (max(scales),) * 2 if fit == "cover" else (min(scales),) * 2
    inner = own[0] * scales[0], own[1] * scales[1]
    return inner, ((size[0] - inner[0]) / 2, (size[1] - inner[1]) / 2)


def composite(picture: Floats, sketch: Floats, how: Sketching) -> Floats:
    """Return a frame with a sketch on it; where the sketch is empty the render is bit for bit the same, but `instead`.

    Args:
        picture: `(height, width, 3)` float32 as displayed.
        sketch: `(height, width, 4)` float32 as from `read_sketch`.
        how: mode and opacity.

    Raises:
        BadMaterial: they differ in size.
    """
    if picture.shape[:2] != sketch.shape[:2] or sketch.shape[2:] != (4,):
        raise BadMaterial(f"a sketch of {sketch.shape} does not lie on a picture of {picture.shape}")
    colour, cover = sketch[..., :3], sketch[..., 3:] * np.float32(how.opacity)
    drawn: Floats
    if how.mode == "instead":
        drawn = PAPER + sketch[..., 3:] * (colour - PAPER)
        cover = np.full_like(cover, how.opacity)
    else:
        drawn = colour * picture if how.mode == "multiply" else colour
    blended = np.where(cover >= 1, drawn, picture + cover * (drawn - picture))
    return np.where(cover > 0, blended, picture).astype(np.float32)
