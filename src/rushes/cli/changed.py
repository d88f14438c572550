"""Settings of a recipe, changed for trainings that nobody keeps."""

from collections.abc import Sequence
from typing import Annotated

import typer

from rushes.domain.errors import BadMaterial

Changed = Annotated[
    list[str] | None, typer.Option("--set", help="NAME=VALUE of the recipe, such as steps=200 for a quick look.")
]


def read_changed(texts: Sequence[str] | None) -> dict[str, str]:
    """Read settings such as `steps=200`.

    >>> read_changed(["steps=200", "crop=32"])
    {'steps': '200', 'crop': '32'}
    """
    read = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise BadMaterial(f"{text!r} is no setting", remedy="Write it as NAME=VALUE.")
        read[name] = value
    return read
