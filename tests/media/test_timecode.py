from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial
from rushes.media.timecode import frame_of, has_timecode, read_rate, timecode_after, timecode_of

NTSC, NTSC_60, FILM = Fraction(30000, 1001), Fraction(60000, 1001), Fraction(24)
COUNTING = [Fraction(rate) for rate in (24, 25, 30, 48, 50, 60)]
COUNTING += [Fraction(rate * 1000, 1001) for rate in (24, 30, 48, 60)]

# SMPTE ST 12-1:2014, 5.2.2: labels 00 and 01 (at 59.94: 00 to 03) are left out in every minute but each tenth
DROP_FRAME = [
    (NTSC, 1799, "00:00:59;29"),
    (NTSC, 1800, "00:01:00;02"),
    (NTSC, 3597, "00:01:59;29"),
    (NTSC, 3598, "00:02:00;02"),
    (NTSC, 17981, "00:09:59;29"),
    (NTSC, 17982, "00:10:00;00"),
    (NTSC, 107892, "01:00:00;00"),
    (NTSC, 2589407, "23:59:59;29"),
    (NTSC_60, 3599, "00:00:59;59"),
    (NTSC_60, 3600, "00:01:00;04"),
    (NTSC_60, 35963, "00:09:59;59"),
    (NTSC_60, 35964, "00:10:00;00"),
]


@pytest.mark.parametrize(("rate", "frame", "timecode"), DROP_FRAME)
def test_drop_frame_counts_as_the_standard_does(rate, frame, timecode):
    assert timecode_of(frame, rate, drop_frame=True) == timecode
    assert frame_of(timecode, rate) == frame


@pytest.mark.parametrize(
    ("start", "after", "rate"),
    [
        ("00:00:59;29", "00:01:00;02", NTSC),
        ("00:09:59;29", "00:10:00;00", NTSC),
        ("00:00:59;59", "00:01:00;04", NTSC_60),
        ("00:00:59:29", "00:01:00:00", NTSC),
        ("23:59:59:23", "00:00:00:00", FILM),
        ("23:59:59;29", "00:00:00;00", NTSC),
    ],
)
def test_the_frame_after_has_the_next_label_that_exists(start, after, rate):
    assert timecode_after(start, 1, rate) == after
    assert timecode_after(after, -1, rate) == start


DAYS = [(rate, False, 86400 * round(rate)) for rate in COUNTING]
DAYS += [(NTSC, True, 2589408), (NTSC_60, True, 2 * 2589408)]


@pytest.mark.parametrize(("rate", "drop", "frames_a_day"), DAYS)
@given(part=st.floats(0, 1, exclude_max=True))
@example(part=0.0)
@example(part=1 - 1e-9)
def test_from_a_frame_to_its_timecode_and_back_is_the_same_frame_over_the_whole_day(rate, drop, frames_a_day, part):
    frame = int(part * frames_a_day)
    assert frame_of(timecode_of(frame, rate, drop_frame=drop), rate) == frame
    assert timecode_of(frame + frames_a_day, rate, drop_frame=drop) == timecode_of(frame, rate, drop_frame=drop)


@pytest.mark.parametrize(("rate", "drop", "frames_a_day"), DAYS)
def test_the_last_label_of_a_day_is_the_last_that_the_rate_has_whatever_the_clock_says(rate, drop, frames_a_day):
    first, last = (
        ("00:00:00;00", f"23:59:59;{round(rate) - 1}") if drop else ("00:00:00:00", f"23:59:59:{round(rate) - 1}")
    )
    assert timecode_after(first, -1, rate) == last
    assert timecode_after(last, 1, rate) == first
    assert frame_of(last, rate) == frames_a_day - 1


# labels without drop frame are those of the whole rate: 86400 * 30 - 20 frames are 23:59:59:10 at 29.97 as at 30
@pytest.mark.parametrize(
    ("timecode", "frame", "rate"),
    [
        ("23:59:59:10", 2591980, NTSC),
        ("23:59:59:59", 5183999, NTSC_60),
        ("23:59:59:00", 2073576, Fraction(24000, 1001)),
        ("23:59:00:00", 4144320, Fraction(48000, 1001)),
        ("10:00:00:00", 1080000, NTSC),
    ],
)
def test_without_drop_frame_every_label_of_the_day_is_there_at_the_fractional_rates_too(timecode, frame, rate):
    assert frame_of(timecode, rate) == frame
    assert timecode_of(frame, rate) == timecode


