"""Learning a fix from a few frames, beside TuNet and its fork, on the same pairs: score over time, start-up included.

    python bench/paint_vs_peer.py [--tunet DIR --tunet-fork DIR --peer-python PY] [--out FOLDER]
        [--tasks wire,roto_3] [--only TEXT] [--seconds 120] [--at 60] [--table]

The clock is CPU-seconds of a process and its children, one thread each, from the start of Python. Waiting does not
count, but neighbours on the machine still cost caches: compare rows of one run; records have the `load`. A peer trains
by its own command; `paint_peer_runner` judges its checkpoints afterwards, off that clock. What each method did is kept
in FOLDER as JSON; `--table` prints it again and runs nothing.

The peers are on no registry, and nothing of them is in this project. Those not given are left out. To have them:

    git clone https://github.com/tpc2233/tunet; git clone https://github.com/emlcpfx/tunet tunet_fork
    python -m venv peer; peer/bin/pip install torch torchvision lpips albumentations opencv-python-headless pyyaml

`paint_rushes.py` gives the row of Rushes, in a process of its own, by two functions:
`curve(task, seconds, threads)` returns points `(CPU-seconds since it was called, *Score)`, with nothing counted that
is spent on judging; imports are added here. `seconds_per_frame(task)` returns CPU-seconds to render one frame.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from paint_tasks import TASKS, Score, Task

MINE = "Rushes"
HERE = Path(__file__).parent
RUNNER = HERE / "paint_peer_runner.py"
THREADS = 1
CALM = {
    "OMP_NUM_THREADS": str(THREADS), "OPENBLAS_NUM_THREADS": str(THREADS), "MKL_NUM_THREADS": str(THREADS),
    "OMP_WAIT_POLICY": "PASSIVE", "NO_ALBUMENTATIONS_UPDATE": "1", "PYTHONWARNINGS": "ignore",
}  # fmt: skip
STEADY = 0.2
"""Seconds between two looks at a peer's clock and its folder: the grain of its times."""

Record = dict[str, Any]


