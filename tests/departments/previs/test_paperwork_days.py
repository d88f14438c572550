from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.breakdown.items import Category, Item, SceneSheet
from rushes.departments.previs.paperwork.cast import number_cast
from rushes.departments.previs.paperwork.days import (
    Day,
    dated,
    days_as_given,
    location_of,
    moves_of,
    schedule,
)
from rushes.departments.previs.paperwork.dood import WORKING, day_out_of_days
from rushes.domain.errors import BadMaterial

NAMES = ("JENNY", "WILL", "ÄNNE", "MR. GRAY")


def sheet(number, *, where="INT", place="KITCHEN", time="DAY", eighths=8, cast=(), silent=()):
    people = [(Category.SPEAKING, name) for name in cast] + [(Category.SILENT, name) for name in silent]
    items = tuple(Item(kind, name, 1, 0, len(name), name, "cue", 1.0) for kind, name in people)
    return SceneSheet(f"scene-{number:0>4}", number, f"{where}. {place} - {time}", where, place, time, eighths, items)


@st.composite
def breakdowns(draw, most=14):
    count = draw(st.integers(0, most))
    return tuple(
        sheet(
            str(number),
            where=draw(st.sampled_from(["INT", "EXT", "INT/EXT", ""])),
            place=draw(st.sampled_from(["KITCHEN", "HOUSE - HALL", "HOUSE - ATTIC", "PIER", "ROAD", ""])),
            time=draw(st.sampled_from(["DAY", "NIGHT", "DAWN", ""])),
            eighths=draw(st.integers(1, 30)),
            cast=draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3)),
        )
        for number in range(1, count + 1)
    )


def ids(days):
    return [[held.id for held in day.sheets] for day in days]


@settings(max_examples=25, deadline=None)
@given(breakdowns(), st.integers(8, 50))
def test_a_proposal_has_every_scene_once_and_no_day_above_the_limit_but_of_one_long_scene(sheets, limit):
    days = schedule(sheets, pages_a_day_eighths=limit)
    assert sorted(held.id for day in days for held in day.sheets) == [held.id for held in sheets]
    assert [day.number for day in days] == list(range(1, len(days) + 1))
    assert all(day.eighths <= limit or len(day.sheets) == 1 for day in days)
    assert schedule(sheets, pages_a_day_eighths=limit) == days


@settings(max_examples=15, deadline=None)
@given(breakdowns())
def test_a_proposal_goes_to_each_location_once(sheets):
    shot = [held for day in schedule(sheets) for held in day.sheets]
    assert moves_of(shot) == max(0, len({location_of(held) for held in sheets}) - 1)


@settings(max_examples=15, deadline=None)
@given(breakdowns(), st.randoms(use_true_random=False))
def test_an_order_that_somebody_made_is_only_parted_into_days(sheets, chance):
    order = [held.id for held in sheets]
    chance.shuffle(order)
    days = schedule(sheets, pages_a_day_eighths=20, order=order)
    assert [name for day in ids(days) for name in day] == order
    for before, after in pairwise(days):
        assert before.eighths + after.sheets[0].eighths > 20


@settings(max_examples=15, deadline=None)
@given(breakdowns(), st.integers(1, 5))
def test_days_that_somebody_made_stay_as_they_are(sheets, size):
    given_days = [[held.number for held in sheets[at : at + size]] for at in range(0, len(sheets), size)][::-1]
    days = days_as_given(sheets, given_days)
    assert [[held.number for held in day.sheets] for day in days] == given_days


def test_a_location_is_shot_outside_before_inside_and_its_nights_last():
    sheets = (
        sheet("1", place="HOUSE - HALL", time="NIGHT"),
        sheet("2", place="HOUSE - HALL"),
        sheet("3", place="HOUSE - GARDEN", where="EXT", time="NIGHT"),
        sheet("4", place="House – Garden", where="EXT"),
    )
    assert [held.number for held in schedule(sheets, pages_a_day_eighths=80)[0].sheets] == ["4", "2", "3", "1"]


def test_locations_that_share_a_day_are_chosen_so_that_days_are_few():
    # in script order 5 + 4 + 3 + 4 eighths of 8 need three days; 5 + 3 and 4 + 4 two
    sheets = tuple(sheet(str(at), place=f"PLACE {at}", eighths=long) for at, long in enumerate((5, 4, 3, 4), 1))
    assert [day.eighths for day in schedule(sheets, pages_a_day_eighths=8)] == [8, 8]


def test_locations_are_put_so_that_few_days_have_exteriors_by_day_and_by_night():
    times = ("DAY", "NIGHT", "DAY", "NIGHT")
    sheets = tuple(sheet(str(at), where="EXT", place=f"PLACE {at}", time=time) for at, time in enumerate(times, 1))
    days = schedule(sheets, pages_a_day_eighths=16)
    assert [{held.time for held in day.sheets} for day in days] in ([{"DAY"}, {"NIGHT"}], [{"NIGHT"}, {"DAY"}])


