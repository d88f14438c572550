"""The animatic as a movie: frames, timecode, what is seen on which frame, and what is written over it."""

from fractions import Fraction

import av
import numpy as np
import pytest

from rushes.departments.previs.out.animatic import PLAIN, drawn_once, write_animatic
from rushes.departments.previs.out.animatic_burnins import FrameWords, burner, page_at
from rushes.departments.previs.out.animatic_stamps import Ticker
from rushes.departments.previs.out.animatic_words import AnimaticStyle, CutWords
from rushes.departments.previs.out.sound import lay_speeches
from rushes.departments.previs.plan import Cut, Event, ReadyShot, Speech
from rushes.departments.previs.shots.cameras import Camera
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.stage.pieces import Moment, Stage
from rushes.domain.errors import BadMaterial, NotFound
from rushes.media.burnins import SAFE
from rushes.media.lettering import face_for

NTSC, FILM = Fraction(30000, 1001), Fraction(24000, 1001)
SILENT_WORDS = AnimaticStyle(burns=frozenset())


def ready(identity, label, frames=24, *, zoom=0.0, speeches=(), words=""):
    def moment_at(frame):
        package = Package(FILMBACKS["super-35"], aspect=16 / 9)
        return Moment(Camera((0, 1.5, 4), 180.0, 0.0, 0.0, 35.0 + zoom * frame, package))

    line, stage = f"{label} MCU 35mm", Stage("kitchen", ())
    return ReadyShot(
        identity, label, "42", "INT. KITCHEN - NIGHT", line, words, "", frames, stage, moment_at, lambda f: (), speeches
    )


SHOTS = {one.id: one for one in (ready("s1", "42A"), ready("s2", "42B"))}
GREYS = {"s1": 0.1, "s2": 0.5}


def grey(shot, frame):
    """Tell shot and frame by a grey, so that what was shown when can be read back."""
    return np.full((36, 64, 3), GREYS[shot.id] + 0.01 * frame, np.float32)


def cut(*events, rate=Fraction(24), start=86400, drop=False):
    return Cut("KITCHEN", rate, start, drop, events)


def read_back(path):
    """Return the mean luma of every picture, 0 to 1, the timecode and the rate of a movie."""
    with av.open(str(path)) as movie:
        stream = movie.streams.video[0]
        lumas = []
        for frame in movie.decode(stream):
            full = frame.reformat(format="gray16le").planes[0]
            lumas.append(np.frombuffer(full, np.uint16).reshape(frame.height, -1)[:, : frame.width].mean() / 65535)
        return np.array(lumas), stream.metadata.get("timecode"), stream.average_rate


@pytest.mark.parametrize(
    ("rate", "start", "drop", "timecode"),
    [
        (FILM, 86400, False, "01:00:00:00"),
        (Fraction(25), 90000, False, "01:00:00:00"),
        (NTSC, 107892, True, "01:00:00;00"),
        (NTSC, 108000, False, "01:00:00:00"),
    ],
)
@pytest.mark.parametrize("kind", [(".mp4", "h264"), (".mov", "prores422hq")])
def test_a_movie_has_the_frames_of_its_events_and_the_cuts_rate_and_timecode(
    tmp_path, rate, start, drop, timecode, kind
):
    path = tmp_path / f"cut{kind[0]}"
    made = cut(Event("s1", "42A", 0, 7), Event("s2", "42B", 3, 5), rate=rate, start=start, drop=drop)
    written = write_animatic(path, made, SHOTS, picture=grey, style=AnimaticStyle(kind[1]))
    lumas, shown, read_rate = read_back(path)
    assert (len(lumas), written.frames, read_rate, shown) == (12, 12, rate, timecode)


def test_every_frame_of_the_cut_shows_the_frame_of_the_shot_that_its_event_says(tmp_path):
    events = (
        Event("s2", "42B", 4, 3),
        Event("s1", "42A", -2, 4),
        Event("s1", "42A", 0, 4, Fraction(1, 2)),
        Event("s1", "42A", 10, 3, Fraction(5, 2)),
        Event("s2", "42B", 9, 3, Fraction(-1)),
        Event("s2", "42B", 7, 2, Fraction(0)),
    )
    write_animatic(
        tmp_path / "cut.mov", cut(*events), SHOTS, picture=grey, style=AnimaticStyle("prores422hq", burns=frozenset())
    )
    frames = [4, 5, 6, -2, -1, 0, 1, 0, 0, 1, 1, 10, 12, 15, 9, 8, 7, 7, 7]
    ids = ["s2"] * 3 + ["s1"] * 11 + ["s2"] * 5
    expected = [GREYS[shot] + 0.01 * frame for shot, frame in zip(ids, frames, strict=True)]
    assert read_back(tmp_path / "cut.mov")[0] == pytest.approx(expected, abs=0.002)


