"""What pairs of frames say about a look, gathered pair by pair into plain arrays that fit into a checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt
from skimage.transform import resize

from rushes.departments.look.align import align, moved_onto
from rushes.departments.look.look import Floats
from rushes.domain.errors import BadMaterial, NoCorrespondence

Doubles = npt.NDArray[np.float64]

IN_BLOCKS = 20.0
"""Times that noise which comes in blocks, as H.264 makes it, averages out more slowly."""

COMPRESSED = 0.004
"""Noise, in code values, from which it is taken to come in blocks."""

BINS_PER_UNIT = 192
"""Colours that lie closer share a bin, whose means stay exact: half a step of a 65-point lattice over ACEScct."""

SIDE = 768
"""Bins along one axis, from code value -1 to 3."""

PROBES = 64
"""Rows and columns of single pixels kept of each pair, to measure on."""

NOISY = (0.006, 0.013, 0.03)
"""Noise of the pair, in code values, above which areas of 2, 4 and 8 pixels across are averaged."""


SEVERAL = 8
"""Pixels that a bin must hold to say anything of its noise."""

ENOUGH_TO_TELL = 0.05
"""Share of all pixels that such bins must hold together, or the noise is told from the few calm places only."""

COARSENED = 3
"""Times that bins are doubled for it: down to 24 for each code value; in wider ones a grade's bend counts as noise."""


@dataclass(frozen=True)
class Evidence:
    """Sufficient statistics of all pairs so far; the same pairs in the same order give the same arrays.

    Attributes:
        keys: (bins,) int64, which bin of the colour cube; rising.
        counts: (bins,) float64 pixels.
        before: (bins, 3) float64 mean code values of the ungraded frames.
        after: (bins, 3) float64 mean code values of the graded ones.
        moments: (bins, 3, 3) float64, sums over pixels of squared deviations: for each channel of before, of before
            times after, of after.
        probes: (probes, 9) float32, single pixels to measure on: before, after, row and column in 0 to 1, pair.
        pairs: (pairs, 6) float32: rows and columns shifted, scale, agreement as it came, agreement used, noise.
    """

    keys: npt.NDArray[np.int64]
    counts: Doubles
    before: Doubles
    after: Doubles
    moments: Doubles
    probes: Floats
    pairs: Floats


def no_evidence() -> Evidence:
    """Return the evidence of no pair."""
    doubles = np.zeros((0, 3))
    return Evidence(
        np.zeros(0, np.int64), np.zeros(0), doubles, doubles, np.zeros((0, 3, 3)),
        np.zeros((0, 9), np.float32), np.zeros((0, 6), np.float32),
    )  # fmt: skip


def gather(evidence: Evidence | None, before: Floats, after: Floats) -> Evidence:
    """Add one pair; a pair whose frames do not show the same picture is noted and otherwise left out.

    Args:
        evidence: of the pairs so far.
        before: (height, width, 3) float32 code values in the look's encoding.
        after: its grade, of the same shape of picture.

    Raises:
        BadMaterial: when one frame is wider in shape than the other.
    """
    known = evidence or no_evidence()
    after = _same_size(before, after)
    alignment = align(before, after)
    row = [*alignment.shift, alignment.scale, alignment.as_it_came, alignment.agreement, 0.0]
    if not alignment.corresponds:
        return replace(known, pairs=np.vstack([known.pairs, np.array(row, np.float32)]))
    after, covered = moved_onto(after, alignment)
    covered &= np.isfinite((before + after) @ np.ones(3, np.float32))
    gathered = _pair(before, after, covered)
    gathered.pairs[0, :5] = row[:5]
    return joined(known, gathered)


def refuse_strangers(evidence: Evidence, names: Sequence[str]) -> None:
    """Refuse to learn where most pairs do not show the same picture.

    Args:
        evidence: of all pairs.
        names: of the pairs, in the order of the evidence.

    Raises:
        NoCorrespondence: with the numbers of every pair that does not.
    """
    apart = evidence.pairs[:, 5] == 0
    if not len(apart) or 2 * apart.sum() >= len(apart):
        raise NoCorrespondence(
            f"{apart.sum()} of {len(apart)} pairs do not show the same picture",
            [
                f"{name}: edges agree by {agreement:.2f} as they came, by {best:.2f} at best"
                for name, (agreement, best), strange in zip(names, evidence.pairs[:, 3:5], apart, strict=True)
                if strange
            ],
            "Pair each graded frame with its own ungraded one, or teach the look from stills instead.",
        )


