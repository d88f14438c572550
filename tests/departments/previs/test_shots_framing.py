from dataclasses import replace
from itertools import cycle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.shots.cameras import Camera, project
from rushes.departments.previs.shots.figures import Figure, height_at, landmark
from rushes.departments.previs.shots.framing import Framing, frame_figure, frame_from, read_framing
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Limits, Package, Prime, crop
from rushes.departments.previs.shots.sizes import ANGLES, LEVELS, SIZES, TILTS_DEG
from rushes.domain.errors import BadMaterial, NotFound

JENNY = Figure("JENNY", 1.68, (1.0, 0.0, -2.0), 25.0)
PACKAGES = {
    "1.33": Package(FILMBACKS["alexa-4x3"], aspect=1.33, kit=PRIMES),
    "1.78": Package(FILMBACKS["super-35"], aspect=1.78, kit=PRIMES),
    "1.85": Package(FILMBACKS["alexa-lf"], aspect=1.85, kit=PRIMES),
    "2.39 anamorphic": Package(FILMBACKS["scope-35"], squeeze=2.0, aspect=2.39, kit=PRIMES),
}
UP = np.array([0.0, 1.0, 0.0])
LENSES = (18.0, 32.0, 50.0, 100.0)


def turn(axis: int, degrees: float) -> np.ndarray:
    cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = np.eye(3)
    one, other = (axis + 1) % 3, (axis + 2) % 3
    turned[one, one] = turned[other, other] = cos
    turned[one, other], turned[other, one] = -sin, sin
    return turned


def on_the_film(camera: Camera, point: np.ndarray) -> tuple[float, float]:
    """A pinhole of rotations and millimetres: where a point falls, as parts of the crop from its top left."""
    # A camera as OpenGL and USD have it looks along −Z: turn it to +Z first, then roll, tilt and pan it.
    posed = turn(1, camera.pan_deg) @ turn(0, -camera.tilt_deg) @ turn(1, 180.0) @ turn(2, -camera.roll_deg)
    x, y, z = posed.T @ (point - np.array(camera.place))
    assert z < 0
    width_mm, height_mm = crop(camera.package)
    across_mm = camera.focal_mm * x / -z / camera.package.squeeze
    return 0.5 + across_mm / width_mm, 0.5 - camera.focal_mm * y / -z / height_mm


def asked_points(figure: Figure, framing: Framing) -> list[tuple[np.ndarray, float]]:
    size = SIZES[framing.size]
    heights = height_at(figure, size.upper), height_at(figure, size.lower)
    feet = np.array(figure.place)
    if framing.angle != "TOP":
        return [(feet + heights[0] * UP, size.upper_y), (feet + heights[1] * UP, size.lower_y)]
    away = np.radians(figure.facing_deg + framing.bearing_deg)
    half = (heights[0] - heights[1]) / 2 * np.array([-np.sin(away), 0, -np.cos(away)])
    crown = feet + height_at(figure, 1.0) * UP
    return [(crown + half, size.upper_y), (crown - half, size.lower_y)]


@pytest.mark.parametrize("aspect", PACKAGES)
def test_every_size_angle_lens_and_aspect_lands_within_two_percent_of_the_frames_height(aspect):
    worst, count = 0.0, 0
    for size in SIZES:
        for angle in ANGLES:
            for focal_mm in LENSES:
                framing = Framing(size, angle, bearing_deg=40.0)
                camera = frame_figure(JENNY, framing, PACKAGES[aspect], focal_mm=focal_mm).camera
                for point, down in asked_points(JENNY, framing):
                    worst = max(worst, abs(on_the_film(camera, point)[1] - down))
                count += 1
    assert count == 11 * 9 * 4
    assert worst < 1e-6


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(SIZES)),
    st.sampled_from(ANGLES),
    st.floats(-180, 180),
    st.floats(-30, 30),
    st.floats(0.2, 0.8),
    st.floats(0.9, 2.1),
    st.floats(21, 200),
    st.booleans(),
)
def test_any_bearing_roll_and_height_lands_exactly_sideways_too(
    size, angle, bearing, roll, across, height, focal, sits
):
    figure = Figure("SOMEBODY", height, (3.0, 0.4, 1.0), 200.0, 0.3 * height if sits else None)
    framing = Framing(size, angle, bearing, roll, across)
    framed = frame_figure(figure, framing, PACKAGES["1.78"], focal_mm=focal)
    points = asked_points(figure, framing)
    assert [on_the_film(framed.camera, point)[1] for point, _ in points] == pytest.approx(
        [y for _, y in points], abs=1e-6
    )
    assert on_the_film(framed.camera, points[0][0])[0] == pytest.approx(across, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.floats(-5, 5), st.floats(0, 3), st.floats(-5, 5)),
    st.floats(-180, 180),
    st.floats(-60, 60),
    st.floats(-45, 45),
)
def test_projecting_agrees_with_a_pinhole_of_rotations(place, pan, tilt, roll):
    camera = Camera(place, pan, tilt, roll, 35.0, PACKAGES["2.39 anamorphic"])
    for point in np.array([[9.0, 1.0, 2.0], [-9.0, 2.0, 1.0], [0.5, 1.5, 9.0], [1.0, 0.0, -9.0]]):
        across, down, depth = project(camera, point)
        if depth > 0.5:
            assert on_the_film(camera, point) == pytest.approx((across, down), abs=1e-9)


