from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from rushes.departments.department import Colour, Example, HandOver, Lesson
from rushes.departments.look.arithmetic import apply_look, middles, read_spatial, spatial_change
from rushes.departments.look.department import look as department
from rushes.departments.look.evidence import gather
from rushes.departments.look.look import Cdl, Floats, Look, Switches, neutral_look
from rushes.departments.look.out_render import BAND_ROWS, renderer
from rushes.departments.look.spatial import GRID, SHARE_TO_TELL, fit_spatial, spatial_share
from rushes.media.colour import converter
from rushes.training.workbench import QuietBench

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5",
    "ACEScg",
    "sRGB - Display",
    "ACES 2.0 - SDR 100 nits (Rec.709)",
)
GRADE = Cdl((1.1, 1.0, 0.93), (-0.02, 0.01, 0.03), (1.05, 0.95, 1.0), 0.9)
LOOK = replace(neutral_look("ACEScct", points=9), cdl=GRADE)
"""What every pair below has in common, known exactly: the rest is place, grain or content."""


def picture(seed, size=(96, 128)):
    """Return soft coloured shapes as ACEScct code values."""
    noise = np.random.default_rng(seed).normal(size=(*size, 3))
    soft = gaussian_filter(noise, (4, 4, 0)) + 2 * gaussian_filter(noise, (12, 12, 0.7))
    return np.clip(0.33 + 0.09 * soft / soft.std(), 0.05, 0.7).astype(np.float32)


def places_of(graded):
    down, across = np.meshgrid(*map(middles, graded.shape[:2]), indexing="ij")
    return down[..., None], across[..., None]


def plain(graded):
    return graded


def vignetted(graded):
    down, across = places_of(graded)
    return graded - 0.25 * ((down - 0.5) ** 2 + (across - 0.5) ** 2)


def windowed(graded):
    """Lift and warm a soft ellipse, right of the middle."""
    down, across = places_of(graded)
    inside = 1 / (1 + np.exp(8 * (np.hypot((down - 0.4) / 0.25, (across - 0.6) / 0.2) - 1)))
    return graded * (1 + 0.12 * inside) + inside * (0.02, 0.004, -0.01)


def with_something_else_in_it(graded):
    replaced = graded.copy()
    replaced[30:52, 60:84] = 1.3 * picture(77)[30:52, 60:84] + 0.1
    return replaced


def probes_of(*changes, first=1, grain=0.004):
    """Return the probes of one graded pair for each change, graded by `LOOK` and then changed."""
    evidence, random = None, np.random.default_rng(first)
    for seed, change in enumerate(changes, first):
        after = change(apply_look(LOOK, picture(seed)))
        after = after + random.normal(0, grain, after.shape)
        evidence = gather(evidence, picture(seed), after.astype(np.float32))
    return evidence.probes


def left_by(spatial, probes):
    """Return the mean of what remains to be done, in code values, with a spatial part or without one (None)."""
    graded = apply_look(LOOK, probes[:, :3])
    if spatial is not None:
        graded = graded + spatial_change(spatial, LOOK.lattice_domain, graded, places=probes[:, 6:8])
    return float(np.abs(probes[:, 3:6] - graded).mean())


@pytest.fixture(scope="module")
def vignettes() -> Floats:
    return probes_of(vignetted, vignetted)


@pytest.fixture(scope="module")
def varied() -> Look:
    spatial = np.random.default_rng(2).normal(0, 0.03, (3, 5, 2, 3, 4)).astype(np.float32)
    return replace(LOOK, spatial=spatial)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_band_of_any_picture_is_changed_as_its_pixels_are_one_by_one(data):
    shape = data.draw(st.tuples(*[st.integers(1, 7)] * 2, st.integers(1, 4)))
    height, width = data.draw(st.tuples(st.integers(1, 12), st.integers(1, 40)))
    band = slice(*sorted(data.draw(st.tuples(*[st.integers(0, height)] * 2))))
    random = np.random.default_rng(data.draw(st.integers(0, 999)))
    spatial = random.uniform(-0.2, 0.2, (*shape, 3, 4)).astype(np.float32)
    graded = random.uniform(-0.5, 1.6, (height, width, 3)).astype(np.float32)
    domain = (-0.1, 1.15)
    places = np.concatenate(places_of(graded), axis=-1)[band].reshape(-1, 2)
    wanted = spatial_change(spatial, domain, graded[band].reshape(-1, 3), places=places)
    added = read_spatial(spatial, domain, graded[band], rows=middles(height)[band])
    assert added.shape == graded[band].shape
    np.testing.assert_allclose(added.reshape(-1, 3), wanted, atol=1e-5)


