"""A drawing in SVG: lines and shapes only, read without trust. Nothing it refers to is followed."""

import re
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from xml.parsers import expat

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform

from rushes.departments.previs.out.boards_svg_paths import MOST_NUMBERS, outline_of
from rushes.departments.previs.out.boards_svg_styles import Style, numbers_of, styled, transform_of
from rushes.departments.previs.out.techvis_drawing import Line
from rushes.departments.previs.out.techvis_pixels import layer_of
from rushes.domain.errors import BadMaterial, Damaged
from rushes.media.frames import Floats
from rushes.media.gate import opened

SUFFIX = ".svg"
LARGEST, MOST_SHAPES, MOST_SPOTS, DEEPEST = 4 << 20, 5_000, MOST_NUMBERS, 64
MOST_COVERS, LONGEST = 400, 4000
"""How many times over the shapes may cover the page; and how long a style or a transform may be."""
SHAPES = ("path", "polyline", "polygon", "line", "rect", "circle", "ellipse")
HOLDERS, SILENT = ("svg", "g"), ("title", "desc", "metadata", "defs", "namedview")
FORBIDDEN = ("clip-path", "mask", "filter", "marker-start", "marker-mid", "marker-end")
SVG = "http://www.w3.org/2000/svg"
MOST_REASONS = 12


@dataclass
class _Page:
    """What was read so far."""

    name: str
    box: tuple[float, float, float, float] | None = None
    shapes: list[tuple[Path, Style, Transform]] = field(default_factory=list)
    styles: list[tuple[Style, Transform]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    depth: int = 0
    silent_from: int = 0
    spots: int = 0


def draw_sketch(path: FilePath, size: tuple[int, int], fit: str) -> Floats:
    """Return an SVG drawing as a layer.

    Args:
        path: an `.svg` of at most 4 MiB: `path`, `polyline`, `polygon`, `line`, `rect`, `circle` and `ellipse` in
            `g`, with plain colours, widths, opacities and transforms.
        size: width and height of the frame, pixels.
        fit: `contain`, `cover` or `stretch`.

    Returns:
        `(height, width, 4)` float32, straight colour as displayed and alpha, 0 to 1.

    Raises:
        BadMaterial: it holds what is not drawn here, such as text or pictures; every reason with its line.
        Damaged: it is no SVG, or larger than a drawing is.
    """
    with opened(path, None) as file:
        if file.size > LARGEST:
            raise Damaged(str(path), f"{file.size} bytes; a drawing has at most {LARGEST}", remedy="Simplify it.")
        raw = file.read(file.size, 0) if file.size else b""
    return drawn(raw, str(path), size, fit=fit)


def drawn(raw: bytes, name: str, size: tuple[int, int], *, fit: str) -> Floats:
    """Return an SVG drawing as a layer, from its bytes; see `draw_sketch`."""
    page = _read(raw, name)
    left, top, wide, high = page.box or (0.0, 0.0, 0.0, 0.0)
    if not (wide > 0 and high > 0):
        raise BadMaterial(f"{name}: no viewBox, and no width and height", remedy="Save it with a viewBox.")
    scales = size[0] / wide, size[1] / high
    if fit != "stretch":
        scales = (max(scales),) * 2 if fit == "cover" else (min(scales),) * 2
    place = Affine2D().translate(-left - wide / 2, -top - high / 2).scale(*scales).translate(size[0] / 2, size[1] / 2)
    shapes: list[tuple[Path, Line]] = []
    covers = 0.0
    for outline, style, transform in page.shapes:
        whole = transform + place
        looks = _looks(whole.transform_path(outline), style, abs(_area(whole)) ** 0.5)
        covers += sum(_covers(drawn, look.width, size) for drawn, look in looks)
        shapes += looks
    if covers > MOST_COVERS:
        raise Damaged(name, f"its shapes cover the page {covers:.0f} times over", remedy="Flatten it to PNG.")
    return layer_of(shapes, size)


def _covers(outline: Path, width: float, size: tuple[int, int]) -> float:
    """Return at most how much of the page a shape covers, 0 to 1."""
    spots = np.asarray(outline.vertices, np.float64)
    low, high = spots.min(axis=0) - width, spots.max(axis=0) + width
    sides = np.clip(high, 0, size) - np.clip(low, 0, size)
    return float(sides.prod()) / (size[0] * size[1])


def _area(transform: Transform) -> float:
    matrix = np.asarray(transform.get_matrix())
    return float(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])


def _looks(outline: Path, style: Style, scale: float) -> list[tuple[Path, Line]]:
    """Return fill and stroke of a shape, each with its own opacity."""
    looks = []
    if style.fill:
        looks.append((outline, Line((), "", 0.0, fill=style.fill, opacity=style.opacity * style.fill_opacity)))
    if style.stroke and style.width > 0:
        opacity = style.opacity * style.stroke_opacity
        looks.append((outline, Line((), style.stroke, style.width * scale, opacity=opacity)))
    return looks


