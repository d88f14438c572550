"""rushes previs animatic, cut, recut, usd, passes, frame: what goes out of a project, and the cut as it comes back."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image

from rushes.cli.previs_publish import make_animatic
from rushes.cli.previs_work import the_shot
from rushes.cli.voice import err, say
from rushes.departments.previs.out.camera_report import camera_numbers
from rushes.departments.previs.out.hud import hud
from rushes.departments.previs.project.darkroom import Darkroom
from rushes.departments.previs.project.files import read_project, write_project
from rushes.departments.previs.project.frame_recipe import pixels_digest
from rushes.departments.previs.project.model import CutEvent
from rushes.departments.previs.project.pass_files import planes_of, write_plane
from rushes.departments.previs.project.rehearsal import Rehearsal, rehearse, size_of
from rushes.departments.previs.render.passes import Passes
from rushes.domain.errors import BadMaterial
from rushes.integrations.previs_cuts import read_recut, write_cut
from rushes.integrations.previs_sources import CutMedia
from rushes.integrations.previs_usd import write_usd
from rushes.jobs.bar import progress_bar
from rushes.media.whole import whole_file

Folder = Annotated[Path, typer.Argument(help="Of the project.")]
ShotName = Annotated[str, typer.Argument(help="Label or id of the shot.")]
FIRST_FRAME = 1001
SLATE_S = 2.0
"""Of an animatic, unless somebody says otherwise; a cut that points at it counts on the same."""


def animatic(
    folder: Folder,
    to: Annotated[Path, typer.Argument(help="A new .mp4 (H.264) or .mov (ProRes).")],
    *,
    slate: Annotated[float, typer.Option(help="Seconds of slate before the cut.")] = SLATE_S,
    silent: Annotated[bool, typer.Option("--silent", help="No scratch dialogue.")] = False,
) -> None:
    """Write the animatic: slate, burn-ins, timecode, scratch dialogue."""
    project = read_project(folder)
    with progress_bar(err) as watch:
        rehearsal = rehearse(folder, project)
        with Darkroom(project, size_of(project), folder=folder) as room:
            words = make_animatic(to, rehearsal, room, watch=watch, slate_s=slate, spoken=not silent)
    for line in words:
        say(line)
    say(f"{to}: {sum(event.frames for event in rehearsal.cut.events)} frames")


def cut(
    folder: Folder,
    to: Annotated[list[Path], typer.Argument(help="New files: .otio, .edl, .xml (Final Cut Pro 7), .fcpxml.")],
    *,
    movie: Annotated[str, typer.Option(help="The animatic that the cut points at, as its file name.")] = "",
    slate: Annotated[float, typer.Option(help="Seconds of slate that it has before the cut.")] = SLATE_S,
) -> None:
    """Write the cut for an editing system; every format carries the ids of the shots."""
    rehearsal = rehearse(folder, read_project(folder))
    for path in to:
        write_cut(path, rehearsal.cut, rehearsal.shots, media=_media(rehearsal, movie, slate))
        say(str(path))


def recut(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="The editor's cut: .otio, .edl, .xml or .fcpxml.")],
    *,
    movie: Annotated[str, typer.Option(help="What the animatic was called, where the editor cut that up.")] = "",
    look: Annotated[bool, typer.Option("--look", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Take the editor's cut: shots are retimed and reordered, ids are kept, what is left out is not lost."""
    project = read_project(folder)
    rehearsal = rehearse(folder, project)
    labels = {named.shot_id: named.label for named in project.roster}
    found = read_recut(file, labels, rehearsal.cut, animatic=movie)
    for line in (*found.changes, *found.unknown, *found.notes):
        say(line)
    left_out = [labels.get(name, name) for name in found.left_out]
    say(f"left out: {', '.join(left_out)}" if left_out else "no shot is left out")
    if look:
        return
    events = tuple(
        CutEvent(event.shot, event.first, event.frames, str(event.speed)) for event in found.cut.events if event.shot
    )
    closed = sum(event.frames for event in found.cut.events if not event.shot)
    if closed:
        say(f"{closed} frame(s) that show no shot of this project are closed up")
    if not events:
        raise BadMaterial(f"{file.name} has no shot of this project", remedy="Name the animatic: --movie.")
    write_project(folder, replace(project, cut=events, recut=True))


