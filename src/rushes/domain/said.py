"""Nouns by which people say what holds: the rules of a show, and what no machine knows or may decide."""

from dataclasses import dataclass
from typing import ClassVar

from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile, Digest


@dataclass(frozen=True)
class Rulebook(Noun):
    """The rule packs that a show has chosen. Not our opinion: a pack says where its text was read.

    Attributes:
        packs: TOML files in the vault, as they were when they were chosen.
        revision: counts up with each choice; the newest stands.
    """

    noun: ClassVar[str] = "Rulebook@1"
    packs: tuple[AssetFile, ...]
    revision: int = 0


@dataclass(frozen=True)
class Statement(Noun):
    """What a person says is so, and why: for what no machine knows or may decide. Never a default.

    Attributes:
        about: digest of the dataset, model or take that it is said of, or None: of the whole show.
        value: as canonical JSON; dates as text.
        why: in the person's words.
        paper: a document that shows it, in the vault, or None.
        revision: counts up; the newest stands.
    """

    noun: ClassVar[str] = "Statement@1"
    about: Digest | None
    value: str
    why: str
    paper: AssetFile | None = None
    revision: int = 0
