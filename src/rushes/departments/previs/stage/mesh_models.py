"""glTF, GLB and OBJ files as parts, read by trimesh from the model's own folder only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from rushes.departments.previs.stage.model_parts import Part, inside, moved, sized
from rushes.departments.previs.stage.solids import Floats
from rushes.domain.errors import BadMaterial, Damaged, NotFound


class _Beside(trimesh.resolvers.Resolver):
    """Hands trimesh the files beside a model, and nothing else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, name: str) -> bytes:
        """Return a file's bytes."""
        return sized(inside(self.folder, name)).read_bytes()

    def get_base(self) -> str:
        """Return nothing: there is no address."""
        return ""

    def namespaced(self, _: str) -> "_Beside":
        """Return itself: folders are the names' own."""
        return self

    def write(self, name: str, data: bytes) -> None:
        """Refuse: a model is read."""
        raise BadMaterial(f"{name} is not written: a model is only read")

    def keys(self) -> list[str]:
        """Return nothing: what is not named is not read."""
        return []


def mesh_parts(path: Path) -> Iterator[Part]:
    """Yield the parts of a glTF, GLB or OBJ file."""
    with path.open("rb") as handle:
        try:
            scene = trimesh.load_scene(
                handle, file_type=path.suffix[1:].lower(), resolver=_Beside(path.parent), process=False
            )
        except (BadMaterial, NotFound):
            raise
        except (
            ValueError,
            KeyError,
            IndexError,
            TypeError,
            AttributeError,
            RecursionError,
            NotImplementedError,
        ) as error:
            raise Damaged(path.name, f"this is no model that can be read: {error}") from error
    for node in scene.graph.nodes_geometry:
        matrix, name = scene.graph[node]
        mesh = scene.geometry[name]
        if isinstance(mesh, trimesh.Trimesh) and len(mesh.faces):
            yield _part_of(mesh, str(node), np.asarray(matrix, np.float64))


def _part_of(mesh: trimesh.Trimesh, node: str, matrix: Floats) -> Part:
    material: Any = getattr(mesh.visual, "material", None)
    surface = str(getattr(material, "name", None) or node)
    factor = getattr(material, "baseColorFactor", None)
    grey = None
    if factor is not None and len(factor) >= 3:
        colour = np.asarray(factor, np.float64)[:3] / (255.0 if np.asarray(factor).dtype == np.uint8 else 1.0)
        grey = (float(colour[0]), float(colour[1]), float(colour[2]))
    normals = np.asarray(mesh.vertex_normals, np.float64) if "vertex_normals" in mesh._cache.cache else None
    return moved(
        Part(node, surface, np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int32), normals, grey),
        matrix,
    )
