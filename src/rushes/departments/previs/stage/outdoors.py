"""What stands outside, and what holds a house up: trees, buildings, columns, stairs. See `furniture`."""

from collections.abc import Callable, Mapping

import numpy as np

from rushes.departments.previs.stage.seats import CRISP, Parts, Size
from rushes.departments.previs.stage.solids import Solid, bar, box, cylinder, ellipsoid, joined, lathe, smooth


def _leaves(radii: tuple[float, float, float], seed: int) -> Solid:
    """Return a lumpy ball of foliage."""
    ball = ellipsoid((1.0, 1.0, 1.0), rings=9, count=14)
    waves = np.random.default_rng(seed).normal(0.0, 2.6, (7, 3))
    lumps = 1.0 + 0.055 * np.sin(ball.points @ waves.T * 1.6 + np.arange(7)).sum(1)
    return smooth(ball.points * lumps[:, None] * np.array(radii), ball.triangles)


def _rooted(solid: Solid) -> Solid:
    """Return a lump with its underside flat, just below the floor."""
    points = solid.points.copy()
    points[:, 1] = np.maximum(points[:, 1], -0.03)
    return smooth(points, solid.triangles)


def tree(size: Size) -> Parts:
    """Return a broad-leaved tree."""
    wide, high, deep = size
    r = high * 0.022 + 0.04
    trunk = lathe(
        [(r * 1.7, 0.0), (r * 1.15, high * 0.04), (r, high * 0.16), (r * 0.72, high * 0.42), (r * 0.3, high * 0.8)],
        count=12,
    )
    boughs = [
        bar((0.0, high * 0.34, 0.0), (np.sin(a) * wide * 0.24, high * 0.60, np.cos(a) * deep * 0.24), r * 0.42)
        for a in (0.4, 2.3, 4.4)
    ]
    crown = [_leaves((wide * 0.36, high * 0.25, deep * 0.36), 1).moved((0.0, high * 0.72, 0.0))]
    for number, angle in enumerate(np.arange(5) * 2 * np.pi / 5 + 0.3):
        lift = 0.56 + 0.05 * (number % 3)
        ball = _leaves((wide * 0.25, high * 0.17, deep * 0.25), number + 2)
        crown.append(ball.moved((np.sin(angle) * wide * 0.25, high * lift, np.cos(angle) * deep * 0.25)))
    return {"foliage": joined(crown), "bark": joined([trunk, *boughs])}


def conifer(size: Size) -> Parts:
    """Return a fir."""
    wide, high, _ = size
    r = high * 0.018 + 0.03
    tiers = []
    for tier in range(6):
        low, top = high * (0.14 + 0.125 * tier), high * (0.14 + 0.125 * tier + 0.26)
        reach = wide / 2 * (1.0 - tier / 6.6)
        skirt = lathe(
            [
                (reach * 0.35, low + 0.10 * reach),
                (reach, low),
                (reach * 0.55, low + (top - low) * 0.42),
                (0.0, min(top, high)),
            ],
            count=18,
        )
        ragged = 1.0 + 0.10 * np.sin(np.arange(18) * 2.6 + tier * 1.9)
        points = skirt.points.reshape(-1, 18, 3) * np.stack([ragged, np.ones(18), ragged], -1)
        tiers.append(Solid(points.reshape(-1, 3), skirt.normals, skirt.triangles))
    return {"foliage": joined(tiers), "bark": lathe([(r * 1.3, 0.0), (r, high * 0.1), (r * 0.6, high * 0.5)], count=10)}


def bush(size: Size) -> Parts:
    """Return a bush, or a hedge where it is long."""
    wide, high, deep = size
    many = max(1, round(wide / max(deep, 0.4)))
    each = wide / many
    balls = [
        _leaves((each * 0.62, high * 0.55, deep * 0.52), i + 3).moved((-wide / 2 + (i + 0.5) * each, high * 0.46, 0.0))
        for i in range(many)
    ]
    return {"foliage": _rooted(joined(balls))}


def rock(size: Size) -> Parts:
    """Return a boulder."""
    wide, high, deep = size
    return {"rock": _rooted(_leaves((wide * 0.46, high * 0.55, deep * 0.46), 11).moved((0.0, high * 0.42, 0.0)))}


def column(size: Size) -> Parts:
    """Return a column with base and capital."""
    wide, high, _ = size
    r = wide / 2 * 0.78
    shaft = lathe(
        [
            (r * 1.08, 0.16),
            (r, 0.24),
            (r * 0.98, high * 0.4),
            (r * 0.88, high - 0.22),
            (r * 0.98, high - 0.16),
            (r * 1.15, high - 0.10),
        ],
        count=24,
    )
    feet = [
        box((wide, 0.10, wide), (0.0, 0.05, 0.0), bevel=0.008),
        box((wide, 0.10, wide), (0.0, high - 0.05, 0.0), bevel=0.008),
    ]
    return {
        "stone wall": joined(
            [lathe([(0.0, 0.10), (r * 1.2, 0.10), (r * 1.2, 0.16), (0.0, 0.16)], count=24), shaft, *feet]
        )
    }


