"""What a network says of the frames of one shot: each asked once, steadied by its neighbours where that is wanted."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate, Reel, Scene
from rushes.departments.paint.hints import Hints
from rushes.departments.paint.inference import Painted, paint
from rushes.departments.paint.mattes import matte_of
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.motion import Motion, motion_between, shrunk
from rushes.departments.paint.steady import LONGEST
from rushes.domain.errors import BadMaterial

Floats = npt.NDArray[np.float32]

SMALL_KEPT = 4
"""Frames that are kept at the size at which they have a say on those beside them."""

GUIDE = "guide"
BRIGHTEST = 65504.0


@dataclass(frozen=True)
class Around:
    """A frame with those beside it.

    Attributes:
        beside: what was painted of the frame before and of the one after, as far as they are there, at the size of the
            motion to each.
    """

    painted: Painted
    beside: tuple[tuple[Floats, Motion], ...]


class Painter:
    """Puts frames of a shot through a model, and keeps the last few."""

    def __init__(self, model: PaintModel, scene: Scene, hints: Hints) -> None:
        self._model, self._scene, self._hints = model, scene, hints
        self._next: tuple[int, Painted] | None = None
        self._small: OrderedDict[int, Floats] = OrderedDict()
        self._motions: OrderedDict[tuple[int, int], Motion] = OrderedDict()

    def around(self, plate: Plate, number: int, *, beside: bool) -> Around:
        """Return a frame, painted, and its neighbours too where they are wanted; it belongs to whoever asked."""
        ahead, self._next = self._next, None
        painted = ahead[1] if ahead and ahead[0] == number else self._painted(number, plate)
        sides: list[tuple[Floats, Motion]] = []
        for offset in (-1, 1) if beside else ():
            other = near(self._scene.shot, number, offset)
            if other is not None and self._scene.shot is not None:
                there = self._scene.shot.plate(other)
                motion = self._motion((number, plate), (other, there))
                if other not in self._small:
                    theirs = self._painted(other, there)
                    # of an 8K frame there is room for one beside this one
                    self._next = (other, theirs) if offset > 0 else None
                sides.append((self._small[other], motion))
        return Around(painted, tuple(sides))

    def _painted(self, number: int, plate: Plate) -> Painted:
        painted = self._through_network(number, plate)
        small = shrunk(painted.made, LONGEST)
        self._small[number] = small.copy() if small is painted.made else small
        while len(self._small) > SMALL_KEPT:
            self._small.popitem(last=False)
        return painted

    def _motion(self, one: tuple[int, Plate], other: tuple[int, Plate]) -> Motion:
        way = one[0], other[0]
        if way not in self._motions:
            there, back = motion_between(finite(one[1]), finite(other[1]), longest=LONGEST)
            self._motions |= {way: there, way[::-1]: back}
            while len(self._motions) > 2 * SMALL_KEPT:
                self._motions.popitem(last=False)
        return self._motions[way]

    def _through_network(self, number: int, plate: Plate) -> Painted:
        model, parts = self._model, [finite(plate)]
        for way in (-1, 1):
            last = parts[0]
            for far in range(1, model.neighbours + 1):
                beside = near(self._scene.shot, number, way * far)
                last = last if beside is None or self._scene.shot is None else finite(self._scene.shot.plate(beside))
                parts.append(last)
        if model.guides:
            parts.append(guide_at(self._scene.further, number, plate.shape[1:]))
        hint = self._hints(number, plate.shape[1:])
        parts += [] if hint is None else [hint]
        given = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return paint(model.network, model.shape, given, plates=model.plates)


def finite(plate: Plate) -> Plate:
    """Return a plate without NaN and infinities, for whatever looks at it; the very same one where it has none."""
    if np.isfinite(plate).all():
        return plate
    return np.nan_to_num(plate, nan=0.0, posinf=BRIGHTEST, neginf=-BRIGHTEST)


def near(shot: Reel | None, number: int, offset: int) -> int | None:
    """Return the number of the frame so many frames away, or None where the shot ends."""
    if shot is None or number not in shot.frames:
        return None
    place = shot.frames.index(number) + offset
    return shot.frames[place] if 0 <= place < len(shot.frames) else None


def guide_at(further: Mapping[str, Reel], number: int, size: tuple[int, ...]) -> Floats:
    """Return the matte that a model was taught to be given, `(1, height, width)`.

    Raises:
        BadMaterial: there is none for this frame, or it is of another size.
    """
    reel = further.get(GUIDE)
    if reel is None or number not in reel.frames:
        raise BadMaterial(
            f"frame {number} has no guide, and this model was taught with one", remedy="Give it: --with guide=MATTE"
        )
    guide = matte_of(reel.plate(number), 1)
    if guide.shape[1:] != size:
        raise BadMaterial(f"frame {number}: the guide is {guide.shape[2]} × {guide.shape[1]}, the plate is not")
    return guide
