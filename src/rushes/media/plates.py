"""Footage as departments see it: frame by frame, scene-linear, in the show's working space."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rushes.domain.nouns import Asset, frame_numbers
from rushes.media.alpha import convert_straight, straight
from rushes.media.colour import Convert, converter, is_linear
from rushes.media.footage import open_footage
from rushes.media.frames import Floats, Footage, Frame

__all__ = ["Plates", "open_footage", "open_plates"]


@dataclass(frozen=True)
class Plates:
    """Opened footage with the way into the working space.

    Attributes:
        linear: whether that way is a matrix, which may be taken with colour multiplied by alpha: dividing first would
            only round twice.
    """

    footage: Footage
    to_working: Convert
    linear: bool

    def read(self, number: int) -> Frame:
        """Read one frame, its colour scene-linear in the working space; alpha and all else as in the file.

        Where the file holds colour multiplied by alpha, so does the frame.
        """
        frame = self.footage.read(number)
        if self.linear:
            self.to_working(frame.packed)
        else:
            convert_straight(frame, self.to_working)
        return frame

    def plate(self, number: int) -> Floats:
        """Read one frame's colour as `(3, height, width)` float32, scene-linear in the working space, straight.

        A department is taught the colour that it will be asked to render: not multiplied by alpha.
        """
        return straight(self.read(number)).plate

    def samples(self, number: int) -> Floats:
        """Read one frame's samples as `(3 or 4, height, width)` float32, in no colour space: of a matte, alpha last."""
        return self.footage.read(number).packed.transpose(2, 0, 1)


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
        way = config, asset.colour_space, working_space
        yield Plates(footage, converter(*way), is_linear(*way))