def joined(one: Evidence, other: Evidence) -> Evidence:
    """Return the evidence of both, as if the pairs of the second had come after those of the first."""
    both = {part.name: np.concatenate([getattr(one, part.name), getattr(other, part.name)]) for part in fields(one)}
    both["probes"][len(one.probes) :, 8] += len(one.pairs)
    return _merged(Evidence(**both))


def _merged(evidence: Evidence) -> Evidence:
    """Take bins with the same key together."""
    keys, which = np.unique(evidence.keys, return_inverse=True)
    total = np.bincount(which, evidence.counts).astype(np.float64)
    sides, weights = (evidence.before, evidence.after), evidence.counts[:, None]
    means = [sums(which, side * weights) / total[:, None] for side in sides]
    apart = [side - mean[which] for side, mean in zip(sides, means, strict=True)]
    between = np.stack([apart[0] ** 2, apart[0] * apart[1], apart[1] ** 2], axis=2) * weights[..., None]
    moments = sums(which, (evidence.moments + between).reshape(-1, 9)).reshape(-1, 3, 3)
    return replace(evidence, keys=keys, counts=total, before=means[0], after=means[1], moments=moments)


def evidence_of_probes(evidence: Evidence, probes: Floats) -> Evidence:
    """Return evidence from single pixels alone: changed probes of some evidence."""
    return replace(_binned(probes[:, :3], probes[:, 3:6], 1), probes=probes, pairs=evidence.pairs)


def noise_by_bin(evidence: Evidence) -> Doubles:
    """Return the standard deviation of each bin's mean graded value, in code values: the grain that it averaged.

    What compression does to one pixel it does to its whole block, so noisy pixels average out far more slowly than
    by the root of their number.
    """
    usual = float(np.mean(evidence.pairs[evidence.pairs[:, 5] > 0, 5].astype(np.float64) ** 2))
    unexplained = _unexplained(evidence.moments).mean(axis=1)
    # a bin with few pixels knows little of its own noise: it is lent four pixels of the usual
    alone = np.sqrt((unexplained + 4 * usual) / (evidence.counts + 4) / evidence.counts)
    return np.asarray(alone * (1 + IN_BLOCKS * usual / (usual + COMPRESSED**2)))


def condensed(evidence: Evidence, width: float) -> tuple[Doubles, ...]:
    """Return counts `(n,)`, before `(n, 3)` and after `(n, 3)` with all colours closer than `width` taken together."""
    cells = np.floor((evidence.before + 1.0) / width).astype(np.int64) @ np.array([1 << 40, 1 << 20, 1])
    _, which = np.unique(cells, return_inverse=True)
    counts = np.bincount(which, evidence.counts).astype(np.float64)
    sides = (evidence.before, evidence.after)
    means = [sums(which, side * evidence.counts[:, None]) / counts[:, None] for side in sides]
    return counts, means[0], means[1]


def _same_size(before: Floats, after: Floats) -> Floats:
    if before.shape == after.shape:
        return after
    shapes = [shape[1] / shape[0] for shape in (before.shape, after.shape)]
    if abs(shapes[0] / shapes[1] - 1) > 0.02:
        sizes = [f"{shape[1]}×{shape[0]}" for shape in (before.shape, after.shape)]
        raise BadMaterial(
            f"a frame of {sizes[0]} and a grade of {sizes[1]} are no pair", remedy="Export the grade in the same frame."
        )
    return np.asarray(resize(after, before.shape, order=1, anti_aliasing=True), np.float32)


def _pair(before: Floats, after: Floats, covered: npt.NDArray[np.bool_]) -> Evidence:
    binned = _binned(*_pixels(before, after, covered), 1)
    noise = noise_of(binned)
    area = 1 << sum(noise > limit for limit in NOISY)
    if area > 1:
        before, after = _averaged(before, area), _averaged(after, area)
        covered = _averaged(covered[..., None].astype(np.float32), area)[..., 0] == 1.0
        binned = _binned(*_pixels(before, after, covered), area * area)
    probes = _probes(before, after, covered)
    pairs = np.array([[0, 0, 1, 1, 1, max(noise, 1e-6)]], np.float32)
    return replace(binned, probes=probes, pairs=pairs)


