"""What a worker somewhere else in the house is told first: which studio, by which version, from which machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from platform import node
from typing import Any

from rushes.domain.errors import RushesError
from rushes.ledger.vault import Vault, open_vault
from rushes.settings import Settings
from rushes.studio import Studio, open_studio


def told(settings: Settings) -> dict[str, Any]:
    """Return what a worker needs to open this studio, as plain JSON values."""
    place = {name: None if value is None else str(value) for name, value in asdict(settings).items()}
    return {"rushes": version("rushes"), "machine": node(), "settings": place}


@contextmanager
def open_there(told: Mapping[str, Any]) -> Iterator[Studio]:
    """Open, in a worker, the studio that an order came from.

    Args:
        told: what `told` said where the order was written.

    Raises:
        RushesError: this machine does not see that studio, must not open its ledger, or has another version.
    """
    place = dict(told["settings"])
    settings = Settings(home=Path(place.pop("home")), **place)
    if not (settings.home / "keys").is_dir():
        remedy = "Let every worker see the studio's home, under the same path."
        raise RushesError(f"{node()} does not see the studio in {settings.home}", remedy=remedy)
    if settings.ledger.startswith("sqlite") and told["machine"] != node():
        why = [f"the order came from {told['machine']}, and SQLite keeps a ledger for one machine"]
        raise RushesError(f"{node()} cannot use this ledger", why, "Keep the ledger in PostgreSQL.")
    if told["rushes"] != version("rushes"):
        remedy = "Install one version everywhere: all frames of a take come from the same code."
        raise RushesError(f"{node()} has Rushes {version('rushes')}; the order needs {told['rushes']}", remedy=remedy)
    with open_studio(settings) as studio:
        yield replace(studio, vault=_vault(settings.vault))


@cache
def _vault(folder: str) -> Vault:
    """Return a vault that is kept as long as the worker lives: it then checks a file once, and not for each chunk."""
    return open_vault(folder)
