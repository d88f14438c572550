"""The geometry in SVG: transforms, and shapes as lines of points with their curves flattened."""

import re
from collections.abc import Callable, Mapping

import numpy as np

from rushes.departments.previs.stage.solids import Floats

MOST_POINTS = 20_000
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,3})?")
_TRANSFORM = re.compile(r"\s*,?\s*(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^()]*)\)")
_COMMAND = re.compile(r"([MmLlHhVvCcSsQqTtAaZz])([^MmLlHhVvCcSsQqTtAaZz]*)")
_COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
CURVE_PIECES = 12


class BadShape(Exception):
    """A shape or transform that says nothing; its words are the reason."""


def numbers(text: str) -> list[float]:
    """Return all numbers in a text.

    >>> numbers("10-5.5,3e1 .5")
    [10.0, -5.5, 30.0, 0.5]
    """
    found = [float(each) for each in _NUMBER.findall(text[: 40 * MOST_POINTS])]
    if not all(abs(each) < 1e9 for each in found):
        raise BadShape("a number beyond all measure")
    return found


def transform_of(text: str) -> Floats:
    """Return the (3, 3) matrix of a transform attribute.

    >>> (transform_of("translate(10 5) rotate(90)") @ [1, 0, 1]).round(6).tolist()
    [10.0, 6.0, 1.0]
    """
    matrix, at = np.eye(3), 0
    while at < len(text.rstrip()):
        found = _TRANSFORM.match(text, at)
        if not found:
            raise BadShape(f"the transform {text[at : at + 30]!r} means nothing")
        matrix = matrix @ _one_transform(found[1], numbers(found[2]))
        at = found.end()
    return matrix


def _one_transform(name: str, said: list[float]) -> Floats:
    counts = {"matrix": {6}, "translate": {1, 2}, "scale": {1, 2}, "rotate": {1, 3}, "skewX": {1}, "skewY": {1}}
    if len(said) not in counts[name]:
        raise BadShape(f"{name}() with {len(said)} numbers")
    matrix = np.eye(3)
    if name == "matrix":
        matrix[:2] = np.array(said).reshape(3, 2).T
    elif name == "translate":
        matrix[:2, 2] = [said[0], said[1] if len(said) == 2 else 0.0]
    elif name == "scale":
        matrix[0, 0], matrix[1, 1] = said[0], said[-1]
    elif name == "rotate":
        cos, sin = np.cos(np.radians(said[0])), np.sin(np.radians(said[0]))
        matrix[:2, :2] = [[cos, -sin], [sin, cos]]
        if len(said) == 3:
            middle = np.array(said[1:])
            matrix[:2, 2] = middle - matrix[:2, :2] @ middle
    else:
        matrix[(0, 1) if name == "skewX" else (1, 0)] = np.tan(np.radians(said[0]))
    return matrix


def _bezier(points: Floats) -> Floats:
    """Return a flattened curve without its first point; (4, 2) is cubic, (3, 2) quadratic."""
    t = np.linspace(0, 1, CURVE_PIECES + 1)[1:, None]
    if len(points) == 3:
        return np.asarray((1 - t) ** 2 * points[0] + 2 * t * (1 - t) * points[1] + t**2 * points[2])
    cubic = (
        (1 - t) ** 3 * points[0] + 3 * t * (1 - t) ** 2 * points[1] + 3 * t**2 * (1 - t) * points[2] + t**3 * points[3]
    )
    return np.asarray(cubic)


def _arc(start: Floats, said: list[float]) -> Floats:
    """Return a flattened elliptical arc without its first point (SVG 1.1, appendix F.6)."""
    rx, ry, turn, large, sweep = abs(said[0]), abs(said[1]), np.radians(said[2]), bool(said[3]), bool(said[4])
    end = np.array(said[5:])
    if rx < 1e-9 or ry < 1e-9 or np.allclose(start, end):
        return end[None]
    spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    half = spin @ (start - end) / 2
    grow = float(np.sqrt(max(1.0, (half[0] / rx) ** 2 + (half[1] / ry) ** 2)))
    rx, ry = rx * grow, ry * grow
    rest = max(0.0, (rx * ry) ** 2 / ((rx * half[1]) ** 2 + (ry * half[0]) ** 2) - 1.0)
    middle = np.sqrt(rest) * np.array([rx * half[1] / ry, -ry * half[0] / rx]) * (-1.0 if large == sweep else 1.0)
    first, last = (np.arctan2((p[1] - middle[1]) / ry, (p[0] - middle[0]) / rx) for p in (half, -half))
    if sweep and last < first:
        last += 2 * np.pi
    if not sweep and last > first:
        last -= 2 * np.pi
    angles = np.linspace(first, last, 2 * CURVE_PIECES + 1)[1:]
    ring = np.stack([rx * np.cos(angles), ry * np.sin(angles)], -1) + middle
    return np.asarray(ring @ spin + (start + end) / 2)


