"""Plots of trainings and takes for people: drawn by matplotlib's objects alone, the same bytes every time."""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

GROUND, INK, FAINT, LINE = "#202020", "#d6d6d6", "#8c8c8c", "#4a4a4a"
"""Neutral greys, for a coloured page would tint the eye."""

STRONG, MARK = "#f0f0f0", "#c9a36a"

TINTS = ("#e0b15e", "#6fa8dc", "#8fc27a", "#d98277", "#b59ad6", "#66c2c0", "#d7d777", "#c08f6a")
"""Of trainings that are held against each other; told apart by people who see few colours by their labels."""

DOTS_PER_INCH = 160

FEW = 12
"""Points of a line below which each is a dot, too."""

NAME_POINTS = 12.5
"""From one name to the next, in points."""


class CurvePoint(Protocol):
    """One point of a learning curve, as `fit.Point` is one; no network has to be loaded to draw it."""

    @property
    def step(self) -> int:
        """Steps so far."""
        ...

    @property
    def loss(self) -> float:
        """Mean since the point before."""
        ...

    @property
    def held_out(self) -> float:
        """Score on what was held out, in dB."""
        ...

    @property
    def taught(self) -> float:
        """Score on what was learned from, in dB."""
        ...


Curve = Sequence[CurvePoint]


@dataclass(frozen=True)
class Marks:
    """Frames that are marked on a plot over time.

    Attributes:
        taught: that it was taught by, with a triangle below.
        fix: that are to be fixed next, with a line across.
    """

    taught: Sequence[int] = ()
    fix: Sequence[int] = ()


NO_MARKS = Marks()


def best_of(curve: Curve) -> CurvePoint:
    """Return the point that did best on what was held out: the first of equals, as the training has it."""
    return max(curve, key=lambda point: point.held_out)


def plot_curve(path: Path, curve: Curve) -> Path:
    """Draw a learning curve: scores on what was held out and on what was taught, the best step, and the loss."""
    return save_figure(curve_figure(curve), path)


def curve_figure(curve: Curve) -> Figure:
    """Return the figure of `plot_curve`."""
    figure = Figure(figsize=(12.4, 4.1), facecolor=GROUND)
    scores, losses = (_axes(axes) for axes in figure.subplots(1, 2, width_ratios=(1.7, 1)))
    steps, best, dot = [point.step for point in curve], best_of(curve), _dot(curve)
    held, own = [point.held_out for point in curve], [point.taught for point in curve]
    ends = [End("held out", (steps[-1], held[-1]), STRONG)]
    if any(own):
        scores.plot(steps, own, color=FAINT, linewidth=1.4, linestyle=(0, (4, 2)), marker=dot, markersize=3)
        ends.append(End("taught", (steps[-1], own[-1]), FAINT))
    scores.plot(steps, held, color=STRONG, linewidth=2, marker=dot, markersize=4)
    scores.plot([best.step], [best.held_out], marker="o", markersize=7, color=MARK, zorder=4)
    losses.plot(steps, [max(point.loss, 1e-9) for point in curve], color=INK, linewidth=1.6, marker=dot, markersize=4)
    losses.set_yscale("log")
    losses.yaxis.set_major_formatter("{x:g}")
    losses.yaxis.set_minor_formatter(_some_minors)
    losses.tick_params(which="minor", colors=FAINT, labelsize=8.5)
    for axes in (scores, losses):
        axes.axvline(best.step, color=MARK, linewidth=1, linestyle=(0, (2, 2)), zorder=1)
        axes.set(xlabel="steps", xlim=(0, steps[-1] * 1.02))
        axes.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
    _title(scores, f"Score over what was changed, dB: best {best.held_out:.2f} at step {best.step}")
    _title(losses, "Loss on the pieces of each step")
    figure.subplots_adjust(wspace=0.36)
    _name_ends(scores, ends)
    return figure


def plot_runs(path: Path, runs: Sequence[tuple[str, Curve]]) -> Path:
    """Draw the learning curves of several trainings over each other, held out only; the best step of each is marked.

    Args:
        path: to write to.
        runs: name and curve of each, in the order of `TINTS`.
    """
    return save_figure(runs_figure(runs), path)


def runs_figure(runs: Sequence[tuple[str, Curve]]) -> Figure:
    """Return the figure of `plot_runs`."""
    figure = Figure(figsize=(12.4, 4.6), facecolor=GROUND)
    axes, ends = _axes(figure.subplots()), []
    for (name, curve), tint in zip(runs, cycle(TINTS), strict=False):
        best, last = best_of(curve), curve[-1]
        steps, held = [point.step for point in curve], [point.held_out for point in curve]
        axes.plot(steps, held, color=tint, linewidth=1.7, marker=_dot(curve), markersize=3.5)
        axes.plot([best.step], [best.held_out], marker="o", markersize=7, color=tint)
        ends.append(End(name, (last.step, last.held_out), tint))
    axes.set(xlabel="steps", xlim=(0, 1.02 * max(curve[-1].step for _, curve in runs)))
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True, min_n_ticks=1))
    _title(axes, "Score on what was held out, dB; a dot marks the best")
    _name_ends(axes, ends)
    return figure


