"""Passports of weights that did not start from random numbers here: where they are from, and what taught them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile, Digest


@dataclass(frozen=True)
class Passport(Noun):
    """What is known of weights from elsewhere. Without one, or without its show's leave, nothing built on them works.

    Attributes:
        weights: digest of the file.
        origin: who made them, and where they were got.
        licence: under which they may be used.
        taught_by: the training data, in words; `unknown` is an answer, and an honest one.
        allowed: this show lets models be built on them.
        paper: licence or statement, in the vault, or None.
        revision: counts up; the newest about a name stands.
    """

    noun: ClassVar[str] = "Passport@1"
    weights: Digest
    origin: str
    licence: str
    taught_by: str
    allowed: bool
    paper: AssetFile | None
    revision: int = 0


@dataclass(frozen=True)
class Bases(Noun):
    """Whether a show builds on weights from elsewhere at all. The newest stands.

    Attributes:
        allowed: False forbids them all, whatever a passport says.
        reason: in the words of whoever decided.
        revision: counts up.
    """

    noun: ClassVar[str] = "Bases@1"
    allowed: bool
    reason: str
    revision: int = 0


def base_objections(
    name: str, base: Digest | None, *, passports: Mapping[Digest, Passport], bases: Sequence[Bases]
) -> list[str]:
    """Return what speaks against a model for what it was built on; empty: random numbers, or a base that is allowed.

    Args:
        name: of the model, for the message.
        base: digest of its base's passport, or None.
        passports: every passport of the show, by digest, in order of recording.
        bases: what the show has said of bases, in order.
    """
    if base is None:
        return []
    reasons = []
    if bases and not bases[-1].allowed:
        reasons.append(f"{name} is built on weights from elsewhere, and this show forbids them all: {bases[-1].reason}")
    passport = passports.get(base)
    if passport is None:
        return [*reasons, f"{name} is built on weights without a passport ({base})"]
    newest = [one for one in passports.values() if one.name == passport.name][-1]
    if newest.weights != passport.weights:
        reasons.append(f"{name} is built on other weights than {newest.name} now stands for")
    elif not newest.allowed:
        reasons.append(f"{name} is built on {newest.name}, which this show does not allow")
    return reasons


PASSPORTS = (Passport, Bases)
