"""The regrade of a shot: towards the show, smooth, never clipped, and found once."""

import numpy as np
import PyOpenColorIO as ocio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.department import Colour
from rushes.departments.previs.look.hand_over import write_cube
from rushes.departments.previs.look.regrade import POINTS, blended, identity, regrade_between, regrader
from rushes.departments.previs.look.retrieval import nearest_frames, small_of
from rushes.departments.previs.look.tones import to_code, to_light

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped"
)


def cloud(seed: int, stops: float = 0.0, tint=(1.0, 1.0, 1.0), spread: float = 1.2) -> np.ndarray:
    """Colours around mid grey, (2000, 3)."""
    rng = np.random.default_rng(seed)
    light = 0.18 * np.exp2(stops + rng.normal(0, spread, (2000, 1)) + rng.normal(0, 0.25, (2000, 3)))
    return (light * np.array(tint)).astype(np.float32)


def applied(lattice: np.ndarray, light: np.ndarray) -> np.ndarray:
    picture = light.reshape(1, -1, 3).copy()
    regrader(lattice, COLOUR)(picture)
    return picture.reshape(light.shape)


def test_a_warmer_and_brighter_show_makes_a_shot_warmer_and_brighter():
    shot, show = cloud(1), cloud(2, stops=0.8, tint=(1.15, 1.0, 0.8))
    made = applied(regrade_between(shot, show), shot)
    before, after, wanted = (to_code(one).mean(axis=0) for one in (shot, made, show))
    assert np.abs(after - wanted).max() < 0.45 * np.abs(before - wanted).max()
    assert (after - before)[0] > (after - before)[2]


def test_a_shot_that_looks_like_the_show_is_left_nearly_alone():
    made = applied(regrade_between(cloud(1), cloud(2)), cloud(3))
    assert np.abs(to_code(made) - to_code(cloud(3))).mean() < 0.25 / 17.52


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 1000), st.floats(-2, 2), st.floats(0.5, 2.0), st.floats(0.1, 2.0))
def test_greys_keep_their_order_whatever_the_show_looks_like(seed, stops, red, spread):
    lattice = regrade_between(cloud(seed), cloud(seed + 1, stops, (red, 1.0, 1.0), spread), seed=seed)
    ramp = np.exp2(np.linspace(-8, 7, 400, dtype=np.float32))[:, None].repeat(3, 1)
    assert (np.diff(applied(lattice, ramp), axis=0) > 0).all()


def test_neighbouring_greys_stay_neighbours_so_that_a_wall_does_not_band():
    flat = np.full((2000, 3), 0.18, np.float32) * np.linspace(0.97, 1.03, 2000, dtype=np.float32)[:, None]
    lattice = regrade_between(flat, cloud(5, spread=2.0))
    ramp = 0.18 * np.exp2(np.linspace(-0.5, 0.5, 201, dtype=np.float32))[:, None].repeat(3, 1)
    slope = np.diff(to_code(applied(lattice, ramp)), axis=0) / np.diff(to_code(ramp), axis=0)
    assert slope.min() > 0.3
    assert slope.max() < 2.6


def test_light_beyond_the_lattice_keeps_its_distance_from_its_ends():
    lattice = regrade_between(cloud(1), cloud(2, stops=1.0))
    most = float(to_light(np.ones(1, np.float32))[0])
    light = np.array([[most, most, most], [most + 100] * 3, [-0.5, -0.5, -0.5], [-1.0, -1.0, -1.0]], np.float32)
    made = applied(lattice, light)
    assert made[1] - made[0] == pytest.approx(100, rel=1e-3)
    assert made[2] - made[3] == pytest.approx(0.5, rel=1e-4)


def test_nothing_is_nothing():
    light = cloud(4)
    assert applied(identity(), light) == pytest.approx(light, rel=2e-3)
    lattice = regrade_between(cloud(1), cloud(2, stops=1.0))
    assert np.array_equal(blended(lattice, 0.0), identity())
    assert np.allclose(blended(lattice, 1.0), lattice, atol=1e-6)


def test_the_same_shot_and_seed_give_the_same_regrade():
    one, other = (regrade_between(cloud(1), cloud(2, stops=0.5), seed=7) for _ in (1, 2))
    assert np.array_equal(one, other)


def test_other_programs_read_the_cube_as_it_is_meant(tmp_path):
    lattice = regrade_between(cloud(1), cloud(2, stops=0.6, tint=(1.2, 1.0, 0.8)))
    path = write_cube(tmp_path / "show.cube", lattice, title='the "show"', space="ACEScg")
    file = ocio.FileTransform(str(path), interpolation=ocio.INTERP_TETRAHEDRAL)
    read = ocio.Config.CreateRaw().getProcessor(file).getDefaultCPUProcessor()
    code = to_code(cloud(6)).clip(0, 1)
    packed = code.reshape(1, -1, 3).copy()
    read.apply(ocio.PackedImageDesc(packed, packed.shape[1], 1, 3))
    wanted = to_code(applied(lattice, to_light(code)))
    assert packed.reshape(-1, 3) == pytest.approx(wanted, abs=2e-4)
    assert path.read_text().count("\n") == POINTS**3 + 6


def test_a_shot_finds_the_frame_that_it_was_made_from_before_others():
    rng = np.random.default_rng(8)
    tiles = rng.normal(size=(6, 3, 9, 16)).repeat(12, 2).repeat(12, 3)
    shows = list(0.18 * np.exp2(tiles).astype(np.float32))
    small = np.stack([small_of(one) for one in shows])
    for place, plate in enumerate(shows):
        brighter = small_of(1.4 * plate + 0.01)
        assert nearest_frames([brighter], small, 3)[0] == place


def test_a_small_frame_is_the_mean_of_the_frame():
    plate = np.random.default_rng(1).uniform(0, 1, (3, 108, 256)).astype(np.float32)
    wanted = plate.reshape(3, 36, 3, 64, 4).mean(axis=(2, 4)).transpose(1, 2, 0)
    assert small_of(plate).astype(float) == pytest.approx(wanted, abs=1e-3)
