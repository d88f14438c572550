"""A model's scope, signed together with its weights: neither can be swapped for another."""

from dataclasses import asdict
from typing import Any

from rushes.domain.errors import BadSignature
from rushes.domain.parts import Digest, Scope
from rushes.domain.records import canonical_json
from rushes.signing.ed25519 import signature_holds
from rushes.signing.keys import Signer
from rushes.signing.seals import pae
from rushes.signing.spelling import Fault, from_base64, to_base64, to_json
from rushes.signing.transparency import key_id

SCOPE_TYPE = "application/vnd.rushes.scope+json"
"""Signed with the content, so that no signature made for something else counts for a scope."""


def sign_scope(signer: Signer, weights: Digest, scope: Scope) -> str:
    """Return the studio's signature over the digest of weights and what they may be used for, in base64."""
    return to_base64(signer.sign(_signed(weights, scope)))


def check_scope(public_key: bytes, weights: Digest, scope: Scope, *, signature: str) -> None:
    """Refuse a scope that the studio did not sign for these weights.

    Raises:
        BadSignature: saying what was looked at.
    """
    try:
        holds = signature_holds(public_key, _signed(weights, scope), from_base64(signature))
    except (ValueError, Fault):
        holds = False
    if not holds:
        raise BadSignature(
            "these weights and this scope were not signed together",
            [f"weights {weights}", f"scope {canonical_json(_plain(scope))}", f"key {key_id(public_key)}"],
            "Train the model again, or get it from where it was trained.",
        )


def _signed(weights: Digest, scope: Scope) -> bytes:
    return pae(SCOPE_TYPE, to_json({"weights": weights, "scope": _plain(scope)}))


def _plain(scope: Scope) -> dict[str, Any]:
    return {**asdict(scope), "ends": scope.ends and scope.ends.isoformat()}