def usd(
    folder: Folder,
    to: Annotated[Path, typer.Argument(help="A folder.")],
    *,
    handles: Annotated[int, typer.Option(min=0, max=1000, help="Frames before and after each shot.")] = 0,
) -> None:
    """Write the stage as USD: sets, and for each shot its camera, people and light."""
    rehearsal = rehearse(folder, read_project(folder))
    shots = list(rehearsal.shots.values())
    with progress_bar(err) as watch:
        done: list[str] = []

        def told(shot: object) -> None:
            done.append("")
            watch(len(done), len(shots), "USD")

        files = write_usd(to, shots, rehearsal.cut.frame_rate, handles=handles, told=told)
    say(f"{files[0]}: choose a shot by the variant of /World")


def passes(
    folder: Folder,
    name: ShotName,
    to: Annotated[Path, typer.Argument(help="A folder.")],
    *,
    frames: Annotated[int, typer.Option(min=0, help="How many; 0 for all of the shot.")] = 0,
    step: Annotated[int, typer.Option(min=1, help="Every so many frames.")] = 1,
) -> None:
    """Write a shot's greybox and its passes as EXR sequences, each ready to be ingested."""
    project, shot, _ = the_shot(folder, name)
    count = min(frames or shot.frames, shot.frames)
    with progress_bar(err) as watch, Darkroom(project, size_of(project), folder=folder) as room:
        for done, frame in enumerate(range(0, count, step)):
            watch(done, len(range(0, count, step)), "passes")
            found = room.passes(shot, frame)
            _write_passes(to, shot.label, FIRST_FRAME + frame, found=found, frame_rate=project.frame_rate)
    say(f"{to}: beauty, depth, normal, rest, ids, lit")


def frame(
    folder: Folder,
    name: ShotName,
    number: Annotated[int, typer.Argument(min=0, help="Of the shot, from 0.")],
    *,
    to: Annotated[Path, typer.Argument(help="A new .png.")],
    reticle: Annotated[
        bool, typer.Option("--hud", help="Lens, height, tilt, distance and stop in a line below.")
    ] = False,
) -> None:
    """Draw one frame, with its recipe beside it: the same recipe gives the same pixels."""
    project, shot, _ = the_shot(folder, name)
    with Darkroom(project, size_of(project), folder=folder) as room:
        picture, recipe = room.draw(shot, number), room.recipe(shot, number)
    shown = np.asarray(hud(picture, camera_numbers(shot, number)), np.uint8) if reticle else picture
    with whole_file(to) as draft:
        Image.fromarray(shown).save(draft)
    told = {"recipe": asdict(recipe), "pixels": pixels_digest(picture)}
    with whole_file(to.with_suffix(".json")) as draft:
        draft.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"{to}: {told['pixels']}")


def _media(rehearsal: Rehearsal, movie: str, slate_s: float) -> CutMedia:
    slate = round(slate_s * rehearsal.cut.frame_rate) if movie else 0
    return CutMedia(animatic=movie, slate_frames=slate, size=size_of(rehearsal.project))


def _write_passes(folder: Path, label: str, number: int, *, found: Passes, frame_rate: str) -> None:
    for name, plane in planes_of(found).items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        path = folder / name / f"{label}_{name}.{number:04d}.exr"
        write_plane(path, plane, colour=name == "beauty", frame_rate=frame_rate)


COMMANDS: tuple[Callable[..., None], ...] = (animatic, cut, recut, usd, passes, frame)
