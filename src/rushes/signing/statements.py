"""A delivery under one signature: an in-toto statement in a DSSE envelope, a place in the log, and `verify.py`."""

import ast
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from rushes.domain.errors import BadMaterial, BadSignature, NotFound
from rushes.domain.noun import Noun
from rushes.domain.nouns import Delivery, Review
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.records import from_json, to_json
from rushes.signing import ed25519, offline_verifier, seals, spelling, transparency
from rushes.signing.keys import Signer

VERIFIER = "verify.py"
VERIFIER_PARTS = (offline_verifier, spelling, ed25519, transparency, seals)
NO_DELIVERY = "Name the folder in which delivery.dsse.json lies."
SEND_AGAIN = "Do not use it. Ask the studio to send it again."


class LogProof(Protocol):
    """What a log gives out to show that something is in it; the ledger's `Proof` is one."""

    @property
    def leaf(self) -> bytes:
        """The entry."""
        ...

    @property
    def index(self) -> int:
        """Of the entry, from 0."""
        ...

    @property
    def size(self) -> int:
        """Of the log, in entries."""
        ...

    @property
    def path(self) -> Sequence[bytes]:
        """The hashes from the entry up to the root."""
        ...


@dataclass(frozen=True)
class Statement:
    """What a delivery says of itself: the nouns in its envelope.

    Attributes:
        lineage: the takes, and everything that they came from.
        reviews: the approval of each take.
    """

    delivery: Delivery
    lineage: tuple[Noun, ...]
    reviews: tuple[Review, ...]


@dataclass(frozen=True)
class Verified:
    """A delivery of which every byte is what was signed and logged.

    Attributes:
        studio: the name that its key signs by.
        key_id: of the key that it was verified against.
        pinned: whether the caller expected that key; if not, the delivery only agrees with the key inside it.
        files: how many are signed.
        origin: of the log.
        index: of the delivery's entry in the log, from 0.
        size: of the log at its checkpoint.
    """

    studio: str
    key_id: str
    pinned: bool
    files: int
    origin: str
    index: int
    size: int


def verifier_source() -> str:
    """Return `verify.py`: the modules that it is made of in one file, which needs nothing but Python."""
    parts = [_alone(inspect.getsource(part)) for part in VERIFIER_PARTS]
    return "\n\n".join([*parts, 'if __name__ == "__main__":\n    sys.exit(main())\n'])


def copy_verifier(folder: Path) -> Path:
    """Put `verify.py` into a delivery, before its files are listed: it is signed like any other."""
    path = folder / VERIFIER
    path.write_text(verifier_source(), encoding="utf-8")
    return path


def file_list(folder: Path) -> tuple[AssetFile, ...]:
    """Return every file of a delivery by name, with its digest and size; those that will seal it are left out.

    Raises:
        BadMaterial: naming every link, hidden file, device, empty folder and unsafe name.
    """
    return tuple(
        AssetFile(name, offline_verifier.digest_of_file(folder / name), size) for name, size in _sizes(folder).items()
    )


