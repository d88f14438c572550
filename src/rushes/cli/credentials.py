"""rushes credentials: the studio's authority for content credentials, and what it has revoked."""

from typing import Annotated

import typer

from rushes.cli.desk import AsJson
from rushes.cli.voice import say, say_json
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
