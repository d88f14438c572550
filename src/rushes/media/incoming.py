"""Material at the door, looked at through a sandbox: what it is, and whether every frame of it decodes.

What the sandbox answers comes from where a crafted file may have taken over: each number and text is checked here.
Material that has come in lies in the vault under the digest of what was looked at, and needs no sandbox any more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from rushes.domain.actions import ACTIONS
from rushes.domain.clearances import SCHEMES
from rushes.domain.errors import Damaged, NotFound
from rushes.media.colour_hints import Said
from rushes.media.cuts import CutClip
from rushes.media.movies import is_movie
from rushes.media.promises import MAX_SIDE
from rushes.media.reservations import Found
from rushes.media.sandbox import LONGEST, Sandbox, plain

MOST = 1 << 40
"""No frame number and no count of pixels is larger."""
RATE = re.compile(r"[1-9]\d{0,12}(/[1-9]\d{0,12})?")
TIMECODE = re.compile(r"\d\d:\d\d:\d\d[:;]\d\d")
MAX_CLIPS = 200_000
A_FRAME = 1 << 30
"""Of a movie's bytes, more than one frame needs."""

State = tuple[int, ...]


@dataclass(frozen=True)
class Incoming:
    """Footage at the door.

    Attributes:
        frames: first and last frame number, both included.
        size: width and height in pixels.
        frame_rate: frames a second, where the files say.
        timecode: of the first frame, where the files say.
        notes: for people, on what is in the files beside the picture.
    """

    frames: tuple[int, int]
    size: tuple[int, int]
    frame_rate: Fraction | None
    timecode: str | None
    notes: tuple[str, ...]
    _sandbox: Sandbox
    _paths: dict[int, Path]
    _states: dict[Path, State]

    def odd_pixels(self, number: int) -> dict[str, int]:
        """Decode one frame whole, and count the pixels that are NaN or infinite, by channel; only those with any.

        Raises:
            Damaged: naming file and frame: it does not decode, or its decoder crashed, hung or took too much.
            BadMaterial: its pixels are of a kind that is not read.
        """
        path = self._paths.get(number) or next(iter(self._paths.values()))
        size = min(self._states[path][1], A_FRAME)
        asked = {"do": "look", "number": number}
        odd = self._sandbox.ask(asked, about=path, frame=number, bytes_read=size).get("odd")
        if not isinstance(odd, dict) or not all(_is_count(count) for count in odd.values()):
            raise _nonsense(path, number)
        return {plain(name)[:255]: count for name, count in odd.items()}

    def check_unchanged(self) -> None:
        """Check that every file is still the one that was looked at.

        Raises:
            Damaged: naming the first that is not.
        """
        for path, state in self._states.items():
            if _state(path) != state:
                raise Damaged(str(path), "it changed while it was looked at", remedy="Try again when nobody writes.")


def open_incoming(
    sandbox: Sandbox, paths: Sequence[Path], numbers: Sequence[int], *, frame_rate: Fraction | None = None
) -> Incoming:
    """Open a movie or a run of stills that comes from outside.

    Args:
        sandbox: in which it is decoded.
        paths: one movie, or one still for each number.
        numbers: of the frames, in order.
        frame_rate: for stills whose files do not say.

    Raises:
        Damaged: a file is refused at the gate, or its decoder crashed, hung or took too much over it.
        BadMaterial: with every fault that the headers show.
        NotFound: a file is not there.
    """
    states = {path: _state(path) for path in paths}
    rate = None if frame_rate is None else str(frame_rate)
    asked = {"do": "open", "paths": [str(path.absolute()) for path in paths], "numbers": list(numbers), "rate": rate}
    to_read = states[paths[0]][1] if is_movie(paths[0]) else len(paths) << 20
    said = sandbox.ask(asked, about=paths[0], bytes_read=to_read)
    frames, size, notes = said.get("frames"), said.get("size"), said.get("notes")
    if not (_is_pair(frames) and frames[0] <= frames[1] and _is_pair(size) and _is_texts(notes)):
        raise _nonsense(paths[0])
    if not all(1 <= side <= MAX_SIDE for side in size):
        raise _nonsense(paths[0])
    return Incoming(
        frames=(frames[0], frames[1]),
        size=(size[0], size[1]),
        frame_rate=Fraction(found) if (found := _fitting(said.get("rate"), RATE, paths[0])) else None,
        timecode=_fitting(said.get("timecode"), TIMECODE, paths[0]),
        notes=tuple(map(plain, notes)),
        _sandbox=sandbox,
        _paths=dict(zip(numbers, paths, strict=True)),
        _states=states,
    )


