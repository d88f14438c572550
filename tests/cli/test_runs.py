"""Trainings side by side: what differed, what came of it, and their curves on a page that stands alone."""

import io
import json
import re
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from rushes.cli import run
from rushes.cli.voice import out
from rushes.departments.find import find_department
from rushes.domain.actions import TRAINING
from rushes.domain.grants import Licence
from rushes.domain.nouns import Asset, Dataset, Model
from rushes.domain.parts import Item, Measure, Scope
from rushes.domain.recipes import Recipe, recipe_json
from rushes.domain.records import digest_of
from rushes.settings import read_settings
from rushes.studio import open_studio
from rushes.training.weights import write_weights

CURVE = [[50, 0.3, 20.0, 21.0], [100, 0.2, 26.5, 27.0], [150, 0.1, 26.0, 29.0]]
HELD_OUT = (
    Measure("taught, what was changed", 30.1, "dB"),
    Measure("held out, what was changed", 27.34, "dB"),
    Measure("held out, what was changed", 0.972, "SSIM"),
    Measure("held out, what lies around", 61.0, "dB"),
)


@pytest.fixture(scope="module", autouse=True)
def wide_terminal():
    """A table keeps its words whole, however wide the terminal of whoever runs the tests is."""
    before, out.width = out.width, 200
    yield
    out.width = before


