"""A job as a folder with a record that is always whole: what runs, where it stands, who holds it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rushes.domain.errors import AlreadyThere

RUNNING, STOPPED, DONE, FAILED, DIED = "running", "stopped", "done", "failed", "died"


@dataclass(frozen=True)
class Job:
    """One training or render.

    Attributes:
        id: the same for the same work, so that the same command goes on where it was.
        words: what it does, for people.
        state: running, stopped, done, failed; or died: the process went without a word.
        done: how much of `total`.
        note: what it was doing, or why it failed.
        pid: the process that runs it, or ran it last.
    """

    id: str
    words: str
    state: str
    done: float
    total: float
    note: str
    pid: int
    started: str
    changed: str


def read_jobs(folder: Path) -> list[Job]:
    """Return all jobs under a folder, the newest last; one whose process is gone reads as died."""
    records = [json.loads(path.read_text()) for path in sorted(folder.glob("*/job.json"))]
    jobs = [Job(**record) for record in records]
    return sorted((_as_it_stands(job, folder / job.id) for job in jobs), key=lambda job: job.started)


def write_job(folder: Path, job: Job) -> None:
    """Replace a job's record; a reader sees the old one or the new one, never half."""
    temporary = folder / f".job.{os.getpid()}"
    temporary.write_text(json.dumps(asdict(job), indent=1))
    temporary.replace(folder / "job.json")


def new_job(job_id: str, words: str) -> Job:
    """Return the record of a job that starts now in this process."""
    now = _now()
    return Job(job_id, words, RUNNING, 0, 0, "", os.getpid(), started=now, changed=now)


def changed(job: Job, **fields: str | float) -> Job:
    """Return a job with some fields changed, now."""
    return replace(job, changed=_now(), **fields)  # type: ignore[arg-type]


@contextmanager
def held(folder: Path, words: str) -> Iterator[None]:
    """Hold a job's folder for this process; the lock goes with the process, however it ends.

    Raises:
        AlreadyThere: another process is at it.
    """
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyThere(f"{words} is running already", remedy="See it with: rushes jobs") from error
        yield


def _as_it_stands(job: Job, folder: Path) -> Job:
    if job.state != RUNNING:
        return job
    try:
        with held(folder, job.words):
            return replace(job, state=DIED, note=f"{job.note}; the same command goes on from its checkpoint")
    except AlreadyThere:
        return job


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
