"""How the arrows of a board look: shapes in points over a picture, the same on paper, on a web page and in pixels."""

from collections.abc import Sequence
from math import hypot

import numpy as np

from rushes.departments.previs.out.arrows import Arrow
from rushes.departments.previs.out.techvis_drawing import Line, Mark, Picture, Spot, Words
from rushes.departments.previs.out.techvis_pixels import laid_over, layer_of, path_of
from rushes.departments.previs.out.techvis_svg import codes_of
from rushes.departments.previs.shots.figures import Point
from rushes.media.frames import Floats
from rushes.media.lettering import face_for, letters

RED, WHITE, DARK = "#d4351c", "#ffffff", "#16181a"
SHAFT, HEAD_WIDE, HEAD_LONG = 0.026, 2.7, 2.5
"""Of the picture's height; and the head, in shafts."""


def marks_of(arrows: Sequence[Arrow], size: tuple[float, float]) -> tuple[Mark, ...]:
    """Return arrows as marks over a picture whose top left corner is 0, 0.

    Args:
        arrows: of the picture.
        size: width and height of the picture.
    """
    marks: list[Mark] = []
    for arrow in sorted(arrows, key=lambda arrow: ("frame", "camera", "figure").index(arrow.kind)):
        spots = [(x * size[0], y * size[1]) for x, y in arrow.spots]
        if arrow.kind == "frame":
            marks += _frame(arrow.of, spots, size)
        elif arrow.kind == "camera":
            marks += _camera(arrow.of, spots, size)
        else:
            swell = min(max(arrow.nearing, 0.4), 2.5) ** 0.5
            widths = (SHAFT * size[1] / swell, SHAFT * size[1] * swell)
            marks += _solid(ribbon(spots, widths), (RED, WHITE), size[1])
    return tuple(marks)


def arrows_over(picture: Picture, arrows: Sequence[Arrow]) -> Picture:
    """Return a picture with its arrows drawn on it, anti-aliased; elsewhere it is bit for bit the same.

    Args:
        picture: `(height, width, 3)` as displayed, bytes or float32 0 to 1.
        arrows: of the picture.
    """
    height, width = picture.shape[:2]
    marks = marks_of(arrows, (width, height))
    lines = [mark for mark in marks if isinstance(mark, Line)]
    layer = layer_of([(path_of(line), line) for line in lines], (width, height))
    for mark in marks:
        if isinstance(mark, Words):
            _letter(layer, mark)
    shown = np.asarray(picture, np.float32) / np.float32(255) if picture.dtype == np.uint8 else picture
    drawn = laid_over(np.asarray(shown, np.float32), layer)
    if picture.dtype != np.uint8:
        return drawn
    return np.where(layer[..., 3:] > 0, codes_of(drawn), np.asarray(picture, np.uint8)).astype(np.uint8)


def _letter(layer: Floats, words: Words) -> None:
    """Write words with their rim into a layer, around the middle of their baseline."""
    size = max(8, round(words.size))
    rim = max(1, round(0.16 * size))
    front = np.pad(letters(words.text, face_for(words.text), size), rim + 1)
    shifts = [(down, across) for down in range(-rim, rim + 1) for across in range(-rim, rim + 1)]
    round_ = [shift for shift in shifts if hypot(*shift) <= rim + 0.3]
    back = np.maximum.reduce([np.roll(front, shift, (0, 1)) for shift in round_])
    left = round(words.at[0] - front.shape[1] / 2)
    top = round(words.at[1] - 0.36 * size - front.shape[0] / 2)
    top, left = max(top, 0), max(left, 0)
    part = layer[top : top + front.shape[0], left : left + front.shape[1]]
    for mask, light in ((back, 0.086), (front, 1.0)):
        cover = mask[: part.shape[0], : part.shape[1], None]
        part[..., :3] += cover * (np.float32(light) - part[..., :3])
        part[..., 3:] += cover * (1 - part[..., 3:])


def ribbon(spots: Sequence[Spot], widths: tuple[float, float]) -> tuple[Spot, ...]:
    """Return the outline of an arrow along a way, its tip on the last spot.

    Args:
        spots: from start to end, at least two.
        widths: of the shaft, at the start and behind the head.
    """
    way = _even(np.array(spots, np.float64))
    whole = float(np.hypot(*np.diff(way, axis=0).T).sum())
    long = min(HEAD_LONG * widths[1], 0.6 * whole)
    shaft, tip = _shorter(way, long), way[-1]
    along = np.gradient(shaft, axis=0)
    along[-1] = tip - shaft[-1]
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)[:, None]
    aside = np.stack([along[:, 1], -along[:, 0]], axis=1)
    half = np.linspace(widths[0], widths[1], len(shaft))[:, None] / 2
    head = aside[-1] * HEAD_WIDE * widths[1] / 2
    sides = [*(shaft + half * aside), shaft[-1] + head, tip, shaft[-1] - head, *(shaft - half * aside)[::-1]]
    return tuple((float(x), float(y)) for x, y in sides)