def seal_delivery(
    folder: Path,
    delivery: Delivery,
    lineage: Mapping[Digest, Noun],
    *,
    signer: Signer,
    proof: LogProof,
    checkpoint: str,
) -> None:
    """Sign a delivery whose files lie in a folder and which is in the log. The envelope is written last.

    Args:
        folder: with the files that the delivery lists, `verify.py` among them.
        delivery: as it was logged.
        lineage: every noun that the delivery names, by digest.
        signer: the studio's key, which signed the checkpoint too.
        proof: that the delivery is in the log.
        checkpoint: the signed note that the proof leads to.

    Raises:
        BadMaterial: folder, papers and log are not all of this delivery; nothing was written.
    """
    differ = {file.name: file.bytes for file in delivery.files}.items() ^ _sizes(folder).items()
    faults = [f"{name}: is not in the folder as the delivery lists it" for name in sorted({name for name, _ in differ})]
    payload = spelling.to_json(_statement(delivery, lineage))
    signature = signer.sign(seals.pae(seals.PAYLOAD_TYPE, payload))
    sealed = {
        seals.KEY: f"{signer.verifier_key}\n".encode(),
        seals.CHECKPOINT: checkpoint.encode(),
        seals.PROOF: transparency.write_proof(transparency.Proof(proof.leaf, proof.index, proof.size, proof.path)),
        seals.ENVELOPE: seals.write_envelope(payload, signer.key_id, signature),
    }
    faults += seals.check_seals(sealed, signer.key_id).faults
    if faults:
        raise BadMaterial(f"{delivery.name} cannot be sealed", faults, "Nothing was written. Make the delivery again.")
    for name, content in sealed.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def read_statement(folder: Path) -> Statement:
    """Return what a delivery says of itself. Believe it only after `verify_delivery`.

    Raises:
        NotFound: no envelope lies in the folder.
        BadSignature: the envelope cannot be read.
    """
    path = folder / seals.ENVELOPE
    if not path.is_file():
        raise NotFound("delivery", str(folder), remedy=NO_DELIVERY)
    findings = seals.check_seals({seals.ENVELOPE: path.read_bytes()})
    if findings.statement is None:
        raise _refused(folder, findings.faults)
    predicate = findings.statement["predicate"]
    delivery = from_json(predicate["delivery"])
    assert isinstance(delivery, Delivery)
    reviews = [noun for noun in map(from_json, predicate["reviews"]) if isinstance(noun, Review)]
    return Statement(delivery, tuple(map(from_json, predicate["lineage"])), tuple(reviews))


def verify_delivery(folder: Path, key: bytes | str | None = None) -> Verified:
    """Check every byte of a delivery: its files, its signature, its papers and its place in the log.

    Args:
        folder: the delivery.
        key: whose signature is expected: the public key, or its id, base64 or verifier key as text. Without it, the
            delivery is only held against the key inside it; compare `key_id` with what the studio says.

    Raises:
        NotFound: there is no such folder.
        BadMaterial: the expected key is none.
        BadSignature: naming every file that is not what was signed.
    """
    if not folder.is_dir():
        raise NotFound("delivery", str(folder), remedy=NO_DELIVERY)
    try:
        named = spelling.to_base64(key) if isinstance(key, bytes) else key
        pin = "" if named is None else offline_verifier.key_id_of(named)
    except (ValueError, spelling.Fault) as error:
        raise BadMaterial(
            f"{key!r} is neither a key nor the id of one", remedy="Ask the studio for its key."
        ) from error
    try:
        findings = offline_verifier.examine(folder, pin)
    except OSError as error:
        raise _refused(folder, [f"{error.filename}: cannot be read: {error.strerror}"]) from error
    if findings.faults:
        raise _refused(folder, findings.faults)
    signer, log, proof, statement = findings.key, findings.checkpoint, findings.proof, findings.statement
    assert signer and log and proof and statement
    signed = len(seals.subjects_of(statement))
    return Verified(
        signer.name, transparency.key_id(signer.public), bool(pin), signed, log.origin, proof.position, proof.size
    )


def _alone(source: str) -> str:
    lines = source.splitlines()
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("rushes."):
            del lines[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)


def _sizes(folder: Path) -> dict[str, int]:
    found = offline_verifier.walk(folder)
    faults = [f"{name}: {odd}" for name, odd in found.items() if odd]
    if faults:
        raise BadMaterial(f"{folder} cannot be delivered", faults, "Take these out of it.")
    return {name: (folder / name).stat().st_size for name in found if name not in seals.SEALS}


def _statement(delivery: Delivery, lineage: Mapping[Digest, Noun]) -> dict[str, Any]:
    nouns = [lineage[digest] for digest in sorted(lineage)]
    return {
        "_type": seals.STATEMENT_TYPE,
        "subject": [{"name": file.name, "digest": {"sha256": file.digest[7:]}} for file in delivery.files],
        "predicateType": seals.DELIVERY_TYPE,
        "predicate": {
            "delivery": to_json(delivery),
            "lineage": [to_json(noun) for noun in nouns if not isinstance(noun, Review)],
            "reviews": [to_json(noun) for noun in nouns if isinstance(noun, Review)],
        },
    }


def _refused(folder: Path, faults: Sequence[str]) -> BadSignature:
    return BadSignature(f"{folder} is not what was delivered", faults, SEND_AGAIN)
