"""rushes rebuild: make a model again, and compare."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json
from rushes.domain.nouns import Model
from rushes.flow.rebuild import rebuild_model
from rushes.jobs.bar import progress_bar


def rebuild(
    model: Annotated[str, typer.Argument(help="Name of the model.")],
    *,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Train a model again from what is on record, and compare the weights."""
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        found = studio.ledger.find(Model, production.name, model)
        made = rebuild_model(studio, found, watch)
    if as_json:
        say_json({"model": found.name, "recorded": made.recorded, "made": made.made, "same": made.same})
    else:
        words = "the same weights, to the bit" if made.same else "other weights"
        say(f"{found.name}: {words}")
        say(f"  on record  {made.recorded}")
        say(f"  made again {made.made}")
        if not made.same:
            say("Another kind of processor or other versions of libraries may round differently; else ask why.")
    raise typer.Exit(0 if made.same else 1)
