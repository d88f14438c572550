"""The chain of title as a page that a producer or a lawyer reads: what taught what, by whose leave, who decided."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from rushes.domain.actions import ACTION_WORDS
from rushes.domain.grants import Consent, Licence
from rushes.domain.noun import Noun
from rushes.domain.nouns import Asset, Dataset, Model, Review, Show, Take
from rushes.domain.parts import Digest, span_words
from rushes.domain.records import digest_of
from rushes.domain.scopes import standing_review


@dataclass(frozen=True)
class _TakePapers:
    take: Take
    model: Model
    plate: Asset
    dataset: Dataset
    taught: list[tuple[str, Asset, str]]
    grants: list[tuple[Licence | Consent, str]]
    settings: str
    earlier: list[str]
    review: Review
    sent_back: list[tuple[str, Review]]

    @property
    def frame_count(self) -> int:
        """How many files the take has."""
        return len(self.take.files)


def chain_of_title_page(
    name: str,
    takes: Sequence[Take],
    lineage: Mapping[Digest, Noun],
    *,
    people: Mapping[str, str],
    at: datetime,
    key_id: str = "",
) -> str:
    """Return one self-contained HTML page on where some takes came from.

    Args:
        name: of the delivery.
        takes: approved, in the order of the delivery.
        lineage: every noun that they came from, and their reviews, by digest.
        people: how each person is named in the credits, by their name.
        at: when it was written.
        key_id: of the key that will sign the delivery; the page names it, so that it can be compared.
    """
    page = Environment(
        loader=PackageLoader("rushes.signing"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("chain_of_title.html.j2")
    papers = [_papers(take, digest_of(take), lineage) for take in takes]
    show = next((noun for noun in lineage.values() if isinstance(noun, Show)), None)
    written = at.strftime("%Y-%m-%d %H:%M %Z")
    return page.render(
        name=name, show=show, papers=papers, people=people, words=ACTION_WORDS, key_id=key_id, at=written
    )


def _papers(take: Take, digest: Digest, lineage: Mapping[Digest, Noun]) -> _TakePapers:
    model, plate = lineage[take.model], lineage[take.plate]
    assert isinstance(model, Model)
    assert isinstance(plate, Asset)
    dataset = lineage[model.dataset]
    assert isinstance(dataset, Dataset)
    taught = [
        (item.role, asset, span_words(item.frames))
        for item in dataset.items
        if isinstance(asset := lineage[item.asset], Asset)
    ]
    grants = [(noun, key) for key in dataset.grants if isinstance(noun := lineage[key], Licence | Consent)]
    reviews = [noun for noun in lineage.values() if isinstance(noun, Review)]
    review = standing_review(reviews, digest)
    assert review is not None
    earlier = [lineage[key].name if key in lineage else key for key in model.earlier]
    return _TakePapers(
        take,
        model,
        plate,
        dataset,
        taught,
        grants,
        settings_in_words(take.settings),
        earlier,
        review,
        _sent_back(take, reviews, lineage),
    )


def _sent_back(take: Take, reviews: Sequence[Review], lineage: Mapping[Digest, Noun]) -> list[tuple[str, Review]]:
    """Find the takes of the same plate that a person sent back, oldest first, as far as these papers have them."""
    back = [
        (other.name, review)
        for review in reviews
        if review.decision == "sent back"
        and isinstance(other := lineage.get(review.take), Take)
        and other.plate == take.plate
    ]
    return sorted(back, key=lambda pair: pair[1].at)


def settings_in_words(settings: str) -> str:
    """Say what a person switched or trimmed; what is on, or at full strength, is as it was learned.

    >>> settings_in_words('{"cdl":true,"curves":false,"strength":0.8}')
    'curves off, strength 0.8'
    >>> settings_in_words('{"cdl":true,"strength":1.0}')
    'everything as learned'
    """
    trimmed = {name: value for name, value in json.loads(settings).items() if value != 1}
    said = [f"{name} off" if value is False else f"{name} {_plain(value)}" for name, value in trimmed.items()]
    return ", ".join(said) or "everything as learned"


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)
