"""Where something was changed, and where it only went through another file."""

import io

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from scipy.ndimage import binary_dilation, gaussian_filter

from rushes.departments.paint.changes import changed_area

HEIGHT, WIDTH = 288, 384


def picture(grain=0.006, seed=0):
    """Return soft shapes, edges, dark and bright, and grain: (3, height, width) scene-linear, of a display's range."""
    rng = np.random.default_rng(seed)
    soft = gaussian_filter(rng.normal(size=(3, HEIGHT, WIDTH)), (0.7, 12, 12))
    blocks = rng.uniform(-1.5, 1.5, (1, 9, 12)).repeat(32, 1).repeat(32, 2)
    light = np.clip(0.18 * np.exp2(soft / soft.std() + blocks), 0.002, 0.9)
    return (light + grain * np.sqrt(light) * rng.normal(size=light.shape)).astype(np.float32)


def codes_of(light):
    light = np.clip(light, 0, 1)
    codes = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.rint(codes.transpose(1, 2, 0) * 255).astype(np.uint8)


def light_of(codes):
    codes = codes.astype(np.float32) / 255
    light = np.where(codes <= 0.04045, codes / 12.92, ((codes + 0.055) / 1.055) ** 2.4)
    return light.transpose(2, 0, 1).astype(np.float32)


def jpeg(light, quality=92):
    file = io.BytesIO()
    Image.fromarray(codes_of(light)).save(file, "JPEG", quality=quality)
    return light_of(np.asarray(Image.open(file)))


def h264(light):
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as movie:
        stream = movie.add_stream("libx264", rate=24, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = light.shape[2], light.shape[1], "yuv420p"
        movie.mux(stream.encode(av.VideoFrame.from_ndarray(codes_of(light), format="rgb24")))
        movie.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as movie:
        return light_of(next(movie.decode(video=0)).to_ndarray(format="rgb24"))


def half(light):
    return light.astype(np.float16).astype(np.float32)


def regrained(light):
    return (light + 0.01 * np.sqrt(np.abs(light)) * np.random.default_rng(9).normal(size=light.shape)).astype(
        np.float32
    )


def wire(width=1.5):
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    away = np.abs(rows - 0.43 * columns - 0.1 * HEIGHT) / np.hypot(1, 0.43)
    return np.clip(width / 2 + 0.5 - away, 0, 1).astype(np.float32)


def cheek():
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return np.exp(-((rows - 140) ** 2 + (columns - 230) ** 2) / (2 * 40**2)).astype(np.float32)


PLATE = picture()
DECODED = light_of(codes_of(PLATE))
FILES = [jpeg, h264, half, regrained]


def plate_for(file):
    return PLATE if file in (half, regrained) else DECODED


def test_where_files_are_kept_to_the_bit_one_bit_of_one_pixel_counts():
    after = PLATE.copy()
    after[1, 100, 200] = np.nextafter(after[1, 100, 200], np.float32(1))
    area = changed_area(PLATE, after)
    assert (area[99:102, 199:202] == 1).all()
    assert (area > 0).sum() <= 25
    assert not changed_area(PLATE, PLATE.copy()).any()


def test_an_edit_is_covered_to_the_pixel_and_one_around():
    after = PLATE.copy()
    after[:, 50:90, 60:120] *= 0.999
    area = changed_area(PLATE, after)
    inside = np.zeros((HEIGHT, WIDTH), bool)
    inside[50:90, 60:120] = True
    assert (area[inside] == 1).all()
    assert not area[~binary_dilation(inside, iterations=5)].any()


@pytest.mark.parametrize("file", FILES)
def test_another_file_of_the_same_picture_is_no_change(file):
    assert changed_area(plate_for(file), file(plate_for(file))).mean() < 0.05


@pytest.mark.parametrize("file", FILES)
def test_a_thin_wire_is_found_in_another_file_and_little_else(file):
    drawn = wire()
    clean = plate_for(file)
    wired = (clean * (1 - 0.5 * drawn)).astype(np.float32)
    area = changed_area(wired, file(clean))
    assert area[drawn > 0.5].mean() > 0.9
    assert area[~binary_dilation(drawn > 0, iterations=6)].mean() < 0.05


@pytest.mark.parametrize(("file", "lift"), [(half, 0.01), (regrained, 0.03), (jpeg, 0.06)])
def test_a_soft_lift_of_a_cheek_is_found_where_its_noise_allows(file, lift):
    soft = cheek()
    lifted = (plate_for(file) * (1 + lift * soft)).astype(np.float32)
    area = changed_area(plate_for(file), file(lifted))
    assert area[soft > 0.8].mean() > 0.7
    assert area[soft < 0.01].mean() < 0.05


@pytest.mark.parametrize("file", [*FILES, np.float32])
def test_a_grade_is_a_change_everywhere(file):
    warm = np.array([1.08, 1.0, 0.92], np.float32)[:, None, None]
    assert changed_area(plate_for(file), file(plate_for(file) * warm)).mean() > 0.97
    assert changed_area(plate_for(file), file(plate_for(file) + np.float32(0.02))).mean() > 0.97


def test_a_real_movie_with_flat_walls_compressed_again_is_no_change_and_its_wire_is(shared):
    with av.open(str(shared("plate_bottle") / "bottle-detection.mp4")) as movie:
        plate = light_of(next(movie.decode(video=0)).to_ndarray(format="rgb24"))
    again = h264(plate)
    assert changed_area(plate, again).mean() < 0.05
    drawn = np.zeros(plate.shape[1:], bool)
    drawn[100:300, 400:402] = True
    area = changed_area(np.where(drawn, 0.7 * plate, plate).astype(np.float32), again)
    assert area[drawn].mean() > 0.9


def test_what_is_no_number_any_more_was_changed_and_what_never_was_one_was_not():
    before, after = regrained(PLATE), PLATE.copy()
    before[:, 20, 20], after[:, 20, 20] = np.nan, np.nan
    after[0, 200, 200], before[2, 100, 100] = np.inf, np.nan
    area = changed_area(before, after)
    assert (area[20, 20], area[200, 200], area[100, 100]) == (0, 1, 1)
    assert np.isfinite(area).all()


@settings(max_examples=10, deadline=None)
@given(size=st.tuples(st.integers(1, 40), st.integers(1, 40)), seed=st.integers(0, 9), exact=st.booleans())
def test_any_size_gives_a_matte_and_leaves_both_alone(size, seed, exact):
    rng = np.random.default_rng(seed)
    before = rng.normal(0.2, 0.3, (3, *size)).astype(np.float32)
    after = before.copy() if exact else (before + rng.normal(0, 0.01, before.shape)).astype(np.float32)
    kept = before.tobytes(), after.tobytes()
    area = changed_area(before, after)
    assert (area.shape, area.dtype) == (size, np.float32)
    assert 0 <= area.min() <= area.max() <= 1
    assert (before.tobytes(), after.tobytes()) == kept