def stairs(size: Size) -> Parts:
    """Return a straight flight that climbs towards −Z, steps about 17 cm high."""
    wide, high, deep = size
    many = max(1, round(high / 0.17))
    rise, tread = high / many, deep / many
    steps = [
        box((wide, rise * (i + 1), tread), (0.0, rise * (i + 1) / 2, deep / 2 - (i + 0.5) * tread), bevel=0.004)
        for i in range(many)
    ]
    return {"concrete floor": joined(steps)}


def building(size: Size) -> Parts:
    """Return a house front and its block: rows of windows, a door, a cornice; it is seen from +Z."""
    wide, high, deep = size
    floors, bays = max(1, round(high / 3.2)), max(1, round(wide / 2.6))
    storey, bay = high / floors, wide / bays
    block = [
        box((wide, high, deep), (0.0, high / 2, 0.0)),
        box((wide + 0.3, 0.28, 0.35), (0.0, high - 0.14, deep / 2 + 0.05), bevel=0.03),
    ]
    panes, frames, doors = [], [], []
    for floor in range(floors):
        for number in range(bays):
            x, y = -wide / 2 + (number + 0.5) * bay, floor * storey + storey * 0.52
            if floor == 0 and number == bays // 2:
                doors.append(box((1.05, 2.2, 0.06), (x, 1.1, deep / 2 + 0.02), bevel=0.01))
                frames.append(box((1.35, 2.4, 0.05), (x, 1.2, deep / 2 + 0.01)))
                continue
            panes.append(box((bay * 0.42, storey * 0.52, 0.04), (x, y, deep / 2 + 0.005)))
            frames += [
                box((bay * 0.54, 0.09, 0.16), (x, y - storey * 0.29, deep / 2 + 0.04), bevel=0.01),
                box((bay * 0.50, 0.07, 0.09), (x, y + storey * 0.285, deep / 2 + 0.03)),
            ]
            frames += [box((0.05, storey * 0.52, 0.06), (x + at * bay * 0.22, y, deep / 2 + 0.02)) for at in (-1, 0, 1)]
    return {
        "facade": joined(block),
        "glass": joined(panes or doors),
        "painted wood": joined(frames),
        "dark wood": joined(doors),
    }


def street_lamp(size: Size) -> Parts:
    """Return a street lamp whose arm reaches along +Z."""
    _, high, deep = size
    post = lathe([(0.11, 0.0), (0.10, 0.5), (0.06, 0.55), (0.045, high - 0.35), (0.04, high)], count=14)
    arm = bar((0.0, high - 0.02, 0.0), (0.0, high + 0.05, deep - 0.3), 0.03)
    return {
        "dark metal": joined([post, arm]),
        "lamp shade": box((0.22, 0.09, 0.5), (0.0, high + 0.02, deep - 0.25), bevel=0.03),
    }


def fence(size: Size) -> Parts:
    """Return a picket fence."""
    wide, high, deep = size
    many = max(2, round(wide / 0.14))
    pales = [
        box(
            (0.075, high - 0.03, deep * 0.35),
            (-wide / 2 + (i + 0.5) * wide / many, high / 2 + 0.015, deep * 0.2),
            bevel=CRISP,
        )
        for i in range(many)
    ]
    rails = [box((wide, 0.07, deep * 0.4), (0.0, y * high, -deep * 0.15), bevel=CRISP) for y in (0.25, 0.75)]
    return {"painted wood": joined(pales + rails)}


def crate(size: Size) -> Parts:
    """Return a plain box: what a thing is before anybody has built it."""
    return {"light wood": box(size, (0.0, size[1] / 2, 0.0), bevel=min(0.01, min(size) / 8))}


def barrel(size: Size) -> Parts:
    """Return a barrel or a bin."""
    wide, high, _ = size
    r = wide / 2
    return {
        "metal": lathe(
            [
                (0.0, 0.0),
                (r * 0.94, 0.0),
                (r, high * 0.02),
                (r, high * 0.98),
                (r * 0.94, high),
                (r * 0.90, high - 0.02),
                (0.0, high - 0.02),
            ],
            count=24,
        )
    }


def ball(size: Size) -> Parts:
    """Return an ellipsoid on the floor."""
    return {"fabric": ellipsoid(np.array(size) / 2, rings=14, count=24).moved((0.0, size[1] / 2, 0.0))}


def pole(size: Size) -> Parts:
    """Return a cylinder on the floor."""
    return {"metal": cylinder(size[0] / 2, size[1], count=24)}


OUTDOORS: Mapping[str, tuple[Callable[[Size], Parts], Size]] = {
    "tree": (tree, (4.8, 7.0, 4.8)),
    "conifer": (conifer, (3.6, 9.0, 3.6)),
    "bush": (bush, (1.4, 1.1, 1.2)),
    "rock": (rock, (1.5, 0.9, 1.2)),
    "column": (column, (0.5, 2.6, 0.5)),
    "stairs": (stairs, (1.1, 2.72, 4.2)),
    "building": (building, (12.0, 10.0, 8.0)),
    "street lamp": (street_lamp, (0.3, 5.5, 1.2)),
    "fence": (fence, (3.0, 1.05, 0.09)),
    "box": (crate, (0.5, 0.5, 0.5)),
    "barrel": (barrel, (0.58, 0.88, 0.58)),
    "ball": (ball, (0.4, 0.4, 0.4)),
    "pole": (pole, (0.1, 2.5, 0.1)),
}
