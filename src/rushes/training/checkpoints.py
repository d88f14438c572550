"""Checkpoints of a run: each on disk whole or not at all, and the one before stays until the new one is."""

import hashlib
import re
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rushes.domain.errors import Damaged
from rushes.training.weights import read_weights, sync_folder, write_weights
from rushes.training.workbench import Tensors

NAME = re.compile(r"(?P<number>\d{8,})-(?P<digest>[0-9a-f]{64})\.safetensors")
KEPT = 2


def save_checkpoint(folder: Path, tensors: Tensors) -> None:
    """Put a checkpoint on disk; killed at any instant, the one before is still there.

    Raises:
        BadMaterial: naming each tensor that cannot be kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    fresh = folder / "next.safetensors"
    write_weights(fresh, tensors, {})
    earlier = _newest_first(folder)
    number = 1 + (_number(earlier[0]) if earlier else 0)
    fresh.rename(folder / f"{number:08d}-{_digest(fresh)}.safetensors")
    sync_folder(folder)
    for old in earlier[KEPT - 1 :]:
        old.unlink()


def load_checkpoint(folder: Path) -> dict[str, npt.NDArray[np.generic]] | None:
    """Return the newest checkpoint that is whole, or None where none was ever saved.

    Raises:
        Damaged: there are checkpoints, but none of them is whole.
    """
    reasons = []
    for path in _newest_first(folder):
        if _digest(path) != path.stem.partition("-")[2]:
            reasons.append(f"{path.name} is not what was saved")
            continue
        try:
            return read_weights(path)[0]
        except Damaged as error:
            reasons.append(error.what)
    if reasons:
        raise Damaged(str(folder), "; ".join(reasons), remedy="Remove this folder: the run then begins again.")
    return None


def _newest_first(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if NAME.fullmatch(path.name)] if folder.is_dir() else []
    return sorted(found, key=_number, reverse=True)


def _number(path: Path) -> int:
    return int(path.name.partition("-")[0])


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