def _pixels(before: Floats, after: Floats, covered: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    sides = before.reshape(-1, 3), after.reshape(-1, 3)
    if covered.all():
        return sides
    where = np.flatnonzero(covered)
    return sides[0].take(where, axis=0), sides[1].take(where, axis=0)


def _binned(before: Floats, after: Floats, weight: int) -> Evidence:
    spots = np.zeros(len(before), np.int32)
    for channel in before.T:  # one by one: a 4K frame takes enough memory as it is
        spots = spots * SIDE + np.clip((channel + 1.0) * BINS_PER_UNIT, 0, SIDE - 1).astype(np.int32)
    keys, which = np.unique(spots, return_inverse=True)
    counts = np.bincount(which).astype(np.float64)
    means, moments = np.zeros((2, len(keys), 3)), np.zeros((len(keys), 3, 3))
    for channel in range(3):
        x, y = (side[:, channel].astype(np.float64) for side in (before, after))
        for side, values in enumerate((x, y)):
            means[side, :, channel] = np.bincount(which, values) / counts
        mx, my = means[:, :, channel]
        for kind, (products, of_means) in enumerate(((x * x, mx * mx), (x * y, mx * my), (y * y, my * my))):
            moments[:, channel, kind] = np.bincount(which, products) - counts * of_means
    return replace(
        no_evidence(), keys=keys.astype(np.int64), counts=counts * weight, before=means[0], after=means[1],
        moments=moments * weight,
    )  # fmt: skip


def noise_of(evidence: Evidence) -> float:
    """Return the standard deviation of the graded value, in code values, that the ungraded one does not explain.

    Told from bins that hold several pixels; grain may scatter a small picture so widely that only larger bins do.
    """
    many = evidence.counts >= SEVERAL
    for _ in range(COARSENED):
        if evidence.counts[many].sum() >= ENOUGH_TO_TELL * evidence.counts.sum():
            break
        evidence = _coarser(evidence)
        many = evidence.counts >= SEVERAL
    if not many.any():
        return 0.0
    unexplained = _unexplained(evidence.moments[many]) / evidence.counts[many, None]
    return float(np.sqrt(np.median(unexplained.mean(axis=1))))


def _coarser(evidence: Evidence) -> Evidence:
    """Take eight bins together, half as many along each axis."""
    along = np.stack(np.unravel_index(evidence.keys, (SIDE,) * 3)) // 2
    return _merged(replace(evidence, keys=np.ravel_multi_index(tuple(along), (SIDE,) * 3)))


def _unexplained(moments: Doubles) -> Doubles:
    xx, xy, yy = np.moveaxis(moments, 2, 0)
    return np.asarray(np.maximum(yy - xy**2 / (xx + 1e-12), 0))


def _averaged(picture: Floats, area: int) -> Floats:
    height, width = (size - size % area for size in picture.shape[:2])
    blocks = picture[:height, :width].reshape(height // area, area, width // area, area, -1)
    return np.asarray(blocks.mean(axis=(1, 3)), np.float32)


def _probes(before: Floats, after: Floats, covered: npt.NDArray[np.bool_]) -> Floats:
    height, width = covered.shape
    rows = np.unique(((np.arange(PROBES) + 0.5) * height / PROBES).astype(int))
    columns = np.unique(((np.arange(PROBES) + 0.5) * width / PROBES).astype(int))
    down, across = (part.ravel() for part in np.meshgrid(rows, columns, indexing="ij"))
    kept = covered[down, across]
    down, across = down[kept], across[kept]
    places = np.column_stack([(down + 0.5) / height, (across + 0.5) / width, np.zeros(len(down))])
    return np.hstack([before[down, across], after[down, across], places]).astype(np.float32)


def low_end(values: Doubles, counts: Doubles, share: float) -> float:
    """Return the value that only a share of the pixels lies below."""
    order = np.argsort(values, kind="stable")
    return float(np.interp(share * counts.sum(), np.cumsum(counts[order]), values[order]))


def sums(which: npt.NDArray[np.int64], values: npt.NDArray[np.floating]) -> Doubles:
    """Return the column sums `(groups, columns)` of `(n, columns)` values by group."""
    return np.column_stack([np.bincount(which, column) for column in np.ascontiguousarray(values.T, np.float64)])
