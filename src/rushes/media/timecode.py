"""Timecode as SMPTE ST 12-1 counts it, drop frame included; the counting is OpenTimelineIO's."""

import re
from fractions import Fraction

from opentimelineio import opentime

from rushes.domain.errors import BadMaterial

_NTSC = tuple(Fraction(nominal * 1000, 1001) for nominal in (24, 30, 48, 60, 120))


def read_rate(text: str) -> Fraction:
    """Read a frame rate as people write it; the rounded NTSC rates become what they stand for.

    Raises:
        BadMaterial: if it is no rate.

    >>> read_rate("24000/1001"), read_rate("23.976"), read_rate("24")
    (Fraction(24000, 1001), Fraction(24000, 1001), Fraction(24, 1))
    """
    try:
        rate = Fraction(text.strip())
    except (ValueError, ZeroDivisionError) as error:
        raise BadMaterial(f"{text!r} is no frame rate", remedy="Write 24, 23.976 or 24000/1001.") from error
    if not 0 < rate <= 1000:
        raise BadMaterial(f"{text!r} is no frame rate: it must be above 0 and at most 1000")
    # 23.976 and 23.98 both mean 24000/1001, and a day of 23.976 is already two frames short
    return next((exact for exact in _NTSC if "/" not in text and abs(rate - exact) < Fraction(1, 100)), rate)


def has_timecode(rate: Fraction) -> bool:
    """Return whether timecode counts at this rate: 23.976, 24, 25, 29.97, 30, 47.952, 48, 50, 59.94 or 60.

    >>> has_timecode(Fraction(25)), has_timecode(Fraction(179, 6))
    (True, False)
    """
    return bool(opentime.RationalTime.is_smpte_timecode_rate(float(rate)))


def timecode_of(frame: int, rate: Fraction, *, drop_frame: bool = False) -> str:
    """Return the timecode of a frame counted from midnight; after 24 hours the clock starts again.

    Args:
        frame: 0 is midnight.
        rate: one that `has_timecode`.
        drop_frame: skip labels so that the timecode keeps to the clock; only at 29.97 and 59.94.

    Raises:
        BadMaterial: if timecode, or drop frame, is not defined at this rate.

    >>> timecode_of(1800, Fraction(30000, 1001), drop_frame=True)
    '00:01:00;02'
    """
    _refuse_rate(rate, drop_frame)
    counted = _counted_at(rate, drop_frame)
    time = opentime.RationalTime(frame % _frames_a_day(rate, drop_frame), counted)
    return str(opentime.to_timecode(time, counted, drop_frame))


def frame_of(timecode: str, rate: Fraction) -> int:
    """Return how many frames after midnight a timecode is; `;` before the frames means drop frame.

    Raises:
        BadMaterial: if the timecode does not exist at this rate, such as 00:01:00;00, which drop frame skips.

    >>> frame_of("00:01:00;02", Fraction(30000, 1001))
    1800
    """
    if not re.fullmatch(r"\d\d:\d\d:\d\d[:;]\d\d", timecode):
        raise BadMaterial(f"{timecode!r} is no timecode", remedy="Write HH:MM:SS:FF, or HH:MM:SS;FF for drop frame.")
    drop_frame = ";" in timecode
    _refuse_rate(rate, drop_frame)
    try:
        frame = opentime.from_timecode(timecode, _counted_at(rate, drop_frame)).to_frames()
    except ValueError as error:
        raise BadMaterial(f"there is no timecode {timecode} at {_in_words(rate)}: {error}") from error
    # OpenTimelineIO lets 25 o'clock, minute 61 and the labels that drop frame skips through
    if timecode_of(frame, rate, drop_frame=drop_frame) != timecode:
        raise BadMaterial(f"there is no timecode {timecode} at {_in_words(rate)}")
    return int(frame)


def timecode_after(start: str, frames: int, rate: Fraction) -> str:
    """Return the timecode so many frames after (or, below 0, before) a start; drop frame stays drop frame.

    Raises:
        BadMaterial: if the start does not exist at this rate.

    >>> timecode_after("00:00:59;29", 1, Fraction(30000, 1001))
    '00:01:00;02'
    >>> timecode_after("00:00:00:00", -1, Fraction(30000, 1001))
    '23:59:59:29'
    """
    return timecode_of(frame_of(start, rate) + frames, rate, drop_frame=";" in start)


def _refuse_rate(rate: Fraction, drop_frame: bool) -> None:
    if not has_timecode(rate):
        raise BadMaterial(f"timecode does not count at {_in_words(rate)}")
    if drop_frame and rate not in (Fraction(30000, 1001), Fraction(60000, 1001)):
        raise BadMaterial(f"there is no drop frame at {_in_words(rate)}", remedy="Write HH:MM:SS:FF.")


def _counted_at(rate: Fraction, drop_frame: bool) -> float:
    # without drop frame the labels of 29.97 are those of 30, and a day of them is longer than 24 hours on the clock;
    # at the true rate OpenTimelineIO would start the labels again when the clock has done its 24 hours
    return float(rate) if drop_frame else float(round(rate))


def _frames_a_day(rate: Fraction, drop_frame: bool) -> int:
    nominal = round(rate)
    # two labels (four at 59.94) are skipped in each minute but every tenth
    return 86400 * nominal - (nominal // 15 * (1440 - 144) if drop_frame else 0)


def _in_words(rate: Fraction) -> str:
    return f"{float(rate):.6g} frames a second"
