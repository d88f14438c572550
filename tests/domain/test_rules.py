"""Rules held against facts: unknown is locked, and silence exempts nobody."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial
from rushes.domain.rules import OPERATORS, Condition, Pack, PolicyRule, judged, reasons

TODAY = date(2026, 11, 26)


def rule(when=(), must=(), otherwise="block", **more):
    known = {"id": "T-01", "text": "A test.", "source": "none", "ask": ("may_train",), "remedy": "Do it."}
    return PolicyRule(
        **{**known, "question": "", "passes": {}, "fails": {}, **more},
        when=tuple(Condition(*one) for one in when),
        must=tuple(Condition(*one) for one in must),
        otherwise=otherwise,
    )


def pack(*rules):
    return Pack("tests", "1", "Tests", "tests", "none", rules)


def found(one, **facts):
    return reasons([pack(one)], "may_train", {name.replace("__", "."): value for name, value in facts.items()})


KEPT = {
    ("a", "is", "x"): ["x"],
    ("a", "is_not", "x"): ["y", ""],
    ("a", "in", ("x", "y")): ["x", "y"],
    ("a", "not_in", ("x", "y")): ["z", ""],
    ("a", "at_least", 3): [3, 4.5],
    ("a", "at_most", 3): [3, -1],
    ("a", "before", date(2026, 1, 1)): [date(2025, 12, 31)],
    ("a", "not_after", date(2026, 1, 1)): [date(2026, 1, 1)],
    ("a", "within_days", 90): [TODAY, date(2026, 8, 28)],
    ("a", "has", "x"): [("x",), ("y", "x")],
    ("a", "covers", ("x", "y")): [("x", "y", "z")],
    ("a", "not_empty", True): ["x", ("x",)],
    ("a", "not_empty", False): [(), ""],
    ("a", "stated", True): ["", False, 0, ()],
}
BROKEN = {
    ("a", "is", "x"): ["y", True, 1],
    ("a", "is", True): [1, "yes", False],
    ("a", "is_not", "x"): ["x", 5, True],
    ("a", "in", ("x", "y")): ["z", True],
    ("a", "not_in", ("x", "y")): ["x", 7],
    ("a", "at_least", 3): [2.9, True, "4", date(2026, 1, 1)],
    ("a", "at_most", 3): [3.1, False, "2"],
    ("a", "before", date(2026, 1, 1)): [date(2026, 1, 1), "2025-01-01"],
    ("a", "not_after", date(2026, 1, 1)): [date(2026, 1, 2), 0],
    ("a", "within_days", 90): [date(2026, 8, 27), date(2026, 11, 27), "2026-11-26"],
    ("a", "has", "x"): [(), ("y",), "xy"],
    ("a", "covers", ("x", "y")): [("x",), ()],
    ("a", "not_empty", True): [(), ""],
    ("a", "not_empty", False): ["x"],
}


def test_every_operator_is_tried_here():
    assert {operator for _, operator, _ in [*KEPT, *BROKEN]} == {*OPERATORS, "within_days"}


@pytest.mark.parametrize(("condition", "value"), [(one, value) for one, values in KEPT.items() for value in values])
def test_what_is_asked_for_keeps_a_rule(condition, value):
    assert judged(rule(must=[condition]), {"a": value, "job.date": TODAY}) is True


@pytest.mark.parametrize(("condition", "value"), [(one, value) for one, values in BROKEN.items() for value in values])
def test_anything_else_and_anything_of_another_kind_breaks_it(condition, value):
    assert judged(rule(must=[condition]), {"a": value, "job.date": TODAY}) is False


@pytest.mark.parametrize("condition", [*KEPT])
def test_what_nobody_has_stated_breaks_a_rule_and_exempts_from_none(condition):
    assert judged(rule(must=[condition]), {"job.date": TODAY}) is False
    assert judged(rule(when=[condition], must=[("b", "is", "x")]), {"job.date": TODAY}) is False


def test_a_rule_is_silent_only_where_somebody_has_said_that_it_does_not_apply():
    one = rule(when=[("a", "is", True)], must=[("b", "is", "x")])
    assert judged(one, {"a": False}) is None
    assert judged(one, {"a": True, "b": "x"}) is True
    assert judged(one, {"b": "y"}) is False


def test_a_fact_is_held_against_another_fact():
    one = rule(must=[("model.production", "is", "@job.production")])
    assert found(one, model__production="ferry", job__production="ferry") == []
    [reason] = found(one, model__production="ferry", job__production="night")
    assert reason.broken == ("model.production is @job.production",)
    [unstated] = found(one, model__production="ferry")
    assert unstated.unstated == ("job.production",)
    assert str(unstated) == "T-01: A test. (tests 1); nobody has stated job.production"


def test_an_escalation_says_no_until_a_person_has_answered_yes():
    one = rule(must=[("a", "is", "x")], otherwise="escalate", question="Is it certain?")
    [asked] = found(one, a="y")
    assert asked.refuses
    assert str(asked).endswith("to be answered by a person: Is it certain?")
    assert found(one, a="y", answers__T_01="yes") != []  # another rule's answer
    for said, left in (("no", 1), ("yes", 0)):
        assert len(reasons([pack(one)], "may_train", {"a": "y", "answers.T-01": said})) == left
    blocked = rule(must=[("a", "is", "x")])
    assert len(reasons([pack(blocked)], "may_train", {"a": "y", "answers.T-01": "yes"})) == 1


def test_all_that_is_not_kept_comes_at_once_and_refusals_come_first():
    never = [("a", "is", "x")]
    rules = [rule(must=never, otherwise=one, id=one) for one in ("warn", "notify", "escalate", "disclaim", "block")]
    listed = reasons([pack(*rules)], "may_train", {"a": "y"})
    assert [reason.outcome for reason in listed] == ["block", "escalate", "notify", "disclaim", "warn"]
    assert [reason.refuses for reason in listed] == [True, True, False, False, False]


def test_a_rule_speaks_only_at_its_questions():
    one = rule(must=[("a", "is", "x")])
    assert reasons([pack(one)], "may_release", {}) == []
    with pytest.raises(BadMaterial, match="'may_dance' is no question"):
        reasons([pack(one)], "may_dance", {})


VALUES = st.one_of(st.booleans(), st.integers(-3, 3), st.text("xy", max_size=2), st.dates(), st.tuples(st.text("xy")))
CONDITIONS = st.sampled_from([*KEPT])


@given(st.lists(CONDITIONS, max_size=3), st.lists(CONDITIONS, min_size=1, max_size=3), VALUES)
def test_taking_a_fact_away_never_turns_no_into_yes(when, must, value):
    one, facts = rule(when=when, must=must), {"a": value, "job.date": TODAY}
    if judged(one, facts) is False:
        assert all(judged(one, {k: v for k, v in facts.items() if k != gone}) is False for gone in facts)


@given(st.lists(CONDITIONS, min_size=1, max_size=3), CONDITIONS, VALUES)
def test_a_further_demand_never_turns_no_into_yes(must, more, value):
    facts = {"a": value, "job.date": TODAY}
    if judged(rule(must=must), facts) is False:
        assert judged(rule(must=[*must, more]), facts) is False
