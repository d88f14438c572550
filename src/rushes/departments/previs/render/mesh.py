"""All pieces of a stage in one mesh, as renderers want it, and where each of them is at a moment."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.stage.pieces import Moment, Piece, Stage
from rushes.domain.errors import BadMaterial

MOST_PIECES = 65_535
MOST_TRIANGLES = 4_000_000
FARTHEST_M = 1e5
FLAT_M = 0.05
LID_M = 0.35
WELD_M = 1e-4


@dataclass(frozen=True, eq=False)
class Mesh:
    """The pieces of a stage behind one another.

    Attributes:
        names: of the pieces, in their order.
        vertices: (vertices, 3) float32 metres, at rest.
        normals: (vertices, 3) float32.
        triangles: (triangles, 3) int32 into all vertices.
        piece_of: (triangles,) int32 from 0.
        vertex_of: (vertices,) int32: the piece of each vertex.
        spans: (pieces, 2) int32: first triangle and how many.
        greys: (pieces, 3) float32.
        balls: (pieces, 4) float64: a sphere around each piece at rest, centre and radius.
        boxes: (pieces, 2, 3) float64: lowest and highest corner at rest.
        flat: (pieces,) bool: as flat as a floor; the shadow map need not reach as far as these.
        lid: (pieces,) bool: a ceiling. The lamps of a stage hang over the set: it keeps no key light out.
        closed: (pieces,) bool: without holes, outside out: nobody sees its far side.
    """

    names: tuple[str, ...]
    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int32]
    piece_of: NDArray[np.int32]
    vertex_of: NDArray[np.int32]
    spans: NDArray[np.int32]
    greys: NDArray[np.float32]
    balls: NDArray[np.float64]
    boxes: NDArray[np.float64]
    flat: NDArray[np.bool_]
    lid: NDArray[np.bool_]
    closed: NDArray[np.bool_]


def mesh_of(stage: Stage) -> Mesh:
    """Put the pieces of a stage in one mesh; pieces that cannot be drawn are refused, all at once."""
    pieces = stage.pieces
    names = [piece.name for piece in pieces]
    many = sum(len(piece.triangles) for piece in pieces)
    if len(pieces) > MOST_PIECES or many > MOST_TRIANGLES:
        faults = [f"{len(pieces)} pieces of {many} triangles; {MOST_PIECES} of {MOST_TRIANGLES} can be drawn"]
    else:
        faults = [fault for piece in pieces for fault in _faults(piece)]
        faults += [f"two pieces are called {name!r}" for name, times in Counter(names).items() if times > 1]
    if faults:
        raise BadMaterial(f"the stage {stage.name!r} cannot be drawn", faults, "Correct these pieces.")
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces)])
    counts = np.array([len(piece.triangles) for piece in pieces], np.int32)
    triangles = _joined([piece.triangles + start for piece, start in zip(pieces, starts, strict=False)], np.int32)
    boxes = np.array([_box(piece) for piece in pieces], np.float64).reshape(-1, 2, 3)
    firsts = np.cumsum(counts, dtype=np.int32) - counts
    return Mesh(
        tuple(names),
        _joined([piece.vertices for piece in pieces], np.float32),
        _joined([piece.normals for piece in pieces], np.float32),
        triangles,
        np.repeat(np.arange(len(pieces), dtype=np.int32), counts),
        np.repeat(np.arange(len(pieces), dtype=np.int32), np.diff(starts)),
        np.stack([firsts, counts], axis=1).astype(np.int32),
        _joined([np.array([piece.grey]) for piece in pieces], np.float32),
        np.concatenate([boxes.mean(axis=1), np.linalg.norm(np.diff(boxes, axis=1), axis=-1) / 2], axis=1),
        boxes,
        np.diff(boxes, axis=1)[:, 0, 1] < FLAT_M,
        _lids(stage, boxes),
        np.array([_is_closed(piece) for piece in pieces], bool),
    )


def places_at(mesh: Mesh, moment: Moment) -> NDArray[np.float64]:
    """Return (pieces, 3, 4) float64: the matrix of every piece; one that is not rigid, or of nobody, is refused."""
    matrices = np.tile(np.eye(4)[:3], (len(mesh.names), 1, 1))
    number = {name: index for index, name in enumerate(mesh.names)}
    strangers = sorted((set(moment.places) | set(moment.hidden)) - number.keys())
    faults = [f"there is no piece {name!r} on this stage" for name in strangers]
    moved = [name for name in moment.places if name in number]
    if moved:
        given = [np.asarray(moment.places[name], np.float64) for name in moved]
        faults += [
            f"the matrix of {name!r} is not 4×4" for name, one in zip(moved, given, strict=True) if one.shape != (4, 4)
        ]
        if not faults:
            stacked = np.stack(given)
            faults = [f"the matrix of {moved[index]!r} is not rigid" for index in np.flatnonzero(~_are_rigid(stacked))]
            matrices[[number[name] for name in moved]] = stacked[:, :3]
    if faults:
        raise BadMaterial(
            "this moment cannot be drawn", faults, "Name pieces of the stage, and turn and move them only."
        )
    return matrices


def seen_at(mesh: Mesh, moment: Moment) -> NDArray[np.bool_]:
    """Return (pieces,) bool: which pieces are there."""
    return np.array([name not in moment.hidden for name in mesh.names], bool)


def balls_at(mesh: Mesh, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (pieces, 4) float64: a sphere around each piece where it is, centre and radius in metres."""
    centres = np.einsum("nij,nj->ni", places[:, :, :3], mesh.balls[:, :3]) + places[:, :, 3]
    return np.concatenate([centres, mesh.balls[:, 3:]], axis=1)


