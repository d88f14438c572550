"""Draws with OpenGL through EGL: on a graphics card, or on the processor where there is none (Mesa's llvmpipe)."""

from typing import Self

import moderngl
import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.gl_setup import COMMAND, open_context, programs_of, targets_of, words_of
from rushes.departments.previs.render.mesh import balls_at, corners_at, mesh_of, places_at, seen_at
from rushes.departments.previs.render.passes import EVERYTHING, Passes
from rushes.departments.previs.render.sky import sky_along
from rushes.departments.previs.render.sun import Sun, sun_over, sun_rows
from rushes.departments.previs.render.view import (
    View,
    check_moment,
    check_size,
    clip_rows,
    pixel_rays,
    rays_at,
    view_of,
)
from rushes.departments.previs.stage.pieces import Light, Moment, Stage

CONTACT_M = 0.45
"""How far around a point others keep light of sky and ground from it."""
RIM = 4
_EMPTY = np.zeros(0, np.float32)


class GlRenderer:
    """Draws moments of one stage at one size; it holds an OpenGL context of its own until it is closed.

    Attributes:
        words: what draws.
        size: width and height, pixels.
    """

    def __init__(self, stage: Stage, size: tuple[int, int]) -> None:
        check_size(size)
        self.size = size
        self._mesh = mesh_of(stage)
        self._ctx = open_context()
        with self._ctx:
            self.words = words_of(self._ctx)
            self._to = targets_of(self._ctx, size)
            self._with = programs_of(self._ctx, self._mesh)
        self._sun_map: tuple[bytes, moderngl.Texture, moderngl.Framebuffer] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give back what OpenGL holds for it."""
        self._ctx.release()

    def draw(self, moment: Moment, wanted: frozenset[str] = EVERYTHING) -> Passes:
        """Return the passes of a frame that are wanted.

        Args:
            moment: what to draw.
            wanted: names of `Passes`.
        """
        check_moment(moment, wanted)
        view = view_of(moment.camera, self.size)
        places, seen = places_at(self._mesh, moment), seen_at(self._mesh, moment)
        balls = balls_at(self._mesh, places)
        sun = sun_over(
            moment.light.towards, corners_at(self._mesh, places)[seen & ~self._mesh.flat & ~self._mesh.lid], view
        )
        with self._ctx:
            shadow = self._shadow(sun, places, seen)
            shadow.use(0)
            many = self._instances(places, view.origin, self._in_view(view, balls, seen))
            uniforms = self._uniforms(view, sun, balls[seen])
            beauty = self._beauty(view, moment.light, uniforms, many=many) if "beauty" in wanted else _EMPTY
            known = self._passes(uniforms, many, wanted) if wanted - {"beauty"} else {}
        return _all(beauty, known, view, size=self.size, wanted=wanted)

    def _shadow(self, sun: Sun, places: NDArray[np.float64], seen: NDArray[np.bool_]) -> moderngl.Texture:
        """Return the shadow map; while nothing moves and the light stays, the one that is there."""
        rows = sun_rows(sun)
        key = rows.tobytes() + sun.centre.tobytes() + places.tobytes() + seen.tobytes()
        if self._sun_map and self._sun_map[0] == key:
            return self._sun_map[1]
        if not self._sun_map or self._sun_map[1].size != (sun.texels, sun.texels):
            if self._sun_map:
                self._sun_map[2].release()
                self._sun_map[1].release()
            texture = self._ctx.depth_texture((sun.texels, sun.texels))
            texture.compare_func = "<="
            texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            texture.repeat_x = texture.repeat_y = False
            board = self._ctx.framebuffer([], texture)
        else:
            _, texture, board = self._sun_map
        board.scissor = (0, 0, sun.texels, sun.texels)
        board.use()
        board.clear(depth=1.0)
        board.scissor = (RIM, RIM, sun.texels - 2 * RIM, sun.texels - 2 * RIM)
        board.use()
        self._ctx.enable_only(moderngl.DEPTH_TEST)
        self._ctx.front_face = "ccw"
        self._draw(
            self._with.sun,
            {"sun_rows": rows, "inset": _inset(sun)},
            self._instances(places, sun.centre, seen & ~self._mesh.lid),
        )
        self._ctx.front_face = "cw"  # the picture is drawn upside down, the map is not
        self._sun_map = key, texture, board
        return texture

    def _in_view(self, view: View, balls: NDArray[np.float64], seen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return (pieces,) bool: those that may be in the picture."""
        away = balls[:, :3] - view.origin
        inside = seen & (away @ view.forward > -balls[:, 3])
        for side in (view.right, -view.right, view.up, -view.up):
            normal = view.forward * (side @ side) - side
            inside &= away @ normal / np.linalg.norm(normal) > -balls[:, 3]
        return inside

    def _instances(
        self, places: NDArray[np.float64], origin: NDArray[np.float64], drawn: NDArray[np.bool_]
    ) -> tuple[int, int]:
        """Write where pieces are, beside an origin, and which are drawn; return how many, closed ones and others."""
        mesh = self._mesh
        order = np.concatenate([np.flatnonzero(drawn & mesh.closed), np.flatnonzero(drawn & ~mesh.closed)])
        rows = np.empty((len(places), 4, 4), np.float32)
        rows[:, :3] = places
        rows[:, :3, 3] = places[:, :, 3] - origin
        rows[:, 3, :3] = mesh.greys
        rows[:, 3, 3] = np.arange(len(places))
        commands = np.zeros(len(order), COMMAND)
        commands["count"] = 3 * mesh.spans[order, 1]
        commands["instances"] = 1
        commands["first"] = 3 * mesh.spans[order, 0]
        commands["piece"] = order
        if len(order):
            self._with.instances.write(rows.tobytes())
            self._with.commands.write(commands.tobytes())
        closed = int((drawn & mesh.closed).sum())
        return closed, len(order) - closed

    def _uniforms(self, view: View, sun: Sun, balls: NDArray[np.float64]) -> dict[str, object]:
        farthest = float((np.linalg.norm(balls[:, :3] - view.origin, axis=1) + balls[:, 3]).max(initial=1.0)) + 0.1
        return {
            "clip": clip_rows(view, farthest),
            "right": view.right,
            "up": view.up,
            "forward": view.forward,
            "towards": sun.towards,
            "sun_rows": sun_rows(sun),
            "sun_from": sun.centre - view.origin,
            "inset": _inset(sun),
            "texel_m": sun.texel_m,
            "window": float(sun.window),
            "texel": 1 / sun.texels,
            "size": self.size,
            "sun_map": 0,
        }

    def _beauty(
        self, view: View, light: Light, uniforms: dict[str, object], *, many: tuple[int, int]
    ) -> NDArray[np.float32]:
        self._reach(view, uniforms, many)
        self._to.many[0].use()
        self._to.many[0].clear(depth=1.0)
        self._ctx.enable_only(moderngl.DEPTH_TEST)
        self._draw(self._with.samples, uniforms, many)
        more = {
            "key": light.key,
            "sky": light.sky,
            "ground": light.ground,
            "haze": light.haze,
            "haze_rate": 1 / light.haze_m,
            "pixel": (1 / self.size[0], 1 / self.size[1]),
            "many": self._to.many[1].samples,
            "samples": 2,
            "whites": 3,
            "reach_map": 1,
        }
        self._to.one.use()
        self._ctx.enable_only(moderngl.NOTHING)
        self._to.smooth[1].use(1)
        self._to.many[1].use(2)
        self._with.whites.use(3)
        _set(self._with.resolve, uniforms | more)
        self._with.resolve.render()
        width, height = self.size
        packed = np.frombuffer(self._to.one.read(components=4, dtype="f2", alignment=1), np.float16)
        packed = packed.reshape(height, width, 4)
        beauty = packed[..., :3].transpose(2, 0, 1).astype(np.float32, order="C")
        cover = packed[..., 3].ravel()
        open_ = np.flatnonzero(cover != 1)
        if len(open_):
            sky = sky_along(rays_at(view, self.size, open_), light)
            beauty.reshape(3, -1)[:, open_] += (1 - cover[open_].astype(np.float32)) * sky
        return beauty

    def _reach(self, view: View, uniforms: dict[str, object], many: tuple[int, int]) -> None:
        """Draw how much of the key, and of sky and ground past what is close, reaches the half-size picture."""
        self._to.surfaces[0].use()
        self._to.surfaces[0].clear(alpha=6e4, depth=1.0)
        self._ctx.enable_only(moderngl.DEPTH_TEST)
        self._draw(self._with.surfaces, uniforms, many)
        self._ctx.enable_only(moderngl.NOTHING)
        width, height = self._to.surfaces[1].size
        per_metre = width / (2 * np.linalg.norm(view.right)), height / (2 * np.linalg.norm(view.up))
        self._to.shades[0].use()
        self._to.surfaces[1].use(1)
        _set(self._with.reach, uniforms | {"surfaces": 1, "pixels_per_metre": per_metre, "radius_m": CONTACT_M})
        self._with.reach.render()
        self._to.smooth[0].use()
        self._to.shades[1].use(1)
        _set(self._with.smooth, {"shades": 1})
        self._with.smooth.render()

    def _passes(
        self, uniforms: dict[str, object], many: tuple[int, int], wanted: frozenset[str]
    ) -> dict[str, NDArray[np.float32]]:
        self._to.passes.use()
        self._to.passes.clear(depth=1.0)
        self._ctx.enable_only(moderngl.DEPTH_TEST)
        self._draw(self._with.passes, uniforms, many)
        read = {"ids": self._read(2, 1)}
        if wanted & {"depth", "position", "rest"}:
            read["surface"] = self._read(0, 4)
        if wanted & {"normal", "lit"}:
            read["facing"] = self._read(1, 4)
        return read

    def _read(self, attachment: int, components: int) -> NDArray[np.float32]:
        packed = self._to.passes.read(components=components, attachment=attachment, dtype="f4", alignment=1)
        return np.frombuffer(packed, np.float32).reshape(self.size[1], self.size[0], components)

    def _draw(self, what: moderngl.VertexArray, uniforms: dict[str, object], many: tuple[int, int]) -> None:
        """Draw the closed pieces, of which nobody sees the inside, and then the others from both sides."""
        _set(what, uniforms)
        closed, others = many
        if closed:
            self._ctx.enable(moderngl.CULL_FACE)
            what.render_indirect(self._with.commands, count=closed)
            self._ctx.disable(moderngl.CULL_FACE)
        if others:
            what.render_indirect(self._with.commands, count=others, first=closed)


