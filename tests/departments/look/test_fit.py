from dataclasses import fields, replace
from functools import reduce

import numpy as np
import pytest
from scipy.ndimage import affine_transform, gaussian_filter, shift

from rushes.departments.look.arithmetic import apply_cdl, apply_look
from rushes.departments.look.coverage import coverage_outside
from rushes.departments.look.difference import delta_e_2000, xyz_from
from rushes.departments.look.evidence import gather, joined, refuse_strangers
from rushes.departments.look.fit import fit_look
from rushes.departments.look.look import Cdl, Look, Switches
from rushes.departments.look.recipe import LookRecipe
from rushes.domain.errors import BadMaterial, NoCorrespondence

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
TO_XYZ = xyz_from(CONFIG, "ACEScct")
RECIPE = LookRecipe(name="test", lattice=33)


def picture(seed, low=0.1, high=0.55, size=(120, 160)):
    """Return soft coloured shapes as ACEScct code values."""
    noise = np.random.default_rng(seed).normal(size=(*size, 3))
    soft = gaussian_filter(noise, (5, 5, 0)) + 2 * gaussian_filter(noise, (14, 14, 0.7))
    ranks = np.stack([soft[..., c].ravel().argsort().argsort().reshape(size) for c in range(3)], axis=-1)
    return (low + (high - low) * ranks / (size[0] * size[1] - 1)).astype(np.float32)


def film(code):
    """Grade with crosstalk, a shoulder, and a hue twist: nothing that a CDL or curves could do."""
    mixed = code @ np.float32([[0.9, 0.06, 0.04], [0.08, 0.86, 0.06], [0.02, 0.1, 0.88]])
    bent = mixed + 0.05 * np.sin(5 * mixed) * np.float32([1, 0.8, -0.6])
    return (bent + 0.15 * (mixed - mixed.mean(axis=-1, keepdims=True)) * mixed[..., :1]).astype(np.float32)


def taught(grade, seeds=(1, 2, 3), recipe=RECIPE, **settings):
    evidence = None
    for seed in seeds:
        evidence = gather(evidence, picture(seed), grade(picture(seed)))
    return fit_look(evidence, recipe, TO_XYZ, **settings)


def apart(look, before, wanted):
    return delta_e_2000(TO_XYZ(apply_look(look, before)), TO_XYZ(wanted))


@pytest.fixture(scope="module")
def learned():
    return taught(film)


def test_a_frame_that_was_not_shown_comes_out_as_its_grade(learned):
    error = apart(learned.look, picture(9), film(picture(9)))
    assert error.mean() < 0.1
    assert np.percentile(error, 99) < 0.5


def test_each_step_buys_something_and_says_how_much(learned):
    steps = {step.name: step.delta_e_2000 for step in learned.steps}
    assert list(steps) == ["nothing", "best cdl", "cdl", "curves", "lattice"]
    assert steps["nothing"] > steps["cdl"] > steps["lattice"]
    assert steps["lattice"] < 0.1 < steps["best cdl"] <= steps["cdl"]


def test_curves_buy_something_where_the_grade_is_one_of_tone():
    steps = {step.name: step.delta_e_2000 for step in taught(lambda code: code + 0.04 * np.sin(12 * code)).steps}
    assert steps["curves"] < 0.5 * steps["cdl"]


def test_a_grade_that_is_a_cdl_is_found_as_that_cdl():
    grade = Cdl((1.1, 1.0, 0.93), (-0.02, 0.01, 0.03), (1.05, 0.95, 1.0), 0.8)
    found = taught(lambda code: apply_cdl(grade, code)).look
    alone = apply_look(found, picture(9), Switches(curves=False, lattice=0.0))
    assert delta_e_2000(TO_XYZ(alone), TO_XYZ(apply_cdl(grade, picture(9)))).mean() < 0.1
    assert found.best_cdl.saturation == pytest.approx(0.8, abs=0.02)


def test_whoever_takes_only_the_cdl_gets_a_better_one_than_the_chain_starts_with():
    steps = {step.name: step.delta_e_2000 for step in taught(lambda code: apply_cdl(Cdl(saturation=0.3), code)).steps}
    assert steps["best cdl"] < 0.1 < steps["cdl"]
    assert steps["lattice"] < 0.2


def test_the_same_evidence_gives_the_same_look_bit_for_bit(learned):
    again = taught(film).look
    for field in fields(Look):
        assert np.array_equal(getattr(again, field.name), getattr(learned.look, field.name))


def test_evidence_can_be_put_together_from_parts():
    parts = [gather(None, picture(seed), film(picture(seed))) for seed in (1, 2, 3)]
    one = reduce(joined, parts)
    assert np.array_equal(one.probes[:, 8], np.repeat((0, 1, 2), len(parts[0].probes)))
    other = gather(gather(parts[0], picture(2), film(picture(2))), picture(3), film(picture(3)))
    assert np.array_equal(one.keys, other.keys)
    np.testing.assert_allclose(one.after, other.after, atol=1e-12)
    assert one.counts.sum() == 3 * 120 * 160


