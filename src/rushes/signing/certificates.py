"""The studio's own authority for content credentials: a root, the certificate it signs with, what it has revoked.

The root's key is needed to renew and to revoke only: a studio may keep `root.key` elsewhere for the rest of the time.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp, mkstemp
from typing import IO, NamedTuple

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from rushes.domain.errors import AlreadyThere, BadMaterial, BadSignature, NotFound

ROOT_KEY, ROOT, SIGNER, REVOKED = "root.key", "root.pem", "signer.pem", "revoked.pem"
SECRET = (ROOT_KEY, SIGNER)
ROOT_LASTS, SIGNER_LASTS, RENEWED_BEFORE = timedelta(days=7305), timedelta(days=1826), timedelta(days=731)
LARGEST_FILE = 1 << 24
REASONS = {reason.value: reason for reason in x509.ReasonFlags if reason != x509.ReasonFlags.remove_from_crl}
SAFE_COPY = "Put its files back from the studio's safe copy."
Key = ec.EllipticCurvePrivateKey
Span = tuple[datetime, datetime]
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm, InvalidSignature, x509.InvalidVersion)


@dataclass(frozen=True)
class Authority:
    """A studio's authority, as those who sign credentials with it see it.

    Attributes:
        folder: that holds its files.
        name: of the studio: the organisation in its certificates.
        root: the certificate that others trust, PEM.
        certificate: the one that signs, PEM; its `serial` number, and when it `ends`.
    """

    folder: Path
    name: str
    root: bytes
    certificate: bytes
    serial: int
    ends: datetime
    _private: Key = field(repr=False, compare=False)

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of an ES256 signature: r and s one after the other, as COSE has them."""
        halves = decode_dss_signature(self._private.sign(content, ec.ECDSA(SHA256())))
        return b"".join(half.to_bytes(32, "big") for half in halves)


class Revocation(NamedTuple):
    """From when a certificate counts for nothing, and why, in a word of RFC 5280."""

    at: datetime
    reason: str


