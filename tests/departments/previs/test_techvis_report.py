import csv
from dataclasses import replace
from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.out.camera_report import camera_numbers, report_csv, report_rows, words_of
from rushes.departments.previs.out.hud import cells_of, hud, matte_height
from rushes.departments.previs.out.techvis_focus import circle_of, feet, focus_of
from rushes.departments.previs.out.techvis_travel import travel_of
from rushes.departments.previs.shots.figures import Figure, landmark
from rushes.departments.previs.shots.lenses import FILMBACKS, Package, Prime
from rushes.departments.previs.shots.moves import Move, end_of
from rushes.domain.errors import BadMaterial

from .test_boards_arrows import MEDIUM, WILL, shot_of

HOLD = shot_of(MEDIUM, line="7 MS WILL")


def test_hyperfocal_distance_is_that_of_the_textbook():
    """50 mm at f/8 and 0.03 mm: 10.467 m, sharp from half of it on (Wikipedia, "Hyperfocal distance", the example)."""
    sharp = focus_of(50.0, 8.0, circle_mm=0.03, distance_m=10.0)
    assert sharp.hyperfocal_m == pytest.approx(10.467, abs=5e-4)
    at = focus_of(50.0, 8.0, circle_mm=0.03, distance_m=sharp.hyperfocal_m)
    assert (at.near_m, at.far_m) == (pytest.approx(sharp.hyperfocal_m / 2), inf)


@settings(max_examples=40, deadline=None)
@given(st.floats(12, 200), st.floats(1.3, 22), st.floats(0.01, 0.05), st.floats(0.4, 60))
def test_at_both_ends_of_the_sharp_range_a_point_is_a_circle_of_confusion(focal, stop, circle, away):
    """The blur of a thin lens: aperture × |d − s| / d × f / (s − f), with no formula of ours in it."""
    sharp = focus_of(focal, stop, circle_mm=circle, distance_m=away)
    ends = [sharp.near_m] + ([sharp.far_m] if sharp.far_m < 1e5 else [])
    for end in ends:
        d, s, aperture = end * 1000, away * 1000, focal / stop
        assert aperture * abs(d - s) / d * focal / (s - focal) == pytest.approx(circle, rel=1e-5)
    assert sharp.near_m < away < sharp.far_m


def test_the_circle_of_confusion_is_the_fifteen_hundredth_part_of_the_diagonal():
    assert circle_of(FILMBACKS["full-frame"]) == pytest.approx(43.2666 / 1500, abs=1e-6)
    assert circle_of(FILMBACKS["super-35"]) == pytest.approx(0.0207, abs=5e-5)


@pytest.mark.parametrize("wrong", [(0.0, 2.8, 2.0), (50.0, 0.0, 2.0), (50.0, 2.8, 0.04), (50.0, 2.8, float("nan"))])
def test_a_lens_that_cannot_focus_so_is_refused(wrong):
    with pytest.raises(BadMaterial, match="in focus"):
        focus_of(wrong[0], wrong[1], circle_mm=0.03, distance_m=wrong[2])


@settings(max_examples=40)
@given(st.floats(0, 2000))
def test_feet_and_inches_are_within_half_an_inch(length):
    whole, inches = feet(length).removesuffix("″").split("′")
    assert int(inches) < 12
    assert abs((int(whole) + int(inches) / 12) * 0.3048 - length) <= 0.0127 + 1e-9


def test_the_numbers_are_those_of_the_camera():
    numbers = camera_numbers(HOLD, 0, stop=2.0)
    eyes = landmark(WILL, "eyes")
    assert numbers.distance_m == pytest.approx(float(np.linalg.norm(eyes - MEDIUM.place)))
    assert numbers.camera == MEDIUM
    assert numbers.subject == "WILL"
    # 40 mm on super 35 cropped to 1.85: 2 atan(24.89 / 80), as any field-of-view table has it
    wide = camera_numbers(shot_of(replace(MEDIUM, focal_mm=40.0)), 0)
    assert wide.degrees[0] == pytest.approx(34.56, abs=0.01)
    assert words_of(wide)["field across"] == "34.6°"


def test_an_anamorphic_lens_sees_twice_as_wide_as_its_focal_length_says():
    package = Package(FILMBACKS["scope-35"], squeeze=2.0, aspect=2.39)
    numbers = camera_numbers(shot_of(replace(MEDIUM, focal_mm=50.0, package=package)), 0)
    assert numbers.degrees[0] == pytest.approx(2 * np.degrees(np.arctan(21.95 / 50.0)))
    assert words_of(numbers)["squeeze"] == "2×"


