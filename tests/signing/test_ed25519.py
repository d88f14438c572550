"""The plain Python verifier takes what RFC 8032 takes and OpenSSL takes, and nothing that has a second spelling."""

from hashlib import sha512

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.signing.ed25519 import BASE, FIELD, ORDER, D, _point, _spelt, _times, signature_holds

# RFC 8032, 7.1: public key, message, signature
RFC_8032 = {
    "TEST 1": (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    "TEST 2": (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    "TEST 3": (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    "TEST SHA(abc)": (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
}


def vector(name):
    return tuple(map(bytes.fromhex, RFC_8032[name]))


@pytest.mark.parametrize("name", RFC_8032)
def test_the_vectors_of_the_standard_hold(name):
    assert signature_holds(*vector(name))


@pytest.mark.parametrize("name", RFC_8032)
def test_a_flipped_bit_anywhere_breaks_a_vector(name):
    key, message, signature = vector(name)
    for position in range(0, 512, 37):
        broken = bytearray(signature)
        broken[position // 8] ^= 1 << position % 8
        assert not signature_holds(key, message, bytes(broken))
    assert not signature_holds(key, message + b"\0", signature)


def openssl_holds(key, message, signature):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@settings(max_examples=30, deadline=None)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=300), flip=st.integers(0, 767) | st.none())
def test_it_agrees_with_openssl(seed, message, flip):
    private = Ed25519PrivateKey.from_private_bytes(seed)
    both = bytearray(private.public_key().public_bytes_raw() + private.sign(message))
    if flip is not None:
        both[flip // 8] ^= 1 << flip % 8
    key, signature = bytes(both[:32]), bytes(both[32:])
    assert signature_holds(key, message, signature) == openssl_holds(key, message, signature) == (flip is None)


def test_a_second_spelling_of_the_same_signature_is_refused():
    key, message, signature = vector("TEST 2")
    s = int.from_bytes(signature[32:], "little")
    assert not signature_holds(key, message, signature[:32] + (s + ORDER).to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 32, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(length):
    key, message, signature = vector("TEST 2")
    assert not signature_holds(key, message, (signature * 2)[:length])


def signed_under(spelt_key, scalar, message):
    """Sign for a key in whatever spelling, as its owner can: the hash is taken over that spelling."""
    r = _spelt(BASE)  # a nonce of one: nobody needs this secret
    k = int.from_bytes(sha512(r + spelt_key + message).digest(), "little") % ORDER
    return r + ((1 + k * scalar) % ORDER).to_bytes(32, "little")


def test_a_key_in_a_second_spelling_is_refused_even_where_its_owner_signs_for_that():
    scalar = next(n for n in range(2, 2000) if _spelt(_times(n, BASE))[31] == 0)
    key = _spelt(_times(scalar, BASE))
    assert signature_holds(key, b"m", signed_under(key, scalar, b"m"))
    for spelt in (key[:31], key + b"\0", key + bytes(32)):
        assert not signature_holds(spelt, b"m", signed_under(spelt, scalar, b"m"))
    assert not signature_holds(b"", b"m", signed_under(b"", scalar, b"m"))


# the eight points of small order, then second spellings of some; for each of them anybody can sign anything
WEAK = {
    "neutral": 1,
    "order 2": FIELD - 1,
    "order 4": 0,
    "order 4, minus": 1 << 255,
    "order 8": 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826,
    "order 8, minus": 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826 + (1 << 255),
    "order 8, other": 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7,
    "order 8, other, minus": 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7 + (1 << 255),
    "neutral, with a sign": 1 + (1 << 255),
    "neutral, unreduced": FIELD + 1,
    "order 4, unreduced": FIELD,
}


@pytest.mark.parametrize("name", WEAK)
def test_with_a_weak_key_nothing_holds(name):
    key = WEAK[name].to_bytes(32, "little")
    neutral, nothing = (1).to_bytes(32, "little"), bytes(32)
    for message in range(16):  # for one in eight of these at least, the bare equation holds
        assert not signature_holds(key, b"%d" % message, neutral + nothing)


def is_on_the_curve(y):
    """Say by Euler's criterion whether x * x = (y * y - 1) / (d * y * y + 1) has a solution."""
    square = (y * y - 1) * pow(D * y * y + 1, FIELD - 2, FIELD)
    return pow(square, (FIELD - 1) // 2, FIELD) in (0, 1)


def test_a_number_beyond_the_field_or_off_the_curve_spells_no_point():
    read = {y for y in (*range(19), *range(FIELD, FIELD + 19)) if _point(y.to_bytes(32, "little"))}
    assert read == {y for y in range(19) if is_on_the_curve(y)}
    assert [_point((y + (1 << 255)).to_bytes(32, "little")) for y in (1, FIELD - 1)] == [None, None]