@dataclass(frozen=True)
class Configuration:
    """One way to run a peer: settings as its YAML has them, steps between checkpoints, the tasks it makes sense for."""

    name: str
    peer: str
    width: int
    tile: int
    training: Mapping[str, Any]
    mask: Mapping[str, Any]
    every: int
    tasks: str = ""

    def written(self, task: Task, pairs: Path, out: Path) -> str:
        """Return the peer's configuration file; JSON is YAML. Nothing in it slows the peer: no previews, no workers."""
        height = next(iter(task.before.values())).shape[0]
        data = {"src_dir": str(pairs / "before"), "dst_dir": str(pairs / "after"), "output_dir": str(out)}
        settings = {
            # the peers leave out frames lower than a tile, and a tile is a multiple of 16
            "data": {**data, "resolution": min(self.tile, height // 16 * 16)},
            "model": {"model_size_dims": self.width},
            "training": {"batch_size": 2, "iterations_per_epoch": self.every, **self.training},
            "mask": dict(self.mask),
            "logging": {"preview_batch_interval": 0},
            "saving": {"keep_last_checkpoints": -1},
            "early_stopping": {"enabled": False},
            "dataloader": {"num_workers": 0, "datasets": {"src_augs": [], "dst_augs": [], "shared_augs": []}},
        }
        return json.dumps(settings)


def small(name: str, training: Mapping[str, Any], *, weight: float = 0.0, tasks: str = "") -> Configuration:
    """Return a small configuration of the fork: 16 channels, tiles of 256; `weight` is what its auto-mask adds."""
    mask = {"use_auto_mask": True, "mask_weight": weight, "skip_empty_patches": True} if weight else {}
    return Configuration(name, "tunet_fork", 16, 256, training, mask, 5, tasks)


REPAINT, MATTE, WHOLE = "wire|bottle", "roto", "grade"
CONFIGURATIONS = (
    Configuration("tunet as it comes (64/512, 1e-4)", "tunet", 64, 512, {"lr": 1e-4}, {}, 1),
    Configuration("tunet 16/256, 1e-3", "tunet", 16, 256, {"lr": 1e-3}, {}, 5),
    small("fork 16/256, 3e-4, residual, mask x10", {"lr": 3e-4, "predict_residual": True}, weight=10, tasks=REPAINT),
    small("fork 16/256, 1e-3, residual, mask x100", {"lr": 1e-3, "predict_residual": True}, weight=100, tasks=REPAINT),
    small("fork 16/256, 3e-4, residual", {"lr": 3e-4, "predict_residual": True}, tasks=WHOLE),
    small("fork 16/256, 1e-3, residual", {"lr": 1e-3, "predict_residual": True}, tasks=WHOLE),
    small("fork 16/256, 3e-4, BCE + Dice", {"lr": 3e-4, "loss": "bce+dice"}, tasks=MATTE),
    small("fork 16/256, 1e-3, BCE + Dice", {"lr": 1e-3, "loss": "bce+dice"}, tasks=MATTE),
)
"""Upstream as its template has it, and what an expert in a hurry would set; residual and mask only where they help."""


def tree_seconds(root: int) -> float:
    """Return the CPU-seconds spent so far by a process and all under it, read from `/proc`."""
    ticks, under = {}, {root}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile; its parent has its time
            continue
        ticks[int(stat.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    while more := {pid for pid, (parent, _) in ticks.items() if parent in under} - under:
        under |= more
    return sum(ticks[pid][1] for pid in under if pid in ticks) / os.sysconf("SC_CLK_TCK")


def train(command: list[str], out: Path, seconds: float) -> dict[Path, float]:
    """Let a peer train for so many CPU-seconds, and to one checkpoint; returns when on its clock each was there."""
    seen: dict[Path, float] = {}
    with (out.parent / "log").open("w") as log:
        peer = subprocess.Popen(
            command, cwd=Path(command[1]).parent, stdout=log, stderr=log, env={**os.environ, **CALM}
        )
        spent = 0.0
        while peer.poll() is None and (spent < seconds or not seen):
            time.sleep(STEADY)
            spent = tree_seconds(peer.pid)
            seen.update({path: spent for path in out.glob("*tunet_epoch_*.pth") if path not in seen})
        ended = peer.poll()
        peer.terminate()  # both take it as a wish to end after the step in hand
        peer.wait()
    if ended:
        raise RuntimeError(f"the peer ended by itself: {(out.parent / 'log').read_text().splitlines()[-1]}")
    return seen


def spaced(seen: Mapping[Path, float], seconds: float) -> dict[Path, float]:
    """Return the last checkpoint before each multiple of so many seconds: judging all takes longer than training."""
    last = {int(cpu // seconds): path for path, cpu in seen.items()}
    return {path: seen[path] for path in last.values()}


def judge(task: Task, command: list[str], seen: Mapping[Path, float], folder: Path) -> Record:
    """Run checkpoints over the judged frames and score them."""
    places = [str(folder / "judged"), str(folder / "results"), *map(str, seen)]
    ended = subprocess.run(
        [*command, *places], check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **CALM}
    )
    rendered = [json.loads(line) for line in ended.stdout.splitlines()]
    points = [[cpu, *task.score(task.read(folder / "results" / path.stem))] for path, cpu in seen.items()]
    return {
        "points": points,
        "steps": [one["step"] for one in rendered],
        "seconds_per_frame": min(one["seconds_per_frame"] for one in rendered),
    }


def run_peer(chosen: Configuration, asked: argparse.Namespace, task: Task) -> Record:
    """Train and judge one configuration of a peer on one task."""
    checkout: Path = getattr(asked, chosen.peer).resolve()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        task.write(folder)
        (folder / "model").mkdir()
        (folder / "bench.yaml").write_text(chosen.written(task, folder / "taught", folder / "model"))
        python = str(asked.peer_python.absolute())
        command = [python, str(checkout / "train.py"), "--config", str(folder / "bench.yaml")]
        seen = train(command, folder / "model", asked.seconds)
        return judge(task, [python, str(RUNNER), str(checkout)], spaced(seen, asked.at / 3), folder)


def run_mine(name: str, seconds: float) -> Record:
    """Run Rushes on one task, in this process; its imports are on its clock, the making of the task is not."""
    began = time.process_time()
    task = TASKS[name]()
    making = time.process_time() - began
    mine = import_module("paint_rushes")
    start_up = time.process_time() - making
    points = [[start_up + cpu, *score] for cpu, *score in mine.curve(task, seconds, THREADS)]
    return {"points": points, "start_up": start_up, "seconds_per_frame": mine.seconds_per_frame(task)}


def mine_in_its_own_process(name: str, seconds: float) -> Record:
    """Run this file again for Rushes alone, so that its clock starts with Python."""
    command = [sys.executable, __file__, "--mine", name, "--seconds", str(seconds)]
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **CALM})
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def methods(name: str, asked: argparse.Namespace) -> Iterator[tuple[str, Callable[[Task], Record]]]:
    """Yield every method that is here and asked for, by name in the table."""
    if re.search(asked.only, MINE):
        yield MINE, lambda task: mine_in_its_own_process(task.name, asked.seconds)
    for one in CONFIGURATIONS:
        here = asked.peer_python and getattr(asked, one.peer)
        if here and re.search(one.tasks, name) and re.search(asked.only, one.name):
            yield one.name, partial(run_peer, one, asked)


def value(point: list[float]) -> float:
    """Return what a point is judged by: IoU where there is one, else PSNR over the changed area."""
    score = Score(*point[1:])
    return score.changed if score.iou != score.iou else score.iou


def best(record: Record, at: float) -> list[float] | None:
    """Return the best point until a time: a peer's artist keeps the best checkpoint, not the last."""
    reached = [point for point in record["points"] if point[0] <= at]
    return max(reached, key=value) if reached else None


def shown(point: list[float] | None) -> str:
    """Write a score as the tables have it."""
    if not point:
        return "nothing yet"
    score = Score(*point[1:])
    matte = "" if score.iou != score.iou else f"IoU {score.iou:.3f}, F {score.boundary_f:.3f}; "
    return f"{matte}{score.changed:.2f} / {score.surroundings:.2f} dB"


def ratio(mine: Record | None, peer: Record, at: float) -> str:
    """Return how many times sooner Rushes is where a peer is at its best until `at`."""
    target = best(peer, at)
    there = [point[0] for point in mine["points"] if target and value(point) >= value(target)] if mine else []
    return f"{target[0] / there[0]:.1f} × ({there[0]:.1f} s)" if target and there else "–"


def table(name: str, found: Mapping[str, Record], at: float) -> str:
    """Return one task's table and the curves under it."""
    mine, rows = found.get(MINE), []
    for method, record in found.items():
        sooner = "" if method == MINE else ratio(mine, record, at)
        top = best(record, at)
        when = f"{top[0]:.1f}" if top else ""
        end = shown(best(record, float("inf")))
        rows.append(f"| {method} | {shown(top)} | {when} | {end} | {sooner} | {record['seconds_per_frame']:.2f} |")
    size = next(iter(found.values()))["size"]
    head = f"| method | best until {at:.0f} s | at s | best of all | Rushes there sooner by | CPU s per frame {size} |"
    curves = [
        f"- {method}: " + " · ".join(f"{point[0]:.0f} s {shown(point)}" for point in record["points"])
        for method, record in found.items()
    ]
    nothing = shown([0.0, *next(iter(found.values()))["nothing"]])
    title = f"\n### {name}: over the changed area / the surroundings; doing nothing is {nothing}\n"
    return "\n".join([title, head, "|---|---|---|---|---|---|", *rows, "", *curves])


def record_of(out: Path, task: str, method: str) -> Path:
    """Return where a method's record of a task is kept."""
    return out / f"{task}.{re.sub('[^a-z0-9]+', '_', method.lower()).strip('_')}.json"


def measure(name: str, asked: argparse.Namespace) -> None:
    """Run every method on one task, one after the other, and keep what each did."""
    task = TASKS[name]()
    size = "{1}x{0}".format(*next(iter(task.before.values())).shape)
    facts = {"size": size, "nothing": task.score_of_nothing(), "budget": asked.seconds}
    for method, run in methods(name, asked):
        try:
            record = {"task": name, "method": method, **facts, **run(task), "load": os.getloadavg()}
        except (RuntimeError, subprocess.CalledProcessError) as error:
            print(f"{name}, {method}: FAILED, left out: {error}", file=sys.stderr, flush=True)
            continue
        record_of(asked.out, name, method).write_text(json.dumps(record, indent=1))
        print(f"{name}, {method}: done", file=sys.stderr, flush=True)


def main() -> None:
    """Run the methods one after the other and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tunet", type=Path, help="checkout of tpc2233/tunet")
    parser.add_argument("--tunet-fork", type=Path, help="checkout of emlcpfx/tunet")
    parser.add_argument("--peer-python", type=Path, help="Python that has what the peers need")
    parser.add_argument("--out", type=Path, default=HERE.parent / ".venv/paint_vs_peer", help="where records are kept")
    parser.add_argument("--tasks", default="wire,roto_3,grade_denoise", help=f"of {', '.join(TASKS)}")
    parser.add_argument("--only", default="", help="regular expression: which methods; the records of others stay")
    parser.add_argument("--seconds", type=float, default=120.0, help="CPU-seconds for each method and task")
    parser.add_argument("--at", type=float, default=60.0, help="when scores are compared")
    parser.add_argument("--table", action="store_true", help="print what was measured before; run nothing")
    parser.add_argument("--mine", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.mine:
        print(json.dumps(run_mine(asked.mine, asked.seconds)))
        return
    asked.out.mkdir(parents=True, exist_ok=True)
    if not (asked.peer_python and (asked.tunet or asked.tunet_fork)):
        print("No peer given; `--help` says how to have them.", file=sys.stderr)
    for name in asked.tasks.split(","):
        if not asked.table:
            measure(name, asked)
        places = [
            (method, record_of(asked.out, name, method)) for method in (MINE, *(one.name for one in CONFIGURATIONS))
        ]
        found = {method: json.loads(place.read_text()) for method, place in places if place.exists()}
        if found:
            print(table(name, found, asked.at), flush=True)


if __name__ == "__main__":
    main()