@given(frames=st.integers(-3 * 86400 * 24, 3 * 86400 * 24), more=st.integers(-1000, 1000))
def test_two_steps_are_as_good_as_one(frames, more):
    once = timecode_after("10:00:00:00", frames + more, FILM)
    assert timecode_after(timecode_after("10:00:00:00", frames, FILM), more, FILM) == once


def ahead_of_the_clock(frame):
    """How far the label of a frame is ahead of real time, in 1/30000 s: a label lasts 1000 of them, a frame 1001."""
    hours, minutes, seconds, frames = map(int, timecode_of(frame, NTSC, drop_frame=True).replace(";", ":").split(":"))
    return 1000 * (30 * (3600 * hours + 60 * minutes + seconds) + frames) - 1001 * frame


# Each frame falls behind by 1, two skipped labels bring 2000 back. In ten minutes that leaves 18 * 1000 - 17982 = 18 of
# drift. Inside them the lowest is the last frame before the first skip, 0 - 1799; the highest comes right after the
# ninth, 9 * 2000 - 16184 = 1816. In the last ten minutes of a day that is on top of 143 * 18 = 2574 of drift: 4390.
@pytest.mark.parametrize(
    ("frame", "thirty_thousandths"), [(0, 0), (1799, -1799), (1800, 200), (16184, 1816), (17982, 18), (2587610, 4390)]
)
def test_drop_frame_is_60_ms_behind_the_clock_at_worst_and_146_ms_ahead_ten_minutes_before_midnight(
    frame, thirty_thousandths
):
    assert ahead_of_the_clock(frame) == thirty_thousandths


@example(frame=1799)
@example(frame=2010388)
@example(frame=2587610)
@example(frame=2589407)
@given(frame=st.integers(0, 2589407))
def test_drop_frame_stays_within_two_frames_of_the_clock_but_for_a_drift_of_18_parts_each_ten_minutes(frame):
    assert -1799 <= ahead_of_the_clock(frame) - 18 * (frame // 17982) <= 1816
    assert -1799 <= ahead_of_the_clock(frame) <= 4390


@pytest.mark.parametrize(
    ("timecode", "rate", "why"),
    [
        ("00:01:00;00", NTSC, "there is no timecode 00:01:00;00 at 29.97"),
        ("00:01:00;03", NTSC_60, "there is no timecode 00:01:00;03 at 59.9401"),
        ("00:00:00:24", FILM, "there is no timecode 00:00:00:24 at 24"),
        ("24:00:00:00", FILM, "there is no timecode 24:00:00:00"),
        ("00:61:00:00", FILM, "there is no timecode 00:61:00:00"),
        ("00:00:10;00", FILM, "there is no drop frame at 24"),
        ("00:00:10;00", Fraction(24000, 1001), "there is no drop frame at 23.976"),
        ("1:00:00:00", FILM, "'1:00:00:00' is no timecode"),
        ("half past ten", FILM, "'half past ten' is no timecode"),
        ("00:00:00:00", Fraction(179, 6), "timecode does not count at 29.8333"),
    ],
)
def test_a_timecode_that_does_not_exist_is_refused(timecode, rate, why):
    with pytest.raises(BadMaterial, match=why):
        frame_of(timecode, rate)


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", FILM),
        ("25.0", Fraction(25)),
        ("24000/1001", Fraction(24000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", NTSC),
        ("47.952", Fraction(48000, 1001)),
        ("59.94", NTSC_60),
        ("119.88", Fraction(120000, 1001)),
        ("179/6", Fraction(179, 6)),
        (" 12.5 ", Fraction(25, 2)),
    ],
)
def test_rates_are_read_as_people_write_them(text, rate):
    assert read_rate(text) == rate


@pytest.mark.parametrize("text", ["", "film", "24/0", "0", "-25", "1001", "nan", "inf"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(BadMaterial, match="is no frame rate"):
        read_rate(text)


def test_timecode_counts_at_the_rates_of_film_and_television_and_no_others():
    assert all(has_timecode(rate) for rate in COUNTING)
    assert not any(has_timecode(Fraction(rate)) for rate in (12, 100, 120, Fraction(179, 6), Fraction("29.97")))
