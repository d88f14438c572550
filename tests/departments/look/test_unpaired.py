import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.look.arithmetic import apply_look
from rushes.departments.look.look import Cdl, Switches
from rushes.departments.look.unpaired import BY_GRADE, DOMAIN, SIGNS, look_from_stills, signs_of


def picture(seed=0, blacks=0.16):
    """An ordinary picture: luma spread over ACEScct as footage is, a little colour."""
    rng = np.random.default_rng(seed)
    luma = np.interp(rng.random((60, 100, 1)), (0, 0.02, 0.1, 0.5, 0.98, 1), (0.1, blacks, 0.24, 0.375, 0.515, 0.53))
    return (luma + rng.normal(0, 0.02, (60, 100, 3))).astype(np.float32)


def lifted(still):
    return np.maximum(still, 0.26).astype(np.float32)


def test_ungraded_stills_change_next_to_nothing():
    guess = look_from_stills([picture(0)], [picture(seed) for seed in range(1, 5)])
    graded = apply_look(guess.as_look("ACEScct"), picture(0))
    assert np.abs(graded - picture(0)).max() < 0.002


def test_milky_blacks_are_carried_over_but_gently():
    stills = [lifted(picture(seed)) for seed in range(1, 9)]
    scene = picture(0)
    graded = apply_look(look_from_stills([scene], stills).as_look("ACEScct"), scene)
    before, after, theirs = (np.percentile(image, 3) for image in (scene, graded, stills[0]))
    assert before + 0.005 < after < theirs


def test_a_tint_in_the_shadows_is_carried_over_to_the_shadows():
    tint = np.float32((-0.05, 0, 0.04))
    stills = [picture(seed) + np.clip((0.35 - picture(seed)) / 0.2, 0, 1) * tint for seed in range(1, 9)]
    scene = picture(0)
    change = apply_look(look_from_stills([scene], stills).as_look("ACEScct"), scene) - scene
    dark, light = scene.mean(axis=2) < 0.27, scene.mean(axis=2) > 0.45
    assert (change[dark][:, 0] - change[dark][:, 1]).mean() < -0.005
    assert abs((change[light][:, 0] - change[light][:, 1]).mean()) < 0.005


def test_strength_nought_leaves_the_scene_alone():
    guess = look_from_stills([picture(0)], [lifted(picture(1))], strength=0)
    graded = apply_look(guess.as_look("ACEScct"), picture(0))
    assert graded == pytest.approx(picture(0), abs=1e-4)


def test_more_stills_are_believed_more_and_the_advice_asks_for_a_graded_frame():
    one, eight = (look_from_stills([picture(0)], [picture(seed) for seed in range(1, n + 1)]) for n in (1, 8))
    assert 0 < one.confidence < eight.confidence < 1
    assert "graded frame of this scene" in one.advice
    assert set(one.signs) == set(SIGNS)


@settings(deadline=None, max_examples=60)
@given(st.floats(0, 0.6), st.floats(0, 0.6), st.floats(0.001, 0.5), st.floats(0, 8))
def test_the_neutral_axis_rises_whatever_the_stills(dark, theirs, width, strength):
    noise = np.random.default_rng(0).random((40, 60, 3)).astype(np.float32) * np.float32(width)
    look = look_from_stills([dark + noise], [theirs + noise], strength=strength).as_look("ACEScct")
    ramp = np.repeat(np.linspace(*DOMAIN, 200, dtype=np.float32)[:, None], 3, axis=1)
    assert (np.diff(apply_look(look, ramp), axis=0) > 0).all()


def test_the_cdl_alone_comes_near_to_cdl_and_curves():
    stills = [lifted(picture(seed)) for seed in range(1, 9)]
    look = look_from_stills([picture(0)], stills).as_look("ACEScct")
    assert look.cdl != Cdl()
    whole, part = (apply_look(look, picture(0), Switches(curves=curves, lattice=False)) for curves in (True, False))
    assert np.abs(whole - part).mean() < np.abs(whole - picture(0)).mean()


def test_a_black_frame_has_signs_and_no_warning():
    signs = signs_of(np.zeros((50, 3)))
    assert signs.shape == BY_GRADE.shape
    assert np.isfinite(signs).all()


def test_stills_and_scene_stay_as_they_were():
    scene, still = picture(0), lifted(picture(1))
    kept = scene.copy(), still.copy()
    look_from_stills([scene], [still])
    assert np.array_equal(scene, kept[0])
    assert np.array_equal(still, kept[1])
