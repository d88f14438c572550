"""Writers that are killed, writers that meet, disks that are full: nothing acknowledged is lost, nothing is half."""

import multiprocessing
import os
import random
import signal
import time
from importlib import import_module
from pathlib import Path
from threading import Thread

from rushes.domain.errors import RushesError
from rushes.domain.grants import Licence
from rushes.domain.records import digest_of
from rushes.ledger.book import open_ledger

# writers are forked from here, and need not import it again
import_module("rushes.ledger.upgrade")

ACKNOWLEDGEMENT = len(f"sha256:{64 * '0'}\n")
FORK = multiprocessing.get_context("fork")
ORIGIN = "northlight.example/rushes"


def in_another_process(work, *arguments) -> tuple[multiprocessing.Process, int]:
    """Start work in a process of its own; what it writes to its last argument can be read here."""
    reads, writes = os.pipe()
    process = FORK.Process(target=work, args=(*arguments, writes))
    process.start()
    os.close(writes)
    return process, reads


def said_by(reads: int) -> list[str]:
    with os.fdopen(reads) as pipe:
        return pipe.read().split()


def record_for_ever(url, key, nouns, noon, acknowledge) -> None:
    """Record one noun after the other; say each digest once the ledger has acknowledged it."""
    with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
        for batch in nouns:
            for digest in ledger.record_all(batch, at=noon, by="C"):
                os.write(acknowledge, f"{digest}\n".encode())


def batches(make_licence, name, sizes):
    for number in range(10_000):
        yield [make_licence(f"{name} {number} {part}") for part in range(sizes[number % len(sizes)])]


def test_whatever_was_acknowledged_survives_twenty_kills_at_any_instant(url, key, make_licence, noon):
    chance, acknowledged = random.Random(7), []
    for round_ in range(5):
        writers = [
            in_another_process(record_for_ever, url, key, batches(make_licence, f"{round_}.{writer}", (1, 3)), noon)
            for writer in range(4)
        ]
        for number, (process, reads) in enumerate(writers):
            # the first of each round may still be opening, or making, the ledger
            if number:
                acknowledged.append(os.read(reads, ACKNOWLEDGEMENT).decode().strip())
            time.sleep(chance.uniform(0, 0.1))
            os.kill(process.pid, signal.SIGKILL)
        for process, reads in writers:
            process.join()
            assert process.exitcode == -signal.SIGKILL
            acknowledged += said_by(reads)
    with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
        kept = [digest_of(found) for found in ledger.every(Licence)]
        audit = ledger.audit()
    assert len(acknowledged) > 20
    assert set(acknowledged) <= set(kept)
    assert audit.faults == ()
    assert audit.facts == len(kept) == len(set(kept))


def test_a_batch_that_was_killed_is_there_whole_or_not_at_all(url, key, make_licence, noon):
    chance = random.Random(8)
    for round_ in range(6):
        name = f"batch {round_}"
        process, reads = in_another_process(record_for_ever, url, key, batches(make_licence, name, (40,)), noon)
        os.read(reads, ACKNOWLEDGEMENT)
        time.sleep(chance.uniform(0, 0.1))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        os.close(reads)
    with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
        names = [found.name.rpartition(" ")[0] for found in ledger.every(Licence)]
        assert ledger.audit().clean
    assert names
    assert {names.count(name) for name in set(names)} == {40}


def test_two_processes_at_once_are_put_in_order_and_lose_nothing(url, key, make_licence, noon):
    def record_forty(name, done) -> None:
        with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
            for number in range(40):
                ledger.record(make_licence(f"{name} {number}"), at=noon, by=name)
                ledger.record(make_licence(f"both {number}"), at=noon, by=name)
        os.write(done, b"done\n")

    # neither finds a ledger there: they make it together, too
    writers = [in_another_process(record_forty, name) for name in ("ana", "ben")]
    assert [said_by(reads) for _, reads in writers] == [["done"], ["done"]]
    for process, _ in writers:
        process.join()
    with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
        names = [found.name for found in ledger.every(Licence)]
        assert ledger.audit().faults == ()
    assert sorted(names) == sorted(f"{name} {number}" for name in ("ana", "ben", "both") for number in range(40))
    for name in ("ana", "ben", "both"):
        assert [each for each in names if each.startswith(name)] == [f"{name} {number}" for number in range(40)]


def test_threads_share_one_ledger(ledger, make_licence, noon):
    threads_share(ledger, make_licence, noon)


def test_threads_share_one_ledger_in_memory(in_memory, make_licence, noon):
    threads_share(in_memory, make_licence, noon)


def threads_share(ledger, make_licence, noon):
    def work(name: str) -> None:
        for number in range(10):
            digest = ledger.record(make_licence(f"{name} {number}"), at=noon, by=name)
            assert ledger.get(digest).name == f"{name} {number}"

    threads = [Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ledger.every(Licence)) == 40
    assert ledger.audit().clean


def test_a_reader_sees_one_state_while_others_write(ledger, url, key, make_licence, noon):
    ledger.record(make_licence("first"), at=noon, by="C")
    process, reads = in_another_process(record_for_ever, url, key, batches(make_licence, "w", (1,)), noon)
    try:
        os.read(reads, ACKNOWLEDGEMENT)
        for _ in range(20):
            audit = ledger.audit()
            assert audit.faults == ()
            assert audit.facts == audit.signed == audit.checkpoints
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        os.close(reads)


def test_a_full_disk_is_said_plainly_and_loses_nothing(tmp_path: Path, key, make_licence, noon):
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
        ledger.record(make_licence("before"), at=noon, by="C")

    def record_on_a_full_disk(answer) -> None:
        import resource

        # no file may grow beyond this: what a full disk looks like to a database
        size = (tmp_path / "ledger.db").stat().st_size
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        try:
            with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
                for number in range(200):
                    ledger.record(make_licence(f"after {number} " + 200 * "x"), at=noon, by="C")
                    os.write(answer, b"kept\n")
        except RushesError as error:
            os.write(answer, f"{type(error).__name__}\n".encode())

    process, reads = in_another_process(record_on_a_full_disk)
    *kept, last = said_by(reads)
    process.join()
    assert last == "RushesError"
    with open_ledger(url, origin=ORIGIN, signer=key) as ledger:
        assert len(ledger.every(Licence)) == 1 + len(kept)
        assert ledger.audit().clean
