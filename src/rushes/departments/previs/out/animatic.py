"""The animatic: the cut as a movie, frame by frame, with slate, burn-ins, scratch dialogue and timecode."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.out.animatic_burnins import BURNS, FrameWords, burner
from rushes.departments.previs.out.animatic_file import write_sounding_movie
from rushes.departments.previs.out.animatic_times import BLACK, frames_of, placed, shot_frame, timecode_at
from rushes.departments.previs.out.animatic_words import AnimaticStyle, CutWords, slate_of
from rushes.departments.previs.out.sound import lay_speeches, mixed, sound_words
from rushes.departments.previs.plan import Cut, Event, ReadyShot
from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.lettering import face_for

Picture = NDArray[np.float32] | NDArray[np.uint8]
"""(height, width, 3) as it is displayed: float32 0 to 1, or uint8."""
Draw = Callable[[ReadyShot, int], Picture]
"""Draws a frame of a shot, counted from 0."""
PLAIN = AnimaticStyle()


@dataclass(frozen=True)
class WrittenAnimatic:
    """What was written.

    Attributes:
        path: of the movie.
        frames: of the movie, slate and all.
        drawn: how many pictures were drawn; the others were the one before once more.
        words: what the eye and ear should know: shots that are missing, speeches that run over.
    """

    path: Path
    frames: int
    drawn: int
    words: tuple[str, ...]


def drawn_once(draw: Draw, look: Callable[[ReadyShot, int], Hashable]) -> Draw:
    """Return a way to draw that hands out the last picture again for as long as nothing moves.

    Args:
        draw: draws a frame.
        look: tells what a frame shows: the same value twice is the same picture, as a digest of its `Moment`.
    """
    last: dict[tuple[str, Hashable], Picture] = {}

    def drawn(shot: ReadyShot, frame: int) -> Picture:
        seen = (shot.id, look(shot, frame))
        if seen not in last:
            picture = draw(shot, frame)
            last.clear()
            last[seen] = picture
        return last[seen]

    return drawn


def write_animatic(
    path: Path,
    cut: Cut,
    shots: Mapping[str, ReadyShot],
    *,
    picture: Draw,
    style: AnimaticStyle = PLAIN,
    on_done: Callable[[int], None] = lambda frames: None,
) -> WrittenAnimatic:
    """Write the cut as a movie: as many frames as its events have together, and the slate's before them.

    The record timecode is the movie's timecode track, so that frame 0 of the cut has `cut.start` and a slate lies
    before it. A shot that is not there is a black card with its label. Nothing is held in memory but one frame.

    Args:
        path: `.mp4` or `.mov`, as the codec asks; a file of that name is replaced when the new one is whole.
        cut: what to show.
        shots: by id.
        picture: draws a frame of a shot; called once where a frame is shown several times in a row (`drawn_once` for
            frames that look alike).
        style: how it is shown.
        on_done: told how many frames are written; may raise to stop, and no file is left.

    Raises:
        NotFound: the codec, a burn-in or a sound.
        BadMaterial: the cut is empty, pictures differ in size, or the file's suffix does not suit.
    """
    _refuse(cut, style)
    heard = lay_speeches(cut, shots, style.sounds)
    drawer = _Drawer(cut, shots, picture)
    timecode = timecode_at(cut, -style.slate_frames) or None
    with write_sounding_movie(
        path, frame_rate=cut.frame_rate, codec=style.codec, timecode=timecode, crf=style.crf, quick=style.quick
    ) as movie:
        sound = mixed(heard, (-style.slate_frames, frames_of(cut) - 1), cut.frame_rate)
        pictures = _pictures(drawer, CutWords(cut, shots, style, heard=heard), (cut, style))
        for done, (shown, said) in enumerate(zip(pictures, sound, strict=True), 1):
            movie.write(shown, said)
            on_done(done)
    return WrittenAnimatic(path, done, drawer.drawn, (*drawer.missing, *sound_words(cut, shots, heard)))


def _pictures(drawer: "_Drawer", words: CutWords, shown: tuple[Cut, AnimaticStyle]) -> Iterator[NDArray[np.float32]]:
    """Yield the slate for as long as it stands, and then every frame of the cut with its words on it."""
    cut, style = shown
    if style.slate_frames:
        yield from repeat(slate_of(cut, style, drawer.still), style.slate_frames)
    burn = burner(drawer.size, face_for(*words.every()))
    last: tuple[NDArray[np.float32], FrameWords, NDArray[np.float32]] | None = None
    for at, event, frame in _frames(cut):
        under, said = drawer.picture(event, frame), words.at(at, event, frame)
        # the same picture with the same words is handed on as it is, and need not be coded again
        if last is None or last[0] is not under or last[1] != said:
            picture = under.copy()
            burn(picture, said)
            last = under, said, picture
        yield last[2]


def _refuse(cut: Cut, style: AnimaticStyle) -> None:
    unknown = sorted(style.burns - BURNS)
    if unknown:
        raise NotFound("burn-in", unknown[0], BURNS)
    faults = [
        f"event {n} ({event.label}) lasts {event.frames} frames"
        for n, event in enumerate(cut.events, 1)
        if event.frames < 1
    ]
    if style.slate_frames < 0:
        faults.append(f"the slate lasts {style.slate_frames} frames")
    if not cut.events:
        faults.append("the cut has no event")
    if faults:
        raise BadMaterial(f"{cut.name} cannot be shown", faults)


def _frames(cut: Cut) -> Iterator[tuple[int, Event, int]]:
    """Yield every frame of the cut with its event and the frame of the shot."""
    for at, event in placed(cut):
        for frame in range(event.frames):
            yield at + frame, event, shot_frame(event, frame)


class _Drawer:
    """Draws, counts, remembers the last picture and draws black for what is not there."""

    def __init__(self, cut: Cut, shots: Mapping[str, ReadyShot], draw: Draw) -> None:
        self._shots, self._draw, self.drawn = shots, draw, 0
        self._asked: Picture | None = None
        self._last: tuple[tuple[str, int], NDArray[np.float32]] | None = None
        here = [event for event in cut.events if event.shot in shots]
        if not here:
            raise BadMaterial(f"{cut.name}: none of its shots is there, so that nothing tells how large a picture is")
        middle = here[len(here) // 2]
        self.still = self._drawn(shots[middle.shot], shot_frame(middle, middle.frames // 2))
        self.size = (self.still.shape[1], self.still.shape[0])
        self.black = np.zeros_like(self.still)
        gone = [(at, event) for at, event in placed(cut) if event.shot not in shots and event.label != BLACK]
        self.missing = tuple(
            f"{event.label or event.shot} is missing: black for {event.frames} frames at "
            f"{timecode_at(cut, at) or f'frame {at}'}"
            for at, event in gone
        )

    def picture(self, event: Event, frame: int) -> NDArray[np.float32]:
        """Return a picture, which is not to be written on: while nothing moves it is the very same."""
        shot = self._shots.get(event.shot)
        return self.black if shot is None else self._drawn(shot, frame)

    def _drawn(self, shot: ReadyShot, frame: int) -> NDArray[np.float32]:
        if self._last is None or self._last[0] != (shot.id, frame):
            picture = self._draw(shot, frame)
            if self._last is None or picture is not self._asked:
                self.drawn += 1
                self._last = (shot.id, frame), _floats(picture, shot.label, frame)
            self._asked = picture
            self._last = (shot.id, frame), self._last[1]
        return self._last[1]


def _floats(picture: Picture, label: str, frame: int) -> NDArray[np.float32]:
    if picture.ndim != 3 or picture.shape[2] != 3 or picture.dtype not in (np.float32, np.uint8):
        raise BadMaterial(
            f"{label}, frame {frame}: a picture is (height, width, 3) float32 or uint8, not "
            f"{picture.shape} {picture.dtype}"
        )
    if picture.dtype == np.uint8:
        return np.multiply(picture, np.float32(1 / 255), dtype=np.float32)
    floats: NDArray[np.float32] = picture  # type: ignore[assignment]  # the type was just looked at
    return floats
