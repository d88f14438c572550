"""The report that a training ends with: contact sheet, learning curve and numbers, in one page that stands alone."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from rushes.departments.department import Colour
from rushes.departments.paint.contact_sheet import TAUGHT_MATTE, Strip, draw_contact_sheet
from rushes.departments.paint.fit import WORSE_BY
from rushes.departments.paint.pictures import HOTTEST, MADE, TAUGHT, Picture
from rushes.departments.paint.plots import Curve, best_of, plot_curve
from rushes.domain.parts import Measure

MOST_STRIPS = 8
"""On a page that people can still take in; held-out ones first, for they are the proof."""

FLIPS = {"result": ("taught", "plate"), "matte": (TAUGHT_MATTE,), "overlay": ("plate",)}
"""What is seen under the pointer instead of a picture: the first of these that there is."""

PHOTOGRAPHIC = ("plate", "taught", "result", "overlay")

FEWEST = 4
"""Judgements, of which the last is of the last quarter."""

MOST_HEADLINES = 4

STILL_BETTER_BY = 0.3
"""In dB, over the last quarter of the steps: more of a rise there promises more."""

Headline = tuple[str, str, str]
"""Value, what it is, and a remark."""


@dataclass(frozen=True)
class ReportPage:
    """What the report says beside the pictures.

    Attributes:
        title: what was learned.
        origin: what taught it, by which recipe and seed.
        colour: of the show; pictures went through its display and view.
        curve: of the training.
        scores: how well it was learned.
        warnings: what the artist should know before looking further.
        warning_pictures: PNG files that show it.
        held_out_words: what was kept back to judge by.
        recipe_rows: settings that it was trained with, by name.
        headlines: numbers that are asked for first, besides that of the curve; where there are none, some scores.
        budget: what ended the training, in words, such as `60 s`; empty where it went on until it no longer improved.
    """

    title: str
    origin: str
    colour: Colour
    curve: Curve
    scores: Sequence[Measure]
    warnings: Sequence[str] = ()
    warning_pictures: Sequence[Path] = ()
    held_out_words: str = ""
    recipe_rows: Sequence[tuple[str, str]] = ()
    headlines: Sequence[Headline] = ()
    budget: str = ""


def write_report(folder: Path, strips: Sequence[Strip], *, page: ReportPage) -> tuple[Path, ...]:
    """Write `report.html` and every picture of it that is of use by itself as PNG.

    Args:
        folder: to write into, made where missing.
        strips: at least one; of more than eight some are left out, never a held-out one before a taught one.
        page: everything beside the pictures.

    Returns:
        The page, then the PNG files in the order of the page. The page refers to none of them: it holds its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = sorted(strips, key=lambda strip: not strip.held_out)[:MOST_STRIPS]
    plots = {"contact_sheet": draw_contact_sheet(folder / "contact_sheet.png", chosen)}
    if page.curve:
        plots["curve"] = plot_curve(folder / "curve.png", page.curve)
    html = folder / "report.html"
    words = page_room().get_template("report.html.j2").render(
        page=page,
        strips=chosen,
        plots=plots,
        left_out=len(strips) - len(chosen),
        headlines=_headlines(page),
        verdict=verdict(page.curve, page.budget),
    )  # fmt: skip
    html.write_text(words, encoding="utf-8")
    return html, *page.warning_pictures, *plots.values()


def verdict(curve: Curve, budget: str) -> str:
    """Return in plain words how a training went: learned by heart, cut short, or settled.

    Args:
        curve: of it.
        budget: that ended it, or empty: it went on until it no longer improved.
    """
    if len(curve) < 2 or not any(point.held_out for point in curve):
        return ""
    best, last = best_of(curve), curve[-1]
    if last.held_out < best.held_out - WORSE_BY:
        back = f"So it went back to step {best.step}, and on from there."
        if last.taught > best.taught:
            return (
                f"It began to learn by heart: after step {best.step} it gained {last.taught - best.taught:.1f} dB on"
                f" what it was taught by and lost {best.held_out - last.held_out:.1f} dB on what was held out. {back}"
                " More time will not help; another taught frame, one unlike these, will."
            )
        return f"After step {best.step} it lost {best.held_out - last.held_out:.1f} dB on what was held out. {back}"
    if len(curve) < FEWEST:
        return f"It was judged only {len(curve)} times: too few to say whether it has settled."
    gained = best.held_out - best_of([point for point in curve if point.step <= 0.75 * last.step]).held_out
    if budget and gained > STILL_BETTER_BY:
        return (
            f"It was still getting better when it was last judged: {gained:.1f} dB over the last quarter of the steps"
            f" until then. Give it more time than {budget}."
        )
    return f"It settled {f'within its {budget}' if budget else 'and stopped by itself'}: more time would change little."


def _headlines(page: ReportPage) -> list[Headline]:
    """Return what is asked for first: the curve's best, then what the page says or else further scores."""
    if not any(point.held_out for point in page.curve):
        return list(page.headlines)
    best = best_of(page.curve)
    remark = f"at step {best.step}"
    remark += f"; {best.taught:.1f} dB on what it was taught by" if best.taught else ""
    more = [(f"{_number(one.value)} {one.unit}".strip(), one.name, "") for one in page.scores[1:MOST_HEADLINES]]
    return [(f"{best.held_out:.1f} dB", "over what was changed, held out", remark), *(page.headlines or more)]


def page_room() -> Environment:
    """Return where the department's pages are set, with what they need to stand alone."""
    room = Environment(
        loader=PackageLoader("rushes.departments.paint"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    room.filters |= {
        "address": _address,
        "exact": _exact,
        "png": _png,
        "number": _number,
        "threshold": _threshold,
        "placed": _placed,
        "columns": lambda strip: 3 if len(strip.pictures) > 4 else 2,
        "laid_out": laid_out,
        "kinds": _kinds,
    }
    room.globals |= {"hottest": HOTTEST, "made": MADE, "taught": TAUGHT}
    return room


def laid_out(strip: Strip) -> list[tuple[str, str | None]]:
    """Return the pictures of a strip in their order, each with what is seen under the pointer instead."""
    flips = {name: next((one for one in FLIPS.get(name, ()) if one in strip.pictures), None) for name in strip.pictures}
    return list(flips.items())


def _kinds(strips: Sequence[Strip]) -> set[str]:
    """Return what has to be explained below a sheet."""
    names = [set(strip.pictures) for strip in strips]
    found = {
        "painted": any({"difference", "taught"} <= one for one in names),
        "outlined": any("overlay" in one for one in names),
        "drawn": any("overlay" in one and TAUGHT_MATTE in one for one in names),
    }
    return {kind for kind, there in found.items() if there}


def _placed(window: tuple[float, float, float, float]) -> str:
    left, top, right, bottom = (100 * share for share in window)
    return f"left: {left:.2f}%; top: {top:.2f}%; width: {right - left:.2f}%; height: {bottom - top:.2f}%"


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


def _address(picture: Picture, name: str) -> str:
    """Return a picture of a column as a data address; full chroma, for a report on pictures must not blur them."""
    if name not in PHOTOGRAPHIC:
        return _exact(picture)
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=93, subsampling=0)
    return _data(held.getvalue(), "jpeg")


def _exact(picture: Picture) -> str:
    """Return a picture as a data address that keeps every code value."""
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG", compress_level=4)
    return _data(held.getvalue(), "png")


def _png(path: Path) -> str:
    return _data(path.read_bytes(), "png")


def _data(content: bytes, kind: str) -> str:
    return f"data:image/{kind};base64," + base64.b64encode(content).decode("ascii")
