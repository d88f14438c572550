"""retrain: what is left of a model's lesson once everything is out that may not teach any more."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rushes.domain.errors import Damaged, NotCleared, NotFound
from rushes.domain.gate import objections
from rushes.domain.nouns import Asset, Dataset, Model, Show
from rushes.domain.parts import Digest, Item
from rushes.domain.question import Grants, Use
from rushes.flow.clear import Part
from rushes.flow.groups import without
from rushes.flow.train import Order
from rushes.studio import Studio


@dataclass(frozen=True)
class Left:
    """What is left to teach by.

    Attributes:
        parts: to be cleared anew.
        gone: what is left out, by name, each with the reason.
        earlier: models that may still be built on.
    """

    parts: tuple[Part, ...]
    gone: tuple[tuple[str, str], ...]
    earlier: tuple[Model, ...]


def what_is_left(studio: Studio, model: Model, leaving_out: Sequence[str] = ()) -> Left:
    """Return a model's lesson without what may not teach any more, and without what rests on some grants.

    Args:
        studio: where everything is; nothing is recorded.
        model: to be trained again.
        leaving_out: licences and consents, by name: as if each were withdrawn today.

    Raises:
        NotFound: the model's lesson relied on no such grant.
        NotCleared: nothing is left, with the reasons.
    """
    dataset = _dataset(studio, model)
    use = Use(dataset.show, dataset.action, dataset.department, _territory(studio, dataset), studio.today())
    grants = _grants_without(studio, dataset, leaving_out)
    reasons: dict[Digest, str] = {}
    for digest in dict.fromkeys(item.asset for item in dataset.items):
        known = studio.as_known_today(_asset(studio, digest))
        if against := objections(known, use, grants):
            reasons[digest] = against[0].text
    kept = without(dataset, lambda item: item.asset in reasons)
    earlier = tuple(one for one in _earlier(studio, model) if not studio.quarantine(one))
    gone = [*_gone(studio, dataset, kept, reasons=reasons), *_gone_models(studio, model, earlier)]
    if not kept:
        raise NotCleared([f"{name}: {why}" for name, why in gone])
    parts = tuple(Part(item.role, _asset(studio, item.asset).name, item.group, item.frames) for item in kept)
    return Left(parts, tuple(gone), earlier)


def order_again(model: Model, dataset: Dataset, name: str, *, earlier: tuple[Model, ...] = ()) -> Order:
    """Return the order to teach what a model was taught, by another dataset: the same recipe, settings and seed."""
    recipe = json.loads(model.recipe)
    settings = {key: _spelt(value) for key, value in recipe.items() if key != "name"}
    return Order(dataset, name, recipe["name"], settings, earlier)


def _spelt(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _grants_without(studio: Studio, dataset: Dataset, names: Sequence[str]) -> Grants:
    relied_on = {studio.ledger.get(digest).name for digest in dataset.grants}
    for name in names:
        if name not in relied_on:
            raise NotFound(f"grant that {dataset.name} relied on", name, relied_on)
    grants = studio.grants(dataset.show)
    return replace(
        grants,
        licences=[grant for grant in grants.licences if grant.name not in names],
        consents=[grant for grant in grants.consents if grant.name not in names],
    )


def _gone(
    studio: Studio, dataset: Dataset, kept: Sequence[Item], *, reasons: dict[Digest, str]
) -> list[tuple[str, str]]:
    left = {item.asset for item in kept}
    digests = dict.fromkeys(item.asset for item in dataset.items if item.asset not in left)
    return [
        (_asset(studio, digest).name, reasons.get(digest, "teaches nothing without what it was paired with"))
        for digest in digests
    ]


def _gone_models(studio: Studio, model: Model, earlier: Sequence[Model]) -> list[tuple[str, str]]:
    return [(one.name, "is quarantined") for one in _earlier(studio, model) if one not in earlier]


def _earlier(studio: Studio, model: Model) -> list[Model]:
    found = [studio.ledger.get(digest) for digest in model.earlier]
    return [one for one in found if isinstance(one, Model)]


def _dataset(studio: Studio, model: Model) -> Dataset:
    dataset = studio.ledger.get(model.dataset)
    if not isinstance(dataset, Dataset):
        raise Damaged(model.name, f"it was taught by a {dataset.noun}")
    return dataset


def _asset(studio: Studio, digest: Digest) -> Asset:
    asset = studio.ledger.get(digest)
    assert isinstance(asset, Asset)
    return asset


def _territory(studio: Studio, dataset: Dataset) -> str:
    return studio.ledger.find(Show, dataset.show, dataset.show).territory
