"""The rule packs that come with Rushes: every rule with an example that keeps it and one that does not."""

from datetime import UTC, date, datetime

import pytest

from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.rules import ANSWERS, fitting, judged, reasons
from rushes.policy.packs import facts_of_packs, installed_packs, known_facts, read_pack, value_of

PACKS = {name: read_pack(content, name) for name, content in installed_packs().items()}
RULES = [(pack, rule) for pack in PACKS.values() for rule in pack.rules]
KINDS = {"text": str, "date": date, "number": (int, float), "bool": bool, "list": tuple}
NONSENSE = {
    **{
        "none": None,
        "nan": float("nan"),
        "bytes": b"yes",
        "moment": datetime(2026, 11, 26, tzinfo=UTC),
        "set": {"ana"},
    },
    **{"text": "", "date": date(1970, 1, 1), "number": 0, "bool": False, "list": (), "of numbers": (1, 2)},
}
GOOD = """
name = "own"
version = "1"
title = "Our own"
for = "us"
source = "the house"
[facts]
"job.sunday" = { kind = "bool", words = "whether it is Sunday" }
[[rule]]
id = "OWN-01"
text = "No training on Sundays."
source = "the house"
ask = ["may_train"]
must = [{ fact = "job.sunday", is = false }]
otherwise = "block"
passes = { "job.sunday" = false }
fails = { "job.sunday" = true }
"""


def test_every_pack_that_is_asked_for_is_there():
    asked = "base netflix-genai sag-aftra-2026 wga-2026 dga-2026 iatse-tag academy-99 us-copyright-office"
    asked += " eu-ai-act-50 california eo-insurance mpa-or5 fairly-trained"
    assert sorted(PACKS) == sorted(asked.split())
    assert all(pack.name == name for name, pack in PACKS.items())


def test_no_two_rules_have_one_id():
    ids = [rule.id for _, rule in RULES]
    assert len(ids) == len(set(ids)) >= 90


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_a_rule_is_kept_by_its_one_example_and_broken_by_the_other(pack, rule):
    assert judged(rule, rule.passes) is True
    assert judged(rule, rule.fails) is False
    for question in rule.ask:
        assert rule.id not in [one.rule.id for one in reasons([pack], question, rule.passes)]
        assert rule.id in [one.rule.id for one in reasons([pack], question, rule.fails)]
    assert rule.text.endswith(".")
    assert rule.source
    assert rule.remedy


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_a_rule_of_which_nothing_is_known_is_not_kept(pack, rule):
    assert judged(rule, {}) is False


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_every_fact_that_a_rule_asks_for_is_listed_and_its_examples_are_of_that_kind(pack, rule):
    facts = known_facts()
    asked = {name for condition in (*rule.when, *rule.must) for name in condition.needs}
    assert sorted(name for name in asked if name not in facts and not name.startswith(ANSWERS)) == []
    for name, value in [*rule.passes.items(), *rule.fails.items()]:
        if not name.startswith(ANSWERS):
            assert isinstance(value, KINDS[facts[name].kind]), name
            assert isinstance(value, bool) == (facts[name].kind == "bool"), name


def test_no_fact_is_listed_that_no_rule_asks_for():
    asked = {name for _, rule in RULES for one in (*rule.when, *rule.must) for name in one.needs}
    answers = {rule.answer for _, rule in RULES if rule.question}
    derived = {name for name, fact in known_facts().items() if fact.derived}  # a house's own packs may ask for these
    assert sorted(set(known_facts()) - asked - answers - derived) == []


def test_what_a_person_types_is_read_as_what_the_fact_is():
    facts = known_facts()
    assert value_of("answers.NFX-02", "no", facts) == "no"
    assert value_of("tool.terms_checked_at", "2026-11-01", facts) == date(2026, 11, 1)
    for fact, typed, words in (
        ("answers.NFX-02", "maybe", "no answer"),
        ("tool.terms_checked_at", "yesterday", "is no date"),
        ("job.production", "ferry", "known from the ledger"),
    ):
        with pytest.raises(BadMaterial, match=words):
            value_of(fact, typed, facts)
    with pytest.raises(NotFound, match=r"did you mean 'tool\.terms_checked_at'"):
        value_of("tool.term_checked_at", "2026-11-01", facts)


