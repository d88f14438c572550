"""Which frame next: does the advised frame teach more than a random one, and than the most distant one?

    python bench/paint_advice.py [--shots NAMES] [--starts 2]

Shots with ground truth, at a small size. A fix is trained on two frames and the shot rendered as a take is; the frames
are ranked as the product ranks them. Then the same is trained again, as long, with one frame more: the advised one, a
few random ones, the one that is furthest in time from those taught, and the one with the largest true error, which only
a bench can know. What is compared is PSNR over the changed area, mean over frames that none of these was taught.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from PIL import Image
from scipy.stats import spearmanr

from paint_rushes import COLOUR, results, trained
from paint_tasks import SHARED, Pixels, Task, mean, movie_frames, psnr, with_wires
from rushes.departments.department import Reel, Scene, Seen
from rushes.departments.paint import look_over, parts
from rushes.departments.paint.advice import FrameEvidence, ranked
from rushes.departments.paint.frames import open_renderer
from rushes.departments.paint.model import PaintModel, pack_model
from rushes.departments.paint.presets import SETTINGS
from rushes.media.stills import read_still

SIZE = (180, 320)
STARTS = (0.05, 0.35), (0.35, 0.65), (0.0, 1.0)
"""Pairs of frames that are taught first, as shares of the shot."""

STEPS = {"wire": 120, "roto": 60}
WAYS = "advised", "random", "most distant", "largest true error"
RANDOM = 3
JUDGED = 14
"""Frames of a shot that are judged, less those that some training was taught."""


@dataclass(frozen=True)
class Cell:
    """One shot, taught two frames first.

    Attributes:
        rank: correlation of the ranks of expected and true error over the frames that were not taught.
        frames: which frame was added, by way of choosing it.
        gains: mean dB over the judged frames by which that is better than the two frames alone.
    """

    name: str
    rank: float
    frames: Mapping[str, Sequence[int]]
    gains: Mapping[str, float]


def smaller(frame: Pixels, size: tuple[int, int] = SIZE) -> Pixels:
    return np.asarray(cv2.resize(frame, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)


def movie(path: str, numbers: Iterable[int]) -> list[Pixels]:
    """Decode frames at the size of this bench; they are a shot by themselves."""
    found = movie_frames(path, numbers)
    return [smaller(found[number]) for number in sorted(found)]


def street() -> list[Pixels]:
    """Read the panning shot of DAVIS."""
    folder = SHARED / "roto_car-shadow/JPEGImages/480p/car-shadow"
    return [smaller(np.asarray(Image.open(folder / f"{n:05d}.jpg").convert("RGB"))) for n in range(40)]


def pan(name: str, top: int, tilt: int) -> list[Pixels]:
    """Pan a camera across a captured panorama, over 40 frames."""
    light = read_still(SHARED / f"hdri/{name}.hdr").packed[..., :3]
    exposure = 0.18 / np.exp(np.log(light.mean(axis=-1) + 1e-4).mean())
    whole = np.asarray(np.round((light * exposure).clip(0, 1) ** (1 / 2.2) * 255), np.uint8)
    height, width = SIZE
    frames = []
    for number in range(40):
        left, down = 16 * number, round(top + tilt * np.sin(number / 8))
        frames.append(np.ascontiguousarray(whole[down : down + height, left : left + width]))
    return frames


def wired(name: str, frames: Sequence[Pixels], seed: int) -> Task:
    """Put swaying wires before a shot; removing them is the fix."""
    before = {n: with_wires(frame, 4 * n, seed) for n, frame in enumerate(frames)}
    return Task(name, before, dict(enumerate(frames)), (), ())


def roto_car() -> Task:
    folder = SHARED / "roto_car-shadow/Annotations/480p/car-shadow"
    mattes = [smaller(np.asarray(Image.open(folder / f"{n:05d}.png").convert("L"))) for n in range(40)]
    return Task("roto_car", dict(enumerate(street())), dict(enumerate(mattes)), (), ())


def roto_lemur() -> Task:
    """Cut out an animal, black and white, that walks, bends and turns before a street in black and white."""
    folder = SHARED / "matte_lemur/lemur"
    cut = np.asarray(Image.open(folder / "lemur_foreground.png").convert("RGB"), np.float32)
    alpha = np.asarray(Image.open(folder / "lemur_alpha.png").convert("L"), np.float32)[..., None] / 255
    animal = np.concatenate([cut * alpha, alpha], axis=-1)
    animal = cv2.resize(animal[20:, 150:530], (190, 210), interpolation=cv2.INTER_AREA)
    before, after = {}, {}
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]].astype(np.float32)
    for number, frame in enumerate(street()):
        size = np.float32(1.6 + 0.4 * np.sin(number / 6))
        turn = 0.5 * np.sin(number / 5)
        middle = 80 + 4 * number, 95 + 25 * np.sin(number / 4)
        x, y = ((columns - middle[0]) * size).astype(np.float32), ((rows - middle[1]) * size).astype(np.float32)
        bent = x + np.float32(25 * np.sin(number / 3)) * np.sin(y / 50)
        level, lean = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        there = level * bent - lean * y + 95, lean * bent + level * y + 105
        laid = cv2.remap(animal, there[0], there[1], cv2.INTER_LINEAR, borderValue=(0, 0, 0, 0))
        before[number] = np.asarray(np.round(laid[..., :3] + (1 - laid[..., 3:]) * frame).clip(0, 255), np.uint8)
        after[number] = np.asarray(np.round(laid[..., 3] * 255).clip(0, 255), np.uint8)
    return Task("roto_lemur", before, after, (), ())


SHOTS: dict[str, Callable[[], Task]] = {
    "train_wire": lambda: wired(
        "train_wire", movie("timeline_media_tlrender/BART_2021-02-07.m4v", range(118, 310, 4)), 1
    ),
    "street_wire": lambda: wired("street_wire", street(), 2),
    "rabbit_wire": lambda: wired("rabbit_wire", movie("video_mixed/bigbuckbunny.mp4", range(0, 132, 3)), 3),
    "city_wire": lambda: wired("city_wire", pan("potsdamer_platz_1k", 150, 60), 4),
    "dawn_wire": lambda: wired("dawn_wire", pan("kiara_1_dawn_1k", 200, 60), 5),
    "roto_car": roto_car,
    "roto_lemur": roto_lemur,
}


def evidence_of(task: Task, model: PaintModel) -> list[FrameEvidence]:
    """Render a whole take with the settings it has by itself, and return what it shows of its own errors."""
    scene = Scene(COLOUR, task.name, Reel(tuple(task.before), task.plate))
    render = open_renderer(model, scene, SETTINGS)
    card = pack_model(model)[1]
    take = []
    for number in task.before:
        one = render(task.plate(number), number)
        take.append(Seen(number, dict, one.measures, one.evidence))
    flicker = look_over._flicker(take, mattes=task.makes_matte)
    return [look_over._evidence(seen, flicker, card) for seen in take]


def errors_of(task: Task, model: PaintModel, frames: Iterable[int]) -> dict[int, float]:
    """Return the true error of some frames: PSNR over the changed area, in dB, less than nothing."""
    made = results(replace(task, judged=tuple(frames)), model)
    return {number: -psnr(one, task.after[number], task.changed(number)) for number, one in made.items()}


def taught(task: Task, frames: Iterable[int]) -> Task:
    return replace(task, taught=tuple(sorted(frames)))


def cell(task: Task, start: tuple[float, float]) -> Cell:
    """Teach two frames, ask which to add, and try that beside the other ways of choosing one."""
    frames = list(task.before)
    first = tuple(frames[round(share * (len(frames) - 1))] for share in start)
    steps = next(steps for kind, steps in STEPS.items() if kind in task.name)
    base = trained(taught(task, first), steps)
    advice = ranked(evidence_of(task, base), taught=first)
    expected = {one.frame: one.expected_error for one in advice}
    rest = [number for number in frames if number not in first]
    true = errors_of(task, base, rest)
    draw = np.random.default_rng(first)
    distant = max(rest, key=lambda number: min(abs(number - one) for one in first))
    worst = max(rest, key=lambda number: true[number])
    several: list[int] = draw.choice(rest, RANDOM, replace=False).tolist()
    chosen = dict(zip(WAYS, ([advice[0].frame], several, [distant], [worst]), strict=True))
    tried = {number for numbers in chosen.values() for number in numbers}
    spread = {frames[round(place)] for place in np.linspace(0, len(frames) - 1, JUDGED)}
    judged = sorted(spread - tried - set(first))
    gains = {}
    for number in sorted(tried):
        better = errors_of(task, trained(taught(task, (*first, number)), steps), judged)
        gains[number] = mean(true[one] - better[one] for one in judged)
    rank = float(spearmanr([expected[number] for number in rest], [true[number] for number in rest])[0])
    means = {way: mean(gains[number] for number in numbers) for way, numbers in chosen.items()}
    return Cell(f"{task.name} {first}", rank, chosen, means)


def print_row(name: str, numbers: Iterable[str]) -> None:
    print(f"| {name} | {' | '.join(numbers)} |", flush=True)


def print_means(cells: Sequence[Cell]) -> None:
    """Print the means over all cells with their standard errors, and what the advised frame is ahead by."""
    table = np.array([[one.gains[way] for way in WAYS] for one in cells])
    for words, numbers in (("mean", table), ("advised is ahead by", table[:, :1] - table)):
        error = numbers.std(axis=0, ddof=1) / np.sqrt(len(cells)) if len(cells) > 1 else np.full(len(WAYS), np.nan)
        row = [f"{m:+.2f} ± {e:.2f}" for m, e in zip(numbers.mean(axis=0), error, strict=True)]
        print_row(words, [*row, f"{mean(one.rank for one in cells):+.2f}" if words == "mean" else ""])


def main() -> None:
    """Print a row for each shot and pair of frames, then the means."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shots", default=",".join(SHOTS), help="names, with commas between them")
    parser.add_argument("--starts", type=int, default=2, help="how many of the pairs of frames that are taught first")
    asked = parser.parse_args()
    parts.PARTS = 1
    began, cells = time.process_time(), []
    print_row("shot, taught first", [*WAYS, "rank"])
    print_row("---", ["---"] * (len(WAYS) + 1))
    for name in asked.shots.split(","):
        task = SHOTS[name]()
        for start in STARTS[: asked.starts]:
            one = cell(task, start)
            cells.append(one)
            row = [f"{one.gains[way]:+.2f} ({', '.join(map(str, one.frames[way]))})" for way in WAYS]
            print_row(one.name, [*row, f"{one.rank:+.2f}"])
    print_means(cells)
    print(f"{time.process_time() - began:.0f} CPU s")


if __name__ == "__main__":
    main()
