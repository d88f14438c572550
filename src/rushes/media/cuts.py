"""A cut in: OpenTimelineIO and CMX 3600 EDL, behind a gate of their own, as plain clips."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from rushes.domain.errors import BadMaterial, Damaged
from rushes.media.gate import opened

ADAPTERS = {".otio": "otio_json", ".edl": "cmx_3600"}
MAX_BYTES = 1 << 25
MAX_DEPTH = 100
"""A clip with a reference and some metadata lies ten deep in a plain timeline, and four deeper in each nested one."""
MAX_LINE, MAX_LINES = 4096, 200_000
TOKENS = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]')
STRANGE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
UNREADABLE = (otio.exceptions.OTIOError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError)
"""What the readers raise at a text that makes no sense to them."""


@dataclass(frozen=True)
class CutClip:
    """One clip of a cut.

    Attributes:
        source: the file or address that the cut names, or nothing; nobody has looked whether it is there.
        first: frame of the source.
        frames: how many of them are in the cut.
        at: place of the first one in the cut.
        rate: frames a second of the source.
    """

    name: str
    source: str
    first: int
    frames: int
    at: int
    rate: float


def is_cut(path: Path) -> bool:
    """Return whether a file's name says that it is a cut.

    >>> is_cut(Path("reel_1.otio")), is_cut(Path("reel_1.mov"))
    (True, False)
    """
    return path.suffix.lower() in ADAPTERS


def check_cut(path: Path) -> str:
    """Check a cut before a reader sees it, and return its text.

    Raises:
        Damaged: too long, too deep, or no text of its kind.
        BadMaterial: it is of a kind that is not read here.
        NotFound: it is not there.
    """
    if not is_cut(path):
        raise BadMaterial(f"{path}: no cut that is read here", remedy=f"There is {' '.join(ADAPTERS)}.")
    with opened(path, None) as file:
        if file.size > MAX_BYTES:
            raise Damaged(str(path), f"{file.size} bytes; a cut has at most {MAX_BYTES}")
        content = file.read(file.size, 0)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if path.suffix.lower() == ".otio":
            raise Damaged(str(path), "is not UTF-8") from error
        text = content.decode("latin-1")
    if why := _not_json(text) if path.suffix.lower() == ".otio" else _not_edl(text):
        raise Damaged(str(path), why)
    return text


def read_cut(path: Path, rate: Fraction) -> list[CutClip]:
    """Read the clips of a cut, in order; of one that comes from outside, only inside the sandbox.

    Args:
        path: `.otio` or `.edl`.
        rate: frames a second of an EDL, which does not say.

    Raises:
        Damaged: refused at the gate, or it makes no sense.
        BadMaterial: as `check_cut`.
        NotFound: it is not there.
    """
    text, adapter = check_cut(path), ADAPTERS[path.suffix.lower()]
    settings = {"rate": float(rate)} if adapter == "cmx_3600" else {}
    try:
        cut = otio.adapters.read_from_string(text, adapter, **settings)
        if not isinstance(cut, otio.schema.Timeline):
            raise Damaged(str(path), "holds no timeline")
        return list(_clips(cut))
    except UNREADABLE as error:
        raise Damaged(str(path), f"makes no sense: {_first_line(error)}") from error


def _clips(cut: otio.schema.Timeline) -> Iterator[CutClip]:
    for clip in cut.find_clips():
        span = clip.trimmed_range()
        at = clip.transformed_time(span.start_time, cut.tracks)
        source = str(getattr(clip.media_reference, "target_url", None) or "")
        first, frames, place = (round(time.value) for time in (span.start_time, span.duration, at))
        yield CutClip(str(clip.name), source, first, frames, place, float(span.duration.rate))


def _not_json(text: str) -> str:
    if not text.lstrip().startswith("{") or '"OTIO_SCHEMA"' not in text[: 1 << 16]:
        return "is no OpenTimelineIO: it begins like something else"
    depth = 0
    for token in TOKENS.finditer(text):
        first = token[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > MAX_DEPTH:
            return f"lies more than {MAX_DEPTH} deep in itself"
    return "breaks off" if depth else ""


def _not_edl(text: str) -> str:
    lines = text.splitlines()
    if len(lines) > MAX_LINES or max(map(len, lines), default=0) > MAX_LINE:
        return f"{len(lines)} lines; there may be {MAX_LINES}, of {MAX_LINE} characters"
    strange = STRANGE.search(text)
    return f"holds what no text holds: {strange[0]!a}" if strange else ""


def _first_line(error: BaseException) -> str:
    return ascii(next(iter(str(error).strip().splitlines()), type(error).__name__))[:200]
