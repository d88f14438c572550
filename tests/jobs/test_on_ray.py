"""A real Ray cluster on this machine, two workers; one is killed when it hurts most."""

import json
import os
import re
import socket
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from rushes.cli import run
from rushes.domain.errors import Damaged, RushesError, Stopped
from rushes.domain.nouns import Asset, Dataset, Model
from rushes.domain.records import digest_of
from rushes.flow.chunks import spread_by
from rushes.flow.render import render_take
from rushes.flow.rendering import RenderOrder
from rushes.flow.train import Order, job_of
from rushes.flow.train_elsewhere import order_text, train_from_text
from rushes.jobs import on_ray
from rushes.jobs.on_ray import INSTALLED, ray_cluster, spread_on_ray
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.settings import read_settings
from rushes.studio import open_studio

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not INSTALLED, reason="Ray is not installed: pip install 'rushes[ray]'"),
]

FRAMES = range(1001, 1025)
HOUSE = [
    "new nf --owner N --territory GB --view Un-tone-mapped",
    "rights licence own --owner N --allow ai_training --allow ai_inference",
    "ingest plate in/plate.####.exr --colour-space ACEScg --owner N --nobody",
    "ingest grade in/grade.####.exr --kind grade --colour-space ACEScg --owner N --nobody",
    "clear dusk --pair plate:grade@1001,1017",
    "train look --dataset dusk --set lattice=9 --set curve_points=9",
]
WATCH = """
import os, signal, sys
from pathlib import Path

NOTES = Path(os.environ["WORKER_NOTES"])

def on_audit(event, arguments):
    if event == "os.rename" and "/jobs/" in str(arguments[1]):
        name = Path(str(arguments[1])).name
        for mark in NOTES.glob("kill_*"):
            if name.startswith(mark.name.removeprefix("kill_")):
                mark.unlink()
                os.kill(os.getpid(), signal.SIGKILL)
        with (NOTES / "log").open("a") as log:
            log.write(f"{os.getpid()} {name}\\n")

sys.addaudithook(on_audit)
"""
"""In every process of the cluster: note each file of a job as it gets its name; die, once, just before a marked one."""

