"""From beats to shots and to a first cut: a plan of coverage says which set-up each beat is cut from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rushes.departments.previs.project.beats import SceneBeat
from rushes.departments.previs.shots.coverage import Beat, Plan, Planned, propose_plans
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.framing import ANYWHERE
from rushes.departments.previs.shots.grammar import Shot, write_shot
from rushes.departments.previs.shots.groups import camera_for
from rushes.departments.previs.shots.lenses import Limits, Package
from rushes.departments.previs.shots.names import Roster, label_for

THE_SET = "SET"
"""Who is in the frame of an establishing shot: a figure that stands for the set, as in `12 VLS SET`."""
LONG_ACTION_S = 3.0
"""Action that lasts so long is cut to the master; what is shorter stays in the shot that it happens in."""


@dataclass(frozen=True)
class Covered:
    """A plan laid on all beats of a scene.

    Attributes:
        plan: as it was proposed.
        by: for each beat the label of the set-up that it is cut from.
    """

    plan: Plan
    by: tuple[str, ...]


def plans_of(
    number: str,
    cast: Mapping[str, Figure],
    beats: Sequence[SceneBeat],
    *,
    package: Package,
    the_set: Figure,
    limits: Limits = ANYWHERE,
) -> tuple[Covered, ...]:
    """Return the ways to cover a scene: three where there is somebody to see, else one establishing shot.

    Args:
        number: of the scene.
        cast: who stands where.
        beats: of the whole scene.
        package: the camera package.
        the_set: stands for the set where nobody is in the scene.
        limits: where cameras may be.
    """
    spoken = [(place, Beat(beat.speaker, beat.to)) for place, beat in enumerate(beats) if beat.speaker in cast]
    if not spoken and cast:
        spoken = _doing(cast, beats)
    if not spoken:
        return (_established(number, beats, the_set, package=package, limits=limits),)
    told = [Beat(beat.speaker, beat.to if beat.to in cast else "") for _, beat in spoken]
    plans = propose_plans(number, cast, told, package=package, limits=limits)
    return tuple(Covered(plan, _laid(plan, beats, [place for place, _ in spoken])) for plan in plans)


def _doing(cast: Mapping[str, Figure], beats: Sequence[SceneBeat]) -> list[tuple[int, Beat]]:
    """Return a beat for each piece of action that names somebody: where nobody speaks, the one who acts is seen."""
    found = []
    for place, beat in enumerate(beats):
        named = [(beat.words.upper().find(name.upper()), name) for name in cast if name.upper() in beat.words.upper()]
        if named:
            found.append((place, Beat(min(named)[1])))
    return found or [(0, Beat(next(iter(cast))))]


def _laid(plan: Plan, beats: Sequence[SceneBeat], spoken: Sequence[int]) -> tuple[str, ...]:
    """Return the set-up of every beat: speeches as planned; the opening and long action from the master."""
    master = plan.shots[0].shot.label
    planned = dict(zip(spoken, plan.covers, strict=True))
    laid, now = [], master
    for place, beat in enumerate(beats):
        if place in planned:
            now = planned[place]
        elif beat.seconds >= LONG_ACTION_S:
            now = master
        laid.append(now)
    return tuple(laid)


def _established(
    number: str, beats: Sequence[SceneBeat], the_set: Figure, *, package: Package, limits: Limits
) -> Covered:
    shot = Shot(label_for(Roster(), number, 0), "VLS", (the_set.name,))
    planned = Planned(shot, camera_for(shot, {the_set.name: the_set}, package, limits=limits))
    plan = Plan("establishing", "1 set-up: nobody is in the scene", (planned,), (shot.label,), ())
    return Covered(plan, (shot.label,) * len(beats))


def asked_of(shot: Shot) -> str:
    """Return a shot's line without its label.

    >>> from rushes.departments.previs.shots.grammar import parse_shot
    >>> asked_of(parse_shot("42B MCU LOW 50mm JENNY>WILL, push in 3s"))
    'MCU LOW 50mm JENNY>WILL, push in 3s'
    """
    return write_shot(shot).partition(" ")[2]


def covered_beats(by: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return for each set-up the first and last beat that it covers: it is shot from the one through the other.

    >>> covered_beats(["42", "42A", "42", "42B"])
    {'42': (0, 2), '42A': (1, 1), '42B': (3, 3)}
    """
    found: dict[str, tuple[int, int]] = {}
    for place, label in enumerate(by):
        found[label] = (found.get(label, (place, place))[0], place)
    return found
