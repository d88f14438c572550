from dataclasses import replace

import numpy as np
import pytest

from rushes.departments.previs.shots.cameras import project
from rushes.departments.previs.shots.figures import Figure, landmark
from rushes.departments.previs.shots.framing import Framing, frame_figure, read_framing
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Package
from rushes.departments.previs.shots.moves import Move, end_of, too_fast
from rushes.domain.errors import BadMaterial

JENNY = Figure("JENNY", 1.68)
START = frame_figure(JENNY, Framing("MS"), Package(FILMBACKS["super-35"], aspect=1.85, kit=PRIMES)).camera


def eyes_after(verb, way, amount):
    return project(end_of(START, Move(verb, way, amount), JENNY), landmark(JENNY, "eyes"))


def test_a_push_in_ends_one_size_tighter_and_a_pull_out_one_wider():
    assert read_framing(end_of(START, Move("push", "in"), JENNY), JENNY)[0].size == "MCU"
    assert read_framing(end_of(START, Move("pull", "out"), JENNY), JENNY)[0].size == "COWBOY"


def test_a_push_ends_exactly_on_the_size_that_is_said():
    end = end_of(START, Move("push", "in", to_size="ECU"), JENNY)
    assert project(end, landmark(JENNY, "chin"))[1] == pytest.approx(1.0)
    assert end.focal_mm == START.focal_mm


@pytest.mark.parametrize(
    ("verb", "way", "moved", "coordinate", "sign"),
    [
        ("pan", "left", 10.0, 0, 1),
        ("pan", "right", 10.0, 0, -1),
        ("tilt", "up", 10.0, 1, 1),
        ("tilt", "down", 10.0, 1, -1),
        ("track", "left", 0.3, 0, 1),
        ("track", "right", 0.3, 0, -1),
        ("crane", "up", 0.3, 1, 1),
        ("push", "in", 0.3, 2, -1),
        ("pull", "out", 0.3, 2, 1),
    ],
)
def test_the_figure_goes_the_other_way_in_the_frame(verb, way, moved, coordinate, sign):
    before = project(START, landmark(JENNY, "eyes"))
    after = eyes_after(verb, way, moved)
    assert np.sign(after[coordinate] - before[coordinate]) == sign


def test_a_camera_that_rolls_right_leans_the_world_left():
    rolled = end_of(START, Move("roll", "right", 20.0), JENNY)
    crown, soles = (project(rolled, landmark(JENNY, name)) for name in ("crown", "chest"))
    assert crown[0] < soles[0]


def test_a_zoom_changes_the_lens_and_nothing_else():
    assert end_of(START, Move("zoom", "in", 100.0), JENNY) == replace(START, focal_mm=100.0)
    assert end_of(START, Move("hold", seconds=2.0), JENNY) == START


def test_a_move_faster_than_a_dolly_or_a_head_is_told():
    assert "runs at 3 m/s; a dolly does 2" in too_fast(Move("track", "left", 9.0, 3.0))
    assert "runs at 90 °/s" in too_fast(Move("pan", "left", 90.0, 1.0))
    assert too_fast(Move("pan", "left", 60.0, 1.0)) == too_fast(Move("push", "in", seconds=1.0)) == ""


def test_a_move_that_does_not_say_how_far_has_no_end():
    with pytest.raises(BadMaterial, match="'track left 2s' does not say how far"):
        end_of(START, Move("track", "left", seconds=2.0), JENNY)
