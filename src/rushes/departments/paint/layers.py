"""A take's frame of layers: result, matte, delta, confidence. What the matte does not cover keeps its own bits."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rushes.departments.department import Plate, Reel
from rushes.departments.paint.changes import changed_area
from rushes.departments.paint.cores import on_all_cores
from rushes.departments.paint.encoding import decoded, encoded
from rushes.departments.paint.mattes import matte_of, mattes_in
from rushes.departments.paint.network import Shape
from rushes.domain.errors import BadMaterial

Floats = npt.NDArray[np.float32]

MATTE, DELTA, CONFIDENCE = "paint_matte", "paint_delta", "paint_confidence"
TAUGHT = "paint_taught"
"""Of mattes that were taught beside a change: the matte of such a take says where that applies, as of any change."""

INSIDE, FIXES, OVER = "inside", "fixes", "over"

FULL_DOUBT = 0.1
"""Distance of the heads, in paint codes, at which there is no confidence left: two thirds of a stop at mid grey."""

BAND = 256
"""Rows that a change is laid in at a time."""

FAINTEST = np.float16(6e-8)
"""The least that a half float can be, but 0."""

BRIGHTEST = 65504.0
"""The most."""

SURE = 0.02
"""A matte this near to empty or full is empty or full: a compositor wants holes and edges clean."""


@dataclass(frozen=True)
class Layered:
    """One frame of a take.

    Attributes:
        result: `(3, height, width)`, scene-linear.
        matte: where it may differ from what lies underneath, `(height, width)`, 0 to 1.
        mattes: `(k, height, width)` that were taught, or none.
        doubt: `(height, width)`.
        changes: a change was taught; else `matte` says nothing, and the mattes are all that there is.
        by_hand: an artist painted this very frame.
    """

    result: Plate
    matte: Floats
    mattes: Floats
    doubt: Floats
    changes: bool = True
    by_hand: bool = False

    @property
    def covers(self) -> Floats:
        """The matte where it applies, or else the mattes that were taught, `(1 or k, height, width)`."""
        return self.matte[None] if self.changes else self.mattes


def laid_in(plate: Plate, made: Floats, doubt: Floats, *, shape: Shape, strength: float) -> Layered:
    """Put what a network made into a plate.

    Args:
        plate: `(3, height, width)`, scene-linear; left alone.
        made: `(outputs, height, width)`.
        doubt: `(height, width)`.
        shape: of the network.
        strength: 0 leaves the plate, 1 is what was learned, 2 twice the change, in paint codes.
    """
    mattes = np.clip((made[-shape.mattes :] - SURE) / (1 - 2 * SURE), 0, 1) if shape.mattes else made[:0]
    if not shape.changes:
        return Layered(plate, np.zeros(plate.shape[1:], np.float32), mattes, doubt, changes=False)
    where = made[3] > 0
    if not where.any() or strength == 0:
        return Layered(plate, np.zeros_like(made[3]), mattes, doubt)
    result = plate.copy()
    columns = np.flatnonzero(where.any(axis=0))

    def change(top: int) -> None:
        band = slice(None), slice(top, top + BAND), slice(int(columns[0]), int(columns[-1]) + 1)
        if where[band[1:]].any():
            changed = decoded(encoded(plate[band]) + np.float32(strength) * made[:3][band])
            np.copyto(result[band], changed, where=where[band[1:]] & np.isfinite(changed))

    on_all_cores(change, range(0, plate.shape[1], BAND))  # whole, an 8K frame would be in memory four times more
    return Layered(result, made[3].copy(), mattes, doubt)  # a view would keep all that was made


def with_the_artists_own(layered: Layered, plate: Plate, further: Mapping[str, Reel], *, number: int) -> Layered:
    """Return a frame as an artist painted it, where there is such a frame: it wins, whole.

    Raises:
        BadMaterial: it is of another size, or holds no mattes where they were taught.
    """
    fixes = further.get(FIXES)
    if fixes is None or number not in fixes.frames:
        return layered
    fixed = fixes.plate(number)
    if fixed.shape[1:] != plate.shape[1:]:
        raise BadMaterial(f"frame {number}: the fix is {fixed.shape[2]} × {fixed.shape[1]}, the plate is not")
    sure = np.zeros_like(layered.doubt)
    if not layered.changes:
        mattes = _mattes_of_fix(fixed, len(layered.mattes), number)
        return replace(layered, mattes=np.clip(mattes, 0, 1), doubt=sure, by_hand=True)
    changed = np.maximum(changed_area(plate, fixed[:3]), np.float32(1e-3))
    matte = np.where(_differs(fixed[:3], plate).any(axis=0), changed, np.float32(0))
    return replace(layered, result=np.ascontiguousarray(fixed[:3]), matte=matte, doubt=sure, by_hand=True)


def _mattes_of_fix(fixed: Floats, count: int, number: int) -> Floats:
    mattes = matte_of(fixed, count)
    # red, green and blue of a picture are no mattes: it was brought in as what it is not
    if len(mattes) != count or mattes_in([fixed]) > count:
        there = mattes_in([fixed])
        raise BadMaterial(
            f"frame {number}: {count} matte{'s' * (count > 1)} to a frame were taught, and the fix has {there}",
            remedy="Bring it in as a matte: in alpha or grey if it is one; in red, green and blue, opaque, if three.",
        )
    return mattes


def _differs(one: Plate, other: Plate) -> npt.NDArray[np.bool_]:
    """Return where the bits are not the same, `(3, height, width)`: NaN is itself here, and -0 is not 0."""
    differs: npt.NDArray[np.bool_] = one.view(np.uint32) != other.view(np.uint32)
    return differs


def only_inside(layered: Layered, plate: Plate, further: Mapping[str, Reel], *, number: int) -> Layered:
    """Return a frame that differs from what lies underneath only inside a matte, where one was given.

    What lies underneath is an earlier take, if one was given, and the plate else. A frame that the matte does not have
    lies outside of it. Where nothing but mattes was taught, these are nothing outside of it.

    Raises:
        BadMaterial: what was given is of another size, or is to keep the mattes of an earlier take.
    """
    over, inside = further.get(OVER), further.get(INSIDE)
    if inside is None:
        return layered
    if over and not layered.changes:
        raise BadMaterial("mattes do not lie on those of an earlier take", remedy="Leave the earlier take out.")
    under = over.plate(number) if over and number in over.frames else plate
    region = np.zeros_like(layered.doubt)
    if number in inside.frames:
        region = np.clip(matte_of(inside.plate(number), 1)[0], 0, 1)
    _refuse_other_sizes(plate, number, {"matte inside which to work": region[None], "take below": under})
    if not layered.changes:
        return replace(layered, mattes=region * layered.mattes)
    result = np.where(region == 1, layered.result, under)
    mixes = (region > 0) & (region < 1) & _differs(layered.result, under)
    share = np.broadcast_to(region, plate.shape)[mixes]
    result[mixes] += share * (layered.result[mixes] - under[mixes])
    below = _differs(under, plate).any(axis=0).astype(np.float32)
    matte = np.maximum(region * layered.matte, (1 - region) * below)
    return replace(layered, result=result, matte=matte)


def _refuse_other_sizes(plate: Plate, number: int, given: Mapping[str, Floats]) -> None:
    height, width = plate.shape[1:]
    others = {name: one.shape[1:] for name, one in given.items() if one.shape[1:] != (height, width)}
    if others:
        wrong = [f"{name}: {size[1]} × {size[0]}" for name, size in others.items()]
        raise BadMaterial(f"frame {number}: the plate is {width} × {height}, and not so", wrong)


def channels_of(layered: Layered, plate: Plate) -> dict[str, npt.NDArray[np.float16]]:
    """Return the layers as channels of a layered EXR, `(height, width)` by name, as the half floats that it holds.

    The delta is 0 where nothing was changed, also where the plate is infinite or NaN. A matte is 0 only where it was.
    """
    channels: dict[str, npt.NDArray[np.float16]] = {}
    if layered.changes:
        channels[f"{MATTE}.A"] = np.where(layered.matte > 0, np.maximum(_half(layered.matte), FAINTEST), np.float16(0))
        for name, result, before in zip("RGB", layered.result, plate, strict=True):
            delta = np.zeros(before.shape, np.float32)
            np.subtract(result, before, out=delta, where=_differs(result, before))
            channels[f"{DELTA}.{name}"] = _half(delta)
    names = ("A",) if len(layered.mattes) == 1 else ("R", "G", "B")
    for name, matte in zip(names, layered.mattes, strict=len(layered.mattes) > 0):
        channels[f"{TAUGHT if layered.changes else MATTE}.{name}"] = _half(matte)
    channels[f"{CONFIDENCE}.A"] = _half(np.clip(1 - layered.doubt / np.float32(FULL_DOUBT), 0, 1))
    return channels


def _half(channel: Floats) -> npt.NDArray[np.float16]:
    return np.clip(channel, -BRIGHTEST, BRIGHTEST).astype(np.float16)
