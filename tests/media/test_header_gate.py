"""The gate before every decoder: honest files pass, forged ones are refused by name, and nothing else ever escapes."""

import os
import struct
from pathlib import Path

import numpy as np
import OpenImageIO as oiio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from rushes.domain.errors import BadMaterial, Damaged, NotFound, RushesError
from rushes.media.gate import check_header

INT_MAX = 2**31 - 1
DWAB, ZIP = 9, 3


def attribute(name: str, kind: str, value: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(value)) + value


def channel(name: str, *, kind: int = 1, sampling: tuple[int, int] = (1, 1)) -> bytes:
    return name.encode() + b"\0" + struct.pack("<iIii", kind, 0, *sampling)


def forged_exr(
    path: Path,
    *,
    window: tuple[int, int, int, int] = (0, 0, 63, 63),
    compression: int = ZIP,
    flags: int = 0,
    chunks: int | None = None,
    channels: bytes = channel("B") + channel("G") + channel("R"),
    more: bytes = b"",
) -> Path:
    """Write an OpenEXR file by hand: a header, a table, and one empty piece that all entries point to."""
    header = struct.pack("<II", 20000630, 2 | flags)
    header += attribute("channels", "chlist", channels + b"\0")
    header += attribute("compression", "compression", bytes([compression]))
    header += attribute("dataWindow", "box2i", struct.pack("<4i", *window))
    header += attribute("displayWindow", "box2i", struct.pack("<4i", 0, 0, 63, 63))
    header += more + b"\0"
    lines = {ZIP: 16, DWAB: 256}.get(compression, 1)
    count = -(-(window[3] - window[1] + 1) // lines) if chunks is None else chunks
    piece_at = len(header) + 8 * max(0, count)
    path.write_bytes(header + struct.pack("<Q", piece_at) * max(0, count) + struct.pack("<iI", 0, 0))
    return path


def test_header_gate_lets_every_honest_picture_through_and_promises_what_oiio_finds(shared):
    folders = ("exr_ilm", "cryptomatte", "dpx_cin_oiio", "textures_skimage", "timeline_media_tlrender", "hdri")
    checked = 0
    for path in sorted(found for folder in folders for found in shared(folder).rglob("*.*")):
        if path.suffix not in (".exr", ".dpx", ".cin", ".png", ".jpg", ".hdr"):
            continue
        promise = check_header(path)
        source = oiio.ImageInput.open(str(path))
        if source is None:
            assert promise.luminance_chroma, path
            oiio.geterror()
            continue
        for index, part in enumerate(promise.parts):
            assert source.seek_subimage(index, 0)
            spec = source.spec()
            assert (*part.size, len(part.channels)) == (spec.width, spec.height, spec.nchannels), path
            assert part.data_window[:2] == (spec.x, spec.y)
            assert part.display_window[:2] == (spec.full_x, spec.full_y)
        assert not source.seek_subimage(len(promise.parts), 0)
        checked += 1
    assert checked > 80


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ((0, 0, 199_999, 199_999), "200000x200000"),
        ((10, 10, 5, 5), "-4x-4"),
        ((10, 0, 5, 5), "-4x6"),
        ((-INT_MAX - 1, -INT_MAX - 1, INT_MAX, INT_MAX), "4294967296x4294967296"),
        ((0, 0, 65_536, 0), "65537x1"),
    ],
)
def test_header_gate_refuses_an_absurd_window(tmp_path, window, words):
    with pytest.raises(Damaged, match=f"its data window is {words}"):
        check_header(forged_exr(tmp_path / "bomb.exr", window=window, chunks=1))


def test_header_gate_refuses_more_than_four_gibibytes_of_pixels(tmp_path):
    forged = forged_exr(tmp_path / "bomb.exr", window=(0, 0, 32_767, 32_767), compression=DWAB)
    with pytest.raises(Damaged, match=r"would decode to 6\.0 GiB; 4 are allowed"):
        check_header(forged)


