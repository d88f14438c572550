"""What files say of their own colour: told in plain words, with what it would be called, and never believed."""

import struct
import zlib
from fractions import Fraction

import numpy as np
import OpenImageIO as oiio
import PyOpenColorIO as ocio
import pytest

from rushes.media.colour import DEFAULT_CONFIG, colour_space_named
from rushes.media.colour_hints import colour_hints
from rushes.media.colour_words import CHROMATICITIES, FITS, fits_of
from rushes.media.movie_writing import write_movie

SILENCE = "the file says nothing of its colour"
MONITOR = "it may be --colour-space 'Gamma 2.4 Encoded Rec.709', if it was finished on a monitor"
CAMERA = "it may be --colour-space 'Camera Rec.709', if it is as a camera recorded it"

# what lies in these files is what ffprobe lists, and OpenImageIO's own listing of attributes
REAL_FILES = [
    (
        "exr_ilm/ScanLines/Carrots.exr",
        "the file says: primaries ACES AP0",
        "it may be --colour-space ACES2065-1, if its light is linear, as in EXR it should be",
    ),
    (
        "exr_ilm/TestImages/WideColorGamut.exr",
        "the file says: primaries BT.709",
        "it may be --colour-space 'Linear Rec.709 (sRGB)', if its light is linear, as in EXR it should be",
    ),
    ("exr_ilm/Chromaticities/XYZ.exr", "the file says: primaries 1 0 0 1 0 0 0.333333 0.333333"),
    ("exr_ilm/Chromaticities/XYZ_YC.exr", "the file says: primaries 1 0 0 1 0 0 0.333333 0.333333"),
    ("exr_ilm/ScanLines/Desk.exr", SILENCE),
    ("cryptomatte/debug_images/multichannel.exr", "the file says: arnold/color_space linear"),
    ("dpx_cin_oiio/dpx/dpx_nuke_10bits_rgb.dpx", SILENCE),
    (
        "dpx_cin_oiio/cineon/checker.cin",
        "the file says: nothing certain; OpenImageIO takes it for KodakLog",
    ),
    (
        "textures_skimage/rocket.jpg",
        "the file says: ICC profile Adobe RGB (1998)",
        "it may be --colour-space 'Gamma 2.2 Encoded AdobeRGB', as the file says",
    ),
    (
        "textures_skimage/chelsea.png",
        "the file says: ICC profile sRGB IEC61966-2.1",
        "it may be --colour-space 'sRGB Encoded Rec.709 (sRGB)', as the file says",
    ),
    (
        "textures_skimage/brick.png",
        "the file says: nothing certain; OpenImageIO takes it for srgb_rec709_scene",
        "it may be --colour-space 'sRGB Encoded Rec.709 (sRGB)', if OpenImageIO is right",
    ),
    (
        "video_sam2/01_dog.mp4",
        "the file says: primaries BT.709, transfer BT.709, matrix BT.709, range video",
        MONITOR,
        CAMERA,
    ),
    (
        "video_mixed/flower.mp4",
        "the file says: primaries BT.601 (525 lines), transfer BT.601, matrix BT.601, range video",
    ),
    ("video_mixed/bigbuckbunny.mp4", SILENCE),
]


@pytest.mark.parametrize(("file", "hints"), [(file, hints) for file, *hints in REAL_FILES])
def test_a_real_file_is_quoted_in_plain_words(file, hints, shared):
    folder, _, name = file.partition("/")
    assert list(colour_hints(shared(folder) / name, DEFAULT_CONFIG)) == hints


def png_with(path, *chunks):
    """A small black PNG with further chunks in front of the pixels."""
    size = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    whole = [(b"IHDR", size), *chunks, (b"IDAT", zlib.compress(bytes(4 * 13))), (b"IEND", b"")]
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
            for kind, content in whole
        )
    )
    return path


@pytest.mark.parametrize(
    ("chunk", "hints"),
    [
        (
            (b"cICP", bytes([9, 16, 0, 1])),
            [
                "the file says: primaries BT.2020, transfer PQ, range full",
                "it may be --colour-space 'Rec.2100-PQ - Display', as the file says",
            ],
        ),
        ((b"cICP", bytes([9, 99, 0, 0])), ["the file says: primaries BT.2020, transfer H.273 99, range video"]),
        (
            (b"gAMA", struct.pack(">I", 45455)),
            [
                "the file says: gamma 2.2",
                "it may be --colour-space 'Gamma 2.2 Encoded Rec.709', if OpenImageIO is right",
            ],
        ),
    ],
)
def test_a_png_may_say_it_by_number(tmp_path, chunk, hints):
    assert list(colour_hints(png_with(tmp_path / "still.png", chunk), DEFAULT_CONFIG)) == hints


@pytest.mark.parametrize(
    ("transfer", "colorimetric", "hints"),
    [
        (
            "Linear",
            "ITU-R 709-4",
            [
                "the file says: primaries BT.709, transfer linear",
                "it may be --colour-space 'Linear Rec.709 (sRGB)', as the file says",
            ],
        ),
        (
            "ITU-R 709-4",
            "ITU-R 709-4",
            ["the file says: primaries BT.709, transfer BT.709", MONITOR, CAMERA],
        ),
        # Cineon's density is in no built-in config, and ADX is another
        (
            "Printing density",
            "Printing density",
            ["the file says: primaries printing density, transfer printing density"],
        ),
        ("User defined", "User defined", [SILENCE]),
    ],
)
def test_a_dpx_says_its_transfer_and_its_primaries(tmp_path, transfer, colorimetric, hints):
    path = written(tmp_path / "scan.dpx", **{"dpx:Transfer": transfer, "dpx:Colorimetric": colorimetric})
    assert list(colour_hints(path, DEFAULT_CONFIG)) == hints


