"""rushes rights teach: whether an artist lets their own work teach."""

from collections.abc import Sequence
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.clearances import OptIn
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Asset, Dataset, Model, Person
from rushes.domain.records import to_json
from rushes.studio import Studio


def teach(
    person: Annotated[str, typer.Argument(help="A person of the show, by name.")],
    *,
    asset: Annotated[list[str], typer.Option(help="What they made, by name.")],
    role: Annotated[str, typer.Option(help="As in the credits, such as 'paint artist'.")],
    declines: Annotated[bool, typer.Option("--declines", help="They do not want it to teach.")] = False,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record whether an artist lets their own work teach; to decline costs nothing."""
    if not role.strip():
        raise BadMaterial(f"{person} has no role", remedy="Say it with --role, as it stands in the credits.")
    with open_desk(show) as (studio, production):
        studio.ledger.find(Person, production.name, person)
        names = tuple(studio.ledger.find(Asset, production.name, name).name for name in dict.fromkeys(asset))
        revision = sum(one.person == person for one in studio.ledger.every(OptIn, production.name))
        word = OptIn(production.name, f"{person}.teaches", person, names, not declines, role.strip(), revision)
        studio.record(word)
        taught = _taught(studio, production.name, names) if declines else []
    if as_json:
        say_json({**to_json(word), "taught_already": [model for model, *_ in taught]})
        return
    if not declines:
        say(f"{person} lets {', '.join(names)} teach, and is named in the credits as {word.role}")
        return
    say(f"{person} does not want {', '.join(names)} to teach: from now on it teaches nothing")
    if taught:
        say_table("It has taught these already: train them again without it", ("model", "taught by", ""), taught)


def _taught(studio: Studio, show: str, names: Sequence[str]) -> list[tuple[str, str, str]]:
    """Return the models that were taught by any of some assets, each with which of them, and whether it is barred."""
    rows = []
    for model in studio.ledger.every(Model, show):
        dataset = studio.ledger.get(model.dataset)
        assert isinstance(dataset, Dataset)
        used = {asset.name for asset in studio.assets_today(dataset)} & set(names)
        if used:
            barred = "quarantined" if studio.quarantine(model) else ""
            rows.append((model.name, ", ".join(sorted(used)), barred))
    return rows


COMMANDS = (teach,)
