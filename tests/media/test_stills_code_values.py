"""DPX, TIFF, PNG, JPEG, Radiance and Cineon: code values come back exact, and alpha is left as it is stored."""

import resource
import signal
import struct
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np
import OpenImageIO as oiio
import pytest
import tifffile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from rushes.domain.errors import BadMaterial, Damaged, RushesError
from rushes.media.alpha import premultiplied, straight
from rushes.media.frames import Frame, Header, in_display_window
from rushes.media.samples import from_float, to_float
from rushes.media.stills import read_header, read_still, write_still
from rushes.media.whole import whole_file


def frame_of(packed: np.ndarray, **header: object) -> Frame:
    window = (0, 0, packed.shape[1] - 1, packed.shape[0] - 1)
    return Frame(0, packed, replace(Header(window, window), **header))


def every_code(bits: int) -> np.ndarray:
    """All codes in red, backwards in green, shuffled in blue: `(height, 64, 3)`."""
    codes = np.arange(2**bits, dtype=np.uint16)
    shuffled = np.random.default_rng(bits).permutation(codes)
    return np.stack([codes, codes[::-1], shuffled], axis=-1).reshape(-1, min(64, 2**bits // 4), 3)


WHOLE_NUMBERS = [
    (".png", 8),
    (".png", 16),
    *((suffix, bits) for suffix in (".dpx", ".tif") for bits in (8, 10, 12, 16)),
]


@pytest.mark.parametrize(("suffix", "bits"), WHOLE_NUMBERS)
def test_still_every_code_value_comes_back_exact(tmp_path, suffix, bits):
    codes, path = every_code(bits), tmp_path / f"codes{suffix}"
    packed = codes.astype(np.float32) / np.float32(2**bits - 1)
    write_still(path, frame_of(packed), kind=f"uint{bits}")
    frame = read_still(path)
    assert set(frame.header.channel_types.values()) == {f"uint{bits}"}
    assert np.array_equal(np.rint(frame.packed * (2**bits - 1)), codes)
    assert frame.packed.tobytes() == packed.tobytes()


@given(st.integers(8, 16), st.data())
def test_still_code_values_turn_into_floats_and_back(bits, data):
    largest = 2**bits - 1
    codes = data.draw(arrays.arrays(np.uint16, 20, elements=st.integers(0, largest)))
    stored = from_float((codes / np.float32(largest)).astype(np.float32), f"uint{bits}")
    assert np.array_equal(np.rint(to_float(stored, f"uint{bits}") * largest), codes)


def test_still_dpx_has_the_codes_that_an_independent_decoder_finds(tmp_path):
    codes = every_code(10)
    write_still(tmp_path / "codes.dpx", frame_of(codes.astype(np.float32) / np.float32(1023)), kind="uint10")
    with av.open(str(tmp_path / "codes.dpx")) as container:
        decoded = next(container.decode(video=0))
    assert decoded.format.name.startswith("gbrp10")
    green, blue, red = (
        np.frombuffer(plane, np.uint16).reshape(plane.height, -1)[:, : plane.width] for plane in decoded.planes
    )
    assert np.array_equal(np.stack([red, green, blue], axis=-1), codes)


@pytest.mark.parametrize("name", ["dpx_nuke_10bits_rgb.dpx", "dpx_nuke_16bits_rgba.dpx"])
def test_still_dpx_of_nuke_is_written_with_the_same_bytes_of_picture(tmp_path, shared, name):
    path = shared("dpx_cin_oiio") / "dpx" / name
    frame = read_still(path)
    assert set(frame.header.channel_types.values()) == {"uint10"}
    write_still(tmp_path / "copy.dpx", frame)
    pictures = []
    for content in (path.read_bytes(), (tmp_path / "copy.dpx").read_bytes()):
        order = ">" if content.startswith(b"SDPX") else "<"
        start = struct.unpack_from(f"{order}I", content, 4)[0]
        pictures.append(np.frombuffer(content[start:], f"{order}u4").astype(np.uint32))
    assert np.array_equal(*pictures)
    assert read_header(tmp_path / "copy.dpx").attributes["Software"] == "Nuke"


def test_still_dpx_keeps_timecode_and_frame_rate(tmp_path):
    packed = np.zeros((4, 4, 3), np.float32)
    header = frame_of(packed, timecode="23:59:59:23", frame_rate=Fraction(24000, 1001))
    write_still(tmp_path / "plate.dpx", header)
    read = read_header(tmp_path / "plate.dpx")
    assert (read.timecode, read.frame_rate) == ("23:59:59:23", Fraction(24000, 1001))


def test_still_cineon_has_ten_bits_and_no_frame_rate_made_of_rubbish(shared):
    frame = read_still(shared("dpx_cin_oiio") / "cineon" / "checker.cin")
    assert frame.header.frame_rate is None
    assert sorted(np.unique(np.rint(frame.packed * 1023)).tolist()) == [0, 374, 509, 568]


def test_still_png_with_straight_alpha_is_not_multiplied(tmp_path, shared):
    path = shared("timeline_media_tlrender") / "NonPremultiplied.png"
    frame, independent = read_still(path), np.asarray(Image.open(path))
    assert not frame.header.premultiplied
    assert np.array_equal(np.rint(frame.packed * 255), independent)
    write_still(tmp_path / "copy.png", frame)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "copy.png")), independent)


