"""What people sit and lie on, built from its box; see `furniture`."""

from collections.abc import Callable, Mapping

from rushes.departments.previs.stage.solids import Solid, bar, box, cylinder, joined, lathe, loft

Size = tuple[float, float, float]
Parts = Mapping[str, Solid]
SOFT, CRISP = 0.035, 0.006


def legs(size: Size, thick: float, inset: float, *, high: float) -> Solid:
    """Return four legs up to a height."""
    wide, _, deep = size
    x, z = wide / 2 - inset - thick / 2, deep / 2 - inset - thick / 2
    return joined([box((thick, high, thick), (a * x, high / 2, b * z), bevel=CRISP) for a in (-1, 1) for b in (-1, 1)])


def chair(size: Size) -> Parts:
    """Return a dining chair; the seat is 0.45 m high on a back of 0.88 m, in proportion."""
    wide, high, deep = size
    seat, x, back = high * 0.511, wide / 2 - 0.03, -deep / 2
    bars = []
    for side in (-1, 1):
        foot, hip = (side * x, 0.0, back + 0.02), (side * (x - 0.01), seat, back + 0.05)
        bars.append(bar((side * x, 0.0, -back - 0.03), (side * (x - 0.015), seat - 0.02, -back - 0.05), 0.017))
        bars += [bar(foot, hip, 0.017), bar(hip, (side * (x - 0.015), high, back - 0.02), 0.016)]
    slats = [
        box((wide - 0.09, 0.075, 0.018), (0.0, high - 0.06 - 0.13 * step, back - 0.008 + 0.022 * step), bevel=CRISP)
        for step in range(2)
    ]
    plate = box((wide - 0.02, 0.03, deep - 0.03), (0.0, seat - 0.015, 0.0), bevel=0.010)
    return {"light wood": joined([*bars, *slats, plate])}


def armchair(size: Size) -> Parts:
    """Return an upholstered chair."""
    return sofa(size)


def sofa(size: Size) -> Parts:
    """Return a sofa with as many cushions as it is wide."""
    wide, high, deep = size
    arm, seat, back = 0.16, 0.42, 0.20
    inner = wide - 2 * arm
    many = max(1, round(inner / 0.65))
    each = inner / many
    body = [box((wide - 0.02, 0.22, deep - 0.02), (0.0, 0.19, 0.0), bevel=0.02)]
    body += [box((arm, 0.50, deep), (side * (wide - arm) / 2, 0.34, 0.0), bevel=SOFT) for side in (-1, 1)]
    body += [box((inner, high - 0.18, back), (0.0, (high + 0.18) / 2 - 0.06, -(deep - back) / 2), bevel=SOFT)]
    for number in range(many):
        x = -inner / 2 + (number + 0.5) * each
        body.append(box((each - 0.012, 0.16, deep - back - 0.01), (x, seat - 0.07, back / 2), bevel=0.045))
        body.append(
            box((each - 0.02, high - seat - 0.02, 0.15), (x, (high + seat) / 2, -deep / 2 + back + 0.05), bevel=0.055)
        )
    return {"fabric": joined(body), "dark wood": legs((wide, 0.0, deep), 0.05, 0.04, high=0.09)}


def stool(size: Size) -> Parts:
    """Return a bar stool."""
    wide, high, _ = size
    r = wide / 2
    seat = lathe(
        [
            (0.0, high - 0.05),
            (r - 0.01, high - 0.05),
            (r, high - 0.035),
            (r, high - 0.02),
            (r - 0.025, high),
            (0.0, high),
        ]
    )
    feet = [
        bar((a * r * 0.95, 0.0, b * r * 0.95), (a * r * 0.55, high - 0.05, b * r * 0.55), 0.013)
        for a in (-1, 1)
        for b in (-1, 1)
    ]
    ring = high * 0.36
    reach = r * (0.95 - 0.4 * ring / high)
    corners = [(-reach, ring, -reach), (reach, ring, -reach), (reach, ring, reach), (-reach, ring, reach)]
    rails = [bar(corners[i], corners[(i + 1) % 4], 0.010) for i in range(4)]
    return {"leather": seat, "dark metal": joined(feet + rails)}


