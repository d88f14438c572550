"""Whether shots cut together: the line of action, eyelines, thirty degrees, screen direction.

These are conventions of the craft, not laws: a finding says what an audience may stumble over; the director decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from rushes.departments.previs.shots.cameras import Camera, axes, project
from rushes.departments.previs.shots.figures import Figure, Point, landmark

ON_THE_LINE_DEG = 5.0
INTO_THE_LENS_DEG = 10.0
EYELINES_APART_DEG = 20.0
LEAST_TURN_DEG = 30.0
LEAST_SCALE = 1.5


@dataclass(frozen=True)
class Staged:
    """A shot as the checks need it.

    Attributes:
        label: what the show calls it.
        camera: its camera.
        subject: whom it is on.
        looks_at: whom the subject looks at, if anybody.
        size: the size of the shot; eyelines are compared between equal sizes only.
        walks_to: where the subject goes, x, y, z in metres, if anywhere.
    """

    label: str
    camera: Camera
    subject: Figure
    looks_at: Figure | None = None
    size: str = ""
    walks_to: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Finding:
    """What an audience may stumble over between two shots: the rule, both labels, and the words."""

    rule: str
    shots: tuple[str, str]
    words: str


def side_of_line(camera: Camera, one: Figure, other: Figure) -> float:
    """Return by how many degrees the camera is off the line through two figures, seen from the middle between them.

    Positive is left of the way from one to the other; 0 is on the line; at most 90.
    """
    line = (np.array(other.place) - one.place)[[0, 2]]
    away = (np.array(camera.place) - (np.array(one.place) + other.place) / 2)[[0, 2]]
    # Anticlockwise seen from above, which is from +Z towards +X.
    crossed = line[1] * away[0] - line[0] * away[1]
    return float(np.degrees(np.arctan2(crossed, abs(line @ away))))


def screen_heading(camera: Camera, direction: Point) -> float:
    """Return how far a direction on the stage points to the right of the lens axis' own line, −90..90 degrees.

    Positive goes to frame right, negative to frame left, 0 into the lens or away from it.
    """
    right, _, forward = axes(camera.pan_deg, 0.0)
    level = np.asarray(direction, np.float64) * [1.0, 0.0, 1.0]
    return float(np.degrees(np.arctan2(level @ right, abs(level @ forward))))


def gaze(staged: Staged) -> float | None:
    """Return the screen heading in degrees of whom the subject looks at, or nothing."""
    if staged.looks_at is None:
        return None
    return screen_heading(staged.camera, landmark(staged.looks_at, "eyes") - landmark(staged.subject, "eyes"))


def _pair(staged: Staged) -> tuple[Figure, Figure] | None:
    """Return the two ends of the line of action, always in the same order."""
    if staged.looks_at is None:
        return None
    first, last = sorted((staged.subject, staged.looks_at), key=lambda figure: figure.name)
    return first, last


def check_line(shots: Sequence[Staged]) -> list[Finding]:
    """Return every crossing of a line of action; a shot from on the line itself lets the next one cross."""
    findings = []
    held: dict[tuple[str, str], tuple[Staged, float]] = {}
    for staged in shots:
        ends = _pair(staged)
        if ends is None:
            continue
        names = (ends[0].name, ends[1].name)
        side = side_of_line(staged.camera, *ends)
        if abs(side) < ON_THE_LINE_DEG:
            held.pop(names, None)
            continue
        if names in held and held[names][1] * side < 0:
            before = held[names][0].label
            words = (
                f"{before} and {staged.label} stand on opposite sides of the line between {names[0]} and {names[1]}: "
                "they swap sides of the frame"
            )
            findings.append(Finding("180°", (before, staged.label), words))
        held[names] = (staged, side)
    return findings


def _way(degrees: float) -> str:
    return "right" if degrees > 0 else "left"


def check_eyelines(one: Staged, other: Staged) -> list[Finding]:
    """Return whether two people who look at each other seem to: one to frame left, one to frame right, alike far."""
    each, both = _pair(one), _pair(other)
    if not each or not both or each != both or one.subject.name == other.subject.name:
        return []
    first, second = gaze(one) or 0.0, gaze(other) or 0.0
    shots, names = (one.label, other.label), (one.subject.name, other.subject.name)
    if first * second > 0 and min(abs(first), abs(second)) >= ON_THE_LINE_DEG:
        words = f"in {shots[0]} {names[0]} and in {shots[1]} {names[1]} both look to frame {_way(first)}"
        return [Finding("eyeline", shots, f"{words}: they do not seem to look at each other")]
    if one.size == other.size and abs(abs(first) - abs(second)) > EYELINES_APART_DEG:
        words = f"{names[0]} looks {abs(first):.0f}° off the lens in {shots[0]}, {names[1]} {abs(second):.0f}° in"
        return [Finding("eyeline", shots, f"{words} {shots[1]}: the eyelines do not match")]
    return []


def _scale(staged: Staged) -> float:
    """Return how much of the frame's height the subject would fill, standing straight across the lens."""
    eyes = landmark(staged.subject, "eyes")
    _, up, _ = axes(staged.camera.pan_deg, staged.camera.tilt_deg)
    seen = project(staged.camera, np.array([eyes + up * 0.01, eyes - up * 0.01]))
    return float(np.hypot(seen[1, 0] - seen[0, 0], seen[1, 1] - seen[0, 1]))


def check_thirty(one: Staged, other: Staged) -> list[Finding]:
    """Return whether a cut on the same person turns too little and keeps the size: it looks like a jump."""
    if one.subject.name != other.subject.name:
        return []
    eyes = landmark(one.subject, "eyes"), landmark(other.subject, "eyes")
    away = [np.array(staged.camera.place) - eye for staged, eye in zip((one, other), eyes, strict=True)]
    alike = float(np.clip(away[0] @ away[1] / (np.linalg.norm(away[0]) * np.linalg.norm(away[1])), -1.0, 1.0))
    turned = float(np.degrees(np.arccos(alike)))
    sizes = sorted((_scale(one), _scale(other)))
    if turned >= LEAST_TURN_DEG or not sizes[1] < LEAST_SCALE * sizes[0]:
        return []
    words = (
        f"from {one.label} to {other.label} the camera turns {turned:.0f}° around {one.subject.name} "
        f"and the size changes {sizes[1] / sizes[0]:.2f}-fold: it may look like a jump"
    )
    return [Finding("30°", (one.label, other.label), words)]


def check_direction(one: Staged, other: Staged) -> list[Finding]:
    """Return whether somebody who walks turns round on the screen at the cut."""
    if one.subject.name != other.subject.name or one.walks_to is None or other.walks_to is None:
        return []
    ways = [
        screen_heading(staged.camera, np.subtract(staged.walks_to or staged.subject.place, staged.subject.place))
        for staged in (one, other)
    ]
    if ways[0] * ways[1] >= 0 or min(map(abs, ways)) < INTO_THE_LENS_DEG:
        return []
    words = (
        f"{one.subject.name} walks to frame {_way(ways[0])} in {one.label} and to frame {_way(ways[1])} in "
        f"{other.label}: they seem to turn back"
    )
    return [Finding("screen direction", (one.label, other.label), words)]


def check_cuts(shots: Sequence[Staged]) -> tuple[Finding, ...]:
    """Return all findings of shots in the order they are cut; the line of action is followed through all of them."""
    findings = check_line(shots)
    for one, other in pairwise(shots):
        findings += [*check_eyelines(one, other), *check_thirty(one, other), *check_direction(one, other)]
    return tuple(findings)
