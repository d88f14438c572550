"""Edit lists as CMX 3600 has room for them, and numbers in CDL files as people read them."""

from fractions import Fraction

import opentimelineio as otio
import pytest

from rushes.departments.look.look import Cdl
from rushes.departments.look.out_cdl import XML_KINDS, write_cdl, write_edls

CDL = Cdl((1.051234, 1.0, 0.96), (-0.015, -0.01, 0.005), (1.03, 1.0, 0.98), 1.1)


def edit_list(clips, folder):
    write_edls(folder, "reel", CDL, clips=clips, note="NO CLAMP")
    return (folder / "reel.edl").read_text()


def test_reels_are_eight_letters_and_digits_other_ones_for_each_source_and_the_source_is_the_clip_name(tmp_path):
    names = [
        "bottle.####.dpx",
        "bigbuckbunny.mp4",
        "bigbuckbear_v002.mp4",
        "Bottle.mov",
        "雨.%04d.exr",
        "bottle.####.dpx",
    ]
    text = edit_list([(name, (1, 24), None, "24") for name in names], tmp_path)
    clips = list(otio.adapters.read_from_string(text, "cmx_3600", rate=24).tracks[0])
    reels = [clip.metadata["cmx_3600"]["reel"] for clip in clips]
    assert reels == ["BOTTLE", "BIGBUCKB", "BIGBUCK2", "BOTTLE2", "REEL", "BOTTLE"]
    assert [clip.name for clip in clips] == names
    assert [line.split()[1] for line in text.splitlines() if line[:3].isdigit()] == reels


@pytest.mark.parametrize(
    ("rate", "timecode", "mode", "times"),
    [
        ("30000/1001", "10:00:00:00", "NON-DROP FRAME", "10:00:00:00 10:00:01:00 01:00:00:00 01:00:01:00"),
        ("60000/1001", None, "NON-DROP FRAME", "00:00:00:30 00:00:01:00 01:00:00:00 01:00:00:30"),
        ("30000/1001", "00:00:59;29", "DROP FRAME", "00:00:59;29 00:01:01;01 01:00:00;00 01:00:01;00"),
        ("24000/1001", "23:59:00:00", "NON-DROP FRAME", "23:59:00:00 23:59:01:06 01:00:00:00 01:00:01:06"),
    ],
)
def test_an_edit_list_drops_frames_only_where_the_source_does_and_says_so(tmp_path, rate, timecode, mode, times):
    text = edit_list([("A", (30, 59), timecode, rate)], tmp_path)
    assert text.splitlines()[:2] == ["TITLE: reel", f"FCM: {mode}"]
    assert times in text
    (clip,) = otio.adapters.read_from_string(text, "cmx_3600", rate=float(Fraction(rate))).tracks[0]
    assert clip.source_range.duration.value == 30


def test_drop_frame_and_none_at_one_rate_get_an_edit_list_each_and_a_rate_without_timecode_none(tmp_path):
    timecodes = {"A": ("01:00:00:00", "30000/1001"), "B": ("01:00:00;00", "30000/1001"), "C": (None, "12")}
    clips = [(name, (0, 29), timecode, rate) for name, (timecode, rate) in timecodes.items()]
    write_edls(tmp_path, "reel", CDL, clips=clips, note="")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["reel_29.97fps-drop.edl", "reel_29.97fps.edl"]


def test_numbers_in_cdl_files_have_six_places_and_no_more(tmp_path):
    cdl = Cdl((0.995898, 1.0000004, 0.96), (0.1, 0.000001, -1e-9), (1, 1, 1), 1.1)
    for suffix in XML_KINDS:
        text = write_cdl(tmp_path / f"a{suffix}", cdl, name="a", description="d").read_text()
        assert "<Slope>0.995898 1 0.96</Slope>" in text
        assert "<Offset>0.1 0.000001 0</Offset>" in text
        assert "<Saturation>1.1</Saturation>" in text
