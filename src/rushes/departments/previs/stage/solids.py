"""The solids that everything on a stage is built from: boxes, lathed and lofted bodies, ellipsoids, extrusions.

All are closed and face outwards. Curved ones have smooth normals, flat ones an edge of their own for each face.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Solid:
    """A mesh: (vertices, 3) float64 points and unit normals, (triangles, 3) int32 anticlockwise from outside."""

    points: Floats
    normals: Floats
    triangles: NDArray[np.int32]

    def moved(self, by: ArrayLike) -> "Solid":
        """Return it elsewhere."""
        return Solid(self.points + np.asarray(by, np.float64), self.normals, self.triangles)

    def turned(self, degrees: float, axis: str = "y") -> "Solid":
        """Return it turned about an axis through zero; about y, positive turns +Z towards +X."""
        turn = rotation(degrees, axis)
        return Solid(self.points @ turn.T, self.normals @ turn.T, self.triangles)

    def scaled(self, by: float) -> "Solid":
        """Return it so many times as big."""
        return Solid(self.points * by, self.normals, self.triangles)

    def mirrored(self) -> "Solid":
        """Return its mirror image, left for right."""
        flip = np.array([-1.0, 1.0, 1.0])
        return Solid(self.points * flip, self.normals * flip, self.triangles[:, ::-1])


def rotation(degrees: float, axis: str) -> Floats:
    """Return the (3, 3) rotation about x, y or z.

    >>> (rotation(90.0, "y") @ [0, 0, 1]).round(9).tolist()
    [1.0, 0.0, 0.0]
    """
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    first, second = {"x": (1, 2), "y": (2, 0), "z": (0, 1)}[axis]
    turn = np.eye(3)
    turn[first, first] = turn[second, second] = cos
    turn[second, first], turn[first, second] = sin, -sin
    return turn


def joined(solids: Sequence[Solid]) -> Solid:
    """Return several solids as one."""
    starts = np.cumsum([0, *(len(solid.points) for solid in solids)])
    triangles = [solid.triangles + start for solid, start in zip(solids, starts[:-1], strict=True)]
    return Solid(
        np.concatenate([solid.points for solid in solids]),
        np.concatenate([solid.normals for solid in solids]),
        np.concatenate(triangles).astype(np.int32),
    )


def smooth(points: Floats, triangles: NDArray[np.int32]) -> Solid:
    """Return a mesh with normals averaged over the faces at each point, larger faces weighing more."""
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], faces)
    lengths = np.linalg.norm(normals, axis=1, keepdims=True)
    up = np.array([0.0, 1.0, 0.0])
    return Solid(points, np.where(lengths > 1e-15, normals / np.maximum(lengths, 1e-15), up), triangles)


def faceted(points: Floats, triangles: NDArray[np.int32]) -> Solid:
    """Return a mesh in which every face is flat."""
    corners = points[triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    lengths = np.linalg.norm(faces, axis=1)
    real = lengths > 1e-15
    normals = np.repeat(faces[real] / lengths[real, None], 3, axis=0)
    count = int(real.sum()) * 3
    return Solid(corners[real].reshape(-1, 3), normals, np.arange(count, dtype=np.int32).reshape(-1, 3))


def skin(rings: Floats) -> Solid:
    """Return the smooth body through rings of points, each end closed.

    Args:
        rings: (rings, around, 3) points, each ring anticlockwise seen from where the rings go to.
    """
    count, around, _ = rings.shape
    points = np.concatenate([rings.reshape(-1, 3), rings[0].mean(0)[None], rings[-1].mean(0)[None]])
    here = np.arange(around)
    after = (here + 1) % around
    side = (np.arange(count - 1) * around)[:, None]
    low, low_next, high, high_next = side + here, side + after, side + around + here, side + around + after
    walls = np.concatenate([np.stack([low, low_next, high_next], -1), np.stack([low, high_next, high], -1)], 1)
    first, last = count * around, count * around + 1
    bottom = np.stack([np.full(around, first), after, here], -1)
    top = np.stack([np.full(around, last), here + (count - 1) * around, after + (count - 1) * around], -1)
    return smooth(points, np.concatenate([walls.reshape(-1, 3), bottom, top]).astype(np.int32))


def between(keys: ArrayLike, at: ArrayLike) -> Floats:
    """Return a smooth curve through keys that never swings beyond them.

    Args:
        keys: (keys, 1 + values): where, ascending, and the values there.
        at: (points,) where the values are wanted.

    Returns:
        (points, values).
    """
    table = np.asarray(keys, np.float64)
    return np.asarray(PchipInterpolator(table[:, 0], table[:, 1:], axis=0)(np.asarray(at, np.float64)))


def around(count: int, square: float | Floats = 2.0) -> tuple[Floats, Floats]:
    """Return the unit outline of a superellipse, anticlockwise from +u; 2 is an ellipse, 4 nearly a box."""
    angles = np.arange(count) * (2 * np.pi / count)
    power = 2.0 / np.asarray(square, np.float64)[..., None]
    cos, sin = np.cos(angles), np.sin(angles)
    return np.sign(cos) * np.abs(cos) ** power, np.sign(sin) * np.abs(sin) ** power


def loft(keys: ArrayLike, *, rings: int = 0, count: int = 16, dome: tuple[float, float] = (1.0, 1.0)) -> Solid:
    """Return a smooth upright body through oval sections, both ends rounded.

    Args:
        keys: (keys, 6 or 7) from the bottom up: height y, middle x and z, half width, depth to the front (+Z), depth
            to the back, and how square it is (2 oval, 4 boxy; 2 if not given).
        rings: sections from end to end on a smooth curve through the keys; 0 takes the keys as they are.
        count: points of a section.
        dome: how far the bottom and the top bulge, in the end section's mean radius; 0 cuts it off flat.
    """
    table = np.asarray(keys, np.float64)
    if table.shape[1] == 6:
        table = np.column_stack([table, np.full(len(table), 2.0)])
    heights = np.linspace(table[0, 0], table[-1, 0], rings) if rings else table[:, 0]
    sections = np.column_stack([heights, between(table, heights)])
    angles = np.radians([64.0, 32.0])
    caps = []
    for end, bulge, sign in ((sections[0], dome[0], -1.0), (sections[-1], dome[1], 1.0)):
        cap = np.repeat(end[None], len(angles), axis=0)
        cap[:, 3:6] *= np.cos(angles)[:, None]
        cap[:, 0] += sign * bulge * np.sin(angles) * end[3:6].mean()
        caps.append(cap if bulge else cap[:0])
    stack = np.concatenate([caps[0], sections, caps[1][::-1]])
    # seen from above, anticlockwise runs from +Z to +X
    forward, aside = around(count, stack[:, 6])
    depth = np.where(forward > 0, stack[:, 4:5], stack[:, 5:6])
    points = np.stack(
        [
            stack[:, 1:2] + aside * stack[:, 3:4],
            np.broadcast_to(stack[:, 0:1], aside.shape),
            stack[:, 2:3] + forward * depth,
        ],
        -1,
    )
    return skin(points)


def ellipsoid(radii: ArrayLike, *, rings: int = 8, count: int = 12) -> Solid:
    """Return an ellipsoid about zero, poles up and down."""
    across, up, deep = np.asarray(radii, np.float64)
    lift = np.linspace(-np.pi / 2, np.pi / 2, rings + 2)[1:-1, None]
    forward, aside = around(count)
    points = np.stack(
        [
            np.cos(lift) * aside * across,
            np.broadcast_to(np.sin(lift) * up, (rings, count)),
            np.cos(lift) * forward * deep,
        ],
        -1,
    )
    body = skin(points)
    body.points[-2:] = [[0.0, -up, 0.0], [0.0, up, 0.0]]
    normals = body.points / np.array([across, up, deep]) ** 2
    return Solid(body.points, normals / np.linalg.norm(normals, axis=1, keepdims=True), body.triangles)


def box(size: ArrayLike, middle: ArrayLike = (0.0, 0.0, 0.0), *, bevel: float = 0.0) -> Solid:
    """Return a box by its size and middle; a bevel of a few millimetres lets its edges catch the light."""
    half, at = np.asarray(size, np.float64) / 2, np.asarray(middle, np.float64)
    cut = min(bevel, float(half.min()) * 0.9)
    if cut <= 0:
        corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
        quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
        triangles = [each for a, b, c, d in quads for each in ((a, b, c), (a, c, d))]
        return faceted(corners * half + at, np.array(triangles, np.int32))
    inner = half - cut
    signs = np.array([[x, y, z] for x in (-1.0, 1.0) for y in (-1.0, 1.0) for z in (-1.0, 1.0)])
    # each corner has three points, one for each face that meets there
    points = np.concatenate([signs * np.where(np.arange(3) == axis, half, inner) for axis in range(3)])
    normals = np.concatenate([signs * (np.arange(3) == axis) for axis in range(3)])
    triangles = [*_bevel_faces(), *((0 + c, 8 + c, 16 + c) for c in range(8))]
    corners = points[np.array(triangles, np.int32)]
    outward = (np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) * corners.mean(1)).sum(1) > 0
    turned = np.array([each if out else each[::-1] for each, out in zip(triangles, outward, strict=True)], np.int32)
    return Solid(points + at, normals, turned)


def _bevel_faces() -> list[tuple[int, int, int]]:
    """Return the faces and the strips along the edges of a bevelled box; which way they wind is settled later."""
    found = []
    for axis in range(3):
        first, second = 4 >> (axis + 1) % 3, 4 >> (axis + 2) % 3
        for side in (0, 4 >> axis):
            a, b, c, d = (axis * 8 + side + step for step in (0, first, first + second, second))
            found += [(a, b, c), (a, c, d)]
        # the strips that run along this axis, between the faces of the two others
        one, other = ((axis + 1) % 3) * 8, ((axis + 2) % 3) * 8
        for corner in (0, first, second, first + second):
            low, top = corner, corner + (4 >> axis)
            found += [(one + low, one + top, other + top), (one + low, other + top, other + low)]
    return found


def lathe(profile: ArrayLike, *, count: int = 20) -> Solid:
    """Return a body of revolution about the upright axis.

    Args:
        profile: (points, 2) radius and height from the bottom up; a turn of more than 35° keeps its edge.
        count: points around.
    """
    table = np.asarray(profile, np.float64)
    steps = np.diff(table, axis=0)
    slopes = np.stack([steps[:, 1], -steps[:, 0]], -1)
    slopes /= np.maximum(np.linalg.norm(slopes, axis=1, keepdims=True), 1e-12)
    forward, aside = around(count)
    points, normals, triangles = [], [], []
    here = np.arange(count)
    after = (here + 1) % count
    for index in range(len(steps)):
        for end in (index, index + 1):
            slope = slopes[index].copy()
            beside = index - 1 if end == index else index + 1
            if 0 <= beside < len(steps) and slopes[beside] @ slopes[index] > 0.82:
                slope = slope + slopes[beside]
            slope /= np.linalg.norm(slope)
            points.append(np.stack([aside * table[end, 0], np.full(count, table[end, 1]), forward * table[end, 0]], -1))
            normals.append(np.stack([aside * slope[0], np.full(count, slope[1]), forward * slope[0]], -1))
        low, high = index * 2 * count, (index * 2 + 1) * count
        if table[index, 0] > 0:
            triangles.append(np.stack([low + here, low + after, high + after], -1))
        if table[index + 1, 0] > 0:
            triangles.append(np.stack([low + here, high + after, high + here], -1))
    return Solid(np.concatenate(points), np.concatenate(normals), np.concatenate(triangles).astype(np.int32))


def cylinder(radius: float, high: float, *, count: int = 20) -> Solid:
    """Return an upright cylinder on the floor."""
    return lathe([(0.0, 0.0), (radius, 0.0), (radius, high), (0.0, high)], count=count)


def bar(start: ArrayLike, end: ArrayLike, radius: float, *, count: int = 8) -> Solid:
    """Return a round bar between two points."""
    first, last = np.asarray(start, np.float64), np.asarray(end, np.float64)
    way = last - first
    y = way / np.linalg.norm(way)
    z = np.cross(y, [1.0, 0.0, 0.0] if abs(y[0]) < 0.9 else [0.0, 0.0, 1.0])
    z /= np.linalg.norm(z)
    turn = np.stack([np.cross(y, z), y, z], axis=1)
    rod = cylinder(radius, float(np.linalg.norm(way)), count=count)
    return Solid(rod.points @ turn.T + first, rod.normals @ turn.T, rod.triangles)
