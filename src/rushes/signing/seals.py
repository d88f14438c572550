"""The files of a delivery that prove themselves: the studio's key, the signed statement, and what the log says.

Standard library only: a part of `verify.py`.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from rushes.signing.ed25519 import signature_holds
from rushes.signing.spelling import Fault, from_base64, from_json, to_base64, to_json
from rushes.signing.transparency import (
    Checkpoint,
    Key,
    Proof,
    check_growth,
    check_inclusion,
    check_note,
    key_id,
    read_checkpoint,
    read_key,
    read_proof,
)

KEY, ENVELOPE, CHECKPOINT, PROOF = "studio.pub", "delivery.dsse.json", "log/checkpoint.txt", "log/proof.json"
SEALS = (KEY, ENVELOPE, CHECKPOINT, PROOF)
GROWTH = "growth of the log"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
DELIVERY_TYPE = "https://rushes.dev/Delivery/v1"
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


class Findings(NamedTuple):
    """What a delivery says, as far as it can be read, and everything that is wrong with it."""

    key: Key | None
    statement: Mapping[str, Any] | None
    checkpoint: Checkpoint | None
    proof: Proof | None
    faults: list[str]


def check_seals(seals: Mapping[str, bytes], pin: str = "") -> Findings:
    """Hold the files that prove themselves against themselves and each other.

    Args:
        seals: their content by name; and, if somebody kept one, the proof of how the log grew afterwards.
        pin: id of the key that is expected, or nothing.
    """
    faults: list[str] = []

    def attempt(name: str, look: Callable[..., Any], *needed: object) -> Any:
        if name not in seals or None in needed:
            return None
        try:
            return look(seals[name], *needed)
        except Fault as fault:
            faults.append(f"{name}: {fault}")
        except UNREADABLE:
            faults.append(f"{name}: is damaged")
        return None

    key, statement = attempt(KEY, read_key), attempt(ENVELOPE, read_statement)
    checkpoint, proof = attempt(CHECKPOINT, read_checkpoint), attempt(PROOF, read_proof)
    if key and pin and key_id(key.public) != pin:
        faults.append(f"{KEY}: holds key {key_id(key.public)}, not the expected {pin}")
    attempt(ENVELOPE, _check_envelope, key)
    attempt(CHECKPOINT, check_note, key)
    attempt(PROOF, _check_path, checkpoint)
    attempt(PROOF, _check_leaf, statement)
    attempt(GROWTH, _check_growth, key, checkpoint)
    return Findings(key, statement, checkpoint, proof, list(dict.fromkeys(faults)))


def pae(kind: str, body: bytes) -> bytes:
    """Return the bytes that a DSSE signature covers.

    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    return b"DSSEv1 %d %b %d %b" % (len(kind.encode()), kind.encode(), len(body), body)


def write_envelope(payload: bytes, key: str, signature: bytes) -> bytes:
    """Spell a DSSE envelope with one signature, by the key with this id."""
    signatures = [{"keyid": key, "sig": to_base64(signature)}]
    return to_json({"payload": to_base64(payload), "payloadType": PAYLOAD_TYPE, "signatures": signatures})


def read_statement(envelope: bytes) -> Mapping[str, Any]:
    """Return the in-toto statement about a delivery in an envelope, whether the signature holds or not."""
    statement: Mapping[str, Any] = from_json(_opened(envelope)[0])
    if (statement["_type"], statement["predicateType"]) != (STATEMENT_TYPE, DELIVERY_TYPE):
        raise Fault("is no statement about a delivery")
    listed = sorted(subjects_of(statement).items())
    files = sorted((file["name"], file["digest"]) for file in statement["predicate"]["delivery"]["files"])
    if listed != files or len(listed) != len(statement["subject"]):
        raise Fault("lists other files than the delivery that it is about")
    _check_papers(statement["predicate"])
    return statement


def subjects_of(statement: Mapping[str, Any]) -> dict[str, str]:
    """Return the digest of every file that a statement lists, by name."""
    return {file["name"]: "sha256:" + file["digest"]["sha256"] for file in statement["subject"]}


def json_digest(value: object) -> str:
    """Return the digest by which a noun is known, given as JSON."""
    return "sha256:" + sha256(to_json(value)).hexdigest()


def _opened(envelope: bytes) -> tuple[bytes, str, bytes]:
    record = from_json(envelope)
    (signed,) = record["signatures"]
    opened = from_base64(record["payload"]), str(signed["keyid"]), from_base64(signed["sig"])
    if write_envelope(*opened) != envelope:
        raise Fault("is not one statement with one signature")
    return opened


def _check_papers(predicate: Mapping[str, Any]) -> None:
    delivery, lineage, reviews = predicate["delivery"], predicate["lineage"], predicate["reviews"]
    named = {*delivery["takes"], *delivery["reviews"], *delivery["lineage"]}
    enclosed = {json_digest(noun) for noun in lineage + reviews}
    if named != enclosed:
        raise Fault(f"encloses other papers than the delivery names: {', '.join(sorted(named ^ enclosed))}")
    unapproved = set(delivery["takes"]) - {review["take"] for review in reviews if review["decision"] == "approved"}
    if unapproved:
        raise Fault(f"encloses no approval of {', '.join(sorted(unapproved))}")


def _check_envelope(envelope: bytes, key: Key) -> None:
    payload, signer, signature = _opened(envelope)
    if signer != key_id(key.public):
        raise Fault(f"says that key {signer} signed it, but {KEY} holds key {key_id(key.public)}")
    if not signature_holds(key.public, pae(PAYLOAD_TYPE, payload), signature):
        raise Fault(f"is not what key {signer} signed")


def _check_path(proof: bytes, checkpoint: Checkpoint) -> None:
    check_inclusion(read_proof(proof), checkpoint)


def _check_leaf(proof: bytes, statement: Mapping[str, Any]) -> None:
    if from_json(read_proof(proof).leaf)["digest"] != json_digest(statement["predicate"]["delivery"]):
        raise Fault(f"is about another delivery than {ENVELOPE}")


def _check_growth(growth: bytes, key: Key, checkpoint: Checkpoint) -> None:
    record = json.loads(growth)
    later = record["checkpoint"].encode()
    check_note(later, key)
    check_growth(checkpoint, read_checkpoint(later), [from_base64(step) for step in record["path"]])
