"""What each event of a cut points at: a movie of its shot, or the movie of the whole animatic."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import PurePosixPath

from rushes.departments.previs.out.animatic_times import BLACK, frames_of, placed
from rushes.departments.previs.out.recut_reels import ANIMATIC
from rushes.departments.previs.out.sound import SpeechFiles
from rushes.departments.previs.plan import Cut, Event, ReadyShot
from rushes.domain.errors import BadMaterial
from rushes.media.timecode import frame_of, has_timecode

Shots = Mapping[str, ReadyShot]
CARRIED = re.compile(r"RUSHES (SHOT|SPEED|FIRST): *([^\r\n]*[^\s])")
IN_BRACKETS = re.compile(r"\[([^\[\]]{1,80})\]")
ENDING = re.compile(r"\.(?:mov|mp4|m4v|mxf|wav)$", re.IGNORECASE)


@dataclass(frozen=True)
class CutMedia:
    """Where the pictures and sounds of a cut are; what is not given is a name without a file.

    Attributes:
        movies: of each shot by its id, as file names beside the cut, or URLs; frame 0 has timecode 01:00:00:00.
        animatic: the movie of the whole cut in the same way; where it is given, the cut points at it alone.
        slate_frames: how many frames the animatic has before the cut.
        sounds: WAV files by id of the shot and place of the speech in it.
        sound_folder: where those lie, seen from the cut, as in `sound/`.
        digests: of each shot's frames, by its id.
        size: of the pictures, width and height.
    """

    movies: Mapping[str, str] = field(default_factory=dict)
    animatic: str = ""
    slate_frames: int = 0
    sounds: SpeechFiles = field(default_factory=dict)
    sound_folder: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)
    size: tuple[int, int] = (960, 540)


@dataclass(frozen=True)
class Source:
    """A movie, there or not.

    Attributes:
        key: tells sources apart: an id, or what it is called.
        name: for people.
        url: of the file, or nothing.
        start: timecode of its first frame as a frame number.
        frames: how many it has, as far as the cut knows.
    """

    key: str
    name: str
    url: str
    start: int
    frames: int


@dataclass(frozen=True)
class Sourced:
    """An event with what it points at.

    Attributes:
        at: frame of the cut.
        event: what is seen.
        source: None for black.
        first: frame of the source, counted from timecode zero.
        speed: frames of the source for a frame of the cut.
    """

    at: int
    event: Event
    source: Source | None
    first: int
    speed: Fraction


def source_zero(cut: Cut) -> int:
    """Return the frame number that frame 0 of every shot has in its own movie: 01:00:00:00.

    >>> source_zero(Cut("", Fraction(24), 0, False, ()))
    86400
    """
    if not has_timecode(cut.frame_rate):
        return 3600 * round(cut.frame_rate)
    return frame_of("01:00:00;00" if cut.drop_frame else "01:00:00:00", cut.frame_rate)


def sourced(cut: Cut, shots: Shots, media: CutMedia) -> list[Sourced]:
    """Say of every event what it points at.

    Raises:
        BadMaterial: an event has no frame, or the animatic begins before midnight.
    """
    faults = [f"event {n}, {one.label}" for n, one in enumerate(cut.events, 1) if one.frames < 1]
    if faults or not cut.events:
        raise BadMaterial(f"{cut.name} cannot be written: events without frames", faults)
    if media.animatic and media.slate_frames > cut.start:
        why = f"{cut.name}: the animatic's slate would lie before midnight"
        raise BadMaterial(why, remedy="Let the cut start at 01:00:00:00.")
    if media.animatic:
        frames = media.slate_frames + frames_of(cut)
        whole = Source(ANIMATIC, ANIMATIC, media.animatic, cut.start - media.slate_frames, frames)
        return [
            Sourced(at, event, None if _black(event) else whole, cut.start + at, Fraction(1))
            for at, event in placed(cut)
        ]
    zero, spans = source_zero(cut), _spans(cut, shots)
    found = []
    for at, event in placed(cut):
        key = _key(event)
        low, high = spans[key]
        name = shots[event.shot].label if event.shot in shots else event.label
        source = Source(key, name, media.movies.get(event.shot, ""), zero + low, high - low)
        found.append(Sourced(at, event, None if _black(event) else source, zero + event.first, event.speed))
    return found


def marks(event: Event, *, speed: Fraction, first: int | None = None) -> list[str]:
    """Return lines by which an event is known again, for formats with room for comments alone.

    Args:
        event: what is seen.
        speed: as it is written, which may be rounded there.
        first: frame of the source, where the format rounds it.
    """
    lines = [f"RUSHES SHOT: {event.shot}"] if event.shot else []
    lines += [f"RUSHES SPEED: {speed}"] if speed != 1 else []
    return lines + ([f"RUSHES FIRST: {first}"] if first is not None else [])


def carried(texts: Iterable[str]) -> dict[str, str]:
    """Find the lines of `marks` in what came back.

    >>> carried(["x", "RUSHES SHOT: s42"])
    {'SHOT': 's42'}
    """
    return {name: value for text in texts for name, value in CARRIED.findall(text)}


def clip_name(event: Event) -> str:
    """Return a clip's name with the id in it, for formats that lose everything else.

    >>> clip_name(Event("s42", "42B", 0, 1))
    '42B [s42]'
    """
    return f"{event.label} [{event.shot}]" if event.shot else event.label


def ids_in(name: str) -> list[str]:
    """Return the ids that a clip's name may hold.

    >>> ids_in("42B [s42].Copy.01")
    ['s42']
    """
    return IN_BRACKETS.findall(name)


def stem(url: str) -> str:
    """Return the name of a file without folder and ending.

    >>> stem("file:///a/b/42B.mov"), stem("s0042.v2")
    ('42B', 's0042.v2')
    """
    return ENDING.sub("", PurePosixPath(url.replace("\\", "/")).name)


def is_animatic(names: Iterable[str], animatic: str) -> bool:
    """Tell whether a clip is of the movie of the whole cut, by what it and its file are called."""
    called = {stem(name).casefold() for name in names}
    return bool(called & {ANIMATIC.casefold(), animatic.casefold() or ANIMATIC.casefold()})


def shot_first(frame: int, old: Cut, *, of_animatic: bool) -> int:
    """Return which frame of its shot, or of the old cut, a source's frame is; movies without timecode count from 0.

    Args:
        frame: of the source, counted from timecode zero.
        old: the cut that went out.
        of_animatic: the source is the movie of the whole old cut.
    """
    zero = old.start if of_animatic else source_zero(old)
    return frame - zero if frame >= zero // 2 else frame


def nearest_speed(seen: Fraction, said: str, *, within: float) -> Fraction:
    """Return the speed that was carried along if it is the one that is seen, which may be rounded.

    Args:
        seen: as the format has it.
        said: as `marks` wrote it, or anything else.
        within: how far rounding may take it.

    >>> nearest_speed(Fraction("0.67"), "2/3", within=0.01), nearest_speed(Fraction("0.5"), "2/3", within=0.01)
    (Fraction(2, 3), Fraction(1, 2))
    """
    if re.fullmatch(r"-?\d{1,9}(/[1-9]\d{0,8})?", said) and abs(Fraction(said) - seen) <= within:
        return Fraction(said)
    return seen.limit_denominator(1000)


def _key(event: Event) -> str:
    return event.shot or f"label {event.label}"


def _black(event: Event) -> bool:
    return not event.shot and event.label == BLACK


def _spans(cut: Cut, shots: Shots) -> dict[str, tuple[int, int]]:
    """Return first and end frame of everything that the cut shows of a source, and of the whole shot."""
    spans: dict[str, tuple[int, int]] = {}
    for event in cut.events:
        ends = (event.first, event.first + int((event.frames - 1) * event.speed))
        whole = (0, shots[event.shot].frames - 1) if event.shot in shots else ends
        low, high = spans.get(_key(event), (min(ends), max(ends) + 1))
        spans[_key(event)] = (min(low, *ends, *whole), max(high, *(end + 1 for end in (*ends, *whole))))
    return spans