def corners_at(mesh: Mesh, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return (pieces, 8, 3) float64: the corners of a box around each piece where it is, metres."""
    x, y, z = np.moveaxis(mesh.boxes, 2, 0)
    corners = np.stack([(x[:, i], y[:, j], z[:, k]) for i in (0, 1) for j in (0, 1) for k in (0, 1)]).transpose(2, 0, 1)
    return np.asarray(np.einsum("nij,nkj->nki", places[:, :, :3], corners) + places[:, None, :, 3], np.float64)


def _are_rigid(matrices: NDArray[np.float64]) -> NDArray[np.bool_]:
    turns = matrices[:, :3, :3]
    square = np.abs(turns @ turns.transpose(0, 2, 1) - np.eye(3)).max(axis=(1, 2)) < 1e-4
    last = (matrices[:, 3] == [0, 0, 0, 1]).all(axis=1)
    near = np.abs(matrices[:, :3, 3]).max(axis=1) <= FARTHEST_M
    return np.asarray(square & last & near & (np.linalg.det(np.where(np.isfinite(turns), turns, 0)) > 0))


def _faults(piece: Piece) -> list[str]:
    vertices, normals, triangles = piece.vertices, piece.normals, piece.triangles
    if (
        vertices.ndim != 2
        or vertices.shape[1:] != (3,)
        or normals.shape != vertices.shape
        or triangles.shape[1:] != (3,)
    ):
        return [f"{piece.name}: vertices {vertices.shape}, normals {normals.shape}, triangles {triangles.shape}"]
    faults = []
    if not (np.isfinite(vertices).all() and np.isfinite(normals).all()):
        faults.append(f"{piece.name}: a vertex or a normal is not a finite number")
    elif vertices.size and np.abs(vertices).max() > FARTHEST_M:
        faults.append(f"{piece.name}: reaches beyond {FARTHEST_M:g} m")
    if triangles.size and not (triangles.min() >= 0 and triangles.max() < len(vertices)):
        faults.append(f"{piece.name}: a triangle names a vertex that is not there")
    if not (np.isfinite(piece.grey).all() and len(piece.grey) == 3 and min(piece.grey) >= 0):
        faults.append(f"{piece.name}: its grey is {piece.grey}")
    return faults


def _box(piece: Piece) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    corners = piece.vertices if len(piece.vertices) else np.zeros((1, 3), np.float32)
    return corners.min(axis=0), corners.max(axis=0)


def _lids(stage: Stage, boxes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return (pieces,) bool: those of the set that lie flat and wide at its very top."""
    x, y, z = np.diff(boxes, axis=1)[:, 0].T
    high = boxes[:, 0, 1] > stage.top_m - LID_M
    of_set = np.array([not piece.of for piece in stage.pieces], bool)
    return np.asarray(of_set & high & (y < LID_M) & (np.minimum(x, z) > 1.0), bool)


def _is_closed(piece: Piece) -> bool:
    """Say whether each edge is walked once each way, and the whole holds a volume, not a hole."""
    # corners of hard edges are there once for each face: they are one where they lie in one place
    steps = np.round(piece.vertices.astype(np.float64) / WELD_M).astype(np.int64).view(np.uint64)
    mixed = (steps * np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9], np.uint64)).sum(axis=1)
    places, corners = np.unique(mixed, return_inverse=True)
    ends = corners.reshape(-1)[piece.triangles]
    there, back = ends, np.roll(ends, -1, axis=1)
    kept = there != back
    forth = np.sort((there * len(places) + back)[kept])
    whole = forth.size > 0 and np.array_equal(forth, np.sort((back * len(places) + there)[kept]))
    once, again, last = np.moveaxis(piece.vertices.astype(np.float64)[piece.triangles], 1, 0)
    return bool(whole and (once * np.cross(again, last)).sum() > 0)


def _joined(parts: Sequence[NDArray[Any]], kind: type[Any]) -> NDArray[Any]:
    return np.concatenate(parts).astype(kind) if parts else np.zeros((0, 3), kind)
