"""Scratch sound: at which frame of the cut each speech is heard, and the mix of them, frame by frame."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np

from rushes.departments.previs.out.animatic_times import frames_of, placed
from rushes.departments.previs.out.sound_files import SAMPLE_RATE, Samples, length_of, read_sound
from rushes.departments.previs.plan import Cut, ReadyShot, Speech

SpeechFiles = Mapping[tuple[str, int], Path]
"""WAV files by id of the shot and place of the speech in it, from 0."""


@dataclass(frozen=True)
class Heard:
    """A speech where it is heard in the cut.

    Attributes:
        shot: id of its shot.
        label: what the shot is called.
        speech: who says what.
        at: frame of the cut at which it begins, from 0.
        frames: how long it lasts: as its file, or as planned where there is none.
        skipped: how many frames of its beginning are cut away.
        room: frames from `at` to the end of its event.
        file: of the sound, or None: it is silent.
    """

    shot: str
    label: str
    speech: Speech
    at: int
    frames: int
    skipped: int
    room: int
    file: Path | None


def lay_speeches(cut: Cut, shots: Mapping[str, ReadyShot], files: SpeechFiles) -> tuple[Heard, ...]:
    """Lay every speech at the frame of the cut that shows its first frame; it runs on over the next cut.

    A speech whose beginning was trimmed away is heard from where its shot comes in. A shot that comes in while that
    very speech is still heard, from itself or from another set-up of the scene, does not start it again. Shots that
    stand still or run backwards are silent.

    Args:
        cut: the cut.
        shots: by id; events of others are silent.
        files: of the speeches that have one.

    Returns:
        In the order of the cut.

    Raises:
        NotFound: a file is not there.
        Damaged: a file is no WAV.
        BadMaterial: a file holds no plain samples.
    """
    heard: list[Heard] = []
    running: dict[tuple[str, str], int] = {}
    for at, event in placed(cut):
        shot = shots.get(event.shot)
        for place, speech in enumerate(shot.speeches if shot and event.speed > 0 else ()):
            file = files.get((event.shot, place))
            frames = _frames_in(file, cut.frame_rate) if file else speech.frames
            into = ceil((speech.first - event.first) / event.speed)
            skipped = max(0, event.first - speech.first)
            goes_on = skipped and running.get((speech.who, speech.words), -1) >= at
            if into >= event.frames or skipped >= frames or goes_on:
                continue
            start = max(0, into)
            running[speech.who, speech.words] = at + start + frames - skipped
            room = event.frames - start
            heard.append(Heard(event.shot, event.label, speech, at + start, frames - skipped, skipped, room, file))
    return tuple(heard)


def sound_words(cut: Cut, shots: Mapping[str, ReadyShot], heard: Sequence[Heard]) -> tuple[str, ...]:
    """Say what the ear should know: speeches that run over, lose their beginning or end, are silent or not in the cut.

    Args:
        cut: the cut.
        shots: by id.
        heard: as `lay_speeches` gave it.
    """
    words, end = [], frames_of(cut)
    for one in heard:
        who = f"{one.speech.who} in {one.label}"
        if one.skipped:
            words.append(f"{who} begins {_frames(one.skipped)} into the speech")
        if one.at + one.frames > end:
            words.append(f"{who} is cut off by the end of the cut, {_frames(one.at + one.frames - end)} too early")
        elif one.frames > one.room:
            words.append(f"{who} runs {_frames(one.frames - one.room)} over the cut")
    silent = [one for one in heard if one.file is None]
    if silent:
        words.append(f"{len(silent)} of {len(heard)} speeches have no sound")
    # a scene is covered by several set-ups: a speech is lost only if none of them that is in the cut has it
    said = {(one.speech.who, one.speech.words) for one in heard}
    for identity in dict.fromkeys(event.shot for event in cut.events if event.shot in shots):
        lost = [speech for speech in shots[identity].speeches if (speech.who, speech.words) not in said]
        words += [f"{speech.who} in {shots[identity].label} is not heard: {speech.words[:40]}" for speech in lost]
    return tuple(words)


def samples_before(frame: int, frame_rate: Fraction) -> int:
    """Return how many samples go before a frame of a movie.

    >>> samples_before(1, Fraction(24)), samples_before(30000, Fraction(30000, 1001))
    (2000, 48048000)
    """
    return round(frame * SAMPLE_RATE / frame_rate)


def mixed(heard: Sequence[Heard], frames: tuple[int, int], frame_rate: Fraction) -> Iterator[Samples]:
    """Yield the sound of each frame; files are read when they come in and dropped when they are over.

    Args:
        heard: as `lay_speeches` gave it, frames counted from that of the cut.
        frames: first and last of the movie, both included; below 0 is a slate before the cut.
        frame_rate: frames a second, exact.

    Yields:
        (2, samples) float32, the sum of what is heard, not yet cut at full scale; the same number of samples for every
        frame but for rounding: `samples_before` tells.
    """
    first, last = frames
    waiting = sorted((one for one in heard if one.file), key=lambda one: one.at, reverse=True)
    playing: list[tuple[int, Samples]] = []
    for frame in range(first, last + 1):
        while waiting and waiting[-1].at <= frame:
            one = waiting.pop()
            assert one.file is not None
            start = samples_before(one.at - first, frame_rate)
            playing.append((start, read_sound(one.file)[:, samples_before(one.skipped, frame_rate) :]))
        begin, end = (samples_before(number - first, frame_rate) for number in (frame, frame + 1))
        block = np.zeros((2, end - begin), np.float32)
        for start, samples in playing:
            piece = samples[:, begin - start : end - start]
            block[:, : piece.shape[1]] += piece
        playing = [(start, samples) for start, samples in playing if start + samples.shape[1] > end]
        yield block


def _frames_in(file: Path, frame_rate: Fraction) -> int:
    return max(1, ceil(length_of(file) * frame_rate / SAMPLE_RATE))


def _frames(count: int) -> str:
    return f"{count} frame{'' if count == 1 else 's'}"
