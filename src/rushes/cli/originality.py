"""rushes originality: whether a take shows what taught its model, or what is on a watch-list."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json, say_table
from rushes.domain.nouns import Asset, Take
from rushes.flow.originality import Answer, Question, find_copies
from rushes.jobs.bar import progress_bar
from rushes.originality.compare import Match
from rushes.originality.report import how, verdict


def originality(
    take: Annotated[str, typer.Argument(help="Name of the take.")],
    *,
    against: Annotated[
        list[str] | None, typer.Option(help="An asset on the watch-list: a still, plate, grade or board.")
    ] = None,
    every: Annotated[bool, typer.Option("--every", help="Compare every frame, not one of twelve.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write a page with the frames side by side.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Look in a take for frames that taught its model, or a watch-list."""
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        question = Question(
            studio.ledger.find(Take, production.name, take),
            tuple(studio.ledger.find(Asset, production.name, name) for name in against or ()),
            every,
        )
        answer = find_copies(studio, question, watch, page=html)
    if as_json:
        say_json(_described(take, answer))
    else:
        _say(take, answer, html)
    raise typer.Exit(1 if answer.findings.copies or answer.findings.candidates else 0)


def _say(take: str, answer: Answer, html: Path | None) -> None:
    findings = answer.findings
    if findings.matches:
        columns = ("frame", "is in", "which", "frame", "seen by", "")
        rows = [(one.frame, one.source, one.part, one.source_frame, how(one), verdict(one)) for one in findings.matches]
        say_table("", columns, rows)
    looked = sum(len(source.numbers) for source in answer.sources)
    say(
        f"{take}: {len(findings.copies)} copied, {len(findings.candidates)} to look at;"
        f" {len(findings.frames)} frame(s) held against {looked} of {len(answer.sources)} clip(s)"
    )
    for name, why in answer.left_out:
        say(f"left out: {name} ({why})")
    if html:
        say(f"page: {html}")


def _described(take: str, answer: Answer) -> dict[str, object]:
    return {
        "take": take,
        "frames": answer.findings.frames,
        "against": [{"clip": one.name, "part": one.part, "frames": one.numbers} for one in answer.sources],
        "left_out": dict(answer.left_out),
        "matches": [_match(match) for match in answer.findings.matches],
        "memorisation_ratios": answer.findings.ratios,
    }


def _match(match: Match) -> dict[str, object]:
    found = match.found
    return {
        "frame": match.frame,
        "clip": match.source,
        "part": match.part,
        "clip_frame": match.source_frame,
        "verdict": verdict(match),
        "bits": match.bits if match.hashed else None,
        "fingerprint": match.hashed or None,
        "cells": found.cells if found else None,
        "mirrored": match.turned_over or match.hashed.startswith("mirrored"),
        "here": found.here.round(1).tolist() if found else None,
        "there": found.there.round(1).tolist() if found else None,
    }
