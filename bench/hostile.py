"""Mutated files through the door: does the parent live, does anything hang, how was each refused?

`python bench/hostile.py` tries 100,000 mutations of EXR, DPX, PNG, JPEG, TIFF, MP4, MOV, safetensors, OTIO and EDL on
exactly what ingest does: the gate, then a decoder in the sandbox. Each format runs in a process of its own, so that a
crash of a parent is seen. `--times` measures how fast the gates refuse the files of `hostile_files.py`.
Times are CPU-seconds of parent and sandbox.
"""

import argparse
import json
import resource
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import OpenImageIO as oiio
import opentimelineio as otio
from PIL import Image
from rich.console import Console

from hostile_files import HOSTILE
from rushes.domain.errors import RushesError
from rushes.jobs.bar import progress_bar
from rushes.media.cuts import is_cut
from rushes.media.incoming import open_incoming, read_incoming_cut
from rushes.media.sandbox import Limits, Sandbox
from rushes.training.weights import read_weights, write_weights

FORMATS = ("exr", "dpx", "png", "jpg", "tif", "mp4", "mov", "safetensors", "otio", "edl")
EXTREMES = (0, 1, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
FAILURES = {
    "crashed": "decoder crashed",
    "did not come to an end": "decoder hung",
    "of memory": "decoder took too much",
    "was killed": "decoder was killed",
    "gave up": "fault of ours",
    "decoder ended": "fault of ours",
    "nonsense": "nonsense",
}
FRESH_EVERY = 5000
"""Files that one sandbox sees, if none of them ends it."""
Mutate = Callable[[bytes, bytes, np.random.Generator], bytes]


def write_seeds(folder: Path, kind: str) -> list[bytes]:
    """Return small honest files of a format, of several kinds each."""
    folder.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(1).integers(0, 256, (24, 32, 4), np.uint8)
    maker = {"exr": _exr, "dpx": _dpx, "png": _png, "jpg": _jpg, "tif": _tif, "mp4": _movies, "mov": _movies}
    if kind in maker:
        maker[kind](folder, noise, kind) if kind in ("mp4", "mov") else maker[kind](folder, noise)
    elif kind == "safetensors":
        tensors = {"curve": np.arange(12, dtype=np.float32).reshape(3, 4), "mask": np.ones(5, np.bool_)}
        write_weights(folder / "a.safetensors", tensors, {"department": "look", "rows": [1, 2]})
    else:
        timeline = _timeline()
        text = otio.adapters.write_to_string(timeline, "otio_json" if kind == "otio" else "cmx_3600")
        (folder / f"a.{kind}").write_text(text)
    return [path.read_bytes() for path in sorted(folder.glob(f"*.{kind}"))]


def _written(path: Path, pixels: np.ndarray, sample: str, **said: object) -> None:
    spec = oiio.ImageSpec(pixels.shape[1], pixels.shape[0], pixels.shape[2], sample)
    for name, value in said.items():
        if name == "tile":
            spec.tile_width = spec.tile_height = value
        else:
            spec.attribute("oiio:BitsPerSample" if name == "bits" else name, value)
    output = oiio.ImageOutput.create(str(path))
    assert output.open(str(path), spec), path
    assert output.write_image(pixels), path
    output.close()


def _exr(folder: Path, noise: np.ndarray) -> None:
    pixels = noise.astype(np.float32) / 255
    for packing in ("none", "rle", "zips", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "htj2k256"):
        _written(folder / f"{packing}.exr", pixels, "half", compression=packing)
    _written(folder / "tiled.exr", pixels[..., :3], "float", compression="zip", tile=16)


def _dpx(folder: Path, noise: np.ndarray) -> None:
    for bits in (8, 10, 12, 16):
        _written(folder / f"{bits}.dpx", noise[..., :3] / np.float32(255), "uint16" if bits > 8 else "uint8", bits=bits)


def _tif(folder: Path, noise: np.ndarray) -> None:
    for packing in ("none", "lzw", "zip", "packbits"):
        _written(folder / f"{packing}.tif", noise, "uint8", compression=packing)
    _written(folder / "deep.tif", noise[..., :3] / np.float32(255), "uint16", compression="zip", tile=16)
    _written(folder / "float.tif", noise[..., :3] / np.float32(255), "float", compression="none")


def _png(folder: Path, noise: np.ndarray) -> None:
    for mode in ("L", "RGB", "RGBA", "P", "I;16"):
        picture = Image.fromarray(noise[..., :3]) if mode != "RGBA" else Image.fromarray(noise)
        wide = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
        (wide if mode == "I;16" else picture.convert(mode)).save(folder / f"{mode[0]}{len(mode)}.png")


def _jpg(folder: Path, noise: np.ndarray) -> None:
    picture = Image.fromarray(noise[..., :3])
    picture.save(folder / "plain.jpg", quality=80)
    picture.save(folder / "progressive.jpg", progressive=True, subsampling=0)
    picture.convert("L").save(folder / "grey.jpg")


def _movies(folder: Path, noise: np.ndarray, kind: str) -> None:
    codecs = {"h264": ("libx264", "yuv420p"), "hevc": ("libx265", "yuv420p")}
    if kind == "mov":
        codecs = {"h264": codecs["h264"], "prores": ("prores_ks", "yuv422p10le")}
    for name, (encoder, layout) in codecs.items():
        with av.open(str(folder / f"{name}.{kind}"), "w") as movie:
            quiet = {"x265-params": "log-level=none:pools=none"} if name == "hevc" else {}
            stream = movie.add_stream(encoder, rate=24, options=quiet)
            stream.width, stream.height, stream.pix_fmt = 64, 48, layout
            picture = np.ascontiguousarray(np.tile(noise[..., :3], (2, 2, 1)))
            for turn in range(4):
                movie.mux(stream.encode(av.VideoFrame.from_ndarray(np.roll(picture, turn, 1), format="rgb24")))
            movie.mux(stream.encode(None))


def _timeline() -> otio.schema.Timeline:
    timeline, track = otio.schema.Timeline("reel"), otio.schema.Track("V1")
    for number in range(4):
        span = otio.opentime.TimeRange(otio.opentime.RationalTime(86400, 24), otio.opentime.RationalTime(24, 24))
        reference = otio.schema.ExternalReference(f"plates/sh{number:02d}.mov", span)
        track.append(otio.schema.Clip(f"sh{number:02d}", reference, span, {"cmx_3600": {"reel": f"A{number:03d}"}}))
    timeline.tracks.append(track)
    return timeline


def mutated(seed: bytes, other: bytes, chance: np.random.Generator) -> bytes:
    """Return a file changed in one of nine ways.

    Args:
        seed: an honest file.
        other: another one of its format, to splice with.
        chance: what decides.
    """
    content, way = bytearray(seed), int(chance.integers(9))
    at = _place(len(content), chance)
    if way == 0:
        for _ in range(int(chance.integers(1, 9))):
            content[_place(len(content), chance)] ^= 1 << int(chance.integers(8))
    elif way in (1, 2, 3):
        form = ("<I", ">I", "<H", ">H", "B")[int(chance.integers(5))]
        width = struct.calcsize(form)
        value = int(chance.choice(EXTREMES)) & ((1 << 8 * width) - 1)
        at = min(at, len(content) - width)
        content[at : at + width] = struct.pack(form, value)
    elif way == 4:
        del content[int(chance.integers(1, len(content))) :]
    elif way == 5:
        cut = int(chance.integers(1, min(len(seed), len(other))))
        content = bytearray(seed[:cut] + other[cut:])
    elif way == 6:
        content[at:at] = content[at : at + int(chance.integers(1, 65))] * int(chance.integers(1, 9))
    elif way == 7:
        del content[at : at + int(chance.integers(1, 65))]
    else:
        block = content[at : at + 32]
        content[at : at + len(block)] = chance.bytes(len(block))
    return bytes(content)


def _place(length: int, chance: np.random.Generator) -> int:
    """Return a place in a file: mostly in its first KiB, where headers are, or its last two, as in movies."""
    zone = chance.random()
    if zone < 0.5:
        return int(chance.integers(min(length, 1024)))
    return int(chance.integers(max(0, length - 2048), length) if zone < 0.75 else chance.integers(length))


def mutations(seeds: list[bytes], count: int, seed: int) -> Iterator[bytes]:
    """Yield mutated files, the same ones for the same seed."""
    chance = np.random.default_rng(seed)
    for turn in range(count):
        yield mutated(seeds[turn % len(seeds)], seeds[int(chance.integers(len(seeds)))], chance)


def outcome(sandbox: Sandbox, path: Path) -> str:
    """Bring one file as far as ingest does before it keeps anything, and say in a word what became of it."""
    try:
        if path.suffix == ".safetensors":
            read_weights(path)
        elif is_cut(path):
            read_incoming_cut(sandbox, path, Fraction(24))
        else:
            footage = open_incoming(sandbox, [path], [1])
            for number in range(footage.frames[0], footage.frames[1] + 1):
                footage.odd_pixels(number)
            footage.check_unchanged()
    except RushesError as error:
        return next((word for sign, word in FAILURES.items() if sign in error.what), "refused")
    return "decoded"


def run_slice(kind: str, count: int, seed: int, *, seconds: float, memory: int, keep: Path | None) -> Counter[str]:
    """Try mutations of one format, and count what became of them; files that did harm are kept."""
    found: Counter[str] = Counter()
    sandbox = Sandbox(Limits(memory=memory, seconds=seconds))
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        seeds = write_seeds(Path(folder) / "seeds", kind)
        path = Path(folder) / f"mutated.{kind}"
        with progress_bar(Console(stderr=True)) as watch:
            for done, content in enumerate(mutations(seeds, count, seed)):
                path.write_bytes(content)
                word = outcome(sandbox, path)
                found[word] += 1
                if keep and word not in ("refused", "decoded"):
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{word.replace(' ', '_')}_{seed}_{done}.{kind}").write_bytes(content)
                if done % FRESH_EVERY == FRESH_EVERY - 1:
                    sandbox.close()
                watch(done + 1, count, f"{kind} {dict(found)}")
    found["sandboxes started"] = sandbox.starts
    sandbox.close()
    return found


def run_all(kinds: list[str], count: int, seed: int, *, more: list[str]) -> None:
    """Run a slice of each format in a process of its own, and print the table."""
    total: Counter[str] = Counter()
    print("| format | mutations | decoded | refused | harm | parent | CPU-s |\n|---|---|---|---|---|---|---|")
    for kind in kinds:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, __file__, "--slice", kind, "--count", str(count), "--seed", str(seed), *more]
        ended = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found = Counter(json.loads(ended.stdout or "{}"))
        total += found
        tried = sum(found.values()) - found["sandboxes started"]
        harm = {word: n for word, n in found.items() if word not in ("decoded", "refused", "sandboxes started")}
        lives = "lives" if ended.returncode == 0 else f"DIED ({ended.returncode})"
        row = (kind, tried, found["decoded"], found["refused"], harm or "none", lives, f"{spent:.0f}")
        print("| " + " | ".join(map(str, row)) + " |", flush=True)
    print(dict(total))


