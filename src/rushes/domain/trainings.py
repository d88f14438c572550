"""What is on record of a training run beside its model: with which software, on which machine, from when to when."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from rushes.domain.noun import Noun
from rushes.domain.parts import Digest


@dataclass(frozen=True)
class Training(Noun):
    """How a model came to be, for its papers. Not what it is: the same model may be trained again elsewhere.

    Attributes:
        model: digest of the model.
        versions: of the software that decides about the weights, by package.
        machine: the processor, in words.
        threads: how many computed.
        started: when the job began, or went on for the last time.
        finished: when the weights were there.
        job: its name in the studio's list of jobs.
    """

    noun: ClassVar[str] = "Training@1"
    model: Digest
    versions: tuple[tuple[str, str], ...]
    machine: str
    threads: int
    started: datetime
    finished: datetime
    job: str
