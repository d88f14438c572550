"""The command line. Only the module of the command that was asked for is loaded, so that help answers at once."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.metadata import version
from typing import Annotated

import typer

from rushes.cli.voice import say, say_error
from rushes.domain.errors import RushesError, Stopped

COMMANDS = {
    "new": "Start a show.",
    "person": "Record a person of a show and what they have the say over.",
    "rights": "Record licences, consents, withdrawals; see what is missing.",
    "policy": "Choose rule packs, state what no machine knows, ask whether something may be done.",
    "ingest": "Bring material in: every frame is decoded once and kept.",
    "sheet": "Write stills of an asset on one page, for whoever looks who can be recognised in it.",
    "clear": "Freeze assets into a dataset, if every grant allows it.",
    "train": "Teach a department with a cleared dataset.",
    "rebuild": "Train a model again from what is on record, and compare the weights.",
    "retrain": "Train a model again without what may not teach any more, and show that nothing of it is left.",
    "render": "Put a plate through a model: a take, which is a proposal.",
    "review": "Approve a take, or send it back with a note.",
    "deliver": "Write approved takes with their chain of title, signed.",
    "papers": "Write the packets that insurers, clients, offices and guilds ask for.",
    "export": "Write a model with its card, bill of materials and signatures, if it may leave.",
    "verify": "Check a delivery: every byte, the signature, the log, the credentials.",
    "credentials": "Show the authority of content credentials; revoke a certificate.",
    "originality": "Look in a take for frames that taught its model, or a watch-list.",
    "watchlist": "Record the works that must not turn up in what models make, or show them.",
    "vet": "Hold all that a model made against what taught it and the watchlist; keep the report.",
    "promote": "Put a model forward for work; refused without its originality report.",
    "exposure": "Plant canaries into trainings like a model's, and ask for them: how soon its recipe learns by heart.",
    "attribute": "Teach a take's model again without each shot, asset, licence or person: which taught it how much.",
    "lineage": "Show what something came from and what came from it.",
    "audit": "Check this studio's ledger, log and vault.",
    "status": "Show what a show has, from assets to deliveries.",
    "runs": "Compare trainings: settings, scores, learning curves.",
    "jobs": "Show what is running, what stopped, and what can go on.",
    "departments": "Show the departments and what each is taught by.",
    "previs": "From a screenplay to boards, plans and an animatic that the director decides.",
    "demo": "Run the whole way once, on real footage.",
}
GROUPS = ("rights", "policy", "credentials", "previs")
BY_CTRL_C = 130


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code: 0, 1 for a refusal, 2 for wrong usage, 130 after Ctrl-C."""
    try:
        return perform(arguments)
    except KeyboardInterrupt:
        return BY_CTRL_C
    except RushesError as error:
        return _refused(error, arguments)
    except OSError as error:
        what = f"{error.filename or 'the disk'} cannot be used: {error.strerror or error}"
        again = "See to that disk, folder or file, and give the command again."
        return _refused(RushesError(what, remedy=again), arguments)
    except _of_opencolorio() as error:
        what = "OpenColorIO cannot do this"
        return _refused(RushesError(what, [str(error)], "See to the show's config with ociocheck."), arguments)


def perform(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code.

    Raises:
        RushesError: the command is refused.
    """
    asked = next((word for word in arguments if not word.startswith("-")), None)
    completing = "_RUSHES_COMPLETE" in os.environ
    wanted = {name for name in COMMANDS if completing or name == asked}
    try:
        make_app(wanted)(list(arguments), prog_name="rushes")
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _refused(error: RushesError, arguments: Sequence[str]) -> int:
    if "--json" in arguments:
        refusal = {"error": type(error).__name__, "what": error.what, "reasons": error.reasons, "do": error.remedy}
        sys.stdout.write(json.dumps(refusal) + "\n")
    say_error(error)
    return BY_CTRL_C if isinstance(error, Stopped) else 1


def _of_opencolorio() -> tuple[type[Exception], ...]:
    """Return what OpenColorIO raises, if a command has loaded it: help must not wait for that."""
    loaded = sys.modules.get("PyOpenColorIO")
    return (loaded.Exception,) if loaded else ()


def make_app(wanted: set[str]) -> typer.Typer:
    """Make the application with the wanted commands loaded and the others as a line in the help.

    Args:
        wanted: names out of `COMMANDS`.
    """
    app = typer.Typer(
        name="rushes",
        help="Small bespoke models for one production, taught only by its own cleared material.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_nothing_first)
    for name, words in COMMANDS.items():
        if name not in wanted:
            app.command(name, help=words)(_unloaded)
        elif name in GROUPS:
            app.add_typer(import_module(f"rushes.cli.{name}").app, name=name, help=words)
        else:
            command: Callable[..., None] = getattr(import_module(f"rushes.cli.{name}"), name)
            app.command(name)(command)
    return app


def _say_version(asked: bool) -> None:
    if asked:
        say(f"rushes {version('rushes')}")
        raise typer.Exit


def _nothing_first(
    _version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Small bespoke models for one production, taught only by its own cleared material."""


def _unloaded() -> None:
    raise AssertionError("a command that was asked for is always loaded")
