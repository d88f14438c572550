"""A cut from outside that OpenTimelineIO has read, as numbers and names."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import isfinite
from typing import Any

import opentimelineio as otio

from rushes.departments.previs.out.animatic_words import cut_digest
from rushes.departments.previs.out.recut import EditedCut, SeenClip
from rushes.departments.previs.plan import Cut
from rushes.integrations.previs_layers import Aside, topmost, trimmed
from rushes.integrations.previs_sources import carried, ids_in, is_animatic, nearest_speed, shot_first, stem
from rushes.integrations.previs_timeline import OURS

FASTEST = 1000
"""Nothing runs faster, or a hostile number is no speed."""
ROUNDED = 1e-6
"""Part of a speed that is lost where it is written as a decimal number."""


def edited_from(timeline: otio.schema.Timeline, old: Cut, animatic: str) -> EditedCut:
    """Return what a timeline shows: the topmost picture, nested sequences taken apart.

    Args:
        timeline: as an adapter read it.
        old: the cut that went out; frames are counted at its rate.
        animatic: name of the movie of the whole old cut, without folder and ending, or nothing.

    Raises:
        ValueError: it makes no sense as a cut.
    """
    reading = _Reading(old, animatic)
    clips, frames = reading.stack(timeline.tracks)
    ours = timeline.metadata.get(OURS, {})
    ours = ours if hasattr(ours, "get") else {}
    notes = reading.aside.words(old)
    if ours.get("digest", cut_digest(old)) != cut_digest(old):
        notes.insert(0, "it was made from another version of the cut than the one it is held against")
    drop = ours.get("drop_frame")
    return EditedCut(
        name=str(timeline.name or ""),
        start=round(reading.frames(timeline.global_start_time)) if timeline.global_start_time else None,
        drop_frame=drop if isinstance(drop, bool) else None,
        frames=frames,
        clips=tuple(clips),
        notes=tuple(notes),
    )


@dataclass
class _Reading:
    """Goes through a timeline and counts what it leaves aside."""

    old: Cut
    animatic: str
    aside: Aside = field(default_factory=Aside)

    def frames(self, time: Any) -> Fraction:
        """Return a time in frames of the old cut; 24 and 23.976 count the same frames."""
        if not (isfinite(time.value) and isfinite(time.rate) and time.rate > 0):
            raise ValueError(f"{time.value} at {time.rate} frames a second is no time")
        rate = Fraction(time.rate).limit_denominator(1001)
        if self.aside.same_frames(rate, self.old):
            return Fraction(time.value)
        return Fraction(time.value) / rate * self.old.frame_rate

    def stack(self, stack: Any) -> tuple[list[SeenClip], int]:
        """Return what a stack of tracks shows, and how long it is."""
        layers, longest = [], 0
        for track in stack:
            if getattr(track, "kind", otio.schema.TrackKind.Video) != otio.schema.TrackKind.Video:
                continue
            if not track.enabled:
                self.aside.counts["tracks that are switched off"] += 1
                continue
            clips, frames = self.track(track) if isinstance(track, otio.schema.Track) else self.nested(track)
            layers.append(clips)
            longest = max(longest, frames)
        return topmost(layers), longest

    def track(self, track: Any) -> tuple[list[SeenClip], int]:
        """Return the clips of a track, and how long it is."""
        at, clips = Fraction(0), []
        for child in track:
            if isinstance(child, otio.schema.Transition):
                self.aside.counts["dissolves or wipes read as cuts"] += 1
                continue
            begins, at = at, at + self.frames(child.trimmed_range().duration)
            clips += self.item(child, round(begins), round(at) - round(begins))
        return self.windowed(clips, track.source_range, round(at))

    def item(self, item: Any, at: int, frames: int) -> list[SeenClip]:
        """Return what one item of a track shows: a clip, nothing, or what is nested in it."""
        if frames < 1 or isinstance(item, otio.schema.Gap):
            return []
        if not item.enabled:
            self.aside.counts["clips that are switched off"] += 1
            return []
        if isinstance(item, otio.schema.Clip):
            if not isinstance(item.media_reference, otio.schema.GeneratorReference):
                return [self.clip(item, at, frames)]
            if item.media_reference.generator_kind != "black":
                self.aside.counts["titles and generators"] += 1
            return []
        if item.effects:
            self.aside.counts["effects on nested sequences"] += 1
        clips, _ = self.nested(item)
        return [replace(clip, at=clip.at + at) for one in clips if (clip := trimmed(one, 0, frames))]

    def nested(self, item: Any) -> tuple[list[SeenClip], int]:
        """Return what a nested sequence shows, from its own first frame."""
        if isinstance(item, otio.schema.Clip):
            frames = round(self.frames(item.trimmed_range().duration))
            return self.item(item, 0, frames), frames
        if isinstance(item, otio.schema.Track):
            return self.track(item)
        clips, frames = self.stack(item)
        return self.windowed(clips, item.source_range, frames)

    def windowed(self, clips: list[SeenClip], window: Any, frames: int) -> tuple[list[SeenClip], int]:
        """Cut clips down to what a composition shows of itself."""
        if window is None:
            return clips, frames
        first, length = round(self.frames(window.start_time)), round(self.frames(window.duration))
        parts = [part for clip in clips if (part := trimmed(clip, first, first + length))]
        return [replace(part, at=part.at - first) for part in parts], length

    def clip(self, clip: Any, at: int, frames: int) -> SeenClip:
        """Return a clip as numbers and names."""
        media, ours = clip.media_reference, clip.metadata.get(OURS, {})
        edl = clip.metadata.get("cmx_3600", {})
        said = carried(str(line) for line in edl.get("comments", ()))
        name = str(clip.name or "")
        ids = [said.get("SHOT", ""), str(ours.get("shot", "")), *ids_in(name)]
        files = [getattr(media, "name", ""), stem(str(getattr(media, "target_url", None) or ""))]
        names = [str(one) for one in (edl.get("reel", ""), *files) if one]
        of_animatic = is_animatic((name, *names), self.animatic)
        first = round(self.frames(clip.trimmed_range().start_time))
        return SeenClip(
            name=name,
            ids=tuple(one for one in ids if one),
            names=tuple(names),
            at=at,
            frames=frames,
            first=shot_first(first, self.old, of_animatic=of_animatic),
            speed=self.speed(clip, said.get("SPEED", str(ours.get("speed", "")))),
            of_animatic=of_animatic,
        )

    def speed(self, clip: Any, said: str) -> Fraction:
        """Return how fast a clip runs; what changes its speed on the way is left aside."""
        speed = Fraction(1)
        for effect in clip.effects:
            if isinstance(effect, otio.schema.LinearTimeWarp):
                if not abs(effect.time_scalar) <= FASTEST:
                    raise ValueError(f"{clip.name} runs at {effect.time_scalar} times its speed")
                speed *= Fraction(effect.time_scalar)
            elif isinstance(effect, otio.schema.TimeEffect):
                self.aside.counts["changing speeds read as constant"] += 1
        return nearest_speed(speed, said, within=ROUNDED)
