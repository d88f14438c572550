"""rushes person: who has the say."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, departments_named, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.nouns import Person
from rushes.domain.records import to_json


def person(
    name: Annotated[str, typer.Argument(help="One word, as others will name them.")],
    *,
    title: Annotated[str, typer.Option(help="As in the credits: 'Ana Bell, colourist'.")],
    say_over: Annotated[
        list[str] | None, typer.Option("--say", help="A department whose takes they may approve; * for all.")
    ] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record a person of a show and what they have the say over."""
    says = departments_named(say_over or ())
    with open_desk(show) as (studio, production):
        before = [one.revision for one in studio.ledger.every(Person, production.name) if one.name == name]
        sealed = studio.people.seal(production.name, name, {"title": title})
        someone = Person(production.name, name, "", says, max(before, default=-1) + 1, sealed)
        studio.record(someone)
    if as_json:
        say_json({**to_json(someone), "title": title})
    else:
        say(f"{title}: has the say over {', '.join(someone.says) or 'nothing'}")
