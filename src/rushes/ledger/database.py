"""Where SQLite and PostgreSQL differ: how they are opened, locked and put on disk. Nothing else knows which it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from rushes.domain.errors import Damaged, MissingExtra, NotFound, RushesError
from rushes.ledger.tables import SCHEMA

PATIENCE_SECONDS = 60
"""How long a writer waits for another one to finish."""

WRITER_LOCK = int.from_bytes(b"rushes")
"""The advisory lock that makes writers on PostgreSQL take turns; the number only has to be ours."""


def open_database(url: str) -> Engine:
    """Open a database and bring its tables up to date.

    Args:
        url: `sqlite:///folder/ledger.db`, `sqlite://` for one in memory, or `postgresql://user@host/name`.

    Raises:
        RushesError: if it cannot be opened, with the database's own reason.
    """
    place = _place(url)
    engine = _sqlite(place) if place.get_backend_name() == "sqlite" else _postgresql(place)
    with reading(engine) as connection:
        revision = _revision(connection)
    if revision != SCHEMA:
        with writing(engine) as connection:
            import_module("rushes.ledger.upgrade").upgrade(connection)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Read one unchanging state of the ledger, whatever others write meanwhile."""
    options = {} if _is_sqlite(engine) else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with _plainly(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Be the only writer. When the block ends all of it is on disk; after any error none of it was ever there."""
    # the lock comes before the first look: at a stricter level the look would be older than the lock
    options = {"writes": True} if _is_sqlite(engine) else {"isolation_level": "READ COMMITTED"}
    with _plainly(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        if not _is_sqlite(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITER_LOCK})
        yield connection


def shown(engine: Engine) -> str:
    """Return where a ledger is, without the password."""
    return engine.url.render_as_string(hide_password=True)


def _place(url: str) -> URL:
    try:
        place = make_url(url)
    except ArgumentError as error:
        raise RushesError(f"{url!r} names no database", [], "Write sqlite:///PATH or postgresql://…") from error
    if place.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
        return place.set(drivername="postgresql+psycopg")
    if place.drivername in ("sqlite", "sqlite+pysqlite"):
        return place
    raise RushesError(f"a ledger cannot be kept in {place.drivername!r}", [], "Write sqlite:///PATH or postgresql://…")


def _sqlite(place: URL) -> Engine:
    in_memory = place.database in (None, "", ":memory:")
    if not in_memory and not Path(str(place.database)).parent.is_dir():
        raise NotFound("folder", str(Path(str(place.database)).parent), remedy="Make it, or name another.")
    # what is in memory lives as long as its connection: keep one, and let everyone wait for it
    pool = {"pool_size": 1, "max_overflow": 0} if in_memory else {}
    engine = create_engine(
        place,
        poolclass=QueuePool,
        connect_args={"check_same_thread": False, "timeout": PATIENCE_SECONDS},
        **pool,
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: SqliteConnection, _record: object) -> None:
    # SQLAlchemy begins and ends transactions itself: Python's driver would begin them too late
    connection.isolation_level = None
    # bytes that are no text must not stop an audit: they come out changed, and their digest says so
    connection.text_factory = lambda content: str(content, "utf-8", "replace")
    (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode not in ("wal", "memory"):
        raise RushesError(
            "SQLite cannot keep its write-ahead log there", [f"it says {mode!r}"], "Use a local disk, or PostgreSQL."
        )
    # FULL waits for the disk at every commit; NORMAL is faster and loses the last facts with the power
    for pragma in ("synchronous = FULL", "fullfsync = ON", "foreign_keys = ON", "trusted_schema = OFF"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # a writer takes the lock before it looks at the size of the log
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(place: URL) -> Engine:
    if find_spec("psycopg") is None:
        raise MissingExtra("postgres", "psycopg")
    engine = create_engine(place, pool_pre_ping=True)
    # before SQLAlchemy's own first questions, which fail without words in a strange encoding
    event.listen(engine, "connect", _set_up_postgresql, insert=True)
    return engine


def _set_up_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        # a server may be set up to acknowledge before it writes; not for facts
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
    connection.commit()
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise RushesError(f"the database is encoded in {encoding}", [], "Make it with ENCODING 'UTF8'.")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _is_sqlite(engine: Engine) -> bool:
    return engine.dialect.name == "sqlite"


@contextmanager
def _plainly(engine: Engine) -> Iterator[None]:
    """Say what went wrong in our words; the database's own are the reason."""
    try:
        yield
    except OperationalError as error:
        remedy = "Nothing was recorded. See to the database and try again."
        raise RushesError(f"the ledger at {shown(engine)} cannot be used now", [str(error.orig)], remedy) from error
    except DatabaseError as error:
        raise Damaged(shown(engine), str(error.orig), remedy="Get the ledger back from its last backup.") from error
