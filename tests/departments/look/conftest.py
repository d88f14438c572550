"""What tests of looks leave out where it is not the point: each of these takes seconds, and says nothing there."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from rushes.departments.look import hand_over, report

PLOTS = ("contact_sheet", "steps", "scopes", "tone", "cube", "coverage")


def empty(path: Path, *_: object, **__: object) -> Path:
    path.touch()
    return path


@pytest.fixture(scope="session")
def without_plots() -> Callable[..., AbstractContextManager[None]]:
    """Within it a report has its words, and of its plots only those that are named; the others are empty files."""

    @contextmanager
    def without(*kept: str) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in set(PLOTS) - set(kept):
                patch.setattr(report, f"plot_{name}", empty)
            yield

    return without


@pytest.fixture
def without_cubes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand a look over with empty `.cube` files."""
    monkeypatch.setattr(hand_over, "write_cube", empty)
