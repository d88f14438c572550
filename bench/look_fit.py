"""Learning a look from pairs, beside every peer, on the same frames: held-out ΔE2000, seconds, memory.

    python bench/look_fit.py [--quick] [--cluts FOLDER] [--only TEXT] [--ask TEXT] [--peer FILE]

Truth: third-party film CLUTs and a hand-made grade, over real photographs (`look_material`). Each method runs in a
process of its own, which is where its peak memory is read. Frames are sRGB code values for every method; Rushes turns
them into ACEScct inside its own time. The CLUTs are truth only: nothing is fitted to them beforehand. A peer that is
on no registry comes in a file of your own, with a function `peers()` as in `look_peers`.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from runpy import run_path

import numpy as np

from look_material import (
    CLUTS,
    FILMS,
    ONE_SCENE,
    PRIMARIES,
    SETS,
    Floats,
    as_delivered,
    colourist,
    film,
    graded_by,
    picture,
)
from look_peers import Grade, Pairs, Peer, peers
from rushes.departments.look.difference import delta_e_2000, xyz_from
from rushes.departments.look.evidence import gather
from rushes.departments.look.fit import fit_look
from rushes.departments.look.ocio_look import apply_to_colours, baked_transform, look_transform, processor
from rushes.departments.look.recipe import LookRecipe
from rushes.media.colour import DEFAULT_CONFIG, converter

DISPLAY = "sRGB Encoded Rec.709 (sRGB)"
LOG = "ACEScct"
NOISY = "8 pairs, 2 % grain and H.264"
EVERY = 4
"""Every fourth row and column of a held-out frame is judged."""

QUICK_LOOKS = ("kodak_portra_400", "tealorange", "kodak_2383_constlclip", "colourist")


def conditions(*, quick: bool) -> dict[str, tuple[dict[str, tuple[tuple[str, ...], tuple[str, ...]]], int]]:
    """Return what is asked of every method: picture sets, and how many pairs of each are shown."""
    even = {"even scenes": SETS["even scenes"]}
    mixed = even if quick else SETS
    return {
        "8 pairs": (mixed, 8),
        "2 pairs": (mixed, 2),
        NOISY: (even, 8),
        "one scene, 4 pairs": (ONE_SCENE, 4),
        "8 pairs, judged on pure primaries": ({"primaries": PRIMARIES}, 8),
    }


def rushes(encoding: str = LOG, *, points: int = 65, cube: int = 0) -> Peer:
    """Return Rushes as the bench runs it: gathered, fitted, applied by OCIO; `cube` bakes it into one LUT first."""
    to_xyz = xyz_from(DEFAULT_CONFIG, encoding)
    there, back = converter(DEFAULT_CONFIG, DISPLAY, encoding), converter(DEFAULT_CONFIG, encoding, DISPLAY)

    def converted(frame: Floats, way: Callable[[Floats], None]) -> Floats:
        packed = np.array(frame, np.float32, order="C")
        way(packed)
        return packed

    def fit(pairs: Pairs) -> Grade:
        evidence = None
        for before, after in pairs:
            evidence = gather(evidence, converted(before, there), converted(after, there))
        look = fit_look(evidence, LookRecipe(name="bench", encoding=encoding, lattice=points), to_xyz).look
        cpu = processor(baked_transform(look, size=cube) if cube else look_transform(look))
        return lambda frame: converted(apply_to_colours(cpu, converted(frame, there)), back)

    return fit


def variants() -> dict[str, Peer]:
    """Return other ways to have Rushes' look: what a smaller lattice, one LUT or a display encoding costs."""
    return {
        "Rushes, lattice of 33": rushes(points=33),
        "Rushes, baked into one LUT of 33": rushes(cube=33),
        "Rushes, learned in the display encoding": rushes(DISPLAY),
    }


def methods(more: Path | None = None, *, quick: bool) -> dict[str, Peer]:
    """Return Rushes and every peer, by name in the table; `more` is a file with further peers."""
    return {
        "Rushes": rushes(),
        "nothing": lambda pairs: lambda frame: frame,
        **(variants() if quick else {}),
        **peers(quick=quick),
        **(run_path(str(more))["peers"]() if more else {}),
    }


def cases(material: Path, condition: str, *, quick: bool) -> Iterator[tuple[Pairs, list[Floats], list[Floats]]]:
    """Yield for each look and picture set the pairs to learn from and the held-out frames, before and after."""
    sets, count = conditions(quick=quick)[condition]
    frames = np.load(material / "frames.npz")
    cluts = np.load(material / "cluts.npz")
    for taught, judged in sets.values():
        for name in looks(quick=quick):
            grade = colourist if name == "colourist" else lambda frame, name=name: graded_by(cluts[name], frame)
            pairs = [(frames[one], grade(frames[one])) for one in taught[:count]]
            if condition == NOISY:
                worn = np.load(material / "worn.npz")
                pairs = [tuple(np.float32(worn[f"{name} {one} {side}"]) / 255 for side in (0, 1)) for one in taught]
            before = [np.ascontiguousarray(frames[one][::EVERY, ::EVERY]) for one in judged]
            yield pairs, before, [grade(frame) for frame in before]


def looks(*, quick: bool) -> tuple[str, ...]:
    """Return the names of the ground-truth looks."""
    return QUICK_LOOKS if quick else (*FILMS, "colourist")


