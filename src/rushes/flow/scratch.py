"""A model's training gone through again with something changed, to measure by: nothing of it is kept or recorded."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from rushes.departments.department import Department, Lesson, Trained
from rushes.departments.find import find_department
from rushes.domain.errors import Damaged
from rushes.domain.nouns import Asset, Dataset, Model
from rushes.domain.parts import Digest, Item
from rushes.domain.recipes import Recipe, read_recipe
from rushes.flow.train import Order, lesson_of, still_cleared
from rushes.jobs.here import without_network
from rushes.studio import Studio
from rushes.training.workbench import QuietBench, Workbench


@dataclass(frozen=True)
class Scratch:
    """What a model was taught by and how, ready to be taught again.

    Attributes:
        order: as it was given.
        recipe: as it came out.
        assets: by digest, all of them still cleared.
    """

    studio: Studio
    order: Order
    recipe: Recipe
    assets: Mapping[Digest, Asset]
    department: Department = field(repr=False)

    @property
    def dataset(self) -> Dataset:
        """What taught the model."""
        return self.order.dataset

    def opened(self, files: ExitStack) -> Lesson:
        """Open its lesson, until `files` is closed."""
        return lesson_of(self.studio, self.order, self.assets, files=files)

    def with_items(self, items: tuple[Item, ...]) -> "Scratch":
        """Return the same training on a part of what it was taught by."""
        left = replace(self.dataset, items=items)
        return replace(self, order=replace(self.order, dataset=left))

    def with_settings(self, settings: Mapping[str, str]) -> "Scratch":
        """Return the same training with some settings changed.

        Raises:
            BadMaterial: naming every setting that does not exist or does not read.
        """
        return replace(self, recipe=self.recipe.with_settings(dict(settings)))

    def with_seed(self, seed: int) -> "Scratch":
        """Return the same training with other random draws."""
        return replace(self, recipe=replace(self.recipe, seed=seed))

    def learn(self, lesson: Lesson, folder: Path, bench: Workbench) -> Trained:
        """Teach the department; what it writes goes into the folder, and there are no checkpoints.

        Args:
            lesson: from `opened`, or changed.
            folder: made where missing.
            bench: told of progress; may raise to stop.
        """
        folder.mkdir(parents=True, exist_ok=True)
        quiet = QuietBench(folder, bench.tell)
        return without_network(lambda: self.department.train(lesson, self.recipe, quiet))

    def learn_again(self, folder: Path, bench: Workbench) -> Trained:
        """Teach the department with the lesson as it stands."""
        with ExitStack() as files:
            return self.learn(self.opened(files), folder, bench)


def scratch_of(studio: Studio, model: Model) -> Scratch:
    """Open a model's training.

    Raises:
        NotCleared: what taught it may not be learned from any more.
    """
    dataset = studio.ledger.get(model.dataset)
    earlier = [studio.ledger.get(digest) for digest in model.earlier]
    if not isinstance(dataset, Dataset):
        raise Damaged(model.name, f"it was taught by a {dataset.noun}")
    department = find_department(model.department)
    recipe = read_recipe(type(next(iter(department.recipes.values()))), model.recipe)
    order = Order(dataset, model.name, recipe.name, earlier=tuple(one for one in earlier if isinstance(one, Model)))
    return Scratch(studio, order, recipe, still_cleared(studio, dataset), department)
