"""Numbered files as footage: found by pattern, folder, file or list; holes, twins and changes are refused by name."""

import os
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial, Damaged, MissingFrames, NotFound
from rushes.media.frames import Frame, Header
from rushes.media.sequence_check import check_sequence, ranges_of
from rushes.media.sequences import find_sequence, frame_number, open_sequence
from rushes.media.stills import write_still


def write_plate(path: Path, value: float = 0.5, *, size: tuple[int, int] = (4, 3), channels: int = 3) -> Path:
    width, height = size
    window = (0, 0, width - 1, height - 1)
    header = Header(window, window, timecode="01:00:00:00", frame_rate=Fraction(24000, 1001))
    write_still(path, Frame(0, np.full((height, width, channels), value, np.float32), header))
    return path


@pytest.fixture
def plates(tmp_path) -> Path:
    for number in range(998, 1003):
        write_plate(tmp_path / f"plate.{number:04d}.exr", number / 1000)
    (tmp_path / "notes.txt").write_text("not a picture")
    (tmp_path / ".plate.1003.exr").write_bytes(b"a draft")
    return tmp_path


@pytest.mark.parametrize(
    "pattern", ["plate.####.exr", "plate.@@@@.exr", "plate.%04d.exr", "plate.#.exr", "plate.%d.exr", ""]
)
def test_sequence_is_found_by_pattern_or_folder_in_order(plates, pattern):
    found = find_sequence(str(plates / pattern))
    assert found == [(number, plates / f"plate.{number:04d}.exr") for number in range(998, 1003)]


def test_sequence_pattern_takes_longer_numbers_but_no_other_padding(tmp_path):
    for name in ("a.0099.exr", "a.0100.exr", "a.00101.exr", "a.10102.exr", "a.7.exr"):
        (tmp_path / name).touch()
    assert [number for number, _ in find_sequence(tmp_path / "a.####.exr", holes=True)] == [99, 100, 10102]


def test_sequence_of_a_single_file_has_its_number_or_one(plates):
    assert find_sequence(plates / "plate.1001.exr") == [(1001, plates / "plate.1001.exr")]
    still = write_plate(plates / "reference_v003.exr")
    assert find_sequence(still) == [(1, still)]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("Rec709.exr", 1),
        ("P3D65.exr", 1),
        ("plate_v003.exr", 1),
        ("plate_0040.exr", 40),
        ("plate-0040.exr", 40),
        ("plate.0040.exr", 40),
        ("plate.-0012.exr", -12),
        ("0040.exr", 40),
    ],
)
def test_sequence_of_a_single_file_takes_only_a_number_that_stands_apart_in_its_name(tmp_path, name, number):
    (tmp_path / name).touch()
    assert find_sequence(tmp_path / name) == [(number, tmp_path / name)]


def test_sequence_that_is_a_pipe_is_refused_as_no_regular_file_and_not_as_missing(tmp_path):
    os.mkfifo(tmp_path / "pipe.exr")
    with pytest.raises(BadMaterial, match=r"pipe\.exr is not a regular file") as refusal:
        find_sequence(tmp_path / "pipe.exr")
    assert "did you mean" not in str(refusal.value)


def test_sequence_of_listed_files_is_numbered_by_their_names_or_in_order(tmp_path):
    listed = [tmp_path / "b.0002.exr", tmp_path / "b.0001.exr"]
    assert find_sequence(listed) == [(1, listed[1]), (2, listed[0])]
    nameless = [tmp_path / "dusk.exr", tmp_path / "dawn.exr"]
    assert find_sequence(nameless) == [(1, nameless[0]), (2, nameless[1])]
    with pytest.raises(BadMaterial, match=r"no frame number[\s\S]*dusk"):
        find_sequence([listed[0], nameless[0]])


def test_sequence_with_holes_names_the_ranges_that_are_missing(plates):
    for number in (999, 1000):
        (plates / f"plate.{number:04d}.exr").unlink()
    write_plate(plates / "plate.1004.exr")
    with pytest.raises(MissingFrames) as refusal:
        find_sequence(plates / "plate.####.exr")
    assert refusal.value.ranges == ((999, 1000), (1003, 1003))
    found = find_sequence(plates / "plate.####.exr", holes=True)
    assert [number for number, _ in found] == [998, 1001, 1002, 1004]


def test_sequence_where_a_number_comes_twice_is_refused_with_both_files(plates):
    write_plate(plates / "plate.01001.exr")
    with pytest.raises(BadMaterial, match=r"1001: .*plate\.01001\.exr, .*plate\.1001\.exr"):
        find_sequence(plates)
    with pytest.raises(BadMaterial, match="come twice"):
        open_sequence([(1, plates / "plate.1001.exr"), (1, plates / "plate.1002.exr")])


def test_sequence_folder_that_holds_several_is_refused_with_their_names(plates):
    write_plate(plates / "matte.1001.exr")
    with pytest.raises(BadMaterial) as refusal:
        find_sequence(plates)
    assert refusal.value.reasons == (
        f"{plates / 'matte.####.exr'}, 1 files",
        f"{plates / 'plate.####.exr'}, 5 files",
    )


