"""A file appears whole or not at all, whatever happens while it is written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Hand out a name to write to; on leaving without an error, sync it to disk and give it its real name.

    On an error what was written is removed and an older file of that name is still there.
    """
    path = Path(path)
    # the suffix stays: it tells writers the format
    draft = path.with_name(f".{path.stem}.{token_hex(4)}{path.suffix}")
    try:
        yield draft
        _sync(draft)
        draft.replace(path)
        _sync(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
