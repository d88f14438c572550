"""Plots of a look for people: drawn by matplotlib's objects alone, the same bytes every time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PyOpenColorIO as ocio
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from mpl_toolkits.mplot3d.art3d import Line3DCollection

from rushes.departments.department import Colour
from rushes.departments.look.fit import Step
from rushes.departments.look.look import Floats, Look, Switches
from rushes.departments.look.ocio_look import apply_to_colours, look_transform, processor
from rushes.departments.look.scopes import BAR_COLOURS, SKIN_LINE_DEGREES, Picture, chroma_of, vectorscope, waveform
from rushes.media.colour import open_config

GROUND, INK, FAINT, LINE = "#202020", "#d6d6d6", "#8c8c8c", "#4a4a4a"
"""Neutral greys, for a coloured page would tint the eye."""

MAT = "#767676"
"""18 % grey in sRGB: what pictures are judged against."""

TRACES = {"red": "#e8675e", "green": "#6cc274", "blue": "#6f9bf0"}

DOTS_PER_INCH, SCOPE_DOTS = 200, 140

STEP_WORDS = {
    "nothing": "untouched",
    "best cdl": "CDL alone, at its best",
    "cdl": "CDL of the chain",
    "curves": "+ curves",
    "lattice": "+ residual lattice",
    "spatial": "+ spatial part",
}


def plot_steps(path: Path, steps: Sequence[Step]) -> Path:
    """Draw what each step buys: mean and 99th percentile of ΔE2000."""
    figure = Figure(figsize=(6.6, 0.46 * len(steps) + 0.9), facecolor=GROUND)
    axes = _axes(figure.subplots())
    rows = np.arange(len(steps))[::-1]
    widest = max(1.0, *(step.delta_e_2000_p99 for step in steps))
    for row, step in zip(rows, steps, strict=True):
        apart = step.name == "best cdl"
        axes.barh(row, step.delta_e_2000, 0.56, color="none" if apart else "#9a9a9a", edgecolor="#9a9a9a", linewidth=1)
        axes.plot([step.delta_e_2000, step.delta_e_2000_p99], [row, row], color=FAINT, linewidth=1)
        axes.plot([step.delta_e_2000_p99] * 2, [row - 0.18, row + 0.18], color=INK, linewidth=1.4)
        words = f"{step.delta_e_2000:.2f}   p99 {step.delta_e_2000_p99:.1f}"
        axes.text(step.delta_e_2000_p99 + widest * 0.02, row, words, color=INK, va="center", fontsize=9)
    axes.set_yticks(rows, [STEP_WORDS.get(step.name, step.name) for step in steps])
    axes.set_xlim(0, widest * 1.28)
    axes.set_xlabel("ΔE2000: bar is the mean, tick the 99th percentile")
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    return save_figure(figure, path)


def plot_tone(path: Path, look: Look, colour: Colour) -> Path:
    """Draw what becomes of grey, and the curves' part in it."""
    figure = Figure(figsize=(11.6, 4.3), facecolor=GROUND)
    left, right = (_axes(axes) for axes in figure.subplots(1, 2))
    config = open_config(colour.config)
    stops = np.linspace(-7.0, 6.5, 541)
    grey = np.repeat((0.18 * 2.0**stops)[:, None], 3, axis=1)
    codes = apply_to_colours(processor(ocio.ColorSpaceTransform(colour.working_space, look.encoding), config), grey)
    graded = apply_to_colours(processor(look_transform(look)), codes)
    by_cdl = apply_to_colours(processor(look_transform(look, Switches(curves=False, lattice=False))), codes)
    left.plot(stops, codes[:, 0], color=FAINT, linewidth=1, linestyle=(0, (4, 3)), label="untouched")
    left.plot(stops, by_cdl @ [0.2126, 0.7152, 0.0722], color=INK, linewidth=1, linestyle=":", label="CDL alone")
    for channel, (name, tint) in enumerate(TRACES.items()):
        left.plot(stops, graded[:, channel], color=tint, linewidth=1.8, label=name)
    left.set(xlabel="stops from mid grey", ylabel=f"{look.encoding} code value", title="What becomes of grey")
    inputs = np.linspace(*look.curve_domain, look.curves.shape[1])
    right.axhline(0.0, color=FAINT, linewidth=1, linestyle=(0, (4, 3)))
    for curve, (name, tint) in zip(look.curves, TRACES.items(), strict=True):
        right.plot(inputs, curve - inputs, color=tint, linewidth=1.8, label=name)
    reach = max(0.02, 1.15 * float(np.abs(look.curves - inputs).max()))
    right.set(
        xlabel=f"{look.encoding} in", ylabel="lifted or lowered by", title="What the curves add", ylim=(-reach, reach)
    )
    for axes in (left, right):
        axes.legend(frameon=False, labelcolor=INK, fontsize=8.5, loc="upper left")
    return save_figure(figure, path)


