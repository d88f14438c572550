"""Furniture, built from its box so that it reads as what it is: each is on the floor about zero and faces +Z.

A kind gives its solids by surface, the largest first; `props` turns them into pieces.
"""

from collections.abc import Callable, Mapping

from rushes.departments.previs.stage.seats import CRISP, Parts, Size, legs
from rushes.departments.previs.stage.solids import bar, box, joined, lathe


def table(size: Size) -> Parts:
    """Return a table with an apron."""
    wide, high, deep = size
    top = box((wide, 0.035, deep), (0.0, high - 0.0175, 0.0), bevel=0.008)
    apron = box((wide - 0.16, 0.08, deep - 0.16), (0.0, high - 0.075, 0.0), bevel=CRISP)
    return {"light wood": joined([top, apron, legs(size, 0.06, 0.05, high=high - 0.035)])}


def round_table(size: Size) -> Parts:
    """Return a round table on one foot."""
    wide, high, _ = size
    r = wide / 2
    top = lathe(
        [
            (0.0, high - 0.03),
            (r - 0.01, high - 0.03),
            (r, high - 0.02),
            (r, high - 0.008),
            (r - 0.008, high),
            (0.0, high),
        ],
        count=32,
    )
    foot = lathe(
        [
            (0.0, 0.0),
            (0.42 * r + 0.08, 0.0),
            (0.42 * r + 0.08, 0.015),
            (0.05, 0.035),
            (0.035, 0.06),
            (0.035, high - 0.03),
        ]
    )
    return {"light wood": top, "dark metal": foot}


def counter(size: Size) -> Parts:
    """Return a kitchen counter or a bar: doors below, a worktop that stands over."""
    wide, high, deep = size
    many = max(1, round(wide / 0.6))
    each = wide / many
    body = [box((wide - 0.02, high - 0.14, deep - 0.06), (0.0, (high - 0.04 + 0.10) / 2, -0.02))]
    body += [
        box(
            (each - 0.012, high - 0.17, 0.02),
            (-wide / 2 + (i + 0.5) * each, (high - 0.04 + 0.10) / 2, deep / 2 - 0.042),
            bevel=0.004,
        )
        for i in range(many)
    ]
    plinth = box((wide - 0.04, 0.10, deep - 0.12), (0.0, 0.05, -0.03))
    knobs = [
        bar(
            (-wide / 2 + (i + 0.5) * each - 0.06, high - 0.10, deep / 2 - 0.020),
            (-wide / 2 + (i + 0.5) * each + 0.06, high - 0.10, deep / 2 - 0.020),
            0.006,
        )
        for i in range(many)
    ]
    top = box((wide, 0.04, deep), (0.0, high - 0.02, 0.0), bevel=0.006)
    return {"painted wood": joined(body), "worktop": joined([top, plinth]), "metal": joined(knobs)}


def desk(size: Size) -> Parts:
    """Return an office desk: drawers on one side, who sits at it looks along −Z."""
    wide, high, deep = size
    top = box((wide, 0.03, deep), (0.0, high - 0.015, 0.0), bevel=0.006)
    panel = box((0.03, high - 0.03, deep - 0.06), (-wide / 2 + 0.035, (high - 0.03) / 2, 0.0), bevel=0.004)
    modesty = box((wide - 0.5, high * 0.5, 0.018), (-0.2, high * 0.68, deep / 2 - 0.08))
    drawers = [box((0.42, high - 0.05, deep - 0.07), (wide / 2 - 0.23, (high - 0.03) / 2, 0.0), bevel=0.004)]
    drawers += [
        box(
            (0.40, (high - 0.1) / 3 - 0.012, 0.015),
            (wide / 2 - 0.23, 0.04 + (i + 0.5) * (high - 0.1) / 3, -deep / 2 + 0.03),
            bevel=0.004,
        )
        for i in range(3)
    ]
    return {"light wood": joined([top, panel, modesty, *drawers])}


def shelf(size: Size) -> Parts:
    """Return a bookcase with books in it."""
    wide, high, deep = size
    many = max(2, round(high / 0.36))
    step = (high - 0.06) / many
    boards = [box((0.025, high, deep), (side * (wide / 2 - 0.0125), high / 2, 0.0), bevel=0.003) for side in (-1, 1)]
    boards += [box((wide - 0.05, 0.025, deep), (0.0, 0.05 + i * step, 0.0), bevel=0.003) for i in range(many + 1)]
    boards.append(box((wide - 0.04, high - 0.02, 0.012), (0.0, high / 2, -deep / 2 + 0.006)))
    books, x, number = [], 0.0, 0
    for row in range(many):
        x = -wide / 2 + 0.05
        while x < wide / 2 - 0.10:
            # a fixed wheel of sizes: looks like books, and is the same every time
            thick = 0.024 + 0.006 * (number * 7 % 5)
            tall = min(step - 0.05, 0.20 + 0.018 * (number * 11 % 6))
            if number * 5 % 13 > 1:
                books.append(
                    box(
                        (thick - 0.002, tall, deep * 0.72),
                        (x + thick / 2, 0.0625 + row * step + tall / 2, -0.02),
                        bevel=0.002,
                    )
                )
            x, number = x + thick, number + 1
    return {"dark wood": joined(boards), "paper": joined(books)}


