"""rushes deliver: write approved takes."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json
from rushes.domain.nouns import Take
from rushes.domain.records import to_json
from rushes.flow.deliver import Parcel, deliver_takes
from rushes.jobs.bar import progress_bar


def deliver(
    name: Annotated[str, typer.Argument(help="Name of the delivery.")],
    takes: Annotated[list[str], typer.Argument(help="Approved takes, by name.")],
    *,
    to: Annotated[Path, typer.Option(help="A folder that is not there yet.")],
    movie: Annotated[
        list[str] | None, typer.Option(help="h264, prores422hq, prores4444 or dnxhr_hqx; h264, else.")
    ] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Write approved takes with their chain of title, signed."""
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        found = [studio.ledger.find(Take, production.name, take) for take in takes]
        parcel = Parcel(production.name, name, found, to.absolute(), tuple(movie or ("h264",)))
        delivery = deliver_takes(studio, parcel, watch)
    if as_json:
        say_json(to_json(delivery))
    else:
        say(f"{name}: {len(delivery.files)} files in {to}; check it with  {_check_of(to)}")


def _check_of(folder: Path) -> str:
    """Return the command that checks a delivery, as it is typed.

    >>> _check_of(Path("reel 1 ü"))
    "rushes verify 'reel 1 ü'"
    """
    return f"rushes verify {shlex.quote(str(folder))}"