def plot_cube(path: Path, look: Look, colour: Colour) -> Path:
    """Draw where the look takes the cube of all colours: from the side, and along the grey axis."""
    codes, tints = _cube_of_colours(look, colour, points=17)
    graded = apply_to_colours(processor(look_transform(look)), codes)
    figure = Figure(figsize=(11.6, 5.4), facecolor=GROUND)
    views = ((18, -62, 1.2, "From the side"), (35.264, 45, 1.02, "Along the grey axis"))
    for place, (elevation, azimuth, zoom, words) in enumerate(views, start=1):
        axes: Any = figure.add_subplot(1, 2, place, projection="3d", facecolor=GROUND)
        axes.view_init(elevation, azimuth)
        axes.set_proj_type("ortho")
        _plain_box(axes, np.concatenate([codes.reshape(-1, 3), graded.reshape(-1, 3)]), zoom)
        _name_corners(axes, graded)
        segments, _ = _cage(codes, tints, every=16)
        axes.add_collection3d(Line3DCollection(segments, colors=LINE, linewidths=0.8))
        segments, inks = _cage(graded, tints, every=4)
        axes.add_collection3d(Line3DCollection(segments, colors=inks, linewidths=1.1))
        axes.plot(*np.einsum("iiic->ci", graded), color="#ffffff", linewidth=2.0)
        figure.text(place / 2 - 0.25, 0.035, words, color=INK, fontsize=10.5, ha="center")
    figure.subplots_adjust(left=0, right=1, bottom=0.05, top=1, wspace=0)
    return save_figure(figure, path, tight=False)