def test_header_gate_refuses_a_few_bytes_that_claim_gibibytes(tmp_path):
    forged = forged_exr(tmp_path / "bomb.exr", window=(0, 0, 16_383, 16_383), compression=DWAB)
    with pytest.raises(Damaged, match=r"would decode to 1\.5 GiB, \d+ times as many"):
        check_header(forged)


def test_header_gate_lets_a_black_frame_through_though_it_packs_a_thousandfold(tmp_path):
    spec = oiio.ImageSpec(2048, 1080, 4, "half")
    spec.attribute("compression", "dwab")
    output = oiio.ImageOutput.create("openexr")
    assert output.open(str(tmp_path / "black.exr"), spec)
    assert output.write_image(np.zeros((1080, 2048, 4), np.float16))
    output.close()
    size = (tmp_path / "black.exr").stat().st_size
    assert check_header(tmp_path / "black.exr").parts[0].raw_bytes > 1000 * size


def test_header_gate_names_how_many_pieces_a_stopped_render_left_out(tmp_path):
    forged = forged_exr(tmp_path / "stopped.exr", window=(0, 0, 63, 63))
    content = bytearray(forged.read_bytes())
    content[-8 - 16 : -8] = bytes(16)
    forged.write_bytes(content)
    with pytest.raises(Damaged, match="2 of its 4 pieces are missing"):
        check_header(forged, 1007)


def test_header_gate_counts_the_pieces_that_a_stopped_copy_left_out(tmp_path, shared):
    content = (shared("exr_ilm") / "ScanLines" / "Carrots.exr").read_bytes()
    path = tmp_path / "plate.exr"
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(Damaged, match=r"1\d of its 25 pieces are missing"):
        check_header(path)
    path.write_bytes(content[:-1])
    with pytest.raises(Damaged, match="breaks off in its last piece"):
        check_header(path)


def test_header_gate_refuses_a_table_of_pieces_longer_than_the_file(tmp_path):
    forged = forged_exr(tmp_path / "cut.exr", window=(0, 0, 63, 60_000), chunks=2)
    with pytest.raises(Damaged, match="breaks off inside its table of 3751 pieces"):
        check_header(forged)


@pytest.mark.parametrize(
    ("changes", "kind", "words"),
    [
        ({"flags": 0x800}, BadMaterial, "deep"),
        ({"more": attribute("type", "string", b"deepscanline")}, BadMaterial, "deep"),
        ({"compression": 99}, BadMaterial, "number 99"),
        ({"channels": channel("Z", sampling=(2, 2))}, BadMaterial, "different sizes"),
        ({"channels": channel("R", kind=7)}, Damaged, "no type that exists"),
        ({"channels": b""}, Damaged, "0 channels"),
        ({"flags": 0x10000}, Damaged, "version"),
        ({"more": attribute("chunkCount", "int", struct.pack("<i", 3))}, Damaged, "promises 3 pieces where 4 belong"),
        ({"more": attribute("compression", "compression", b"\0")}, Damaged, "says compression twice"),
        ({"more": b"long\0string\0" + struct.pack("<i", -5)}, Damaged, "absurd size"),
        ({"more": b"long\0string\0" + struct.pack("<i", 5000)}, Damaged, "breaks off"),
        ({"more": b"n" * 400}, Damaged, "breaks off"),
        ({"flags": 0x200, "more": attribute("tiles", "tiledesc", struct.pack("<IIB", 0, 64, 0))}, Damaged, "no size"),
        (
            {"flags": 0x200, "more": attribute("tiles", "tiledesc", struct.pack("<IIB", 1 << 31, 64, 0)), "chunks": 1},
            Damaged,
            "breaks off",
        ),
    ],
)
def test_header_gate_refuses_forged_headers_by_name(tmp_path, changes, kind, words):
    with pytest.raises(kind, match=words) as refusal:
        check_header(forged_exr(tmp_path / "forged.exr", **changes))
    assert (type(refusal.value) is Damaged) == (kind is Damaged)


def test_header_gate_refuses_a_file_that_is_not_what_its_name_says(tmp_path):
    path = tmp_path / "plate.exr"
    Image.new("RGB", (4, 4)).save(path, "PNG")
    with pytest.raises(Damaged, match=r"does not begin like a \.exr file"):
        check_header(path)


