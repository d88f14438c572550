"""The signature of a model folder as other tools check it: OpenSSF Model Signing 1.0, a Sigstore bundle of its own.

The bundle lies outside the folder: inside, it would be one of the files that it has to vouch for. Keys stay where they
are: whoever signs hands in a function.
"""

import base64
import binascii
import json
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from rushes.domain.errors import BadMaterial, BadSignature, NotFound
from rushes.domain.records import canonical_json

MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "https://model_signing/signature/v1.0"
SERIALIZATION = {"method": "files", "hash_type": "sha256", "allow_symlinks": False}
ENDINGS = (".safetensors", ".json", ".html", ".md")
"""What a model folder may hold: weights that nothing unpickles, and papers."""

UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error)


def check_model_folder(folder: Path) -> list[str]:
    """Return the names of all files of a model, sorted, after looking at what else lies there.

    Args:
        folder: of the model, or its one file.

    Raises:
        BadMaterial: naming every link, hidden file, device and file of another kind than a model has; or it is empty.
        NotFound: there is nothing there.
    """
    names, faults = _looked_through(folder)
    if faults:
        remedy = f"Leave only regular files there: {', '.join(ENDINGS)}."
        raise BadMaterial(f"{folder.name} is no model that can be signed", faults, remedy)
    return names


def sign_model_folder(folder: Path, *, sign: Callable[[bytes], bytes], public_key: bytes) -> bytes:
    """Return the bundle with which anyone can check a model; write it next to the folder, not into it.

    Args:
        folder: of the model, or its one file.
        sign: returns the ECDSA signature of some bytes over P-256 with SHA-256 (ES256), DER encoded.
        public_key: that belongs to it, PEM.

    Raises:
        BadMaterial: something in the folder cannot be signed, or the key is of another kind.
        BadSignature: the signature is not by this key.
    """
    names = check_model_folder(folder)
    key = _read_key(public_key)
    resources = [{"name": name, "algorithm": "sha256", "digest": digest} for name, digest in _digests(folder, names)]
    statement = {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": folder.resolve().name, "digest": {"sha256": _root(resources)}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": {"serialization": SERIALIZATION, "resources": resources},
    }
    payload = canonical_json(statement).encode()
    signature = sign(_pae(payload))
    if not _holds(key, signature, payload):
        raise BadSignature(f"what signed {folder.name} is not the other half of the public key")
    signatures = [{"sig": base64.b64encode(signature).decode(), "keyid": ""}]
    envelope = {"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": signatures}
    material = {"publicKey": {"hint": _hint(key)}, "tlogEntries": []}
    bundle = {"mediaType": MEDIA_TYPE, "verificationMaterial": material, "dsseEnvelope": envelope}
    return f"{canonical_json(bundle)}\n".encode()


def verify_bundle(folder: Path, bundle: bytes, public_key: bytes) -> list[str]:
    """Hold a model against its bundle; empty means that every byte is what was signed, and nothing else is there.

    Args:
        folder: of the model, or its one file.
        bundle: as it was written beside it, by Rushes or by another tool.
        public_key: of whoever is expected to have signed, PEM, from another source than the bundle.

    Returns:
        Everything that is wrong: files changed, missing, extra or renamed, and whatever has no place in a model.

    Raises:
        BadMaterial: the key is no P-256 key.
    """
    key = _read_key(public_key)
    try:
        payload = _opened(json.loads(bundle), key)
        signed = _signed_files(json.loads(payload))
    except BadSignature as error:
        return [error.what]
    except UNREADABLE:
        return ["the bundle is damaged, or is none for a model"]
    names, faults = _looked_through(folder)
    if folder.is_file() and list(signed) == ["."]:  # the reference implementation's word for the one file of a model
        signed = {folder.name: signed["."]}
    return faults + _differences(signed, dict(_digests(folder, names)))


def _looked_through(folder: Path) -> tuple[list[str], list[str]]:
    names, faults = [], []
    for name, mode in sorted(_entries(folder)):
        fault = _unfit(name, mode)
        if fault:
            faults.append(f"{name} {fault}")
        elif stat.S_ISREG(mode):
            names.append(name)
    if not names and not faults:
        faults.append("there is no file in it")
    return names, faults


