"""Three plans to cover a scene, from who stands where and who speaks; the director picks one, or none.

Every plan keeps its cameras on one side of the line of action, gives every line of dialogue a shot, and is checked in
the order it would be cut. Nothing is applied: a plan is typed lines and cameras.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from rushes.departments.previs.shots.checks import Finding, Staged, check_cuts, side_of_line
from rushes.departments.previs.shots.figures import Figure, heading
from rushes.departments.previs.shots.framing import ANYWHERE, Framed
from rushes.departments.previs.shots.grammar import Shot
from rushes.departments.previs.shots.groups import BEHIND_SHOULDER_M, camera_for, group_of
from rushes.departments.previs.shots.lenses import Limits, Package
from rushes.departments.previs.shots.moves import Move
from rushes.departments.previs.shots.names import Roster, label_for
from rushes.domain.errors import BadMaterial, NotFound


@dataclass(frozen=True)
class Beat:
    """One line of dialogue: who speaks, and to whom if that is known."""

    speaker: str
    to: str = ""


@dataclass(frozen=True)
class Planned:
    """A shot and the camera that gives it."""

    shot: Shot
    framed: Framed


@dataclass(frozen=True)
class Plan:
    """One way to cover a scene.

    Attributes:
        name: what it is called.
        why: what it is good for, and what it costs.
        shots: the set-ups in the order of their labels.
        covers: for every beat, the label of the shot it would be cut from.
        findings: what an audience may stumble over in that cut.
    """

    name: str
    why: str
    shots: tuple[Planned, ...]
    covers: tuple[str, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Scene:
    """What all three plans need to know."""

    number: str
    cast: Mapping[str, Figure]
    beats: tuple[Beat, ...]
    package: Package
    limits: Limits
    order: tuple[str, ...]
    main: tuple[str, ...]

    def label(self, number: int) -> str:
        """Return the slate of a set-up."""
        return label_for(Roster(), self.number, number)

    def partner(self, name: str) -> str:
        """Return whom somebody speaks to most, else the other of the two who speak most."""
        asked = Counter(beat.to for beat in self.beats if beat.speaker == name and beat.to)
        if asked:
            return asked.most_common(1)[0][0]
        return next((other for other in (*self.main, *self.order) if other != name), "")


def _faced_order(pair: tuple[str, ...], cast: Mapping[str, Figure]) -> tuple[str, ...]:
    """Return two names in the order in which their faces, not their backs, are seen from the group's front."""
    figures = [cast[name] for name in pair]
    front = heading(group_of(figures).facing_deg)
    faces = heading(figures[0].facing_deg) + heading(figures[1].facing_deg)
    return pair if faces @ front >= -1e-9 else (pair[1], pair[0])


def _scene(
    number: str,
    cast: Mapping[str, Figure],
    beats: Sequence[Beat],
    *,
    package: Package,
    limits: Limits,
) -> _Scene:
    """Return the scene with its two main speakers, and everybody from left to right as the master sees them."""
    if not cast or not beats:
        raise BadMaterial(
            f"scene {number} has nothing to cover", remedy="Give at least one figure and one line of dialogue."
        )
    for beat in beats:
        for name in filter(None, (beat.speaker, beat.to)):
            if name not in cast:
                raise NotFound("figure on the stage", name, cast)
    spoken = Counter(beat.speaker for beat in beats)
    spoken.update(dict.fromkeys((*(beat.to for beat in beats if beat.to), *cast), 0))
    main = tuple(name for name, _ in spoken.most_common(2))
    order = main
    if len(main) == 2:
        main = _faced_order(main, cast)
        across = heading(group_of([cast[name] for name in main]).facing_deg + 90.0)
        order = tuple(sorted(cast, key=lambda name: (float(across @ np.array(cast[name].place)), name)))
    return _Scene(number, cast, tuple(beats), package, limits, order, main)


def _planned(scene: _Scene, shot: Shot) -> Planned:
    """Return the shot with its camera."""
    return Planned(shot, camera_for(shot, scene.cast, scene.package, limits=scene.limits))


def _master(scene: _Scene, size: str, move: Move | None = None) -> Planned:
    """Return the shot of everybody, as the first set-up of the scene."""
    return _planned(scene, Shot(scene.label(0), size, scene.order, moves=(move,) if move else ()))


def _side(scene: _Scene, master: Planned, name: str) -> str:
    """Return the side of the look on which the master camera stands, so that a single stays there too."""
    partner = scene.partner(name)
    off = side_of_line(master.framed.camera, scene.cast[name], scene.cast[partner])
    return "3/4L" if off > 0 else "3/4R"


def _single(scene: _Scene, master: Planned, name: str, *, size: str, number: int, over: bool = False) -> Planned:
    """Return a shot of one person, from the master's side of the line."""
    partner = scene.partner(name)
    side = _side(scene, master, name) if partner else ""
    return _planned(scene, Shot(scene.label(number), size, (name,), partner, side=side, over=over and bool(partner)))


def _staged(scene: _Scene, planned: Planned) -> Staged:
    """Return a planned shot as the checks need it; of a group, the line is that of the two main speakers."""
    shot = planned.shot
    if len(shot.who) > 1:
        one, other = (scene.cast[name] for name in scene.main)
        return Staged(shot.label, planned.framed.camera, one, other, shot.size)
    looks_at = scene.cast[shot.looks_at] if shot.looks_at else None
    return Staged(shot.label, planned.framed.camera, scene.cast[shot.who[0]], looks_at, shot.size)