@pytest.mark.parametrize("angle", LEVELS)
def test_a_level_angle_puts_the_camera_at_that_height_of_the_figure(angle):
    framed = frame_figure(JENNY, Framing("MS", angle), PACKAGES["1.78"])
    assert framed.camera.place[1] == pytest.approx(LEVELS[angle] * 1.68)
    assert framed.notes == ()


@pytest.mark.parametrize("angle", LEVELS)
def test_a_rolled_camera_stands_at_the_same_height(angle):
    framed = frame_figure(JENNY, Framing("MCU", angle, 30.0, 25.0, 0.35), PACKAGES["1.78"], focal_mm=85.0)
    assert framed.camera.place[1] == pytest.approx(LEVELS[angle] * 1.68)


def test_a_wide_lens_that_cannot_fill_the_frame_with_a_face_from_the_knees_rises_until_it_can():
    framed = frame_figure(JENNY, Framing("ECU", "KNEE"), PACKAGES["1.78"], focal_mm=18.0)
    chin = landmark(JENNY, "chin")[1]
    assert framed.residual_percent < 1e-6
    # The circle from which 0.1596 m look 42.46° tall reaches 0.0384 m below the chin; nine tenths of that are used.
    assert chin - framed.camera.place[1] == pytest.approx(0.9 * 0.0384, abs=1e-4)
    assert "KNEE yields by" in framed.notes[0]


def test_a_very_wide_lens_does_not_look_past_straight_down():
    package = replace(PACKAGES["1.85"], aspect=1.33)
    framed = frame_figure(JENNY, Framing("MS", "BIRD"), package, focal_mm=14.0)
    lowest_ray = framed.camera.tilt_deg - np.degrees(np.arctan(crop(package)[1] / 28.0))
    assert lowest_ray == pytest.approx(-80.0)
    assert framed.residual_percent < 1e-6
    assert "BIRD yields by" in framed.notes[0]


@pytest.mark.parametrize("angle", TILTS_DEG)
def test_a_tilted_angle_tilts_by_its_degrees(angle):
    framed = frame_figure(JENNY, Framing("CU", angle), PACKAGES["1.78"])
    assert (framed.camera.tilt_deg, framed.angle_off_deg) == (TILTS_DEG[angle], 0.0)


def test_twice_the_lens_is_nearly_twice_the_distance():
    near = frame_figure(JENNY, Framing("CU"), PACKAGES["1.78"], focal_mm=50.0)
    far = frame_figure(JENNY, Framing("CU"), PACKAGES["1.78"], focal_mm=100.0)
    assert far.distance_m / near.distance_m == pytest.approx(2.0, abs=0.01)


def test_under_the_floor_no_camera_stands_so_the_angle_yields_and_says_so():
    framed = frame_figure(JENNY, Framing("FS", "LOW"), PACKAGES["1.78"], focal_mm=32.0)
    assert framed.camera.place[1] == pytest.approx(0.1)
    assert framed.residual_percent < 1e-6
    assert 0 < framed.camera.tilt_deg < 20
    assert framed.angle_off_deg == pytest.approx(20 - framed.camera.tilt_deg)
    assert "LOW yields by" in framed.notes[0]


def test_under_a_ceiling_a_high_angle_yields():
    limits = Limits(highest_m=2.4)
    framed = frame_figure(JENNY, Framing("LS", "HIGH"), PACKAGES["1.78"], focal_mm=50.0, limits=limits)
    assert framed.camera.place[1] == pytest.approx(2.4)
    assert framed.residual_percent < 1e-6 < framed.angle_off_deg


