"""Notes as C2SP publishes them hold; of a log, every true path leads to the root and no other does."""

import json
from contextlib import suppress
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.ledger import merkle
from rushes.signing.spelling import Fault, from_base64, to_base64
from rushes.signing.transparency import (
    Checkpoint,
    Key,
    Proof,
    can_sign_notes,
    check_growth,
    check_inclusion,
    check_note,
    note_hash,
    read_checkpoint,
    read_key,
    read_proof,
    write_key,
    write_proof,
)

# c2sp.org/signed-note@v1.1.0, Example; and golang.org/x/mod/sumdb/note, package documentation
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
PUBLISHED = {"C2SP": (SPEC_KEY, SPEC_NOTE), "Go": (GO_KEY, GO_NOTE)}

# c2sp.org/tlog-checkpoint, first example
SOFA = "example.com/behind-the-sofa"
SOFA_SIGNATURE = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
CHECKPOINT = f"""{SOFA}
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— {SOFA} {SOFA_SIGNATURE}
"""

# github.com/google/certificate-transparency, merkletree tests: roots over the first 1 to 8 of these entries
ENTRIES = [
    bytes.fromhex(entry)
    for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def key_of(line):
    return read_key(f"{line}\n".encode())


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_notes_hold_for_their_keys_and_no_others(name):
    line, note = PUBLISHED[name]
    check_note(note.encode(), key_of(line))
    for other in set(PUBLISHED) - {name}:
        with pytest.raises(Fault):
            check_note(note.encode(), key_of(PUBLISHED[other][0]))


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_keys_are_spelt_the_same_again(name):
    line = PUBLISHED[name][0]
    key = key_of(line)
    assert write_key(key).decode() == line + "\n"
    assert note_hash(key).hex() == line.split("+")[1]


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_note_with_any_bit_flipped_is_refused(name):
    line, note = PUBLISHED[name]
    for position in range(len(note.encode())):
        broken = bytearray(note.encode())
        broken[position] ^= 1
        with pytest.raises((Fault, ValueError)):
            check_note(bytes(broken), key_of(line))


def test_signatures_of_strangers_are_passed_over_but_a_bad_one_of_ours_refuses_the_note():
    key = key_of(SPEC_KEY)
    stranger = "— witness.example/w1 " + to_base64(b"\1\2\3\4" + bytes(72)) + "\n"
    check_note((SPEC_NOTE + stranger).encode(), key)
    bad = "— example.com/foo " + to_base64(note_hash(key) + bytes(64)) + "\n"
    for note in (SPEC_NOTE + bad, SPEC_NOTE.partition("—")[0] + stranger):
        with pytest.raises(Fault, match="is not what key"):
            check_note(note.encode(), key)


def test_a_note_cut_in_its_last_signature_is_refused_though_the_first_one_holds():
    with pytest.raises(Fault, match="is no signed note"):
        check_note((SPEC_NOTE + "— witness.example/w1 AAAA").encode(), key_of(SPEC_KEY))


def test_a_note_with_more_signatures_than_anybody_gives_is_refused_unread():
    with pytest.raises(Fault, match="is no signed note"):
        check_note((SPEC_NOTE + SPEC_NOTE.splitlines(keepends=True)[-1] * 100).encode(), key_of(SPEC_KEY))


@pytest.mark.parametrize(
    "name", ["", "two words", "a+b", "tab\there", "line\n", "no\u00a0break", "\u202egnp.exe", "\ud800"]
)
def test_a_name_that_a_note_cannot_carry_is_no_name_of_a_key(name):
    assert not can_sign_notes(name)


@pytest.mark.parametrize(
    "line",
    [
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n\n",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/fox+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3Q==\n",
        "example.com/foo\n",
        "",
    ],
)
def test_a_verifier_key_has_one_spelling(line):
    with pytest.raises((Fault, ValueError)):
        read_key(line.encode())


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_verifier_key_of_another_length_is_none(length):
    with pytest.raises(Fault):
        read_key(write_key(Key("example.com/foo", bytes(length))))


def test_the_published_checkpoint_is_read():
    root = from_base64("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    assert read_checkpoint(CHECKPOINT.encode()) == Checkpoint("example.com/behind-the-sofa", 20852163, root)


@pytest.mark.parametrize("size", ["-1", "+1", "01", "1.0", "1e3", "", " 1", "１", str(1 << 48), "9" * 5000])
def test_the_size_of_a_log_has_one_spelling(size):
    with pytest.raises((Fault, ValueError)):
        read_checkpoint(CHECKPOINT.replace("20852163", size).encode())


@pytest.mark.parametrize("origin", ["", "a\x1b[2Jb", "a\tb"])
def test_an_origin_that_could_steer_a_terminal_is_refused(origin):
    with pytest.raises(Fault):
        read_checkpoint(CHECKPOINT.replace(SOFA, origin, 1).encode())


@pytest.mark.parametrize("size", range(1, 9))
def test_the_published_roots_are_led_to(tree, size):
    log, checkpoint = tree(ENTRIES[:size]), Checkpoint("log", size, bytes.fromhex(ROOTS[size - 1]))
    for index in range(size):
        check_inclusion(Proof(ENTRIES[index], index, size, log.path(index)), checkpoint)
    for old in range(1, size + 1):
        check_growth(Checkpoint("log", old, bytes.fromhex(ROOTS[old - 1])), checkpoint, log.growth(old))


def refused(check, *things):
    with pytest.raises(Fault):
        check(*things)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7, 8, 13, 16, 21])
