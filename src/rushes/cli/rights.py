"""rushes rights: licences, consents, withdrawals, and what is missing."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, departments_named, open_desk, read_date
from rushes.cli.references import doubts
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.actions import ACTIONS
from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound
from rushes.domain.gate import EVERYTHING, Objection, Use, objections
from rushes.domain.nouns import Asset, Consent, Licence, Withdrawal
from rushes.domain.parts import AssetFile
from rushes.domain.records import digest_of, to_json
from rushes.domain.territories import check_territory
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
    first, last = _days(starts, ends)
    with open_desk(show) as (studio, production):
        grant = Licence(
            show=production.name,
            name=name,
            owner=owner,
            assets=tuple(asset or (EVERYTHING,)),
            actions=_actions(allow),
            uses=departments_named(use or (EVERYTHING,)),
            territories=_territories(territory or [EVERYTHING]),
            starts=first,
            ends=last,
            paper=_kept(studio, paper),
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
            actions=_actions(allow),
            uses=departments_named(use or (EVERYTHING,)),
            starts=first,
            ends=last,
            paper=_kept(studio, paper),
        )
        notes = _record_once(studio, grant)
    _say_grant(grant, notes, f"{person} lets {production.name} use their likeness", as_json=as_json)


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
    if not reason.strip():
        raise BadMaterial(f"{instrument} is taken back without a reason", remedy="Say it with --reason.")
    with open_desk(show) as (studio, production):
        grants = _granted(studio, production.name, instrument)
        today = studio.today()
        day = read_date(since) or today
        for grant in grants:
            studio.record(Withdrawal(production.name, f"{instrument}.withdrawn", digest_of(grant), day, reason))
        withdrawn_on = studio.grants(production.name).withdrawn_on
        stands = min(withdrawn_on[digest_of(grant)] for grant in grants)
        touched = [fact for grant in grants for _, fact in studio.ledger.touched_by(digest_of(grant))]
    rows = list(dict.fromkeys((fact.noun.split("@")[0], fact.name) for fact in touched))
    if as_json:
        say_json({"withdrawn": instrument, "since": stands, "quarantined": rows})
        return
    are = "are quarantined" if stands <= today else f"will be quarantined from {stands}"
    say(f"{instrument} is withdrawn from {stands}; {len(rows)} thing(s) made under it {are}")
    if stands < day:
        say(f"  It was withdrawn from {stands} before, and the earlier day stands.")
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
    if not (owner or person or nobody):
        raise BadMaterial(f"nothing new is said about {asset}", remedy="Give --owner, --person or --nobody.")
    if nobody and person:
        raise BadMaterial("nobody and somebody cannot both be seen", remedy="Give --nobody or --person.")
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
    (wanted,), (department,) = _actions([action]), departments_named([use])
    with open_desk(show) as (studio, production):
        found = studio.ledger.find(Asset, production.name, asset)
        question = Use(production.name, wanted, department, production.territory, studio.today())
        reasons = objections(found, question, studio.grants(production.name))
    if as_json:
        say_json([vars(reason) for reason in reasons])
    elif not reasons:
        say(f"{asset}: nothing speaks against {wanted} by {department}")
    else:
        say_table(f"{asset}: {wanted} by {department}", ("rule", "instrument", "objection"), _rows(reasons))
    raise typer.Exit(1 if reasons else 0)


def _rows(reasons: list[Objection]) -> list[tuple[str, str, str]]:
    return [(reason.rule, reason.instrument or "", reason.text) for reason in reasons]


def _granted(studio: Studio, show: str, name: str) -> list[Licence | Consent]:
    grants: list[Licence | Consent] = [*studio.ledger.every(Licence, show), *studio.ledger.every(Consent, show)]
    named = [grant for grant in grants if grant.name == name]
    if not named:
        raise NotFound("licence or consent", name, [grant.name for grant in grants])
    return named


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


def _territories(codes: list[str]) -> tuple[str, ...]:
    return tuple(code if code == EVERYTHING else check_territory(code) for code in codes)


def _actions(allowed: list[str]) -> tuple[str, ...]:
    actions = tuple(action if action.startswith("cawg.") else f"cawg.{action}" for action in allowed)
    for action in actions:
        if action not in ACTIONS:
            raise NotFound("action", action, ACTIONS)
    return actions


def _kept(studio: Studio, paper: Path | None) -> AssetFile | None:
    return studio.vault.put(paper) if paper else None


def _say_grant(grant: Licence | Consent, notes: list[str], words: str, *, as_json: bool) -> None:
    if as_json:
        say_json({**to_json(grant), "notes": notes})
        return
    until = f"until {grant.ends}" if grant.ends else "without end"
    say(f"{grant.name}: {words} for {', '.join(grant.actions)}, {until}")
    for note in notes:
        say(f"  {note}")