def test_a_row_wider_than_one_product_takes_is_changed_in_the_same_way():
    spatial = np.random.default_rng(3).normal(0, 0.02, (1, 2, 3, 3, 4)).astype(np.float32)
    graded = np.random.default_rng(4).uniform(0, 1, (1, 9001, 3)).astype(np.float32)
    places = np.concatenate(places_of(graded), axis=-1)[0]
    wanted = spatial_change(spatial, (0.0, 1.0), graded[0], places=places)
    np.testing.assert_allclose(read_spatial(spatial, (0.0, 1.0), graded, rows=middles(1))[0], wanted, atol=1e-5)


def test_what_one_node_says_fades_out_to_the_nodes_beside_it():
    spatial = np.zeros((1, 3, 1, 3, 4), np.float32)
    spatial[0, 1, 0, :, 3] = 0.08
    added = read_spatial(spatial, (0.0, 1.0), np.full((1, 4, 3), 0.5, np.float32), rows=middles(1))
    assert added[0, :, 0] == pytest.approx([0.02, 0.06, 0.06, 0.02])


def test_each_level_speaks_to_its_own_luma_and_the_last_to_all_beyond():
    spatial = np.zeros((1, 1, 3, 3, 4), np.float32)
    spatial[0, 0, :, :, 3] = np.float32([0.01, 0.02, 0.04])[:, None]
    greys = np.repeat(np.float32([-1.0, 0.0, 0.5, 0.75, 1.0, 2.0])[None, :, None], 3, axis=2)
    added = read_spatial(spatial, (0.0, 1.0), greys, rows=middles(1))
    assert added[0, :, 1] == pytest.approx([0.01, 0.01, 0.02, 0.03, 0.04, 0.04], abs=1e-6)


def test_a_vignette_is_found_and_learned(vignettes):
    held_out = probes_of(vignetted, first=5, grain=0.0)
    assert spatial_share(LOOK, vignettes) > 0.9
    assert left_by(fit_spatial(LOOK, vignettes), held_out) < 0.1 * left_by(None, held_out)


def test_a_soft_window_is_found_and_learned():
    probes, held_out = probes_of(windowed, windowed), probes_of(windowed, first=5, grain=0.0)
    assert spatial_share(LOOK, probes) > 0.5
    assert left_by(fit_spatial(LOOK, probes), held_out) < 0.35 * left_by(None, held_out)


def test_one_pair_is_enough_to_find_a_vignette():
    assert spatial_share(LOOK, probes_of(vignetted)) > 0.9


@pytest.mark.parametrize("grain", [0.0, 0.012])
def test_a_plain_look_depends_on_no_place(grain):
    assert spatial_share(LOOK, probes_of(plain, plain, grain=grain)) < 0.02


def test_what_a_look_misses_everywhere_alike_is_no_matter_of_place():
    def brighter(graded):
        return 1.1 * graded + 0.02

    assert spatial_share(LOOK, probes_of(brighter, brighter)) < 0.05


@pytest.mark.parametrize("changes", [[with_something_else_in_it], [plain, with_something_else_in_it, plain]])
def test_something_else_in_the_picture_is_not_taken_for_a_window(changes):
    assert spatial_share(LOOK, probes_of(*changes)) < SHARE_TO_TELL / 2


def test_a_few_pixels_of_something_else_hardly_bend_what_is_learned(vignettes):
    random = np.random.default_rng(6)
    spoilt = vignettes.copy()
    spoilt[random.random(len(spoilt)) < 0.03, 3:6] = random.uniform(0.8, 1.0)
    held_out = probes_of(vignetted, first=5, grain=0.0)
    assert left_by(fit_spatial(LOOK, spoilt), held_out) < 0.1 * left_by(None, held_out)


