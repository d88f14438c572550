import threading
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest

from rushes.domain.errors import BadMaterial, Damaged, MissingFrames, NotFound
from rushes.media.movie_index import MovieIndex
from rushes.media.movie_writing import write_movie
from rushes.media.movies import is_movie, open_movie

LONG_GOPS = [
    ("video_mixed", "flower.mp4", 150),
    ("video_mixed", "bigbuckbunny.mp4", 132),
    ("video_sam2", "01_dog.mp4", 289),
]


def moving_picture(frame, size=(96, 64)):
    """A soft picture in which every frame is another, `(height, width, 3)` float32."""
    across, down = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    waves = [np.sin((across + (3 + tilt) * frame) / 9 + tilt) * np.cos((down - 2 * frame) / 7) for tilt in range(3)]
    return (0.5 + 0.4 * np.stack(waves, axis=-1)).astype(np.float32)


def encode(path, encoder="libx264", count=48, times=None, **options):
    """Write a movie through FFmpeg alone, with times in ticks of 1/24000 s."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder, rate=24, options=options)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 24000)
        for number in range(count):
            rgb = (np.clip(moving_picture(number), 0, 1) * 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(format="yuv420p")
            frame.pts, frame.time_base = times[number] if times else 1000 * number, Fraction(1, 24000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def cut_head(source, path, frames):
    """Copy a movie's packets with an edit list that hides the first frames."""
    with av.open(str(source)) as whole, av.open(str(path), "w", options={"avoid_negative_ts": "disabled"}) as cut:
        stream = cut.add_stream_from_template(whole.streams.video[0])
        ticks = int(frames / (24 * whole.streams.video[0].time_base))
        for packet in whole.demux(video=0):
            if packet.dts is not None:
                packet.pts, packet.dts, packet.stream = packet.pts - ticks, packet.dts - ticks, stream
                cut.mux(packet)
    return path


