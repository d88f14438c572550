"""From evidence to a look: CDL, then curves, then the lattice, and what each step buys."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from rushes.departments.look.arithmetic import apply_cdl, apply_curves, apply_look, spatial_change
from rushes.departments.look.cdl_fit import IN_CHAIN, eye_at, fit_cdl
from rushes.departments.look.curves import fit_curves
from rushes.departments.look.difference import ToXyz, delta_e_2000, delta_e_itp
from rushes.departments.look.evidence import Evidence, condensed, evidence_of_probes
from rushes.departments.look.look import Cdl, Floats, Look, Switches, neutral_look
from rushes.departments.look.recipe import LookRecipe
from rushes.departments.look.residual import domain_of, with_residual
from rushes.departments.look.spatial import fit_spatial, spatial_share, without_spatial

Doubles = npt.NDArray[np.float64]

TURNS = 3
"""Times that the look and what depends on the place are learned in turn."""


@dataclass(frozen=True)
class Step:
    """What the look is worth once this step is in: measured on single pixels of the training pairs.

    Attributes:
        name: `nothing`, `cdl`, `curves`, `lattice`, `spatial`, and `best cdl` for that CDL alone.
    """

    name: str
    delta_e_2000: float
    delta_e_2000_p99: float
    delta_e_itp: float


@dataclass(frozen=True)
class FittedLook:
    """A look, and how it was come by.

    Attributes:
        steps: in the order of the chain.
        left_out: numbers, from 0, of the pairs that do not show the same picture and were not learned from.
        noise: of the pairs, in code values of the look's encoding.
        spatial_share: of what the look leaves unexplained, the share that the place in the picture explains.
    """

    look: Look
    steps: tuple[Step, ...]
    left_out: tuple[int, ...]
    noise: float
    spatial_share: float


def fit_look(evidence: Evidence, recipe: LookRecipe, to_xyz: ToXyz, *, priors: Sequence[Look] = ()) -> FittedLook:
    """Learn a look from evidence. The same evidence and recipe give the same look, bit for bit.

    Args:
        evidence: from `gather`, code values of `recipe.encoding`; at least one pair that shows the same picture.
        to_xyz: from `difference.xyz_from` of that encoding.
        priors: the show's own approved looks, which say what to expect where no pixel fell.
    """
    fitted = partial(_fitted, recipe=recipe, to_xyz=to_xyz, priors=priors)
    if recipe.spatial:
        look, share = _with_windows(evidence, fitted)
    else:
        look = fitted(evidence)
        share = spatial_share(look, evidence.probes)
    return FittedLook(look, steps_of(look, evidence.probes, to_xyz), *_remarks(evidence), spatial_share=share)


def _fitted(evidence: Evidence, *, recipe: LookRecipe, to_xyz: ToXyz, priors: Sequence[Look]) -> Look:
    counts, before, after = condensed(evidence, 1 / 48)
    look = _chain(counts, before, after, recipe=recipe, to_xyz=to_xyz)
    return with_residual(look, evidence, points=recipe.lattice, priors=priors)


def _with_windows(evidence: Evidence, fitted: Callable[[Evidence], Look]) -> tuple[Look, float]:
    """Learn what is the same everywhere and what depends on the place in turn, each from what the other leaves.

    Returns:
        The look, and the share of what the look alone leaves that the place explains.
    """
    look = fitted(evidence)
    share = spatial_share(look, evidence.probes)
    # a lattice that was taught by vignetted pixels has bent to them: what the place does is first told without it
    look = replace(look, lattice=np.zeros_like(look.lattice))
    for _ in range(TURNS):
        spatial = fit_spatial(look, evidence.probes)
        look = fitted(evidence_of_probes(evidence, without_spatial(look, spatial, evidence.probes)))
    return replace(look, spatial=fit_spatial(look, evidence.probes)), share


def steps_of(look: Look, probes: Floats, to_xyz: ToXyz) -> tuple[Step, ...]:
    """Measure a look on probes after each of its steps."""
    before, wanted = np.ascontiguousarray(probes[:, :3]), to_xyz(np.ascontiguousarray(probes[:, 3:6]))
    chain = {
        "nothing": Switches(cdl=False, curves=False, lattice=False),
        "best cdl": Switches(curves=False, lattice=False),
        "cdl": None,
        "curves": Switches(lattice=False),
        "lattice": Switches(),
    }
    plain = replace(look, spatial=None)
    graded = {
        name: apply_cdl(look.cdl, before) if switches is None else apply_look(plain, before, switches)
        for name, switches in chain.items()
    }
    if look.spatial is not None:
        whole = graded["lattice"]
        graded["spatial"] = whole + spatial_change(look.spatial, look.lattice_domain, whole, places=probes[:, 6:8])
    return tuple(_step(name, to_xyz(pixels), wanted) for name, pixels in graded.items())


def _step(name: str, seen: Floats, wanted: Floats) -> Step:
    apart = delta_e_2000(seen, wanted)
    return Step(name, float(apart.mean()), float(np.percentile(apart, 99)), float(delta_e_itp(seen, wanted).mean()))


def _remarks(evidence: Evidence) -> tuple[tuple[int, ...], float]:
    used = evidence.pairs[:, 5] > 0
    return tuple(int(number) for number in np.flatnonzero(~used)), float(np.median(evidence.pairs[used, 5]))


def _chain(counts: Doubles, before: Doubles, after: Doubles, *, recipe: LookRecipe, to_xyz: ToXyz) -> Look:
    eye = eye_at(after, to_xyz)
    best = fit_cdl(before, after, counts, eye=eye)
    cdl = fit_cdl(before, after, counts, eye=eye, limits=IN_CHAIN)
    graded = _apply(cdl, before)
    domain = domain_of(graded, counts)
    # where a small change of a channel shows most, its curve has to be right
    weights = np.sqrt(counts)[:, None] * np.linalg.norm(eye, axis=1)
    curves = fit_curves(graded, after, weights, domain=domain, points=recipe.curve_points)
    bent = apply_curves(curves, domain, graded.astype(np.float32)) - graded
    share = _share_for_the_eye(bent, after - graded, counts, eye=eye)
    ramp = np.linspace(*domain, recipe.curve_points, dtype=np.float32)
    look = neutral_look(recipe.encoding, points=recipe.lattice)
    return replace(look, cdl=cdl, best_cdl=best, curves=ramp + share * (curves - ramp), curve_domain=domain)


def _share_for_the_eye(change: Doubles, wanted: Doubles, counts: Doubles, *, eye: Doubles) -> np.float32:
    """Return how much of a change, 0 to 1, brings colours nearest to what is wanted, as the eye sees it."""
    seen, asked = (np.einsum("nij,nj->ni", eye, part) for part in (change, wanted))
    towards, long = (float(counts @ (seen * other).sum(axis=1)) for other in (asked, seen))
    return np.float32(np.clip(towards / max(long, 1e-12), 0, 1))


def _apply(cdl: Cdl, colours: Doubles) -> Doubles:
    return apply_cdl(cdl, colours.astype(np.float32)).astype(np.float64)
