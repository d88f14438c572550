"""A whole project rehearsed: every scene on its stage, every shot ready to be drawn, and the cut."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rushes.departments.previs.breakdown.decisions import Decision, read_decisions
from rushes.departments.previs.breakdown.items import SceneSheet
from rushes.departments.previs.breakdown.sheets import break_down
from rushes.departments.previs.plan import Cut, Event, ReadyShot, Speech
from rushes.departments.previs.project.files import tracked_scenes
from rushes.departments.previs.project.learning import kept_tagger
from rushes.departments.previs.project.model import Project, ShotWork
from rushes.departments.previs.project.shooting import camera_path
from rushes.departments.previs.project.staging import StagedScene, stage_scene
from rushes.departments.previs.project.wild import struck
from rushes.departments.previs.script.merge import Tracked
from rushes.departments.previs.shots.figures import Figure, landmark
from rushes.departments.previs.shots.grammar import parse_shot
from rushes.departments.previs.shots.lenses import Package, Prime, find_filmback
from rushes.departments.previs.shots.names import Named
from rushes.departments.previs.stage.pieces import Moment
from rushes.domain.errors import RushesError
from rushes.media.timecode import frame_of

DECISIONS = "breakdown.json"


@dataclass(frozen=True, eq=False)
class Rehearsal:
    """A project ready to be drawn.

    Attributes:
        project: the project.
        tracked: scenes of the last draft.
        sheets: their breakdown.
        scenes: on their stages, by id.
        shots: ready, by id, in the order of the roster; without omitted ones and those in the tray.
        cut: the cut.
        package: the camera package.
        faults: shots that cannot be drawn as they are asked, each with the reason.
    """

    project: Project
    tracked: tuple[Tracked, ...]
    sheets: tuple[SceneSheet, ...]
    scenes: Mapping[str, StagedScene]
    shots: Mapping[str, ReadyShot]
    cut: Cut
    package: Package
    faults: tuple[str, ...]


def package_of(project: Project) -> Package:
    """Return the camera package of a project."""
    camera = project.camera
    kit = tuple(Prime(focal) for focal in camera.kit)
    return Package(find_filmback(camera.filmback), camera.squeeze, camera.aspect, kit)


def size_of(project: Project) -> tuple[int, int]:
    """Return width and height of pictures, pixels, both even."""
    return project.width, 2 * round(project.width / project.camera.aspect / 2)


def decisions_of(folder: Path) -> tuple[Decision, ...]:
    """Return what people decided about the breakdown."""
    path = folder / DECISIONS
    return read_decisions(path.read_text(encoding="utf-8"), DECISIONS) if path.is_file() else ()


def rehearse(folder: Path, project: Project, told: Callable[[int, int], None] = lambda done, total: None) -> Rehearsal:
    """Put a project on its stages.

    Args:
        folder: of the project.
        project: the project.
        told: called with scenes done and scenes in all.
    """
    tracked = tracked_scenes(folder, project)
    sheets = break_down(tracked, tagger=kept_tagger(folder), decided=decisions_of(folder))
    scenes = {}
    for place, (kept, sheet) in enumerate(zip(tracked, sheets, strict=True), 1):
        scenes[kept.id] = stage_scene(folder, project, kept, sheet=sheet)
        told(place, len(tracked))
    package = package_of(project)
    work = {shot.id: shot for shot in project.shots}
    lost = {orphan.anchor.id for orphan in project.tray}
    shots, faults = {}, []
    for named in project.roster:
        asked = work[named.shot_id]
        if named.omitted or named.shot_id in lost:
            continue
        try:
            shots[named.shot_id] = ready_shot(named, asked, scenes[asked.scene], package=package)
        except RushesError as error:
            faults.append(f"{named.label} {asked.asked}: {error.what} {'; '.join(error.reasons)}".strip())
    return Rehearsal(project, tracked, sheets, scenes, shots, cut_of(project, shots), package, tuple(faults))


def ready_shot(named: Named, work: ShotWork, scene: StagedScene, *, package: Package) -> ReadyShot:
    """Return a shot that can be drawn at every frame.

    Raises:
        NotFound: somebody in its line is not in the scene.
        BadMaterial: no camera gives what is asked.
    """
    first, frames = span_of(work, scene)
    cast = scene.cast_at(first)
    shot = parse_shot(f"{named.label} {work.asked}", cast)
    path = camera_path(shot, cast, package, frames=frames, rate=scene.rate)
    cameras = [path.start, *(leg.end for leg in path.legs)]
    eyes = [landmark(cast[name], "eyes") for name in shot.who]
    hidden, wild = struck(scene.stage, cameras, eyes)

    def moment_at(frame: int) -> Moment:
        return Moment(path.at(frame), scene.places_at(first + frame), scene.light, hidden)

    def figures_at(frame: int) -> tuple[Figure, ...]:
        return scene.figures_at(first + frame)

    return ReadyShot(
        work.id,
        named.label,
        scene.number,
        scene.sheet.heading,
        f"{named.label} {work.asked}",
        _words(work, scene),
        work.note,
        frames,
        scene.stage,
        moment_at,
        figures_at,
        _speeches(work, scene, first, frames=frames),
        (*path.notes, *wild),
    )


def span_of(work: ShotWork, scene: StagedScene) -> tuple[int, int]:
    """Return the frame of the scene at which a shot starts, and its length in frames."""
    covered = [n for n, beat in enumerate(scene.beats) if work.element <= beat.last and beat.first <= work.until]
    first = scene.starts[covered[0]] if covered else 0
    timed = scene.starts[covered[-1] + 1] - first if covered else round(2 * scene.rate)
    return first, work.frames or max(timed, 1)


def _words(work: ShotWork, scene: StagedScene) -> str:
    beats = [beat for beat in scene.beats if work.element <= beat.first and beat.last <= work.until]
    told = [f"{beat.speaker}: {beat.words}" if beat.speaker else beat.words for beat in beats if beat.first]
    return " ".join(told) or (scene.sheet.heading if not told else "")


def _speeches(work: ShotWork, scene: StagedScene, first: int, *, frames: int) -> tuple[Speech, ...]:
    found = []
    for place, beat in enumerate(scene.beats):
        start, end = scene.starts[place] - first, scene.starts[place + 1] - first
        if beat.speaker and beat.words and start < frames and end > 0:
            found.append(Speech(beat.speaker, beat.words, start, end - start))
    return tuple(found)


def cut_of(project: Project, shots: Mapping[str, ReadyShot]) -> Cut:
    """Return the cut; what cannot be drawn is left out."""
    rate = Fraction(project.frame_rate)
    events = tuple(
        Event(event.shot, shots[event.shot].label, event.first, event.frames, Fraction(event.speed))
        for event in project.cut
        if event.shot in shots
    )
    return Cut(project.title, rate, frame_of(project.start, rate), ";" in project.start, events)
