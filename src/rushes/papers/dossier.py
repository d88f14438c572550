"""Everything that the packets of a delivery are written from: what is on record, what people said, what was measured.

Gathered once, so that no two packets can tell different stories. What nobody has said is not in it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from rushes.domain.actions import GENERATIVE_TRAINING
from rushes.domain.clearances import OptIn, Title
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Person, Review, Show, Take
from rushes.domain.parts import Digest
from rushes.domain.records import digest_of
from rushes.domain.rules import FactKind, Pack, Reason, Value
from rushes.domain.said import Statement
from rushes.domain.trainings import Training
from rushes.papers.exposure import Exposure


@dataclass(frozen=True)
class Recorded:
    """Who put a fact on record, when, and its place in the studio's log."""

    by: str
    at: datetime
    index: int


@dataclass(frozen=True)
class Said:
    """What a person stated.

    Attributes:
        by: whose statement it is.
        at: when it was stated.
    """

    statement: Statement
    by: str
    at: datetime

    @property
    def value(self) -> Any:
        """What was said, as a plain JSON value."""
        return json.loads(self.statement.value)


@dataclass(frozen=True)
class Changed:
    """How much of a picture a take changed: pixels in which any colour differs from the plate.

    Attributes:
        mean: over the frames compared, 0 to 1.
        most: of the frame with the largest share, 0 to 1.
        most_frame: its number.
        compared: how many frames were compared.
        every: one frame out of so many was compared, and the last.
        how: what was compared, in words.
    """

    mean: float
    most: float
    most_frame: int
    compared: int
    every: int
    how: str


@dataclass(frozen=True)
class Mark:
    """A layer by which a delivery can be known as what it is.

    Attributes:
        layer: signed metadata, watermark or fingerprint.
        present: None where nobody looked.
        words: what is there, and how it was seen.
    """

    layer: str
    present: bool | None
    words: str


@dataclass(frozen=True)
class Lesson:
    """A model and what taught it; and how it was trained, where that is on record."""

    model: Model
    dataset: Dataset
    training: Training | None = None

    @property
    def generative(self) -> bool:
        """It was cleared to make new pictures, not only to change what is there."""
        return self.dataset.action == GENERATIVE_TRAINING


@dataclass(frozen=True)
class TakeFacts:
    """What is known of one take.

    Attributes:
        lessons: of its model first, then of the show's earlier models that it rests on.
        assets: everything that taught, and everything that the render was given, by digest.
        makes: what its department makes, in words.
        review: the one that stands, or None.
        tries: names of all takes of this plate, in order.
        sent_back: earlier takes of this plate that were sent back, each with its review.
        changed: None where it could not be measured.
        by_hand: frames of this take that an artist painted, where the render was given such frames.
        known: facts of the rules that follow from the ledger, by name.
        open: questions at which rules are not kept, each with its reasons.
    """

    take: Take
    plate: Asset
    lessons: tuple[Lesson, ...]
    assets: Mapping[Digest, Asset]
    makes: str
    review: Review | None
    tries: tuple[str, ...] = ()
    sent_back: tuple[tuple[str, Review], ...] = ()
    changed: Changed | None = None
    by_hand: tuple[int, ...] = ()
    known: Mapping[str, Value] = field(default_factory=dict)
    open: tuple[tuple[str, Reason], ...] = ()

    @property
    def model(self) -> Model:
        """The model that made it."""
        return self.lessons[0].model

    @cached_property
    def subjects(self) -> tuple[Digest | None, ...]:
        """Of what something can be said that holds for it: the nearest first, the whole show last."""
        return digest_of(self.take), digest_of(self.model), digest_of(self.lessons[0].dataset), None


@dataclass(frozen=True)
class System:
    """Where and with what the work is done.

    Attributes:
        versions: of software, by name.
        places: where things lie, by what lies there.
        log: origin of the studio's log.
        checkpoint: the signed note of the log as it was.
        key: id of the studio's key.
        facts: how many facts the log holds.
        missing: names of files on record that the vault does not have.
    """

    versions: Mapping[str, str]
    places: Mapping[str, str] = field(default_factory=dict)
    log: str = ""
    checkpoint: str = ""
    key: str = ""
    facts: int = 0
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dossier:
    """Everything that packets need.

    Attributes:
        at: when it was gathered.
        takes: in the order of the delivery.
        grants: licences and consents that speak of anything concerned, by digest.
        withdrawals: of these, by digest of the grant.
        titles: newest word on by what right each asset is owned, by asset name.
        opt_ins: words of artists on the assets concerned, in the order in which they were recorded.
        people: persons of the show with what they have the say over.
        names: as in the credits, by the name on record; a pseudonym stands where somebody was erased.
        said: newest statement on each fact and subject concerned.
        words: what each fact is, by name.
        packs: that the show has chosen.
        recorded: who recorded what, by digest.
        marks: layers by which the delivery can be known.
    """

    show: Show
    at: datetime
    takes: tuple[TakeFacts, ...]
    system: System
    delivery: Delivery | None = None
    grants: Mapping[Digest, Licence | Consent] = field(default_factory=dict)
    withdrawals: Mapping[Digest, Withdrawal] = field(default_factory=dict)
    titles: Mapping[str, Title] = field(default_factory=dict)
    opt_ins: tuple[OptIn, ...] = ()
    people: tuple[Person, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    said: tuple[Said, ...] = ()
    words: Mapping[str, FactKind] = field(default_factory=dict)
    packs: tuple[Pack, ...] = ()
    recorded: Mapping[Digest, Recorded] = field(default_factory=dict)
    exposure: Exposure | None = None
    marks: tuple[Mark, ...] = ()

    def title(self, name: str) -> str:
        """Return somebody as in the credits."""
        return self.names.get(name, name)

    def who_recorded(self, noun: Noun) -> Recorded | None:
        """Return who put a noun on record, if that was gathered."""
        return self.recorded.get(digest_of(noun))

    def statement(self, fact: str, subjects: Sequence[Digest | None]) -> Said | None:
        """Return what was stated of a fact: of the nearest of some subjects, the newest; None where nobody has.

        Args:
            fact: its name.
            subjects: digests of what it may be said of, the nearest first; None is the whole show.
        """
        for subject in subjects:
            found = [one for one in self.said if one.statement.name == fact and one.statement.about == subject]
            if found:
                return max(found, key=lambda one: one.statement.revision)
        return None

    def artists(self, asset: Asset) -> list[OptIn]:
        """Return the newest word of each artist on whether an asset that they made may teach."""
        return list({word.person: word for word in self.opt_ins if asset.name in word.assets}.values())

    def lessons(self) -> list[Lesson]:
        """Return every model and what taught it, each once."""
        return list({digest_of(one.model): one for facts in self.takes for one in facts.lessons}.values())

    def assets(self) -> dict[Digest, Asset]:
        """Return everything that was put through a model, taught one, or was given to a render."""
        plates = {facts.take.plate: facts.plate for facts in self.takes}
        return plates | {digest: asset for facts in self.takes for digest, asset in facts.assets.items()}

    def taught(self) -> Iterator[tuple[Lesson, Asset, str, tuple[int, ...]]]:
        """Yield every clip's part in a lesson: lesson, clip, role, frames."""
        assets = self.assets()
        for lesson in self.lessons():
            for item in lesson.dataset.items:
                yield lesson, assets[item.asset], item.role, item.frames
