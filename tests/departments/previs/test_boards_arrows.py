from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path

from rushes.departments.previs.out.arrows import LEAST_PATH, arrows_of, camera_arrows, figure_arrows, other_frame
from rushes.departments.previs.out.boards_arrows import arrows_over, marks_of, ribbon
from rushes.departments.previs.plan import ReadyShot
from rushes.departments.previs.shots.cameras import Camera, project
from rushes.departments.previs.shots.figures import Figure, landmark
from rushes.departments.previs.shots.framing import Framing, frame_figure
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Package
from rushes.departments.previs.shots.moves import Move, end_of
from rushes.departments.previs.stage.pieces import Moment, Stage

PACKAGE = Package(FILMBACKS["super-35"], aspect=1.85, kit=PRIMES)
WILL = Figure("WILL", 1.83)
FULL = frame_figure(WILL, Framing("FS"), PACKAGE).camera
MEDIUM = frame_figure(WILL, Framing("MS"), PACKAGE).camera
ROOM = (((-3.0, -3.0), (3.0, -3.0)), ((3.0, -3.0), (3.0, 3.0)), ((3.0, 3.0), (-3.0, 3.0)), ((-3.0, 3.0), (-3.0, -3.0)))


def shot_of(camera, end=None, *, people=((WILL, WILL),), frames=25, line="7 FS WILL", words="He waits.", **more):
    """A shot whose camera and people go straight from one place to the other."""
    end = end or camera

    def mixed(start, stop, frame):
        share = frame / max(frames - 1, 1)
        return tuple(a + (b - a) * share for a, b in zip(start, stop, strict=True))

    def moment_at(frame):
        fields = ("pan_deg", "tilt_deg", "roll_deg", "focal_mm")
        turns = mixed([getattr(camera, name) for name in fields], [getattr(end, name) for name in fields], frame)
        place = mixed(camera.place, end.place, frame)
        return Moment(replace(camera, place=place, **dict(zip(fields, turns, strict=True))))

    def figures_at(frame):
        return tuple(replace(start, place=mixed(start.place, stop.place, frame)) for start, stop in people)

    shot = ReadyShot(
        "one", "7", "7", "INT. HALL - DAY", line, words, "", frames, Stage("hall", (), ROOM), moment_at, figures_at
    )
    return replace(shot, **more)


def walking(x, z, camera=FULL):
    return shot_of(camera, people=((WILL, replace(WILL, place=(x, 0.0, z))),))


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.8, 0.8), st.floats(-4.0, 1.5))
def test_a_figures_arrow_is_the_projected_way_of_a_mark_on_the_figure(x, z):
    shot = walking(x, z)
    arrows = figure_arrows(shot)
    people = (WILL, replace(WILL, place=(x, 0.0, z)))
    marks = ("soles", "knees", "hips", "chest", "shoulders", "chin", "eyes")
    ways = [project(FULL, np.array([landmark(figure, mark) for figure in people])) for mark in marks]
    inside = [way for way in ways if ((way[:, :2] > 0.04) & (way[:, :2] < 0.96)).all()]
    way = inside[0] if inside else None
    if way is None:
        return
    moved = way[1, :2] - way[0, :2]
    if np.hypot(moved[0] * 1.85, moved[1]) < LEAST_PATH:
        assert arrows == ()
        return
    np.testing.assert_allclose(np.subtract(arrows[0].spots[-1], arrows[0].spots[0]), moved, atol=1e-9)
    assert arrows[0].nearing == pytest.approx(way[0, 2] / way[1, 2])
    assert arrows[0].amount == pytest.approx(np.hypot(x, z))


def test_who_stands_still_or_only_sways_gets_no_arrow():
    assert arrows_of(walking(0.0, 0.0)) == ()
    assert arrows_of(walking(0.02, 0.0)) == ()


def test_who_leaves_the_picture_gets_an_arrow_to_its_edge_in_the_same_direction():
    shot = walking(9.0, 0.0)
    (arrow,) = figure_arrows(shot)
    seen = project(FULL, np.array([landmark(WILL, "soles"), landmark(replace(WILL, place=(9.0, 0.0, 0.0)), "soles")]))
    cut = np.subtract(arrow.spots[-1], arrow.spots[0])
    whole = seen[1, :2] - seen[0, :2]
    assert arrow.spots[-1][0] == pytest.approx(1.0)
    assert cut @ whole / np.linalg.norm(cut) / np.linalg.norm(whole) == pytest.approx(1.0)


def test_who_walks_past_the_lens_is_followed_only_while_in_front_of_it():
    (arrow,) = figure_arrows(walking(0.0, FULL.place[2] + 2.0))
    assert np.isfinite(arrow.spots).all()
    assert arrow.nearing > 1.0
    assert np.max(arrow.spots) <= 1.0
    assert np.min(arrow.spots) >= 0.0


@pytest.mark.parametrize(
    ("verb", "way", "amount", "across", "down"),
    [
        ("pan", "left", 12.0, -1, 0),
        ("pan", "right", 12.0, 1, 0),
        ("tilt", "up", 12.0, 0, -1),
        ("tilt", "down", 12.0, 0, 1),
        ("track", "left", 0.5, -1, 0),
        ("track", "right", 0.5, 1, 0),
        ("crane", "up", 0.5, 0, -1),
        ("crane", "down", 0.5, 0, 1),
        ("roll", "left", 9.0, -1, 0),
        ("roll", "right", 9.0, 1, 0),
    ],
)
def test_a_move_of_the_camera_points_where_it_goes(verb, way, amount, across, down):
    (arrow,) = camera_arrows(MEDIUM, end_of(MEDIUM, Move(verb, way, amount), WILL))
    assert arrow.of == f"{verb} {way}"
    assert arrow.amount == pytest.approx(amount)
    assert np.sign(np.subtract(arrow.spots[1], arrow.spots[0])).tolist() == [across, down]


