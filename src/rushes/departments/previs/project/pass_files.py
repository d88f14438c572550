"""Passes as EXR files, in the layout that a render of the previs department takes them in."""

from pathlib import Path

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from rushes.departments.previs.render.passes import Passes
from rushes.domain.errors import BadMaterial
from rushes.media.whole import whole_file

LINEAR = "lin_rec709_scene"
"""Colour space of the greybox, by its colour interop id."""


def planes_of(passes: Passes) -> dict[str, NDArray[np.float32]]:
    """Return the passes as pictures of three channels, by the role that a render takes them in.

    Args:
        passes: all of a frame.

    Returns:
        (3, height, width) float32 each; a pass of one value has it in red, the others are 0. Where nothing stands
        `depth` is 0.
    """

    def red(plane: NDArray[np.generic]) -> NDArray[np.float32]:
        found = np.zeros((3, *plane.shape), np.float32)
        found[0] = plane
        return found

    return {
        "beauty": passes.beauty,
        "ids": red(passes.ids),
        "depth": red(np.where(np.isfinite(passes.depth), passes.depth, 0)),
        "normal": passes.normal,
        "rest": passes.rest,
        "lit": red(passes.lit),
    }


def write_plane(path: Path, plane: NDArray[np.float32], *, colour: bool, frame_rate: str) -> None:
    """Write one picture of three channels as float EXR, whole or not at all.

    Args:
        path: of the file.
        plane: (3, height, width) float32.
        colour: it is a picture, in Rec. 709 linear light; else it is numbers, in no colour space.
        frame_rate: as a fraction in words.
    """
    spec = oiio.ImageSpec(plane.shape[2], plane.shape[1], 3, "float")
    spec.channelnames = ("R", "G", "B")
    spec.attribute("compression", "zips")
    spec.attribute("colorInteropID", LINEAR if colour else "data")
    numerator, _, denominator = frame_rate.partition("/")
    spec.attribute("FramesPerSecond", "rational", [int(numerator), int(denominator or 1)])
    with whole_file(path) as draft:
        file = oiio.ImageOutput.create(str(draft))
        if file is None or not file.open(str(draft), spec):
            raise BadMaterial(f"{path} cannot be written", [oiio.geterror()])
        written = file.write_image(np.ascontiguousarray(plane.transpose(1, 2, 0), np.float32))
        if not (written and file.close()):
            raise BadMaterial(f"{path} cannot be written", [file.geterror()])
