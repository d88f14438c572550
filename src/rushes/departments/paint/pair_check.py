"""Are the pairs pairs? Looked at before any training: all faults at once, each doubt with a picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from rushes.departments.department import Colour, Example, Lesson, Plate
from rushes.departments.paint.changes import DISPLAY_CODE, changed_area
from rushes.departments.paint.mattes import matte_of, mattes_in
from rushes.departments.paint.motion import shrunk
from rushes.departments.paint.pair_alignment import frame_that_fits, shift_between
from rushes.departments.paint.pair_colour import colour_shift
from rushes.departments.paint.pictures import heat_picture, viewer
from rushes.domain.errors import BadMaterial

Floats = npt.NDArray[np.float32]

EVERYWHERE = 0.98
"""Share of the frame from which on a pair counts as changed everywhere."""

TURNED = 0.5
"""Share of the frame by which an inverted matte covers more than the others, or less."""

PICTURE_WIDTH = 480


@dataclass(frozen=True)
class _Seen:
    """One pair, and what was found about it: `fault` forbids a training, `doubt` is pointed out."""

    name: str
    faults: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    same: bool = False
    covered: float = float("nan")


def check_lesson(lesson: Lesson, folder: Path, *, everywhere_is_fine: bool) -> tuple[list[str], list[Path]]:
    """Look at all pairs of a lesson.

    Args:
        lesson: to be learned from.
        folder: pictures of whatever is doubtful go there, as `pair_….png`.
        everywhere_is_fine: the recipe expects the whole frame to change.

    Returns:
        Doubts in words, and their pictures.

    Raises:
        BadMaterial: with every fault of every pair.
    """
    count = _matte_count(lesson.examples)
    seen, pictures = [], []
    for example in lesson.examples:
        found = _looked_at(example, count, everywhere_is_fine=everywhere_is_fine)
        seen.append(found)
        if found.doubts and "after" in example.plates:
            pictures.append(_drawn(folder, example, lesson.colour))
    faults = [f"{one.name}: {fault}" for one in seen for fault in one.faults]
    if seen and all(one.same for one in seen):
        faults += [f"{one.name}: nothing was changed" for one in seen]
    if faults:
        raise BadMaterial("these pairs cannot be learned from", faults, "Export them again, or leave them out.")
    doubts = [f"{one.name}: {doubt}" for one in seen for doubt in one.doubts]
    doubts += [f"{one.name}: nothing was changed; it teaches what to leave alone" for one in seen if one.same]
    return doubts + _turned(seen), pictures


def _looked_at(example: Example, mattes: int, *, everywhere_is_fine: bool) -> _Seen:
    before = example.plates["before"]()
    faults = list(_sizes(example, before))
    if faults:
        return _Seen(example.name, tuple(faults))
    doubts: list[str] = []
    same, covered = False, float("nan")
    if "after" in example.plates:
        same = _compare(example, before, doubts, everywhere_is_fine=everywhere_is_fine)
    if "matte" in example.plates:
        faults += _matte_faults(matte_of(example.plates["matte"](), mattes))
        covered = float(np.clip(matte_of(example.plates["matte"](), mattes), 0, 1).mean())
    return _Seen(example.name, tuple(faults), tuple(doubts), same, covered)


def _sizes(example: Example, before: Plate) -> Iterator[str]:
    height, width = before.shape[1:]
    for role, read in example.plates.items():
        plate = read()
        if plate.shape[1:] != (height, width):
            yield f"{role} is {plate.shape[2]} × {plate.shape[1]}, before is {width} × {height}"
        elif role != "before" and not np.isfinite(plate).all():
            yield f"{role} has {int((~np.isfinite(plate)).any(axis=0).sum())} pixels that are NaN or infinite"


def _compare(example: Example, before: Plate, doubts: list[str], *, everywhere_is_fine: bool) -> bool:
    """Compare before and after; return whether they are the same picture."""
    after = example.plates["after"]()
    if np.array_equal(before, after):
        return True
    area = changed_area(before, after)
    if not everywhere_is_fine:
        doubts += _colour_doubts(before, after, area)
    shift = shift_between(before, after, area)
    if shift:
        doubts.append(f"after lies {shift[0]:+.1f} pixels to the right and {shift[1]:+.1f} down of before")
    beside = {example.frame + step: plate for step in (-1, 1) if (plate := example.near(step)) is not None}
    fits = frame_that_fits(before, after, beside, area=area)
    if fits is not None:
        doubts.append(f"after looks like frame {fits}, not {example.frame}: is it paired a frame off?")
    return False


def _colour_doubts(before: Plate, after: Plate, area: Floats) -> Iterator[str]:
    colour = colour_shift(before, after)
    shown = f"after is {colour.words}{', as if for a display' if colour.of_a_display else ''}: " if colour else ""
    asked = "are both in the colour space that was said, and of one export?"
    if area.mean() > EVERYWHERE:
        yield f"everything was changed: {shown}{asked}"
    elif colour and colour.size > 1.5 * DISPLAY_CODE:
        yield f"edits aside, {shown}{asked}"


def _matte_faults(mattes: Floats) -> Iterator[str]:
    if mattes.min() < -0.01 or mattes.max() > 1.01:
        yield f"a matte goes from 0 to 1, and this one from {mattes.min():.2f} to {mattes.max():.2f}"


def _matte_count(examples: Sequence[Example]) -> int:
    samples = [example.plates["matte"]() for example in examples if "matte" in example.plates]
    return mattes_in(samples) if samples else 0


def _turned(seen: Sequence[_Seen]) -> list[str]:
    """Say which mattes cover what the others leave out."""
    covered = np.array([one.covered for one in seen if one.covered == one.covered])
    if not len(covered):
        return []
    if (covered == 0).all() or (covered == 1).all():
        return [f"every matte is {'empty' if covered[0] == 0 else 'full'}: there is nothing to tell apart"]
    usual = float(np.median(covered))
    return [
        f"{one.name}: its matte covers {one.covered:.0%} of the frame, the others {usual:.0%}: is it inverted?"
        for one in seen
        if abs(one.covered - usual) > TURNED
    ]


def _drawn(folder: Path, example: Example, colour: Colour) -> Path:
    """Draw before, after and where they differ beside each other."""
    before, after = example.plates["before"](), example.plates["after"]()
    view, area = viewer(colour), changed_area(before, after)
    small = [shrunk(np.nan_to_num(plate), PICTURE_WIDTH) for plate in (before, after, np.repeat(area[None], 3, axis=0))]
    row = np.concatenate([view(small[0]), view(small[1]), heat_picture(np.asarray(small[2][0], np.float32))], axis=1)
    path = folder / f"pair_{example.clip}_{example.frame}.png"
    Image.fromarray(row).save(path)
    return path
