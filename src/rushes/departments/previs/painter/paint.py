"""Paint a board over a dressed greybox: in the show's own hand, and nowhere else than where the greybox has things."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from rushes.departments.previs.painter.controls import Floats, controls_of
from rushes.departments.previs.painter.learn import Weights
from rushes.departments.previs.painter.network import Painter
from rushes.domain.errors import BadMaterial


def open_painter(weights: Weights, card: Mapping[str, Any]) -> Painter:
    """Return a painter from what was kept of it.

    Raises:
        BadMaterial: these are weights of something else.
    """
    if card.get("kind") != "painter":
        raise BadMaterial("these are no weights of a painter")
    painter = Painter(int(card["width"]))
    try:
        painter.load_state_dict({name: torch.from_numpy(np.array(part)) for name, part in weights.items()})
    except RuntimeError as error:
        raise BadMaterial("these are no weights of a painter of that width", [str(error)]) from error
    return painter.eval()


def paint_board(
    painter: Painter,
    picture: Floats,
    *,
    strength: float = 1.0,
    seed: int = 0,
    locked: NDArray[np.float32] | None = None,
) -> Floats:
    """Return a painted board.

    Args:
        painter: of `open_painter`.
        picture: (3, height, width) float32, display encoded, 0 to 1: the dressed greybox, or the greybox.
        strength: 0 gives the picture back, bit for bit; 1 is the painter alone.
        seed: of its texture.
        locked: (height, width) float32, 0 to 1: where the picture stays as it is.

    Returns:
        (3, height, width) float32, display encoded, 0 to 1.
    """
    wrong = [] if 0 <= strength <= 1 else [f"strength {strength} is not from 0 to 1"]
    if locked is not None and locked.shape != picture.shape[1:]:
        wrong.append(f"the locked region is {locked.shape}, and the picture {picture.shape[1:]}")
    if wrong:
        raise BadMaterial("this board cannot be painted", wrong)
    if strength == 0:
        return picture
    told = controls_of(picture, seed)
    height, width = picture.shape[1:]
    more = ((0, 0), (0, -height % 8), (0, -width % 8))
    with torch.inference_mode():
        painted = painter(torch.from_numpy(np.pad(told, more, mode="edge"))[None])[0, :, :height, :width].numpy()
    share = np.float32(strength) if locked is None else np.float32(strength) * (1 - locked)
    mixed = picture + share * (np.clip(painted, 0, 1) - picture)
    return np.ascontiguousarray(np.where(share > 0, mixed, picture), np.float32)
