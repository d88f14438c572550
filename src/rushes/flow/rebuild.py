"""rebuild: train a model once more from what is on record, and see whether the same weights come out."""

from dataclasses import dataclass

from rushes.departments.find import find_department
from rushes.domain.errors import Damaged
from rushes.domain.nouns import Dataset, Model
from rushes.domain.parts import Digest
from rushes.domain.recipes import read_recipe
from rushes.domain.records import digest_of
from rushes.flow.train import Order, still_cleared, taught, weights_written
from rushes.jobs.here import Watcher, no_watcher, run_here
from rushes.signing.offline_verifier import digest_of_file
from rushes.studio import Studio
from rushes.training.workbench import Workbench


@dataclass(frozen=True)
class Rebuilt:
    """What came out.

    Attributes:
        recorded: digest of the weights on record.
        made: of those that were made again.
    """

    recorded: Digest
    made: Digest

    @property
    def same(self) -> bool:
        """Not a bit differs."""
        return self.recorded == self.made


def rebuild_model(studio: Studio, model: Model, watch: Watcher = no_watcher) -> Rebuilt:
    """Train a model again: same dataset, recipe, seed and earlier models. Nothing is recorded, and nothing is replaced.

    Raises:
        NotCleared: what taught it may not be learned from any more.
        Stopped: a person pressed Ctrl-C; the same goes on from there.
    """
    dataset = studio.ledger.get(model.dataset)
    earlier = [studio.ledger.get(digest) for digest in model.earlier]
    if not isinstance(dataset, Dataset):
        raise Damaged(model.name, f"it was taught by a {dataset.noun}")
    kind = type(next(iter(find_department(model.department).recipes.values())))
    recipe = read_recipe(kind, model.recipe)
    order = Order(dataset, model.name, recipe.name, earlier=tuple(one for one in earlier if isinstance(one, Model)))
    assets = still_cleared(studio, dataset)

    def work(bench: Workbench) -> Rebuilt:
        trained = taught(studio, order, assets, recipe=recipe, bench=bench)
        return Rebuilt(model.weights.digest, digest_of_file(weights_written(trained, dataset, bench.folder)))

    job = f"rebuild-{digest_of(model)[7:19]}"
    return run_here(studio.jobs, job, f"rebuild {model.name}", work=work, watch=watch)
