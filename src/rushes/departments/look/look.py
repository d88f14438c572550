"""A learned look as data: the parts that a colourist can switch, trim and take away."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Cdl:
    """ASC CDL: per channel `(in * slope + offset) ** power`, then saturation with Rec.709 weights.

    In the look's log encoding, without clamping; the power is applied to positive values only.
    """

    slope: tuple[float, float, float] = (1.0, 1.0, 1.0)
    offset: tuple[float, float, float] = (0.0, 0.0, 0.0)
    power: tuple[float, float, float] = (1.0, 1.0, 1.0)
    saturation: float = 1.0


@dataclass(frozen=True)
class Look:
    """A grade in a log encoding: CDL, then curves, then a residual lattice, then (rarely) a spatial part.

    Attributes:
        encoding: OCIO name of the log space in which every part works, `ACEScct` by default.
        cdl: the first step; the best that a CDL alone can do.
        curves: `(3, points)` float32, red green blue; output at evenly spaced inputs over `domain`, identity slope
            beyond its ends.
        lattice: `(n, n, n, 3)` float32, indexed `[red, green, blue]`, added to what comes out of the curves;
            evenly spaced over `domain`, held beyond it.
        seen: `(n, n, n)` float32, how many pixels' worth of evidence each lattice point had.
        domain: first and last code value of curves and lattice.
        spatial: `(rows, columns, levels, 12)` float32 affine grid added to identity over the picture and its luma,
            or None; cannot be written into a LUT.
    """

    encoding: str
    cdl: Cdl
    curves: Floats
    lattice: Floats
    seen: Floats
    domain: tuple[float, float] = (0.0, 1.0)
    spatial: Floats | None = None
