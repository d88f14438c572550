"""An editor's version of the cut: which shot each of its clips is, and the cut that it makes.

The cut is read by `integrations.previs_cuts`; here its clips are numbers and names already. No shot is ever lost: what
the editor took out is listed, and stays in the project.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from rushes.departments.previs.out.animatic_times import BLACK, frames_of, placed, shot_frame
from rushes.departments.previs.out.recut_reels import reels_of
from rushes.departments.previs.out.recut_words import changes_between, frames_words, where_in
from rushes.departments.previs.plan import Cut, Event


@dataclass(frozen=True)
class SeenClip:
    """A clip as it lies in an editor's cut, frames counted at the rate of the old cut.

    Attributes:
        name: of the clip.
        ids: of shots, as it carries them; the surest first.
        names: others by which it may be known, such as its reel and file.
        at: frame of the cut at which it begins, from 0.
        frames: how long it lasts.
        first: frame of the shot, from 0; of the animatic, that of the old cut.
        speed: frames of its source for a frame of the cut.
        of_animatic: its source is the movie of the whole old cut.
    """

    name: str
    ids: tuple[str, ...]
    names: tuple[str, ...]
    at: int
    frames: int
    first: int
    speed: Fraction = Fraction(1)
    of_animatic: bool = False


@dataclass(frozen=True)
class EditedCut:
    """An editor's cut as it was read.

    Attributes:
        name: of the sequence; may be empty.
        start: timecode of its first frame as a frame number, or None: it does not say.
        drop_frame: or None: it does not say.
        frames: how long it is, black at the end and all.
        clips: in the order of the cut, none over another.
        notes: what was left aside in reading, in words: sound, titles, dissolves.
    """

    name: str
    start: int | None
    drop_frame: bool | None
    frames: int
    clips: tuple[SeenClip, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recut:
    """A cut that came back.

    Attributes:
        cut: the new one; black, and what nobody knows, is an event without a shot.
        changes: in words, in the order of the new cut; nothing where nothing changed.
        left_out: ids of shots that were in the old cut and are not in this one; they stay in the project.
        unknown: clips that are no shot of the show, each with its place.
        notes: what was left aside in reading.
    """

    cut: Cut
    changes: tuple[str, ...]
    left_out: tuple[str, ...]
    unknown: tuple[str, ...]
    notes: tuple[str, ...]


def recut(edited: EditedCut, known: Mapping[str, str], old: Cut) -> Recut:
    """Turn an editor's cut into a cut of the show's shots.

    A clip is a shot by its id, else by its label, else by its reel; a clip of the animatic is what the old cut shows
    there, and falls apart where it runs over a cut. Gaps become black.

    Args:
        edited: as it was read.
        known: every shot of the project, id to label.
        old: the cut that went out.
    """
    show = _Show(known, old)
    events: list[Event] = []
    at = 0
    for clip in sorted(edited.clips, key=lambda clip: clip.at):
        if clip.at > at:
            events.append(Event("", BLACK, 0, clip.at - at))
        events += show.events(clip)
        at = clip.at + clip.frames
    if edited.frames > at:
        events.append(Event("", BLACK, 0, edited.frames - at))
    start = old.start if edited.start is None else edited.start
    drop = old.drop_frame if edited.drop_frame is None else edited.drop_frame
    new = Cut(edited.name or old.name, old.frame_rate, start, drop, tuple(events))
    there = {event.shot for event in events}
    left_out = tuple(dict.fromkeys(event.shot for event in old.events if event.shot and event.shot not in there))
    unknown = tuple(
        f"{event.label} at {place} ({where_in(new, begins)}, {frames_words(event.frames)}) is no shot of the show"
        for place, (begins, event) in enumerate(placed(new), 1)
        if not event.shot and event.label != BLACK
    )
    return Recut(new, changes_between(old, new), left_out, unknown, edited.notes)


class _Show:
    """What clips are looked up in: the shots by every name, and the old cut."""

    def __init__(self, known: Mapping[str, str], old: Cut) -> None:
        self._known, self._old = known, list(placed(old))
        self._starts, self._total = [at for at, _ in self._old], frames_of(old)
        labels = Counter(label.casefold() for label in known.values())
        alone = {label.casefold(): identity for identity, label in known.items() if labels[label.casefold()] == 1}
        reels = {reel.casefold(): identity for identity, reel in reels_of(known).items()}
        self._lists = (alone, reels)

    def events(self, clip: SeenClip) -> Iterator[Event]:
        """Yield what a clip shows."""
        if clip.of_animatic:
            yield from self._of_animatic(clip)
            return
        shot = self._shot(clip)
        label = self._known[shot] if shot else clip.name or "a clip without a name"
        yield Event(shot, label, clip.first, clip.frames, clip.speed)

    def _shot(self, clip: SeenClip) -> str:
        """Return the id of a clip's shot, or nothing: no shot is called so, or several are."""
        called = [name.casefold() for name in (clip.name, clip.name.split(" ")[0], *clip.names) if name]
        found = [identity for identity in clip.ids if identity in self._known]
        found += [one[name] for one in self._lists for name in called if name in one]
        return found[0] if found else ""

    def _of_animatic(self, clip: SeenClip) -> Iterator[Event]:
        """Part a clip of the animatic where the old cut cuts."""
        done = 0
        while done < clip.frames:
            seen = clip.first + floor(done * clip.speed)
            place = bisect_right(self._starts, seen) - 1
            if 0 <= seen < self._total:
                at, event = self._old[place]
                frames = _until(clip, at, at + event.frames) - done
                first = shot_frame(event, seen - at)
                yield replace(event, first=first, frames=frames, speed=event.speed * clip.speed)
            else:  # a slate before the cut, or whatever the movie has behind it
                low, high = (None, 0) if seen < 0 else (self._total, None)
                frames = _until(clip, low, high) - done
                yield Event("", f"{clip.name}, outside the cut", 0, frames)
            done += frames


def _until(clip: SeenClip, low: int | None, high: int | None) -> int:
    """Return the frame of a clip, of its last one the next, that is the first to leave a stretch of its source."""
    ends = clip.frames
    if clip.speed > 0 and high is not None:
        ends = ceil((high - clip.first) / clip.speed)
    if clip.speed < 0 and low is not None:
        ends = floor((clip.first - low) / -clip.speed) + 1
    return min(ends, clip.frames)
