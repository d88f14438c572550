"""rushes clear: freeze assets into a dataset."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk, read_frames
from rushes.cli.voice import say, say_json
from rushes.domain.errors import BadMaterial
from rushes.domain.records import to_json
from rushes.flow.clear import Part, clear_dataset

Parts = Annotated[
    list[str] | None,
    typer.Option("--part", help="ROLE=ASSET, or ROLE=ASSET@12,40-42 for some of its frames."),
]
Pairs = Annotated[
    list[str] | None,
    typer.Option("--pair", help="BEFORE:AFTER, or BEFORE:AFTER@12,40-42 for some of their frames."),
]


def clear(
    name: Annotated[str, typer.Argument(help="Name of the dataset.")],
    *,
    department: Annotated[str, typer.Option(help="Who is taught by it.")] = "look",
    pair: Pairs = None,
    part: Parts = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Freeze assets into a dataset, if every grant allows it."""
    parts = [side for group, text in enumerate(pair or (), 1) for side in _pair(text, group)]
    parts += [_part(text, 0) for text in part or ()]
    with open_desk(show) as (studio, production):
        dataset = clear_dataset(studio, production.name, name, department=department, parts=parts)
    if as_json:
        say_json(to_json(dataset))
        return
    frames = sum(len(item.frames) for item in dataset.items)
    until = f"until {dataset.valid_until}" if dataset.valid_until else "without end"
    assets = len({item.asset for item in dataset.items})
    say(f"{name}: {frames} frames of {assets} assets cleared for {dataset.action} by {department}, {until}")


def _pair(text: str, group: int) -> list[Part]:
    assets, at, frames = text.partition("@")
    before, _, after = assets.partition(":")
    if not before or not after or (at and not frames):
        raise BadMaterial(f"{text!r} is no pair", remedy="Write it as BEFORE:AFTER or BEFORE:AFTER@12,40-42.")
    numbers = read_frames(frames) if frames else ()
    return [Part("before", before, group, numbers), Part("after", after, group, numbers)]


def _part(text: str, group: int) -> Part:
    role, equals, rest = text.partition("=")
    asset, at, frames = rest.partition("@")
    if not equals or not asset or (at and not frames):
        raise BadMaterial(f"{text!r} is no part", remedy="Write it as ROLE=ASSET or ROLE=ASSET@12,40-42.")
    return Part(role, asset, group, read_frames(frames) if frames else ())