def cupboard(size: Size) -> Parts:
    """Return a wardrobe, a locker or wall units: two doors or more."""
    wide, high, deep = size
    many = max(1, round(wide / 0.5))
    each = wide / many
    body = [box((wide, high, deep - 0.025), (0.0, high / 2, -0.0125), bevel=0.006)]
    body += [
        box(
            (each - 0.010, high - 0.06, 0.022),
            (-wide / 2 + (i + 0.5) * each, high / 2 + 0.01, deep / 2 - 0.012),
            bevel=0.004,
        )
        for i in range(many)
    ]
    knobs = [
        box(
            (0.014, min(0.22, high / 4), 0.02),
            (-wide / 2 + (i + 0.5) * each + (0.36 if i % 2 == 0 else -0.36) * each, high * 0.5, deep / 2 + 0.01),
            bevel=0.003,
        )
        for i in range(many)
    ]
    return {"painted wood": joined(body), "metal": joined(knobs)}


def lamp(size: Size) -> Parts:
    """Return a standard lamp, or a table lamp where it is low."""
    wide, high, _ = size
    r, shade = wide / 2, min(0.30, high * 0.4)
    stand = lathe(
        [(0.0, 0.0), (r * 0.7, 0.0), (r * 0.7, 0.02), (0.02, 0.035), (0.013, 0.06), (0.013, high - shade * 0.6)]
    )
    hood = lathe(
        [
            (r * 0.98, high - shade),
            (r, high - shade),
            (r * 0.66, high),
            (0.0, high),
            (0.0, high - 0.01),
            (r * 0.64, high - 0.01),
            (r * 0.98, high - shade),
        ]
    )
    return {"dark metal": stand, "lamp shade": hood}


def pendant(size: Size) -> Parts:
    """Return a lamp that hangs: its shade is lowest, its flex goes up to the ceiling."""
    wide, high, _ = size
    r, shade = wide / 2, min(0.24, high * 0.4)
    hood = lathe([(r * 0.97, 0.0), (r, 0.0), (r * 0.45, shade * 0.75), (0.03, shade), (0.0, shade)], count=28)
    inner = lathe([(0.0, shade * 0.7), (r * 0.42, shade * 0.68), (r * 0.97, 0.0)], count=28)
    return {"lamp shade": joined([hood, inner]), "dark metal": bar((0.0, shade, 0.0), (0.0, high, 0.0), 0.006)}


def rug(size: Size) -> Parts:
    """Return a rug."""
    wide, high, deep = size
    return {"carpet": box((wide, high, deep), (0.0, high / 2, 0.0), bevel=0.004)}


def picture(size: Size) -> Parts:
    """Return a framed picture or a mirror that hangs from its lower edge up, its back at −Z."""
    wide, high, deep = size
    frame = [box((wide, 0.035, deep), (0.0, y, 0.0), bevel=0.004) for y in (0.0175, high - 0.0175)]
    frame += [
        box((0.035, high - 0.07, deep), (x, high / 2, 0.0), bevel=0.004)
        for x in (-wide / 2 + 0.0175, wide / 2 - 0.0175)
    ]
    return {
        "dark wood": joined(frame),
        "paper": box((wide - 0.07, high - 0.07, deep * 0.4), (0.0, high / 2, -deep * 0.2)),
    }


def screen(size: Size) -> Parts:
    """Return a television or a monitor on a foot; it is seen from +Z."""
    wide, high, deep = size
    low = high * 0.16
    panel = box((wide, high - low, 0.035), (0.0, low + (high - low) / 2, 0.0), bevel=0.006)
    foot = joined(
        [
            box((wide * 0.4, 0.012, deep), (0.0, 0.006, 0.0), bevel=0.003),
            box((0.05, low + 0.02, 0.025), (0.0, (low + 0.02) / 2, -0.01)),
        ]
    )
    return {"screen": panel, "dark metal": foot}


FURNITURE: Mapping[str, tuple[Callable[[Size], Parts], Size]] = {
    "table": (table, (1.40, 0.75, 0.80)),
    "round table": (round_table, (0.80, 0.75, 0.80)),
    "coffee table": (table, (1.10, 0.42, 0.60)),
    "counter": (counter, (1.80, 0.91, 0.62)),
    "bar": (counter, (3.00, 1.10, 0.60)),
    "desk": (desk, (1.50, 0.74, 0.75)),
    "shelf": (shelf, (0.90, 1.95, 0.30)),
    "cupboard": (cupboard, (1.00, 2.00, 0.58)),
    "lamp": (lamp, (0.42, 1.55, 0.42)),
    "pendant": (pendant, (0.46, 0.95, 0.46)),
    "rug": (rug, (2.40, 0.012, 1.60)),
    "picture": (picture, (0.70, 0.50, 0.03)),
    "screen": (screen, (1.10, 0.70, 0.22)),
}
