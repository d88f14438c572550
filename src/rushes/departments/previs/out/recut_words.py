"""What an editor did to a cut, in words."""

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Sequence
from fractions import Fraction

from rushes.departments.previs.out.animatic_times import BLACK, placed, timecode_at
from rushes.departments.previs.plan import Cut, Event

Pairs = dict[int, int]
"""Place in the new cut to place in the old one, both from 0."""


def changes_between(old: Cut, new: Cut) -> tuple[str, ...]:
    """Say what is different between two cuts, in the order of the new one; what went is said last.

    A shot that only stands further on because another came in or went has not moved: as few as can be have.

    Args:
        old: the cut that went out.
        new: the cut that came back.
    """
    pairs = _paired(old.events, new.events)
    stayed = _in_order([pairs[place] for place in sorted(pairs)])
    once = {event.shot for event in old.events}
    words = _started(old, new)
    black = Counter((event.label, event.frames) for event in old.events if not event.shot)
    for place, (at, event) in enumerate(placed(new)):
        if not event.shot:
            if black[event.label, event.frames]:
                black[event.label, event.frames] -= 1
                continue
            what = "black" if event.label == BLACK else f"{event.label}, which nobody knows,"
            words.append(f"{what} for {frames_words(event.frames)} at {place + 1} ({where_in(new, at)})")
        elif place in pairs:
            moved = "" if pairs[place] in stayed else f"moved from {pairs[place] + 1} to {place + 1}"
            changed = [one for one in (moved, *_altered(old.events[pairs[place]], event)) if one]
            words += [f"{event.label} {', '.join(changed)}"] if changed else []
        else:
            again = "once more" if event.shot in once else "came in"
            words.append(f"{event.label} {again} at {place + 1}, {frames_words(event.frames)}")
    words += [f"{label} for {frames_words(frames)} is gone" for (label, frames), n in black.items() for _ in range(n)]
    there = {event.shot for event in new.events}
    found = set(pairs.values())
    gone = [event for place, event in enumerate(old.events) if event.shot and place not in found]
    words += [f"{event.label} {'is seen once less' if event.shot in there else 'left out'}" for event in gone]
    return tuple(words)


def frames_words(count: int) -> str:
    """Say how many frames.

    >>> frames_words(1), frames_words(12)
    ('1 frame', '12 frames')
    """
    return f"{count} frame{'' if count == 1 else 's'}"


def where_in(cut: Cut, frame: int) -> str:
    """Say where a frame of a cut is: by timecode, or by its number where there is none."""
    return timecode_at(cut, frame) or f"frame {frame}"


def speed_words(speed: Fraction) -> str:
    """Say how fast a shot runs.

    >>> [speed_words(Fraction(speed)) for speed in ("1/2", "0", "-1")]
    ['at 50 %', 'as a still', 'backwards at 100 %']
    """
    if not speed:
        return "as a still"
    return f"{'backwards ' if speed < 0 else ''}at {float(abs(speed) * 100):.4g} %"


def _started(old: Cut, new: Cut) -> list[str]:
    if (old.start, old.drop_frame) == (new.start, new.drop_frame):
        return []
    return [f"the cut starts at {where_in(new, 0)} instead of {where_in(old, 0)}"]


def _altered(old: Event, new: Event) -> list[str]:
    words = []
    longer, later = new.frames - old.frames, new.first - old.first
    if later and not longer and old.speed == new.speed:
        words.append(f"slipped {frames_words(abs(later))} {'on' if later > 0 else 'back'}")
    elif later:
        words.append(f"begins {frames_words(abs(later))} {'later' if later > 0 else 'earlier'}")
    if longer:
        words.append(f"{frames_words(abs(longer))} {'longer' if longer > 0 else 'shorter'}")
    if old.speed != new.speed:
        words.append(f"runs {speed_words(new.speed)} instead of {speed_words(old.speed)}")
    return words


def _paired(old: Sequence[Event], new: Sequence[Event]) -> Pairs:
    """Pair events of one shot: those that are alike first, the rest in their order."""
    pairs: Pairs = {}
    for key in (_all_of_it, _shot_alone):
        left: dict[Hashable, deque[int]] = defaultdict(deque)
        taken = set(pairs.values())
        for place, event in enumerate(old):
            if place not in taken:
                left[key(event)].append(place)
        for place, event in enumerate(new):
            if event.shot and place not in pairs and left[key(event)]:
                pairs[place] = left[key(event)].popleft()
    return pairs


def _all_of_it(event: Event) -> Hashable:
    return event.shot, event.first, event.frames, event.speed


def _shot_alone(event: Event) -> Hashable:
    return event.shot


def _in_order(places: Sequence[int]) -> set[int]:
    """Return the longest run of places that only rises: those that did not move."""
    ends: list[int] = []
    kept: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        at = bisect_left(ends, place)
        before.append(kept[at - 1] if at else -1)
        ends[at : at + 1] = [place]
        kept[at : at + 1] = [index]
    run: set[int] = set()
    index = kept[-1] if kept else -1
    while index >= 0:
        run.add(places[index])
        index = before[index]
    return run
