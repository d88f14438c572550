"""Files straight into a training: what they are called, and that no gate is left out on the way."""

import pytest

from rushes.cli.pairs import asset_name, files_of_pairs, name_of_files
from rushes.domain.errors import BadMaterial


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("paint/sh010_before.####.exr", "sh010_before"),
        ("sh010.%04d.exr", "sh010"),
        ("plate_####.dpx", "plate"),
        ("dailies/A001 C003.mov", "A001_C003"),
        ("fixes/", "fixes"),
        ("still.exr", "still"),
    ],
)
def test_files_are_called_by_their_name_without_number_and_suffix(source, name):
    assert asset_name(source) == name


def test_files_without_a_name_are_refused():
    with pytest.raises(BadMaterial, match="no name to call it by"):
        asset_name("####.exr")


def test_pairs_and_mattes_of_the_same_frames_make_one_group():
    files = files_of_pairs([("b", "a"), ("d", "c")], [("b", "m")], None, owner=None, people=None)
    assert files.by_role == ({"before": "b", "after": "a", "matte": "m"}, {"before": "d", "after": "c"})
    assert name_of_files(files) == "a"
