"""Envelopes as DSSE has them; and nothing unsigned hides in one, nor in a statement, nor in a proof."""

import json
from base64 import b64decode, b64encode

import pytest

from rushes.domain.records import canonical_json, digest_of, digest_of_bytes
from rushes.signing.ed25519 import signature_holds
from rushes.signing.seals import ENVELOPE, SEALS, check_seals, json_digest, pae, write_envelope
from rushes.signing.spelling import Fault, from_base64, from_json, to_json

IN_TOTO = "application/vnd.in-toto+json"
# RFC 8032, 7.1, TEST 1
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
# github.com/secure-systems-lab/dsse, testvectors/vectors.json: type, payload, signature, holds
VECTORS = {
    "single-signature": (
        IN_TOTO,
        "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==",
        "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==",
        True,
    ),
    "payload-type-swapped": (
        "application/vnd.example.other+json",
        "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==",
        "2WAfaHm5jluo0w+0rk8uVkluELJYWjSmU9x7EUzx+AyteDGJ4/nqyJXfmAUVFIAoQafWm7AxBZNw5M9ixNHiCA==",
        False,
    ),
    "non-ascii-payload-type": (
        "application/vnd.exämple+json",
        "eyJfdHlwZSI6Imh0dHBzOi8vaW4tdG90by5pby9TdGF0ZW1lbnQvdjEifQ==",
        "xmSk/ug66ysT7ayhkCIjhAq42zgZXSsEWuzUaNL7w2eGAdF/NU6/fRXPtmfN+5DNSAs5/i2lUnHjbbjPsu0tAw==",
        True,
    ),
    "empty-payload": (
        IN_TOTO,
        "",
        "gSggCAaTLTYyRH6FIDBem6meyIynsYy8RTHVzwx9tnTb7Bg/1jMWnuVgI/gffqmbsC2VX5/jHfkkDqsj7CDbDg==",
        True,
    ),
}


def test_the_published_example_of_what_is_signed():
    # github.com/secure-systems-lab/dsse, protocol.md, Test Vectors
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("http://example.com/HelloWorld", b"hello world") == expected


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_envelopes_hold_or_not(name):
    kind, payload, signature, holds = VECTORS[name]
    assert signature_holds(PUBLIC, pae(kind, b64decode(payload)), b64decode(signature)) is holds


def test_the_spelling_is_that_of_the_domain(papers):
    for digest, noun in papers.items():
        assert digest == digest_of(noun)
    for value in ({"ü": [1, 0.1, 1e-7, 1e22, None, True]}, "\u2028", [], {"b": 1, "a": {"d": 1, "c": 2}}):
        assert to_json(value).decode() == canonical_json(value)
        assert json_digest(value) == digest_of_bytes(canonical_json(value).encode())


@pytest.mark.parametrize(
    "text", [b'{"a": 1}', b'{"b":1,"a":1}', b'{"a":1,"a":1}', b"[1.0e0]", b"[1]\n", b'["\\u00fc"]']
)
def test_json_in_a_second_spelling_is_refused(text):
    with pytest.raises(Fault, match="is not spelt as it was written"):
        from_json(text)