def _even(way: Point, pieces: int = 40) -> Point:
    """Return a way in pieces of the same length."""
    steps = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])
    kept = np.concatenate([[True], np.diff(steps) > 1e-9])
    at = np.linspace(0.0, steps[-1], pieces + 1)
    return np.stack([np.interp(at, steps[kept], way[kept, axis]) for axis in (0, 1)], axis=1)


def _shorter(way: Point, by: float) -> Point:
    """Return a way without its last stretch, for the head."""
    left = np.concatenate([np.cumsum(np.hypot(*np.diff(way, axis=0).T)[::-1])[::-1], [0.0]])
    kept = way[left > by]
    return kept if len(kept) > 1 else way[:2]


def _solid(outline: tuple[Spot, ...], colours: tuple[str, str], high: float) -> list[Mark]:
    fill, rim = colours
    return [Line(outline, rim, 0.012 * high, fill=rim), Line(outline, "", fill=fill)]


def _camera(name: str, spots: list[Spot], size: tuple[float, float]) -> list[Mark]:
    wide, high = size
    verb = name.split(maxsplit=1)[0]
    shaft = SHAFT * high * (0.8 if verb in {"push", "pull", "zoom"} else 1.0)
    colours = (DARK, WHITE) if verb == "zoom" else (WHITE, DARK)
    if verb in {"push", "pull", "zoom"}:
        corners = [spots, *([(wide - x, y) for x, y in spots], [(x, high - y) for x, y in spots])]
        corners.append([(wide - x, high - y) for x, y in spots])
        return [mark for way in corners for mark in _solid(ribbon(way, (shaft, shaft)), colours, high)]
    way = bent(spots, verb)
    marks = _solid(ribbon(way, (shaft, shaft)), colours, high)
    if verb in {"track", "crane"}:
        marks += _rails(spots, high)
    return marks


def bent(spots: Sequence[Spot], verb: str) -> tuple[Spot, ...]:
    """Return the way of a camera's arrow: a turn is an arc, travel is straight."""
    if verb not in {"pan", "tilt", "roll"}:
        return tuple(spots)
    (x, y), (to_x, to_y) = spots
    away = hypot(to_x - x, to_y - y)
    bow = {"pan": 0.16, "tilt": 0.16, "roll": 0.30}[verb] * away
    turned = [(-(to_y - y) / away, (to_x - x) / away), ((to_y - y) / away, -(to_x - x) / away)]
    up = min(turned, key=lambda aside: (aside[1], aside[0]))
    middle = ((x + to_x) / 2 + 2 * bow * up[0], (y + to_y) / 2 + 2 * bow * up[1])
    return tuple(
        (
            (1 - t) ** 2 * x + 2 * t * (1 - t) * middle[0] + t * t * to_x,
            (1 - t) ** 2 * y + 2 * t * (1 - t) * middle[1] + t * t * to_y,
        )
        for t in np.linspace(0.0, 1.0, 25).tolist()
    )


def _rails(spots: Sequence[Spot], high: float) -> list[Mark]:
    """Return the rail beside an arrow of travel."""
    (x, y), (to_x, to_y) = spots
    gap = 0.030 * high
    aside = (0.0, gap) if abs(to_x - x) > abs(to_y - y) else (gap, 0.0)
    way = ((x + aside[0], y + aside[1]), (to_x + aside[0], to_y + aside[1]))
    return [Line(way, DARK, 0.014 * high), Line(way, WHITE, 0.006 * high)]


def _frame(name: str, corners: list[Spot], size: tuple[float, float]) -> list[Mark]:
    """Return another frame: a fine line, heavy corners, and its letter at a corner that is in the picture."""
    wide, high = size
    closed = [*corners, corners[0]]
    marks: list[Mark] = [Line(tuple(closed), DARK, 0.009 * high, opacity=0.55)]
    marks.append(Line(tuple(closed), WHITE, 0.0045 * high))
    for corner in range(4):
        here = corners[corner]
        reach = [_towards(here, corners[(corner + step) % 4], 0.07 * high) for step in (-1, 1)]
        marks.append(Line((reach[0], here, reach[1]), DARK, 0.016 * high))
        marks.append(Line((reach[0], here, reach[1]), WHITE, 0.008 * high))
    letter = 0.046 * high
    middle = (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)
    nearest = min(corners, key=lambda spot: (hypot(spot[0] - wide / 2, spot[1] - high / 2), spot))
    x, y = _towards(nearest, middle, 2.3 * letter)
    room = (2.0 * letter, 1.0 * letter)
    x, y = min(max(x, room[0]), wide - room[0]), min(max(y, room[1]), high - room[1])
    marks.append(Words((x, y + 0.36 * letter), name.upper(), letter, WHITE, face="bold", anchor="middle", halo=DARK))
    return marks


def _towards(start: Spot, end: Spot, reach: float) -> Spot:
    away = max(hypot(end[0] - start[0], end[1] - start[1]), 1e-9)
    part = min(reach / away, 0.5)
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])
