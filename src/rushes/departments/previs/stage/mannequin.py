"""A mannequin: the body's own mesh in rigid parts with rounded joints, as tall as the cast list says.

It has no likeness: no eyes, no mouth, one head for everybody. Clothes are tones, so that limbs read apart.
"""

import numpy as np

from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.stage.body import FOREARM, UPPER_ARM, Body, body_of
from rushes.departments.previs.stage.head import hair, skull
from rushes.departments.previs.stage.pieces import Piece
from rushes.departments.previs.stage.solids import Floats, Solid, between, joined, loft, smooth

TONES = {"skin": 1.0, "hair": 0.20, "shirt": 0.56, "trousers": 0.26, "shoes": 0.13}
GREY = (0.58, 0.56, 0.54)


SHIRT = np.array(
    [
        [0.560, 0.0945, 0.0645, 0.0665, 2.3],
        [0.585, 0.0890, 0.0630, 0.0600, 2.3],
        [0.630, 0.0815, 0.0605, 0.0500, 2.3],
        [0.670, 0.0830, 0.0630, 0.0510, 2.35],
        [0.715, 0.0910, 0.0680, 0.0590, 2.45],
        [0.755, 0.0985, 0.0675, 0.0660, 2.5],
        [0.785, 0.1080, 0.0590, 0.0655, 2.45],
        [0.803, 0.1070, 0.0480, 0.0600, 2.3],
        [0.817, 0.0900, 0.0390, 0.0530, 2.15],
        [0.830, 0.0620, 0.0330, 0.0460, 2.05],
        [0.842, 0.0410, 0.0300, 0.0390, 2.0],
    ]
)
TROUSERS = np.array(
    [
        [0.476, 0.0700, 0.0460, 0.0580, 2.4],
        [0.500, 0.0920, 0.0580, 0.0720, 2.4],
        [0.530, 0.0970, 0.0620, 0.0730, 2.3],
        [0.565, 0.0915, 0.0610, 0.0630, 2.3],
        [0.600, 0.0800, 0.0560, 0.0500, 2.3],
    ]
)
SEAM = 0.672


def _torso(table: Floats, body: Body, heights: Floats, *, dive: Floats | None = None) -> Solid:
    """Return a part of the trunk in units of stature.

    Args:
        table: height, half width, front, back and squareness of an average adult.
        body: whom it is for.
        heights: of the sections, an adult's, from the bottom up.
        dive: by what each section is multiplied, so that it goes under the other part of the same cloth.
    """
    build, marks = body.build, body.marks
    rows = between(table, heights)
    wide = between([[0.48, build.hips], [0.63, build.waist], [0.78, build.shoulders], [0.85, 1.0]], heights)
    belly = between([[0.48, 1.0], [0.53, 1.0], [0.62, max(build.waist, 1.0) ** 0.9], [0.75, 1.0], [0.85, 1.0]], heights)
    rows[:, 0] *= wide[:, 0]
    rows[:, 1] *= belly[:, 0] * build.deep**0.5
    rows[:, 2] *= build.deep
    rise = (marks["shoulders"] - marks["hips"]) / 0.288  # an adult's from hips to shoulders
    tall = marks["hips"] + (heights - 0.530) * rise
    nothing = np.zeros_like(heights)
    keys = np.column_stack([tall, nothing, nothing, rows])
    whole = loft(keys, count=22, dome=(0.5, 0.3))
    if dive is None:
        return whole
    keys[:, 3:6] *= dive[:, None]
    # it is shaded as the cloth it dives under, so that no line shows where they meet
    return Solid(loft(keys, count=22, dome=(0.5, 0.3)).points, whole.normals, whole.triangles)


def _trunk(body: Body) -> dict[str, tuple[str, Solid]]:
    """Return pelvis, waist, chest and neck, in units of stature about zero."""
    high, chin = body.marks["shoulders"], body.marks["chin"]
    # both parts of the shirt have a section at the seam itself, so they meet in one line
    low = np.linspace(0.560, SEAM, 7)
    top = np.append(
        [0.642, 0.658], [0.672, 0.690, 0.710, 0.730, 0.750, 0.768, 0.785, 0.798, 0.809, 0.819, 0.830, 0.842]
    )
    throat = [
        (high - 0.005, 0.0, -0.010, 0.0370, 0.0330, 0.0345),
        (high + 0.020, 0.0, -0.006, 0.0320, 0.0300, 0.0325),
        (chin + 0.005, 0.0, 0.000, 0.0300, 0.0280, 0.0310),
        (chin + 0.045, 0.0, 0.002, 0.0280, 0.0250, 0.0300),
    ]
    return {
        "pelvis": ("trousers", _torso(TROUSERS, body, np.linspace(0.476, 0.600, 8))),
        "waist": (
            "shirt",
            _torso(SHIRT, body, np.append(low, [0.685, 0.700]), dive=np.append(np.ones(7), [0.94, 0.82])),
        ),
        "chest": ("shirt", _torso(SHIRT, body, top, dive=np.append([0.82, 0.94], np.ones(12)))),
        "neck": ("skin", loft(throat, rings=7, count=16, dome=(0.3, 0.3))),
    }


