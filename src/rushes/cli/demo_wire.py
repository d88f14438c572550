"""The demo's paint artist: a rig of two wires hangs before the shot, and a few frames have it painted out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rushes.cli.new import CONFIG
from rushes.media.colour import converter
from rushes.media.frames import Floats, with_plate
from rushes.media.movies import open_movie
from rushes.media.stills import write_still

WIRE_LIGHT, WIRE_RADIUS = 0.01, 1.1
"""Scene-linear, and in pixels."""


def write_rigged_shot(
    movie: Path, folder: Path, numbers: Sequence[int], *, painted: Sequence[int], encoding: str
) -> None:
    """Write a shot with wires before it, and some of its frames before and after paint, as ACEScg EXR.

    Args:
        movie: clean footage.
        folder: gets `rig.0060.exr` of every frame, and `before.0060.exr` and `after.0060.exr` of the painted ones.
        numbers: of the frames of the shot.
        painted: of those that the artist did.
        encoding: colour space of the movie.
    """
    folder.mkdir(exist_ok=True)
    to_working = converter(CONFIG, encoding, "ACEScg")
    footage = open_movie(movie, first_frame=0)
    for number in numbers:
        frame = footage.read(number)
        to_working(frame.packed)
        clean: Floats = np.array(frame.plate)
        rigged = with_plate(frame, with_wires(clean, number))
        write_still(folder / f"rig.{number:04d}.exr", rigged)
        if number in painted:
            write_still(folder / f"before.{number:04d}.exr", rigged)
            write_still(folder / f"after.{number:04d}.exr", with_plate(frame, clean))
    footage.close()


def with_wires(plate: Floats, number: int) -> Floats:
    """Draw two wires that sway, anti-aliased, over a plate `(3, height, width)`."""
    height, width = plate.shape[1:]
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    sway = 6 * np.sin(number / 5)
    lines = (
        columns - (0.27 * width + 0.12 * rows + sway),
        rows - (0.22 * height + 0.00016 * (columns - 0.5 * width) ** 2 + 0.05 * columns - sway),
    )
    covered = np.max([np.clip(WIRE_RADIUS + 0.5 - np.abs(line), 0, 1) for line in lines], axis=0)
    drawn: Floats = (plate * (1 - covered) + np.float32(WIRE_LIGHT) * covered).astype(np.float32)
    return drawn
