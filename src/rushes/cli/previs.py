"""rushes previs: from a screenplay to boards, plans and an animatic that the director decides."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json, say_table
from rushes.domain.errors import MissingExtra
from rushes.domain.nouns import Model
from rushes.domain.records import plain
from rushes.flow.looks import open_look
from rushes.jobs.bar import progress_bar

try:
    from rushes.cli import previs_demo, previs_keys, previs_out, previs_work
    from rushes.cli.previs_publish import Wanted, publish
    from rushes.cli.previs_work import with_scene_of
    from rushes.departments.previs.breakdown.sheets import break_down
    from rushes.departments.previs.project.drafting import merged_draft, with_draft
    from rushes.departments.previs.project.dressing import look_of
    from rushes.departments.previs.project.files import keep_draft, read_project, tracked_scenes, write_project
    from rushes.departments.previs.project.model import Camera
    from rushes.departments.previs.project.rehearsal import rehearse
    from rushes.departments.previs.project.starting import scene_plans, start, with_plan, with_scenes_of
    from rushes.departments.previs.script.read import read_script
except ModuleNotFoundError as missing:
    if missing.name is None or missing.name.startswith("rushes"):
        raise
    raise MissingExtra("previs", missing.name) from missing

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Folder = Annotated[Path, typer.Argument(help="Of the project.")]
SceneNumber = Annotated[str, typer.Argument(help="Number of the scene, as printed.")]
Quick = Annotated[bool, typer.Option("--no-animatic", help="Leave the animatic out.")]


@app.command()
def new(
    script: Annotated[Path, typer.Argument(help="Fountain, Final Draft or PDF.")],
    *,
    to: Annotated[Path | None, typer.Option(help="A new folder; named after the script, else.")] = None,
    fps: Annotated[str, typer.Option(help="24, 23.976, 25, 29.97…")] = "24",
    width: Annotated[int, typer.Option(min=160, max=4096, help="Of pictures, pixels.")] = 960,
    filmback: Annotated[str, typer.Option(help="As in super-35, alexa-35, full-frame.")] = "super-35-3perf",
    squeeze: Annotated[float, typer.Option(help="Of anamorphic lenses, as in 2.")] = 1.0,
    aspect: Annotated[float, typer.Option(help="Of the delivered picture, as in 2.39.")] = 16 / 9,
    quick: Quick = False,
) -> None:
    """Start a project from a script: breakdown, shots, boards, plans, animatic, one page over it all."""
    folder = to or Path(script.stem)
    camera = Camera(filmback, squeeze, aspect)
    start(folder, script, frame_rate=fps, width=width, camera=camera)
    draw_page(folder, wanted=Wanted(animatic=not quick))


@app.command()
def draw(
    folder: Folder,
    *,
    quick: Quick = False,
    look: Annotated[str | None, typer.Option(help="Look pack, for shots whose method is dressed.")] = None,
    show: ShowName = None,
) -> None:
    """Draw the page again, after changes: what has not changed is not drawn again."""
    if look is None:
        draw_page(folder, wanted=Wanted(animatic=not quick))
        return
    with open_desk(show) as (studio, production):
        opened = open_look(studio, production, studio.ledger.find(Model, production.name, look))
    swatches = dict(read_project(folder).swatches)
    found = look_of(opened.weights, opened.card, opened.colour, model=opened.model, swatches=swatches)
    draw_page(folder, wanted=Wanted(animatic=not quick, look=found))


@app.command()
def show(folder: Folder, *, as_json: AsJson = False) -> None:
    """Show the scenes and shots of a project, and what lies in the tray."""
    project = read_project(folder)
    if as_json:
        say_json(plain(project))
        return
    rehearsal = rehearse(folder, project)
    rate = float(rehearsal.cut.frame_rate)
    rows = [
        (shot.scene, shot.label, shot.line.partition(" ")[2], f"{shot.frames / rate:.1f} s", "; ".join(shot.limits))
        for shot in rehearsal.shots.values()
    ]
    say_table(project.title, ("scene", "shot", "line", "length", "limits"), rows)
    for fault in rehearsal.faults:
        say(f"cannot be drawn: {fault}")
    for scene in rehearsal.scenes.values():
        for fault in scene.faults:
            say(f"scene {scene.number}: {fault}")
    for orphan in project.tray:
        say(f"in the tray: {orphan.anchor.id}: {orphan.why}")


@app.command()
def draft(folder: Folder, script: Annotated[Path, typer.Argument(help="The new draft.")]) -> None:
    """Merge a new draft: scenes and shots keep their ids, what has no place lies in the tray, nothing is lost."""
    project = read_project(folder)
    old, new_script = tracked_scenes(folder, project), read_script(script)
    merged = merged_draft(project, old, new_script)
    kept = keep_draft(folder, script)
    numbers = {sheet.id: sheet.number for sheet in break_down(merged.scenes)}
    moved = with_draft(project, kept, merged, numbers=numbers)
    moved = with_scenes_of(folder, moved, merged.scenes)
    write_project(folder, moved)
    rows = [
        (numbers.get(change.id, ""), change.what + (", moved" if change.moved else ""), change.after or change.before)
        for change in merged.changes
        if change.what != "kept" or change.moved
    ]
    say_table("", ("scene", "is", "heading"), rows)
    say(f"{len(merged.tray)} shot(s) in the tray; {len(moved.shots)} in all")


@app.command()
def plan(
    folder: Folder,
    scene: SceneNumber,
    name: Annotated[str | None, typer.Argument(help="Of the plan that the director picks.")] = None,
) -> None:
    """Show the plans of coverage for a scene, or pick one: what it does not use is omitted, and can be brought back."""
    project, rehearsal, found = with_scene_of(folder, scene)
    if name is None:
        rows = [
            (one.plan.name, one.plan.why, "; ".join(finding.words for finding in one.plan.findings))
            for one in scene_plans(project, rehearsal.scenes[found])
        ]
        say_table("", ("plan", "why", "findings"), rows)
        return
    kept = next(one for one in rehearsal.tracked if one.id == found)
    write_project(folder, with_plan(folder, project, kept, sheet=rehearsal.scenes[found].sheet, name=name))
    say(f"scene {scene}: {name}; rushes previs draw {folder} shows it")


def draw_page(folder: Path, *, wanted: Wanted) -> None:
    """Draw everything that a project shows, and say where it is."""
    project = read_project(folder)
    with progress_bar(err) as watch:
        rehearsal = rehearse(folder, project, lambda done, total: watch(done, total, "scenes on their stages"))
        page = publish(folder, rehearsal, wanted=wanted, watch=watch)
    for fault in rehearsal.faults:
        say(f"cannot be drawn: {fault}")
    say(f"{project.title}: {len(rehearsal.shots)} shots in {len(rehearsal.tracked)} scenes")
    say(f"page: {page}")


for command in (*previs_work.COMMANDS, *previs_keys.COMMANDS, *previs_out.COMMANDS, previs_demo.demo):
    app.command(command.__name__.rstrip("_"))(command)
