from dataclasses import replace

import numpy as np
import pytest

from rushes.departments.department import Colour
from rushes.departments.look.look import Cdl, neutral_look
from rushes.departments.look.qc import check_look

COLOUR = Colour(
    "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5",
    "ACEScg",
    "sRGB - Display",
    "ACES 2.0 - SDR 100 nits (Rec.709)",
)
NEUTRAL = neutral_look("ACEScct")


def failed(look):
    """Return the first word of every check that fails."""
    return {check.name.split()[0].strip(":") for check in check_look(look, COLOUR) if check.passed is False}


def value(look, start):
    return next(check.value for check in check_look(look, COLOUR) if check.name.startswith(start))


def test_a_look_that_changes_nothing_passes_with_perfect_numbers():
    assert failed(NEUTRAL) == set()
    assert value(NEUTRAL, "neutral") == pytest.approx(1.0, abs=1e-3)
    assert value(NEUTRAL, "highlights") == pytest.approx(1.0, abs=2e-3)
    assert value(NEUTRAL, "part of the cube") == 0.0
    assert value(NEUTRAL, "undone") == pytest.approx(0.0, abs=1e-2)
    assert value(NEUTRAL, "skin") == pytest.approx(0.0, abs=0.01)


def test_a_gentle_cdl_passes_every_check():
    gentle = Cdl((1.05, 1.0, 0.96), (-0.01, 0.0, 0.008), (1.02, 1.0, 0.99), 1.08)
    assert failed(replace(NEUTRAL, cdl=gentle)) == set()


def test_a_slope_of_a_half_is_measured_as_a_half():
    halved = replace(NEUTRAL, cdl=Cdl(slope=(0.5, 0.5, 0.5), offset=(0.2, 0.2, 0.2)))
    assert value(halved, "neutral") == pytest.approx(0.5, abs=1e-3)
    assert value(halved, "highlights") == pytest.approx(0.5, abs=5e-3)


def test_a_curve_that_turns_back_fails_the_neutral_axis():
    curves = NEUTRAL.curves.copy()
    curves[:, 14] -= 0.05
    assert "neutral" in failed(replace(NEUTRAL, curves=curves))


def test_a_curve_that_clips_at_white_fails_the_highlights():
    assert "highlights" in failed(replace(NEUTRAL, curves=np.minimum(NEUTRAL.curves, 0.55)))


def test_a_lattice_with_fit_noise_bands():
    noise = np.random.default_rng(0).normal(0.0, 0.005, NEUTRAL.lattice.shape).astype(np.float32)
    assert "banding" in failed(replace(NEUTRAL, lattice=noise))


def test_a_kink_of_a_fifth_is_seen_as_a_change_of_a_tenth_to_a_fifth_of_a_code():
    # over the kink a step of one code becomes 1.2 codes; where the kink lies between two codes they share the change
    ramp = np.linspace(0.0, 1.0, 33)
    curves = np.tile(ramp + 0.2 * np.maximum(ramp - 13 / 32, 0.0), (3, 1)).astype(np.float32)
    assert 0.1 <= value(replace(NEUTRAL, curves=curves), "banding") <= 0.21


def test_a_dent_that_folds_colours_over_each_other_cannot_be_undone():
    lattice = NEUTRAL.lattice.copy()
    lattice[14:18, 8:12, 8:12] = (-0.2, 0.0, 0.0)
    assert {"part", "undone"} <= failed(replace(NEUTRAL, lattice=lattice))


def test_a_channel_thrown_away_folds_the_whole_cube():
    lattice = NEUTRAL.lattice.copy()
    lattice[..., 2] = -np.linspace(0.0, 1.0, 33)
    assert value(replace(NEUTRAL, lattice=lattice), "part of the cube") == pytest.approx(100.0)


def test_saturation_by_half_as_much_again_pushes_colours_out_of_the_display():
    assert value(replace(NEUTRAL, cdl=Cdl(saturation=1.5)), "Rec.709 colours that noticeably") > 20.0
    assert value(replace(NEUTRAL, cdl=Cdl(saturation=0.8)), "Rec.709 colours that noticeably") == 0.0


def test_contrast_in_log_pushes_a_few_colours_out_of_the_working_gamut_too():
    steep = replace(NEUTRAL, cdl=Cdl(slope=(1.3, 1.3, 1.3), offset=(-0.12, -0.12, -0.12)))
    assert value(steep, "Rec.709 colours that leave the working") > 1.0
    assert "Rec.709" in failed(steep)


def test_a_warm_look_turns_skin_and_no_threshold_forbids_it():
    warm = replace(NEUTRAL, cdl=Cdl(offset=(0.03, 0.0, -0.03)))
    skin = next(check for check in check_look(warm, COLOUR) if check.name.startswith("skin"))
    assert abs(skin.value) > 1.0
    assert skin.passed is None


def test_checks_know_other_encodings_than_acescct():
    assert failed(neutral_look("ARRI LogC4")) == set()
