"""The advised frame teaches a network more than a random one, and more than the most distant one."""

from functools import partial

import numpy as np
import pytest

from rushes.departments.department import Colour, Example, Lesson, Reel, Scene, Seen
from rushes.departments.paint.fit import fit
from rushes.departments.paint.frames import open_renderer
from rushes.departments.paint.look_over import look_over_take
from rushes.departments.paint.model import pack_model
from rushes.departments.paint.prepare import model_of, prepare, with_values
from rushes.departments.paint.presets import SETTINGS
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.score import Judge
from rushes.training.workbench import QuietBench

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)
RECIPE = PaintRecipe(name="test", widths="8,16", crop=32, steps=50, rate=0.03, emphasis=10.0, exposure_stops=0.0)
SIZE = (48, 80)
FRAMES = range(20)
BEHIND_BARS = range(7, 13)
STARTS = (0, 3), (15, 18)


def ground(frame):
    """A smooth street; for a while in the middle a dark fence stands before it, which is to stay."""
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]].astype(np.float32)
    light = 0.3 + 0.15 * np.sin((rows + 2 * frame) / 7) * np.cos((columns - 3 * frame) / 11)
    if frame in BEHIND_BARS:
        light[(columns + frame) % 10 < 3] = 0.02
    noise = np.random.default_rng(frame).normal(0, 0.002, (3, *SIZE))
    return (light * np.float32([1.0, 0.9, 0.7]).reshape(3, 1, 1) + noise).astype(np.float32)


def plate(frame):
    rows, columns = np.mgrid[0 : SIZE[0], 0 : SIZE[1]]
    wire = np.abs(rows - 24 - 14 * np.sin(frame / 3) - 0.15 * (columns - 40)) < 1.5
    return np.where(wire, np.float32(0.02), ground(frame))


def taught_by(frames, folder):
    def near(frame, offset):
        return plate(frame + offset) if frame + offset in FRAMES else None

    examples = [
        Example("clip", frame, {"before": partial(plate, frame), "after": partial(ground, frame)}, partial(near, frame))
        for frame in sorted(frames)
    ]
    lesson = Lesson(examples, COLOUR)
    ready = prepare(lesson, RECIPE, folder)
    judge = Judge(ready.lessons.judged, ready.lessons.held_out, ready.lessons.own, ready.shape)
    fitted = fit(ready.lessons, ready.network, ready.shape, recipe=RECIPE, judge=judge, bench=QuietBench(folder))
    return model_of(lesson, with_values(ready.network, fitted.values), ready, recipe=RECIPE)


def advised(model, folder):
    """The frame that the product says is to be fixed next."""
    scene = Scene(COLOUR, "clip", Reel(tuple(FRAMES), plate))
    render = open_renderer(model, scene, SETTINGS)

    def seen(frame):
        one = render(plate(frame), frame)
        channels = dict(zip("RGB", one.plate, strict=True)) | dict(one.layers)
        return Seen(frame, lambda: channels, one.measures, one.evidence)

    over = look_over_take(pack_model(model)[1], scene, [seen(frame) for frame in FRAMES], folder)
    return next(int(one.value) for one in over.measures if one.name == "fix next, frame")


def left_wrong(model, frames):
    """Mean squared error, in stops, over frames of which none was taught."""
    render = open_renderer(model, Scene(COLOUR, "clip"), {**SETTINGS, "steady": False, "grain": False})
    stops = [np.log2(render(plate(frame), frame).plate.clip(0.005) / ground(frame).clip(0.005)) for frame in frames]
    return float(np.mean(np.square(stops)))


def errors_with(start, folder):
    """Left wrong with the advised frame taught too, with random ones, and with the most distant one."""
    rest = [frame for frame in FRAMES if frame not in start]
    best = advised(taught_by(start, folder), folder)
    random = np.random.default_rng(start).choice(rest, 2, replace=False).tolist()
    distant = max(rest, key=lambda frame: min(abs(frame - one) for one in start))
    judged = [frame for frame in rest if frame not in {best, distant, *random}]
    errors = {frame: left_wrong(taught_by((*start, frame), folder), judged) for frame in {best, distant, *random}}
    return errors[best], np.mean([errors[frame] for frame in random]), errors[distant]


@pytest.mark.slow
def test_the_advised_frame_teaches_more_than_a_random_one_and_than_the_most_distant_one(tmp_path):
    with_advised, with_random, with_distant = np.mean([errors_with(start, tmp_path) for start in STARTS], axis=0)
    assert with_advised < 0.85 * with_random
    assert with_advised < 0.85 * with_distant
