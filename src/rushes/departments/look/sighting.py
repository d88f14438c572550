"""A frame made ready to be recognised in another one: small, and described so that a grade does not hide it."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter
from skimage.feature import SIFT
from skimage.transform import resize

from rushes.departments.look.arithmetic import LUMA
from rushes.departments.look.look import Floats

Doubles = npt.NDArray[np.float64]

PIXELS = 640 * 360
"""Frames are reduced to about this many pixels: colour needs no more, and SIFT's time grows with them."""

SURROUND = 24.0
"""Pixels over which brightness and contrast are evened out: wider than a feature, narrower than a light."""

MOST_FEATURES = 1200
"""The largest are kept; matching grows with their square."""

WEAKEST = 0.006
"""Contrast in the evened picture below which a feature is grain."""


@dataclass(frozen=True)
class Sighting:
    """One frame, reduced, with what can be recognised in it.

    Attributes:
        pixels: (rows, columns, 3) float32 code values.
        plain: (rows, columns) float32, luma with local brightness and contrast taken out, 0 to 1.
        burnt: (rows, columns) bool, where a channel sits at its ceiling and no longer says what the light was.
        spots: (n, 2) column and row of each feature.
        marks: (n, 128) SIFT descriptors.
        sizes: (n,) pixels.
        turns: (n,) radians.
    """

    pixels: Floats
    plain: Floats
    burnt: npt.NDArray[np.bool_]
    spots: Doubles
    marks: npt.NDArray[np.uint8]
    sizes: Doubles
    turns: Doubles


def sight(frame: Floats) -> Sighting:
    """Reduce a frame and find its features.

    Args:
        frame: (height, width, 3) float32 code values of a log encoding.
    """
    pixels = reduced(frame)
    plain = evened(pixels)
    spots, marks, sizes, turns = _features(plain)
    return Sighting(pixels, plain, _burnt(pixels), spots, marks, sizes, turns)


def mirrored(frame: Floats) -> Floats:
    """Return a frame as an editor flops it: left and right exchanged."""
    return np.ascontiguousarray(frame[:, ::-1])


def reduced(frame: Floats) -> Floats:
    """Average a frame down to about `PIXELS` pixels; a smaller one stays as it is."""
    height, width = frame.shape[:2]
    shrink = sqrt(height * width / PIXELS)
    block = int(shrink)
    if block > 1:
        rows, columns = height // block, width // block
        cut = frame[: rows * block, : columns * block].reshape(rows, block, columns, block, 3)
        frame = cut.mean(axis=(1, 3), dtype=np.float32)
    if shrink / max(block, 1) > 1.05 and shrink > 1:
        frame = resize(frame, (round(height / shrink), round(width / shrink)), order=1, anti_aliasing=True)
    return np.ascontiguousarray(frame, dtype=np.float32)


def evened(pixels: Floats) -> Floats:
    """Return luma with its local mean and contrast taken out, so that two grades of one thing look alike."""
    luma = np.asarray(pixels @ LUMA, np.float32)
    apart = luma - gaussian_filter(luma, SURROUND)
    spread = np.sqrt(gaussian_filter(apart * apart, SURROUND))
    return np.asarray(np.clip(0.5 + apart / (6 * (spread + 0.01)), 0, 1), np.float32)


def _features(plain: Floats) -> tuple[Doubles, npt.NDArray[np.uint8], Doubles, Doubles]:
    finder = SIFT(upsampling=1, c_dog=WEAKEST)
    try:
        finder.detect_and_extract(plain)
    except RuntimeError:  # scikit-image raises where a picture has no feature at all: a flat wall, black
        return np.zeros((0, 2)), np.zeros((0, 128), np.uint8), np.zeros(0), np.zeros(0)
    sizes = np.asarray(finder.sigmas, np.float64)
    kept = np.argsort(-sizes, kind="stable")[:MOST_FEATURES]
    spots = np.asarray(finder.keypoints, np.float64)[kept][:, ::-1]
    return spots, np.asarray(finder.descriptors)[kept], sizes[kept], np.asarray(finder.orientations)[kept]


def _burnt(pixels: Floats) -> npt.NDArray[np.bool_]:
    burnt = np.zeros(pixels.shape[:2], bool)
    for channel in np.moveaxis(pixels, -1, 0):
        ceiling = channel.max()
        # a crowd of pixels at the very top is a clipped channel; a few are a highlight
        if (channel > ceiling - 0.004).mean() > 0.004:
            burnt |= channel > ceiling - 0.006
    return burnt