def test_the_same_probes_give_the_same_grid_bit_for_bit(vignettes):
    some = vignettes[::4]
    assert np.array_equal(fit_spatial(LOOK, some), fit_spatial(LOOK, some.copy()))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_fewer_pixels_than_the_grid_has_nodes_bend_it_no_further_than_they_ask(vignettes, count):
    few = vignettes[:: len(vignettes) // 5][:count]
    spatial = fit_spatial(LOOK, few)
    everywhere = read_spatial(spatial, LOOK.lattice_domain, picture(8), rows=middles(96))
    asked = np.abs(few[:, 3:6] - apply_look(LOOK, few[:, :3])).max(initial=0.0)
    assert spatial.shape == (*GRID, 3, 4)
    assert np.abs(everywhere).max() <= 2 * asked
    assert spatial_share(LOOK, few) == 0.0


@pytest.mark.parametrize("after", [0.4, 0.43])
def test_a_constant_picture_teaches_a_constant_change_and_no_place(after):
    down, across = (part.ravel() for part in np.meshgrid(middles(20), middles(20)))
    values = np.tile(np.float32([0.4] * 3 + [after] * 3), (400, 1))
    probes = np.column_stack([values, down, across, np.zeros(400)]).astype(np.float32)
    neutral = neutral_look("ACEScct", points=9)
    flat = np.full((20, 20, 3), 0.4, np.float32)
    added = read_spatial(fit_spatial(neutral, probes), neutral.lattice_domain, flat, rows=middles(20))
    assert added == pytest.approx(np.full_like(flat, after - 0.4), abs=1e-3)
    assert spatial_share(neutral, probes) == 0.0


def test_pixels_that_are_no_numbers_teach_nothing(vignettes):
    sound = vignettes[::4]
    damaged = np.vstack([sound, sound[:3]])
    damaged[-3, 0], damaged[-2, 4], damaged[-1, 7] = np.nan, np.inf, np.nan
    assert np.array_equal(fit_spatial(LOOK, damaged), fit_spatial(LOOK, sound))
    assert spatial_share(LOOK, damaged) == spatial_share(LOOK, sound)


def test_with_the_spatial_part_switched_off_the_plain_look_is_rendered(varied):
    frame = np.random.default_rng(0).uniform(0, 4, (BAND_ROWS + 9, 20, 3)).astype(np.float32)
    off = renderer(varied, Switches(spatial=False), colour=COLOUR)(frame)
    assert np.array_equal(off, renderer(LOOK, colour=COLOUR)(frame))
    assert np.abs(renderer(varied, colour=COLOUR)(frame) - off).max() > 0.01


@pytest.mark.filterwarnings("error")
def test_damage_in_a_frame_stays_where_it_is_under_a_spatial_part(varied):
    frame = np.random.default_rng(0).uniform(0.1, 4, (9, 20, 4)).astype(np.float32)
    whole = renderer(varied, colour=COLOUR)(frame)
    frame[1, 2], frame[3, 4, 1], frame[5, 6, 0], frame[7, 8, 2] = np.inf, np.nan, np.inf, -np.inf
    damaged = renderer(varied, colour=COLOUR)(frame)
    changed = (damaged != whole).any(axis=-1)
    assert np.argwhere(changed).tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert np.isposinf(damaged[1, 2]).all()
    assert (np.isnan(damaged[3, 4, 1]), damaged[5, 6, 0], damaged[7, 8, 2]) == (True, np.inf, -np.inf)


def test_a_pixel_that_is_no_number_can_be_asked_alone_and_stays_none(varied):
    assert np.isnan(apply_look(varied, np.full((1, 1, 3), np.nan, np.float32))).all()
    alone = spatial_change(varied.spatial, (0.0, 1.0), np.full((1, 3), np.nan, np.float32), places=np.zeros((1, 2)))
    assert np.isnan(alone).all()


def vignetted_lesson() -> Lesson:
    to_linear = converter(COLOUR.config, "ACEScct", COLOUR.working_space)

    def plate(code):
        packed = np.ascontiguousarray(code, np.float32)
        to_linear(packed)
        return packed.transpose(2, 0, 1)

    before = picture(1)
    plates = {"before": plate(before), "after": plate(vignetted(apply_look(LOOK, before)))}
    return Lesson([Example("ferry", 1, {role: lambda p=p: p for role, p in plates.items()})], COLOUR)


def test_the_recipe_windows_learns_the_place_and_hands_over_luts_that_say_they_lack_it(
    tmp_path, without_plots, without_cubes
):
    recipe = replace(department.recipes["windows"], lattice=17, curve_points=17)
    with without_plots():
        trained = department.train(vignetted_lesson(), recipe, QuietBench(tmp_path))
    bought = {one.name: one.value for one in trained.measures if one.name.startswith("taught pairs")}
    assert trained.weights["spatial"].shape == (*GRID, 3, 4)
    assert bought["taught pairs, with spatial"] < 0.7 * bought["taught pairs, with lattice"]
    written = department.hand_over(trained.weights, trained.card, HandOver("Ferry", COLOUR, ()), tmp_path / "over")
    cubes = [path.name for path in written if path.suffix == ".cube" and path.parent.name == "over"]
    assert len(cubes) == 3
    assert all("without-spatial" in name for name in cubes)
