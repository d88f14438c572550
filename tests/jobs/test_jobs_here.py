import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from rushes.domain.errors import AlreadyThere, Stopped
from rushes.jobs.here import run_here
from rushes.jobs.record import DIED, DONE, FAILED, STOPPED, read_jobs

COUNT = """
import sys, numpy as np
from pathlib import Path
from rushes.jobs.here import run_here
def work(bench):
    state = bench.load()
    start = 0 if state is None else int(state["step"][0])
    for step in range(start, 400):
        bench.save({"step": np.array([step + 1])})
        print(step + 1, flush=True)
        bench.tell(step + 1, 400, "counting")
    return start
print("went on from", run_here(Path(sys.argv[1]), "count", "count to 400", work=work))
"""


def test_a_job_that_is_done_says_so_and_keeps_no_checkpoint(tmp_path):
    def work(bench):
        bench.save({"a": np.ones(3)})
        bench.tell(1, 2, "half way")
        return "result"

    assert run_here(tmp_path, "job", "test", work=work) == "result"
    (job,) = read_jobs(tmp_path)
    assert (job.state, job.done, job.total) == (DONE, 1, 2)
    assert not (tmp_path / "job" / "checkpoints").exists()


def test_a_job_that_fails_keeps_its_checkpoint_and_its_reason(tmp_path):
    def work(bench):
        bench.save({"a": np.ones(3)})
        raise ValueError("no light")

    with pytest.raises(ValueError, match="no light"):
        run_here(tmp_path, "job", "test", work=work)
    (job,) = read_jobs(tmp_path)
    assert (job.state, job.note) == (FAILED, "no light")
    assert run_here(tmp_path, "job", "test", work=lambda bench: bench.load())["a"].tolist() == [1, 1, 1]


def test_ctrl_c_stops_at_a_safe_point_and_the_same_command_goes_on(tmp_path):
    def work(bench):
        for step in range(5):
            bench.save({"step": np.array([step])})
            if step == 2:
                os.kill(os.getpid(), signal.SIGINT)
            bench.tell(step, 5, "counting")

    with pytest.raises(Stopped):
        run_here(tmp_path, "job", "test", work=work)
    assert [job.state for job in read_jobs(tmp_path)] == [STOPPED]
    assert run_here(tmp_path, "job", "test", work=lambda bench: bench.load()["step"].tolist()) == [2]


def test_ctrl_c_is_the_caller_s_again_afterwards(tmp_path):
    before = signal.getsignal(signal.SIGINT)
    run_here(tmp_path, "job", "test", work=lambda bench: None)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_same_job_does_not_run_twice_at_once(tmp_path):
    def work(bench):
        with pytest.raises(AlreadyThere, match="running already"):
            run_here(tmp_path, "job", "test", work=lambda inner: None)
        assert [job.state for job in read_jobs(tmp_path)] == ["running"]

    run_here(tmp_path, "job", "test", work=work)


def test_progress_is_passed_on(tmp_path):
    seen = []
    run_here(tmp_path, "job", "test", work=lambda b: b.tell(1, 3, "one"), watch=lambda *told: seen.append(told))
    assert seen == [(1, 3, "one")]


def test_a_killed_job_reads_as_died_and_goes_on_after_the_last_step_it_kept(tmp_path):
    script = [sys.executable, "-c", COUNT, str(tmp_path)]
    with subprocess.Popen(script, stdout=subprocess.PIPE, text=True) as process:
        steps = [int(process.stdout.readline()) for _ in range(25)]
        process.kill()
        steps += [int(line) for line in process.stdout.read().split() if line.isdecimal()]
    assert [job.state for job in read_jobs(tmp_path)] == [DIED]
    again = subprocess.run(script, capture_output=True, text=True, check=True)
    went_on_from = int(again.stdout.split()[-1])
    assert went_on_from >= steps[-1] - 1 >= 24


def test_a_record_is_whole_whenever_it_is_read(tmp_path):
    script = [sys.executable, "-c", COUNT.replace("bench.save", "bench._written = 0; bench.save"), str(tmp_path)]
    with subprocess.Popen(script, stdout=subprocess.DEVNULL):
        until = time.monotonic() + 20
        reads = 0
        while time.monotonic() < until and reads < 300:
            if (tmp_path / "count" / "job.json").exists():
                json.loads((tmp_path / "count" / "job.json").read_text())
                reads += 1
    assert reads == 300