def print_times(repeats: int = 20) -> None:
    """Print how long the gates take to refuse each hostile file, in CPU-milliseconds."""
    print("| file | refused as | ms, median | ms, worst |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (make, gate, _) in HOSTILE.items():
            path, times, why = make(Path(folder)), [], ""
            for _ in range(repeats):
                start = time.process_time()
                try:
                    gate(path)
                except RushesError as error:
                    why = error.what.rpartition(": ")[2]
                times.append(1000 * (time.process_time() - start))
            print(f"| {name} | {why} | {statistics.median(times):.2f} | {max(times):.2f} |")


def main() -> None:
    parse = argparse.ArgumentParser(description=__doc__)
    parse.add_argument("formats", nargs="*", default=FORMATS)
    parse.add_argument("--count", type=int, default=10_000, help="mutations of each format")
    parse.add_argument("--seed", type=int, default=0)
    parse.add_argument("--seconds", type=float, default=20.0, help="for one frame")
    parse.add_argument("--memory", type=int, default=1536, help="MiB of address space for a decoder")
    parse.add_argument("--keep", type=Path, help="folder for files that did harm")
    parse.add_argument("--times", action="store_true", help="only measure how fast hostile files are refused")
    parse.add_argument("--slice", help=argparse.SUPPRESS)
    given = parse.parse_args()
    if given.times:
        print_times()
    elif given.slice:
        limits = {"seconds": given.seconds, "memory": given.memory << 20, "keep": given.keep}
        print(json.dumps(run_slice(given.slice, given.count, given.seed, **limits)))
    else:
        more = ["--seconds", str(given.seconds), "--memory", str(given.memory)]
        more += ["--keep", str(given.keep)] if given.keep else []
        run_all(list(given.formats), given.count, given.seed, more=more)


if __name__ == "__main__":
    main()
