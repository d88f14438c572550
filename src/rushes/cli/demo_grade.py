"""The demo's colourist: a grade made with OpenColorIO's own grading tools, which no CDL can make."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio

from rushes.cli.new import CONFIG
from rushes.media.colour import converter
from rushes.media.frames import Floats, with_plate
from rushes.media.movies import open_movie
from rushes.media.stills import write_still


def write_graded_frames(movie: Path, folder: Path, numbers: Sequence[int], *, encoding: str) -> None:
    """Grade a few frames of a movie and write them as ACEScg EXR, `bunny.0010.exr` and so on.

    Args:
        movie: ungraded footage.
        folder: for the graded frames; made where it is not there.
        numbers: frames to grade.
        encoding: colour space of the movie.
    """
    folder.mkdir(exist_ok=True)
    to_working = converter(CONFIG, encoding, "ACEScg")
    grade = ocio.Config.CreateFromFile(CONFIG).getProcessor(_grade()).getDefaultCPUProcessor()
    footage = open_movie(movie, first_frame=0)
    for number in numbers:
        frame = footage.read(number)
        to_working(frame.packed)
        packed: Floats = np.ascontiguousarray(frame.packed[..., :3])
        height, width = packed.shape[:2]
        grade.apply(ocio.PackedImageDesc(packed, width, height, 3))
        write_still(folder / f"bunny.{number:04d}.exr", with_plate(frame, packed.transpose(2, 0, 1)))
    footage.close()


def _grade() -> ocio.GroupTransform:
    """Return a late-summer grade in ACEScct: grass turned to straw, cool shadows, warm and soft highlights."""
    primary = ocio.GradingPrimary(ocio.GRADING_LOG)
    primary.brightness = ocio.GradingRGBM(0.0, 0.0, 0.0, 1.0)
    primary.contrast = ocio.GradingRGBM(1.0, 1.0, 1.0, 1.05)
    primary.pivot = -0.2
    primary.saturation = 0.85
    tone = ocio.GradingTone(ocio.GRADING_LOG)
    tone.shadows = ocio.GradingRGBMSW(0.99, 1.0, 1.04, 1.0, 0.45, 0.0)
    tone.highlights = ocio.GradingRGBMSW(1.0, 1.0, 0.9, 0.88, 0.4, 0.55)
    straw = [0.68, 0.42, -0.10, 0.06, 0.92, 0.02, 0.0, 0.16, 0.84]
    steps = ocio.GroupTransform()
    steps.appendTransform(ocio.ColorSpaceTransform(src="ACEScg", dst="ACEScct"))
    steps.appendTransform(ocio.MatrixTransform([*straw[:3], 0, *straw[3:6], 0, *straw[6:], 0, 0, 0, 0, 1]))
    steps.appendTransform(ocio.GradingPrimaryTransform(primary, ocio.GRADING_LOG, False))
    steps.appendTransform(ocio.GradingToneTransform(tone, ocio.GRADING_LOG, False))
    steps.appendTransform(ocio.ColorSpaceTransform(src="ACEScct", dst="ACEScg"))
    return steps
