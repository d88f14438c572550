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

from rushes.departments.department import Colour
from rushes.departments.look.arithmetic import apply_curves
from rushes.departments.look.fit import Step
from rushes.departments.look.look import Look, Switches
from rushes.departments.look.ocio_look import apply_to_colours, look_transform, processor
from rushes.departments.look.scopes import (
    BAR_COLOURS,
    REC709_LUMA,
    SKIN_LINE_DEGREES,
    Picture,
    chroma_of,
    parade,
    vectorscope,
)
from rushes.media.colour import open_config

GROUND, INK, FAINT, LINE = "#202020", "#d6d6d6", "#8c8c8c", "#4a4a4a"
"""Neutral greys, for a coloured page would tint the eye."""

MAT = "#767676"
"""18 % grey in sRGB: what pictures are judged against."""

TRACES = {"red": "#e8675e", "green": "#6cc274", "blue": "#6f9bf0"}

CODE_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)

GRATICULE = (0, 25, 50, 75, 100)
"""Per cent of the display's signal, as on a scope."""

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
    axes.set_xlabel("ΔE2000 in scene-linear light, taught frames: bar is the mean, tick the 99th percentile")
    axes.tick_params(axis="y", length=0, labelcolor=INK)
    axes.grid(visible=False, axis="y")
    return save_figure(figure, path)


def plot_tone(path: Path, look: Look, colour: Colour) -> Path:
    """Draw what becomes of grey, and the curves' part in it."""
    return save_figure(tone_figure(look, colour), path)


def tone_figure(look: Look, colour: Colour) -> Figure:
    """Return the figure of `plot_tone`."""
    figure = Figure(figsize=(11.6, 4.5), facecolor=GROUND)
    left, right = (_axes(axes) for axes in figure.subplots(1, 2))
    _grey(left, look, colour)
    inputs = np.linspace(0.0, 1.0, 401, dtype=np.float32)
    added = apply_curves(look.curves, look.curve_domain, np.repeat(inputs[:, None], 3, axis=1)) - inputs[:, None]
    right.axhline(0.0, color=FAINT, linewidth=1, linestyle=(0, (4, 3)))
    for channel, (name, tint) in enumerate(TRACES.items()):
        right.plot(inputs, added[:, channel], color=tint, linewidth=1.8, label=name)
    reach = max(0.02, 1.15 * float(np.abs(added).max()))
    shown = look.curve_domain[0] <= 0 and look.curve_domain[1] >= 1
    beyond = "" if shown else "; level beyond what was shown"
    right.set(xlabel=f"{look.encoding} in, codes 0 to 1{beyond}", ylabel="lifted or lowered by")
    right.set(xlim=(0, 1), xticks=CODE_TICKS, ylim=(-reach, reach))
    for axes, words in ((left, "What becomes of grey"), (right, "What the curves add")):
        axes.set_title(words, loc="left", color=INK, fontsize=10.5, pad=24, y=1.0)
        # over the plot, for inside it any corner may hold a curve
        axes.legend(
            frameon=False, labelcolor=INK, fontsize=8.5, loc="lower left", bbox_to_anchor=(-0.015, 0.985), ncols=5,
            columnspacing=1.4, handlelength=1.6,
        )  # fmt: skip
    return figure


def _grey(axes: Axes, look: Look, colour: Colour) -> None:
    config = open_config(colour.config)
    stops = np.linspace(-7.0, 6.5, 541)
    grey = np.repeat((0.18 * 2.0**stops)[:, None], 3, axis=1)
    codes = apply_to_colours(processor(ocio.ColorSpaceTransform(colour.working_space, look.encoding), config), grey)
    graded = apply_to_colours(processor(look_transform(look)), codes)
    by_cdl = apply_to_colours(processor(look_transform(look, Switches(curves=False, lattice=False))), codes)
    axes.plot(stops, codes[:, 0], color=FAINT, linewidth=1, linestyle=(0, (4, 3)), label="untouched")
    axes.plot(stops, by_cdl @ REC709_LUMA, color=INK, linewidth=1, linestyle=":", label="CDL alone")
    for channel, (name, tint) in enumerate(TRACES.items()):
        axes.plot(stops, graded[:, channel], color=tint, linewidth=1.8, label=name)
    axes.set(xlabel="stops from mid grey", ylabel=f"{look.encoding} code value", xlim=(-7, 6.5))


def plot_coverage(path: Path, look: Look, colour: Colour) -> Path:
    """Draw where the look has seen data: the lattice looked through from three sides, codes 0 to 1 at least."""
    return save_figure(coverage_figure(look, colour), path)