def test_header_gate_follows_no_link_and_opens_no_folder_or_pipe(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "plate.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "plate.png")
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    for name in ("link.png", "folder.png", "pipe.png"):
        with pytest.raises(Damaged, match=r"links are not followed|folder, device or pipe"):
            check_header(tmp_path / name)


def test_header_gate_says_what_is_not_there_and_what_it_does_not_read(tmp_path):
    with pytest.raises(NotFound):
        check_header(tmp_path / "plate.exr")
    with pytest.raises(BadMaterial, match="no picture format"):
        check_header(tmp_path / "plate.psd")


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif", ".dpx", ".cin"])
def test_header_gate_notices_that_a_file_breaks_off(tmp_path, shared, suffix):
    path = tmp_path / f"plate{suffix}"
    if suffix in (".dpx", ".cin"):
        real = next(iter(sorted(shared("dpx_cin_oiio").rglob(f"*{suffix}"))))
        content = real.read_bytes()
    else:
        noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(noise).save(path)
        content = path.read_bytes()
    path.write_bytes(content)
    check_header(path)
    for kept in (0.1, 0.5, 0.9, 0.99):
        path.write_bytes(content[: int(len(content) * kept)])
        with pytest.raises(Damaged):
            check_header(path)


def test_header_gate_refuses_ink_as_sound_but_not_read_here(tmp_path):
    for suffix in (".tif", ".jpg"):
        path = tmp_path / f"print{suffix}"
        Image.new("CMYK", (8, 8)).save(path)
        with pytest.raises(BadMaterial, match="ink") as refusal:
            check_header(path)
        assert not isinstance(refusal.value, Damaged)


def test_header_gate_knows_that_a_png_palette_can_be_transparent(tmp_path):
    path = tmp_path / "palette.png"
    Image.new("P", (8, 8)).save(path, transparency=0)
    assert check_header(path).parts[0].channels == ("R", "G", "B", "A")
    source = oiio.ImageInput.open(str(path))
    assert source.spec().nchannels == 4


def test_header_gate_stops_a_tiff_whose_pages_go_round(tmp_path):
    path = tmp_path / "ring.tif"
    Image.new("RGB", (8, 8)).save(path)
    content = bytearray(path.read_bytes())
    first = struct.unpack_from("<I", content, 4)[0]
    entries = struct.unpack_from("<H", content, first)[0]
    struct.pack_into("<I", content, first + 2 + 12 * entries, first)
    path.write_bytes(content)
    with pytest.raises(Damaged, match="ring"):
        check_header(path)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([".exr", ".dpx", ".cin", ".tif", ".png", ".jpg", ".hdr"]), st.binary(max_size=400))
def test_header_gate_raises_nothing_but_its_own_errors_whatever_the_bytes(tmp_path_factory, suffix, tail):
    magic = {
        ".exr": b"\x76\x2f\x31\x01\x02\0\0\0",
        ".dpx": b"SDPX",
        ".cin": b"\x80\x2a\x5f\xd7",
        ".tif": b"II*\0",
        ".png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        ".jpg": b"\xff\xd8\xff",
        ".hdr": b"#?RADIANCE",
    }[suffix]
    path = tmp_path_factory.getbasetemp() / f"random{suffix}"
    path.write_bytes(magic + tail)
    with pytest.raises(RushesError):
        check_header(path)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_header_gate_survives_any_one_changed_byte_of_a_real_header(tmp_path_factory, data):
    real = sorted((Path(__file__).parents[3] / "shared" / "data" / "exr_ilm").rglob("*.exr"))
    if not real:
        pytest.skip("third-party material 'exr_ilm' is not beside this checkout (shared/data)")
    content = bytearray(
        data.draw(st.sampled_from([path for path in real if path.stat().st_size < 100_000])).read_bytes()
    )
    content[data.draw(st.integers(0, 600))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "mutated.exr"
    path.write_bytes(content)
    try:
        check_header(path)
    except RushesError:
        return
