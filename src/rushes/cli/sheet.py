"""rushes sheet: who can be recognised in it?"""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.nouns import Asset
from rushes.flow import people_sheet


def sheet(
    asset: Annotated[str, typer.Argument(help="An asset, by name.")],
    *,
    to: Annotated[Path, typer.Option(help="The page to write.")],
    every: Annotated[int, typer.Option(help="One frame of so many; one a second, else.", min=0)] = 0,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Write stills of an asset on one page, for whoever looks who can be recognised in it."""
    with open_desk(show) as (studio, production):
        found = studio.ledger.find(Asset, production.name, asset)
        numbers = people_sheet.sheet(studio, found, to, every=every)
    if as_json:
        say_json({"asset": asset, "page": to, "frames": numbers})
    else:
        say(f"{asset}: {len(numbers)} stills in {to}; say who it is with: rushes rights depict {asset} --person NAME")
