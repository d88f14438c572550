"""Which marks are read after what was done to a picture or a movie, what is falsely read, what is seen, what it costs.

`python bench/watermark.py` for stills and single frames, `--movies` for H.264 and ProRes, `--false` for what unmarked
pictures and other keys yield, `--seen` for how much a mark shows, `--cost` for times. `--peer FOLDER` runs the
`invisible-watermark` that was installed in that folder beside it. Real pictures only. Times are CPU-seconds.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
from skimage.color import deltaE_ciede2000, rgb2lab
from skimage.metrics import structural_similarity

from originality import LUMA, STILLS, TEAL_ORANGE, Picture, _jpeg, _still
from rushes.marking.reading import read_mark
from rushes.marking.watermark import Marker

SHARED = Path(__file__).parents[1] / "../shared/data"
CLIPS = {  # the first frame that is taken of each
    "video_sam2/01_dog.mp4": 40,
    "video_sam2/04_coffee.mp4": 40,
    "video_mixed/bigbuckbunny.mp4": 30,
    "video_mixed/flower.mp4": 40,
}
KEY, RECORD = b"the studio's own secret", 0x5EED_0F_A_DE11F3
Floats = npt.NDArray[np.float32]
Attack = Callable[[Picture, np.random.Generator], Picture]
Reader = Callable[[Sequence[Picture]], bool]
Method = tuple[Callable[[Sequence[Picture]], list[Picture]], Reader]


def light(picture: Picture) -> Floats:
    return picture.astype(np.float32) / np.float32(255)


def coded(picture: Floats) -> Picture:
    return np.asarray(np.clip(picture, 0, 1) * 255 + 0.5, np.uint8)


def frames(name: str, numbers: Sequence[int], lines: int = 0) -> list[Picture]:
    """Return frames of a clip, as they are or made of so many lines."""
    found = []
    with av.open(str(SHARED / name)) as movie:
        for at, frame in enumerate(movie.decode(video=0)):
            if at in numbers:
                held = frame.to_ndarray(format="rgb24")
                size = round(held.shape[1] * lines / held.shape[0]), lines
                found.append(cv2.resize(held, size, interpolation=cv2.INTER_LANCZOS4) if lines else held)
            if len(found) == len(numbers):
                break
    return found


def stills() -> list[Picture]:
    """Return stills of 0.2 to 0.6 megapixels."""
    held = [_still(SHARED / folder / name) for folder, names in STILLS.items() for name in names]
    return [picture for picture in held if min(picture.shape[:2]) >= 400]


def sized(picture: Picture, across: float, down: float) -> Picture:
    size = round(picture.shape[1] * across), round(picture.shape[0] * down)
    way = cv2.INTER_AREA if across * down < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way))


def cropped(picture: Picture, rng: np.random.Generator, share: float) -> Picture:
    """Leave a share of each side, anywhere."""
    height, width = (round(side * share) for side in picture.shape[:2])
    top, left = (
        int(rng.integers(0, whole - part + 1)) for whole, part in zip(picture.shape[:2], (height, width), strict=True)
    )
    return picture[top : top + height, left : left + width]


def regraded(picture: Picture) -> Picture:
    """Lift, gamma, gain and half the saturation."""
    held = np.clip(0.03 + 0.85 * light(picture) ** np.float32([0.8, 0.85, 0.95]), 0, 1)
    return coded((held + (held @ LUMA)[..., None]) / 2)


def teal(picture: Picture) -> Picture:
    return coded(light(picture) @ TEAL_ORANGE.T)


def letterboxed(picture: Picture) -> Picture:
    cut, held = round(max(0, picture.shape[0] - picture.shape[1] / 2) / 2), picture.copy()
    held[:cut], held[picture.shape[0] - cut :] = 0, 0
    return held


def movie(pictures: Sequence[Picture], codec: str, crf: int = 0) -> list[Picture]:
    """Return pictures as they come out of a codec."""
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    held = BytesIO()
    with av.open(held, "w", format="mov") as out:
        stream = out.add_stream(codec, rate=24)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuv420p" if codec == "libx264" else "yuv422p10le"
        stream.options = {"crf": str(crf), "threads": "1"} if codec == "libx264" else {"profile": "2"}
        for picture in pictures:
            cut = np.ascontiguousarray(picture[:height, :width])
            out.mux(stream.encode(av.VideoFrame.from_ndarray(cut, format="rgb24")))
        out.mux(stream.encode(None))
    held.seek(0)
    with av.open(held) as back:
        return [frame.to_ndarray(format="rgb24") for frame in back.decode(video=0)]


ATTACKS: dict[str, Attack] = {
    "8 bits": lambda p, r: p,
    "lift, gamma, gain, saturation": lambda p, r: regraded(p),
    "teal-orange": lambda p, r: teal(p),
    "grey": lambda p, r: coded(np.repeat((light(p) @ LUMA)[..., None], 3, axis=2)),
    "gain +30 %": lambda p, r: coded(1.3 * light(p)),
    "day for night": lambda p, r: coded(light(p) ** 1.4 * np.float32([0.35, 0.4, 0.6])),
    "noise σ 5": lambda p, r: coded(light(p) + r.normal(0, 5 / 255, p.shape)),
    "blur σ 1": lambda p, r: cv2.GaussianBlur(p, (0, 0), 1),
    "JPEG 90": lambda p, r: _jpeg(p, 90),
    "JPEG 75": lambda p, r: _jpeg(p, 75),
    "JPEG 50": lambda p, r: _jpeg(p, 50),
    "scale 150 %": lambda p, r: sized(p, 1.5, 1.5),
    "scale 67 %": lambda p, r: sized(p, 2 / 3, 2 / 3),
    "scale 50 %": lambda p, r: sized(p, 0.5, 0.5),
    "stretch 1.33": lambda p, r: sized(p, 4 / 3, 1),
    "squeeze 0.75": lambda p, r: sized(p, 0.75, 1),
    "crop, 95 % of each side": lambda p, r: cropped(p, r, 0.95),
    "crop, 90 % of each side": lambda p, r: cropped(p, r, 0.90),
    "crop, 80 % of each side": lambda p, r: cropped(p, r, 0.80),
    "crop, 71 % of each side": lambda p, r: cropped(p, r, 0.71),
    "letterbox 2:1": lambda p, r: letterboxed(p),
    "mirrored": lambda p, r: np.ascontiguousarray(p[:, ::-1]),
    "turned 1°": lambda p, r: cv2.warpAffine(
        p, cv2.getRotationMatrix2D((p.shape[1] / 2, p.shape[0] / 2), 1, 1), p.shape[1::-1]
    ),
    "crop 90 % + scale 67 % + JPEG 75": lambda p, r: _jpeg(sized(cropped(p, r, 0.9), 2 / 3, 2 / 3), 75),
    "crop 90 % + teal-orange + JPEG 75": lambda p, r: _jpeg(teal(cropped(p, r, 0.9)), 75),
}
CODECS: dict[str, Callable[[Sequence[Picture]], list[Picture]]] = {
    "ProRes 422": lambda f: movie(f, "prores_ks"),
    "H.264 CRF 23": lambda f: movie(f, "libx264", 23),
    "H.264 CRF 28": lambda f: movie(f, "libx264", 28),
    "scale 67 % + CRF 23": lambda f: movie([sized(p, 2 / 3, 2 / 3) for p in f], "libx264", 23),
    "crop 90 % + CRF 23": lambda f: movie([cropped(p, np.random.default_rng(1), 0.9) for p in f], "libx264", 23),
    "teal-orange + crop 90 % + scale 67 % + CRF 23": lambda f: movie(
        [sized(cropped(teal(p), np.random.default_rng(2), 0.9), 2 / 3, 2 / 3) for p in f], "libx264", 23
    ),
    "grade + crop 90 % + CRF 28": lambda f: movie(
        [cropped(regraded(p), np.random.default_rng(3), 0.9) for p in f], "libx264", 28
    ),
}


def ours(strength: float) -> Method:
    def mark(pictures: Sequence[Picture]) -> list[Picture]:
        marker = Marker(pictures[0].shape[:2], RECORD, KEY, strength=strength)
        return [coded(marker.mark(light(picture))) for picture in pictures]

    def read(pictures: Sequence[Picture]) -> bool:
        mark = read_mark([light(picture) for picture in pictures], KEY)
        return mark is not None and mark.record == RECORD

    return mark, read


def peer(method: str) -> Method:
    """Return the peer's: 64 bits without a tag, all must be right; over several frames each bit is voted on."""
    from imwatermark import WatermarkDecoder, WatermarkEncoder

    bits = np.unpackbits(np.frombuffer(RECORD.to_bytes(8, "big"), np.uint8))
    encoder, decoder = WatermarkEncoder(), WatermarkDecoder("bits", 64)
    encoder.set_watermark("bits", bits.tolist())

    def mark(pictures: Sequence[Picture]) -> list[Picture]:
        return [np.asarray(encoder.encode(np.ascontiguousarray(p[..., ::-1]), method))[..., ::-1] for p in pictures]

    def read(pictures: Sequence[Picture]) -> bool:
        large = [p for p in pictures if p.shape[0] * p.shape[1] >= 256 * 256]  # it refuses smaller ones
        votes = [decoder.decode(np.ascontiguousarray(p[..., ::-1]), method) for p in large]
        return bool(votes) and np.array_equal(np.mean(votes, axis=0) > 0.5, bits)

    return mark, read


