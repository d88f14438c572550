"""A studio's authority is made once, signs for five years at a time, and takes back what it signed."""

import base64
import shutil
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rushes.domain.errors import AlreadyThere, BadMaterial, BadSignature, NotFound
from rushes.signing.certificates import (
    RENEWED_BEFORE,
    SIGNER_LASTS,
    find_revocation,
    make_authority,
    open_authority,
    renew,
    revoke,
    revoked_at,
    whole_file,
)

AT = datetime(2026, 11, 26, 12, 0, 0, 987654, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = AT.replace(microsecond=0)
FILES = ["revoked.pem", "root.key", "root.pem", "signer.pem"]


@pytest.fixture
def authority(tmp_path):
    return make_authority(tmp_path / "authority", "Northlight", AT)


@pytest.fixture
def stranger(tmp_path):
    return make_authority(tmp_path / "stranger", "Northlight", AT)


def certificates_of(authority):
    return x509.load_pem_x509_certificate(authority.root), x509.load_pem_x509_certificate(authority.certificate)


def listed(authority):
    return (authority.folder / "revoked.pem").read_bytes()


def test_what_an_authority_signs_holds_for_its_certificate_as_r_and_s_of_32_bytes(authority):
    public = certificates_of(authority)[1].public_key()
    # in so many, halves that start with a zero byte are sure to come: they are as long as any other
    assert {len(authority.sign(b"a claim")) for _ in range(1500)} == {64}
    signature = authority.sign(b"a claim")
    halves = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    public.verify(halves, b"a claim", ECDSA(SHA256()))
    with pytest.raises(InvalidSignature):
        public.verify(halves, b"another claim", ECDSA(SHA256()))


def test_only_its_owner_reads_the_keys_and_nothing_else_is_left_lying(authority):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in authority.folder.iterdir()}
    assert modes == {"revoked.pem": 0o644, "root.key": 0o600, "root.pem": 0o644, "signer.pem": 0o600}
    assert stat.S_IMODE(authority.folder.stat().st_mode) == 0o700
    assert [path.name for path in authority.folder.parent.iterdir()] == ["authority"]


def test_the_root_signs_certificates_and_lists_for_twenty_years_and_no_further_roots(authority):
    root, _ = certificates_of(authority)
    extensions = root.extensions
    assert extensions.get_extension_for_class(x509.BasicConstraints).value == x509.BasicConstraints(True, 0)
    uses = extensions.get_extension_for_class(x509.KeyUsage)
    assert uses.critical
    assert (uses.value.key_cert_sign, uses.value.crl_sign, uses.value.digital_signature) == (True, True, False)
    assert root.not_valid_before_utc == SECOND
    assert root.not_valid_after_utc.date() == SECOND.date().replace(year=2046)
    root.verify_directly_issued_by(root)


def test_the_signer_has_what_c2pa_asks_of_a_certificate(authority):
    root, signer = certificates_of(authority)
    signer.verify_directly_issued_by(root)
    extensions = signer.extensions
    uses = extensions.get_extension_for_class(x509.KeyUsage)
    assert (uses.critical, uses.value.digital_signature, uses.value.key_cert_sign) == (True, True, False)
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    above = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert above == root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest != above
    assert signer.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Northlight"
    assert isinstance(signer.public_key().curve, SECP256R1)
    assert (signer.not_valid_before_utc, signer.not_valid_after_utc) == (SECOND, SECOND + SIGNER_LASTS)
    assert (authority.serial, authority.ends) == (signer.serial_number, signer.not_valid_after_utc)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed: nobody else to ask")
def test_openssl_finds_the_signer_good_and_once_it_is_revoked_no_more(authority):
    def verdict():
        at = str(int((AT + timedelta(days=1)).timestamp()))
        files = ["-CAfile", authority.folder / "root.pem", "-CRLfile", authority.folder / "revoked.pem"]
        command = ["openssl", "verify", "-x509_strict", "-crl_check", "-attime", at, *files]
        ended = subprocess.run([*command, authority.folder / "signer.pem"], capture_output=True, check=False)
        return ended.stdout + ended.stderr

    assert b"signer.pem: OK" in verdict()
    revoke(authority, authority.serial, AT, reason="keyCompromise")
    assert b"certificate revoked" in verdict()


def test_nothing_shows_the_private_key(authority):
    private = load_pem_private_key((authority.folder / "signer.pem").read_bytes(), password=None)
    assert "Private" not in repr(authority)
    assert str(private.private_numbers().private_value) not in repr(authority)


def test_an_authority_is_never_written_over(authority):
    before = {name: (authority.folder / name).read_bytes() for name in FILES}
    with pytest.raises(AlreadyThere, match="authority is there already"):
        make_authority(authority.folder, "Northlight", AT)
    assert {name: (authority.folder / name).read_bytes() for name in FILES} == before
    assert [path.name for path in authority.folder.parent.iterdir()] == ["authority"]


@pytest.mark.parametrize("name", ["", " ", " Northlight", "North\nlight", "N" * 41])
def test_a_name_that_no_certificate_can_have_is_refused(tmp_path, name):
    with pytest.raises(BadMaterial, match="cannot be named"):
        make_authority(tmp_path / "authority", name, AT)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610])
def test_a_private_key_that_others_could_read_is_refused(authority, mode):
    (authority.folder / "root.key").chmod(mode)
    with pytest.raises(BadMaterial, match=r"root\.key can be read by others"):
        revoke(authority, 1, AT, reason="superseded")
    (authority.folder / "signer.pem").chmod(mode)
    with pytest.raises(BadMaterial, match=r"signer\.pem can be read by others") as refusal:
        open_authority(authority.folder)
    assert "chmod 600" in refusal.value.remedy


