"""What a transparency log hands out, checked: signed checkpoints (C2SP), audit paths and consistency (RFC 6962).

Standard library only: a part of `verify.py`. It knows no ledger; the log may be anybody's.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple

from rushes.signing.ed25519 import signature_holds
from rushes.signing.spelling import Fault, from_base64, from_json, to_base64, to_json

LARGEST_LOG = 1 << 48
MOST_SIGNATURES = 100
NO_PATH = "does not lead from its entry to the root of the log"
NO_GROWTH = "does not lead from the old root to the new one"


class Key(NamedTuple):
    """A public key, with the name it signs by."""

    name: str
    public: bytes


class Checkpoint(NamedTuple):
    """The head of a log: whose it is, how many entries it has, and the root over them."""

    origin: str
    size: int
    root: bytes


class Proof(NamedTuple):
    """One entry of a log, and the hashes that lead from it to the root."""

    leaf: bytes
    position: int
    size: int
    path: Sequence[bytes]


def key_id(public_key: bytes) -> str:
    """Return what people compare to know a key again: its SHA-256, 64 hex digits."""
    return sha256(public_key).hexdigest()


def note_hash(key: Key) -> bytes:
    """Return the four bytes by which a signed note hints at an Ed25519 key (C2SP signed-note)."""
    return sha256(key.name.encode() + b"\n\x01" + key.public).digest()[:4]


def can_sign_notes(name: str) -> bool:
    """Say whether a key may have this name (C2SP signed-note)."""
    return name.isprintable() and name.split() == [name] and "+" not in name


def write_key(key: Key) -> bytes:
    """Spell a key as a C2SP verifier key, on one line: name, hash, base64."""
    return f"{key.name}+{note_hash(key).hex()}+{to_base64(bytes([1, *key.public]))}\n".encode()


def read_key(content: bytes) -> Key:
    """Read a line with a C2SP verifier key."""
    name, _, encoded = content.decode().split("+", 2)
    key = Key(name, from_base64(encoded[:-1])[1:])
    if write_key(key) != content or len(key.public) != 32 or not can_sign_notes(name):
        raise Fault("is no Ed25519 verifier key")
    return key


def read_checkpoint(content: bytes) -> Checkpoint:
    """Read a checkpoint, whether it is signed or not."""
    origin, size, root = content.decode().rpartition("\n\n")[0].split("\n")[:3]
    if not origin or not origin.isprintable() or not 0 <= int(size) < LARGEST_LOG or str(int(size)) != size:
        raise Fault("is no checkpoint of a log")
    return Checkpoint(origin, int(size), from_base64(root))


def check_note(content: bytes, key: Key) -> None:
    """Refuse a signed note that this key did not sign; signatures of other keys are passed over.

    Raises:
        Fault: if it is no signed note, or there is no signature by this key, or one that does not hold.
    """
    text, _, tail = content.decode().rpartition("\n\n")
    lines = [line.split(" ") for line in tail.split("\n")]
    if lines.pop() != [""] or len(lines) > MOST_SIGNATURES or any(line[0] != "\u2014" for line in lines):
        raise Fault("is no signed note")
    signed = [(name, from_base64(encoded)) for _, name, encoded in lines]
    ours = [signature[4:] for name, signature in signed if (name, signature[:4]) == (key.name, note_hash(key))]
    if not ours or not all(signature_holds(key.public, f"{text}\n".encode(), signature) for signature in ours):
        raise Fault(f"is not what key {key_id(key.public)} signed")


def write_proof(proof: Proof) -> bytes:
    """Spell the proof that an entry is in a log."""
    return to_json(
        {
            "leaf": to_base64(proof.leaf),
            "index": proof.position,
            "size": proof.size,
            "path": [to_base64(step) for step in proof.path],
        }
    )


def read_proof(content: bytes) -> Proof:
    """Read the proof that an entry is in a log, whether it holds or not."""
    record = from_json(content)
    if sorted(record) != ["index", "leaf", "path", "size"] or {type(record["index"]), type(record["size"])} != {int}:
        raise Fault("is no proof that an entry is in a log")
    path = [from_base64(step) for step in record["path"]]
    return Proof(from_base64(record["leaf"]), record["index"], record["size"], path)


def check_inclusion(proof: Proof, checkpoint: Checkpoint) -> None:
    """Refuse a proof that does not lead from its entry to the root of the log (RFC 6962, 2.1.1)."""
    leaf_hash = sha256(b"\x00" + proof.leaf).digest()
    if (
        proof.size != checkpoint.size
        or _root(proof.position, proof.size, leaf_hash, path=proof.path) != checkpoint.root
    ):
        raise Fault(NO_PATH)


def check_growth(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """Refuse a newer checkpoint of a log that did more than grow (RFC 6962, 2.1.2)."""
    if old.origin != new.origin or not 0 <= old.size <= new.size:
        raise Fault("is no later checkpoint of the same log")
    if old.size and _roots(old.size, new.size, path, known=old.root) != (old.root, new.root):
        raise Fault(NO_GROWTH)


def _node(left: bytes, right: bytes) -> bytes:
    # a hash of another length could be two hashes in a row, and so hide a node of the tree
    if not len(left) == len(right) == 32:
        raise Fault("holds a hash of another length")
    return sha256(b"\x01" + left + right).digest()


def _left_of(size: int) -> int:
    return 1 << (size - 1).bit_length() - 1  # leaves of the left subtree: the largest power of two below the size


def _root(index: int, size: int, leaf_hash: bytes, *, path: Sequence[bytes]) -> bytes:
    if not 0 <= index < size or (size == 1) != (not path):
        raise Fault(NO_PATH)
    if size == 1:
        return leaf_hash
    left = _left_of(size)
    if index < left:
        return _node(_root(index, left, leaf_hash, path=path[:-1]), path[-1])
    return _node(path[-1], _root(index - left, size - left, leaf_hash, path=path[:-1]))


def _roots(old: int, new: int, path: Sequence[bytes], *, known: bytes | None) -> tuple[bytes, bytes]:
    # where the old log is one whole subtree of the new one, its root is known, and so not in the path
    seeds = 0 if known else 1
    if (old == new) != (len(path) == seeds):
        raise Fault(NO_GROWTH)
    if old == new:
        return known or path[0], known or path[0]
    left = _left_of(new)
    if old <= left:
        before, after = _roots(old, left, path[:-1], known=known)
        return before, _node(after, path[-1])
    before, after = _roots(old - left, new - left, path[:-1], known=None)
    return _node(path[-1], before), _node(path[-1], after)
