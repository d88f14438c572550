"""rushes verify: check a delivery, or say what is known of one file."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson
from rushes.cli.voice import say, say_json, say_table
from rushes.domain.errors import NotFound
from rushes.flow.layers import Found, Trust, check_layers, identify
from rushes.flow.proofs import FOLDER, REVOKED, mark_key
from rushes.settings import read_settings
from rushes.signing.statements import verify_delivery
from rushes.studio import open_studio

UNTOLD = "  Nobody said whose signature to expect. Ask the studio for its key and give it with --key."


def verify(
    what: Annotated[Path, typer.Argument(help="The delivery, or one picture or movie that came from anywhere.")],
    *,
    key: Annotated[str | None, typer.Option(help="Whose signature is expected, as the studio tells it.")] = None,
    root: Annotated[
        Path | None, typer.Option(help="The authority that is trusted, PEM; the delivery's own, else.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a delivery: every byte, the signature, the log, the credentials."""
    if what.is_file():
        _say_found(what, as_json=as_json)
        return
    verified = verify_delivery(what, key)
    proven = (what / FOLDER).is_dir()  # deliveries of the first versions have none
    layers = check_layers(what, _trust(verified.key_id, root)) if proven else []
    if as_json:
        say_json({**vars(verified), "layers": [vars(one) for one in layers]})
        return
    say(f"{what}: whole. {verified.files} files, signed by {verified.key_id}, in the log of {verified.origin}")
    if key is None:
        say(UNTOLD)
    rows = [(one.name, one.watermark, one.fingerprints or "") for one in layers]
    if rows:
        say_table("Trusted credentials, and no layer contradicts another", ("file", "watermark", "fingerprints"), rows)


def _trust(key_id: str, root: Path | None) -> Trust:
    """Whom to believe: of a delivery of this machine's own studio, also its newest list of what is revoked."""
    trust, settings = Trust(root.read_bytes() if root else None), read_settings()
    if not (settings.home / "keys").is_dir():
        return trust
    with open_studio(settings) as studio:
        if studio.signer.key_id != key_id:
            return trust
        authority = studio.authority()
        revoked = (authority.folder / REVOKED).read_bytes()
        return replace(trust, root=trust.root or authority.root, revoked=revoked, mark_key=mark_key(studio))


def _say_found(file: Path, *, as_json: bool) -> None:
    settings = read_settings()
    if not (settings.home / "keys").is_dir():
        raise NotFound("studio", str(settings.home), remedy="A single file is known by the studio that it came from.")
    with open_studio(settings) as studio:
        found = identify(studio, file)
    if as_json:
        mark = f"{found.mark.record:016x}" if found.mark else None
        told = found.credentials if isinstance(found.credentials, str) else vars(found.credentials)
        say_json({"credentials": told, "watermark": mark, "takes": found.takes})
    else:
        _say_words(file, found)
    raise typer.Exit(0 if found.takes or not isinstance(found.credentials, str) else 1)


def _say_words(file: Path, found: Found) -> None:
    if isinstance(found.credentials, str):
        say(f"{file}: no credentials that are trusted: {found.credentials}")
    else:
        say(f"{file}: {found.credentials.title}; signed by {found.credentials.issued_by}, trusted")
    say(f"  watermark: {f'record {found.mark.record:016x}' if found.mark else 'none of this studio'}")
    for take, alike in found.takes.items():
        say(f"  shows take {take}; {alike} fingerprints agree")
    if not found.takes:
        say("  nothing that left this studio looks like it")
