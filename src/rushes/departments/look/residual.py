"""The last step of a look: what CDL and curves leave, as a lattice, from evidence where there is some."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from rushes.departments.look.arithmetic import apply_cdl, apply_curves, apply_look, read_lattice
from rushes.departments.look.evidence import Evidence, low_end, noise_by_bin, sums
from rushes.departments.look.expectation import as_lattice, expect
from rushes.departments.look.lattice import evidence_at, fit_correction
from rushes.departments.look.look import Domain, Floats, Look, Switches

Doubles = npt.NDArray[np.float64]

CELLS = 1400
"""At most so many cells of the colour cube are weighed against each other: the cost grows with the cube of it."""

WELL_KNOWN = 0.001
"""Noise, in code values, of a colour that is known as well as need be."""

NOISY = 0.002
"""Above this noise, single colours far from what is expected are trusted less."""

MARGIN = 0.02
"""Around the evidence, as a share of its width. Beyond it the residual is held, so that highlights keep their detail;
a wider margin would let it bend there as it likes."""

ILLEGAL = 1e-3
"""Share of darkest channel values that the lattice need not reach: video holds colours that no light has, far below
black, and to stretch for them would leave the others half the points. There the residual is held."""

REMEMBERED = 9
"""Colours along each axis that are asked of an earlier look."""

LEAST_SLOPE, AIMED_SLOPE = 0.025, 0.06
"""Of a grey ramp: two greys that were apart stay apart. A ramp that does not rise by the first is made to rise by the
second, for the lattice follows only as closely as its points lie."""

GREYS = 8
"""Greys looked at for each lattice point."""

ROUNDS = 6
"""Times that greys are made to rise: each leaves a tenth of what was missing, or less."""

BENDABLE = 1e-5
"""Stiffness of the lattice where greys are made to rise: it may bend from point to point."""


@dataclass(frozen=True)
class Missing:
    """What the chain so far leaves to be done.

    Attributes:
        colours: (n, 3) code values that come out of the curves.
        changes: (n, 3) what has to be added to them.
        counts: (n,) pixels.
        noise: (n,) standard deviation of each change.
        domain: of the lattice.
    """

    colours: Doubles
    changes: Doubles
    counts: Doubles
    noise: Doubles
    domain: Domain


def with_residual(look: Look, evidence: Evidence, *, points: int, priors: Sequence[Look]) -> Look:
    """Return the look with a residual lattice, and with what it has seen.

    Args:
        look: CDL and curves.
        points: of the lattice along each axis.
        priors: earlier looks, asked about colours that the evidence does not hold.
    """
    asked = _asked(evidence, priors)
    missing = _missing(look, evidence, asked)
    noisy = float(np.sqrt(np.average(missing.noise**2 * missing.counts, weights=missing.counts))) > NOISY
    weights = np.ones(len(missing.counts))
    remembered = [_remembered(look, prior, evidence, asked=asked, domain=missing.domain) for prior in priors]
    expectation = expect(*_cells(missing, weights, remembered))
    if noisy:
        weights = _trusted(missing, as_lattice(expectation, points))
        expectation = expect(*_cells(missing, weights, remembered))
    expected = as_lattice(expectation, points)
    left = _left(missing, expected)
    sure = weights * WELL_KNOWN**2 / (WELL_KNOWN**2 + missing.noise**2)
    correction = fit_correction(missing.colours, left, sure, domain=missing.domain, points=points)
    seen = evidence_at(missing.colours, missing.counts, missing.domain, points=points)
    filled = replace(look, lattice=expected + correction, lattice_domain=missing.domain, seen=seen)
    return _with_rising_neutrals(filled, domain_of(evidence.before, evidence.counts))


def chain_before(look: Look, pixels: Floats) -> Floats:
    """Return what CDL and curves make of pixels: where the lattice is read."""
    return apply_curves(look.curves, look.curve_domain, apply_cdl(look.cdl, pixels))


def domain_of(colours: Doubles, counts: Doubles) -> Domain:
    """Return the domain that holds some colours `(n, 3)` and their counts, with room for more."""
    return _with_margin(*_ends_of(colours, counts))


def _ends_of(colours: Doubles, counts: Doubles) -> Domain:
    """Return the darkest code, but for a few, and the brightest."""
    return low_end(colours.ravel(), np.repeat(counts, 3), ILLEGAL), float(colours.max())


def _with_margin(low: float, high: float) -> Domain:
    width = max(high - low, 0.1)
    return low - MARGIN * width, high + MARGIN * width


def _asked(evidence: Evidence, priors: Sequence[Look]) -> Domain:
    """Return the codes from the darkest to the brightest that the evidence or an earlier look knows about."""
    ends = [_ends_of(evidence.before, evidence.counts), *(prior.curve_domain for prior in priors)]
    return min(low for low, _ in ends), max(high for _, high in ends)


def _missing(look: Look, evidence: Evidence, asked: Domain) -> Missing:
    colours = chain_before(look, evidence.before.astype(np.float32)).astype(np.float64)
    greys = chain_before(look, np.repeat(np.array(asked, np.float32)[:, None], 3, axis=1))
    low, high = _ends_of(colours, evidence.counts)
    domain = _with_margin(min(low, float(greys.min())), max(high, float(greys.max())))
    return Missing(colours, evidence.after - colours, evidence.counts, noise_by_bin(evidence), domain)


def _unit(colours: Doubles, domain: Domain) -> Doubles:
    return np.asarray(((colours - domain[0]) / (domain[1] - domain[0])).clip(0, 1))


def _cells(
    missing: Missing, weights: Doubles, remembered: Sequence[tuple[Doubles, Doubles, Doubles]]
) -> tuple[Doubles, Doubles, Doubles]:
    """Take near colours together until there are few enough; return them, their changes and their noise."""
    unit = _unit(missing.colours, missing.domain)
    for across in range(24, 5, -1):
        cell = np.floor(unit * across).astype(np.int64) @ np.array([10000, 100, 1])
        which = np.unique(cell, return_inverse=True)[1]
        if which.max() < CELLS:
            break
    mass = missing.counts * weights + 1e-12
    total = np.bincount(which, mass)
    colours, changes = (sums(which, part * mass[:, None]) / total[:, None] for part in (unit, missing.changes))
    noise = np.sqrt(np.bincount(which, mass**2 * missing.noise**2) / total**2)
    parts = [(colours, changes, noise), *remembered]
    return np.vstack([p[0] for p in parts]), np.vstack([p[1] for p in parts]), np.concatenate([p[2] for p in parts])


def _left(missing: Missing, expected: Floats) -> Doubles:
    return np.asarray(missing.changes - read_lattice(expected, missing.domain, missing.colours.astype(np.float32)))


def _trusted(missing: Missing, expected: Floats) -> Doubles:
    """Return Huber's weights: a colour further off from what is expected than grain and bend explain counts less."""
    off = np.linalg.norm(_left(missing, expected), axis=1)
    usual = 3.0 * np.hypot(missing.noise, 1.4826 * np.median(off))
    return np.asarray(np.minimum(1.0, usual / np.maximum(off, 1e-9)))