WORK = """
import os, signal, time
from pathlib import Path
from rushes.domain.errors import Damaged

def noted(text):
    with (Path(os.environ["WORKER_NOTES"]) / "log").open("a") as log:
        log.write(f"{os.getpid()} {text}\\n")
    time.sleep(0.2)

def damaged(text):
    raise Damaged(text, "half of it is missing", 7)

def divides(text):
    1 / 0

def dies(text):
    noted(text)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    """What the workers note, and how they are told when to die."""
    return tmp_path_factory.mktemp("notes")


@pytest.fixture(scope="module", autouse=True)
def cluster(notes):
    (notes / "sitecustomize.py").write_text(WATCH)
    (notes / "work_of_this_test.py").write_text(WORK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(notes))
        patch.setenv("WORKER_NOTES", str(notes))
        with ray_cluster(workers=2):
            yield


@pytest.fixture(autouse=True)
def unwritten(notes):
    (notes / "log").write_text("")


@pytest.fixture(scope="module")
def house(tmp_path_factory, cluster, without_plots):
    """A studio with a plate of 24 frames, and a model taught by two of them."""
    folder = tmp_path_factory.mktemp("house")
    blocks = np.random.default_rng(5).uniform(-4, 2, (3, 9, 16)).repeat(10, 1).repeat(10, 2)
    rows, columns = np.mgrid[0:90, 0:160]
    for frame in FRAMES:
        plate = 0.18 * np.exp2(blocks + 0.5 * (np.sin(rows / 11 + frame / 3) + np.cos(columns / 13)))
        write_exr(folder / "in" / f"plate.{frame}.exr", plate)
        write_exr(folder / "in" / f"grade.{frame}.exr", plate * np.array([1.2, 1.0, 0.8]).reshape(3, 1, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(folder / "home"))
        patch.setenv("RUSHES_PERSON", "tester")
        patch.delenv("RUSHES_SHOW", raising=False)
        patch.chdir(folder)
        with without_plots():
            for command in HOUSE:
                assert run(command.split()) == 0, command
        yield folder


def write_exr(path, plate):
    path.parent.mkdir(parents=True, exist_ok=True)
    window = (0, 0, plate.shape[2] - 1, plate.shape[1] - 1)
    write_still(path, Frame(0, np.ascontiguousarray(plate.transpose(1, 2, 0), np.float32), Header(window, window)))


@pytest.fixture
def studio(house):
    with open_studio(read_settings()) as studio:
        yield studio


@pytest.fixture
def typed(house, capsys):
    """Run a command for programs, and return what it said."""

    def typed(*words):
        code = run([*words, "--json"])
        said = capsys.readouterr()
        assert code == 0, said.err
        return json.loads(said.out)

    return typed


def lines(notes):
    return [line.split() for line in (notes / "log").read_text().splitlines()]


def test_a_killed_worker_loses_no_frame_and_no_frame_is_written_twice(studio, notes):
    order = RenderOrder(studio.ledger.find(Model, "nf", "dusk"), studio.ledger.find(Asset, "nf", "plate"))
    here, told = render_take(studio, order), []
    (notes / "log").write_text("")
    (notes / "kill_0001014.exr").touch()  # the second of its chunk: the first is there by then
    spread = spread_by(spread_on_ray, read_settings(), size=2)
    there = render_take(studio, order, lambda *progress: told.append(progress), spread=spread)
    assert list(notes.glob("kill_*")) == []
    written = [(worker, name) for worker, name in lines(notes) if name.endswith(".exr")]
    assert sorted(name for _, name in written) == [f"{number:07d}.exr" for number in FRAMES]
    worker_of = {name: worker for worker, name in written}
    assert worker_of["0001013.exr"] != worker_of["0001014.exr"]
    assert [file.digest for file in there.files] == [file.digest for file in here.files]
    rendering = [done for done, _, words in told if words == "rendering"]
    assert rendering == sorted(rendering)
    assert rendering[-1] == len(FRAMES)


def test_a_training_whose_worker_is_killed_goes_on_and_gives_the_same_weights(studio, notes, typed):
    (notes / "kill_00000002-").touch()
    killed = typed(*HOUSE[-1].split(), "--name", "killed", "--on", "ray")
    assert list(notes.glob("kill_*")) == []
    saved = [(worker, name[:8]) for worker, name in lines(notes) if re.match("[0-9]{8}-", name)]
    assert len({worker for worker, _ in saved}) == 2
    assert [number for _, number in saved] == ["00000001", "00000002"]
    in_peace = studio.ledger.find(Model, "nf", "dusk")
    assert killed["weights"]["digest"] == in_peace.weights.digest
    assert [measure["value"] for measure in killed["measures"]] == [measure.value for measure in in_peace.measures]


def test_a_model_recorded_just_before_its_worker_died_is_not_trained_again(studio):
    dataset, model = studio.ledger.find(Dataset, "nf", "dusk"), studio.ledger.find(Model, "nf", "dusk")
    order = Order(dataset, "dusk", "standard", {"lattice": "9", "curve_points": "9"})
    said = json.loads(order_text(studio, read_settings(), order))
    assert said["known"] == [digest_of(model)]
    record = studio.jobs / job_of(order) / "job.json"
    before = record.read_bytes()
    # given out before the model was there, and again after the worker died
    assert train_from_text(json.dumps({**said, "known": []})) == digest_of(model)
    assert record.read_bytes() == before
    assert [model.name for model in studio.ledger.every(Model, "nf")].count("dusk") == 1


def test_a_render_on_ray_is_one_word_more(typed, notes):
    take = typed("render", "dusk", "plate", "--frames", "1001-1010", "--on", "ray")
    assert take["frames"] == [1001, 1010]
    assert sorted(name for _, name in lines(notes)) == [f"{number:07d}.exr" for number in range(1001, 1011)]


def test_no_more_is_sent_out_than_two_for_each_worker_and_nothing_runs_after_a_stop(notes):
    sent = []

    def texts():
        for number in range(100):
            sent.append(number)
            yield str(number)

    def stop(done):
        if done == 3:
            raise Stopped("stopped")

    with pytest.raises(Stopped):
        spread_on_ray("work_of_this_test:noted", texts(), stop)
    assert len(sent) <= 2 * 2 + 3
    begun = len(lines(notes))
    assert 3 <= begun <= 3 + 2 * 2  # two at work, and two that they took before word came
    time.sleep(0.5)
    assert len(lines(notes)) == begun


def test_what_a_worker_raises_arrives_as_it_was():
    with pytest.raises(Damaged, match=r"plate\.exr, frame 7: half of it is missing") as raised:
        spread_on_ray("work_of_this_test:damaged", ["plate.exr"], lambda done: None)
    assert (raised.value.frame, raised.value.remedy) == (7, "Get this file again.")
    with pytest.raises(ZeroDivisionError, match="division by zero"):
        spread_on_ray("work_of_this_test:divides", [""], lambda done: None)


def test_an_address_at_which_nothing_answers_is_refused_within_seconds():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]  # bound, and nobody listens
        began = time.monotonic()
        for address in (f"127.0.0.1:{port}", "127.0.0.1:99999", "127.0.0.1:head"):
            with pytest.raises(RushesError, match=f"nothing answers at {address}"):
                on_ray._join(address)
    assert time.monotonic() - began < 10


def test_work_that_kills_every_worker_is_given_up(notes):
    with pytest.raises(RushesError, match="the workers could not finish this"):
        spread_on_ray("work_of_this_test:dies", ["here"], lambda done: None, tries=2)
    assert len(lines(notes)) == 2


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="which process listens where is read from Linux")
def test_a_cluster_of_ours_listens_to_this_machine_only_and_asks_nobody_outside():
    family = processes_under(os.getpid())
    open_files = set()
    for file in (file for pid in family for file in Path(f"/proc/{pid}/fd").iterdir()):
        with suppress(FileNotFoundError):
            open_files.add(str(file.readlink()))
    listening = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            address, state, inode = (row.split()[field] for field in (1, 3, 9))
            if state == "0A" and f"socket:[{inode}]" in open_files:
                listening.append(address.partition(":")[0][-8:])
    assert len(listening) >= 4
    assert set(listening) == {"0100007F"}
    (asks,) = [pid for pid in family if b"dashboard.py" in Path(f"/proc/{pid}/cmdline").read_bytes()]
    assert b"http_proxy=http://127.0.0.1:9" in Path(f"/proc/{asks}/environ").read_bytes().split(b"\0")


def processes_under(root):
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return family
