import os
from fractions import Fraction

import av
import numpy as np
import pytest

from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.movie_writing import CODECS, write_movie
from rushes.media.movies import open_movie

NTSC_FILM = Fraction(24000, 1001)
SIZE = (256, 144)


def soft_picture(size=SIZE, channels=3):
    """Slow gradients in every colour, `(height, width, channels)` float32, 0.05 to 0.95."""
    across, down = np.meshgrid(np.linspace(0, 2, size[0]), np.linspace(0, 2, size[1]))
    waves = [np.sin(across * (1 + tilt) + tilt) * np.cos(down + tilt) for tilt in range(channels)]
    return (0.5 + 0.45 * np.stack(waves, axis=-1)).astype(np.float32)


def written(folder, codec, pictures, **settings):
    path = folder / f"movie{CODECS[codec].suffixes[0]}"
    with write_movie(path, frame_rate=NTSC_FILM, codec=codec, **settings) as movie:
        for picture in pictures:
            movie.write(picture)
    return path


def read_back(path, number=0):
    movie = open_movie(path)
    frame = movie.read(number)
    movie.close()
    return frame


@pytest.mark.parametrize(
    ("codec", "mean", "worst"),  # in ten-bit codes of R'G'B'
    [("h264", 4.5, 40.0), ("prores422hq", 0.6, 6.0), ("prores4444", 0.6, 4.0), ("dnxhr_hqx", 0.6, 6.0)],
)
def test_what_is_written_comes_back_within_a_codecs_own_loss(tmp_path, codec, mean, worst):
    picture = soft_picture()
    difference = np.abs(read_back(written(tmp_path, codec, [picture, picture])).packed - picture) * 1023
    assert difference.mean() < mean
    assert difference.max() < worst


def test_chroma_does_not_drift_sideways_over_generations(tmp_path):
    # FFmpeg's own conversion moves chroma by half a pixel each time
    picture = soft_picture()
    for _ in range(4):
        picture = read_back(written(tmp_path, "prores422hq", [picture])).packed
    assert (np.abs(picture - soft_picture())[8:-8, 8:-8] * 1023).max() < 8


@pytest.mark.parametrize("codec", CODECS)
def test_the_same_frames_give_the_same_bytes(tmp_path, codec):
    pictures = [np.roll(soft_picture(), 5 * number, axis=1) for number in range(14)]
    first = written(tmp_path, codec, pictures, timecode="01:00:00:00").read_bytes()
    assert written(tmp_path, codec, pictures, timecode="01:00:00:00").read_bytes() == first
    assert b"Lavf" not in first  # nothing of the program or the day that would change them


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot keep a thread to one core")
def test_a_machine_with_fewer_cores_writes_the_same_bytes(tmp_path):
    pictures = [np.roll(soft_picture((640, 360)), 5 * number, axis=1) for number in range(30)]
    first = written(tmp_path, "h264", pictures).read_bytes()
    cores = os.sched_getaffinity(0)
    if len(cores) == 1:
        pytest.skip("this machine has but one core")
    os.sched_setaffinity(0, {min(cores)})
    try:
        assert written(tmp_path, "h264", pictures).read_bytes() == first
    finally:
        os.sched_setaffinity(0, cores)


@pytest.mark.parametrize("codec", CODECS)
def test_tags_say_bt_709_narrow_in_the_container_and_in_every_frame(tmp_path, codec):
    path = written(tmp_path, codec, [soft_picture()] * 2)
    with av.open(str(path)) as container:
        context = container.streams.video[0].codec_context
        frames = list(container.decode(video=0))
    for tagged in (context, *frames):
        assert (tagged.color_primaries, tagged.color_trc, tagged.colorspace, tagged.color_range) == (1, 1, 1, 1)
    assert b"colrncl" in path.read_bytes()
    assert "movie:assumed" not in read_back(path).header.attributes


@pytest.mark.parametrize("codec", ["prores422hq", "prores4444"])
def test_the_header_of_a_prores_frame_itself_says_bt_709(tmp_path, codec):
    content = written(tmp_path, codec, [soft_picture()]).read_bytes()
    header = content.index(b"icpf") + 4  # SMPTE RDD 36: bytes 14 to 16 of the frame header
    assert tuple(content[header + 14 : header + 17]) == (1, 1, 1)


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize(
    ("timecode", "rate", "last"),
    [("01:00:00:00", NTSC_FILM, "01:00:00:01"), ("00:00:59;29", Fraction(30000, 1001), "00:01:00;02")],
)
def test_timecode_goes_in_and_comes_out_for_every_frame(tmp_path, codec, timecode, rate, last):
    path = tmp_path / f"movie{CODECS[codec].suffixes[0]}"
    with write_movie(path, frame_rate=rate, codec=codec, timecode=timecode) as movie:
        movie.write(soft_picture())
        movie.write(soft_picture())
    opened = open_movie(path)
    assert (opened.timecode, opened.frame_rate) == (timecode, rate)
    assert opened.read(1).header.timecode == last


def test_a_review_movie_plays_in_browsers_and_can_be_scrubbed(tmp_path):
    path = written(tmp_path, "h264", [soft_picture()] * 30)
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # plays before all of it is there
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.pix_fmt, stream.profile) == ("yuv420p", "High")
        keys = [packet.is_keyframe for packet in container.demux(stream) if packet.size]
    assert [number for number, key in enumerate(keys) if key] == [0, 12, 24]


