"""What directors see: a greybox plate as an sRGB picture, and ink lines from its passes for boards."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.stage.pieces import Stage
from rushes.domain.errors import BadMaterial

Matte = NDArray[np.float32]
Display = NDArray[np.uint8]

LAST_CODE = np.exp(-(4.6 - 0.18) / 0.82)
"""Of what is left below white, beyond which 8 bits tell nothing apart."""
STRAIGHT = 0.18
"""Up to mid grey the picture is as light as the scene; above, light is let in more and more slowly."""
BREAK = 0.02
"""Relative jump in distance that is drawn as a line."""
CREASE = 0.80
"""Cosine between two neighbours' normals below which a fold is drawn: about 37°."""
UNREAD = 14
"""Lowest bits of a float32 that no screen shows: 9 bits of fraction are left, a fifth of a code."""
FOLD = 0.55
"""How dark a fold is beside a silhouette."""


def to_display(plate: NDArray[np.float32], *, exposure: float = 0.0) -> Display:
    """Return a plate as it is looked at on an sRGB screen.

    Mid grey and everything below keep their light; above, 1 − e⁻ᵘ rolls off towards white, so that a white card in the
    key (1.0) shows at 86 % and a highlight of 4 still differs from white. Each channel by itself; hues are kept nearly.

    Args:
        plate: (3, height, width) float32 scene-linear, Rec. 709 primaries.
        exposure: stops.

    Returns:
        (height, width, 3) uint8 sRGB.

    >>> to_display(np.full((3, 1, 1), 0.18, np.float32)).ravel().tolist()
    [118, 118, 118]
    """
    if not abs(exposure) <= 20:
        raise BadMaterial(f"an exposure of {exposure} stops shows nothing", remedy="Ask for −20 to 20.")
    codes = _codes(float(exposure))
    shown = np.empty((*plate.shape[1:], 3), np.uint8)
    for channel, light in enumerate(plate):
        shown[..., channel] = np.take(codes, np.ascontiguousarray(light, np.float32).view(np.uint32) >> UNREAD)
    return shown


@lru_cache(maxsize=16)
def _codes(exposure: float) -> Display:
    """Return the sRGB code of every float32, by the bits of it that make a difference."""
    bits = np.arange(1 << (32 - UNREAD), dtype=np.uint32) << UNREAD
    # the middle of what shares these bits; beside infinity it would be no number
    bits += np.where(bits & 0x7F800000 == 0x7F800000, 0, 1 << (UNREAD - 1)).astype(np.uint32)
    with np.errstate(invalid="ignore"):
        light = np.nan_to_num(np.clip(bits.view(np.float32).astype(np.float64), 0, 1e9) * 2.0**exposure, nan=0.0)
    rest = 1 - STRAIGHT
    shown = np.where(light < STRAIGHT, light, STRAIGHT + rest * (1 - np.exp(-(light - STRAIGHT) / rest)))
    curved = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * np.maximum(shown, 1e-9) ** (1 / 2.4) - 0.055)
    codes: Display = np.round(255 * np.clip(curved, 0, 1)).astype(np.uint8)
    return codes