def make_authority(folder: Path, name: str, at: datetime) -> Authority:
    """Make a studio's authority; when this returns all of its files are on disk, and before that none is.

    Args:
        folder: for the authority alone; not there yet.
        name: of the studio, at most 40 letters.
        at: from when it holds.

    Raises:
        AlreadyThere: something lies in the folder; an authority is never written over.
        BadMaterial: no certificate can have this name.
    """
    if not name.isprintable() or not 0 < len(name.strip()) == len(name) <= 40:
        raise BadMaterial(f"an authority cannot be named {name!r}", remedy="Name the studio in 1 to 40 letters.")
    private = ec.generate_private_key(ec.SECP256R1())
    root = _certificate(_named(name, "root"), private.public_key(), private, valid=(at, at + ROOT_LASTS), root=None)
    files = {
        ROOT_KEY: _key_pem(private),
        ROOT: root.public_bytes(Encoding.PEM),
        SIGNER: _fresh_signer(root, private, at),
        REVOKED: _crl(root, private, [], at=at),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # mode 0700
    try:
        for file, content in files.items():
            _write(fresh / file, content)
        fresh.rename(folder)  # all files in one step, which fails where other files are
    except OSError as error:
        rmtree(fresh)
        if folder.exists():
            raise AlreadyThere(f"{folder} is there already", remedy="Open it, or name another.") from error
        raise
    with _handle(folder.parent) as handle:
        os.fsync(handle)
    return open_authority(folder)


def open_authority(folder: Path) -> Authority:
    """Open a studio's authority.

    Raises:
        NotFound: the root's certificate or the signer is not there.
        BadMaterial: others can read the private key, or the files do not belong together.
    """
    signer, private = _opened(folder, SIGNER, SIGNER)
    pem = signer.public_bytes(Encoding.PEM)
    return Authority(
        folder, _studio(signer), _read(folder / ROOT), pem, signer.serial_number, signer.not_valid_after_utc, private
    )


def renew(authority: Authority, at: datetime) -> Authority:
    """Return the authority with a fresh certificate, if the old one has less than two years left.

    Raises:
        NotFound: the root's key is not there.
    """
    with _handle(authority.folder) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # let go of where the handle closes
        current = open_authority(authority.folder)  # somebody else may have renewed it meanwhile
        if current.ends - at >= RENEWED_BEFORE:
            return current
        root, private = _opened(authority.folder, ROOT_KEY, ROOT)
        _write(authority.folder / SIGNER, _fresh_signer(root, private, at))  # key and certificate in one step
        return open_authority(authority.folder)


def revoke(authority: Authority, serial: int, at: datetime, *, reason: str) -> bytes:
    """Put a certificate on the authority's list of revoked ones, and return the new list (a CRL, PEM).

    Args:
        authority: that issued the certificate.
        serial: of the certificate; where it is on the list already, its first entry stands.
        at: when it was revoked.
        reason: in a word of RFC 5280, such as `keyCompromise` or `superseded`.

    Raises:
        NotFound: the root's key or the list is not there.
        BadMaterial: there is no such reason.
    """
    if reason not in REASONS:
        raise BadMaterial(f"a certificate cannot be revoked for {reason!r}", remedy=f"Say one of: {', '.join(REASONS)}")
    with _handle(authority.folder) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # let go of where the handle closes
        root, private = _opened(authority.folder, ROOT_KEY, ROOT)
        known = _read_crl(_read(authority.folder / REVOKED), authority.root)
        entries = list(known)
        if known.get_revoked_certificate_by_serial_number(serial) is None:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(_whole(at))
            entries.append(entry.add_extension(x509.CRLReason(REASONS[reason]), critical=False).build())
        crl = _crl(root, private, entries, at=at)
        _write(authority.folder / REVOKED, crl)
    return crl


def find_revocation(crl_pem: bytes, root_pem: bytes, serial: int) -> Revocation | None:
    """Return when and why a root revoked a certificate, or None; a list that it did not sign is a BadSignature."""
    entry = _read_crl(crl_pem, root_pem).get_revoked_certificate_by_serial_number(serial)
    if entry is None:
        return None
    reasons = [each.value.reason for each in entry.extensions if isinstance(each.value, x509.CRLReason)]
    return Revocation(entry.revocation_date_utc, reasons[0].value if reasons else "unspecified")


def revoked_at(crl_pem: bytes, root_pem: bytes, serial: int) -> datetime | None:
    """Return when a root revoked a certificate, or None; raises as `find_revocation` does."""
    found = find_revocation(crl_pem, root_pem, serial)
    return found and found.at


@contextmanager
def whole_file(path: Path, mode: int) -> Iterator[IO[bytes]]:
    """Open a file that gets its name when it is whole and on disk; if anything fails, what was there stays."""
    handle, fresh = mkstemp(prefix=f".{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fchmod(handle, mode)
            os.fsync(handle)
        Path(fresh).replace(path)
    finally:
        Path(fresh).unlink(missing_ok=True)
    with _handle(path.parent) as folder:
        os.fsync(folder)


def _fresh_signer(root: x509.Certificate, root_key: Key, at: datetime) -> bytes:
    """Return a new key and its certificate in one file: either both are replaced, or none."""
    private, subject = ec.generate_private_key(ec.SECP256R1()), _named(_studio(root), "credentials")
    valid = (at, min(at + SIGNER_LASTS, root.not_valid_after_utc))
    certificate = _certificate(subject, private.public_key(), root_key, valid=valid, root=root)
    return _key_pem(private) + certificate.public_bytes(Encoding.PEM)


def _certificate(
    subject: x509.Name, public: ec.EllipticCurvePublicKey, private: Key, *, valid: Span, root: x509.Certificate | None
) -> x509.Certificate:
    """Issue a certificate as C2PA wants it: a signer's by its root, or a root's by itself."""
    alone = root is None
    builder = (
        x509.CertificateBuilder(root.subject if root else subject, subject, public, x509.random_serial_number())
        .not_valid_before(_whole(valid[0]))
        .not_valid_after(_whole(valid[1]))
        .add_extension(x509.BasicConstraints(ca=alone, path_length=0 if alone else None), critical=True)
        .add_extension(x509.KeyUsage(not alone, False, False, False, False, alone, alone, False, False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key()), critical=False)
    )
    if not alone:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(private, SHA256())


def _crl(root: x509.Certificate, private: Key, revoked: list[x509.RevokedCertificate], *, at: datetime) -> bytes:
    # a list stands until there is a longer one: which one is the newest, the log says and not a date in it
    builder = x509.CertificateRevocationListBuilder(root.subject, _whole(at), root.not_valid_after_utc, [], revoked)
    builder = builder.add_extension(x509.CRLNumber(len(revoked)), critical=False)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key())
    return builder.add_extension(identifier, critical=False).sign(private, SHA256()).public_bytes(Encoding.PEM)


def _read_crl(crl_pem: bytes, root_pem: bytes) -> x509.CertificateRevocationList:
    remedy = "Ask the studio for its list, and for its root certificate."
    try:
        crl, root = x509.load_pem_x509_crl(crl_pem), x509.load_pem_x509_certificate(root_pem)
        public = root.public_key()
        signed = isinstance(public, ec.EllipticCurvePublicKey) and crl.is_signature_valid(public)
    except UNREADABLE as error:
        raise BadSignature("the list of revoked certificates cannot be read", [str(error)], remedy) from error
    if not signed or crl.issuer != root.subject:
        raise BadSignature("the list of revoked certificates is not what this root signed", remedy=remedy)
    return crl


def _opened(folder: Path, key: str, certificate: str) -> tuple[x509.Certificate, Key]:
    key_pem, pem, root_pem = (_read(folder / name) for name in (key, certificate, ROOT))
    try:
        private, opened = load_pem_private_key(key_pem, password=None), x509.load_pem_x509_certificate(pem)
        opened.verify_directly_issued_by(x509.load_pem_x509_certificate(root_pem))  # a root issues itself
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != opened.public_key():
            raise ValueError(f"{key} and {certificate} are not the two halves of one key")
    except UNREADABLE as error:
        why = str(error) or f"{ROOT} did not issue {certificate}"
        raise BadMaterial(f"{folder} holds no authority: {why}", remedy=SAFE_COPY) from error
    return opened, private


def _key_pem(private: Key) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _named(studio: str, ending: str) -> x509.Name:
    common = x509.NameAttribute(NameOID.COMMON_NAME, f"{studio} {ending}")
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, studio), common])


def _studio(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value)


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)  # certificates know no smaller time


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotFound("certificate", str(path), remedy=f"{error.strerror}. {SAFE_COPY}") from error
    with os.fdopen(handle, "rb") as file:
        # of what was opened, not of what may lie there by now
        if path.name in SECRET and os.fstat(handle).st_mode & 0o077:
            raise BadMaterial(f"{path} can be read by others", remedy=f"If nobody has: chmod 600 {path}")
        return file.read(LARGEST_FILE)


def _write(path: Path, content: bytes) -> None:
    with whole_file(path, 0o600 if path.name in SECRET else 0o644) as file:
        file.write(content)


@contextmanager
def _handle(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)
