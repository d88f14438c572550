"""rushes rights know, title, depict, reserve, hold, lift: what has been found out about material."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, kept, one_of, open_desk, read_actions, read_date, read_frames
from rushes.cli.voice import say, say_json
from rushes.domain.actions import ACTIONS
from rushes.domain.clearances import BASES, DEPICTED, HOLD_KINDS, SCHEMES, Depiction, Hold, Title
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.names import check_name
from rushes.domain.nouns import Asset
from rushes.domain.parts import spans
from rushes.domain.records import to_json
from rushes.flow.reserved import reservation, reserved_in
from rushes.media.reservations import Found

AssetName = Annotated[str, typer.Argument(help="An asset, by name.")]


def know(
    asset: AssetName,
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


def title(
    asset: AssetName,
    *,
    holder: Annotated[str, typer.Option(help="Who owns it.")],
    basis: Annotated[str, typer.Option(help=f"By what right: {', '.join(BASES)}.")],
    starts: Annotated[str | None, typer.Option(help="First day.")] = None,
    ends: Annotated[str | None, typer.Option(help="Last day.")] = None,
    paper: Annotated[Path | None, typer.Option(help="The document; a copy is kept in the vault.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record by what right somebody owns an asset, with its document."""
    one_of("basis", basis, BASES)
    with open_desk(show) as (studio, production):
        before = studio.ledger.find(Asset, production.name, asset)
        count = sum(one.asset == asset for one in studio.ledger.every(Title, production.name))
        days = read_date(starts), read_date(ends)
        fact = Title(production.name, f"{asset}.title", asset, holder, basis, *days, kept(studio, paper), count)
        changed = replace(before, owner=holder, revision=before.revision + 1)
        studio.record_all([fact, *([changed] if before.owner != holder else [])])
    if as_json:
        say_json(to_json(fact))
    else:
        say(f"{asset}: {holder} owns it by {basis}{'' if paper else '; no document was kept'}")


def depict(
    asset: AssetName,
    *,
    person: Annotated[str, typer.Option(help="Who; unknown-1 for somebody whom nobody knows yet.")],
    what: Annotated[list[str] | None, typer.Option(help=f"By what: {', '.join(DEPICTED)}; the face, else.")] = None,
    frames: Annotated[str | None, typer.Option(help="Where, as in 12,40-42; in all of it, else.")] = None,
    by: Annotated[str | None, typer.Option(help="Who looked; you, else.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record who can be recognised where in an asset; whoever is not known locks it."""
    check_name("person", person)
    kinds = tuple(one_of("likeness", word, DEPICTED) for word in what or DEPICTED[:1])
    with open_desk(show) as (studio, production):
        before = studio.ledger.find(Asset, production.name, asset)
        where = spans(read_frames(frames)) if frames else ()
        outside = [span for span in where if span[0] < before.frames[0] or span[1] > before.frames[1]]
        if outside:
            first, last = before.frames
            raise BadMaterial(f"{asset} has frames {first}-{last}", [f"not {a}-{b}" for a, b in outside])
        known = {one.name: one for one in studio.ledger.every(Depiction, production.name)}
        name = f"{asset}.{person}"
        revision = known[name].revision + 1 if name in known else 0
        fact = Depiction(production.name, name, asset, person, kinds, where, by or studio.person, revision)
        seen = (*(before.people or ()), person) if person not in (before.people or ()) else before.people
        changed = replace(before, people=seen, revision=before.revision + 1)
        studio.record_all([fact, *([changed] if seen != before.people else [])])
    if as_json:
        say_json(to_json(fact))
    else:
        where_words = ", ".join(f"{a}-{b}" for a, b in where) or "all frames"
        say(f"{asset}: {person} can be recognised in {where_words} by {', '.join(kinds)}")


def reserve(
    asset: AssetName,
    *,
    scheme: Annotated[str, typer.Option(help=f"Where it was read: {', '.join(SCHEMES)}.")] = "contract",
    action: Annotated[list[str] | None, typer.Option(help="What is reserved; everything, else.")] = None,
    words: Annotated[str, typer.Option(help="The very words, and where they stand.")] = "",
    source: Annotated[
        Path | None, typer.Option("--from", help="A file that says it: TDMRep, RSL, XMP, a picture.")
    ] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record that a right is reserved against machines: in words, or as a file says it."""
    one_of("scheme", scheme, SCHEMES)
    if bool(words.strip()) == bool(source):
        raise BadMaterial(f"nothing says what is reserved in {asset}", remedy="Give either --words or --from.")
    said = reserved_in(source) if source else [Found(scheme, read_actions(action or ACTIONS), words, "said")]
    with open_desk(show) as (studio, production):
        studio.ledger.find(Asset, production.name, asset)
        facts = [reservation(production.name, asset, one) for one in said]
        studio.record_all(facts)
    if as_json:
        say_json([to_json(fact) for fact in facts])
    for one in () if as_json else said:
        say(f"{asset}: {', '.join(one.actions)} is reserved ({one.scheme}); a licence of its owner can lift that")
    if not said and not as_json:
        say(f"{asset}: {source} reserves nothing")


def hold(
    subject: Annotated[str, typer.Argument(help="An asset, owner or person, by name.")],
    *,
    kind: Annotated[str, typer.Option(help=f"What it is: {', '.join(HOLD_KINDS)}.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Put a hold on an asset, an owner or a person: nothing is done with it until it is lifted."""
    _held(subject, kind, reason, stands=True, show=show, as_json=as_json)


def lift(
    subject: Annotated[str, typer.Argument(help="What is on hold, by name.")],
    *,
    kind: Annotated[str, typer.Option(help=f"Which hold: {', '.join(HOLD_KINDS)}.")],
    reason: Annotated[str, typer.Option(help="Why it may go on.")],
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Lift a hold."""
    _held(subject, kind, reason, stands=False, show=show, as_json=as_json)


def _held(subject: str, kind: str, reason: str, *, stands: bool, show: str | None, as_json: bool) -> None:
    one_of("kind of hold", kind, HOLD_KINDS)
    if not reason.strip():
        what = "held" if stands else "let go"
        raise BadMaterial(f"nobody says why {subject} is {what}", remedy="Say it with --reason.")
    with open_desk(show) as (studio, production):
        every = studio.ledger.every(Hold, production.name)
        before = [one for one in every if (one.subject, one.kind) == (subject, kind)]
        if not stands and not (before and before[-1].open):
            held = [f"{one.kind} on {one.subject}" for one in studio.grants(production.name).open_holds()]
            raise NotFound("hold", f"{kind} on {subject}", held)
        name = re.sub(r"\W+", "_", f"{subject}.{kind}")
        fact = Hold(production.name, name, subject, kind, reason, stands, len(before))
        studio.record(fact)
    if as_json:
        say_json(to_json(fact))
    else:
        say(f"{kind} on {subject}: {'nothing is done with it' if stands else 'lifted'}; {reason}")


COMMANDS = (know, title, depict, reserve, hold, lift)
