"""What no key shows is filled; edges stay where the greybox has them; the network learns from the keys alone."""

import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from rushes.departments.previs.keys.carry import Carried, carry
from rushes.departments.previs.keys.edges import mixed, unmixed, whole_pixels
from rushes.departments.previs.keys.fill import fill, plain_fill
from rushes.departments.previs.keys.hiding import Lesson
from rushes.departments.previs.keys.judging import judged, shrunk
from rushes.departments.previs.keys.key import Key
from rushes.departments.previs.keys.learn import Learned, learn, taught
from rushes.departments.previs.keys.network import described, fresh_network
from rushes.departments.previs.render.passes import Passes
from rushes.training.weights import read_weights, write_weights

sys.path.append(str(Path(__file__).parent))

from boxes import ROOM, TWO, averaged, open_boxes, painted, smaller, two_walkers

FINE = (144, 81)


@cache
def fine(at: float) -> Passes:
    return open_boxes(TWO, FINE, 1).draw(two_walkers(at))


@cache
def small(at: float) -> Passes:
    return smaller(fine(at))


@cache
def keys() -> tuple[Key, ...]:
    return tuple(Key(round(24 * at), averaged(painted(fine(at))), small(at)) for at in (0.25, 0.75))


@cache
def learned() -> Learned:
    return learn(keys(), 1, seconds=0.0)


@cache
def carried() -> Carried:
    return carry(keys()[:1], small(0.6), frame=14)


def test_strength_nothing_is_the_greybox_bit_for_bit():
    plate = fill(carried(), small(0.6), strength=0.0)
    assert plate.tobytes() == small(0.6).beauty.tobytes()
    assert plate is not small(0.6).beauty


def test_strength_goes_straight_from_greybox_to_paint():
    whole, half = fill(carried(), small(0.6)), fill(carried(), small(0.6), strength=0.5)
    assert np.allclose(half, (whole + small(0.6).beauty) / 2, atol=1e-6)
    assert np.abs(whole - small(0.6).beauty).mean() > 0.02


def test_locked_pieces_stay_the_greybox():
    locked = {1, 12}
    plate = fill(carried(), small(0.6), locked=locked)
    kept = np.isin(small(0.6).ids, list(locked))
    assert kept.mean() > 0.1
    assert np.array_equal(plate[:, kept], small(0.6).beauty[:, kept])
    assert np.array_equal(plate[:, ~kept], fill(carried(), small(0.6))[:, ~kept])


def test_edges_are_mixed_as_the_greybox_mixes_them():
    over = open_boxes(ROOM, (288, 162), 1).draw(two_walkers(0.6))
    passes = smaller(over)
    shades = np.random.default_rng(2).uniform(0.05, 0.9, (3, 64)).astype(np.float32)
    aim, hard = averaged(shades[:, over.ids]), shades[:, passes.ids]
    grey, pure = unmixed(passes.beauty, passes, whole_pixels(passes))
    soft = mixed(hard, passes, grey=grey, pure=pure)
    edge = (aim != hard).any(axis=0)
    told = edge & (np.abs(passes.beauty - grey).max(axis=0) > 0.03)  # where the greybox's own edge can be seen
    assert told.sum() > 100
    assert np.abs(soft - aim)[:, told].mean() < 0.5 * np.abs(hard - aim)[:, told].mean()
    assert np.abs(soft - aim)[:, edge].mean() < 0.6 * np.abs(hard - aim)[:, edge].mean()
    padded = np.pad(passes.ids, 1, mode="edge")
    steps = [np.s_[y : y + 54, x : x + 96] for y in range(3) for x in range(3)]
    deep = np.all([padded[step] == passes.ids for step in steps], axis=0)
    assert np.array_equal(soft[:, deep], hard[:, deep])


def test_a_hidden_part_has_the_colour_of_the_same_thing_beside_it():
    passes = small(0.6)
    hole = np.zeros(passes.ids.shape, np.float32)
    hole[22:25, 5:12] = 1
    floor = passes.ids == 1
    assert (hole * floor).sum() == hole.sum()
    aim = averaged(painted(fine(0.6)))
    clean, _ = unmixed(aim, passes, whole_pixels(passes))
    whole = carry([Key(0, aim, passes)], passes)
    part = replace(whole, plate=clean * (1 - hole), coverage=1 - hole)
    filled = plain_fill(part, passes)
    shown = hole > 0
    assert np.abs(filled - clean)[:, shown].mean() < 0.25 * clean[:, shown].mean()
    assert np.array_equal(filled[:, ~shown], part.plate[:, ~shown])


