from dataclasses import replace

import numpy as np
import PyOpenColorIO as ocio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.department import Colour
from rushes.departments.look.arithmetic import apply_look
from rushes.departments.look.look import Cdl, Look, Switches, neutral_look
from rushes.departments.look.ocio_look import (
    apply_to_colours,
    baked_transform,
    cdl_transform,
    changes_nothing,
    look_transform,
    processor,
)
from rushes.departments.look.out_render import BAND_ROWS, renderer
from rushes.domain.errors import BadMaterial

CLOSE = 1e-4
"""A tenth of a 10-bit code."""

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5",
    "ACEScg",
    "sRGB - Display",
    "ACES 2.0 - SDR 100 nits (Rec.709)",
)


def some_look(*, points: int = 9, spatial: bool = False) -> Look:
    """Curves over one domain, a rough lattice over another, and a CDL with every number in use."""
    random = np.random.default_rng(7)
    ramp = np.linspace(0.0, 1.0, 17)
    curves = np.stack([ramp + lift * np.sin(2 * np.pi * ramp) for lift in (-0.04, -0.03, 0.02)]).astype(np.float32)
    lattice = random.normal(0.0, 0.02, (points, points, points, 3)).astype(np.float32)
    grid = random.normal(0.0, 0.02, (3, 4, 2, 3, 4)).astype(np.float32) if spatial else None
    return Look(
        encoding="ACEScct",
        cdl=Cdl((1.1, 1.0, 0.9), (0.01, 0.0, -0.02), (1.1, 1.0, 0.95), 1.15),
        curves=curves,
        lattice=lattice,
        seen=np.zeros(lattice.shape[:3], np.float32),
        lattice_domain=(-0.1, 1.15),
        best_cdl=Cdl((1.05, 1.0, 0.95), (0.0, 0.01, 0.0), (1.0, 1.0, 1.0), 0.9),
        spatial=grid,
    )


def some_frame(*, height: int = 40, width: int = 30, channels: int = 4) -> np.ndarray:
    """Scene-linear light from deep shadow to sixteen stops over white, some of it negative."""
    random = np.random.default_rng(3)
    frame = np.exp2(random.uniform(-12, 15, (height, width, channels)))
    frame[::7, ::5] *= -1e-4
    return frame.astype(np.float32)


def to_code(colours):
    there = ocio.ColorSpaceTransform(src=COLOUR.working_space, dst="ACEScct")
    return apply_to_colours(processor(there, ocio.Config.CreateFromFile(COLOUR.config)), colours)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(*[st.floats(-2.0, 2.0, width=32)] * 3), min_size=1, max_size=40))
def test_the_ocio_chain_is_the_numpy_look_inside_and_outside_the_domains(colours):
    codes = np.array(colours, np.float32)
    chain = processor(look_transform(some_look()))
    assert apply_to_colours(chain, codes) == pytest.approx(apply_look(some_look(), codes), abs=CLOSE)


@pytest.mark.parametrize("cdl", [True, False])
@pytest.mark.parametrize("curves", [True, False])
@pytest.mark.parametrize("lattice", [True, False])
def test_every_switch_means_in_ocio_what_it_means_in_numpy(cdl, curves, lattice):
    on = Switches(cdl=cdl, curves=curves, lattice=lattice)
    codes = np.random.default_rng(0).uniform(-0.3, 1.4, (2000, 3)).astype(np.float32)
    graded = apply_to_colours(processor(look_transform(some_look(), on)), codes)
    assert graded == pytest.approx(apply_look(some_look(), codes, on), abs=CLOSE)


def test_a_curve_alone_goes_on_straight_far_above_its_domain():
    look = replace(neutral_look("ACEScct"), curves=some_look().curves)
    far = np.array([[1.5, 2.0, 2.5]], np.float32)
    ends = look.curves[:, -1] - 1.0
    assert apply_to_colours(processor(look_transform(look)), far)[0] == pytest.approx(far[0] + ends, abs=CLOSE)


def test_asc_cdl_v1_2_arithmetic_is_kept_below_zero_where_clamping_would_lose_it():
    # out = (in * slope + offset) ** power, powers left out below zero: ASC CDL 1.2, no-clamp as OCIO defines it
    cdl = Cdl((2.0, 1.0, 1.0), (0.0, -0.5, 0.0), (1.0, 2.0, 2.0), 1.0)
    graded = apply_to_colours(processor(cdl_transform(cdl)), [[0.75, 0.25, 1.5]])
    assert graded[0] == pytest.approx([1.5, -0.25, 2.25], abs=CLOSE)


def test_a_frame_through_a_look_is_the_numpy_look_between_the_encodings():
    frame = some_frame()
    graded = renderer(some_look(), colour=COLOUR)(frame)
    wanted = apply_look(some_look(), to_code(frame[..., :3]))
    assert to_code(graded[..., :3]) == pytest.approx(wanted, abs=2 * CLOSE)


