"""Whatever is changed in a signed delivery, it is refused, and what was changed is named: by us, and by `verify.py`."""

import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from rushes.domain.errors import BadMaterial, BadSignature, NotFound
from rushes.signing.seals import CHECKPOINT, ENVELOPE, KEY, PROOF, SEALS, check_seals
from rushes.signing.spelling import to_base64
from rushes.signing.statements import verifier_source, verify_delivery

FIRST = "frames/sh010_v001/sh010_v001.0000001.exr"
SECOND = "frames/sh010_v001/sh010_v001.0000002.exr"
CUBE = "look/sunset.cube"


@pytest.fixture(scope="session")
def own_copy(tmp_path_factory):
    """The verifier of somebody who distrusts the one in the delivery."""
    path = tmp_path_factory.mktemp("own") / "verify.py"
    path.write_text(verifier_source(), encoding="utf-8")
    return path


def run_verifier(script, folder, *options):
    environment = {"PYTHONUTF8": "1", "PATH": os.environ["PATH"]}
    command = [sys.executable, "-I", "-S", script, folder, *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


@pytest.fixture
def refused(own_copy):
    """Checks that a delivery is refused, naming exactly these files, and by both in the same words."""

    def check(folder, *names, key=None):
        with pytest.raises(BadSignature) as refusal:
            verify_delivery(folder, key)
        reasons = refusal.value.reasons
        assert {reason.split(": ")[0] for reason in reasons} == set(names)
        run = run_verifier(own_copy, folder, *(["--key", key] if key else []))
        assert run.returncode == 1, run.stderr
        assert [line[2:] for line in run.stdout.splitlines()[1:-1]] == list(reasons)
        return reasons

    return check


def listed(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def flip(path, position):
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)


def test_a_whole_delivery_passes_and_says_what_it_was_held_against(sealed, signer):
    verified = verify_delivery(sealed)
    assert (verified.studio, verified.key_id, verified.pinned) == (signer.name, signer.key_id, False)
    assert (verified.files, verified.origin) == (7, "northlight.example/log")
    assert (verified.index, verified.size) == (5, 7)


def test_the_key_can_be_expected_by_id_base64_bytes_or_verifier_key(sealed, signer, own_copy):
    text = [signer.key_id, signer.key_id.upper(), to_base64(signer.public_key), signer.verifier_key]
    assert all(verify_delivery(sealed, key).pinned for key in [*text, signer.public_key])
    for key in text:
        run = run_verifier(own_copy, sealed, "--key", key)
        assert (run.returncode, "That is the expected key." in run.stdout) == (0, True)


def test_another_key_than_the_expected_one_is_refused(sealed, signer, stranger, refused):
    (reason,) = refused(sealed, KEY, key=stranger.key_id)
    assert signer.key_id in reason
    assert stranger.key_id in reason
    with pytest.raises(BadSignature):
        verify_delivery(sealed, stranger.public_key)


@pytest.mark.parametrize("key", ["", "abc", "g" * 64, "A" * 44, b"", b"short", b"x" * 33])
def test_an_expected_key_that_is_none_is_refused_and_never_taken_for_no_expectation(sealed, own_copy, key):
    with pytest.raises(BadMaterial, match="neither a key nor the id of one"):
        verify_delivery(sealed, key)
    if isinstance(key, str):
        assert run_verifier(own_copy, sealed, "--key", key).returncode == 2


def test_a_flipped_byte_in_any_file_is_refused_naming_it(delivery, refused):
    for name in listed(delivery):
        path = delivery / name
        before = path.read_bytes()
        if before:
            flip(path, len(before) // 2)
            refused(delivery, name)
            path.write_bytes(before)
    verify_delivery(delivery)


@pytest.mark.parametrize(("name", "stride"), [(KEY, 1), (CHECKPOINT, 3), (PROOF, 7), (ENVELOPE, 131)])
def test_there_is_no_byte_in_a_seal_that_does_not_count(delivery, name, stride):
    contents = {seal: (delivery / seal).read_bytes() for seal in SEALS}
    size = len(contents[name])
    for position in [*range(0, size, stride), *range(size - 8, size)]:
        broken = bytearray(contents[name])
        broken[position] ^= 1
        faults = check_seals({**contents, name: bytes(broken)}).faults
        assert any(fault.startswith(f"{name}: ") for fault in faults), position


def test_a_byte_added_to_or_cut_from_any_file_is_refused_naming_it(delivery, refused):
    for name in listed(delivery):
        path = delivery / name
        before = path.read_bytes()
        path.write_bytes(before + b"\n")
        refused(delivery, name)
        path.write_bytes(before[:-1] if before else b" ")
        refused(delivery, name)
        path.write_bytes(before)


def test_a_deleted_file_is_refused_naming_it(delivery, refused):
    for name in listed(delivery):
        before = (delivery / name).read_bytes()
        (delivery / name).unlink()
        if not any((delivery / name).parent.iterdir()):
            (delivery / name).parent.rmdir()
        assert refused(delivery, name) == (f"{name}: is missing",)
        (delivery / name).parent.mkdir(exist_ok=True)
        (delivery / name).write_bytes(before)


@pytest.mark.parametrize("name", ["notes.txt", "frames/extra.exr", "log/extra.json", "Verify.py"])
def test_a_file_more_is_refused_naming_it(delivery, refused, name):
    (delivery / name).write_bytes(b"hello")
    assert refused(delivery, name) == (f"{name}: was not signed and does not belong here",)


def test_a_renamed_file_is_refused_naming_both(delivery, refused):
    (delivery / CUBE).rename(delivery / "look/sunrise.cube")
    refused(delivery, CUBE, "look/sunrise.cube")


def test_two_files_swapped_are_refused_naming_both(delivery, refused):
    (delivery / FIRST).rename(delivery / "aside")
    (delivery / SECOND).rename(delivery / FIRST)
    (delivery / "aside").rename(delivery / SECOND)
    assert refused(delivery, FIRST, SECOND) == tuple(f"{name}: is not what was signed" for name in (FIRST, SECOND))


def test_a_link_is_refused_even_to_the_very_same_bytes(delivery, refused, tmp_path):
    (delivery / CUBE).rename(tmp_path / "elsewhere.cube")
    (delivery / CUBE).symlink_to(tmp_path / "elsewhere.cube")
    assert refused(delivery, CUBE) == (f"{CUBE}: is a link",)


def test_a_link_in_place_of_a_folder_or_a_seal_is_refused(delivery, refused, tmp_path):
    (delivery / "look").rename(tmp_path / "look")
    (delivery / "look").symlink_to(tmp_path / "look")
    (delivery / KEY).rename(tmp_path / KEY)
    (delivery / KEY).symlink_to(tmp_path / KEY)
    refused(delivery, "look", CUBE, KEY)


def test_hidden_files_and_folders_are_refused(delivery, refused):
    (delivery / ".DS_Store").write_bytes(b"")
    (delivery / "look/.git").mkdir()
    refused(delivery, ".DS_Store", "look/.git")


def test_pipes_sockets_and_empty_folders_are_refused_and_nothing_hangs(delivery, refused, monkeypatch):
    (delivery / CUBE).unlink()
    os.mkfifo(delivery / CUBE)
    (delivery / "nothing/inside").mkdir(parents=True)
    monkeypatch.chdir(delivery)  # the name of a socket must be short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        reasons = refused(delivery, CUBE, "socket", "nothing/inside/")
    assert f"{CUBE}: is no file but a device, a pipe or a socket" in reasons


@pytest.mark.parametrize(
    "name", ["a\\b", "c:d", "tab\there", "bell\a", "\u202egnp.exe", b"\xff\xfe".decode(errors="surrogateescape")]
)
def test_a_name_that_means_something_else_elsewhere_is_refused(delivery, name):
    (delivery / name).write_bytes(b"")
    with pytest.raises(BadSignature, match="means something else on another system"):
        verify_delivery(delivery)


def test_nothing_in_a_name_steers_the_terminal(delivery, own_copy):
    (delivery / "\x1b[2J\x1b[1;32mwhole").write_bytes(b"")
    run = run_verifier(own_copy, delivery)
    with pytest.raises(BadSignature) as refusal:
        verify_delivery(delivery)
    assert run.returncode == 1
    for text in (run.stdout, str(refusal.value)):
        assert "\x1b" not in text
        assert r"\x1b[2J\x1b[1;32mwhole" in text


def test_a_proof_cut_short_is_refused(delivery, refused):
    record = json.loads((delivery / PROOF).read_bytes())
    for path in (record["path"][:-1], record["path"][1:], []):
        changed = json.dumps({**record, "path": path}, sort_keys=True, separators=(",", ":"))
        (delivery / PROOF).write_text(changed)
        assert refused(delivery, PROOF) == (f"{PROOF}: does not lead from its entry to the root of the log",)


def test_the_proof_of_another_entry_is_refused(delivery, refused, tree, signer, sealed, tmp_path, delivering):
    other = tmp_path / "other"
    other.mkdir()
    delivering(other, signer, {"another.txt": b"another delivery"})
    for name in (PROOF, CHECKPOINT):
        shutil.copyfile(other / name, delivery / name)
    assert refused(delivery, PROOF) == (f"{PROOF}: is about another delivery than {ENVELOPE}",)


def test_a_checkpoint_of_another_log_is_refused(delivery, refused, tree, signer):
    (delivery / CHECKPOINT).write_text(tree(b"%d" % index for index in range(7)).checkpoint(signer))
    refused(delivery, PROOF)


def test_another_key_put_in_place_is_refused(delivery, refused, stranger):
    (delivery / KEY).write_text(f"{stranger.verifier_key}\n")
    reasons = refused(delivery, ENVELOPE, CHECKPOINT)
    assert any(KEY in reason and stranger.key_id in reason for reason in reasons)


def test_a_forger_who_signs_all_of_it_again_is_caught_by_the_expected_key_only(
    tmp_path, signer, stranger, delivering, refused
):
    forged = tmp_path / "forged"
    forged.mkdir()
    delivering(forged, stranger)
    assert verify_delivery(forged).key_id == stranger.key_id
    assert not verify_delivery(forged).pinned
    refused(forged, KEY, key=signer.key_id)


def test_all_faults_are_told_at_once(delivery, refused):
    flip(delivery / FIRST, 5)
    flip(delivery / CHECKPOINT, 30)
    (delivery / CUBE).unlink()
    (delivery / "look").rmdir()
    (delivery / "notes.txt").write_bytes(b"")
    (delivery / ".hidden").write_bytes(b"")
    refused(delivery, FIRST, CHECKPOINT, PROOF, CUBE, "notes.txt", ".hidden")


def test_an_empty_folder_is_refused_naming_every_seal(tmp_path, refused):
    refused(tmp_path, *SEALS)


def test_no_folder_is_not_found(tmp_path, own_copy):
    with pytest.raises(NotFound):
        verify_delivery(tmp_path / "nowhere")
    run = run_verifier(own_copy, tmp_path / "nowhere")
    assert run.returncode == 2
    assert "nowhere cannot be read" in run.stderr
