"""rushes export: a model with its papers."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.nouns import Model
from rushes.flow.export import export_model


def export(
    model: Annotated[str, typer.Argument(help="The model, by name.")],
    *,
    to: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Write a model with its card, bill of materials and signatures, if it may leave."""
    with open_desk(show) as (studio, production):
        found = studio.ledger.find(Model, production.name, model)
        folder = export_model(studio, found, to.absolute())
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    if as_json:
        say_json({"model": model, "folder": folder, "files": names})
    else:
        say(f"{model}: {len(names)} files in {to}; begin with {to / 'model' / 'model-card.html'}")
