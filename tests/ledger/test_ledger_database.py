"""Opening a ledger: its tables, its durability, and what is said when it cannot be opened."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from rushes.domain.errors import Damaged, NotFound, RushesError
from rushes.ledger.book import open_ledger
from rushes.ledger.database import open_database, reading, writing
from rushes.ledger.tables import SCHEMA, metadata
from rushes.ledger.upgrade import STEPS


@pytest.fixture
def engine(url):
    opened = open_database(url)
    yield opened
    opened.dispose()


def test_the_migrations_lead_to_the_tables_that_the_code_knows(engine):
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_newest_migration_is_the_one_that_the_code_expects():
    assert isinstance(STEPS, ScriptDirectory)
    assert STEPS.get_heads() == [SCHEMA]


def test_a_ledger_that_is_up_to_date_opens_without_alembic(tmp_path, key):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    open_ledger(url, origin="a/log", signer=key).close()
    script = (
        "import sys; from rushes.ledger.book import open_ledger; "
        f"open_ledger({url!r}, origin='a/log', signer=None); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_sqlite_waits_for_the_disk_at_every_commit(tmp_path):
    engine = open_database(f"sqlite:///{tmp_path / 'ledger.db'}")
    with reading(engine) as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 60_000}


def test_postgresql_waits_for_the_disk_even_where_it_is_told_not_to(postgresql):
    address = f"postgresql+psycopg://rushes@/postgres?host={postgresql}"
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE hasty"))
        connection.execute(sa.text("ALTER DATABASE hasty SET synchronous_commit = off"))
        connection.execute(sa.text("ALTER DATABASE hasty SET default_transaction_isolation = 'serializable'"))
    admin.dispose()
    engine = open_database(address.replace("/postgres?", "/hasty?"))
    with writing(engine) as connection:
        assert connection.execute(sa.text("SHOW synchronous_commit")).scalar() == "on"
        assert connection.execute(sa.text("SHOW transaction_isolation")).scalar() == "read committed"
    with reading(engine) as connection:
        assert connection.execute(sa.text("SHOW transaction_isolation")).scalar() == "repeatable read"
    engine.dispose()


def test_a_database_in_another_encoding_is_refused(postgresql):
    address = f"postgresql+psycopg://rushes@/postgres?host={postgresql}"
    admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text("CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"))
    admin.dispose()
    with pytest.raises(RushesError, match="SQL_ASCII"):
        open_database(address.replace("/postgres?", "/ascii?"))


def test_reading_changes_nothing_and_a_failed_writing_neither(engine):
    insert = "INSERT INTO checkpoints VALUES (0, 'a', 'b')"
    with pytest.raises(ZeroDivisionError), writing(engine) as connection:
        connection.execute(sa.text(insert))
        raise ZeroDivisionError
    with reading(engine) as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM checkpoints")).scalar() == 0


def test_a_ledger_of_a_newer_version_is_refused_before_anything_is_touched(engine, url):
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RushesError, match="newer version of Rushes"):
        open_database(url)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("ledger.db", "names no database"),
        ("mysql://localhost/rushes", "cannot be kept in 'mysql'"),
        ("postgresql://rushes@/rushes?host=/nowhere/at/all", "cannot be used now"),
    ],
)
def test_what_cannot_be_opened_is_said_plainly(address, why):
    with pytest.raises(RushesError, match=why):
        open_database(address)


def test_a_password_is_never_shown():
    with pytest.raises(RushesError) as refusal:
        open_database("postgresql://rushes:secret@127.0.0.1:1/rushes?connect_timeout=1")
    assert "secret" not in str(refusal.value)


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path):
    with pytest.raises(NotFound, match="folder"):
        open_database(f"sqlite:///{tmp_path / 'typo' / 'ledger.db'}")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path):
    (tmp_path / "ledger.db").write_bytes(os.urandom(8192))
    with pytest.raises(Damaged, match="not a database"):
        open_database(f"sqlite:///{tmp_path / 'ledger.db'}")


def test_without_its_driver_postgresql_is_refused_with_what_to_install():
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from rushes.domain.errors import MissingExtra\n"
        "from rushes.ledger.database import open_database\n"
        "try: open_database('postgresql://localhost/rushes')\n"
        "except MissingExtra as error: print(error)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said == "this needs psycopg, which is not installed\npip install 'rushes[postgres]'\n"