def _entries(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield everything in a folder by its path from there, with its mode; links are seen, never followed."""
    if not os.path.lexists(folder):
        raise NotFound("model", str(folder))
    mode = folder.lstat().st_mode
    if not stat.S_ISDIR(mode):
        yield folder.name, mode
        return
    for where, folders, files in os.walk(folder):
        for name in folders + files:
            path = Path(where, name)
            yield path.relative_to(folder).as_posix(), path.lstat().st_mode


def _unfit(name: str, mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "is a symbolic link"
    if any(part.startswith(".") for part in name.split("/")):
        return "is hidden"
    if not name.isprintable() or "\\" in name:
        return "has a name that cannot be written down in one way"
    if stat.S_ISDIR(mode):
        return ""
    if not stat.S_ISREG(mode):
        return "is no regular file"
    return "" if name.endswith(ENDINGS) else f"is none of {', '.join(ENDINGS)}"


def _digests(folder: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        path = folder / name if folder.is_dir() else folder
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            yield name, file_digest(file, "sha256").hexdigest()


def _root(resources: list[dict[str, Any]]) -> str:
    return sha256(b"".join(bytes.fromhex(resource["digest"]) for resource in resources)).hexdigest()


def _opened(bundle: Any, key: EllipticCurvePublicKey) -> bytes:
    """Return the payload of a bundle that this key has signed."""
    envelope, hint = bundle["dsseEnvelope"], bundle["verificationMaterial"]["publicKey"].get("hint")
    if bundle["mediaType"] != MEDIA_TYPE or envelope["payloadType"] != PAYLOAD_TYPE:
        raise BadSignature(
            f"the bundle is a {bundle['mediaType']} with {envelope['payloadType']}, which is not read here"
        )
    if hint and hint != _hint(key):
        raise BadSignature(f"the bundle names key {hint[:16]}, not the expected {_hint(key)[:16]}")
    (signature,) = envelope["signatures"]
    payload = base64.b64decode(envelope["payload"], validate=True)
    if not _holds(key, base64.b64decode(signature["sig"], validate=True), payload):
        raise BadSignature(f"the bundle is not what key {_hint(key)[:16]} signed")
    return payload


def _signed_files(statement: Any) -> dict[str, str]:
    """Return the digest of every file that a statement vouches for, by name."""
    if (statement["_type"], statement["predicateType"]) != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise BadSignature(f"the bundle is about a {statement['predicateType']}, not about a model")
    serialization, resources = statement["predicate"]["serialization"], statement["predicate"]["resources"]
    if any(serialization[name] != value for name, value in SERIALIZATION.items()):
        raise BadSignature("the bundle follows links, or has other digests than SHA-256 of whole files; not read here")
    names = Counter(resource["name"] for resource in resources)
    odd = [name for name, times in names.items() if times > 1] + [
        r["name"] for r in resources if r["algorithm"] != "sha256"
    ]
    (subject,) = statement["subject"]
    if odd or not resources or subject["digest"]["sha256"] != _root(resources):
        raise BadSignature("the bundle contradicts itself")
    return {resource["name"]: resource["digest"] for resource in resources}


def _differences(signed: dict[str, str], found: dict[str, str]) -> list[str]:
    changed = [f"{name} was changed" for name in sorted(signed.keys() & found.keys()) if signed[name] != found[name]]
    missing, extra = signed.keys() - found.keys(), found.keys() - signed.keys()
    renamed = {
        old: new for old in sorted(missing) for new in sorted(extra) if signed[old] == found[new]
    }  # with copies under several names, one of them: enough to find it
    return [
        *changed,
        *(f"{old} was renamed to {new}" for old, new in renamed.items()),
        *(f"{name} is missing" for name in sorted(missing - renamed.keys())),
        *(f"{name} is extra: nobody signed it" for name in sorted(extra - set(renamed.values()))),
    ]


def _read_key(public_key: bytes) -> EllipticCurvePublicKey:
    remedy = "Give a P-256 public key as PEM."
    try:
        key = load_pem_public_key(public_key)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadMaterial(f"this is no public key: {error}", remedy=remedy) from error
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise BadMaterial("models are signed by ES256 keys, and this is of another kind", remedy=remedy)
    return key


def _hint(key: EllipticCurvePublicKey) -> str:
    return sha256(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _holds(key: EllipticCurvePublicKey, signature: bytes, payload: bytes) -> bool:
    try:
        key.verify(signature, _pae(payload), ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _pae(payload: bytes) -> bytes:
    """Return what a DSSE signature covers."""
    return b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)
