"""rushes credentials: the studio's authority for content credentials, and what it has revoked."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import say, say_json
from rushes.domain.errors import AlreadyThere
from rushes.domain.nouns import Take
from rushes.flow.leaving import ready_to_leave
from rushes.flow.proofs import prove_picture
from rushes.settings import read_settings
from rushes.signing.certificates import REASONS, revoke
from rushes.studio import open_studio

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command()
def show(*, as_json: AsJson = False) -> None:
    """Show the certificate that credentials stand under: give it to whoever is to trust them."""
    with open_studio(read_settings()) as studio:
        authority = studio.authority()
    if as_json:
        root = authority.root.decode()
        say_json({"name": authority.name, "serial": str(authority.serial), "ends": authority.ends, "root": root})
        return
    say(f"{authority.name}: signs with certificate {authority.serial} until {authority.ends:%Y-%m-%d}")
    say(authority.root.decode().rstrip())


@app.command()
def write(
    file: Annotated[Path, typer.Argument(help="A JPEG, PNG, TIFF, MP4 or MOV that was made from a take.")],
    *,
    take: Annotated[str, typer.Option(help="The take, by name; approved, and free to leave today.")],
    to: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Write a copy of a still or movie with content credentials, if its take may leave."""
    if to.exists():
        raise AlreadyThere(f"{to} is there already", remedy="Name another file.")
    with open_desk(show) as (studio, production):
        found = studio.ledger.find(Take, production.name, take)
        [leaving] = ready_to_leave(studio, to.name, [found])
        prove_picture(studio, leaving, file, into=to)
    if as_json:
        say_json({"file": to, "take": take})
    else:
        say(f"{to}: says that it shows {take}; check it with: rushes verify {to}")


@app.command("revoke")
def revoke_certificate(
    serial: Annotated[int, typer.Argument(help="Of the certificate, as `show` and a credential say it.")],
    *,
    reason: Annotated[str, typer.Option(help=f"In a word of RFC 5280: {', '.join(REASONS)}.")],
    as_json: AsJson = False,
) -> None:
    """Revoke a certificate: whatever it signed is trusted no more."""
    with open_studio(read_settings()) as studio:
        authority = studio.authority()
        revoke(authority, serial, studio.clock(), reason=reason)
    if as_json:
        say_json({"revoked": str(serial), "reason": reason})
    else:
        say(f"certificate {serial} is revoked: {reason}; deliveries carry the new list from now on")
