"""Carried mattes as what a network is given beside the plate: from -1, surely not, over 0, unknown, to 1, surely."""

from collections.abc import Callable, Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from rushes.departments.department import Example, Plate, Scene
from rushes.departments.paint.carry import LONGEST, Carried, carried
from rushes.departments.paint.mattes import matte_of
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.motion import shrunk

Floats = npt.NDArray[np.float32]

LEAST_TRUST = 0.3
"""In anything that was carried at all: where the network knows nothing either, it is the best there is."""


def small_keys(examples: Sequence[Example], mattes: int) -> dict[int, Floats]:
    """Return the taught mattes at the size at which they are carried, by frame."""
    return {
        example.frame: np.stack([shrunk(one, LONGEST) for one in matte_of(example.plates["matte"](), mattes)])
        for example in examples
    }


def hints_for_training(examples: Sequence[Example], keys: Mapping[int, Floats]) -> dict[int, Floats]:
    """Return for each taught frame what the others say of it, `(k, height, width)`, at the size of the plate.

    Args:
        examples: of one clip or of several; only those with a key have hints.
        keys: from `small_keys`.
    """
    taught = {example.frame: example for example in examples if example.frame in keys}
    first, last = (taught[frame] for frame in (min(taught), max(taught)))

    def plate_of(frame: int) -> Plate:
        plate = None if frame in taught else first.near(frame - first.frame)
        return taught[min(taught, key=lambda one: abs(one - frame))].plates["before"]() if plate is None else plate

    height, width = first.plates["before"]().shape[1:]
    # of a handful of stills the one so many places on is not the one so many frames on
    whole = _same(first.near(last.frame - first.frame), last.plates["before"]())
    way = range(first.frame, last.frame + 1) if whole else sorted(taught)
    return {one.frame: at_size(one, height, width) for one in carried(keys, way, plate_of) if one.frame in keys}


def _same(one: Plate | None, other: Plate) -> bool:
    return one is not None and np.array_equal(one, other, equal_nan=True)


def no_hint(mattes: int, height: int, width: int) -> Floats:
    """Return the hint that says nothing."""
    return np.zeros((mattes, height, width), np.float32)


def at_size(hint: Carried, height: int, width: int) -> Floats:
    """Return a hint at the size of a plate."""
    trust = np.where(hint.trust > 0, np.maximum(hint.trust, LEAST_TRUST), 0)
    planes = trust * (2 * hint.guide - 1)
    return np.stack([cv2.resize(plane, (width, height), interpolation=cv2.INTER_LINEAR) for plane in planes])


class ShotHints:
    """The hints of one shot, worked out gap by gap as frames are asked for."""

    def __init__(self, model: PaintModel, scene: Scene) -> None:
        self._model, self._scene = model, scene
        self._kept: dict[int, Carried] = {}

    def __call__(self, number: int, size: tuple[int, ...]) -> Floats | None:
        """Return what to give the network beside a plate; None where it takes nothing.

        Args:
            number: of the frame.
            size: height and width of the plate.
        """
        if not self._model.carry:
            return None
        if number not in self._kept:
            self._kept = {one.frame: one for one in self._gap(number)}  # a whole shot would not fit
        hint = self._kept.get(number)
        return no_hint(self._model.shape.mattes, *size) if hint is None else at_size(hint, *size)

    def _gap(self, number: int) -> list[Carried]:
        """Carry over all frames between the taught ones around a frame: what each hears depends on these alone."""
        shot, keys = self._scene.shot, self._model.keys
        if shot is None or self._model.clip != self._scene.clip or number not in shot.frames:
            return []
        before = max((key for key in keys if key < number), default=shot.frames[0])
        after = min((key for key in keys if key > number), default=shot.frames[-1])
        inside = number in keys
        way = [frame for frame in shot.frames if before <= frame <= after]
        found = list(carried(keys, way, shot.plate))
        return (
            [one for one in found if one.frame == number] if inside else [one for one in found if one.frame not in keys]
        )


Hints = Callable[[int, tuple[int, ...]], Floats | None]