def test_locations_are_put_so_that_the_cast_waits_little():
    cast = (["JENNY"], ["WILL"], ["JENNY"], ["WILL"])
    sheets = tuple(sheet(str(at), place=f"PLACE {at}", cast=names) for at, names in enumerate(cast, 1))
    members = day_out_of_days(schedule(sheets, pages_a_day_eighths=8), number_cast(sheets))
    assert [member.held for member in members] == [0, 0]


def test_omitted_scenes_are_on_no_day():
    gone = SceneSheet("scene-0002", "2", "OMITTED", "", "OMITTED", "", 1, ())
    assert ids(schedule((sheet("1"), gone))) == [["scene-0001"]]


def test_an_order_with_faults_is_refused_with_all_of_them():
    sheets = (sheet("1"), sheet("2"), sheet("3"))
    twins = (*sheets, SceneSheet("scene-0099", "3", "INT. X", "INT", "X", "", 1, ()))
    with pytest.raises(BadMaterial) as refusal:
        days_as_given(twins, [["1", "7"], ["scene-0001", "3"]])
    assert len(refusal.value.reasons) == 3
    with pytest.raises(BadMaterial):
        schedule(sheets, pages_a_day_eighths=0)


def test_dates_leave_out_the_days_off():
    days = dated([Day(number, ()) for number in (1, 2, 3)], date(2026, 10, 15))
    # 15 October 2026 is a Thursday
    assert [day.when.day for day in days] == [15, 16, 19]
    with pytest.raises(BadMaterial):
        dated(days, date(2026, 10, 15), off=range(7))


@settings(max_examples=25, deadline=None)
@given(breakdowns(), st.integers(4, 40))
def test_the_day_out_of_days_says_what_the_stripboard_says(sheets, limit):
    days = schedule(sheets, pages_a_day_eighths=limit)
    members = day_out_of_days(days, number_cast(sheets))
    for at, day in enumerate(days):
        on_the_board = {item.name for held in day.sheets for item in held.items}
        assert {member.name for member in members if member.letters[at] in WORKING} == on_the_board
    for member in members:
        said = " ".join(filter(None, member.letters)).split()
        assert said[:1] in (["SW"], ["SWF"])
        assert said[-1:] in (["WF"], ["SWF"])
        assert set(said[1:-1]) <= {"W", "H"}
        run = "".join(letter[0] if letter else "." for letter in member.letters).strip(".")
        assert "." not in run
        assert member.total == len(run) == member.works + member.held


def test_letters_are_those_of_the_trade():
    shot = [["JENNY"], ["JENNY", "WILL"], ["WILL"], ["JENNY"]]
    days = [Day(at, (sheet(str(at), cast=names),)) for at, names in enumerate(shot, 1)]
    members = day_out_of_days(days, {"JENNY": 1, "WILL": 2, "NOBODY": 3}, {"WILL": {1, 2, 4}, "JENNY": {3}})
    assert [member.letters for member in members] == [
        ("SW", "W", "T", "WF"),
        ("T", "SW", "WF", "T"),
        ("", "", "", ""),
    ]
    assert [(member.works, member.held, member.travels, member.total) for member in members] == [
        (3, 0, 1, 4),
        (2, 0, 2, 4),
        (0, 0, 0, 0),
    ]
    assert day_out_of_days(days[:1], {"JENNY": 1})[0].letters == ("SWF",)


def test_cast_without_a_number_and_travel_to_no_day_are_refused_together():
    days = [Day(1, (sheet("1", cast=["JENNY"]),))]
    with pytest.raises(BadMaterial) as refusal:
        day_out_of_days(days, {"WILL": 1}, {"WILL": {9}, "GHOST": {1}})
    assert len(refusal.value.reasons) == 3


def test_the_cast_is_numbered_by_size_of_role():
    sheets = (
        sheet("1", eighths=3, cast=["WILL"], silent=["ÄNNE"]),
        sheet("2", eighths=9, cast=["JENNY"], silent=["ÄNNE", "WILL"]),
        sheet("3", eighths=3, cast=["MR. GRAY"]),
    )
    # Änne is in twelve eighths and speaks in none; of Will and Mr. Gray, who speak in three, Will is in more
    assert list(number_cast(sheets)) == ["JENNY", "WILL", "MR. GRAY", "ÄNNE"]


def test_numbers_that_are_out_stay():
    sheets = (sheet("1", cast=["WILL", "JENNY"]),)
    assert number_cast(sheets, {"WILL": 4, "CUT ROLE": 2}) == {"CUT ROLE": 2, "WILL": 4, "JENNY": 5}
    with pytest.raises(BadMaterial) as refusal:
        number_cast(sheets, {"WILL": 0, "JENNY": 2, "ÄNNE": 2})
    assert len(refusal.value.reasons) == 3
