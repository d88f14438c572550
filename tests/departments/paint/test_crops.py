"""What is drawn to learn from: by chance, the same chance every time, and nothing that was excluded."""

from dataclasses import replace

import numpy as np
import pytest

from rushes.departments.paint.crops import Drawer, Taught, places_of
from rushes.departments.paint.encoding import decoded, encoded
from rushes.departments.paint.recipe import PaintRecipe

RECIPE = PaintRecipe(name="test", crop=32, batch=16, widths="8,8", exposure_stops=0.0, flips="none")


def pair(weight: np.ndarray | None = None) -> Taught:
    rng = np.random.default_rng(0)
    plate = np.exp(rng.normal(-2, 1.5, (3, 80, 120))).astype(np.float32)
    plate[:, 40:43, :], plate[:, 43:46, :] = -0.02, 60.0
    after, changed = plate.copy(), np.zeros((80, 120), np.float32)
    after[:, 30:33, 20:100], changed[30:33, 20:100] = 0.2, 1
    weight = np.ones((80, 120), np.float32) if weight is None else weight
    places = places_of(changed, weight, np.random.default_rng(0))
    return Taught("clip 1", encoded(plate), encoded(after), None, changed, weight, places)


def drawn(one: Taught, recipe: PaintRecipe, step: int = 0):
    return Drawer([one], recipe).draw(step)


def test_the_same_step_draws_the_same_pieces_and_another_step_others():
    one = pair()
    first, again, later = drawn(one, RECIPE), drawn(one, RECIPE), drawn(one, RECIPE, 1)
    assert np.array_equal(first.given, again.given)
    assert np.array_equal(first.targets, again.targets)
    assert not np.array_equal(first.given, later.given)


def test_most_pieces_lie_where_the_artist_changed_something_and_some_do_not():
    shares = [(drawn(pair(), RECIPE, step).targets[:, -2] > 0).any(axis=(1, 2)).mean() for step in range(20)]
    assert 0.75 <= np.mean(shares) < 0.99


@pytest.mark.parametrize("settings", [{}, {"flips": "all"}, {"exposure_stops": 2.0}, {"grain": 0.1}, {"bend": 0.2}])
def test_before_and_after_are_varied_alike(settings):
    # where nothing was changed the two are one picture, and must stay one
    pieces = drawn(pair(), RECIPE.with_settings({name: str(value) for name, value in settings.items()}))
    same = pieces.targets[:, -2] == 0
    apart = np.abs(pieces.given[:, :3] - pieces.targets[:, :3]).max(axis=1)
    assert apart[same].max() < 1e-5
    assert apart[~same].max() > 0.05


def test_pieces_that_lie_on_changes_do_not_make_a_frame_seem_changed_all_over():
    drawer = Drawer([pair()], RECIPE)
    share = np.mean([drawer.draw(step).targets[:, -2].mean() for step in range(60)])
    there = pair().changed.mean()
    odds = drawer.covered_counts() * share / (1 - share)
    assert share > 2 * there
    assert odds == pytest.approx(min(20 * there / (1 - there), 0.5), rel=0.15)


def test_where_all_of_a_frame_was_changed_there_is_nothing_to_weigh():
    everywhere = replace(pair(), changed=np.ones((80, 120), np.float32))
    assert Drawer([everywhere], RECIPE).covered_counts() == 1


def test_light_keeps_its_range_when_it_is_made_brighter_or_darker():
    pieces = drawn(pair(), RECIPE.with_settings({"exposure_stops": "1", "batch": "64"}))
    light = decoded(pieces.given)
    assert light.max() > 20
    assert light.min() < -0.005


def test_what_has_no_weight_draws_no_pieces_to_it():
    weight = np.ones((80, 120), np.float32)
    weight[:, :60] = 0
    assert pair(weight).places[1].min() >= 60


def test_flips_turn_pieces_and_sides_only_flop_them():
    one = pair()
    turned = {name: drawn(one, RECIPE.with_settings({"flips": name})).given for name in ("all", "sides")}
    plain = drawn(one, RECIPE).given
    kinds = {
        name: sum(np.array_equal(a, b) for a, b in zip(given, plain, strict=True)) for name, given in turned.items()
    }
    assert kinds["all"] < 16
    assert 0 < kinds["sides"] < 16
