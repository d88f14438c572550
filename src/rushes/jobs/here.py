"""Run a job here, in this process: progress for people, checkpoints on disk, Ctrl-C at a safe point."""

import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from rushes.domain.errors import Stopped
from rushes.jobs.record import DONE, FAILED, STOPPED, Job, changed, held, new_job, write_job
from rushes.media.confinement import shut_network
from rushes.training.checkpoints import load_checkpoint, save_checkpoint
from rushes.training.workbench import Tensors, Workbench

Result = TypeVar("Result")
Watcher = Callable[[float, float, str], None]
"""Told `done`, `total` and what is going on; draws a bar, or does nothing."""


def no_watcher(done: float, total: float, words: str) -> None:
    """Draw nothing."""


def run_here(
    folder: Path, job_id: str, words: str, *, work: Callable[[Workbench], Result], watch: Watcher = no_watcher
) -> Result:
    """Do a job's work in this process and keep its record true.

    Args:
        folder: where jobs are kept; the job gets a folder of its own name there.
        job_id: the same for the same work: then it goes on from its checkpoint.
        words: what it does, for people.
        work: does it, on the workbench that it is handed.
        watch: told of progress.

    Raises:
        Stopped: a person pressed Ctrl-C; the checkpoint is on disk.
    """
    own = folder / job_id
    own.mkdir(parents=True, exist_ok=True)
    with held(own, words), _ctrl_c() as asked_to_stop:
        bench = _Bench(own, new_job(job_id, words), watch, asked_to_stop=asked_to_stop)
        write_job(own, bench.job)
        try:
            result = work(bench)
        except Stopped:
            bench.close(STOPPED, "the same command goes on from here")
            raise
        except BaseException as error:  # the edge: whatever it was is on record, and goes on up
            bench.close(FAILED, str(error).splitlines()[0] if str(error) else type(error).__name__)
            raise
        shutil.rmtree(bench.checkpoints, ignore_errors=True)
        bench.close(DONE, "")
        return result


def without_network(compute: Callable[[], Result]) -> Result:
    """Have something computed on a thread of its own that can open no socket, nor can any thread that it starts.

    The rest of the process keeps its connections, to a ledger, a store or a cluster: they are none of the business of
    whoever trains or renders. Whatever is raised in there is raised here. Where the kernel cannot shut it in (see
    `rushes.media.confinement`) it is computed all the same.

    Args:
        compute: trains or renders, from files that are on this machine already.
    """
    done: Future[Result] = Future()

    def closed() -> None:
        shut_network()
        try:
            done.set_result(compute())
        except BaseException as error:  # noqa: BLE001 -- the edge of the thread: it goes on where it is waited for
            done.set_exception(error)

    # a second Ctrl-C ends the process, and this thread with it
    threading.Thread(target=closed, name="without network", daemon=True).start()
    return done.result()


class _Bench:
    """The workbench of a job that runs in this process."""

    def __init__(self, folder: Path, job: Job, watch: Watcher, *, asked_to_stop: threading.Event) -> None:
        self.job, self.checkpoints = job, folder / "checkpoints"
        self._own, self._watch, self._stop, self._written = folder, watch, asked_to_stop, 0.0

    @property
    def folder(self) -> Path:
        work = self._own / "work"
        work.mkdir(exist_ok=True)
        return work

    def tell(self, done: float, total: float, words: str) -> None:
        self.job = changed(self.job, done=done, total=total, note=words)
        self._watch(done, total, words)
        if time.monotonic() - self._written > 1:  # people look once a second, a disk need not turn faster
            write_job(self._own, self.job)
            self._written = time.monotonic()
        if self._stop.is_set():
            raise Stopped(f"stopped: {self.job.words}", remedy="The same command goes on from here.")

    def save(self, tensors: Tensors) -> None:
        self.checkpoints.mkdir(exist_ok=True)
        save_checkpoint(self.checkpoints, tensors)

    def load(self) -> dict[str, npt.NDArray[np.generic]] | None:
        return load_checkpoint(self.checkpoints) if self.checkpoints.is_dir() else None

    def close(self, state: str, note: str) -> None:
        self.job = changed(self.job, state=state, note=note)
        write_job(self._own, self.job)


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def on_signal(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, on_signal)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, before)
