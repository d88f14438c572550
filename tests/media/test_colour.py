import os
import threading

import numpy as np
import PyOpenColorIO as ocio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial, Damaged, NotFound
from rushes.media.colour import (
    DEFAULT_CONFIG,
    check_view,
    colour_space_named,
    converter,
    display_view,
    log_spaces,
    open_config,
    review_view,
    transform_converter,
)

SDR = {"display": "sRGB - Display", "view": "ACES 2.0 - SDR 100 nits (Rec.709)"}
LOSSY = ("ACEScc", "ADX10", "ADX16")
"""The studio config cuts light below 0 off on the way out of ACEScc, and film densities above 65504."""


def pixel(red, green=None, blue=None):
    return np.array([[[red, red if green is None else green, red if blue is None else blue]]], np.float32)


def converted(picture, source, target):
    picture = picture.copy()
    converter(DEFAULT_CONFIG, source, target)(picture)
    return picture


# log space, its linear space, scene-linear light, code value, source
WHITE_PAPERS = [
    ("ARRI LogC3 (EI800)", "Linear ARRI Wide Gamut 3", 0.18, 0.391007, "ARRI, ALEXA Log C Curve, 2017: EI 800"),
    ("ARRI LogC4", "Linear ARRI Wide Gamut 4", 0.18, 0.27839583, "ARRI LogC4 Logarithmic Color Space, 2022"),
    ("S-Log3 S-Gamut3", "Linear S-Gamut3", 0.18, 420 / 1023, "Sony, Technical Summary for S-Log3, table of codes"),
    ("S-Log3 S-Gamut3.Cine", "Linear S-Gamut3.Cine", 0.90, 0.584453, "Sony, the same: 90 % white, 598/1023"),
    ("S-Log3 Venice S-Gamut3", "Linear Venice S-Gamut3", 0.0, 95 / 1023, "Sony, the same: black"),
    ("CanonLog2 CinemaGamut D55", "Linear CinemaGamut D55", 0.18, 0.398254, "Canon Log Gamma Curves, 2018"),
    ("CanonLog3 CinemaGamut D55", "Linear CinemaGamut D55", 0.18, 0.343389, "Canon Log Gamma Curves, 2018"),
    ("Log3G10 REDWideGamutRGB", "Linear REDWideGamutRGB", 0.18, 1 / 3, "RED, White Paper on Log3G10, Rev-C"),
    ("V-Log V-Gamut", "Linear V-Gamut", 0.18, 0.423311, "Panasonic, V-Log/V-Gamut Reference Manual, 2014: 433/1023"),
    ("V-Log V-Gamut", "Linear V-Gamut", 0.0, 0.125, "Panasonic, the same: 128/1023"),
    ("BMDFilm WideGamut Gen5", "Linear BMD WideGamut Gen5", 0.18, 0.383561, "Blackmagic Generation 5 Color Science"),
    ("DaVinci Intermediate WideGamut", "Linear DaVinci WideGamut", 0.18, 0.336043, "DaVinci Resolve 17 Wide Gamut"),
    ("ACEScct", "ACEScg", 0.18, 0.4135884, "S-2016-001, ACEScct"),
    ("ACEScct", "ACEScg", 0.0, 0.0729055, "S-2016-001, ACEScct: black is not code value 0"),
    ("ACEScc", "ACEScg", 0.18, 0.4135884, "S-2014-003, ACEScc"),
]


@pytest.mark.parametrize(("log", "linear", "light", "code", "source"), WHITE_PAPERS)
def test_a_camera_log_curve_is_that_of_its_white_paper(log, linear, light, code, source):
    assert converted(pixel(light), linear, log).ravel() == pytest.approx([code] * 3, abs=6e-6), source
    assert converted(pixel(code), log, linear).ravel() == pytest.approx([light] * 3, abs=1e-5), source


def test_mid_grey_through_aces_2_on_a_bright_sdr_display_is_what_the_academy_says():
    # measured with OpenColorIO's own tools on the same built-in config
    grey = pixel(0.18)
    display_view(DEFAULT_CONFIG, "ACEScg", **SDR)(grey)
    assert grey.ravel() == pytest.approx([0.3492] * 3, abs=5e-5)


def test_every_camera_of_the_studio_config_is_among_the_log_spaces():
    spaces = log_spaces(DEFAULT_CONFIG)
    for maker in (
        "ARRI LogC3",
        "ARRI LogC4",
        "S-Log3",
        "CanonLog2",
        "Log3G10",
        "V-Log",
        "BMDFilm",
        "Apple Log",
        "D-Log",
    ):
        assert any(space.startswith(maker) for space in spaces), maker
    assert "ACEScg" not in spaces