def coverage_figure(look: Look, colour: Colour) -> Figure:
    """Return the figure of `plot_coverage`."""
    figure = Figure(figsize=(11.6, 4.3), facecolor=GROUND)
    sides = (("red", "green", 2), ("green", "blue", 0), ("red", "blue", 1))
    most = max(1.0, *(float(look.seen.sum(axis=away).max()) for _, _, away in sides))
    low, high = look.lattice_domain
    half = (high - low) / (look.seen.shape[0] - 1) / 2
    extent = (low - half, high + half) * 2
    for axes, (across, up, away) in zip(figure.subplots(1, 3), sides, strict=True):
        shown = np.ma.log10(np.ma.masked_less(look.seen.sum(axis=away).T, 1.0))
        drawn = _axes(axes).imshow(
            shown, origin="lower", cmap="cividis", extent=extent, vmin=0, vmax=np.log10(most) + 0.1,
            interpolation="nearest",
        )  # fmt: skip
        _code_square(axes, (min(0.0, low), max(1.0, high)), _black_and_white(look, colour))
        axes.set(xlabel=f"{across} code", ylabel=f"{up} code", facecolor="#161616")
        axes.xaxis.label.set_color(TRACES[across])
        axes.yaxis.label.set_color(TRACES[up])
    figure.subplots_adjust(left=0.05, right=0.9, top=0.98, bottom=0.12, wspace=0.32)
    bar = figure.colorbar(drawn, cax=axes.inset_axes((1.1, 0, 0.04, 1)))
    bar.set_label("pixels' worth of evidence, as a power of ten", color=FAINT, fontsize=9)
    bar.ax.tick_params(colors=FAINT, labelsize=8.5)
    return figure


def _black_and_white(look: Look, colour: Colour) -> tuple[float, float]:
    """Return the look's codes of no light and of diffuse white, scene-linear 1.0."""
    there = ocio.ColorSpaceTransform(src=colour.working_space, dst=look.encoding)
    black, white = apply_to_colours(processor(there, open_config(colour.config)), [[0.0] * 3, [1.0] * 3])
    return float(black.mean()), float(white.mean())


def _code_square(axes: Axes, ends: tuple[float, float], marks: tuple[float, float]) -> None:
    """Give a plot of code against code the same ends and ticks both ways, and mark black and diffuse white."""
    axes.plot(ends, ends, color=LINE, linewidth=0.8, linestyle=(0, (4, 3)))
    for place, words in zip(marks, ("black", "diffuse white"), strict=True):
        axes.axvline(place, color=FAINT, linewidth=0.8)
        axes.axhline(place, color=FAINT, linewidth=0.8)
        axes.annotate(
            words, (place, ends[1]), (3, -4), textcoords="offset points", color=INK, fontsize=7.5, va="top", ha="left"
        )
    axes.set(xlim=ends, ylim=ends, xticks=CODE_TICKS, yticks=CODE_TICKS, aspect="equal")
    axes.grid(visible=False)


def plot_scopes(path: Path, pictures: Mapping[str, Picture]) -> Path:
    """Draw RGB parade and vectorscope of pictures side by side, under their names."""
    figure = Figure(figsize=(3.87 * len(pictures), 7.2), facecolor=GROUND)
    rows = figure.subplots(2, len(pictures), squeeze=False, height_ratios=(1, 1.25))
    for (name, picture), above, below in zip(pictures.items(), rows[0], rows[1], strict=True):
        _parade(_axes(above), picture)
        above.set_title(name, color=INK, fontsize=10, y=1.0)
        _vectorscope(_axes(below), picture)
    wide = 3.87 * len(pictures)
    figure.subplots_adjust(left=0.46 / wide, right=1 - 0.06 / wide, top=0.955, bottom=0.01, wspace=0.17, hspace=0.1)
    return save_figure(figure, path, tight=False, dots_per_inch=SCOPE_DOTS)


def _parade(axes: Axes, picture: Picture) -> None:
    axes.imshow(parade(picture), origin="lower", aspect="auto", extent=(0, 3, 0, 100), interpolation="antialiased")
    for level in GRATICULE:
        axes.axhline(level, color="#6a6046", linewidth=0.6, zorder=3)
    for channel, (name, tint) in enumerate(TRACES.items()):
        axes.axvline(channel, color=LINE, linewidth=0.8, zorder=3)
        axes.annotate(name, (channel + 0.5, -7), color=tint, fontsize=7.5, ha="center", va="center")
    axes.set(xticks=[], yticks=GRATICULE, xlim=(0, 3), ylim=(-12, 104), facecolor="black")
    axes.set_yticklabels([f"{level} %" for level in GRATICULE], fontsize=7.5)
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