def written(path, **attributes):
    spec = oiio.ImageSpec(4, 4, 3, "half" if path.suffix == ".exr" else "uint16")
    for name, value in attributes.items():
        spec.attribute(name, value)
    with_pixels = oiio.ImageOutput.create(str(path))
    assert with_pixels.open(str(path), spec), with_pixels.geterror()
    with_pixels.write_image(np.zeros((4, 4, 3), np.float32))
    with_pixels.close()
    return path


def test_an_exr_says_it_by_a_name_that_older_configs_know_without_its_end(tmp_path):
    path = written(tmp_path / "plate.exr", colorInteropID="lin_rec709_scene")
    for config in (DEFAULT_CONFIG, "ocio://cg-config-v1.0.0_aces-v1.3_ocio-v2.1"):
        assert colour_hints(path, config) == (
            "the file says: colorInteropID lin_rec709_scene",
            "it may be --colour-space 'Linear Rec.709 (sRGB)', as the file says",
        )


@pytest.mark.parametrize("codec", ["h264", "prores422hq", "dnxhr_hqx"])
def test_a_movie_of_ours_says_what_we_wrote_into_it(tmp_path, codec):
    path = tmp_path / "review.mov"
    with write_movie(path, frame_rate=Fraction(24), codec=codec) as movie:
        movie.write(np.zeros((144, 256, 3), np.float32))
    said, *names = colour_hints(path, DEFAULT_CONFIG)
    assert said.startswith("the file says: primaries BT.709, transfer BT.709, matrix BT.709")
    assert names == [MONITOR, CAMERA]


def test_a_name_that_the_show_does_not_know_is_not_offered(tmp_path):
    config = ocio.Config.CreateRaw()
    config.addColorSpace(ocio.ColorSpace(name="film scan", aliases=["camera_rec709"]))
    (tmp_path / "show.ocio").write_text(config.serialize())
    path = written(tmp_path / "scan.dpx", **{"dpx:Transfer": "ITU-R 709-4", "dpx:Colorimetric": "ITU-R 709-4"})
    _, *names = colour_hints(path, str(tmp_path / "show.ocio"))
    assert names == ["it may be --colour-space 'film scan', if it is as a camera recorded it"]


def test_texts_under_the_names_of_numbers_are_not_taken_for_them(tmp_path):
    texts = [(b"tEXt", name + b"\0whatever") for name in (b"chromaticities", b"CICP", b"oiio:Gamma", b"colorInteropID")]
    said, *_ = colour_hints(png_with(tmp_path / "still.png", *texts), DEFAULT_CONFIG)
    assert "primaries" not in said
    assert "gamma" not in said


def test_nothing_in_a_file_steers_the_terminal_or_fills_it(tmp_path):
    path = written(tmp_path / "plate.exr", **{"camera/ColorSpace": "\x1b[2Jlog " + 1000 * "a"})
    (said,) = colour_hints(path, DEFAULT_CONFIG)
    assert said.startswith(r"the file says: camera/ColorSpace \x1b[2Jlog aaa")
    assert len(said) < 120


def test_what_cannot_be_read_is_no_reason_to_keep_quiet_about_the_rest(tmp_path):
    (tmp_path / "plate.exr").write_bytes(b"not at all")
    for name in ("plate.exr", "plate.mov", "plate.txt"):
        (said,) = colour_hints(tmp_path / name, DEFAULT_CONFIG)
        assert said.startswith("the file cannot be asked: ")
        assert name in said


def test_every_name_that_may_be_offered_is_one_that_the_default_config_knows():
    aliases = {*FITS.values(), *(alias for alias, _ in fits_of("BT.709", "BT.709")), "lin_ap0"}
    assert all(colour_space_named(DEFAULT_CONFIG, alias) for alias in aliases)


@pytest.mark.parametrize("primaries", [name for name, transfer in FITS if transfer == "linear"])
def test_primaries_by_their_numbers_are_those_that_the_config_means(primaries):
    config = ocio.Config.CreateFromBuiltinConfig(DEFAULT_CONFIG.removeprefix("ocio://"))
    way = config.getProcessor(ocio.ColorSpaceTransform(FITS[primaries, "linear"], "CIE XYZ-D65 - Scene-referred"))
    light = np.concatenate([np.eye(3), np.ones((1, 3))]).astype(np.float32)
    way.getDefaultCPUProcessor().applyRGB(light)
    meant = light[:, :2] / light.sum(axis=1, keepdims=True)
    # ACES is adapted here from its own white, and ARRI and Sony reckon with another adaptation than the config's back
    tolerance = 0.02 if primaries.startswith("ACES") else 0.004
    assert meant.ravel() == pytest.approx(CHROMATICITIES[primaries], abs=tolerance)
