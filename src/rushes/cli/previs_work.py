"""rushes previs shot, add, omit, renumber, cast, set, place, item, swatch, learn: what people decide in a project."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.voice import say, say_table
from rushes.departments.previs.breakdown.decisions import Decision, write_decisions
from rushes.departments.previs.breakdown.items import Category
from rushes.departments.previs.breakdown.tagger import teach
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.project.edits import (
    omitted,
    renamed,
    renumbered,
    shot_of,
    with_new_shot,
    with_part,
    with_scene,
    with_shot,
)
from rushes.departments.previs.project.files import keep, read_project, tracked_scenes, write_project
from rushes.departments.previs.project.learning import fitted_pace, keep_tagger
from rushes.departments.previs.project.model import METHODS, Place, Project, ShotWork
from rushes.departments.previs.project.rehearsal import DECISIONS, Rehearsal, decisions_of, rehearse
from rushes.departments.previs.project.staging import plan_of_scene
from rushes.departments.previs.stage.plan_json import write_plan
from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.whole import whole_file

Folder = Annotated[Path, typer.Argument(help="Of the project.")]
ShotName = Annotated[str, typer.Argument(help="Label or id of the shot.")]
SceneNumber = Annotated[str, typer.Argument(help="Number of the scene, as printed.")]
Line = Annotated[str, typer.Argument(help="As in 'MCU LOW 50mm JENNY>WILL, push in 3s'.")]


def shot(
    folder: Folder,
    name: ShotName,
    line: Annotated[str | None, typer.Argument(help="As in 'MCU LOW 50mm JENNY>WILL, push in 3s'.")] = None,
    *,
    note: Annotated[str | None, typer.Option(help="For whoever draws or shoots it.")] = None,
    seconds: Annotated[float | None, typer.Option(help="Its length; 0 for that of its words.")] = None,
    label: Annotated[str | None, typer.Option(help="What it is called from now on; its id stays.")] = None,
    method: Annotated[str | None, typer.Option(help=f"{', '.join(METHODS)}.")] = None,
    strength: Annotated[float | None, typer.Option(help="Of the look, 0 to 1.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Of anything random in the method.")] = None,
    lock: Annotated[
        list[str] | None, typer.Option(help="A piece, person or surface that the look leaves alone; '' for none.")
    ] = None,
    sketch: Annotated[Path | None, typer.Option(help="A drawing to lay over it: PNG or SVG.")] = None,
    instead: Annotated[bool | None, typer.Option("--instead/--over", help="The drawing stands instead of it.")] = None,
) -> None:
    """Change a shot, or show it."""
    project = read_project(folder)
    changes: dict[str, object] = {
        "asked": line,
        "note": note,
        "frames": None if seconds is None else round(seconds * Fraction(project.frame_rate)),
        "method": method,
        "strength": strength,
        "seed": seed,
        "locked": None if lock is None else tuple(filter(None, lock)),
        "sketch": keep(folder, "sketches", sketch) if sketch else None,
        "sketch_instead": instead,
    }
    changes = {key: value for key, value in changes.items() if value is not None}
    if changes:
        project = with_shot(project, name, **changes)
    if label:
        project = renamed(project, name, label)
    if changes or label:
        checked_shot(folder, project, label or name)
        write_project(folder, project)
    named, work = shot_of(project, label or name)
    say(f"{named.label} {work.asked}" + (f" — {work.note}" if work.note else ""))


def add(
    folder: Folder,
    scene: SceneNumber,
    line: Line,
    *,
    after: Annotated[str, typer.Option(help="The shot that it follows; the scene's last one, else.")] = "",
    element: Annotated[int, typer.Option(help="Paragraph of the scene at which it starts, from 0.")] = 0,
    note: Annotated[str, typer.Option(help="For whoever draws or shoots it.")] = "",
) -> None:
    """Add a shot to a scene; no other is renamed."""
    project, rehearsal, found = with_scene_of(folder, scene)
    last = len(rehearsal.scenes[found].beats) and rehearsal.scenes[found].beats[-1].last
    work = ShotWork("", found, min(element, last), last, line, note=note)
    project, named = with_new_shot(project, work, scene, after=after)
    checked_shot(folder, project, named.label)
    write_project(folder, project)
    say(f"{named.label} {line}")


def omit(
    folder: Folder,
    name: ShotName,
    *,
    restore: Annotated[bool, typer.Option("--restore", help="Bring it back.")] = False,
) -> None:
    """Take a shot out of the show, or bring it back; its id and its label stay."""
    write_project(folder, omitted(read_project(folder), name, out=not restore))


def renumber(
    folder: Folder,
    *,
    scheme: Annotated[str, typer.Option(help="As in '{show}_{scene}_{step:04d}'; the one it has, else.")] = "",
) -> None:
    """Name every shot anew in cutting order; ids stay."""
    project = renumbered(read_project(folder), scheme)
    write_project(folder, project)
    say(", ".join(named.label for named in project.roster))


def cast(
    folder: Folder,
    name: Annotated[str | None, typer.Argument(help="As in the script.")] = None,
    *,
    height: Annotated[float | None, typer.Option(help="Stature in metres.")] = None,
    build: Annotated[str | None, typer.Option(help="Of the mannequin.")] = None,
) -> None:
    """Show the cast list, or say how tall somebody is: lenses are set for it."""
    project = read_project(folder)
    if name is None:
        say_table(
            "", ("name", "height", "build"), [(one.name, f"{one.height_m:.2f} m", one.build) for one in project.cast]
        )
        return
    known = next((one for one in project.cast if one.name == name), None)
    if known is None:
        raise NotFound("part", name, [one.name for one in project.cast])
    part = replace(known, height_m=height or known.height_m, build=build or known.build)
    changed = with_part(project, part)
    rehearse(folder, changed)
    write_project(folder, changed)
    say(f"{part.name}: {part.height_m:.2f} m, {part.build}")


def set_(
    folder: Folder,
    scene: SceneNumber,
    file: Annotated[Path | None, typer.Argument(help="A floor plan (JSON, SVG) or a model (glTF, OBJ, USD).")] = None,
) -> None:
    """Give a scene its set; without a file, write down the floor plan that its heading suggested, to draw over."""
    project, rehearsal, found = with_scene_of(folder, scene)
    if file is None:
        path = folder / "sets" / f"scene-{scene}.json"
        if path.exists():
            raise BadMaterial(f"{path} is there already", remedy=f"Name it: rushes previs set {folder} {scene} {path}")
        write_plan(plan_of_scene(rehearsal.scenes[found].sheet), path)
        say(f"{path}: change it, then rushes previs set {folder} {scene} {path}")
        return
    changed = with_scene(project, found, set_file=keep(folder, "sets", file))
    rehearse(folder, changed)
    write_project(folder, changed)


def place(
    folder: Folder,
    scene: SceneNumber,
    who: Annotated[str, typer.Argument(help="As in the script.")],
    *,
    x: Annotated[float, typer.Argument(help="Metres.")],
    z: Annotated[float, typer.Argument(help="Metres.")],
    facing: Annotated[float, typer.Option(help="Degrees; 0 looks along +Z, 90 along +X.")] = 0.0,
    pose: Annotated[str, typer.Option(help="As in stand, sit, lean, walk.")] = "stand",
    seat: Annotated[float, typer.Option(help="Height of the seat, metres, when sitting.")] = 0.0,
    at: Annotated[float, typer.Option(help="Seconds from the start of the scene; they walk there in time.")] = 0.0,
) -> None:
    """Say where somebody is in a scene, and where they walk."""
    project, rehearsal, found = with_scene_of(folder, scene)
    spot = Place(who, at, x, z, facing, pose, seat)
    before = rehearsal.scenes[found].work.places
    kept = [one for one in before if (one.who, one.at_s) != (who, at)]
    changed = with_scene(project, found, places=tuple(sorted([*kept, spot], key=lambda one: (one.who, one.at_s))))
    fresh = rehearse(folder, changed)
    if who not in fresh.scenes[found].figures:
        raise NotFound(f"person in scene {scene}", who, list(fresh.scenes[found].figures))
    write_project(folder, changed)


def item(
    folder: Folder,
    scene: SceneNumber,
    category: Annotated[str, typer.Argument(help="As in props, vehicles, 'set dressing'.")],
    *,
    name: Annotated[str, typer.Argument(help="As it stands on the breakdown sheet.")],
    words: Annotated[str, typer.Option(help="The script's own words; the name, else.")] = "",
    reject: Annotated[bool, typer.Option("--reject/--accept", help="It is none; or it is one.")] = False,
    by: Annotated[str, typer.Option(help="Who says so.")] = "",
) -> None:
    """Accept or reject an item of the breakdown: every later breakdown and draft obeys, and the tagger learns."""
    _, _, found = with_scene_of(folder, scene)
    kind = next((one for one in Category if category.lower() in (one.value, one.name.lower())), None)
    if kind is None:
        raise NotFound("category", category, [one.value for one in Category])
    decision = Decision(
        found, kind, name, words or name, not reject, by, datetime.now(UTC).isoformat(timespec="seconds")
    )
    with whole_file(folder / DECISIONS) as draft:
        draft.write_text(write_decisions((*decisions_of(folder), decision)), encoding="utf-8")


def swatch(
    folder: Folder,
    surface: Annotated[str, typer.Argument(help="A surface or a piece of a set, as in 'plaster wall'.")],
    name: Annotated[str, typer.Argument(help="Of the swatch, as in the look pack's report; or greybox; '' for none.")],
) -> None:
    """Say which swatch of the look a surface wears; what nobody decided goes by its words and its grey."""
    project = read_project(folder)
    decided = {**dict(project.swatches), surface: name}
    kept = tuple(sorted((what, worn) for what, worn in decided.items() if worn))
    write_project(folder, replace(project, swatches=kept))
    say("\n".join(f"{what}: {worn}" for what, worn in kept) or "nothing is decided")


def the_shot(folder: Path, name: str) -> tuple[Project, ReadyShot, ShotWork]:
    """Return a project and one of its shots that can be drawn, by id or label.

    Raises:
        NotFound: it is omitted, lies in the tray, or no camera gives what is asked.
    """
    project = read_project(folder)
    named, work = shot_of(project, name)
    rehearsal = rehearse(folder, project)
    if named.shot_id not in rehearsal.shots:
        raise NotFound("shot that can be drawn", name, [shot.label for shot in rehearsal.shots.values()])
    return project, rehearsal.shots[named.shot_id], work


def learn(folder: Folder) -> None:
    """Learn from this show: the tagger from what people decided, the pace from the cut that came back."""
    project = read_project(folder)
    tracked = tracked_scenes(folder, project)
    decided = decisions_of(folder)
    tagger = teach(tracked, decided=decided)
    keep_tagger(folder, tagger, project.title)
    say(f"tagger: taught by {len(decided)} decision(s) and the script's own tags")
    if project.recut:
        pace = fitted_pace(project, tracked)
        write_project(folder, replace(project, pace=pace))
        say(f"pace: fitted to {pace.fitted} scene(s) of the cut, each off by {pace.spread:.0%} as a rule")
    else:
        say("pace: no cut has come back yet")


def with_scene_of(folder: Path, number: str) -> tuple[Project, Rehearsal, str]:
    """Return a project, rehearsed, and the id of a scene by its number."""
    project = read_project(folder)
    rehearsal = rehearse(folder, project)
    ids = {scene.number: name for name, scene in rehearsal.scenes.items()}
    if number not in ids:
        raise NotFound("scene", number, ids)
    return project, rehearsal, ids[number]


def checked_shot(folder: Path, project: Project, name: str) -> None:
    """Refuse a change that leaves its shot without a camera."""
    named, _ = shot_of(project, name)
    rehearsal = rehearse(folder, project)
    if named.shot_id not in rehearsal.shots and not named.omitted:
        reasons = [fault for fault in rehearsal.faults if fault.startswith(named.label)]
        raise BadMaterial(f"{named.label} cannot be drawn so", reasons, "Change the line; nothing was kept.")


COMMANDS: tuple[Callable[..., None], ...] = (shot, add, omit, renumber, cast, set_, place, item, swatch, learn)
