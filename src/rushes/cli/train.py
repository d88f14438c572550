"""rushes train: teach a department."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.measures import measure_rows
from rushes.cli.voice import err, say, say_json, say_table
from rushes.departments.find import find_department
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Dataset, Model
from rushes.domain.records import to_json
from rushes.flow.train import Order, train_model
from rushes.jobs.bar import progress_bar
from rushes.studio import Studio


def train(
    department: Annotated[str, typer.Argument(help="Such as look.")],
    *,
    dataset: Annotated[str, typer.Option(help="What it is taught by.")],
    name: Annotated[str | None, typer.Option(help="Name of the model; the dataset's, else.")] = None,
    recipe: Annotated[str, typer.Option(help="One of the department's recipes.")] = "standard",
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE of the recipe; NAME=@FILE for a file's text.")
    ] = None,
    earlier: Annotated[
        list[str] | None, typer.Option(help="An approved model of this show: what to expect where nothing is shown.")
    ] = None,
    reports: Annotated[Path | None, typer.Option(help="A folder to copy the reports into.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Teach a department with a cleared dataset."""
    find_department(department)
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        lesson = studio.ledger.find(Dataset, production.name, dataset)
        if lesson.department != department:
            raise BadMaterial(f"{dataset} was cleared for {lesson.department}, not for {department}")
        order = Order(
            dataset=lesson,
            name=name or dataset,
            recipe=recipe,
            settings=dict(_setting(text) for text in setting or ()),
            earlier=tuple(studio.ledger.find(Model, production.name, model) for model in earlier or ()),
        )
        model = train_model(studio, order, watch)
        copies = _copy_reports(studio, model, reports) if reports else []
    if as_json:
        say_json({**to_json(model), "copied": copies})
        return
    say_table(f"{model.name}: weights {model.weights.digest}", *measure_rows(model.measures))
    for path in copies or [studio.vault.path(report) for report in model.reports if report.name.endswith(".html")]:
        say(f"report: {path}")


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


def _copy_reports(studio: Studio, model: Model, folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for report in model.reports:
        (folder / report.name).write_bytes(studio.vault.path(report).read_bytes())
    return [folder / report.name for report in model.reports if report.name.endswith(".html")]
