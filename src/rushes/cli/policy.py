"""rushes policy: choose rule packs, state what no machine knows, ask whether something may be done."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.nouns import Asset, Dataset, Model, Take
from rushes.domain.parts import AssetFile
from rushes.domain.records import canonical_json, digest_of, to_json
from rushes.domain.rules import QUESTIONS, Value
from rushes.domain.said import Answer, Because, Statement
from rushes.flow.policy import answer_to, choose_packs, keep_answer, packs_of
from rushes.ledger.checkpoints import Proof
from rushes.policy.cases import Subject
from rushes.policy.packs import facts_of_packs, installed_packs, read_pack, value_of
from rushes.studio import Studio

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

About = Annotated[str, typer.Argument(help="A take, model, dataset or clip, by name.")]
Kind = type[Asset] | type[Dataset] | type[Model] | type[Take]
KINDS: tuple[Kind, ...] = (Take, Model, Dataset, Asset)
FIRST: dict[str, Kind] = {"may_ingest": Asset, "may_train": Dataset, "may_generate": Model, "may_export": Model}
"""What is meant where several have one name."""

ALLOW = "allow"


@app.command()
def packs(*, as_json: AsJson = False) -> None:
    """Show the rule packs that came with this version."""
    found = [read_pack(content, name) for name, content in installed_packs().items()]
    if as_json:
        say_json([{"name": one.name, "version": one.version, "title": one.title, "for": one.for_whom} for one in found])
        return
    rows = [(one.name, one.version, str(len(one.rules)), one.title, one.for_whom) for one in found]
    say_table("", ("pack", "version", "rules", "what it is", "for"), rows)


@app.command()
def choose(
    names: Annotated[list[str], typer.Argument(help="Packs of this version, or TOML files of your own.")],
    *,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Choose the rule packs of a show; these replace those chosen before."""
    contents = {name: _content(name) for name in names}
    chosen = {name: read_pack(content, name) for name, content in contents.items()}
    with open_desk(show) as (studio, production), TemporaryDirectory() as folder:
        files = [
            _kept(studio, content, Path(folder) / f"{chosen[name].name}.toml") for name, content in contents.items()
        ]
        choose_packs(studio, production.name, files)
    if as_json:
        say_json([file.name for file in files])
        return
    for one in chosen.values():
        say(f"{production.name} keeps to {one.name} {one.version}: {one.title}, {len(one.rules)} rules")


@app.command()
def state(
    fact: Annotated[str, typer.Argument(help="As a rule asks for it: answers.NFX-02, tool.terms_checked_at.")],
    value: Annotated[str, typer.Argument(help="yes, no, a date, a number, a text, or words with commas.")],
    *,
    why: Annotated[str, typer.Option(help="Why it is so, in your words.")],
    about: Annotated[str | None, typer.Option(help="A dataset, model or take; the whole show, else.")] = None,
    paper: Annotated[Path | None, typer.Option(help="A document that shows it; a copy is kept in the vault.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """State what no machine knows or may decide: under your name, with your reason."""
    if not why.strip():
        raise BadMaterial(f"{fact} is stated without a reason", remedy="Say it with --why.")
    with open_desk(show) as (studio, production):
        read = value_of(fact, value, facts_of_packs(packs_of(studio, production.name)))
        subject = digest_of(_subject(studio, production.name, about)) if about else None
        earlier = [one for one in studio.ledger.every(Statement, production.name) if one.name == fact]
        kept = studio.vault.put(paper) if paper else None
        spelt = canonical_json(_plain(read))
        studio.record(Statement(production.name, fact, subject, spelt, why, kept, len(earlier)))
    if as_json:
        say_json({"fact": fact, "value": _plain(read), "about": subject, "by": studio.person, "why": why})
    else:
        say(f"{studio.person} states of {about or production.name}: {fact} is {value}")


@app.command("ask")
def ask_about(
    question: Annotated[str, typer.Argument(help=f"One of {', '.join(QUESTIONS)}.")],
    about: About,
    *,
    as_of: Annotated[str | None, typer.Option(help="What held then, as in 2026-09-30T12:00:00Z.")] = None,
    what_if: Annotated[bool, typer.Option("--what-if", help="Only ask; no answer goes on record.")] = False,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Ask whether something may be done, by rights and rules, and put the answer on record; exits with 1 for a no."""
    with open_desk(show) as (studio, production):
        then = studio.at(_moment(as_of, studio.clock())) if as_of else studio
        subject = _subject(then, production.name, about, first=FIRST.get(question, Take))
        answer, facts = answer_to(then, question, subject)
        proof = None if what_if else keep_answer(studio, answer)
    if as_json:
        told = {name: _plain(value) for name, value in sorted(facts.items())}
        log = {"log_index": proof.index, "checkpoint": proof.checkpoint} if proof else {}
        allowed = {"asked_about": about, "allowed": answer.decision == ALLOW}
        say_json({**to_json(answer), **allowed, "digest": digest_of(answer), **log, "facts": told})
    else:
        _say_answer(answer, about, proof)
    raise typer.Exit(0 if answer.decision == ALLOW else 1)


def _say_answer(answer: Answer, about: str, proof: Proof | None) -> None:
    until = f" until {answer.valid_until}" if answer.valid_until else ""
    say(f"{answer.question} {about}: {answer.decision}{until}, as of {answer.as_of.isoformat(timespec='seconds')}")
    if answer.policy is None:
        say("No rule packs were asked, only the rights on record: rushes policy packs shows those that there are.")
    if found := [*answer.reasons, *answer.obligations]:
        say_table("", ("rule", "outcome", "what it says", "because of", "source"), [_row(one) for one in found])
    for line in answer.remedy:
        say(line)
    if proof:
        say(f"On record: fact {proof.index} of the log, under its signed checkpoint of {proof.size} facts.")


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadMaterial(f"{text!r} is no moment", remedy="Write it as 2026-09-30T12:00:00Z.") from error
    if moment.tzinfo is None:
        raise BadMaterial(f"{text} has no time zone", remedy="Write it as 2026-09-30T12:00:00Z.")
    if moment > now:
        raise BadMaterial(f"{text} is still to come", remedy="Nobody knows yet what will be on record then.")
    return moment


def _content(name: str) -> bytes:
    installed = installed_packs()
    if name in installed:
        return installed[name]
    if name.endswith(".toml") and Path(name).is_file():
        return Path(name).read_bytes()
    raise NotFound("rule pack", name, installed)


def _kept(studio: Studio, content: bytes, path: Path) -> AssetFile:
    path.write_bytes(content)
    return studio.vault.put(path)


def _subject(studio: Studio, show: str, name: str, *, first: Kind = Take) -> Subject:
    names: list[str] = []
    for kind in sorted(KINDS, key=lambda kind: kind is not first):
        known = [one.name for one in studio.ledger.every(kind, show)]
        if name in known or name.startswith("sha256:"):
            return studio.ledger.find(kind, show, name)
        names += known
    raise NotFound("asset, dataset, model or take", name, names)


def _plain(value: Value) -> str | bool | float | Sequence[str]:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def _row(one: Because) -> tuple[str, str, str, str, str]:
    unstated = f" Nobody has stated {', '.join(one.unstated)}." if one.unstated else ""
    guilty = " ".join(word for word in (one.instrument, one.clause) if word)
    more = f" and {one.assets - len(one.sample)} more" if one.assets > len(one.sample) else ""
    whose = f"{', '.join(one.sample)}{more}"
    return (
        one.rule,
        one.outcome,
        f"{one.text}{unstated}",
        ": ".join(each for each in (guilty, whose) if each),
        one.source,
    )