@pytest.mark.parametrize("codec", ["prores4444", "prores422hq", "dnxhr_hqx"])
def test_whiter_than_white_survives_as_far_as_narrow_range_has_room(tmp_path, codec):
    picture = np.full((144, 256, 3), 1.05, np.float32)
    picture[:, :128] = -0.05
    back = read_back(written(tmp_path, codec, [picture])).packed
    assert back[72, 200] == pytest.approx([1.05] * 3, abs=0.004)
    assert back[72, 50] == pytest.approx([-0.05] * 3, abs=0.004)


def test_sixteen_bit_pictures_are_the_same_as_floats(tmp_path):
    codes = np.round(soft_picture() * 65535).astype(np.uint16)
    first = written(tmp_path, "prores4444", [codes]).read_bytes()
    assert written(tmp_path, "prores4444", [codes.astype(np.float32) / np.float32(65535)]).read_bytes() == first


def test_alpha_is_kept_in_prores_4444_and_straight(tmp_path):
    picture = soft_picture(channels=4)
    frame = read_back(written(tmp_path, "prores4444", [picture]))
    assert frame.header.colour == ("R", "G", "B", "A")
    assert not frame.header.premultiplied
    assert np.abs(frame.packed[..., 3] - picture[..., 3]).max() < 1 / 1023
    assert np.abs(frame.packed[..., :3] - picture[..., :3]).max() < 4 / 1023


@pytest.mark.parametrize("codec", ["h264", "prores422hq", "dnxhr_hqx"])
def test_alpha_is_refused_where_the_codec_has_none(tmp_path, codec):
    with pytest.raises(BadMaterial, match="has no alpha"):
        written(tmp_path, codec, [soft_picture(channels=4)])


@pytest.mark.parametrize(
    ("codec", "size", "loss"),
    [("h264", (258, 146), 40), ("prores422hq", (258, 145), 12), ("prores4444", (257, 145), 6)],
)
def test_an_odd_size_grows_by_its_last_column_and_row_where_pixels_share_chroma(tmp_path, codec, size, loss):
    picture = soft_picture((257, 145))
    path = written(tmp_path, codec, [picture])
    movie = open_movie(path)
    assert movie.size == size
    back = movie.read(0).packed
    assert np.abs(back[:145, :257] - picture).max() < loss / 1023
    assert np.abs(back[-1, :257] - picture[-1]).max() < loss / 1023


def test_the_picture_handed_in_is_left_alone(tmp_path):
    picture = soft_picture((257, 145))
    before = picture.copy()
    written(tmp_path, "h264", [picture])
    assert np.array_equal(picture, before)


def test_a_picture_in_any_memory_layout_may_be_handed_in(tmp_path):
    picture = soft_picture()
    planar = np.ascontiguousarray(picture.transpose(2, 0, 1)).transpose(1, 2, 0)
    first = written(tmp_path, "prores4444", [picture]).read_bytes()
    assert written(tmp_path, "prores4444", [planar]).read_bytes() == first


def test_a_smaller_crf_keeps_more(tmp_path):
    noisy = [np.random.default_rng(number).random((144, 256, 3), np.float32) for number in range(3)]
    sizes = [written(tmp_path, "h264", noisy, crf=crf).stat().st_size for crf in (12, 30)]
    assert sizes[0] > 2 * sizes[1]


def interrupted(path):
    with write_movie(path, frame_rate=NTSC_FILM, codec="h264") as movie:
        movie.write(soft_picture())
        raise KeyboardInterrupt


def test_a_movie_that_was_interrupted_leaves_the_old_one_and_nothing_else(tmp_path):
    path = tmp_path / "movie.mp4"
    path.write_bytes(b"the old one")
    with pytest.raises(KeyboardInterrupt):
        interrupted(path)
    assert path.read_bytes() == b"the old one"
    assert [each.name for each in tmp_path.iterdir()] == ["movie.mp4"]


def test_a_movie_of_nothing_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(BadMaterial, match="without a single frame"):
        written(tmp_path, "h264", [])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("pictures", "why"),
    [
        ([soft_picture(), soft_picture((128, 144))], r"frame 1 is \(144, 128, 3\), the first was \(144, 256, 3\)"),
        ([soft_picture().astype(np.float64)], "float64"),
        ([(soft_picture() * 255).astype(np.uint8)], "uint8"),
        ([soft_picture()[..., 0]], r"\(144, 256\)"),
    ],
)
def test_what_is_no_picture_or_another_is_refused(tmp_path, pictures, why):
    with pytest.raises(BadMaterial, match=why):
        written(tmp_path, "prores422hq", pictures)
    assert not list(tmp_path.iterdir())


def test_a_size_that_the_encoder_cannot_do_is_refused_in_words(tmp_path):
    with pytest.raises(BadMaterial, match="dnxhd cannot encode 64x64 at 24000/1001 frames a second"):
        written(tmp_path, "dnxhr_hqx", [soft_picture((64, 64))])


def test_an_unknown_codec_a_wrong_suffix_and_an_impossible_timecode_are_refused(tmp_path):
    for settings, error, why in (
        ({"codec": "prores422"}, NotFound, "did you mean 'prores422hq'"),
        ({"codec": "prores4444"}, BadMaterial, "movie.mp4: prores4444 goes into a file that ends in .mov"),
        ({"codec": "h264", "timecode": "01:00:00;00"}, BadMaterial, "there is no drop frame at 23.976"),
    ):
        with (
            pytest.raises(error, match=why),
            write_movie(tmp_path / "movie.mp4", frame_rate=NTSC_FILM, **settings),
        ):
            pass
    assert not list(tmp_path.iterdir())
