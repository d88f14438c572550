import json

import pytest

from rushes.cli import run

NEW = ["new", "nf", "--owner", "Nightfall Ltd", "--territory", "gb"]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSHES_HOME", str(tmp_path / "studio"))
    monkeypatch.setenv("RUSHES_PERSON", "tester")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("RUSHES_SHOW", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def show(home, capsys):
    assert run(NEW) == 0
    capsys.readouterr()
    return home


@pytest.fixture
def typed(capsys):
    """Run a command, and return its exit code, what it said, and what it said of errors."""

    def typed(*words):
        code = run(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed


@pytest.fixture
def counted(typed):
    """Count the facts on record."""
    return lambda: json.loads(typed("audit", "--json")[1])["facts"]
