"""Nothing is lost: the power goes at any instant, and the same command goes on."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.training.checkpoints import load_checkpoint

pytestmark = pytest.mark.slow

RUSHES = [sys.executable, str(Path(__file__).parents[1] / "forked.py"), "alone"]
FRAMES = range(1001, 1013)
WINDOW = (0, 0, 319, 179)
COARSE = ["--set", "lattice=17", "--set", "curve_points=17"]
"""Enough to see whether two looks are one: a finer lattice only takes longer to write."""


class House:
    """A studio on disk, worked on by processes that can be killed; nothing of it is kept in memory.

    Attributes:
        rushes: what to start as `rushes`.
    """

    def __init__(self, folder: Path, rushes: list[str]) -> None:
        self.folder, self.rushes = folder, rushes
        own = {"RUSHES_HOME": str(folder / "studio"), "RUSHES_PERSON": "tester", "WITHOUT_PLOTS": "1"}
        self.environment = {**os.environ, **own}

    def run(self, *command: str, exit_code: int = 0) -> dict:
        done = subprocess.run(
            [*self.rushes, *command, "--json"],
            check=False,
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == exit_code, done.stderr + done.stdout
        return json.loads(done.stdout) if done.stdout else {}

    def killed(self, *command: str, at: str) -> bool:
        """Whether a command was killed at "number pattern", as forked.py reads it; not where it was done before."""
        environment = {**self.environment, "POWER_CUT": at}
        started = [*self.rushes, *command]
        ended = subprocess.run(started, check=False, env=environment, cwd=self.folder, capture_output=True)
        return ended.returncode == -9

    def files(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(pattern))


@pytest.fixture(scope="module")
def footage(tmp_path_factory):
    folder = tmp_path_factory.mktemp("footage")
    rows, columns = np.mgrid[0:180, 0:320]
    blocks = np.random.default_rng(3).uniform(-0.5, 0.2, (3, 9, 16)).repeat(20, 1).repeat(20, 2)
    for frame in FRAMES:
        light = np.sin(rows / 11 + frame / 3) + np.cos(columns / 13)
        plate = 0.18 * np.exp2(blocks + 0.5 * light)
        graded = 0.2 * (plate / 0.18) ** 1.1 * np.array([1.2, 1.0, 0.8]).reshape(3, 1, 1)
        for name, light in (("plate", plate), ("grade", graded)):
            packed = np.ascontiguousarray(light.transpose(1, 2, 0), np.float32)
            write_still(folder / f"{name}.{frame}.exr", Frame(0, packed, Header(WINDOW, WINDOW)))
    return folder


@pytest.fixture
def house(tmp_path, forked):
    return opened(tmp_path, forked)


def opened(folder, rushes):
    house = House(folder, rushes)
    house.run("new", "nf", "--owner", "N", "--territory", "GB", "--view", "Un-tone-mapped")
    house.run("rights", "licence", "own", "--owner", "N", "--allow", "ai_training", "--allow", "ai_inference")
    house.run("person", "ana", "--title", "Ana", "--say", "look")
    return house


def ingest(footage, name):
    kind = "plate" if name == "plate" else "grade"
    source = str(footage / f"{name}.####.exr")
    return ["ingest", name, source, "--kind", kind, "--colour-space", "ACEScg", "--owner", "N", "--nobody"]


@pytest.fixture(scope="module")
def in_peace(tmp_path_factory, footage, forked):
    """A studio where one look was learned, and what was said of it."""
    house = opened(tmp_path_factory.mktemp("peace"), forked)
    house.run(*ingest(footage, "plate"))
    house.run(*ingest(footage, "grade"))
    house.run("clear", "dusk", "--pair", "plate:grade")
    return house, house.run("train", "look", "--dataset", "dusk", "--name", "in_peace", *COARSE)


@pytest.fixture
def taught(in_peace, tmp_path):
    """The same studio, to go on in."""
    house, model = in_peace
    shutil.copytree(house.folder, tmp_path, dirs_exist_ok=True)
    return House(tmp_path, house.rushes), model


@pytest.mark.parametrize("stored", [1, 5, 11])
def test_an_ingest_killed_half_way_leaves_nothing_half_and_goes_on(house, footage, stored):
    vault = "studio/vault/objects/*/*"
    assert house.killed(*ingest(footage, "plate"), at=f"{stored + 1} */vault/objects/*")
    assert len(house.files(vault)) >= stored
    assert house.run("status")["Asset"] == []
    assert house.run("audit")["faults"] == []
    house.run(*ingest(footage, "plate"))
    (asset,) = house.run("status")["Asset"]
    assert len(asset["files"]) == len(FRAMES) == len(house.files(vault))
    assert house.run("audit")["faults"] == []


def test_a_training_killed_again_and_again_gives_the_same_weights_as_one_in_peace(taught):
    house, in_peace = taught
    for pairs, more in ((1, 1), (4, 3), (9, 5)):
        assert house.killed(
            "train", "look", "--dataset", "dusk", "--name", "m", *COARSE, at=f"{more + 1} */checkpoints/0*"
        )
        assert done_pairs(house) == pairs
        assert [model["name"] for model in house.run("status")["Model"]] == ["in_peace"]
    killed = house.run("train", "look", "--dataset", "dusk", "--name", "m", *COARSE)
    assert killed["weights"]["digest"] == in_peace["weights"]["digest"]
    assert np.all([a["value"] == b["value"] for a, b in zip(killed["measures"], in_peace["measures"], strict=True)])


def test_a_look_does_not_depend_on_how_many_threads_a_product_is_split_over(taught):
    house, on_one = taught  # as the tests run: one thread a product
    house.rushes = RUSHES  # the command itself, for it is what says how many threads there are
    house.environment["OPENBLAS_NUM_THREADS"] = "2"
    on_two = house.run("train", "look", "--dataset", "dusk", "--name", "on_two", *COARSE)
    assert on_two["weights"]["digest"] == on_one["weights"]["digest"]


def done_pairs(house: House) -> int:
    """What the one training that is not done has kept."""
    (folder,) = [path for path in house.files("studio/jobs/train-*/checkpoints") if any(path.glob("*"))]
    checkpoint = load_checkpoint(folder)
    return int(checkpoint["done"]) if checkpoint else 0


def test_a_render_and_a_delivery_killed_half_way_go_on(taught):
    house, _ = taught
    rendered = "studio/jobs/render-*/work/*.exr"
    assert house.killed("render", "in_peace", "plate", at="6 */render-*/work/*.exr")
    assert house.run("status")["Take"] == []
    early = {path.name: path.stat().st_mtime_ns for path in house.files(rendered)}
    assert len(early) >= 4
    house.run("render", "in_peace", "plate")
    house.run("review", "plate_v001", "--by", "ana", "--approve")
    partial = ".out.partial/frames/*/*.exr"
    for copied in (1, 9):
        assert house.killed("deliver", "reel", "plate_v001", "--to", "out", at=f"{copied + 1} */.out.partial/frames/*")
        assert len(house.files(partial)) == copied
        assert not (house.folder / "out").exists()
        assert house.run("audit")["faults"] == []
    house.run("deliver", "reel", "plate_v001", "--to", "out")
    assert house.run("verify", "out")["files"] > len(FRAMES)
    assert house.files(".out.partial") == []
