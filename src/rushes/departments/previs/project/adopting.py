"""A plan that the director picked becomes shots and a first cut; what stood there before is set aside, not lost."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from rushes.departments.previs.project.beats import SceneBeat
from rushes.departments.previs.project.covering import Covered, asked_of, covered_beats
from rushes.departments.previs.project.edits import omitted, shot_of, with_new_shot, with_scene
from rushes.departments.previs.project.model import CutEvent, Project, ShotWork


def beat_frames(beats: Sequence[SceneBeat], rate: Fraction) -> tuple[int, ...]:
    """Return the frame of the scene at which each beat starts, and after them the frame at which the scene ends.

    >>> beat_frames([SceneBeat(0, 0, 2.0), SceneBeat(1, 1, 1.51)], Fraction(24))
    (0, 48, 84)
    """
    starts, now = [0], 0.0
    for beat in beats:
        now += beat.seconds
        starts.append(round(now * rate))
    return tuple(starts)


def adopt(
    project: Project, scene: str, number: str, *, covered: Covered, beats: Sequence[SceneBeat], rate: Fraction
) -> Project:
    """Return the project with a plan's set-ups as the shots of a scene, and the cut that the plan proposes.

    A set-up that the scene has already, or had once, keeps its id, note, sketch and keys; one that the plan does not
    use is omitted and can be brought back.

    Args:
        project: the project.
        scene: id of the scene.
        number: as printed.
        covered: the plan, laid on the beats.
        beats: of the scene.
        rate: frames a second.
    """
    spans = covered_beats(covered.by)
    before = {shot.asked: shot for shot in _shots_of(project, scene)}
    out = {named.shot_id for named in project.roster if named.omitted}
    ids: dict[str, str] = {}
    for planned in covered.plan.shots:
        label, asked = planned.shot.label, asked_of(planned.shot)
        first, last = spans.get(label, (0, len(beats) - 1))
        element, until = beats[first].first, beats[last].last
        if asked in before:
            ids[label] = before.pop(asked).id
            project = omitted(project, ids[label], out=False)
            project = _moved(project, ids[label], (element, until))
        else:
            work = ShotWork("", scene, element, until, asked)
            project, named = with_new_shot(project, work, number, after=list(ids.values())[-1] if ids else "")
            ids[label] = named.shot_id
    for shot in before.values():
        project = project if shot.id in out else omitted(project, shot.id)
    project = with_scene(project, scene, plan=covered.plan.name)
    starts = beat_frames(beats, rate)
    events = _events(covered, {label: (ids[label], starts[span[0]]) for label, span in spans.items()}, starts)
    return replace(project, cut=_spliced(project, scene, events))


def _shots_of(project: Project, scene: str) -> list[ShotWork]:
    """Return the shots of a scene, omitted ones first, so that one that is in the show wins over its like."""
    out = {named.shot_id for named in project.roster if named.omitted}
    lost = {orphan.anchor.id for orphan in project.tray}
    mine = [shot for shot in project.shots if shot.scene == scene and shot.id not in lost]
    return sorted(mine, key=lambda shot: shot.id not in out)


def _moved(project: Project, name: str, covers: tuple[int, int]) -> Project:
    _, work = shot_of(project, name)
    moved = replace(work, element=covers[0], until=covers[1])
    return replace(project, shots=tuple(moved if shot.id == name else shot for shot in project.shots))


def _events(covered: Covered, shots: dict[str, tuple[str, int]], starts: Sequence[int]) -> list[CutEvent]:
    events: list[CutEvent] = []
    for place, label in enumerate(covered.by):
        shot, begins = shots[label]
        frames = starts[place + 1] - starts[place]
        last = events[-1] if events else None
        if last and last.shot == shot:
            events[-1] = replace(last, frames=last.frames + frames)
        elif frames:
            events.append(CutEvent(shot, starts[place] - begins, frames))
    return events


def _spliced(project: Project, scene: str, events: Sequence[CutEvent]) -> tuple[CutEvent, ...]:
    """Return the cut with a scene's events replaced, at the scene's place in the script."""
    scene_of = {shot.id: shot.scene for shot in project.shots}
    order = {work.id: place for place, work in enumerate(project.scenes)}
    others = [event for event in project.cut if scene_of[event.shot] != scene]
    here = next(
        (at for at, event in enumerate(project.cut) if scene_of[event.shot] == scene),
        None,
    )
    if here is None or not project.recut:
        later = (at for at, event in enumerate(others) if order[scene_of[event.shot]] > order[scene])
        at = next(later, len(others))
    else:
        at = sum(scene_of[event.shot] != scene for event in project.cut[:here])
    return (*others[:at], *events, *others[at:])
