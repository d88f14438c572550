"""The previs greybox: CPU-seconds for a frame, by pass, size, number of pieces and renderer.

    python bench/previs_render.py            960×540: a kitchen and a street with people; rays beside OpenGL
    python bench/previs_render.py --large    also 1920×1080, and a stage of 200 pieces of 500,000 triangles

CPU-seconds of one process, OpenGL's own threads included; the best of five frames (rays: of two) in which people and
camera move, so that shadows are drawn anew in every one. The first frame, for which programs are compiled, is apart.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from rushes.departments.previs.render.display import ink, line_groups, outlines, to_display
from rushes.departments.previs.render.open import OpenRenderer, open_renderer
from rushes.departments.previs.render.passes import EVERYTHING, PICTURE
from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.stage.default_sets import default_light, default_stage
from rushes.departments.previs.stage.mannequin import mannequin
from rushes.departments.previs.stage.pieces import Moment, Piece, Stage
from rushes.departments.previs.stage.posing import places

PACKAGE = Package(FILMBACKS["super-35"], aspect=16 / 9)
CAST = (("JENNY", 1.68, -0.3, 90.0), ("WILL", 1.82, 0.9, -90.0), ("DOT", 1.35, 0.3, 180.0))


def a_set(where: str, place: str, people: int) -> tuple[Stage, Callable[[int], Moment]]:
    """Return a set with people on it, and its moments: all of them walk slowly and the camera pushes in."""
    stage, light = default_stage(where, place), default_light(where)
    cast = CAST[:people]
    bodies = [piece for name, tall, _, _ in cast for piece in mannequin(Figure(name, tall))]
    stage = replace(stage, pieces=(*stage.pieces, *bodies))
    pan, at = (218.0, (1.6, 2.0)) if where == "INT" else (180.0, (0.3, 7.0))

    def moment(frame: int) -> Moment:
        placed = {}
        for name, tall, x, facing in cast:
            placed |= places(Figure(name, tall, (x + 0.01 * frame, 0.0, 0.1), facing))
        camera = Camera((at[0] - 0.01 * frame, 1.55, at[1] - 0.01 * frame), pan, -4.0, 0.0, 25.0, PACKAGE)
        return Moment(camera, placed, light)

    return stage, moment


def a_crowd(pieces: int, triangles: int) -> tuple[Stage, Callable[[int], Moment]]:
    """Return balls of many triangles side by side, as an imported set is heavy."""
    steps = int(np.sqrt(triangles / pieces / 2))
    turn, tilt = np.meshgrid(np.linspace(0, 2 * np.pi, steps + 1), np.linspace(0, np.pi, steps + 1))
    points = np.stack([np.sin(tilt) * np.cos(turn), np.cos(tilt), np.sin(tilt) * np.sin(turn)], axis=-1).reshape(-1, 3)
    first = (np.arange(steps)[:, None] * (steps + 1) + np.arange(steps)).ravel()
    corners = np.stack([first, first + 1, first + steps + 1, first + 1, first + steps + 2, first + steps + 1], axis=-1)
    ball = [(0.4 * points).astype(np.float32), points.astype(np.float32), corners.reshape(-1, 3).astype(np.int32)]
    spots = {f"ball {number}": np.eye(4) for number in range(pieces)}
    for number, matrix in enumerate(spots.values()):
        matrix[:3, 3] = number % 20 - 9.5, 0.4, -(number // 20)
    stage = Stage("crowd", tuple(Piece(name, *ball, "clay") for name in spots))
    return stage, lambda frame: Moment(Camera((0.01 * frame, 3, 6), 180.0, -18.0, 0.0, 25.0, PACKAGE), spots)


def best(task: Callable[[int], object], rounds: int = 5) -> float:
    """Return the fewest CPU-seconds of several rounds."""
    spent = []
    for number in range(rounds):
        start = time.process_time()
        task(number)
        spent.append(time.process_time() - start)
    return min(spent)


def measure(title: str, scene: tuple[Stage, Callable[[int], Moment]], size: tuple[int, int], *, with_: str) -> None:
    """Print a row."""
    stage, moment = scene
    start = time.process_time()
    with open_renderer(stage, size, with_=with_) as renderer:
        opened = time.process_time()
        renderer.draw(moment(0), EVERYTHING)
        first = time.process_time()
        moments = [moment(number) for number in range(6)]
        rounds = 5 if with_ == "gl" else 2
        beauty = best(lambda number: renderer.draw(moments[number], PICTURE), rounds)
        still = best(lambda _: renderer.draw(moments[5], PICTURE), rounds)
        everything = best(lambda number: renderer.draw(moments[number], EVERYTHING), rounds)
        triangles = sum(len(piece.triangles) for piece in stage.pieces)
        print(
            f"{title:34}{renderer.words[:24]:26}{size[0]:5}×{size[1]:<5}{len(stage.pieces):5}{triangles:9,}"
            f"{opened - start:8.2f}{first - opened:8.2f}{beauty:9.3f}{still:9.3f}{everything:9.3f}"
        )
        if with_ == "gl" and size == (960, 540):
            print_display(renderer, stage, moments[0])


def print_display(renderer: OpenRenderer, stage: Stage, moment: Moment) -> None:
    """Print what a picture for the screen and its lines take."""
    passes, groups = renderer.draw(moment), line_groups(stage)
    display, lines = to_display(passes.beauty), outlines(passes, groups)
    tasks: dict[str, Callable[[int], object]] = {
        "to_display": lambda _: to_display(passes.beauty),
        "outlines": lambda _: outlines(passes, groups),
        "ink": lambda _: ink(display, lines),
    }
    print(f"{'':34}" + ", ".join(f"{name} {1000 * best(task):.0f} ms" for name, task in tasks.items()))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true")
    large = parser.parse_args().large
    print(
        f"{'':34}{'drawn by':26}{'size':>11}{'pieces':>6}{'triangles':>9}{'open':>7}{'first':>8}"
        f"{'beauty':>9}{'still':>9}{'all':>9}   CPU-s"
    )
    kitchen, street = a_set("INT", "KITCHEN", 2), a_set("EXT", "STREET", 3)
    for with_ in ("gl", "rays"):
        measure("kitchen, two people", kitchen, (960, 540), with_=with_)
        measure("street, three people", street, (960, 540), with_=with_)
    if large:
        measure("kitchen, two people", kitchen, (1920, 1080), with_="gl")
        measure("500,000 triangles", a_crowd(200, 500_000), (960, 540), with_="gl")


if __name__ == "__main__":
    main()
