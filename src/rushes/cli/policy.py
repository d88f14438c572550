"""rushes policy: choose rule packs, state what no machine knows, ask whether something may be done."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.nouns import Dataset, Model, Take
from rushes.domain.parts import AssetFile
from rushes.domain.records import canonical_json, digest_of
from rushes.domain.rules import QUESTIONS, Reason, Value
from rushes.domain.said import Rulebook, Statement
from rushes.flow.policy import Subject, ask, facts_of, packs_of, rulebook_of
from rushes.policy.packs import facts_of_packs, installed_packs, read_pack, value_of
from rushes.studio import Studio

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

About = Annotated[str, typer.Argument(help="A dataset, model or take, by name.")]
Kind = type[Dataset] | type[Model] | type[Take]
KINDS: tuple[Kind, ...] = (Take, Model, Dataset)
FIRST: dict[str, Kind] = {"may_ingest": Dataset, "may_train": Dataset, "may_generate": Model}
"""What is meant where a dataset and a model have one name."""


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
        before = rulebook_of(studio, production.name)
        files = tuple(
            _kept(studio, content, Path(folder) / f"{chosen[name].name}.toml") for name, content in contents.items()
        )
        studio.record(Rulebook(production.name, "rulebook", files, before.revision + 1 if before else 0))
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
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Ask whether something may be done, by the rules that this show has chosen; exits with 1 where it may not."""
    with open_desk(show) as (studio, production):
        subject = _subject(studio, production.name, about, first=FIRST.get(question, Take))
        keeps_to = packs_of(studio, production.name)
        found, known = ask(studio, question, subject), facts_of(studio, subject)
    refused = any(reason.refuses for reason in found)
    if as_json:
        facts = {name: _plain(value) for name, value in sorted(known.items())}
        answer = {"question": question, "about": about, "allowed": not refused}
        say_json({**answer, "reasons": [_reason(one) for one in found], "facts": facts})
    else:
        rules = sum(question in rule.ask for pack in keeps_to for rule in pack.rules)
        say(f"{question} {about}: {'no' if refused else 'yes'}, by {rules} rules of {len(keeps_to)} packs")
        if not keeps_to:
            say("This show has chosen no rule packs: rushes policy packs shows them.")
        if found:
            say_table("", ("rule", "outcome", "what it says", "what to do"), [_row(one) for one in found])
    raise typer.Exit(1 if refused else 0)


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
    raise NotFound("dataset, model or take", name, names)


def _plain(value: Value) -> str | bool | float | Sequence[str]:
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def _reason(one: Reason) -> dict[str, object]:
    rule = one.rule
    said = {"rule": rule.id, "pack": one.pack, "outcome": one.outcome, "text": rule.text, "source": rule.source}
    asked = {"unstated": one.unstated, "broken": one.broken, "remedy": rule.remedy, "question": rule.question}
    return {**said, **asked}


def _row(one: Reason) -> tuple[str, str, str, str]:
    unstated = f"Nobody has stated {', '.join(one.unstated)}. " if one.unstated else ""
    lifted = f"A person answers: {one.rule.answer}. " if one.outcome == "escalate" else ""
    return one.rule.id, one.outcome, one.rule.question or one.rule.text, f"{unstated}{lifted}{one.rule.remedy}".strip()
