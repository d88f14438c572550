"""rushes promote: put a model forward for work, its originality report read."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.nouns import Model
from rushes.domain.records import to_json
from rushes.flow.promotion import promote_model


def promote(
    model: Annotated[str, typer.Argument(help="Name of the model.")],
    *,
    by: Annotated[str, typer.Option(help="A person of the show, by name.")],
    note: Annotated[str, typer.Option(help="Answers for what the report found.")] = "",
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Put a model forward for work; refused without its originality report."""
    with open_desk(show) as (studio, production):
        promotion = promote_model(studio, studio.ledger.find(Model, production.name, model), by, note=note)
    if as_json:
        say_json(to_json(promotion))
    else:
        say(f"{model}: promoted by {promotion.person}{': ' + promotion.note if promotion.note else ''}")
