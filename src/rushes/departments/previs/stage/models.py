"""Sets and props that somebody modelled: glTF, GLB, OBJ and USD files as pieces.

Nothing outside the file's own folder is read. Every mesh becomes pieces by material; the material's name is the
surface, in whatever words the modeller used.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import trimesh
from numpy.typing import NDArray

from rushes.departments.previs.stage.materials import GREYS, grey_of
from rushes.departments.previs.stage.mesh_models import mesh_parts
from rushes.departments.previs.stage.model_parts import MOST_PIECES, MOST_TRIANGLES, Part, moved, sized
from rushes.departments.previs.stage.pieces import Piece, Stage
from rushes.departments.previs.stage.solids import Floats, rotation
from rushes.departments.previs.stage.usd_models import read_usd
from rushes.domain.errors import BadMaterial

SHARP_DEG, FARTHEST_M = 38.0, 1e5
MESHES, USD = (".gltf", ".glb", ".obj"), (".usd", ".usda", ".usdc", ".usdz")


def _shaded(part: Part) -> tuple[Floats, Floats, NDArray[np.int32]]:
    """Return points, normals and triangles; without normals of its own a part is smooth but for edges over 38°."""
    if part.normals is not None and np.isfinite(part.normals).all():
        return part.points, part.normals, part.triangles
    mesh = trimesh.Trimesh(part.points, part.triangles, process=False)
    mesh.merge_vertices(merge_tex=True, merge_norm=True)
    smooth = trimesh.graph.smooth_shade(mesh, angle=np.radians(SHARP_DEG))
    return np.asarray(smooth.vertices), np.asarray(smooth.vertex_normals), np.asarray(smooth.faces, np.int32)


def pieces_of(parts: Iterable[Part], source: str, *, metres: float, up: str) -> tuple[Piece, ...]:
    """Return parts as pieces of a stage, Y up and in metres.

    Args:
        parts: of the file.
        source: its name, for errors.
        metres: metres of one of its units.
        up: its upright axis, `Y` or `Z`.
    """
    turn = np.eye(4)
    turn[:3, :3] = metres * (rotation(-90.0, "x") if up == "Z" else np.eye(3))
    counts: Counter[str] = Counter()
    found: list[Piece] = []
    many = 0
    for part in parts:
        many += len(part.triangles)
        if many > MOST_TRIANGLES or len(found) >= MOST_PIECES:
            limit = f"{MOST_TRIANGLES} triangles in {MOST_PIECES} pieces"
            raise BadMaterial(f"{source}: more than {limit}", remedy="Simplify the model.")
        placed = moved(part, turn)
        if not np.isfinite(placed.points).all() or np.abs(placed.points).max(initial=0.0) > FARTHEST_M:
            raise BadMaterial(f"{source}: {part.name} lies beyond {FARTHEST_M:g} m", remedy="Check its units.")
        points, normals, triangles = _shaded(placed)
        counts[part.name] += 1
        name = part.name if counts[part.name] == 1 else f"{part.name} {counts[part.name]}"
        known = part.surface.lower() in GREYS or part.grey is None
        grey = grey_of(part.surface) if known else part.grey
        piece = Piece(
            name,
            points.astype(np.float32),
            normals.astype(np.float32),
            triangles.astype(np.int32),
            part.surface,
            grey or grey_of(part.surface),
            part.name,
        )
        found.append(piece)
    if not found:
        raise BadMaterial(f"{source}: there is no mesh in it", remedy="Export the model with its geometry.")
    return tuple(found)


def read_model(path: Path, *, metres_per_unit: float = 1.0, up: str = "Y") -> tuple[Piece, ...]:
    """Read a modelled set or prop as pieces.

    Args:
        path: a `.gltf`, `.glb`, `.obj`, `.usd`, `.usda`, `.usdc` or `.usdz` file.
        metres_per_unit: of an OBJ file, which does not say; glTF is metres, USD says its own.
        up: upright axis of an OBJ file, `Y` or `Z`.

    Raises:
        BadMaterial: it is no such file, too big, or wants files outside its folder.
    """
    path = sized(Path(path))
    kind = path.suffix.lower()
    if kind in USD:
        parts, metres, up = read_usd(path)
        return pieces_of(parts, path.name, metres=metres, up=up)
    if kind not in MESHES:
        raise BadMaterial(f"{path.name}: no model that can be read", [f"it must be {', '.join((*MESHES, *USD))}"])
    if up not in {"Y", "Z"} or not 1e-6 <= metres_per_unit <= 1e4:
        raise BadMaterial(f"{path.name}: a unit of {metres_per_unit:g} m with {up} up cannot be")
    metres = metres_per_unit if kind == ".obj" else 1.0
    return pieces_of(mesh_parts(path), path.name, metres=metres, up=up if kind == ".obj" else "Y")


def model_stage(name: str, pieces: tuple[Piece, ...]) -> Stage:
    """Return a modelled set as a stage; it has no walls that a plan could show, only pieces."""
    top = max((float(piece.vertices[:, 1].max()) for piece in pieces if len(piece.vertices)), default=3.0)
    return Stage(name, pieces, top_m=max(top, 0.1))
