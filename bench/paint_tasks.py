"""Tasks for the paint benchmarks: frames before and after a fix, on real footage, and how a result is scored.

Everything is 8-bit sRGB code values, for the peers read and write nothing else; `Task.plate` gives the same frames as
scene-linear plates. What is drawn, graded or made noisy is drawn here; the mattes and the missing bottle are real.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import av
import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy.ndimage import distance_transform_edt, gaussian_filter, gaussian_filter1d

from rushes.media.colour import DEFAULT_CONFIG, converter

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

SHARED = Path(__file__).parents[1] / "../shared/data"
DISPLAY = "sRGB Encoded Rec.709 (sRGB)"
LIGHT = "Linear Rec.709 (sRGB)"

REACH = 5
"""Pixels by which the changed area is widened: what lies beside a removed wire is judged with it."""

WARM = np.array((1.0, 0.98, 0.94), np.float32)
"""The hue of a wire."""

BEST_PSNR = 100.0
"""dB; stands for a result without any error, so that a mean over frames stays finite."""

DAVIS_TOLERANCE = 0.008
"""Of the diagonal, as the DAVIS 2016 benchmark has it [Perazzi2016]."""


class Score(NamedTuple):
    """How near results are to the truth, each a mean over frames; NaN where it means nothing.

    PSNR is in dB over 8-bit sRGB code values (or matte values), over the changed area widened by `REACH` and over
    all the rest; `iou` and `boundary_f` are for mattes.
    """

    changed: float
    surroundings: float
    iou: float = float("nan")
    boundary_f: float = float("nan")


@dataclass(frozen=True)
class Task:
    """One fix to learn: frames by number, `(height, width, 3)` uint8 before; after the same, or a matte.

    `after` of a matte task is `(height, width)` uint8. `held_out` is every frame that is not taught and has a truth;
    `judged` are those of them that a learning curve is measured on.
    """

    name: str
    before: Mapping[int, Pixels]
    after: Mapping[int, Pixels]
    taught: tuple[int, ...]
    judged: tuple[int, ...]

    @property
    def held_out(self) -> tuple[int, ...]:
        """The numbers of all frames that are not taught."""
        return tuple(number for number in self.before if number not in self.taught)

    @property
    def makes_matte(self) -> bool:
        """Whether a matte is to be learned, not pixels."""
        return next(iter(self.after.values())).ndim == 2

    def plate(self, number: int) -> Floats:
        """Return a frame before the fix, `(3, height, width)` float32 scene-linear, Rec. 709 primaries."""
        return scene_linear(self.before[number])

    def answer(self, number: int) -> Floats:
        """Return a frame after the fix as `plate` does, or the matte, `(height, width)` float32, 0 to 1."""
        after = self.after[number]
        return after.astype(np.float32) / np.float32(255) if self.makes_matte else scene_linear(after)

    def changed(self, number: int) -> Mask:
        """Return where the fix changes something, widened by `REACH`; for a matte, where it is not black."""
        after = self.after[number]
        changed = after > 0 if self.makes_matte else (after != self.before[number]).any(axis=-1)
        return within(changed, REACH)

    def score(self, results: Mapping[int, Pixels]) -> Score:
        """Score results of frames that have a truth, given as `after` is: 8 bit, by number."""
        near, far, iou, boundary = [], [], [], []
        for number, result in results.items():
            truth, where, inside = self.after[number], self.changed(number), np.ones(result.shape[:2], bool)
            # the peers' own command blends tiles to black in the frame's outermost pixels; here nobody pays for it
            inside[[0, -1], :] = inside[:, [0, -1]] = False
            near.append(psnr(result, truth, where & inside))
            far.append(psnr(result, truth, ~where & inside))
            if self.makes_matte:
                iou.append(intersection_over_union(result > 127, truth > 127))
                boundary.append(boundary_f(result > 127, truth > 127))
        return Score(mean(near), mean(far), mean(iou), mean(boundary))

    def score_of_nothing(self) -> Score:
        """Return the score of leaving the judged frames as they are; of a black matte."""
        same = {n: np.zeros_like(self.after[n]) if self.makes_matte else self.before[n] for n in self.judged}
        return self.score(same)

    def write(self, folder: Path) -> None:
        """Write what a peer reads: `taught/before`, `taught/after` and `judged`, PNG by number, mattes as grey RGB."""
        for place, frames, numbers in (
            ("taught/before", self.before, self.taught),
            ("taught/after", self.after, self.taught),
            ("judged", self.before, self.judged),
        ):
            (folder / place).mkdir(parents=True)
            for number in numbers:
                Image.fromarray(frames[number]).convert("RGB").save(folder / place / f"{number:05d}.png")

    def read(self, folder: Path) -> dict[int, Pixels]:
        """Read results from a folder as `write` names them; a matte is the mean of the three channels."""
        found = {int(path.stem): np.asarray(Image.open(path).convert("RGB")) for path in sorted(folder.glob("*.png"))}
        if self.makes_matte:
            return {n: np.round(pixels.mean(axis=-1)).astype(np.uint8) for n, pixels in found.items()}
        return found


def scene_linear(pixels: Pixels) -> Floats:
    """Turn 8-bit sRGB code values, `(height, width, 3)`, into a scene-linear plate `(3, height, width)`."""
    light = np.ascontiguousarray(pixels, np.float32) / np.float32(255)
    converter(DEFAULT_CONFIG, DISPLAY, LIGHT)(light)
    return np.ascontiguousarray(light.transpose(2, 0, 1))


def code_values(plate: Floats) -> Pixels:
    """Turn a result of Rushes into what the peers deliver: a plate back into 8-bit sRGB, a matte into 8 bit."""
    if plate.ndim == 2:
        return np.asarray(np.round(plate.clip(0, 1) * 255), np.uint8)
    pixels = np.array(plate.transpose(1, 2, 0), np.float32, order="C")
    converter(DEFAULT_CONFIG, LIGHT, DISPLAY)(pixels)
    return np.asarray(np.round(pixels.clip(0, 1) * 255), np.uint8)


def mean(numbers: Iterable[float]) -> float:
    """Return the mean of those that are numbers, NaN if none is."""
    held = [number for number in numbers if not np.isnan(number)]
    return float(np.mean(held)) if held else float("nan")


def within(where: Mask, pixels: float) -> Mask:
    """Widen an area by a disk of that radius."""
    if not where.any():
        return np.zeros_like(where)
    return np.asarray(distance_transform_edt(~where) <= pixels, bool)


def psnr(result: Pixels, truth: Pixels, where: Mask) -> float:
    """Return the peak signal-to-noise ratio in dB over an area, NaN if it is empty; the peak is 255."""
    if not where.any():
        return float("nan")
    error = float(np.mean((result[where].astype(np.float64) - truth[where]) ** 2))
    return min(BEST_PSNR, float(10 * np.log10(255.0**2 / error))) if error else BEST_PSNR


def intersection_over_union(result: Mask, truth: Mask) -> float:
    """Return the region similarity J of DAVIS; 1 where both are empty."""
    either = np.count_nonzero(result | truth)
    return np.count_nonzero(result & truth) / either if either else 1.0


def boundary_f(result: Mask, truth: Mask) -> float:
    """Return the contour accuracy F of DAVIS: precision and recall of boundaries within a tolerance [Perazzi2016]."""
    pixels = np.ceil(DAVIS_TOLERANCE * np.hypot(*truth.shape))
    found, wanted = boundary(result), boundary(truth)
    if not found.any() and not wanted.any():
        return 1.0
    precision = share(within(wanted, pixels), found)
    recall = share(within(found, pixels), wanted)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def share(where: Mask, of: Mask) -> float:
    """Return how much of an area lies within another; 0 of an empty one."""
    return float(where[of].mean()) if of.any() else 0.0


def boundary(where: Mask) -> Mask:
    """Return the pixels that differ from their neighbour to the right, below or diagonally between: DAVIS' contour."""
    held = np.pad(where, ((0, 1), (0, 1)), mode="edge")
    here = held[:-1, :-1]
    return np.asarray((here ^ held[:-1, 1:]) | (here ^ held[1:, :-1]) | (here ^ held[1:, 1:]), bool)


