"""Nothing is lost: the power goes at any instant, and the same command goes on."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rushes.training.checkpoints import load_checkpoint

pytestmark = pytest.mark.slow

RUSHES = [sys.executable, "-m", "rushes"]
FRAMES = range(1001, 1013)


class House:
    """A studio on disk, worked on by processes that can be killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "RUSHES_HOME": str(folder / "studio"),
            "RUSHES_PERSON": "tester",
            "OMP_NUM_THREADS": "1",
        }

    def run(self, *command: str, exit_code: int = 0) -> dict:
        done = subprocess.run(
            [*RUSHES, *command, "--json"],
            check=False,
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == exit_code, done.stderr + done.stdout
        return json.loads(done.stdout) if done.stdout else {}

    def kill(self, *command: str, when) -> bool:
        """Start a command and kill it as soon as `when` holds; False where it was done before that."""
        with subprocess.Popen(
            [*RUSHES, *command], env=self.environment, cwd=self.folder, stderr=-3, stdout=-3
        ) as process:
            while process.poll() is None and not when():
                time.sleep(0.001)
            process.kill()
            process.wait()
        return process.returncode == -9

    def files(self, pattern: str) -> list[Path]:
        return sorted(self.folder.glob(pattern))


@pytest.fixture
def footage(tmp_path, write_exr):
    rows, columns = np.mgrid[0:180, 0:320]
    blocks = np.random.default_rng(3).uniform(-4, 2, (3, 9, 16)).repeat(20, 1).repeat(20, 2)
    for frame in FRAMES:
        light = np.sin(rows / 11 + frame / 3) + np.cos(columns / 13)
        plate = 0.18 * np.exp2(blocks + 0.5 * light)
        graded = 0.2 * (plate / 0.18) ** 1.1 * np.array([1.2, 1.0, 0.8]).reshape(3, 1, 1)
        write_exr(tmp_path / "in" / f"plate.{frame}.exr", plate.astype(np.float32))
        write_exr(tmp_path / "in" / f"grade.{frame}.exr", graded.astype(np.float32))
    return tmp_path / "in"


@pytest.fixture
def house(tmp_path):
    house = House(tmp_path)
    house.run("new", "nf", "--owner", "N", "--territory", "GB", "--view", "Un-tone-mapped")
    house.run("rights", "licence", "own", "--owner", "N", "--allow", "ai_training", "--allow", "ai_inference")
    house.run("person", "ana", "--title", "Ana", "--say", "look")
    return house


def ingest(footage, name):
    kind = "plate" if name == "plate" else "grade"
    source = str(footage / f"{name}.####.exr")
    return ["ingest", name, source, "--kind", kind, "--colour-space", "ACEScg", "--owner", "N", "--nobody"]


def teach(house, footage):
    house.run(*ingest(footage, "plate"))
    house.run(*ingest(footage, "grade"))
    house.run("clear", "dusk", "--pair", "plate:grade")


@pytest.mark.parametrize("stored", [1, 5, 11])
def test_an_ingest_killed_half_way_leaves_nothing_half_and_goes_on(house, footage, stored):
    vault = "studio/vault/objects/*/*"
    killed = house.kill(*ingest(footage, "plate"), when=lambda: len(house.files(vault)) >= stored)
    assert killed
    assert house.run("status")["Asset"] == []
    assert house.run("audit")["faults"] == []
    house.run(*ingest(footage, "plate"))
    (asset,) = house.run("status")["Asset"]
    assert len(asset["files"]) == len(FRAMES) == len(house.files(vault))
    assert house.run("audit")["faults"] == []


def test_a_training_killed_again_and_again_gives_the_same_weights_as_one_in_peace(house, footage):
    teach(house, footage)
    for pairs in (1, 4, 9):

        def kept(pairs=pairs):
            (job,) = house.files("studio/jobs/train-*/job.json") or [None]
            return job is not None and house.files("studio/jobs/train-*/checkpoints/*") and done_pairs(house) >= pairs

        assert house.kill("train", "look", "--dataset", "dusk", "--name", "m", when=kept)
        assert house.run("status")["Model"] == []
    killed = house.run("train", "look", "--dataset", "dusk", "--name", "m")
    in_peace = house.run("train", "look", "--dataset", "dusk", "--name", "again")
    assert killed["weights"]["digest"] == in_peace["weights"]["digest"]
    assert np.all([a["value"] == b["value"] for a, b in zip(killed["measures"], in_peace["measures"], strict=True)])


def test_a_look_does_not_depend_on_how_many_threads_a_product_is_split_over(house, footage):
    teach(house, footage)
    weights = []
    for threads in ("1", "2"):
        house.environment["OPENBLAS_NUM_THREADS"] = threads
        weights.append(house.run("train", "look", "--dataset", "dusk", "--name", f"on_{threads}")["weights"]["digest"])
    assert weights[0] == weights[1]


def done_pairs(house: House) -> int:
    (folder,) = house.files("studio/jobs/train-*/checkpoints")
    checkpoint = load_checkpoint(folder)
    return int(checkpoint["done"]) if checkpoint else 0


def test_a_render_and_a_delivery_killed_half_way_go_on(house, footage):
    teach(house, footage)
    house.run("train", "look", "--dataset", "dusk")
    rendered = "studio/jobs/render-*/work/*.exr"
    assert house.kill("render", "dusk", "plate", when=lambda: len(house.files(rendered)) >= 4)
    assert house.run("status")["Take"] == []
    early = {path.name: path.stat().st_mtime_ns for path in house.files(rendered)}
    assert len(early) >= 4
    house.run("render", "dusk", "plate")
    house.run("review", "plate_v001", "--by", "ana", "--approve")
    partial = ".out.partial/frames/*/*.exr"
    for copied in (1, 9):
        assert house.kill(
            "deliver", "reel", "plate_v001", "--to", "out", when=lambda n=copied: len(house.files(partial)) >= n
        )
        assert not (house.folder / "out").exists()
        assert house.run("audit")["faults"] == []
    house.run("deliver", "reel", "plate_v001", "--to", "out")
    assert house.run("verify", "out")["files"] > len(FRAMES)
    assert house.files(".out.partial") == []
