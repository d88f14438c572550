"""Final Cut Pro 7 XML of a cut, which Premiere and Resolve read and write: written by OpenTimelineIO's adapter.

The adapter knows no speed, so that is said to it as a filter; and its reader fails at titles, retimes and trailing
black, so that reading is done here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from xml.etree.ElementTree import Element

import opentimelineio as otio

from rushes.departments.previs.out.recut import EditedCut, SeenClip
from rushes.departments.previs.plan import Cut
from rushes.integrations.previs_layers import Aside, topmost
from rushes.integrations.previs_sources import (
    CutMedia,
    Shots,
    Sourced,
    carried,
    clip_name,
    ids_in,
    is_animatic,
    marks,
    nearest_speed,
    shot_first,
    sourced,
    stem,
)
from rushes.integrations.previs_timeline import to_timeline
from rushes.integrations.previs_xml import text_of

XMEML = "fcp_xml"
ROUNDED = 1e-5
"""What six figures of a percentage may lose of a speed."""


def fcp7_text(cut: Cut, shots: Shots, media: CutMedia) -> str:
    """Return a cut as Final Cut Pro 7 XML: pictures, dialogue, notes, speeds; ids in names and comments.

    Args:
        cut: what is seen.
        shots: by id.
        media: where pictures and sounds are.
    """
    timeline = to_timeline(cut, shots, media)
    timeline.metadata[XMEML] = {"timecode": {"displayformat": "DF" if cut.drop_frame else "NDF"}}
    for item, one in zip(timeline.tracks[0], sourced(cut, shots, media), strict=True):
        if one.source is not None:
            _say_all(item, one, float(cut.frame_rate))
    return str(otio.adapters.write_to_string(timeline, XMEML))


def _say_all(clip: Any, one: Sourced, rate: float) -> None:
    """Put what the adapter does not know of into what it copies."""
    assert one.source is not None
    clip.name = clip_name(one.event)
    inside = one.first - one.source.start
    first = None
    if one.speed not in (0, 1):
        # in and out are counted after the change of speed
        seen = round(Fraction(inside) / abs(one.speed))
        first = one.first
        clip.source_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(one.source.start + seen, rate), clip.source_range.duration
        )
    comments = {f"mastercomment{n}": line for n, line in enumerate(marks(one.event, speed=one.speed, first=first), 1)}
    clip.metadata[XMEML] = {"comments": comments} | ({"filter": _speed_filter(one.speed)} if one.speed != 1 else {})


def _speed_filter(speed: Fraction) -> dict[str, Any]:
    def parameter(name: str, value: str, **limits: str) -> dict[str, str]:
        return {"parameterid": name, "name": name, **limits, "value": value}

    return {
        "effect": {
            "name": "Time Remap",
            "effectid": "timeremap",
            "effectcategory": "motion",
            "effecttype": "motion",
            "mediatype": "video",
            "parameter": [
                parameter("variablespeed", "0", valuemin="0", valuemax="1"),
                parameter("speed", f"{float(abs(speed) * 100):.6g}", valuemin="-100000", valuemax="100000"),
                parameter("reverse", "TRUE" if speed < 0 else "FALSE"),
                parameter("frameblending", "FALSE"),
            ],
        }
    }


def edited_fcp7(root: Element, old: Cut, animatic: str) -> EditedCut:
    """Return what the first sequence of a project shows.

    Args:
        root: `<xmeml>`, through the gate.
        old: the cut that went out; frames are counted at its rate.
        animatic: name of the movie of the whole old cut, without folder and ending, or nothing.

    Raises:
        ValueError: it makes no sense as a cut.
    """
    sequences = [one for one in root.iter("sequence") if one.find("media/video") is not None]
    if not sequences:
        raise ValueError("it holds no sequence with pictures")
    sequence = sequences[0]
    files = {one.get("id", ""): one for one in root.iter("file") if len(one)}
    reading = _Reading(old, animatic, _rate(sequence) or old.frame_rate, files)
    layers = [reading.track(track) for track in sequence.iterfind("media/video/track")]
    clips = topmost(layers)
    frames = reading.frames(_number(sequence, "duration", 0))
    timecode = sequence.find("timecode")
    start = _number(timecode, "frame", -1)
    shown = text_of(timecode, "displayformat")
    notes = reading.aside.words(old)
    if len(sequences) > 1:
        notes.insert(0, f"{len(sequences)} sequences; {text_of(sequence, 'name')[:60]} was read")
    return EditedCut(
        name=text_of(sequence, "name"),
        start=reading.frames(start) if start >= 0 else None,
        drop_frame=shown == "DF" if shown in ("DF", "NDF") else None,
        frames=max([frames, *(clip.at + clip.frames for clip in clips)]),
        clips=tuple(clips),
        notes=tuple(notes),
    )


@dataclass
class _Reading:
    """Goes through a sequence and counts what it leaves aside."""

    old: Cut
    animatic: str
    rate: Fraction
    files: Mapping[str, Element]
    aside: Aside = field(default_factory=Aside)

    def frames(self, count: int, rate: Fraction | None = None) -> int:
        """Return frames of the sequence, or at another rate, as frames of the old cut; 24 and 23.976 count the same."""
        rate = rate or self.rate
        if self.aside.same_frames(rate, self.old):
            return count
        return round(count / rate * self.old.frame_rate)

    def track(self, track: Element) -> list[SeenClip]:
        """Return the clips of a track."""
        if text_of(track, "enabled").upper() == "FALSE":
            self.aside.counts["tracks that are switched off"] += 1
            return []
        items = [item for item in track if item.tag in ("clipitem", "generatoritem", "transitionitem")]
        before = [None, *items[:-1]] if items else []
        after = [*items[1:], None] if items else []
        clips = []
        for item, one, other in zip(items, before, after, strict=True):
            if item.tag == "transitionitem":
                self.aside.counts["dissolves or wipes read as cuts"] += 1
            elif item.tag == "generatoritem":
                self.aside.counts["titles and generators"] += 1
            elif text_of(item, "enabled").upper() == "FALSE":
                self.aside.counts["clips that are switched off"] += 1
            else:
                clips += self.clip(item, one, other)
        return clips

    def clip(self, item: Element, before: Element | None, after: Element | None) -> list[SeenClip]:
        """Return a clip, unless nothing is left of it; a start or end of -1 lies in a dissolve."""
        start, end, head = _number(item, "start", -1), _number(item, "end", -1), 0
        if start < 0:
            start = _cut_point(before)
            head = start - _number(before, "start", start)
        if end < 0:
            end = _cut_point(after)
        if not 0 <= start < end:
            return []
        if item.find("sequence") is not None:
            self.aside.counts["nested sequences not taken apart"] += 1
        at, name = self.frames(start), text_of(item, "name")
        file = item.find("file")
        file = self.files.get(file.get("id", ""), file) if file is not None else None
        said = carried(one.text or "" for one in item.iterfind("comments/*"))
        names = [one for one in (text_of(file, "name"), stem(text_of(file, "pathurl"))) if one]
        of_animatic = is_animatic((name, *names), self.animatic)
        speed = self.speed(item, said.get("SPEED", ""))
        zero = self.frames(_number(file, "timecode/frame", 0), _rate(file, "timecode/") or _rate(file))
        first = zero + _inside(self.frames(_number(item, "in", 0) + head), speed, said.get("FIRST", ""), zero=zero)
        return [
            SeenClip(
                name=name,
                ids=tuple(one for one in (said.get("SHOT", ""), *ids_in(name)) if one),
                names=tuple(names),
                at=at,
                frames=self.frames(end) - at,
                first=shot_first(first, self.old, of_animatic=of_animatic),
                speed=speed,
                of_animatic=of_animatic,
            )
        ]

    def speed(self, item: Element, said: str) -> Fraction:
        """Return how fast a clip runs; what changes its speed on the way is left aside."""
        for effect in item.iterfind("filter/effect"):
            if text_of(effect, "effectid") != "timeremap":
                continue
            values = {text_of(one, "parameterid"): text_of(one, "value") for one in effect.iterfind("parameter")}
            if values.get("variablespeed", "0") not in ("0", "FALSE"):
                self.aside.counts["changing speeds read as constant"] += 1
            seen = _decimal(values.get("speed", "100")) / 100
            if values.get("reverse", "").upper() == "TRUE":
                seen = -seen
            return nearest_speed(seen, said, within=ROUNDED * max(1.0, float(abs(seen))))
        return Fraction(1)


def _inside(seen: int, speed: Fraction, said: str, *, zero: int) -> int:
    """Return the frame of the file, from its first, at which a clip begins: `in` is counted at the clip's speed."""
    if speed in (0, 1):
        return seen
    if re.fullmatch(r"-?\d{1,12}", said) and round((int(said) - zero) / abs(speed)) == seen:
        return int(said) - zero
    return round(seen * abs(speed))


def _cut_point(transition: Element | None) -> int:
    """Return the frame at which a dissolve is a cut."""
    if transition is None or transition.tag != "transitionitem":
        raise ValueError("a clip begins or ends in a dissolve that is not there")
    start, end = _number(transition, "start", 0), _number(transition, "end", 0)
    alignment = text_of(transition, "alignment")
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else (start + end) // 2


def _rate(element: Element | None, way: str = "") -> Fraction | None:
    timebase = _number(element, f"{way}rate/timebase", 0)
    if not 0 < timebase <= 1000:
        return None
    whole = text_of(element, f"{way}rate/ntsc").upper() != "TRUE"
    return Fraction(timebase) if whole else Fraction(timebase * 1000, 1001)


def _number(element: Element | None, way: str, otherwise: int) -> int:
    text = text_of(element, way) if element is not None else ""
    return round(_decimal(text)) if text else otherwise


def _decimal(text: str) -> Fraction:
    if not re.fullmatch(r"-?\d{1,12}(\.\d{0,20})?", text):
        raise ValueError(f"{text[:40]!r} is no number")
    return Fraction(text)