def test_alpha_passes_through_and_the_frame_is_left_alone():
    frame = some_frame()
    kept = frame.copy()
    graded = renderer(some_look(), Switches(strength=0.5), colour=COLOUR)(frame)
    assert np.array_equal(graded[..., 3], kept[..., 3])
    assert np.array_equal(frame, kept)


def test_three_channels_are_graded_as_four_are():
    frame = some_frame()
    render = renderer(some_look(), colour=COLOUR)
    assert np.allclose(render(frame)[..., :3], render(np.ascontiguousarray(frame[..., :3])), rtol=1e-5)


def test_a_plate_view_that_lies_differently_in_memory_is_graded_all_the_same():
    frame = some_frame(channels=3)
    seen_otherwise = np.ascontiguousarray(frame.transpose(2, 0, 1)).transpose(1, 2, 0)
    render = renderer(some_look(), colour=COLOUR)
    assert np.array_equal(render(frame), render(seen_otherwise))


@pytest.mark.parametrize(
    ("look", "on"),
    [
        (neutral_look("ACEScct"), Switches()),
        (some_look(spatial=True), Switches(strength=0.0)),
        (some_look(spatial=True), Switches(cdl=False, curves=False, lattice=False, spatial=False)),
    ],
)
def test_a_look_that_changes_nothing_gives_back_the_very_frame(look, on):
    frame = some_frame()
    assert changes_nothing(look, on)
    assert renderer(look, on, colour=COLOUR)(frame) is frame


@pytest.mark.parametrize("strength", [0.25, 1.0, 2.0])
@pytest.mark.parametrize("spatial", [True, False])
def test_strength_and_spatial_part_are_added_as_numpy_adds_them(strength, spatial):
    look, on = some_look(spatial=spatial), Switches(strength=strength)
    frame = some_frame(height=BAND_ROWS * 2 + 5, width=8)
    codes = to_code(frame[..., :3])
    graded = to_code(renderer(look, on, colour=COLOUR)(frame)[..., :3])
    inside = (codes > -1.0).all(axis=-1)
    assert graded[inside] == pytest.approx(apply_look(look, codes, on)[inside], abs=3 * CLOSE)


def test_light_deeper_below_black_than_the_chain_reaches_is_graded_exactly():
    frame = np.full((70, 3, 3), 0.18, np.float32)
    frame[66, 1] = (-3.0, 0.2, 0.3)
    graded = renderer(some_look(), colour=COLOUR)(frame)
    wanted = apply_look(some_look(), to_code(frame[66, 1]))
    assert to_code(graded[66, 1]) == pytest.approx(wanted, rel=1e-4)
    assert np.array_equal(graded[0, 0], graded[69, 2])


@pytest.mark.parametrize("encoding", ["ACEScct", "ARRI LogC4"])
def test_damage_stays_in_sight_and_harms_nothing_beside_it(encoding):
    frame = some_frame()
    frame[0, 0, 0], frame[1, 1, 1], frame[2, 2, 2] = np.nan, np.inf, -np.inf
    graded = renderer(replace(some_look(), encoding=encoding), colour=COLOUR)(frame)
    assert np.isnan(graded[0, 0, 0])
    assert (graded[1, 1, 1], graded[2, 2, 2]) == (np.inf, -np.inf)
    assert np.array_equal(graded[..., 3], frame[..., 3])
    assert np.isfinite(graded[3:]).all()


def test_highlights_six_stops_over_white_keep_every_step():
    ramp = np.repeat(np.geomspace(1.0, 65000.0, 400, dtype=np.float32)[None, :, None], 3, axis=2)
    look = replace(some_look(), lattice=np.full((9, 9, 9, 3), 0.02, np.float32))
    assert (np.diff(renderer(look, colour=COLOUR)(ramp)[0], axis=0) > 0).all()


@pytest.mark.parametrize(("size", "error"), [(33, 0.02), (65, 0.02)])
def test_a_baked_look_is_near_the_exact_one_inside_its_domain(size, error):
    smooth = replace(some_look(points=33), lattice=np.zeros((33, 33, 33, 3), np.float32), lattice_domain=(0.0, 1.0))
    codes = np.random.default_rng(1).uniform(0.05, 1.0, (5000, 3)).astype(np.float32)
    apart = np.abs(apply_to_colours(processor(baked_transform(smooth, size=size)), codes) - apply_look(smooth, codes))
    assert apart.max() < error / (size / 32) ** 1.5


def test_a_look_that_changes_over_the_picture_is_not_baked():
    with pytest.raises(BadMaterial, match="no lattice"):
        renderer(some_look(spatial=True), colour=COLOUR, baked=33)