class Trainings:
    """A show, and trainings put on record one after another as `rushes train` does."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0
        self.plate = Asset("nf", "plate", "plate", "N", (), (), (1, 2), 64, 36, "24", "ACEScg")
        self.own = Licence("nf", "own", "N", ("*",), (TRAINING,), ("*",), ("*",), None, None)
        with open_studio(read_settings()) as studio:
            studio.record(self.plate)
            studio.record(self.own)

    def add(self, name, recipe, *, dataset="dusk", card=None, measures=HELD_OUT, department="look"):
        self.count += 1
        items = (Item(digest_of(self.plate), "before", 1, (1,)),)
        lesson = Dataset(
            "nf", dataset, department, TRAINING, "GB", items, (digest_of(self.own),), date(2026, 11, 22), None
        )
        file = self.folder / "w.safetensors"
        write_weights(file, {"w": np.full(2, self.count, np.float32)}, card or {})
        text = recipe if isinstance(recipe, str) else recipe_json(recipe)
        with open_studio(read_settings()) as studio:
            weights = studio.vault.put(file)
            scope = Scope("nf", (department,), (), "GB", None)
            model = Model(
                "nf", name, department, digest_of(lesson), text, 0, weights, scope, measures, (), None, (), "s"
            )
            at = replace(studio, clock=lambda: datetime(2026, 11, self.count, 9, 30, tzinfo=UTC))
            at.record(lesson)
            at.record(model)
        return weights.digest


def look_recipe(name="standard", **settings) -> Recipe:
    return replace(find_department("look").recipes[name], **settings)


@pytest.fixture
def trainings(show):
    return Trainings(show)


@dataclass(frozen=True)
class Seen:
    """Three trainings, a plain one, one with changed settings and a curve, one by another dataset; and what is said."""

    weights: list[str]
    table: str
    listed: list[dict]
    html: str


def said(*words):
    heard = io.StringIO()
    with redirect_stdout(heard):
        assert run(words) == 0
    return heard.getvalue()


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(folder / "studio"))
        patch.setenv("RUSHES_PERSON", "tester")
        patch.setenv("COLUMNS", "200")
        patch.delenv("RUSHES_SHOW", raising=False)
        said("new", "nf", "--owner", "Nightfall Ltd", "--territory", "gb")
        trainings = Trainings(folder)
        other = (Measure("ΔE2000 mean", 0.41),)
        weights = [
            trainings.add("plain", look_recipe()),
            trainings.add("tuned", look_recipe("windows", lattice=33, seed=7), card={"curve": CURVE}),
            trainings.add("other", look_recipe(), dataset="dawn", measures=other),
        ]
        listed = json.loads(said("runs", "--json"))
        table = said("runs", "--html", str(folder / "out" / "runs.html"))
        return Seen(weights, table, listed, (folder / "out" / "runs.html").read_text())


def test_a_show_without_trainings_says_so_and_so_does_its_page(show, typed):
    assert typed("runs", "--html", "runs.html") == (0, "no trainings yet\npage: runs.html\n", "")
    assert "There are none yet." in (show / "runs.html").read_text()
    assert json.loads(typed("runs", "--json")[1]) == []


def test_trainings_are_listed_in_the_order_in_which_they_were_made(seen):
    first = [line.split()[0] for line in seen.table.splitlines() if line.strip()]
    named = [word for word in first if word in ("plain", "tuned", "other")]
    assert named == [one["name"] for one in seen.listed] == ["plain", "tuned", "other"]
    assert "2026-11-02 09:30" in seen.table


def test_only_the_settings_that_differ_from_the_recipe_of_that_name_are_shown(seen):
    assert [one["differs"] for one in seen.listed] == [{}, {"lattice": 33, "seed": 7}, {}]
    assert "lattice=33, seed=7" in seen.table
    assert "encoding" not in seen.table
    assert "spatial" not in seen.table  # it is what makes the recipe windows


def test_weights_are_named_by_twelve_digits_and_for_programs_by_all(seen):
    digits = [re.search(digest[7:19] + r"\b", seen.table) is not None for digest in seen.weights]
    assert digits == [True, True, True]
    assert [one["weights"] for one in seen.listed] == seen.weights


def test_what_was_held_out_is_the_headline_and_where_nothing_was_the_first_measure(seen):
    assert "27.34 dB what was changed" in seen.table
    assert "0.972 SSIM what was changed" in seen.table
    assert "30.1" not in seen.table
    assert "0.41 ΔE2000 mean" in seen.table


def test_a_curve_in_the_card_is_there_for_programs(seen):
    assert seen.listed[0]["curve"] == []
    assert seen.listed[1]["curve"][1] == {"step": 100, "loss": 0.2, "held_out": 26.5, "taught": 27.0}


def test_a_page_has_a_part_for_each_dataset_and_a_plot_where_there_are_curves(seen):
    assert "page: " in seen.table
    assert re.findall(r"<h2>(\w+)</h2>", seen.html) == ["dusk", "dawn"]
    assert "26.50 dB at 100" in seen.html


def test_the_page_stands_alone(seen):
    sources = re.findall(r'(?:src|href)="([^"]*)"', seen.html)
    assert len(sources) == 1
    assert sources[0].startswith("data:image/png;base64,")
    assert "http" not in re.sub(r'src="[^"]*"', "", seen.html).replace("http-equiv", "")


def test_trainings_can_be_asked_for_by_dataset_and_by_department(trainings, typed):
    trainings.add("plain", look_recipe())
    trainings.add("wire", "{}", dataset="dawn", department="old")
    assert [one["name"] for one in json.loads(typed("runs", "--dataset", "dawn", "--json")[1])] == ["wire"]
    assert [one["name"] for one in json.loads(typed("runs", "--department", "look", "--json")[1])] == ["plain"]
    assert typed("runs", "--dataset", "dawn", "--department", "look")[1] == "no such trainings\n"


def test_a_wrong_name_of_a_dataset_or_department_offers_the_nearest(trainings, typed):
    trainings.add("plain", look_recipe())
    code, _, error = typed("runs", "--dataset", "dsuk")
    assert code == 1
    assert "did you mean 'dusk'" in error
    assert "did you mean 'look'" in typed("runs", "--department", "lok")[2]


def test_steps_that_a_training_came_to_have_a_column_and_differ_from_nothing(trainings, typed):
    trainings.add("wire", '{"name":"gone","seconds":0.0,"steps":1234,"rate":0.02,"flips":true}', department="old")
    (one,) = json.loads(typed("runs", "--json")[1])
    assert one["steps"] == 1234
    # of a recipe that nobody here knows, every setting is said
    assert one["differs"] == {"rate": 0.02, "flips": True}
    assert "rate=0.02, flips=on" in typed("runs")[1]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("<ColorCorrectionCollection>\nmore", "<ColorCorrectionCollect…"), ("<cdl>\nmore", "<cdl>…"), ("a.ccc", "a.ccc")],
)
def test_a_setting_that_holds_a_whole_file_is_cut(trainings, typed, text, shown):
    trainings.add("match", look_recipe(trims=text))
    assert f"trims={shown} " in typed("runs")[1]


def test_a_training_that_went_on_until_it_settled_says_how_many_steps_that_took(trainings, typed):
    recipe = '{"name":"gone","seconds":0.0,"steps":0}'
    trainings.add("counted", recipe, department="old", card={"curve": CURVE, "steps": 190})
    trainings.add("judged", recipe, department="old", card={"curve": CURVE})
    trainings.add("neither", recipe, department="old")
    assert [one["steps"] for one in json.loads(typed("runs", "--json")[1])] == [190, 150, None]


def test_a_training_whose_weights_are_gone_is_still_listed(trainings, home, typed):
    digest = trainings.add("plain", look_recipe(), card={"curve": CURVE}).partition(":")[2]
    for path in (home / "studio").rglob(f"*{digest[4:]}"):
        path.unlink()
    (one,) = json.loads(typed("runs", "--json")[1])
    assert (one["name"], one["curve"]) == ("plain", [])


def test_a_training_whose_licence_was_withdrawn_is_marked(trainings, home, typed):
    trainings.add("plain", look_recipe())
    assert "quarantined" not in typed("runs")[1]
    typed("rights", "withdraw", "own", "--reason", "sold")
    assert typed("runs", "--html", "runs.html")[1].count("quarantined") == 1
    assert (home / "runs.html").read_text().count(">quarantined<") == 1
    (one,) = json.loads(typed("runs", "--json")[1])
    assert "licence own, which taught it, was withdrawn" in one["quarantined"][0]
