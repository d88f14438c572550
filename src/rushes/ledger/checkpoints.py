"""What a log shows the world: signed checkpoints as C2SP tlog-checkpoint text, and proofs that lead to them."""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rushes.domain.errors import BadSignature
from rushes.ledger.merkle import Hash

ED25519 = b"\x01"
"""The byte by which signed notes know this kind of signature."""

CHECKPOINT = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n([^\n]+\n)*")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<content>\S+)")

MOST_SIGNATURES = 100
"""More signatures than any log and its witnesses give; a note with more is refused unread."""


class CheckpointSigner(Protocol):
    """Whoever signs a log's checkpoints: an Ed25519 key and the name it goes by."""

    @property
    def name(self) -> str:
        """The name of the key, without spaces or `+`: the log's origin is a good one."""
        ...

    @property
    def public_key(self) -> bytes:
        """The raw 32 bytes of the public key."""
        ...

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature over the content."""
        ...


@dataclass(frozen=True)
class NoteKey:
    """A key whose word is taken: its name and the raw 32 bytes of the public key."""

    name: str
    public_key: bytes


@dataclass(frozen=True)
class Checkpoint:
    """What a log was at one moment: whose, how many entries, and the one hash over them all."""

    origin: str
    size: int
    root: Hash


@dataclass(frozen=True)
class Proof:
    """Shows that one fact is in the log, to anyone who has the log's public key and nothing else.

    Attributes:
        leaf: the log entry, canonical JSON, which names the fact by its digest.
        index: of the entry, from 0.
        size: of the log at the checkpoint.
        path: the hashes from the leaf up to the root.
        checkpoint: the signed note that the path leads to.
    """

    leaf: bytes
    index: int
    size: int
    path: tuple[Hash, ...]
    checkpoint: str

    def to_json(self) -> dict[str, Any]:
        """Return the proof as plain JSON values, bytes as base64."""
        return {
            "leaf": _base64(self.leaf),
            "index": self.index,
            "size": self.size,
            "path": [_base64(part) for part in self.path],
            "checkpoint": self.checkpoint,
        }


@dataclass(frozen=True)
class Growth:
    """Shows that a log only grew since it had its old size: nothing before was changed or taken out.

    Attributes:
        old_size: of the log then.
        size: of the log at the checkpoint.
        path: the hashes that lead to the old root and to the new one.
        checkpoint: the signed note of the new root.
    """

    old_size: int
    size: int
    path: tuple[Hash, ...]
    checkpoint: str

    def to_json(self) -> dict[str, Any]:
        """Return the proof as plain JSON values, bytes as base64."""
        return {
            "old_size": self.old_size,
            "size": self.size,
            "path": [_base64(part) for part in self.path],
            "checkpoint": self.checkpoint,
        }


def checkpoint_text(checkpoint: Checkpoint) -> str:
    r"""Return the text that is signed: origin, size and root, a line each.

    >>> checkpoint_text(Checkpoint("example.com/log", 0, sha256(b"").digest()))
    'example.com/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n'

    References:
        [C2SP] tlog-checkpoint
    """
    return f"{checkpoint.origin}\n{checkpoint.size}\n{_base64(checkpoint.root)}\n"


def read_checkpoint(note: str) -> Checkpoint:
    """Read a checkpoint out of its note. The signature is not looked at: `open_note` does that.

    Raises:
        BadSignature: if this is no checkpoint.
    """
    fields = CHECKPOINT.fullmatch(_taken_apart(note)[0])
    if fields is None:
        raise BadSignature("this is no checkpoint of a log", note.splitlines()[:3], "Get the note again, unedited.")
    return Checkpoint(fields["origin"], int(fields["size"]), b64decode(fields["root"]))


def key_id(key: NoteKey | CheckpointSigner) -> bytes:
    """Return the four bytes by which a note refers to a key.

    References:
        [C2SP] signed-note
    """
    return sha256(key.name.encode() + b"\n" + ED25519 + key.public_key).digest()[:4]


def sign_note(text: str, signer: CheckpointSigner) -> str:
    """Return a signed note: the text, a blank line, an em dash, who signed, the signature.

    Raises:
        BadSignature: if text or signer cannot stand in a note, so that nobody could ever verify it.
    """
    note = f"{text}\n— {signer.name} {_base64(key_id(signer) + signer.sign(text.encode()))}\n"
    if open_note(note, [NoteKey(signer.name, signer.public_key)]) != text:
        raise BadSignature("this text cannot be signed as a note", text.splitlines())
    return note


def open_note(note: str, keys: Sequence[NoteKey]) -> str:
    """Return the text of a note if one of these keys has signed it and none of their signatures is bad.

    Raises:
        BadSignature: naming who signed, and whose signature does not hold.
    """
    text, signatures = _taken_apart(note)
    known = {(key.name, key_id(key)): key for key in keys}
    ours = [(known[name, identity], signature) for name, identity, signature in signatures if (name, identity) in known]
    bad = [key.name for key, signature in ours if not _signed(key, signature, text)]
    if bad:
        raise BadSignature("a signature does not belong to its note", bad, "The note was changed: get it again.")
    if not ours:
        names = [name for name, _, _ in signatures]
        raise BadSignature("nobody known here has signed this note", names, "Name the key that you trust.")
    return text


def _signed(key: NoteKey, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _taken_apart(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return the text, and for each signature the key's name, the key's id and the signature."""
    text, _, tail = note.rpartition("\n\n")
    signatures = [_signature(line) for line in tail.split("\n")[:-1]]
    clean = tail.endswith("\n") and not CONTROL.search(note)
    if not text or not clean or None in signatures or len(signatures) > MOST_SIGNATURES:
        raise BadSignature("this is no signed note", note.splitlines()[:3], "Get the note again, unedited.")
    return text + "\n", [signature for signature in signatures if signature]


def _signature(line: str) -> tuple[str, bytes, bytes] | None:
    fields = SIGNATURE.fullmatch(line)
    try:
        content = b64decode(fields["content"], validate=True) if fields else b""
    except ValueError:
        return None
    # base64 has more than one spelling for the same bytes; here only one counts
    if fields is None or len(content) <= 4 or _base64(content) != fields["content"]:
        return None
    return fields["name"], content[:4], content[4:]


def _base64(content: bytes) -> str:
    return b64encode(content).decode()
