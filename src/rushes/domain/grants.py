"""Nouns of what is granted, and taken back: licences, consents, withdrawals."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile, Digest, Duty, later


@dataclass(frozen=True)
class Licence(Noun):
    """An owner lets this show use assets: for which actions and uses, where, until when. Not a file header.

    Attributes:
        owner: must be the owner of the asset.
        assets: asset names, or `*` for everything of this owner's.
        actions: CAWG words (`domain.actions`).
        uses: departments, or `*`.
        territories: ISO 3166-1 alpha-2 codes, or `*`.
        starts: first day; None is from always.
        ends: last day; None is for ever.
        paper: the signed document in the vault, or None.
        forbids: CAWG words that it takes out; against them no other licence of this owner helps.
        duties: what must be done for it to count.
        lifts: it lifts reservations that the same owner has made for machines to read.
        outlives: a model that it taught may be used after its last day.
        clause: where in the paper.
    """

    noun: ClassVar[str] = "Licence@1"
    owner: str
    assets: tuple[str, ...]
    actions: tuple[str, ...]
    uses: tuple[str, ...]
    territories: tuple[str, ...]
    starts: date | None
    ends: date | None
    paper: AssetFile | None = None
    forbids: tuple[str, ...] = later(())
    duties: tuple[Duty, ...] = later(())
    lifts: bool = later(False)
    outlives: bool = later(False)
    clause: str = later("")


@dataclass(frozen=True)
class Consent(Noun):
    """A performer lets this show use their likeness. Never implied by a contract for acting.

    Attributes:
        person: whose likeness.
        actions: CAWG words.
        uses: departments, or `*`.
        starts: first day; None is from always.
        ends: last day; None is for ever.
        paper: the signed document in the vault, or None.
        described: the use in plain words, reasonably specific.
        given_by: self, guardian, estate or union.
        elements: what the paper has: description, conspicuous, signature, document, compensation.
        request: digest of the request that it answers, which holds the clip that the person was shown, or None.
        assets: what it covers, by name; empty: whatever they are seen in.
    """

    noun: ClassVar[str] = "Consent@1"
    person: str
    actions: tuple[str, ...]
    uses: tuple[str, ...]
    starts: date | None
    ends: date | None
    paper: AssetFile | None = None
    described: str = later("")
    given_by: str = later("self")
    elements: tuple[str, ...] = later(())
    request: Digest | None = later(None)
    assets: tuple[str, ...] = later(())


@dataclass(frozen=True)
class Withdrawal(Noun):
    """A licence or a consent is taken back from a day on. What it touched is quarantined.

    Attributes:
        instrument: digest of the licence or consent.
        since: the first day on which it no longer counts.
        reason: in the words of whoever took it back.
        reach: future (nothing new), retrain (nothing that has not left) or recall (what has left, too).
    """

    noun: ClassVar[str] = "Withdrawal@1"
    instrument: Digest
    since: date
    reason: str
    reach: str = later("recall")
