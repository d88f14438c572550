"""OpenGL's own: contexts side by side, in forked workers, and a stage of many pieces in one draw."""

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest

from rushes.departments.previs.stage.pieces import Light, Moment, Stage

from .test_render_laws import CAMERA, LIGHT, MOMENT, STAGE, box, digest, opened, turned

SMALL = (96, 54)


def drawn(_):
    with opened("gl", size=SMALL) as one:
        return digest(one.draw(MOMENT))


def test_renderers_live_side_by_side_and_closing_one_leaves_the_other():
    with opened("gl", size=SMALL) as one:
        first = digest(one.draw(MOMENT))
        other = opened("gl", Stage("empty yard", STAGE.pieces[:1]), (64, 36))
        assert set(np.unique(other.draw(Moment(CAMERA, light=LIGHT)).ids)) == {0, 1}
        assert digest(one.draw(MOMENT)) == first
        other.close()
        other.close()
        assert digest(one.draw(MOMENT)) == first


def test_forked_workers_open_their_own_though_their_parent_has_one():
    with opened("gl", size=SMALL) as one:
        here = digest(one.draw(MOMENT))
        with multiprocessing.get_context("fork").Pool(2) as pool:
            assert pool.map_async(drawn, range(2)).get(timeout=120) == [here, here]


def test_words_say_which_opengl_draws():
    with opened("gl", size=SMALL) as one:
        assert one.words.startswith("OpenGL 4.")
        assert one.size == SMALL


def test_each_of_three_hundred_pieces_is_drawn_where_its_own_matrix_puts_it():
    """One draw call for all: a slip in the numbering would move every piece."""
    pieces = tuple(box(f"peg {number}", (-0.02, -0.02, -0.02), (0.02, 0.02, 0.02)) for number in range(300))
    spots = {f"peg {n}": turned(n, x=(n % 20 - 9.5) * 0.1, y=(n // 20 - 7) * 0.1) for n in range(300)}
    camera = replace(CAMERA, place=(0, 0, 4), pan_deg=180.0, tilt_deg=0.0, roll_deg=0.0, focal_mm=35.0)
    with opened("gl", Stage("pegs", pieces), (384, 216)) as one:
        passes = one.draw(Moment(camera, spots, LIGHT, frozenset({"peg 7"})), frozenset({"ids", "position", "rest"}))
    for number in [n for n in range(300) if n != 7]:
        mask = passes.ids == number + 1
        assert mask.any()
        middle = spots[f"peg {number}"][:3, 3]
        assert (np.abs(passes.position[:, mask] - middle[:, None]) < 0.03).all()
        assert (np.abs(passes.rest[:, mask]) < 0.021).all()
    assert not (passes.ids == 8).any()


def test_an_empty_stage_is_sky_and_ground():
    with opened("gl", Stage("nothing", ()), SMALL) as one:
        passes = one.draw(Moment(replace(CAMERA, tilt_deg=0.0, roll_deg=0.0), light=Light(sky=(0.2, 0.3, 0.4))))
    assert not passes.ids.any() and np.isinf(passes.depth).all()
    np.testing.assert_allclose(passes.beauty[:, -1, 48], Light().ground, atol=1e-3)
    assert (passes.beauty[:, 0, 48] > 0.8 * np.array([0.2, 0.3, 0.4])).all()


def test_a_shadow_map_that_is_kept_is_the_one_that_would_be_drawn():
    moved = replace(MOMENT, places=MOMENT.places | {"crate": turned(5, 0.6, 0, 0.1)})
    with opened("gl", size=SMALL) as one:
        fresh = [digest(one.draw(moment)) for moment in (MOMENT, moved)]
        assert [digest(one.draw(moment)) for moment in (MOMENT, MOMENT, moved, moved)] == [
            fresh[0], fresh[0], fresh[1], fresh[1],
        ]  # fmt: skip
    assert fresh[0] != fresh[1]
    with opened("gl", size=SMALL) as one:
        assert digest(one.draw(moved)) == fresh[1]


@pytest.mark.parametrize("size", [(97, 55), (1, 1), (17, 9)])
def test_odd_and_tiny_pictures_are_drawn(size):
    camera = replace(CAMERA, package=replace(CAMERA.package, aspect=size[0] / size[1]))
    with opened("gl", size=size) as one:
        assert np.isfinite(one.draw(replace(MOMENT, camera=camera)).beauty).all()
