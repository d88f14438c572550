"""Applying a look: one 4K frame in memory, then a 4K EXR sequence to disk, beside oiiotool and ffmpeg in one run."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import OpenImageIO as oiio

from rushes.departments.department import Colour, HandOver
from rushes.departments.look.hand_over import write_look
from rushes.departments.look.look import Cdl, Look, Switches, neutral_look
from rushes.departments.look.out_render import renderer
from rushes.media.colour import DEFAULT_CONFIG
from rushes.media.frames import Frame, Header
from rushes.media.stills import read_still, write_still
from rushes.media.streaming import stream

Floats = npt.NDArray[np.float32]
Row = tuple[str, float, float]

WIDTH, HEIGHT = 3840, 2160
COLOUR = Colour(DEFAULT_CONFIG, "ACEScg", "sRGB - Display", "ACES 2.0 - SDR 100 nits (Rec.709)")
OIIOTOOL = Path(sys.executable).parent / "oiiotool"


def a_look() -> Look:
    """Return a look that uses everything but the spatial part."""
    neutral = neutral_look("ACEScct")
    ramp = neutral.curves[0]
    red, green, blue = np.meshgrid(ramp, ramp, ramp, indexing="ij")
    lattice = np.stack([0.03 * np.sin(3 * red), 0.02 * (green - blue), -0.03 * red * blue], axis=-1)
    curves = np.stack([ramp + lift * np.sin(2 * np.pi * ramp) for lift in (-0.03, -0.02, 0.01)])
    cdl = Cdl((1.04, 1.0, 0.97), (-0.012, -0.008, 0.006), (1.02, 1.0, 0.99), 1.05)
    return replace(neutral, cdl=cdl, best_cdl=cdl, curves=curves.astype(np.float32), lattice=lattice.astype(np.float32))


def a_frame(number: int) -> Floats:
    """Return a 4K picture with grain: smooth enough to compress as footage does, scene-linear, RGBA."""
    random = np.random.default_rng(number)
    down, across = np.mgrid[0 : 1 : HEIGHT * 1j, 0 : 1 : WIDTH * 1j].astype(np.float32)
    waves = [np.sin(9 * across + 5 * down + shift) for shift in (0.0, 1.0, 2.0)]
    frame = np.stack([*(0.18 * np.exp2(2.5 * wave) for wave in waves), np.ones_like(down)], axis=-1)
    frame[..., :3] *= np.exp2(random.normal(0, 0.02, (HEIGHT, WIDTH, 1)))
    return frame.astype(np.float32)


def best_of(task: Callable[[], object], rounds: int = 5) -> tuple[float, float]:
    """Return the shortest wall-clock and CPU seconds of several rounds."""
    walls, cpus = [], []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), _cpu_seconds()
        task()
        walls.append(time.perf_counter() - wall)
        cpus.append(_cpu_seconds() - cpu)
    return min(walls), min(cpus)


def in_memory(cube: Path, folder: Path) -> list[Row]:
    """Time one 4K float frame in memory, each way."""
    look, frame = a_look(), a_frame(0)
    ways: dict[str, Callable[[], object]] = {"copying the frame": frame.copy}
    for words, on, baked in (
        ("rushes, exact chain", Switches(), None),
        ("rushes, exact, strength 0.5", Switches(strength=0.5), None),
        ("rushes, CDL alone", Switches(curves=False, lattice=False), None),
        ("rushes, baked 33", Switches(), 33),
        ("rushes, baked 65", Switches(), 65),
    ):
        render = renderer(look, on, colour=COLOUR, baked=baked)
        ways[words] = lambda render=render: render(frame)
    source, graded = oiio.ImageBuf(frame), oiio.ImageBuf()
    ways["OpenImageIO ociofiletransform, cube 33"] = lambda: oiio.ImageBufAlgo.ociofiletransform(
        graded, source, str(cube), unpremult=False, colorconfig=DEFAULT_CONFIG
    )
    rows = [(words, *best_of(way)) for words, way in ways.items()]
    return rows + _ffmpeg_in_memory(frame, cube, folder)


def exr_to_exr(numbers: range, looks: Path, folder: Path) -> list[Row]:
    """Time a sequence of 4K half EXRs (zip) from disk to disk, each way; seconds for each frame."""
    for number in numbers:
        header = Header((0, 0, WIDTH - 1, HEIGHT - 1), (0, 0, WIDTH - 1, HEIGHT - 1), compression="zip")
        write_still(folder / f"in.{number:04d}.exr", Frame(number, a_frame(number), header), kind="half")
    clf = next(looks.glob("*_ACEScg.clf"))
    cube = next(looks.glob("*_ACEScct_33.cube"))
    ways: dict[str, Callable[[], object]] = {
        "rushes, exact, streamed": lambda: _stream(numbers, folder, None),
        "rushes, baked 65, streamed": lambda: _stream(numbers, folder, 65),
        "rushes, exact, one after another": lambda: _one_by_one(numbers, folder),
        "rushes, reading and writing only": lambda: _copy(numbers, folder),
    }
    if OIIOTOOL.exists():
        there = [str(OIIOTOOL), "--frames", f"{numbers[0]}-{numbers[-1]}", "in.%04d.exr"]
        there += ["--ociofiletransform:unpremult=0", str(clf), "-d", "half", "--compression", "zip", "-o", "o.%04d.exr"]
        ways["oiiotool, the same CLF"] = lambda: _run(there, folder)
    if shutil.which("ffmpeg"):
        shutil.copy(cube, folder / "look.cube")
        film = ["ffmpeg", "-v", "error", "-y", "-i", "in.%04d.exr", "-vf", "lut3d=look.cube:interp=tetrahedral"]
        film += ["-c:v", "exr", "-compression", "zip16", "-format", "half", "f.%04d.exr"]
        ways["ffmpeg, cube 33 on the linear values"] = lambda: _run(film, folder)
    return [(words, *(value / len(numbers) for value in best_of(way, 2))) for words, way in ways.items()]


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_look(a_look(), HandOver("bench", COLOUR, ()), folder / "looks")
        cube = next((folder / "looks").glob("*_ACEScct_33.cube"))
        _print("one 4K RGBA float frame in memory", in_memory(cube, folder), "rushes, exact chain")
        numbers = range(1, 7)
        _print(
            "4K half EXR to EXR, zip, per frame",
            exr_to_exr(numbers, folder / "looks", folder),
            "rushes, exact, streamed",
        )


def _stream(numbers: range, folder: Path, baked: int | None) -> None:
    render = renderer(a_look(), colour=COLOUR, baked=baked)
    stream(
        numbers,
        read=lambda number: _read(folder, number),
        compute=lambda frame: replace(frame, packed=render(frame.packed)),
        write=lambda number, frame: write_still(folder / f"r.{number:04d}.exr", frame),
    )


def _one_by_one(numbers: range, folder: Path) -> None:
    render = renderer(a_look(), colour=COLOUR)
    for number in numbers:
        frame = _read(folder, number)
        write_still(folder / f"r.{number:04d}.exr", replace(frame, packed=render(frame.packed)))


def _copy(numbers: range, folder: Path) -> None:
    for number in numbers:
        write_still(folder / f"r.{number:04d}.exr", _read(folder, number))


def _read(folder: Path, number: int) -> Frame:
    return read_still(folder / f"in.{number:04d}.exr", number=number)


def _ffmpeg_in_memory(frame: Floats, cube: Path, folder: Path) -> list[Row]:
    """Time ffmpeg's lut3d by the difference between twelve frames with it and without."""
    if not shutil.which("ffmpeg"):
        return []
    frame[..., [1, 2, 0]].transpose(2, 0, 1).tofile(folder / "frame.raw")
    shutil.copy(cube, folder / "look.cube")
    job = ["ffmpeg", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gbrpf32le", "-s", f"{WIDTH}x{HEIGHT}"]
    job += ["-stream_loop", "11", "-i", "frame.raw"]
    with_lut, without = (
        best_of(lambda extra=extra: _run([*job, *extra, "-f", "null", "-"], folder), 3)
        for extra in (["-vf", "lut3d=look.cube:interp=tetrahedral"], [])
    )
    return [
        (
            "ffmpeg lut3d tetrahedral, planar float",
            *((one - other) / 12 for one, other in zip(with_lut, without, strict=True)),
        )
    ]


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _print(title: str, rows: list[Row], reference: str) -> None:
    against = next(wall for words, wall, _ in rows if words == reference)
    print(f"\n{title}\n{'':42}{'wall ms':>9}{'CPU ms':>9}{'frames/s':>10}{'ratio':>8}")
    for words, wall, cpu in rows:
        print(f"{words:42}{1000 * wall:9.0f}{1000 * cpu:9.0f}{1 / wall:10.1f}{wall / against:8.2f}")


if __name__ == "__main__":
    main()
