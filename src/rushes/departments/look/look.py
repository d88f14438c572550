"""A learned look as data: the parts that a colourist can switch, trim and take away."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Triple = tuple[float, float, float]
Domain = tuple[float, float]
"""First and last code value of evenly spaced points."""


@dataclass(frozen=True)
class Cdl:
    """ASC CDL: per channel `(in * slope + offset) ** power`, then saturation with Rec.709 weights.

    In the look's encoding, without clamping (OCIO: `NoClamp`); the power is applied to positive values only.
    """

    slope: Triple = (1.0, 1.0, 1.0)
    offset: Triple = (0.0, 0.0, 0.0)
    power: Triple = (1.0, 1.0, 1.0)
    saturation: float = 1.0


@dataclass(frozen=True)
class Look:
    """A grade in one encoding: CDL, then curves, then a residual lattice, then (rarely) a spatial part.

    Attributes:
        encoding: OCIO name of the space in which every part works, `ACEScct` by default.
        cdl: the first step of the chain; its saturation stays at 0.5 or above, so that the steps behind it can still
            tell colours apart.
        curves: `(3, points)` float32, red green blue, rising; output at evenly spaced inputs over `curve_domain`,
            slope 1 beyond its ends.
        lattice: `(n, n, n, 3)` float32, indexed `[red, green, blue]` by what comes out of the curves and added to it;
            evenly spaced over `lattice_domain`, held beyond it.
        seen: `(n, n, n)` float32, how many pixels' worth of evidence each lattice point had.
        curve_domain: of the curves' input.
        lattice_domain: of the curves' output, where the lattice is indexed.
        best_cdl: the best that a CDL can do alone, for whoever takes only that; stands in for `cdl` when curves and
            lattice are off.
        spatial: `(rows, columns, levels, 3, 4)` float32: what is added to the graded pixel, an affine map of it that
            changes over the picture and with its luma; or None. Cannot be written into a LUT.
    """

    encoding: str
    cdl: Cdl
    curves: Floats
    lattice: Floats
    seen: Floats
    curve_domain: Domain = (0.0, 1.0)
    lattice_domain: Domain = (0.0, 1.0)
    best_cdl: Cdl = field(default_factory=Cdl)
    spatial: Floats | None = None


@dataclass(frozen=True)
class Switches:
    """What of a look is applied; everything by default.

    Attributes:
        lattice: share of the residual lattice: 0 is off, 1 is as learned.
        strength: 0 leaves the picture alone, 1 is the look; mixed in the look's encoding.
    """

    cdl: bool = True
    curves: bool = True
    lattice: float = 1.0
    spatial: bool = True
    strength: float = 1.0


def neutral_look(encoding: str, *, points: int = 33, domain: Domain = (0.0, 1.0)) -> Look:
    """Return the look that changes nothing."""
    ramp = np.linspace(*domain, points, dtype=np.float32)
    empty = np.zeros((points,) * 3, np.float32)
    lattice = np.zeros((*empty.shape, 3), np.float32)
    return Look(encoding, Cdl(), np.tile(ramp, (3, 1)), lattice, empty, curve_domain=domain, lattice_domain=domain)


def cdl_in_use(look: Look, switches: Switches) -> Cdl:
    """Return the CDL that these switches ask for: the best single one where nothing follows it."""
    if not switches.cdl:
        return Cdl()
    return look.cdl if switches.curves or switches.lattice else look.best_cdl
