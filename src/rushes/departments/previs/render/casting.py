"""Rays cast with Embree at a stage: what they meet, and how much of the key light arrives there."""

from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from rushes.departments.previs.render.mesh import Mesh, balls_at
from rushes.departments.previs.render.sun import SIDE, Sun
from rushes.departments.previs.render.view import NEAR_M, View

Floats = NDArray[np.float32]
LIFT = 2.6
"""Texels by which a point is lifted before its shadow is looked up; `shaders.BIASED` says the same to OpenGL."""


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything where it is at a moment, beside an origin.

    Attributes:
        embree: what rays from the camera are cast at.
        casters: what rays towards the key are cast at: all but ceilings.
        mesh: the mesh of the stage.
        places: (pieces, 3, 4) float64.
        origin: (3,) float64 metres.
        shown: (triangles,) int64: which triangle of the mesh each one is.
    """

    embree: EmbreeScene | None
    casters: EmbreeScene | None
    mesh: Mesh
    places: NDArray[np.float64]
    origin: NDArray[np.float64]
    shown: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Hits:
    """What rays met.

    Attributes:
        there: (rays,) bool: whether they met something; the rest is about nothing where they did not.
        depth: (rays,) float32 metres along the lens.
        piece: (rays,) int32 from 0.
        normal: (3, rays) float32 unit, towards the camera.
        place: (3, rays) float32 metres, beside the scene's origin.
    """

    there: NDArray[np.bool_]
    depth: Floats
    piece: NDArray[np.int32]
    normal: Floats
    place: Floats


def scene_of(mesh: Mesh, places: NDArray[np.float64], seen: NDArray[np.bool_]) -> Scene:
    """Put the pieces that are there where they are."""
    origin = np.round(balls_at(mesh, places)[seen, :3].mean(axis=0)) if seen.any() else np.zeros(3)
    turns, shifts = places[mesh.vertex_of, :, :3], places[mesh.vertex_of, :, 3] - origin
    vertices = np.einsum("nij,nj->ni", turns, mesh.vertices.astype(np.float64)) + shifts
    shown = np.flatnonzero(seen[mesh.piece_of])
    throwing = np.flatnonzero((seen & ~mesh.lid)[mesh.piece_of])
    flat = vertices.astype(np.float32)
    embree = _embree(flat, mesh.triangles[shown])
    casters = embree if len(throwing) == len(shown) else _embree(flat, mesh.triangles[throwing])
    return Scene(embree, casters, mesh, places, origin, shown)


def _embree(vertices: Floats, triangles: NDArray[np.int32]) -> EmbreeScene | None:
    """Return what rays can be cast at; Embree takes no empty mesh."""
    if not len(triangles):
        return None
    scene = EmbreeScene(robust=True)
    TriangleMesh(scene, vertices, triangles)
    return scene


def cast(scene: Scene, view: View, rays: Floats) -> Hits:
    """Cast rays from the camera.

    Args:
        scene: what stands there.
        view: the camera.
        rays: (3, rays) float32: where each is at one metre of depth, beside the camera.
    """
    many = rays.shape[1]
    if scene.embree is None:
        nothing = np.zeros((3, many), np.float32)
        return Hits(np.zeros(many, bool), nothing[0], np.zeros(many, np.int32), nothing, nothing)
    ways = np.ascontiguousarray(rays.T)
    start = (view.origin - scene.origin).astype(np.float32)
    met = scene.embree.run(start + np.float32(NEAR_M) * ways, ways, output=True)
    there = met["primID"] >= 0
    triangle = scene.shown[np.where(there, met["primID"], 0)]
    piece = scene.mesh.piece_of[triangle]
    depth = np.where(there, met["tfar"] + np.float32(NEAR_M), 0).astype(np.float32)
    turns = scene.places[:, :, :3].astype(np.float32)[piece]
    corners = scene.mesh.normals[scene.mesh.triangles[triangle]]
    u, v = met["u"][:, None], met["v"][:, None]
    bent = (1 - u - v) * corners[:, 0] + u * corners[:, 1] + v * corners[:, 2]
    normal = np.einsum("nij,nj->ni", turns, bent)
    normal *= np.where((met["Ng"] * ways).sum(axis=1) > 0, -1, 1)[:, None]
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-20)
    place = start[:, None] + rays * depth
    return Hits(there, depth, piece, np.ascontiguousarray(normal.T, np.float32) * there, place)


def arriving(scene: Scene, sun: Sun, hits: Hits) -> Floats:
    """Return how much of the key passes by everything, (rays,) float32 0 to 1; 0 on what faces away from it."""
    light = sun.towards.astype(np.float32)
    slope = light @ hits.normal
    facing = np.flatnonzero(hits.there & (slope > 0))
    passed = np.zeros(len(slope), np.float32)
    if not len(facing):
        return passed
    normal, slope = hits.normal[:, facing], slope[facing]
    side = np.sqrt(np.maximum(0, 1 - slope * slope))
    steep = np.clip((side - 0.88) / 0.12, 0, 1)
    lift = np.float32(LIFT * sun.texel_m)
    along = lift * np.minimum(side / np.maximum(slope, 0.05), 2) + np.float32(0.4 * sun.texel_m)
    lifted = hits.place[:, facing] + light[:, None] * along + normal * (lift * steep * steep * (3 - 2 * steep))
    points = np.ascontiguousarray(lifted.T, np.float32)
    passed[facing] = _past(scene, sun, points)
    if sun.window:
        aside = np.abs((points + scene.origin - sun.centre) @ np.stack([sun.across, sun.along]).T).max(axis=1)
        passed[facing] += (1 - passed[facing]) * np.clip((aside / sun.half_m - 0.85) / 0.12, 0, 1)
    return passed


def _past(scene: Scene, sun: Sun, points: Floats) -> Floats:
    """Return which part of rays towards the key, side by side, gets past everything from each point."""
    steps = np.arange(SIDE) - (SIDE - 1) / 2
    first = [(0.0, 0.0), *((x, y) for x in steps[[0, -1]] for y in steps[[0, -1]])]
    part = _mean(scene, sun, points, steps=first)
    mixed = np.flatnonzero((part > 0) & (part < 1))
    if len(mixed):
        part[mixed] = _mean(scene, sun, points[mixed], steps=[(x, y) for x in steps for y in steps])
    return part


def _mean(scene: Scene, sun: Sun, points: Floats, *, steps: list[tuple[float, float]]) -> Floats:
    total = np.zeros(len(points), np.float32)
    for x, y in steps:
        total += _passes(scene, sun, points + ((x * sun.across + y * sun.along) * sun.texel_m).astype(np.float32))
    return np.asarray(total / np.float32(len(steps)), np.float32)


def _passes(scene: Scene, sun: Sun, points: Floats) -> Floats:
    ways = np.tile(sun.towards.astype(np.float32), (len(points), 1))
    if scene.casters is None:
        return np.ones(len(points), np.float32)
    return np.asarray(scene.casters.run(points, ways, query="OCCLUDED") < 0, np.float32)
