"""rushes rights withdraw, done: grants taken back, and duties that were done."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, kept, one_of, open_desk, read_date
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.clearances import REACHES, Discharge
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.records import digest_of, to_json
from rushes.studio import Studio

REACHED = {
    "future": ("Dataset", "Model"),
    "retrain": ("Dataset", "Model", "Take"),
    "recall": ("Dataset", "Model", "Take", "Delivery"),
}
"""What each reach of a withdrawal touches: nothing new; nothing that has not left; what has left, too."""

MOST_ROWS = 200


def withdraw(
    instrument: Annotated[str, typer.Argument(help="The licence or consent, by name.")],
    *,
    reason: Annotated[str, typer.Option(help="In the words of whoever takes it back.")],
    since: Annotated[str | None, typer.Option(help="First day without it; today, else.")] = None,
    reach: Annotated[str, typer.Option(help=f"How far it goes: {', '.join(REACHES)}.")] = "recall",
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Take a licence or consent back; everything that it taught is found and quarantined."""
    if not reason.strip():
        raise BadMaterial(f"{instrument} is taken back without a reason", remedy="Say it with --reason.")
    one_of("reach", reach, REACHES)
    with open_desk(show) as (studio, production):
        grants = _granted(studio, production.name, instrument)
        today = studio.today()
        day = read_date(since) or today
        name = f"{instrument}.withdrawn"
        studio.record_all([Withdrawal(production.name, name, digest_of(one), day, reason, reach) for one in grants])
        withdrawn_on = studio.grants(production.name).withdrawn_on
        stands = min(withdrawn_on[digest_of(grant)] for grant in grants)
        touched = [row for grant in grants for row in studio.ledger.names_touched_by(digest_of(grant))]
    rows = [row for row in dict.fromkeys(touched) if row[0] in REACHED[reach]]
    if as_json:
        say_json({"withdrawn": instrument, "since": stands, "reach": reach, "quarantined": rows})
        return
    are = "are quarantined" if stands <= today else f"will be quarantined from {stands}"
    say(f"{instrument} is withdrawn from {stands}; {len(rows)} thing(s) made under it {are}")
    if stands < day:
        say(f"  It was withdrawn from {stands} before, and the earlier day stands.")
    say_table("", ("what", "name"), rows[:MOST_ROWS])
    if len(rows) > MOST_ROWS:
        counts = Counter(kind for kind, _ in rows)
        say(f"{', '.join(f'{count} {kind}' for kind, count in counts.items())}; --json gives every name.")
    models = [name for kind, name in rows if kind == "Model"]
    if reach != "future" and models:
        say(f"Teach them again without it: rushes retrain {models[0]}{' …' if len(models) > 1 else ''}")
    if reach == "recall" and any(kind == "Delivery" for kind, _ in rows):
        say("Deliveries have left: Rushes cannot call them back, you can.")


def done(
    instrument: Annotated[str, typer.Argument(help="The licence that asks for it, by name.")],
    duty: Annotated[str, typer.Argument(help="The duty, by its name there.")],
    *,
    on: Annotated[str | None, typer.Option(help="When; today, else.")] = None,
    paper: Annotated[Path | None, typer.Option(help="The receipt; a copy is kept in the vault.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record that a duty of a licence was done: paid, credited, told."""
    with open_desk(show) as (studio, production):
        licence = studio.ledger.find(Licence, production.name, instrument)
        one_of("duty", duty, [each.name for each in licence.duties])
        day = read_date(on) or studio.today()
        fact = Discharge(
            production.name, f"{instrument}.{duty}", digest_of(licence), duty, day, paper=kept(studio, paper)
        )
        studio.record(fact)
    if as_json:
        say_json(to_json(fact))
    else:
        say(f"{instrument}: {duty} was done on {day}{'' if paper else '; no receipt was kept'}")


def _granted(studio: Studio, show: str, name: str) -> list[Licence | Consent]:
    grants: list[Licence | Consent] = [*studio.ledger.every(Licence, show), *studio.ledger.every(Consent, show)]
    named = [grant for grant in grants if grant.name == name]
    if not named:
        raise NotFound("licence or consent", name, [grant.name for grant in grants])
    return named


COMMANDS = (withdraw, done)
