"""Killed at any instant, and on a full disk, the vault holds whole files only, and every one that was acknowledged."""

import multiprocessing
import os
import random
import signal
import time

import pytest

from rushes.domain.errors import RushesError
from rushes.domain.parts import AssetFile
from rushes.ledger.vault import open_vault

FORK = multiprocessing.get_context("fork")
SIZES = (10, 3_000_000, 70_000, 9_000_000)


def put_for_ever(root, source, acknowledge) -> None:
    vault = open_vault(root)
    for number in range(100_000):
        path = source / f"{os.getpid()}.{number}.exr"
        path.write_bytes(number.to_bytes(4, "big") + os.urandom(8) + bytes(SIZES[number % len(SIZES)]))
        file = vault.put(path)
        path.unlink()
        os.write(acknowledge, f"{file.name}|{file.digest}|{file.bytes}\n".encode())


def test_whatever_was_acknowledged_survives_twenty_kills_and_nothing_half_is_kept(tmp_path):
    chance, root, source = random.Random(9), tmp_path / "vault", tmp_path / "incoming"
    source.mkdir()
    open_vault(root)
    reads, writes = os.pipe()
    for _ in range(10):
        writers = [FORK.Process(target=put_for_ever, args=(root, source, writes)) for _ in range(2)]
        for writer in writers:
            writer.start()
        for writer in writers:
            time.sleep(chance.uniform(0.02, 0.15))
            os.kill(writer.pid, signal.SIGKILL)
            writer.join()
    os.close(writes)
    with os.fdopen(reads) as pipe:
        said = [line.split("|") for line in pipe.read().splitlines()]
    vault = open_vault(root)
    assert len(said) > 10
    assert vault.damaged() == []
    for name, digest, size in said:
        assert vault.path(AssetFile(name, digest, int(size))).stat().st_size == int(size)


def test_a_full_disk_is_said_plainly_and_leaves_nothing_half(tmp_path):
    root, source = tmp_path / "vault", tmp_path / "big.mov"
    source.write_bytes(bytes(2_000_000))
    vault = open_vault(root)

    def put_on_a_full_disk(answer) -> None:
        import resource

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        try:
            vault.put(source)
        except RushesError as error:
            os.write(answer, f"{error}\n".encode())

    reads, writes = os.pipe()
    writer = FORK.Process(target=put_on_a_full_disk, args=(writes,))
    writer.start()
    os.close(writes)
    with os.fdopen(reads) as pipe:
        said = pipe.read()
    writer.join()
    assert said.startswith("big.mov cannot be put into the vault\n")
    assert "Nothing was put in." in said
    assert [place for place in root.rglob("*") if place.is_file()] == []


def test_a_vault_whose_disk_is_gone_says_so(tmp_path):
    vault = open_vault(tmp_path / "vault")
    (vault.root / "tmp").rmdir()
    with pytest.raises(RushesError, match=r"a\.exr cannot be put into the vault"):
        vault.put_bytes(b"abc", "a.exr")
