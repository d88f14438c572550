"""What stands on a stage, and one moment of it: the pieces, where each one is, the light and the camera.

Metres, degrees, a right-handed stage with Y up (`shots`). A piece never changes its shape: a mannequin is one piece for
each part of the body. So every point keeps its rest position, and what is painted on it stays where it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.shots.cameras import Camera

Matrix = NDArray[np.float64]
"""(4, 4) rigid, from a piece's rest position to the stage; a point is `matrix[:3, :3] @ point + matrix[:3, 3]`."""


@dataclass(frozen=True, eq=False)
class Piece:
    """One rigid thing.

    Attributes:
        name: unique on its stage: `wall 3`, `JENNY left forearm`.
        vertices: (vertices, 3) float32, metres, at rest.
        normals: (vertices, 3) float32, unit, outwards.
        triangles: (triangles, 3) int32, anticlockwise from outside.
        surface: what it is made of, in the art department's words; the look assigns a swatch to each.
        grey: diffuse reflectance of the greybox, scene-linear red, green, blue, 0 to 1.
        of: the character or prop that it is a part of, or nothing for the set.
    """

    name: str
    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int32]
    surface: str
    grey: tuple[float, float, float] = (0.5, 0.5, 0.5)
    of: str = ""


@dataclass(frozen=True)
class Light:
    """The light on a stage: one key that throws shadows, sky and bounce.

    Attributes:
        towards: x, y, z of the direction in which the key lies, any length.
        key: its red, green and blue, scene-linear; a white card that faces it comes out at this value.
        sky: of the light from above.
        ground: of the light from below.
        haze: red, green, blue that distance fades into.
        haze_m: metres at which half is faded; infinite for clear air.
    """

    towards: tuple[float, float, float] = (0.4, 0.8, 0.45)
    key: tuple[float, float, float] = (0.9, 0.88, 0.82)
    sky: tuple[float, float, float] = (0.32, 0.34, 0.38)
    ground: tuple[float, float, float] = (0.16, 0.15, 0.14)
    haze: tuple[float, float, float] = (0.5, 0.52, 0.55)
    haze_m: float = float("inf")


@dataclass(frozen=True, eq=False)
class Stage:
    """A set with everything that may stand on it.

    Attributes:
        name: of the set.
        pieces: in the order in which they are numbered in the id pass, from 1.
        walls: seen from above, as pairs of (x, z) metres, for plans and for what a camera may not pass through.
        openings: doors and windows in the same form.
        top_m: height of the set, metres.
    """

    name: str
    pieces: tuple[Piece, ...]
    walls: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    openings: tuple[tuple[tuple[float, float], tuple[float, float]], ...] = ()
    top_m: float = 3.0


@dataclass(frozen=True, eq=False)
class Moment:
    """Everything that one frame is drawn from.

    Attributes:
        camera: the camera.
        places: the matrix of every piece that does not stand where it rests, by name.
        light: the light.
        hidden: names of pieces that are not there.
    """

    camera: Camera
    places: Mapping[str, Matrix] = field(default_factory=dict)
    light: Light = field(default_factory=Light)
    hidden: frozenset[str] = frozenset()
