"""The frozen nouns, each with a digest. A noun is a fact: once recorded it never changes."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from rushes.domain.clearances import CLEARANCES
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile, Digest, Further, Item, Measure, Scope, later
from rushes.domain.passports import PASSPORTS
from rushes.domain.promotions import PROMOTIONS
from rushes.domain.said import Answer, Rulebook, Statement
from rushes.domain.trainings import Training


@dataclass(frozen=True)
class Show(Noun):
    """A production. Not a folder: its material may lie anywhere.

    Attributes:
        title: as on the slate.
        owner: the company that owns the production.
        territory: where this machine works, ISO 3166-1 alpha-2; grants must cover it.
        config: OpenColorIO config, by built-in name (`ocio://…`) or path.
        working_space: the scene-linear space in which all plates are handed to departments.
        display: OCIO display for review movies and reports.
        view: OCIO view on that display.
        frame_rate: as a fraction, `24000/1001`.
    """

    noun: ClassVar[str] = "Show@1"
    title: str
    owner: str
    territory: str
    config: str
    working_space: str
    display: str
    view: str
    frame_rate: str


@dataclass(frozen=True)
class Person(Noun):
    """Someone with a name and a say. Not an account: nothing here logs in.

    Attributes:
        says: departments whose takes this person may approve; `*` is all of them; empty is none.
        revision: counts up with each new fact about this person, so that an earlier state can be stated again.
        sealed: the title, encrypted under a key of this person's own, base64; then `title` is empty.
    """

    noun: ClassVar[str] = "Person@1"
    title: str
    says: tuple[str, ...]
    revision: int = 0
    sealed: str = later("")


@dataclass(frozen=True)
class Asset(Noun):
    """Footage, a grade, a matte, a still, a board or a LUT, by content digest. Not a path.

    Attributes:
        kind: plate, grade, still, matte, board, script or lut.
        owner: who owns it, or None where nobody has said: then it is locked.
        people: everyone who can be recognised in it; None means that nobody has looked: then it is locked.
        files: in frame order for a sequence; one for a movie or still.
        frames: first and last, both included.
        colour_space: the encoding of the pixels in the files, in the words of the show's OCIO config.
        timecode: of the first frame, as `HH:MM:SS:FF` (`;` before FF for drop frame), or None.
        numbers: of stills that are no unbroken range; else empty.
        source: where the footage says it comes from, such as a reel.
        revision: counts up with each new fact about this footage, so that an earlier state can be stated again.
    """

    noun: ClassVar[str] = "Asset@1"
    kind: str
    owner: str | None
    people: tuple[str, ...] | None
    files: tuple[AssetFile, ...]
    frames: tuple[int, int]
    width: int
    height: int
    frame_rate: str
    colour_space: str
    timecode: str | None = None
    numbers: tuple[int, ...] = ()
    source: str = ""
    revision: int = 0


def frame_numbers(asset: Asset) -> tuple[int, ...]:
    """Return the number of every frame of an asset, in order."""
    return asset.numbers or tuple(range(asset.frames[0], asset.frames[1] + 1))


@dataclass(frozen=True)
class Dataset(Noun):
    """Cleared assets, paired, with the grants relied on. Not a folder of frames.

    Attributes:
        department: who may be taught by it.
        action: the CAWG word it was cleared for.
        territory: where it was cleared for.
        grants: digests of the licences and consents relied on.
        cleared: the day of clearance.
        valid_until: the earliest end of any grant relied on, or None.
    """

    noun: ClassVar[str] = "Dataset@1"
    department: str
    action: str
    territory: str
    items: tuple[Item, ...]
    grants: tuple[Digest, ...]
    cleared: date
    valid_until: date | None


@dataclass(frozen=True)
class Model(Noun):
    """Weights, card, scope and test reports. Not a service.

    Attributes:
        recipe: the settings it was trained with, as canonical JSON.
        weights: the safetensors file in the vault.
        base: digest of the base's passport, or None: it started from random numbers or from nothing.
        earlier: digests of the show's own approved models that told it what to expect where it was shown nothing.
        reports: files for people, in the vault.
        signature: Ed25519 over the digest of weights and scope, base64.
    """

    noun: ClassVar[str] = "Model@1"
    department: str
    dataset: Digest
    recipe: str
    seed: int
    weights: AssetFile
    scope: Scope
    measures: tuple[Measure, ...]
    reports: tuple[AssetFile, ...]
    base: Digest | None
    earlier: tuple[Digest, ...]
    signature: str


@dataclass(frozen=True)
class Take(Noun):
    """One try of one model at one plate: a proposal, never final.

    Attributes:
        number: counts up for each plate.
        settings: what was switched or trimmed, as canonical JSON.
        frames: first and last, both included.
        files: the result, frame by frame; its layers are in the same files.
        colour_space: encoding of the result.
        further: what else the render was given.
        reports: files for people, in the vault.
    """

    noun: ClassVar[str] = "Take@1"
    department: str
    model: Digest
    plate: Digest
    number: int
    settings: str
    frames: tuple[int, int]
    files: tuple[AssetFile, ...]
    colour_space: str
    measures: tuple[Measure, ...]
    further: tuple[Further, ...] = later(())
    reports: tuple[AssetFile, ...] = later(())


@dataclass(frozen=True)
class Review(Noun):
    """A named person's decision and note on a take. Not a status field: the newest review stands.

    Attributes:
        decision: `approved` or `sent back`.
    """

    noun: ClassVar[str] = "Review@1"
    take: Digest
    person: str
    decision: str
    note: str
    at: datetime


@dataclass(frozen=True)
class Delivery(Noun):
    """Approved takes, their lineage, credentials and papers under one signature. Not an export.

    Attributes:
        reviews: the approval of each take, in the order of the takes.
        lineage: digests of everything the takes came from.
        files: every file of the delivery, with its digest.
    """

    noun: ClassVar[str] = "Delivery@1"
    takes: tuple[Digest, ...]
    reviews: tuple[Digest, ...]
    lineage: tuple[Digest, ...]
    files: tuple[AssetFile, ...]
    at: datetime


_SAID = (Training, Rulebook, Statement, Answer, *PROMOTIONS, *PASSPORTS)
_KINDS = (
    Show,
    Person,
    Asset,
    Licence,
    Consent,
    Withdrawal,
    Dataset,
    Model,
    Take,
    Review,
    Delivery,
    *_SAID,
    *CLEARANCES,
)
NOUNS: dict[str, type[Noun]] = {kind.noun: kind for kind in _KINDS}
