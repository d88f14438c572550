"""Dress a greybox frame in the show's swatches, in object space, so that nothing swims; strength 0 is the greybox."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rushes.departments.department import Colour
from rushes.departments.previs.look.ageing import breakup_of, broken_up, contact_of
from rushes.departments.previs.look.assign import KEPT, Assignment
from rushes.departments.previs.look.atlas import Atlas, atlas_of, level_for, sampled
from rushes.departments.previs.look.edges import smoothed
from rushes.departments.previs.look.pack import LookPack, Source
from rushes.departments.previs.look.palette import light_on
from rushes.departments.previs.look.regrade import Regrade, blended, regrade_between, regrader, samples_of
from rushes.departments.previs.look.retrieval import nearest_frames, small_of
from rushes.departments.previs.look.surfaces import Joins, facing, joins_of, metres_per_pixel, tangents_of
from rushes.departments.previs.look.tones import Floats
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.stage.pieces import Light

CORNER = 0.8
"""Of the stronger facing: above it a second side of the mapping is blended in, so that a round thing has no seam."""

PLAIN_LEVEL = 9
"""Of the atlas, from which on a texture is but its colour."""

TOWARDS = 3
"""Frames of the show that a shot is graded towards."""


@dataclass(frozen=True)
class Trims:
    """What a director trims, each 1 as learned and 0 for none.

    Attributes:
        texture: contrast of the swatches' textures; 0 is their plain colour.
        haze: thickness of the air.
        regrade: how far the shot is graded towards the show's frames.
        scale: size of every texture; 2 is twice as large.
    """

    texture: float = 1.0
    haze: float = 1.0
    regrade: float = 1.0
    scale: float = 1.0


@dataclass(frozen=True, eq=False)
class Wardrobe:
    """Everything that a shot is dressed with, opened once.

    Attributes:
        pack: the show's.
        assignment: what every piece wears.
        atlas: the textures.
        light: that the set stands in.
        trims: of the director.
        blocked: light that the greybox stands in; None where nobody knows.
        breakup: what age and hands do to an even surface, from `breakup_of`.
        regrade: of this shot; None before it was found.
    """

    pack: LookPack
    assignment: Assignment
    atlas: Atlas
    light: Light
    trims: Trims
    blocked: Light | None
    breakup: Floats
    regrade: Regrade | None = None


def open_wardrobe(
    pack: LookPack,
    assignment: Assignment,
    *,
    light: Light | None = None,
    blocked: Light | None = None,
    trims: Trims | None = None,
    seed: int = 0,
) -> Wardrobe:
    """Get everything ready that a shot is dressed with.

    Args:
        pack: the show's.
        assignment: from `assign`.
        light: that the set is to stand in; where nobody decided that of the greybox, in the show's tints.
        blocked: light that the greybox was drawn in: tells where corners are dark.
        trims: of the director.
        seed: of the breakup.
    """
    trims = trims or Trims()
    atlas = atlas_of(pack)
    if trims.texture != 1:
        atlas = _flattened(atlas, trims.texture)
    if light is None:
        light = light_on(blocked, pack.light, pack.luma) if blocked else pack.light
    return Wardrobe(pack, assignment, atlas, light, trims, blocked, breakup_of(seed))


def with_regrade(wardrobe: Wardrobe, frames: Sequence[Passes], *, seed: int = 0) -> Wardrobe:
    """Find the regrade of a shot from a few of its frames, once: the same for every frame, so it cannot flicker.

    Args:
        wardrobe: without one.
        frames: a few passes of the shot, such as its first, middle and last frame.
        seed: of the transport.
    """
    plates = [ungraded(one, wardrobe) for one in frames]
    return replace(wardrobe, regrade=regrade_for(plates, wardrobe.pack, seed=seed))


def regrade_for(plates: Sequence[Floats], pack: LookPack, *, seed: int = 0) -> Regrade:
    """Find the regrade of a shot from a few frames of it, towards the frames of the show that are most like them.

    Args:
        plates: (3, height, width) float32 scene-linear each.
        pack: the show's.
        seed: of the transport.
    """
    small = [small_of(plate) for plate in plates]
    places = nearest_frames(small, pack.small, TOWARDS)
    lattice = regrade_between(samples_of(small), samples_of([pack.small[place] for place in places]), seed=seed)
    return Regrade(lattice, tuple(places))


def dress(passes: Passes, wardrobe: Wardrobe, colour: Colour, *, strength: float = 1.0) -> Floats:
    """Return a frame in the show's look.

    Args:
        passes: all of them; left alone.
        wardrobe: of the shot.
        colour: the show's; says in which space the passes' light is.
        strength: 0 is the greybox, bit for bit; 1 all of the look; between them a blend.

    Returns:
        (3, height, width) float32 scene-linear. Whatever is kept as greybox is so bit for bit.
    """
    if strength == 0:
        return passes.beauty.copy()
    made = ungraded(passes, wardrobe)
    if wardrobe.regrade is not None and wardrobe.trims.regrade > 0:
        lattice = wardrobe.regrade.lattice
        if wardrobe.trims.regrade != 1:
            lattice = blended(lattice, wardrobe.trims.regrade)
        regrader(lattice, colour)(made.transpose(1, 2, 0))
    if strength != 1:
        made -= passes.beauty
        made *= np.float32(strength)
        made += passes.beauty
    kept = (wardrobe.assignment.swatches == KEPT)[_numbers(passes, wardrobe)]
    if kept.any():
        np.copyto(made, passes.beauty, where=kept)
    return made


def drew_on(wardrobe: Wardrobe) -> tuple[Source, ...]:
    """Return every cleared frame that a shot draws on: those its swatches were cut from, and was graded towards."""
    worn = {int(place) for place in wardrobe.assignment.swatches if place >= 0}
    cut = {wardrobe.pack.swatches[place].source for place in worn}
    towards = wardrobe.regrade.towards if wardrobe.regrade and wardrobe.trims.regrade else ()
    return tuple(sorted(cut | {wardrobe.pack.frames[place] for place in towards}))


def ungraded(passes: Passes, wardrobe: Wardrobe) -> Floats:
    """Return a frame dressed and lit, without its regrade: (3, height, width) float32 scene-linear."""
    height, width = passes.ids.shape
    ids = _numbers(passes, wardrobe)
    joins = joins_of(passes)
    across, down = tangents_of(passes.rest, joins)
    reflectance = _reflectance(passes.rest, across, down, ids=ids, wardrobe=wardrobe)
    made = np.ascontiguousarray(reflectance[:, :3].T).reshape(3, height, width)
    _light(made, passes, wardrobe, joins=joins)
    _haze(made, passes, wardrobe)
    smoothed(made, passes, joins)
    return made


def _numbers(passes: Passes, wardrobe: Wardrobe) -> NDArray[np.uint16]:
    """Return the id pass; a piece that came later than the assignment wears what nobody decided."""
    return np.minimum(passes.ids, np.uint16(len(wardrobe.assignment.swatches) - 1))


def _reflectance(rest: Floats, across: Floats, down: Floats, *, ids: NDArray[np.uint16], wardrobe: Wardrobe) -> Floats:
    """Return (pixels, 4) what every pixel's surface reflects: its swatch, laid on from the side that it faces."""
    flat, places = ids.ravel(), rest.reshape(3, -1)
    level = _level(metres_per_pixel(across, down).ravel(), flat, wardrobe)
    sides = facing(across, down).reshape(3, -1)
    first = sides.argmax(axis=0)
    u, v = _laid(places, first)
    made = _worn(u, v, flat, level=level, wardrobe=wardrobe)
    at, second, share = _second_side(sides, first)
    if len(at):
        other = _worn(*_laid(places[:, at], second), flat[at], level=level[at], wardrobe=wardrobe)
        made[at] += share[:, None] * (other - made[at])
    made *= broken_up(wardrobe.breakup, u, v)[:, None]
    return made