def _read(raw: bytes, name: str) -> _Page:
    page = _Page(name)
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(tag: str, given: dict[str, str]) -> None:
        _begin(page, tag, given, line=parser.CurrentLineNumber)

    def end(_: str) -> None:
        _end(page)

    def refuse(*_: object) -> None:
        why = f"line {parser.CurrentLineNumber}: a document type; entities are not followed"
        raise Damaged(name, why, remedy="Save it as plain SVG.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        why = f"line {error.lineno}: {expat.ErrorString(error.code)}"
        raise Damaged(name, why, remedy="Save it as plain SVG.") from error
    if page.faults:
        more = len(page.faults) - MOST_REASONS
        reasons = [*page.faults[:MOST_REASONS], *([f"and {more} more"] if more > 0 else [])]
        raise BadMaterial(f"{name}: not all of it can be drawn", reasons, "Turn these into paths with plain colours.")
    return page


def _begin(page: _Page, tag: str, given: dict[str, str], *, line: int) -> None:
    page.depth += 1
    if page.depth > DEEPEST:
        raise Damaged(page.name, f"line {line}: more than {DEEPEST} groups in each other", remedy="Ungroup it.")
    space, _, kind = tag.rpartition(" ")
    inherited, transform = page.styles[-1] if page.styles else (Style(), Affine2D())
    if page.silent_from or kind in SILENT or (space not in ("", SVG) and page.depth > 1):
        page.silent_from = page.silent_from or page.depth
    elif page.depth == 1 and kind != "svg":
        raise Damaged(page.name, f"line {line}: begins with <{kind}>, and is no SVG", remedy="Save it as plain SVG.")
    elif kind not in (*SHAPES, *HOLDERS) or (kind == "svg" and page.depth > 1):
        page.faults.append(f"line {line}: <{kind}>")
        page.silent_from = page.depth
    else:
        try:
            _take(page, kind, given, above=(inherited, transform))
        except Damaged:
            raise
        except BadMaterial as error:
            page.faults.append(f"line {line}: <{kind}> {error.what}")
            page.styles.append((inherited, transform))
        return
    page.styles.append((inherited, transform))


def _take(page: _Page, kind: str, given: dict[str, str], *, above: tuple[Style, Transform]) -> None:
    """Take an element that is drawn or holds such."""
    if max(len(given.get(name, "")) for name in ("style", "transform")) > LONGEST:
        raise BadMaterial(f"with a style or transform of more than {LONGEST} signs")
    words = {**given, **dict(re.findall(r"\s*([\w-]+)\s*:\s*([^;]+?)\s*(?:;|$)", given.get("style", "")))}
    used = [name for name in FORBIDDEN if words.get(name, "none") != "none"]
    if used:
        raise BadMaterial(f"with {', '.join(used)}")
    style = styled(above[0], words)
    transform = transform_of(given.get("transform", "")) + above[1]
    if kind == "svg":
        page.box = _box(given)
    elif kind != "g" and not style.hidden:
        outline = outline_of(kind, given)
        page.spots += 0 if outline is None else len(np.asarray(outline.vertices))
        if len(page.shapes) >= MOST_SHAPES or page.spots > MOST_SPOTS:
            limits = f"more than {MOST_SHAPES} shapes or {MOST_SPOTS} spots"
            raise Damaged(page.name, limits, remedy="Simplify it, or save it as PNG.")
        if outline is not None and style.evenodd and style.fill and _pieces(outline) > 1:
            raise BadMaterial("with holes by the even-odd rule")
        if outline is not None:
            page.shapes.append((outline, style, transform))
    page.styles.append((style, transform))


def _pieces(outline: Path) -> int:
    return 1 if outline.codes is None else int((np.asarray(outline.codes) == Path.MOVETO).sum())


def _end(page: _Page) -> None:
    page.styles.pop()
    if page.silent_from == page.depth:
        page.silent_from = 0
    page.depth -= 1


def _box(given: dict[str, str]) -> tuple[float, float, float, float] | None:
    """Return left, top, width and height of the page in its own units."""
    numbers = numbers_of(given.get("viewBox", "")[:LONGEST])
    if len(numbers) == 4:
        return numbers[0], numbers[1], numbers[2], numbers[3]
    sides = [
        re.fullmatch(r"(\d{1,6}(?:\.\d{1,6})?)(?:px)?", given.get(side, "").strip()) for side in ("width", "height")
    ]
    if sides[0] and sides[1]:
        return 0.0, 0.0, float(sides[0][1]), float(sides[1][1])
    return None