def _inset(sun: Sun) -> float:
    """Return by how much the map is drawn smaller than it is, so that its rim stays empty, and beyond it all is lit."""
    return 1 - 2 * RIM / sun.texels


def _set(what: moderngl.VertexArray, uniforms: dict[str, object]) -> None:
    for name, value in uniforms.items():
        member = what.program.get(name, None)
        if isinstance(member, moderngl.Uniform):
            if isinstance(value, int):
                member.value = value
            else:
                member.write(np.asarray(value, np.float32).T.tobytes())


def _all(
    beauty: NDArray[np.float32],
    known: dict[str, NDArray[np.float32]],
    view: View,
    *,
    size: tuple[int, int],
    wanted: frozenset[str],
) -> Passes:
    found: dict[str, NDArray[np.float32]] = dict.fromkeys(EVERYTHING, _EMPTY) | {"beauty": beauty}
    ids = known["ids"][..., 0].astype(np.uint16) if known else np.zeros(0, np.uint16)
    if "surface" in known:
        surface = known["surface"].transpose(2, 0, 1)
        found["depth"] = np.where(ids > 0, surface[3], np.float32(np.inf))
        found["rest"] = surface[:3].copy() if "rest" in wanted else _EMPTY
        if "position" in wanted:
            found["position"] = pixel_rays(view, size)
            found["position"] *= np.where(ids > 0, surface[3], np.float32(0))
            found["position"] += (ids > 0) * view.origin.astype(np.float32)[:, None, None]
    if "facing" in known:
        facing = known["facing"].transpose(2, 0, 1)
        found["normal"], found["lit"] = facing[:3].copy(), facing[3].copy()
    kept = {name: pass_ if name in wanted else _EMPTY for name, pass_ in found.items() if name != "ids"}
    return Passes(**kept, ids=ids if "ids" in wanted else np.zeros(0, np.uint16))
