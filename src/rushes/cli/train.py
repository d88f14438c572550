"""rushes train: teach a department."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.measures import measure_rows
from rushes.cli.on_farm import On, train_on
from rushes.cli.pairs import dataset_of_files, files_of_pairs, name_of_files
from rushes.cli.reports import copy_reports
from rushes.cli.voice import err, say, say_json, say_table
from rushes.departments.find import find_department
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Dataset, Model
from rushes.domain.records import to_json
from rushes.flow.train import Order
from rushes.jobs.bar import progress_bar


def train(
    department: Annotated[str, typer.Argument(help="Such as look.")],
    *,
    dataset: Annotated[str | None, typer.Option(help="What it is taught by.")] = None,
    pairs: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Files instead: before and after, as in b.####.exr a.####.exr.", metavar="BEFORE AFTER"),
    ] = None,
    mattes: Annotated[
        tuple[str, str] | None, typer.Option(help="Files instead: before and its mattes.", metavar="BEFORE MATTE")
    ] = None,
    colour_space: Annotated[str | None, typer.Option(help="Of these files; see: rushes ingest")] = None,
    owner: Annotated[str | None, typer.Option(help="Who owns them; locked until that is known.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="Someone who can be recognised in them.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody can be recognised in them.")] = False,
    name: Annotated[str | None, typer.Option(help="Name of the model; the dataset's, else.")] = None,
    recipe: Annotated[str | None, typer.Option(help="One of the department's recipes; its first one, else.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE of the recipe; NAME=@FILE for a file's text.")
    ] = None,
    earlier: Annotated[
        list[str] | None, typer.Option(help="An approved model of this show: what to expect where nothing is shown.")
    ] = None,
    seconds: Annotated[float | None, typer.Option(help="The best model in this time.")] = None,
    minutes: Annotated[float | None, typer.Option(help="The same, in minutes.")] = None,
    reports: Annotated[Path | None, typer.Option(help="A folder to copy the reports into.")] = None,
    on: On = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Teach a department with a cleared dataset."""
    recipes = find_department(department).recipes
    files = files_of_pairs(
        [pairs] if pairs else [], [mattes] if mattes else [], colour_space, owner=owner, people=_people(person, nobody)
    )
    if bool(files.by_role) == (dataset is not None):
        raise BadMaterial("what is it taught by?", remedy="Give --dataset, or --pairs and --mattes, and not both.")
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        if dataset:
            lesson = studio.ledger.find(Dataset, production.name, dataset)
        else:
            called = name or name_of_files(files)
            lesson = dataset_of_files(studio, production, files, name=called, department=department, watch=watch)
        if lesson.department != department:
            raise BadMaterial(f"{dataset} was cleared for {lesson.department}, not for {department}")
        budget = [("seconds", f"{(seconds or 0) + 60 * (minutes or 0):g}")] if seconds or minutes else []
        order = Order(
            dataset=lesson,
            name=name or lesson.name,
            recipe=recipe or next(iter(recipes)),
            settings=dict([*(_setting(text) for text in setting or ()), *budget]),
            earlier=tuple(studio.ledger.find(Model, production.name, model) for model in earlier or ()),
        )
        model = train_on(on, studio, order, watch=watch)
        pages = copy_reports(studio, model.reports, reports)
    if as_json:
        say_json({**to_json(model), "copied": pages if reports else []})
        return
    say_table(f"{model.name}: weights {model.weights.digest}", *measure_rows(model.measures))
    for path in pages:
        say(f"report: {path}")


def _people(person: list[str] | None, nobody: bool) -> tuple[str, ...] | None:
    if nobody and person:
        raise BadMaterial("nobody and somebody cannot both be seen", remedy="Give --nobody or --person.")
    return () if nobody else tuple(person) if person else None


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadMaterial(f"{text!r} is no setting", remedy="Write it as NAME=VALUE or NAME=@FILE.")
    if not value.startswith("@"):
        return name, value
    try:
        return name, Path(value[1:]).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadMaterial(f"{value[1:]} does not read as text: {error}") from error
