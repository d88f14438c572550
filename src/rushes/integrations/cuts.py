"""Cuts from editorial: read an OTIO or a CMX 3600 EDL, and find the takes in it. What does not match is listed.

A cut comes from outside: it goes through the gate of `media.cuts` before a reader sees it.
"""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from rushes.domain.errors import Damaged
from rushes.domain.nouns import Asset, Take, frame_numbers
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of, digest_of_bytes
from rushes.media.cuts import ADAPTERS, UNREADABLE, check_cut
from rushes.media.timecode import frame_of, has_timecode, timecode_of
from rushes.papers.exposure import Cut, CutShot, Exposure, Placed

MOST_CLIPS, MOST_FRAMES = 20_000, 1 << 31
ENDINGS = re.compile(r"\.(?:#+|%0\d+d|\d+)?\.?(?:exr|dpx|tiff?|png|jpe?g|mov|mp4|mxf|m4v)$", re.IGNORECASE)
"""The end of a media name that is not its name: a frame number and the kind of file."""


def read_cut(path: Path, frame_rate: str) -> Cut:
    """Read a cut: what it points to is not opened.

    Args:
        path: of an `.otio` or `.edl` file.
        frame_rate: of the show, as a fraction: an EDL does not say its own.

    Raises:
        NotFound: there is no such file.
        BadMaterial: it is of a kind that is not read here.
        Damaged: refused at the gate, or it makes no sense.
    """
    text, rate = check_cut(path), Fraction(frame_rate)
    adapter = ADAPTERS[path.suffix.lower()]
    try:
        settings = {"rate": float(rate)} if adapter == "cmx_3600" else {}
        timeline = otio.adapters.read_from_string(text, adapter, **settings)
        return _cut(timeline, path.name, digest_of_bytes(path.read_bytes()), rate=rate)
    except (*UNREADABLE, RuntimeError) as error:
        remedy = "Export it again; of an EDL, see to the frame rate."
        raise Damaged(str(path), f"it makes no sense as a cut: {error}", remedy=remedy) from error


def find_takes(cut: Cut, takes: Sequence[tuple[Take, Asset]]) -> Exposure:
    """Find takes in a cut: by the name of their plate or its reel, and by frames that both have.

    Args:
        cut: as it was read.
        takes: each with its plate.

    Returns:
        Every place of every take, and the takes that have none, each with the reason.
    """
    placed, unplaced = [], []
    for take, plate in takes:
        found = [(shot, _overlap(shot, take, plate)) for shot in cut.shots if _named(plate) & _known(shot)]
        here = [Placed(shot.number, digest_of(take), covered, by) for shot, (covered, by) in found if covered != 0]
        placed += here
        if not here:
            why = "; ".join(f"shot {shot.number} has its name, but {by}" for shot, (_, by) in found[:3])
            unplaced.append((take.name, why or f"no shot is named {' or '.join(sorted(_named(plate)))}"))
    return Exposure(cut, tuple(placed), tuple(unplaced))


def _cut(timeline: Any, file: str, digest: Digest, *, rate: Fraction) -> Cut:
    if not isinstance(timeline, otio.schema.Timeline):
        raise ValueError(f"it holds a {type(timeline).__name__}, and no timeline")
    shots: list[CutShot] = []
    left_out: dict[str, int] = {}
    for track, clip in _clips(timeline):
        what = _unfit(track, clip)
        if what:
            left_out[what] = left_out.get(what, 0) + 1
            continue
        if len(shots) == MOST_CLIPS:
            raise ValueError(f"it has more than {MOST_CLIPS} clips")
        shot = _shot(clip, len(shots) + 1, rate, start=timeline.global_start_time)
        if shot.frames > 0:
            shots.append(shot)
        else:
            left_out["clips that are never seen"] = left_out.get("clips that are never seen", 0) + 1
    words = tuple(f"{count} {what}" for what, count in left_out.items())
    return Cut(timeline.name or file, file, digest, tuple(shots), words)


def _clips(timeline: Any) -> Iterator[tuple[Any, Any]]:
    for track in timeline.tracks:
        clips = track.find_clips() if isinstance(track, otio.core.Composition) else [track]
        yield from ((track, clip) for clip in clips)


def _unfit(track: Any, clip: Any) -> str:
    if getattr(track, "kind", otio.schema.TrackKind.Video) != otio.schema.TrackKind.Video:
        return "clips of sound"
    if not track.enabled or not clip.enabled:
        return "clips that are switched off"
    if isinstance(clip.media_reference, otio.schema.GeneratorReference):
        return "generators"
    return ""


