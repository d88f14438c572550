"""rushes lineage: what something came from, and what came from it."""

from typing import Annotated

import typer
from rich.text import Text
from rich.tree import Tree

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import out, say_json
from rushes.domain.errors import NotFound
from rushes.domain.noun import Noun
from rushes.domain.nouns import NOUNS
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of
from rushes.studio import Studio


def lineage(
    name: Annotated[str, typer.Argument(help="A delivery, take, model, dataset, asset, licence or consent.")],
    *,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Show what something came from and what came from it."""
    with open_desk(show) as (studio, production):
        fact = _named(studio, production.name, name)
        before, after = studio.ledger.comes_from(digest_of(fact)), studio.ledger.touched_by(digest_of(fact))
    if as_json:
        say_json({"of": digest_of(fact), "from": [d for d, _ in before], "to": [d for d, _ in after]})
        return
    tree = Tree(_words(digest_of(fact), fact))
    for title, facts in (("came from", before), ("what came from it", after)):
        branch = tree.add(Text(title, style="dim"))
        for digest, noun in facts:
            branch.add(_words(digest, noun))
    out.print(tree)


def _named(studio: Studio, show: str, name: str) -> Noun:
    for kind in reversed(NOUNS.values()):
        found = [fact for fact in studio.ledger.every(kind, show) if fact.name == name or digest_of(fact) == name]
        if found:
            return found[-1]
    known = {fact.name for kind in NOUNS.values() for fact in studio.ledger.every(kind, show)}
    raise NotFound("fact", name, known)


def _words(digest: Digest, noun: Noun) -> Text:
    return Text.assemble((f"{noun.noun.split('@')[0]:<10}", "bold"), f"{noun.name}  ", (digest[7:19], "dim"))