def test_a_slate_stands_before_the_cut_and_before_its_timecode(tmp_path):
    style = AnimaticStyle(burns=frozenset(), slate_frames=12, show="The Last Winter")
    made = cut(Event("s1", "42A", 0, 6))
    assert write_animatic(tmp_path / "a.mp4", made, SHOTS, picture=grey, style=style).frames == 18
    lumas, timecode, _ = read_back(tmp_path / "a.mp4")
    assert (len(lumas), timecode) == (18, "00:59:59:12")
    assert lumas[12:] == pytest.approx([0.1 + 0.01 * frame for frame in range(6)], abs=0.01)
    assert np.ptp(lumas[:12]) < 0.01


def test_the_same_frames_give_the_same_bytes(tmp_path):
    made = cut(Event("s1", "42A", 0, 6), Event("s2", "42B", 0, 6))
    for name in ("one.mp4", "two.mp4"):
        write_animatic(tmp_path / name, made, SHOTS, picture=grey)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_what_stands_still_is_drawn_once(tmp_path):
    asked = []

    def draw(shot, frame):
        asked.append((shot.id, frame))
        return grey(shot, frame)

    made = cut(Event("s1", "42A", 0, 8, Fraction(1, 4)), Event("s2", "42B", 0, 8))
    once = drawn_once(draw, lambda shot, frame: frame // 4 if shot.id == "s2" else frame)
    written = write_animatic(tmp_path / "a.mp4", made, SHOTS, picture=once)
    assert written.drawn == 1 + len(asked[1:]) == 5
    assert asked[1:] == [("s1", 0), ("s1", 1), ("s2", 0), ("s2", 4)]


def test_a_picture_that_is_drawn_once_is_not_written_on_twice(tmp_path):
    last = np.full((90, 320, 3), 0.4, np.float32)
    write_animatic(tmp_path / "a.mp4", cut(Event("s1", "42A", 0, 4)), SHOTS, picture=lambda shot, frame: last)
    assert (last == np.float32(0.4)).all()


def test_a_shot_that_is_not_there_is_a_black_card_that_is_reported_with_its_place(tmp_path):
    made = cut(
        Event("s1", "42A", 0, 24), Event("", "STOCK_017", 0, 3), Event("s9", "42Z", 0, 2), Event("", "black", 0, 2)
    )
    written = write_animatic(tmp_path / "a.mp4", made, SHOTS, picture=grey, style=SILENT_WORDS)
    assert written.words == (
        "STOCK_017 is missing: black for 3 frames at 01:00:01:00",
        "42Z is missing: black for 2 frames at 01:00:01:03",
    )
    assert read_back(tmp_path / "a.mp4")[0][24:] == pytest.approx([0.0] * 7, abs=0.005)


@pytest.mark.parametrize(
    ("name", "style", "events", "error"),
    [
        ("a.mov", PLAIN, [Event("s1", "42A", 0, 0)], BadMaterial),
        ("a.mp4", PLAIN, [], BadMaterial),
        ("a.mp4", PLAIN, [Event("s9", "42Z", 0, 9)], BadMaterial),
        ("a.mp4", AnimaticStyle("prores422hq"), [Event("s1", "42A", 0, 2)], BadMaterial),
        ("a.mp4", AnimaticStyle("h265"), [Event("s1", "42A", 0, 2)], NotFound),
        ("a.mp4", AnimaticStyle(burns=frozenset({"lense"})), [Event("s1", "42A", 0, 2)], NotFound),
    ],
)
def test_what_cannot_be_shown_is_refused_and_leaves_no_file(tmp_path, name, style, events, error):
    with pytest.raises(error):
        write_animatic(tmp_path / name, cut(*events), SHOTS, picture=grey, style=style)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong", [np.zeros((36, 65, 3), np.float32), np.zeros((36, 64), np.float32), np.zeros((36, 64, 3))]
)
def test_a_picture_of_another_size_or_kind_is_refused_and_an_older_movie_stays(tmp_path, wrong):
    path = tmp_path / "a.mp4"
    write_animatic(path, cut(Event("s1", "42A", 0, 2)), SHOTS, picture=grey)
    before = path.read_bytes()
    with pytest.raises(BadMaterial):
        write_animatic(path, cut(Event("s1", "42A", 0, 4)), SHOTS, picture=lambda s, f: wrong if f == 3 else grey(s, f))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_whoever_watches_is_told_of_every_frame_and_may_stop(tmp_path):
    told = []

    def watch(frames):
        told.append(frames)
        if frames == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_animatic(tmp_path / "a.mp4", cut(Event("s1", "42A", 0, 9)), SHOTS, picture=grey, on_done=watch)
    assert told == [1, 2, 3]
    assert list(tmp_path.iterdir()) == []


def counted_in(picture, face, high, signs="0123456789:;"):
    """Read the counter at the lower right by holding every figure against it, as an eye would."""
    height, width = picture.shape[:2]
    right, bottom = width - round(SAFE * width), height - round(SAFE * height)
    text = ""
    ticker = Ticker(face, high)
    stamp = ticker.stamp("00:00:00:00")
    top, across = bottom - stamp.height, round(0.45 * high)
    patch = picture[top:bottom, right - stamp.width : right].mean(axis=2)
    at = across
    for _ in range(11):
        fits = {}
        for sign in signs:
            ink = ticker.stamp(sign).add[..., 0]
            glyph = ink[:, across:-across]
            seen = patch[:, at : at + glyph.shape[1]]
            if seen.shape == glyph.shape:
                fits[sign] = (float(((seen - glyph) ** 2).mean()), glyph.shape[1])
        best = min(fits, key=lambda sign: fits[sign][0])
        text, at = text + best, at + fits[best][1]
    return text


