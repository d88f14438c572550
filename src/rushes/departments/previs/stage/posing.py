"""From a pose to the place of every part of a body: the trunk turns joint by joint, arms and legs are solved.

A limb of two bones whose end is to be at a given point has one bend left, which the elbow or the knee points to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from rushes.departments.previs.shots.figures import LANDMARKS, Figure
from rushes.departments.previs.stage.body import Body, body_of
from rushes.departments.previs.stage.pieces import Matrix
from rushes.departments.previs.stage.pose import Foot, Hand, Pose
from rushes.departments.previs.stage.poses import find_pose
from rushes.departments.previs.stage.poses_low import SIT
from rushes.departments.previs.stage.solids import Floats, rotation

NECK_SHARE = 0.4
SEAT_TO_HIP, USUAL_SEAT, LONGEST_DROP = 0.05, 0.255, 0.37
FARTHEST_TURN_DEG, HIGHEST_LOOK_DEG, LOWEST_LOOK_DEG = 75.0, 45.0, -55.0


@dataclass
class Frame:
    """Where the joints of one body are and how its parts are turned: what is found so far."""

    body: Body
    at: dict[str, Floats]
    turn: dict[str, Floats]

    def carry(self, part: str, parent: str) -> Floats:
        """Return where a part's joint is, its parent being placed."""
        return self.at[parent] + self.turn[parent] @ (self.body.joints[part] - self.body.joints[parent])

    def put(self, part: str, parent: str, turn: Floats) -> None:
        """Place a part by its turn on the stage."""
        self.at[part], self.turn[part] = self.carry(part, parent), turn


def unit(vector: ArrayLike) -> Floats:
    """Return a vector of length 1."""
    array = np.asarray(vector, np.float64)
    return np.asarray(array / max(float(np.linalg.norm(array)), 1e-12))


def lean(degrees: tuple[float, float, float]) -> Floats:
    """Return the turn for degrees forward, to the left shoulder, turned left."""
    forward, side, left = degrees
    return rotation(left, "y") @ rotation(-side, "z") @ rotation(forward, "x")


def _upright(down: Floats, ahead: Floats) -> Floats:
    """Return the turn of a part that hangs along −Y and looks along +Z at rest."""
    y = -unit(down)
    z = unit(ahead - (ahead @ y) * y)
    return np.stack([np.cross(y, z), y, z], axis=1)


def bend(root: Floats, end: Floats, bones: tuple[float, float], *, hint: Floats) -> tuple[Floats, Floats, Floats]:
    """Solve a limb of two bones.

    Args:
        root: where it hangs, (3,) metres.
        end: where its end is wanted; out of reach, it points there.
        bones: lengths.
        hint: where its middle joint points.

    Returns:
        The middle joint, the end that is reached, and the unit direction in which the middle joint points.
    """
    first, second = bones
    way = end - root
    far = float(np.linalg.norm(way))
    length = float(np.clip(far, abs(first - second) + 1e-6, (first + second) * (1.0 - 1e-9)))
    along = unit(way)
    out = hint - (hint @ along) * along
    if np.linalg.norm(out) < 1e-6:
        out = np.cross(along, [1.0, 0.0, 0.0])
    out = unit(out)
    share = (length**2 + first**2 - second**2) / (2 * length)
    aside = np.sqrt(max(first**2 - share**2, 0.0))
    return root + along * share + out * aside, root + along * length, out


