"""What an OpenGL renderer holds while it is open: the context, the pictures drawn into, the programs, the mesh."""

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import moderngl
import numpy as np

from rushes.departments.previs.render import shaders, shaders_reach
from rushes.departments.previs.render.mesh import Mesh
from rushes.domain.errors import RushesError

SAMPLES = 4
EGL: dict[str, Any] = {"backend": "egl"}
COMMAND = np.dtype([(name, np.uint32) for name in ("count", "instances", "first", "base", "piece")])
_ROWS = ("row_x", "row_y", "row_z")


class NoOpenGl(RushesError):
    """This machine opens no OpenGL without a screen."""


def open_context() -> moderngl.Context:
    """Open OpenGL 4.3 without a screen, or say why there is none."""
    # llvmpipe's own threads do not live on in a forked worker, which would wait for them for ever; and frames, not
    # pixels, are what is drawn at the same time
    os.environ.setdefault("LP_NUM_THREADS", "0")
    with _Named():
        return moderngl.create_context(require=430, standalone=True, **EGL)


class _Named(AbstractContextManager[None]):
    """Gives a name to what glcontext raises, a bare `Exception` for everything that it does not find."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is Exception or isinstance(error, (moderngl.Error, ValueError, OSError)):
            remedy = "Install libegl1 and libgl1-mesa-dri."
            raise NoOpenGl("this machine opens no OpenGL 4.3 without a screen", [str(error)], remedy) from error


@dataclass(frozen=True, eq=False)
class Targets:
    """The pictures that are drawn into."""

    many: tuple[moderngl.Framebuffer, moderngl.Texture]
    one: moderngl.Framebuffer
    passes: moderngl.Framebuffer
    surfaces: tuple[moderngl.Framebuffer, moderngl.Texture]
    shades: tuple[moderngl.Framebuffer, moderngl.Texture]
    smooth: tuple[moderngl.Framebuffer, moderngl.Texture]


def targets_of(ctx: moderngl.Context, size: tuple[int, int]) -> Targets:
    """Make the pictures for one size; contact shading is done at half of it."""
    half = ((size[0] + 1) // 2, (size[1] + 1) // 2)
    few = min(SAMPLES, ctx.max_samples)
    samples = ctx.texture(size, 4, samples=few, dtype="u2")

    def small(
        components: int, dtype: str = "f4", *, depth: bool = False
    ) -> tuple[moderngl.Framebuffer, moderngl.Texture]:
        texture = ctx.texture(half, components, dtype=dtype)
        texture.repeat_x = texture.repeat_y = False
        texture.filter = (moderngl.NEAREST, moderngl.NEAREST)
        return ctx.framebuffer([texture], ctx.depth_renderbuffer(half) if depth else None), texture

    return Targets(
        (ctx.framebuffer([samples], ctx.depth_renderbuffer(size, samples=few)), samples),
        ctx.framebuffer([ctx.renderbuffer(size, 4, dtype="f2")]),
        ctx.framebuffer(
            [ctx.renderbuffer(size, components, dtype="f4") for components in (4, 4, 1)], ctx.depth_renderbuffer(size)
        ),
        small(4, depth=True),
        small(4),
        small(2),
    )


@dataclass(frozen=True, eq=False)
class Programs:
    """What draws: each program bound to what it draws."""

    sun: moderngl.VertexArray
    samples: moderngl.VertexArray
    surfaces: moderngl.VertexArray
    passes: moderngl.VertexArray
    reach: moderngl.VertexArray
    smooth: moderngl.VertexArray
    resolve: moderngl.VertexArray
    whites: moderngl.Texture
    instances: moderngl.Buffer
    commands: moderngl.Buffer


def programs_of(ctx: moderngl.Context, mesh: Mesh) -> Programs:
    """Build the programs, and put the mesh where they find it."""
    vertices = ctx.buffer(np.concatenate([mesh.vertices, mesh.normals], axis=1).tobytes() or bytes(24))
    indices = ctx.buffer(mesh.triangles.tobytes() or bytes(12))
    many = max(1, len(mesh.names))
    instances = ctx.buffer(reserve=64 * many, dynamic=True)
    corners = ctx.buffer(np.array([-1, -1, 3, -1, -1, 3], np.float32).tobytes())

    def solid(vertex: str, fragment: str, *more: str) -> moderngl.VertexArray:
        program = ctx.program(vertex_shader=vertex, fragment_shader=fragment)
        normal = "3f" if "normal" in program else "3x4"
        grey = "4f" if "grey" in program else "4x4"
        names = [name for name in ("vertex", "normal") if name in program]
        rows = [*_ROWS, *(name for name in ("grey",) if name in program)]
        content = [(vertices, f"3f {normal}", *names), (instances, f"4f 4f 4f {grey} /i", *rows)]
        return ctx.vertex_array(program, content, index_buffer=indices, index_element_size=4)

    def screen(vertex: str, fragment: str) -> moderngl.VertexArray:
        return ctx.vertex_array(
            ctx.program(vertex_shader=vertex, fragment_shader=fragment), [(corners, "2f", "corner")]
        )

    return Programs(
        solid(shaders.SUN_VERTEX, shaders.SUN_FRAGMENT),
        solid(shaders.SAMPLE_VERTEX, shaders.SAMPLE_FRAGMENT),
        solid(shaders.SURFACE_VERTEX, shaders.SURFACE_FRAGMENT),
        solid(shaders.PASSES_VERTEX, shaders.PASSES_FRAGMENT),
        screen(shaders_reach.SCREEN_VERTEX, shaders_reach.REACH_FRAGMENT),
        screen(shaders_reach.SCREEN_VERTEX, shaders_reach.SMOOTH_FRAGMENT),
        screen(shaders_reach.SCREEN_VERTEX, shaders_reach.RESOLVE_FRAGMENT),
        _whites(ctx, mesh),
        instances,
        ctx.buffer(reserve=COMMAND.itemsize * many, dynamic=True),
    )


def _whites(ctx: moderngl.Context, mesh: Mesh) -> moderngl.Texture:
    """Return the colour of each piece by its id, 256 in a row."""
    rows = np.zeros((len(mesh.names) // 256 + 1, 256, 4), np.float32)
    rows.reshape(-1, 4)[1 : len(mesh.names) + 1, :3] = mesh.greys
    return ctx.texture((256, len(rows)), 4, rows.tobytes(), dtype="f4")


def words_of(ctx: moderngl.Context) -> str:
    """Say what draws: `OpenGL 4.5 llvmpipe (LLVM 15.0.6, 256 bits)`."""
    return f"OpenGL {ctx.version_code // 100}.{ctx.version_code // 10 % 10} {ctx.info['GL_RENDERER']}"
