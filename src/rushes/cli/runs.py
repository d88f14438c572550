"""rushes runs: the trainings of a show side by side."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from rushes.cli.desk import AsJson, ShowName, departments_named, open_desk
from rushes.cli.voice import say, say_json, say_table
from rushes.departments.find import find_department
from rushes.departments.paint.plots import TINTS, plot_runs
from rushes.domain.errors import NotFound
from rushes.domain.nouns import Dataset, Model, Show
from rushes.domain.parts import Measure
from rushes.domain.recipes import Recipe
from rushes.domain.records import digest_of
from rushes.media.whole import whole_file
from rushes.studio import Studio
from rushes.training.weights import read_weights

DIGITS = 12
"""Of a digest: few enough to read over the telephone, and no two models of a studio share them."""

HELD_OUT = "held out"

MOST_MEASURES = 2
"""Of what a training was worth, in a row; all of them are in its report."""

LONGEST_VALUE = 24
"""Characters of a setting's value; some hold the text of a whole file."""

COUNTED = ("name", "steps", "seconds")
"""Settings that have a column of their own, or were worked out into one that has."""


@dataclass(frozen=True)
class Point:
    """One point of a learning curve, as a model's card holds it."""

    step: int
    loss: float
    held_out: float
    taught: float


@dataclass(frozen=True)
class Run:
    """One training.

    Attributes:
        trained: when its model was recorded, UTC.
        dataset: name of what taught it.
        differs: settings that are not as in the recipe of this name.
        steps: that it came to, or None where it is not learned in steps.
        curve: from the card; empty where there is none.
        quarantined: why its model must not be used; empty where it may be.
    """

    model: Model
    trained: str
    dataset: str
    recipe: str
    differs: Mapping[str, object]
    steps: int | None
    curve: tuple[Point, ...]
    quarantined: tuple[str, ...]

    @property
    def weights(self) -> str:
        """The first digits of its weights' digest."""
        return self.model.weights.digest.partition(":")[2][:DIGITS]

    @property
    def changed(self) -> str:
        """The settings that differ, for people."""
        return ", ".join(f"{name}={_short(value)}" for name, value in self.differs.items())

    @property
    def headline(self) -> list[Measure]:
        """What it was worth on what was held out; the first measure that there is, where nothing was."""
        held = [measure for measure in self.model.measures if HELD_OUT in measure.name]
        return held[:MOST_MEASURES] or list(self.model.measures[:1])


