"""train: teach a department with a cleared dataset; what comes out is a model that keeps to its show."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rushes.departments.department import Colour, Example, Lesson, Plate, Trained
from rushes.departments.find import find_department
from rushes.domain.errors import NotCleared, NotFound, OutOfScope
from rushes.domain.names import check_name
from rushes.domain.nouns import Asset, Dataset, Model, Review, Show, Take, frame_numbers
from rushes.domain.parts import Item
from rushes.domain.question import Use
from rushes.domain.recipes import Recipe, recipe_json
from rushes.domain.records import canonical_json, digest_of, digest_of_bytes, to_json
from rushes.domain.scopes import narrowed, scope_objections, scope_of, standing_review
from rushes.flow.machine import how_it_ran
from rushes.flow.policy import asked_of, refusals
from rushes.jobs.here import Watcher, no_watcher, run_here, without_network
from rushes.media.plates import Plates, open_plates
from rushes.media.whole import whole_file
from rushes.signing.scopes import sign_scope
from rushes.studio import Studio
from rushes.training.weights import read_weights, write_weights
from rushes.training.workbench import Workbench

KEPT = "kept.txt"
"""In a job's folder: the digest of its model, noted before that is recorded, so that nobody records it twice."""


@dataclass(frozen=True)
class Order:
    """What to train.

    Attributes:
        dataset: what it is taught by.
        name: of the model; a number is added where the name is taken.
        recipe: name of one of the department's recipes.
        settings: of the recipe, changed.
        earlier: the show's own models, each with an approved take, that say what to expect where nothing is shown.
    """

    dataset: Dataset
    name: str
    recipe: str
    settings: Mapping[str, str] = field(default_factory=dict)
    earlier: tuple[Model, ...] = ()


def train_model(studio: Studio, order: Order, watch: Watcher = no_watcher) -> Model:
    """Teach a department with a cleared dataset; the same order again gives the same weights.

    Raises:
        NotCleared: a grant that the dataset relied on has ended or was withdrawn since.
        Stopped: a person pressed Ctrl-C; the same order goes on from there.
    """
    check_name("model", order.name)
    department, recipe = find_department(order.dataset.department), _recipe(order)
    assets, started = still_cleared(studio, order.dataset), studio.clock()
    _refuse_unapproved(studio, order)

    def work(bench: Workbench) -> Model:
        trained = taught(studio, order, assets, recipe=recipe, bench=bench)
        model = _kept(studio, order, recipe, trained=trained, people=_people(assets), bench=bench)
        run = how_it_ran(digest_of(model), model.show, job_of(order), since=started, until=studio.clock())
        with whole_file(bench.folder / KEPT) as note:
            note.write_text(digest_of(model))
        studio.record_all([model, run])
        return model

    words = f"train {department.name} {order.name}"
    return run_here(studio.jobs, job_of(order), words, work=work, watch=watch)


def taught(studio: Studio, order: Order, assets: Mapping[str, Asset], *, recipe: Recipe, bench: Workbench) -> Trained:
    """Have a department learn from what an order names; nothing is kept of it yet."""
    with ExitStack() as files:
        lesson = lesson_of(studio, order, assets, files=files)
        department = find_department(order.dataset.department)
        return without_network(lambda: department.train(lesson, recipe, bench))


def weights_written(trained: Trained, dataset: Dataset, folder: Path) -> Path:
    """Write what was learned into a folder, as it is kept: weights, and the card that says what they are."""
    card: dict[str, Any] = {**trained.card, "department": dataset.department, "dataset": digest_of(dataset)}
    path = folder / "weights.safetensors"
    write_weights(path, trained.weights, card)
    return path


def job_of(order: Order) -> str:
    """Return the name of an order's job: the same for the same order.

    Raises:
        NotFound: there is no such recipe.
        BadMaterial: its settings make no sense.
    """
    earlier = [digest_of(model) for model in order.earlier]
    what = canonical_json([to_json(order.dataset), recipe_json(_recipe(order)), order.name, earlier])
    return f"train-{digest_of_bytes(what.encode())[7:19]}"


def _recipe(order: Order) -> Recipe:
    department = find_department(order.dataset.department)
    if order.recipe not in department.recipes:
        raise NotFound(f"recipe of {department.name}", order.recipe, department.recipes)
    return department.recipes[order.recipe].with_settings(dict(order.settings))