def _checked(scene: _Scene, words: tuple[str, str], shots: list[Planned], *, covers: list[str]) -> Plan:
    """Return the plan with what is found when its shots are cut in the order of the beats."""
    by_label = {planned.shot.label: planned for planned in shots}
    cut = [label for at, label in enumerate(covers) if at == 0 or covers[at - 1] != label]
    findings = []
    for finding in check_cuts([_staged(scene, by_label[label]) for label in cut]):
        # A master holds everybody, so a look in it cannot fail to meet the look in a single.
        masters = [label for label in finding.shots if len(by_label[label].shot.who) > 1]
        if not (finding.rule == "eyeline" and masters) and finding not in findings:
            findings.append(finding)
    return Plan(words[0], words[1], tuple(shots), tuple(covers), tuple(findings))


def _has_over(scene: _Scene, name: str) -> bool:
    """Tell whether somebody is shot over a shoulder: one of the two main speakers, with room between them."""
    partner = scene.partner(name)
    if len(scene.main) < 2 or not {name, partner} <= set(scene.main):
        return False
    apart = np.subtract(scene.cast[name].place, scene.cast[partner].place)
    return float(np.hypot(apart[0], apart[2])) >= BEHIND_SHOULDER_M


def _alike(scene: _Scene, overs: dict[str, Planned]) -> dict[str, Planned]:
    """Return shots over shoulders all on the longest lens that one of them needs: reverses are shot as a pair."""
    focals = {planned.framed.camera.focal_mm for planned in overs.values() if planned.shot.over}
    if len(focals) < 2:
        return overs
    return {
        name: _planned(scene, replace(planned.shot, focal_mm=max(focals))) if planned.shot.over else planned
        for name, planned in overs.items()
    }


def _classic(scene: _Scene) -> Plan:
    """Return master, overs on the first half, close-ups on the second."""
    speakers = list(dict.fromkeys(beat.speaker for beat in scene.beats))
    shots = [_master(scene, "FS")]
    overs, closes = {}, {}
    for number, name in enumerate(speakers, 1):
        overs[name] = _single(scene, shots[0], name, size="MS", number=number, over=_has_over(scene, name))
    overs = _alike(scene, overs)
    for number, name in enumerate(speakers, 1 + len(speakers)):
        closes[name] = _single(scene, shots[0], name, size="CU", number=number)
    shots += [*overs.values(), *closes.values()]
    half = (len(scene.beats) + 1) // 2
    covers = [shots[0].shot.label]
    for at, beat in enumerate(scene.beats[1:], 1):
        covers.append((overs if at < half else closes)[beat.speaker].shot.label)
    why = f"{len(shots)} set-ups: every line twice, the cut stays open; the longest day"
    return _checked(scene, ("classic", why), shots, covers=covers)


def _moving(scene: _Scene) -> Plan:
    """Return one master that pushes in through the scene, and a close-up for its last line."""
    seconds = float(max(4, 3 * len(scene.beats)))
    ends = "MS" if len(scene.order) <= 2 else "MLS"
    shots = [_master(scene, "FS", Move("push", "in", seconds=seconds, to_size=ends))]
    shots.append(_single(scene, shots[0], scene.beats[-1].speaker, size="CU", number=1))
    covers = [shots[0].shot.label] * (len(scene.beats) - 1) + [shots[-1].shot.label]
    why = "2 set-ups: the scene plays in one breath and ends on a face; the performance cannot be cut faster"
    return _checked(scene, ("moving master", why), shots, covers=covers)


def _sparse(scene: _Scene) -> Plan:
    """Return a held shot of everybody, and a close-up of the one who mostly listens."""
    spoken = Counter(beat.speaker for beat in scene.beats)
    listener = min(scene.main, key=lambda name: (spoken[name], scene.main.index(name)))
    shots = [_master(scene, "MLS", Move("hold"))]
    shots.append(_single(scene, shots[0], listener, size="CU", number=1))
    covers = [shots[0].shot.label] * len(scene.beats)
    why = f"2 set-ups: bodies in one frame, and one face, {listener} listening, to cut to; the shortest day"
    return _checked(scene, ("sparse", why), shots, covers=covers)


def propose_plans(
    number: str,
    cast: Mapping[str, Figure],
    beats: Sequence[Beat],
    *,
    package: Package,
    limits: Limits = ANYWHERE,
) -> tuple[Plan, Plan, Plan]:
    """Return three plans for a scene: classic coverage, a moving master, and a sparse one.

    Args:
        number: of the scene.
        cast: who stands where, by name.
        beats: the lines of dialogue in order.
        package: filmback, squeeze, aspect and kit.
        limits: where the cameras may be.

    >>> from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES
    >>> cast = {"JENNY": Figure("JENNY", 1.68), "WILL": Figure("WILL", 1.83, (0.0, 0.0, 2.0), 180.0)}
    >>> package = Package(FILMBACKS["super-35"], aspect=2.39, kit=PRIMES)
    >>> beats = [Beat("JENNY", "WILL"), Beat("WILL", "JENNY"), Beat("JENNY", "WILL"), Beat("WILL", "JENNY")]
    >>> plans = propose_plans("42", cast, beats, package=package)
    >>> [(plan.name, len(plan.shots), len(plan.findings)) for plan in plans]
    [('classic', 5, 0), ('moving master', 2, 0), ('sparse', 2, 0)]
    >>> plans[0].covers
    ('42', '42B', '42C', '42D')
    """
    scene = _scene(number, cast, beats, package=package, limits=limits)
    return _classic(scene), _moving(scene), _sparse(scene)
