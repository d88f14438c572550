"""Where one training or render runs: its folder, its progress, its checkpoints. Departments get it, jobs make it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

Tensors = Mapping[str, npt.NDArray[np.generic]]


class Workbench(Protocol):
    """What a department may ask of the place where it runs."""

    @property
    def folder(self) -> Path:
        """A folder of this run's own: reports go here."""
        ...

    def tell(self, done: float, total: float, words: str) -> None:
        """Move the progress bar. Raises `Stopped` here, and only here, when a person asked to stop."""
        ...

    def save(self, tensors: Tensors) -> None:
        """Put a checkpoint on disk, whole or not at all. What the run needs to go on, and nothing else."""
        ...

    def load(self) -> dict[str, npt.NDArray[np.generic]] | None:
        """Return the last checkpoint of this same run, or None at its start."""
        ...


@dataclass(frozen=True)
class QuietBench:
    """A workbench without bar or checkpoints, for trying a department alone."""

    folder: Path
    on_tell: Callable[[float, float, str], None] = lambda done, total, words: None

    def tell(self, done: float, total: float, words: str) -> None:
        """Pass progress on."""
        self.on_tell(done, total, words)

    def save(self, tensors: Tensors) -> None:
        """Keep nothing."""

    def load(self) -> None:
        """Return None: there is never anything to go on from."""
        return
