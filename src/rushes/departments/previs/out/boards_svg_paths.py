"""Outlines of an SVG drawing's shapes, as the renderer's paths."""

import re
from collections.abc import Iterator
from math import atan2, cos, hypot, pi, radians, sin, sqrt

from matplotlib.path import Path

from rushes.departments.previs.out.boards_svg_styles import NUMBER, numbers_of
from rushes.domain.errors import BadMaterial

Spot = tuple[float, float]
TAKES = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7}
_TOKEN = re.compile(rf"[MmLlHhVvCcSsQqTtAaZz]|{NUMBER}")
_NEXT, _FLAGS = re.compile(rf"[\s,]*({NUMBER})"), re.compile(r"[\s,]*([01])[\s,]*([01])")
ARC_STEPS = 32
MOST_NUMBERS = 200_000
"""Of one path; and how many spots all shapes may have."""


def outline_of(kind: str, given: dict[str, str]) -> Path | None:
    """Return a shape's outline, or nothing where there is nothing to draw.

    Args:
        kind: `path`, `polyline`, `polygon`, `line`, `rect`, `circle` or `ellipse`.
        given: its attributes.

    Raises:
        BadMaterial: its numbers make no shape.

    >>> outline_of("path", {"d": "M0 0h10v5z"}).vertices.tolist()
    [[0.0, 0.0], [10.0, 0.0], [10.0, 5.0], [0.0, 0.0]]
    """
    if kind == "path":
        return path_of(given.get("d", ""))
    if kind in ("polyline", "polygon"):
        flat = numbers_of(given.get("points", ""))
        spots = list(zip(flat[::2], flat[1::2], strict=False))
        if len(flat) % 2:
            raise BadMaterial("with half a point")
        return Path([*spots, spots[0]] if kind == "polygon" else spots) if len(spots) > 1 else None
    sides = {name: _length(given, name) for name in ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry")}
    if kind == "line":
        return Path([(sides["x1"], sides["y1"]), (sides["x2"], sides["y2"])])
    if kind == "rect":
        x, y, wide, high = sides["x"], sides["y"], _length(given, "width"), _length(given, "height")
        corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high), (x, y)]
        return Path(corners) if wide > 0 and high > 0 else None
    radii = (sides["r"], sides["r"]) if kind == "circle" else (sides["rx"], sides["ry"])
    turn = [
        (sides["cx"] + radii[0] * cos(step * pi / 48), sides["cy"] + radii[1] * sin(step * pi / 48))
        for step in range(97)
    ]
    return Path(turn) if min(radii) > 0 else None


def _length(given: dict[str, str], name: str) -> float:
    text = given.get(name, "0")
    if not re.fullmatch(rf"\s*{NUMBER}\s*(?:px)?\s*", text):
        raise BadMaterial(f"with {name}={text[:30]!r}")
    return numbers_of(text)[0]


def path_of(text: str) -> Path | None:
    """Return the outline that a `d` attribute says, curves kept as curves, arcs as 32 straight pieces."""
    vertices: list[Spot] = []
    codes: list[int] = []
    here, start, control, before = (0.0, 0.0), (0.0, 0.0), (0.0, 0.0), ""
    for command, values in _commands(text):
        kind, from_ = command.lower(), here if command.islower() else (0.0, 0.0)
        if kind == "z":
            if vertices:
                vertices.append(start)
                codes.append(int(Path.LINETO))
            here, before = start, kind
            continue
        if kind == "m":
            here = start = _spot(from_, values)
            added, made, control = [here], [int(Path.MOVETO)], here
        else:
            if before == "z" or not vertices:
                vertices.append(here)
                codes.append(int(Path.MOVETO))
            mirrored = (2 * here[0] - control[0], 2 * here[1] - control[1])
            joined = mirrored if before in _SMOOTH.get(kind, "") else here
            added, made, control = _piece(kind, values, (here, from_, joined))
            here = added[-1]
        vertices += added
        codes += made
        before = kind
    return Path(vertices, codes) if len(vertices) > 1 else None


_SMOOTH = {"s": "cs", "t": "qt"}


