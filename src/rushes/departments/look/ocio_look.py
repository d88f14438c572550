"""A look as OpenColorIO sees it: one chain of transforms for rendering, for files and for a config. No clamping."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio

from rushes.departments.look.arithmetic import apply_look
from rushes.departments.look.look import Cdl, Domain, Floats, Look, Switches, cdl_in_use

Doubles = npt.NDArray[np.float64]

BELOW, ABOVE = 8.0, 2.0
"""How far beyond its domain a chain reaches, in widths of the domain. In ACEScct that is from -0.7 scene-linear to far
above the largest half float; files hold the value there, `renderer` goes on exactly."""

STEPS = 4096
"""Samples of the 1D LUT for each width of the domain. It bends a value by at most a quarter of a step, 6e-5, and only
where the spacing of the lattice doubles."""


@dataclass(frozen=True)
class Axis:
    """Coordinates of a lattice along each axis: even inside, then each step twice the last.

    Attributes:
        below: how many points lie before the domain.
        above: how many lie behind it.
    """

    points: Doubles
    below: int
    above: int

    def grid(self) -> Floats:
        """Return the colour at every lattice point: `(n, n, n, 3)` float32, indexed red, green, blue."""
        return np.stack(np.meshgrid(*[self.points] * 3, indexing="ij"), axis=-1).astype(np.float32)


def look_transform(look: Look, switches: Switches | None = None) -> ocio.GroupTransform:
    """Return CDL, curves and lattice as transforms from the look's encoding to itself.

    OCIO's LUTs clamp what they read, so the lattice gets further points on every side, which hold "the value plus
    the residual at the edge": a plane, so the interpolation between them is exact however far apart they are.
    Strength and spatial part have no transform; `renderer` adds them.
    """
    on = switches or Switches()
    chain = ocio.GroupTransform()
    if cdl_in_use(look, on) != Cdl():
        chain.appendTransform(cdl_transform(cdl_in_use(look, on)))
    curves = look.curves if on.curves and _bends(look) else None
    axis = _axis(look.lattice_domain, look.lattice.shape[0]) if on.lattice and look.lattice.any() else None
    if curves is None and axis is None:
        return chain
    for transform in _shaper(curves, look.lattice_domain if curves is None else look.curve_domain, axis):
        chain.appendTransform(transform)
    if axis is not None:
        around = (axis.below, axis.above)
        held = np.pad(look.lattice * np.float32(on.lattice), (around, around, around, (0, 0)), mode="edge")
        chain.appendTransform(_lut3d(axis.grid() + held))
    return chain


def baked_transform(look: Look, switches: Switches | None = None, *, size: int = 65) -> ocio.GroupTransform:
    """Return CDL, curves, lattice and strength as one lattice from the look's encoding to itself.

    Less exact than the chain, for between its points it is straight. The spatial part is left out.
    """
    on = replace(switches or Switches(), spatial=False)
    axis = _axis(look.lattice_domain, size)
    graded = apply_look(look, axis.grid(), on)
    return ocio.GroupTransform([*_shaper(None, look.lattice_domain, axis), _lut3d(graded)])


def cdl_transform(cdl: Cdl) -> ocio.CDLTransform:
    """Return an ASC CDL that does not clamp."""
    transform = ocio.CDLTransform()
    transform.setSlope(list(cdl.slope))
    transform.setOffset(list(cdl.offset))
    transform.setPower(list(cdl.power))
    transform.setSat(cdl.saturation)
    transform.setStyle(ocio.CDL_NO_CLAMP)
    return transform


def in_working_space(chain: ocio.GroupTransform, encoding: str, working_space: str) -> ocio.GroupTransform:
    """Wrap a chain that works in an encoding into the way there and back."""
    there = ocio.ColorSpaceTransform(src=working_space, dst=encoding)
    back = ocio.ColorSpaceTransform(src=encoding, dst=working_space)
    return ocio.GroupTransform([there, chain, back])


def changes_nothing(look: Look, switches: Switches | None = None) -> bool:
    """Say whether this look with these switches leaves every pixel alone."""
    on = switches or Switches()
    spatial = on.spatial and look.spatial is not None and bool(look.spatial.any())
    return on.strength == 0 or not (spatial or len(look_transform(look, on)))


def processor(transform: ocio.Transform, config: ocio.Config | None = None) -> ocio.CPUProcessor:
    """Return OCIO's float processor of a transform; without a config for transforms that name no colour space."""
    return (config or ocio.Config.CreateRaw()).getProcessor(transform).getDefaultCPUProcessor()


def apply_in_place(cpu: ocio.CPUProcessor, packed: Floats) -> None:
    """Run a processor over a contiguous `(height, width, 3 or 4)` float32 picture; other threads go on meanwhile."""
    height, width, channels = packed.shape
    cpu.apply(ocio.PackedImageDesc(packed, width, height, channels))


def apply_to_colours(cpu: ocio.CPUProcessor, colours: npt.ArrayLike) -> Floats:
    """Return colours `(..., 3)` as a processor turns them; the ones handed in are left alone."""
    packed = np.array(colours, np.float32, order="C")
    apply_in_place(cpu, packed.reshape(1, -1, 3))
    return packed


def _bends(look: Look) -> bool:
    return bool((look.curves != np.linspace(*look.curve_domain, look.curves.shape[1], dtype=np.float32)).any())


def _axis(domain: Domain, points: int) -> Axis:
    first, last = domain
    doubling = (last - first) / (points - 1) * (2.0 ** np.arange(1, 32) - 1.0)
    below, above = (doubling[: np.searchsorted(doubling, reach * (last - first)) + 1] for reach in (BELOW, ABOVE))
    every = np.concatenate([first - below[::-1], np.linspace(first, last, points), last + above])
    return Axis(every, len(below), len(above))


def _shaper(
    curves: Floats | None, domain: Domain, axis: Axis | None
) -> tuple[ocio.MatrixTransform, ocio.Lut1DTransform]:
    """Return a matrix into 0 to 1 and a 1D LUT behind it: through the curves, then to even steps along the axis."""
    width = domain[1] - domain[0]
    first, last = domain[0] - BELOW * width, domain[1] + ABOVE * width
    inputs = np.linspace(first, last, round((BELOW + 1 + ABOVE) * STEPS) + 1)
    outputs = np.tile(inputs, (3, 1))
    if curves is not None:
        held = np.clip(inputs, *domain)
        points = np.linspace(*domain, curves.shape[1])
        outputs = np.stack([np.interp(held, points, curve) for curve in curves]) + (inputs - held)
    if axis is not None:
        outputs = np.interp(outputs, axis.points, np.linspace(0.0, 1.0, len(axis.points)))
    matrix = ocio.MatrixTransform()
    matrix.setMatrix(np.diag([*[1 / (last - first)] * 3, 1.0]).ravel().tolist())
    matrix.setOffset([*[-first / (last - first)] * 3, 0.0])
    lut = ocio.Lut1DTransform(len(inputs), False)
    lut.setInterpolation(ocio.INTERP_LINEAR)
    lut.setData(np.ascontiguousarray(outputs.T, np.float32).ravel())
    return matrix, lut


def _lut3d(graded: Floats) -> ocio.Lut3DTransform:
    lut = ocio.Lut3DTransform(graded.shape[0])
    lut.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    lut.setData(np.ascontiguousarray(graded, np.float32).ravel())
    return lut
