"""One frame of 720p, 4K and 8K through a fix: seconds on all cores, CPU-seconds, and memory at its peak.

    python bench/paint_frames.py

Each size in a process of its own, for its peak. The plate is a real frame, repeated to the size; the model is `cleanup`
with weights that change a part of the frame. `network` is the fix alone; `take` is all that a take is, steadied by the
frames before and after and grained.
"""

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
import torch

from paint_rushes import COLOUR
from paint_tasks import movie_frames, scene_linear
from rushes.departments.department import Reel, Scene
from rushes.departments.paint.frames import open_renderer
from rushes.departments.paint.inference import paint
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.network import Shape, fresh_network
from rushes.departments.paint.presets import PRESETS, SETTINGS

SIZES = {"720p": (720, 1280), "4K": (2160, 3840), "8K": (4320, 7680)}


def model() -> PaintModel:
    """Return a model of the default recipe that changes something here and there."""
    recipe = PRESETS["cleanup"]
    shape = Shape(3, True, 0, recipe.width_list, recipe.blocks)
    network = fresh_network(shape, 0, applies_to=0.2)
    torch.manual_seed(0)
    torch.nn.init.normal_(network.head.weight, std=0.02)
    return PaintModel(network.eval(), shape, 0, 0, False, {}, "clip", (), np.zeros((0, 168), np.float32))


def measure(name: str) -> None:
    """Measure one size and print it."""
    height, width = SIZES[name]
    small = scene_linear(movie_frames("video_sam2/01_dog.mp4", [100])[100])
    plate = np.tile(small, (1, -(-height // 720), -(-width // 1280)))[:, :height, :width].copy()
    fix = model()
    rows = [("network", lambda number: paint(fix.network, fix.shape, plate, plates=3))]
    scene = Scene(COLOUR, "clip", Reel(tuple(range(100)), lambda number: plate))
    render = open_renderer(fix, scene, SETTINGS)
    rows.append(("take", lambda number: render(plate, number)))
    for words, run in rows:
        run(1)
        wall, cpu = time.perf_counter(), time.process_time()
        frames = 3 if name == "720p" else 2
        for number in range(2, 2 + frames):
            run(number)
        took = (time.perf_counter() - wall) / frames, (time.process_time() - cpu) / frames
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"| {name} | {words} | {took[0]:.2f} | {took[1]:.2f} | {peak:.2f} |", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.size:
        measure(asked.size)
        return
    print("| frame | what | s | CPU s | peak GB |\n|---|---|---|---|---|", flush=True)
    for name in SIZES:
        subprocess.run([sys.executable, __file__, "--size", name], check=True)


if __name__ == "__main__":
    main()