def runs(
    *,
    dataset: Annotated[str | None, typer.Option(help="Only those that were taught by this.")] = None,
    department: Annotated[str | None, typer.Option(help="Only those of this department.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with the learning curves over each other.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Compare trainings: settings, scores, learning curves."""
    departments_named([department] if department else [])
    with open_desk(show) as (studio, production):
        models = _models(studio, production.name, dataset=dataset, department=department)
        found = [_run(studio, model) for model in models]
    if html:
        _write_page(html, production, found)
    if as_json:
        say_json([_described(run) for run in found])
        return
    if found:
        columns = ("model", "trained", "dataset", "recipe", "steps", HELD_OUT, "weights", "")
        say_table("", columns, [_row(run) for run in found])
    else:
        say("no trainings yet" if dataset is None and department is None else "no such trainings")
    if html:
        say(f"page: {html}")


def _models(studio: Studio, show: str, *, dataset: str | None, department: str | None) -> list[Model]:
    """Return models in the order in which they were trained; of datasets of one name, those of every one."""
    name = None if dataset is None else studio.ledger.find(Dataset, show, dataset).name
    return [
        model
        for model in studio.ledger.every(Model, show)
        if department in (None, model.department) and name in (None, _dataset(studio, model))
    ]


def _dataset(studio: Studio, model: Model) -> str:
    return studio.ledger.get(model.dataset).name


def _run(studio: Studio, model: Model) -> Run:
    settings, card = json.loads(model.recipe), _card(studio, model)
    name, curve = str(settings.get("name", "")), _curve(card)
    return Run(
        model=model,
        trained=studio.ledger.entry(digest_of(model)).recorded_at[:16].replace("T", " "),
        dataset=_dataset(studio, model),
        recipe=name,
        differs=_differing(settings, _standard(model.department, name)),
        steps=settings.get("steps") or card.get("steps") or (curve[-1].step if curve else None),
        curve=curve,
        quarantined=tuple(studio.quarantine(model)),
    )


def _card(studio: Studio, model: Model) -> Mapping[str, Any]:
    """Return what lies with the weights; nothing where they are no longer in the vault."""
    return read_weights(studio.vault.path(model.weights))[1] if studio.vault.has(model.weights) else {}


def _standard(department: str, recipe: str) -> Recipe | None:
    """Return a recipe as it is here today; None where there is none of this name, or no such department."""
    try:
        return find_department(department).recipes.get(recipe)
    except NotFound:
        return None


def _differing(settings: Mapping[str, Any], standard: Recipe | None) -> dict[str, object]:
    usual = {} if standard is None else asdict(standard)
    return {
        name: value
        for name, value in settings.items()
        if name not in COUNTED and (name not in usual or usual[name] != value)
    }


def _curve(card: Mapping[str, Any]) -> tuple[Point, ...]:
    return tuple(Point(int(step), *map(float, rest)) for step, *rest in card.get("curve", ()))


def _row(run: Run) -> tuple[object, ...]:
    recipe = f"{run.recipe}\n{run.changed}" if run.changed else run.recipe
    worth = "\n".join(_said(measure) for measure in run.headline)
    mark = "quarantined" if run.quarantined else ""
    return run.model.name, run.trained, run.dataset, recipe, run.steps, worth, run.weights, mark


def _said(measure: Measure) -> str:
    """Return a measure without what its column says already."""
    name = measure.name.removeprefix(f"{HELD_OUT}: ").removeprefix(f"{HELD_OUT}, ")
    return f"{measure.value:.4g} {measure.unit}".strip() + f" {name}"


def _short(value: object) -> str:
    text = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
    line = text.partition("\n")[0]
    return text if line == text and len(text) <= LONGEST_VALUE else f"{line[: LONGEST_VALUE - 1]}…"


def _described(run: Run) -> dict[str, object]:
    return {
        "name": run.model.name,
        "department": run.model.department,
        "trained": run.trained,
        "dataset": run.dataset,
        "recipe": run.recipe,
        "differs": run.differs,
        "steps": run.steps,
        "weights": run.model.weights.digest,
        "measures": [asdict(measure) for measure in run.model.measures],
        "curve": [asdict(point) for point in run.curve],
        "quarantined": run.quarantined,
    }


def _write_page(path: Path, production: Show, found: Sequence[Run]) -> None:
    """Write the page: one part for each dataset, for scores on different frames do not compare."""
    loader = ChoiceLoader([PackageLoader("rushes.cli"), PackageLoader("rushes.departments.paint")])
    room = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    parts = [
        _part(name, [run for run in found if run.dataset == name]) for name in {run.dataset: None for run in found}
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as draft:
        words = room.get_template("runs.html.j2").render(show=production, parts=parts, said=_said)
        draft.write_text(words, encoding="utf-8")


def _part(dataset: str, found: Sequence[Run]) -> dict[str, object]:
    """Return what the page says of one dataset; a training's tint is that of its curve."""
    drawn = [run for run in found if run.curve]
    tints = {id(run): TINTS[number % len(TINTS)] for number, run in enumerate(drawn)}
    curves = [(f"{run.model.name}  {run.weights[:4]}", run.curve) for run in drawn]
    return {
        "dataset": dataset,
        "plot": _drawn(curves) if curves else None,
        "rows": [(run, tints.get(id(run)), _best(run.curve)) for run in found],
    }


def _best(curve: Sequence[Point]) -> str:
    if not curve:
        return ""
    best = max(curve, key=lambda point: point.held_out)
    return f"{best.held_out:.2f} dB at {best.step}"


def _drawn(curves: Sequence[tuple[str, Sequence[Point]]]) -> str:
    """Return a plot as a data address."""
    with TemporaryDirectory() as folder:
        content = plot_runs(Path(folder) / "runs.png", curves).read_bytes()
    return "data:image/png;base64," + base64.b64encode(content).decode("ascii")
