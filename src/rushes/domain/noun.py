"""What every noun has."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Noun:
    """A frozen fact with a version and a name that people say."""

    noun: ClassVar[str]
    show: str
    name: str
