"""The show's palette, its tones, and the light that its frames suggest for a set."""

from collections.abc import Sequence

import numpy as np
from scipy.cluster.vq import kmeans2

from rushes.departments.previs.look.patches import Patches
from rushes.departments.previs.look.tones import Floats
from rushes.departments.previs.stage.pieces import Light

COLOURS = 12
WHITE_SHARE = 0.985
"""Of a frame's patches that are no brighter than what counts as its white."""

TINT = 0.3
"""How much of the tint between a frame's brights and darks goes into the light; the rest is material."""

KEY_LUMA, SKY_LUMA, GROUND_LUMA = 0.92, 0.3, 0.13
"""Of a light of no particular contrast: near that of the greybox, so that a set stays as bright as it was blocked."""

USUAL_CONTRAST = 2.4
"""Stops between the quarter tones of an ordinary frame."""

LEVELS = {"key": KEY_LUMA, "sky": SKY_LUMA, "ground": GROUND_LUMA}
HAZE_M = (25.0, 250.0)
"""Metres at which half is faded, where blacks are most lifted, and where they are deepest."""


def white_of(frame: Patches, luma: Floats) -> float:
    """Return what a white card would come to in a frame: its brightest patches, if they are not darker than dusk."""
    return max(0.25, float(np.quantile(frame.light @ luma, WHITE_SHARE)))


def palette_of(frames: Sequence[Patches], *, luma: Floats, seed: int) -> tuple[Floats, Floats]:
    """Return (colours, 3) scene-linear, dark to bright, and (colours,) their shares of all frames."""
    light = np.concatenate([frame.light.reshape(-1, 3) for frame in frames])
    lab = np.concatenate([frame.features()[:, :3] for frame in frames])
    distinct = len(np.unique(lab, axis=0))
    if distinct <= COLOURS:
        labels = np.unique(lab, axis=0, return_inverse=True)[1].ravel()
    else:
        _, labels = kmeans2(lab, COLOURS, iter=20, minit="++", rng=np.random.default_rng(seed))
    groups = [light[labels == group] for group in np.unique(labels)]
    colours = np.stack([np.median(group, axis=0) for group in groups])
    shares = np.array([len(group) for group in groups]) / len(light)
    order = np.argsort(colours @ luma, kind="stable")
    return colours[order].astype(np.float32), shares[order].astype(np.float32)


def tones_of(frames: Sequence[Patches], luma: Floats) -> Floats:
    """Return (11,) stops around mid grey, 0.18, below which 0, 10 … 100 of a hundred patches lie."""
    levels = np.concatenate([(frame.light @ luma).ravel() for frame in frames])
    tenths = np.quantile(levels, np.linspace(0, 1, 11))
    return np.asarray(np.log2(np.maximum(tenths, 1e-4) / 0.18), np.float32)


def light_of(frames: Sequence[Patches], luma: Floats) -> Light:
    """Return the light that the frames suggest: their contrast, the tint of brights and darks, the lift of blacks.

    Frames do not say where a light stood; a stage knows that better, and keeps its own direction.
    """
    light = np.concatenate([frame.light.reshape(-1, 3) for frame in frames]).astype(np.float64)
    levels = light @ luma
    stops = np.log2(np.maximum(levels, 1e-4))
    low, high = np.quantile(stops, (0.2, 0.8))
    softness = float(np.clip(USUAL_CONTRAST / max(high - low, 0.3), 0.45, 1.8))
    mean = light.mean(axis=0)
    bright, dark = (light[mask].mean(axis=0) for mask in (stops >= high, stops <= low))
    far = light[(stops > np.median(stops))].mean(axis=0)
    black = float(np.quantile(levels, 0.01) / max(np.quantile(levels, 0.99), 1e-4))
    clear = float(np.clip(1 - black / 0.08, 0, 1))
    return Light(
        key=_tinted(bright, mean, luma, to=KEY_LUMA),
        sky=_tinted(dark, mean, luma, to=SKY_LUMA * softness),
        ground=_tinted(dark + mean, mean, luma, to=GROUND_LUMA * softness),
        haze=_colour(far, luma, to=float(np.clip(far @ luma, 0.05, 0.7))),
        haze_m=float(HAZE_M[0] * (HAZE_M[1] / HAZE_M[0]) ** clear),
    )


def light_on(stage: Light, show: Light, luma: Floats) -> Light:
    """Return the light of a stage as the show would have it: its hour and its direction, the show's tints and softness.

    Args:
        stage: the light that the greybox stands in.
        show: of the pack.
        luma: what the primaries count for luminance.
    """
    lights = {
        name: tuple((np.array(getattr(stage, name)) * np.array(getattr(show, name)) / level).tolist())
        for name, level in LEVELS.items()
    }
    tint = np.array(show.haze) / max(float(np.array(show.haze) @ luma), 1e-6)
    haze = tuple((np.array(stage.haze) * tint**TINT).tolist())
    return Light(towards=stage.towards, **lights, haze=haze, haze_m=min(stage.haze_m, show.haze_m))


def _tinted(part: np.ndarray, mean: np.ndarray, luma: Floats, *, to: float) -> tuple[float, float, float]:
    """Return the colour of a part against the mean of all, at a luminance: what is everywhere is no light's tint."""
    ratio = (np.maximum(part, 1e-4) / max(part @ luma, 1e-4)) / (np.maximum(mean, 1e-4) / max(mean @ luma, 1e-4))
    return _colour(np.clip(ratio, 0.5, 2.0) ** TINT, luma, to=to)


def _colour(light: np.ndarray, luma: Floats, *, to: float) -> tuple[float, float, float]:
    red, green, blue = (light * to / max(float(light @ luma), 1e-6)).tolist()
    return round(red, 6), round(green, 6), round(blue, 6)
