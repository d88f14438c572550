"""What all tests share: where the third-party footage lies, a way to write a small plate, commands that start fast."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the command has it, and before numpy is loaded (decision 0010)

import numpy as np
import pytest
from PIL import Image

from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still

SHARED = Path(__file__).parents[2] / "shared" / "data"
FORKED = Path(__file__).with_name("forked.py")


def shared_data(folder: str) -> Path:
    """Return a folder of third-party material, or skip the test and say why."""
    path = SHARED / folder
    if not path.is_dir():
        pytest.skip(f"third-party material {folder!r} is not beside this checkout (shared/data)")
    return path


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    return shared_data


@pytest.fixture(scope="session")
def forked() -> Iterator[list[str]]:
    """What to put before a command of `rushes` so that it is one, in a process that has loaded everything already."""
    with tempfile.TemporaryDirectory(prefix="rushes-") as folder:
        door = str(Path(folder) / "door")
        serve = [sys.executable, str(FORKED), "serve", door]
        with subprocess.Popen(serve, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdout.readline() == b"loaded\n"
            yield [sys.executable, "-IS", str(FORKED), "ask", door]


@pytest.fixture(scope="session")
def without_plots() -> Callable[..., AbstractContextManager[None]]:
    """Within it the report of a look has its words, and of its plots only those that are named; for others one pixel.

    Each is seconds to draw, longer than a small look is to learn; that all are drawn is tested where looks are.
    """
    report = import_module("rushes.departments.look.report")  # a second to load, and most tests need none of it
    plots = {name for name in vars(report) if name.startswith("plot_")}

    @contextmanager
    def without(*kept: str) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in plots - {f"plot_{one}" for one in kept}:
                patch.setattr(report, name, one_pixel)
            yield

    return without


def one_pixel(path: Path, *_: object, **__: object) -> Path:
    Image.new("L", (1, 1)).save(path)
    return path


@pytest.fixture
def write_exr() -> Callable[..., Path]:
    return exr_written


def exr_written(path: Path, plate: np.ndarray, *, timecode: str | None = None) -> Path:
    """Write a (3, height, width) plate as half-float EXR."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = plate.shape[1:]
    window = (0, 0, width - 1, height - 1)
    packed = np.ascontiguousarray(plate.transpose(1, 2, 0), np.float32)
    write_still(path, Frame(0, packed, Header(window, window, timecode=timecode)))
    return path
