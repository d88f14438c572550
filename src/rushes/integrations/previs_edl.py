"""CMX 3600 lists of a cut: written here line by line, read by OpenTimelineIO's adapter.

The adapter's writer starts the record at zero, mistakes the sense of a retime and knows no drop frame.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import ceil
from typing import Any

import opentimelineio as otio

from rushes.departments.previs.out.animatic_times import frames_of
from rushes.departments.previs.out.recut import EditedCut
from rushes.departments.previs.out.recut_reels import ANIMATIC
from rushes.departments.previs.plan import Cut
from rushes.domain.errors import BadMaterial
from rushes.integrations.previs_otio import edited_from
from rushes.integrations.previs_sources import (
    CutMedia,
    Shots,
    Sourced,
    carried,
    clip_name,
    marks,
    nearest_speed,
    sourced,
)
from rushes.integrations.previs_timeline import cut_reels, span
from rushes.media.timecode import has_timecode, timecode_of

M2 = re.compile(r"^\s*M2\s+(\S.*?)\s+(-?\d+(?:\.\d*)?)\s+(\d\d:\d\d:\d\d)[:;](\d\d)\s*$")
EVENT = re.compile(r"^\s*\d+\s")
FRAMES = re.compile(r"(\d\d:\d\d:\d\d)[:;](\d\d)\b")
SPEED = "RUSHES M2: "
MOST_EVENTS = 10_000
"""A film has two or three thousand."""
DROP_RATES = (Fraction(30000, 1001), Fraction(60000, 1001))


def edl_text(cut: Cut, shots: Shots, media: CutMedia) -> str:
    """Return a cut as a CMX 3600 list, pictures only.

    The record starts where the cut starts. A reel is a label, or what is left of it in eight characters; the clip's
    name holds label and id, and a comment the id alone.

    Args:
        cut: what is seen.
        shots: by id.
        media: where pictures are.

    Raises:
        BadMaterial: timecode does not count at the cut's rate, or the cut runs over midnight.
    """
    if not has_timecode(cut.frame_rate):
        rate = f"{float(cut.frame_rate):.6g} frames a second"
        raise BadMaterial(f"{cut.name}: an EDL is all timecode, and there is none at {rate}", remedy="Write .otio.")
    last = cut.start + frames_of(cut)
    if _timecode(cut, cut.start) > _timecode(cut, last):
        raise BadMaterial(f"{cut.name} runs over midnight, which an EDL cannot", remedy="Let it start at 01:00:00:00.")
    mode = "DROP FRAME" if cut.drop_frame else "NON-DROP FRAME"
    lines = [f"TITLE: {_plain(cut.name)}", f"FCM: {mode}", ""]
    reels = cut_reels(cut, shots)
    for number, one in enumerate(sourced(cut, shots, media), 1):
        reel = ANIMATIC if media.animatic else reels.get(one.event.shot, "AX")
        lines += _event(cut, one, number, reel=reel if one.source else "BL")
        note = shots[one.event.shot].note if one.event.shot in shots else ""
        lines += [f"* LOC: {_timecode(cut, cut.start + one.at)} YELLOW  {_plain(note)}"] if note else []
    return "\n".join(lines) + "\n"


def edited_edl(text: str, old: Cut, animatic: str) -> EditedCut:
    """Return what a list shows.

    Args:
        text: that passed the gate.
        old: the cut that went out, whose rate the list is read at.
        animatic: name of the movie of the whole old cut, without folder and ending, or nothing.

    Raises:
        ValueError: it makes no sense as a cut.
        otio.exceptions.OTIOError: likewise.
    """
    events = sum(1 for line in text.splitlines() if EVENT.match(line))
    if events > MOST_EVENTS:
        raise ValueError(f"{events} events; a list has at most {MOST_EVENTS}")
    drop = _drops(text) if old.frame_rate in DROP_RATES else False
    lines = [line for one in text.splitlines() for line in _made_readable(one, drop)]
    timeline = otio.adapters.read_from_string("\n".join(lines), "cmx_3600", rate=float(old.frame_rate))
    pictures = [track for track in timeline.tracks if track.kind == otio.schema.TrackKind.Video]
    # the adapter notes the record time of a track's first event as a range that starts before 0
    starts = [-track.source_range.start_time.value if track.source_range else 0 for track in pictures]
    for track, start in zip(pictures, starts, strict=True):
        track.source_range = None
        if start > min(starts):
            track.insert(0, otio.schema.Gap(source_range=span(0, start - min(starts), float(old.frame_rate))))
        for clip in track:
            _set_speed(clip, old.frame_rate)
    timeline.global_start_time = otio.opentime.RationalTime(min(starts, default=0), float(old.frame_rate))
    return replace(edited_from(timeline, old, animatic), drop_frame=drop)


def _event(cut: Cut, one: Sourced, number: int, *, reel: str) -> Iterator[str]:
    event = one.event
    first = one.first if one.source else 0
    taken = event.frames if one.speed == 1 else max(1, ceil(event.frames * abs(one.speed)))
    record = cut.start + one.at
    times = " ".join(_timecode(cut, at) for at in (first, first + taken, record, record + event.frames))
    yield f"{number:03d}  {reel:<8} V     C        {times}"
    if not one.source:
        return
    if one.speed != 1:
        # counted in whole frames a second, as timecode is
        speed = f"{float(one.speed * round(cut.frame_rate)):05.1f}"
        yield f"M2   {reel:<8}       {speed}                {_timecode(cut, first)}"
    yield f"* FROM CLIP NAME: {_plain(clip_name(event))}"
    if one.source.url:
        yield f"* SOURCE FILE: {_plain(one.source.url)}"
    yield from (f"* {line}" for line in marks(event, speed=one.speed))


def _timecode(cut: Cut, frame: int) -> str:
    return timecode_of(frame, cut.frame_rate, drop_frame=cut.drop_frame)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def _drops(text: str) -> bool:
    """Tell whether a list counts drop frame: by a semicolon, or by what its head says."""
    head: list[str] = []
    events: list[str] = []
    for line in text.splitlines():
        (events if events or EVENT.match(line) else head).append(line)
    said = [line.upper() for line in head if line.strip().upper().startswith("FCM")]
    return any("DROP" in line and "NON" not in line for line in said) or any(
        EVENT.match(line) and ";" in line for line in events
    )


def _made_readable(line: str, drop: bool) -> Iterator[str]:
    """Yield a line as the adapter takes it; it forgets speeds that leave the length alone, and fails at semicolons."""
    retime = M2.match(line)
    if retime:
        reel, speed, seconds, frames = retime.groups()
        yield f"M2   {reel} {speed} {seconds}:{frames}"
        yield f"* {SPEED}{speed}"
    elif drop and EVENT.match(line):
        yield FRAMES.sub(r"\1;\2", line)
    else:
        yield line


def _set_speed(clip: Any, frame_rate: Fraction) -> None:
    lines = clip.metadata.get("cmx_3600", {}).get("comments", ())
    shown = [line.removeprefix(SPEED) for line in lines if str(line).startswith(SPEED)]
    if shown:
        seen = Fraction(shown[-1]) / round(frame_rate)
        said = carried(map(str, lines)).get("SPEED", "")
        exact = nearest_speed(seen, said, within=0.06 / round(frame_rate))
        clip.effects[:] = [otio.schema.LinearTimeWarp("speed", float(exact))]