def packets(path):
    """Return time, position and bytes of every packet, in the order of decoding."""
    with av.open(str(path)) as container:
        return [(packet.pts, packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]


def test_a_frame_shown_before_a_key_is_reached_from_the_key_before_that():
    # decoded: 0 2 1 | 5 3 4 6, where 5 is a key and 3 and 4 are shown before it
    index = MovieIndex(packet_times=(0, 2, 1, 5, 3, 4, 6), keys=(0, 3), times=tuple(range(7)), frame_rate=Fraction(24))
    assert [list(index.starts(frame)) for frame in range(7)] == [[0], [0], [0], [0], [0], [3, 0], [3, 0]]


def fingerprint(frame):
    return zlib.crc32(frame.packed)


def assert_any_order_gives_the_bits_of_one_pass(path, count, tries=40, within=None):
    movie, again = open_movie(path), open_movie(path)
    assert movie.frames == (0, count - 1)
    within = within or count
    one_pass = [fingerprint(movie.read(number)) for number in range(within)]
    assert len(set(one_pass)) > 0.9 * within
    for number in np.random.default_rng(count).permutation(within)[:tries].tolist():
        assert fingerprint(again.read(number)) == one_pass[number], number
    movie.close()
    again.close()


@pytest.fixture
def clip(tmp_path):
    """Thirty frames of H.264 with B-frames from 01:00:00:00 on."""
    path = tmp_path / "clip.mp4"
    with write_movie(path, frame_rate=Fraction(24), codec="h264", timecode="01:00:00:00") as movie:
        for number in range(30):
            movie.write(moving_picture(number))
    return path


@pytest.mark.parametrize(("folder", "name", "count"), LONG_GOPS)
def test_any_frame_of_a_real_long_gop_movie_has_the_bits_of_one_pass(shared, folder, name, count):
    assert_any_order_gives_the_bits_of_one_pass(shared(folder) / name, count, tries=8, within=100)


KINDS = {
    "B-frames that lean on B-frames": {"x264-params": "keyint=250:bframes=5:b-adapt=0:b-pyramid=normal"},
    "open groups of pictures": {"x264-params": "open-gop=1:keyint=12:min-keyint=12:bframes=3:b-adapt=0:scenecut=0"},
    "intra refresh": {"x264-params": "intra-refresh=1:keyint=15:bframes=0"},
    "interlaced": {"x264-params": "interlaced=1:keyint=12:b-adapt=0"},
    "HEVC with open groups": {
        "encoder": "libx265",
        "x265-params": "keyint=12:open-gop=1:bframes=4:b-adapt=0:log-level=none",
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_frame_has_the_bits_of_one_pass_with(tmp_path, kind):
    path = encode(tmp_path / "clip.mp4", **KINDS[kind])
    times = [time for time, _, _ in packets(path)]
    assert (times != sorted(times)) == (kind != "intra refresh")
    assert_any_order_gives_the_bits_of_one_pass(path, 48)


@pytest.mark.parametrize("codec", ["prores422hq", "prores4444", "dnxhr_hqx"])
def test_any_frame_of_an_intra_codec_has_the_bits_of_one_pass(tmp_path, codec):
    path = tmp_path / "clip.mov"
    with write_movie(path, frame_rate=Fraction(24), codec=codec) as movie:
        for number in range(9):
            movie.write(moving_picture(number, (256, 120)))
    assert_any_order_gives_the_bits_of_one_pass(path, 9)


@pytest.mark.parametrize("kind", ["B-frames that lean on B-frames", "open groups of pictures"])
def test_an_edit_list_hides_frames_and_the_rest_are_the_same_pictures(tmp_path, kind):
    whole = encode(tmp_path / "whole.mp4", **KINDS[kind])
    cut = cut_head(whole, tmp_path / "cut.mp4", 17)
    assert_any_order_gives_the_bits_of_one_pass(cut, 31)
    uncut, shortened = open_movie(whole), open_movie(cut)
    assert np.array_equal(shortened.read(0).packed, uncut.read(17).packed)
    assert np.array_equal(shortened.read(30).packed, uncut.read(47).packed)


def test_a_movie_that_starts_late_has_its_first_picture_at_its_first_frame(tmp_path):
    late = encode(tmp_path / "late.mp4", times=[37000 + 1000 * number for number in range(48)], g="12")
    on_time = encode(tmp_path / "on_time.mp4", g="12")
    assert_any_order_gives_the_bits_of_one_pass(late, 48)
    assert np.array_equal(open_movie(late).read(5).packed, open_movie(on_time).read(5).packed)


def test_frames_timecode_rate_and_size_are_told_and_numbered_as_asked(clip):
    movie = open_movie(clip, first_frame=1001)
    assert (movie.frames, movie.size, movie.frame_rate, movie.timecode) == ((1001, 1030), (96, 64), 24, "01:00:00:00")
    frame = movie.read(1026)
    assert (frame.number, frame.header.timecode) == (1026, "01:00:01:01")
    assert frame.packed.shape == (64, 96, 3)
    assert frame.packed.dtype == np.float32
    assert frame.header.display_window == (0, 0, 95, 63)
    assert (frame.header.compression, frame.header.frame_rate) == ("h264", 24)


def test_a_frame_that_the_movie_does_not_have_is_refused(clip):
    movie = open_movie(clip, first_frame=1001)
    for number in (1000, 1031):
        with pytest.raises(MissingFrames, match=f"frames {number} are missing"):
            movie.read(number)


def test_a_picture_read_is_ones_own_to_change(clip):
    movie = open_movie(clip)
    first = movie.read(3)
    before = first.packed.copy()
    movie.read(4)
    first.packed[:] = 0
    assert np.array_equal(movie.read(3).packed, before)


def test_threads_may_read_the_same_movie(clip):
    movie = open_movie(clip)
    expected = {number: fingerprint(movie.read(number)) for number in range(30)}
    seen = {}
    threads = [threading.Thread(target=lambda n=n: seen.update({n: fingerprint(movie.read(n))})) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == expected


@pytest.mark.parametrize(("size", "matrix"), [((720, 576), "bt601"), ((1280, 720), "bt709")])
def test_an_untagged_movie_is_taken_by_its_size_and_says_so(tmp_path, size, matrix):
    path = tmp_path / "untagged.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        container.mux(stream.encode(av.VideoFrame(*size, "yuv420p")))
        container.mux(stream.encode(None))
    attributes = open_movie(path).read(0).header.attributes
    assert attributes["movie:matrix"] == matrix
    assert attributes["movie:assumed"] == f"matrix {matrix}, by its size; narrow range"


def test_tags_are_believed_over_size(tmp_path):
    path = tmp_path / "tagged.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.colorspace, stream.codec_context.color_range = 9, 2
        frame = av.VideoFrame(96, 64, "yuv420p")
        for plane, code in zip(frame.planes, (255, 128, 128), strict=True):
            plane.update(bytes([code]) * plane.buffer_size)
        frame.colorspace, frame.color_range = 9, 2
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    read = open_movie(path).read(0)
    assert read.header.attributes["movie:matrix"] == "bt2020"
    assert read.header.attributes["movie:range"] == "full"
    assert "movie:assumed" not in read.header.attributes
    assert read.packed == pytest.approx(np.ones((64, 96, 3)), abs=1e-5)


def test_full_range_of_ten_bits_is_read_as_such(tmp_path):
    path = tmp_path / "full.mov"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv422p10le"
        stream.codec_context.colorspace, stream.codec_context.color_range = 1, 2
        frame = av.VideoFrame(96, 64, "yuv422p10le")
        for plane, code in zip(frame.planes, (1023, 512, 512), strict=True):
            plane.update(code.to_bytes(2, "little") * (plane.buffer_size // 2))
        frame.colorspace, frame.color_range = 1, 2
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    read = open_movie(path).read(0)
    assert read.packed == pytest.approx(np.ones((64, 96, 3)), abs=1e-5)
    assert read.header.channel_types == {"R": "uint10", "G": "uint10", "B": "uint10"}


def test_a_rate_that_a_coarse_clock_cannot_say_is_recognised(tmp_path):
    # QuickTime's old clock of 600 ticks a second: 23.976 is 25.025 ticks
    ticks = [40 * round(number * 25.025) for number in range(48)]
    assert open_movie(encode(tmp_path / "old.mov", times=ticks)).frame_rate == Fraction(24000, 1001)


def test_a_varying_frame_rate_is_refused_with_its_numbers(tmp_path):
    ticks = [1000 * number + (3000 if number > 30 else 0) for number in range(48)]
    with pytest.raises(BadMaterial, match=r"from 41\.7 to 166\.7 ms, and 1 of 47 are off the usual 41\.7 ms"):
        open_movie(encode(tmp_path / "varies.mp4", times=ticks))


def test_a_movie_cut_short_is_refused_and_says_after_how_many_frames(clip, tmp_path):
    cut = tmp_path / "cut.mp4"
    content = clip.read_bytes()
    cut.write_bytes(content[: -(len(content) // 3)])
    with pytest.raises(Damaged, match=r"cut\.mp4, frame \d+: is cut short: \d+ of 30 frames are whole"):
        open_movie(cut)


def test_a_movie_that_lacks_its_last_bytes_is_refused(clip, tmp_path):
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[:-10])
    with pytest.raises(Damaged, match="is cut short: 29 of 30 frames are whole"):
        open_movie(cut)


def test_an_mxf_is_read_by_its_packets_and_refused_when_cut_short(tmp_path):
    path = tmp_path / "clip.mxf"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("dnxhd", rate=25, options={"profile": "dnxhr_hqx"})
        stream.width, stream.height, stream.pix_fmt = 256, 120, "yuv422p10le"
        for number in range(9):
            rgb = (np.clip(moving_picture(number, (256, 120)), 0, 1) * 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    assert_any_order_gives_the_bits_of_one_pass(path, 9)
    assert open_movie(path).frame_rate == 25
    path.write_bytes(path.read_bytes()[: -path.stat().st_size // 3])
    with pytest.raises(Damaged, match=r"is cut short: \d of \d frames are whole"):
        open_movie(path)


@pytest.mark.parametrize(("codec", "suffix"), [("h264", ".mp4"), ("prores422hq", ".mov"), ("dnxhr_hqx", ".mov")])
def test_a_hole_in_a_frame_is_damage_of_that_frame_and_not_of_those_before_it(tmp_path, codec, suffix):
    path = tmp_path / f"clip{suffix}"
    with write_movie(path, frame_rate=Fraction(24), codec=codec) as movie:
        for number in range(30):
            movie.write(moving_picture(number, (256, 120)))
    content = bytearray(path.read_bytes())
    _, position, size = packets(path)[12]  # for H.264 the second key frame
    content[position : position + size // 2] = bytes([0x55]) * (size // 2)
    path.write_bytes(content)
    movie = open_movie(path)
    assert movie.read(11).number == 11
    with pytest.raises(Damaged, match=rf"clip\{suffix}, frame 12: does not decode") as refusal:
        movie.read(12)
    assert refusal.value.frame == 12
    assert movie.read(11).number == 11
    if codec == "h264":
        with pytest.raises(Damaged, match="frame 12: does not decode; frame 20 leans on it"):
            movie.read(20)
    else:
        assert movie.read(13).number == 13
    assert movie.read(24).number == 24


def test_damage_that_ffmpeg_would_paint_over_is_told(clip):
    content = bytearray(clip.read_bytes())
    _, position, size = packets(clip)[12]
    content[position + size // 2 : position + size] = bytes([0x55]) * (size - size // 2)
    clip.write_bytes(content)
    with av.open(str(clip)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 30  # all there, half of one of them invented
    with pytest.raises(Damaged, match="frame 12: does not decode"):
        open_movie(clip).read(12)


def test_damage_before_a_key_frame_spares_what_is_shown_after_it(tmp_path):
    path = encode(tmp_path / "open.mp4", **KINDS["open groups of pictures"])
    placed = packets(path)
    order = [sorted(placed).index(packet) for packet in placed]
    assert order.index(22) > order.index(24)  # decoded after the key frame, shown before it
    content = bytearray(path.read_bytes())
    _, position, size = placed[order.index(22)]
    content[position : position + size] = bytes([0x55]) * size
    path.write_bytes(content)
    movie = open_movie(path)
    for number in (20, 24, 25, 30):
        assert movie.read(number).number == number
    with pytest.raises(Damaged, match="frame 22: does not decode"):
        movie.read(22)


@pytest.mark.parametrize(
    "content",
    [b"ffconcat version 1.0\nfile secret.mp4\n", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", b"", b"\0" * 4096],
)
def test_what_is_no_movie_is_damaged_and_playlists_are_never_followed(clip, tmp_path, content):
    (tmp_path / "secret.mp4").write_bytes(clip.read_bytes())
    path = tmp_path / "list.mp4"
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"list\.mp4: is no movie that can be read"):
        open_movie(path)


def test_a_link_a_folder_a_missing_file_and_another_format_are_refused(clip, tmp_path):
    (tmp_path / "link.mp4").symlink_to(clip)
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / "clip.avi").write_bytes(clip.read_bytes())
    for name in ("link.mp4", "folder.mp4"):
        with pytest.raises(Damaged, match="is a link, a folder or a device"):
            open_movie(tmp_path / name)
    with pytest.raises(NotFound, match="no movie named"):
        open_movie(tmp_path / "nowhere.mp4")
    with pytest.raises(BadMaterial, match="no movie format that is read here"):
        open_movie(tmp_path / "clip.avi")
    assert is_movie(tmp_path / "CLIP.MOV")
    assert not is_movie(tmp_path / "clip.avi")


def test_a_frame_too_large_is_refused_before_it_reaches_a_decoder(clip):
    with pytest.raises(BadMaterial, match="96x64 pixels a frame; at most 6143 are read"):
        open_movie(clip, max_pixels=96 * 64 - 1)


def test_a_header_that_promises_a_huge_frame_is_refused(tmp_path):
    path = tmp_path / "huge.mov"
    with write_movie(path, frame_rate=Fraction(24), codec="prores422hq") as movie:
        movie.write(moving_picture(0, (258, 122)))
    content = path.read_bytes()
    assert content.count(bytes([1, 2, 0, 122])) >= 2  # in the sample description and in the frame itself
    path.write_bytes(content.replace(bytes([1, 2, 0, 122]), b"\xff\xfe\xff\xfe"))
    with pytest.raises((BadMaterial, Damaged), match=r"pixels a frame|no \.mov movie"):
        open_movie(path)


def test_a_codec_that_is_not_read_here_is_refused_by_name(tmp_path):
    with pytest.raises(BadMaterial, match="no picture in h264, hevc, prores, dnxhd"):
        open_movie(encode(tmp_path / "old.mp4", encoder="mpeg4", count=2))
