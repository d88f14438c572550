"""A render as an OpenJD job: valid by OpenJD's own model, and run by its own command."""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from rushes.cli import run
from rushes.departments.look.look import Cdl, neutral_look
from rushes.departments.look.packing import pack_look
from rushes.domain.nouns import Asset, Dataset, Model, Take
from rushes.domain.records import digest_of
from rushes.domain.scopes import scope_of
from rushes.flow.render import render_take
from rushes.flow.rendering import RenderOrder
from rushes.integrations.openjd import MOST_TASKS, job_template, write_job_template
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.settings import Settings, read_settings
from rushes.signing.scopes import sign_scope
from rushes.studio import open_studio
from rushes.training.weights import write_weights

openjd = pytest.importorskip("openjd.model", reason="OpenJD is not installed: pip install 'rushes[farm]'")

HOUSE = [
    "new nf --owner N --territory GB --view Un-tone-mapped",
    "rights licence own --owner N --allow ai_training --allow ai_inference",
    "ingest plate in/plate.####.exr --colour-space ACEScg --owner N --nobody",
    "clear dusk --part plate=plate --part reference=plate",
]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A studio with a plate of thirty small frames, and a look that nobody had to train."""
    folder = tmp_path_factory.mktemp("house")
    for number in range(1001, 1031):
        path, window = folder / "in" / f"plate.{number}.exr", (0, 0, 31, 17)
        path.parent.mkdir(exist_ok=True)
        pixels = np.random.default_rng(number).uniform(0, 1, (18, 32, 3)).astype(np.float32)
        write_still(path, Frame(0, pixels, Header(window, window)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(folder / "home"))
        patch.setenv("RUSHES_PERSON", "tester")
        patch.delenv("RUSHES_SHOW", raising=False)
        patch.chdir(folder)
        for command in HOUSE:
            assert run(command.split()) == 0, command
        with open_studio(read_settings()) as studio:
            record_look(studio, studio.ledger.find(Dataset, "nf", "dusk"), folder / "look.safetensors")
        yield folder


@pytest.fixture
def studio(house):
    with open_studio(read_settings()) as studio:
        yield studio


def record_look(studio, dataset, path):
    look = replace(neutral_look("ACEScct", points=9), cdl=Cdl(slope=(1.1, 1.0, 0.9)))
    write_weights(path, pack_look(look), {"encoding": "ACEScct"})
    weights, scope = studio.vault.put(path), scope_of(dataset, [])
    signature = sign_scope(studio.signer, weights.digest, scope)
    known = {"show": "nf", "name": "dusk", "department": "look", "dataset": digest_of(dataset), "recipe": "{}"}
    nothing = {"seed": 0, "measures": (), "reports": (), "base": None, "earlier": ()}
    studio.record(Model(**known, **nothing, weights=weights, scope=scope, signature=signature))


@pytest.fixture
def order(studio):
    settings = {"cdl": True, "curves": True, "lattice": 1.0, "spatial": True, "strength": 0.5}
    return RenderOrder(
        studio.ledger.find(Model, "nf", "dusk"), studio.ledger.find(Asset, "nf", "plate"), settings=settings
    )


def made_of(template, **parameters):
    """Make the job that a render manager would make of a template, with OpenJD's own model."""
    read = openjd.decode_job_template(template=json.loads(json.dumps(template)))
    return openjd.create_job(
        job_template=read,
        job_parameter_values={
            name: openjd.ParameterValue(type=openjd.ParameterValueType.STRING, value=value)
            for name, value in parameters.items()
        },
    )


@pytest.mark.slow
def test_openjd_runs_the_job_and_the_take_is_the_one_rendered_here(studio, order, house, forked):
    assert run(["render", "dusk", "plate", "--set", "strength=0.5", "--farm", "jobs"]) == 0
    rushes = house / "bin" / "rushes"
    rushes.parent.mkdir()
    rushes.write_text(f'#!/bin/sh\nexec {shlex.join(forked)} "$@"\n')
    rushes.chmod(0o755)
    environment = {**os.environ, "PATH": f"{rushes.parent}{os.pathsep}{os.environ['PATH']}"}
    for name in ("RUSHES_HOME", "RUSHES_PERSON"):
        environment.pop(name)
    command = [sys.executable, "-m", "openjd", "run", "jobs/render.openjd.json", "--step", "Take", "--run-dependencies"]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=house)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    [there] = studio.ledger.every(Take, "nf")
    here = render_take(studio, order)
    assert (there.name, here.name) == ("plate_v001", "plate_v002")
    assert [file.digest for file in there.files] == [file.digest for file in here.files]
    assert there.settings == here.settings
    assert "24 frames are there, 1001 the first" in ran.stdout
    assert "6 frames are there, 1025 the first" in ran.stdout


@pytest.mark.parametrize("count", [1, 25, 30_000])
def test_the_tasks_of_a_job_are_every_frame_once_and_then_the_take(order, count):
    frames = range(1001, 1001 + count)
    job = made_of(job_template(read_settings(), order, frames))
    assert [step.name for step in job.steps] == ["Frames", "Take"]
    assert [dependency.dependsOn for dependency in job.steps[1].dependencies] == ["Frames"]
    shares = job.steps[0].parameterSpace.taskParameterDefinitions["Frames"].range
    assert len(shares) <= MOST_TASKS
    covered = [tuple(map(int, share.split("-"))) for share in shares]
    assert [number for first, last in covered for number in range(first, last + 1)] == list(frames)


def test_a_job_says_by_digest_what_is_rendered_with_what_over_what(order):
    take = Take("nf", "plate_v001", "look", "sha256:1", "sha256:2", 1, "{}", (1001, 1010), (), "ACEScg", ())
    full = replace(order, further={"clean": order.plate}, over=take)
    words = job_template(read_settings(), full, [1001, 1002])["steps"][1]["script"]["actions"]["onRun"]["args"]
    plate = digest_of(order.plate)
    assert words[:6] == ["render", digest_of(order.model), plate, "--show", "nf", "--frames"]
    assert {"cdl=on", "strength=0.5", f"clean={plate}", digest_of(take), "1001-1002"} <= set(words)


def test_a_password_is_asked_for_and_not_written_down(order, tmp_path):
    settings = Settings(tmp_path, "postgresql+psycopg://rushes:secret@db.example/rushes", "/vault", "tester")
    template = job_template(settings, order, [1001])
    assert "secret" not in write_job_template(tmp_path / "jobs", template).read_text()
    with pytest.raises(ValueError, match=r"required job parameters: Ledger$"):
        openjd.preprocess_job_parameters(
            job_template=openjd.decode_job_template(template=template),
            job_parameter_values={},
            job_template_dir=tmp_path,
            current_working_dir=tmp_path,
        )


def test_no_render_manager_is_told_of_files_that_it_could_copy(order):
    template = job_template(read_settings(), order, [1001])
    assert {each["type"] for each in template["parameterDefinitions"]} == {"STRING"}


def test_a_farm_that_runs_the_last_step_twice_keeps_one_take(studio, order):
    few = replace(order, frames=(1001, 1003))
    words = job_template(read_settings(), few, [1001, 1002, 1003])["steps"][1]["script"]["actions"]["onRun"]["args"]
    assert words[-1] == "--once"
    first, again = (render_take(studio, few, once=True) for _ in range(2))
    assert digest_of(again) == digest_of(first)
    other = render_take(studio, replace(few, settings={**few.settings, "strength": 0.25}), once=True)
    assert other.number == first.number + 1