def _arm(frame: Frame, hand: Hand, side: str) -> None:
    """Place an arm and its hand."""
    sign = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    upper, fore, wrist, fingers, index = (
        f"{side} {name}" for name in ("upper arm", "forearm", "hand", "fingers", "index finger")
    )
    chest, joints = frame.turn["chest"], frame.body.joints
    shoulder = frame.carry(upper, "chest")
    # a raised arm takes the shoulder blade along
    lifted = max(0.0, hand.at[1] + 0.1) * 0.035 * frame.body.stature
    shoulder = shoulder + chest @ (np.array([-0.4, 1.0, 0.0]) * sign * lifted)
    bones = tuple(float(np.linalg.norm(joints[a] - joints[b])) for a, b in ((upper, fore), (fore, wrist)))
    target = shoulder + chest @ (sign * hand.at) * frame.body.arm_m
    elbow, end, out = bend(shoulder, target, (bones[0], bones[1]), hint=chest @ (sign * hand.elbow))
    frame.at[upper], frame.turn[upper] = shoulder, _upright(elbow - shoulder, -out)
    frame.at[fore], frame.turn[fore] = elbow, _upright(end - elbow, -out)
    frame.at[wrist], frame.turn[wrist] = end, frame.turn[fore]
    if any(hand.fingers):
        palm, along = chest @ (sign * hand.palm), unit(chest @ (sign * hand.fingers))
        # the palm of the left hand faces −X at rest, that of the right +X
        across = -sign[0] * (palm - (palm @ along) * along)
        frame.turn[wrist] = _upright(along, np.cross(unit(across), -along))
    for part, curl in ((fingers, hand.curl), (index, hand.index)):
        frame.put(part, wrist, frame.turn[wrist] @ rotation(-sign[0] * curl, "z"))


def ankle_of(foot: Foot, body: Body) -> Floats:
    """Return where the ankle of a left foot is against the floor under the person, metres, its heel or toes lifted."""
    ankle, tall = np.array([foot.at[0], foot.at[1] + body.marks["ankles"], foot.at[2]]), body.stature
    pivot = np.array([0.0, -body.marks["ankles"], -0.036 if foot.heel < 0 else 0.072])
    out = rotation(foot.out, "y")
    return np.asarray((ankle + out @ pivot - out @ rotation(foot.heel, "x") @ pivot) * tall)


def _leg(frame: Frame, foot: Foot, side: str) -> None:
    """Place a leg and its foot."""
    sign = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    thigh, shin, ankle, toes = (f"{side} {name}" for name in ("thigh", "shin", "foot", "toes"))
    joints = frame.body.joints
    hip = frame.carry(thigh, "pelvis")
    bones = tuple(float(np.linalg.norm(joints[a] - joints[b])) for a, b in ((thigh, shin), (shin, ankle)))
    knee, end, out = bend(hip, ankle_of(foot, frame.body) * sign, (bones[0], bones[1]), hint=sign * np.array(foot.knee))
    frame.at[thigh], frame.turn[thigh] = hip, _upright(knee - hip, out)
    frame.at[shin], frame.turn[shin] = knee, _upright(end - knee, out)
    flat = rotation(sign[0] * foot.out, "y")
    frame.at[ankle], frame.turn[ankle] = end, flat @ rotation(foot.heel, "x")
    stay = max(foot.heel, 0.0) if foot.at[1] <= 0 else 0.0
    frame.put(toes, ankle, frame.turn[ankle] @ rotation(-min(stay + foot.toes, 70.0), "x"))


def _gaze(frame: Frame, at: Floats) -> tuple[float, float, float]:
    """Return how the head turns against the chest to look at a point, as far as a neck goes."""
    away = frame.turn["chest"].T @ (at - frame.carry("head", "chest"))
    turned = float(np.degrees(np.arctan2(away[0], away[2])))
    raised = float(np.degrees(np.arctan2(away[1], np.hypot(away[0], away[2]))))
    looked = float(np.clip(turned, -FARTHEST_TURN_DEG, FARTHEST_TURN_DEG))
    return -float(np.clip(raised, LOWEST_LOOK_DEG, HIGHEST_LOOK_DEG)), 0.0, looked


def _trunk(frame: Frame, pose: Pose, gaze: Floats | None) -> None:
    """Place pelvis, waist, chest, neck and head."""
    body = frame.body
    high = pose.hips * body.marks["hips"] * body.stature
    frame.at["pelvis"] = np.array(pose.shift) * body.stature + [0.0, high, 0.0]
    frame.turn["pelvis"] = lean(pose.pelvis)
    half = lean((pose.spine[0] / 2, pose.spine[1] / 2, pose.spine[2] / 2))
    frame.put("waist", "pelvis", frame.turn["pelvis"] @ half)
    frame.put("chest", "waist", frame.turn["waist"] @ half)
    look = pose.head if gaze is None else _gaze(frame, gaze)
    some = (look[0] * NECK_SHARE, look[1] * NECK_SHARE, look[2] * NECK_SHARE)
    rest = (look[0] - some[0], look[1] - some[1], look[2] - some[2])
    frame.put("neck", "chest", frame.turn["chest"] @ lean(some))
    frame.put("head", "neck", frame.turn["neck"] @ lean(rest))


