"""A scene on its stage: the set, who is in it and where, what is said when, and the light."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from math import ceil
from pathlib import Path
from types import MappingProxyType

import numpy as np

from rushes.departments.previs.breakdown.cues import read_cue
from rushes.departments.previs.breakdown.items import Category, SceneSheet
from rushes.departments.previs.project.adopting import beat_frames
from rushes.departments.previs.project.beats import SceneBeat, beats_of
from rushes.departments.previs.project.covering import THE_SET
from rushes.departments.previs.project.files import inside
from rushes.departments.previs.project.model import Part, Place, Project, SceneWork
from rushes.departments.previs.script.merge import Tracked
from rushes.departments.previs.shots.figures import Figure, Point, landmark
from rushes.departments.previs.stage.blocking import Walk, faults, figure_at, places_at
from rushes.departments.previs.stage.building import build_stage
from rushes.departments.previs.stage.collisions import collisions
from rushes.departments.previs.stage.default_places import default_places
from rushes.departments.previs.stage.default_sets import default_light, default_plan
from rushes.departments.previs.stage.floorplan import FloorPlan
from rushes.departments.previs.stage.mannequin import mannequin
from rushes.departments.previs.stage.models import model_stage, read_model
from rushes.departments.previs.stage.pieces import Light, Matrix, Piece, Stage
from rushes.departments.previs.stage.plans import read_plan
from rushes.departments.previs.stage.timeline import Mark
from rushes.departments.previs.timing import element_seconds

Gazes = tuple[tuple[float, float, float] | None, ...]
"""What everybody looks at, x, y and z in metres."""
MOST_ON_STAGE = 8
"""People of one scene who get a mannequin: those who speak first, then those who are seen."""
HEARD_ONLY = "cue (V.O.)"
"""Why somebody is on a sheet who is not on the stage."""
TURN_S = 0.35
"""Seconds in which a head turns to who speaks."""
TINTS = (
    (0.60, 0.55, 0.50),
    (0.50, 0.55, 0.62),
    (0.60, 0.50, 0.52),
    (0.52, 0.58, 0.50),
    (0.62, 0.58, 0.46),
    (0.53, 0.50, 0.60),
    (0.48, 0.56, 0.57),
    (0.58, 0.54, 0.58),
)
"""Of the mannequins, scene-linear, by their place in the cast list: who is who stays visible, and nobody is anyone."""


@dataclass(frozen=True, eq=False)
class StagedScene:
    """A scene ready to be covered.

    Attributes:
        work: what was decided for it.
        number: as printed.
        sheet: its breakdown.
        beats: in order.
        starts: frame at which each beat starts, and the scene's end.
        rate: frames a second.
        stage: the set with everybody in it.
        walks: where everybody is, and goes.
        light: the light.
    """

    work: SceneWork
    number: str
    sheet: SceneSheet
    beats: tuple[SceneBeat, ...]
    starts: tuple[int, ...]
    rate: Fraction
    stage: Stage
    walks: Mapping[str, Walk]
    light: Light

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """Who stands where when the scene begins."""
        return {name: figure_at(walk, 0.0) for name, walk in self.walks.items()}

    @cached_property
    def the_set(self) -> Figure:
        """What stands for the set in an establishing shot: the middle of it, faced from its open side."""
        spots = np.array([spot for wall in self.stage.walls for spot in wall]) if self.stage.walls else np.zeros((1, 2))
        x, z = (spots.min(0) + spots.max(0)) / 2
        return Figure(THE_SET, 1.75, (float(x), 0.0, float(z)), 0.0)

    @cached_property
    def everybody(self) -> dict[str, Figure]:
        """Who may stand in a typed line when the scene begins: the people, and the set."""
        return {**self.figures, THE_SET: self.the_set}

    @cached_property
    def moving(self) -> bool:
        """Somebody walks, or changes how they stand."""
        return any(len(walk.marks) > 1 for walk in self.walks.values())

    @cached_property
    def faults(self) -> tuple[str, ...]:
        """What no human could do of the blocking, and who stands in whom or in what."""
        walks = tuple(self.walks.values())
        ends = float(self.starts[-1] / self.rate)
        met = collisions(self.stage, walks, seconds=(0.0, ends if self.moving else 0.0))
        return (*(fault for walk in walks for fault in faults(walk)), *(one.words for one in met))

    def figures_at(self, frame: int) -> tuple[Figure, ...]:
        """Return the people at a frame of the scene."""
        if not self.moving:
            return tuple(self.figures.values())
        return self._figures(max(frame, 0))

    def cast_at(self, frame: int) -> dict[str, Figure]:
        """Return who may stand in a typed line at a frame: the people where they are then, and the set."""
        return {**{figure.name: figure for figure in self.figures_at(frame)}, THE_SET: self.the_set}

    def places_at(self, frame: int) -> Mapping[str, Matrix]:
        """Return where every part of everybody is at a frame of the scene: the very same mapping while nobody moves."""
        now = max(frame, 0)
        beat = bisect_right(self.starts, now, 0, len(self.starts) - 1) - 1
        part = min((now - self.starts[beat]) / ceil(float(TURN_S * self.rate)), 1.0)
        return self._placed(now if self.moving else 0, self._gazes(beat, part))

    @cached_property
    def _figures(self) -> Callable[[int], tuple[Figure, ...]]:
        @lru_cache(maxsize=512)
        def found(frame: int) -> tuple[Figure, ...]:
            return tuple(figure_at(walk, float(frame / self.rate)) for walk in self.walks.values())

        return found

    @cached_property
    def _placed(self) -> Callable[[int, Gazes], Mapping[str, Matrix]]:
        @lru_cache(maxsize=64)
        def placed(frame: int, gazes: Gazes) -> Mapping[str, Matrix]:
            found: dict[str, Matrix] = {}
            for walk, gaze in zip(self.walks.values(), gazes, strict=True):
                found |= places_at(walk, float(frame / self.rate), look_at=gaze)
            return MappingProxyType(found)

        return placed

    @cached_property
    def _gazes(self) -> Callable[[int, float], Gazes]:
        @lru_cache(maxsize=4096)
        def gazes(beat: int, part: float) -> Gazes:
            found = [self._gaze(name, beat, part) for name in self.walks]
            return tuple(None if at is None else (float(at[0]), float(at[1]), float(at[2])) for at in found)

        return gazes

    def _gaze(self, name: str, beat: int, part: float) -> Point | None:
        """Return what somebody looks at: whom they speak to, else who speaks; the head takes a moment to turn."""
        now, before = self._looked_at(name, beat), self._looked_at(name, beat - 1)
        if now is None or before is None:
            return now if now is not None else before
        return np.asarray(before + (now - before) * (part * part * (3 - 2 * part)), np.float64)

    def _looked_at(self, name: str, place: int) -> Point | None:
        for beat in (*reversed(self.beats[: max(place, 0) + 1]), *self.beats[max(place, 0) + 1 :]):
            other = beat.to if beat.speaker == name else beat.speaker
            if other in self.figures and other != name:
                return landmark(self.figures[other], "eyes")
        return None


def stage_scene(folder: Path, project: Project, tracked: Tracked, *, sheet: SceneSheet) -> StagedScene:
    """Return a scene on its stage: as was decided, and for the rest the house's choice.

    Args:
        folder: of the project.
        project: the project.
        tracked: the scene.
        sheet: its breakdown.
    """
    work = next((one for one in project.scenes if one.id == tracked.id), SceneWork(tracked.id))
    known = {part.name: part for part in project.cast}
    names = [name for name in on_stage(sheet) if name in known]
    beats = beats_of(tracked.scene, element_seconds(tracked.scene, project.pace), _who(known))
    setting, plan = _setting(folder, work, sheet)
    walks = _walks(names, known, work, plan=plan, beats=beats)
    tints = {part.name: TINTS[place % len(TINTS)] for place, part in enumerate(project.cast)}
    people = [piece for n in names for piece in _body(n, known[n].height_m, known[n].build, tint=tints[n])]
    time = work.time or sheet.time
    rate = Fraction(project.frame_rate)
    return StagedScene(
        work,
        sheet.number,
        sheet,
        beats,
        beat_frames(beats, rate),
        rate,
        replace(setting, pieces=(*setting.pieces, *people)),
        walks,
        default_light(sheet.where, time),
    )


@lru_cache(maxsize=256)
def _body(name: str, height_m: float, build: str, *, tint: tuple[float, float, float]) -> tuple[Piece, ...]:
    """Return a mannequin, which is the same in every scene."""
    return mannequin(Figure(name, height_m), build=build, tint=tint)


def on_stage(sheet: SceneSheet) -> tuple[str, ...]:
    """Return who is in a scene: those who speak, then those who are only seen, each once; a voice (V.O.) is not."""
    here = [item for item in sheet.items if item.why != HEARD_ONLY]
    names = [item.name for kind in (Category.SPEAKING, Category.SILENT) for item in here if item.category is kind]
    return tuple(dict.fromkeys(names))[:MOST_ON_STAGE]


def plan_of_scene(sheet: SceneSheet) -> FloorPlan:
    """Return the floor plan that the heading asks for, to be drawn over by who knows better."""
    return default_plan(sheet.where, sheet.place, sheet.time)


def _setting(folder: Path, work: SceneWork, sheet: SceneSheet) -> tuple[Stage, FloorPlan]:
    """Return the set, and its floor plan; a model has an empty one."""
    if not work.set_file:
        plan = plan_of_scene(sheet)
        return build_stage(plan), plan
    path = inside(folder, "sets", work.set_file)
    if path.suffix.lower() in (".json", ".svg"):
        plan = read_plan(path)
        return build_stage(plan), plan
    return model_stage(sheet.place, read_model(path)), FloorPlan(sheet.place)


def _who(known: Mapping[str, Part]) -> Callable[[str], str]:
    def name(cue: str) -> str:
        return next((one.name for one in read_cue(cue) if one.name in known), "")

    return name


def _walks(
    names: Sequence[str],
    known: Mapping[str, Part],
    work: SceneWork,
    *,
    plan: FloorPlan,
    beats: Sequence[SceneBeat],
) -> dict[str, Walk]:
    """Return everybody's blocking: as was decided, else standing on the set's marks, facing whom they talk to."""
    talks = [(beat.speaker, beat.to) for beat in beats if beat.speaker in names and beat.to in names]
    usual = default_places(plan, {name: known[name].height_m for name in names}, talks)
    found = {}
    for name in names:
        decided = sorted((place for place in work.places if place.who == name), key=lambda place: place.at_s)
        figure = usual[name]
        here = Mark(0.0, figure.place, figure.facing_deg, "sit" if figure.seat_m else "stand", figure.seat_m)
        marks = [_mark(place) for place in decided]
        if not marks or marks[0].at_s > 0:
            marks.insert(0, here)
        found[name] = Walk(name, known[name].height_m, tuple(marks), known[name].build)
    return found


def _mark(place: Place) -> Mark:
    return Mark(place.at_s, (place.x, 0.0, place.z), place.facing_deg, place.pose, place.seat_m or None)
