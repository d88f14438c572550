"""What an animatic says of itself: the words over every frame, and the slate."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.out.animatic_burnins import BURNS, FrameWords, page_at
from rushes.departments.previs.out.animatic_times import BLACK, frames_of, placed, shot_frame, timecode_at
from rushes.departments.previs.out.sound import Heard, SpeechFiles
from rushes.departments.previs.plan import Cut, Event, ReadyShot
from rushes.domain.parts import Digest
from rushes.media.slates import Slate, slate

SAMPLED = 9
"""Frames of an event at which the lens is asked for: where it is one lens at all of them, it does not zoom."""


@dataclass(frozen=True)
class AnimaticStyle:
    """How an animatic is shown.

    Attributes:
        codec: of `media.movie_writing.CODECS`: `h264` into `.mp4`, `prores422hq` into `.mov`.
        crf: quality of `h264`: 16 very good, 23 small.
        show: title of the show.
        draft: of the script or the cut, as in `draft 3`.
        date: as it shall be read.
        status: on the slate, as in `ANIMATIC`.
        slate_frames: how long the slate stands before the first frame; 0 is none.
        burns: what is written over every frame, of `animatic_burnins.BURNS`.
        sounds: WAV files by id of the shot and place of the speech in it.
        quick: `h264` is coded fast and a little larger, for a page.
        lineage: digest of what the cut came from, for the slate; nothing is the digest of the cut itself.
    """

    codec: str = "h264"
    crf: int = 18
    show: str = ""
    draft: str = ""
    date: str = ""
    status: str = "ANIMATIC"
    slate_frames: int = 0
    burns: frozenset[str] = BURNS
    sounds: SpeechFiles = field(default_factory=dict)
    quick: bool = False
    lineage: Digest = ""


class CutWords:
    """The words of every frame of a cut."""

    def __init__(
        self, cut: Cut, shots: Mapping[str, ReadyShot], style: AnimaticStyle, *, heard: Sequence[Heard]
    ) -> None:
        self._cut, self._shots, self._burns = cut, shots, style.burns
        self._heard = sorted(heard, key=lambda one: one.at)
        self._events = [begins for begins, _ in placed(cut)]
        self._starts = [one.at for one in self._heard]
        self._longest = max(map(_seen_for, heard), default=0)
        title = " · ".join(filter(None, (style.show, cut.name)))
        draft = " · ".join(filter(None, (style.draft, style.date)))
        self._always = FrameWords(show=self._if("show", title), draft=self._if("draft", draft))
        self._of = lru_cache(maxsize=2)(self._of_event)

    def every(self) -> list[str]:
        """Return all that is ever written, so that one face can be found that spells it."""
        said = [text for shot in self._shots.values() for text in (shot.label, shot.scene, shot.heading, shot.words)]
        said += [text for one in self._heard for text in (one.speech.who, one.speech.words)]
        return [*said, *(event.label for event in self._cut.events), self._always.show, self._always.draft]

    def at(self, at: int, event: Event, frame: int) -> FrameWords:
        """Return the words of a frame.

        Args:
            at: frame of the cut.
            event: that is seen.
            frame: of its shot.
        """
        words, zooms = self._of(event)
        timecode = self._if("timecode", timecode_at(self._cut, at) or f"frame {at}")
        counted = self._if("frame", f"f {frame:03d}" if event.shot in self._shots else "")
        lens = self._lens(event, frame) if zooms else words.lens
        return replace(
            words,
            timecode=timecode,
            frame=counted,
            lens=lens,
            speech=self._spoken(at),
            action=page_at(words.action, Fraction(at - self._begins(at), event.frames)),
        )

    def _of_event(self, event: Event) -> tuple[FrameWords, bool]:
        shot = self._shots.get(event.shot)
        if shot is None:
            missing = f"{event.label} is missing" if event.label != BLACK else ""
            return replace(self._always, shot=self._if("shot", event.label), action=missing), False
        steps = {event.frames * step // SAMPLED for step in range(SAMPLED)} | {event.frames - 1}
        lenses = {self._lens(event, shot_frame(event, step)) for step in steps}
        scene = "  ".join(filter(None, (shot.scene, shot.heading)))
        words = replace(
            self._always,
            scene=self._if("scene", scene),
            shot=self._if("shot", shot.label),
            lens=min(lenses),
            action=self._if("action", shot.words),
        )
        return words, len(lenses) > 1

    def _lens(self, event: Event, frame: int) -> str:
        if "lens" not in self._burns:
            return ""
        return f"{round(self._shots[event.shot].moment_at(frame).camera.focal_mm, 1):g}mm"

    def _begins(self, at: int) -> int:
        return self._events[bisect_right(self._events, at) - 1]

    def _spoken(self, at: int) -> str:
        if "speech" not in self._burns:
            return ""
        for one in reversed(self._heard[: bisect_right(self._starts, at)]):
            if at - one.at >= self._longest:
                break
            if at < one.at + _seen_for(one):
                done = Fraction(at - one.at + one.skipped, _seen_for(one) + one.skipped)
                return f"{one.speech.who}: {page_at(one.speech.words, done)}"
        return ""

    def _if(self, name: str, text: str) -> str:
        return text if name in self._burns else ""


def _seen_for(one: Heard) -> int:
    return max(one.frames, one.speech.frames - one.skipped)


def cut_digest(cut: Cut) -> Digest:
    """Return the digest of a cut: of its rate, start and events."""
    events = [(one.shot, one.label, one.first, one.frames, str(one.speed)) for one in cut.events]
    said = repr((cut.name, str(cut.frame_rate), cut.start, cut.drop_frame, events))
    return f"sha256:{sha256(said.encode()).hexdigest()}"


def slate_of(cut: Cut, style: AnimaticStyle, still: NDArray[np.float32]) -> NDArray[np.float32]:
    """Draw the slate of an animatic.

    Args:
        cut: what is about to be seen.
        style: whose words it says.
        still: a picture of the cut, (height, width, 3) float32 as it is displayed; the slate is of its size.

    Returns:
        As the still.
    """
    length, shown = frames_of(cut), {event.shot for event in cut.events if event.shot}
    seconds = length / cut.frame_rate
    first, last = timecode_at(cut, 0), timecode_at(cut, length - 1)
    rate = f"{float(cut.frame_rate):.5g} fps" + (" drop frame" if cut.drop_frame else "")
    rows = [
        ("length", f"{length} frames, {float(seconds):.1f} s"),
        ("rate", rate),
        ("timecode", f"{first} – {last}" if first else "none at this rate"),
        ("shots", f"{len(shown)} in {len(cut.events)} events"),
        ("picture", f"{still.shape[1]} x {still.shape[0]}"),
        ("date", style.date),
    ]
    told = [row for row in rows if row[1]]
    board = Slate(style.show, cut.name, style.draft, style.status, told, style.lineage or cut_digest(cut))
    return slate(board, (still.shape[1], still.shape[0]), still)
