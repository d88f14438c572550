"""Opens what draws on this machine."""

from typing import Protocol, Self

from rushes.departments.previs.render.gl import GlRenderer
from rushes.departments.previs.render.gl_setup import NoOpenGl
from rushes.departments.previs.render.passes import Renderer
from rushes.departments.previs.render.rays import RayRenderer
from rushes.departments.previs.stage.pieces import Stage
from rushes.domain.errors import NotFound


class OpenRenderer(Renderer, Protocol):
    """A renderer that says what it is.

    Attributes:
        words: what draws, for recipes: `OpenGL 4.5 llvmpipe (LLVM 15.0.6, 256 bits)`.
        size: width and height, pixels.
    """

    words: str
    size: tuple[int, int]

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close it."""
        ...


def open_renderer(stage: Stage, size: tuple[int, int], *, with_: str = "") -> OpenRenderer:
    """Open what draws one stage at one size; close it, or use it in a `with`.

    Args:
        stage: what is drawn; it is put on the graphics card once, here.
        size: width and height, pixels.
        with_: `gl` or `rays` for that one and no other; else OpenGL where this machine has it.
    """
    if with_ not in ("", "gl", "rays"):
        raise NotFound("renderer", with_, ["gl", "rays"])
    if with_ == "rays":
        return RayRenderer(stage, size)
    try:
        return GlRenderer(stage, size)
    except NoOpenGl:
        if with_:
            raise
        return RayRenderer(stage, size)