def test_the_picture_says_what_the_report_says():
    shot = shot_of(MEDIUM, end_of(MEDIUM, Move("push", "in", 0.4), WILL), line="7 MS WILL")
    columns, rows = report_rows([shot])
    assert len(rows) == 2
    for frame, row in zip((0, shot.frames - 1), rows, strict=True):
        told = dict(zip(columns, row, strict=True))
        cells = dict(cells_of(camera_numbers(shot, frame)))
        assert cells["height"] == f"{told['height']}  {told['height ft']}"
        assert cells["to WILL"] == f"{told['distance']}  {told['distance ft']}"
        assert cells["sharp"] == f"{told['near']} – {told['far']}"
        assert [cells[name] for name in ("shot", "lens", "tilt", "stop", "frame")] == [
            told[name] for name in ("shot", "lens", "tilt", "stop", "frame")
        ]
    assert rows[0] != rows[1]


def test_the_subject_is_whom_the_line_names_and_else_who_is_in_the_middle():
    other = Figure("JENNY", 1.68, (0.3, 0.0, 1.0))
    pair = ((WILL, WILL), (other, other))
    assert camera_numbers(shot_of(MEDIUM, people=pair, line="7 MS WILL"), 0).subject == "WILL"
    assert camera_numbers(shot_of(MEDIUM, people=pair, line="7 MS JENNY"), 0).subject == "JENNY"
    assert camera_numbers(shot_of(MEDIUM, people=pair, line=""), 0).subject == "WILL"
    nobody = camera_numbers(shot_of(replace(MEDIUM, pan_deg=MEDIUM.pan_deg + 180.0), line=""), 0)
    assert (nobody.subject, nobody.focus, words_of(nobody)["distance"]) == ("", None, "–")


def test_a_lens_that_focuses_no_nearer_is_a_warning_beside_the_rigs_limits():
    package = replace(MEDIUM.package, kit=(Prime(MEDIUM.focal_mm, 3.5),))
    shot = shot_of(replace(MEDIUM, package=package), line="7 MS WILL", limits=("the crane reaches 3 m",))
    columns, rows = report_rows([shot])
    told = dict(zip(columns, rows[0], strict=True))["warnings"]
    assert told.startswith("the crane reaches 3 m; ")
    assert "focuses from 3.50 m" in told


def test_travel_and_speed_are_those_of_the_way():
    end = replace(MEDIUM, place=tuple(np.add(MEDIUM.place, (1.2, 0.0, 0.0))), pan_deg=MEDIUM.pan_deg + 48.0)
    travel = travel_of(shot_of(MEDIUM, end, frames=25), Fraction(24))
    assert travel.metres == pytest.approx(1.2)
    assert travel.metres_per_second == pytest.approx(1.2)
    assert travel.degrees_per_second == pytest.approx(48.0 * np.cos(np.radians(MEDIUM.tilt_deg)), rel=1e-3)
    assert travel_of(shot_of(MEDIUM, frames=1), Fraction(24)).metres == 0.0


def test_the_report_as_csv_reads_back_and_holds_no_formula():
    shot = shot_of(MEDIUM, line="7 MS WILL", limits=('=HYPERLINK("x"), "quoted"', "+cmd"))
    columns, rows = report_rows([shot])
    read = list(csv.reader(report_csv([shot]).splitlines()))
    assert read[0] == list(columns)
    assert read[1][:-1] == list(rows[0][:-1])
    assert read[1][-1] == "'" + rows[0][-1]


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_the_matte_lies_under_the_picture_and_the_picture_is_left_alone(kind):
    picture = (np.random.default_rng(2).random((240, 400, 3)) * (255 if kind is np.uint8 else 1)).astype(kind)
    numbers = camera_numbers(HOLD, 0)
    plain = hud(picture, numbers, lines=False)
    assert plain.dtype == kind
    assert plain.shape == (240 + matte_height(240), 400, 3)
    assert (plain[:240] == picture).all()
    assert plain[240:].max() > 0.7 * (255 if kind is np.uint8 else 1)
    lined = hud(picture, numbers)
    changed = (lined[:240] != picture).any(axis=2)
    assert 0 < changed.mean() < 0.02
    assert changed[118:122, 198:202].any()
    assert (hud(picture, numbers) == lined).all()


def test_a_cell_stays_where_it_is_while_its_digits_change():
    picture = np.zeros((240, 640, 3), np.uint8)
    shot = shot_of(MEDIUM, end_of(MEDIUM, Move("zoom", "in", 100.0), WILL), line="7 MS WILL")
    assert [words_of(camera_numbers(shot, frame))["lens"] for frame in (0, 24)] == ["40 mm", "100 mm"]
    names = [hud(picture, camera_numbers(shot, frame), lines=False)[241:252] for frame in (0, 24)]
    assert (names[0] == names[1]).all()


def test_a_picture_too_small_for_numbers_is_refused():
    with pytest.raises(BadMaterial, match="cannot be read"):
        hud(np.zeros((90, 160, 3), np.uint8), camera_numbers(HOLD, 0))