def test_from_above_a_ceiling_makes_the_size_yield():
    framed = frame_figure(JENNY, Framing("MS", "TOP"), PACKAGES["1.78"], focal_mm=50.0, limits=Limits(highest_m=2.4))
    assert framed.camera.place[1] == pytest.approx(2.4)
    assert framed.residual_percent > 10


def test_a_lens_that_focuses_no_nearer_shares_the_miss_between_both_marks_and_reports_it():
    package = replace(PACKAGES["1.78"], kit=(Prime(32.0, 1.0),))
    framing = Framing("CU")
    framed = frame_figure(JENNY, framing, package, focal_mm=32.0)
    misses = [on_the_film(framed.camera, point)[1] - down for point, down in asked_points(JENNY, framing)]
    assert framed.distance_m == pytest.approx(1.0)
    assert misses[0] == pytest.approx(-misses[1], abs=1e-6)
    assert framed.residual_percent == pytest.approx(100 * abs(misses[0]), abs=1e-5)
    assert f"{framed.residual_percent:.1f} % of the frame" in framed.notes[0]


def test_a_camera_that_cannot_come_near_reads_the_smaller_the_farther():
    residuals = [
        frame_figure(JENNY, Framing("CU"), PACKAGES["1.78"], limits=Limits(nearest_m=metres)).residual_percent
        for metres in (1.0, 4.0, 6.0, 9.0)
    ]
    assert residuals[0] < 1e-6
    assert sorted(residuals) == residuals


def test_from_a_fixed_spot_the_best_prime_of_the_kit_is_taken():
    package = PACKAGES["1.78"]
    framed = frame_from(JENNY, Framing("MCU"), package, distance_m=2.0)
    others = [
        frame_figure(
            JENNY, Framing("MCU"), package, focal_mm=prime.focal_mm, limits=Limits(nearest_m=2.0, farthest_m=2.0)
        )
        for prime in PRIMES
    ]
    assert framed.camera.focal_mm == 50.0
    assert framed.distance_m == pytest.approx(2.0)
    assert framed.residual_percent == min(other.residual_percent for other in others)
    assert 0.1 < framed.residual_percent < 10


def test_the_picture_tells_its_size_and_angle_again():
    sizes, angles = cycle(SIZES), cycle(ANGLES)
    for _ in range(11):
        framing = Framing(next(sizes), next(angles), bearing_deg=-35.0, across=0.4)
        framed = frame_figure(JENNY, framing, PACKAGES["1.78"], focal_mm=75.0, limits=Limits(lowest_m=-1e9))
        read, again = read_framing(framed.camera, JENNY, limits=Limits(lowest_m=-1e9))
        assert (read.size, read.angle) == (framing.size, framing.angle)
        assert (read.bearing_deg, read.across) == pytest.approx((-35.0, 0.4))
        assert again.residual_percent < 1e-6


def test_a_camera_a_little_off_reads_as_the_nearest_framing_with_a_residual():
    framed = frame_figure(JENNY, Framing("MCU"), PACKAGES["1.78"])
    x, y, z = np.array(framed.camera.place) + 0.04 * (np.array(framed.camera.place) - landmark(JENNY, "eyes"))
    read, again = read_framing(replace(framed.camera, place=(x, y, z)), JENNY)
    assert (read.size, read.angle) == ("MCU", "EYE")
    assert 0.5 < again.residual_percent < 4


def test_a_camera_that_looks_elsewhere_is_refused():
    framed = frame_figure(JENNY, Framing("MCU"), PACKAGES["1.78"])
    with pytest.raises(BadMaterial, match="does not have JENNY in its frame"):
        read_framing(replace(framed.camera, pan_deg=framed.camera.pan_deg + 180), JENNY)


def test_words_that_nobody_defined_are_refused():
    with pytest.raises(NotFound, match="did you mean 'MCU'"):
        Framing("MCUU")
    with pytest.raises(NotFound, match="camera angle"):
        Framing("MCU", "SIDEWAYS")
    with pytest.raises(BadMaterial, match="cannot be"):
        Framing("MCU", roll_deg=90.0)
    with pytest.raises(BadMaterial, match="no kit"):
        frame_from(JENNY, Framing("CU"), replace(PACKAGES["1.78"], kit=()), distance_m=1.0)