def plot_coverage(path: Path, look: Look) -> Path:
    """Draw where the look has seen data: the lattice looked through from three sides."""
    figure = Figure(figsize=(11.6, 4.2), facecolor=GROUND)
    sides = (("red", "green", 2), ("green", "blue", 0), ("red", "blue", 1))
    most = max(1.0, *(float(look.seen.sum(axis=away).max()) for _, _, away in sides))
    for axes, (across, up, away) in zip(figure.subplots(1, 3), sides, strict=True):
        shown = np.ma.log10(np.ma.masked_less(look.seen.sum(axis=away).T, 1.0))
        first, last = look.lattice_domain
        extent = (first, last, first, last)
        drawn = _axes(axes).imshow(
            shown,
            origin="lower",
            cmap="cividis",
            extent=extent,
            vmin=0,
            vmax=np.log10(most) + 0.1,
            interpolation="nearest",
        )
        axes.plot([first, last], [first, last], color=GROUND, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.grid(visible=False)
        axes.set(xlabel=across, ylabel=up, facecolor="#161616")
        axes.xaxis.label.set_color(TRACES[across])
        axes.yaxis.label.set_color(TRACES[up])
    bar = figure.colorbar(drawn, cax=axes.inset_axes((1.05, 0, 0.04, 1)))
    bar.set_label("pixels, as a power of ten", color=FAINT, fontsize=8.5)
    bar.ax.tick_params(colors=FAINT, labelsize=8)
    return save_figure(figure, path)


def plot_scopes(path: Path, pictures: Mapping[str, Picture]) -> Path:
    """Draw waveform and vectorscope of pictures side by side, under their names."""
    figure = Figure(figsize=(11.6, 6.6), facecolor=GROUND)
    rows = figure.subplots(2, len(pictures), squeeze=False, height_ratios=(1, 1.55))
    for (name, picture), above, below in zip(pictures.items(), rows[0], rows[1], strict=True):
        _waveform(_axes(above), picture)
        above.set_title(name, color=INK, fontsize=10)
        _vectorscope(_axes(below), picture)
    for above in rows[0][1:]:
        above.set_yticklabels([])
    figure.subplots_adjust(left=0.035, right=0.995, top=0.95, bottom=0.01, wspace=0.08, hspace=0.07)
    return save_figure(figure, path, tight=False, dots_per_inch=SCOPE_DOTS)


def _waveform(axes: Axes, picture: Picture) -> None:
    axes.imshow(waveform(picture), origin="lower", aspect="auto", extent=(0, 1, 0, 100), interpolation="bilinear")
    for level in (0, 25, 50, 75, 100):
        axes.axhline(level, color=LINE, linewidth=0.6, zorder=3)
    axes.set_yticks([0, 50, 100])
    axes.set_xticks([])
    axes.set_ylim(-4, 104)
    axes.set_facecolor("black")
    axes.grid(visible=False)


def _vectorscope(axes: Axes, picture: Picture) -> None:
    axes.set_facecolor("black")
    axes.imshow(vectorscope(picture), origin="lower", extent=(-0.5, 0.5, -0.5, 0.5), interpolation="bilinear")
    axes.add_patch(Circle((0, 0), 0.5, fill=False, color=LINE, linewidth=0.8))
    axes.plot([-0.5, 0.5], [0, 0], color=LINE, linewidth=0.5)
    axes.plot([0, 0], [-0.5, 0.5], color=LINE, linewidth=0.5)
    for name, spot in zip(BAR_COLOURS, chroma_of(np.array(list(BAR_COLOURS.values()))), strict=True):
        axes.plot(*spot, marker="s", markersize=9, markerfacecolor="none", markeredgecolor=FAINT, markeredgewidth=0.8)
        axes.annotate(name, spot, (7, 5), textcoords="offset points", color=FAINT, fontsize=7)
    skin = np.radians(SKIN_LINE_DEGREES)
    axes.plot([0, 0.46 * np.cos(skin)], [0, 0.46 * np.sin(skin)], color="#c9a48a", linewidth=0.9)
    axes.annotate("skin", (0.47 * np.cos(skin), 0.47 * np.sin(skin)), color="#c9a48a", fontsize=7, ha="center")
    axes.set(xlim=(-0.52, 0.52), ylim=(-0.52, 0.52), xticks=[], yticks=[], aspect="equal")
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)


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


def _name_corners(axes: Any, cube: Floats) -> None:
    middle = cube.reshape(-1, 3).mean(axis=0)
    for channel, (name, tint) in enumerate(TRACES.items()):
        corner = cube[tuple(-1 if axis == channel else 0 for axis in range(3))]
        axes.text(*(corner + 0.12 * (corner - middle)), name, color=tint, fontsize=9, ha="center", va="center")


def _axes(axes: Any) -> Axes:
    axes.set_facecolor(GROUND)
    axes.tick_params(colors=FAINT, labelsize=8.5, length=3)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(LINE)
    axes.xaxis.label.set(color=FAINT, fontsize=9)
    axes.yaxis.label.set(color=FAINT, fontsize=9)
    axes.title.set(color=INK, fontsize=10.5)
    axes.grid(visible=True, color="#333333", linewidth=0.6)
    axes.set_axisbelow(True)
    plain: Axes = axes
    return plain


def save_figure(
    figure: Figure, path: Path, *, tight: bool = True, ground: str = GROUND, dots_per_inch: int = DOTS_PER_INCH
) -> Path:
    """Write a figure as PNG without software name or date: the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    space: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.12} if tight else {}
    figure.savefig(path, format="png", dpi=dots_per_inch, facecolor=ground, metadata={"Software": None}, **space)
    return path
