"""What people change in a project: a line, a note, a length, a label, the cast; each gives a new project."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rushes.departments.previs.project.model import METHODS, Part, Project, SceneWork, ShotWork
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.names import (
    Named,
    Roster,
    add_shot,
    find_shot,
    omit_shot,
    rename_shot,
    renumber,
    restore_shot,
)
from rushes.domain.errors import BadMaterial, NotFound


def roster_of(project: Project) -> Roster:
    """Return the labels and the order of the project's shots."""
    return Roster(project.roster, project.next_shot, project.scheme, {"show": project.title.replace(" ", "_")})


def with_roster(project: Project, roster: Roster) -> Project:
    """Return the project with other labels or another order."""
    return replace(project, roster=roster.shots, next_shot=roster.next_number, scheme=roster.scheme)


def shot_of(project: Project, name: str) -> tuple[Named, ShotWork]:
    """Return a shot by id or label: what it is called, and what was decided for it."""
    named = find_shot(roster_of(project), name)
    return named, next(shot for shot in project.shots if shot.id == named.shot_id)


def scene_of(project: Project, scene: str) -> SceneWork:
    """Return what was decided for a scene, by its id."""
    found = next((work for work in project.scenes if work.id == scene), None)
    if found is None:
        raise NotFound("scene", scene, [work.id for work in project.scenes])
    return found


def with_shot(project: Project, name: str, **changes: Any) -> Project:
    """Return the project with one shot changed; a line is read first, whoever stands in it.

    Args:
        project: the project.
        name: id or label of the shot.
        changes: fields of `ShotWork`.
    """
    named, work = shot_of(project, name)
    changed = replace(work, **changes)
    parse_shot(f"{named.label} {changed.asked}")
    wrong = []
    if changed.method not in METHODS:
        wrong.append(f"{changed.method!r} is no way to draw it: {', '.join(METHODS)}")
    if not 0 <= changed.strength <= 1:
        wrong.append(f"strength {changed.strength} is not from 0 to 1")
    if not 0 <= changed.frames <= 100_000:
        wrong.append(f"{changed.frames} frames are no length of a shot")
    if wrong:
        raise BadMaterial(f"{named.label} cannot be changed so", wrong)
    return replace(project, shots=tuple(changed if shot.id == work.id else shot for shot in project.shots))


def with_scene(project: Project, scene: str, **changes: Any) -> Project:
    """Return the project with the decisions for one scene changed."""
    changed = replace(scene_of(project, scene), **changes)
    return replace(project, scenes=tuple(changed if work.id == scene else work for work in project.scenes))


def with_part(project: Project, part: Part) -> Project:
    """Return the project with somebody of the cast changed, or new."""
    others = [known for known in project.cast if known.name != part.name]
    place = next((at for at, known in enumerate(project.cast) if known.name == part.name), len(others))
    return replace(project, cast=(*others[:place], part, *others[place:]))


def with_new_shot(project: Project, work: ShotWork, number: str, *, after: str = "") -> tuple[Project, Named]:
    """Return the project with one more shot; nothing else is renamed.

    Args:
        project: the project.
        work: what is asked; its id is given here.
        number: of its scene, as printed.
        after: label or id of the shot that it follows; the scene's last one, else.
    """
    roster, named = add_shot(roster_of(project), number, after=after)
    parse_shot(f"{named.label} {work.asked}")
    made = replace(work, id=named.shot_id)
    return with_roster(replace(project, shots=(*project.shots, made)), roster), named


def renamed(project: Project, name: str, label: str) -> Project:
    """Return the project with one shot called otherwise."""
    return with_roster(project, rename_shot(roster_of(project), name, label))


def omitted(project: Project, name: str, out: bool = True) -> Project:
    """Return the project with a shot out of the show, or back in it; id and label stay."""
    change: Callable[[Roster, str], Roster] = omit_shot if out else restore_shot
    named = find_shot(roster_of(project), name)
    kept = tuple(event for event in project.cut if not out or event.shot != named.shot_id)
    return with_roster(replace(project, cut=kept), change(roster_of(project), name))


def renumbered(project: Project, scheme: str = "") -> Project:
    """Return the project with every shot named anew in cutting order."""
    return with_roster(project, renumber(roster_of(project), scheme))
