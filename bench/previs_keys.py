"""Paint a key: how near frames that nobody painted come to what their artist would have painted.

    python bench/previs_keys.py [--size 384x216] [--frames 25] [--seconds 100] [--pictures FOLDER]

Two mannequins cross a furnished room with walls under a tracking camera. The artist is a procedure with a texture that
is locked to each thing, warm light, blue shadows, haze with distance and bloom; it paints at three times the size, so
its edges are as fine as a painter's. `brushed` is the same artist with strokes that are new in every key: nobody
paints a wall twice alike. `flat` paints no light at all. PSNR is of sRGB codes.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter
from skimage.metrics import structural_similarity

from rushes.departments.previs.keys.carry import carry
from rushes.departments.previs.keys.fill import fill
from rushes.departments.previs.keys.finding import asked_of, find
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.learn import learn
from rushes.departments.previs.keys.sampling import sampled
from rushes.departments.previs.render.open import OpenRenderer, open_renderer
from rushes.departments.previs.render.passes import Passes
from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.stage.building import build_stage
from rushes.departments.previs.stage.default_rooms import room
from rushes.departments.previs.stage.default_sets import default_light
from rushes.departments.previs.stage.floorplan import Prop
from rushes.departments.previs.stage.gait import striding
from rushes.departments.previs.stage.mannequin import mannequin
from rushes.departments.previs.stage.pieces import Moment, Stage
from rushes.departments.previs.stage.pose import Foot, Pose
from rushes.departments.previs.stage.posing import places

Floats = NDArray[np.float32]
FINE = 3
ANNA, BEN = Figure("ANNA", 1.68), Figure("BEN", 1.84)
KEYS = {1: (0.5,), 2: (0.17, 0.83), 3: (0.08, 0.5, 0.92)}
"""Where in the shot the painted frames are."""


def the_stage() -> Stage:
    """Return the room with both people in it."""
    props = [
        Prop("sofa", (-0.4, -2.75), 0.0),
        Prop("rug", (0.0, -1.0), 0.0, (2.9, 0.012, 2.0)),
        Prop("table", (1.5, -1.3), 20.0, (1.3, 0.75, 0.8)),
        Prop("chair", (1.45, -0.55), 200.0),
        Prop("shelf", (-2.95, -1.6), 90.0, (1.6, 2.0, 0.32)),
        Prop("lamp", (-1.9, -2.9), 0.0),
        Prop("picture", (-0.4, -3.28), 0.0, (1.1, 0.75, 0.03), 1.35),
    ]
    set_ = build_stage(room((6.6, 6.6), props=props, windows=2))
    people = (*mannequin(ANNA), *mannequin(BEN, tint=(0.45, 0.46, 0.5)))
    return replace(set_, pieces=(*set_.pieces, *people))


def the_moment(at: float) -> Moment:
    """Return a moment of the shot, `at` from 0 to 1."""
    package = Package(FILMBACKS["super-35"], aspect=16 / 9)
    camera = Camera((-0.7 + 1.3 * at, 1.5 + 0.15 * at, 3.05 - 0.4 * at), 180.0 + 5 - 9 * at, -6.0, 0.0, 22.0, package)
    one = replace(ANNA, place=(-1.9 + 3.0 * at, 0.0, 0.1 - 0.5 * at), facing_deg=99.0)
    two = replace(BEN, place=(1.5 - 2.4 * at, 0.0, -1.9 + 1.1 * at), facing_deg=-65.0)
    moved = {**places(one, _stride(4.5 * at)), **places(two, _stride(3.9 * at + 0.4))}
    return Moment(camera, moved, default_light("INT", "DAY"))


def _stride(share: float) -> Pose:
    swing = float(np.sin(np.pi * share))
    feet = [Foot((0.05, max(0.0, 0.05 * s * np.cos(np.pi * share)), 0.16 * s * swing)) for s in (-1, 1)]
    return replace(striding(Pose(), share, 1.0, runs=False), left_foot=feet[0], right_foot=feet[1], hips=0.96)


def smaller(passes: Passes) -> Passes:
    """Return passes at a third: the beauty averaged, of the others the middle pixel."""
    middle = np.s_[..., FINE // 2 :: FINE, FINE // 2 :: FINE]
    names = ("depth", "normal", "position", "rest", "ids", "lit")
    kept = {name: np.ascontiguousarray(getattr(passes, name)[middle]) for name in names}
    return Passes(beauty=averaged(passes.beauty), **kept)


def averaged(plate: Floats) -> Floats:
    """Return a plate at a third."""
    channels, height, width = plate.shape
    blocks = plate.reshape(channels, height // FINE, FINE, width // FINE, FINE)
    return blocks.mean(axis=(2, 4)).astype(np.float32)


def _texture(rest: Floats, number: int, brush: int) -> Floats:
    """Return what a thing is painted with at points of it, (3, points)."""
    draw = np.random.default_rng(1000 + number)
    level = np.exp(draw.uniform(np.log(0.03), np.log(0.45)))
    base = level * np.exp(draw.normal(0, 0.25, 3))
    other = np.clip(base * np.exp(draw.normal(0, 0.2, 3) - 0.9 * np.sign(np.log(level / 0.12))), 0.01, 0.8)
    warp = sum(np.sin(draw.normal(size=3) * 3 @ rest + draw.uniform(0, 6)) * 0.15 for _ in range(2))
    grain = 0.0
    for octave in range(5):
        ways = draw.normal(size=(2, 3))
        ways /= np.linalg.norm(ways, axis=1, keepdims=True)
        waves = [2.2 * 1.9**octave * (way @ rest + warp) + draw.uniform(0, 6) for way in ways]
        if brush and octave > 1:
            waves = [wave + 3.0 * np.random.default_rng((brush, number, octave)).normal() for wave in waves]
        grain = grain + 0.7**octave * np.sin(waves[0]) * np.sin(waves[1])
    share = 1 / (1 + np.exp(-2.5 * grain))
    way = draw.normal(size=3) + np.array([0, 2, 0])
    courses = np.abs((way / np.linalg.norm(way) @ rest * 3.1 + 0.1 * warp) % 1 - 0.5) < 0.04
    return (base[:, None] * (1 - share) + other[:, None] * share) * (1 - 0.55 * courses)


def painted(passes: Passes, brush: int = 0, *, lit: bool = True) -> Floats:
    """Return what the artist paints over a fine greybox, scene-linear at that size."""
    texture = np.empty((3, *passes.ids.shape), np.float32)
    for number in np.unique(passes.ids):
        mine = passes.ids == number
        texture[:, mine] = _texture(passes.rest[:, mine], int(number), brush) if number else [[0.5], [0.6], [0.75]]
    if not lit:
        return texture
    key, around, haze = (np.array(c)[:, None, None] for c in ((1.6, 1.3, 0.9), (0.2, 0.28, 0.4), (0.3, 0.34, 0.42)))
    light = key * passes.lit + around * (0.75 + 0.25 * passes.normal[1])
    stands = passes.ids > 0
    plate = np.where(stands, texture * light, texture)
    faded = 1 - np.exp(-np.where(stands, passes.depth, 30.0) / 30)
    plate = plate * (1 - faded) + haze * faded
    glow = [gaussian_filter(np.maximum(channel - 0.45, 0), passes.ids.shape[1] / 64) for channel in plate]
    return (plate + 0.35 * np.stack(glow)).astype(np.float32)


ARTISTS: dict[str, Callable[[Passes, int], Floats]] = {
    "locked": lambda passes, _: painted(passes),
    "brushed": lambda passes, number: painted(passes, number + 1),
    "flat": lambda passes, _: painted(passes, lit=False),
}


@dataclass(frozen=True, eq=False)
class Frame:
    """A frame of the shot, and what each artist would paint on it."""

    passes: Passes
    truths: dict[str, Floats]


def drawn(renderer: OpenRenderer, at: float, number: int) -> Frame:
    """Draw one frame and let every artist paint it."""
    fine = renderer.draw(the_moment(at))
    truths = {name: averaged(artist(fine, number)) for name, artist in ARTISTS.items()}
    return Frame(smaller(fine), truths)


def shown(plate: Floats) -> Floats:
    """Return sRGB codes, 0 to 1."""
    plate = np.clip(plate, 0, 1)
    return np.where(plate < 0.0031308, 12.92 * plate, 1.055 * plate ** (1 / 2.4) - 0.055)


def decibels(squares: Sequence[Floats]) -> float:
    """Return PSNR of squared errors, all together."""
    return float(-10 * np.log10(np.concatenate([values.ravel() for values in squares]).mean()))


def flicker(frames: Sequence[Frame], plates: Sequence[Floats]) -> float:
    """Return how much a point changes from frame to frame where both show it, mean of sRGB codes times 255."""
    changes = []
    for one, plate, other, next_plate in zip(frames, plates, frames[1:], plates[1:], strict=False):
        key, asked = Key(0, plate, one.passes), asked_of(other.passes)
        found = find(key.chart, asked)
        picks = np.flatnonzero(found.likeness > 0.3)
        before = sampled(key.chart, asked.ids[picks], np.stack([found.x, found.y])[:, picks])[:3]
        after = next_plate.reshape(3, -1)[:, picks]
        changes.append(np.abs(shown(before) - shown(after)).mean())
    return 255 * float(np.mean(changes))


def judged(
    frames: Sequence[Frame], keys: Sequence[int], artist: str, *, weights: dict[str, Floats] | None = None
) -> list[Floats]:
    """Print the measures of one way; return its frames."""
    painted_keys = [Key(number, frames[number].truths[artist], frames[number].passes) for number in keys]
    for key in painted_keys:
        _ = key.chart
    plates, carried, spent = [], [], np.zeros(2)
    for number, frame in enumerate(frames):
        begun = time.process_time()
        carried.append(carry(painted_keys, frame.passes, frame=number))
        between = time.process_time()
        plates.append(fill(carried[-1], frame.passes, weights))
        spent += (between - begun, time.process_time() - between)
    truths = [frame.truths["locked" if artist == "brushed" else artist] for frame in frames]
    unseen = [number for number in range(len(frames)) if number not in keys]
    squares = [(shown(plates[n]) - shown(truths[n])) ** 2 for n in unseen]
    alike = [structural_similarity(shown(plates[n]), shown(truths[n]), channel_axis=0, data_range=1) for n in unseen]
    holes = [square[:, carried[n].coverage < 0.5] for n, square in zip(unseen, squares, strict=True)]
    grey = [(shown(frames[n].passes.beauty) - shown(truths[n])) ** 2 for n in unseen]
    way = "network" if weights else "plain"
    print(
        f"| {artist} | {len(keys)} | {way} | {np.mean([carried[n].coverage.mean() for n in unseen]):.3f} "
        f"| {np.mean([decibels([g]) for g in grey]):.1f} | {np.mean([decibels([s]) for s in squares]):.2f} "
        f"| {min(decibels([s]) for s in squares):.2f} | {np.mean(alike):.4f} | {decibels(holes):.2f} "
        f"| {flicker(frames, plates):.2f} / {flicker(frames, truths):.2f} / "
        f"{flicker(frames, [frame.passes.beauty for frame in frames]):.2f} "
        f"| {spent[0] / len(frames):.3f} | {spent[1] / len(frames):.3f} |",
        flush=True,
    )
    return plates


def main() -> None:
    """Print one table: artists, numbers of keys, ways to fill."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="384x216")
    parser.add_argument("--frames", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=100.0, help="CPU-seconds of each training; 0 trains nothing")
    parser.add_argument("--pictures", type=Path)
    asked = parser.parse_args()
    width, height = map(int, asked.size.split("x"))
    with open_renderer(the_stage(), (width * FINE, height * FINE)) as renderer:
        frames = [drawn(renderer, n / (asked.frames - 1), n) for n in range(asked.frames)]
    print(
        "| artist | keys | filled | coverage | greybox dB | dB | worst frame | SSIM | holes dB "
        "| flicker: it / artist / greybox | carry s | fill s |\n|" + " --- |" * 12
    )
    for artist in ARTISTS:
        for count, shares in KEYS.items() if artist == "locked" else [(2, KEYS[2])]:
            keys = [round(share * (asked.frames - 1)) for share in shares]
            plates = judged(frames, keys, artist)
            if asked.seconds and artist == "locked":
                painted_keys = [Key(n, frames[n].truths[artist], frames[n].passes) for n in keys]
                begun = time.process_time()
                learned = learn(painted_keys, 1, seconds=asked.seconds)
                print(f"trained {learned.steps} steps, {time.process_time() - begun:.0f} CPU-s", flush=True)
                plates = judged(frames, keys, artist, weights=learned.weights)
            if asked.pictures:
                _save(asked.pictures / f"{artist}_{count}.png", frames, plates, artist)


def _save(path: Path, frames: Sequence[Frame], plates: Sequence[Floats], artist: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    some = (0, len(frames) // 2, len(frames) - 1)
    rows = [np.concatenate([frames[n].passes.beauty, plates[n], frames[n].truths[artist]], axis=2) for n in some]
    codes = (shown(np.concatenate(rows, axis=1)).transpose(1, 2, 0) * 255 + 0.5).astype(np.uint8)
    Image.fromarray(codes).save(path)


if __name__ == "__main__":
    main()
