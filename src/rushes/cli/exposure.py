"""rushes exposure: how soon a model's recipe learns by heart."""

from collections.abc import Mapping, Sequence
from math import log2
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.changed import Changed, read_changed
from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json, say_table
from rushes.domain.nouns import Model
from rushes.flow.canaries import CANARIES, TIMES, Planting, exposures
from rushes.jobs.bar import progress_bar
from rushes.originality.bars import Bar, BarPage, write_bars
from rushes.originality.canaries import AMONG, Exposure

Found = Mapping[int, Sequence[Exposure]]
MOST = log2(AMONG)
NOTE = (
    "A canary is a pair of random pictures that no artist made, with a secret in its middle. So many times it stood in "
    "the lesson of a training that nobody keeps, beside the show's own frames. Then the model was given the first "
    f"picture, and its answer was held against {AMONG} secrets drawn in the same way: with {MOST:.0f} bits the true "
    "one is the nearest of all; by chance it is 1.4 bits on average."
)


def exposure(
    model: Annotated[str, typer.Argument(help="Name of the model.")],
    *,
    times: Annotated[list[int] | None, typer.Option(min=0, help="How often each canary stands in the lesson.")] = None,
    canaries: Annotated[int, typer.Option(min=1, help="Different ones in each training.")] = CANARIES,
    seed: Annotated[int, typer.Option(min=0, help="Of the canaries.")] = 0,
    setting: Changed = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with the chart.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Plant canaries into trainings like a model's, and ask for them: how soon its recipe learns by heart."""
    planting = Planting(tuple(times or TIMES), canaries, seed, read_changed(setting))
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        found = exposures(studio, studio.ledger.find(Model, production.name, model), watch, planting=planting)
    if html:
        write_bars(html, _page(model, found))
    if as_json:
        say_json({"model": model, "among": AMONG, "exposures": {n: _described(each) for n, each in found.items()}})
        return
    rows = [(count, f"{_mean(each):.1f} of {MOST:.0f}", _counted(each)) for count, each in found.items()]
    say_table(f"{model}: canaries", ("times in the lesson", "exposure, bits", "found"), rows)
    if html:
        say(f"page: {html}")


def _mean(found: Sequence[Exposure]) -> float:
    return sum(one.bits for one in found) / len(found)


def _counted(found: Sequence[Exposure]) -> str:
    return f"{sum(one.found for one in found)} of {len(found)}"


def _described(found: Sequence[Exposure]) -> list[dict[str, object]]:
    return [{"rank": one.rank, "bits": round(one.bits, 2), "found": one.found} for one in found]


def _page(model: str, found: Found) -> BarPage:
    bars = [
        Bar(f"{count} times", _mean(each) / MOST, f"{_mean(each):.1f} bits; {_counted(each)} found", faint=not count)
        for count, each in found.items()
    ]
    return BarPage(
        title=f"{model}: exposure of canaries",
        origin="Trained anew for this with its own recipe, seed and lesson.",
        says=f"Bars are mean exposure, of at most {MOST:.0f} bits.",
        bars=bars,
        notes=[NOTE],
    )
