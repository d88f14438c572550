"""How a body is measured: where its joints are at rest, from stature and build.

At rest somebody stands at zero, looks along +Z and lets the arms hang; +X is to the person's left. Heights of the
marks are those of `shots.figures`; joints lie where the segments of the same table (Drillis and Contini, in Winter's
figure 4.1: upper arm 0.186 of stature, forearm 0.146, hand 0.108, foot 0.152 by 0.055, hips 0.191 wide) put them.
Children are no small adults: below 1.5 m the head grows, legs, arms and shoulders shrink against stature, halfway to
the growth charts' proportions, so that a lens set by adult marks still finds eyes within 3 % of stature and the chin
within 5.5 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.shots.figures import LANDMARKS, Figure
from rushes.domain.errors import NotFound

CHILD = {"eyes": 0.905, "chin": 0.815, "shoulders": 0.772, "hips": 0.505, "knees": 0.268}
ADULT_M, TODDLER_M = 1.50, 0.90
UPPER_ARM, FOREARM, FOOT_TO_BALL = 0.178, 0.146, 0.068
PARENTS = {
    "pelvis": "",
    "waist": "pelvis",
    "chest": "waist",
    "neck": "chest",
    "head": "neck",
    **{
        f"{side} {limb}": f"{side} {parent}" if parent not in {"chest", "pelvis"} else parent
        for side in ("left", "right")
        for limb, parent in (
            ("upper arm", "chest"),
            ("forearm", "upper arm"),
            ("hand", "forearm"),
            ("fingers", "hand"),
            ("index finger", "hand"),
            ("thigh", "pelvis"),
            ("shin", "thigh"),
            ("foot", "shin"),
            ("toes", "foot"),
        )
    },
}


@dataclass(frozen=True)
class Build:
    """What a body is multiplied by, across: shoulders, waist, hips, limbs and how deep it is."""

    shoulders: float = 1.0
    waist: float = 1.0
    hips: float = 1.0
    limbs: float = 1.0
    deep: float = 1.0


BUILDS = {
    "average": Build(),
    "slight": Build(0.95, 0.93, 0.95, 0.90, 0.93),
    "woman": Build(0.92, 0.92, 1.03, 0.92, 0.96),
    "man": Build(1.05, 1.03, 0.98, 1.05, 1.03),
    "broad": Build(1.10, 1.10, 1.03, 1.14, 1.10),
    "heavy": Build(1.05, 1.32, 1.14, 1.16, 1.32),
}


@dataclass(frozen=True, eq=False)
class Body:
    """A measured body.

    Attributes:
        stature: metres.
        build: across.
        marks: heights of the marks, fractions of stature.
        child: 0 an adult's proportions, 1 a toddler's.
        joints: of every part, where it turns against its parent at rest, (3,) metres.
    """

    stature: float
    build: Build
    marks: Mapping[str, float]
    child: float
    joints: Mapping[str, NDArray[np.float64]]

    @property
    def arm_m(self) -> float:
        """Length of the arm from shoulder to wrist."""
        return float(np.linalg.norm(self.joints["left upper arm"] - self.joints["left hand"]))


def body_of(figure: Figure, build: str = "average") -> Body:
    """Measure a body.

    Args:
        figure: whose stature counts.
        build: a name of `BUILDS`.

    >>> body = body_of(Figure("WILL", 1.80))
    >>> round(float(body.joints["left forearm"][1]) / 1.80, 3)
    0.626
    """
    if build not in BUILDS:
        raise NotFound("build", build, BUILDS)
    child = float(np.clip((ADULT_M - figure.height_m) / (ADULT_M - TODDLER_M), 0.0, 1.0))
    marks = {name: height + child * (CHILD.get(name, height) - height) for name, height in LANDMARKS.items()}
    shape = BUILDS[build]
    joints = {name: np.array(at) * figure.height_m for name, at in _trunk_joints(marks).items()}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for name, at in _limb_joints(marks, shape, child).items():
            joints[f"{side} {name}"] = np.array(at) * figure.height_m * [sign, 1.0, 1.0]
    return Body(figure.height_m, shape, marks, child, joints)


def _trunk_joints(marks: Mapping[str, float]) -> dict[str, tuple[float, float, float]]:
    """Return the joints on the body's middle, fractions of stature."""
    return {
        "pelvis": (0.0, marks["hips"], 0.0),
        "waist": (0.0, marks["hips"] + 0.062, -0.008),
        "chest": (0.0, marks["hips"] + 0.150, -0.010),
        "neck": (0.0, marks["shoulders"] + 0.016, -0.012),
        "head": (0.0, marks["chin"] + 0.27 * (1.0 - marks["chin"]), 0.0),
    }


def _limb_joints(marks: Mapping[str, float], shape: Build, child: float) -> dict[str, tuple[float, float, float]]:
    """Return the joints of the left limbs, fractions of stature."""
    arm = marks["shoulders"] - 0.014
    shorter = 1.0 - 0.06 * child
    elbow, wrist = arm - UPPER_ARM * shorter, arm - (UPPER_ARM + FOREARM) * shorter
    aside = 0.101 * shape.shoulders * (1.0 - 0.06 * child)
    hip = 0.049 * shape.hips
    knuckle = wrist - 0.055 * shorter
    return {
        "upper arm": (aside, arm, -0.006),
        "forearm": (aside, elbow, -0.006),
        "hand": (aside, wrist, -0.006),
        "fingers": (aside, knuckle, -0.006),
        "index finger": (aside, knuckle + 0.001, 0.0072),
        "thigh": (hip, marks["hips"], 0.0),
        "shin": (hip, marks["knees"], 0.0),
        "foot": (hip, marks["ankles"], 0.0),
        "toes": (hip, 0.008, FOOT_TO_BALL),
    }
