"""A new project from a script: the cast, scenes on their stages, and for each scene a first plan to throw away."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from rushes.departments.previs.breakdown.items import Category, SceneSheet
from rushes.departments.previs.breakdown.sheets import break_down
from rushes.departments.previs.project.adopting import adopt
from rushes.departments.previs.project.covering import Covered, plans_of
from rushes.departments.previs.project.edits import scene_of
from rushes.departments.previs.project.files import FOLDERS, keep_draft, tracked_scenes, write_project
from rushes.departments.previs.project.model import Camera, Part, Project, SceneWork
from rushes.departments.previs.project.rehearsal import package_of
from rushes.departments.previs.project.staging import StagedScene, stage_scene
from rushes.departments.previs.script.emphasis import plain
from rushes.departments.previs.script.merge import Tracked
from rushes.departments.previs.script.model import Script
from rushes.departments.previs.script.read import read_script
from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound
from rushes.media.timecode import read_rate

START = "01:00:00:00"


def start(
    folder: Path, script: Path, *, frame_rate: str = "24", width: int = 960, camera: Camera | None = None
) -> Project:
    """Start a project: keep the draft, list the cast, and lay the first plan of coverage on every scene.

    Args:
        folder: a new or an empty one.
        script: Fountain, Final Draft or PDF.
        frame_rate: `24`, `23.976`, `25`, `29.97`…
        width: of pictures, pixels.
        camera: the camera package.

    Raises:
        AlreadyThere: the folder holds something.
        BadMaterial: the script cannot be read, or has no scene.
    """
    if folder.exists() and any(folder.iterdir()):
        raise AlreadyThere(f"{folder} is not empty", remedy="Name a new folder with --to.")
    read = read_script(script)
    rate = read_rate(frame_rate)
    for name in FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    draft = keep_draft(folder, script)
    start_with = camera or Camera()
    project = Project(_title(read, script), str(rate), START, width - width % 2, start_with, (draft,), (), (), (), ())
    tracked = tracked_scenes(folder, project)
    if not tracked:
        raise BadMaterial(f"{script.name} has no scene heading", remedy="A heading starts with INT. or EXT.")
    project = with_scenes_of(folder, project, tracked)
    write_project(folder, project)
    return project


def with_scenes_of(folder: Path, project: Project, tracked: Sequence[Tracked]) -> Project:
    """Return the project with everybody of its draft in the cast, and a plan on every scene that has no shot yet."""
    sheets = break_down(tracked)
    project = replace(project, cast=(*project.cast, *_new_parts(project, sheets)))
    known = {work.id for work in project.scenes}
    project = replace(project, scenes=(*project.scenes, *(SceneWork(t.id) for t in tracked if t.id not in known)))
    covered = {shot.scene for shot in project.shots}
    for kept, sheet in zip(tracked, sheets, strict=True):
        if kept.id not in covered:
            project = with_plan(folder, project, kept, sheet=sheet)
    return project


def with_plan(folder: Path, project: Project, tracked: Tracked, *, sheet: SceneSheet, name: str = "") -> Project:
    """Return the project with a plan of coverage on one scene.

    Args:
        folder: of the project.
        project: the project.
        tracked: the scene.
        sheet: its breakdown.
        name: of the plan; the one that was picked before, or the first, else.
    """
    scene = stage_scene(folder, project, tracked, sheet=sheet)
    plans = scene_plans(project, scene)
    wanted = name or scene_of(project, tracked.id).plan
    chosen = next((plan for plan in plans if plan.plan.name == wanted), None)
    if chosen is None and name:
        raise NotFound("plan of coverage", name, [plan.plan.name for plan in plans])
    return adopt(project, tracked.id, scene.number, covered=chosen or plans[0], beats=scene.beats, rate=scene.rate)


def scene_plans(project: Project, scene: StagedScene) -> tuple[Covered, ...]:
    """Return the plans of coverage that a scene allows."""
    return plans_of(scene.number, scene.figures, scene.beats, package=package_of(project), the_set=scene.the_set)


def _new_parts(project: Project, sheets: Sequence[SceneSheet]) -> list[Part]:
    """Return who is not in the cast list yet, those who speak first."""
    known = {part.name for part in project.cast}
    people = (Category.SPEAKING, Category.SILENT)
    names = [item.name for kind in people for sheet in sheets for item in sheet.items if item.category is kind]
    return [Part(name) for name in dict.fromkeys(names) if name not in known]


def _title(read: Script, script: Path) -> str:
    said: Mapping[str, tuple[str, ...]] = {entry.key.lower(): entry.lines for entry in read.title}
    words = " ".join(plain(line) for line in said.get("title", ())).strip()
    return words or script.stem
