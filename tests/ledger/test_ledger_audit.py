"""Somebody changes the database behind the ledger's back; the audit names the place."""

import sqlite3
from contextlib import closing

import pytest

from rushes.domain.errors import BadSignature, Damaged, NotFound
from rushes.domain.grants import Licence
from rushes.domain.records import digest_of
from rushes.ledger.book import open_ledger
from rushes.ledger.checkpoints import Checkpoint, checkpoint_text, sign_note
from rushes.ledger.database import open_database, writing
from rushes.ledger.facts import drafts_of, in_utc
from rushes.ledger.log import add_checkpoint, append, read_tip

TABLES = ("facts", "edges", "checkpoints")


class Intruder:
    """Someone with the database's password and a free hand."""

    def __init__(self, url: str) -> None:
        self.url = url

    def run(self, *statements: str) -> None:
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection, connection:
                for statement in statements:
                    connection.execute(statement)
        else:
            import psycopg

            with psycopg.connect(self.url) as connection:
                for statement in statements:
                    connection.execute(statement)

    def drop_triggers(self) -> None:
        if self.url.startswith("sqlite"):
            kinds = ("update", "delete", "replace")
            self.run(*(f"DROP TRIGGER {table}_no_{kind}" for table in TABLES for kind in kinds))
        else:
            self.run(*(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in TABLES))
            self.run("ALTER TABLE edges DROP CONSTRAINT edges_fact_fkey")


@pytest.fixture
def intruder(url):
    return Intruder(url)


@pytest.fixture
def twelve(ledger, make_licence, noon, chain):
    """Twelve facts: nine of a chain of title and three licences, recorded one by one."""
    nouns = [*chain.nouns(), *(make_licence(name) for name in "abc")]
    for noun in nouns:
        ledger.record(noun, at=noon, by="C")
    assert ledger.audit().clean
    return [digest_of(noun) for noun in nouns]


def test_an_untouched_ledger_is_clean_and_says_how_much_it_looked_at(ledger, twelve):
    audit = ledger.audit()
    assert (audit.clean, audit.facts, audit.checkpoints, audit.signed) == (True, 12, 12, 12)


def test_an_empty_ledger_is_clean(ledger):
    assert (ledger.audit().clean, ledger.audit().facts) == (True, 0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE facts SET body = body",
        "DELETE FROM facts",
        "UPDATE edges SET mentions = ''",
        "DELETE FROM edges",
        "UPDATE checkpoints SET note = note",
        "DELETE FROM checkpoints",
    ],
)
def test_the_database_itself_refuses_to_change_or_forget(ledger, twelve, intruder, statement):
    with pytest.raises(Exception, match=r"are never changed"):
        intruder.run(statement)
    assert ledger.audit().clean


def test_sqlite_refuses_to_replace_a_row_and_postgresql_to_empty_a_table(url, ledger, twelve, intruder):
    if url.startswith("sqlite"):
        attempts = [
            "INSERT OR REPLACE INTO facts SELECT * FROM facts WHERE position = 3",
            "INSERT OR REPLACE INTO edges SELECT * FROM edges",
            "INSERT OR REPLACE INTO checkpoints SELECT * FROM checkpoints",
        ]
    else:
        attempts = [f"TRUNCATE {table} CASCADE" for table in TABLES]
    for attempt in attempts:
        with pytest.raises(Exception, match=r"are never changed"):
            intruder.run(attempt)
    assert ledger.audit().clean


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("body = replace(body, 'GB', 'US')", "its body is not what was recorded"),
        ("name = 'blender licence'", "it is filed under name 'blender licence'"),
        ("show = 'another'", "it is filed under show 'another'"),
        ("kind = 'Consent'", "it is filed under kind 'Consent'"),
        ("recorded_by = 'Nobody'", "it is not the entry that was logged"),
        ("recorded_at = '2020-01-01T00:00:00.000000+00:00'", "it is not the entry that was logged"),
        ("previous = NULL", "it does not follow the fact before it"),
        ("digest = 'sha256:00'", "its body is not what was recorded"),
    ],
)
def test_a_changed_fact_is_named_with_what_was_changed(ledger, twelve, intruder, change, fault):
    intruder.drop_triggers()
    intruder.run(f"UPDATE facts SET {change} WHERE position = 10")
    faults = ledger.audit().faults
    assert any(each.startswith("fact 10, ") and each.endswith(fault) for each in faults)
    assert all(each.startswith("fact 10, ") for each in faults)