def test_still_grey_png_has_three_equal_columns_and_goes_back_as_one_channel(tmp_path, shared):
    path = shared("textures_skimage") / "brick.png"
    write_still(tmp_path / "copy.png", read_still(path))
    copy = Image.open(tmp_path / "copy.png")
    assert copy.mode == "L"
    assert np.array_equal(np.asarray(copy), np.asarray(Image.open(path)))


@pytest.mark.parametrize(("kind", "dtype"), [("uint8", np.uint8), ("uint16", np.uint16), ("float", np.float32)])
def test_still_tiff_holds_what_an_independent_reader_finds(tmp_path, kind, dtype):
    packed = np.random.default_rng(3).random((7, 9, 3), np.float32)
    write_still(tmp_path / "plate.tif", frame_of(packed), kind=kind, compression="none")
    pixels = tifffile.imread(tmp_path / "plate.tif")
    largest = 1 if dtype == np.float32 else np.iinfo(dtype).max
    assert pixels.dtype == dtype
    assert np.array_equal(pixels, packed if largest == 1 else np.rint(packed * np.float32(largest)))


def test_still_float_tiff_keeps_what_is_below_zero_and_above_one(tmp_path):
    packed = np.array([[[-0.5, 1.0, 16.0], [1e-8, -3e5, 0.18]]], np.float32)
    write_still(tmp_path / "plate.tif", frame_of(packed))
    assert read_still(tmp_path / "plate.tif").packed.tobytes() == packed.tobytes()


@pytest.mark.parametrize("is_premultiplied", [True, False])
def test_still_tiff_says_which_alpha_it_holds_and_leaves_colour_alone(tmp_path, is_premultiplied):
    packed = np.random.default_rng(4).random((5, 5, 4), np.float32)
    write_still(tmp_path / "plate.tif", frame_of(packed, premultiplied=is_premultiplied))
    frame = read_still(tmp_path / "plate.tif")
    assert frame.header.premultiplied is is_premultiplied
    assert frame.packed.tobytes() == packed.tobytes()


def test_still_tiff_keeps_further_pages_and_channels(tmp_path):
    pages = np.random.default_rng(6).integers(0, 65536, (2, 6, 8, 3), np.uint16)
    tifffile.imwrite(tmp_path / "pages.tif", pages, photometric="rgb")
    frame = read_still(tmp_path / "pages.tif")
    assert len(frame.parts) == 1
    write_still(tmp_path / "copy.tif", frame)
    assert np.array_equal(tifffile.imread(tmp_path / "copy.tif"), pages)


def test_still_jpeg_and_radiance_are_read_and_not_written(tmp_path, shared):
    path = shared("textures_skimage") / "rocket.jpg"
    frame = read_still(path)
    assert np.array_equal(np.rint(frame.packed * 255), np.asarray(Image.open(path)))
    radiance = read_still(shared("hdri") / "kiara_1_dawn_1k.hdr")
    assert radiance.packed.max() > 10
    with pytest.raises(BadMaterial, match="jpeg is read, and not written"):
        write_still(tmp_path / "copy.jpg", frame)


@pytest.mark.parametrize("suffix", [".jpg", ".hdr", ".png", ".tif"])
def test_still_that_breaks_off_is_damaged_though_a_decoder_might_fill_the_rest(tmp_path, shared, suffix):
    path = tmp_path / f"plate.0003{suffix}"
    if suffix == ".hdr":
        path.write_bytes((shared("hdri") / "kiara_1_dawn_1k.hdr").read_bytes())
    else:
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(path)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(Damaged, match=r"plate\.0003\.\w+, frame 3: "):
        read_still(path, number=3)


def test_still_damaged_jpeg_is_noticed_though_its_end_is_there(tmp_path):
    path = tmp_path / "plate.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)).save(path, quality=95)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + b"\xff\xd9")
    with pytest.raises(Damaged):
        read_still(path)


def test_still_refuses_with_every_reason_at_once(tmp_path):
    packed = np.zeros((4, 4, 4), np.float32)
    frame = replace(frame_of(packed), others={"Z": packed[..., 0]})
    frame = replace(frame, header=replace(frame.header, data_window=(-2, 0, 1, 3)))
    with pytest.raises(BadMaterial) as refusal:
        write_still(tmp_path / "plate.png", frame, kind="half")
    assert [reason.split(":")[0] for reason in refusal.value.reasons] == [
        "png has no samples of type half; there is uint16, uint8",
        "png holds one picture and no further channels",
        "png has no overscan",
        "colour beside alpha in png is straight",
    ]