def test_a_pack_of_ones_own_is_read():
    pack = read_pack(GOOD.encode(), "own.toml")
    assert judged(pack.rules[0], {"job.sunday": False}) is True
    assert value_of("job.sunday", "yes", facts_of_packs([pack])) is True


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('otherwise = "block"', 'otherwise = "explode"', "OWN-01: explode is no outcome"),
        ("is = false", "resembles = false", "OWN-01: .* is no condition"),
        ("is = false", "is = false, is_not = true", "OWN-01: .* is no condition"),
        ('["may_train"]', '["may_dance"]', "OWN-01: may_dance is no question"),
        ('text = "No training on Sundays."', 'words = "No."', "OWN-01: no text\n  OWN-01: words is no part of a rule"),
        ('version = "1"', "", "no version"),
        ('"job.sunday" = {', '"job.monday" = {', "facts that nobody could state\n  OWN-01: job.sunday"),
        ('kind = "bool"', 'kind = "maybe"', "fact job.sunday: it has a kind"),
        ('"job.sunday" = {', '"job.date" = {', "fact job.date is one of ours already"),
        ('id = "OWN-01"', "", "a rule without id: no id"),
        ("[[rule]]", "[[rules]]", "it has no rules"),
        ('name = "own"', "name = own", "Invalid value"),
    ],
)
def test_a_pack_that_does_not_fit_is_refused_with_every_fault(before, after, words):
    with pytest.raises(BadMaterial, match=words):
        read_pack(GOOD.replace(before, after).encode(), "own.toml")


def test_a_rule_that_is_there_twice_is_refused():
    with pytest.raises(BadMaterial, match="OWN-01 is there more than once"):
        read_pack((GOOD + GOOD[GOOD.index("[[rule]]") :]).encode(), "own.toml")


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("is = false", "is = []"),
        ("is = false", 'in = "xy"'),
        ("is = false", "not_in = 3"),
        ("is = false", 'at_least = "3"'),
        ("is = false", "before = true"),
        ("is = false", "at_most = nan"),
        ("is = false", 'has = ["x"]'),
        ("is = false", 'covers = "x"'),
        ("is = false", 'not_empty = "@job.person"'),
        ("is = false", 'stated = "yes"'),
        ("is = false", "within_days = 2026-01-01"),
        ("is = false", 'within_days = "@job.date"'),
        ("is = false", "before = 2026-01-01T00:00:00"),
        ("is = false", 'covers = ["x", 3]'),
    ],
)
def test_a_condition_that_could_never_hold_is_refused(condition, held):
    with pytest.raises(BadMaterial, match=r"OWN-01: .* against something that it cannot be held against"):
        read_pack(GOOD.replace(condition, held).encode(), "own.toml")


def test_a_number_that_is_none_cannot_be_stated():
    own = read_pack(GOOD.replace('kind = "bool"', 'kind = "number"').encode(), "own.toml")
    assert value_of("job.sunday", "-2.5", facts_of_packs([own])) == -2.5
    for typed in ("nan", "inf", "-inf", "seven"):
        with pytest.raises(BadMaterial, match="is no number"):
            value_of("job.sunday", typed, facts_of_packs([own]))


@pytest.mark.parametrize(("pack", "rule"), RULES, ids=[rule.id for _, rule in RULES])
def test_a_fact_taken_away_or_made_nonsense_of_is_never_better_than_silence(pack, rule):
    """Each fact of the example that keeps the rule in turn: gone, None, not a number, of every other kind."""
    kinds = facts_of_packs([pack])
    for name in rule.passes:
        gone = {other: value for other, value in rule.passes.items() if other != name}
        silence = judged(rule, fitting(gone, kinds))
        for kind, nonsense in NONSENSE.items():
            own_kind = "text" if name.startswith(ANSWERS) else kinds[name].kind
            if kind != own_kind:
                assert judged(rule, fitting({**rule.passes, name: nonsense}, kinds)) == silence, (name, nonsense)
        for question in rule.ask:
            denied = rule.id in [one.rule.id for one in reasons([pack], question, fitting(gone, kinds))]
            assert denied == (silence is False)
        if any(name in condition.needs for condition in rule.must):
            assert silence is False, name