@pytest.mark.parametrize("name", ["root.pem", "signer.pem"])
def test_files_of_two_authorities_do_not_make_one(authority, stranger, name):
    (authority.folder / name).write_bytes((stranger.folder / name).read_bytes())
    with pytest.raises(BadMaterial, match="holds no authority"):
        open_authority(authority.folder)


def test_a_signer_needs_the_key_of_its_own_certificate(authority, stranger):
    own, other = ((each.folder / "signer.pem").read_bytes() for each in (authority, stranger))
    cut = b"-----BEGIN CERTIFICATE"
    (authority.folder / "signer.pem").write_bytes(other.split(cut)[0] + cut + own.split(cut)[1])
    with pytest.raises(BadMaterial, match="not the two halves of one key"):
        open_authority(authority.folder)


@pytest.mark.parametrize("content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_damaged_file_is_no_authority(authority, content):
    (authority.folder / "signer.pem").write_bytes(content)
    with pytest.raises(BadMaterial, match="holds no authority"):
        open_authority(authority.folder)


def test_a_missing_file_is_named(authority):
    (authority.folder / "signer.pem").unlink()
    with pytest.raises(NotFound, match=r"signer\.pem"):
        open_authority(authority.folder)


def test_a_certificate_with_two_years_left_is_kept(authority):
    assert renew(authority, authority.ends - RENEWED_BEFORE) == authority == open_authority(authority.folder)


def test_a_certificate_with_less_is_followed_by_another_of_the_same_root(authority):
    late = authority.ends - RENEWED_BEFORE + DAY
    fresh = renew(authority, late)
    assert fresh == open_authority(authority.folder)
    assert fresh.serial != authority.serial
    assert (fresh.root, fresh.ends) == (authority.root, late.replace(microsecond=0) + SIGNER_LASTS)
    assert fresh.sign(b"x") != authority.sign(b"x")
    assert renew(authority, late) == fresh  # of two who renew, the second finds it done
    assert sorted(path.name for path in authority.folder.iterdir()) == FILES


def test_of_many_who_renew_at_once_one_does(authority):
    late = authority.ends - RENEWED_BEFORE + DAY
    with ThreadPoolExecutor(4) as pool:
        assert len({fresh.serial for fresh in pool.map(lambda _: renew(authority, late), range(8))}) == 1


def test_no_certificate_outlives_its_root(authority):
    end = certificates_of(authority)[0].not_valid_after_utc
    assert renew(authority, end - timedelta(days=5)).ends == end


def test_an_authority_signs_without_its_roots_key_and_renews_only_with_it(authority):
    (authority.folder / "root.key").rename(authority.folder.parent / "in the safe")
    assert open_authority(authority.folder) == authority
    with pytest.raises(NotFound, match=r"root\.key"):
        renew(authority, authority.ends)
    assert open_authority(authority.folder) == authority


def test_a_certificate_counts_until_it_is_revoked(authority):
    assert revoked_at(listed(authority), authority.root, authority.serial) is None
    late = AT + timedelta(days=3)
    crl = revoke(authority, authority.serial, late, reason="keyCompromise")
    assert crl == listed(authority)
    assert revoked_at(crl, authority.root, authority.serial) == late.replace(microsecond=0)
    assert find_revocation(crl, authority.root, authority.serial).reason == "keyCompromise"
    assert revoked_at(crl, authority.root, authority.serial + 1) is None


def test_the_first_entry_of_a_certificate_stands_and_the_list_only_grows(authority):
    revoke(authority, 7, AT, reason="keyCompromise")
    revoke(authority, 8, AT, reason="superseded")
    crl = revoke(authority, 7, AT + timedelta(days=9), reason="superseded")
    assert find_revocation(crl, authority.root, 7) == (SECOND, "keyCompromise")
    assert find_revocation(crl, authority.root, 8) == (SECOND, "superseded")
    number = x509.load_pem_x509_crl(crl).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    assert number == 2


def test_of_many_who_revoke_at_once_no_entry_is_lost(authority):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda serial: revoke(authority, serial, AT, reason="unspecified"), range(1, 17)))
    assert all(revoked_at(listed(authority), authority.root, serial) for serial in range(1, 17))


def test_a_reason_that_is_none_is_refused_with_those_that_are(authority):
    with pytest.raises(BadMaterial, match="cannot be revoked for 'because'") as refusal:
        revoke(authority, 7, AT, reason="because")
    assert "keyCompromise" in refusal.value.remedy


def test_a_list_that_another_root_signed_says_nothing(authority, stranger):
    with pytest.raises(BadSignature, match="not what this root signed"):
        revoked_at(listed(stranger), authority.root, authority.serial)


def test_a_list_with_one_changed_byte_says_nothing(authority):
    crl = revoke(authority, authority.serial, AT, reason="keyCompromise")
    der = x509.load_pem_x509_crl(crl).tbs_certlist_bytes
    held = bytearray(x509.load_pem_x509_crl(crl).public_bytes(serialization.Encoding.DER))
    at = held.find(der) + len(der) // 2
    held[at] ^= 1
    damaged = b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(held) + b"-----END X509 CRL-----\n"
    for content in (damaged, crl[:-50], b""):
        with pytest.raises(BadSignature, match="revoked certificates"):
            revoked_at(content, authority.root, authority.serial)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    path = tmp_path / "signer.pem"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="disk"), whole_file(path, 0o600) as file:
        file.write(b"half of the n")
        raise OSError("the disk is full")
    assert path.read_bytes() == b"old"
    with whole_file(path, 0o600) as file:
        file.write(b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)
    assert [each.name for each in tmp_path.iterdir()] == ["signer.pem"]
