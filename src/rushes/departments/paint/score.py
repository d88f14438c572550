"""How near a result is to what the artist made: PSNR, SSIM and ΔE over what was changed, and over all around it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio
import torch
from skimage.color import deltaE_ciede2000, xyz2lab
from skimage.metrics import structural_similarity

from rushes.departments.department import Colour, Plate, Scene
from rushes.departments.paint.crops import Taught
from rushes.departments.paint.encoding import decoded, encoded
from rushes.departments.paint.lessons import Block
from rushes.departments.paint.network import PaintNet, Shape, painted
from rushes.domain.parts import Measure
from rushes.media.colour import Convert, transform_converter

Floats = npt.NDArray[np.float32]

BEST_PSNR = 100.0
"""dB; stands for no error at all, so that a mean stays a number."""


SSIM_WINDOW = 7


@dataclass(frozen=True)
class Judge:
    """Scores a network on some parts of pairs, in dB over what was changed.

    Attributes:
        pairs: that the parts are of.
        held_out: parts that nothing was learned from.
        own: parts that were learned from.
        shape: of the network.
    """

    pairs: Sequence[Taught]
    held_out: Sequence[Block]
    own: Sequence[Block]
    shape: Shape

    def __call__(self, network: PaintNet) -> tuple[float, float]:
        """Return the score on what was held out and on what was learned from."""
        return self._psnr(network, self.held_out), self._psnr(network, self.own)

    def parts(self, network: PaintNet, blocks: Sequence[Block]) -> Iterator[tuple[Floats, Floats, Floats, Floats]]:
        """Return of each part what the network makes of it, what was wanted, what was changed, and what counts."""
        for block in blocks:
            pair = self.pairs[block.pair]
            outer, inner = _windows(block, pair.changed.shape, self.shape)
            made = made_of(network, pair.given[:, *outer], self.shape)[:, *inner]
            truth = np.concatenate([p[:, *outer] for p in (pair.wanted, pair.mattes) if p is not None])[:, *inner]
            yield made, truth, pair.changed[outer][inner], pair.weight[outer][inner]

    def _psnr(self, network: PaintNet, blocks: Sequence[Block]) -> float:
        error, count = 0.0, 0.0
        for made, truth, changed, weight in self.parts(network, blocks):
            error += float((changed * weight * ((made - truth) ** 2).mean(axis=0)).sum())
            count += float((changed * weight).sum())
        return psnr(error / max(count, 1e-9)) if blocks else 0.0


def made_of(network: PaintNet, given: Floats, shape: Shape) -> Floats:
    """Return what a network makes of a window: result in paint codes, then mattes, `(3 and k, height, width)`.

    Args:
        network: in the state to be judged.
        given: `(inputs, height, width)`.
        shape: of the network.
    """
    height, width = given.shape[1:]
    device = next(network.parameters()).device
    x = torch.from_numpy(np.ascontiguousarray(given))[None].to(device)
    more = (0, -width % shape.stride, 0, -height % shape.stride)
    x = torch.nn.functional.pad(x, more, mode="replicate")
    with torch.inference_mode():
        made = painted(network(x.to(memory_format=torch.channels_last)), shape)[0][0]
        parts = [x[0, :3] + made[:3]] if shape.changes else []
        parts += [made[-shape.mattes :]] if shape.mattes else []
    return np.asarray(torch.cat(parts)[:, :height, :width].float().cpu().numpy(), np.float32)


def judge_paint(rendered: Plate, wanted: Plate, scene: Scene) -> tuple[Measure, ...]:
    """Measure how far a rendered frame is from the wanted one: as the eye sees it, and in paint codes."""
    everywhere = np.ones(wanted.shape[1:], np.float32)
    decibel, alike = apart(encoded(rendered), encoded(wanted), everywhere)
    return (
        Measure("mean", float(delta_e(rendered, wanted, scene.colour).mean()), "ΔE2000"),
        Measure("short of perfect", BEST_PSNR - decibel, "dB"),
        Measure("unlike", 1 - alike, "1 − SSIM"),
    )


def held_out_measures(judge: Judge, network: PaintNet, colour: Colour) -> tuple[Measure, ...]:
    """Return how good a network is on what was held out: over what was changed, and around it."""
    parts = list(judge.parts(network, judge.held_out))
    measures = []
    for words, around in (("what was changed", False), ("what lies around", True)):
        scores, areas = [], []
        for made, truth, changed, weight in parts:
            where = weight * (1 - changed if around else changed)
            if where.sum() >= 1:
                apart_e = _delta_e_of(made, truth, where, colour=colour) if judge.shape.changes else 0.0
                scores.append((*apart(made, truth, where), apart_e))
                areas.append(float(where.sum()))
        if scores:
            decibel, alike, apart_e = (float(value) for value in np.average(scores, axis=0, weights=areas))
            measures += [Measure(f"held out, {words}", decibel, "dB"), Measure(f"held out, {words}", alike, "SSIM")]
            measures += [Measure(f"held out, {words}", apart_e, "ΔE2000")] * judge.shape.changes
    return tuple(measures)


def _delta_e_of(made: Floats, truth: Floats, where: Floats, *, colour: Colour) -> float:
    return float(np.average(delta_e(decoded(made[:3]), decoded(truth[:3]), colour), weights=where))


def psnr(mean_square: float) -> float:
    """Return the peak signal-to-noise ratio in dB; the peak is 1: diffuse white in paint codes, or a full matte.

    >>> round(psnr(0.01**2), 3)
    40.0
    """
    return min(BEST_PSNR, float(-10 * np.log10(max(mean_square, 1e-12))))


def apart(result: Floats, wanted: Floats, where: Floats) -> tuple[float, float]:
    """Return PSNR in dB and SSIM over an area.

    Args:
        result: `(c, height, width)` paint codes or mattes.
        wanted: the same.
        where: `(height, width)`, 0 to 1: how much each pixel counts.
    """
    total = max(float(where.sum()), 1e-9)
    error = float((where * ((result - wanted) ** 2).mean(axis=0)).sum() / total)
    whole = result.mean(axis=0), wanted.mean(axis=0)
    if min(whole[0].shape) < SSIM_WINDOW:
        return psnr(error), float("nan")
    _, alike = structural_similarity(*whole, data_range=1.0, full=True, win_size=SSIM_WINDOW)
    return psnr(error), float((where * alike).sum() / total)


def delta_e(one: Plate, other: Plate, colour: Colour) -> Floats:
    """Return ΔE2000 between scene-linear plates, `(height, width)`; light is clipped to black and white."""
    to_xyz = _xyz_from(colour)
    labs = []
    for plate in (one, other):
        packed = np.array(plate.transpose(1, 2, 0), np.float32, order="C")
        to_xyz(packed)
        labs.append(xyz2lab(np.clip(packed, 0, 1), illuminant="D65"))
    return np.asarray(deltaE_ciede2000(*labs), np.float32)


def _xyz_from(colour: Colour) -> Convert:
    steps = ocio.GroupTransform()
    steps.appendTransform(ocio.ColorSpaceTransform(src=colour.working_space, dst="aces_interchange"))
    steps.appendTransform(ocio.BuiltinTransform("UTILITY - ACES-AP0_to_CIE-XYZ-D65_BFD"))
    return transform_converter(colour.config, steps)


def _windows(block: Block, size: tuple[int, ...], shape: Shape) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Return a part with as much around it as can matter, and where the part lies in that."""
    outer, inner = [], []
    for (first, last), side in zip((block.rows, block.columns), size, strict=True):
        start = max(0, first - shape.reach) // shape.stride * shape.stride
        outer.append(slice(start, min(side, last + shape.reach)))
        inner.append(slice(first - start, last - start))
    return (outer[0], outer[1]), (inner[0], inner[1])
