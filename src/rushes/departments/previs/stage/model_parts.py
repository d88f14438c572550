"""Meshes on their way from a file to a stage, and which files may be read for them."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.stage.materials import Grey
from rushes.departments.previs.stage.solids import Floats
from rushes.domain.errors import BadMaterial, NotFound

LARGEST_FILE, MOST_TRIANGLES, MOST_PIECES = 1 << 28, 1_500_000, 5000


@dataclass(frozen=True, eq=False)
class Part:
    """A mesh of one material on its way to becoming a piece.

    Attributes:
        name: of the object it belongs to.
        surface: the material's name.
        points: (points, 3) float64, in the file's own units and axes.
        triangles: (triangles, 3) int32.
        normals: (points, 3) float64, or none, to be made.
        grey: what the file says of its colour, scene-linear, or none.
    """

    name: str
    surface: str
    points: Floats
    triangles: NDArray[np.int32]
    normals: Floats | None
    grey: Grey | None


def inside(folder: Path, name: str) -> Path:
    """Return a file that another names, if it lies in the same folder or below; else refuse."""
    if "://" in name or "\0" in name:
        raise BadMaterial(f"it wants {name[:80]!r}, which is no file of its folder")
    path = (folder / name.removeprefix("file:")).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise BadMaterial(f"it wants {name[:80]!r}, which lies outside its folder")
    return path


def sized(path: Path) -> Path:
    """Return a file that is there and not too big; else refuse."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise NotFound("file", path.name, remedy="Check the path.") from error
    if size > LARGEST_FILE:
        raise BadMaterial(f"{path.name}: {size} bytes; a model has at most {LARGEST_FILE}", remedy="Simplify it.")
    return path


def moved(part: Part, matrix: Floats) -> Part:
    """Return a part moved, turned, scaled or mirrored by a (4, 4) matrix that acts on columns."""
    turn = matrix[:3, :3]
    points = part.points @ turn.T + matrix[:3, 3]
    mirrored = float(np.linalg.det(turn)) < 0
    triangles = part.triangles[:, ::-1] if mirrored else part.triangles
    normals = None
    if part.normals is not None and abs(float(np.linalg.det(turn))) > 1e-12:
        normals = part.normals @ np.linalg.inv(turn)
        normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return replace(part, points=points, triangles=triangles, normals=normals)
