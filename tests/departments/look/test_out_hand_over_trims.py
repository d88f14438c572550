"""A shot match handed over: collections for the scene, files for each shot that was changed, and a note on them."""

import xml.etree.ElementTree as ET

from rushes.departments.department import Colour, HandOver
from rushes.departments.look.hand_over_trims import write_trims
from rushes.departments.look.keyframes import Keyframe
from rushes.departments.look.look import Cdl
from rushes.departments.look.shot_trims import ShotTrims

CLIPS = (("ferry.####.exr", (1, 9), None, "24"), ("quay.mov", (1, 9), None, "24"))
OVER = HandOver("Night Ferry", Colour("", "", "", ""), CLIPS)
MATCH = (
    ShotTrims("ferry", Cdl((1.1234567, 1, 1), (0, 0, 0), (1, 1, 1), 1), (Keyframe(0, (0.1, *[0.0] * 9)),)),
    ShotTrims("quay", Cdl(), (Keyframe(0, (0.0,) * 10),)),
    ShotTrims("dusk", Cdl(), (Keyframe(0, (0.0,) * 10), Keyframe(9, (0.2, *[0.0] * 9)))),
)


def test_a_match_comes_with_a_note_on_every_file_their_order_and_the_shots_left_alone(tmp_path):
    files = write_trims(MATCH, OVER, tmp_path, encoding="ACEScct")
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ["1_existing.ccc", "2_match.ccc", "README.txt", "dusk.cc", "ferry.cc", "ferry.edl"]
    assert sorted(path.name for path in files) == written
    note = files[0].read_text()
    assert [name for name in written if name not in note] == ["README.txt"]
    assert note.index("1_existing.ccc") < note.index("2_match.ccc")
    assert "Left alone by the match" in note
    assert "  quay\n" in note
    assert "middle keyframe" in next(line for line in note.splitlines() if line.startswith("dusk.cc"))
    assert note.endswith("\n")


def test_the_collections_of_a_match_hold_every_shot_with_six_places(tmp_path):
    write_trims(MATCH, OVER, tmp_path, encoding="ACEScct")
    for name in ("1_existing.ccc", "2_match.ccc"):
        tree = ET.parse(tmp_path / name)
        assert [one.get("id") for one in tree.iter() if one.tag.endswith("ColorCorrection")] == [
            "ferry",
            "quay",
            "dusk",
        ]
    assert "<Slope>1.123457 1 1</Slope>" in (tmp_path / "1_existing.ccc").read_text()
    assert "No shot was left alone" not in (tmp_path / "README.txt").read_text()
