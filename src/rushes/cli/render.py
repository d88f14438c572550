"""rushes render: put a plate through a model."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk, read_frames
from rushes.cli.measures import measure_rows
from rushes.cli.on_farm import Farm, On, Once, Only, check_place, render_only, spread_on, write_for_farm
from rushes.cli.reports import copy_reports
from rushes.cli.voice import err, say, say_json, say_table
from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Asset, Model, Take
from rushes.domain.records import to_json
from rushes.flow.render import render_take
from rushes.flow.rendering import RenderOrder
from rushes.jobs.bar import progress_bar


def render(
    model: Annotated[str, typer.Argument(help="Name of the model.")],
    plate: Annotated[str, typer.Argument(help="Name of the footage.")],
    *,
    frames: Annotated[str | None, typer.Option(help="First and last, as in 12-40; all, else.")] = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="NAME=VALUE: on, off or a number. See: rushes departments")
    ] = None,
    given: Annotated[
        list[str] | None, typer.Option("--with", help="ROLE=ASSET beside the plate, as guide=MATTE or fixes=FRAMES.")
    ] = None,
    over: Annotated[str | None, typer.Option(help="An earlier take, to lie on outside of inside=MATTE.")] = None,
    reports: Annotated[Path | None, typer.Option(help="A folder to copy the reports on the take into.")] = None,
    on: On = None,
    only: Only = None,
    farm: Farm = None,
    once: Once = False,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Put a plate through a model: a take, which is a proposal."""
    span, settings = _span(frames), dict(_setting(text) for text in setting or ())
    check_place(on, only, farm)
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        order = RenderOrder(
            model=studio.ledger.find(Model, production.name, model),
            plate=studio.ledger.find(Asset, production.name, plate),
            frames=span,
            settings=settings,
            further={
                role: studio.ledger.find(Asset, production.name, asset)
                for role, asset in (_role(text) for text in given or ())
            },
            over=studio.ledger.find(Take, production.name, over) if over else None,
        )
        if farm:
            write_for_farm(studio, order, farm, as_json=as_json)
            return
        if only:
            render_only(studio, order, only, watch=watch, as_json=as_json)
            return
        take = render_take(studio, order, watch, spread=spread_on(on), once=once)
        pages = copy_reports(studio, take.reports, reports)
    if as_json:
        say_json(to_json(take))
        return
    say(f"{take.name}: frames {take.frames[0]}-{take.frames[1]}, a proposal until someone approves it")
    if take.measures:
        say_table("", *measure_rows(take.measures))
    for path in pages:
        say(f"report: {path}")


def _span(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    if "," in text:
        raise BadMaterial(f"{text!r} is more than one range", remedy="A take is one range: write it as 12-40.")
    numbers = read_frames(text)
    return numbers[0], numbers[-1]


def _role(text: str) -> tuple[str, str]:
    role, _, asset = text.partition("=")
    if not role or not asset:
        raise BadMaterial(f"{text!r} is no footage in a role", remedy="Write it as guide=MATTE or fixes=FRAMES.")
    return role, asset


def _setting(text: str) -> tuple[str, float | bool]:
    name, _, value = text.partition("=")
    if value in ("on", "off"):
        return name, value == "on"
    try:
        return name, float(value)
    except ValueError as error:
        raise BadMaterial(f"{text!r} is no setting", remedy="Write it as NAME=on, NAME=off or NAME=0.5.") from error
