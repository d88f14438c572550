"""Functions of a department that are loaded when they are first called: to name a recipe nobody waits for torch."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from rushes.domain.errors import MissingExtra


def later(where: str, extra: str) -> Callable[..., Any]:
    """Return a function that loads another one, and what that one needs, when it is called.

    Args:
        where: `module:function`.
        extra: of Rushes that brings what it needs, such as `train`.

    Raises:
        MissingExtra: by the function: that extra is not installed.

    >>> later("math:hypot", "train")(3, 4)
    5.0
    """
    module, _, name = where.partition(":")

    def call(*arguments: Any) -> Any:
        try:
            function = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            if error.name is None or error.name.startswith("rushes"):
                raise
            raise MissingExtra(extra, error.name) from error
        return function(*arguments)

    return call
