"""What stands on the page of a previs project, from its rehearsal."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from rushes.departments.previs.breakdown.items import Category
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.project.page import Page, PageEvent, PageScene, PageShot, say_seconds, strip_class
from rushes.departments.previs.project.rehearsal import Rehearsal
from rushes.departments.previs.project.starting import scene_plans
from rushes.departments.previs.script.eighths import say_eighths
from rushes.departments.previs.timing import duration_of, estimate

OWN = "Drawn from this project's own geometry; no model and no picture from elsewhere had a part in it."
IN_A_LOOK = (
    "Geometry is this project's own. Shots that are dressed or painted draw on cleared frames of this show, which "
    "recipes.json names for each: "
)


def page_of(
    rehearsal: Rehearsal,
    boards: Mapping[str, Sequence[str]],
    plans: Mapping[str, str],
    *,
    animatic: str,
    files: Sequence[tuple[str, str]],
    sources: Sequence[str] = (),
) -> Page:
    """Return the page of a project; `sources` names the frames of the show that its pictures draw on."""
    project, rate = rehearsal.project, rehearsal.cut.frame_rate
    seconds = {kept.id: duration_of(kept.scene, project.pace) for kept in rehearsal.tracked}
    whole = estimate(list(seconds.values()), project.pace)
    camera = project.camera
    about = (
        f"draft {len(project.drafts)} · {project.drafts[-1].name}",
        f"{say_seconds(whole.seconds)} ({say_seconds(whole.low)} to {say_seconds(whole.high)})",
        f"{len(rehearsal.shots)} shots, {len(rehearsal.cut.events)} cuts · {project.frame_rate} frames a second",
        f"{camera.filmback} · {camera.aspect:.2f}:1"
        + (f" · {camera.squeeze:g}× squeeze" if camera.squeeze != 1 else ""),
    )
    return Page(
        project.title,
        about,
        animatic,
        _events(rehearsal, rate),
        tuple(_scene(rehearsal, name, boards=boards, plan=plans.get(name, "")) for name in seconds),
        _tray(rehearsal),
        tuple(files),
        f"{IN_A_LOOK}{', '.join(sources)}." if sources else OWN,
    )


def _events(rehearsal: Rehearsal, rate: Fraction) -> tuple[PageEvent, ...]:
    found, now = [], 0
    for event in rehearsal.cut.events:
        found.append(PageEvent(event.shot, event.label, float(now / rate), float((now + event.frames) / rate)))
        now += event.frames
    return tuple(found)


def _scene(rehearsal: Rehearsal, name: str, *, boards: Mapping[str, Sequence[str]], plan: str) -> PageScene:
    scene = rehearsal.scenes[name]
    sheet = scene.sheet
    people = {Category.SPEAKING, Category.SILENT}
    items: dict[str, list[str]] = {}
    for item in sheet.items:
        if item.category not in people:
            items.setdefault(item.category.value, []).append(item.name)
    cast = dict.fromkeys(item.name for item in sheet.items if item.category in people)
    shots = by_scene(rehearsal).get(name, [])
    seconds = scene.starts[-1] / scene.rate
    plans = scene_plans(rehearsal.project, scene)
    return PageScene(
        name,
        scene.number,
        sheet.heading,
        strip_class(sheet.where, scene.work.time or sheet.time),
        say_eighths(sheet.eighths),
        say_seconds(float(seconds)),
        tuple(cast),
        tuple((category, tuple(names)) for category, names in items.items()),
        tuple(
            (one.plan.name == scene.work.plan, one.plan.name, one.plan.why, tuple(f.words for f in one.plan.findings))
            for one in plans
        ),
        tuple(_shot(rehearsal, shot, boards.get(shot.id, ())) for shot in shots),
        plan,
        scene.faults,
    )


def _shot(rehearsal: Rehearsal, shot: ReadyShot, pictures: Sequence[str]) -> PageShot:
    work = next(one for one in rehearsal.project.shots if one.id == shot.id)
    return PageShot(
        shot.id,
        shot.label,
        tuple(pictures),
        work.asked,
        f"{shot.moment_at(0).camera.focal_mm:g} mm",
        say_seconds(float(shot.frames / rehearsal.cut.frame_rate)),
        shot.words if len(shot.words) < 220 else shot.words[:200].rsplit(" ", 1)[0] + " …",
        shot.note,
        shot.limits,
        "" if work.method == "greybox" else work.method,
    )


def _tray(rehearsal: Rehearsal) -> tuple[tuple[str, str, str], ...]:
    labels = {named.shot_id: named.label for named in rehearsal.project.roster}
    asked = {shot.id: shot.asked for shot in rehearsal.project.shots}
    lost = [(orphan.anchor.id, orphan.why) for orphan in rehearsal.project.tray]
    return tuple((labels[name], asked[name], why) for name, why in lost if name in labels)


def by_scene(rehearsal: Rehearsal) -> dict[str, list[ReadyShot]]:
    """Return the shots of every scene that has any, in order."""
    scene_of = {shot.id: shot.scene for shot in rehearsal.project.shots}
    found: dict[str, list[ReadyShot]] = {}
    for kept in rehearsal.tracked:
        shots = [shot for shot in rehearsal.shots.values() if scene_of[shot.id] == kept.id]
        if shots:
            found[kept.id] = shots
    return found
