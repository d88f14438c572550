"""From frames to what is learned from: which samples are the matte, what counts, and what is kept back."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from rushes.departments.department import Example
from rushes.departments.paint.encoding import decoded, encoded
from rushes.departments.paint.mattes import matte_of, mattes_in
from rushes.departments.paint.recipe import PaintRecipe
from rushes.departments.paint.taught import BLOCK, MOST_BLOCKS, ONE_OF, plates_around, split, taught_pair
from rushes.domain.errors import BadMaterial

RECIPE = PaintRecipe(name="test", widths="8,8", crop=32)
SIZE = (96, 128)


def grey(level, size=SIZE):
    return np.full((3, *size), level, np.float32)


def box(rows=slice(20, 40), columns=slice(30, 60), size=SIZE):
    matte = np.zeros(size, np.float32)
    matte[rows, columns] = 1
    return matte


def textured(seed=0, size=SIZE):
    return np.random.default_rng(seed).uniform(0.05, 2, (3, *size)).astype(np.float32)


def example(number=1, where=None, size=SIZE, **roles):
    """A pair of which a box was painted over; further roles as they are given."""
    before = textured(number, size)
    where = box(size=size) if where is None else where
    plates = {"before": before, "after": np.where(where > 0, np.float32(0.5), before), **roles}
    read = {role: (lambda p=p: p) for role, p in plates.items() if p is not None}
    return Example("clip", number, read)


def pair_of(one, recipe=RECIPE, mattes=0, hints=None):
    return taught_pair(one, recipe, mattes=mattes, hints=hints, seed=0)


def test_a_matte_lies_in_alpha_if_that_says_something_and_else_in_the_colour():
    colour, alpha = textured(), box()
    assert np.array_equal(matte_of(np.concatenate([colour, alpha[None]]), 1), alpha[None])
    opaque = np.concatenate([colour, np.ones((1, *SIZE), np.float32)])
    assert np.array_equal(matte_of(opaque, 1), colour[:1])
    assert np.array_equal(matte_of(opaque, 3), colour)
    assert np.array_equal(matte_of(colour, 3), colour)


def test_an_empty_alpha_is_an_empty_matte():
    nothing = np.concatenate([textured(), np.zeros((1, *SIZE), np.float32)])
    assert not matte_of(nothing, 1).any()


def test_grey_is_one_matte_and_colour_is_three_and_one_coloured_frame_is_enough():
    plain, coloured = grey(0.4), textured()
    in_alpha = np.concatenate([coloured, box()[None]])
    assert mattes_in([plain, in_alpha]) == 1
    assert mattes_in([plain, coloured]) == 3
    assert mattes_in([]) == 1


def test_where_the_shot_ends_the_last_plate_there_is_stands_for_the_next():
    shot = {number: grey(number) for number in range(1, 5)}
    around = plates_around(shot[3], lambda offset: shot.get(3 + offset), 2)
    assert decoded(around[::3, 0, 0]) == pytest.approx([3, 2, 1, 4, 4], rel=1e-5)
    assert np.array_equal(plates_around(shot[3], lambda offset: None, 0), encoded(shot[3]))


def test_a_pair_is_what_is_given_then_guide_then_hints_and_what_is_wanted_of_it():
    guide, hints = textured(5), np.full((1, *SIZE), -0.5, np.float32)
    one = example(guide=guide, matte=np.repeat(box()[None], 3, axis=0))
    pair = pair_of(one, RECIPE.with_settings({"neighbours": "1"}), mattes=1, hints=hints)
    before = encoded(textured(1))
    assert np.array_equal(pair.given, np.concatenate([before, before, before, guide[:1], hints]))
    assert np.array_equal(pair.wanted, encoded(one.plates["after"]()))
    assert np.array_equal(pair.mattes, box()[None])
    assert (pair.hints, pair.name) == (1, "clip 1")


def test_what_was_painted_over_has_changed_and_so_has_the_edge_of_a_matte_but_not_its_middle():
    changed = pair_of(example()).changed
    assert changed[20:40, 30:60].min() == 1
    assert changed[:15].max() == changed[45:].max() == 0
    edge = pair_of(example(after=None, matte=np.repeat(box()[None], 3, axis=0)), mattes=1).changed
    assert edge[20, 30:60].min() == edge[20:40, 30].min() == 1
    assert edge[17, 30:60].min() == edge[20:40, 27].min() == 1
    assert edge[28:32, 40:50].max() == edge[:10].max() == 0


def test_where_a_recipe_is_for_the_whole_frame_all_of_it_has_changed_however_faintly():
    before = textured()
    slight = example(before=before, after=before * np.float32(1.001))
    assert (pair_of(slight, RECIPE.with_settings({"everywhere": "on"})).changed == 1).all()
    matte = example(before=before, after=None, matte=np.repeat(box()[None], 3, axis=0))
    assert not (pair_of(matte, RECIPE.with_settings({"everywhere": "on"}), mattes=1).changed == 1).all()


def test_a_weight_leaves_out_what_it_says_and_nothing_counts_less_than_nothing():
    weight = grey(1)
    weight[:, :, :45], weight[:, :, 50:] = 0, -3
    pair = pair_of(example(weight=weight))
    assert set(np.unique(pair.weight)) == {0, 1}
    assert set(pair.places[1]) == set(range(45, 50))


@pytest.mark.parametrize("role", ["before", "after"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_nothing_is_learned_from_a_pixel_that_is_no_number_and_nothing_else_is_spoilt_by_it(role, value):
    roles = {name: read() for name, read in example().plates.items()}
    spoilt = {name: np.array(plate) for name, plate in roles.items()}
    spoilt[role][1, 30, 40] = value
    pair, clean = pair_of(example(**spoilt)), pair_of(example(**roles))
    assert np.isfinite(pair.targets).all()
    assert np.isfinite(pair.given).all()
    assert pair.weight[30, 40] == 0
    assert (30, 40) not in set(zip(*pair.places.tolist(), strict=True))
    assert pair.weight.sum() == clean.weight.sum() - 1


def test_a_neighbour_that_is_no_number_spoils_nothing_either():
    one = example()
    beside = grey(np.nan)
    near = Example("clip", 1, one.plates, lambda offset: beside)
    assert np.isfinite(pair_of(near, RECIPE.with_settings({"neighbours": "1"})).given).all()


def test_a_small_picture_is_filled_up_by_its_edge_and_what_was_added_does_not_count():
    small = pair_of(example(size=(20, 40), where=box(slice(10, 20), slice(30, 40), (20, 40))))
    assert small.given.shape == (3, 32, 40)
    assert np.array_equal(small.given[:, 25], small.given[:, 19])
    assert small.weight[:20].min() == 1
    assert not small.weight[20:].any()
    assert small.changed[25, 35] == 1
    assert small.places[0].max() < 20
    assert small.targets.shape == (5, 32, 40)


@cache
def only_pair(size):
    return pair_of(example(size=size, where=box() if size == SIZE else np.ones(size, np.float32)))


def pairs(count, size=SIZE):
    return [replace(only_pair(size), name=f"clip {number}") for number in range(1, count + 1)]


@pytest.mark.parametrize("count", [3, 4, 7, 3 + 2 * ONE_OF])
def test_from_three_pairs_on_whole_ones_are_kept_back_and_nothing_is_learned_from_them(count):
    taught = pairs(count)
    lessons = split(taught, RECIPE)
    assert lessons.spared
    assert {pair.name for pair in lessons.taught} == {pair.name for pair in taught} - set(lessons.spared)
    assert {taught[block.pair].name for block in lessons.held_out} <= set(lessons.spared)
    assert not {taught[block.pair].name for block in lessons.own} & set(lessons.spared)
    assert len(lessons.judged) == count
    assert all(name in lessons.words for name in lessons.spared)
    assert len(lessons.spared) == 1 + (count - count // 2 - 1) // ONE_OF
    assert 0 < len(lessons.held_out) <= MOST_BLOCKS


WIDE = (2 * BLOCK, 3 * BLOCK)


@pytest.mark.parametrize("count", [1, 2])
def test_of_fewer_pairs_parts_of_all_are_kept_back_and_have_no_weight(count):
    taught = pairs(count, WIDE)
    lessons = split(taught, RECIPE.with_settings({"held_out": "0.3"}))
    assert lessons.spared == ()
    assert len(lessons.held_out) == round(0.3 * 6 * count)
    held = np.zeros((count, *WIDE), bool)
    for block in lessons.held_out:
        held[block.pair, slice(*block.rows), slice(*block.columns)] = True
    for number, pair in enumerate(lessons.taught):
        assert np.array_equal(pair.weight == 0, held[number])
        rows, columns = pair.places
        assert not held[number, rows, columns].any()
        assert lessons.judged[number].weight.min() == 1
    for block in lessons.own:
        assert not held[block.pair, slice(*block.rows), slice(*block.columns)].any()
    assert lessons.words == f"{len(lessons.held_out)} of {6 * count} parts of 96 pixels where something was changed"


def test_where_one_part_is_all_that_was_changed_it_is_learned_from():
    [only] = pairs(1)
    lessons = split([only], RECIPE)
    assert lessons.held_out == ()
    assert np.array_equal(lessons.taught[0].places, only.places)
    assert len(lessons.own) == 1


def test_nothing_is_kept_back_of_few_pairs_where_that_is_asked_for():
    lessons = split(pairs(2, WIDE), RECIPE.with_settings({"held_out": "0"}))
    assert lessons.held_out == ()
    assert all(pair.weight.min() == 1 for pair in lessons.taught)


def test_the_same_seed_keeps_back_the_same_and_another_one_other_parts():
    wide = pairs(2, WIDE)
    first, again, other = (split(wide, RECIPE.with_settings({"seed": seed})).held_out for seed in "001")
    assert first == again != other


def test_pairs_in_which_nothing_that_counts_was_changed_are_refused_by_name():
    nothing = np.zeros((3, *SIZE), np.float32)
    taught = [pair_of(example(1, weight=nothing)), pair_of(example(2, where=np.zeros(SIZE, np.float32)))]
    with pytest.raises(BadMaterial, match="nothing to learn") as refusal:
        split(taught, RECIPE)
    assert refusal.value.reasons == (
        "clip 1: nothing that counts was changed",
        "clip 2: nothing that counts was changed",
    )
    assert split([*taught, *pairs(1)], RECIPE).taught
