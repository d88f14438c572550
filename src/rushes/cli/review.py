"""rushes review: approve a take or send it back."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Take
from rushes.domain.records import to_json
from rushes.flow.review import APPROVED, SENT_BACK, review_take


def review(
    take: Annotated[str, typer.Argument(help="Name of the take.")],
    *,
    by: Annotated[str, typer.Option(help="A person of the show, by name.")],
    approve: Annotated[bool, typer.Option("--approve", help="It may be delivered.")] = False,
    send_back: Annotated[bool, typer.Option("--send-back", help="It may not; say what to change.")] = False,
    note: Annotated[str, typer.Option(help="What to change, or what was good.")] = "",
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Approve a take, or send it back with a note."""
    if approve == send_back:
        raise BadMaterial("a take is approved or sent back", remedy="Give --approve or --send-back.")
    with open_desk(show) as (studio, production):
        found = studio.ledger.find(Take, production.name, take)
        decided = review_take(studio, found, by, decision=APPROVED if approve else SENT_BACK, note=note)
    if as_json:
        say_json(to_json(decided))
    else:
        say(f"{take}: {decided.decision} by {decided.person}{': ' + decided.note if decided.note else ''}")
