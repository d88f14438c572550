"""Everything that the papers of one model are written from, gathered once and held against itself.

Papers are written from one `ModelFacts`, so that no two of them can tell different stories.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from rushes.domain.errors import BadMaterial
from rushes.domain.grants import Consent, Licence
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Dataset, Model, Show, frame_numbers
from rushes.domain.parts import AssetFile, Digest, Item
from rushes.domain.question import EVERYTHING
from rushes.domain.records import digest_of
from rushes.papers.wording import grant_in_words, granted_by

CONFIDENTIALITY = ("clear", "green", "amber", "red")
"""The levels of the Traffic Light Protocol 2.0, the most open first: CycloneDX and SPDX both use them."""


@dataclass(frozen=True)
class Run:
    """The training run, as the machine tells it.

    Attributes:
        builder: who ran it, as a URI: `https://northlight.example/farm-a`.
        versions: of the software that decides about the weights, by package name; `rushes` and `python` are among it.
        machine: the processor in words.
        threads: how many computed.
        deterministic: only arithmetic that gives the same bits again was allowed.
        started: None where nobody noted it.
        finished: None where nobody noted it.
        job: its name in the studio's list of jobs.
    """

    builder: str
    versions: Mapping[str, str]
    machine: str
    threads: int
    deterministic: bool
    started: datetime | None = None
    finished: datetime | None = None
    job: str = ""


@dataclass(frozen=True)
class LogPlace:
    """Where the studio's log has the model.

    Attributes:
        origin: of the log: `northlight.example/log`.
        index: of the entry, from 0.
    """

    origin: str
    index: int


@dataclass(frozen=True)
class Words:
    """What people say of the model.

    Attributes:
        makes: what its department makes.
        limits: what it does badly or not at all.
        titles: of people by the name that footage and consents have for them, where they are called otherwise.
    """

    makes: str = ""
    limits: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelFacts:
    """What the papers of one model need. Whoever makes one with something missing or mixed up is refused.

    Attributes:
        assets: that taught it, by digest.
        grants: that its dataset relied on, by digest.
        written: when the papers are written.
        earlier: the show's own models that it was told about, by digest.
        log: where the model is logged, or None: not yet.
        confidentiality: Traffic Light Protocol level; where nobody has said, the strictest.

    Raises:
        BadMaterial: with everything that is missing or does not belong together.
    """

    show: Show
    model: Model
    dataset: Dataset
    assets: Mapping[Digest, Asset]
    grants: Mapping[Digest, Licence | Consent]
    run: Run
    written: datetime
    earlier: Mapping[Digest, Model] = field(default_factory=dict)
    log: LogPlace | None = None
    words: Words = Words()
    confidentiality: str = "red"

    def __post_init__(self) -> None:
        if reasons := list(_gaps(self)):
            raise BadMaterial(f"no papers can be written for {self.model.name}", reasons, "Gather the facts again.")

    @cached_property
    def digest(self) -> Digest:
        """By which the model is known in every lineage."""
        return digest_of(self.model)

    @property
    def recipe(self) -> dict[str, Any]:
        """The settings that it was trained with."""
        settings: dict[str, Any] = json.loads(self.model.recipe)
        return settings

    @cached_property
    def uuid(self) -> UUID:
        """The same for the same model."""
        return uuid5(NAMESPACE_URL, f"https://rushes.dev/papers/{self.digest}")

    @property
    def footage(self) -> tuple[Asset, ...]:
        """The clips that taught it, each once."""
        return tuple(self.assets[digest] for digest in dict.fromkeys(item.asset for item in self.dataset.items))

    @property
    def owners(self) -> tuple[str, ...]:
        """Everyone who owns something that taught it."""
        return tuple(sorted({asset.owner for asset in self.footage if asset.owner}))

    @property
    def seen(self) -> tuple[str, ...]:
        """Everyone who can be recognised in what taught it, or in what taught the models before it."""
        shown = {person for asset in self.footage for person in asset.people or ()}
        return tuple(sorted(shown | set(self.model.scope.people)))

    def title(self, person: str) -> str:
        """Return what a person is called."""
        return self.words.titles.get(person, person)


class Taught(NamedTuple):
    """One clip's part in a lesson: the roles in which it taught, each with its frames."""

    digest: Digest
    asset: Asset
    items: tuple[Item, ...]

    @property
    def frames(self) -> tuple[int, ...]:
        """Every frame that was taught, once."""
        return tuple(sorted({frame for item in self.items for frame in item.frames}))

    @property
    def roles(self) -> tuple[str, ...]:
        """Those in which it taught, such as `before`."""
        return tuple(dict.fromkeys(item.role for item in self.items))

    @property
    def files(self) -> tuple[AssetFile, ...]:
        """The files in which the taught frames lie: one by one in a sequence, the whole of a movie."""
        numbers = frame_numbers(self.asset)
        if len(numbers) != len(self.asset.files):
            return self.asset.files
        by_number = dict(zip(numbers, self.asset.files, strict=True))
        return tuple(by_number[frame] for frame in self.frames if frame in by_number)


