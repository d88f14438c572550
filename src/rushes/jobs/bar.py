"""The progress bar of a job, for a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from rushes.jobs.here import Watcher


@contextmanager
def progress_bar(console: Console) -> Iterator[Watcher]:
    """Show one bar for as long as the context is open; hand what it yields to `run_here`."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    # where nobody looks it would leave an empty line
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=None)

        def watch(done: float, total: float, words: str) -> None:
            progress.update(task, completed=round(done), total=round(total), description=words)

        yield watch
