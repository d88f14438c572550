"""The vault: what goes in comes out, or the vault says that it does not."""

import os
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.domain.parts import AssetFile
from rushes.ledger.vault import STALE_SECONDS, open_vault

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of `abc`: FIPS 180-2, appendix B.1."""


@pytest.fixture
def vault(tmp_path):
    return open_vault(tmp_path / "vault")


@pytest.fixture
def plate(tmp_path):
    path = tmp_path / "Plate.0001.EXR"
    path.write_bytes(b"abc")
    return path


def test_a_file_lies_under_its_digest_with_its_suffix(vault, plate):
    file = vault.put(plate)
    assert file == AssetFile("Plate.0001.EXR", f"sha256:{ABC}", 3)
    assert vault.path(file) == vault.root / "objects" / "ba" / f"{ABC}.exr"
    assert vault.path(file).read_bytes() == b"abc"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=9) | st.binary(min_size=100, max_size=300))
def test_whatever_is_put_in_comes_out(vault, content):
    file = vault.put_bytes(content, "notes.bin")
    assert file.digest == f"sha256:{sha256(content).hexdigest()}"
    assert vault.path(file).read_bytes() == content
    assert file.bytes == len(content)


def test_a_file_of_many_chunks_comes_out(vault, tmp_path):
    content = os.urandom(1 << 20) * 20 + b"end"
    (tmp_path / "big.mov").write_bytes(content)
    file = vault.put(tmp_path / "big.mov")
    assert (file.digest, file.bytes) == (f"sha256:{sha256(content).hexdigest()}", len(content))
    assert vault.path(file).read_bytes() == content


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no second file system here")
def test_a_file_from_another_file_system_comes_out(vault):
    source = Path("/dev/shm") / f"rushes-{os.getpid()}.dpx"
    try:
        source.write_bytes(b"abc" * 5_000_000)
        assert vault.path(vault.put(source)).read_bytes() == b"abc" * 5_000_000
    finally:
        source.unlink()


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("a.TIFF", ".tiff"), ("a", ""), ("a.tar.gz", ".gz"), ("a.b c", ""), ("a.", ""), (".cube", ".cube")],
)
def test_only_a_plain_suffix_is_kept(vault, name, suffix):
    assert vault.path(vault.put_bytes(b"abc", name)).name == ABC + suffix


def test_the_same_content_is_kept_once_and_may_have_several_names(vault):
    first, second = vault.put_bytes(b"abc", "a.exr"), vault.put_bytes(b"abc", "b.exr")
    assert vault.path(first) == vault.path(second)
    assert len(list(vault.root.glob("objects/*/*"))) == 1


def test_what_is_in_the_vault_is_no_link_to_the_users_file(vault, plate):
    file = vault.put(plate)
    plate.write_bytes(b"xyz")
    assert vault.path(file).read_bytes() == b"abc"
    assert vault.path(file).stat().st_nlink == 1


def test_what_is_in_the_vault_is_read_only(vault, plate):
    assert stat.S_IMODE(vault.path(vault.put(plate)).stat().st_mode) == 0o444


def test_a_vault_has_what_was_put_in_and_nothing_else(vault, plate):
    file = vault.put(plate)
    assert vault.has(file)
    assert not vault.has(AssetFile("Plate.0001.EXR", f"sha256:{64 * '0'}", 3))
    assert not vault.has(AssetFile("Plate.0001.EXR", file.digest, 4))


def test_a_file_that_was_never_put_in_is_refused_by_name(vault):
    with pytest.raises(NotFound, match=r"a\.exr"):
        vault.path(AssetFile("a.exr", f"sha256:{ABC}", 3))


def change(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.mark.parametrize("content", [b"abd", b"ab", b"", b"abcd"])
def test_a_damaged_file_is_refused_by_name(vault, plate, content):
    file = vault.put(plate)
    change(vault.path(file), content)
    with pytest.raises(Damaged, match=rf"{ABC}\.exr: it is not what was put in as 'Plate\.0001\.EXR'"):
        vault.path(file)
    assert vault.damaged() == [vault.root / "objects" / "ba" / f"{ABC}.exr"]


def test_putting_a_damaged_file_in_again_heals_it(vault, plate):
    file = vault.put(plate)
    change(vault.path(file), b"abd")
    assert vault.put(plate) == file
    assert vault.path(file).read_bytes() == b"abc"
    assert vault.damaged() == []


def test_a_link_in_the_place_of_a_file_is_refused(vault, plate):
    file = vault.put(plate)
    place = vault.path(file)
    place.unlink()
    place.symlink_to(plate)
    with pytest.raises(Damaged):
        vault.path(file)
    assert vault.damaged() == [place]


def test_links_folders_pipes_sockets_and_devices_are_refused(vault, plate, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # the name of a socket must be short
    (tmp_path / "link").symlink_to(plate)
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
        refused = {"link": "a link", "pipe": "a pipe", "socket": "a socket", ".": "a folder", "/dev/null": "a device"}
        for path, what in refused.items():
            with pytest.raises(BadMaterial, match=f"is {what}, not a file"):
                vault.put(tmp_path / path)
    assert list(vault.root.glob("*/*/*")) == []


def test_a_file_that_cannot_be_read_is_refused_by_name(vault, plate):
    with pytest.raises(BadMaterial, match=r"beneath cannot be read"):
        vault.put(plate / "beneath")


def test_a_missing_file_is_answered_with_the_nearest(vault, plate):
    with pytest.raises(NotFound, match=r"did you mean 'Plate\.0001\.EXR'"):
        vault.put(plate.with_name("Plate.001.EXR"))


@pytest.mark.parametrize(
    "name", ["../a.exr", "/etc/passwd", "a\\b.exr", "", ".", "..", "a\0b", "a\nb", "\x1b[2J", "\ud800"]
)
def test_a_name_that_would_write_elsewhere_is_refused(vault, plate, name):
    with pytest.raises(BadMaterial, match="cannot be the name"):
        vault.put_bytes(b"abc", name)
    assert list(vault.root.glob("*/*/*")) == []


@pytest.mark.parametrize(
    "digest", ["sha256:../../../etc/passwd", ABC, f"md5:{ABC}", f"sha256:{ABC.upper()}", f"sha256:{ABC}0"]
)
def test_what_is_no_digest_is_refused(vault, digest):
    for ask in (vault.path, vault.has):
        with pytest.raises(BadMaterial, match="is no digest"):
            ask(AssetFile("a.exr", digest, 3))


def test_a_file_that_somebody_is_writing_is_refused(vault, tmp_path):
    growing = tmp_path / "growing.mov"
    growing.write_bytes(b"x" * (64 << 20))
    with ThreadPoolExecutor(1) as threads:
        put = threads.submit(vault.put, growing)
        while not put.done():
            with growing.open("ab") as more:
                more.write(b"more")
    with pytest.raises(Damaged, match="changed while it was copied"):
        put.result()
    assert list(vault.root.glob("objects/*/*")) == []


@pytest.mark.skipif(not Path("/proc/cpuinfo").is_file(), reason="there is no file without a size here")
def test_a_file_that_is_not_as_long_as_it_says_is_refused(vault):
    with pytest.raises(Damaged, match="changed while it was copied"):
        vault.put(Path("/proc/cpuinfo"))


def test_the_same_file_put_in_by_many_at_once_is_there_once_and_whole(vault, tmp_path):
    content = os.urandom(1 << 20)
    (tmp_path / "a.exr").write_bytes(content)
    with ThreadPoolExecutor(8) as threads:
        files = list(threads.map(lambda _: vault.put(tmp_path / "a.exr"), range(24)))
    assert len(set(files)) == 1
    assert vault.path(files[0]).read_bytes() == content
    assert list((vault.root / "tmp").iterdir()) == []


def test_what_a_killed_process_left_is_cleared_and_what_another_writes_is_not(vault):
    old, new = vault.root / "tmp" / "old", vault.root / "tmp" / "new"
    for path in (old, new):
        path.write_bytes(b"half")
    long_ago = new.stat().st_mtime - STALE_SECONDS - 1
    os.utime(old, (long_ago, long_ago))
    open_vault(vault.root)
    assert list((vault.root / "tmp").iterdir()) == [new]


def test_a_digest_is_taken_once_and_again_when_the_file_changes(vault, plate):
    file = vault.put(plate)
    place = vault.path(file)
    # a file that is read gets a new time of access
    os.utime(place, ns=(0, place.stat().st_mtime_ns))
    vault.path(file)
    assert place.stat().st_atime_ns == 0
    change(place, b"abd")
    with pytest.raises(Damaged):
        vault.path(file)


@pytest.fixture
def far(tmp_path):
    files = fsspec.filesystem("memory")
    yield files
    files.rm("/", recursive=True)


def test_a_vault_elsewhere_keeps_what_this_machine_loses(far, plate, tmp_path):
    file = open_vault("memory://show/vault", near=tmp_path / "here").put(plate)
    assert far.cat(f"/show/vault/objects/ba/{ABC}.exr") == b"abc"
    assert far.find("/show/vault/tmp") == []
    other_machine = open_vault("memory://show/vault", near=tmp_path / "there")
    assert other_machine.has(file)
    assert other_machine.path(file) == tmp_path / "there" / "objects" / "ba" / f"{ABC}.exr"
    assert other_machine.path(file).read_bytes() == b"abc"


def test_what_was_cut_off_elsewhere_is_put_there_again(far, plate, tmp_path):
    vault = open_vault("memory://show/vault", near=tmp_path / "here")
    far.pipe(f"/show/vault/objects/ba/{ABC}.exr", b"a")
    vault.put(plate)
    assert far.cat(f"/show/vault/objects/ba/{ABC}.exr") == b"abc"


def test_what_was_damaged_elsewhere_never_arrives(far, plate, tmp_path):
    file = open_vault("memory://show/vault", near=tmp_path / "here").put(plate)
    far.pipe(f"/show/vault/objects/ba/{ABC}.exr", b"abd")
    other_machine = open_vault("memory://show/vault", near=tmp_path / "there")
    with pytest.raises(Damaged, match="not what was put in"):
        other_machine.path(file)
    assert list((tmp_path / "there").glob("*/*/*")) == []
    with pytest.raises(NotFound):
        other_machine.path(AssetFile("b.exr", f"sha256:{64 * '0'}", 3))


def test_a_vault_elsewhere_needs_a_folder_here(far):
    with pytest.raises(RushesError, match="not on this machine"):
        open_vault("memory://show/vault")
