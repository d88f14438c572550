"""Scenes for the shot match benchmark: framings of real footage, and what two cameras or a passing cloud do to them."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import PyOpenColorIO as ocio
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.io import imread
from skimage.transform import resize

Floats = npt.NDArray[np.float32]
Change = Callable[[Floats], Floats]
Box = tuple[float, float, float, float]

SHARED = Path(__file__).parents[1] / "../shared/data"
CLIPS = {
    "dog": "video_sam2/01_dog.mp4",
    "coffee": "video_sam2/04_coffee.mp4",
    "bunny": "video_mixed/bigbuckbunny.mp4",
    "flower": "video_mixed/flower.mp4",
    "bottle": "plate_bottle/bottle-detection.mp4",
    "train": "timeline_media_tlrender/BART_2021-02-07.m4v",
    "car": "roto_car-shadow/JPEGImages/480p/car-shadow",
}
WIDTH = 640
CONFIG = "ocio://studio-config-v2.1.0_aces-v1.3_ocio-v2.3"
SRGB = "sRGB - Texture"
LOG = "ACEScct"
LIGHT = "ACEScg"
REC709 = np.array([0.2126, 0.7152, 0.0722], np.float32)


@cache
def _processor(source: str, to: str) -> ocio.CPUProcessor:
    return ocio.Config.CreateFromFile(CONFIG).getProcessor(source, to).getDefaultCPUProcessor()


def converted(pixels: Floats, source: str, to: str) -> Floats:
    """Convert `(..., 3)` pixels between two spaces of the config."""
    packed = np.array(pixels, np.float32, order="C").reshape(-1, 1, 3)
    _processor(source, to).apply(ocio.PackedImageDesc(packed, 1, len(packed), 3))
    return packed.reshape(pixels.shape)


@lru_cache(maxsize=2)
def _clip(name: str) -> list[npt.NDArray[np.uint8]]:
    path = SHARED / CLIPS[name]
    if path.is_dir():
        return [imread(still) for still in sorted(path.glob("*.jpg"))]
    with av.open(str(path)) as movie:
        return [frame.to_ndarray(format="rgb24") for frame in movie.decode(video=0)]


@lru_cache(maxsize=48)
def picture(name: str, when: float, box: Box = (0, 0, 1, 1), flop: bool = False) -> Floats:
    """Return one framing of one moment of a clip, ACEScct, `WIDTH` wide."""
    frames = _clip(name)
    frame = frames[round(when * (len(frames) - 1))]
    height, width = frame.shape[:2]
    left, top, right, bottom = box
    frame = frame[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
    height, width = frame.shape[:2]
    sized = resize(frame, (round(height * WIDTH / width), WIDTH), order=1, anti_aliasing=width > WIDTH)
    shown = np.asarray(sized[:, ::-1] if flop else sized, np.float32)
    return converted(shown, SRGB, LOG)


def saturated(pixels: Floats, amount: float) -> Floats:
    """Scale the distance from luma."""
    luma = (pixels @ REC709)[..., None]
    return luma + np.float32(amount) * (pixels - luma)


def _in_light(change: Change) -> Change:
    return lambda pixels: converted(change(converted(pixels, LOG, LIGHT)), LIGHT, LOG)


def _on_screen(change: Change) -> Change:
    return lambda pixels: converted(change(np.maximum(converted(pixels, LOG, SRGB), 0)), SRGB, LOG)


def _about_grey(pixels: Floats, contrast: float) -> Floats:
    return np.float32(contrast) * (pixels - np.float32(0.41)) + np.float32(0.41)


OTHER_CAMERA = np.float32([[0.88, 0.08, 0.04], [0.05, 0.92, 0.03], [0.02, 0.14, 0.84]])
DRIFTS: dict[str, Change] = {
    "none": lambda pixels: pixels,
    "exposure up": _in_light(lambda light: light * np.float32(2**0.7)),
    "exposure down": _in_light(lambda light: light * np.float32(2**-0.7)),
    "warm": _in_light(lambda light: light * np.float32((1.18, 1, 0.78))),
    "cool": _in_light(lambda light: light * np.float32((0.84, 1, 1.25))),
    "green": _in_light(lambda light: light * np.float32((0.95, 1.06, 0.95))),
    "contrast up": lambda pixels: _about_grey(pixels, 1.2),
    "contrast down": lambda pixels: _about_grey(pixels, 0.82),
    "saturation up": lambda pixels: saturated(pixels, 1.35),
    "saturation down": lambda pixels: saturated(pixels, 0.65),
    "flare": _in_light(lambda light: light * np.float32(0.94) + np.float32(0.015)),
    "gamma": _on_screen(lambda screen: screen ** np.float32(1.18)),
    "other camera": _in_light(lambda light: light @ OTHER_CAMERA.T * np.float32((1.05, 1, 0.93))),
    "clipped": _in_light(lambda light: np.minimum(light * np.float32(2**0.6), 1)),
    "mixed": lambda pixels: saturated(
        _about_grey(_in_light(lambda light: light * np.float32((1.65, 1.5, 1.26)) + np.float32(0.008))(pixels), 0.9),
        1.15,
    ),
    "mixed darker": lambda pixels: saturated(
        _about_grey(_in_light(lambda light: light * np.float32((0.585, 0.65, 0.728)))(pixels), 1.12), 0.85
    ),
}

WHOLE: Box = (0, 0, 1, 1)
KINDS: dict[str, tuple[Box, Box, bool]] = {
    "later": (WHOLE, WHOLE, False),
    "tighter": (WHOLE, (0.3, 0.25, 0.8, 0.75), False),
    "beside": ((0, 0, 0.62, 1), (0.38, 0, 1, 1), False),
    "flopped": (WHOLE, (0.1, 0.1, 0.9, 0.9), True),
    "other angle": (WHOLE, WHOLE, False),
    "nothing in common": ((0, 0, 0.48, 1), (0.52, 0, 1, 1), False),
    "another scene": (WHOLE, WHOLE, False),
}
"""How the hero and the shot frame the scene; whether the shot is flopped."""


@dataclass(frozen=True)
class Case:
    """One shot beside its hero, ACEScct; `held` are further frames of the shot, `truth` is what they were."""

    scene: str
    kind: str
    drift: str
    shot: list[Floats]
    hero: list[Floats]
    held: list[Floats]
    truth: list[Floats]


def hand_grade(pixels: Floats) -> Floats:
    """Grade a hero: an S curve, teal shadows, warm lights, less colour."""
    muted = saturated(pixels, 0.85)
    tone = np.clip((muted - np.float32(0.15)) / np.float32(0.45), 0, 1)
    curved = muted + (tone * tone * (3 - 2 * tone) - tone) * np.float32(0.05)
    return curved + (1 - tone) * np.float32((-0.012, 0.004, 0.016)) + tone * np.float32((0.012, 0.002, -0.02))


def cases(drifts: int, *, seed: int, graded: bool = False) -> Iterator[Case]:
    """Return every scene in every framing under some drifts, drawn without replacement, and under none.

    Args:
        drifts: how many of each scene and framing.
        graded: the hero is graded, the shot is not: the match has to bring the grade over as well.
    """
    names = list(CLIPS)
    grade: Change = hand_grade if graded else DRIFTS["none"]
    for number, scene in enumerate(names):
        for kind, (hero_box, shot_box, flop) in KINDS.items():
            if kind == "other angle" and scene != "train":
                continue
            rng = np.random.default_rng([seed, zlib.crc32(f"{scene} {kind}".encode())])
            at_hero, at_shot, at_held = _moments(scene, kind)
            hero_scene = names[(number + 2) % len(names)] if kind == "another scene" else scene
            drawn = rng.choice([drift for drift in DRIFTS if drift != "none"], drifts, replace=False)
            for drift in [*map(str, drawn), "none"]:
                change = DRIFTS[drift]
                yield Case(
                    scene, kind, drift,
                    shot=[_shot_on(change(picture(scene, when, shot_box, flop)), rng) for when in at_shot],
                    hero=[_shot_on(grade(picture(hero_scene, when, hero_box)), rng) for when in at_hero],
                    held=[_shot_on(change(picture(scene, when, shot_box, flop)), rng) for when in at_held],
                    truth=[grade(picture(scene, when, shot_box, flop)) for when in at_held],
                )  # fmt: skip


def _moments(scene: str, kind: str) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    if kind == "other angle":
        return (0.02, 0.2), (0.62, 0.75, 0.9), (0.65, 0.82)
    if scene == "train":  # the clip has three angles; its first ends at a fifth
        return (0.02, 0.12), (0.15, 0.18, 0.2), (0.16, 0.22)
    if scene == "bottle":  # its camera corrects its own exposure: moments at which the wall has the same colour
        return (0.15, 0.3), (0.65, 0.7, 0.75), (0.68, 0.78)
    return (0.03, 0.15), (0.6, 0.75, 0.9), (0.65, 0.82)


def _shot_on(pixels: Floats, rng: np.random.Generator) -> Floats:
    """Keep what a log file keeps: grain and ten bits."""
    return (np.round((pixels + rng.normal(0, 0.003, pixels.shape)) * 1023) / 1023).astype(np.float32)


def apart(one: Floats, other: Floats) -> float:
    """Return the mean ΔE2000 of two ACEScct pictures as an sRGB screen shows them; grain is averaged over 8 pixels."""
    labs = [rgb2lab(np.clip(converted(_averaged(pixels), LOG, SRGB), 0, 1)) for pixels in (one, other)]
    return float(deltaE_ciede2000(*labs).mean())


def _averaged(pixels: Floats, block: int = 8) -> Floats:
    rows, columns = pixels.shape[0] // block, pixels.shape[1] // block
    cut = pixels[: rows * block, : columns * block].reshape(rows, block, columns, block, 3)
    return np.asarray(cut.mean(axis=(1, 3)), np.float32)