def taught_by(facts: ModelFacts) -> list[Taught]:
    """Return every clip that taught a model, in the order of its dataset."""
    items: dict[Digest, list[Item]] = {}
    for item in facts.dataset.items:
        items.setdefault(item.asset, []).append(item)
    return [Taught(digest, facts.assets[digest], tuple(found)) for digest, found in items.items()]


def grants_relied_on(facts: ModelFacts) -> dict[Digest, Licence | Consent]:
    """Return the grants of a dataset, in its order."""
    return {digest: facts.grants[digest] for digest in facts.dataset.grants}


def said_of(facts: ModelFacts, grant: Licence | Consent) -> str:
    """Say what a grant allows, with everyone called what they are called."""
    return grant_in_words(grant, giver=facts.title(granted_by(grant)), show=facts.show.title)


def models_before(facts: ModelFacts) -> dict[Digest, Model]:
    """Return the show's own models that this one was told about."""
    return {digest: facts.earlier[digest] for digest in facts.model.earlier}


def grants_on(facts: ModelFacts, asset: Asset) -> dict[Digest, Licence | Consent]:
    """Return the grants relied on that speak of an asset: of its owner, and of everyone in it."""
    return {digest: grant for digest, grant in grants_relied_on(facts).items() if _speaks_of(grant, asset)}


def _speaks_of(grant: Licence | Consent, asset: Asset) -> bool:
    if isinstance(grant, Consent):
        return grant.person in (asset.people or ())
    return asset.name in grant.assets or (EVERYTHING in grant.assets and grant.owner == asset.owner)


def _gaps(facts: ModelFacts) -> Iterator[str]:
    model, dataset = facts.model, facts.dataset
    if model.dataset != digest_of(dataset):
        yield f"{model.name} was not taught by dataset {dataset.name}"
    if {facts.show.name, dataset.show, model.scope.show} != {model.show}:
        yield f"show, dataset and scope are not all of {model.show}"
    yield from _missing("asset", facts.assets, [item.asset for item in dataset.items])
    yield from _missing("grant", facts.grants, dataset.grants)
    yield from _missing("earlier model", facts.earlier, model.earlier)
    for asset in (facts.assets[item.asset] for item in dataset.items if item.asset in facts.assets):
        if not asset.owner or asset.people is None:
            yield f"nobody has said who {'can be recognised in' if asset.owner else 'owns'} {asset.name}"
    yield from (f"the version of {name} is missing" for name in ("rushes", "python") if name not in facts.run.versions)
    times = {"written": facts.written, "started": facts.run.started, "finished": facts.run.finished}
    yield from (f"{name} is in no time zone" for name, at in times.items() if at and at.tzinfo is None)
    if facts.confidentiality not in CONFIDENTIALITY:
        yield f"{facts.confidentiality!r} is no confidentiality; there is {', '.join(CONFIDENTIALITY)}"


def _missing(kind: str, nouns: Mapping[Digest, Noun], wanted: tuple[Digest, ...] | list[Digest]) -> Iterator[str]:
    yield from (f"{kind} {digest} is missing" for digest in dict.fromkeys(wanted) if digest not in nouns)
    yield from (f"{kind} {noun.name} is not {digest}" for digest, noun in nouns.items() if digest_of(noun) != digest)
