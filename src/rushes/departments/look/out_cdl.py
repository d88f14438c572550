"""A look's CDL for other programs: ASC XML by itself, and in an edit list clip by clip."""

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import PyOpenColorIO as ocio

from rushes.departments.look.look import Cdl, Triple
from rushes.departments.look.ocio_look import cdl_transform
from rushes.media.timecode import has_timecode

Clip = tuple[str, tuple[int, int], str | None, str]
"""Source as its file or reel is named, first and last frame, timecode of the first frame or None, frame rate."""

XML_KINDS = {".cc": "ColorCorrection", ".ccc": "ColorCorrectionCollection", ".cdl": "ColorDecisionList"}

RECORD_START = "01:00:00:00"
"""Where an edit list starts by custom, so that leader fits before it."""

REEL = 8
"""Letters and digits that CMX 3600 has room for in the name of a reel."""

FRAME_NUMBERS = re.compile(r"[._-]?(#+|@+|%\d*d)")
NUMBERS = re.compile(r"<(Slope|Offset|Power|Saturation)>([^<]*)</")


def write_cdl(path: Path, cdl: Cdl, *, name: str, description: str) -> Path:
    """Write one CDL as ASC XML; the suffix says whether as `.cc`, `.ccc` or `.cdl`."""
    transform = cdl_transform(rounded(cdl))
    transform.setID(name)
    # OCIO 2.6 escapes what it writes into these three formats twice
    plain = description.translate(str.maketrans("&<>", "+()", "\"'"))
    transform.setFirstSOPDescription(plain)
    return write_xml(path, [transform])


def write_xml(path: Path, transforms: Sequence[ocio.CDLTransform]) -> Path:
    """Write CDLs as ASC XML of the kind that the suffix says, every number with at most six decimal places."""
    text = ocio.GroupTransform(list(transforms)).write(XML_KINDS[path.suffix], ocio.Config.CreateRaw())
    # OCIO writes some doubles with all their digits: 0.9958979999999999 for 0.995898
    path.write_text(NUMBERS.sub(lambda found: f"<{found[1]}>{_plain(found[2])}</", text), encoding="utf-8")
    return path


def write_edls(folder: Path, stem: str, cdl: Cdl, *, clips: Sequence[Clip], note: str) -> tuple[Path, ...]:
    """Write CMX 3600 edit lists with `*ASC_SOP` and `*ASC_SAT` on every clip.

    There is one list for each frame rate, and one for drop frame. Record timecode starts at one hour. A clip without
    timecode is found by its frame numbers; at a rate that has no timecode there is no list.

    Args:
        folder: to write into.
        stem: file name without suffix.
        cdl: of every clip.
        clips: in order.
        note: a comment on every clip.
    """
    counts = dict.fromkeys((clip[3], _drops(clip)) for clip in clips if has_timecode(Fraction(clip[3])))
    both = {rate for rate, drop in counts if drop} & {rate for rate, drop in counts if not drop}
    reels, paths = _reels(clips), []
    for rate, drop in counts:
        ending = "" if len(counts) == 1 else f"_{float(Fraction(rate)):g}fps{'-drop' if drop and rate in both else ''}"
        path = folder / f"{stem}{ending}.edl"
        mine = [clip for clip in clips if (clip[3], _drops(clip)) == (rate, drop)]
        timeline = _timeline(stem, [_clip(clip, reels[clip[0]], cdl, note=note) for clip in mine], mine[0])
        text = otio.adapters.write_to_string(timeline, "cmx_3600", rate=_counted_at(mine[0]))
        title, events = text.split("\n", 1)  # between them stands what the adapter leaves out
        path.write_text(f"{title}\nFCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}\n{events}", encoding="utf-8")
        paths.append(path)
    return tuple(paths)


def clip_name(source: str) -> str:
    """Return what a clip is called, without suffix and without the place of the frame numbers.

    >>> clip_name("bottle.####.dpx"), clip_name("sh010_v003.mov"), clip_name("A001C002_220101")
    ('bottle', 'sh010_v003', 'A001C002_220101')
    """
    return FRAME_NUMBERS.sub("", Path(source).stem) or source


def _reels(clips: Iterable[Clip]) -> Mapping[str, str]:
    """Name a reel for each source: its first letters and digits, ending in a number where another has them already."""
    reels: dict[str, str] = {}
    for source in dict.fromkeys(clip[0] for clip in clips):
        clean = re.sub(r"[^A-Z0-9]", "", clip_name(source).upper()) or "REEL"
        tries = (clean[: REEL - len(end)] + end for end in ["", *map(str, range(2, 10**6))])
        reels[source] = next(reel for reel in tries if reel not in reels.values())
    return reels


def _drops(clip: Clip) -> bool:
    return ";" in (clip[2] or "")


def _counted_at(clip: Clip) -> float:
    # at 29.97 OpenTimelineIO takes every timecode for drop frame; without it the labels are those of 30
    rate = Fraction(clip[3])
    return float(rate) if _drops(clip) else float(round(rate))


def _timeline(title: str, cuts: Sequence[otio.schema.Clip], first: Clip) -> otio.schema.Timeline:
    timeline, track = otio.schema.Timeline(title), otio.schema.Track("V1")
    timeline.tracks.append(track)
    # the adapter ignores a timeline's global_start_time, but a gap before the first clip moves record timecode
    start, rate = RECORD_START[:8] + (";" if _drops(first) else ":") + RECORD_START[9:], _counted_at(first)
    leader = otio.opentime.TimeRange(otio.opentime.RationalTime(0, rate), otio.opentime.from_timecode(start, rate))
    track.extend([otio.schema.Gap(source_range=leader), *cuts])
    return timeline


def _clip(clip: Clip, reel: str, cdl: Cdl, *, note: str) -> otio.schema.Clip:
    source, (first, last), timecode, _ = clip
    rate, cdl = _counted_at(clip), rounded(cdl)
    at_frame = otio.opentime.RationalTime(first, rate)
    start = at_frame if timecode is None else otio.opentime.from_timecode(timecode, rate)
    length = otio.opentime.RationalTime(last - first + 1, rate)
    cut = otio.schema.Clip(" ".join(source.split()), source_range=otio.opentime.TimeRange(start, length))
    sop = {"slope": list(cdl.slope), "offset": list(cdl.offset), "power": list(cdl.power)}
    cut.metadata["cdl"] = {"asc_sop": sop, "asc_sat": cdl.saturation}
    cut.metadata["cmx_3600"] = {"reel": reel, "comments": [note]}
    return cut


def rounded(cdl: Cdl) -> Cdl:
    """Keep six digits: far below what a 16-bit picture shows, and what people can read."""
    return Cdl(_six(cdl.slope), _six(cdl.offset), _six(cdl.power), round(float(cdl.saturation), 6))


def _six(values: Triple) -> Triple:
    red, green, blue = (round(float(value), 6) for value in values)
    return red, green, blue


def _plain(numbers: str) -> str:
    """Write numbers as people do: no 1e-06, no nines without end, no minus on a zero."""
    written = (f"{float(number):.6f}".rstrip("0").rstrip(".") for number in numbers.split())
    return " ".join("0" if number == "-0" else number for number in written)
