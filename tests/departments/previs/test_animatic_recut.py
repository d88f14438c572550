"""A cut that came back: which shot each clip is, what changed in words, and that nothing is lost."""

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.departments.previs.out.recut import EditedCut, SeenClip, recut
from rushes.departments.previs.out.recut_reels import RESERVED, reels_of
from rushes.departments.previs.out.recut_words import changes_between
from rushes.departments.previs.plan import Cut, Event

KNOWN = {"s1": "42A", "s2": "42B", "s3": "42C", "s4": "42D"}
BLACK_12 = Event("", "black", 0, 12)


def cut(*events, start=86400):
    return Cut("KITCHEN", Fraction(24), start, False, events)


def event(shot, frames=48, first=0, speed=1):
    return Event(shot, KNOWN.get(shot, shot), first, frames, Fraction(speed))


OLD = cut(event("s1"), event("s2"), event("s3"), event("s4"))


def edited(*clips, frames=0):
    return EditedCut("KITCHEN", 86400, False, frames or max(clip.at + clip.frames for clip in clips), clips)


def clip(name="", at=0, frames=48, first=0, speed=1, ids=(), names=(), of_animatic=False):
    return SeenClip(name, ids, names, at, frames, first, Fraction(speed), of_animatic)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (OLD, ()),
        (cut(event("s2", 36), event("s1"), event("s3"), event("s4")), ("42B moved from 2 to 1, 12 frames shorter",)),
        (cut(event("s3"), event("s1"), event("s2"), event("s4")), ("42C moved from 3 to 1",)),
        (cut(event("s1"), event("s3"), event("s4")), ("42B left out",)),
        (cut(event("s1"), event("s2", 48, 6), event("s3"), event("s4")), ("42B slipped 6 frames on",)),
        (
            cut(event("s1", 42, 6), event("s2", 60), event("s3", 48, 0, "1/2"), event("s4")),
            (
                "42A begins 6 frames later, 6 frames shorter",
                "42B 12 frames longer",
                "42C runs at 50 % instead of at 100 %",
            ),
        ),
        (
            cut(event("s1"), event("s2", 24), event("s3"), event("s2", 24, 24), event("s4")),
            ("42B 24 frames shorter", "42B once more at 4, 24 frames"),
        ),
        (
            cut(
                event("s1"), Event("", "black", 0, 12), event("s2"), event("s3"), Event("", "STOCK", 0, 1), event("s4")
            ),
            ("black for 12 frames at 2 (01:00:02:00)", "STOCK, which nobody knows, for 1 frame at 5 (01:00:06:12)"),
        ),
        (replace(OLD, start=0), ("the cut starts at 00:00:00:00 instead of 01:00:00:00",)),
    ],
)
def test_what_an_editor_did_is_said_in_few_words(new, said):
    assert changes_between(OLD, new) == said


def test_a_shot_that_is_seen_once_less_and_black_that_is_gone_are_said():
    old = cut(event("s1", 20), Event("", "black", 0, 5), event("s2"), event("s1", 20, 20))
    assert changes_between(old, cut(event("s2"), event("s1", 20, 20))) == (
        "black for 5 frames is gone",
        "42A is seen once less",
    )


def test_clips_are_known_by_id_then_by_label_then_by_reel():
    clips = [
        clip("42A [s9] v2", 0, ids=("s9", "s3"), names=("42B",)),
        clip("42b", 48),
        clip("42C.Copy.01 x", 96, names=("file_7", "42D")),
        clip("clip 7", 144, names=("42A",)),
        clip("flashback", 192),
    ]
    back = recut(edited(*clips), KNOWN, OLD)
    assert [one.shot for one in back.cut.events] == ["s3", "s2", "s4", "s1", ""]
    assert [one.label for one in back.cut.events] == ["42C", "42B", "42D", "42A", "flashback"]
    assert back.unknown == ("flashback at 5 (01:00:08:00, 48 frames) is no shot of the show",)
    assert back.left_out == ()


def test_a_label_that_two_shots_have_tells_neither():
    back = recut(edited(clip("42A")), {"s1": "42A", "s2": "42a"}, cut(event("s1"), event("s2")))
    assert [one.shot for one in back.cut.events] == [""]
    assert back.left_out == ("s1", "s2")


