"""From one colour space to another through OpenColorIO, in place, on as many cores as there are."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio

from rushes.domain.errors import BadMaterial, Damaged, NotFound
from rushes.media.frames import Floats

DEFAULT_CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
"""By its full name: `ocio://default` stands for another config in every other release of OpenColorIO."""

DATA = ocio.ROLE_DATA
"""The role of what is no colour: mattes, depth, IDs."""

Convert = Callable[[Floats], None]
"""Converts a picture in place: `(height, width, 3 or 4)` float32 in any memory layout; alpha is never touched, and
not premultiplied or divided out. For a plate pass `plate.transpose(1, 2, 0)`, a view."""

_BAND_PIXELS = 1 << 17  # below this a second thread costs more than it brings


@cache
def open_config(name: str) -> ocio.Config:
    """Open a config, once for each process: nothing changes it.

    Args:
        name: a built-in one in full, such as `DEFAULT_CONFIG`, or the path of a `.ocio` or `.ocioz` file.

    Raises:
        NotFound: there is no such built-in config, or no such file.
        Damaged: the file is no valid config.
    """
    if name.startswith("ocio://"):
        builtin = [f"ocio://{row[0]}" for row in ocio.BuiltinConfigRegistry().getBuiltinConfigs()]
        if name not in builtin:
            raise NotFound("built-in OCIO config", name, builtin, remedy="Name it in full, for life.")
        return _without_cache(ocio.Config.CreateFromBuiltinConfig(name.removeprefix("ocio://")))
    if not Path(name).is_file():
        raise NotFound("OCIO config", name)
    try:
        config = ocio.Config.CreateFromFile(name)
        config.validate()
    except ocio.Exception as error:
        raise Damaged(name, f"no valid OCIO config: {error}", remedy="Mend it; ociocheck shows every fault.") from error
    return _without_cache(config)


def _without_cache(config: ocio.Config) -> ocio.Config:
    """Keep a config from giving out an earlier processor: it takes two LUTs of one size and range for the same."""
    config.setProcessorCacheFlags(ocio.PROCESSOR_CACHE_OFF)
    return config


def colour_space_named(config: str, name: str) -> str:
    """Return the config's own name for a colour space, for its name, an alias or a role.

    Raises:
        NotFound: naming the nearest.

    >>> colour_space_named(DEFAULT_CONFIG, "lin_ap1"), colour_space_named(DEFAULT_CONFIG, "scene_linear")
    ('ACEScg', 'ACEScg')
    """
    opened = open_config(config)
    space = opened.getColorSpace(name)
    if space is None:
        aliases = [alias for each in opened.getColorSpaces() for alias in (each.getName(), *each.getAliases())]
        raise NotFound("colour space", name, [*aliases, *opened.getRoleNames()])
    return str(space.getName())


def scene_linear_named(config: str, name: str) -> str:
    """Return the config's own name for a colour space that is light, as `colour_space_named` does.

    Raises:
        NotFound: naming the nearest.
        BadMaterial: the config says that it is something else; where it says nothing, whoever names it knows.

    >>> scene_linear_named(DEFAULT_CONFIG, "lin_ap1")
    'ACEScg'
    """
    own = colour_space_named(config, name)
    encoding = open_config(config).getColorSpace(own).getEncoding()
    if encoding not in ("", "scene-linear"):
        raise BadMaterial(f"{own} is not scene-linear: the config says {encoding}", remedy="Name one such as ACEScg.")
    return own


def log_spaces(config: str) -> tuple[str, ...]:
    """Return the colour spaces that the config calls log: those of cameras, ACEScct and the like, in its order."""
    return tuple(space.getName() for space in open_config(config).getColorSpaces() if space.getEncoding() == "log")


def check_view(config: str, display: str, view: str) -> None:
    """Refuse a display or view that the config does not have.

    Raises:
        NotFound: naming the nearest.
    """
    opened = open_config(config)
    if display not in opened.getDisplays():
        raise NotFound("display", display, opened.getDisplays())
    if view not in opened.getViews(display):
        raise NotFound(f"view on {display}", view, opened.getViews(display))


def converter(config: str, source: str, target: str) -> Convert:
    """Return what converts pictures from one colour space to another, in place; to itself: bit for bit the same.

    Raises:
        NotFound: the config, or a colour space in it.
        BadMaterial: the config knows no way between them.

    >>> grey = np.full((1, 1, 3), 0.391, np.float32)
    >>> converter(DEFAULT_CONFIG, "ARRI LogC3 (EI800)", "Linear ARRI Wide Gamut 3")(grey)
    >>> f"{grey[0, 0, 0]:.3f}"
    '0.180'
    """
    names = colour_space_named(config, source), colour_space_named(config, target)
    return transform_converter(config, ocio.ColorSpaceTransform(*names))


def is_linear(config: str, source: str, target: str) -> bool:
    """Return whether a conversion is a matrix, or nothing at all: then alpha need not be divided out first.

    Raises:
        NotFound: the config, or a colour space in it.
        BadMaterial: the config knows no way between them.

    >>> is_linear(DEFAULT_CONFIG, "Linear Rec.709 (sRGB)", "ACEScg"), is_linear(DEFAULT_CONFIG, "ACEScct", "ACEScg")
    (True, False)
    """
    names = colour_space_named(config, source), colour_space_named(config, target)
    with _possible(config):
        way = open_config(config).getProcessor(ocio.ColorSpaceTransform(*names))
        steps = way.getOptimizedProcessor(ocio.OPTIMIZATION_DEFAULT).createGroupTransform()
    return all(isinstance(step, ocio.MatrixTransform) and not any(step.getOffset()) for step in steps)


def display_view(config: str, source: str, *, display: str, view: str) -> Convert:
    """Return what turns pictures into what a display wants, 0 to 1, through a view: exact, and slow with ACES 2.

    Raises:
        NotFound: config, colour space, display or view.
    """
    check_view(config, display, view)
    return transform_converter(config, _view(config, source, display=display, view=view))


def review_view(config: str, source: str, *, display: str, view: str) -> Convert:
    """Return `display_view` baked into a lattice, twenty times as fast: for review movies, not for grading.

    Args:
        source: a scene-linear space; light from -0.01 to 1000 is told apart; ACES 2 shows no more at 4000 nits.

    Raises:
        NotFound: config, colour space, display or view.
    """
    check_view(config, display, view)
    # ACEScct's curve on whatever primaries: it spends its code values as film does, most of them around mid grey
    to_log = ocio.GroupTransform(
        [
            ocio.LogCameraTransform(
                linSideBreak=[0.0078125] * 3, base=2, logSideSlope=[1 / 17.52] * 3, logSideOffset=[9.72 / 17.52] * 3
            ),
            ocio.RangeTransform(minInValue=-0.03, maxInValue=1.13, minOutValue=0.0, maxOutValue=1.0),
        ]
    )
    to_linear = ocio.GroupTransform(list(to_log), direction=ocio.TRANSFORM_DIR_INVERSE)
    exact = ocio.GroupTransform([to_linear, _view(config, source, display=display, view=view)])
    axis = np.linspace(0.0, 1.0, 65, dtype=np.float32)
    lattice = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(65, -1, 3)
    transform_converter(config, exact)(lattice)
    lut = ocio.Lut3DTransform(gridSize=65)
    lut.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    lut.setData(lattice.ravel())
    return transform_converter(config, ocio.GroupTransform([to_log, lut]))


def transform_converter(config: str, transform: ocio.Transform) -> Convert:
    """Return what applies any transform of OpenColorIO to pictures, in place.

    Raises:
        BadMaterial: the config cannot build it.
    """
    with _possible(config):
        cpu = open_config(config).getProcessor(transform).getDefaultCPUProcessor()

    def convert(picture: Floats) -> None:
        _refuse_picture(picture)
        if picture.size:
            _apply_in_bands(cpu, picture[..., :3])

    return convert


@contextmanager
def _possible(config: str) -> Iterator[None]:
    try:
        yield
    except ocio.Exception as error:
        raise BadMaterial(f"{config} cannot do this conversion: {error}") from error


def _view(config: str, source: str, *, display: str, view: str) -> ocio.DisplayViewTransform:
    return ocio.DisplayViewTransform(src=colour_space_named(config, source), display=display, view=view)


def _refuse_picture(picture: Floats) -> None:
    if picture.dtype != np.float32 or picture.ndim != 3 or picture.shape[2] not in (3, 4):
        raise BadMaterial(f"a picture is (height, width, 3 or 4) float32, not {picture.shape} {picture.dtype}")
    if not picture.flags.writeable:
        raise BadMaterial("this picture is read-only, and conversions are made in place", remedy="Hand in a copy.")


def _apply_in_bands(cpu: ocio.CPUProcessor, colour: Floats) -> None:
    height, width, _ = colour.shape
    bands = min(os.cpu_count() or 1, height, height * width // _BAND_PIXELS)
    if bands < 2:
        _apply(cpu, colour)
        return
    with ThreadPoolExecutor(bands) as threads:  # OpenColorIO lets go of Python's lock while it works
        for _ in threads.map(lambda band: _apply(cpu, band), np.array_split(colour, bands)):
            pass


def _apply(cpu: ocio.CPUProcessor, colour: Floats) -> None:
    """Apply to red, green and blue alone: handed alpha too, OpenColorIO lets an infinite red turn it into NaN."""
    height, width, _ = colour.shape
    down, across, channel = colour.strides
    if across <= 0 or channel <= 0 or down < width * across:  # upside down, column by column…
        held = colour.copy()
        _apply(cpu, held)
        colour[...] = held
    elif across >= 3 * channel:
        cpu.apply(ocio.PackedImageDesc(colour, width, height, 3, ocio.BIT_DEPTH_F32, channel, across, down))
    else:
        planes = (colour[..., 0], colour[..., 1], colour[..., 2])
        cpu.apply(ocio.PlanarImageDesc(*planes, width, height, ocio.BIT_DEPTH_F32, across, down))
