"""rushes rights party, erase, request, reply: people whose rights are on record, and what they are asked."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import (
    AsJson,
    ShowName,
    departments_named,
    kept,
    one_of,
    open_desk,
    read_actions,
    read_date,
    read_frames,
)
from rushes.cli.voice import err, say, say_json
from rushes.domain.actions import ACTIONS
from rushes.domain.clearances import GIVERS, PARTY_KINDS, Erasure, Party, Request
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.nouns import Asset, Person
from rushes.domain.records import to_json
from rushes.flow.requests import Wish, make_request, record_reply
from rushes.jobs.bar import progress_bar

Pseudonym = Annotated[str, typer.Argument(help="One word that stands for them everywhere; a pseudonym is best.")]


def party(
    name: Pseudonym,
    *,
    kind: Annotated[str, typer.Option(help=f"What they are: {', '.join(PARTY_KINDS)}.")] = PARTY_KINDS[0],
    title: Annotated[str, typer.Option(help="Their real name; kept sealed.")] = "",
    contact: Annotated[str, typer.Option(help="Where to ask them; kept sealed.")] = "",
    identifier: Annotated[list[str] | None, typer.Option(help="SCHEME=VALUE, as in isni=…; kept sealed.")] = None,
    minor: Annotated[bool, typer.Option("--minor", help="Under age: a guardian consents.")] = False,
    deceased: Annotated[bool, typer.Option("--deceased", help="Dead: the estate or the union consents.")] = False,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record who is behind a name: sealed, under a key of their own that can be destroyed."""
    one_of("kind of party", kind, PARTY_KINDS)
    words = {"title": title, "contact": contact}
    for text in identifier or ():
        scheme, equals, value = text.partition("=")
        if not (scheme and equals and value):
            raise BadMaterial(f"{text!r} is no identifier", remedy="Write it as isni=0000000121032683.")
        words[scheme] = value
    with open_desk(show) as (studio, production):
        before = [one for one in studio.ledger.every(Party, production.name) if one.name == name]
        sealed = studio.people.seal(production.name, name, {key: word for key, word in words.items() if word})
        fact = Party(production.name, name, kind, sealed, minor, deceased, len(before))
        studio.record(fact)
    if as_json:
        say_json(to_json(fact))
    else:
        state = " under age" * minor + " deceased" * deceased
        say(f"{name}: a {kind}{',' + state if state else ''}; what was said of them is sealed")


def erase(
    name: Annotated[str, typer.Argument(help="Whose sealed words are destroyed, for ever.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, as in a request under GDPR Art. 17; without their name.")],
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Destroy the key of a party or person: what was sealed of them is nobody's any more; the log still verifies."""
    with open_desk(show) as (studio, production):
        known = {one.name for kind in (Party, Person) for one in studio.ledger.every(kind, production.name)}
        if name not in known:
            raise NotFound("party or person", name, known)
        gone = studio.people.erase(production.name, name)
        fact = Erasure(production.name, name, reason, studio.clock())
        studio.record(fact)
    if as_json:
        say_json({**to_json(fact), "key_destroyed": gone})
    else:
        say(f"{name}: {'the key is destroyed' if gone else 'there was no key any more'}; only that name is left")
        say("  Backups of the people folder hold it still: destroy it there too.")


def request(
    name: Annotated[str, typer.Argument(help="Of the request; a consent that follows has the same.")],
    *,
    person: Annotated[str, typer.Option(help="Whom to ask.")],
    asset: Annotated[list[str], typer.Option(help="What they are shown and asked for.")],
    use: Annotated[list[str], typer.Option(help="For which department's work.")],
    described: Annotated[str, typer.Option(help="The use in plain words, as you would say it to them.")],
    to: Annotated[Path, typer.Option(help="The folder to write; it must not be there yet.")],
    action: Annotated[list[str] | None, typer.Option("--for", help=f"What for: {', '.join(ACTIONS)}.")] = None,
    frames: Annotated[str, typer.Option(help="Which frames, as in 12,40-42; all, else.")] = "",
    until: Annotated[str | None, typer.Option(help="Last day that is asked for.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Write a consent request: the exact clip, the exact use in plain words, and a form to answer."""
    actions, uses = read_actions(action or ["ai_training", "ai_inference"]), departments_named(use)
    numbers = read_frames(frames) if frames else ()
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        assets = tuple(studio.ledger.find(Asset, production.name, one) for one in asset)
        wish = Wish(name, person, actions, uses, described, assets, numbers, read_date(until))
        made = make_request(studio, production.name, wish, folder=to, watch=watch)
    if as_json:
        say_json(to_json(made))
    else:
        say(f"{name}: {person} is asked with {to / 'request.html'}; record the answer with: rushes rights reply {name}")


def reply(
    name: Annotated[str, typer.Argument(help="The request, by name.")],
    *,
    accept: Annotated[bool, typer.Option("--accept/--decline", help="Yes, or no.")],
    reason: Annotated[str, typer.Option(help="In their words; needed with --decline.")] = "",
    given_by: Annotated[str, typer.Option(help=f"Who answered: {', '.join(GIVERS)}.")] = GIVERS[0],
    paper: Annotated[Path | None, typer.Option(help="The signed form; a copy is kept in the vault.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Record what was answered to a request; a yes becomes a consent for exactly that."""
    with open_desk(show) as (studio, production):
        asked = studio.ledger.find(Request, production.name, name)
        consent = record_reply(
            studio, asked, accepted=accept, given_by=given_by, reason=reason, paper=kept(studio, paper)
        )
    if as_json:
        say_json({"request": name, "accepted": accept, "consent": to_json(consent) if consent else None})
    elif consent:
        until = f"until {consent.ends}" if consent.ends else "without end"
        say(f"{name}: {asked.person} said yes; consent {consent.name}, {until}")
    else:
        say(f"{name}: {asked.person} said no: {reason}")


COMMANDS = (party, erase, request, reply)
