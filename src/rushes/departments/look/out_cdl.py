"""A look's CDL for other programs: ASC XML by itself, and in an edit list clip by clip."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import PyOpenColorIO as ocio

from rushes.departments.look.look import Cdl, Triple
from rushes.departments.look.ocio_look import cdl_transform

Clip = tuple[str, tuple[int, int], str | None, str]
"""Reel name, first and last frame, timecode of the first frame or None, frame rate."""

XML_KINDS = {".cc": "ColorCorrection", ".ccc": "ColorCorrectionCollection", ".cdl": "ColorDecisionList"}

RECORD_START = "01:00:00:00"
"""Where an edit list starts by custom, so that leader fits before it."""

DROP_FRAME_RATES = (Fraction(30000, 1001), Fraction(60000, 1001))


def write_cdl(path: Path, cdl: Cdl, *, name: str, description: str) -> Path:
    """Write one CDL as ASC XML; the suffix says whether as `.cc`, `.ccc` or `.cdl`."""
    transform = cdl_transform(_rounded(cdl))
    transform.setID(name)
    # OCIO 2.6 escapes what it writes into these three formats twice
    plain = description.translate(str.maketrans("&<>", "+()", "\"'"))
    transform.setFirstSOPDescription(plain)
    text = ocio.GroupTransform([transform]).write(XML_KINDS[path.suffix], ocio.Config.CreateRaw())
    path.write_text(text, encoding="utf-8")
    return path


def write_edls(folder: Path, stem: str, cdl: Cdl, *, clips: Sequence[Clip], note: str) -> tuple[Path, ...]:
    """Write CMX 3600 edit lists with `*ASC_SOP` and `*ASC_SAT` on every clip, one list for each frame rate.

    Record timecode starts at one hour. A clip without timecode is found by its frame numbers.

    Args:
        folder: to write into.
        stem: file name without suffix.
        cdl: of every clip.
        clips: in order.
        note: a comment on every clip.
    """
    rates = list(dict.fromkeys(clip[3] for clip in clips))
    paths = []
    for rate in rates:
        ending = "" if len(rates) == 1 else f"_{float(Fraction(rate)):g}fps"
        path = folder / f"{stem}{ending}.edl"
        timeline = _timeline(stem, cdl, [clip for clip in clips if clip[3] == rate], note=note)
        text = otio.adapters.write_to_string(timeline, "cmx_3600", rate=float(Fraction(rate)))
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def _timeline(title: str, cdl: Cdl, clips: Iterable[Clip], *, note: str) -> otio.schema.Timeline:
    timeline, track = otio.schema.Timeline(title), otio.schema.Track("V1")
    timeline.tracks.append(track)
    for clip in clips:
        if not len(track):
            track.append(_leader(Fraction(clip[3])))
        track.append(_clip(clip, _rounded(cdl), note))
    return timeline


def _leader(rate: Fraction) -> otio.schema.Gap:
    # the adapter ignores a timeline's global_start_time, but a gap before the first clip moves record timecode
    start = RECORD_START[:8] + (";" if rate in DROP_FRAME_RATES else ":") + RECORD_START[9:]
    zero = otio.opentime.RationalTime(0, float(rate))
    return otio.schema.Gap(source_range=otio.opentime.TimeRange(zero, otio.opentime.from_timecode(start, float(rate))))


def _clip(clip: Clip, cdl: Cdl, note: str) -> otio.schema.Clip:
    reel, (first, last), timecode, fraction = clip
    rate = float(Fraction(fraction))
    at_frame = otio.opentime.RationalTime(first, rate)
    start = at_frame if timecode is None else otio.opentime.from_timecode(timecode, rate)
    length = otio.opentime.RationalTime(last - first + 1, rate)
    cut = otio.schema.Clip(reel, source_range=otio.opentime.TimeRange(start, length))
    sop = {"slope": list(cdl.slope), "offset": list(cdl.offset), "power": list(cdl.power)}
    cut.metadata["cdl"] = {"asc_sop": sop, "asc_sat": cdl.saturation}
    cut.metadata["cmx_3600"] = {"reel": reel, "comments": [note]}
    return cut


def _rounded(cdl: Cdl) -> Cdl:
    """Keep six digits: far below what a 16-bit picture shows, and what people can read."""
    return Cdl(_six(cdl.slope), _six(cdl.offset), _six(cdl.power), round(float(cdl.saturation), 6))


def _six(values: Triple) -> Triple:
    red, green, blue = (round(float(value), 6) for value in values)
    return red, green, blue