def bench(size: Size) -> Parts:
    """Return a park bench with slats and a back."""
    wide, high, deep = size
    seat = high * 0.53
    slats = [
        box(
            (wide, 0.03, deep / 5 - 0.012),
            (0.0, seat - 0.015, -deep / 2 + 0.06 + (i + 0.5) * (deep - 0.06) / 5),
            bevel=CRISP,
        )
        for i in range(5)
    ]
    slats += [
        box((wide, 0.09, 0.025), (0.0, seat + 0.14 + i * 0.13, -deep / 2 + 0.035 - i * 0.03), bevel=CRISP)
        for i in range(3)
        if seat + 0.19 + i * 0.13 <= high + 0.01
    ]
    sides = []
    for x in (-wide / 2 + 0.12, wide / 2 - 0.12):
        sides += [
            bar((x, 0.0, deep / 2 - 0.05), (x, seat - 0.03, deep / 2 - 0.07), 0.018),
            bar((x, 0.0, -deep / 2 + 0.02), (x, seat, -deep / 2 + 0.06), 0.018),
            bar((x, seat, -deep / 2 + 0.06), (x, high, -deep / 2 - 0.04), 0.018),
            bar((x, seat - 0.04, -deep / 2 + 0.05), (x, seat - 0.04, deep / 2 - 0.06), 0.016),
        ]
    return {"light wood": joined(slats), "dark metal": joined(sides)}


def bed(size: Size) -> Parts:
    """Return a bed; its head is at −Z."""
    wide, high, deep = size
    mattress = box((wide - 0.06, 0.22, deep - 0.08), (0.0, 0.40, 0.02), bevel=0.05)
    cover = box((wide - 0.01, 0.20, deep * 0.66), (0.0, 0.435, deep * 0.17 - 0.02), bevel=0.05)
    many = 2 if wide > 1.2 else 1
    pillows = []
    for number in range(many):
        x = (number - (many - 1) / 2) * (wide / many - 0.02)
        pillow = loft(
            [
                (-0.05, 0, 0, 0.26, 0.16, 0.16, 3.4),
                (0.0, 0, 0, 0.33, 0.21, 0.21, 3.6),
                (0.05, 0, 0, 0.26, 0.16, 0.16, 3.4),
            ],
            rings=5,
            dome=(0.12, 0.12),
        )
        pillows.append(pillow.turned(-12.0, "x").moved((x, 0.575, -deep / 2 + 0.34)))
    frame = [
        box((wide, 0.24, deep - 0.04), (0.0, 0.20, 0.0), bevel=0.01),
        box((wide + 0.04, high, 0.05), (0.0, high / 2, -deep / 2 + 0.025), bevel=0.012),
    ]
    return {"linen": joined([mattress, *pillows]), "fabric": cover, "dark wood": joined(frame)}


def office_chair(size: Size) -> Parts:
    """Return a swivel chair on five castors."""
    wide, high, deep = size
    seat = 0.47
    rays = [
        bar((0.0, 0.07, 0.0), tuple(joined([box((1, 1, 1), (0.0, 0.05, 0.30))]).turned(72.0 * i).points.mean(0)), 0.016)
        for i in range(5)
    ]
    post = cylinder(0.025, seat - 0.06).moved((0.0, 0.04, 0.0))
    pad = box((wide * 0.8, 0.08, deep * 0.78), (0.0, seat - 0.04, 0.02), bevel=0.03)
    back = box(
        (wide * 0.74, high - seat - 0.12, 0.07), (0.0, (high + seat + 0.10) / 2, -deep * 0.38), bevel=0.03
    ).turned(-6.0, "x")
    spine = bar((0.0, seat - 0.05, -deep * 0.2), (0.0, seat + 0.25, -deep * 0.46), 0.02)
    return {"fabric": joined([pad, back]), "dark metal": joined([*rays, post, spine])}


SEATS: Mapping[str, tuple[Callable[[Size], Parts], Size]] = {
    "chair": (chair, (0.45, 0.88, 0.46)),
    "office chair": (office_chair, (0.62, 1.05, 0.60)),
    "armchair": (armchair, (0.88, 0.82, 0.85)),
    "sofa": (sofa, (2.00, 0.80, 0.90)),
    "stool": (stool, (0.40, 0.75, 0.40)),
    "bench": (bench, (1.60, 0.85, 0.55)),
    "bed": (bed, (1.60, 1.05, 2.05)),
}
