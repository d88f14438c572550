"""SVG as far as floor plans need it: shapes in metres, each with what its class or its layer says it is for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

import numpy as np

from rushes.departments.previs.stage.props import KINDS
from rushes.departments.previs.stage.solids import Floats
from rushes.departments.previs.stage.svg_shapes import SHAPES, BadShape, numbers, transform_of
from rushes.domain.errors import BadMaterial

LARGEST_SVG, DEEPEST, MOST_SHAPES = 1 << 23, 64, 5000
ROLES = ("wall", "door", "window", "opening", "floor", "mark", "prop")
OTHER_ROLES = {"furniture": "prop", "spike": "mark", "partition": "wall"}
UNITS_M = {"mm": 0.001, "cm": 0.01, "m": 1.0, "in": 0.0254, "pt": 0.0254 / 72, "pc": 0.0254 / 6}
_WIDTH = re.compile(r"\s*([\d.]+)\s*([a-z]*)\s*\Z")
_SCALE = re.compile(r"\s*(?:1\s*:\s*)?(\d+(?:\.\d+)?)\s*\Z")


@dataclass(frozen=True, eq=False)
class Shape:
    """A drawn shape: what it is for, where in the file, its lines in metres, its attributes and its transform."""

    role: str
    line: int
    lines: tuple[Floats, ...]
    said: Mapping[str, str]
    matrix: Floats
    kind: str


@dataclass
class Drawing:
    """Listens to the parser; one entry of `open` for each element that has begun."""

    name: str
    parser: expat.XMLParserType
    scale_m: float = 0.0
    open: list[tuple[str, str, Floats]] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def refuse(self, why: str) -> BadMaterial:
        """Return the refusal of the whole file."""
        return BadMaterial(f"{self.name}, line {self.parser.CurrentLineNumber}: {why}", remedy="Save a plain SVG.")

    def begin(self, tag: str, said: dict[str, str]) -> None:
        """Take in an element."""
        plain = tag.rsplit(":", 1)[-1]
        if not self.open:
            if plain != "svg":
                raise self.refuse(f"<{plain}> is no SVG drawing")
            self.scale_m = self._scale(said)
        if len(self.open) >= DEEPEST:
            raise self.refuse(f"groups nested more than {DEEPEST} deep")
        role, kind, matrix = self.open[-1] if self.open else ("", "", np.eye(3))
        if plain in {"defs", "symbol", "clipPath", "mask", "pattern", "marker"}:
            role = "ignored"
        if role != "ignored":
            role, kind = _role(said, role, kind)
        try:
            matrix = matrix @ transform_of(said.get("transform", ""))
            if role not in {"", "ignored"} and plain in SHAPES:
                lines = tuple(_moved(line, matrix) * self.scale_m for line in SHAPES[plain](said))
                self.shapes.append(Shape(role, self.parser.CurrentLineNumber, lines, said, matrix, kind))
        except BadShape as why:
            self.faults.append(f"line {self.parser.CurrentLineNumber}: {why}")
        if len(self.shapes) > MOST_SHAPES:
            raise self.refuse(f"more than {MOST_SHAPES} shapes")
        self.open.append((role, kind, matrix))

    def end(self, _: str) -> None:
        """Leave an element."""
        self.open.pop()

    def _scale(self, said: Mapping[str, str]) -> float:
        """Return how many metres a user unit is."""
        try:
            if "data-metres" in said:
                metres = numbers(said["data-metres"])
                if len(metres) == 1 and 1e-6 < metres[0] < 1e4:
                    return metres[0]
            width, times = _WIDTH.match(said.get("width", "")), _SCALE.match(said.get("data-scale", "1"))
            if width and width[2] in UNITS_M and times:
                box = numbers(said.get("viewBox", f"0 0 {width[1]} 1"))
                return float(width[1]) * UNITS_M[width[2]] * float(times[1]) / box[2]
        except (BadShape, ValueError, IndexError, ZeroDivisionError):
            pass
        raise self.refuse(
            'the drawing states no scale: give <svg> data-metres="0.01", or a width in mm and data-scale="1:50"'
        )


def _moved(line: Floats, matrix: Floats) -> Floats:
    return np.asarray(line @ matrix[:2, :2].T + matrix[:2, 2])


def _role(said: Mapping[str, str], role: str, kind: str) -> tuple[str, str]:
    """Return what an element is for, by its own words first, else its group's."""
    own = [said.get("class", ""), said.get("inkscape:label", ""), said.get("id", "")]
    words = [word for text in own for word in re.split(r"[\s_\-.]+", text.lower()) if word]
    named = {word.removesuffix("s") for word in words}
    named |= {OTHER_ROLES[word] for word in named & OTHER_ROLES.keys()}
    role = next((each for each in ROLES if each in named), role)
    told = said.get("data-kind", "").lower()
    phrase = " ".join(words)
    found = [each for each in KINDS if re.search(rf"\b{each}s?\b", phrase)]
    kind = told or (max(found, key=len) if found else kind)
    return role, kind


def read_drawing(raw: bytes, name: str) -> Drawing:
    """Read an SVG drawing; what is wrong with single shapes is in its `faults`.

    Args:
        raw: the file's bytes.
        name: of the file, for errors.
    """
    if len(raw) > LARGEST_SVG:
        raise BadMaterial(f"{name}: {len(raw)} bytes; a floor plan has at most {LARGEST_SVG}")
    parser = expat.ParserCreate()
    drawing = Drawing(name, parser)
    parser.StartElementHandler, parser.EndElementHandler = drawing.begin, drawing.end

    def no_entities(*_: object) -> None:
        raise drawing.refuse("the drawing declares entities, which are refused")

    parser.EntityDeclHandler = no_entities
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise BadMaterial(f"{name}, line {error.lineno}: no XML: {expat.ErrorString(error.code)}") from error
    if not drawing.shapes:
        drawing.faults.append(f"no shape is in a layer or class named {', '.join(ROLES)}")
    return drawing
