"""OpenEXR files, real ones first: what is read is written again bit for bit, with windows, parts and words."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.media.decode import complaint_of, read_headers
from rushes.media.frames import Frame, Header, Part, colour_only, non_finite, with_plate
from rushes.media.stills import pictures_left_alone, read_header, read_still, write_still

LOST = ("DateTime", "openexr:lineOrder", "tiff:PlanarConfiguration", "tiff:subfiletype")
RENAMED = {"worldtocamera": "worldToCamera"}
LAYERS = {"sidecar_manifest.exr": "crypto_asset"}


def real_exrs() -> list[Path]:
    data = Path(__file__).parents[3] / "shared" / "data"
    folders = ("exr_ilm", "cryptomatte", "dpx_cin_oiio", "looks_ocio")
    return sorted(path for folder in folders for path in (data / folder).rglob("*.exr"))


def small_frame(channels: int = 3, **header: object) -> Frame:
    rng = np.random.default_rng(5)
    packed = rng.normal(0.3, 1.0, (6, 8, channels)).astype(np.float16).astype(np.float32)
    return Frame(0, packed, replace(Header((0, 0, 7, 5), (0, 0, 7, 5)), **header))


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()


def attributes(header: Header) -> dict[str, object]:
    kept = {RENAMED.get(name, name): value for name, value in header.attributes.items() if name not in LOST}
    return {name: value.tobytes() if isinstance(value, np.ndarray) else value for name, value in kept.items()}


def assert_same(one: Frame, other: Frame) -> None:
    assert same_bits(one.packed, other.packed)
    assert list(one.others) == list(other.others)
    assert all(same_bits(one.others[name], other.others[name]) for name in one.others)
    assert len(one.parts) == len(other.parts)
    for mine, theirs in zip((one, *one.parts), (other, *other.parts), strict=True):
        assert isinstance(mine, Frame) or same_bits(mine.block, theirs.block)
        assert attributes(mine.header) == attributes(theirs.header)
        for field in ("data_window", "display_window", "timecode", "channel_types", "frame_rate", "colour", "part"):
            assert getattr(mine.header, field) == getattr(theirs.header, field), field


@pytest.mark.parametrize("path", real_exrs() or [Path("absent")], ids=lambda path: path.stem)
def test_still_exr_that_was_read_is_written_bit_for_bit_with_everything_it_says(tmp_path, path):
    if not path.is_file():
        pytest.skip("third-party material is not beside this checkout (shared/data)")
    layer = LAYERS.get(path.name, "")
    frame = read_still(path, number=7, layer=layer)
    write_still(tmp_path / "copy.exr", frame)
    assert_same(frame, read_still(tmp_path / "copy.exr", number=7, layer=layer))


def test_still_pixels_are_those_that_oiio_itself_reads(shared):
    path = shared("exr_ilm") / "ScanLines" / "Carrots.exr"
    independent = oiio.ImageBuf(str(path)).get_pixels("float")
    assert same_bits(read_still(path).packed, np.asarray(independent))


def stereo(path: Path, **kinds: tuple[str, ...]) -> Path:
    """Write an EXR of several parts, each with its channels."""
    specs = []
    for name, channels in kinds.items():
        spec = oiio.ImageSpec(4, 3, len(channels), "half")
        spec.channelnames = channels
        spec.attribute("oiio:subimagename", name)
        specs.append(spec)
    out = oiio.ImageOutput.create(str(path))
    assert out.open(str(path), tuple(specs))
    for place, spec in enumerate(specs):
        if place:
            assert out.open(str(path), spec, "AppendSubimage")
        assert out.write_image(np.full((3, 4, spec.nchannels), 0.5, np.float32))
    out.close()
    return path


def test_still_of_two_eyes_says_which_of_them_is_worked_on_and_which_further_colour_is_not(tmp_path):
    path = stereo(
        tmp_path / "a.exr",
        left=("R", "G", "B"),
        depth=("Z",),
        right=("R", "G", "B", "A"),
        fx=("fog.R", "fog.G", "fog.B"),
    )
    assert pictures_left_alone(path) == (
        "only the part left is worked on; kept as they are, though colour too: right, fx",
    )


def test_still_with_one_picture_in_it_and_a_movie_have_nothing_to_say_of_others(tmp_path):
    assert pictures_left_alone(stereo(tmp_path / "a.exr", depth=("Z", "N.x"), rgb=("R", "G", "B"))) == ()
    assert pictures_left_alone(Path("of_a.mov")) == ()


def test_still_exr_keeps_all_65536_half_values_nan_payloads_included(tmp_path, shared):
    path = shared("exr_ilm") / "TestImages" / "AllHalfValues.exr"
    write_still(tmp_path / "copy.exr", read_still(path))
    bits = [oiio.ImageInput.open(str(p)).read_image("half").view(np.uint16) for p in (path, tmp_path / "copy.exr")]
    assert len(np.unique(bits[0])) == 65536
    assert np.array_equal(*bits)


def test_still_exr_keeps_overscan_and_a_negative_origin(shared):
    header = read_still(shared("dpx_cin_oiio") / "grid-overscan.exr").header
    assert header.data_window == (-250, -250, 1249, 1249)
    assert header.display_window == (0, 0, 999, 999)


def test_still_exr_shows_the_first_picture_and_carries_nine_further_parts(shared):
    frame = read_still(shared("exr_ilm") / "Beachball" / "multipart.0001.exr")
    assert frame.header.attributes["name"] == "rgba_right"
    assert frame.packed.shape == (876, 877, 4)
    assert [part.header.attributes["name"] for part in frame.parts[:2]] == ["depth_left", "forward_left"]
    assert len(frame.parts) == 9


def test_still_exr_gives_another_part_or_layer_when_asked(shared):
    beachball = shared("exr_ilm") / "Beachball"
    left = read_still(beachball / "multipart.0001.exr", layer="rgba_left")
    single = read_still(beachball / "singlepart.0001.exr", layer="left")
    assert left.header.part == 4
    assert single.header.colour == ("left.R", "left.G", "left.B", "left.A")
    # the single part holds both eyes in one window: the left one begins 34 columns in
    assert same_bits(left.packed, np.ascontiguousarray(single.packed[:, 34 : 34 + 877]))
    with pytest.raises(NotFound, match="did you mean 'rgba_left'"):
        read_still(beachball / "multipart.0001.exr", layer="rgba_lef")


def test_still_exr_written_from_a_later_part_keeps_the_order_of_parts(tmp_path, shared):
    path = shared("exr_ilm") / "Beachball" / "multipart.0001.exr"
    write_still(tmp_path / "copy.exr", read_still(path, layer="rgba_left"))
    named = [[header.attributes["name"] for header in read_headers(file)] for file in (path, tmp_path / "copy.exr")]
    assert named[0] == named[1]


def test_still_exr_without_a_picture_is_refused_with_its_layers(shared):
    with pytest.raises(BadMaterial) as refusal:
        read_still(shared("cryptomatte") / "debug_images" / "sidecar_manifest.exr")
    assert refusal.value.reasons == ("crypto_asset", "crypto_asset00", "crypto_asset01", "crypto_asset02")


def test_still_exr_with_half_size_chroma_comes_as_the_rgb_it_was_made_from(shared):
    folder = shared("exr_ilm") / "Chromaticities"
    full, chroma = (read_still(folder / name).packed for name in ("Rec709.exr", "Rec709_YC.exr"))
    # luminance is kept at full size; colour differs where it changes from pixel to pixel
    weights = np.array([0.2126, 0.7152, 0.0722], np.float32)
    difference = np.abs(full @ weights - chroma @ weights)
    assert np.median(difference / (full @ weights)) < 2e-3
    assert np.abs(full - chroma).mean() < 0.01


def test_still_exr_deep_pixels_are_refused_in_plain_words(tmp_path):
    spec = oiio.ImageSpec(4, 4, 5, "float")
    spec.channelnames = ("R", "G", "B", "A", "Z")
    spec.deep = True
    samples = oiio.DeepData()
    samples.init(spec)
    output = oiio.ImageOutput.create("openexr")
    assert output.open(str(tmp_path / "deep.exr"), spec)
    assert output.write_deep_image(samples)
    output.close()
    with pytest.raises(BadMaterial, match=r"deep pixels[\s\S]*Flatten"):
        read_still(tmp_path / "deep.exr")


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.95, 0.9999])
@pytest.mark.parametrize(
    "name", ["ScanLines/Carrots.exr", "LuminanceChroma/Garden.exr", "Beachball/multipart.0001.exr"]
)
def test_still_exr_that_breaks_off_is_damaged_with_file_and_frame(tmp_path, shared, name, kept):
    content = (shared("exr_ilm") / name).read_bytes()
    path = tmp_path / "plate.1007.exr"
    path.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(Damaged) as damage:
        read_still(path, number=1007)
    assert (damage.value.path, damage.value.frame) == (str(path), 1007)


def test_still_exr_with_a_flipped_bit_in_zipped_pixels_is_damaged(tmp_path, shared):
    content = bytearray((shared("exr_ilm") / "ScanLines" / "Carrots.exr").read_bytes())
    content[len(content) // 2] ^= 8
    (tmp_path / "plate.exr").write_bytes(content)
    with pytest.raises(Damaged, match=r"plate\.exr, frame 12: Some scanline chunks were missing or corrupted"):
        read_still(tmp_path / "plate.exr", number=12)


def test_still_nan_and_infinity_are_counted_by_channel(shared):
    path = shared("exr_ilm") / "TestImages" / "BrightRingsNanInf.exr"
    pixels = oiio.ImageInput.open(str(path)).read_image("float")
    expected = {name: int((~np.isfinite(pixels[..., n])).sum()) for n, name in enumerate("RGB")}
    assert min(expected.values()) > 0
    assert non_finite(read_still(path)) == expected
    assert non_finite(read_still(path.with_name("BrightRings.exr"))) == {}


def test_still_non_finite_looks_at_further_channels_too():
    depth = np.ones((6, 8), np.float32)
    depth[2, 3:5] = np.inf
    assert non_finite(replace(small_frame(), others={"Z": depth})) == {"Z": 2}


@settings(max_examples=40, deadline=None)
@given(arrays.arrays(np.float32, (3, 5, 3), elements=st.floats(-(2.0**100), 2.0**100, width=32)))
def test_still_float_exr_gives_back_every_float(tmp_path_factory, packed):
    path = tmp_path_factory.getbasetemp() / "float.exr"
    write_still(path, Frame(0, packed, Header((0, 0, 4, 2), (0, 0, 4, 2))), kind="float")
    assert same_bits(read_still(path).packed, packed)


def test_still_half_exr_keeps_what_is_below_zero_and_above_one_and_makes_no_infinity(tmp_path):
    frame = small_frame()
    frame.packed[0, :6, 0] = [-0.25, 1.5, 65504, 1e6, -1e6, np.inf]
    write_still(tmp_path / "plate.exr", frame)
    assert read_still(tmp_path / "plate.exr").packed[0, :6, 0].tolist() == [-0.25, 1.5, 65504, 65504, -65504, np.inf]


def test_still_exr_keeps_timecode_frame_rate_colour_and_words(tmp_path):
    said = {
        "smpte:TimeCode": (0x10592944, 0xCAFE),
        "chromaticities": (0.713, 0.293, 0.165, 0.83, 0.128, 0.044, 0.32168, 0.33767),
        "oiio:ColorSpace": "lin_ap1_scene",
        "rushes:model": "sha256:abc",
        "isoSpeed": 800.0,
        "strings": ("a", "b"),
    }
    types = {"smpte:TimeCode": "timecode", "chromaticities": "float[8]", "strings": "string[2]"}
    frame = small_frame(
        attributes=said, attribute_types=types, timecode="10:59:29;04", frame_rate=Fraction(24000, 1001)
    )
    write_still(tmp_path / "plate.exr", frame)
    header = read_header(tmp_path / "plate.exr")
    assert (header.timecode, header.frame_rate) == ("10:59:29;04", Fraction(24000, 1001))
    for name in ("smpte:TimeCode", "oiio:ColorSpace", "rushes:model", "isoSpeed", "strings"):
        assert header.attributes[name] == said[name]
    assert header.attributes["colorInteropID"] == "lin_ap1_scene"
    assert header.attributes["chromaticities"] == pytest.approx(said["chromaticities"])


def test_still_exr_takes_a_new_timecode_and_keeps_the_user_bits(tmp_path):
    frame = small_frame(attributes={"smpte:TimeCode": (0x01000000, 7)}, timecode="01:00:00:12")
    write_still(tmp_path / "plate.exr", frame)
    header = read_header(tmp_path / "plate.exr")
    assert (header.timecode, header.attributes["smpte:TimeCode"]) == ("01:00:00:12", (0x01000012, 7))


def test_still_exr_says_the_new_colour_space_and_unsays_the_old(tmp_path):
    old = {"oiio:ColorSpace": "srgb_rec709_scene", "chromaticities": (0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329)}
    write_still(tmp_path / "plate.exr", small_frame(attributes=old), colour_space="ACEScg")
    said = read_header(tmp_path / "plate.exr").attributes
    assert said["oiio:ColorSpace"] == "lin_ap1_scene"
    assert "chromaticities" not in said


def test_still_exr_written_twice_has_the_same_bytes(tmp_path):
    for name in ("one.exr", "two.exr"):
        write_still(tmp_path / name, small_frame())
    assert (tmp_path / "one.exr").read_bytes() == (tmp_path / "two.exr").read_bytes()
    assert "DateTime" not in read_header(tmp_path / "one.exr").attributes


@pytest.mark.parametrize(("lossy", "written"), [("dwaa:45", "zip"), ("b44", "zip"), ("piz", "piz"), ("zips", "zips")])
def test_still_exr_is_coded_again_only_without_loss(tmp_path, lossy, written):
    write_still(tmp_path / "first.exr", small_frame(), compression=lossy)
    first = read_still(tmp_path / "first.exr")
    write_still(tmp_path / "second.exr", first)
    second = read_still(tmp_path / "second.exr")
    assert second.header.compression == written
    assert same_bits(first.packed, second.packed)


def test_still_exr_takes_new_layers_beside_the_old_ones(tmp_path):
    matte = np.linspace(0, 1, 48, dtype=np.float32).reshape(6, 8)
    depth = np.arange(48, dtype=np.float16).reshape(6, 8)
    write_still(tmp_path / "plate.exr", replace(small_frame(4), others={"Z": depth, "hero.matte": matte}))
    frame = read_still(tmp_path / "plate.exr")
    assert same_bits(frame.others["hero.matte"], matte)
    assert same_bits(frame.others["Z"], depth)
    assert frame.packed.shape == (6, 8, 4)


def test_still_exr_keeps_whole_numbers_beside_floats_or_refuses_them(tmp_path):
    names = np.array([0, 1, 4095, 1 << 22] * 12, np.uint32).reshape(6, 8)
    write_still(tmp_path / "plate.exr", replace(small_frame(), others={"id": names}))
    frame = read_still(tmp_path / "plate.exr")
    assert same_bits(frame.others["id"], names)
    frame.others["id"][0, 0] = 123_456_789
    with pytest.raises(BadMaterial, match="numbers this large"):
        write_still(tmp_path / "plate.exr", frame)


def test_still_exr_of_whole_numbers_is_no_picture(tmp_path):
    spec = oiio.ImageSpec(4, 4, 1, oiio.UINT32)
    spec.channelnames = ("id",)
    output = oiio.ImageOutput.create("openexr")
    assert output.open(str(tmp_path / "ids.exr"), spec)
    assert output.write_image(np.arange(16, dtype=np.uint32).reshape(4, 4, 1))
    output.close()
    with pytest.raises(BadMaterial, match="no red, green and blue"):
        read_still(tmp_path / "ids.exr")


def test_still_exr_that_would_not_be_let_in_again_is_not_written(tmp_path):
    wide = Frame(0, np.zeros((1, 65_537, 3), np.float32), Header((0, 0, 65_536, 0), (0, 0, 65_536, 0)))
    with pytest.raises(RushesError, match=r"wide\.exr could not be written[\s\S]*65537x1"):
        write_still(tmp_path / "wide.exr", wide)
    assert not list(tmp_path.iterdir())


def test_still_a_message_that_quotes_rubbish_bytes_is_still_a_complaint():
    class Rubbish:
        has_error = True

        def geterror(self) -> str:
            return b"attribute \xff\x86".decode()

    assert complaint_of(Rubbish()) == "does not decode"


def test_still_exr_of_one_channel_is_a_grey_frame_and_goes_back_as_one(tmp_path, shared):
    frame = read_still(shared("exr_ilm") / "TestImages" / "GrayRampsDiagonal.exr")
    assert frame.columns == ("Y", "Y", "Y")
    coloured = with_plate(frame, frame.plate * np.float32([1, 0.5, 0.25])[:, None, None])
    write_still(tmp_path / "coloured.exr", coloured)
    assert read_still(tmp_path / "coloured.exr").header.colour == ("R", "G", "B")


def test_still_with_plate_replaces_colour_and_nothing_else():
    frame = replace(
        small_frame(4),
        others={"Z": np.zeros((6, 8), np.float16)},
        parts=(Part(Header((0,) * 4, (0,) * 4), np.zeros(1)),),
    )
    result = with_plate(frame, np.full((3, 6, 8), 0.5, np.float32))
    assert (result.packed[..., :3] == 0.5).all()
    assert same_bits(result.packed[..., 3], frame.packed[..., 3])
    assert (result.header, result.others, result.parts) == (frame.header, frame.others, frame.parts)
    assert not np.shares_memory(result.packed, frame.packed)


def test_still_with_plate_copies_nothing_that_lies_packed_already():
    packed = np.zeros((6, 8, 3), np.float32)
    assert np.shares_memory(with_plate(small_frame(), packed.transpose(2, 0, 1)).packed, packed)
    frame = small_frame(4)
    assert with_plate(frame, frame.plate) is frame


@pytest.mark.parametrize(
    "plate", [np.zeros((3, 6, 9), np.float32), np.zeros((3, 6, 8)), np.zeros((6, 8, 3), np.float32)]
)
def test_still_with_plate_refuses_another_size_or_type(plate):
    with pytest.raises(BadMaterial, match="cannot replace"):
        with_plate(small_frame(), plate)


def test_still_colour_only_leaves_out_the_rest():
    frame = replace(small_frame(4), others={"Z": np.zeros((6, 8), np.float16)})
    assert colour_only(frame).others == {}
    assert colour_only(frame).packed is frame.packed
