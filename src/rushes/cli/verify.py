"""rushes verify: check a delivery."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson
from rushes.cli.voice import say, say_json
from rushes.signing.statements import verify_delivery


def verify(
    folder: Annotated[Path, typer.Argument(help="The delivery.")],
    *,
    key: Annotated[str | None, typer.Option(help="Whose signature is expected, as the studio tells it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Check a delivery: every byte, the signature, the log."""
    verified = verify_delivery(folder, key)
    if as_json:
        say_json(vars(verified))
    else:
        say(f"{folder}: whole. {verified.files} files, signed by {verified.key_id}, in the log of {verified.origin}")
        if key is None:
            say("  Nobody said whose signature to expect. Ask the studio for its key and give it with --key.")
