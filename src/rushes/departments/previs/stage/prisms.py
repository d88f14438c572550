"""Plates of any simple outline."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.stage.solids import Floats, Solid, faceted


def prism(outline: Sequence[tuple[float, float]], low: float, high: float) -> Solid:
    """Return a level plate.

    Args:
        outline: x and z of its corners in order, either way round; it does not cross itself.
        low: its underside, metres.
        high: its top.

    >>> len(prism([(0, 0), (2, 0), (2, 1), (1, 1), (1, 2), (0, 2)], 0.0, 0.1).triangles)
    20
    """
    flat = np.array(outline, np.float64)
    area = (flat[:, 0] * np.roll(flat[:, 1], -1) - np.roll(flat[:, 0], -1) * flat[:, 1]).sum()
    # from above, with z down the page, a positive area runs clockwise
    flat = flat[::-1] if area > 0 else flat
    count = len(flat)
    top = np.column_stack([flat[:, 0], np.full(count, high), flat[:, 1]])
    points = np.concatenate([top, top - [0.0, high - low, 0.0]])
    faces = _ears(flat)
    here = np.arange(count)
    after = (here + 1) % count
    sides = np.concatenate(
        [np.stack([here, here + count, after + count], -1), np.stack([here, after + count, after], -1)]
    )
    return faceted(points, np.concatenate([faces, faces[:, ::-1] + count, sides]).astype(np.int32))


def _ears(flat: Floats) -> NDArray[np.int32]:
    """Return triangles of a simple outline by cutting off its ears; (triangles, 3) into its corners."""
    left, found = list(range(len(flat))), []

    def crossed(a: int, b: int, c: int) -> float:
        first, second = flat[b] - flat[a], flat[c] - flat[a]
        return float(first[0] * second[1] - first[1] * second[0])

    while len(left) > 3:
        for at in range(len(left)):
            a, b, c = left[at - 1], left[at], left[(at + 1) % len(left)]
            if crossed(a, b, c) < 0 and not any(
                crossed(a, b, p) <= 0 and crossed(b, c, p) <= 0 and crossed(c, a, p) <= 0
                for p in left
                if p not in (a, b, c)
            ):
                break
        found.append((a, b, c))
        left.remove(b)
    return np.array([*found, tuple(left)], np.int32)
