"""A training as a text with which any worker of the house can do it, and another go on where it died."""

import json

from rushes.domain.errors import NotFound
from rushes.domain.nouns import Dataset, Model
from rushes.domain.parts import Digest
from rushes.domain.records import canonical_json, digest_of
from rushes.flow.elsewhere import open_there, told
from rushes.flow.train import KEPT, Order, job_of, train_model
from rushes.settings import Settings
from rushes.studio import Studio


def order_text(studio: Studio, settings: Settings, order: Order) -> str:
    """Write down what to train: names and digests, no pixels.

    Args:
        studio: as it is now; a model that it has of that name already is no answer to this order.
        settings: with which a worker opens the studio.
        order: what to train.
    """
    show = order.dataset.show
    return canonical_json(
        {
            "studio": told(settings),
            "show": show,
            "dataset": digest_of(order.dataset),
            "name": order.name,
            "recipe": order.recipe,
            "settings": dict(order.settings),
            "earlier": [digest_of(model) for model in order.earlier],
            "known": [digest_of(model) for model in studio.ledger.every(Model, show) if model.name == order.name],
        }
    )


def train_from_text(text: str) -> Digest:
    """Train what a text of `order_text` says, and return the model's digest; it is on record then.

    Done again, after the worker that was at it died, it goes on from the checkpoint; and where the model was recorded
    just before that, it is not recorded twice.

    Raises:
        RushesError: this machine cannot open that studio.
        NotCleared: a grant that the dataset relied on has ended or was withdrawn since.
    """
    said = json.loads(text)
    with open_there(said["studio"]) as studio:
        order = Order(
            dataset=studio.ledger.find(Dataset, said["show"], said["dataset"]),
            name=said["name"],
            recipe=said["recipe"],
            settings=said["settings"],
            earlier=tuple(studio.ledger.find(Model, said["show"], digest) for digest in said["earlier"]),
        )
        return _recorded_since(studio, order, said["known"]) or digest_of(train_model(studio, order))


def _recorded_since(studio: Studio, order: Order, known: list[Digest]) -> Digest | None:
    try:
        digest = (studio.jobs / job_of(order) / "work" / KEPT).read_text()
        studio.ledger.find(Model, order.dataset.show, digest)
    except (FileNotFoundError, NotFound):
        return None
    return None if digest in known else digest
