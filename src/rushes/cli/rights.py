"""rushes rights: licences, consents, withdrawals, and what is missing."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk, read_date
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.actions import ACTIONS
from rushes.domain.errors import AlreadyThere, NotFound
from rushes.domain.gate import Objection, Use, objections
from rushes.domain.nouns import Asset, Consent, Licence, Withdrawal
from rushes.domain.parts import AssetFile
from rushes.domain.records import digest_of, to_json
from rushes.studio import Studio

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="One word, as others will cite it.")]
Allowed = Annotated[list[str], typer.Option("--allow", help=f"What it allows: {', '.join(ACTIONS)}.")]
Uses = Annotated[list[str] | None, typer.Option("--use", help="A department; every department, else.")]
Starts = Annotated[str | None, typer.Option(help="First day.")]
Ends = Annotated[str | None, typer.Option(help="Last day; for ever, else.")]
Paper = Annotated[Path | None, typer.Option(help="The signed document; a copy is kept in the vault.")]


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
    paper: Paper = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record that an owner lets this show use assets."""
    with open_desk(show) as (studio, production):
        grant = Licence(
            show=production.name,
            name=name,
            owner=owner,
            assets=tuple(asset or ("*",)),
            actions=_actions(allow),
            uses=tuple(use or ("*",)),
            territories=tuple(code.upper() for code in territory or ("*",)),
            starts=read_date(starts),
            ends=read_date(ends),
            paper=_kept(studio, paper),
        )
        _record_once(studio, grant)
    _say_grant(grant, f"{owner} lets {production.name} use {', '.join(grant.assets)}", as_json=as_json)


@app.command()
def consent(
    name: Name,
    *,
    person: Annotated[str, typer.Option(help="Whose likeness.")],
    allow: Allowed,
    use: Uses = None,
    starts: Starts = None,
    ends: Ends = None,
    paper: Paper = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record that a performer lets this show use their likeness."""
    with open_desk(show) as (studio, production):
        grant = Consent(
            show=production.name,
            name=name,
            person=person,
            actions=_actions(allow),
            uses=tuple(use or ("*",)),
            starts=read_date(starts),
            ends=read_date(ends),
            paper=_kept(studio, paper),
        )
        _record_once(studio, grant)
    _say_grant(grant, f"{person} lets {production.name} use their likeness", as_json=as_json)


@app.command()
def withdraw(
    instrument: Annotated[str, typer.Argument(help="The licence or consent, by name.")],
    *,
    reason: Annotated[str, typer.Option(help="In the words of whoever takes it back.")],
    since: Annotated[str | None, typer.Option(help="First day without it; today, else.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Take a licence or consent back; everything that it taught is found and quarantined."""
    with open_desk(show) as (studio, production):
        kinds = (Licence, Consent)
        named = [g for kind in kinds for g in studio.ledger.every(kind, production.name) if g.name == instrument]
        if not named:
            known = [grant.name for kind in kinds for grant in studio.ledger.every(kind, production.name)]
            raise NotFound("licence or consent", instrument, known)
        day = read_date(since) or studio.today()
        for grant in named:
            studio.record(Withdrawal(production.name, f"{instrument}.withdrawn", digest_of(grant), day, reason))
        touched = [fact for grant in named for _, fact in studio.ledger.touched_by(digest_of(grant))]
    rows = [(fact.noun.split("@")[0], fact.name) for fact in touched]
    if as_json:
        say_json({"withdrawn": instrument, "since": day, "quarantined": rows})
        return
    say(f"{instrument} is withdrawn from {day}; {len(rows)} thing(s) made under it are quarantined")
    say_table("", ("what", "name"), rows)


@app.command()
def know(
    asset: Annotated[str, typer.Argument(help="An asset, by name.")],
    *,
    owner: Annotated[str | None, typer.Option(help="Who owns it; as it was on record, else.")] = None,
    person: Annotated[list[str] | None, typer.Option(help="Someone who can be recognised in it.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody can be recognised in it.")] = False,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record what has been found out about an asset: its owner, and who is seen in it."""
    people = () if nobody else tuple(person) if person else None
    with open_desk(show) as (studio, production):
        before = studio.ledger.find(Asset, production.name, asset)
        seen = before.people if people is None else people
        known = replace(before, owner=owner or before.owner, people=seen, revision=before.revision + 1)
        studio.record(known)
    if as_json:
        say_json(to_json(known))
    else:
        words = "nobody has looked" if known.people is None else ", ".join(known.people) or "nobody"
        say(f"{asset}: owned by {known.owner or 'nobody knows whom'}; recognisable in it: {words}")


@app.command()
def missing(
    asset: Annotated[str, typer.Argument(help="An asset, by name.")],
    *,
    action: Annotated[str, typer.Option(help="What for.")] = ACTIONS[0],
    use: Annotated[str, typer.Option(help="By which department.")] = "look",
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Show everything that speaks against a use of an asset."""
    with open_desk(show) as (studio, production):
        found = studio.ledger.find(Asset, production.name, asset)
        question = Use(production.name, action, use, production.territory, studio.today())
        reasons = objections(found, question, studio.grants(production.name))
    if as_json:
        say_json([vars(reason) for reason in reasons])
    elif not reasons:
        say(f"{asset}: nothing speaks against {action} by {use}")
    else:
        say_table(f"{asset}: {action} by {use}", ("rule", "instrument", "objection"), _rows(reasons))
    raise typer.Exit(1 if reasons else 0)


def _rows(reasons: list[Objection]) -> list[tuple[str, str, str]]:
    return [(reason.rule, reason.instrument or "", reason.text) for reason in reasons]


def _record_once(studio: Studio, grant: Licence | Consent) -> None:
    if any(grant.name == other.name for other in studio.ledger.every(type(grant), grant.show)):
        raise AlreadyThere(
            f"there is a {type(grant).__name__.lower()} {grant.name}", remedy="Give this one another name."
        )
    studio.record(grant)


def _actions(allowed: list[str]) -> tuple[str, ...]:
    actions = tuple(action if action.startswith("cawg.") else f"cawg.{action}" for action in allowed)
    for action in actions:
        if action not in ACTIONS:
            raise NotFound("action", action, ACTIONS)
    return actions


def _kept(studio: Studio, paper: Path | None) -> AssetFile | None:
    return studio.vault.put(paper) if paper else None


def _say_grant(grant: Licence | Consent, words: str, *, as_json: bool) -> None:
    if as_json:
        say_json(to_json(grant))
    else:
        until = f"until {grant.ends}" if grant.ends else "without end"
        say(f"{grant.name}: {words} for {', '.join(grant.actions)}, {until}")
