"""rushes rights missing, whom, ends: what stands in the way, whom to call about it, what runs out."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, departments_named, open_desk, read_actions
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.actions import ACTIONS
from rushes.domain.asking import calls_to_make, endings, gaps
from rushes.domain.clearances import Party, Title
from rushes.domain.errors import NotFound
from rushes.domain.gate import objections, relied_on
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of
from rushes.studio import Studio

Names = Annotated[list[str], typer.Argument(help="Assets or datasets, by name.")]
Action = Annotated[str | None, typer.Option(help=f"What for; what a dataset is for, or {ACTIONS[0]}, else.")]
Department = Annotated[str | None, typer.Option("--use", help="By which department; a dataset's own, or look, else.")]


def missing(
    names: Names, *, action: Action = None, use: Department = None, show: ShowName = None, as_json: AsJson = False
) -> None:
    """Show everything that speaks against a use of assets or a dataset, and what is thinly documented."""
    with open_desk(show) as (studio, production):
        assets, wanted = _wanted(studio, production.name, names, action=action, use=use)
        grants = studio.grants(production.name)
        reasons = [reason for asset in assets for reason in objections(asset, wanted, grants)]
        relied: set[Licence | Consent] = {one for asset in assets for one in relied_on(asset, wanted, grants)}
        titled = {one.asset for one in studio.ledger.every(Title, production.name) if one.paper}
        thin = [] if reasons else gaps(assets, grants, relied, titled=titled)
    words = f"{', '.join(names)}: {wanted.action} by {wanted.department}"
    if as_json:
        say_json([vars(reason) for reason in reasons])
    elif not reasons:
        say(f"{', '.join(names)}: nothing speaks against {wanted.action} by {wanted.department}")
        say_table("Allowed, but a lawyer would ask for", ("",), [(line,) for line in thin]) if thin else None
    else:
        rows = [(reason.rule, reason.asset, reason.instrument or "", reason.text) for reason in reasons]
        say_table(words, ("rule", "asset", "instrument", "objection"), rows)
    raise typer.Exit(1 if reasons else 0)


def whom(
    names: Names, *, action: Action = None, use: Department = None, show: ShowName = None, as_json: AsJson = False
) -> None:
    """Show whom to ask for what before assets or a dataset may be used."""
    with open_desk(show) as (studio, production):
        assets, wanted = _wanted(studio, production.name, names, action=action, use=use)
        calls = calls_to_make(assets, wanted, studio.grants(production.name))
        reach = {call.whom: _contact(studio, production.name, call.whom) for call in calls}
    if as_json:
        say_json([{**vars(call), "contact": reach[call.whom]} for call in calls])
    elif not calls:
        say(f"{', '.join(names)}: nobody has to be asked for {wanted.action} by {wanted.department}")
    else:
        rows = [(call.whom, reach[call.whom], call.what, ", ".join(call.assets), "; ".join(call.why)) for call in calls]
        say_table(f"For {wanted.action} by {wanted.department}", ("ask", "at", "for", "assets", "because"), rows)
    raise typer.Exit(1 if calls else 0)


def ends(
    *,
    within: Annotated[int, typer.Option(help="Within how many days.", min=0)] = 90,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Show which licences, consents and duties end or fall due soon, and how much rests on each."""
    with open_desk(show) as (studio, production):
        grants, today = studio.grants(production.name), studio.today()
        found = endings(grants, today, within_days=within)
        rests = {one.name: len(studio.ledger.names_touched_by(digest_of(one))) for one in _granted(grants)}
    rows = [
        (one.on, (one.on - today).days, one.what, one.name, one.party, rests[one.name.split("/")[0]]) for one in found
    ]
    if as_json:
        keys = ("on", "days", "what", "name", "party", "rests_on_it")
        say_json([dict(zip(keys, row, strict=True)) for row in rows])
    elif not rows:
        say(f"{production.name}: nothing ends within {within} days")
    else:
        columns = ("last day", "days left", "what", "name", "party", "things resting on it")
        say_table(f"{production.name}: ends within {within} days", columns, rows)


def _wanted(
    studio: Studio, show: str, names: list[str], *, action: str | None, use: str | None
) -> tuple[list[Asset], Use]:
    """Return the assets that some names mean, and the use: what a dataset was cleared for, unless another is asked."""
    assets: dict[str, Asset] = {}
    datasets: list[Dataset] = []
    for name in names:
        try:
            assets[name] = studio.ledger.find(Asset, show, name)
        except NotFound:
            known = {one.name: one for one in studio.ledger.every(Dataset, show)}
            if name not in known:
                raise
            datasets.append(known[name])
            assets |= {asset.name: asset for asset in studio.assets_today(known[name])}
    first = datasets[0] if datasets else None
    (wanted,) = read_actions([action or (first.action if first else ACTIONS[0])])
    (department,) = departments_named([use or (first.department if first else "look")])
    territory = studio.production(show).territory
    return list(assets.values()), Use(show, wanted, department, territory, studio.today())


def _granted(grants: Grants) -> list[Licence | Consent]:
    return [*grants.licences, *grants.consents]


def _contact(studio: Studio, show: str, name: str) -> str:
    known = [one for one in studio.ledger.every(Party, show) if one.name == name]
    words = studio.people.open(show, name, known[-1].sealed) if known else {}
    return " ".join(words[key] for key in ("title", "contact") if words.get(key))


COMMANDS = (missing, whom, ends)