def test_sequence_that_is_not_there_offers_the_nearest_name(plates):
    with pytest.raises(NotFound, match="did you mean"):
        find_sequence(plates / "plat.1001.exr")
    with pytest.raises(NotFound):
        find_sequence(plates / "nowhere" / "plate.####.exr")
    (plates / "empty").mkdir()
    with pytest.raises(NotFound):
        find_sequence(plates / "empty")


@given(st.integers(0, 10**8), st.integers(0, 8), st.sampled_from(["plate.", "sh010_", "A001C002-", "x"]))
def test_sequence_reads_any_number_that_was_written(number, padding, head):
    assert frame_number(f"{head}{number:0{padding}d}.exr") == number


@given(st.sets(st.integers(-50, 50)))
def test_sequence_ranges_hold_exactly_the_numbers(numbers):
    ranges = ranges_of(sorted(numbers))
    assert {number for first, last in ranges for number in range(first, last + 1)} == numbers
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(ranges))


def test_sequence_opens_as_footage_and_reads_one_frame_at_a_time(plates):
    footage = open_sequence(find_sequence(plates))
    assert footage.frames == (998, 1002)
    assert footage.size == (4, 3)
    assert footage.frame_rate == Fraction(24000, 1001)
    assert footage.timecode == "01:00:00:00"
    frame = footage.read(1000)
    assert frame.number == 1000
    assert frame.packed[0, 0, 0] == 1.0
    with pytest.raises(MissingFrames):
        footage.read(1003)
    footage.close()


def test_sequence_opens_files_whose_names_say_no_number(plates):
    vault = plates / "objects" / "ab"
    vault.mkdir(parents=True)
    kept = []
    for number in (7, 8, 10):
        kept.append((number, write_plate(vault / f"{'ab12' * 15}{number:04x}.exr", number / 10)))
    footage = open_sequence(reversed(kept), frame_rate=Fraction(25))
    assert footage.frames == (7, 10)
    assert footage.frame_rate == 25
    assert footage.read(10).packed[0, 0, 0] == 1.0


def test_sequence_damage_names_file_and_frame(plates):
    path = plates / "plate.1000.exr"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(Damaged) as damage:
        open_sequence(find_sequence(plates))
    assert (damage.value.path, damage.value.frame) == (str(path), 1000)


def test_sequence_with_several_faults_says_them_all_at_once(plates):
    for number in (999, 1001):
        path = plates / f"plate.{number:04d}.exr"
        path.write_bytes(path.read_bytes()[:-9])
    write_plate(plates / "plate.1003.exr", size=(8, 3))
    write_plate(plates / "plate.1004.exr", size=(8, 3))
    write_plate(plates / "plate.1005.exr", channels=4)
    write_plate(plates / "plate.1006.exr", size=(8, 3))
    with pytest.raises(BadMaterial) as refusal:
        check_sequence(find_sequence(plates))
    reasons = refusal.value.reasons
    assert len(reasons) == 5
    assert "plate.0999.exr, frame 999: " in reasons[0]
    assert "plate.1001.exr, frame 1001: " in reasons[1]
    assert reasons[2] == "frames 1003-1004: openexr, 8x3, B G R; the others: openexr, 4x3, B G R"
    assert reasons[3] == "frame 1006: openexr, 8x3, B G R; the others: openexr, 4x3, B G R"
    assert reasons[4] == "frame 1005: openexr, 4x3, A B G R; the others: openexr, 4x3, B G R"


def test_sequence_whose_overscan_changes_is_refused(tmp_path):
    for number, left in ((1, 0), (2, -1)):
        header = Header((left, 0, left + 3, 2), (0, 0, 3, 2))
        write_still(tmp_path / f"p.{number}.exr", Frame(0, np.zeros((3, 4, 3), np.float32), header))
    with pytest.raises(BadMaterial, match=r"frame 2: openexr, 4x3 from \(-1, 0\) in 4x3 from \(0, 0\)"):
        open_sequence(find_sequence(tmp_path))


def test_sequence_of_a_layer_reads_that_layer(tmp_path):
    window = (0, 0, 3, 2)
    glow = {f"glow.{letter}": np.full((3, 4), 0.25, np.float16) for letter in "RGB"}
    frame = replace(Frame(0, np.ones((3, 4, 3), np.float32), Header(window, window)), others=glow)
    write_still(tmp_path / "p.1.exr", frame)
    footage = open_sequence([(1, tmp_path / "p.1.exr")], layer="glow")
    assert (footage.read(1).packed == 0.25).all()


def test_sequence_without_frames_is_refused():
    with pytest.raises(BadMaterial, match="without frames"):
        open_sequence([])


def test_sequence_real_jpegs_and_renders_open(shared):
    shadows = open_sequence(find_sequence(shared("roto_car-shadow") / "JPEGImages" / "480p" / "car-shadow"))
    assert (shadows.frames, shadows.size) == ((0, 39), (854, 480))
    boxes = open_sequence(find_sequence(shared("cryptomatte") / "cornellBox_CryptoWildcard.####.exr"))
    assert (boxes.frames, boxes.size) == ((1, 2), (626, 540))
    assert boxes.read(2).others["uCryptoWildcard00.R"].dtype == np.float32