def from_display(codes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the light that `to_display` shows as these codes: what was painted over a picture, as a plate.

    Args:
        codes: any shape, float32 sRGB, 0 to 1; 1 stands for light of 4.6, all that still differs from white.

    Returns:
        The same shape, float32 scene-linear.

    >>> [round(float(light), 2) for light in from_display(np.array([0.0, 118 / 255, 1.0], np.float32))]
    [0.0, 0.18, 4.6]
    """
    codes = np.clip(codes, 0, 1)
    shown = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    rest = 1 - STRAIGHT
    bright = STRAIGHT - rest * np.log(np.maximum(1 - (shown - STRAIGHT) / rest, LAST_CODE))
    return np.where(shown < STRAIGHT, shown, bright).astype(np.float32)


def line_groups(stage: Stage) -> NDArray[np.uint16]:
    """Return (pieces + 1,) uint16 by id: pieces with the same number have no line where they only touch.

    What belongs to one character or prop is one; of the set, what is made of the same. 0 is where nothing stands.
    """
    words = [("of", piece.of) if piece.of else ("surface", piece.surface) for piece in stage.pieces]
    numbers = {word: number for number, word in enumerate(dict.fromkeys(words), 1)}
    return np.array([0, *(numbers[word] for word in words)], np.uint16)


def outlines(passes: Passes, groups: NDArray[np.uint16] | None = None) -> Matte:
    """Return ink lines: silhouettes where one thing hides another, fainter ones at folds.

    Lines are a pixel wide and lie on the nearer thing. From passes of twice the size `ink` makes smooth ones.

    Args:
        passes: with `ids`, `depth` and `normal`.
        groups: of `line_groups`; without it every piece is drawn around.

    Returns:
        (height, width) float32, 0 none to 1 ink.
    """
    if not (passes.ids.size and passes.depth.size and passes.normal.size):
        raise BadMaterial("lines are drawn from ids, depth and normal", remedy="Ask the renderer for these passes.")
    things = passes.ids if groups is None else groups[passes.ids]
    near = (
        np.float32(1) / passes.depth
    )  # over a plane it changes evenly from pixel to pixel, however steep the plane is seen
    ink_ = np.zeros(near.shape, np.float32)
    for axis in (0, 1):
        _add_lines(ink_, axis, things=things, near=near, normal=passes.normal)
    return ink_


def ink(display: Display, lines: Matte, *, colour: tuple[int, int, int] = (24, 24, 28)) -> Display:
    """Return a picture with lines drawn over it; lines of a whole multiple of its size become smooth.

    Args:
        display: (height, width, 3) uint8 sRGB.
        lines: (height, width) float32 of `outlines`, or twice, three times … that size.
        colour: of the ink, sRGB.
    """
    height, width = display.shape[:2]
    times = lines.shape[0] // max(height, 1)
    if times < 1 or lines.shape != (times * height, times * width):
        raise BadMaterial(f"lines of {lines.shape[::-1]} do not fit a picture of {(width, height)}")
    cover = lines.reshape(height, times, width, times).mean(axis=(1, 3))
    # a pixel of the small picture under a whole line of the large one is dark, not half dark
    cover = np.minimum(cover * times, 1)[..., None]
    inked: Display = np.round(display + cover * (np.array(colour, np.float32) - display)).astype(np.uint8)
    return inked


def _add_lines(ink_: Matte, axis: int, *, things: NDArray[np.uint16], near: Matte, normal: NDArray[np.float32]) -> None:
    """Darken the nearer of each two neighbours along an axis between which a line runs."""
    one, other = _pair(things, axis)
    near_one, near_other = _pair(near, axis)
    normal_one, normal_other = _pair(normal, axis + 1)
    bends = np.zeros_like(near)
    inner = [slice(None), slice(None)]
    inner[axis] = slice(1, -1)
    bends[tuple(inner)] = np.abs(np.diff(near, 2, axis=axis)) if near.shape[axis] > 2 else 0
    bend_one, bend_other = _pair(bends, axis)
    nearest = np.maximum(near_one, near_other)
    breaks = np.abs(near_one - near_other) > BREAK * nearest
    breaks &= np.minimum(bend_one, bend_other) > 0.5 * BREAK * nearest
    folds = ((normal_one * normal_other).sum(axis=0) < CREASE) & (one > 0) & (other > 0)
    strength = np.where((one != other) | breaks, np.float32(1), np.float32(FOLD) * folds)
    first = near_one >= near_other
    for there, side in zip(_pair(ink_, axis), (first, ~first), strict=True):
        np.maximum(there, strength * side, out=there)


def _pair(plane: NDArray[Any], axis: int) -> tuple[NDArray[Any], NDArray[Any]]:
    before, after = [slice(None)] * plane.ndim, [slice(None)] * plane.ndim
    before[axis], after[axis] = slice(None, -1), slice(1, None)
    return plane[tuple(before)], plane[tuple(after)]