def test_a_fact_whose_tree_was_changed_is_named(url, ledger, twelve, intruder):
    intruder.drop_triggers()
    zeros = f"{'x' if url.startswith('sqlite') else ''}'{'' if url.startswith('sqlite') else chr(92) + 'x'}{64 * '0'}'"
    intruder.run(f"UPDATE facts SET hashes = {zeros} WHERE position = 10")
    faults = ledger.audit().faults
    assert any("fact 10" in each and "not the entry that was logged" in each for each in faults)
    assert any("fact 11" in each and "tree above it" in each for each in faults)


def test_hashes_that_belong_to_no_tree_are_named(url, ledger, twelve, intruder):
    intruder.drop_triggers()
    more = "CAST(hashes || x'00' AS BLOB)" if url.startswith("sqlite") else "hashes || '\\x00'"
    intruder.run(f"UPDATE facts SET hashes = {more} WHERE position = 10")
    assert [each.partition(": ")[2] for each in ledger.audit().faults] == ["the tree above it was changed"]


def test_what_is_missing_hides_nothing_else(ledger, twelve, intruder):
    whole = ledger.audit().root
    intruder.drop_triggers()
    intruder.run("DELETE FROM facts WHERE position = 8")
    audit = ledger.audit()
    assert (len(audit.faults), audit.root) == (1, whole)


def test_every_change_is_named_not_only_the_first(ledger, twelve, intruder):
    intruder.drop_triggers()
    intruder.run("UPDATE facts SET body = replace(body, 'GB', 'US') WHERE position IN (9, 10)")
    intruder.run("DELETE FROM facts WHERE position IN (1, 2)")
    faults = ledger.audit().faults
    assert any("facts 1 to 2, before it, are gone" in each for each in faults)
    assert [each for each in faults if "its body" in each][1].startswith("fact 10")


def test_a_fact_put_outside_the_log_is_named(ledger, twelve, intruder):
    intruder.drop_triggers()
    columns = "digest, kind, show, name, body, recorded_at, recorded_by, previous, hashes"
    forged = columns.replace("digest", "'sha256:forged'", 1)
    intruder.run(f"INSERT INTO facts (position, {columns}) SELECT -7, {forged} FROM facts WHERE position = 3")
    intruder.run(f"INSERT INTO facts (position, {columns}) SELECT {10**15}, {forged.replace('forged', 'f')} FROM facts"
                 " WHERE position = 3")  # fmt: skip
    faults = ledger.audit().faults
    assert any(each.startswith("fact -7") for each in faults)
    assert any(f"facts 12 to {10**15 - 1}, before it, are gone" in each for each in faults)


def test_a_link_that_was_cut_or_added_is_named(ledger, twelve, intruder, chain):
    intruder.drop_triggers()
    licence, other = digest_of(chain.licence), digest_of(chain.other_plate)
    intruder.run(f"DELETE FROM edges WHERE mentions = '{licence}'", f"INSERT INTO edges VALUES (6, '{other}')")
    faults = ledger.audit().faults
    assert [each.partition(": ")[0] for each in faults] == ["fact 4, Dataset 'look v1' of 'bunny'",
                                                            "fact 6, Take 'sh010 look t1' of 'bunny'"]  # fmt: skip
    assert faults[0].endswith(f"its link to {licence} is gone")
    assert faults[1].endswith(f"a link to {other} was added")


def test_a_log_that_was_cut_short_is_found_by_its_checkpoint(ledger, twelve, intruder):
    intruder.drop_triggers()
    intruder.run("DELETE FROM facts WHERE position >= 9")
    assert ledger.audit().faults == ("facts 9 to 11 are gone from the end: a checkpoint counts 12, there are 9",)


