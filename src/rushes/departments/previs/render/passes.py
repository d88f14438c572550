"""The passes of a greybox frame: the picture, and what is known about every pixel of it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.stage.pieces import Moment

PICTURE = frozenset({"beauty"})
EVERYTHING = frozenset({"beauty", "depth", "normal", "position", "rest", "ids", "lit"})


@dataclass(frozen=True, eq=False)
class Passes:
    """One frame. What was not asked for is an empty array, `(0,)`.

    At the edge of a thing `beauty` is blended; every other pass holds one thing's value, that of the pixel's centre.

    Attributes:
        beauty: (3, height, width) float32, scene-linear, 0 and above.
        depth: (height, width) float32 metres along the lens; infinite where nothing stands.
        normal: (3, height, width) float32 unit, on the stage; 0 where nothing stands.
        position: (3, height, width) float32 metres, on the stage; 0 where nothing stands.
        rest: (3, height, width) float32 metres, on the piece at rest; 0 where nothing stands.
        ids: (height, width) uint16: place of the piece in `Stage.pieces`, from 1; 0 where nothing stands.
        lit: (height, width) float32, 0 to 1: how much of the key light arrives, shadow and slope together.
    """

    beauty: NDArray[np.float32]
    depth: NDArray[np.float32]
    normal: NDArray[np.float32]
    position: NDArray[np.float32]
    rest: NDArray[np.float32]
    ids: NDArray[np.uint16]
    lit: NDArray[np.float32]


class Renderer(Protocol):
    """Draws moments of one stage at one size; the same moment gives the same pixels, in any order."""

    def draw(self, moment: Moment, wanted: frozenset[str] = EVERYTHING) -> Passes:
        """Return the passes of a frame that are wanted.

        Args:
            moment: what to draw.
            wanted: names of `Passes`.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds outside Python."""
        ...