def test_a_path_leads_to_the_root_from_its_own_place_only(tree, size):
    log = tree(b"%d" % index for index in range(size))
    head = Checkpoint("log", size, log.root())
    for index in range(size):
        path = log.path(index)
        check_inclusion(Proof(b"%d" % index, index, size, path), head)
        refused(check_inclusion, Proof(b"other", index, size, path), head)
        refused(check_inclusion, Proof(b"%d" % index, index, size, [*path, bytes(32)]), head)
        for elsewhere in {-1, 0, size - 1, size, index + 1} - {index}:
            refused(check_inclusion, Proof(b"%d" % index, elsewhere, size, path), head)
        for at in range(len(path)):
            refused(check_inclusion, Proof(b"%d" % index, index, size, path[:at] + path[at + 1 :]), head)
            refused(check_inclusion, Proof(b"%d" % index, index, size, path[:at]), head)
            refused(check_inclusion, Proof(b"%d" % index, index, size, [*path[:at], bytes(32), *path[at + 1 :]]), head)
        refused(check_inclusion, Proof(b"%d" % index, index, size, path), Checkpoint("log", size + 1, log.root()))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 13, 16, 21])
def test_growth_holds_for_the_log_that_only_grew(tree, size):
    log = tree(b"%d" % index for index in range(size))
    new = Checkpoint("log", size, log.root())
    for old_size in range(1, size + 1):
        old, path = Checkpoint("log", old_size, log.root(0, old_size)), log.growth(old_size)
        check_growth(old, new, path)
        forked = tree([b"forged", *log.leaves[1:old_size]])
        refused(check_growth, Checkpoint("log", old_size, forked.root()), new, path)
        refused(check_growth, old, new, [*path, bytes(32)])
        refused(check_growth, old, Checkpoint("other log", size, new.root), path)
        for at in range(len(path)):
            refused(check_growth, old, new, path[:at] + path[at + 1 :])
            refused(check_growth, old, new, path[:at])
            refused(check_growth, old, new, path[at + 1 :])
        if old_size < size:
            refused(check_growth, new, old, path)
            refused(check_growth, old, new, [])


def test_everything_has_grown_from_nothing(tree):
    check_growth(Checkpoint("log", 0, sha256(b"").digest()), Checkpoint("log", 3, tree([b"a", b"b", b"c"]).root()), [])


def test_two_hashes_in_one_step_do_not_stand_for_a_node(tree):
    log = tree([b"a", b"b", b"c", b"d"])
    halves = tree([b"a", b"b"]).root() + tree([b"c", b"d"]).root()
    for path in ([b"", halves], [halves, b""], [halves], [b"", b"", halves]):
        for index in range(4):
            refused(check_inclusion, Proof(b"forged", index, 4, path), Checkpoint("log", 4, log.root()))
    with pytest.raises(Fault, match="holds a hash of another length"):
        check_inclusion(Proof(b"a", 0, 2, [halves]), Checkpoint("log", 2, log.root()))


def test_the_ledger_makes_what_is_checked_here(tree):
    leaves = [b"%d" % index for index in range(11)]
    log, hashes = tree(leaves), [merkle.leaf_hash(leaf) for leaf in leaves]

    def over(span):
        return tree(leaves[slice(*span)]).root()

    for index in range(11):
        path = [over(span) for span in merkle.inclusion_spans(index, 11)]
        assert path == log.path(index)
        assert merkle.proves_inclusion(hashes[index], index, 11, path=path, root=log.root())
        check_inclusion(Proof(leaves[index], index, 11, path), Checkpoint("log", 11, log.root()))
    for old in range(1, 11):
        assert [over(span) for span in merkle.growth_spans(old, 11)] == log.growth(old)


PROOF = Proof(b"{}", 1, 3, [bytes(32), b"\xff" * 32])


def test_a_proof_comes_back_as_it_was_spelt():
    assert read_proof(write_proof(PROOF)) == PROOF


@pytest.mark.parametrize(
    "change",
    [
        {"index": "1"},
        {"index": 1.0},
        {"index": True},
        {"size": None},
        {"path": None},
        {"leaf": 1},
        {"note": "unsigned"},
    ],
    ids=str,
)
def test_a_proof_of_another_form_is_refused(change):
    record = json.loads(write_proof(PROOF)) | change
    spelt = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises((Fault, TypeError)):
        read_proof(spelt)


@settings(max_examples=60, deadline=None)
@given(position=st.integers(0, len(write_proof(PROOF)) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_in_a_proof_changes_what_it_says(position, bit):
    content = bytearray(write_proof(PROOF))
    content[position] ^= 1 << bit
    with suppress(Fault, ValueError, KeyError, TypeError):
        assert read_proof(bytes(content)) != PROOF


def test_a_key_named_by_hash_alone_is_still_checked_by_its_signature():
    key = key_of(SPEC_KEY)
    with pytest.raises(Fault):
        check_note(SPEC_NOTE.encode(), Key("example.com/bar", key.public))
