"""Render frames through a look: OpenColorIO on packed pixels, in bands over the cores, exact at any value."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import PyOpenColorIO as ocio

from rushes.departments.department import Colour
from rushes.departments.look.arithmetic import apply_look, middles, read_spatial
from rushes.departments.look.look import Floats, Look, Switches
from rushes.departments.look.ocio_look import (
    BELOW,
    apply_in_place,
    apply_to_colours,
    baked_transform,
    changes_nothing,
    in_working_space,
    look_transform,
    processor,
)
from rushes.domain.errors import BadMaterial
from rushes.media.colour import open_config

RenderPacked = Callable[[Floats], Floats]
"""From `(height, width, 3 or 4)` float32 scene-linear to the same; the frame handed in is left alone."""

GradeBand = Callable[[Floats, slice], None]
"""Grades some rows of a picture in place."""

BAND_ROWS = 64
"""At 4K a band is 4 MB of RGBA: small enough to balance the cores, large enough that Python does not count."""


def renderer(
    look: Look,
    switches: Switches | None = None,
    *,
    colour: Colour,
    baked: int | None = None,
) -> RenderPacked:
    """Open a look for rendering.

    Args:
        look: to render.
        switches: what of it is applied; everything by default.
        colour: of the show; frames are scene-linear in its working space.
        baked: points of a single lattice to use instead of the exact chain, for viewing only.

    Returns:
        A function from one frame to a new one; alpha passes through. A look that changes nothing returns the very
        frame that it was given, so its pixels are bit-identical.

    Raises:
        BadMaterial: a look that changes over the picture cannot be baked.
    """
    on = switches or Switches()
    if changes_nothing(look, on):
        return lambda packed: packed
    varies = on.spatial and look.spatial is not None
    if baked is not None and varies:
        raise BadMaterial("a look that changes over the picture fits into no lattice", remedy="Render it unbaked.")
    opened = open_config(colour.config)
    chain = look_transform(look, on) if baked is None else baked_transform(look, on, size=baked)
    grade = _through(processor(in_working_space(chain, look.encoding, colour.working_space), opened))
    if baked is None:
        ways = _ways(look.encoding, opened, colour.working_space)
        grade = _in_steps(look, on, ways) if varies or on.strength != 1.0 else grade
        grade = _exact_below(grade, look, on, ways=ways)
    return _over_the_cores(grade)


@dataclass(frozen=True)
class _Ways:
    """From the working space to the look's encoding, and back."""

    there: ocio.CPUProcessor
    back: ocio.CPUProcessor


def _ways(encoding: str, config: ocio.Config, working_space: str) -> _Ways:
    there = ocio.ColorSpaceTransform(src=working_space, dst=encoding)
    back = ocio.ColorSpaceTransform(src=encoding, dst=working_space)
    return _Ways(processor(there, config), processor(back, config))


def _over_the_cores(grade: GradeBand) -> RenderPacked:
    pool = ThreadPoolExecutor(max_workers=os.cpu_count())

    def render(packed: Floats) -> Floats:
        graded = np.empty(packed.shape, np.float32)

        def grade_band(start: int) -> None:
            rows = slice(start, start + BAND_ROWS)
            graded[rows] = packed[rows]
            grade(graded, rows)
            # where red is infinite, OpenColorIO makes alpha NaN
            graded[rows, :, 3:] = packed[rows, :, 3:]

        list(pool.map(grade_band, range(0, len(graded), BAND_ROWS)))
        return graded

    return render


def _through(cpu: ocio.CPUProcessor) -> GradeBand:
    return lambda picture, rows: apply_in_place(cpu, picture[rows])


def _in_steps(look: Look, on: Switches, ways: _Ways) -> GradeBand:
    """Grade band by band in the look's encoding, where the spatial part and the strength are added."""
    chain = processor(look_transform(look, on))

    def grade(picture: Floats, rows: slice) -> None:
        band = picture[rows]
        apply_in_place(ways.there, band)
        graded = band.copy()
        apply_in_place(chain, graded)
        if on.spatial and look.spatial is not None:
            where = middles(len(picture))[rows]
            added = read_spatial(look.spatial, look.lattice_domain, graded[..., :3], rows=where)
            # all three at once, numpy would go through them pixel by pixel
            for channel in range(3):
                graded[..., channel] += added[..., channel]
        # in place, for new memory of this size costs more than the arithmetic; alpha is put back by the caller
        graded -= band
        graded *= np.float32(on.strength)
        band += graded
        apply_in_place(ways.back, band)

    return grade


def _exact_below(grade: GradeBand, look: Look, on: Switches, *, ways: _Ways) -> GradeBand:
    """Grade the few pixels that lie deeper below black than the chain reaches one by one, without the spatial part.

    NaN and infinity stay what they are: a LUT would turn them into innocent numbers, and nobody would look for the
    cause.
    """
    first, last = look.lattice_domain
    # a quarter of the reach, for the CDL may take a pixel further down before the LUT reads it
    floor = float(apply_to_colours(ways.back, [[first - (last - first) * BELOW / 4] * 3]).max())

    def grade_all(picture: Floats, rows: slice) -> None:
        band = picture[rows]
        if band.min() >= floor and band.max() < np.inf:  # false as well where anything is NaN
            return grade(picture, rows)
        colours = band[..., :3]
        damaged = ~np.isfinite(colours)
        kept = colours[damaged]
        deep = (colours < floor).any(axis=-1) & ~damaged.any(axis=-1)
        depths = colours[deep]
        with np.errstate(invalid="ignore", over="ignore"):  # what damage becomes is put back below
            grade(picture, rows)
        if len(depths):
            encoded = apply_to_colours(ways.there, depths)
            colours[deep] = apply_to_colours(ways.back, apply_look(look, encoded, replace(on, spatial=False)))
        colours[damaged] = kept
        return None

    return grade_all
