"""A short script written for this project, to try everything on."""

from importlib.resources import files


def last_ferry() -> str:
    """Return The Last Ferry, four pages of Fountain."""
    return files(__name__).joinpath("last_ferry.fountain").read_text(encoding="utf-8")