def _limb(
    rows: list[tuple[float, float, float, float]], thick: float, *, dome: tuple[float, float] = (1.0, 1.0)
) -> Solid:
    """Return a limb that hangs from zero: rows of height, half width, front and back, from the bottom up."""
    return loft([(y, 0.0, 0.0, w * thick, f * thick, b * thick) for y, w, f, b in rows], rings=9, count=14, dome=dome)


def _arm(body: Body) -> dict[str, tuple[str, Solid]]:
    """Return the left arm's parts, each about its own joint, in units of stature."""
    thick, long = body.build.limbs, 1.0 - 0.06 * body.child
    up, low = UPPER_ARM * long, FOREARM * long
    upper = [
        (-up, 0.0198, 0.0200, 0.0200),
        (-0.80 * up, 0.0205, 0.0220, 0.0215),
        (-0.50 * up, 0.0228, 0.0265, 0.0255),
        (-0.20 * up, 0.0268, 0.0295, 0.0285),
        (-0.006, 0.0255, 0.0280, 0.0275),
    ]
    lower = [
        (-0.975 * low, 0.0160, 0.0180, 0.0180),
        (-0.75 * low, 0.0162, 0.0180, 0.0180),
        (-0.30 * low, 0.0208, 0.0222, 0.0212),
        (0.0, 0.0198, 0.0200, 0.0200),
    ]
    return {
        "upper arm": ("shirt", _limb(upper, thick, dome=(1.0, 0.7))),
        "forearm": ("shirt", _limb(lower, thick, dome=(0.25, 1.0))),
        "hand": ("skin", _palm()),
        "fingers": (
            "skin",
            joined([_finger(z, long_) for z, long_ in ((-0.0150, 0.041), (-0.0056, 0.049), (0.0038, 0.053))]),
        ),
        "index finger": ("skin", _finger(0.0, 0.049)),
    }


def _palm() -> Solid:
    """Return the palm and thumb of a left hand: the palm faces the thigh, the thumb forward."""
    palm = loft(
        [
            (-0.0585, 0.0, -0.003, 0.0070, 0.0205, 0.0190, 2.6),
            (-0.040, 0.0, -0.002, 0.0082, 0.0220, 0.0195, 2.5),
            (-0.018, 0.0, 0.0, 0.0095, 0.0195, 0.0170, 2.3),
            (0.0, 0.0, 0.0, 0.0105, 0.0135, 0.0135, 2.0),
            (0.012, 0.0, 0.0, 0.010, 0.0125, 0.0125, 2.0),
        ],
        rings=7,
        count=12,
        dome=(0.5, 0.5),
    )
    thumb = (
        loft(
            [
                (-0.052, 0.0, 0.0, 0.0058, 0.0062, 0.0062),
                (-0.035, 0.0, 0.0, 0.0066, 0.0070, 0.0070),
                (-0.018, 0.0, 0.0, 0.0072, 0.0080, 0.0080),
                (0.0, 0.0, 0.0, 0.0085, 0.010, 0.010),
            ],
            rings=5,
            count=8,
        )
        .turned(-27.0, "x")
        .turned(-14.0, "z")
    )
    return joined([palm, thumb.moved((-0.003, -0.012, 0.010))])


def _finger(aside: float, long: float) -> Solid:
    """Return a finger that hangs from its knuckle, bent a little towards the palm, which is towards −X."""
    half = long * 0.48
    first = loft([(-half, 0.0, 0.0, 0.0050, 0.0052, 0.0052), (0.0, 0.0, 0.0, 0.0060, 0.0058, 0.0058)], rings=2, count=6)
    second = loft(
        [(-long + half, 0.0, 0.0, 0.0040, 0.0042, 0.0042), (0.0, 0.0, 0.0, 0.0050, 0.0052, 0.0052)], rings=2, count=6
    )
    bent = joined([first, second.turned(-20.0, "z").moved((0.0, -half, 0.0))])
    return bent.turned(-10.0, "z").moved((0.0, 0.0, aside))