def test_a_log_that_was_cut_short_is_not_written_to(ledger, twelve, intruder, make_licence, noon):
    intruder.drop_triggers()
    intruder.run("DELETE FROM facts WHERE position >= 9")
    with pytest.raises(Damaged, match="it has 9 facts, which are not what its newest checkpoint, of 12 facts"):
        ledger.record(make_licence("new"), at=noon, by="C")
    with pytest.raises(Damaged, match="it has 9 facts, which are not what its newest checkpoint, of 12 facts"):
        ledger.checkpoint()


def test_a_log_cut_short_with_its_checkpoints_is_found_by_one_kept_elsewhere(ledger, twelve, intruder, key):
    kept = ledger.checkpoint()
    intruder.drop_triggers()
    intruder.run("DELETE FROM facts WHERE position >= 9", "DELETE FROM checkpoints WHERE size > 9")
    assert ledger.audit().clean
    faults = ledger.audit(notes=[kept]).faults
    assert any("facts 9 to 11 are gone from the end" in each for each in faults)


def rewritten(url, key, noon, nouns):
    """Make another history in another place, with everything in it right."""
    with open_ledger(url, origin="northlight.example/rushes", signer=key) as forged:
        for noun in nouns:
            forged.record(noun, at=noon, by="C")
        return forged.checkpoint()


def test_a_fork_signed_with_the_right_key_is_found(ledger, key, noon, make_licence, tmp_path):
    for name in "ab":
        ledger.record(make_licence(name), at=noon, by="C")
    other = rewritten(f"sqlite:///{tmp_path / 'fork.db'}", key, noon, [make_licence("a"), make_licence("c")])
    faults = ledger.audit(notes=[other]).faults
    assert faults == ("1 checkpoint(s) do not belong to these facts; the first is of 2 facts",)


def test_a_checkpoint_that_knows_of_something_before_the_first_fact_is_found(ledger, twelve, key):
    note = sign_note(checkpoint_text(Checkpoint(key.name, 0, bytes(32))), key)
    assert ledger.audit(notes=[note]).faults == (
        "1 checkpoint(s) do not belong to these facts; the first is of 0 facts",
    )


def test_a_history_written_anew_without_the_key_is_found(key, make_key, noon, make_licence, tmp_path):
    true, forged = (f"sqlite:///{tmp_path / name}" for name in ("true.db", "forged.db"))
    kept = rewritten(true, key, noon, [make_licence("a"), make_licence("b")])
    rewritten(forged, make_key(bytes(32)), noon, [make_licence("a"), make_licence("c")])
    with open_ledger(forged, origin="northlight.example/rushes", signer=key) as ledger:
        assert "facts 0 to 1 are under no checkpoint that was signed by a known key" in ledger.audit().faults
        assert any("do not belong" in each for each in ledger.audit(notes=[kept]).faults)


def test_a_rewritten_tree_is_not_written_to(ledger, twelve, intruder, make_licence, noon, url):
    intruder.drop_triggers()
    zeros = "x" if url.startswith("sqlite") else ""
    start = "" if url.startswith("sqlite") else "\\x"
    intruder.run(f"UPDATE facts SET hashes = {zeros}'{start}{256 * '0'}' WHERE position = 11")
    with pytest.raises(Damaged, match="Nothing was recorded"):
        ledger.record(make_licence("new"), at=noon, by="C")


@pytest.mark.parametrize(
    ("note", "fault"),
    [
        ("'garbage'", "the checkpoint of 12 facts: this is no signed note"),
        ("replace(note, 'rushes\n12\n', 'rushes\n11\n')", "the checkpoint of 12 facts: a signature does not belong"),
        ("replace(note, '— north', '— south')", "the checkpoint of 12 facts: nobody known here has signed"),
        ("(SELECT note FROM checkpoints WHERE size = 3)", "the checkpoint of 12 facts: it is really of 3 facts"),
    ],
)
def test_a_forged_checkpoint_is_named(ledger, twelve, intruder, key, note, fault):
    intruder.drop_triggers()
    intruder.run(f"UPDATE checkpoints SET note = {note} WHERE size = 12")
    with open_ledger(intruder.url, origin=key.name, signer=key) as again:
        assert any(each.startswith(fault) for each in again.audit().faults)


