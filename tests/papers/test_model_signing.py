"""A model folder under OpenSSF Model Signing 1.0: what we sign the reference checks, what it signs we check."""

import base64
import json
import os
from functools import cache
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_signing import signing, verifying

from rushes.domain.errors import BadMaterial, BadSignature, NotFound
from rushes.papers.model_signing import check_model_folder, sign_model_folder, verify_bundle

FILES = {
    "weights.safetensors": b"\x08\0\0\0\0\0\0\0{}      " * 50,
    "card.html": b"<p>a card</p>",
    "papers/mlbom.json": b"{}",
    "papers-of-others.json": b"[]",  # sorts before papers/ by name, and after it by folder
    "README.md": b"# harbour\n",
}


def pem_of(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture(scope="module")
def key():
    return generate_private_key(SECP256R1())


@pytest.fixture(scope="module")
def keys_on_disk(key, tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (folder / "key.pub").write_bytes(pem_of(key))
    return folder


@pytest.fixture
def model(tmp_path):
    folder = tmp_path / "harbour"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def signed(model, key):
    return sign_model_folder(model, sign=lambda content: key.sign(content, ECDSA(SHA256())), public_key=pem_of(key))


def check(model, bundle, key):
    return verify_bundle(model, bundle, pem_of(key))


def reference_checks(model, bundle, keys):
    path = model.parent / "model.sig"
    path.write_bytes(bundle)
    verifying.Config().use_elliptic_key_verifier(public_key=keys / "key.pub").verify(model, path)


@cache
def one_bundle(model, key):
    return signed(model, key)


def statement_of(bundle):
    return json.loads(base64.b64decode(json.loads(bundle)["dsseEnvelope"]["payload"]))


def again(bundle, key, change):
    """The bundle with its statement changed and signed anew, as only whoever has the key can."""
    record, statement = json.loads(bundle), statement_of(bundle)
    change(statement)
    payload = json.dumps(statement).encode()
    kind = record["dsseEnvelope"]["payloadType"]
    signature = key.sign(b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload), ECDSA(SHA256()))
    record["dsseEnvelope"]["payload"] = base64.b64encode(payload).decode()
    record["dsseEnvelope"]["signatures"] = [{"sig": base64.b64encode(signature).decode()}]
    return json.dumps(record).encode()


def test_what_was_signed_is_what_it_was(model, key):
    assert check(model, signed(model, key), key) == []


def test_the_reference_implementation_verifies_what_we_sign(model, key, keys_on_disk):
    bundle = signed(model, key)
    reference_checks(model, bundle, keys_on_disk)
    (model / "card.html").write_bytes(b"<p>another</p>")
    with pytest.raises(ValueError, match=r"card\.html"):
        reference_checks(model, bundle, keys_on_disk)


def test_we_verify_what_the_reference_implementation_signs(model, key, keys_on_disk, tmp_path):
    signing.Config().use_elliptic_key_signer(private_key=keys_on_disk / "key.pem").sign(model, tmp_path / "m.sig")
    bundle = (tmp_path / "m.sig").read_bytes()
    assert check(model, bundle, key) == []
    (model / "weights.safetensors").write_bytes(b"others")
    assert check(model, bundle, key) == ["weights.safetensors was changed"]


def test_one_file_is_a_model_too(model, key, keys_on_disk, tmp_path):
    weights = model / "weights.safetensors"
    bundle = signed(weights, key)
    assert check(weights, bundle, key) == []
    (tmp_path / "alone").mkdir()
    alone = tmp_path / "alone" / "weights.safetensors"
    alone.write_bytes(weights.read_bytes())
    reference_checks(alone.parent, bundle, keys_on_disk)  # as a folder: for a file it expects the name `.`
    signing.Config().use_elliptic_key_signer(private_key=keys_on_disk / "key.pem").sign(weights, tmp_path / "m.sig")
    theirs = (tmp_path / "m.sig").read_bytes()
    assert check(weights, theirs, key) == []
    weights.write_bytes(b"others")
    assert check(weights, theirs, key) == ["weights.safetensors was changed"]


def test_the_statement_is_as_the_specification_has_it(model, key):
    bundle = json.loads(signed(model, key))
    assert bundle["mediaType"] == "application/vnd.dev.sigstore.bundle.v0.3+json"
    assert bundle["verificationMaterial"]["publicKey"] == {"hint": sha256(pem_of(key)).hexdigest()}
    statement = statement_of(json.dumps(bundle))
    assert statement["predicateType"] == "https://model_signing/signature/v1.0"
    resources = statement["predicate"]["resources"]
    assert [resource["name"] for resource in resources] == sorted(FILES)  # section 5.2.1: by code points
    digests = [sha256(FILES[resource["name"]]).hexdigest() for resource in resources]
    assert [resource["digest"] for resource in resources] == digests
    root = sha256(bytes.fromhex("".join(digests))).hexdigest()  # section 6.5.1
    assert statement["subject"] == [{"name": "harbour", "digest": {"sha256": root}}]


def test_the_same_folder_is_signed_as_the_same_statement(model, key):
    assert statement_of(signed(model, key)) == statement_of(signed(model, key))


BREAKS = {
    "flip": (lambda m: (m / "weights.safetensors").write_bytes(b"\x09" + FILES["weights.safetensors"][1:]), "changed"),
    "extra": (lambda m: (m / "more.json").write_bytes(b"1"), "more.json is extra: nobody signed it"),
    "missing": (lambda m: (m / "card.html").unlink(), "card.html is missing"),
    "rename": (lambda m: (m / "card.html").rename(m / "cart.html"), "card.html was renamed to cart.html"),
    "symlink": (lambda m: (m / "link.json").symlink_to(m / "README.md"), "link.json is a symbolic link"),
    "linked folder": (lambda m: (m / "p2").symlink_to(m / "papers"), "p2 is a symbolic link"),
    "dotfile": (lambda m: (m / ".git").mkdir() or (m / ".git" / "x.json").write_bytes(b""), ".git/x.json is hidden"),
    "pipe": (lambda m: os.mkfifo(m / "pipe.json"), "pipe.json is no regular file"),
    "pickle": (lambda m: (m / "weights.pt").write_bytes(b""), "weights.pt is none of"),
    "odd name": (lambda m: (m / "a\nb.json").write_bytes(b""), "cannot be written down"),
}


@pytest.mark.parametrize("way", BREAKS)
def test_a_folder_that_is_not_as_it_was_signed_is_refused_by_name(model, key, way):
    bundle = signed(model, key)
    spoil, said = BREAKS[way]
    spoil(model)
    assert any(said in fault for fault in check(model, bundle, key))


@pytest.mark.parametrize("way", ["symlink", "linked folder", "dotfile", "pipe", "pickle", "odd name"])
def test_what_has_no_place_in_a_model_is_not_signed(model, key, way):
    spoil, said = BREAKS[way]
    spoil(model)
    with pytest.raises(BadMaterial) as refusal:
        signed(model, key)
    assert said in str(refusal.value)


def test_every_misfit_is_named_at_once(model):
    for way in ("symlink", "dotfile", "pickle"):
        BREAKS[way][0](model)
    with pytest.raises(BadMaterial) as refusal:
        check_model_folder(model)
    assert len(refusal.value.reasons) == 4  # the hidden folder, and what is in it


def test_an_empty_folder_is_no_model(tmp_path):
    (tmp_path / "m").mkdir()
    with pytest.raises(BadMaterial, match="there is no file in it"):
        check_model_folder(tmp_path / "m")


def test_a_folder_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        check_model_folder(tmp_path / "gone")


def test_a_folder_reached_through_a_link_is_not_signed(model, key):
    (model.parent / "other").symlink_to(model)
    with pytest.raises(BadMaterial, match="symbolic link"):
        signed(model.parent / "other", key)


def test_a_bundle_inside_the_folder_is_extra(model, key):
    bundle = signed(model, key)
    (model / "bundle.json").write_bytes(bundle)
    assert check(model, bundle, key) == ["bundle.json is extra: nobody signed it"]


def test_another_key_is_named(model, key):
    (fault,) = check(model, signed(model, key), generate_private_key(SECP256R1()))
    assert "not the expected" in fault


def test_a_signature_by_another_key_is_no_signature(model, key):
    other = generate_private_key(SECP256R1())
    with pytest.raises(BadSignature, match="not the other half"):
        sign_model_folder(model, sign=lambda content: other.sign(content, ECDSA(SHA256())), public_key=pem_of(key))
    stolen = json.loads(signed(model, other))  # and where it only claims to be by the expected key
    stolen["verificationMaterial"]["publicKey"]["hint"] = sha256(pem_of(key)).hexdigest()
    (fault,) = check(model, json.dumps(stolen).encode(), key)
    assert "is not what key" in fault


@pytest.mark.parametrize("public", [b"no key", pem_of(generate_private_key(SECP384R1()))])
def test_only_a_p256_key_will_do(model, key, public):
    with pytest.raises(BadMaterial):
        verify_bundle(model, signed(model, key), public)


def name_one_twice(statement):
    """One file with two digests, under a root digest that is right for both."""
    resources = statement["predicate"]["resources"]
    resources.insert(0, {**resources[0], "digest": "0" * 64})
    root = sha256(bytes.fromhex("".join(resource["digest"] for resource in resources))).hexdigest()
    statement["subject"][0]["digest"]["sha256"] = root


CONTRADICTIONS = {
    "root": lambda s: s["subject"][0]["digest"].update(sha256="0" * 64),
    "twice": name_one_twice,
    "algorithm": lambda s: s["predicate"]["resources"][0].update(algorithm="md5"),
    "links": lambda s: s["predicate"]["serialization"].update(allow_symlinks=True),
    "shards": lambda s: s["predicate"]["serialization"].update(method="shards"),
    "another type": lambda s: s.update(predicateType="https://slsa.dev/provenance/v1"),
    "nothing": lambda s: s.pop("predicate"),
}


@pytest.mark.parametrize("way", CONTRADICTIONS)
def test_a_signed_statement_that_contradicts_itself_is_refused(model, key, way):
    bundle = signed(model, key)
    assert check(model, again(bundle, key, lambda statement: None), key) == []
    (fault,) = check(model, again(bundle, key, CONTRADICTIONS[way]), key)
    assert fault.startswith("the bundle")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_no_changed_bundle_passes_for_more_than_was_signed(model, key, place, byte):
    """Whatever is changed in a bundle, it is refused, or still the same statement by the same key."""
    whole = one_bundle(model, key)
    changed = bytearray(whole)
    changed[place % len(changed)] = byte
    if not check(model, bytes(changed), key):
        assert statement_of(bytes(changed)) == statement_of(whole)
