"""Footage as departments see it: soft edges keep their colour, whatever the encoding."""

from dataclasses import replace

import numpy as np
import pytest

from rushes.domain.nouns import Asset
from rushes.media.alpha import straight
from rushes.media.colour import DEFAULT_CONFIG, colour_space_named, converter
from rushes.media.frames import Frame, Header
from rushes.media.plates import open_plates
from rushes.media.stills import read_still, write_still

RNG = np.random.default_rng(8)


@pytest.fixture
def plates_of(tmp_path):
    """Write pixels as one still and open it as footage in ACEScg."""

    def opened(pixels, colour_space, *, suffix=".exr", **header):
        packed = np.asarray(pixels, np.float32).reshape(1, -1, 4)
        window = (0, 0, packed.shape[1] - 1, 0)
        path = tmp_path / f"plate.1001{suffix}"
        write_still(path, Frame(1001, packed, replace(Header(window, window), **header)), kind="float")
        said = {"kind": "plate", "owner": None, "people": None, "files": (), "frames": (1001, 1001)}
        space = colour_space_named(DEFAULT_CONFIG, colour_space)
        asset = Asset("nf", "plate", **said, width=3, height=1, frame_rate="24", colour_space=space)
        return open_plates([path], asset, config=DEFAULT_CONFIG, working_space="ACEScg")

    return opened


# a grey in its encoding, and the light it stands for; a grey is the same in all primaries
SOFT_EDGES = [
    ("ACEScct", 0.4135884, 0.18, "S-2016-001, ACEScct"),
    ("ACEScct", 0.5547945, 1.0, "S-2016-001, ACEScct: 9.72 / 17.52"),
    ("ARRI LogC4", 0.27839583, 0.18, "ARRI LogC4 Logarithmic Color Space, 2022"),
    ("sRGB - Texture", 0.5, 0.2140411, "IEC 61966-2-1: ((0.5 + 0.055) / 1.055) ^ 2.4"),
    ("Linear Rec.709 (sRGB)", 0.18, 0.18, "linear: nothing bends"),
]


@pytest.mark.parametrize("alpha", [1.0, 0.5, 0.25, 1 / 1024])
@pytest.mark.parametrize(("space", "code", "light", "source"), SOFT_EDGES)
def test_a_soft_edge_is_of_the_same_colour_as_the_solid_beside_it(plates_of, space, code, light, source, alpha):
    with plates_of([[code * alpha] * 3 + [alpha]], space) as plates:
        assert plates.read(1001).packed[0, 0] == pytest.approx([light * alpha] * 3 + [alpha], rel=2e-5), source
        assert plates.plate(1001).ravel() == pytest.approx([light] * 3, rel=2e-5), source


def test_a_plate_that_teaches_is_the_very_one_that_is_rendered(plates_of):
    pixels = RNG.random((200, 4), np.float32)
    for space in ("ACEScg", "ACEScct", "Linear Rec.709 (sRGB)"):
        with plates_of(pixels, space) as plates:
            assert np.array_equal(plates.plate(1001), straight(plates.read(1001)).plate)


ODD = [
    [np.nan, np.inf, -np.inf, 0.5],
    [-0.25, 70000, 1e-42, 0.3],
    [2.0, 1.0, 0.5, 0.0],
    [0.1, 0.2, 0.3, np.nan],
    [-0.0, 0.0, 0.0, 0.0],
]


def test_footage_in_the_working_space_keeps_every_bit(plates_of):
    pixels = np.concatenate([np.array(ODD, np.float32), RNG.normal(0, 1, (300, 4)).astype(np.float32)])
    with plates_of(pixels, "ACEScg") as plates:
        assert plates.read(1001).packed.tobytes() == pixels.tobytes()


def test_from_linear_to_linear_it_is_the_matrix_and_nothing_else(plates_of, tmp_path):
    pixels = np.concatenate([np.array(ODD, np.float32), RNG.normal(0, 1, (300, 4)).astype(np.float32)])
    with plates_of(pixels, "Linear Rec.709 (sRGB)") as plates:
        plain = read_still(tmp_path / "plate.1001.exr").packed
        converter(DEFAULT_CONFIG, "Linear Rec.709 (sRGB)", "ACEScg")(plain)
        assert plates.read(1001).packed.tobytes() == plain.tobytes()


def test_colour_that_the_file_keeps_straight_is_converted_as_it_is(plates_of):
    with plates_of([[0.4135884] * 3 + [0.5]], "ACEScct", suffix=".tif", premultiplied=False) as plates:
        assert plates.read(1001).packed[0, 0] == pytest.approx([0.18, 0.18, 0.18, 0.5], rel=2e-5)
        assert plates.plate(1001).ravel() == pytest.approx([0.18] * 3, rel=2e-5)


def test_where_nothing_covers_black_stays_black_and_a_glow_stays_light(plates_of):
    # ACEScct keeps black at 0.0729: a code of 0 would be light of -0.0069
    with plates_of([[0, 0, 0, 0], [0.4135884] * 3 + [0]], "ACEScct") as plates:
        black, glow = plates.read(1001).packed[0]
    assert black.tolist() == [0, 0, 0, 0]
    assert glow == pytest.approx([0.18, 0.18, 0.18, 0], rel=2e-5)


def test_next_to_no_alpha_makes_no_infinite_light(plates_of):
    # filters leave a little colour where they leave no alpha worth the name: 0.01 / 0.0005 would be 2 ^ 340 in ACEScct
    with plates_of([[0.01, 0.01, 0.01, 0.0005]], "ACEScct") as plates:
        assert np.abs(plates.read(1001).packed).max() < 0.01


def test_what_no_number_can_say_stays_so_in_its_own_pixel(plates_of):
    with plates_of([[np.nan, 0.2, 0.2, 0.5], [0.2, 0.2, 0.2, 0.5]], "ACEScct") as plates:
        broken, whole = plates.read(1001).packed[0]
    assert np.isnan(broken[0])
    assert np.isfinite(whole).all()
