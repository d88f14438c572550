"""rushes retrain: train a model again without what may not teach any more, and show that nothing of it is left."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rushes.cli.desk import AsJson, ShowName, open_desk
from rushes.cli.voice import err, say, say_json
from rushes.domain.nouns import Dataset, Model
from rushes.flow.clear import clear_dataset
from rushes.flow.retrain import order_again, what_is_left
from rushes.flow.train import train_model
from rushes.flow.unlearning import Proof, prove
from rushes.jobs.bar import progress_bar
from rushes.originality.bars import Bar, BarPage, write_bars
from rushes.originality.membership import Membership

NOTE = (
    "An AUC says how often a model's error is smaller on a frame that taught the first model than on one of the same "
    "kind that taught neither: 0.5 is chance, 1 gives every taught frame away. The error is what is left of the "
    "artist's change, over what was changed, as an audience sees it, against that of a third training of another seed "
    "without what is gone: some frames are harder than others. In brackets: the interval that holds the AUC in "
    "95 of 100 draws of as many frames; it narrows with more frames, not with a better model."
)


def retrain(
    model: Annotated[str, typer.Argument(help="Name of the model.")],
    *,
    without: Annotated[
        list[str] | None, typer.Option(help="A licence or consent, as if withdrawn; what was withdrawn is out anyway.")
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="Of the new dataset and model; numbered after the old, else.")
    ] = None,
    unseen: Annotated[
        list[str] | None, typer.Option(help="A dataset of pairs like those left out, which never taught.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with the proof.")] = None,
    show: ShowName = None,
    as_json: AsJson = False,
) -> None:
    """Train a model again without what may not teach any more, and show that nothing of it is left."""
    with open_desk(show) as (studio, production), progress_bar(err) as watch:
        old = studio.ledger.find(Model, production.name, model)
        others = tuple(studio.ledger.find(Dataset, production.name, one) for one in unseen or ())
        left = what_is_left(studio, old, without or ())
        taken = {one.name for kind in (Model, Dataset) for one in studio.ledger.every(kind, production.name)}
        called = name or _free_name(old.name, taken)
        dataset = clear_dataset(studio, production.name, called, department=old.department, parts=left.parts)
        new = train_model(studio, order_again(old, dataset, called, earlier=left.earlier), watch)
        proof = prove(studio, (old, new), watch, unseen=others)
    if html:
        write_bars(html, _page(old, new, left.gone, proof=proof))
    if as_json:
        said = {"model": new.name, "weights": new.weights.digest, "dataset": dataset.name, "left_out": dict(left.gone)}
        say_json({**said, "proof": {**asdict(proof), "clean": proof.clean}})
    else:
        _say(new, left.gone, proof)
        if html:
            say(f"page: {html}")
    raise typer.Exit(0 if proof.clean else 1)


def _free_name(name: str, taken: set[str]) -> str:
    """Return the first name of its kind that is free: `fixer.2`."""
    return next(found for number in range(2, len(taken) + 3) if (found := f"{name}.{number}") not in taken)


def _say(new: Model, gone: tuple[tuple[str, str], ...], proof: Proof) -> None:
    say(f"{new.name}: weights {new.weights.digest}")
    for name, why in gone:
        say(f"left out: {name} ({why})")
    say(f"{len(proof.shared)} file(s) of it in the new lesson")
    if proof.before and proof.after:
        say(f"what the old model knows of it: {_words(proof.before)}")
        say(f"what the new model knows of it: {_words(proof.after)}")
        say(_verdict(proof.after))
    else:
        say(proof.words)


def _verdict(test: Membership) -> str:
    if test.proven:
        return "So many frames show it: the new model does not know them."
    if test.like_chance:
        return "Nothing speaks for it that the new model knows them; more frames would narrow the interval."
    return "The new model does better on what is gone than chance explains. Look for copies of it: rushes vet"


def _words(test: Membership) -> str:
    frames = f"{test.members} frames against {test.others}"
    return f"AUC {test.auc:.2f} ({test.low:.2f} to {test.high:.2f}), {frames}"


def _page(old: Model, new: Model, gone: tuple[tuple[str, str], ...], *, proof: Proof) -> BarPage:
    tests = [(old.name, proof.before), (new.name, proof.after)]
    files = "No file of it is" if not proof.shared else f"{len(proof.shared)} of its files are"
    return BarPage(
        title=f"{new.name}: trained again without {len(gone)} asset(s)",
        origin=f"It replaces {old.name}. {files} in the new lesson, compared by digest.",
        says=_verdict(proof.after) if proof.after else proof.words,
        bars=[Bar(name, test.auc, _words(test)) for name, test in tests if test],
        notes=[NOTE, f"Weights {new.weights.digest}."],
        tables=[("Left out", ("asset", "why"), gone)],
    )