def plot_over_time(
    path: Path, lines: Mapping[str, Mapping[int, float]], words: str, *, marks: Marks = NO_MARKS
) -> Path:
    """Draw numbers over the frames of a shot.

    Args:
        path: to write to.
        lines: values by frame, by the name of the line; the first is the one that matters. Where there is no value
            the line is broken.
        words: what is shown, and in which unit.
        marks: frames to mark.
    """
    return save_figure(over_time_figure(lines, words, marks=marks), path, tight=False)


def over_time_figure(lines: Mapping[str, Mapping[int, float]], words: str, *, marks: Marks = NO_MARKS) -> Figure:
    """Return the figure of `plot_over_time`."""
    figure = Figure(figsize=(12.4, 2.7), facecolor=GROUND)
    axes, ends = _axes(figure.subplots()), []
    styles: list[tuple[str, float, Any]] = [(STRONG, 1.8, "-"), (FAINT, 1.3, (0, (4, 2))), (MARK, 1.3, "-")]
    for (name, line), (tint, width, dashes) in zip(lines.items(), cycle(styles), strict=False):
        frames = np.arange(min(line), max(line) + 1)
        values = [line.get(int(frame), np.nan) for frame in frames]
        axes.plot(frames, values, color=tint, linewidth=width, linestyle=dashes, marker=_dot(line), markersize=3)
        ends.append(End(name, (max(line), line[max(line)]), tint))
    highest = max(value for line in lines.values() for value in line.values())
    axes.set(xlim=(min(map(min, lines.values())) - 0.5, max(map(max, lines.values())) + 0.5))
    axes.set(ylim=(0, 1.12 * highest if highest > 0 else 1))
    for frame in marks.fix:
        axes.axvline(frame, color=MARK, linewidth=1, linestyle=(0, (2, 2)), zorder=1)
    axes.plot(marks.taught, [0] * len(marks.taught), "^", markersize=7, color=INK, clip_on=False, zorder=5)
    axes.xaxis.set_major_locator(MaxNLocator(12, integer=True, min_n_ticks=1))
    _title(axes, words)
    figure.subplots_adjust(left=0.045, right=0.875, top=0.86, bottom=0.12)  # two of them lie one below the other
    if len(lines) > 1:
        _name_ends(axes, ends)
    return figure


@dataclass(frozen=True)
class End:
    """The name of a line, and the point where it ends: nobody has to look from a legend to the line and back."""

    words: str
    point: tuple[float, float]
    tint: str


def _name_ends(axes: Axes, ends: Sequence[End]) -> None:
    """Write names at the right, once the limits stand, and far enough apart to be read."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    tall = figure.get_figheight() * 72 * axes.get_position().height  # in points, as letters are
    places = [float(axes.transAxes.inverted().transform(axes.transData.transform(end.point))[1]) for end in ends]
    lowest = -np.inf
    for place, end in sorted(zip(places, ends, strict=True), key=lambda both: both[0]):
        lowest = max(place, lowest + NAME_POINTS / tall)
        axes.annotate(
            end.words, (1, lowest), (7, 0), xycoords="axes fraction", textcoords="offset points", va="center",
            color=end.tint, fontsize=9, annotation_clip=False,
        )  # fmt: skip


def _some_minors(value: float, place: float) -> str:
    """Write 2 and 5 of each decade on a log axis, as its 1 is."""
    return f"{value:g}" if f"{value:e}"[0] in "25" else ""


def _dot(line: Sized) -> str | None:
    return "o" if len(line) < FEW else None


def _title(axes: Axes, words: str) -> None:
    axes.set_title(words, loc="left", color=INK, fontsize=10.5, pad=9)


def _axes(axes: Any) -> Axes:
    axes.set_facecolor(GROUND)
    axes.tick_params(colors=FAINT, labelsize=8.5, length=3)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(LINE)
    axes.xaxis.label.set(color=FAINT, fontsize=9)
    axes.yaxis.label.set(color=FAINT, fontsize=9)
    axes.grid(visible=True, color="#333333", linewidth=0.6)
    axes.set_axisbelow(True)
    plain: Axes = axes
    return plain


def save_figure(figure: Figure, path: Path, *, tight: bool = True) -> Path:
    """Write a figure as PNG without software name or date: the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    space: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.14} if tight else {}
    figure.savefig(path, format="png", dpi=DOTS_PER_INCH, facecolor=GROUND, metadata={"Software": None}, **space)
    return path