def test_a_checkpoint_of_another_log_is_named(ledger, twelve, key, make_licence, noon):
    with open_ledger("sqlite://", origin="southlight.example/rushes", signer=key) as other:
        other.record(make_licence("a"), at=noon, by="C")
        note = other.checkpoint()
    faults = ledger.audit(notes=[note]).faults
    assert faults == ("checkpoint 1 from elsewhere: it is of another log, 'southlight.example/rushes'",)


def forge(url, noun, noon, *, key=None):
    """Add a fact as someone does who may write to the database and knows how it is made, but has not the right key."""
    engine = open_database(url)
    with writing(engine) as connection:
        tip = append(connection, read_tip(connection), drafts_of([noun]), at=in_utc(noon), by="F")
        if key:
            add_checkpoint(connection, tip, origin="northlight.example/rushes", signer=key)
    engine.dispose()


def test_a_fact_put_in_without_a_key_never_gets_under_a_signature(ledger, twelve, url, make_licence, noon):
    forge(url, make_licence("forged"), noon)
    for attempt in (lambda: ledger.record(make_licence("new"), at=noon, by="C"), ledger.checkpoint):
        with pytest.raises(Damaged, match="it has 13 facts"):
            attempt()
    with pytest.raises(NotFound, match="no checkpoint over the licence named 'forged'"):
        ledger.prove(digest_of(make_licence("forged")))
    assert ledger.audit().faults == ("facts 12 to 12 are under no checkpoint that was signed by a known key",)


def test_a_fact_put_in_with_another_key_never_gets_under_ours(ledger, twelve, url, make_key, make_licence, noon):
    forge(url, make_licence("forged"), noon, key=make_key(bytes(32)))
    for attempt in (lambda: ledger.record(make_licence("new"), at=noon, by="C"), ledger.checkpoint):
        with pytest.raises(BadSignature, match="nobody known here"):
            attempt()
    assert ledger.audit().faults[-1] == "facts 12 to 12 are under no checkpoint that was signed by a known key"


def test_a_checkpoint_of_an_unknown_key_is_named(ledger, twelve, url, make_key, make_licence, noon):
    forge(url, make_licence("forged"), noon, key=make_key(bytes(32), "southlight.example/rushes"))
    (fault, *_) = ledger.audit().faults
    assert fault.startswith("the checkpoint of 13 facts: nobody here knows the key 'southlight.example/rushes+")


def test_a_changed_fact_is_not_handed_out(ledger, twelve, intruder):
    intruder.drop_triggers()
    intruder.run("UPDATE facts SET body = replace(body, 'GB', 'US') WHERE position = 10")
    for ask in (
        lambda: ledger.get(twelve[10]),
        lambda: ledger.every(Licence),
        lambda: ledger.find(Licence, "bunny", "b"),
    ):
        with pytest.raises(Damaged, match=r"fact 10, Licence 'b' of 'bunny': its body is not what was recorded"):
            ask()


def test_a_missing_fact_stops_a_proof_that_needs_it(ledger, twelve, intruder):
    intruder.drop_triggers()
    intruder.run("DELETE FROM facts WHERE position = 7")
    with pytest.raises(Damaged, match=r"facts \[7\] are gone"):
        ledger.prove(twelve[10])


def test_bytes_that_are_no_text_are_named_and_do_not_stop_the_audit(tmp_path, key, make_licence, noon):
    url = f"sqlite:///{tmp_path / 'rotten.db'}"
    with open_ledger(url, origin="a/log", signer=key) as ledger:
        ledger.record_all([make_licence(name) for name in "abc"], at=noon, by="C")
        Intruder(url).drop_triggers()
        Intruder(url).run("UPDATE facts SET body = CAST(x'ff' AS TEXT) || body WHERE position = 1")
        assert ledger.audit().faults == ("fact 1, Licence 'b' of 'bunny': its body is not what was recorded",)
