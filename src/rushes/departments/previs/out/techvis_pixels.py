"""Lines and shapes on pixels, anti-aliased, by matplotlib's renderer."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from rushes.departments.previs.out.techvis_drawing import Line
from rushes.domain.errors import BadMaterial
from rushes.media.frames import Floats

_AGG: Any = RendererAgg
"""Without types of its own."""


def layer_of(shapes: Sequence[tuple[Path, Line]], size: tuple[int, int], *, scale: float = 1.0) -> Floats:
    """Return shapes as a layer.

    Args:
        shapes: each with its look; `spots` of the look do not count.
        size: width and height in pixels.
        scale: pixels for a unit of the shapes.

    Returns:
        `(height, width, 4)` float32, straight colour as displayed and alpha, 0 to 1.
    """
    renderer = _AGG(*size, 72)
    turned = Affine2D().scale(scale, -scale).translate(0, size[1])
    for path, look in shapes:
        context = GraphicsContextBase()
        context.set_antialiased(True)
        context.set_joinstyle("round")
        context.set_capstyle("round")
        context.set_alpha(look.opacity)
        context.set_foreground(look.stroke or look.fill)
        context.set_linewidth(look.width * scale if look.stroke else 0.0)
        if look.dashes:
            context.set_dashes(0, [scale * dash for dash in look.dashes])
        fill = (*_channels(look.fill), look.opacity) if look.fill else None
        try:
            renderer.draw_path(context, path, turned, fill)
        except OverflowError as error:
            raise BadMaterial("a shape is too fine to be drawn", [str(error)], "Simplify it.") from error
    return np.asarray(renderer.buffer_rgba(), np.float32) / np.float32(255)


def path_of(line: Line) -> Path:
    """Return the renderer's path of a line; a filled one is closed."""
    return Path([*line.spots, line.spots[0]] if line.fill else line.spots, closed=bool(line.fill))


def laid_over(picture: Floats, layer: Floats, opacity: float = 1.0) -> Floats:
    """Return a picture with a layer over it; where the layer is empty it is bit for bit the same.

    Args:
        picture: `(height, width, 3)` float32 as displayed.
        layer: `(height, width, 4)` float32, straight.
        opacity: of the layer, 0 to 1.
    """
    alpha = layer[..., 3:] * np.float32(opacity)
    blended = picture + alpha * (layer[..., :3] - picture)
    return np.where(alpha > 0, blended, picture).astype(np.float32)


def _channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue
