"""A cut as an OpenTimelineIO timeline, with everything that is known of its shots."""

from collections.abc import Sequence
from typing import Any

import opentimelineio as otio

from rushes.departments.previs.out.animatic_times import BLACK, shot_frame
from rushes.departments.previs.out.animatic_words import cut_digest
from rushes.departments.previs.out.recut_reels import reels_of
from rushes.departments.previs.out.sound import Heard, lay_speeches
from rushes.departments.previs.plan import Cut, ReadyShot
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.domain.errors import BadMaterial
from rushes.integrations.previs_sources import CutMedia, Shots, Sourced, sourced

OURS = "rushes"
"""Where our words lie in OTIO's metadata."""


def to_timeline(cut: Cut, shots: Shots, media: CutMedia) -> otio.schema.Timeline:
    """Return a timeline: a track of pictures, and as many of sound as speeches overlap.

    A clip's metadata has id, label, scene, heading, line, lens, frames and speed of its shot, and the digest of its
    frames; a note is a marker. Black is a gap.

    Args:
        cut: what is seen.
        shots: by id; of those that are not there only id and label are written.
        media: where pictures and sounds are.
    """
    rate = float(cut.frame_rate)
    timeline = otio.schema.Timeline(cut.name, global_start_time=otio.opentime.RationalTime(cut.start, rate))
    timeline.metadata[OURS] = {
        "noun": "Cut@1",
        "digest": cut_digest(cut),
        "frame_rate": str(cut.frame_rate),
        "drop_frame": cut.drop_frame,
    }
    reels = cut_reels(cut, shots)
    picture = otio.schema.Track("picture", kind=otio.schema.TrackKind.Video)
    for one in sourced(cut, shots, media):
        item = _item(one, rate)
        shot = shots.get(one.event.shot)
        item.metadata[OURS] = _facts(one, shot, media.digests.get(one.event.shot, ""))
        if one.event.shot:
            item.metadata["cmx_3600"] = {"reel": reels[one.event.shot]}
        if shot and shot.note:
            item.markers.append(_note(shot.note, span(one.first, 1, rate)))
        picture.append(item)
    timeline.tracks.append(picture)
    heard = [one for one in lay_speeches(cut, shots, media.sounds) if one.file]
    known = (rate, media.sound_folder)
    timeline.tracks.extend(_sound_track(place, lane, known) for place, lane in enumerate(lanes(heard), 1))
    return timeline


def span(first: float, frames: float, rate: float) -> otio.opentime.TimeRange:
    """Return a range of frames at a rate."""
    return otio.opentime.TimeRange(otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(frames, rate))


def cut_reels(cut: Cut, shots: Shots) -> dict[str, str]:
    """Return the reel of every shot of a cut and a project, by id."""
    labels = {event.shot: event.label for event in cut.events if event.shot}
    return reels_of({**labels, **{identity: shot.label for identity, shot in shots.items()}})


def lanes(heard: Sequence[Heard]) -> list[list[Heard]]:
    """Spread speeches over as few lanes as keep them from overlapping."""
    found: list[list[Heard]] = []
    for one in sorted(heard, key=lambda one: one.at):
        free = next((lane for lane in found if lane[-1].at + lane[-1].frames <= one.at), None)
        if free is None:
            found.append([one])
        else:
            free.append(one)
    return found


def _item(one: Sourced, rate: float) -> Any:
    if one.source is None:
        return otio.schema.Gap(name=BLACK, source_range=span(0, one.event.frames, rate))
    there = span(one.source.start, one.source.frames, rate)
    if one.source.url:
        media = otio.schema.ExternalReference(one.source.url, there)
        media.name = one.source.name
    else:
        media = otio.schema.MissingReference(name=one.source.name, available_range=there)
    clip = otio.schema.Clip(one.event.label, media, span(one.first, one.event.frames, rate))
    if one.speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp("speed", float(one.speed)))
    return clip


def _facts(one: Sourced, shot: ReadyShot | None, digest: str) -> dict[str, Any]:
    event = one.event
    facts: dict[str, Any] = {"noun": "Event@1", "shot": event.shot, "label": event.label, "at": one.at}
    facts["speed"] = str(one.speed)
    if shot is not None:
        camera = shot.moment_at(event.first).camera
        facts |= {
            "scene": shot.scene,
            "heading": shot.heading,
            "line": shot.line,
            "size": _size(shot.line),
            "words": shot.words,
            "frames": shot.frames,
            "lens_mm": round(camera.focal_mm, 3),
            "filmback": camera.package.filmback.name,
            "aspect": round(camera.package.aspect, 4),
            "shown": [shot_frame(event, 0), shot_frame(event, event.frames - 1)],
        }
    return facts | ({"frame_digest": digest} if digest else {})


def _size(line: str) -> str:
    try:
        return parse_shot(line).size
    except BadMaterial:
        return ""


def _note(note: str, where: otio.opentime.TimeRange) -> otio.schema.Marker:
    return otio.schema.Marker(note, where, otio.schema.MarkerColor.YELLOW, metadata={OURS: {"noun": "Note@1"}})


def _sound_track(place: int, lane: Sequence[Heard], known: tuple[float, str]) -> otio.schema.Track:
    rate, folder = known
    track, at = otio.schema.Track(f"dialogue {place}", kind=otio.schema.TrackKind.Audio), 0
    for one in lane:
        if one.at > at:
            track.append(otio.schema.Gap(source_range=span(0, one.at - at, rate)))
        assert one.file is not None
        media = otio.schema.ExternalReference(folder + one.file.name, span(0, one.skipped + one.frames, rate))
        media.name = one.file.name
        clip = otio.schema.Clip(
            f"{one.speech.who}: {one.speech.words[:60]}", media, span(one.skipped, one.frames, rate)
        )
        said = {"noun": "Speech@1", "shot": one.shot, "who": one.speech.who, "words": one.speech.words, "at": one.at}
        clip.metadata[OURS] = said
        track.append(clip)
        at = one.at + one.frames
    return track