@settings(deadline=None, max_examples=40)
@given(
    space=st.sampled_from([space for space in log_spaces(DEFAULT_CONFIG) if space not in LOSSY]),
    codes=st.lists(st.floats(0.125, 0.875, width=32), min_size=3, max_size=3),
)
def test_from_any_log_space_to_the_working_space_and_back_gives_the_same_code_values(space, codes):
    there = converted(pixel(*codes), space, "ACEScg")
    assert converted(there, "ACEScg", space).ravel() == pytest.approx(codes, abs=5e-5)


@settings(deadline=None, max_examples=40)
@given(light=st.lists(st.floats(-0.5, 60000, width=32), min_size=3, max_size=3))
def test_light_below_0_and_above_1_survives_a_change_of_primaries(light):
    back = converted(converted(pixel(*light), "ACEScg", "Linear Rec.2020"), "Linear Rec.2020", "ACEScg")
    assert back.ravel() == pytest.approx(light, abs=1e-6 * max(map(abs, light)) + 1e-7)


def test_from_a_space_to_itself_not_one_bit_changes():
    odd = np.array([np.nan, np.inf, -0.0, 1e-42], np.float32).repeat(3).reshape(2, 2, 3)
    assert converted(odd, "scene_linear", "ACEScg").tobytes() == odd.tobytes()


LAYOUTS = {
    "packed": lambda plate: np.ascontiguousarray(plate.transpose(1, 2, 0)),
    "packed with alpha": lambda plate: np.concatenate([plate, plate[:1]]).transpose(1, 2, 0).copy(),
    "planar": lambda plate: plate.copy().transpose(1, 2, 0),
    "a window of a larger picture": lambda plate: np.pad(plate.transpose(1, 2, 0), ((2, 1), (3, 1), (0, 0)))[
        2:-1, 3:-1
    ],
    "upside down": lambda plate: np.ascontiguousarray(plate.transpose(1, 2, 0)[::-1])[::-1],
    "column by column": lambda plate: np.asfortranarray(plate.transpose(1, 2, 0)),
    "every other column": lambda plate: plate.transpose(1, 2, 0).repeat(2, axis=1)[:, ::2],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [(1, 1), (1, 7), (5, 1), (9, 13)])
def test_a_picture_in_any_memory_layout_is_converted_in_place_to_the_same_values(layout, size):
    plate = np.random.default_rng(4).random((3, *size), np.float32)
    expected = converted(LAYOUTS["packed"](plate), "ACEScg", "ACEScct")
    picture = LAYOUTS[layout](plate)
    converter(DEFAULT_CONFIG, "ACEScg", "ACEScct")(picture)
    assert np.array_equal(picture[..., :3], expected)


def test_only_the_window_that_was_handed_in_is_changed():
    whole = np.random.default_rng(4).random((6, 8, 4), np.float32)
    before = whole.copy()
    converter(DEFAULT_CONFIG, "ACEScg", "ACEScct")(whole[1:4, 2:5])
    whole[1:4, 2:5, :3] = before[1:4, 2:5, :3]
    assert np.array_equal(whole, before)


def test_alpha_is_left_alone_even_where_the_colour_is_infinite():
    picture = np.full((2, 2, 4), 0.25, np.float32)
    picture[0, 0, 0], picture[1, 1, 1] = np.inf, np.nan
    converter(DEFAULT_CONFIG, "ARRI LogC4", "ACEScg")(picture)
    assert np.array_equal(picture[..., 3], np.full((2, 2), 0.25, np.float32))


def test_a_large_picture_in_bands_is_bit_for_bit_the_same_as_row_by_row():
    picture = np.random.default_rng(7).random((541, 1003, 3), np.float32)
    rows = picture.copy()
    convert = converter(DEFAULT_CONFIG, "S-Log3 S-Gamut3", "ACEScg")
    convert(picture)
    for row in rows:
        convert(row[None])
    assert np.array_equal(picture, rows)


def test_a_conversion_can_be_used_from_several_threads_at_once():
    convert = converter(DEFAULT_CONFIG, "ACEScct", "ACEScg")
    pictures = [np.full((64, 64, 3), 0.4135884, np.float32) for _ in range(8)]
    threads = [threading.Thread(target=convert, args=(picture,)) for picture in pictures]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(np.allclose(picture, 0.18, atol=1e-5) for picture in pictures)


def test_a_baked_review_view_stays_within_half_an_eight_bit_step_on_average_of_the_exact_one():
    rng = np.random.default_rng(11)
    # light as a lens gives it: log-normal about mid grey, with soft colours
    exact = np.exp(rng.normal(np.log(0.18), 1.2, (128, 128, 1)) + rng.normal(0, 0.3, (128, 128, 3))).astype(np.float32)
    baked = exact.copy()
    display_view(DEFAULT_CONFIG, "ACEScg", **SDR)(exact)
    review_view(DEFAULT_CONFIG, "ACEScg", **SDR)(baked)
    difference = np.abs(baked - exact) * 255
    assert difference.mean() < 0.5
    assert np.percentile(difference, 99) < 2.0


