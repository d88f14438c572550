"""What a studio sets once for its machine: where things are kept, who is working. Read by the command line only."""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Where this studio keeps its ledger, vault and key, and who is working.

    Attributes:
        home: folder of the studio; everything below lies in it unless said otherwise.
        ledger: SQLAlchemy URL; SQLite in the home by default, `postgresql+psycopg://…` for a house.
        vault: folder of the vault.
        person: the name under which facts are recorded.
        show: the show that is meant where a command names none.
    """

    home: Path
    ledger: str
    vault: str
    person: str
    show: str | None = None


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read `RUSHES_HOME`, `RUSHES_LEDGER`, `RUSHES_VAULT`, `RUSHES_PERSON` and `RUSHES_SHOW`.

    >>> read_settings({"RUSHES_HOME": "/shows/nf", "RUSHES_PERSON": "ana"}).ledger
    'sqlite:////shows/nf/ledger.sqlite'
    """
    home = Path(environment.get("RUSHES_HOME", "~/rushes")).expanduser().absolute()
    return Settings(
        home=home,
        ledger=environment.get("RUSHES_LEDGER", f"sqlite:///{home / 'ledger.sqlite'}"),
        vault=environment.get("RUSHES_VAULT", str(home / "vault")),
        person=environment.get("RUSHES_PERSON") or getpass.getuser(),
        show=environment.get("RUSHES_SHOW"),
    )
