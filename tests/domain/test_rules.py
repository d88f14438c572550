"""Rules held against facts: unknown is locked, and silence exempts nobody."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial
from rushes.domain.rules import OPERATORS, Condition, FactKind, Pack, PolicyRule, fitting, is_a, judged, reasons

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


KIND_OF_VALUE = {"text": "y", "date": date(2026, 1, 2), "number": 3, "bool": True, "list": ("x", "y")}
STRANGE = [None, float("nan"), datetime(2026, 1, 1, tzinfo=UTC), b"x", ["x"], ("x", 1), {"x"}, 1j, object()]


@pytest.mark.parametrize("condition", [*KEPT])
@pytest.mark.parametrize("strange", STRANGE, ids=lambda value: type(value).__name__)
def test_what_is_no_fact_at_all_is_as_if_it_were_not_stated(condition, strange):
    one = rule(when=[condition], must=[condition])
    if condition[1] == "stated" and strange is not None and strange == strange:
        return  # that somebody has said something is all that it asks
    assert Condition(*condition).holds({"a": strange, "job.date": TODAY}) is None
    assert judged(one, {"a": strange, "job.date": TODAY}) is False


@pytest.mark.parametrize("condition", [*KEPT])
@pytest.mark.parametrize("kind", KIND_OF_VALUE)
def test_a_fact_of_another_kind_than_the_values_is_as_if_it_were_not_stated(condition, kind):
    operator = condition[1]
    kept = KEPT[condition][0]
    if operator in ("stated", "not_empty") or is_a(kept, kind):
        return
    assert Condition(*condition).holds({"a": KIND_OF_VALUE[kind], "job.date": TODAY}) is None


def test_a_day_that_is_no_day_counts_for_nothing():
    within = Condition("a", "within_days", 90)
    assert within.holds({"a": TODAY, "job.date": datetime(2026, 11, 26, tzinfo=UTC)}) is None
    assert within.holds({"a": TODAY, "job.date": None}) is None
    assert within.holds({"a": TODAY}) is None
    assert Condition("a", "within_days", float("nan")).holds({"a": TODAY, "job.date": TODAY}) is None


def test_a_number_that_is_none_is_never_held_against_anything():
    for operator in ("is", "is_not", "at_least", "at_most"):
        assert Condition("a", operator, float("nan")).holds({"a": 1.0}) is None
        assert Condition("a", operator, "@b").holds({"a": 1.0, "b": float("nan")}) is None


def test_not_empty_is_asked_of_words_and_lists_only():
    for value in (True, False):
        for fact in (0, 5, True, TODAY):
            assert Condition("a", "not_empty", value).holds({"a": fact}) is None
    assert Condition("a", "not_empty", "yes").holds({"a": "x"}) is None


def test_only_true_asks_whether_something_was_stated():
    assert Condition("a", "stated", False).holds({"a": "x"}) is None
    assert Condition("a", "stated", True).holds({"a": "x"}) is True


def test_dates_and_numbers_have_an_order_and_words_have_none():
    for operator in ("at_least", "at_most", "before", "not_after"):
        assert Condition("a", operator, "b").holds({"a": "b"}) is None
        assert Condition("a", operator, True).holds({"a": True}) is None
    assert Condition("a", "before", 3).holds({"a": 3}) is False
    assert Condition("a", "before", 3).holds({"a": 2.5}) is True


def test_a_condition_says_which_facts_it_needs_and_reads_well():
    assert Condition("a", "is", "x").needs == ("a",)
    assert Condition("a", "is", "@b").needs == ("a", "b")
    assert Condition("a", "within_days", 90).needs == ("a", "job.date")
    assert Condition("a", "not_in", ("x", "y")).words == "a not in x, y"
    assert Condition("a", "at_least", 3).words == "a at least 3"


def test_only_what_is_unstated_is_named_and_what_is_kept_is_not_blamed():
    one = rule(when=[("w", "is", True)], must=[("a", "is", "x"), ("b", "is", "x"), ("c", "is", "x")])
    [reason] = found(one, a="x", b="y", c=None)
    assert reason.unstated == ("w", "c")
    assert reason.broken == ("b is x", "c is x")
    assert reason.pack == "tests 1"
    assert str(found(rule(must=[("a", "is", "x")]), a="y")[0]) == "T-01: A test. (tests 1); it is not so that a is x"


def test_an_answer_that_is_no_word_lifts_nothing():
    one = rule(must=[("a", "is", "x")], otherwise="escalate")
    for said in (True, ("yes",), None, "Yes"):
        assert len(reasons([pack(one)], "may_train", {"a": "y", "answers.T-01": said})) == 1


def test_facts_that_do_not_fit_their_kind_are_left_out_and_so_are_those_that_nobody_knows():
    kinds = {name: FactKind(f"f.{name}", name, "", derived=False) for name in KIND_OF_VALUE}
    facts = {f"f.{name}": kind for name, kind in kinds.items()}
    good = {f"f.{name}": value for name, value in KIND_OF_VALUE.items()}
    assert fitting({**good, "answers.X": "yes"}, facts) == {**good, "answers.X": "yes"}
    for name in good:
        for other in [*KIND_OF_VALUE.values(), *STRANGE]:
            left = fitting({name: other}, facts)
            assert left == ({name: other} if is_a(other, name.removeprefix("f.")) else {})
    assert fitting({"unknown": "x", "answers.X": True, "answers.Y": ("yes",)}, facts) == {}


def test_what_a_thing_is_is_told_exactly():
    kinds = {name: [kind for kind in KIND_OF_VALUE if is_a(value, kind)] for name, value in KIND_OF_VALUE.items()}
    assert kinds == {name: [name] for name in KIND_OF_VALUE}
    assert is_a(2.5, "number")
    assert is_a((), "list")
    assert not any(is_a(one, kind) for one in STRANGE for kind in KIND_OF_VALUE)


def test_a_list_is_held_against_a_list_and_a_word_looked_for_in_one():
    for operator, other in (("covers", "x"), ("covers", 3), ("has", ("x",)), ("in", "xy"), ("not_in", "xy")):
        fact = "x" if operator in ("in", "not_in") else ("x", "y")
        assert Condition("a", operator, "@b").holds({"a": fact, "b": other}) is None
    assert Condition("a", "covers", "@b").holds({"a": ("x", "y"), "b": ("x",)}) is True
    assert Condition("a", "is", "@b").holds({"a": "x"}) is None


def test_a_pack_has_no_term_unless_it_says_so():
    assert (pack().starts, pack().ends, pack().facts) == (None, None, ())
