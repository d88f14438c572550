"""Render a fix frame by frame: painted, steadied, laid in, grained; then whatever the artist says wins."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate, Rendered, RenderFrame, Scene, Weights
from rushes.departments.paint.advice import signature
from rushes.departments.paint.grain import measure_grain
from rushes.departments.paint.hints import ShotHints
from rushes.departments.paint.layers import Layered, channels_of, laid_in, only_inside, with_the_artists_own
from rushes.departments.paint.model import PaintModel, unpack_model
from rushes.departments.paint.motion import shrunk
from rushes.departments.paint.network import Shape
from rushes.departments.paint.painter import BRIGHTEST, Around, Painter, finite
from rushes.departments.paint.regrain import regrained
from rushes.departments.paint.steady import steadied

Floats = npt.NDArray[np.float32]

EVIDENCE = 240
"""Pixels of the longer side at which a frame is remembered, until the whole take is looked over."""

GRAIN_SEED = 0


def render_paint(
    weights: Weights, card: Mapping[str, Any], scene: Scene, settings: Mapping[str, float | bool]
) -> RenderFrame:
    """Open weights for one clip.

    Raises:
        BadMaterial: they are no paint model.
    """
    return open_renderer(unpack_model(weights, card), scene, settings)


def open_renderer(model: PaintModel, scene: Scene, settings: Mapping[str, float | bool]) -> RenderFrame:
    """Open a fix for one clip; the same frame gives the same pixels, in whatever order frames are asked for."""
    painter = Painter(model, scene, ShotHints(model, scene))
    steady, strength = bool(settings["steady"]), float(settings["strength"])

    def render(plate: Plate, number: int) -> Rendered:
        layered = _laid_in(painter.around(plate, number, beside=steady), plate, model.shape, strength=strength)
        if settings["grain"]:
            layered = _grained(layered, plate, number)
        layered = with_the_artists_own(layered, plate, scene.further, number=number)
        layered = only_inside(layered, plate, scene.further, number=number)
        measures = {"covered, %": 100 * float((layered.covers > 0).any(axis=0).mean())}
        return Rendered(layered.result, channels_of(layered, plate), measures, _evidence(layered, plate))

    return render


def _laid_in(around: Around, plate: Plate, shape: Shape, *, strength: float) -> Layered:
    made = steadied_made(around, shape)
    return laid_in(plate, made, around.painted.doubt, shape=shape, strength=strength)


def steadied_made(around: Around, shape: Shape) -> Floats:
    """Return what was painted of a frame, steadied by its neighbours; what it leaves alone it still leaves alone."""
    made = around.painted.made
    if not around.beside:
        return made
    applied = made[3] > 0 if shape.changes else None
    made = steadied(made, around.beside)
    if applied is not None:
        made[3] = np.where(applied, np.clip(made[3], 0, 1), 0)
    if shape.mattes:
        np.clip(made[-shape.mattes :], 0, 1, out=made[-shape.mattes :])
    return made


def _grained(layered: Layered, plate: Plate, number: int) -> Layered:
    """Give the change the grain that the plate has around it."""
    if not layered.matte.any():
        return layered
    grain = measure_grain(plate, np.asarray(1 - layered.matte, np.float32))
    return replace(layered, result=regrained(layered.result, layered.matte, grain, seed=GRAIN_SEED, frame=number))


def _evidence(layered: Layered, plate: Plate) -> dict[str, npt.NDArray[np.generic]]:
    def small(picture: Floats) -> npt.NDArray[np.float16]:
        channels = picture if picture.ndim == 3 else picture[None]
        shown = [shrunk(finite(channel), EVIDENCE) for channel in channels]
        return np.clip(shown, -BRIGHTEST, BRIGHTEST).astype(np.float16).reshape(*picture.shape[:-2], *shown[0].shape)

    found: dict[str, npt.NDArray[np.generic]] = {
        "plate": small(plate),
        "result": small(layered.result),
        "matte": small(layered.covers),
        "doubt": small(layered.doubt),
        "signature": signature(finite(plate)),
        "by_hand": np.array([layered.by_hand]),
    }
    return found
