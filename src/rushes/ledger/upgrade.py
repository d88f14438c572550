"""Runs the migrations. Apart, because only the first opening after an upgrade should pay for importing Alembic."""

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection

from rushes.domain.errors import RushesError

STEPS = ScriptDirectory(str(Path(__file__).with_name("migrations")))


def upgrade(connection: Connection) -> None:
    """Bring the tables up to date, inside the transaction that the connection is in.

    Raises:
        RushesError: if a newer version of Rushes has been here.
    """
    with EnvironmentContext(Config(), STEPS, fn=_steps_from) as environment:
        environment.configure(connection=connection, transactional_ddl=True)
        try:
            environment.run_migrations()
        except CommandError as error:
            newer = "this ledger was made by a newer version of Rushes"
            raise RushesError(newer, [str(error)], "Upgrade Rushes on this machine.") from error


def _steps_from(revision: str, _context: MigrationContext) -> list[RevisionStep]:
    return STEPS._upgrade_revs("head", revision)
