"""rushes audit: check ledger, log and vault."""

from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson
from rushes.cli.voice import err, say, say_json
from rushes.domain.errors import BadMaterial, RushesError
from rushes.domain.nouns import NOUNS
from rushes.domain.records import files_of
from rushes.jobs.bar import progress_bar
from rushes.settings import read_settings
from rushes.studio import Studio, open_studio

Notes = Annotated[
    list[Path] | None, typer.Option("--checkpoint", help="A checkpoint kept elsewhere, such as a delivery's.")
]


def audit(*, checkpoint: Notes = None, as_json: AsJson = False) -> None:
    """Check this studio's ledger, log and vault."""
    notes = [_read_note(path) for path in checkpoint or ()]
    with open_studio(read_settings()) as studio:
        log = studio.ledger.audit(notes)
        faults = [*log.faults, *_vault_faults(studio)]
        newest = "" if log.faults else studio.ledger.checkpoint()  # nobody signs what was tampered with
    if as_json:
        say_json({"facts": log.facts, "faults": faults, "checkpoint": newest})
    else:
        say(f"{log.facts} facts in the ledger; {len(faults)} fault(s)")
        for fault in faults:
            say(f"  {fault}")
        say(newest)
    raise typer.Exit(1 if faults else 0)


def _read_note(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        remedy = "Name the file of a checkpoint, such as log/checkpoint.txt of a delivery."
        raise BadMaterial(f"{path} does not read as a checkpoint", [str(error)], remedy) from error


def _vault_faults(studio: Studio) -> list[str]:
    files = {file for kind in NOUNS.values() for fact in studio.ledger.every(kind) for file in files_of(fact)}
    faults = []
    with progress_bar(err) as watch:
        for done, file in enumerate(sorted(files, key=lambda file: file.digest)):
            try:
                studio.vault.path(file)
            except RushesError as error:
                faults.append(str(error))
            watch(done + 1, len(files), "hashing the vault")
    return faults
