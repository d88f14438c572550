"""The report that a training ends with: pictures, plots and numbers, as PNG files and one page that stands alone."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from rushes.departments.department import Colour
from rushes.departments.look.contact_sheet import HOTTEST, ReportExample, Strip, plot_contact_sheet, strip_of
from rushes.departments.look.fit import Step
from rushes.departments.look.look import Cdl, Look
from rushes.departments.look.plots import STEP_WORDS, plot_coverage, plot_cube, plot_scopes, plot_steps, plot_tone
from rushes.departments.look.scopes import Picture, seen_xyz, viewer
from rushes.domain.parts import Measure

MOST_EXAMPLES = 12
"""On a page that people can still take in; held-out ones first, for they are the proof."""


@dataclass(frozen=True)
class ReportPage:
    """What the report says beside the pictures.

    Attributes:
        title: of the look.
        colour: of the show; pictures go through its display and view.
        steps: what each step of the chain buys.
        scores: how well the look was learned.
        checks: what quality control says of it.
        remarks: further sentences for whoever reads it.
    """

    title: str
    colour: Colour
    steps: Sequence[Step]
    scores: Sequence[Measure]
    checks: Sequence[Measure]
    remarks: Sequence[str] = ()


def write_report(folder: Path, look: Look, examples: Sequence[ReportExample], *, page: ReportPage) -> tuple[Path, ...]:
    """Write `report.html` and every picture in it as PNG.

    Args:
        folder: to write into, made where missing.
        look: that was learned.
        examples: at least one; of more than twelve some are left out, never a held-out one before a taught one.
        page: title and numbers.

    Returns:
        The page, then the PNG files in the order of the page. The page refers to none of them: it holds its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = sorted(examples, key=lambda example: not example.held_out)[:MOST_EXAMPLES]
    view, to_xyz = viewer(page.colour), seen_xyz(page.colour)
    strips = [strip_of(example, view, to_xyz) for example in chosen]
    scoped = {name: picture for name, picture in strips[0].pictures.items() if name != "ΔE2000"}
    plots = {"contact_sheet": plot_contact_sheet(folder / "contact_sheet.png", strips)}
    if page.steps:  # a look guessed from stills was held against nothing
        plots["steps"] = plot_steps(folder / "steps.png", page.steps)
    plots |= {
        "scopes": plot_scopes(folder / "scopes.png", scoped),
        "tone": plot_tone(folder / "tone.png", look, page.colour),
        "cube": plot_cube(folder / "cube.png", look, page.colour),
        "coverage": plot_coverage(folder / "coverage.png", look),
    }
    html = folder / "report.html"
    html.write_text(_html(look, strips, page, plots=plots, left_out=len(examples) - len(chosen)), encoding="utf-8")
    return html, *plots.values()


def page_room() -> Environment:
    """Return where the department's pages are set, with what they need to stand alone."""
    room = Environment(
        loader=PackageLoader("rushes.departments.look"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    room.filters |= {"jpeg": _jpeg, "png": _png, "number": _number, "threshold": _threshold}
    return room


def _html(look: Look, strips: Sequence[Strip], page: ReportPage, *, plots: dict[str, Path], left_out: int) -> str:
    return (
        page_room()
        .get_template("report.html.j2")
        .render(
            page=page,
            look=look,
            strips=strips,
            plots=plots,
            left_out=left_out,
            step_words=STEP_WORDS,
            headlines=_headlines(look, strips, page),
            cdls=[("alone", look.best_cdl), ("in the chain", look.cdl)],
            cdl_rows=_cdl_rows,
            hottest=HOTTEST,
        )
    )


def _headlines(look: Look, strips: Sequence[Strip], page: ReportPage) -> list[tuple[str, str, str]]:
    """Return the few numbers that are asked for first: value, what it is, and a remark."""
    lines = []
    for held_out, words in ((True, "on held-out frames"), (False, "on the frames it was taught by")):
        means = [strip.mean for strip in strips if strip.held_out is held_out and strip.mean is not None]
        worst = [strip.p99 for strip in strips if strip.held_out is held_out and strip.p99 is not None]
        if means:
            lines.append((f"{np.mean(means):.2f}", f"mean ΔE2000 {words}", f"99 of 100 pixels below {max(worst):.1f}"))
    seen = float((look.seen >= 1).mean())
    lines.append((f"{100 * seen:.2g} %", "of the lattice has seen pixels", "elsewhere it goes by its prior"))
    held = [check for check in page.checks if check.passed is not None]
    passed = sum(1 for check in held if check.passed)
    lines.append((f"{passed} of {len(held)}", "quality checks passed", "each with its number below"))
    return lines


def _cdl_rows(cdl: Cdl) -> list[tuple[str, str]]:
    triples = (("slope", cdl.slope), ("offset", cdl.offset), ("power", cdl.power))
    rows = [(name, "  ".join(f"{value:.4f}" for value in values)) for name, values in triples]
    return [*rows, ("saturation", f"{cdl.saturation:.4f}")]


def _number(value: float) -> str:
    """Return three digits that count, without exponents where people can do without."""
    if value == 0 or 0.001 <= abs(value) < 10000:
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
    return f"{value:.1e}"


def _threshold(measure: Measure) -> str:
    """Return a measure's threshold, and on which side of it the good values lie."""
    if measure.threshold is None:
        return ""
    above = (measure.value >= measure.threshold) is measure.passed
    return f"{'≥' if above else '≤'} {_number(measure.threshold)}"


def _jpeg(picture: Picture) -> str:
    """Return a picture as a data address; full chroma, for a report on colour must not blur it."""
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=94, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode("ascii")


def _png(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")
