"""rushes rights: licences, consents, withdrawals; who and what they are about; what is missing and what ends."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli import bases, claims, clearance, exchange, parties, teachers, withdrawal
from rushes.cli.desk import AsJson, ShowName, departments_named, kept, one_of, open_desk, read_actions, read_date
from rushes.cli.references import doubts
from rushes.cli.voice import say, say_json
from rushes.domain.actions import ACTIONS
from rushes.domain.clearances import GIVERS
from rushes.domain.errors import AlreadyThere, BadMaterial
from rushes.domain.grants import Consent, Licence
from rushes.domain.names import check_name
from rushes.domain.parts import Duty
from rushes.domain.question import EVERYTHING
from rushes.domain.records import to_json
from rushes.domain.territories import check_territory
from rushes.studio import Studio

ELEMENTS = ("description", "conspicuous", "signature", "document", "compensation")
"""What the paper of a consent can have: what guilds ask for."""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="One word, as others will cite it.")]
Allowed = Annotated[list[str], typer.Option("--allow", help=f"What it allows: {', '.join(ACTIONS)}.")]
Uses = Annotated[list[str] | None, typer.Option("--use", help="A department; every department, else.")]
Starts = Annotated[str | None, typer.Option(help="First day.")]
Ends = Annotated[str | None, typer.Option(help="Last day; for ever, else.")]
Paper = Annotated[Path | None, typer.Option(help="The signed document; a copy is kept in the vault.")]
Forbidden = Annotated[list[str] | None, typer.Option("--forbid", help="What it takes out, whatever others allow.")]
Duties = Annotated[list[str] | None, typer.Option("--duty", help="NAME=WORDS, to be done first; or NAME@DAY=WORDS.")]
Lifts = Annotated[bool, typer.Option("--lifts-reservations", help="It lifts what its owner reserved against machines.")]
Outlives = Annotated[bool, typer.Option("--models-outlive", help="A model that it taught may be used after its end.")]
Clause = Annotated[str, typer.Option(help="Where in the paper.")]
Described = Annotated[str, typer.Option(help="The use in plain words, reasonably specific.")]
GivenBy = Annotated[str, typer.Option(help=f"Who gave it: {', '.join(GIVERS)}.")]
Elements = Annotated[list[str] | None, typer.Option("--element", help=f"What the paper has: {', '.join(ELEMENTS)}.")]


@app.command()
def licence(
    name: Name,
    *,
    owner: Annotated[str, typer.Option(help="Who gives it.")],
    allow: Allowed,
    asset: Annotated[list[str] | None, typer.Option(help="An asset; everything of this owner's, else.")] = None,
    use: Uses = None,
    territory: Annotated[list[str] | None, typer.Option(help="Where, as in GB; everywhere, else.")] = None,
    starts: Starts = None,
    ends: Ends = None,
    forbid: Forbidden = None,
    duty: Duties = None,
    lifts: Lifts = False,
    outlives: Outlives = False,
    clause: Clause = "",
    paper: Paper = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record that an owner lets this show use assets."""
    first, last = _days(starts, ends)
    with open_desk(show) as (studio, production):
        grant = Licence(
            show=production.name,
            name=name,
            owner=owner,
            assets=tuple(asset or (EVERYTHING,)),
            actions=read_actions(allow),
            uses=departments_named(use or (EVERYTHING,)),
            territories=_territories(territory or [EVERYTHING]),
            starts=first,
            ends=last,
            paper=kept(studio, paper),
            forbids=read_actions(forbid or []),
            duties=tuple(_duty(text) for text in duty or ()),
            lifts=lifts,
            outlives=outlives,
            clause=clause,
        )
        notes = _record_once(studio, grant)
    _say_grant(grant, notes, f"{owner} lets {production.name} use {', '.join(grant.assets)}", as_json=as_json)


@app.command()
def consent(
    name: Name,
    *,
    person: Annotated[str, typer.Option(help="Whose likeness.")],
    allow: Allowed,
    use: Uses = None,
    starts: Starts = None,
    ends: Ends = None,
    described: Described = "",
    given_by: GivenBy = GIVERS[0],
    element: Elements = None,
    paper: Paper = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record that a performer lets this show use their likeness."""
    first, last = _days(starts, ends)
    with open_desk(show) as (studio, production):
        grant = Consent(
            show=production.name,
            name=name,
            person=person,
            actions=read_actions(allow),
            uses=departments_named(use or (EVERYTHING,)),
            starts=first,
            ends=last,
            paper=kept(studio, paper),
            described=described,
            given_by=one_of("giver", given_by, GIVERS),
            elements=tuple(sorted({one_of("element", word, ELEMENTS) for word in element or ()})),
        )
        notes = _record_once(studio, grant)
    _say_grant(grant, notes, f"{person} lets {production.name} use their likeness", as_json=as_json)


def _record_once(studio: Studio, grant: Licence | Consent) -> list[str]:
    if any(grant.name == other.name for other in studio.ledger.every(type(grant), grant.show)):
        raise AlreadyThere(
            f"there is a {type(grant).__name__.lower()} {grant.name}", remedy="Give this one another name."
        )
    studio.record(grant)
    return doubts(studio, grant)


def _days(starts: str | None, ends: str | None) -> tuple[date | None, date | None]:
    first, last = read_date(starts), read_date(ends)
    if first and last and last < first:
        raise BadMaterial(f"it ends on {last}, before it starts on {first}", remedy="Look at the paper again.")
    return first, last


def _duty(text: str) -> Duty:
    """Read a duty.

    >>> _duty("royalty@2027-03-31=pay 500 GBP to the stock house")
    Duty(name='royalty', words='pay 500 GBP to the stock house', due=datetime.date(2027, 3, 31))
    """
    head, equals, words = text.partition("=")
    name, _, day = head.partition("@")
    if not (equals and name.strip() and words.strip()):
        remedy = "Write it as royalty=what to do, or royalty@2027-03-31=what to do."
        raise BadMaterial(f"{text!r} is no duty", remedy=remedy)
    return Duty(check_name("duty", name.strip()), words.strip(), read_date(day))


def _territories(codes: list[str]) -> tuple[str, ...]:
    return tuple(code if code == EVERYTHING else check_territory(code) for code in codes)


def _say_grant(grant: Licence | Consent, notes: list[str], words: str, *, as_json: bool) -> None:
    if as_json:
        say_json({**to_json(grant), "notes": notes})
        return
    until = f"until {grant.ends}" if grant.ends else "without end"
    say(f"{grant.name}: {words} for {', '.join(grant.actions)}, {until}")
    for note in notes:
        say(f"  {note}")


NAMES = {"bring": "import", "hand": "export"}
"""Of commands that Python has another word for."""

for _module in (withdrawal, claims, clearance, parties, teachers, bases, exchange):
    for _command in _module.COMMANDS:
        app.command(NAMES.get(_command.__name__))(_command)
