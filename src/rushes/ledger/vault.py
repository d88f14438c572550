"""The vault: files by the SHA-256 of what is in them, read-only, whole or not there at all."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from hashlib import file_digest
from io import FileIO
from pathlib import Path
from shutil import copyfileobj
from uuid import uuid4

from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.domain.parts import AssetFile, Digest
from rushes.domain.records import digest_of_bytes
from rushes.ledger.atomic import copy_of, regular_file, settle, sync_folder
from rushes.ledger.far import FarFolder, open_far_folder

STALE_SECONDS = 3600
"""A temporary file into which nothing was written for so long was left by a process that was killed."""

DIGEST = re.compile(r"sha256:(?P<digits>[0-9a-f]{64})")

SUFFIX = re.compile(r"\.[a-z0-9]{1,10}$")
"""What decoders go by; anything stranger is left away."""

UNFIT_NAME = re.compile(r"[/\\\x00-\x1f\x7f-\x9f\ud800-\udfff]|^\.{0,2}$")
"""Folders, control characters, nothing, `.` and `..`: under these a file would come out somewhere else."""


class Vault:
    """Files by digest. Open it with `open_vault`; threads and processes may share one folder.

    Attributes:
        root: the folder on this machine.
    """

    def __init__(self, root: Path, far: FarFolder | None = None) -> None:
        self.root = root
        self._far = far
        self._checked: dict[Path, tuple[int, ...]] = {}

    def put(self, path: Path, name: str | None = None) -> AssetFile:
        """Copy a file into the vault. Never a link to it: its owner may go on editing it.

        Args:
            path: a regular file; links, folders, pipes and devices are refused.
            name: what to call it, if not by its own name.

        Returns:
            Its name, digest and size; the copy is on disk then.

        Raises:
            NotFound: if there is no such file.
            BadMaterial: if it is no regular file, or the name cannot be used.
            Damaged: if somebody wrote to it meanwhile.
        """
        with regular_file(path) as source:
            return self._keep(name or path.name, lambda into: copy_of(source, into, name=str(path)))

    def put_bytes(self, content: bytes, name: str) -> AssetFile:
        """Put some bytes into the vault as a file."""

        def write(into: FileIO) -> Digest:
            rest = memoryview(content)
            while rest:
                rest = rest[into.write(rest) :]
            return digest_of_bytes(content)

        return self._keep(name, write)

    def path(self, file: AssetFile) -> Path:
        """Return where a file lies on this machine, its digest checked. Read it, and nothing else.

        The digest is taken again only when the file on disk is no longer the one that was checked.

        Raises:
            NotFound: if the vault does not have it.
            Damaged: if it is not what was put in.
        """
        place = self._place(file)
        if self._far and not place.exists():
            self._bring_near(file, self._far)
        try:
            state = place.lstat()
        except FileNotFoundError as error:
            raise NotFound("file in the vault", f"{file.name} ({file.digest})", remedy="Put it in again.") from error
        seen = (state.st_size, state.st_mtime_ns, state.st_ino)
        if self._checked.get(place) != seen:
            if state.st_size != file.bytes or _digest_at(place) != file.digest:
                raise Damaged(str(place), f"it is not what was put in as {file.name!r}", remedy="Put it in again.")
            self._checked[place] = seen
        return place

    def has(self, file: AssetFile) -> bool:
        """Say whether the vault has a file of this digest and size, without reading it."""
        place = self._place(file)
        near = place.is_file() and place.stat().st_size == file.bytes
        return near or (self._far is not None and self._far.has(self._key(file), file.bytes))

    def damaged(self) -> list[Path]:
        """Read everything on this machine again, and return what is not what its name says."""
        return sorted(place for place in self.root.glob("objects/*/*") if not _is_what_it_says(place))

    def _keep(self, name: str, write: Callable[[FileIO], Digest], expected: Digest | None = None) -> AssetFile:
        if UNFIT_NAME.search(name):
            raise BadMaterial(f"{name!a} cannot be the name of a file in the vault", [], "Name it without folders.")
        temporary = self.root / "tmp" / uuid4().hex
        try:
            with FileIO(temporary, "x+") as into:
                digest = write(into)
                if expected not in (None, digest):
                    raise Damaged(name, "it is not what was put in", remedy="Put it in again.")
                file = AssetFile(name, digest, os.fstat(into.fileno()).st_size)
                settle(into, self._place(file))
        except OSError as error:
            remedy = "Nothing was put in. See to the disk and try again."
            raise RushesError(f"{name} cannot be put into the vault", [str(error)], remedy) from error
        finally:
            temporary.unlink(missing_ok=True)
        if self._far and not expected and not self._far.has(self._key(file), file.bytes):
            self._far.upload(self._place(file), self._key(file))
        return file

    def _bring_near(self, file: AssetFile, far: FarFolder) -> None:
        def write(into: FileIO) -> Digest:
            copyfileobj(content, into)
            into.seek(0)
            return f"sha256:{file_digest(into, 'sha256').hexdigest()}"

        with suppress(FileNotFoundError), far.reading(self._key(file)) as content:
            self._keep(file.name, write, expected=file.digest)

    def _key(self, file: AssetFile) -> str:
        digits = DIGEST.fullmatch(file.digest)
        if digits is None:
            raise BadMaterial(f"{file.digest!r} is no digest", [f"of {file.name}"])
        suffix = SUFFIX.search(file.name.lower())
        return f"objects/{digits['digits'][:2]}/{digits['digits']}{suffix[0] if suffix else ''}"

    def _place(self, file: AssetFile) -> Path:
        return self.root / self._key(file)


def open_vault(root: str | Path, *, near: Path | None = None) -> Vault:
    """Open a vault, making it if it is not there yet.

    Args:
        root: a folder on this machine, or the fsspec URL of one elsewhere, such as `s3://bucket/show`.
        near: for a URL, the folder on this machine where files are kept for decoders to read.
    """
    far = None
    if "://" in str(root):
        if near is None:
            raise RushesError(f"{root} is not on this machine", [], "Name a folder here for the files in use.")
        root, far = near, open_far_folder(str(root))
    folder = Path(root).resolve()
    # all of them now, so that no put has to wait until a new folder's name is on disk
    for place in [folder / "tmp", *(folder / "objects" / f"{first:02x}" for first in range(256))]:
        place.mkdir(parents=True, exist_ok=True)
    for place in (folder / "objects", folder, folder.parent):
        sync_folder(place)
    _clear_stale(folder / "tmp")
    return Vault(folder, far)


def _clear_stale(folder: Path) -> None:
    # by the clock of the disk: that of a file server may be another
    probe = folder / uuid4().hex
    probe.touch()
    now = probe.stat().st_mtime
    probe.unlink()
    for left in folder.iterdir():
        # another process may clear it at the same time, or finish it
        with suppress(FileNotFoundError):
            if now - left.stat().st_mtime > STALE_SECONDS:
                left.unlink()


def _is_what_it_says(place: Path) -> bool:
    return place.is_file() and not place.is_symlink() and _digest_at(place) == f"sha256:{place.name[:64]}"


def _digest_at(place: Path) -> Digest:
    try:
        with regular_file(place) as content:
            return f"sha256:{file_digest(content, 'sha256').hexdigest()}"
    except OSError as error:
        raise Damaged(str(place), str(error), remedy="See to the disk, and put it in again.") from error