def _level(metres: Floats, ids: NDArray[np.uint16], wardrobe: Wardrobe) -> NDArray[np.int32]:
    """Return which size of its texture each pixel reads."""
    atlas, assignment = wardrobe.atlas, wardrobe.assignment
    level = level_for(atlas, metres * (_tiles_per_metre(wardrobe) * np.float32(atlas.sides[0]))[ids])
    if assignment.plain.any():
        np.maximum(level, (assignment.plain * PLAIN_LEVEL).astype(np.int32)[ids], out=level)
    return level


def _worn(u: Floats, v: Floats, ids: NDArray[np.uint16], *, level: NDArray[np.int32], wardrobe: Wardrobe) -> Floats:
    """Return (pixels, 4) reflectance at metres across and down each pixel's swatch."""
    assignment, per_metre = wardrobe.assignment, _tiles_per_metre(wardrobe)[ids]
    rows = (np.maximum(assignment.swatches, 0) * wardrobe.atlas.rows).astype(np.int32)
    u, v = u * per_metre, v * per_metre
    u += assignment.shifts[:, 0][ids]
    v += assignment.shifts[:, 1][ids]
    return sampled(wardrobe.atlas, u, v, swatch_rows=rows[ids], level=level)


def _tiles_per_metre(wardrobe: Wardrobe) -> Floats:
    """Return (pieces + 1,) how often a tile is laid within a metre."""
    metres = np.array([swatch.metres for swatch in wardrobe.pack.swatches], np.float32)
    each = 1 / (metres * np.float32(wardrobe.trims.scale))
    return np.asarray(each[np.maximum(wardrobe.assignment.swatches, 0)], np.float32)