def test_a_baked_review_view_keeps_the_highlights_of_hdr():
    hdr = {"display": "Rec.2100-PQ - Display", "view": "ACES 2.0 - HDR 4000 nits (Rec.2020)"}
    exact = np.geomspace(100, 700, 16, dtype=np.float32)[None, :, None].repeat(3, axis=2)
    baked = exact.copy()
    display_view(DEFAULT_CONFIG, "ACEScg", **hdr)(exact)
    review_view(DEFAULT_CONFIG, "ACEScg", **hdr)(baked)
    assert np.abs(baked - exact).max() < 0.004


def test_a_transform_of_ones_own_is_applied_in_place():
    picture = pixel(0.5)
    transform_converter(DEFAULT_CONFIG, ocio.MatrixTransform.Scale([2, 2, 2, 1]))(picture)
    assert picture.ravel().tolist() == [1.0, 1.0, 1.0]


def test_aliases_and_roles_lead_to_the_name_and_a_typing_error_to_the_nearest():
    assert colour_space_named(DEFAULT_CONFIG, "Input - ARRI - V3 LogC (EI800) - Wide Gamut") == "ARRI LogC3 (EI800)"
    assert colour_space_named(DEFAULT_CONFIG, "compositing_log") == "ACEScct"
    with pytest.raises(NotFound, match="no colour space named 'ARRI LogC5'; did you mean 'ARRI LogC4'"):
        colour_space_named(DEFAULT_CONFIG, "ARRI LogC5")


def test_a_built_in_config_must_be_named_in_full():
    # OpenColorIO takes these too, and each release means another config by them
    for moving in ("ocio://default", "ocio://studio-config-latest", "ocio://studio-config-v4.0.0"):
        with pytest.raises(NotFound, match="in full"):
            open_config(moving)


def test_an_unknown_display_or_view_is_refused_by_name():
    check_view(DEFAULT_CONFIG, **SDR)
    with pytest.raises(NotFound, match="no display named 'sRGB'"):
        check_view(DEFAULT_CONFIG, "sRGB", SDR["view"])
    with pytest.raises(NotFound, match="no view on sRGB - Display named 'Film'"):
        display_view(DEFAULT_CONFIG, "ACEScg", display="sRGB - Display", view="Film")


def test_a_config_file_that_is_not_there_or_not_valid_is_refused(tmp_path):
    with pytest.raises(NotFound, match="no OCIO config"):
        open_config(os.fspath(tmp_path / "show.ocio"))
    (tmp_path / "torn.ocio").write_text("ocio_profile_version: 2\nroles: {scene_lin")
    whole = ocio.Config.CreateFromBuiltinConfig(DEFAULT_CONFIG.removeprefix("ocio://")).serialize()
    (tmp_path / "loose.ocio").write_text(whole.replace("scene_linear: ACEScg", "scene_linear: ACEScq"))
    for name in ("torn", "loose"):
        with pytest.raises(Damaged, match=rf"{name}\.ocio: no valid OCIO config"):
            open_config(os.fspath(tmp_path / f"{name}.ocio"))


def test_a_config_file_of_the_shows_own_is_opened(tmp_path):
    path = tmp_path / "show.ocio"
    path.write_text(ocio.Config.CreateFromBuiltinConfig(DEFAULT_CONFIG.removeprefix("ocio://")).serialize())
    assert colour_space_named(os.fspath(path), "lin_ap1") == "ACEScg"


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (np.zeros((4, 4, 3)), "float64"),
        (np.zeros((3, 4, 5), np.float32), r"\(3, 4, 5\)"),
        (np.zeros((4, 4), np.float32), r"\(4, 4\)"),
        (np.broadcast_to(np.float32(0), (4, 4, 3)), "read-only"),
    ],
)
def test_what_is_no_picture_is_refused(picture, why):
    with pytest.raises(BadMaterial, match=why):
        converter(DEFAULT_CONFIG, "ACEScct", "ACEScg")(picture)


def test_of_two_views_in_one_process_each_shows_what_it_shows_alone():
    # OpenColorIO keeps processors by what it prints of a transform, and of a LUT that is its size and its range
    pictures = []
    for display in ("sRGB - Display", "Rec.1886 Rec.709 - Display"):
        way = {"display": display, "view": SDR["view"]}
        exact, baked = (np.full((1, 4, 3), 0.18, np.float32) * np.float32([1.0, 0.5, 2.0]) for _ in range(2))
        display_view(DEFAULT_CONFIG, "ACEScg", **way)(exact)
        review_view(DEFAULT_CONFIG, "ACEScg", **way)(baked)
        assert np.abs(exact - baked).max() < 0.01, display
        pictures.append(baked)
    assert np.abs(pictures[0] - pictures[1]).max() > 0.02
