"""rushes attribute: which part of its lesson taught a take how much."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.changed import Changed, read_changed
from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json, say_table
from rushes.domain.nouns import Take
from rushes.flow.attribution import FRAMES, Asked, Attribution, attribute_take
from rushes.flow.groups import BY
from rushes.jobs.bar import progress_bar
from rushes.originality.apart import Apart
from rushes.originality.bars import Bar, BarPage, write_bars

NOTE = (
    "The model was taught again without each of them in turn, with the same recipe and seed, and made the same frames "
    "again. The bar is the mean absolute difference of what an audience sees, in display codes of 255. Shares are of "
    "all differences together; where two teach the same, neither is missed, and both shares are small."
)
CHANCE = "another seed, nothing left out"


def attribute(
    take: Annotated[str, typer.Argument(help="Name of the take.")],
    *,
    by: Annotated[str, typer.Option(help=f"Left out in turn: each {', '.join(BY)}.")] = "shot",
    frames: Annotated[int, typer.Option(min=1, help="Of the take that are compared, evenly spread.")] = FRAMES,
    setting: Changed = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with the chart.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Teach a take's model again without each shot, asset, licence or person: which taught it how much."""
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        found = studio.ledger.find(Take, production.name, take)
        answer = attribute_take(studio, Asked(found, by, frames, read_changed(setting)), watch)
    if html:
        write_bars(html, _page(take, by, answer))
    if as_json:
        say_json({"take": take, "by": by, **asdict(answer)})
        return
    rows = [(part.name, f"{100 * part.share:.0f} %", *_numbers(part.apart)) for part in answer.parts]
    say_table("", (by, "share", "codes of 255", "ΔE2000"), [*rows, (CHANCE, "", *_numbers(answer.chance))])
    if html:
        say(f"page: {html}")


def _numbers(apart: Apart) -> tuple[str, str]:
    return f"{apart.codes:.3f}", f"{apart.delta_e:.3f}"


def _page(take: str, by: str, answer: Attribution) -> BarPage:
    longest = max([part.apart.codes for part in answer.parts] + [answer.chance.codes]) or 1.0
    bars = [
        Bar(part.name, part.apart.codes / longest, f"{100 * part.share:.0f} %, {_words(part.apart)}")
        for part in answer.parts
    ]
    bars.append(Bar(CHANCE, answer.chance.codes / longest, _words(answer.chance), faint=True))
    first = answer.parts[0]
    numbers = ", ".join(map(str, answer.frames))
    return BarPage(
        title=f"{take}: what taught it",
        origin=f"By {by}; frames {numbers} of the take.",
        says=f"Most would change without {first.name}: {_words(first.apart)}.",
        bars=bars,
        notes=[NOTE, "A change that is no larger than the one by another seed says nothing."],
    )


def _words(apart: Apart) -> str:
    return f"{apart.codes:.2f} codes, ΔE2000 {apart.delta_e:.2f}"