class _Pen:
    """Draws a path."""

    def __init__(self) -> None:
        self.lines: list[list[Floats]] = []
        self.at, self.start, self.handle = np.zeros(2), np.zeros(2), np.zeros(2)
        self.last = ""

    def to(self, points: Floats) -> None:
        """Go through points."""
        if not self.lines:
            raise BadShape("a path that does not begin with M")
        self.lines[-1] += list(points)
        self.at = points[-1]
        if sum(map(len, self.lines)) > MOST_POINTS:
            raise BadShape(f"a path of more than {MOST_POINTS} points")

    def obey(self, letter: str, said: list[float]) -> None:
        """Obey one command with as many numbers as it takes."""
        name, base = letter.upper(), self.at if letter.islower() else np.zeros(2)
        before = self.at
        if name == "M":
            self.at = self.start = base + said
            self.lines.append([self.at])
        elif name == "Z":
            self.to(self.start[None])
        elif name in "HV":
            point = self.at.copy()
            axis = "HV".index(name)
            point[axis] = said[0] + base[axis]
            self.to(point[None])
        elif name == "L":
            self.to((base + said)[None])
        elif name == "A":
            self.to(_arc(self.at, [*said[:5], *(base + said[5:])]))
        else:
            self._curve(name, base + np.array(said).reshape(-1, 2))
        if name not in "CSQT":
            self.handle = self.at
        self.last = name if not np.array_equal(before, self.at) or name == "M" else self.last

    def _curve(self, name: str, points: Floats) -> None:
        smooth = {"S": "CS", "T": "QT"}.get(name)
        if smooth is not None:
            mirror = 2 * self.at - self.handle if self.last and self.last in smooth else self.at
            points = np.concatenate([mirror[None], points])
        self.handle = points[-2]
        self.to(_bezier(np.concatenate([self.at[None], points])))


def path_lines(text: str) -> list[Floats]:
    """Return the lines of a path's `d`, each (points, 2), curves flattened.

    >>> [line.tolist() for line in path_lines("M0 0h4v3z")]
    [[[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 0.0]]]
    """
    pen = _Pen()
    for letter, rest in _COMMAND.findall(text):
        said, count = numbers(rest), _COUNTS[letter.upper()]
        if count == 0:
            pen.obey(letter, [])
            continue
        if not said or len(said) % count:
            raise BadShape(f"the path command {letter} with {len(said)} numbers")
        for first in range(0, len(said), count):
            # more pairs after a move are lines
            follows = {"M": "L", "m": "l"}.get(letter, letter) if first else letter
            pen.obey(follows, said[first : first + count])
    return [np.array(line) for line in pen.lines if len(line) > 1]


def _of(attributes: Mapping[str, str], *names: str) -> list[float]:
    found = []
    for name in names:
        said = numbers(attributes.get(name, "0"))
        if len(said) != 1:
            raise BadShape(f"{name}={attributes.get(name, '')[:30]!r} is no number")
        found.append(said[0])
    return found


def _rect(attributes: Mapping[str, str]) -> list[Floats]:
    x, y, wide, high = _of(attributes, "x", "y", "width", "height")
    if wide <= 0 or high <= 0:
        raise BadShape("a rect without width or height")
    return [np.array([[x, y], [x + wide, y], [x + wide, y + high], [x, y + high], [x, y]])]


def _round(attributes: Mapping[str, str]) -> list[Floats]:
    x, y = _of(attributes, "cx", "cy")
    radii = _of(attributes, "r", "r") if "r" in attributes else _of(attributes, "rx", "ry")
    if min(radii) <= 0:
        raise BadShape("a circle without a radius")
    angles = np.linspace(0, 2 * np.pi, 4 * CURVE_PIECES + 1)
    return [np.stack([x + radii[0] * np.cos(angles), y + radii[1] * np.sin(angles)], -1)]


def _line(attributes: Mapping[str, str]) -> list[Floats]:
    return [np.array(_of(attributes, "x1", "y1", "x2", "y2")).reshape(2, 2)]


def _points(attributes: Mapping[str, str]) -> list[Floats]:
    said = numbers(attributes.get("points", ""))
    if len(said) < 4 or len(said) % 2 or len(said) > 2 * MOST_POINTS:
        raise BadShape(f"points that are {len(said)} numbers")
    return [np.array(said).reshape(-1, 2)]


def _polygon(attributes: Mapping[str, str]) -> list[Floats]:
    line = _points(attributes)[0]
    return [np.concatenate([line, line[:1]])]


SHAPES: Mapping[str, Callable[[Mapping[str, str]], list[Floats]]] = {
    "rect": _rect,
    "circle": _round,
    "ellipse": _round,
    "line": _line,
    "polyline": _points,
    "polygon": _polygon,
    "path": lambda attributes: path_lines(attributes.get("d", "")),
}