def _laid(places: Floats, side: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return across and down, in metres, of a texture that is laid on along x, y or z; upright where it stands."""
    u = np.where(side == 0, places[2], places[0])
    v = np.where(side == 1, places[2], -places[1])
    return u, v


def _second_side(sides: Floats, first: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Return the pixels that face two ways nearly alike, the second way, and its share, at most a half."""
    most = sides.max(axis=0)
    middle = sides.sum(axis=0) - most - sides.min(axis=0)
    at = np.flatnonzero((middle > CORNER * most) & (most > 0))
    held = sides[:, at].copy()
    held[first[at], np.arange(len(at))] = -1
    ratio = middle[at] / most[at]
    return at, held.argmax(axis=0), (0.5 * (ratio - CORNER) / (1 - CORNER)).astype(np.float32)


def _light(made: Floats, passes: Passes, wardrobe: Wardrobe, *, joins: Joins) -> None:
    """Light reflectance in place: the key where it arrives, sky from above and bounce from below."""
    light = wardrobe.light
    up = passes.normal[1] * np.float32(0.5)
    up += np.float32(0.5)
    contact = None
    if wardrobe.blocked:
        contact = contact_of(passes, wardrobe.assignment.greys, blocked=wardrobe.blocked, joins=joins)
    for channel in range(3):
        key, sky, ground = (np.float32(getattr(light, name)[channel]) for name in ("key", "sky", "ground"))
        arrives = up * (sky - ground)
        arrives += ground
        if contact is not None:
            arrives *= contact
        arrives += passes.lit * key
        made[channel] *= arrives


def _haze(made: Floats, passes: Passes, wardrobe: Wardrobe) -> None:
    """Fade distance in place; what is behind everything is the greybox's sky in the show's tint, or haze alone."""
    light, blocked = wardrobe.light, wardrobe.blocked
    thickness = np.float32(wardrobe.trims.haze / light.haze_m)
    # infinitely far away is nothing at all, in however clear an air
    clear = np.exp2(-np.minimum(passes.depth, np.float32(1e6)) * thickness)
    nothing = np.flatnonzero(passes.ids == 0)
    clear.ravel()[nothing] = 0
    for channel in range(3):
        haze = np.float32(light.haze[channel])
        made[channel] -= haze
        made[channel] *= clear
        made[channel] += haze
        if blocked and len(nothing):
            tint = haze / np.float32(max(blocked.haze[channel], 1e-6))
            made[channel].ravel()[nothing] = passes.beauty[channel].ravel()[nothing] * tint


def _flattened(atlas: Atlas, texture: float) -> Atlas:
    means = np.repeat(atlas.means, atlas.rows, axis=0)
    texels = atlas.texels.copy()
    texels[:, :3] = np.maximum(means + np.float32(texture) * (texels[:, :3] - means), 0)
    return replace(atlas, texels=texels)
