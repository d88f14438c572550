"""A folder on other storage, reached through fsspec: an object store, a file server. Objects in it are whole too."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

from fsspec.core import url_to_fs


@dataclass(frozen=True)
class FarFolder:
    """A folder that is not on this machine.

    Attributes:
        files: an fsspec filesystem.
        root: the folder's path in it.
    """

    files: Any
    root: str

    def has(self, key: str, size: int) -> bool:
        """Say whether an object of this size is there."""
        path = f"{self.root}/{key}"
        return bool(self.files.exists(path)) and int(self.files.size(path)) == size

    def upload(self, local: Path, key: str) -> None:
        """Put a file there under a temporary name, then give it its own: no one sees half of it."""
        temporary = f"{self.root}/tmp/{uuid4().hex}"
        self.files.makedirs(f"{self.root}/tmp", exist_ok=True)
        self.files.makedirs(f"{self.root}/{key}".rpartition("/")[0], exist_ok=True)
        self.files.put_file(str(local), temporary)
        self.files.mv(temporary, f"{self.root}/{key}")

    @contextmanager
    def reading(self, key: str) -> Iterator[IO[bytes]]:
        """Open an object for reading."""
        with self.files.open(f"{self.root}/{key}", "rb") as content:
            yield content


def open_far_folder(url: str) -> FarFolder:
    """Open a folder by its fsspec URL, `s3://bucket/show`; the filesystem's package must be installed."""
    files, root = url_to_fs(url)
    return FarFolder(files, str(root).rstrip("/"))
