"""One more signature inside content credentials: over every byte of the file that they lie in.

C2PA leaves some unsigned: the padding of its signature (10 kB), labels and sizes of its boxes, heads of containers, the
`ftyp` of a movie and any `free` box behind it. Something could be slipped in there, or carried out. The seal lies among
the headers that a COSE signature leaves open, and takes the place of padding.
"""

from hashlib import sha256
from io import SEEK_END
from typing import IO
from zlib import crc32

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from rushes.signing.certificates import UNREADABLE, Authority
from rushes.signing.seals import pae
from rushes.signing.spelling import Fault

SEAL_TYPE = "application/vnd.rushes.file-seal"
SIGNATURE_BOX = b"c2pa.signature\0"
CERTIFICATE = b"\xa2\x01\x26\x18\x21\x59"  # protected header of COSE: ES256, one certificate, its length in two bytes
PADDING, SEAL = b"\xa1\x63pad\x59", b"\xa2\x6forg.rushes.seal\x58\x40"
PNG, PNG_CHUNK = b"\x89PNG\r\n\x1a\n", 37  # where its chunk with credentials says what it is
PIECE, LARGEST_BOX, LARGEST_CERTIFICATE, LARGEST_CHUNK = 1 << 20, 1 << 17, 1 << 14, 1 << 28


def seal_file(file: IO[bytes], authority: Authority) -> None:
    """Put a seal into fresh credentials; it takes the place of padding, and no other byte moves.

    Args:
        file: open for reading and writing, with the credentials in it.
        authority: that signed them.

    Raises:
        Fault: it has no padding to give.
    """
    box = max(_last(file, SIGNATURE_BOX), 0)  # older credentials may lie before
    content = _part(file, box, LARGEST_BOX)
    start = content.find(PADDING)
    zeros = start + len(PADDING) + 2
    rest = int.from_bytes(content[zeros - 2 : zeros], "big") - len(SEAL) - 63
    sealed = SEAL + bytes(64) + PADDING[1:] + max(rest, 0).to_bytes(2, "big")
    if start < 0 or rest < 0 or any(content[zeros : start + len(sealed)]):
        raise Fault("has no room for a seal in its credentials")
    _put(file, box + start, sealed)
    at = box + start + len(SEAL)
    _put(file, at, authority.sign(_covered(file, at)))
    if _part(file, 0, 8) == PNG:
        _put(file, *_checksum(file))


def check_seal(file: IO[bytes], root: bytes, serial: int) -> None:
    """Refuse a file if any byte is another than when it was sealed.

    Args:
        file: open for reading, with credentials in it.
        root: the certificate that is trusted, PEM.
        serial: of the certificate that signed the credentials; it must have sealed the file too.

    Raises:
        Fault: saying why.
    """
    head = max(_last(file, SEAL), 0)
    before = _part(file, max(head - LARGEST_CERTIFICATE, 0), min(head, LARGEST_CERTIFICATE))
    at, der = head + len(SEAL), before[before.rfind(CERTIFICATE) + len(CERTIFICATE) + 2 :]
    seal = _part(file, at, 64)
    try:
        signer = x509.load_der_x509_certificate(der)
        signer.verify_directly_issued_by(x509.load_pem_x509_certificate(root))
        public = signer.public_key()
        if not isinstance(public, EllipticCurvePublicKey) or signer.serial_number != serial:
            raise Fault("is sealed by another certificate than its credentials name")
        halves = encode_dss_signature(int.from_bytes(seal[:32], "big"), int.from_bytes(seal[32:], "big"))
        public.verify(halves, _covered(file, at), ECDSA(SHA256()))
    except UNREADABLE as error:
        raise Fault("has other bytes than when it was sealed, or was never sealed") from error
    if _part(file, 0, 8) == PNG:
        end, checksum = _checksum(file)
        if _part(file, end, 4) != checksum:
            raise Fault("has a chunk whose checksum is wrong")


def _covered(file: IO[bytes], at: int) -> bytes:
    """Return what a seal signs: the digest of the file without the seal, and in a PNG without the checksum over it."""
    blank = [(at, 64)]
    if _part(file, 0, 8) == PNG:
        blank.append((_checksum(file)[0], 4))
    digest, done = sha256(), 0
    for start, size in [*blank, (file.seek(0, SEEK_END), 0)]:
        file.seek(done)
        while piece := file.read(min(PIECE, max(start - file.tell(), 0))):
            digest.update(piece)
        digest.update(bytes(size))
        done = start + size
    return pae(SEAL_TYPE, digest.digest())


def _checksum(file: IO[bytes]) -> tuple[int, bytes]:
    """Return where a PNG has the checksum of its chunk with credentials, and what it should be."""
    size = int.from_bytes(_part(file, PNG_CHUNK - 4, 4), "big")
    chunk = _part(file, PNG_CHUNK, min(size, LARGEST_CHUNK) + 4)
    if chunk[:4] != b"caBX" or len(chunk) != size + 4:
        raise Fault("has its credentials elsewhere than they were written")
    return PNG_CHUNK + len(chunk), crc32(chunk).to_bytes(4, "big")


def _last(file: IO[bytes], sought: bytes) -> int:
    """Return where some bytes come last, or -1; a movie is larger than the memory that it may take."""
    file.seek(0)
    found, read, tail = -1, 0, b""
    while piece := file.read(PIECE):
        window = tail + piece
        at = window.rfind(sought)
        found = read - len(tail) + at if at >= 0 else found
        read, tail = read + len(piece), window[1 - len(sought) :]
    return found


def _part(file: IO[bytes], at: int, size: int) -> bytes:
    file.seek(at)
    return file.read(size)


def _put(file: IO[bytes], at: int, content: bytes) -> None:
    file.seek(at)
    file.write(content)
