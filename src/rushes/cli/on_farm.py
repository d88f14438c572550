"""Where a command's work runs, if not here: on a Ray cluster, or on a render farm by way of an OpenJD template."""

from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from rushes.cli.desk import read_frames
from rushes.cli.voice import say, say_json
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.nouns import Model
from rushes.flow import train_elsewhere
from rushes.flow.chunks import render_part, spread_by
from rushes.flow.render import Spread, checked_order, frames_of
from rushes.flow.rendering import RenderOrder
from rushes.flow.train import Order, job_of, train_model
from rushes.integrations.openjd import job_template, write_job_template
from rushes.jobs.here import Watcher
from rushes.settings import read_settings
from rushes.studio import Studio

On = Annotated[str | None, typer.Option("--on", help="ray, or ray=HOST:PORT, for a Ray cluster; here, else.")]
Only = Annotated[str | None, typer.Option("--only", help="Of these frames, as in 12-40; no take is kept yet.")]
Once = Annotated[bool, typer.Option("--once", help="Where there is a take of this very order, give that one.")]
Farm = Annotated[
    Path | None,
    typer.Option("--farm", help="Write an OpenJD job into this folder, and render nothing."),
]


def check_place(on: str | None, only: str | None, farm: Path | None) -> None:
    """Refuse a command that is told to run in two places at once, or in one that is none."""
    named = [name for name, value in {"--on": on, "--only": only, "--farm": farm}.items() if value is not None]
    if len(named) > 1:
        raise BadMaterial(f"{' and '.join(named)} exclude each other", remedy="Give one of them.")
    if on is not None:
        _address(on)


def spread_on(where: str | None) -> Spread | None:
    """Return what renders frames there; None is here."""
    if where is None:
        return None
    on_ray, address = _ray(where)
    return spread_by(partial(on_ray.spread_on_ray, address=address), read_settings())


def train_on(where: str | None, studio: Studio, order: Order, *, watch: Watcher) -> Model:
    """Train there, and return the model."""
    if where is None:
        return train_model(studio, order, watch)
    on_ray, address = _ray(where)
    digest = on_ray.run_on_ray(
        "rushes.flow.train_elsewhere:train_from_text",
        train_elsewhere.order_text(studio, read_settings(), order),
        studio.jobs / job_of(order),
        watch=watch,
        address=address,
    )
    return studio.ledger.find(Model, order.dataset.show, digest)


def render_only(studio: Studio, order: RenderOrder, only: str, *, watch: Watcher, as_json: bool) -> None:
    """Render some frames of an order for a take that a later command keeps."""
    frames = render_part(studio, order, read_frames(only), watch=watch)
    if as_json:
        say_json({"frames": frames})
        return
    say(f"{len(frames)} frames are there, {frames[0]} the first; the same command without --only keeps the take")


def write_for_farm(studio: Studio, order: RenderOrder, folder: Path, *, as_json: bool) -> None:
    """Write an order as a job for a render manager, if it may be rendered."""
    order, settings = checked_order(studio, order), read_settings()
    path = write_job_template(folder, job_template(settings, order, frames_of(order)))
    if as_json:
        say_json({"template": path})
        return
    say(f"{path}: hand it to a render manager, or run it here with: openjd run {path} --step Take --run-dependencies")
    if settings.ledger.startswith("sqlite"):
        say("SQLite keeps the ledger for this machine only; a farm of several needs it in PostgreSQL.")


def _ray(where: str) -> tuple[ModuleType, str | None]:
    # only who asks for it waits for it, or needs it installed
    return import_module("rushes.jobs.on_ray"), _address(where)


def _address(where: str) -> str | None:
    name, equals, address = where.partition("=")
    how = "Write it as ray, or as ray=HOST:PORT."
    if name != "ray":
        raise NotFound("place to run", name, ["ray"], remedy=how)
    if equals and not address:
        raise BadMaterial(f"{where!r} names no cluster", remedy=how)
    return address or None
