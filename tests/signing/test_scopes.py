"""A model's scope and its weights hold together under the studio's signature, and apart they do not."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.domain.errors import BadSignature
from rushes.domain.parts import Scope
from rushes.signing.scopes import check_scope, sign_scope

WEIGHTS = "sha256:" + "a" * 64
SCOPE = Scope("northern light", ("look",), ("A. Actor",), "GB", date(2027, 1, 1))


def test_what_was_signed_together_holds_together(signer):
    check_scope(signer.public_key, WEIGHTS, SCOPE, signature=sign_scope(signer, WEIGHTS, SCOPE))
    endless = replace(SCOPE, ends=None, people=())
    check_scope(signer.public_key, WEIGHTS, endless, signature=sign_scope(signer, WEIGHTS, endless))


def test_the_same_scope_has_the_same_signature(signer):
    assert sign_scope(signer, WEIGHTS, SCOPE) == sign_scope(signer, WEIGHTS, replace(SCOPE))


WIDER = {
    "show": "another show",
    "uses": ("look", "paint"),
    "people": (),
    "territory": "US",
    "ends": date(2099, 1, 1),
}


@pytest.mark.parametrize("name", [field.name for field in fields(Scope)])
def test_a_scope_made_wider_in_any_field_is_refused(signer, name):
    signature = sign_scope(signer, WEIGHTS, SCOPE)
    with pytest.raises(BadSignature) as refusal:
        check_scope(signer.public_key, WEIGHTS, replace(SCOPE, **{name: WIDER[name]}), signature=signature)
    assert WEIGHTS in refusal.value.reasons[0]
    assert signer.key_id in refusal.value.reasons[2]


def test_a_scope_without_an_end_is_not_one_with_an_end(signer):
    with pytest.raises(BadSignature):
        check_scope(signer.public_key, WEIGHTS, replace(SCOPE, ends=None), signature=sign_scope(signer, WEIGHTS, SCOPE))


def test_other_weights_are_refused(signer):
    with pytest.raises(BadSignature):
        check_scope(signer.public_key, "sha256:" + "b" * 64, SCOPE, signature=sign_scope(signer, WEIGHTS, SCOPE))


def test_the_signature_of_another_studio_is_refused(signer, stranger):
    with pytest.raises(BadSignature):
        check_scope(signer.public_key, WEIGHTS, SCOPE, signature=sign_scope(stranger, WEIGHTS, SCOPE))


def test_a_signature_made_for_something_else_is_refused(signer, sealed):
    envelope = json.loads((sealed / "delivery.dsse.json").read_bytes())
    with pytest.raises(BadSignature):
        check_scope(signer.public_key, WEIGHTS, SCOPE, signature=envelope["signatures"][0]["sig"])


@settings(max_examples=50, deadline=None)
@given(signature=st.text() | st.binary(max_size=80).map(bytes.hex))
def test_nonsense_is_refused(signer, signature):
    with pytest.raises(BadSignature):
        check_scope(signer.public_key, WEIGHTS, SCOPE, signature=signature)
