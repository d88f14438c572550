"""The contact sheet: plate, taught, result, matte and how sure it is, frame by frame, whole and one to one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from rushes.departments.department import Plate
from rushes.departments.paint.encoding import encoded
from rushes.departments.paint.layers import FULL_DOUBT
from rushes.departments.paint.motion import shrunk
from rushes.departments.paint.pictures import (
    CLOSE,
    LARGEST,
    Floats,
    Picture,
    View,
    Window,
    busiest,
    difference,
    matte_difference,
    matte_picture,
    overlaid,
)
from rushes.media.lettering import Face, face_for, fitted
from rushes.media.whole import whole_file

TAUGHT_MATTE = "taught matte"

COLUMNS = ("plate", "taught", "result", TAUGHT_MATTE, "matte", "overlay", "confidence", "difference")
"""In the order in which people read them."""

MAT, INK, FRAME = (118, 118, 118), (21, 21, 21), (225, 225, 225)
"""18 % grey in sRGB, which pictures are judged against, and letters on it."""

MARGIN, GAP, BETWEEN, HEAD, CAPTION = 24, 12, 40, 30, 21
LETTERS, SMALL_LETTERS = 18, 14
"""Pixels."""

PACKED = 1
"""Of PNG: a sheet is written again and again while somebody waits for the training, not for the file."""

PROBED = 640
"""Pixels across at which the place of a close-up is looked for."""


@dataclass(frozen=True)
class Shown:
    """A frame to be shown, as plain arrays.

    Attributes:
        name: for people.
        plate: `(3, height, width)` float32, scene-linear in the working space.
        result: the same with the fix; None where only mattes were made.
        matte: where the fix applies, `(height, width)`; or mattes that were taught, `(k, height, width)`; 0 to 1.
        doubt: `(height, width)`, distance of the heads in paint codes; of a take it is
            `(1 - confidence) * layers.FULL_DOUBT`.
        taught: what the artist made of the plate, where somebody did.
        taught_mattes: the mattes that the artist drew, `(k, height, width)`.
        held_out: nothing was learned from it.
        numbers: what was measured on it, by name.
    """

    name: str
    plate: Plate
    result: Plate | None = None
    matte: Floats | None = None
    doubt: Floats | None = None
    taught: Plate | None = None
    taught_mattes: Floats | None = None
    held_out: bool = False
    numbers: Mapping[str, str] = field(default_factory=dict)

    @property
    def draws_mattes(self) -> bool:
        """Whether mattes are the work itself, and not where a fix applies."""
        return self.taught_mattes is not None or (self.matte is not None and self.matte.ndim == 3)


@dataclass(frozen=True)
class Strip:
    """One frame of the sheet.

    Attributes:
        pictures: of the whole frame, by the name of their column.
        close: of its busiest part, one to one, by the same names; none where the whole frame is no larger.
        window: where that part lies: left, top, right, bottom, as shares of the frame.
        numbers: what was measured on it, by name.
    """

    name: str
    held_out: bool
    pictures: Mapping[str, Picture]
    close: Mapping[str, Picture]
    window: tuple[float, float, float, float] | None
    numbers: Mapping[str, str]


def strip_of(shown: Shown, view: View) -> Strip:
    """Return a frame's pictures, whole and close.

    Two pictures are compared at the size at which they are shown: what averages out there, the eye does not see
    either. In the close-up they are compared pixel by pixel.

    Args:
        shown: the frame; left alone.
        view: from `pictures.viewer`.
    """
    window = None if fits_close(shown) else _busiest_of(_layers(shown), draws=shown.draws_mattes)
    close = {} if window is None else pictures_of(shown, view, window)
    place = None if window is None else placed(window, shown.plate.shape[1:])
    return Strip(shown.name, shown.held_out, pictures_of(shown, view), close, place, shown.numbers)


def fits_close(shown: Shown) -> bool:
    """Return whether the whole frame is no larger than a close-up."""
    height, width = shown.plate.shape[1:]
    return bool(width <= CLOSE[0] and height <= CLOSE[1])


def placed(window: Window, size: tuple[int, ...]) -> tuple[float, float, float, float]:
    """Return where a part of a frame lies: left, top, right, bottom, as shares of the frame."""
    (rows, columns), (height, width) = window, size
    return columns.start / width, rows.start / height, columns.stop / width, rows.stop / height


def pictures_of(shown: Shown, view: View, window: Window | None = None) -> dict[str, Picture]:
    """Return pictures of a frame by the names of their columns: of a part of it one to one, or of all of it, reduced.

    Args:
        shown: the frame; left alone.
        view: from `pictures.viewer`.
        window: the part, or None for all.
    """
    layers = {
        name: shrunk(layer, LARGEST) if window is None else np.ascontiguousarray(layer[:, *window])
        for name, layer in _layers(shown).items()
    }
    return _pictures(layers, view, draws=shown.draws_mattes, line=2 if window is None else 1)


def _layers(shown: Shown) -> dict[str, Floats]:
    """Return every array that there is, `(k, height, width)`."""
    found = {
        "plate": shown.plate,
        "taught": shown.taught,
        "result": shown.result,
        TAUGHT_MATTE: shown.taught_mattes,
        "matte": None if shown.matte is None else shown.matte.reshape(-1, *shown.plate.shape[1:]),
        "doubt": None if shown.doubt is None else shown.doubt[None],
    }
    return {name: layer for name, layer in found.items() if layer is not None}


def _pictures(layers: Mapping[str, Floats], view: View, *, draws: bool, line: int) -> dict[str, Picture]:
    seen = {name: view(layers[name]) for name in ("plate", "taught", "result") if name in layers}
    seen |= {name: matte_picture(layers[name]) for name in (TAUGHT_MATTE, "matte") if name in layers}
    if draws and "matte" in layers:
        seen["overlay"] = overlaid(seen["plate"], layers["matte"], layers.get(TAUGHT_MATTE), line=line)
    if "doubt" in layers:
        seen["confidence"] = matte_picture(1 - layers["doubt"] / np.float32(FULL_DOUBT))
    if "taught" in layers and "result" in layers:
        seen["difference"] = difference(layers["result"], layers["taught"])
    elif TAUGHT_MATTE in layers and "matte" in layers:
        seen["difference"] = matte_difference(layers["matte"], layers[TAUGHT_MATTE])
    return {name: seen[name] for name in COLUMNS if name in seen}


def _busiest_of(layers: Mapping[str, Floats], *, draws: bool) -> Window:
    """Return where the artist changed most, or where mattes have most edge; where the result did, of a take."""
    height, width = layers["plate"].shape[1:]
    every = -(-width // PROBED)
    probed = {name: layer[:, ::every, ::every] for name, layer in layers.items()}
    change = np.zeros(probed["plate"].shape[1:], np.float32)
    if "taught" in probed:
        change = np.abs(encoded(probed["taught"]) - encoded(probed["plate"])).max(axis=0)
    elif draws:
        change = _edges(probed.get(TAUGHT_MATTE, probed.get("matte", change[None])))
    if not change.any() and "matte" in probed:
        change = probed["matte"].max(axis=0)
    found = busiest(np.nan_to_num(change), (CLOSE[0] // every, CLOSE[1] // every))
    (rows, columns), (wide, tall) = found, CLOSE
    return _window(rows.start * every, tall, height), _window(columns.start * every, wide, width)


def _edges(mattes: Floats) -> Floats:
    steps = (np.abs(np.diff(mattes, axis=axis, append=mattes.take([-1], axis=axis))) for axis in (1, 2))
    return np.asarray(sum(steps), np.float32).max(axis=0)  # type: ignore[no-any-return]


def _window(first: int, size: int, side: int) -> slice:
    first = max(0, min(first, side - size))
    return slice(first, min(side, first + size))


def draw_contact_sheet(path: Path, strips: Sequence[Strip]) -> Path:
    """Draw a sheet on an 18 % grey mat, as PNG; under this name there is a whole one at any time.

    Args:
        path: to write to.
        strips: from top to bottom; at least one.
    """
    columns = [name for name in COLUMNS if any(name in strip.pictures for strip in strips)]
    width = 2 * MARGIN + len(columns) * (CLOSE[0] + GAP) - GAP
    sheet = Image.new("RGB", (width, 2 * MARGIN + sum(_height(strip) for strip in strips) - BETWEEN), MAT)
    face = face_for(*columns, *(strip.name for strip in strips), *(_said(strip) for strip in strips))
    draw, top = ImageDraw.Draw(sheet), MARGIN
    for strip in strips:
        _head(draw, strip, top, face=face)
        for number, name in enumerate(columns):
            if name in strip.pictures:
                _column(sheet, strip, name, left=MARGIN + number * (CLOSE[0] + GAP), top=top + HEAD, face=face)
        top += _height(strip)
    with whole_file(path) as draft:
        sheet.save(draft, compress_level=PACKED)
    return path


def _height(strip: Strip) -> int:
    close = max((picture.shape[0] + GAP // 2 for picture in strip.close.values()), default=0)
    return HEAD + CAPTION + _size(strip.pictures["plate"])[1] + close + BETWEEN


def _size(picture: Picture) -> tuple[int, int]:
    """Return how large a picture of a whole frame stands on the sheet: no wider, and hardly taller, than a close-up."""
    height, width, _ = picture.shape
    share = min(CLOSE[0] / width, 1.5 * CLOSE[1] / height)
    return round(width * share), round(height * share)  # of pictures up to `LARGEST` neither comes to nothing


def _head(draw: ImageDraw.ImageDraw, strip: Strip, top: int, *, face: Face) -> None:
    words = f"{strip.name}{', held out' if strip.held_out else ''}"
    said = _said(strip)
    right = draw.im.size[0] - MARGIN
    name, size = fitted(words, face, LETTERS, width=(right - MARGIN) * (0.35 if said else 1))
    draw.text((MARGIN, top + LETTERS), name, INK, face(size), anchor="ls")
    said, size = fitted(said, face, SMALL_LETTERS, width=(right - MARGIN) * 0.6)
    draw.text((right, top + LETTERS), said, INK, face(size), anchor="rs")


def _said(strip: Strip) -> str:
    return "   ".join(f"{name} {value}" for name, value in strip.numbers.items())


def _column(sheet: Image.Image, strip: Strip, name: str, *, left: int, top: int, face: Face) -> None:
    draw, size = ImageDraw.Draw(sheet), _size(strip.pictures[name])
    words = f"{name}; framed, and below at 1:1" if name == "plate" and strip.close else name
    draw.text((left, top + SMALL_LETTERS), face.spelled(words), INK, face(SMALL_LETTERS), anchor="ls")
    top += CAPTION
    sheet.paste(Image.fromarray(strip.pictures[name]).resize(size, Image.Resampling.LANCZOS), (left, top))
    if name == "plate" and strip.window:
        (x, y, right, bottom), (wide, tall) = strip.window, size
        corners = left + x * wide, top + y * tall, left + right * wide - 1, top + bottom * tall - 1
        draw.rectangle([int(corner) for corner in corners], outline=FRAME)
    if name in strip.close:
        sheet.paste(Image.fromarray(strip.close[name]), (left, top + size[1] + GAP // 2))
