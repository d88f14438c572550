"""A car that people can be seen in."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rushes.departments.previs.stage.seats import Parts, Size
from rushes.departments.previs.stage.solids import Solid, bar, between, box, faceted, joined, lathe, loft, skin

AXLES = (0.305, -0.295)
"""Where the wheels are, fractions of the length from the middle."""


def _long(keys: Sequence[tuple[float, ...]], size: Size) -> Solid:
    """Return a body along +Z: rows of z, half width, underside, top (fractions of the size) and squareness."""
    wide, high, deep = size
    rows = [
        (z * deep, 0.0, -(low + top) / 2 * high, w * wide, (top - low) / 2 * high, (top - low) / 2 * high, square)
        for z, w, low, top, square in keys
    ]
    return loft(rows, rings=16, count=28, dome=(0.05, 0.05)).turned(90.0, "x")


def _flank(size: Size) -> Solid:
    """Return one side below the windows, with arches over the wheels; its outer face is at x = 0, the body behind."""
    _, high, deep = size
    r, hub, sill = 0.275 * high, 0.235 * high, 0.20 * high
    arches = [axle * deep + r * np.sin(np.linspace(-np.pi / 2, np.pi / 2, 15)) for axle in AXLES]
    z = np.unique(np.concatenate([np.linspace(-0.485, 0.48, 22) * deep, *arches]))
    tops = [(-0.485, 0.56), (-0.47, 0.625), (-0.43, 0.65), (-0.34, 0.655), (0.185, 0.635), (0.33, 0.597), (0.42, 0.545)]
    top = between([*tops, (0.462, 0.485), (0.48, 0.43)], z / deep)[:, 0] * high
    near = np.min([np.abs(z - axle * deep) for axle in AXLES], axis=0)
    low = np.where(near < r, hub + np.sqrt(np.maximum(r**2 - near**2, 0.0)), sill)
    # towards nose and tail the sides come in, and the edge above them
    aside = -0.085 * (np.maximum(np.abs(z) / deep - 0.34, 0.0) / 0.145) ** 1.6
    corners = [(aside, low), (aside - 0.075, low), (aside - 0.075, top), (aside - 0.02, top), (aside, top - 0.03)]
    ring = [np.stack([x, y, z], -1) for x, y in corners]
    body = skin(np.stack(ring[::-1], axis=1))
    return faceted(body.points, body.triangles)


def _shell(size: Size) -> Solid:
    """Return bonnet, boot, flanks, floor, roof and the posts that carry it."""
    wide, high, deep = size
    bonnet = [(0.17, 0.43, 0.40, 0.630, 5.0), (0.33, 0.425, 0.24, 0.605, 5.0), (0.45, 0.425, 0.22, 0.535, 5.0)]
    boot = [(-0.492, 0.40, 0.27, 0.57, 4.0), (-0.46, 0.42, 0.22, 0.645, 5.0), (-0.33, 0.43, 0.24, 0.66, 5.0)]
    roof = [(-0.262, 0.36, 0.955, 0.985, 4.0), (-0.20, 0.385, 0.955, 1.0, 4.0), (0.045, 0.365, 0.95, 0.98, 4.0)]
    parts = [_long([*bonnet, (0.492, 0.40, 0.25, 0.45, 4.5)], size), _long(boot, size), _long(roof, size)]
    parts.append(box((wide * 0.86, 0.08, deep * 0.58), (0.0, high * 0.20, -deep * 0.08)))
    flank = _flank(size)
    parts += [flank.moved((wide * 0.465, 0.0, 0.0)), flank.moved((wide * 0.465, 0.0, 0.0)).mirrored()]
    posts = ((0.19, 0.62, 0.035), (-0.075, 0.64, -0.085), (-0.345, 0.64, -0.245))
    for side in (-1, 1):
        for z, y, z_top in posts:
            low, top = (
                (side * wide * 0.435, y * high - 0.02, z * deep),
                (side * wide * 0.355, high * 0.965, z_top * deep),
            )
            parts.append(bar(low, top, 0.034))
    return joined(parts)


def _wheels(size: Size) -> tuple[Solid, Solid]:
    """Return tyres and rims."""
    wide, high, deep = size
    r = 0.235 * high
    side = [(0.62, -0.1), (0.93, -0.1), (1.0, -0.075), (1.0, 0.075), (0.93, 0.1), (0.62, 0.1), (0.62, -0.1)]
    tyre = lathe([(r * across, up) for across, up in side], count=28)
    rim = lathe([(0.0, -0.09), (r * 0.62, -0.085), (r * 0.62, 0.085), (0.3 * r, 0.06), (0.0, 0.06)], count=20)
    found: tuple[list[Solid], list[Solid]] = ([], [])
    for turn in (-1, 1):
        for axle in AXLES:
            for into, what in zip(found, (tyre, rim), strict=True):
                placed = what.turned(-90.0 * turn, "z").moved((turn * (wide * 0.455 - 0.085), r, axle * deep))
                into.append(placed)
    return joined(found[0]), joined(found[1])


def _seats(size: Size) -> Solid:
    """Return two seats in front and a bench behind."""
    wide, high, deep = size
    parts = []
    for x in (0.21 * wide, -0.21 * wide):
        parts.append(box((0.5, 0.16, 0.52), (x, high * 0.30, -0.02), bevel=0.05))
        parts.append(box((0.48, 0.62, 0.13), (x, high * 0.52, -0.34), bevel=0.05))
        parts.append(box((0.26, 0.18, 0.09), (x, high * 0.80, -0.38), bevel=0.035))
    parts.append(box((wide * 0.76, 0.16, 0.5), (0.0, high * 0.31, -deep * 0.205), bevel=0.05))
    parts.append(box((wide * 0.76, 0.58, 0.14), (0.0, high * 0.50, -deep * 0.29), bevel=0.05))
    return joined(parts)


def _wheel(size: Size) -> Solid:
    """Return the steering wheel and the dashboard behind it."""
    wide, high, deep = size
    middle = np.array([0.21 * wide, high * 0.585, deep * 0.098])
    angles = np.arange(18) * 2 * np.pi / 18
    spots = [middle + 0.18 * np.array([np.cos(a), np.sin(a) * 0.92, np.sin(a) * 0.39]) for a in angles]
    ring = [bar(spots[at], spots[(at + 1) % 18], 0.014) for at in range(18)]
    dash = box((wide * 0.80, 0.20, 0.36), (0.0, high * 0.54, deep * 0.155), bevel=0.06)
    return joined([*ring, bar(spots[0], spots[9], 0.012), dash])


def car(size: Size) -> Parts:
    """Return a saloon with open windows, seats, dashboard and wheel; the driver sits on the left and looks along +Z."""
    wide, high, deep = size
    lamp = box((0.30, 0.11, 0.08), bevel=0.035)
    lamps = [lamp.moved((side * wide * 0.295, high * 0.385, deep * 0.486)) for side in (-1, 1)]
    bumpers = [box((wide * 0.86, 0.12, 0.10), (0.0, high * 0.26, z * deep), bevel=0.04) for z in (0.478, -0.478)]
    tyres, rims = _wheels(size)
    return {
        "car paint": _shell(size),
        "rubber": joined([tyres, _wheel(size), *bumpers]),
        "metal": rims,
        "leather": _seats(size),
        "glass": joined(lamps),
    }


VEHICLES: Mapping[str, tuple[Callable[[Size], Parts], Size]] = {"car": (car, (1.82, 1.45, 4.55))}
