"""The plot of what a look does to the cube of all colours; apart from the flat ones, for it has its own geometry."""

from pathlib import Path
from typing import Any

import numpy as np
import PyOpenColorIO as ocio
from matplotlib.figure import Figure
from mpl_toolkits.mplot3d import proj3d
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from rushes.departments.department import Colour
from rushes.departments.look.look import Floats, Look
from rushes.departments.look.ocio_look import apply_to_colours, look_transform, processor
from rushes.departments.look.plots import GROUND, INK, LINE, TRACES, save_figure
from rushes.media.colour import open_config


def plot_cube(path: Path, look: Look, colour: Colour) -> Path:
    """Draw where the look takes the cube of all colours: from the side, and along the grey axis."""
    return save_figure(cube_figure(look, colour), path, tight=False)


def cube_figure(look: Look, colour: Colour) -> Figure:
    """Return the figure of `plot_cube`."""
    codes, tints = _cube_of_colours(look, colour, points=17)
    graded = apply_to_colours(processor(look_transform(look)), codes)
    figure = Figure(figsize=(11.6, 5.4), facecolor=GROUND)
    views = ((18, -62, 1.08, "From the side"), (35.264, 45, 0.98, "Along the grey axis"))
    for place, (elevation, azimuth, zoom, words) in enumerate(views, start=1):
        axes: Any = figure.add_subplot(1, 2, place, projection="3d", facecolor=GROUND)
        axes.view_init(elevation, azimuth)
        axes.set_proj_type("ortho")
        _plain_box(axes, np.concatenate([codes.reshape(-1, 3), graded.reshape(-1, 3)]), zoom)
        _name_axes(axes, codes, graded)
        segments, _ = _cage(codes, tints, every=16)
        axes.add_collection3d(Line3DCollection(segments, colors=LINE, linewidths=0.8))
        segments, inks = _cage(graded, tints, every=4)
        axes.add_collection3d(Line3DCollection(segments, colors=inks, linewidths=1.1))
        axes.plot(*np.einsum("iiic->ci", graded), color="#ffffff", linewidth=2.0)
        figure.text(place / 2 - 0.25, 0.035, words, color=INK, fontsize=10.5, ha="center")
    figure.subplots_adjust(left=0, right=1, bottom=0.05, top=1, wspace=0)
    return figure


def _cube_of_colours(look: Look, colour: Colour, points: int) -> tuple[Floats, Floats]:
    """Return codes from black to two stops over white, and how each looks ungraded: both `(n, n, n, 3)`."""
    config = open_config(colour.config)
    there = ocio.ColorSpaceTransform(src=colour.working_space, dst=look.encoding)
    black, white = apply_to_colours(processor(there, config), [[0.0] * 3, [4.0] * 3]).mean(axis=1)
    steps = np.linspace(black, white, points)
    codes = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).astype(np.float32)
    show = ocio.DisplayViewTransform(src=look.encoding, display=colour.display, view=colour.view)
    return codes, np.clip(apply_to_colours(processor(show, config), codes), 0.0, 1.0)


def _cage(cube: Floats, tints: Floats, every: int) -> tuple[Floats, Floats]:
    """Return lines through every n-th lattice point along each axis, piece by piece, and a colour for each piece."""
    segments, inks = [], []
    for axis in range(3):
        along, ink = (np.moveaxis(values, axis, 2)[::every, ::every] for values in (cube, tints))
        segments.append(np.stack([along[:, :, :-1], along[:, :, 1:]], axis=3).reshape(-1, 2, 3))
        inks.append(((ink[:, :, :-1] + ink[:, :, 1:]) / 2).reshape(-1, 3))
    # what is nearly black would vanish on a dark page
    lifted = 0.16 + 0.84 * np.concatenate(inks)
    return np.concatenate(segments), np.asarray(lifted, np.float32)


def _plain_box(axes: Any, colours: Floats, zoom: float) -> None:
    ends = (float(colours.min()), float(colours.max()))
    axes.set(xlim=ends, ylim=ends, zlim=ends)
    axes.set_box_aspect((1, 1, 1), zoom=zoom)
    axes.set_axis_off()


def _name_axes(axes: Any, codes: Floats, graded: Floats) -> None:
    """Write each channel's name along an outer edge of the untouched cube, clear of everything that is drawn."""

    def on_page(colours: Floats) -> Floats:
        spots = proj3d.proj_transform(*colours.reshape(-1, 3).T, axes.get_proj())
        return np.stack([np.asarray(spot, np.float32) for spot in spots[:2]], axis=-1)

    drawn = np.concatenate([on_page(codes), on_page(graded)])
    middle = on_page(codes).mean(axis=0)
    for channel, (name, tint) in enumerate(TRACES.items()):
        along = np.moveaxis(codes, channel, 0)
        starts, ends = (on_page(along[end, ::16, ::16][:2, :2]) for end in (0, -1))
        way = (ends - starts)[0] / np.linalg.norm((ends - starts)[0])
        across = np.array([way[1], -way[0]])
        # of two outermost edges the lower one, where people look for an axis
        out = across * np.sign(-across[1] or 1.0)
        edge = int(np.argmax((starts - middle) @ out))
        spot = (starts[edge] + ends[edge]) / 2
        spot = spot + out * (float(((drawn - spot) @ out).max()) + 0.012)
        turn = float(np.degrees(np.arctan2(way[1], way[0])))
        forth = -90 < turn <= 90
        axes.annotate(
            f"{name} →" if forth else f"← {name}", spot, color=tint, fontsize=9, ha="center", va="center",
            rotation=turn if forth else turn + 180, annotation_clip=False,
        )  # fmt: skip
