"""Draws by casting rays, with Embree, where there is no OpenGL: the same passes and look, several times slower."""

from dataclasses import dataclass
from importlib.metadata import version
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.casting import Hits, Scene, arriving, cast, scene_of
from rushes.departments.previs.render.contact import ON_KEY, contact_shade
from rushes.departments.previs.render.mesh import corners_at, mesh_of, places_at, seen_at
from rushes.departments.previs.render.passes import EVERYTHING, Passes
from rushes.departments.previs.render.sky import sky_along
from rushes.departments.previs.render.sun import Sun, sun_over
from rushes.departments.previs.render.view import View, check_moment, check_size, pixel_rays, rays_at, view_of
from rushes.departments.previs.stage.pieces import Light, Moment, Stage

Floats = NDArray[np.float32]
CORNERS = ((0.375, 0.125), (0.875, 0.375), (0.125, 0.625), (0.625, 0.875))
"""Where a pixel at an edge is looked at: the usual four places of multisampling."""
CREASE = 0.9
STEP = 0.02
_EMPTY = np.zeros(0, np.float32)


class RayRenderer:
    """Draws moments of one stage at one size.

    Attributes:
        words: what draws.
        size: width and height, pixels.
    """

    def __init__(self, stage: Stage, size: tuple[int, int]) -> None:
        check_size(size)
        self.size = size
        self.words = f"Embree, embreex {version('embreex')}"
        self._mesh = mesh_of(stage)
        self._kept: tuple[bytes, Scene] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what rays are cast at."""
        self._kept = None

    def draw(self, moment: Moment, wanted: frozenset[str] = EVERYTHING) -> Passes:
        """Return the passes of a frame that are wanted.

        Args:
            moment: what to draw.
            wanted: names of `Passes`.
        """
        check_moment(moment, wanted)
        view = view_of(moment.camera, self.size)
        places, seen = places_at(self._mesh, moment), seen_at(self._mesh, moment)
        key = places.tobytes() + seen.tobytes()
        if not self._kept or self._kept[0] != key:
            self._kept = key, scene_of(self._mesh, places, seen)
        throws = seen & ~self._mesh.flat & ~self._mesh.lid
        sun = sun_over(moment.light.towards, corners_at(self._mesh, places)[throws], view)
        frame = _Frame(self._kept[1], view, sun, moment.light, self.size)
        rays = pixel_rays(view, self.size).reshape(3, -1)
        hits = cast(frame.scene, view, rays)
        past = arriving(frame.scene, sun, hits) if wanted & {"beauty", "lit"} else _EMPTY
        beauty = _beauty(frame, rays, hits, past=past) if "beauty" in wanted else _EMPTY
        lit = past * _slope(sun, hits) if "lit" in wanted else _EMPTY
        return _all(frame, hits, wanted, beauty=beauty, lit=lit)


@dataclass(frozen=True, eq=False)
class _Frame:
    """What one frame is drawn from."""

    scene: Scene
    view: View
    sun: Sun
    light: Light
    size: tuple[int, int]


def _beauty(frame: _Frame, rays: Floats, hits: Hits, *, past: Floats) -> Floats:
    """Return (3, height, width) float32; where several things may share a pixel, the mean of its four corners."""
    (width, height), view = frame.size, frame.view
    per_metre = float(width / (2 * np.linalg.norm(view.right))), float(height / (2 * np.linalg.norm(view.up)))
    depth = np.where(hits.there, hits.depth, np.float32(np.inf)).reshape(height, width)
    facing = hits.normal.reshape(3, height, width)
    shade = contact_shade(rays.reshape(3, height, width), depth, facing, per_metre=per_metre).ravel()
    beauty = _seen(frame, hits, past, shade=shade, rays=rays)
    edges = np.flatnonzero(_edges(hits, frame.size))
    if len(edges):
        blended = np.zeros((3, len(edges)), np.float32)
        for corner in CORNERS:
            there = rays_at(view, frame.size, edges, shift=corner)
            met = cast(frame.scene, view, there)
            blended += _seen(frame, met, arriving(frame.scene, frame.sun, met), shade=shade[edges], rays=there)
        beauty[:, edges] = blended / len(CORNERS)
    return beauty.reshape(3, height, width)


def _slope(sun: Sun, hits: Hits) -> Floats:
    return np.asarray(np.maximum(0, sun.towards.astype(np.float32) @ hits.normal), np.float32)


def _seen(frame: _Frame, hits: Hits, past: Floats, *, shade: Floats, rays: Floats) -> Floats:
    """Return the light along rays, (3, rays): what they met as the key, sky and ground light it, through haze."""
    light = frame.light
    key, sky, ground, haze = (
        np.array(colour, np.float32)[:, None] for colour in (light.key, light.sky, light.ground, light.haze)
    )
    arrives = past * _slope(frame.sun, hits) * (1 + np.float32(ON_KEY) * (shade - 1))
    around = (ground + (sky - ground) * (0.5 + 0.5 * hits.normal[1])) * shade
    seen = frame.scene.mesh.greys[hits.piece].T * (key * arrives + around)
    if np.isfinite(light.haze_m):
        distance = np.sqrt((rays * rays).sum(axis=0)) * hits.depth
        seen = haze + (seen - haze) * np.exp2(-distance / np.float32(light.haze_m))
    beyond = ~hits.there
    seen[:, beyond] = sky_along(rays[:, beyond], light)
    return np.asarray(seen, np.float32)


def _edges(hits: Hits, size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return (height, width) bool: the pixels in which more than one thing or face may be seen."""
    width, height = size
    number = np.where(hits.there, hits.piece + 1, 0).reshape(height, width)
    depth, normal = hits.depth.reshape(height, width), hits.normal.reshape(3, height, width)
    edges = np.zeros((height, width), bool)
    for one, other in (
        ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
    ):
        differs = number[one] != number[other]
        differs |= (normal[:, *one] * normal[:, *other]).sum(axis=0) < CREASE * (number[one] > 0)
        differs |= np.abs(depth[one] - depth[other]) > STEP * depth[one]
        edges[one] |= differs
        edges[other] |= differs
    return edges


def _all(frame: _Frame, hits: Hits, wanted: frozenset[str], *, beauty: Floats, lit: Floats) -> Passes:
    (width, height), scene = frame.size, frame.scene
    there = hits.there
    ids = np.where(there, hits.piece + 1, 0).astype(np.uint16).reshape(height, width)
    found: dict[str, Floats] = dict.fromkeys(EVERYTHING - {"ids"}, _EMPTY) | {"beauty": beauty}
    if "depth" in wanted:
        found["depth"] = np.where(there, hits.depth, np.float32(np.inf)).reshape(height, width)
    if "normal" in wanted:
        found["normal"] = hits.normal.reshape(3, height, width)
    if "lit" in wanted:
        found["lit"] = lit.reshape(height, width)
    stood = (hits.place + scene.origin.astype(np.float32)[:, None]) * there
    if "position" in wanted:
        found["position"] = stood.reshape(3, height, width)
    if "rest" in wanted:
        places = scene.places.astype(np.float32)[hits.piece]
        rest = np.einsum("nji,nj->in", places[:, :, :3], stood.T - places[:, :, 3]) * there
        found["rest"] = rest.astype(np.float32).reshape(3, height, width)
    return Passes(**found, ids=ids if "ids" in wanted else np.zeros(0, np.uint16))
