"""rushes watchlist: the works that must not turn up in what a show's models make."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.nouns import Asset
from rushes.domain.promotions import Watchlist
from rushes.domain.records import digest_of
from rushes.flow.promotion import newest_watchlist


def watchlist(
    assets: Annotated[
        list[str] | None, typer.Argument(help="Stills, plates, grades, boards: the whole list anew; shown, else.")
    ] = None,
    *,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record the works that must not turn up in what models make, or show them."""
    with open_desk(show) as (studio, production):
        before = newest_watchlist(studio, production.name)
        if assets:
            named = [studio.ledger.find(Asset, production.name, name) for name in assets]
            revision = before.revision + 1 if before else 0
            digests = tuple(dict.fromkeys(digest_of(asset) for asset in named))
            before = Watchlist(production.name, "watch-list", digests, revision)
            studio.record(before)
        names = [studio.ledger.get(digest).name for digest in before.assets] if before else []
    if as_json:
        say_json(names)
    else:
        say(f"{production.name} watches for: {', '.join(names) or 'nothing yet'}")
