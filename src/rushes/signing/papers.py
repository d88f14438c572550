"""The chain of title as a page that a producer or a lawyer reads: what taught what, by whose leave, who decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from rushes.domain.nouns import Asset, Consent, Dataset, Licence, Model, Noun, Person, Review, Show, Take
from rushes.domain.parts import Digest


@dataclass(frozen=True)
class _TakePapers:
    take: Take
    model: Model
    plate: Asset
    dataset: Dataset
    taught: list[tuple[str, Asset, str]]
    grants: list[tuple[Licence | Consent, str]]
    review: Review
    decided_by: str


def chain_of_title_page(
    name: str, takes: Sequence[Take], lineage: Mapping[Digest, Noun], *, keys: Mapping[Digest, Digest], at: datetime
) -> str:
    """Return one self-contained HTML page on where some takes came from.

    Args:
        name: of the delivery.
        takes: approved, in the order of the delivery.
        lineage: every noun that they came from, and their reviews, by digest.
        keys: digest of each take by its own name.
        at: when it was written.
    """
    page = Environment(
        loader=PackageLoader("rushes.signing"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("chain_of_title.html.j2")
    papers = [_papers(take, keys[take.name], lineage) for take in takes]
    show = next((noun for noun in lineage.values() if isinstance(noun, Show)), None)
    return page.render(name=name, show=show, papers=papers, at=at.strftime("%Y-%m-%d %H:%M %Z"))


def _papers(take: Take, digest: Digest, lineage: Mapping[Digest, Noun]) -> _TakePapers:
    model, plate = lineage[take.model], lineage[take.plate]
    assert isinstance(model, Model)
    assert isinstance(plate, Asset)
    dataset = lineage[model.dataset]
    assert isinstance(dataset, Dataset)
    taught = [
        (item.role, asset, _spans(item.frames))
        for item in dataset.items
        if isinstance(asset := lineage[item.asset], Asset)
    ]
    grants = [(noun, key) for key in dataset.grants if isinstance(noun := lineage[key], Licence | Consent)]
    review = next(noun for noun in lineage.values() if isinstance(noun, Review) and noun.take == digest)
    people = {noun.name: noun.title for noun in lineage.values() if isinstance(noun, Person)}
    return _TakePapers(take, model, plate, dataset, taught, grants, review, people.get(review.person, review.person))


def _spans(frames: Sequence[int]) -> str:
    """Write frame numbers as people do.

    >>> _spans((1, 2, 3, 7))
    '1-3, 7'
    """
    spans: list[list[int]] = []
    for frame in sorted(frames):
        if spans and frame == spans[-1][-1] + 1:
            spans[-1][1:] = [frame]
        else:
            spans.append([frame])
    return ", ".join("-".join(map(str, span)) for span in spans)
