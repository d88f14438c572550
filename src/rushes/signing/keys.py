"""The studio's Ed25519 key: made once, in a folder of its own, and opened only where nobody else can read it."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound
from rushes.signing.spelling import Fault
from rushes.signing.transparency import Key, can_sign_notes, key_id, read_key, write_key

PRIVATE, PUBLIC = "studio.key", "studio.pub"
LARGEST_KEY_FILE = 1 << 16


@dataclass(frozen=True)
class Signer:
    """A studio's key, as those who sign with it see it.

    Attributes:
        name: that the key signs by, such as `northlight.example/rushes`: without spaces or plus.
        public_key: 32 bytes.
    """

    name: str
    public_key: bytes
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    @property
    def key_id(self) -> str:
        """What people compare to know the key again: SHA-256 of the public key, 64 hex digits."""
        return key_id(self.public_key)

    @property
    def verifier_key(self) -> str:
        """Name and public key on one line, as C2SP signed-note spells them: what a studio publishes."""
        return write_key(Key(self.name, self.public_key)).decode().rstrip("\n")

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature."""
        return self._private.sign(content)


def make_key(folder: Path, name: str) -> Signer:
    """Make a studio's key; when this returns both of its files are on disk, and before that neither is.

    Args:
        folder: for the key alone; not there yet.
        name: that the key signs by, such as `northlight.example/rushes`.

    Raises:
        AlreadyThere: something lies in the folder; a key is never written over.
        BadMaterial: no key can have this name.
    """
    if not can_sign_notes(name):
        raise BadMaterial(f"a key cannot be named {name!r}", remedy="Leave out spaces, plus and control characters.")
    private = Ed25519PrivateKey.generate()
    signer = Signer(name, private.public_key().public_bytes_raw(), private)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # mode 0700
    try:
        _write(fresh / PRIVATE, pem, mode=0o600)
        _write(fresh / PUBLIC, f"{signer.verifier_key}\n".encode(), mode=0o644)
        _sync(fresh)
        fresh.rename(folder)  # both files in one step, which fails where other files are
    except OSError as error:
        rmtree(fresh)
        if folder.exists():
            raise AlreadyThere(f"{folder} is there already", remedy="Open the key in it, or name another.") from error
        raise
    _sync(folder.parent)
    return signer


def open_key(folder: Path) -> Signer:
    """Open a studio's key.

    Raises:
        NotFound: one of its two files is not there.
        BadMaterial: others can read the private key, or the two files do not belong together.
    """
    content = {name: _read(folder / name) for name in (PRIVATE, PUBLIC)}
    remedy = "Put both files back from the studio's safe copy."
    try:
        key = read_key(content[PUBLIC])
        private = load_pem_private_key(content[PRIVATE], password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm, Fault) as error:
        raise BadMaterial(f"{folder} holds no key: {error}", remedy=remedy) from error
    if not isinstance(private, Ed25519PrivateKey) or private.public_key().public_bytes_raw() != key.public:
        raise BadMaterial(f"{PRIVATE} and {PUBLIC} in {folder} are not the two halves of one key", remedy=remedy)
    return Signer(key.name, key.public, private)


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise NotFound("key", str(path), remedy=f"{error.strerror}. A studio makes its key once.") from error
    with os.fdopen(handle, "rb") as file:
        # of what was opened, not of what may lie there by now
        if path.name == PRIVATE and os.fstat(handle).st_mode & 0o077:
            raise BadMaterial(f"{path} can be read by others", remedy=f"If nobody has: chmod 600 {path}")
        return file.read(LARGEST_KEY_FILE)


def _write(path: Path, content: bytes, *, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
