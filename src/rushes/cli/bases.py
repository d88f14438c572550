"""rushes rights passport, bases: weights from elsewhere, and whether a show builds on any."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, kept, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.errors import BadMaterial
from rushes.domain.passports import Bases, Passport
from rushes.domain.records import to_json
from rushes.signing.offline_verifier import digest_of_file
from rushes.training.weights import read_weights


def passport(
    name: Annotated[str, typer.Argument(help="Of the weights, as others will cite it.")],
    *,
    weights: Annotated[Path, typer.Option(help="Their file; safetensors, and nothing else.")],
    origin: Annotated[str, typer.Option(help="Who made them, and where they were got.")],
    licence: Annotated[str, typer.Option(help="Under which they may be used.")],
    taught_by: Annotated[str, typer.Option(help="Their training data, in words; 'unknown' if nobody says.")],
    forbid: Annotated[bool, typer.Option("--forbid", help="This show builds nothing on them.")] = False,
    paper: Annotated[Path | None, typer.Option(help="Licence or statement; a copy is kept in the vault.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record where weights from elsewhere are from, what taught them, and whether this show builds on them."""
    empty = [word for word, said in (("--origin", origin), ("--licence", licence)) if not said.strip()]
    if empty or not taught_by.strip():
        raise BadMaterial(f"{name} has no passport without it", [*empty, "--taught-by"][:3], "Say what is known.")
    read_weights(weights)  # what is no plain file of weights is refused
    with open_desk(show) as (studio, production):
        before = [one for one in studio.ledger.every(Passport, production.name) if one.name == name]
        said = origin, licence, taught_by, not forbid, kept(studio, paper), len(before)
        fact = Passport(production.name, name, digest_of_file(weights), *said)
        studio.record(fact)
    if as_json:
        say_json(to_json(fact))
    else:
        leave = "forbidden" if forbid else "allowed"
        say(f"{name}: from {origin}, under {licence}, taught by {taught_by}; {leave} here")


def bases(
    *,
    forbid: Annotated[bool, typer.Option("--forbid/--allow", help="Nothing is built on any; or as passports say.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Forbid weights from elsewhere altogether, or allow those whose passport does."""
    if not reason.strip():
        raise BadMaterial("nobody says why", remedy="Say it with --reason.")
    with open_desk(show) as (studio, production):
        count = len(studio.ledger.every(Bases, production.name))
        fact = Bases(production.name, "bases", not forbid, reason, count)
        studio.record(fact)
    if as_json:
        say_json(to_json(fact))
    else:
        what = "no weights from elsewhere" if forbid else "what a passport allows"
        say(f"{production.name}: builds on {what}")


COMMANDS = (passport, bases)
