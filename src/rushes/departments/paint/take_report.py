"""The report on a whole take: which frame to fix next, and where; how steady and how sure it is; frames of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from rushes.departments.department import Colour
from rushes.departments.paint.advice import Advice
from rushes.departments.paint.contact_sheet import Shown, Strip, draw_contact_sheet, fits_close, pictures_of, placed
from rushes.departments.paint.motion import stretched
from rushes.departments.paint.pictures import Picture, View, busiest, heated
from rushes.departments.paint.plots import Marks, plot_over_time
from rushes.departments.paint.report import Headline, page_room
from rushes.domain.parts import Measure

MOST_ADVICE = 3
"""Frames to fix next that are shown: after the first is fixed, everything else has to be asked anew."""


@dataclass(frozen=True)
class Advised:
    """One piece of advice with its pictures.

    Attributes:
        rendered: the frame as it was rendered; where mattes are the work, with their outlines.
        hot: the same, what to look at glowing.
        plate: the frame as it was.
        close: its hottest part as rendered and as it was, one to one; None where the whole frame is no larger.
        window: where that part lies: left, top, right, bottom, as shares of the frame.
    """

    frame: int
    words: str
    rendered: Picture
    hot: Picture
    plate: Picture
    close: tuple[Picture, Picture] | None
    window: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class TakePage:
    """What the report says beside the pictures.

    Attributes:
        title: name of the take.
        origin: model, plate and settings.
        colour: of the show; pictures went through its display and view.
        advice: frames to fix next, the most urgent first.
        flicker: of the result, frame by frame.
        plate_flicker: the plate's own.
        flicker_words: what flicker is, and in which unit.
        confidence: mean where the fix applies, frame by frame, 0 to 1.
        taught: frames of this shot that it was taught by.
        measures: of the take.
        remarks: further sentences for whoever reads it.
        headlines: numbers that are asked for first, besides flicker and confidence.
    """

    title: str
    origin: str
    colour: Colour
    advice: Sequence[Advised]
    flicker: Mapping[int, float]
    plate_flicker: Mapping[int, float]
    flicker_words: str
    confidence: Mapping[int, float]
    taught: Sequence[int] = ()
    measures: Sequence[Measure] = ()
    remarks: Sequence[str] = ()
    headlines: Sequence[Headline] = ()


def advised(advice: Advice, shown: Shown, view: View) -> Advised:
    """Return a piece of advice with its pictures.

    Args:
        advice: which frame, why and where.
        shown: that frame as it was rendered.
        view: from `pictures.viewer`.
    """
    size, heat = shown.plate.shape[1:], np.asarray(np.nan_to_num(advice.heat).clip(0), np.float32)
    whole, plate = _rendered(pictures_of(shown, view))
    hot = heated(whole, np.asarray(heat / max(heat.max(), 1e-9), np.float32))
    if fits_close(shown):
        return Advised(advice.frame, advice.words, whole, hot, plate, None, None)
    window = busiest(stretched(heat, size))
    close = _rendered(pictures_of(shown, view, window))
    return Advised(advice.frame, advice.words, whole, hot, plate, close, placed(window, size))


def _rendered(pictures: Mapping[str, Picture]) -> tuple[Picture, Picture]:
    """Return what shows best what was made of a frame, and the frame as it was."""
    plate = pictures["plate"]
    return pictures.get("overlay", pictures.get("result", plate)), plate


def write_take_report(folder: Path, strips: Sequence[Strip], *, page: TakePage) -> tuple[Path, ...]:
    """Write `take.html` and every picture of it that is of use by itself as PNG.

    Args:
        folder: to write into, made where missing.
        strips: frames spread over the take, in order.
        page: everything beside the pictures.

    Returns:
        The page, then the PNG files in the order of the page. The page refers to none of them: it holds its own.
    """
    folder.mkdir(parents=True, exist_ok=True)
    advice = page.advice[:MOST_ADVICE]
    fixes = [_saved(folder / f"fix_{one.frame:04d}.png", one.hot) for one in advice]
    marks = Marks([frame for frame in page.taught if _within(frame, page)], [one.frame for one in advice])
    plots = {}
    if page.flicker:
        lines = {"result": page.flicker} | ({"plate's own": page.plate_flicker} if page.plate_flicker else {})
        plots["flicker"] = plot_over_time(folder / "flicker.png", lines, page.flicker_words, marks=marks)
    if page.confidence:
        words = "Confidence where the fix applies; 1 is sure"
        plots["confidence"] = plot_over_time(folder / "confidence.png", {"": page.confidence}, words, marks=marks)
    if strips:
        plots["contact_sheet"] = draw_contact_sheet(folder / "contact_sheet.png", strips)
    html = folder / "take.html"
    words = page_room().get_template("take.html.j2").render(
        page=page, strips=strips, plots=plots, advice=advice, headlines=[*_headlines(page), *page.headlines]
    )  # fmt: skip
    html.write_text(words, encoding="utf-8")
    return html, *fixes, *plots.values()


def _within(frame: int, page: TakePage) -> bool:
    there = [*page.flicker, *page.confidence]
    return bool(there) and min(there) <= frame <= max(there)


def _saved(path: Path, picture: Picture) -> Path:
    Image.fromarray(picture).save(path, "PNG")
    return path


def _headlines(page: TakePage) -> list[Headline]:
    lines = []
    shared = [frame for frame in page.flicker if frame in page.plate_flicker]
    own = sum(page.plate_flicker[frame] for frame in shared)
    if own > 0:
        worst = max(shared, key=lambda frame: page.flicker[frame] - page.plate_flicker[frame])
        share = sum(page.flicker[frame] for frame in shared) / own
        lines.append((f"{share:.2f} ×", "flicker, against the plate's own", f"most of it at frame {worst}"))
    elif page.flicker:
        worst = max(page.flicker, key=lambda frame: page.flicker[frame])
        lines.append((f"{page.flicker[worst]:.2g}", page.flicker_words, f"at frame {worst}, where it is worst"))
    if page.confidence:
        least = min(page.confidence, key=lambda frame: page.confidence[frame])
        mean = sum(page.confidence.values()) / len(page.confidence)
        remark = f"least at frame {least}: {100 * page.confidence[least]:.0f} %"
        lines.append((f"{100 * mean:.0f} %", "confidence where the fix applies", remark))
    return lines