def movie_frames(path: str, numbers: Iterable[int]) -> dict[int, Pixels]:
    """Decode some frames of a movie of the shared footage, by number from 0."""
    wanted = set(numbers)
    with av.open(str(SHARED / path)) as movie:
        decoded = islice(enumerate(movie.decode(video=0)), max(wanted) + 1)
        return {n: np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for n, frame in decoded if n in wanted}


def wires(name: str, path: str, seed: int) -> Task:
    """Make a wire removal: four wires that sway before a clean shot; five frames taught, three judged between them."""
    taught, judged = (20, 80, 140, 200, 260), (50, 110, 230)
    clean = movie_frames(path, taught + judged)
    return Task(name, {n: with_wires(frame, n, seed) for n, frame in clean.items()}, clean, taught, judged)


def with_wires(frame: Pixels, number: int, seed: int) -> Pixels:
    """Draw four anti-aliased wires of 1.5 to 2.6 pixels, two from side to side and two from top to bottom."""
    rng, drawn = np.random.default_rng(seed), frame.astype(np.float32)
    for width, tone, across in zip((1.5, 1.9, 2.2, 2.6), (20, 45, 90, 200), (True, False, True, False), strict=True):
        canvas = drawn if across else drawn.transpose(1, 0, 2)
        tall, wide = canvas.shape[:2]
        place, lean, phase, period = rng.uniform((0.2, -0.25, 0, 90), (0.8, 0.25, 2 * np.pi, 220))
        sway = 0.12 * tall * np.sin(2 * np.pi * number / period + phase)
        x = np.linspace(-1, 1, wide)
        middle = place * tall + sway + lean * x * wide / 2 + 0.04 * tall * (1 - x**2)
        away = np.abs(np.arange(tall)[:, None] - middle) / np.hypot(1, np.gradient(middle))
        cover = np.clip(width / 2 + 0.5 - away, 0, 1)[..., None]
        canvas += cover.astype(np.float32) * (tone * WARM - canvas)
    return np.asarray(np.round(drawn), np.uint8)


