"""Nouns by which people say what holds: the rules of a show, and what no machine knows or may decide."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from rushes.domain.noun import Noun
from rushes.domain.parts import AssetFile, Digest, later


@dataclass(frozen=True)
class Rulebook(Noun):
    """The rule packs that a show has chosen. Not our opinion: a pack says where its text was read.

    Attributes:
        packs: TOML files in the vault, as they were when they were chosen.
        revision: counts up with each choice; the newest stands.
        signatures: the studio's, over name and digest of each pack, in base64, in their order.
    """

    noun: ClassVar[str] = "Rulebook@1"
    packs: tuple[AssetFile, ...]
    revision: int = 0
    signatures: tuple[str, ...] = later(())


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


@dataclass(frozen=True)
class Because:
    """One reason of an answer, as it was when it was asked.

    Attributes:
        rule: its id.
        outcome: one of `domain.rules.OUTCOMES`; what the gate objects to blocks.
        text: for people.
        source: instrument and clause that the rule is from.
        pack: name and version of the rule's pack; `rights` for the gate.
        instrument: name of the grant, hold or reservation that is guilty, or None where there is nothing.
        clause: where in its paper.
        assets: how many assets it speaks against; 0 where it is about none.
        sample: names of the first few of them.
        unstated: facts that nobody has stated and that it asks for.
    """

    rule: str
    outcome: str
    text: str
    source: str
    pack: str
    instrument: str | None = None
    clause: str = ""
    assets: int = 0
    sample: tuple[str, ...] = ()
    unstated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer(Noun):
    """What was answered to a question about something, under the facts of a moment. Not a licence.

    Attributes:
        about: digest of the asset, dataset, model or take.
        question: one of `domain.rules.QUESTIONS`.
        decision: `allow` or `deny`.
        as_of: the moment whose facts were asked.
        reasons: everything that says no.
        obligations: what is to be notified, disclosed, disclaimed or warned of all the same.
        remedy: what to do; that something is allowed then is said only where that was asked, too.
        valid_until: the last day on which all that was relied on holds, or None: no end is known, or it is denied.
        policy: digest of the rulebook, or None: no packs are chosen.
    """

    noun: ClassVar[str] = "Answer@1"
    about: Digest
    question: str
    decision: str
    as_of: datetime
    reasons: tuple[Because, ...]
    obligations: tuple[Because, ...]
    remedy: tuple[str, ...]
    valid_until: date | None
    policy: Digest | None