def test_still_premultiplied_and_straight_are_asked_for_by_name(tmp_path):
    packed = np.array([[[0.5, 0.25, 1.0, 0.5], [0.5, 0.25, 1.0, 0.0]]], np.float32)
    frame = frame_of(packed, premultiplied=False)
    with pytest.raises(BadMaterial, match=r"write `premultiplied\(frame\)`"):
        write_still(tmp_path / "plate.exr", frame)
    multiplied = premultiplied(frame)
    assert multiplied.packed[0, 0].tolist() == [0.25, 0.125, 0.5, 0.5]
    assert multiplied.packed[0, 1].tolist() == [0, 0, 0, 0]
    assert frame.packed[0, 0, 0] == 0.5
    assert straight(multiplied).packed[0, 0].tolist() == packed[0, 0].tolist()
    assert straight(frame) is frame
    write_still(tmp_path / "plate.exr", multiplied)


def test_still_a_glow_without_alpha_survives_being_made_straight():
    glow = np.array([[[2.0, 1.0, 0.5, 0.0]]], np.float32)
    assert straight(frame_of(glow)).packed.tolist() == glow.tolist()


def test_still_nan_is_refused_where_code_values_cannot_say_it(tmp_path):
    packed = np.full((2, 2, 3), np.nan, np.float32)
    with pytest.raises(BadMaterial, match="NaN"):
        write_still(tmp_path / "plate.png", frame_of(packed))
    assert not list(tmp_path.iterdir())


def test_still_in_display_window_shows_what_is_seen(shared):
    frame = read_still(shared("exr_ilm") / "DisplayWindow" / "t08.exr")
    assert (frame.header.data_window, frame.header.display_window) == ((30, 40, 429, 339), (0, 0, 500, 400))
    seen = in_display_window(frame)
    assert seen.packed.shape == (401, 501, 3)
    assert np.array_equal(seen.packed[40:340, 30:430], frame.packed)
    assert not seen.packed[:40].any() and not seen.packed[:, 430:].any()
    outside = in_display_window(read_still(shared("exr_ilm") / "DisplayWindow" / "t09.exr"))
    assert not outside.packed.any()


def test_still_of_another_format_is_written_in_the_usual_type(tmp_path, shared):
    frame = read_still(shared("textures_skimage") / "chelsea.png")
    write_still(tmp_path / "plate.exr", frame)
    header = read_header(tmp_path / "plate.exr")
    assert set(header.channel_types.values()) == {"half"}
    assert not any(name.startswith(("png:", "Exif:")) for name in header.attributes)


@pytest.mark.parametrize("suffix", [".exr", ".png", ".tif", ".dpx"])
def test_still_on_a_full_disk_the_older_file_stays(tmp_path, suffix):
    path = tmp_path / f"plate{suffix}"
    write_still(path, frame_of(np.zeros((4, 4, 3), np.float32)))
    before = path.read_bytes()
    noise = np.random.default_rng(1).random((200, 200, 3), np.float32)
    limits, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, limits[1]))
    try:
        with pytest.raises(RushesError):
            write_still(path, frame_of(noise))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_still_file_gets_its_name_only_when_it_is_whole(tmp_path):
    path = tmp_path / "plate.exr"
    with pytest.raises(KeyboardInterrupt), whole_file(path) as draft:
        draft.write_bytes(b"half of it")
        assert not path.exists()
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())
    with whole_file(path) as draft:
        draft.write_bytes(b"all of it")
        inode = draft.stat().st_ino
    assert path.stat().st_ino == inode, "a copy could be seen half-made"
    assert [found.name for found in tmp_path.iterdir()] == ["plate.exr"]


def test_still_mipmapped_and_tiled_exr_comes_at_full_size(tmp_path):
    noise = np.random.default_rng(2).random((64, 64, 3), np.float32).astype(np.float16).astype(np.float32)
    texture = oiio.ImageBuf(noise)
    assert oiio.ImageBufAlgo.make_texture(oiio.MakeTxTexture, texture, str(tmp_path / "texture.exr"))
    assert read_still(tmp_path / "texture.exr").packed.shape == (64, 64, 3)


@settings(max_examples=30, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.floats(0.0, 1.0))
def test_still_decoders_raise_nothing_but_our_errors_on_spoilt_pngs(tmp_path_factory, spoilt, place):
    path = tmp_path_factory.getbasetemp() / "spoilt.png"
    Image.fromarray(np.arange(3072, dtype=np.uint8).reshape(32, 32, 3)).save(path)
    content = bytearray(path.read_bytes())
    start = int(place * (len(content) - len(spoilt)))
    content[start : start + len(spoilt)] = spoilt
    path.write_bytes(content)
    try:
        read_still(path)
    except RushesError:
        return
