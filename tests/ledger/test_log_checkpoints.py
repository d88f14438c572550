"""Signed notes and checkpoints as C2SP writes them.

Known values: the note of `sumdb/note/note_test.go` in golang.org/x/mod, the first implementation of the format; the
checkpoint of the specification, github.com/C2SP/C2SP, `tlog-checkpoint.md`.
"""

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.errors import BadSignature
from rushes.ledger.checkpoints import (
    Checkpoint,
    NoteKey,
    checkpoint_text,
    key_id,
    open_note,
    read_checkpoint,
    sign_note,
)

TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
PETER = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
PETERS_KEY = NoteKey("PeterNeumann", b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:])
ENOCHS_KEY = NoteKey("EnochRoot", b64decode("ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop")[1:])
PETERS_SEED = b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]

SIGNED_BY_THE_LOG = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
SPECIFIED = f"""example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa {SIGNED_BY_THE_LOG}
"""


def test_the_id_of_a_key_is_the_published_one():
    assert (key_id(PETERS_KEY).hex(), key_id(ENOCHS_KEY).hex()) == ("c74f20a3", "af0cfe78")


def test_a_note_is_signed_to_the_byte_like_the_published_one(make_key):
    assert sign_note(TEXT, make_key(PETERS_SEED, "PeterNeumann")) == f"{TEXT}\n{PETER}"


def test_a_note_opens_with_any_of_its_signers_known():
    note = f"{TEXT}\n{PETER}{ENOCH}"
    for keys in ([PETERS_KEY], [ENOCHS_KEY], [ENOCHS_KEY, PETERS_KEY]):
        assert open_note(note, keys) == TEXT


def test_a_note_that_nobody_known_signed_is_refused_and_says_who_did():
    with pytest.raises(BadSignature) as refusal:
        open_note(f"{TEXT}\n{PETER}", [ENOCHS_KEY])
    assert refusal.value.reasons == ("PeterNeumann",)


def test_one_bad_signature_of_a_known_key_spoils_the_note():
    forged = PETER.replace("x08go/ZJ", "x08go/ZK")
    with pytest.raises(BadSignature, match="does not belong"):
        open_note(f"{TEXT}\n{forged}{ENOCH}", [PETERS_KEY, ENOCHS_KEY])


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        TEXT + "\n",
        f"{TEXT}\n{PETER}"[:-1],
        f"\x01{TEXT}\n{PETER}",
        f"{TEXT}\n{PETER}Unexpected line.\n",
        f"{TEXT}\n{PETER.replace('PeterNeumann', 'Bad Name')}",
        f"{TEXT}\n{PETER.replace('PeterNeumann', 'Bad+Name')}",
        f"{TEXT}\n{PETER.replace('—', '-')}",
        f"{TEXT}\n{PETER * 101}",
        f"{TEXT}\n— PeterNeumann x08goA==\n",
        f"{TEXT}\n— PeterNeumann x08gow==\n",
        f"{TEXT}\n{PETER.replace('nAM=', 'nAN=')}",
    ],
)
def test_what_is_no_note_is_refused(note):
    with pytest.raises(BadSignature, match="no signed note"):
        open_note(note, [PETERS_KEY])


@given(st.data())
def test_a_note_changed_in_any_one_character_is_refused(data):
    note = f"{TEXT}\n{PETER}"
    place = data.draw(st.integers(0, len(note) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda character: character != note[place]))
    with pytest.raises(BadSignature):
        open_note(note[:place] + other + note[place + 1 :], [PETERS_KEY])


def test_the_checkpoint_of_the_specification_is_read_and_written_back():
    checkpoint = read_checkpoint(SPECIFIED)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert SPECIFIED.startswith(checkpoint_text(checkpoint) + "\n")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("20852163", "020852163"),
        ("20852163", "-1"),
        ("20852163", "٢"),
        ("20852163", "9" * 5000),
        ("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "CsUYapGGPo4="),
        ("example.com/behind-the-sofa\n2", "2"),
        ("q2I=\n", "q2I=\n\n"),
    ],
)
def test_what_is_no_checkpoint_is_refused(right, wrong):
    with pytest.raises(BadSignature, match="no checkpoint"):
        read_checkpoint(SPECIFIED.replace(right, wrong, 1))


def test_a_checkpoint_with_lines_of_a_later_version_is_still_read():
    assert read_checkpoint(SPECIFIED.replace("q2I=\n", "q2I=\nmore\n", 1)).size == 20852163


@pytest.mark.parametrize(
    ("text", "name"), [("two\nlines", "log"), ("line\n", "my log"), ("line\n", "a+b"), ("", "log")]
)
def test_what_could_never_be_verified_is_not_signed(make_key, text, name):
    with pytest.raises(BadSignature):
        sign_note(text, make_key(PETERS_SEED, name))


@given(st.integers(0, 10**17), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_survives_being_written_down(size, root):
    checkpoint = Checkpoint("example.com/log", size, root)
    assert read_checkpoint(f"{checkpoint_text(checkpoint)}\n{PETER}") == checkpoint