def colour_said(sandbox: Sandbox, path: Path) -> Said:
    """Ask a file from outside what it says of its colour; as `colour_hints.said_by_file`.

    Raises:
        Damaged: it cannot be read, or its decoder crashed, hung or took too much.
        BadMaterial: it is of a kind that is not read.
    """
    said = sandbox.ask({"do": "colour", "path": str(path.absolute())}, about=path)
    words, fits = said.get("words"), said.get("fits")
    if not (_is_texts(words) and isinstance(fits, list) and all(_is_texts(fit) and len(fit) == 2 for fit in fits)):
        raise _nonsense(path)
    return Said(tuple(map(plain, words)), tuple((plain(fit[0]), plain(fit[1])) for fit in fits))


def reserved_by(sandbox: Sandbox, path: Path) -> tuple[list[Found], str | None]:
    """Ask a file from outside what it reserves against machines, and where it says its pixels come from.

    Returns:
        As `reservations.read_reservations` and `reservations.read_source_type`.

    Raises:
        Damaged: what it says of this kind does not read, or its reader crashed, hung or took too much.
    """
    said = sandbox.ask({"do": "reserved", "path": str(path.absolute())}, about=path)
    found, source = said.get("found"), said.get("source")
    if not (isinstance(found, list) and all(map(_is_reservation, found)) and (source is None or _is_texts([source]))):
        raise _nonsense(path)
    told = [Found(one[0], tuple(one[1]), plain(one[2]), plain(one[3])) for one in found]
    return told, None if source is None else plain(source)


def read_incoming_cut(sandbox: Sandbox, path: Path, rate: Fraction) -> list[CutClip]:
    """Read the clips of a cut from outside; as `cuts.read_cut`.

    Raises:
        Damaged: refused at the gate, it makes no sense, or its reader crashed, hung or took too much.
        BadMaterial: it is of a kind that is not read.
    """
    asked = {"do": "cut", "path": str(path.absolute()), "rate": str(rate)}
    clips = sandbox.ask(asked, about=path).get("clips")
    if not isinstance(clips, list) or len(clips) > MAX_CLIPS or not all(map(_is_clip, clips)):
        raise _nonsense(path)
    return [CutClip(plain(clip[0]), plain(clip[1]), *clip[2:]) for clip in clips]


def _state(path: Path) -> State:
    try:
        state = path.lstat()
    except FileNotFoundError as error:
        raise NotFound("file", str(path)) from error
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_mode


def _nonsense(path: Path, frame: int | None = None) -> Damaged:
    return Damaged(str(path), "its decoder answered nonsense", frame)


def _fitting(value: Any, form: re.Pattern[str], path: Path) -> str | None:
    if value is None or (isinstance(value, str) and form.fullmatch(value)):
        return value
    raise _nonsense(path)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value < MOST


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(each) is int and abs(each) < MOST for each in value)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) and len(each) <= LONGEST for each in value)


def _is_reservation(value: Any) -> bool:
    if not (isinstance(value, list) and len(value) == 4 and _is_texts([value[0], *value[2:]]) and _is_texts(value[1])):
        return False
    return value[0] in SCHEMES and bool(value[1]) and set(value[1]) <= set(ACTIONS)


def _is_clip(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 6:
        return False
    numbers = all(type(each) is int and abs(each) < MOST for each in value[2:5])
    return _is_texts(value[:2]) and numbers and isinstance(value[5], float) and 0 < value[5] <= 1000
