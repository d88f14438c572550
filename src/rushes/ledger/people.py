"""Who is behind a pseudonym: sealed under one key for each, so that erasing the key erases the person from the log.

The log keeps what was sealed, for ever; without its key that is noise. AES-256-GCM, with the pseudonym as associated
data, so that nobody can pass one person's seal for another's.
"""

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from pathlib import Path
from secrets import token_bytes
from uuid import uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rushes.domain.errors import Damaged
from rushes.domain.names import check_name
from rushes.ledger.atomic import make_folder, sync_folder

KEY_BYTES, NONCE_BYTES = 32, 12


class People:
    """The keys of those whose names are sealed, one file each.

    Attributes:
        folder: for the keys alone; only its owner may look into it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def seal(self, show: str, name: str, words: Mapping[str, str]) -> str:
        """Seal what is known of somebody.

        Args:
            show: of which show.
            name: their pseudonym.
            words: such as `title` and `contact`.

        Returns:
            Nonce and cipher text, base64.
        """
        nonce, plain = token_bytes(NONCE_BYTES), json.dumps(dict(words), ensure_ascii=False, sort_keys=True).encode()
        sealed = AESGCM(self._key_made(show, name)).encrypt(nonce, plain, _bound(show, name))
        return b64encode(nonce + sealed).decode()

    def open(self, show: str, name: str, sealed: str) -> dict[str, str]:
        """Return what was sealed; empty where somebody was erased, or their key is not on this machine.

        Raises:
            Damaged: it was sealed for somebody else, or changed.
        """
        place = self._place(show, name)
        if not sealed or not place.is_file():
            return {}
        content = b64decode(sealed)
        try:
            plain = AESGCM(place.read_bytes()).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], _bound(show, name))
        except (InvalidTag, ValueError) as error:
            why = f"it does not open what is sealed for {name}"
            raise Damaged(str(place), why, remedy="Bring back the key from a backup.") from error
        words: dict[str, str] = json.loads(plain)
        return words

    def erase(self, show: str, name: str) -> bool:
        """Destroy somebody's key; when this returns it is gone from the disk.

        Returns:
            Whether there was one.
        """
        place = self._place(show, name)
        if not place.is_file():
            return False
        with place.open("r+b") as file:  # file systems that copy on write keep the old block: a full disk is encrypted
            file.write(bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        place.unlink()
        sync_folder(self.folder)
        return True

    def _key_made(self, show: str, name: str) -> bytes:
        place = self._place(show, name)
        if not place.is_file():
            make_folder(self.folder, remedy="Name a folder of your own in RUSHES_HOME.")
            self.folder.chmod(0o700)
            fresh = self.folder / f".{uuid4().hex}.part"
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(token_bytes(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(place)
            sync_folder(self.folder)
        return place.read_bytes()

    def _place(self, show: str, name: str) -> Path:
        check_name("person", name)
        check_name("show", show)
        return self.folder / f"{show}+{name}.key"


def _bound(show: str, name: str) -> bytes:
    return f"{show}\0{name}".encode()
