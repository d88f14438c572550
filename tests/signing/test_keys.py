"""A studio's key is made once, read by nobody else, and never written over."""

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound
from rushes.signing.ed25519 import signature_holds
from rushes.signing.keys import make_key, open_key

NAME = "northlight.example/rushes"


@pytest.fixture
def keys(tmp_path):
    make_key(tmp_path / "keys", NAME)
    return tmp_path / "keys"


def test_what_an_opened_key_signs_holds_for_the_key_that_was_made(tmp_path):
    made = make_key(tmp_path / "keys", NAME)
    opened = open_key(tmp_path / "keys")
    assert opened == made
    signature = opened.sign(b"a take")
    Ed25519PublicKey.from_public_bytes(made.public_key).verify(signature, b"a take")
    assert signature_holds(made.public_key, b"a take", signature)
    assert len(made.key_id) == 64
    assert made.verifier_key.startswith(f"{NAME}+")


def test_the_private_key_is_pkcs8_pem_that_only_its_owner_reads(keys):
    assert stat.S_IMODE((keys / "studio.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    private = load_pem_private_key((keys / "studio.key").read_bytes(), password=None)
    assert private.public_key().public_bytes_raw() == open_key(keys).public_key
    assert sorted(path.name for path in keys.parent.iterdir()) == ["keys"]


def test_nothing_shows_the_private_key(keys):
    signer = open_key(keys)
    secret = load_pem_private_key((keys / "studio.key").read_bytes(), password=None).private_bytes_raw()
    assert "Private" not in repr(signer)
    assert secret.hex() not in repr(signer)


def test_two_keys_are_never_the_same(tmp_path):
    assert make_key(tmp_path / "a", NAME).public_key != make_key(tmp_path / "b", NAME).public_key


def test_a_key_is_never_written_over(keys):
    before = (keys / "studio.key").read_bytes()
    with pytest.raises(AlreadyThere, match="keys is there already"):
        make_key(keys, NAME)
    assert (keys / "studio.key").read_bytes() == before
    assert sorted(path.name for path in keys.parent.iterdir()) == ["keys"]


def test_of_many_who_make_a_key_at_once_one_does(tmp_path):
    def attempt(_):
        try:
            return make_key(tmp_path / "keys", NAME)
        except AlreadyThere:
            return None

    with ThreadPoolExecutor(8) as pool:
        made = [signer for signer in pool.map(attempt, range(16)) if signer]
    assert made == [open_key(tmp_path / "keys")]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620, 0o610])
def test_a_private_key_that_others_could_read_is_refused(keys, mode):
    (keys / "studio.key").chmod(mode)
    with pytest.raises(BadMaterial, match=r"studio\.key can be read by others") as refusal:
        open_key(keys)
    assert "chmod 600" in refusal.value.remedy


@pytest.mark.parametrize("name", ["studio.key", "studio.pub"])
def test_a_missing_half_is_named(keys, name):
    (keys / name).unlink()
    with pytest.raises(NotFound, match=name):
        open_key(keys)


@pytest.mark.parametrize("name", ["studio.key", "studio.pub"])
def test_a_link_in_place_of_a_key_is_not_followed(keys, name):
    (keys / name).rename(keys.parent / name)
    (keys / name).symlink_to(keys.parent / name)
    with pytest.raises(NotFound, match=name):
        open_key(keys)


def test_a_pipe_in_place_of_the_private_key_does_not_hang(keys):
    (keys / "studio.key").unlink()
    os.mkfifo(keys / "studio.key", 0o600)
    with pytest.raises(BadMaterial):
        open_key(keys)


def test_halves_of_two_keys_are_refused(keys, tmp_path):
    other = tmp_path / "other"
    make_key(other, NAME)
    (keys / "studio.pub").write_bytes((other / "studio.pub").read_bytes())
    with pytest.raises(BadMaterial, match="not the two halves of one key"):
        open_key(keys)


@pytest.mark.parametrize("name", ["studio.key", "studio.pub"])
@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_damaged_half_is_refused(keys, name, content):
    (keys / name).write_bytes(content)
    with pytest.raises(BadMaterial, match="holds no key"):
        open_key(keys)


def test_a_key_of_another_kind_or_under_a_password_is_refused(keys):
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (keys / "studio.key").write_bytes(pem)
    with pytest.raises(BadMaterial):
        open_key(keys)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "line\nbreak", "\u202egnp"])
def test_a_name_that_a_checkpoint_cannot_carry_is_refused(tmp_path, name):
    with pytest.raises(BadMaterial, match="cannot be named"):
        make_key(tmp_path / "keys", name)
    assert not list(tmp_path.iterdir())


KILLED_AT = """
import os, sys
from pathlib import Path
from rushes.signing.keys import make_key
left, fsync = [int(sys.argv[2])], os.fsync
def dying(handle):
    left[0] -= 1
    fsync(handle) if left[0] else os.kill(os.getpid(), 9)
os.fsync = dying
make_key(Path(sys.argv[1]), "northlight.example/rushes")
"""


@pytest.mark.parametrize("write", [1, 2, 3, 4])
def test_a_key_whose_making_was_killed_is_whole_or_can_be_made(tmp_path, write):
    folder = tmp_path / "keys"
    killed = subprocess.run([sys.executable, "-c", KILLED_AT, folder, str(write)], check=False)
    assert killed.returncode == -9
    assert folder.exists() == (write == 4)
    assert (open_key(folder) if folder.exists() else make_key(folder, NAME)) == open_key(folder)


FULL = """
import resource, sys
from pathlib import Path
from rushes.signing.keys import make_key
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    make_key(Path(sys.argv[1]), "northlight.example/rushes")
except OSError as error:
    print(error.strerror)
"""


def test_a_full_disk_is_not_mistaken_for_a_key_that_is_there_and_nothing_is_left_on_it(tmp_path):
    ended = subprocess.run([sys.executable, "-c", FULL, tmp_path / "keys"], capture_output=True, text=True, check=True)
    assert ended.stdout == "File too large\n"
    assert not list(tmp_path.iterdir())
