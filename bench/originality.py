"""Which copies are found after what was done to them, and what unrelated pictures are taken for copies.

`python bench/originality.py` for the table, `--scan` for ten million hashes, `--video` for the memorisation ratio.
Real pictures only; unrelated are those of different clips and stills. Times are CPU-seconds.
"""

import argparse
import time
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import av
import cv2
import numpy as np
import OpenImageIO as oiio
from PIL import Image

from rushes.originality.fingerprints import distance, fingerprints
from rushes.originality.landmarks import landmarks, shared
from rushes.originality.memorised import ratios, small_grey
from rushes.originality.pictures import Picture, mirrored, of_one_size
from rushes.originality.search import CANDIDATE, COPY, HashIndex, near

SHARED = Path(__file__).parents[1] / "../shared/data"
STILLS = {
    "exr_ilm": ["Chromaticities/Rec709.exr", "ScanLines/Cannon.exr", "ScanLines/Carrots.exr", "ScanLines/Desk.exr"],
    "matte_lemur": ["lemur/lemur.png", "lemur/beach.png"],
    "textures_skimage": ["rocket.jpg"]
    + [f"{name}.png" for name in ("astronaut", "brick", "camera", "chelsea", "coffee", "grass", "gravel")],
    "usd_pawn": ["Pawn/tex/pawn_white_base_color.jpg"],
}
PANORAMAS = ["hdri/kiara_1_dawn_1k.hdr", "hdri/potsdamer_platz_1k.hdr"]
CLIPS = {
    "video_sam2/01_dog.mp4": (0, 90, 200),
    "video_sam2/04_coffee.mp4": (0, 60, 200),
    "video_mixed/bigbuckbunny.mp4": (0, 40, 80),
    "video_mixed/flower.mp4": (0, 75, 149),
    "plate_bottle/bottle-detection.mp4": (0, 600, 1000),
    "timeline_media_tlrender/BART_2021-02-07.m4v": (0, 350, 650),
}
CAR = "roto_car-shadow/JPEGImages/480p/car-shadow/{:05d}.jpg"
Attack = Callable[[Picture, np.random.Generator], Picture]
UNRELATED = 9  # pictures that each attacked one is held against in full, landmarks included


def _still(path: Path) -> Picture:
    held = oiio.ImageBuf(str(path))
    assert held.read(), f"{path}: {held.geterror()}"
    plate = held.get_pixels(oiio.FLOAT)
    plate = plate[..., :3] if plate.shape[2] >= 3 else np.repeat(plate[..., :1], 3, axis=2)
    plate = np.clip(np.nan_to_num(plate, posinf=1.0, neginf=0.0), 0, 1)
    return np.asarray((plate ** (1 / 2.2) if path.suffix in (".exr", ".hdr") else plate) * 255 + 0.5, np.uint8)


def _clip(path: Path, numbers: Sequence[int]) -> list[Picture]:
    with av.open(str(path)) as movie:
        frames = enumerate(movie.decode(video=0))
        return [frame.to_ndarray(format="rgb24") for at, frame in frames if at in numbers]


def pictures() -> list[tuple[str, Picture]]:
    """Return real pictures, each with its clip or still: those of one are related."""
    found = [(f"{folder}/{name}", _still(SHARED / folder / name)) for folder, names in STILLS.items() for name in names]
    for name in PANORAMAS:
        whole = _still(SHARED / name)
        height, width = whole.shape[:2]
        band = whole[height // 4 : 3 * height // 4]
        found += [(name, band[:, : width // 2 - 8]), (name, band[:, width // 2 + 8 :])]
    for name, numbers in CLIPS.items():
        found += [(name, frame) for frame in _clip(SHARED / name, numbers)]
    return found + [("car", _still(SHARED / CAR.format(number))) for number in (0, 30)]


def _jpeg(picture: Picture, quality: int) -> Picture:
    held = BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))


def _scaled(picture: Picture, across: float, down: float) -> Picture:
    size = max(1, round(picture.shape[1] * across)), max(1, round(picture.shape[0] * down))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA))


