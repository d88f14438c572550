"""The show's look on a project's shots: what every piece wears, and one regrade for each shot."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushes.departments.department import Colour, Weights
from rushes.departments.previs.look.assign import assign
from rushes.departments.previs.look.dress import Wardrobe, dress, drew_on, open_wardrobe, with_regrade
from rushes.departments.previs.look.pack import LookPack, unpack_look
from rushes.departments.previs.look.painting import painter_in
from rushes.departments.previs.painter.network import Painter
from rushes.departments.previs.painter.paint import paint_board
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.project.model import ShotWork
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.stage.pieces import Stage
from rushes.domain.errors import BadMaterial
from rushes.media.colour import Convert, review_view

LOOKED_AT = 3
"""Frames of a shot that its regrade is found from: it is the same for all of them, so nothing flickers."""


@dataclass(frozen=True, eq=False)
class Look:
    """A look pack as a darkroom uses it.

    Attributes:
        pack: the show's.
        colour: of the show.
        model: digest of the model that it is.
        swatches: what the art department assigned: surface and swatch.
        painter: for painted boards, if the pack holds one.
    """

    pack: LookPack
    colour: Colour
    model: str
    swatches: Mapping[str, str] = field(default_factory=dict)
    painter: Painter | None = None

    @cached_property
    def view(self) -> Convert:
        """The show's view, in place on (height, width, 3) float32."""
        colour = self.colour
        return review_view(colour.config, colour.working_space, display=colour.display, view=colour.view)


def look_of(
    weights: Weights, card: Mapping[str, Any], colour: Colour, *, model: str, swatches: Mapping[str, str]
) -> Look:
    """Return a look from what a model holds."""
    return Look(unpack_look(weights, card), colour, model, swatches, painter_in(weights, card))


def wardrobe_of(look: Look, shot: ReadyShot, work: ShotWork, *, passes_at: Callable[[int], Passes]) -> Wardrobe:
    """Return what a shot is dressed in: found once, from a few of its frames.

    Args:
        look: of the show.
        shot: the shot.
        work: what was decided for it.
        passes_at: draws a frame.
    """
    worn = assign(shot.stage.pieces, look.pack, look.swatches, locked=work.locked, seed=work.seed)
    numbers = sorted({round(n) for n in np.linspace(0, max(shot.frames - 1, 0), LOOKED_AT)})
    wardrobe = open_wardrobe(look.pack, worn, blocked=shot.moment_at(0).light, seed=work.seed)
    return with_regrade(wardrobe, [passes_at(number) for number in numbers], seed=work.seed)


def dressed(look: Look, wardrobe: Wardrobe, passes: Passes, *, strength: float) -> NDArray[np.uint8]:
    """Return a dressed frame as the show's view shows it, (height, width, 3) uint8."""
    plate = dress(passes, wardrobe, look.colour, strength=strength)
    shown = np.ascontiguousarray(plate.transpose(1, 2, 0))
    look.view(shown)
    return np.asarray(np.round(np.clip(shown, 0, 1) * 255), np.uint8)


def locked_ids(stage: Stage, work: ShotWork) -> list[int]:
    """Return the ids of the pieces that a shot's look leaves alone."""
    kept = set(work.locked)
    return [n for n, piece in enumerate(stage.pieces, 1) if {piece.name, piece.of, piece.surface} & kept]


def painted(look: Look, wardrobe: Wardrobe, passes: Passes, *, work: ShotWork, stage: Stage) -> NDArray[np.uint8]:
    """Return a painted board over the dressed frame, (height, width, 3) uint8; what is locked stays as it is.

    Raises:
        BadMaterial: the pack holds no painter.
    """
    if look.painter is None:
        raise BadMaterial("this look pack holds no painter", remedy="Train one: rushes train previs --recipe painted.")
    shown = dressed(look, wardrobe, passes, strength=1.0)
    locked = np.isin(passes.ids, locked_ids(stage, work)).astype(np.float32)
    picture = np.ascontiguousarray(shown.transpose(2, 0, 1), np.float32) / np.float32(255)
    board = paint_board(look.painter, picture, strength=work.strength, seed=work.seed, locked=locked)
    return np.ascontiguousarray(np.round(board * 255).astype(np.uint8).transpose(1, 2, 0))


def sources_of(wardrobe: Wardrobe) -> tuple[str, ...]:
    """Return the names of the cleared frames that a wardrobe draws on."""
    return tuple(sorted(f"{source.clip} {source.frame}" for source in drew_on(wardrobe)))
