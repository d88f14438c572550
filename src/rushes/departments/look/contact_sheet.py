"""The contact sheet: before, learned, graded and how far apart the last two are, example by example."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from matplotlib import colormaps
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from rushes.departments.department import Plate
from rushes.departments.look.difference import ToXyz, delta_e_2000
from rushes.departments.look.plots import MAT, save_figure
from rushes.departments.look.scopes import Picture, View, spread_out

HOTTEST = 8.0
"""ΔE2000 at the top of the heat map. Around 1 a trained eye begins to see a difference, at 2.3 anybody does, and by 8
two frames would not be taken for the same grade."""

SHEET_DOTS = 120
"""Dots per inch: pictures come out about 480 wide, enough to judge a grade by, and the file can be mailed."""

MAT_INK = "#151515"

HEAT = "ΔE2000"

COLUMNS = ("before", "learned", "graded", HEAT)


@dataclass(frozen=True)
class ReportExample:
    """One frame for the report.

    Attributes:
        name: for people.
        before: `(3, height, width)` float32, scene-linear in the working space.
        learned: the same through the look.
        graded: what was wanted, or None where nobody graded it.
        held_out: the look was not taught by this frame.
    """

    name: str
    before: Plate
    learned: Plate
    graded: Plate | None
    held_out: bool


@dataclass(frozen=True)
class Strip:
    """One row of the sheet: pictures by the name of their column, and the numbers.

    Attributes:
        mean: ΔE2000 between learned and graded; None where there is no graded frame.
        p99: of the same, what 99 of 100 pixels stay below.
    """

    name: str
    held_out: bool
    pictures: dict[str, Picture]
    mean: float | None
    p99: float | None


def strip_of(example: ReportExample, view: View, to_xyz: ToXyz) -> Strip:
    """Return an example's pictures and numbers; ΔE is of what the view shows, every n-th pixel of a large frame.

    Args:
        example: to show.
        view: from `scopes.viewer`.
        to_xyz: from `scopes.seen_xyz`.
    """
    pictures = {"before": view(example.before), "learned": view(example.learned)}
    if example.graded is None:
        return Strip(example.name, example.held_out, pictures, None, None)
    apart = delta_e_2000(to_xyz(spread_out(example.learned)), to_xyz(spread_out(example.graded)))
    pictures |= {"graded": view(example.graded), HEAT: heat_map(apart)}
    return Strip(example.name, example.held_out, pictures, float(apart.mean()), float(np.percentile(apart, 99)))


def heat_map(apart: npt.NDArray[np.float64]) -> Picture:
    """Return ΔE `(height, width)` as a picture, black at 0 and nearly white from 8 up."""
    return np.asarray(colormaps["inferno"](np.clip(apart / HOTTEST, 0, 1), bytes=True)[..., :3], np.uint8)


def plot_contact_sheet(path: Path, strips: Sequence[Strip]) -> Path:
    """Draw the sheet, pictures on an 18 % grey mat; where nothing was graded, only the two columns that there are."""
    columns = [name for name in COLUMNS if any(name in strip.pictures for strip in strips)]
    shapes = [strip.pictures["before"].shape for strip in strips]
    wide = 16.0 / len(columns)
    tall = [wide * min(height / width, 0.75) + 0.42 for height, width, _ in shapes]
    size = (17.0, sum(tall) + 0.6)
    figure = Figure(figsize=size, facecolor=MAT)
    rows = figure.subplots(len(strips), len(columns), squeeze=False, height_ratios=tall)
    for strip, row in zip(strips, rows, strict=True):
        for name, axes in zip(columns, row, strict=True):
            axes.set_axis_off()
            if name in strip.pictures:
                axes.imshow(strip.pictures[name], interpolation="antialiased")
                axes.set_anchor("SW")
                # with y said, no room is sought for it among ticks that nobody sees: a quarter of the time
                axes.set_title(_title(strip, name), loc="left", fontsize=9.5, color=MAT_INK, pad=4, y=1.0)
    figure.subplots_adjust(left=0.012, right=0.988, top=1 - 0.32 / size[1], bottom=0.42 / size[1], wspace=0.035)
    if HEAT in columns:
        _heat_scale(figure)
    return save_figure(figure, path, tight=False, ground=MAT, dots_per_inch=SHEET_DOTS)


def _heat_scale(figure: Figure) -> None:
    height = figure.get_figheight()
    bar = figure.colorbar(
        ScalarMappable(Normalize(0, HOTTEST), "inferno"),
        cax=figure.add_axes((0.745, 0.27 / height, 0.2, 0.1 / height)),
        orientation="horizontal",
    )
    bar.ax.tick_params(labelsize=8, length=2, colors=MAT_INK, pad=1)


def _title(strip: Strip, column: str) -> str:
    if column == "before":
        return f"{strip.name}{', held out' if strip.held_out else ''}: before"
    return column if column != HEAT else f"ΔE2000: mean {strip.mean:.2f}, p99 {strip.p99:.1f}"
