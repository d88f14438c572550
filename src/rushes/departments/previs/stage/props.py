"""Props by kind: one builder each, and how a prop of a plan becomes pieces."""

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from rushes.departments.previs.stage.furniture import FURNITURE
from rushes.departments.previs.stage.materials import Grey, grey_of
from rushes.departments.previs.stage.outdoors import OUTDOORS
from rushes.departments.previs.stage.pieces import Piece
from rushes.departments.previs.stage.seats import SEATS, Parts, Size
from rushes.departments.previs.stage.solids import Solid
from rushes.departments.previs.stage.vehicles import VEHICLES
from rushes.domain.errors import NotFound

KINDS: Mapping[str, tuple[Callable[[Size], Parts], Size]] = {**FURNITURE, **SEATS, **OUTDOORS, **VEHICLES}


def piece_of(name: str, solid: Solid, surface: str, *, grey: Grey | None = None, of: str = "") -> Piece:
    """Return a solid as a piece of a stage.

    Args:
        name: unique on its stage.
        solid: its mesh, on the stage.
        surface: in the art department's words.
        grey: None is what `materials` knows of the surface.
        of: the prop or character that it belongs to.
    """
    return Piece(
        name,
        solid.points.astype(np.float32),
        solid.normals.astype(np.float32),
        solid.triangles.astype(np.int32),
        surface,
        grey_of(surface) if grey is None else grey,
        of,
    )


@lru_cache(maxsize=256)
def prop_solids(kind: str, size: Size | None = None) -> Parts:
    """Return a prop's solids by surface, on the floor about zero, its front along +Z; nobody changes them.

    Args:
        kind: a name of `KINDS`.
        size: width, height, depth in metres; None is the kind's own.
    """
    if kind not in KINDS:
        raise NotFound("prop", kind, KINDS)
    build, usual = KINDS[kind]
    return {surface: solid for surface, solid in build(size or usual).items() if len(solid.triangles)}