def solve(figure: Figure, pose: Pose, body: Body, *, gaze: Floats | None = None) -> Frame:
    """Return the joints of a body that stands at zero and looks along +Z.

    Args:
        figure: who, and how high they sit.
        pose: how they hold themself.
        body: their measures.
        gaze: a point to look at, as seen from where they stand, (3,) metres.
    """
    frame = Frame(body, {}, {})
    held = settled(pose, figure.seat_m, body)
    _trunk(frame, held, gaze)
    for side, hand, foot in (("left", held.left, held.left_foot), ("right", held.right, held.right_foot)):
        _arm(frame, hand, side)
        _leg(frame, foot, side)
    return frame


def settled(pose: Pose, seat_m: float | None, body: Body) -> Pose:
    """Return a pose with the height of its hips said outright: on the seat, if there is one.

    Args:
        pose: how they hold themself.
        seat_m: height of the seat; None for a pose that wants one is a chair that fits.
        body: their measures.
    """
    held = pose if seat_m is None else seated(pose)
    if not held.seated:
        return held
    seat = USUAL_SEAT * body.stature if seat_m is None else seat_m
    # a child's trunk is longer than the table says: it sinks in, so that the crown is where a lens expects it
    high = seat / body.stature + SEAT_TO_HIP - LANDMARKS["hips"] + body.marks["hips"]
    # from a high seat the feet do not reach the floor: they rest on the stool's ring, or hang
    drop = max(0.0, high - LONGEST_DROP)
    feet = [
        replace(foot, at=(foot.at[0], foot.at[1] + drop, foot.at[2] * (1.0 - drop)))
        for foot in (held.left_foot, held.right_foot)
    ]
    return replace(held, hips=high / body.marks["hips"], left_foot=feet[0], right_foot=feet[1], seated=False)


def seated(pose: Pose) -> Pose:
    """Return a pose on a seat: one of standing keeps its chest, head and hands and sits down."""
    if pose.seated:
        return pose
    return replace(
        SIT, spine=pose.spine, head=pose.head, left=_lifted(pose.left, SIT.left), right=_lifted(pose.right, SIT.right)
    )


def _lifted(hand: Hand, on_thigh: Hand) -> Hand:
    """Return a hand that does something; one that only hangs would hang through the seat, so it rests on the thigh."""
    return on_thigh if hand.at[1] < -0.75 else hand


def places(
    figure: Figure,
    pose: str | Pose = "stand",
    *,
    prefix: str = "",
    build: str = "average",
    look_at: ArrayLike | None = None,
) -> Mapping[str, Matrix]:
    """Return where every piece of somebody's mannequin is on the stage.

    Args:
        figure: where they are, where they face, how tall they are, what they sit on.
        pose: a name of `poses`, or a pose.
        prefix: of the pieces' names; the figure's own name if not given.
        build: the mannequin's.
        look_at: a point on the stage to look at, (3,) metres; the head turns as far as a neck goes.

    >>> placed = places(Figure("JENNY", 1.70, (1.0, 0.0, 2.0), 90.0), "stand")
    >>> placed["JENNY head"][:3, 3].round(2).tolist()
    [1.0, 0.0, 2.0]
    """
    held = find_pose(pose) if isinstance(pose, str) else pose
    turn, at = rotation(figure.facing_deg, "y"), np.asarray(figure.place, np.float64)
    seen = None if look_at is None else turn.T @ (np.asarray(look_at, np.float64) - at)
    body = body_of(figure, build)
    frame = solve(figure, held, body, gaze=seen)
    frame.at["hair"], frame.turn["hair"] = frame.at["head"], frame.turn["head"]
    placed = {}
    for part, joint in frame.at.items():
        matrix = np.eye(4)
        matrix[:3, :3] = turn @ frame.turn[part]
        rest = body.joints["head" if part == "hair" else part]
        matrix[:3, 3] = at + turn @ joint - matrix[:3, :3] @ rest
        placed[f"{prefix or figure.name} {part}"] = matrix
    return placed