def _leg(body: Body) -> dict[str, tuple[str, Solid]]:
    """Return the left leg's parts, each about its own joint, in units of stature."""
    thick = body.build.limbs * (1.0 + 0.08 * body.child)
    marks = body.marks
    thigh, shin = marks["hips"] - marks["knees"], marks["knees"] - marks["ankles"]
    upper = [
        (-thigh, 0.0300, 0.0310, 0.0300),
        (-0.80 * thigh, 0.0335, 0.0355, 0.0340),
        (-0.45 * thigh, 0.0420, 0.0450, 0.0440),
        (-0.12 * thigh, 0.0480, 0.0520, 0.0540),
        (0.012, 0.0470, 0.0520, 0.0540),
    ]
    lower = [
        (-0.975 * shin, 0.0265, 0.0270, 0.0290),
        (-0.80 * shin, 0.0245, 0.0250, 0.0275),
        (-0.30 * shin, 0.0315, 0.0305, 0.0375),
        (0.0, 0.0300, 0.0310, 0.0300),
    ]
    return {
        "thigh": ("trousers", _limb(upper, thick)),
        "shin": ("trousers", _limb(lower, thick, dome=(0.2, 1.0))),
        "foot": ("shoes", _foot(body)),
        "toes": ("shoes", _toes(body)),
    }


def _along(rows: list[tuple[float, float, float]], sole: float, *, dome: tuple[float, float]) -> Solid:
    """Return a body along +Z on a flat sole: rows of how far ahead, half width and top, the sole's height."""
    keys = [(z, 0.0, -(top + sole) / 2, w, (top - sole) / 2, (top - sole) / 2, 2.5) for z, w, top in rows]
    lying = loft(keys, rings=7, count=14, dome=dome).turned(90.0, "x")
    points = lying.points.copy()
    points[:, 1] = np.maximum(points[:, 1], sole)
    return smooth(points, lying.triangles)


def _foot(body: Body) -> Solid:
    """Return the left shoe up to the ball, about the ankle."""
    high = body.marks["ankles"]
    rows = [
        (-0.036, 0.0165, -0.004),
        (-0.012, 0.0205, 0.016),
        (0.012, 0.0205, 0.012),
        (0.040, 0.0235, -0.008),
        (0.070, 0.0275, -0.0190),
    ]
    return _along(rows, -high, dome=(0.35, 0.25))


def _toes(body: Body) -> Solid:
    """Return the front of the left shoe, about the ball of the foot."""
    return _along([(-0.006, 0.0268, 0.0115), (0.012, 0.0268, 0.0095), (0.030, 0.0225, 0.006)], -0.008, dome=(0.2, 0.6))


def _solids(body: Body) -> dict[str, tuple[str, Solid]]:
    """Return every part's surface and its mesh at rest on the stage."""
    tall = body.stature
    parts = {name: (surface, solid.scaled(tall)) for name, (surface, solid) in _trunk(body).items()}
    crown = 1.0 - body.marks["chin"]
    for name, build in (("skin", skull), ("hair", hair)):
        mesh = build().scaled(crown * tall).moved((0.0, body.marks["chin"] * tall, 0.004 * tall))
        parts["head" if name == "skin" else "hair"] = (name, mesh)
    for name, (surface, solid) in (_arm(body) | _leg(body)).items():
        left = solid.scaled(tall)
        parts[f"left {name}"] = (surface, left.moved(body.joints[f"left {name}"]))
        parts[f"right {name}"] = (surface, left.mirrored().moved(body.joints[f"right {name}"]))
    return parts


def mannequin(figure: Figure, *, build: str = "average", tint: tuple[float, float, float] = GREY) -> tuple[Piece, ...]:
    """Return somebody's body as rigid pieces at rest: standing at zero, looking along +Z.

    Args:
        figure: name and stature; where they are comes from `posing.places`.
        build: a name of `body.BUILDS`.
        tint: diffuse reflectance of the skin, scene-linear; hair and clothes are darker tones of it.
    """
    parts = _solids(body_of(figure, build))
    return tuple(
        Piece(
            f"{figure.name} {name}",
            solid.points.astype(np.float32),
            solid.normals.astype(np.float32),
            solid.triangles,
            f"{figure.name} {surface}",
            (tint[0] * TONES[surface], tint[1] * TONES[surface], tint[2] * TONES[surface]),
            figure.name,
        )
        for name, (surface, solid) in parts.items()
    )