def test_a_thing_that_no_key_shows_here_has_its_usual_colour():
    passes = small(0.6)
    piece = max(range(10, 31), key=lambda number: int((passes.ids == number).sum()))
    mine = passes.ids == piece
    part = carried()
    gone = replace(part, plate=np.where(mine, 0, part.plate), coverage=np.where(mine, 0, part.coverage))
    filled = plain_fill(gone, passes)[:, mine].mean(axis=1)
    assert np.allclose(filled, averaged(painted(fine(0.6)))[:, mine].mean(axis=1), rtol=0.4)


def test_the_network_learns_what_it_is_told_to():
    passes = small(0.6)
    known = described(passes, carried().grey)
    plain = np.full((3, *passes.ids.shape), 0.4, np.float32)
    target = (0.4 + 0.3 * passes.normal).astype(np.float32)
    everywhere = np.arange(passes.ids.size)
    nothing = np.zeros(passes.ids.shape, np.float32)
    lesson = Lesson(known, plain, nothing, target, nothing + 1, everywhere, everywhere[::7])
    first, last = (
        taught([lesson], fresh_network(1), np.random.default_rng(1), steps=steps, seconds=0.0) for steps in (3, 40)
    )
    assert last.loss < 0.5 * first.loss
    assert last.gain > 0.25


def test_a_network_that_is_no_better_changes_nothing():
    passes = small(0.6)
    known, plain = described(passes, carried().grey), np.full((3, *passes.ids.shape), 0.4, np.float32)
    everywhere, nothing = np.arange(passes.ids.size), np.zeros(passes.ids.shape, np.float32)
    lesson = Lesson(known, plain, nothing, plain - np.float32(0.1), nothing + 1, everywhere, everywhere)
    wrong = {name: np.zeros_like(values) for name, values in learned().weights.items()}
    wrong["head.bias"] = np.array([0.3, 0.3, 0.3], np.float32)
    right = {**wrong, "head.bias": np.array([-0.3, -0.3, -0.3], np.float32)}
    assert judged(wrong, [lesson]).share == 0
    assert np.array_equal(fill(carried(), passes, shrunk(judged(wrong, [lesson]))), fill(carried(), passes))
    assert np.allclose(shrunk(judged(right, [lesson]))["head.bias"], -0.1, atol=1e-6)
    assert judged(right, [lesson]).gain > 0.99


def test_the_network_is_small_and_is_kept_as_plain_arrays(tmp_path: Path):
    weights = dict(learned().weights)
    weights["head.weight"] = weights["head.weight"] + np.float32(0.01)
    assert sum(values.size for values in weights.values()) <= 1_000_000
    write_weights(tmp_path / "key.safetensors", weights, {"steps": learned().steps})
    read, card = read_weights(tmp_path / "key.safetensors")
    assert card == {"steps": 4}
    one, other = fill(carried(), small(0.6), weights), fill(carried(), small(0.6), read)
    assert np.array_equal(one, other)
    assert not np.array_equal(one, fill(carried(), small(0.6)))


def test_the_network_paints_only_what_no_key_shows():
    weights = dict(learned().weights)
    weights["head.bias"] = np.array([0.2, -0.2, 0.1], np.float32)
    weights["head.weight"] = np.full_like(weights["head.weight"], 1e-6)
    passes, part = small(0.6), carried()
    plain, made = fill(part, passes), fill(part, passes, weights)
    away = np.ones(passes.ids.shape, bool)
    for y in (-1, 0, 1):
        for x in (-1, 0, 1):
            away &= np.roll(part.coverage, (y, x), (0, 1)) == 1
    assert 0.3 < away.mean() < 0.99
    assert np.array_equal(made[:, away], plain[:, away])
    # a colour that it would give to everything is its habit, and leaves no seam
    assert np.abs(made - plain).max() < 0.1


def test_a_training_in_seconds_is_made_again_by_its_steps_and_seed():
    again, other = learn(keys(), 1, steps=learned().steps), learn(keys(), 2, steps=1)
    assert learned().steps == 4
    assert all(np.array_equal(learned().weights[name], again.weights[name]) for name in again.weights)
    assert any(not np.array_equal(learned().weights[name], other.weights[name]) for name in other.weights)