def _shot(clip: Any, number: int, rate: Fraction, *, start: Any) -> CutShot:
    seen, source = _seen(clip)
    counted = Fraction(source.start_time.rate).limit_denominator(1001)
    first, last = source.start_time.to_frames(), source.end_time_inclusive().to_frames()
    available = clip.media_reference.available_range if clip.media_reference else None
    frames = _frames(seen.duration, rate)
    return CutShot(
        number=number,
        name=clip.name or f"event {number}",
        track=clip.parent().name or "",
        record=_record(seen, start, rate=rate, frames=frames),
        frames=frames,
        known_as=tuple(sorted(_names(clip))),
        source=(first, last) if last >= first else None,
        rate=str(counted),
        media_starts=available.start_time.to_frames() if available else None,
        retimed=any(isinstance(effect, otio.schema.TimeEffect) for effect in clip.effects),
    )


def _seen(clip: Any) -> tuple[Any, Any]:
    """Return where a clip is in the cut, cut down to what every composition around it shows, and of its media what."""
    whole = time = clip.trimmed_range()
    item = clip
    while (parent := item.parent()) is not None:
        time = item.transformed_time_range(time, parent)
        # a track of an EDL begins before 0: so its reader notes the record time of the first event
        if parent.source_range and parent.source_range.start_time.value >= 0:
            time = _within(time, parent.source_range)
        item = parent
    if time.duration.value <= 0:
        return time, whole
    back = item.transformed_time_range(time, clip)
    return time, clip.visible_range() if back == whole else back


def _within(time: Any, bounds: Any) -> Any:
    first = max(time.start_time, bounds.start_time)
    end = min(time.end_time_exclusive(), bounds.end_time_exclusive())
    return otio.opentime.range_from_start_end_time(first, max(first, end))


def _frames(duration: Any, rate: Fraction) -> int:
    frames = round(duration.value_rescaled_to(float(rate)))
    if not 0 <= frames < MOST_FRAMES:
        raise ValueError(f"a clip is {frames} frames long")
    return int(frames)


def _record(seen: Any, start: Any, *, rate: Fraction, frames: int) -> tuple[str, str]:
    if not has_timecode(rate):
        return "", ""
    offset = round(start.value_rescaled_to(float(rate))) if start else 0
    first = offset + round(seen.start_time.value_rescaled_to(float(rate)))
    return timecode_of(first, rate), timecode_of(first + frames, rate)


def _names(clip: Any) -> set[str]:
    media = clip.media_reference
    named = [clip.name, clip.metadata.get("cmx_3600", {}).get("reel", "")]
    if media is not None:
        named += [media.name, getattr(media, "target_url", ""), getattr(media, "name_prefix", "")]
    return {name for one in named if isinstance(one, str) and (name := _stem(one))}


def _stem(name: str) -> str:
    """Return a media name as people say it.

    >>> _stem("file:///mnt/a/SC012_plate.1001.exr"), _stem("A001_C003.mov"), _stem("A001.")
    ('sc012_plate', 'a001_c003', 'a001')
    """
    return ENDINGS.sub("", re.split(r"[/\\]", name)[-1]).strip(". ").casefold()


def _known(shot: CutShot) -> set[str]:
    return {name.casefold() for name in shot.known_as}


def _named(plate: Asset) -> set[str]:
    return {name for one in (plate.name, plate.source, plate.files[0].name) if (name := _stem(one))}


def _overlap(shot: CutShot, take: Take, plate: Asset) -> tuple[int | None, str]:
    """Return how many frames a shot and a take have in common, and by what they were compared."""
    if shot.source is None:
        return None, "name alone: the cut has no frames of it"
    numbers = frame_numbers(plate)
    for by, offset in _offsets(shot, plate):
        first, last = (frame + offset for frame in shot.source)
        if last < numbers[0] or first > numbers[-1]:
            continue
        common = [number for number in numbers if max(first, take.frames[0]) <= number <= min(last, take.frames[1])]
        if common and shot.retimed:
            return None, f"name and {by}; it runs at another speed, so that its frames are not counted"
        return len(common), f"name and {by}" if common else f"it shows other frames: {first}–{last}, by {by}"
    return 0, "its frames are none that the plate has"


def _offsets(shot: CutShot, plate: Asset) -> Iterator[tuple[str, int]]:
    """Yield ways of counting, the surest first: what to add to a frame of the cut to have that of the plate."""
    first, rate = frame_numbers(plate)[0], Fraction(plate.frame_rate)
    if round(Fraction(shot.rate)) == round(rate):
        if plate.timecode and has_timecode(rate):
            yield "timecode", first - frame_of(plate.timecode, rate)
        yield "frame numbers", 0
        if shot.media_starts is not None:
            yield "place in its media", first - shot.media_starts
