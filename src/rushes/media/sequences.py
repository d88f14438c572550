"""A run of numbered picture files as footage: found on disk, checked as a whole, read one by one."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from rushes.domain.errors import BadMaterial, MissingFrames, NotFound
from rushes.media.frames import Footage, Frame
from rushes.media.gate import STILL_SUFFIXES
from rushes.media.sequence_check import check_sequence
from rushes.media.stills import read_header, read_still

PLACEHOLDER = re.compile(r"#+|@+|%(\d*)d")
NUMBERED = re.compile(r"(?P<head>.*?)(?P<number>(?:(?<=[._])-)?\d+)(?P<tail>\.[A-Za-z]\w*)")
VERSION = re.compile(r"(?:.*[^A-Za-z])?[vV]")
"""`plate_v003.exr` is version 3, not frame 3."""
SET_APART = re.compile(r"(.*[._-])?-?\d+\.[A-Za-z]\w*")
"""`plate_0040.exr` by itself is frame 40; `Rec709.exr` by itself is no frame 709."""
COPY_FIRST = "Copy what comes out of it into a file, and name that."

Numbered = list[tuple[int, Path]]


def find_sequence(source: str | Path | Sequence[str | Path], *, holes: bool = False) -> Numbered:
    """Find the files of a sequence and number them by their names.

    Args:
        source: `plate.####.exr`, `plate.@@@@.exr`, `plate.%04d.exr`, a folder that holds one sequence, a single file
            (frame 1 if no number stands apart in its name, as it does in `plate.0040.exr`), or a list of files
            (numbered from 1 if no name has a number).
        holes: whether frames may be missing.

    Returns:
        Frame number and file, in order.

    Raises:
        NotFound: there is nothing of that name.
        MissingFrames: with the ranges that are missing.
        BadMaterial: a number comes twice, or a folder holds several sequences.
    """
    if not isinstance(source, str | Path):
        numbered = _from_list([Path(path) for path in source])
    else:
        numbered = _from_name(Path(source))
    _refuse_twins(numbered)
    numbered.sort()
    gaps = [(a + 1, b - 1) for (a, _), (b, _) in pairwise(numbered) if b > a + 1]
    if gaps and not holes:
        raise MissingFrames(str(source) if isinstance(source, str | Path) else str(numbered[0][1].parent), gaps)
    return numbered


def frame_number(name: str) -> int | None:
    """Read the frame number at the end of a file's name, if there is one; a version is none.

    >>> [frame_number(name) for name in ("plate.1001.exr", "plate_v003.exr", "sh010_v003_0007.dpx", "a.-0012.exr")]
    [1001, None, 7, -12]
    """
    found = NUMBERED.fullmatch(name)
    if not found or VERSION.fullmatch(found["head"]):
        return None
    return int(found["number"])


@dataclass(frozen=True)
class StillFootage:
    """Numbered picture files, opened as footage; each is decoded when it is asked for.

    Attributes:
        files: by frame number.
        layer: which layer or part is the picture, if not the first one.
    """

    files: dict[int, Path]
    size: tuple[int, int]
    frame_rate: Fraction | None
    timecode: str | None
    layer: str = ""

    @property
    def frames(self) -> tuple[int, int]:
        """First and last frame number, both included."""
        return min(self.files), max(self.files)

    def read(self, number: int) -> Frame:
        """Read one frame in the encoding of its file.

        Raises:
            MissingFrames: there is no such frame.
            Damaged: naming file and frame.
        """
        if number not in self.files:
            raise MissingFrames(str(next(iter(self.files.values())).parent), [(number, number)])
        return read_still(self.files[number], number=number, layer=self.layer)

    def close(self) -> None:
        """Nothing is held open."""


def open_sequence(files: Iterable[tuple[int, Path]], *, frame_rate: Fraction | None = None, layer: str = "") -> Footage:
    """Open numbered picture files as footage, after a look at every header.

    Args:
        files: frame number and file; names need not say the number.
        frame_rate: if known; else what the first file says.
        layer: which layer or part is the picture, if not the first one.

    Raises:
        Damaged: one file is.
        BadMaterial: several are, a number comes twice, or size or channels change, with every frame range.
    """
    numbered = sorted(files)
    _refuse_twins(numbered)
    check_sequence(numbered)
    first, path = numbered[0]
    header = read_header(path, number=first, layer=layer)
    left, top, right, bottom = header.data_window
    return StillFootage(
        files=dict(numbered),
        size=(right - left + 1, bottom - top + 1),
        frame_rate=frame_rate or header.frame_rate,
        timecode=header.timecode,
        layer=layer,
    )


def _from_name(path: Path) -> Numbered:
    if path.is_dir():
        return _from_folder(path)
    if path.is_file():
        number = frame_number(path.name) if SET_APART.fullmatch(path.name) else None
        return [(1 if number is None else number, path)]
    if path.exists():
        raise BadMaterial(f"{path} is not a regular file: it is a pipe, a socket or a device", remedy=COPY_FIRST)
    pattern = _pattern_of(path.name)
    there = _names_in(path.parent)
    numbered = [(int(found[1]), path.parent / name) for name in there if pattern and (found := pattern.fullmatch(name))]
    if not numbered:
        raise NotFound("file or sequence", str(path), [str(path.parent / name) for name in there])
    return numbered


def _from_list(paths: list[Path]) -> Numbered:
    numbers = [frame_number(path.name) for path in paths]
    if all(number is None for number in numbers):
        return list(enumerate(paths, start=1))
    nameless = [str(path) for number, path in zip(numbers, paths, strict=True) if number is None]
    if nameless:
        raise BadMaterial("these files have no frame number, and others have", nameless, "Name them alike.")
    return [(number, path) for number, path in zip(numbers, paths, strict=True) if number is not None]


def _from_folder(folder: Path) -> Numbered:
    runs: dict[str, Numbered] = {}
    for name in _names_in(folder):
        number, found = frame_number(name), NUMBERED.fullmatch(name)
        run = name if number is None or not found else f"{found['head']}####{found['tail']}"
        runs.setdefault(run, []).append((1 if number is None else number, folder / name))
    if not runs:
        raise NotFound("picture in the folder", str(folder))
    if len(runs) > 1:
        several = [f"{folder / run}, {len(files)} files" for run, files in sorted(runs.items())]
        raise BadMaterial(f"{folder} holds {len(runs)} sequences", several, "Name the one that is meant.")
    return next(iter(runs.values()))


def _names_in(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.suffix.lower() in STILL_SUFFIXES and not path.name.startswith(".")
    )


def _pattern_of(name: str) -> re.Pattern[str] | None:
    places = list(PLACEHOLDER.finditer(name))
    if len(places) != 1:
        return None
    place = places[0]
    digits = int(place[1] or 1) if place[0].startswith("%") else len(place[0])
    # longer numbers than the pattern has places are not padded; a single place says nothing about padding
    number = rf"-?\d{{{digits}}}|-?[1-9]\d{{{digits},}}" if digits > 1 else r"-?\d+"
    return re.compile(f"{re.escape(name[: place.start()])}({number}){re.escape(name[place.end() :])}")


def _refuse_twins(numbered: Numbered) -> None:
    by_number: dict[int, list[Path]] = {}
    for number, path in numbered:
        by_number.setdefault(number, []).append(path)
    twins = [f"{number}: {', '.join(map(str, paths))}" for number, paths in by_number.items() if len(paths) > 1]
    if twins:
        raise BadMaterial("frame numbers that come twice", twins, "Leave one of each out.")
