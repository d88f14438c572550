"""Killed at any instant, a run goes on from a checkpoint that is whole and not older than the last one acknowledged."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from rushes.domain.errors import BadMaterial, Damaged
from rushes.training.checkpoints import load_checkpoint, save_checkpoint


def state(step):
    return {"step": np.array(step), "weights": np.full((64, 1024), step, np.float32)}


def saved(folder):
    return sorted(path for path in folder.iterdir() if path.name[0].isdigit())


def test_before_the_first_save_there_is_nothing(tmp_path):
    assert load_checkpoint(tmp_path / "nowhere") is None
    assert load_checkpoint(tmp_path) is None


def test_the_newest_checkpoint_is_loaded_and_two_are_kept(tmp_path):
    for step in range(12):
        save_checkpoint(tmp_path, state(step))
        loaded = load_checkpoint(tmp_path)
        assert loaded["step"] == step
        np.testing.assert_array_equal(loaded["weights"], state(step)["weights"])
    assert len(list(tmp_path.iterdir())) == 2


def test_the_newest_is_still_known_when_numbers_grow_by_a_digit(tmp_path):
    save_checkpoint(tmp_path, state(0))
    (first,) = saved(tmp_path)
    first.rename(tmp_path / first.name.replace("00000001", "99999999"))
    save_checkpoint(tmp_path, state(1))
    assert load_checkpoint(tmp_path)["step"] == 1


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)


def empty(path):
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, flip, empty], ids=lambda damage: damage.__name__)
def test_the_one_before_is_loaded_where_the_newest_is_damaged(tmp_path, damage):
    for step in range(3):
        save_checkpoint(tmp_path, state(step))
    damage(saved(tmp_path)[-1])
    assert load_checkpoint(tmp_path)["step"] == 1
    save_checkpoint(tmp_path, state(2))
    assert load_checkpoint(tmp_path)["step"] == 2


def test_only_where_no_whole_one_is_left_it_is_an_error_that_names_them_all(tmp_path):
    for step in range(2):
        save_checkpoint(tmp_path, state(step))
    flip(saved(tmp_path)[0])
    cut(saved(tmp_path)[1])
    with pytest.raises(Damaged) as refusal:
        load_checkpoint(tmp_path)
    assert all(path.name in refusal.value.what for path in saved(tmp_path))


def test_a_file_that_is_no_safetensors_is_refused_even_under_its_own_digest(tmp_path):
    save_checkpoint(tmp_path, state(0))
    first = saved(tmp_path)[0]
    content = b"\x80\x04."
    digest = hashlib.sha256(content).hexdigest()
    (tmp_path / f"00000002-{digest}.safetensors").write_bytes(content)
    assert load_checkpoint(tmp_path)["step"] == 0
    first.unlink()
    with pytest.raises(Damaged):
        load_checkpoint(tmp_path)


def test_what_a_kill_left_behind_is_passed_over_and_cleared_away(tmp_path):
    save_checkpoint(tmp_path, state(0))
    for left in ("next.safetensors", ".next.safetensors.part"):
        (tmp_path / left).write_bytes(b"half")
    assert load_checkpoint(tmp_path)["step"] == 0
    save_checkpoint(tmp_path, state(1))
    assert load_checkpoint(tmp_path)["step"] == 1
    assert saved(tmp_path) == sorted(tmp_path.iterdir())


def test_a_checkpoint_that_cannot_be_kept_leaves_the_one_before(tmp_path):
    save_checkpoint(tmp_path, state(0))
    with pytest.raises(BadMaterial):
        save_checkpoint(tmp_path, {"step": np.array([None])})
    assert load_checkpoint(tmp_path)["step"] == 0


RUN = """
import sys, numpy as np
from pathlib import Path
from rushes.training.checkpoints import load_checkpoint, save_checkpoint
folder = Path(sys.argv[1])
loaded = load_checkpoint(folder)
step = int(loaded["step"]) if loaded else 0
while True:
    step += 1
    save_checkpoint(folder, {"step": np.array(step), "weights": np.full((64, 1024), step, np.float32)})
    print(step, flush=True)
"""


@pytest.mark.parametrize("seed", range(6))
def test_a_run_killed_at_any_instant_has_its_last_acknowledged_checkpoint(tmp_path, seed):
    chance, acknowledged = random.Random(seed), 0
    for _ in range(2):
        run = subprocess.Popen([sys.executable, "-c", RUN, tmp_path], stdout=subprocess.PIPE, text=True)
        assert int(run.stdout.readline()) == acknowledged + 1
        time.sleep(chance.uniform(0.0, 0.1))
        os.kill(run.pid, signal.SIGKILL)
        lines = run.stdout.read().split()
        run.wait()
        loaded = load_checkpoint(tmp_path)
        assert int(loaded["step"]) - int(lines[-1] if lines else acknowledged + 1) in (0, 1)
        np.testing.assert_array_equal(loaded["weights"], np.full((64, 1024), loaded["step"], np.float32))
        acknowledged = int(loaded["step"])
