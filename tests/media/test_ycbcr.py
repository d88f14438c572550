import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from rushes.media.ycbcr import affine, planes_from_rgb, planes_of, resampler, rgb_from_planes

# SMPTE RP 219-1:2014, 75 % bars, ten bits, BT.709: red, green, blue, Y, Cb, Cr
BARS_75 = [
    (0.75, 0.75, 0.00, 674, 176, 543),
    (0.00, 0.75, 0.75, 581, 589, 176),
    (0.00, 0.75, 0.00, 534, 253, 207),
    (0.75, 0.00, 0.75, 251, 771, 817),
    (0.75, 0.00, 0.00, 204, 435, 848),
    (0.00, 0.00, 0.75, 111, 848, 481),
    (0.75, 0.75, 0.75, 721, 512, 512),
]


def planes(*codes, bits=10):
    return tuple(np.array([[code << (16 - bits)]], np.uint16) for code in codes)


@pytest.mark.parametrize(("red", "green", "blue", "luma", "cb", "cr"), BARS_75)
def test_colour_bars_have_the_code_values_of_the_standard(red, green, blue, luma, cb, cr):
    filled = planes(0, 0, 0)
    planes_from_rgb(np.array([[[red, green, blue]]], np.float32), filled, "bt709")
    assert [round(plane.item() / 64) for plane in filled] == [luma, cb, cr]
    back = rgb_from_planes(planes(luma, cb, cr), "bt709", bits=10, full_range=False)
    assert back.ravel() == pytest.approx([red, green, blue], abs=1.6 / 876)  # half a code in each of three samples


@pytest.mark.parametrize(
    ("matrix", "red"),  # ITU-R BT.601-7, BT.709-6, BT.2020-2: Y' of pure red is its weight
    [("bt601", 0.299), ("bt709", 0.2126), ("bt2020", 0.2627)],
)
def test_luma_of_red_is_the_weight_in_the_standard(matrix, red):
    luma, cb, cr, _ = np.linalg.inv(affine(matrix, bits=16, full_range=True)) @ [1, 0, 0, 1]
    assert luma == pytest.approx(red)
    assert cr == pytest.approx(1.0, abs=1e-4)
    assert cb < 0.5


@pytest.mark.parametrize(("bits", "black", "white"), [(8, 16, 235), (10, 64, 940), (12, 256, 3760)])
def test_narrow_range_black_and_white_are_those_of_bt_709_at_any_depth(bits, black, white):
    middle = 1 << (bits - 1)
    for code, level in ((black, 0.0), (white, 1.0)):
        rgb = rgb_from_planes(planes(code, middle, middle, bits=bits), "bt709", bits=bits, full_range=False)
        assert rgb.ravel() == pytest.approx([level] * 3, abs=1e-6)


@pytest.mark.parametrize("bits", [8, 10, 12])
def test_full_range_black_and_white_are_the_first_and_the_last_code(bits):
    middle = 1 << (bits - 1)
    for code, level in ((0, 0.0), ((1 << bits) - 1, 1.0)):
        rgb = rgb_from_planes(planes(code, middle, middle, bits=bits), "bt601", bits=bits, full_range=True)
        assert rgb.ravel() == pytest.approx([level] * 3, abs=1e-6)


def test_whiter_than_white_and_blacker_than_black_survive():
    above = rgb_from_planes(planes(1019, 512, 512), "bt709", bits=10, full_range=False)
    below = rgb_from_planes(planes(4, 512, 512), "bt709", bits=10, full_range=False)
    assert above.ravel() == pytest.approx([955 / 876] * 3, abs=1e-5)
    assert below.ravel() == pytest.approx([-60 / 876] * 3, abs=1e-5)


def test_planes_that_hold_red_green_and_blue_come_out_in_that_order():
    rgb = rgb_from_planes(planes(200, 300, 100), "rgb", bits=10, full_range=True)  # FFmpeg: green, blue, red
    assert rgb.ravel() == pytest.approx([100 / 1023, 200 / 1023, 300 / 1023], abs=1e-6)