def test_holes_and_black_at_the_end_become_black_events_and_no_frame_is_lost():
    back = recut(edited(clip("42A", 10, 20), clip("42B", 40, 5), frames=60), KNOWN, OLD)
    assert [(one.label, one.frames) for one in back.cut.events] == [
        ("black", 10),
        ("42A", 20),
        ("black", 10),
        ("42B", 5),
        ("black", 15),
    ]
    assert back.left_out == ("s3", "s4")


def test_a_blade_on_the_animatic_parts_a_clip_where_the_old_cut_cuts():
    old = cut(event("s1", 20, 5), event("s2", 10), event("s3", 30, 0, "1/2"))
    back = recut(edited(clip("KITCHEN_v3", 0, 40, 10, of_animatic=True)), KNOWN, old)
    assert back.cut.events == (event("s1", 10, 15), event("s2", 10), event("s3", 20, 0, "1/2"))


def test_a_piece_of_the_animatic_may_run_fast_backwards_or_stand_still():
    old = cut(event("s1", 20), event("s2", 20))
    fast = recut(edited(clip("A", 0, 20, 0, 2, of_animatic=True)), KNOWN, old)
    assert fast.cut.events == (event("s1", 10, 0, 2), event("s2", 10, 0, 2))
    back = recut(edited(clip("A", 0, 20, 29, -1, of_animatic=True)), KNOWN, old)
    assert back.cut.events == (event("s2", 10, 9, -1), event("s1", 10, 19, -1))
    still = recut(edited(clip("A", 0, 20, 25, 0, of_animatic=True)), KNOWN, old)
    assert still.cut.events == (event("s2", 20, 5, 0),)


def test_the_slate_of_the_animatic_is_no_shot():
    back = recut(edited(clip("KITCHEN_v3", 0, 30, -24, of_animatic=True)), KNOWN, OLD)
    assert back.cut.events == (Event("", "KITCHEN_v3, outside the cut", 0, 24), event("s1", 6))
    assert len(back.unknown) == 1


speeds = st.fractions(min_value=-3, max_value=3, max_denominator=7)


@given(
    lengths=st.lists(st.integers(1, 30), min_size=1, max_size=6),
    first=st.integers(-20, 120),
    frames=st.integers(1, 60),
    speed=speeds,
)
def test_every_frame_of_a_bladed_animatic_is_the_shots_frame_that_the_animatic_showed(lengths, first, frames, speed):
    old = cut(*(event(f"s{1 + n % 4}", length, 3 * n) for n, length in enumerate(lengths)))
    back = recut(edited(clip("A", 0, frames, first, speed, of_animatic=True)), KNOWN, old)
    shown = [(one.shot, one.first + n) for one in old.events for n in range(one.frames)]
    expected = [first + frame * speed.numerator // speed.denominator for frame in range(frames)]
    seen = [one for event in back.cut.events for one in [event] * event.frames]
    assert len(seen) == frames
    for at, one in zip(expected, seen, strict=True):
        assert one.shot == (shown[at][0] if 0 <= at < len(shown) else "")
    starts = [at for at in range(frames) if at == 0 or seen[at] is not seen[at - 1]]
    for at in starts:
        if seen[at].shot:
            assert seen[at].first == shown[expected[at]][1]


@given(known=st.dictionaries(st.text(max_size=5), st.text(max_size=14) | st.sampled_from(["42A", "42a", "BL", ""])))
def test_every_shot_has_a_reel_of_its_own_that_a_list_of_1988_can_read(known):
    reels = reels_of(known)
    assert reels.keys() == known.keys()
    assert len(set(reels.values())) == len(known)
    assert all(re.fullmatch("[A-Z0-9]{1,8}", reel) for reel in reels.values())
    assert not RESERVED & set(reels.values())
    assert reels == reels_of(dict(reversed(known.items())))


@given(
    st.lists(st.sampled_from(sorted(KNOWN)), min_size=1, max_size=8),
    st.lists(st.sampled_from(sorted(KNOWN)), max_size=8),
)
def test_no_change_is_said_of_a_cut_that_is_the_same_and_every_shot_is_in_the_cut_or_left_out(before, after):
    old, clips = cut(*map(event, before)), [clip("", 48 * n, ids=(shot,)) for n, shot in enumerate(after)]
    assert changes_between(old, old) == ()
    if not clips:
        return
    back = recut(edited(*clips), KNOWN, old)
    assert {one.shot for one in back.cut.events} | set(back.left_out) == set(before) | set(after)
    assert bool(back.changes) == (before != after)