def _remembered(
    look: Look, prior: Look, evidence: Evidence, *, asked: Domain, domain: Domain
) -> tuple[Doubles, Doubles, Doubles]:
    """Ask an earlier look about colours all over the cube; believe it as far as it is right about the evidence."""
    whole = Switches(spatial=False)
    axis = np.linspace(*asked, REMEMBERED)
    before = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.float32)
    colours = chain_before(look, before).astype(np.float64)
    changes = apply_look(prior, before, whole) - colours
    wrong = apply_look(prior, evidence.before.astype(np.float32), whole) - evidence.after
    off = np.sqrt(np.average((wrong**2).mean(axis=1), weights=evidence.counts))
    inside = ((colours > domain[0]) & (colours < domain[1])).all(axis=1)
    return _unit(colours[inside], domain), changes[inside], np.full(inside.sum(), 2.0 * off + WELL_KNOWN)


def _with_rising_neutrals(look: Look, greys: Domain) -> Look:
    """Bend the lattice along the grey axis until every channel of it rises."""
    points = look.lattice.shape[0]
    ramp = np.repeat(np.linspace(*greys, GREYS * points, dtype=np.float32)[:, None], 3, axis=1)
    colours = chain_before(look, ramp)
    # where there is evidence it stands; what was only expected gives way
    firm = np.minimum(read_lattice(look.seen[..., None], look.lattice_domain, colours)[:, 0], 1.0) + 1e-4
    for _ in range(ROUNDS):
        graded = apply_look(look, ramp)
        if (np.diff(graded, axis=0) >= LEAST_SLOPE * np.diff(ramp, axis=0)).all():
            break
        least = AIMED_SLOPE * ramp
        lift = least - graded + np.stack([isotonic_regression(c, weights=firm).x for c in (graded - least).T], axis=1)
        bend = fit_correction(
            colours.astype(np.float64), lift, np.ones(len(ramp)),
            domain=look.lattice_domain, points=points, stiffness=BENDABLE,
        )  # fmt: skip
        look = replace(look, lattice=look.lattice + bend)
    return look
