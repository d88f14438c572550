"""The training: it learns, it is the same every time, it goes on where it was stopped, and it keeps the best."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from rushes.departments.paint import fit as module
from rushes.departments.paint import parts as parts_module
from rushes.departments.paint import standing
from rushes.departments.paint.crops import Taught, places_of
from rushes.departments.paint.encoding import encoded
from rushes.departments.paint.fit import fit
from rushes.departments.paint.lessons import Block, Lessons
from rushes.departments.paint.network import Shape, fresh_network
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.score import Judge
from rushes.departments.paint.standing import Point, has_settled
from rushes.domain.errors import Stopped
from rushes.training.workbench import QuietBench

SHAPE = Shape(3, True, 0, (8, 16), 1)
RECIPE = PaintRecipe(name="test", widths="8,16", crop=32, batch=4, exposure_stops=0.0, steps=60)


def wire(seed: int) -> Taught:
    """Smooth ground with a dark wire over it, and the ground alone."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:96, 0:128].astype(np.float32)
    ground = 0.2 + 0.1 * np.sin(rows / (9 + seed)) * np.cos(columns / 13) + rng.normal(0, 0.002, (3, 96, 128))
    plate, at = ground.astype(np.float32), np.abs(rows - 20 - 8 * seed - 0.2 * columns) < 1.2
    before = np.where(at, np.float32(0.02), plate)
    changed, weight = at.astype(np.float32), np.ones(at.shape, np.float32)
    places = places_of(changed, weight, np.random.default_rng(0))
    return Taught(f"clip {seed}", encoded(before), encoded(plate), None, changed, weight, places)


@pytest.fixture(scope="module")
def pairs():
    return [wire(seed) for seed in range(4)]


def run(pairs, folder, recipe=RECIPE, bench=None):
    held, own = Block(3, (0, 96), (0, 128)), Block(0, (0, 96), (0, 128))
    judge, lessons = Judge(pairs, [held], [own], SHAPE), Lessons(tuple(pairs[:3]), tuple(pairs), (held,), (own,), "")
    network = fresh_network(SHAPE, recipe.seed)
    return fit(lessons, network, SHAPE, recipe=recipe, judge=judge, bench=bench or QuietBench(folder)), judge


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


def test_a_wire_is_learned_away_on_a_frame_that_was_never_shown(pairs, tmp_path):
    fitted, judge = run(pairs, tmp_path, replace(RECIPE, steps=150))
    nothing, _ = judge(fresh_network(SHAPE, 0))
    assert fitted.curve[-1].held_out > nothing + 6
    assert fitted.recipe.steps == 150


@pytest.mark.parametrize("parts", [1, 2])
def test_the_same_recipe_gives_the_same_weights_to_the_bit(pairs, tmp_path, monkeypatch, parts):
    monkeypatch.setattr(parts_module, "PARTS", parts)
    recipe = replace(RECIPE, steps=30)
    first, second = run(pairs, tmp_path, recipe)[0], run(pairs, tmp_path, recipe)[0]
    assert same(first.values, second.values)


def test_another_seed_gives_other_weights(pairs, tmp_path):
    one, other = (run(pairs, tmp_path, replace(RECIPE, steps=2, seed=seed))[0] for seed in (0, 1))
    assert not same(one.values, other.values)


class Shelf(QuietBench):
    """A bench that keeps every checkpoint and stops at a step."""

    def __init__(self, folder, kept, stop):
        super().__init__(folder)
        object.__setattr__(self, "kept", kept)
        object.__setattr__(self, "stop", stop)

    def tell(self, done, total, words):
        if self.stop and done >= self.stop:
            raise Stopped("stopped")

    def save(self, tensors):
        self.kept.append({name: np.array(tensor) for name, tensor in tensors.items()})

    def load(self):
        return self.kept[-1] if self.kept else None


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(pairs, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "SAVED_EVERY_SECONDS", 0.0)
    monkeypatch.setattr(module, "JUDGED_EVERY", 20)
    whole, kept = run(pairs, tmp_path)[0], []
    with pytest.raises(Stopped):
        run(pairs, tmp_path, bench=Shelf(tmp_path, kept, 40))
    assert kept
    resumed = run(pairs, tmp_path, bench=Shelf(tmp_path, kept, 0))[0]
    assert same(resumed.values, whole.values)
    assert resumed.curve == whole.curve


def test_a_budget_in_seconds_becomes_a_number_of_steps_that_gives_the_same_weights_again(pairs, tmp_path):
    timed = run(pairs, tmp_path, replace(RECIPE, steps=0, seconds=1.0))[0]
    assert timed.recipe.seconds == 0
    assert timed.recipe.steps >= module.LEAST_STEPS
    assert same(timed.values, run(pairs, tmp_path, timed.recipe)[0].values)


def test_it_has_settled_when_it_has_not_improved_for_long_enough():
    rising = [Point(i, 0, 20 + i, 0) for i in range(12)]
    flat = rising + [Point(20 + i, 0, 31, 0) for i in range(4)]
    assert not has_settled(rising, 4)
    assert has_settled(flat, 4)


def test_without_a_budget_it_ends_by_itself_and_its_recipe_gives_the_same_weights(pairs, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "JUDGED_EVERY", 10)
    monkeypatch.setattr(standing, "MOST_STEPS", 200)
    open_ended = replace(RECIPE, steps=0, patience=1)
    ended = run(pairs, tmp_path, open_ended)[0]
    assert 10 < ended.steps < 200
    assert ended.recipe == open_ended
    assert same(ended.values, run(pairs, tmp_path, ended.recipe)[0].values)


def judged_so(scores, seen):
    """A judge that says what it is told to, and remembers the networks that it saw."""

    def judge(network):
        seen.append({name: value.clone() for name, value in network.state_dict().items()})
        return scores[len(seen) - 1], 0.0

    return judge


@pytest.mark.parametrize(("scores", "from_best"), [((10.0, 30.0, 20.0), True), ((10.0, 20.0, 30.0), False)])
def test_it_finishes_from_where_it_was_best(pairs, monkeypatch, tmp_path, scores, from_best):
    monkeypatch.setattr(module, "JUDGED_EVERY", 10)
    monkeypatch.setattr(module, "take_step", lambda learner, gradients, step, rate: stepped(learner, step))
    seen, ends = [], {}

    def stepped(learner, step):
        if step == 36:  # 0.6 of 60 steps are gone: what it goes on from
            ends.update({name: value.clone() for name, value in learner.mean.items()})
        for value in learner.mean.values():
            value.add_(1)

    lessons = Lessons(tuple(pairs[:3]), tuple(pairs), (), (), "")
    judge = judged_so(scores, seen)
    fit(lessons, fresh_network(SHAPE, 0), SHAPE, recipe=RECIPE, judge=judge, bench=QuietBench(tmp_path))
    assert len(seen) == 3
    assert same(ends, seen[1]) is from_best


def test_in_the_end_it_learns_from_every_pair_the_held_out_one_too(pairs, tmp_path, monkeypatch):
    drawn = []
    real = module.Drawer.draw

    def draw(drawer, step):
        drawn.append((step, len(drawer._taught)))
        return real(drawer, step)

    monkeypatch.setattr(module.Drawer, "draw", draw)
    run(pairs, tmp_path, replace(RECIPE, steps=20))
    assert dict(drawn)[11] == 3
    assert dict(drawn)[12] == 4
