"""Where a look has never seen anything: for each frame, how much of it lies there."""

from rushes.departments.look.arithmetic import apply_cdl, apply_curves, tetrahedra
from rushes.departments.look.look import Floats, Look


def coverage_outside(look: Look, pixels: Floats, *, least: float = 0.5) -> float:
    """Return the share, 0 to 1, of pixels that fall where the look has never seen evidence.

    A pixel counts as known if any of the four lattice points around it has seen something. A look that has seen
    nothing at all, such as one guessed from stills, knows none; and none knows a pixel that is no number.

    Args:
        pixels: (..., 3) float32 ungraded code values in the look's encoding.
        least: pixels' worth of evidence below which a lattice point counts as never seen.
    """
    colours = apply_curves(look.curves, look.curve_domain, apply_cdl(look.cdl, pixels.reshape(-1, 3)))
    first, last = look.lattice_domain
    corners, _ = tetrahedra(colours, look.lattice_domain, look.lattice.shape[0])
    known = (look.seen.ravel()[corners] >= least).any(axis=1)
    inside = ((colours >= first) & (colours <= last)).all(axis=1)
    return float(1.0 - (known & inside).mean())
