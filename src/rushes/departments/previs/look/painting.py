"""The painter beside a look pack: taught by the same frames and kept in the same weights, it goes where they go."""

from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rushes.departments.department import Colour, Example, Weights
from rushes.departments.previs.look.tones import Floats
from rushes.departments.previs.painter.learn import PainterRecipe, learn
from rushes.departments.previs.painter.network import Painter
from rushes.departments.previs.painter.paint import open_painter
from rushes.departments.previs.recipe import PrevisRecipe
from rushes.media.colour import review_view
from rushes.training.workbench import Workbench

PREFIX = "painter."
WIDTH = 384
"""Pixels to which frames are brought before they teach: what a painter learns is the size of its strokes."""
MOST_FRAMES = 24


def teach_painter(
    examples: Sequence[Example], recipe: PrevisRecipe, bench: Workbench, colour: Colour
) -> tuple[dict[str, NDArray[np.float32]], dict[str, Any]]:
    """Teach a painter by a look pack's frames; return its tensors by name, and its card.

    Args:
        examples: the frames, in the role `reference`.
        recipe: of the pack.
        bench: told of progress.
        colour: of the show: frames are painted as its view shows them.
    """
    view = review_view(colour.config, colour.working_space, display=colour.display, view=colour.view)
    places = np.unique(np.linspace(0, len(examples) - 1, min(MOST_FRAMES, len(examples))).round().astype(int))
    chosen = [examples[place] for place in places]
    pictures = [_shown(example.plates["reference"](), view) for example in chosen]
    size = min(min(picture.shape[1:]) for picture in pictures)
    asked = PainterRecipe(steps=recipe.painter_steps, piece=min(128, size & ~7), seed=recipe.seed)

    def told(step: int, unlike: float) -> None:
        bench.tell(step, recipe.painter_steps, f"painting, {unlike:.3f} off")

    taught = learn(pictures, asked, [example.name for example in chosen], told=told)
    return {PREFIX + name: part for name, part in taught.weights.items()}, dict(taught.card)


def _shown(plate: Floats, view: Any) -> Floats:
    image: NDArray[Any] = np.nan_to_num(
        np.ascontiguousarray(plate.transpose(1, 2, 0), np.float32), posinf=6e4, neginf=0.0
    )
    height = max(round(image.shape[0] * WIDTH / image.shape[1]), 16)
    if image.shape[1] > WIDTH:
        image = cv2.resize(image, (WIDTH, height), interpolation=cv2.INTER_AREA)
    image = np.ascontiguousarray(image)
    view(image)
    return np.ascontiguousarray(np.clip(image, 0, 1).transpose(2, 0, 1), np.float32)


def painter_in(weights: Weights, card: Mapping[str, Any]) -> Painter | None:
    """Return the painter that a look pack holds, or None."""
    if "painter" not in card:
        return None
    mine = {name.removeprefix(PREFIX): part for name, part in weights.items() if name.startswith(PREFIX)}
    return open_painter({name: np.asarray(part, np.float32) for name, part in mine.items()}, card["painter"])