def _graded(picture: Picture, change: Callable[[np.ndarray], np.ndarray]) -> Picture:
    return np.asarray(np.clip(change(picture / np.float32(255)), 0, 1) * 255 + 0.5, np.uint8)


def _crop(picture: Picture, rng: np.random.Generator, share: float) -> Picture:
    """Leave a share of the area, anywhere."""
    height, width = (max(1, round(side * share**0.5)) for side in picture.shape[:2])
    top, left = rng.integers(0, picture.shape[0] - height + 1), rng.integers(0, picture.shape[1] - width + 1)
    return picture[top : top + height, left : left + width]


def _turned(picture: Picture, degrees: float) -> Picture:
    height, width = picture.shape[:2]
    way = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return np.asarray(cv2.warpAffine(picture, way, (width, height)))


def _set_in(picture: Picture, rng: np.random.Generator, share: float) -> Picture:
    """Set it, smaller, into another picture: soft blobs, here."""
    height, width = picture.shape[:2]
    ground = cv2.resize(rng.integers(0, 255, (6, 8, 3), np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    small = _scaled(picture, share, share)
    top, left = rng.integers(0, height - small.shape[0] + 1), rng.integers(0, width - small.shape[1] + 1)
    ground[top : top + small.shape[0], left : left + small.shape[1]] = small
    return ground


def _patched(picture: Picture, rows: slice, columns: slice, code: int) -> Picture:
    held = picture.copy()
    held[rows, columns] = code
    return held


def _lower_third(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    held = _patched(picture, slice(round(0.82 * height), round(0.92 * height)), slice(0, width), 20)
    place, size = (width // 20, round(0.9 * height)), height / 400
    return np.asarray(cv2.putText(held, "BREAKING: A LOWER THIRD", place, 0, size, (255, 255, 255), 2))


def _watermarked(picture: Picture) -> Picture:
    mark = np.zeros_like(picture)
    for down in range(0, picture.shape[0], max(1, picture.shape[0] // 6)):
        for across in range(0, picture.shape[1], max(1, picture.shape[1] // 4)):
            cv2.putText(mark, "SAMPLE", (across, down), 0, picture.shape[0] / 480, (255, 255, 255), 2)
    return np.where(mark > 0, 0.65 * picture + 0.35 * mark, picture).astype(np.uint8)


def _padded(picture: Picture, rows: float, columns: float) -> Picture:
    down, across = round(picture.shape[0] * rows), round(picture.shape[1] * columns)
    return np.pad(picture, ((down, down), (across, across), (0, 0)))


def _letterboxed(picture: Picture) -> Picture:
    cut = max(0, round((picture.shape[0] - picture.shape[1] / 2.39) / 2))
    held = picture.copy()
    held[:cut], held[picture.shape[0] - cut :] = 0, 0
    return held


TEAL_ORANGE = np.array([[1.1, 0.05, -0.1], [0.0, 1.0, 0.0], [-0.1, 0.1, 1.1]], np.float32)
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
PHOTOMETRIC: dict[str, Attack] = {
    "jpeg q50": lambda p, r: _jpeg(p, 50),
    "jpeg q15": lambda p, r: _jpeg(p, 15),
    "resize 50 %": lambda p, r: _scaled(p, 0.5, 0.5),
    "resize 20 %": lambda p, r: _scaled(p, 0.2, 0.2),
    "blur s2": lambda p, r: cv2.GaussianBlur(p, (0, 0), 2),
    "blur s6": lambda p, r: cv2.GaussianBlur(p, (0, 0), 6),
    "noise s15": lambda p, r: np.clip(p + r.normal(0, 15, p.shape), 0, 255).astype(np.uint8),
    "grade teal-orange": lambda p, r: _graded(p, lambda x: x @ TEAL_ORANGE.T),
    "grade day-for-night": lambda p, r: _graded(p, lambda x: x**1.4 * np.float32([0.35, 0.4, 0.6])),
    "grade grey": lambda p, r: _graded(p, lambda x: np.repeat((x @ LUMA)[..., None], 3, axis=2)),
    "grade +30 %": lambda p, r: _graded(p, lambda x: 1.3 * x),
    "stretch 1.33 x": lambda p, r: _scaled(p, 1.33, 1.0),
    "watermark 35 %": lambda p, r: _watermarked(p),
}
GEOMETRIC: dict[str, Attack] = {
    "lower third, 10 %": lambda p, r: _lower_third(p),
    "grey patch, 10 %": lambda p, r: _patched(
        p, *(slice(round(0.34 * side), round(0.66 * side)) for side in p.shape[:2]), 128
    ),
    "letterbox 2.39": lambda p, r: _letterboxed(p),
    "pillarbox": lambda p, r: _padded(p, 0, 0.167),
    "crop 5 %": lambda p, r: _crop(p, r, 0.95),
    "crop 10 %": lambda p, r: _crop(p, r, 0.9),
    "crop 20 %": lambda p, r: _crop(p, r, 0.8),
    "crop 30 %": lambda p, r: _crop(p, r, 0.7),
    "crop 50 %": lambda p, r: _crop(p, r, 0.5),
    "crop 75 %": lambda p, r: _crop(p, r, 0.25),
    "flip": lambda p, r: mirrored(p),
    "rotate 2°": lambda p, r: _turned(p, 2),
    "rotate 5°": lambda p, r: _turned(p, 5),
    "rotate 90°": lambda p, r: np.ascontiguousarray(np.rot90(p)),
    "picture in picture 60 %": lambda p, r: _set_in(p, r, 0.6),
    "crop 20 % + grade + jpeg": lambda p, r: _jpeg(_graded(_crop(p, r, 0.8), lambda x: x @ TEAL_ORANGE.T), 40),
    "flip + crop 20 % + text + jpeg": lambda p, r: _jpeg(_lower_third(_crop(mirrored(p), r, 0.8)), 40),
}


class Sight:
    """A picture as it is compared."""

    def __init__(self, picture: Picture, *, mirror: bool) -> None:
        shown = of_one_size(picture)
        self.hashes = fingerprints(shown, mirror=mirror)
        self.marks = [landmarks(shown), *([landmarks(mirrored(shown))] if mirror else [])]

    def bits(self, other: "Sight") -> int:
        """Return the distance of the nearest two hashes."""
        return min((distance(a.bits, b.bits) for a in self.hashes for b in other.hashes), default=256)

    def cells(self, other: "Sight") -> int:
        """Return how many places agree, 0 where that proves nothing."""
        found = [shared(mine, other.marks[0]) for mine in self.marks]
        return max((one.cells for one in found if one), default=0)


def table(seed: int, only: str, step: int) -> None:
    """Print what is found of each attack, and how many unrelated pictures are taken for copies."""
    known = pictures()[::step]
    references = [Sight(picture, mirror=False) for _, picture in known]
    print(f"{len(known)} pictures of {len({name for name, _ in known})} clips and stills")
    print("| attack | median bits | PDQ ≤ 31 | PDQ ≤ 48 | landmarks | either is a copy | false of unrelated |")
    print("|---|---|---|---|---|---|---|")
    all_false, all_pairs = 0, 0
    for kind in (PHOTOMETRIC, GEOMETRIC):
        totals = []
        for name in [name for name in kind if only in name]:
            rows, false, pairs = tried(kind[name], known, references, np.random.default_rng([seed, len(name)]))
            all_false, all_pairs = all_false + len(false), all_pairs + pairs
            share = 100 * np.mean([row[1:] for row in rows], axis=0)
            totals.append(share[3])
            cells = [f"{np.median([row[0] for row in rows]):.0f}", *(f"{each:.0f}" for each in share)]
            print(f"| {name} | {' | '.join(cells)} | {len(false)} of {pairs} |", *false, sep="\n", flush=True)
        print(f"| **mean of {len(totals)}** | | | | | {np.mean(totals or [np.nan]):.1f} | |")
    print(f"{all_false} false in {all_pairs} unrelated pairs compared in full")


def tried(
    attack: Attack, known: list[tuple[str, Picture]], references: list["Sight"], rng: np.random.Generator
) -> tuple[list[tuple[float, ...]], list[str], int]:
    """Attack every picture; return what was found of each, what was falsely found, and in how many pairs."""
    rows: list[tuple[float, ...]] = []
    false: list[str] = []
    for at, (clip, picture) in enumerate(known):
        query = Sight(attack(picture, rng), mirror=True)
        bits, found = query.bits(references[at]), query.cells(references[at]) > 0
        rows.append((bits, bits <= COPY, bits <= CANDIDATE, found, bits <= COPY or found))
        others = [i for i, (other, _) in enumerate(known) if other != clip]
        far = {i: query.bits(references[i]) for i in others}
        false += [f"{clip} ~ {known[i][0]}: {far[i]} bits" for i in others if far[i] <= CANDIDATE]
        cells = {i: query.cells(references[i]) for i in rng.choice(others, UNRELATED, replace=False)}
        false += [f"{clip} ~ {known[i][0]}: {count} cells" for i, count in cells.items() if count]
    return rows, false, UNRELATED * len(known)


def scan(count: int, seed: int) -> None:
    """Print how long one query takes among random hashes, and among hashes that crowd as a shot's frames do."""
    rng = np.random.default_rng(seed)
    index = HashIndex(rng.integers(0, 2**64, (4, count), dtype=np.uint64))
    for words in ("random", "crowded"):
        if words == "crowded":  # a thousand shots, each frame some bits from its shot's first
            shots = rng.integers(0, 2**64, (4, 1000), dtype=np.uint64)
            flips = index.words & np.roll(index.words, 1, 1) & np.roll(index.words, 2, 1) & np.roll(index.words, 3, 1)
            index = HashIndex(np.repeat(shots, -(-count // 1000), axis=1)[:, :count] ^ flips)
        query = index.words[:, count // 2].copy()
        for most in (COPY, CANDIDATE):
            spent = []
            for _ in range(7):
                start = time.process_time()
                found = near(index, query, most)[0]
                spent.append(time.process_time() - start)
            print(f"{count} {words} hashes, ≤ {most}: {1000 * np.median(spent):.1f} ms, {len(found)} found")


def video(seed: int) -> None:
    """Print how well the memorisation ratio tells noisy copies of taught frames from frames of a shot not taught."""
    frames = [(name, frame) for name in CLIPS for frame in _clip(SHARED / name, range(0, 10_000, 8))]
    points, names = np.array([small_grey(frame) for _, frame in frames]), np.array([name for name, _ in frames])
    for words, left_out in (("same shot counted", False), ("same shot left out", True)):
        rng, scores = np.random.default_rng(seed), []
        for clip in CLIPS:
            taught, unseen = np.flatnonzero(names != clip), rng.choice(np.flatnonzero(names == clip), 10)
            held = [frames[at][1] for at in rng.choice(taught, 10)]
            noisy = [np.clip(one + rng.normal(0, 15, one.shape), 0, 255).astype(np.uint8) for one in held]
            made = np.concatenate([[small_grey(one) for one in noisy], points[unseen]])
            shots = [str(shot) for shot in (names[taught] if left_out else taught)]
            scores.append(ratios(made, points[taught], shots))
        copies, novel = np.concatenate(scores).reshape(-1, 2, 10).transpose(1, 0, 2).reshape(2, -1)
        auc = np.mean(copies[:, None] < novel) + 0.5 * np.mean(copies[:, None] == novel)
        print(f"{words}: copies {np.median(copies):.3f}, novel {np.median(novel):.3f}, AUC {auc:.3f}, "
              f"found without false alarm {100 * np.mean(copies < novel.min()):.0f} %")  # fmt: skip


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--scan", action="store_true")
    asked.add_argument("--video", action="store_true")
    asked.add_argument("--only", default="", help="attacks with this in their name")
    asked.add_argument("--step", type=int, default=1, help="every so manieth picture")
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    cv2.setNumThreads(1)
    start = time.process_time()
    if options.scan:
        scan(10_000_000, options.seed)
    elif options.video:
        video(options.seed)
    else:
        table(options.seed, options.only, options.step)
    print(f"{time.process_time() - start:.0f} s")