def still_cleared(studio: Studio, dataset: Dataset) -> dict[str, Asset]:
    """Return the assets of a dataset, by digest, if every grant still holds and the rules of the show allow it.

    Raises:
        NotCleared: with everything that speaks against it.
    """
    assets = {item.asset: studio.ledger.get(item.asset) for item in dataset.items}
    found = {digest: asset for digest, asset in assets.items() if isinstance(asset, Asset)}
    taught = asked_of(studio, dataset)
    reasons = [str(reason) for reason in taught.objections]
    if reasons := reasons + refusals(studio, "may_train", dataset, taught=taught):
        raise NotCleared(reasons)
    return found


def _refuse_unapproved(studio: Studio, order: Order) -> None:
    """Only what a person of this show has approved may say what a look of it is like."""
    reviews, today = studio.ledger.every(Review, order.dataset.show), studio.today()
    takes = {digest_of(take): take for take in studio.ledger.every(Take, order.dataset.show)}
    standing = {digest: standing_review(reviews, digest) for digest in takes}
    approved = {takes[digest].model for digest, review in standing.items() if review and review.decision == "approved"}
    reasons = []
    for model in order.earlier:
        use = Use(order.dataset.show, order.dataset.action, order.dataset.department, order.dataset.territory, today)
        reasons += scope_objections(model, use) + studio.quarantine(model)
        if digest_of(model) not in approved:
            reasons.append(f"{model.name} has no take that anyone has approved")
    if reasons:
        raise OutOfScope(f"{order.name} may not be taught by these earlier models", reasons)


def lesson_of(studio: Studio, order: Order, assets: Mapping[str, Asset], *, files: ExitStack) -> Lesson:
    """Return what an order's dataset teaches, its frames to be read one by one as long as the files are open."""
    dataset = order.dataset
    production = studio.ledger.find(Show, dataset.show, dataset.show)
    opened: dict[str, Plates] = {
        digest: files.enter_context(
            open_plates(
                studio.paths(asset.files),
                asset,
                config=production.config,
                working_space=production.working_space,
            )
        )
        for digest, asset in assets.items()
    }
    groups: dict[int, list[Item]] = {}
    for item in dataset.items:
        groups.setdefault(item.group, []).append(item)
    teacher = find_department(dataset.department)
    examples: list[Example] = []
    for group in groups.values():
        roles = {item.role for item in group}
        kind = next(kind for kind in teacher.lessons if kind.fits(roles))
        examples += _pairs(group, assets, opened) if kind.paired else _singles(group, assets, opened)
    colour = Colour(production.config, production.working_space, production.display, production.view)
    return Lesson(examples, colour, [read_weights(studio.vault.path(model.weights)) for model in order.earlier])


def _pairs(group: list[Item], assets: Mapping[str, Asset], opened: Mapping[str, Plates]) -> list[Example]:
    first = group[0]
    return [
        Example(
            assets[first.asset].name,
            first.frames[i],
            {item.role: partial(_reader(item, assets, opened), item.frames[i]) for item in group},
            partial(_near, asset=assets[first.asset], plates=opened[first.asset], number=first.frames[i]),
        )
        for i in range(len(first.frames))
    ]


def _reader(item: Item, assets: Mapping[str, Asset], opened: Mapping[str, Plates]) -> Callable[[int], Plate]:
    plates = opened[item.asset]
    return plates.samples if assets[item.asset].kind == "matte" else plates.plate


def _near(offset: int, *, asset: Asset, plates: Plates, number: int) -> Plate | None:
    there = frame_numbers(asset)
    place = there.index(number) + offset
    return plates.plate(there[place]) if 0 <= place < len(there) else None


def _singles(group: list[Item], assets: Mapping[str, Asset], opened: Mapping[str, Plates]) -> list[Example]:
    return [
        Example(assets[item.asset].name, frame, {item.role: partial(_reader(item, assets, opened), frame)})
        for item in group
        for frame in item.frames
    ]


def _people(assets: Mapping[str, Asset]) -> list[str]:
    return [person for asset in assets.values() for person in asset.people or ()]


def _kept(
    studio: Studio, order: Order, recipe: Recipe, *, trained: Trained, people: list[str], bench: Workbench
) -> Model:
    dataset, recipe = order.dataset, trained.recipe or recipe
    scope = narrowed(scope_of(dataset, people), [model.scope for model in order.earlier])
    weights = studio.vault.put(weights_written(trained, dataset, bench.folder), f"{order.name}.safetensors")
    return Model(
        show=dataset.show,
        name=order.name,
        department=dataset.department,
        dataset=digest_of(dataset),
        recipe=recipe_json(recipe),
        seed=recipe.seed,
        weights=weights,
        scope=scope,
        measures=trained.measures,
        reports=tuple(studio.vault.put(report) for report in trained.reports),
        base=None,
        earlier=tuple(digest_of(model) for model in order.earlier),
        signature=sign_scope(studio.signer, weights.digest, scope),
    )
