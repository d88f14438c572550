"""rushes vet: look through what a model makes, and keep the report that its promotion rests on."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.reports import copy_reports
from rushes.cli.voice import err, say, say_json
from rushes.domain.nouns import Asset, Model
from rushes.domain.records import to_json
from rushes.flow.promotion import newest_watchlist
from rushes.flow.vetting import Vetting, vet_model
from rushes.jobs.bar import progress_bar


def vet(
    model: Annotated[str, typer.Argument(help="Name of the model.")],
    *,
    against: Annotated[list[str] | None, typer.Option(help="An asset beside those of the watch-list.")] = None,
    every: Annotated[bool, typer.Option("--every", help="Compare every frame, not one of twelve.")] = False,
    reports: Annotated[Path | None, typer.Option(help="A folder to copy the pages into.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Hold all that a model made against what taught it and the watchlist; keep the report."""
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        watched = newest_watchlist(studio, production.name)
        listed = [studio.ledger.get(digest) for digest in watched.assets] if watched else []
        further = [studio.ledger.find(Asset, production.name, name) for name in against or ()]
        works = tuple(dict.fromkeys(one for one in (*listed, *further) if isinstance(one, Asset)))
        found = studio.ledger.find(Model, production.name, model)
        report = vet_model(studio, Vetting(found, works, every), watch)
        pages = copy_reports(studio, report.files, reports)
    if as_json:
        say_json({**to_json(report), "copied": pages if reports else []})
    else:
        looked, watched_for = len(report.looked), len(report.watched)
        say(f"{model}: {report.copies} copied, {report.candidates} to look at in {looked} take(s) or plate(s)")
        say(f"held against what taught it and {watched_for} work(s) of the watch-list")
        for path in pages:
            say(f"report: {path}")
    raise typer.Exit(1 if report.copies or report.candidates else 0)
