"""The settings of one training run, as data: what makes a model again."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Self, TypeVar

from rushes.domain.errors import BadMaterial
from rushes.domain.records import canonical_json

R = TypeVar("R", bound="Recipe")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The settings of one training run. Not a script: a department's own recipe adds its fields to these.

    Attributes:
        name: as in `rushes train look --recipe NAME`.
        seed: of every random draw.
    """

    name: str
    seed: int = 0

    def with_settings(self, settings: dict[str, str]) -> Self:
        """Return this recipe with some settings changed, each read as the type that it has now.

        Raises:
            BadMaterial: naming every setting that does not exist or does not read.
        """
        known = asdict(self)
        wrong = [f"{name}={text}" for name, text in settings.items() if not _reads_as(known.get(name), text)]
        if wrong:
            words = ", ".join(f"{name}={value}" for name, value in known.items())
            raise BadMaterial("these settings are not in the recipe, or are of another type", wrong, f"It has {words}")
        changed = replace(self, **{name: _read(known[name], text) for name, text in settings.items()})
        if reasons := changed.objections():
            raise BadMaterial("this recipe cannot be followed", reasons, "Change these settings.")
        return changed

    def objections(self) -> list[str]:
        """Return everything that makes these settings impossible to follow; a department's own recipe adds its own."""
        return [f"seed={self.seed}: it is a number from 0 up"] if self.seed < 0 else []


def recipe_json(recipe: Recipe) -> str:
    """Return a recipe as canonical JSON, the form a model records."""
    return canonical_json(asdict(recipe))


def read_recipe(kind: type[R], text: str) -> R:
    """Read a recipe of one department back from its JSON."""
    return kind(**json.loads(text))


def _read(like: Any, text: str) -> Any:
    if isinstance(like, bool):
        return {"true": True, "false": False, "on": True, "off": False}[text.lower()]
    return type(like)(text)


def _reads_as(like: Any, text: str) -> bool:
    try:
        _read(like, text)
    except (KeyError, ValueError, TypeError):
        return False
    return like is not None
