"""rushes previs key, next, carry: a few frames that an artist painted, carried over their shot."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image

from rushes.cli.previs_work import the_shot
from rushes.cli.voice import err, say
from rushes.departments.previs.keys.cover import heat_picture, paint_next
from rushes.departments.previs.project.darkroom import Darkroom
from rushes.departments.previs.project.files import write_project
from rushes.departments.previs.project.keying import keep_key, keys_of, teach_net
from rushes.departments.previs.project.model import Project, ShotWork
from rushes.departments.previs.project.rehearsal import size_of
from rushes.departments.previs.render.display import to_display
from rushes.jobs.bar import progress_bar
from rushes.media.whole import whole_file

Folder = Annotated[Path, typer.Argument(help="Of the project.")]
ShotName = Annotated[str, typer.Argument(help="Label or id of the shot.")]
LOOKED_AT = 12
"""Frames of a shot that advice is given from."""


def key(
    folder: Folder,
    name: ShotName,
    frame: Annotated[int, typer.Argument(min=0, help="Of the shot, from 0.")],
    *,
    painting: Annotated[Path, typer.Argument(help="Painted over that frame: PNG, TIFF, or scene-linear EXR.")],
) -> None:
    """Keep a frame that an artist painted; the shot is drawn from its keys from now on."""
    project, shot, work = the_shot(folder, name)
    with Darkroom(project, size_of(project), folder=folder) as room:
        made = keep_key(folder, work, frame, painting=painting, passes=room.passes(shot, frame))
        # all keys are looked at before anything is decided: one that does not fit is refused with every reason
        keys_of(folder, made, shot, passes_at=lambda number: room.passes(shot, number))
    _kept(folder, project, replace(made, method="keyed"))
    say(f"{shot.label}: {len(made.keys)} key(s); rushes previs carry {folder} {shot.label} teaches what no key shows")


def next_(
    folder: Folder,
    name: ShotName,
    *,
    to: Annotated[Path | None, typer.Option(help="A new .png that shows where to paint.")] = None,
) -> None:
    """Say which frame to paint next, and where: what no key shows yet."""
    project, shot, work = the_shot(folder, name)
    with Darkroom(project, size_of(project), folder=folder) as room:
        numbers = sorted({round(n) for n in np.linspace(0, max(shot.frames - 1, 0), LOOKED_AT)})
        looked_at = {number: room.passes(shot, number) for number in numbers}
        keyed = keys_of(folder, work, shot, passes_at=lambda n: room.passes(shot, n)).keys if work.keys else ()
        advice = paint_next(looked_at, keyed, [piece.name for piece in shot.stage.pieces])
    if advice is None:
        say(f"{shot.label}: everything is painted")
        return
    say(f"{shot.label}, frame {advice.frame}: {advice.words}")
    if to:
        picture = to_display(heat_picture(advice, looked_at[advice.frame]))
        with whole_file(to) as draft:
            Image.fromarray(picture).save(draft)


def carry(
    folder: Folder,
    name: ShotName,
    *,
    seconds: Annotated[float, typer.Option(min=1, help="Of one processor.")] = 60.0,
) -> None:
    """Teach what no key shows of a shot, by its keys alone."""
    project, shot, work = the_shot(folder, name)
    with progress_bar(err) as watch, Darkroom(project, size_of(project), folder=folder) as room:
        watch(0, 1, "learning from the keys")
        keyed = keys_of(folder, work, shot, passes_at=lambda number: room.passes(shot, number))
        learned = teach_net(folder, work, keyed, seconds=seconds)
    say(f"{shot.label}: {learned.steps} steps; rushes previs draw {folder} shows it")


def _kept(folder: Path, project: Project, work: ShotWork) -> None:
    shots = tuple(work if shot.id == work.id else shot for shot in project.shots)
    write_project(folder, replace(project, shots=shots))


COMMANDS: tuple[Callable[..., None], ...] = (key, next_, carry)