def test_alpha_goes_both_ways_and_leaves_colour_alone():
    picture = np.array([[[0.2, 0.4, 0.6, 0.5], [0.2, 0.4, 0.6, 1.0]]], np.float32)
    filled = tuple(np.zeros((1, 2), np.uint16) for _ in range(4))
    planes_from_rgb(picture, filled, "bt709")
    assert filled[3].tolist() == [[512 << 6, 1023 << 6]]
    back = rgb_from_planes((*filled[:3], np.array([[0, 65535]], np.uint16)), "bt709", bits=10, full_range=False)
    assert back[0, :, 3].tolist() == [0.0, 1.0]
    assert np.array_equal(back[0, 0, :3], back[0, 1, :3])


@settings(deadline=None, max_examples=50)
@given(
    picture=arrays.arrays(np.float32, (4, 5, 3), elements=st.floats(0, 1, width=32)),
    matrix=st.sampled_from(["bt709", "bt601", "bt2020", "smpte240m"]),
)
def test_to_sixteen_bit_samples_and_back_is_the_same_colour(picture, matrix):
    filled = tuple(np.zeros((4, 5), np.uint16) for _ in range(3))
    planes_from_rgb(picture, filled, matrix)
    assert np.allclose(rgb_from_planes(filled, matrix, bits=10, full_range=False), picture, atol=4e-5)


def video_frame(pixel_format, size, fill):
    frame = av.VideoFrame(*size, pixel_format)
    frame.pts = 0
    for number, plane in enumerate(frame.planes):
        kind = np.uint8 if plane.line_size < 2 * plane.width else np.dtype("<u2")
        rows = np.frombuffer(plane, kind).reshape(plane.height, -1)
        rows[:, : plane.width] = fill(number, plane.height, plane.width)
    return frame


@pytest.mark.parametrize(
    ("pixel_format", "bits"),
    [("yuv420p", 8), ("yuvj420p", 8), ("yuv422p10le", 10), ("yuv422p12le", 12), ("yuva444p12le", 12)],
)
@pytest.mark.parametrize("tagged", [0, 1, 2])
def test_luma_is_shifted_up_exactly_whatever_the_frame_says_of_its_range(pixel_format, bits, tagged):
    codes = np.random.default_rng(bits).integers(0, 1 << bits, (32, 48))
    frame = video_frame(pixel_format, (48, 32), lambda number, *_: codes if number in (0, 3) else 1 << (bits - 1))
    frame.color_range, frame.colorspace = tagged, 1
    alpha = "a" if "yuva" in pixel_format else ""
    planes = planes_of(resampler((48, 32), pixel_format, f"yuv{alpha}444p16le")(frame))
    assert np.array_equal(planes[0], codes << (16 - bits))
    assert (planes[1] == 1 << 15).all()


@pytest.mark.parametrize(("pixel_format", "down"), [("yuv420p", 0.25), ("yuv422p10le", 0.0)])
def test_chroma_sits_on_even_columns_and_between_rows(pixel_format, down):
    # ITU-T H.264 figure E-1, chroma_sample_loc_type 0; a ramp shows where each sample is taken to be
    ramp = video_frame(pixel_format, (64, 64), lambda number, h, w: 4 * np.indices((h, w))[2 - number] if number else 0)
    _, across, along = planes_of(resampler((64, 64), pixel_format, "yuv444p16le")(ramp))
    step = 4 << (8 if pixel_format == "yuv420p" else 6)
    assert (across[32, 16:32] / step).tolist() == [column / 2 for column in range(16, 32)]
    expected = [row / 2 - 0.25 if down else row for row in range(16, 32)]
    assert along[16:32, 32] / step == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(("pixel_format", "down"), [("yuv420p", 0.5), ("yuv422p10le", 0.0), ("yuv444p10le", 0.0)])
def test_on_the_way_out_chroma_is_taken_from_where_it_will_sit(pixel_format, down):
    ramp = video_frame(
        "yuv444p16le", (64, 64), lambda number, h, w: 1024 * np.indices((h, w))[2 - number] if number else 0
    )
    frame = resampler((64, 64), "yuv444p16le", pixel_format)(ramp)
    kind, unit = (np.uint8, 4.0) if pixel_format == "yuv420p" else (np.dtype("<u2"), 16.0)
    across, along = (
        np.frombuffer(plane, kind).reshape(plane.height, -1)[:, : plane.width] / unit for plane in frame.planes[1:]
    )
    columns, rows = 64 // across.shape[1], 64 // across.shape[0]
    assert across[5, 4:12] == pytest.approx(columns * np.arange(4, 12), abs=0.3)
    assert along[4:12, 5] == pytest.approx(rows * np.arange(4, 12) + down, abs=0.3)