@pytest.mark.parametrize(
    ("rate", "start", "drop", "last"), [(FILM, 86400, False, "01:00:00:07"), (NTSC, 107892, True, "01:00:00;07")]
)
def test_the_record_timecode_can_be_read_off_the_picture_of_the_movie(tmp_path, rate, start, drop, last):
    style = AnimaticStyle(burns=frozenset({"timecode"}))
    dark = np.full((360, 640, 3), 0.05, np.float32)
    made = cut(Event("s1", "42A", 0, 8), rate=rate, start=start, drop=drop)
    write_animatic(tmp_path / "a.mp4", made, SHOTS, picture=lambda shot, frame: dark, style=style)
    with av.open(str(tmp_path / "a.mp4")) as movie:
        pictures = [frame.to_ndarray(format="rgb24").astype(np.float32) / 255 for frame in movie.decode(video=0)]
    face = face_for("42", "INT. KITCHEN - NIGHT")
    assert counted_in(pictures[-1], face, 11) == last
    assert counted_in(pictures[0], face, 11) == f"{last[:-1]}0"


WORDS = FrameWords(
    "The Last Winter", "draft 3", "42  INT. KITCHEN", "42B", "35mm", "01:00:00:00", "f 012", "JENNY: No.", ""
)


def changed_by(words, size=(640, 360)):
    picture = np.random.default_rng(1).random((size[1], size[0], 3), np.float32)
    marked = picture.copy()
    burner(size, face_for())(marked, words)
    return (picture != marked).any(axis=2)


def test_burn_ins_leave_every_pixel_alone_that_has_no_label_and_stay_in_the_safe_area():
    changed = changed_by(WORDS)
    assert 0.02 < changed.mean() < 0.12
    assert not changed[:18].any()
    assert not changed[-18:].any()
    assert not changed[:, :32].any()
    assert not changed[:, -32:].any()
    assert not changed_by(FrameWords()).any()


@pytest.mark.parametrize("size", [(64, 36), (200, 113), (319, 180), (480, 200), (90, 160)])
def test_labels_never_lie_over_each_other_nor_leave_a_small_picture(size):
    one_by_one = [
        changed_by(FrameWords(**{name: getattr(WORDS, name)}), size)
        for name in ("show", "draft", "scene", "shot", "timecode", "speech")
    ]
    if size[0] >= 320:
        assert np.sum(one_by_one, axis=0).max() == 1
    assert changed_by(WORDS, size).any()


def test_a_long_speech_is_read_page_by_page_in_the_time_that_it_takes():
    words = (
        "After everything, all those years of silence, you came back and you stand there as if it were nothing, " * 2
    )
    read = [page_at(words, Fraction(step, 100)) for step in range(100)]
    pages = list(dict.fromkeys(read))
    assert " ".join(pages) == " ".join(words.split())
    assert max(map(len, pages)) <= 92
    assert len(pages) == 3
    letters = sum(map(len, pages))
    assert [read.count(page) for page in pages] == pytest.approx([100 * len(page) / letters for page in pages], abs=1)


def test_a_counter_is_as_wide_at_every_frame_so_that_it_does_not_jitter():
    ticker = Ticker(face_for(), 15)
    assert len({ticker.stamp(f"01:00:{number:02d}:{number:02d}").width for number in range(60)}) == 1


def test_a_zoom_shows_the_lens_of_every_frame_and_a_still_lens_asks_for_few(tmp_path):
    moments = []

    def seen(shot):
        def moment_at(frame):
            moments.append(frame)
            return shot.moment_at(frame)

        return ReadyShot(**{**vars(shot), "moment_at": moment_at})

    style = AnimaticStyle(burns=frozenset({"lens"}))
    flat, made = np.full((180, 320, 3), 0.5, np.float32), cut(Event("s1", "42A", 0, 24))
    for zoom, most in ((0.0, 10), (0.5, 34)):
        moments.clear()
        shots = {"s1": seen(ready("s1", "42A", 24, zoom=zoom))}
        write_animatic(tmp_path / "a.mp4", made, shots, picture=lambda shot, frame: flat, style=style)
        assert len(moments) <= most
        assert set(moments) == set(range(24)) if zoom else len(moments) >= 9


def test_a_caption_is_who_speaks_as_long_as_it_is_heard_and_else_what_happens():
    shot = ready("s1", "42A", 24, speeches=(Speech("JENNY", "No.", 6, 6),), words="She waits.")
    made, shots = cut(Event("s1", "42A", 0, 24)), {"s1": shot}
    words = CutWords(made, shots, PLAIN, heard=lay_speeches(made, shots, {}))
    shown = [words.at(at, made.events[0], at) for at in range(24)]
    assert [one.speech for one in shown] == [""] * 6 + ["JENNY: No."] * 6 + [""] * 12
    assert {one.action for one in shown} == {"She waits."}
