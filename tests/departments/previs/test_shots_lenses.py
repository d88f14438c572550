from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.departments.previs.shots.figures import LANDMARKS, Figure, bearing_between, height_at, landmark
from rushes.departments.previs.shots.lenses import (
    FILMBACKS,
    PRIMES,
    Filmback,
    Limits,
    Package,
    Prime,
    crop,
    field_of_view,
    find_filmback,
    focal_for,
    nearest_prime,
)
from rushes.domain.errors import BadMaterial, NotFound

packages = st.builds(
    Package, st.sampled_from(list(FILMBACKS.values())), st.sampled_from([1.0, 1.3, 1.5, 1.8, 2.0]), st.floats(0.5, 3.0)
)


@given(packages, st.floats(8, 400))
def test_the_field_of_view_tells_the_focal_length_again(package, focal_mm):
    assert focal_for(package, field_of_view(package, focal_mm)[1]) == pytest.approx(focal_mm, rel=1e-9)


@given(packages)
def test_a_crop_lies_within_the_filmback_touches_it_and_has_the_aspect(package):
    width, height = crop(package)
    back = package.filmback
    assert width <= back.width_mm + 1e-9 and height <= back.height_mm + 1e-9
    assert width == pytest.approx(back.width_mm) or height == pytest.approx(back.height_mm)
    assert width * package.squeeze / height == pytest.approx(package.aspect)


@pytest.mark.parametrize(
    ("focal_mm", "across", "upright"), [(24.0, 73.7, 53.1), (35.0, 54.4, 37.8), (85.0, 23.9, 16.1)]
)
def test_full_frame_lenses_see_what_their_makers_print(focal_mm, across, upright):
    seen = field_of_view(Package(FILMBACKS["full-frame"], aspect=1.5), focal_mm)
    assert seen == pytest.approx((across, upright), abs=0.06)


def test_an_anamorphic_sees_sideways_as_a_lens_of_half_its_length_and_upright_as_its_own():
    scope = Package(FILMBACKS["scope-35"], 2.0, 2.39)
    sphere = Package(Filmback("wide", 21.95, 18.59), 1.0, 21.95 / crop(scope)[1])
    assert field_of_view(scope, 50.0)[0] == pytest.approx(field_of_view(sphere, 25.0)[0])
    assert field_of_view(scope, 50.0)[1] == pytest.approx(field_of_view(sphere, 50.0)[1])


def test_digital_areas_are_what_their_maker_prints():
    printed = {"alexa-4x3": (23.76, 17.82), "alexa-35": (27.99, 19.22), "alexa-lf": (36.70, 25.54)}
    for name, sides in printed.items():
        back = find_filmback(name)
        assert (back.width_mm, back.height_mm) == pytest.approx(sides, abs=0.005)


@given(st.floats(5, 500))
def test_no_other_prime_of_the_kit_is_nearer_in_ratio(focal_mm):
    chosen = nearest_prime(PRIMES, focal_mm).focal_mm
    ratios = {max(prime.focal_mm / focal_mm, focal_mm / prime.focal_mm) for prime in PRIMES}
    assert max(chosen / focal_mm, focal_mm / chosen) == pytest.approx(min(ratios))


def test_a_prime_twice_as_long_is_as_near_as_one_half_as_long():
    assert nearest_prime((Prime(10.0), Prime(40.0)), 21.0).focal_mm == 40.0


def test_what_exposes_no_picture_is_refused_with_every_reason():
    with pytest.raises(BadMaterial, match=r"width of 0[\s\S]*aspect of -1"):
        Package(Filmback("none", 0.0, 1.0), aspect=-1.0)
    with pytest.raises(NotFound, match="did you mean 'super-35'"):
        find_filmback("super35")
    with pytest.raises(BadMaterial, match="focal length of 0"):
        field_of_view(Package(FILMBACKS["super-35"]), 0.0)
    with pytest.raises(BadMaterial, match="leave no room"):
        Limits(lowest_m=3.0, highest_m=2.0, nearest_m=inf, farthest_m=1.0)


@pytest.mark.parametrize(("name", "metres"), [("eyes", 1.644), ("shoulders", 1.444), ("waist", 1.102)])
def test_an_average_man_has_his_landmarks_where_huston_measured_them(name, metres):
    # Huston, Principles of Biomechanics (2009): 50th percentile of men, stature 1.759 m.
    assert landmark(Figure("MAN", 1.759), name)[1] == pytest.approx(metres, rel=0.01)


@given(st.floats(0.5, 2.4), st.floats(0.16, 0.46))
def test_landmarks_of_a_sitter_keep_their_order_and_lie_no_higher_than_standing(height, seat):
    sitter, stander = Figure("A", height, seat_m=seat * height), Figure("A", height)
    heights = [height_at(sitter, fraction) for fraction in LANDMARKS.values()]
    assert sorted(heights, reverse=True) == heights
    assert heights[-1] == 0
    assert all(low <= height_at(stander, f) + 1e-9 for low, f in zip(heights, LANDMARKS.values(), strict=True))
    assert heights[0] == pytest.approx((seat + 0.52) * height)


def test_headings_are_anticlockwise_from_above():
    assert [bearing_between((0, 0, 0), to) for to in [(0, 0, 1), (1, 0, 0), (-1, 9, 0)]] == [0.0, 90.0, -90.0]


def test_nobody_is_placed_who_cannot_be():
    with pytest.raises(BadMaterial, match=r"no height of a person[\s\S]*must be finite[\s\S]*nobody of 9"):
        Figure("GIANT", 9.0, (float("nan"), 0, 0), seat_m=0.2)
    with pytest.raises(NotFound, match="landmark"):
        landmark(Figure("A"), "elbow")