@pytest.mark.parametrize("tilt_deg", [0.0, -25.0, 15.0])
def test_a_push_is_a_push_however_the_lens_is_tilted_and_a_crane_a_crane(tilt_deg):
    tilted = replace(MEDIUM, tilt_deg=tilt_deg)
    pushed, craned = (end_of(tilted, Move(*move), WILL) for move in (("push", "in", 0.5), ("crane", "up", 0.5)))
    assert [arrow.of for arrow in camera_arrows(tilted, pushed)] == ["push in"]
    assert [arrow.of for arrow in camera_arrows(pushed, tilted)] == ["pull out"]
    assert [arrow.of for arrow in camera_arrows(tilted, craned)] == ["crane up"]


def test_a_zoom_is_told_by_the_ratio_of_focal_lengths_and_a_pan_across_the_back_by_the_short_way():
    zoomed = replace(MEDIUM, focal_mm=2 * MEDIUM.focal_mm)
    assert [(arrow.of, arrow.amount) for arrow in camera_arrows(MEDIUM, zoomed)] == [("zoom in", 2.0)]
    first, last = (replace(MEDIUM, pan_deg=pan) for pan in (-170.0, 170.0))
    assert [(arrow.of, arrow.amount) for arrow in camera_arrows(first, last)] == [("pan right", 20.0)]


def test_a_camera_that_breathes_gets_no_arrow():
    breathing = replace(MEDIUM, place=tuple(np.add(MEDIUM.place, 0.03)), pan_deg=MEDIUM.pan_deg + 0.4, roll_deg=0.8)
    assert camera_arrows(MEDIUM, breathing) == ()


@settings(max_examples=40, deadline=None)
@given(st.floats(-14, 14), st.floats(-8, 8), st.floats(1.05, 1.8), st.floats(-20, 20), st.integers(0, 99))
def test_the_end_frame_of_a_turn_holds_just_what_the_end_camera_sees(pan, tilt, zoom, roll, seed):
    turned = (MEDIUM.pan_deg + pan, MEDIUM.tilt_deg + tilt, roll)
    end = Camera(MEDIUM.place, *turned, MEDIUM.focal_mm * zoom, MEDIUM.package)
    found = other_frame(MEDIUM, end, 3.0, name="end")
    if not found:
        return
    stage = np.random.default_rng(seed).uniform((-3, 0, -3), (3, 3, 1), (200, 3))
    before, after = project(MEDIUM, stage)[:, :2], project(end, stage)[:, :2]
    clear = (np.abs(after) > 1e-6).all(axis=1) & (np.abs(after - 1) > 1e-6).all(axis=1) & np.isfinite(before[:, 0])
    seen = ((after > 0) & (after < 1)).all(axis=1)
    np.testing.assert_array_equal(Path(found[0].spots).contains_points(before)[clear], seen[clear])


def test_the_end_frame_of_a_push_is_the_middle_of_the_start_by_the_ratio_of_distances():
    away = float(project(MEDIUM, landmark(WILL, "eyes"))[2])
    end = end_of(MEDIUM, Move("push", "in", away / 2), WILL)
    (frame,) = other_frame(MEDIUM, end, away, name="end")
    np.testing.assert_allclose(frame.spots, [(0.25, 0.25), (0.75, 0.25), (0.75, 0.75), (0.25, 0.75)], atol=1e-9)
    assert other_frame(end, MEDIUM, away / 2, name="start") == ()  # it lies around the picture


def test_a_ribbon_ends_on_its_last_spot_and_is_as_wide_as_asked():
    outline = np.array(ribbon([(0.0, 0.0), (100.0, 0.0)], (4.0, 4.0)))
    assert outline[:, 0].max() == pytest.approx(100.0)
    assert outline[np.argmax(outline[:, 0])].tolist() == [100.0, 0.0]
    assert np.abs(outline[outline[:, 0] < 50, 1]).max() == pytest.approx(2.0)


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_arrows_on_pixels_are_smooth_and_leave_everything_else_bit_for_bit(kind):
    whole = 255 if kind is np.uint8 else 1
    picture = (np.random.default_rng(1).random((90, 160, 3)) * whole).astype(kind)
    arrows = figure_arrows(walking(0.8, 0.0))
    drawn = arrows_over(picture, arrows)
    changed = (drawn != picture).any(axis=2)
    box = np.array([spot for mark in marks_of(arrows, (160.0, 90.0)) for spot in mark.spots])
    rows, columns = np.nonzero(changed)
    assert drawn.dtype == kind
    assert changed.any()
    assert columns.min() >= np.floor(box[:, 0].min()) - 2
    assert rows.max() <= np.ceil(box[:, 1].max()) + 2
    red = arrows_over(np.zeros_like(picture), arrows)[..., 0]
    assert len(np.unique(red)) > 6  # an edge that is not smooth has the colours of shaft and rim only


def test_a_frame_on_pixels_says_which_end_it_is():
    end = end_of(MEDIUM, Move("push", "in", 0.8), WILL)
    frame = other_frame(MEDIUM, end, 1.6, name="end")
    named, other = (
        arrows_over(np.zeros((270, 480, 3), np.uint8), [replace(frame[0], of=name)]) for name in ("end", "start")
    )
    rows, columns = np.nonzero((named != other).any(axis=2))
    assert len(rows) > 50
    assert np.ptp(rows) < 20
    assert np.ptp(columns) < 60
