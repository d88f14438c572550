"""Nouns of the ledger of rights beside licence and consent: who, by what title, reserved how, held why, asked when."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile, Digest

PARTY_KINDS = ("person", "organization", "union", "estate")
BASES = ("own capture", "work for hire", "assignment", "licence", "public domain")
SCHEMES = ("cawg", "c2pa", "plus", "tdmrep", "rsl", "robots", "contract")
HOLD_KINDS = ("legal hold", "embargo", "dispute", "quarantine")
DEPICTED = ("face", "body", "voice", "motion", "style")
GIVERS = ("self", "guardian", "estate", "union")
REACHES = ("future", "retrain", "recall")


@dataclass(frozen=True)
class Party(Noun):
    """Somebody whose rights are on record. The name here is a pseudonym; who it is lies sealed.

    Attributes:
        kind: one of `PARTY_KINDS`.
        sealed: name, contact and identifiers, encrypted under a key of this party's own, base64.
        minor: under age, so that a guardian consents.
        deceased: so that the estate or the union consents.
        revision: counts up with each new fact about this party.
    """

    noun: ClassVar[str] = "Party@1"
    kind: str
    sealed: str
    minor: bool = False
    deceased: bool = False
    revision: int = 0


@dataclass(frozen=True)
class Erasure(Noun):
    """The key of a party was destroyed: what was sealed under it is nobody's any more. The log still verifies.

    Attributes:
        reason: such as a request under GDPR Art. 17.
    """

    noun: ClassVar[str] = "Erasure@1"
    reason: str
    at: datetime


@dataclass(frozen=True)
class Title(Noun):
    """By what right somebody owns an asset, with the document that says so. Not the right to use it.

    Attributes:
        asset: by name.
        holder: the owner.
        basis: one of `BASES`.
        starts: first day, or None.
        ends: last day, or None.
        paper: the document, in the vault, or None.
    """

    noun: ClassVar[str] = "Title@1"
    asset: str
    holder: str
    basis: str
    starts: date | None
    ends: date | None
    paper: AssetFile | None
    revision: int = 0


@dataclass(frozen=True)
class Discharge(Noun):
    """A duty was done: paid, credited, told. Not a promise to.

    Attributes:
        instrument: digest of the licence that asks for it.
        duty: its name there.
        paper: the receipt, in the vault, or None.
    """

    noun: ClassVar[str] = "Discharge@1"
    instrument: Digest
    duty: str
    on: date
    paper: AssetFile | None = None


@dataclass(frozen=True)
class Reservation(Noun):
    """A right reserved against machines, as found in a file or said by its holder. Not a licence.

    Attributes:
        asset: by name.
        scheme: one of `SCHEMES`: where the words are from.
        actions: CAWG words that are not allowed.
        found: the very words, and where.
    """

    noun: ClassVar[str] = "Reservation@1"
    asset: str
    scheme: str
    actions: tuple[str, ...]
    found: str


@dataclass(frozen=True)
class Hold(Noun):
    """Nothing is done with something until the hold is lifted. The newest of a kind on a subject stands.

    Attributes:
        subject: an asset, owner, person or grant, by name.
        kind: one of `HOLD_KINDS`.
        open: False when it is lifted.
    """

    noun: ClassVar[str] = "Hold@1"
    subject: str
    kind: str
    reason: str
    open: bool
    revision: int = 0


@dataclass(frozen=True)
class Depiction(Noun):
    """Who is recognisable where in an asset, and who looked.

    Attributes:
        asset: by name.
        person: by pseudonym; somebody nobody knows yet is `unknown-1`, and locks it.
        what: some of `DEPICTED`.
        frames: first and last of each span, both included; empty: all of it.
        found_by: a detector or a person, by name.
    """

    noun: ClassVar[str] = "Depiction@1"
    asset: str
    person: str
    what: tuple[str, ...]
    frames: tuple[tuple[int, int], ...]
    found_by: str
    revision: int = 0


@dataclass(frozen=True)
class Request(Noun):
    """A performer was shown exactly these frames and asked exactly this.

    Attributes:
        person: by pseudonym.
        actions: CAWG words.
        uses: departments.
        described: the use, in plain words.
        clips: what they were shown, in the vault.
        until: last day that is asked for, or None.
    """

    noun: ClassVar[str] = "Request@1"
    person: str
    actions: tuple[str, ...]
    uses: tuple[str, ...]
    described: str
    assets: tuple[str, ...]
    frames: tuple[int, ...]
    clips: tuple[AssetFile, ...]
    until: date | None


@dataclass(frozen=True)
class Reply(Noun):
    """What was answered to a request. Silence is none.

    Attributes:
        request: digest of the request.
        accepted: or declined.
        given_by: one of `GIVERS`.
        reason: in their words; never empty where they declined.
        paper: the signed form, in the vault, or None.
    """

    noun: ClassVar[str] = "Reply@1"
    request: Digest
    accepted: bool
    given_by: str
    reason: str
    paper: AssetFile | None


@dataclass(frozen=True)
class OptIn(Noun):
    """Whether an artist lets their own work teach. To decline costs them nothing; silence is no yes.

    Attributes:
        person: a person of the show, by name.
        assets: what they made, by name.
        agreed: or declined.
        role: as in the credits, such as `paint artist`.
        revision: counts up; the newest about an asset stands.
    """

    noun: ClassVar[str] = "OptIn@1"
    person: str
    assets: tuple[str, ...]
    agreed: bool
    role: str
    revision: int = 0


CLEARANCES = (Party, Erasure, Title, Discharge, Reservation, Hold, Depiction, Request, Reply, OptIn)
