"""Where things are in a cut: which frame of which shot a frame of the cut shows, and what its timecode is."""

from collections.abc import Iterator

from rushes.departments.previs.plan import Cut, Event
from rushes.media.timecode import has_timecode, timecode_of

BLACK = "black"
"""Label of an event without a shot that is meant to be black; with any other label its picture is missing."""


def frames_of(cut: Cut) -> int:
    """Return how many frames a cut has."""
    return sum(event.frames for event in cut.events)


def placed(cut: Cut) -> Iterator[tuple[int, Event]]:
    """Yield every event with the frame of the cut at which it begins, from 0."""
    at = 0
    for event in cut.events:
        yield at, event
        at += event.frames


def shot_frame(event: Event, frame: int) -> int:
    """Return the frame of the shot that a frame of the event shows, both from 0.

    >>> from fractions import Fraction
    >>> [shot_frame(Event("s", "1A", 10, 4, Fraction(3, 2)), frame) for frame in range(4)]
    [10, 11, 13, 14]
    """
    return event.first + event.speed.numerator * frame // event.speed.denominator


def timecode_at(cut: Cut, frame: int) -> str:
    """Return the record timecode of a frame of the cut, or nothing where timecode does not count at its rate.

    Args:
        cut: the cut.
        frame: from 0; below 0 is before its first.

    >>> from fractions import Fraction
    >>> timecode_at(Cut("sc 42", Fraction(24), 86400, False, ()), 36)
    '01:00:01:12'
    """
    if not has_timecode(cut.frame_rate):
        return ""
    return timecode_of(cut.start + frame, cut.frame_rate, drop_frame=cut.drop_frame)
