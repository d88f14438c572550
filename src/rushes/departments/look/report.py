"""The report that a training ends with: pictures, plots and numbers, as PNG files and one page that stands alone."""

import base64
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from rushes.departments.department import Colour, Example
from rushes.departments.look.contact_sheet import HEAT, HOTTEST, ReportExample, Strip, plot_contact_sheet, strip_of
from rushes.departments.look.fit import Step
from rushes.departments.look.look import Cdl, Look
from rushes.departments.look.packing import Tensors, pack_look
from rushes.departments.look.plot_cube import plot_cube
from rushes.departments.look.plots import STEP_WORDS, plot_coverage, plot_scopes, plot_steps, plot_tone
from rushes.departments.look.scopes import Picture, seen_xyz, viewer
from rushes.domain.parts import Measure
from rushes.domain.recipes import Recipe

MOST_EXAMPLES = 12
"""On a page that people can still take in; held-out ones first, for they are the proof."""


MOST_FRAMES = 12
"""Of one clip that are named one by one."""

DIGITS = 12
"""Of a digest: few enough to read over the telephone, and no two looks of a studio share them."""

VIEWED = "as the view shows them"
SCENE_LINEAR = "in scene-linear light, highlights included"

Headline = tuple[str, str, str]
"""Value, what it is, and a remark."""


@dataclass(frozen=True)
class ReportPage:
    """What the report says beside the pictures.

    Attributes:
        title: what kind of look it is.
        origin: what taught it, by which recipe and seed; from `origin_of`.
        colour: of the show; pictures go through its display and view.
        steps: what each step of the chain buys.
        scores: how well the look was learned.
        checks: what quality control says of it.
        remarks: further sentences for whoever reads it.
        headlines: numbers that are asked for first, besides those of the contact sheet.
    """

    title: str
    origin: str
    colour: Colour
    steps: Sequence[Step]
    scores: Sequence[Measure]
    checks: Sequence[Measure]
    remarks: Sequence[str] = ()
    headlines: Sequence[Headline] = ()


def origin_of(examples: Sequence[Example], recipe: Recipe, *, words: str) -> str:
    """Return what taught a look: `taught by bunny 10, 45; recipe standard, seed 0`.

    Args:
        examples: in the order of the dataset.
        recipe: of the training.
        words: before the frames.
    """
    return f"{words} {frames_named(examples)}; recipe {recipe.name}, seed {recipe.seed}"


def frames_named(examples: Iterable[Example]) -> str:
    """Return clips and their frames for people; of many frames only how many, the first and the last."""
    clips = []
    for clip, mine in groupby(examples, key=lambda example: example.clip):
        numbers = [example.frame for example in mine]
        many = f"{len(numbers)} frames from {min(numbers)} to {max(numbers)}"
        clips.append(f"{clip} {many if len(numbers) > MOST_FRAMES else ', '.join(map(str, numbers))}")
    return "; ".join(clips)


def digest_of(weights: Tensors) -> str:
    """Return the first twelve hexadecimal digits of the SHA-256 over tensors with names, types and shapes.

    >>> digest_of({"cdl": np.zeros(2, np.float32)})
    'd065f6f84687'
    """
    whole = hashlib.sha256()
    for name in sorted(weights):
        tensor = np.ascontiguousarray(weights[name])
        whole.update(f"{name} {tensor.dtype.newbyteorder('<').str} {tensor.shape}\n".encode())
        whole.update(tensor.astype(tensor.dtype.newbyteorder("<"), copy=False).tobytes())
    return whole.hexdigest()[:DIGITS]


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
    scoped = {name: picture for name, picture in strips[0].pictures.items() if name != HEAT}
    plots = {"contact_sheet": plot_contact_sheet(folder / "contact_sheet.png", strips)}
    if page.steps:  # a look guessed from stills was held against nothing
        plots["steps"] = plot_steps(folder / "steps.png", page.steps)
    plots |= {
        "scopes": plot_scopes(folder / "scopes.png", scoped),
        "tone": plot_tone(folder / "tone.png", look, page.colour),
        "cube": plot_cube(folder / "cube.png", look, page.colour),
    }
    if look.seen.any():
        plots["coverage"] = plot_coverage(folder / "coverage.png", look, page.colour)
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
            digest=digest_of(pack_look(look)),
            scene_linear=SCENE_LINEAR,
            viewed=VIEWED,
            cdls=[("alone", look.best_cdl), ("in the chain", look.cdl)]
            if look.best_cdl != look.cdl
            else [("", look.cdl)],
            cdl_rows=_cdl_rows,
            heat=HEAT,
            hottest=HOTTEST,
            graded=any(strip.mean is not None for strip in strips),
        )
    )


def _headlines(look: Look, strips: Sequence[Strip], page: ReportPage) -> list[Headline]:
    """Return the few numbers that are asked for first: what the eye sees before what a probe measures."""
    lines = []
    for held_out, words in ((True, "held-out frames"), (False, "the frames it was taught by")):
        means = [strip.mean for strip in strips if strip.held_out is held_out and strip.mean is not None]
        worst = [strip.p99 for strip in strips if strip.held_out is held_out and strip.p99 is not None]
        if means:
            what = f"mean ΔE2000 on {words}, {VIEWED}"
            lines.append((f"{np.mean(means):.2f}", what, f"99 of 100 pixels below {max(0.1, *worst):.1f}"))
    lines += page.headlines
    if look.seen.any():
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
        value += 0.0  # -0 becomes 0
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
