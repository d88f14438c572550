"""Footage as departments see it: frame by frame, scene-linear, in the show's working space."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rushes.domain.nouns import Asset, frame_numbers
from rushes.media.colour import Convert, converter
from rushes.media.frames import Floats, Footage, Frame
from rushes.media.movies import is_movie, open_movie
from rushes.media.sequences import open_sequence


@contextmanager
def open_footage(
    paths: Sequence[Path], numbers: Sequence[int], frame_rate: Fraction | None = None
) -> Iterator[Footage]:
    """Open a movie or a run of stills.

    Args:
        paths: one movie, or one still for each number.
        numbers: of the frames, in order.
        frame_rate: for stills whose files do not say.
    """
    footage: Footage
    if len(paths) == 1 and is_movie(paths[0]):
        footage = open_movie(paths[0], first_frame=numbers[0])
    else:
        footage = open_sequence(zip(numbers, paths, strict=True), frame_rate=frame_rate)
    try:
        yield footage
    finally:
        footage.close()


@dataclass(frozen=True)
class Plates:
    """Opened footage with the way into the working space."""

    footage: Footage
    to_working: Convert

    def read(self, number: int) -> Frame:
        """Read one frame, its colour scene-linear in the working space; alpha and all else as in the file."""
        frame = self.footage.read(number)
        self.to_working(frame.packed)
        return frame

    def plate(self, number: int) -> Floats:
        """Read one frame's colour as `(3, height, width)` float32, scene-linear in the working space."""
        return self.read(number).plate


@contextmanager
def open_plates(paths: Sequence[Path], asset: Asset, *, config: str, working_space: str) -> Iterator[Plates]:
    """Open an asset's files for a department.

    Args:
        paths: of its files, in order.
        asset: says how they are numbered and encoded.
        config: OpenColorIO config, `ocio://…` or a path.
        working_space: scene-linear space to hand plates over in.
    """
    with open_footage(paths, frame_numbers(asset), Fraction(asset.frame_rate)) as footage:
        yield Plates(footage, converter(config, asset.colour_space, working_space))