def table(methods: dict[str, Method], known: dict[str, list[Picture]], seed: int) -> None:
    """Print how many single pictures each method reads after each attack."""
    made = {kind: {name: [mark([p])[0] for p in known[kind]] for name, (mark, _) in methods.items()} for kind in known}
    heads = [f"{len(pictures)} {kind}: {name}" for kind, pictures in known.items() for name in methods]
    print(f"| read of | {' | '.join(heads)} |\n" + (1 + len(heads)) * "|---" + "|", flush=True)
    for attack, change in ATTACKS.items():
        cells = []
        for pictures in made.values():
            for name, marked in pictures.items():
                rng = np.random.default_rng([seed, len(attack)])
                cells.append(f"{sum(methods[name][1]([change(p, rng)]) for p in marked)}")
        print(f"| {attack} | {' | '.join(cells)} |", flush=True)


def movies(methods: dict[str, Method], lines: int, count: int) -> None:
    """Print which movies are read after a codec, from one frame in their middle and from twelve."""
    print(f"| {lines} lines, {count} frames | {' | '.join(f'{name}: 1 frame | 12 frames' for name in methods)} |")
    print((1 + 2 * len(methods)) * "|---" + "|")
    known = [frames(name, range(first, first + count), lines) for name, first in CLIPS.items()]
    made = {name: [mark(clip) for clip in known] for name, (mark, _) in methods.items()}
    for words, change in CODECS.items():
        cells = []
        for name, clips in made.items():
            read, sent = methods[name][1], [change(clip) for clip in clips]
            one = [sum(read([clip[at]]) for at in (count // 3, count // 2, 2 * count // 3)) for clip in sent]
            twelve = [read(clip[:: max(1, count // 12)][:12]) for clip in sent]
            cells += [f"{sum(one)} of {3 * len(one)}", f"{sum(twelve)} of {len(twelve)}"]
        print(f"| {words} | {' | '.join(cells)} |", flush=True)


def unmarked() -> Iterator[Picture]:
    yield from stills()
    for name in CLIPS:
        yield from frames(name, range(0, 300, 24))


def false(keys: int) -> None:
    """Print what is read in pictures without a mark, and of marks by other keys."""
    read = [read_mark([light(picture)], b"%d" % at) for at, picture in enumerate(unmarked())]
    print(f"unmarked pictures, each with a key of its own: {sum(map(bool, read))} of {len(read)}")
    clips = [[light(p) for p in frames(name, range(0, 120, 10))] for name in CLIPS]
    read = [read_mark(clip, b"%d" % at) for at in range(2) for clip in clips]
    print(f"unmarked movies of 12 frames: {sum(map(bool, read))} of {len(read)}")
    made = ours(1)[0]([frames(name, [50])[0] for name in list(CLIPS)[:1]])[0]
    read = [read_mark([light(made)], b"other %d" % at) for at in range(keys)]
    print(f"a marked frame with other keys: {sum(map(bool, read))} of {keys}")


def seen(methods: dict[str, Method]) -> None:
    """Print how much a mark changes of what is seen."""
    print("| | lines | PSNR dB | SSIM | ΔE₀₀ mean | ΔE₀₀ p99 | largest change, codes |\n|---|---|---|---|---|---|---|")
    for name, (mark, _) in methods.items():
        for clip, first in CLIPS.items():
            for lines in (0, 1080):
                before = frames(clip, [first + 10], lines)[0]
                after = mark([before])[0]
                off = after.astype(int) - before
                shown = [rgb2lab(picture) for picture in (before, after)]
                apart = deltaE_ciede2000(*shown)
                alike = structural_similarity(before, after, channel_axis=2)
                psnr = 10 * np.log10(255**2 / np.mean(off**2))
                print(f"| {name}: {Path(clip).stem} | {len(before)} | {psnr:.1f} | {alike:.4f} | {apart.mean():.2f} "
                      f"| {np.percentile(apart, 99):.2f} | {np.abs(off).max()} |", flush=True)  # fmt: skip


def spent(work: Callable[[], object], times: int = 5) -> float:
    """Return milliseconds of CPU, the median."""
    each = []
    for _ in range(times):
        start = time.process_time()
        work()
        each.append(1000 * (time.process_time() - start))
    return float(np.median(each))


def cost(peers: dict[str, Method]) -> None:
    """Print what a frame of HD costs to mark and to read."""
    clip = [light(p) for p in frames("video_sam2/01_dog.mp4", range(40, 52), 1080)]
    marker = Marker((1080, 1920), RECORD, KEY)
    made = [light(coded(marker.mark(picture))) for picture in clip]
    part = [picture[30:1010, 40:1770].copy() for picture in made]
    print(f"draw the pattern, once a movie: {spent(lambda: Marker((1080, 1920), RECORD, KEY)):.0f} ms")
    print(f"mark a frame: {spent(lambda: marker.mark(clip[0])):.0f} ms")
    for words, pictures in (("whole", made), ("cropped", part), ("unmarked", clip)):
        print(f"read, {words}: 1 frame {spent(lambda p=pictures: read_mark(p[:1], KEY)):.0f} ms, "
              f"12 frames {spent(lambda p=pictures: read_mark(p, KEY), 3):.0f} ms")  # fmt: skip
    for name, (mark, read) in peers.items():
        held = [coded(clip[0])]
        sent = mark(held)
        print(f"{name}: mark {spent(lambda m=mark, h=held: m(h), 3):.0f} ms, "
              f"read {spent(lambda r=read, s=sent: r(s), 3):.0f} ms")  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    for flag in ("movies", "false", "seen", "cost"):
        asked.add_argument(f"--{flag}", action="store_true")
    asked.add_argument("--peer", help="site-packages folder that holds invisible-watermark")
    asked.add_argument("--methods", nargs="*", default=["dwtDct"], help="of the peer: dwtDct, dwtDctSvd")
    asked.add_argument("--lines", type=int, default=1080, help="of the movies")
    asked.add_argument("--frames", type=int, default=36, help="of each movie")
    asked.add_argument("--keys", type=int, default=100, help="other keys that are tried")
    asked.add_argument("--strength", type=float, default=1)
    asked.add_argument("--step", type=int, default=1, help="every so manieth picture")
    asked.add_argument("--seed", type=int, default=0)
    options = asked.parse_args()
    cv2.setNumThreads(1)
    start = time.process_time()
    if options.peer:
        sys.path.append(options.peer)
    peers = {name: peer(name) for name in options.methods} if options.peer else {}
    methods = {"ours": ours(options.strength), **peers}
    if options.movies:
        movies(methods, options.lines, options.frames)
    elif options.false:
        false(options.keys)
    elif options.seen:
        seen(methods)
    elif options.cost:
        cost(peers)
    else:
        singles = [frame for name, first in CLIPS.items() for frame in frames(name, (first, first + 40))]
        known = {"stills 0.2–0.6 MP": stills()[:: options.step], "frames 540–720 lines": singles[:: options.step]}
        table(methods, known, options.seed)
    print(f"{time.process_time() - start:.0f} s")


if __name__ == "__main__":
    main()
