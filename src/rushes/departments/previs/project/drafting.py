"""A new draft of the script: scenes keep their ids, shots stay where their words are, and none is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rushes.departments.previs.project.edits import roster_of, with_roster
from rushes.departments.previs.project.model import Draft, Project, SceneWork, ShotWork
from rushes.departments.previs.script.merge import Anchor, Merged, Tracked, merge
from rushes.departments.previs.script.model import Script

END = " ends"
"""A shot has two anchors, where it starts and where it ends; only the first one decides whether it has a place."""


def merged_draft(project: Project, old: Sequence[Tracked], new: Script) -> Merged:
    """Return a new draft merged into the old one, with every shot of the project as an anchor."""
    placed = {orphan.anchor.id for orphan in project.tray}
    held = [shot for shot in project.shots if shot.id not in placed]
    anchors = [Anchor(shot.id, shot.scene, shot.element) for shot in held]
    ends = [Anchor(shot.id + END, shot.scene, shot.until) for shot in held]
    merged = merge(old, new, [*anchors, *ends], tray=project.tray, retired=project.retired)
    return replace(merged, tray=tuple(orphan for orphan in merged.tray if not orphan.anchor.id.endswith(END)))


def with_draft(project: Project, draft: Draft, merged: Merged, *, numbers: Mapping[str, str]) -> Project:
    """Return the project on a new draft.

    Scenes that are new get no decisions, those that were omitted keep theirs in case they come back; shots follow
    their words; what has no place lies in the tray and leaves the cut, and comes back when its words do.

    Args:
        project: on the old draft.
        draft: the new one, kept.
        merged: of `merged_draft`.
        numbers: number of every scene of the new draft, by id.
    """
    known = {work.id: work for work in project.scenes}
    drafted = [kept.id for kept in merged.scenes]
    scenes = [known.get(name, SceneWork(name)) for name in drafted]
    gone = sorted({change.id for change in merged.changes if change.what == "omitted"})
    shots = tuple(_followed(shot, merged) for shot in project.shots)
    tray = {orphan.anchor.id for orphan in merged.tray}
    made = replace(
        project,
        drafts=(*project.drafts, draft),
        scenes=(*scenes, *(work for name, work in known.items() if name not in drafted)),
        shots=shots,
        tray=merged.tray,
        retired=tuple(dict.fromkeys((*project.retired, *gone))),
        cut=tuple(event for event in project.cut if event.shot not in tray),
    )
    return _in_order(made, numbers)


def _followed(shot: ShotWork, merged: Merged) -> ShotWork:
    placed = {anchor.id: anchor for anchor in merged.anchors if anchor.id.startswith(shot.id)}
    start, end = placed.get(shot.id), placed.get(shot.id + END)
    if start is None:
        return shot
    until = end.element if end and end.scene == start.scene else start.element + shot.until - shot.element
    return replace(shot, scene=start.scene, element=start.element, until=max(until, start.element))


def _in_order(project: Project, numbers: Mapping[str, str]) -> Project:
    """Return the project with its shots' scenes numbered as the new draft numbers them; labels stay."""
    scene_of_shot = {shot.id: shot.scene for shot in project.shots}
    order = {name: place for place, name in enumerate(numbers)}
    renumbered = [
        replace(named, scene=numbers.get(scene_of_shot[named.shot_id], named.scene)) for named in project.roster
    ]
    last = len(order)
    ranked = sorted(
        enumerate(renumbered),
        key=lambda pair: (order.get(scene_of_shot[pair[1].shot_id], last), pair[0]),
    )
    ordered = with_roster(project, replace(roster_of(project), shots=tuple(named for _, named in ranked)))
    if project.recut:
        return ordered
    cut = sorted(ordered.cut, key=lambda event: order.get(scene_of_shot[event.shot], last))
    return replace(ordered, cut=tuple(cut))