def run_method(material: Path, fit: Peer, asked: Sequence[str], *, quick: bool) -> dict[str, list[list[float]]]:
    """Run one method over everything asked; mean, p99 and seconds of each case, and the peak memory under `bytes`."""
    to_xyz = xyz_from(DEFAULT_CONFIG, DISPLAY)
    found: dict[str, list[list[float]]] = {}
    for condition in asked:
        rows = found.setdefault(condition, [])
        for pairs, before, wanted in cases(material, condition, quick=quick):
            began = time.perf_counter(), time.process_time()
            grade = fit(pairs)
            seconds = time.perf_counter() - began[0], time.process_time() - began[1]
            apart = [
                delta_e_2000(to_xyz(np.ascontiguousarray(grade(b).clip(0, 1))), to_xyz(a)).ravel()
                for b, a in zip(before, wanted, strict=True)
            ]
            every = np.concatenate(apart)
            rows.append([float(every.mean()), float(np.percentile(every, 99)), *seconds])
    found["bytes"] = [[resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0]]
    return found


def prepare(material: Path, archive: Path, *, quick: bool) -> None:
    """Decode every picture and CLUT once."""
    sets = [pair for asked, _ in conditions(quick=quick).values() for pair in asked.values()]
    names = sorted({name for pair in sets for side in pair for name in side})
    np.savez(material / "frames.npz", **{name: picture(name) for name in names})
    np.savez(material / "cluts.npz", **{name: film(name, archive) for name in looks(quick=quick) if name in FILMS})
    np.savez(material / "worn.npz", **_worn(material, quick=quick))


def _worn(material: Path, *, quick: bool) -> dict[str, np.ndarray]:
    """Put both sides of every pair of the even scenes through grain and H.264, each with grain of its own."""
    frames, cluts, worn = np.load(material / "frames.npz"), np.load(material / "cluts.npz"), {}
    for name in looks(quick=quick):
        for number, one in enumerate(SETS["even scenes"][0]):
            graded = colourist(frames[one]) if name == "colourist" else graded_by(cluts[name], frames[one])
            for side, frame in enumerate((frames[one], graded)):
                delivered = as_delivered(frame, 2 * number + side)
                worn[f"{name} {one} {side}"] = np.round(delivered * 255).astype(np.uint8)
    return worn


def table(found: dict[str, dict[str, list[list[float]]]], condition: str) -> list[str]:
    """Return one condition's table, best first."""
    head = "| method | mean | p99 | median of means | of p99s | fit s | CPU s | peak MB |"
    rows = []
    for method, results in found.items():
        numbers = np.array(results[condition])
        mean, middle = numbers.mean(axis=0), np.median(numbers, axis=0)
        peak = results["bytes"][0][0] / 1e6
        cells = [*(f"{n:.2f}" for n in (mean[0], mean[1], middle[0], middle[1], mean[2], mean[3])), f"{peak:.0f}"]
        rows.append((mean[0], f"| {method} | " + " | ".join(cells) + " |"))
    return [f"\n### {condition}, ΔE2000 on held-out frames\n", head, "|---|---|---|---|---|---|---|---|"] + [
        row for _, row in sorted(rows)
    ]


def bars(found: dict[str, dict[str, list[list[float]]]], condition: str) -> str:
    """Return Rushes' mean and p99 as shares of the best peer's in each."""
    means = {name: np.array(results[condition])[:, :2].mean(axis=0) for name, results in found.items()}
    others = [value for name, value in means.items() if not name.startswith("Rushes") and name != "nothing"]
    best = np.min(others, axis=0)
    mine = means["Rushes"]
    return f"{condition}: mean {mine[0]:.3f} is {mine[0] / best[0]:.2f} of the best peer's {best[0]:.2f}; " + (
        f"p99 {mine[1]:.2f} is {mine[1] / best[1]:.2f} of the best peer's {best[1]:.2f}"
    )


def main() -> None:
    """Run the methods one after the other and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="four looks, one set of mixed scenes; variants of Rushes")
    parser.add_argument("--cluts", type=Path, default=CLUTS)
    parser.add_argument("--only", default="", help="regular expression; Rushes runs always")
    parser.add_argument("--ask", default="", help="regular expression: which conditions")
    parser.add_argument("--peer", type=Path, help="a Python file with more peers")
    parser.add_argument("--method", help=argparse.SUPPRESS)
    parser.add_argument("--material", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    known = methods(asked.peer, quick=asked.quick)
    wanted = [name for name in conditions(quick=asked.quick) if re.search(asked.ask, name)]
    if asked.method:
        print(json.dumps(run_method(asked.material, known[asked.method], wanted, quick=asked.quick)))
        return
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder), asked.cluts, quick=asked.quick)
        chosen = [name for name in known if re.search(asked.only, name) or name == "Rushes"]
        results = {name: _in_its_own_process(name, Path(folder)) for name in chosen}
    found = {name: numbers for name, numbers in results.items() if numbers}
    for condition in wanted:
        print("\n".join(table(found, condition)))
    if any(not name.startswith("Rushes") and name != "nothing" for name in found):
        print("\n" + "\n".join(f"- {bars(found, condition)}" for condition in wanted))


def _in_its_own_process(method: str, material: Path) -> dict[str, list[list[float]]]:
    """Run this file again for one method, with one thread for each matrix product, as the command does."""
    command = [sys.executable, *sys.argv, "--method", method, "--material", str(material)]
    calm = {**os.environ, "PYTHONWARNINGS": "ignore", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, check=False, capture_output=True, text=True, env=calm)
    if ended.returncode:
        print(f"{method}: FAILED, left out: {ended.stderr.strip().splitlines()[-1]}", file=sys.stderr, flush=True)
        return {}
    print(f"{method}: done", file=sys.stderr, flush=True)
    found: dict[str, list[list[float]]] = json.loads(ended.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
