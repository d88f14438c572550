"""From plates to code values."""

import numpy as np

from rushes.departments.department import Plate
from rushes.departments.look.look import Floats
from rushes.media.colour import Convert


def encoded(plate: Plate, to_code: Convert) -> Floats:
    """Return a plate, scene-linear, as `(height, width, 3)` float32 code values; the plate is left alone."""
    packed: Floats = np.array(plate.transpose(1, 2, 0), np.float32, order="C")
    to_code(packed)
    return packed