def _piece(kind: str, values: list[float], spots: tuple[Spot, Spot, Spot]) -> tuple[list[Spot], list[int], Spot]:
    """Return the vertices and codes of a piece, and its last control point."""
    here, from_, joined = spots
    pairs = [_spot(from_, values[at : at + 2]) for at in range(0, len(values) - 1, 2)]
    if kind == "l":
        return pairs, [int(Path.LINETO)], pairs[-1]
    if kind in "hv":
        to = (from_[0] + values[0], here[1]) if kind == "h" else (here[0], from_[1] + values[0])
        return [to], [int(Path.LINETO)], to
    if kind in "cs":
        spline = pairs if kind == "c" else [joined, *pairs]
        return spline, [int(Path.CURVE4)] * 3, spline[1]
    if kind in "qt":
        spline = pairs if kind == "q" else [joined, *pairs]
        return spline, [int(Path.CURVE3)] * 2, spline[0]
    bent = arc_spots(here, values, _spot(from_, values[5:7]))
    return bent, [int(Path.LINETO)] * len(bent), bent[-1]


def _spot(from_: Spot, values: list[float]) -> Spot:
    return from_[0] + values[0], from_[1] + values[1]


def _commands(text: str) -> Iterator[tuple[str, list[float]]]:
    """Yield each command with its numbers; one that is repeated is said once in the text."""
    if len(text) > MOST_NUMBERS and len(_TOKEN.findall(text)) > 2 * MOST_NUMBERS:
        raise BadMaterial(f"with a path of more than {MOST_NUMBERS} numbers")
    left = re.sub(r"[\s,]", "", _TOKEN.sub("", text))
    if left:
        raise BadMaterial(f"with {left[:20]!r} in its path")
    for letter, rest in re.findall(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)", text):
        if letter in "Zz":
            yield letter, []
            continue
        values, count, command = _values(letter, rest), TAKES[letter.lower()], letter
        if not values or len(values) % count:
            raise BadMaterial(f"with {len(values)} numbers after {letter} in its path")
        for at in range(0, len(values), count):
            yield command, values[at : at + count]
            command = {"M": "L", "m": "l"}.get(command, command)


def _values(letter: str, rest: str) -> list[float]:
    """Return the numbers of a command; the two flags of an arc may stand without a gap."""
    if letter not in "Aa":
        return numbers_of(rest)
    values: list[float] = []
    at = 0
    while found := (_FLAGS if len(values) % 7 == 3 else _NEXT).match(rest, at):
        values += [number for word in found.groups() for number in numbers_of(word)]
        at = found.end()
    return values


def arc_spots(start: Spot, values: list[float], end: Spot) -> list[Spot]:
    """Return spots along an elliptical arc, from its ends to its middle as SVG 1.1, F.6.5 has it; without the start.

    Args:
        start: where it begins.
        values: both radii, turn of the ellipse in degrees, the two flags.
        end: where it ends.

    >>> [round(side, 3) for side in arc_spots((0.0, 0.0), [1, 1, 0, 0, 1], (2.0, 0.0))[15]]
    [1.0, -1.0]
    """
    across, down, turn = abs(values[0]), abs(values[1]), radians(values[2])
    if min(across, down) < 1e-9 or hypot(end[0] - start[0], end[1] - start[1]) < 1e-12:
        return [end]
    half = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos(turn) * half[0] + sin(turn) * half[1], cos(turn) * half[1] - sin(turn) * half[0]
    short = max(1.0, sqrt((x / across) ** 2 + (y / down) ** 2))
    across, down = across * short, down * short
    room = (across * down) ** 2 - (across * y) ** 2 - (down * x) ** 2
    reach = sqrt(max(room, 0.0) / ((across * y) ** 2 + (down * x) ** 2))
    reach = -reach if bool(values[3]) == bool(values[4]) else reach
    middle = reach * across * y / down, -reach * down * x / across
    first = atan2((y - middle[1]) / down, (x - middle[0]) / across)
    last = atan2((-y - middle[1]) / down, (-x - middle[0]) / across)
    sweep = (last - first) % (2 * pi) if values[4] else -((first - last) % (2 * pi))
    centre = (
        cos(turn) * middle[0] - sin(turn) * middle[1] + (start[0] + end[0]) / 2,
        sin(turn) * middle[0] + cos(turn) * middle[1] + (start[1] + end[1]) / 2,
    )
    spots = []
    for step in range(1, ARC_STEPS + 1):
        angle = first + sweep * step / ARC_STEPS
        x, y = across * cos(angle), down * sin(angle)
        spots.append((centre[0] + cos(turn) * x - sin(turn) * y, centre[1] + sin(turn) * x + cos(turn) * y))
    return [*spots[:-1], end]
