"""What tests of looks leave out where it is not the point: it takes seconds, and says nothing there."""

from pathlib import Path

import pytest

from rushes.departments.look import hand_over


def empty(path: Path, *_: object, **__: object) -> Path:
    path.touch()
    return path


@pytest.fixture
def without_cubes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand a look over with empty `.cube` files."""
    monkeypatch.setattr(hand_over, "write_cube", empty)