def roto(count: int) -> Task:
    """Make a roto of DAVIS' car-shadow, taught so many frames from the first to the last; every other is held out."""
    folder, frames = SHARED / "roto_car-shadow", range(40)
    before = {
        n: np.asarray(Image.open(folder / f"JPEGImages/480p/car-shadow/{n:05d}.jpg").convert("RGB")) for n in frames
    }
    after = {
        n: np.asarray(Image.open(folder / f"Annotations/480p/car-shadow/{n:05d}.png").convert("L")) for n in frames
    }
    taught = tuple(round(at) for at in np.linspace(0, 39, count))
    judged = tuple(n for n in (4, 10, 15, 25, 30, 35) if n not in taught)
    return Task(f"roto_{count}", before, after, taught, judged)


def grade_denoise() -> Task:
    """Make a grade and a denoise in one: a rendered clean shot, graded after, with grain before."""
    taught, judged = (5, 35, 65, 95, 125), (20, 80, 110)
    clean = movie_frames("video_mixed/bigbuckbunny.mp4", taught + judged)
    before, after = {}, {}
    for number, frame in clean.items():
        held = frame.astype(np.float32) / 255
        grain = np.random.default_rng(number).normal(0, 1, held.shape)
        worn = held + (0.02 + 0.03 * np.sqrt(held)) * gaussian_filter(grain, (0.6, 0.6, 0)) / 0.5
        before[number] = np.asarray(np.round(worn.clip(0, 1) * 255), np.uint8)
        soft = held ** np.array((0.9, 0.97, 1.08)) * (1.04, 0.98, 0.9) + (0.0, 0.01, 0.03)
        luma = (soft @ (0.2126, 0.7152, 0.0722))[..., None]
        after[number] = np.asarray(np.round((luma + 0.85 * (soft - luma)).clip(0, 1) * 255), np.uint8)
    return Task("grade_denoise", before, after, taught, judged)


def bottle() -> Task:
    """Make a real object removal: the left bottle of a locked-off table, whose empty place is seen ten seconds later.

    The clean plate is the mean of the stretch without the bottle, brought row by row to the exposure beside it, for
    the camera breathes (up to 8 per cent between frames), and laid in through a soft garbage matte. Outside that
    matte before and after are the same pixels.
    """
    taught, judged, empty = (5, 80, 150), (40, 115, 165), range(240, 321)
    frames = movie_frames("plate_bottle/bottle-detection.mp4", [*taught, *judged, *empty])
    clean = np.asarray(np.mean([frames[n] for n in empty], axis=0, dtype=np.float32), np.float32)
    rough = np.zeros(clean.shape[:2], np.float32)
    rough[92:330, 42:164] = 1
    matte = np.clip(gaussian_filter(rough, 3) * 1.02 - 0.01, 0, 1)[..., None]
    beside = np.r_[24:38, 168:230]
    before, after = {n: frames[n] for n in taught + judged}, {}
    for number, frame in before.items():
        gain = frame[:, beside].mean(axis=1, dtype=np.float32) / clean[:, beside].mean(axis=1)
        laid_in = frame + matte * (clean * gaussian_filter1d(gain, 4, axis=0)[:, None] - frame)
        after[number] = np.asarray(np.round(laid_in.clip(0, 255)), np.uint8)
    return Task("bottle", before, after, taught, judged)


TASKS: dict[str, Callable[[], Task]] = {
    "wire": lambda: wires("wire", "video_sam2/01_dog.mp4", 1),
    "coffee_wire": lambda: wires("coffee_wire", "video_sam2/04_coffee.mp4", 2),
    "roto_3": lambda: roto(3),
    "roto_6": lambda: roto(6),
    "grade_denoise": grade_denoise,
    "bottle": bottle,
}
"""Every task by name, made when it is asked for."""