def test_light_above_everything_seen_keeps_its_detail(learned):
    bright = np.repeat(np.linspace(0.6, 1.2, 50, dtype=np.float32)[:, None], 3, axis=1)
    assert (np.diff(apply_look(learned.look, bright), axis=0) > 0.3 * np.diff(bright, axis=0)).all()


def test_a_grey_ramp_rises_from_code_to_code_even_where_the_grade_clips():
    found = taught(lambda code: np.minimum(code, np.float32(0.45))).look
    ramp = np.repeat(np.arange(0.1, 0.55, 1 / 1023, dtype=np.float32)[:, None], 3, axis=1)
    assert np.diff(apply_look(found, ramp), axis=0).min() > 0


def test_curves_always_rise(learned):
    assert np.diff(learned.look.curves, axis=1).min() > 0


def test_strangers_are_refused_with_the_numbers_of_each():
    evidence = None
    for seed in (1, 2, 3):
        evidence = gather(evidence, picture(seed), film(picture(seed + 50)))
    with pytest.raises(NoCorrespondence) as refusal:
        refuse_strangers(evidence, ["one", "two", "three"])
    assert [reason.split(" by ")[0] for reason in refusal.value.reasons] == [
        f"{name}: edges agree" for name in ("one", "two", "three")
    ]


def test_one_stranger_among_pairs_is_left_out_and_named():
    evidence = None
    for seed, grade_of in ((1, 1), (2, 77), (3, 3)):
        evidence = gather(evidence, picture(seed), film(picture(grade_of)))
    found = fit_look(evidence, RECIPE, TO_XYZ)
    assert found.left_out == (1,)
    assert apart(found.look, picture(9), film(picture(9))).mean() < 0.2


def test_a_shifted_grade_is_moved_back():
    before = picture(1)
    moved = gather(None, before, shift(film(before), (3, -5, 0), order=1, mode="nearest"))
    assert moved.pairs[0, :2] == pytest.approx((-3, 5), abs=0.3)
    assert apart(fit_look(moved, RECIPE, TO_XYZ).look, before, film(before)).mean() < 0.7


def test_a_reframed_grade_is_found_again():
    before = picture(4, size=(240, 320))
    centre = (np.array(before.shape[:2]) - 1) / 2
    closer = [affine_transform(film(before)[..., c], np.full(2, 0.9), 0.1 * centre, order=1) for c in range(3)]
    found = gather(None, before, np.stack(closer, axis=-1))
    assert found.pairs[0, 2] == pytest.approx(0.9, abs=0.02)
    assert found.pairs[0, 4] > 0.6


def test_a_grade_of_another_shape_of_picture_is_refused():
    with pytest.raises(BadMaterial, match="no pair"):
        gather(None, picture(1), picture(1)[:, :100])


def test_grain_on_both_sides_does_not_move_the_look():
    grain = np.random.default_rng(0)
    evidence = None
    for seed in (1, 2, 3, 4):
        before = picture(seed, size=(240, 320))
        pair = [side + grain.normal(0, 0.012, side.shape).astype(np.float32) for side in (before, film(before))]
        evidence = gather(evidence, *pair)
    found = fit_look(evidence, RECIPE, TO_XYZ)
    assert found.noise == pytest.approx(0.015, abs=0.006)
    assert apart(found.look, picture(9), film(picture(9))).mean() < 1.0


def test_pixels_that_are_no_numbers_are_left_out():
    before = picture(1)
    before[:10, :10] = np.nan
    before[20, 20] = np.inf
    evidence = gather(None, before, film(picture(1)))
    assert evidence.counts.sum() == 120 * 160 - 101


def test_a_few_illegal_colours_far_below_black_do_not_cost_the_others_their_lattice():
    before = picture(1)
    before[0, :5, 2] = -0.9
    found = fit_look(gather(None, before, film(before)), RECIPE, TO_XYZ)
    assert found.look.lattice_domain[0] > 0
    assert np.isfinite(apply_look(found.look, before)).all()


def test_an_earlier_look_of_the_show_speaks_where_nothing_was_shown(learned):
    dark = gather(None, picture(1, high=0.3), film(picture(1, high=0.3)))
    bright, wanted = picture(9, low=0.35), film(picture(9, low=0.35))
    alone = apart(fit_look(dark, RECIPE, TO_XYZ).look, bright, wanted).mean()
    helped = apart(fit_look(dark, RECIPE, TO_XYZ, priors=[learned.look]).look, bright, wanted).mean()
    assert helped < 0.7 * alone


def test_an_earlier_look_that_is_wrong_here_changes_little(learned):
    wrong = replace(learned.look, lattice=-learned.look.lattice)
    error = apart(taught(film, priors=[wrong]).look, picture(9), film(picture(9)))
    assert error.mean() < 0.15


def test_a_look_knows_the_colours_that_it_was_shown_and_no_others(learned):
    assert coverage_outside(learned.look, picture(2)) < 0.01
    assert coverage_outside(learned.look, np.float32([[0.8, 0.1, 0.1], [0.1, 0.1, 0.7]])) == 1.0