@pytest.mark.parametrize("text", [b"[NaN]", b"", b"{", b"\xff", b'["\\ud800"]', b"[" + b"9" * 5000 + b"]"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises((Fault, ValueError)):
        from_json(text)


@pytest.mark.parametrize("text", ["QQ==\n", "QR==", "Q Q==", "QQ", "Q-_=", "é"])
def test_base64_in_a_second_spelling_is_refused(text):
    with pytest.raises((Fault, ValueError)):
        from_base64(text)


@pytest.fixture
def contents(sealed):
    return {name: (sealed / name).read_bytes() for name in SEALS}


def test_the_seals_of_a_whole_delivery_agree(contents, signer):
    findings = check_seals(contents, signer.key_id)
    assert findings.faults == []
    assert (findings.key.name, findings.key.public) == (signer.name, signer.public_key)


def faults_with(contents, envelope):
    return check_seals({**contents, ENVELOPE: envelope}).faults


def signed_again(contents, signer, change):
    """The studio itself signs something odd: the rules hold for it too."""
    statement = json.loads(b64decode(json.loads(contents[ENVELOPE])["payload"]))
    change(statement)
    payload = to_json(statement)
    return write_envelope(payload, signer.key_id, signer.sign(pae(IN_TOTO, payload)))


def test_any_field_added_to_an_envelope_is_refused(contents):
    record = json.loads(contents[ENVELOPE])
    for odd in ({**record, "note": "unsigned"}, {**record, "signatures": [{**record["signatures"][0], "cert": ""}]}):
        assert faults_with(contents, to_json(odd)) == [f"{ENVELOPE}: is not one statement with one signature"]


@pytest.mark.parametrize("signatures", [[], [1], None, "x"])
def test_an_envelope_without_its_signature_is_damaged(contents, signatures):
    record = {**json.loads(contents[ENVELOPE]), "signatures": signatures}
    assert faults_with(contents, to_json(record)) == [f"{ENVELOPE}: is damaged"]


def test_a_second_signature_is_refused(contents):
    record = json.loads(contents[ENVELOPE])
    doubled = {**record, "signatures": record["signatures"] * 2}
    assert faults_with(contents, to_json(doubled)) == [f"{ENVELOPE}: is damaged"]


def test_a_payload_in_a_second_spelling_is_refused_even_if_the_studio_signs_it(contents, signer):
    payload = b64decode(json.loads(contents[ENVELOPE])["payload"]) + b"\n"
    envelope = write_envelope(payload, signer.key_id, signer.sign(pae(IN_TOTO, payload)))
    assert faults_with(contents, envelope) == [f"{ENVELOPE}: is not spelt as it was written"]


def test_an_envelope_of_another_kind_is_refused(contents, signer):
    record = json.loads(contents[ENVELOPE])
    record["payloadType"] = "application/vnd.rushes.scope+json"
    signature = signer.sign(pae(record["payloadType"], b64decode(record["payload"])))
    record["signatures"][0]["sig"] = b64encode(signature).decode()
    assert faults_with(contents, to_json(record)) == [f"{ENVELOPE}: is not one statement with one signature"]


def other_type(statement):
    statement["predicateType"] = "https://slsa.dev/provenance/v1"


def a_file_unlisted(statement):
    statement["subject"].pop()


def a_file_twice(statement):
    statement["subject"].append(statement["subject"][0])


def a_file_more(statement):
    statement["subject"].append({"name": "../../etc/passwd", "digest": {"sha256": "0" * 64}})


def a_paper_left_out(statement):
    statement["predicate"]["lineage"].pop()


def a_paper_more(statement):
    statement["predicate"]["lineage"].append({"noun": "Licence@1"})


def a_paper_changed(statement):
    statement["predicate"]["lineage"][0]["show"] = "another"


def no_review(statement):
    statement["predicate"]["reviews"].clear()


SAYS = {
    other_type: "is no statement about a delivery",
    a_file_unlisted: "lists other files than the delivery that it is about",
    a_file_twice: "lists other files than the delivery that it is about",
    a_file_more: "lists other files than the delivery that it is about",
    a_paper_left_out: "encloses other papers than the delivery names: sha256:",
    a_paper_more: "encloses other papers than the delivery names: sha256:",
    a_paper_changed: "encloses other papers than the delivery names: sha256:",
    no_review: "encloses other papers than the delivery names: sha256:",
}


@pytest.mark.parametrize("change", SAYS, ids=lambda change: change.__name__)
def test_a_statement_that_is_not_the_whole_truth_is_refused_even_if_the_studio_signs_it(contents, signer, change):
    (fault,) = faults_with(contents, signed_again(contents, signer, change))
    assert fault.startswith(f"{ENVELOPE}: {SAYS[change]}")


@pytest.mark.parametrize("path", [("predicate",), ("subject",), ("_type",), ("predicate", "delivery", "takes")])
def test_a_statement_with_a_part_missing_is_damaged(contents, signer, path):
    def change(statement):
        for name in path[:-1]:
            statement = statement[name]
        del statement[path[-1]]

    assert faults_with(contents, signed_again(contents, signer, change)) == [f"{ENVELOPE}: is damaged"]


@pytest.mark.parametrize("name", SEALS)
@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b"null", b"\xff\xff", b"[" * 100_000, b"\n\n", b"+\n\n+\n", b"0"]
)
def test_nonsense_in_place_of_a_seal_is_a_fault_of_that_file(contents, name, content):
    faults = check_seals({**contents, name: content}).faults
    assert faults
    assert all(fault.startswith(f"{name}: ") for fault in faults)
