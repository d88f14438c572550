"""Terms are dated: outside them a pack says one thing, that there are others to be chosen."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from rushes.domain.errors import BadMaterial
from rushes.domain.rules import QUESTIONS, reasons
from rushes.policy.packs import installed_packs, read_pack
from rushes.policy.terms import packs_in_term

FROM, UNTIL = date(2026, 7, 1), date(2030, 6, 30)
SAG = read_pack(installed_packs()["sag-aftra-2026"], "sag-aftra-2026")
BASE = read_pack(installed_packs()["base"], "base")


def said(on, **more):
    facts = {"job.date": on, **{name.replace("__", "."): value for name, value in more.items()}}
    return [one.rule.id for one in reasons(packs_in_term([SAG], facts), "may_train", facts)]


def test_the_terms_of_the_performers_union_are_those_that_were_published():
    assert (SAG.starts, SAG.ends) == (FROM, UNTIL)  # trust.md: ratified 4 June 2026, 1 July 2026 to 30 June 2030
    dated = [pack for name, content in installed_packs().items() if (pack := read_pack(content, name)).ends]
    assert [pack.name for pack in dated] == ["sag-aftra-2026"]


@pytest.mark.parametrize("day", [FROM, date(2028, 1, 1), UNTIL])
def test_within_its_term_a_pack_speaks_whole(day):
    assert packs_in_term([SAG, BASE], {"job.date": day}) == [SAG, BASE]
    assert "SAG-01" in said(day)


@pytest.mark.parametrize(
    ("day", "words"), [(date(2026, 6, 30), "begin on 2026-07-01"), (date(2030, 7, 1), "ended on 2030-06-30")]
)
def test_outside_it_one_reason_escalates_and_its_rules_are_silent(day, words):
    facts = {"job.date": day}
    silent, base = packs_in_term([SAG, BASE], facts)
    assert base is BASE
    for question in QUESTIONS:
        [reason] = reasons([silent], question, facts)
        assert str(reason).startswith(f"TERM-sag-aftra-2026: The terms of sag-aftra-2026 {words}: choose the new ones.")
        assert (reason.outcome, reason.refuses, reason.pack) == ("escalate", True, "sag-aftra-2026 2026.1")
        assert reason.rule.remedy


def test_where_a_person_says_that_they_hold_all_the_same_its_rules_speak():
    late = date(2030, 7, 1)
    assert said(late) == ["TERM-sag-aftra-2026"]
    assert said(late, **{"answers.TERM-sag-aftra-2026": "no"}) == ["TERM-sag-aftra-2026"]
    assert said(late, **{"answers.TERM-sag-aftra-2026": "yes"}) == said(UNTIL)


@pytest.mark.parametrize("day", [None, "2028-01-01", datetime(2028, 1, 1, tzinfo=UTC), float("nan")])
def test_a_pack_with_a_term_does_not_let_anything_pass_on_a_day_that_nobody_knows(day):
    assert said(day) == ["TERM-sag-aftra-2026"]


def test_a_term_may_be_open_at_either_end():
    begins, ends = replace(SAG, ends=None), replace(SAG, starts=None)
    assert packs_in_term([begins, ends], {"job.date": date(2040, 1, 1)})[0] is begins
    assert packs_in_term([ends], {"job.date": date(1990, 1, 1)}) == [ends]
    assert packs_in_term([begins], {"job.date": date(1990, 1, 1)})[0].rules[0].id == "TERM-sag-aftra-2026"


@pytest.mark.parametrize(
    ("term", "words"),
    [
        ('from = "2026-07-01"', "from and until are days"),
        ("until = 2026-07-01T00:00:00", "from and until are days"),
        ("from = 2026-07-02\nuntil = 2026-07-01", "its term ends before it begins"),
    ],
)
def test_a_term_that_is_none_is_refused(term, words):
    content = installed_packs()["base"].decode().replace('read = "own"', f'read = "own"\n{term}')
    with pytest.raises(BadMaterial, match=words):
        read_pack(content.encode(), "base")
