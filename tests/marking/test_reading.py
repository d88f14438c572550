from functools import cache
from io import BytesIO

import av
import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from rushes.domain.errors import BadMaterial
from rushes.marking.reading import read_mark, small_luma, without_bars
from rushes.marking.watermark import Marker

KEY, RECORD = b"the studio's own secret", 0x5EED_0FAD_E11F_3000


@cache
def frames(path, count):
    with av.open(str(path)) as movie:
        numbered = zip(range(count), movie.decode(video=0))  # noqa: B905
        return [frame.to_ndarray(format="rgb24").astype(np.float32) / 255 for _, frame in numbered]


@pytest.fixture(scope="module")
def flower(shared):
    return frames(shared("video_mixed") / "flower.mp4", 8)


@pytest.fixture(scope="module")
def marked(flower):
    marker = Marker(flower[0].shape[:2], RECORD, KEY)
    return [eight_bits(marker.mark(frame)) for frame in flower]


def eight_bits(picture):
    return np.round(np.clip(picture, 0, 1) * 255).astype(np.float32) / 255


def sized(picture, width, height):
    held = Image.fromarray((picture * 255).astype(np.uint8)).resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(held).astype(np.float32) / 255


def jpeg(picture, quality):
    held = BytesIO()
    Image.fromarray((picture * 255 + 0.5).astype(np.uint8)).save(held, "JPEG", quality=quality)
    return np.asarray(Image.open(held)).astype(np.float32) / 255


def h264(pictures, crf):
    held = BytesIO()
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    with av.open(held, "w", format="mp4") as movie:
        stream = movie.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": str(crf), "threads": "1", "preset": "fast"}
        for picture in pictures:
            codes = np.ascontiguousarray((picture[:height, :width] * 255 + 0.5).astype(np.uint8))
            movie.mux(stream.encode(av.VideoFrame.from_ndarray(codes, format="rgb24")))
        movie.mux(stream.encode(None))
    held.seek(0)
    with av.open(held) as movie:
        return [frame.to_ndarray(format="rgb24").astype(np.float32) / 255 for frame in movie.decode(video=0)]


def grey(picture):
    return np.repeat((picture @ np.float32([0.2126, 0.7152, 0.0722]))[..., None], 3, axis=2)


def teal(picture):
    return eight_bits(picture @ np.float32([[1.1, 0, -0.1], [0.05, 1, 0.1], [-0.1, 0, 1.1]]))


CROP = np.s_[30:516, 50:914]  # nine tenths of each side
AFTER = {
    "nothing": lambda p: p,
    "lift gamma gain": lambda p: eight_bits(0.04 + 0.8 * p**0.8),
    "grey": grey,
    "720 lines": lambda p: sized(p, 1280, 720),
    "360 lines": lambda p: sized(p, 640, 360),
    "stretch 1.33": lambda p: sized(p, 1280, 540),
    "a crop": lambda p: p[CROP],
    "a crop, 400 lines, teal and orange, jpeg": lambda p: jpeg(teal(sized(p[CROP], 711, 400)), 90),
    "pillars": lambda p: np.pad(p, ((0, 0), (100, 100), (0, 0))),
}


@pytest.mark.parametrize("change", AFTER.values(), ids=AFTER.keys())
def test_a_still_is_read_after(change, marked):
    mark = read_mark([change(marked[0])], KEY)
    assert mark and mark.record == RECORD and mark.sureness > 10


def test_bars_that_were_there_before_the_mark_do_no_harm(flower):
    boxed = flower[0].copy()
    boxed[:95] = boxed[-95:] = 0
    mark = read_mark([eight_bits(Marker(boxed.shape[:2], RECORD, KEY).mark(boxed))], KEY)
    assert mark and mark.record == RECORD and mark.tiles == pytest.approx((4, 4 * 960 / 540), rel=5e-3)


def test_a_movie_is_read_after_a_grade_a_crop_and_h264(marked):
    mark = read_mark(h264([teal(frame)[CROP] for frame in marked], 21), KEY)
    assert mark and mark.record == RECORD
    assert mark.tiles == pytest.approx((0.9 * 4, 0.9 * 4 * 960 / 540), rel=4e-3)
    assert mark.corrected > 0


def test_frames_of_a_movie_together_tell_more_than_one(marked):
    noisy = [frame + np.random.default_rng(at).normal(0, 0.06, frame.shape) for at, frame in enumerate(marked)]
    one, all_of_them = read_mark(noisy[:1], KEY), read_mark(noisy, KEY)
    assert all_of_them and (one is None or all_of_them.sureness > 1.2 * one.sureness)


def test_nothing_is_read_where_there_is_no_mark_and_nothing_by_another_key(flower, marked):
    assert read_mark(flower[:1], KEY) is None
    assert read_mark(flower, KEY) is None
    assert read_mark(marked[:1], b"another studio's") is None


def test_a_picture_with_nothing_to_see_has_no_mark():
    for level in (0, 0.5, 1):
        assert read_mark([np.full((300, 400, 3), level, np.float32)], KEY) is None


def test_frames_of_two_sizes_and_no_frames_are_refused():
    sizes = [np.zeros((300, 400, 3), np.float32), np.zeros((300, 401, 3), np.float32)]
    for pictures in (sizes, [], [np.zeros((300, 400), np.float32)]):
        with pytest.raises(BadMaterial, match="not those of one movie"):
            read_mark(pictures, KEY)


def test_bars_are_what_is_black_along_an_edge_and_a_dark_row_inside_is_none():
    luma = np.full((100, 200), 0.3, np.float32)
    luma[:10] = luma[85:] = 0.03
    luma[50] = 0
    luma[:, :7] = 0
    assert without_bars(luma) == (slice(10, 85), slice(7, 200))


def test_large_pictures_are_looked_at_small_and_lose_no_light():
    picture = np.random.default_rng(1).uniform(size=(1620, 1631, 3)).astype(np.float32)
    small = small_luma(picture)
    assert small.shape == (540, 543)
    assert small.mean() == pytest.approx(0.5, abs=1e-3)
    assert ndimage.standard_deviation(small) == pytest.approx(
        0.2887 * np.linalg.norm([0.2126, 0.7152, 0.0722]) / 3, rel=0.02
    )
