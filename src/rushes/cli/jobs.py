"""rushes jobs: what runs, what stopped."""

from rushes.cli.desk import AsJson
from rushes.cli.voice import say, say_json, say_table
from rushes.jobs.record import read_jobs
from rushes.settings import read_settings


def jobs(as_json: AsJson = False) -> None:
    """Show what is running, what stopped, and what can go on."""
    found = read_jobs(read_settings().home / "jobs")
    if as_json:
        say_json([vars(job) for job in found])
    elif not found:
        say("no jobs yet")
    else:
        rows = [
            (job.words, job.state, f"{job.done:.0f}/{job.total:.0f}" if job.total else "", job.note, job.changed)
            for job in found
        ]
        say_table("", ("job", "state", "done", "note", "changed"), rows)
