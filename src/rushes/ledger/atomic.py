"""Copying files so that a power cut leaves the whole file or none, and only ever regular files."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Any

from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.domain.parts import Digest

CHUNK_BYTES = 8 << 20

READ_BYTES = 1 << 20

# not every system has both: a link could be pointed elsewhere after the look, and a pipe would wait for ever
OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)

READ_ONLY = 0o444


def make_folder(path: Path, *, remedy: str) -> None:
    """Make a folder, and those that it lies in, if they are not there yet.

    Raises:
        RushesError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise RushesError(f"{path} cannot be a folder: {error.strerror}", remedy=remedy) from error


@contextmanager
def regular_file(path: Path) -> Iterator[FileIO]:
    """Open a file for reading if it is one.

    Raises:
        NotFound: if nothing is there; the nearest name beside it is offered.
        BadMaterial: if it is a link, a folder, a pipe or a device, or may not be read.
    """
    try:
        _refuse_irregular(path, path.lstat())
        descriptor = os.open(path, OPEN_FLAGS)
    except FileNotFoundError as error:
        beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
        near = get_close_matches(path.name, beside, n=1)  # and no list of all that lies in somebody's folder
        raise NotFound(f"file in {path.parent}", path.name, near) from error
    except OSError as error:
        raise BadMaterial(f"{path} cannot be read", [str(error)], "See to its permissions and its disk.") from error
    with FileIO(descriptor) as source:
        _refuse_irregular(path, os.fstat(descriptor))
        yield source


def copy_of(source: FileIO, into: FileIO, *, name: str) -> Digest:
    """Copy a file, and return the digest of the copy: what is read back is what gets the name.

    Raises:
        Damaged: if somebody wrote to the source meanwhile.
    """
    before, digest, done = os.fstat(source.fileno()), sha256(), 0
    while copied := _copy_chunk(source, into, done):
        into.seek(done)
        done += copied
        while piece := into.read(min(READ_BYTES, done - into.tell())):
            digest.update(piece)
    after = os.fstat(source.fileno())
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or done != after.st_size:
        raise Damaged(name, "it changed while it was copied", remedy="Try again when nobody writes to it.")
    return f"sha256:{digest.hexdigest()}"


def settle(temporary: FileIO, target: Path) -> None:
    """Give a finished temporary file its place, read-only; when this returns it is on disk under its name."""
    os.chmod(temporary.name, READ_ONLY)  # noqa: PTH101 -- a FileIO knows its path as text
    os.fsync(temporary.fileno())
    os.replace(temporary.name, target)  # noqa: PTH105
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk; Windows does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_chunk(source: FileIO, into: FileIO, offset: int) -> int:
    """Copy some bytes, and return how many; 0 is the end."""
    if sys.platform == "linux":
        # XFS, Btrfs and ZFS share the blocks instead of copying them. Where the kernel cannot, what follows can
        with suppress(OSError):
            copied = os.copy_file_range(source.fileno(), into.fileno(), CHUNK_BYTES, offset, offset)
            if copied:
                return copied
    source.seek(offset)
    into.seek(offset)
    rest = memoryview(source.read(CHUNK_BYTES))
    copied = len(rest)
    while rest:
        rest = rest[into.write(rest) :]
    return copied


def _refuse_irregular(path: Path, state: Any) -> None:
    if stat.S_ISREG(state.st_mode):
        return
    kinds = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    what = kinds.get(stat.S_IFMT(state.st_mode), "a device")
    raise BadMaterial(f"{path} is {what}, not a file", [], "Name the file itself.")
