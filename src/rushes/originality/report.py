"""The page on a comparison: what was found, side by side, and what it was looked for in. It stands alone."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from PIL import Image

from rushes.media.whole import whole_file
from rushes.originality.compare import Clip, Findings, Match
from rushes.originality.landmarks import Points
from rushes.originality.memorised import SUSPECT
from rushes.originality.pictures import Picture

MOST_PAIRS = 24
"""Side by side on a page that people can still take in; all of them are in its table."""

OUTLINE = (255, 214, 64)
"""Of what is shared; a colour that is rare in pictures."""


@dataclass(frozen=True)
class Page:
    """What the page says beside the matches.

    Attributes:
        take: its name.
        made_with: model, plate.
        sources: clips that the take was held against.
        left_out: clips that it was not held against, each with the reason.
        looked: how frames were chosen, in words.
        seen: display and view of the pictures.
    """

    take: str
    made_with: str
    sources: Sequence[Clip]
    left_out: Sequence[tuple[str, str]]
    looked: str
    seen: str


@dataclass(frozen=True)
class Pair:
    """Two frames side by side, what they share outlined."""

    match: Match
    here: Picture
    there: Picture


def write_page(path: Path, findings: Findings, page: Page, *, take: Clip) -> None:
    """Write the page, whole or not at all.

    Args:
        path: of the HTML file; its folder is made where missing.
        findings: at most 24 of them are shown, the surest first.
        page: everything beside the pictures.
        take: to look at its frames.
    """
    clips = {source.name: source for source in page.sources}
    pairs = [_pair(match, take, clips[match.source]) for match in findings.matches[:MOST_PAIRS]]
    loader = PackageLoader("rushes.originality")
    room = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    room.filters |= {"address": _address, "how": how, "verdict": verdict}
    words = room.get_template("originality.html.j2").render(
        page=page, findings=findings, pairs=pairs, suspect=SUSPECT, marked=[m for m in findings.matches if m.in_plate]
    )  # fmt: skip
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as draft:
        draft.write_text(words, encoding="utf-8")


def verdict(match: Match) -> str:
    """Return what a match is, in a word or two."""
    if match.in_plate:
        return "in the plate itself"
    return "copy" if match.copy else "candidate"


def how(match: Match) -> str:
    """Return how a match was seen, for people.

    >>> how(Match(1001, "still", "watch-list", 1, bits=20, hashed="mirrored whole"))
    'fingerprint of the mirrored whole: 20 of 256 bits differ'
    """
    seen = []
    if match.hashed:
        seen.append(f"fingerprint of the {match.hashed}: {match.bits} of 256 bits differ")
    if match.found:
        turned = "mirrored, " if match.turned_over else ""
        angle = "" if abs(match.found.degrees) < 1 else f", turned by {match.found.degrees:.0f}°"
        seen.append(f"{turned}{match.found.cells} places agree at {100 * match.found.scale:.0f} % of the size{angle}")
    return "; ".join(seen)


def _pair(match: Match, take: Clip, source: Clip) -> Pair:
    here, there = take.picture(match.frame), source.picture(match.source_frame)
    if match.found:
        here = _outlined(here, match.found.here)
        there = _outlined(there, match.found.there)
    return Pair(match, here, there)


def _outlined(picture: Picture, points: Points) -> Picture:
    drawn = picture.copy()
    cv2.polylines(drawn, [np.round(points).astype(np.int32)], True, OUTLINE, 2, cv2.LINE_AA)
    return drawn


def _address(picture: Picture) -> str:
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=92, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(held.getvalue()).decode("ascii")
