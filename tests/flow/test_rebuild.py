"""A model is made again from what is on record; whatever is not as recorded shows."""

import json
from dataclasses import replace

import numpy as np
import pytest

from rushes.cli import run
from rushes.domain.errors import NotCleared
from rushes.domain.nouns import Dataset, Model
from rushes.flow.rebuild import rebuild_model
from rushes.flow.train import Order, train_model
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.settings import read_settings
from rushes.studio import open_studio

WINDOW = (0, 0, 95, 63)


@pytest.fixture(scope="module")
def studio(tmp_path_factory):
    """A studio with two pairs, each with a wire of one pixel, and a fix and a look that were taught by them."""
    folder = tmp_path_factory.mktemp("house")
    rng = np.random.default_rng(1)
    for number in range(1, 4):
        clean = np.repeat(rng.uniform(0.1, 0.6, (8, 12, 3)), 8, axis=0).repeat(8, axis=1).astype(np.float32)
        wired = clean.copy()
        wired[20 + number] = 0.01
        for name, picture in (("before", wired), ("after", clean)):
            write_still(folder / f"{name}.{number:04}.exr", Frame(0, picture, Header(WINDOW, WINDOW)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(folder / "home"))
        patch.delenv("RUSHES_SHOW", raising=False)
        patch.chdir(folder)
        for command in (
            "new nf --owner N --territory GB --view Un-tone-mapped",
            "rights licence all --owner N --allow ai_training",
            "ingest before before.####.exr --colour-space ACEScg --owner N --nobody",
            "ingest after after.####.exr --colour-space ACEScg --owner N --nobody",
            "clear wires --department paint --pair before:after",
        ):
            assert run(command.split()) == 0, command
        with open_studio(read_settings()) as studio:
            dataset = studio.ledger.find(Dataset, "nf", "wires")
            train_model(studio, Order(dataset, "unwired", "cleanup", {"steps": "12"}))
            yield studio


def test_the_same_weights_come_out_and_nothing_new_is_on_record(studio, capsys):
    before = studio.ledger.every(Model)
    assert run(["rebuild", "unwired", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["same"] is True
    assert said["recorded"] == said["made"] == before[0].weights.digest
    assert studio.ledger.every(Model) == before


def test_a_model_that_was_not_made_so_is_found_out(studio, capsys):
    [model] = studio.ledger.every(Model)
    studio.record(replace(model, name="other", recipe=model.recipe.replace('"seed":0', '"seed":1'), seed=1))
    assert run(["rebuild", "other"]) == 1
    assert "other weights" in capsys.readouterr().out


def test_what_may_not_be_learned_from_any_more_is_not_learned_from_again(studio):
    model = studio.ledger.find(Model, "nf", "unwired")
    assert run(["rights", "withdraw", "all", "--reason", "gone"]) == 0
    with pytest.raises(NotCleared, match="withdrawn"):
        rebuild_model(studio, model)
