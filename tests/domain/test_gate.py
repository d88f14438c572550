from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.actions import ACTIONS, GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.gate import RULES, objections, relied_on, valid_until
from rushes.domain.nouns import Asset, Consent, Licence, Withdrawal
from rushes.domain.parts import AssetFile
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of

TODAY = date(2026, 11, 22)
PLATE = Asset(
    show="nf",
    name="nf_012_0040",
    kind="plate",
    owner="Nightfall Ltd",
    people=("ana",),
    files=(AssetFile("a.exr", "sha256:00", 1),),
    frames=(1, 24),
    width=8,
    height=8,
    frame_rate="24",
    colour_space="ACEScg",
)
LICENCE = Licence("nf", "lic1", "Nightfall Ltd", ("*",), (TRAINING,), ("look",), ("GB",), None, date(2027, 1, 1))
CONSENT = Consent("nf", "con1", "ana", (TRAINING,), ("look",), None, date(2026, 12, 31))
USE = Use("nf", TRAINING, "look", "GB", TODAY)
CLEARED = Grants([LICENCE], [CONSENT])


def test_a_plate_with_licence_and_consent_is_allowed_until_the_first_of_them_ends():
    assert objections(PLATE, USE, CLEARED) == []
    assert set(relied_on(PLATE, USE, CLEARED)) == {LICENCE, CONSENT}
    assert valid_until(relied_on(PLATE, USE, CLEARED)) == date(2026, 12, 31)


def test_a_plate_of_which_nothing_is_known_is_refused_with_every_reason():
    unknown = replace(PLATE, owner=None, people=None)
    assert [reason.rule for reason in objections(unknown, USE, Grants())] == ["R-OWN-01", "R-LIC-01", "R-CON-01"]


@pytest.mark.parametrize(
    ("grants", "rule", "instrument"),
    [
        (replace(CLEARED, licences=[]), "R-LIC-01", None),
        (replace(CLEARED, licences=[replace(LICENCE, assets=("nf_012_0040",), owner="Other Ltd")]), "R-LIC-02", "lic1"),
        (replace(CLEARED, licences=[replace(LICENCE, territories=("US", "CA"))]), "R-LIC-03", "lic1"),
        (replace(CLEARED, licences=[replace(LICENCE, actions=(GENERATIVE_TRAINING,))]), "R-LIC-04", "lic1"),
        (replace(CLEARED, licences=[replace(LICENCE, uses=("paint",))]), "R-LIC-05", "lic1"),
        (replace(CLEARED, licences=[replace(LICENCE, starts=TODAY + timedelta(1))]), "R-LIC-06", "lic1"),
        (replace(CLEARED, licences=[replace(LICENCE, ends=TODAY - timedelta(1))]), "R-LIC-06", "lic1"),
        (replace(CLEARED, licences=[replace(LICENCE, show="other")]), "R-LIC-07", "lic1"),
        (replace(CLEARED, consents=[]), "R-CON-02", None),
        (replace(CLEARED, consents=[replace(CONSENT, actions=(INFERENCE,))]), "R-CON-04", "con1"),
        (replace(CLEARED, consents=[replace(CONSENT, uses=("previs",))]), "R-CON-05", "con1"),
        (replace(CLEARED, consents=[replace(CONSENT, ends=TODAY - timedelta(1))]), "R-CON-06", "con1"),
        (replace(CLEARED, consents=[replace(CONSENT, show="other")]), "R-CON-07", "con1"),
        (replace(CLEARED, withdrawals=[Withdrawal("nf", "w", digest_of(LICENCE), TODAY, "")]), "R-LIC-08", "lic1"),
        (replace(CLEARED, withdrawals=[Withdrawal("nf", "w", digest_of(CONSENT), TODAY, "")]), "R-CON-08", "con1"),
    ],
)
def test_each_fault_is_named_with_its_instrument_and_no_other(grants, rule, instrument):
    assert [(reason.rule, reason.instrument) for reason in objections(PLATE, USE, grants)] == [(rule, instrument)]


def test_a_grant_ends_with_its_last_day_and_not_before():
    assert objections(PLATE, replace(USE, on=date(2026, 12, 31)), CLEARED) == []
    assert objections(PLATE, replace(USE, on=date(2027, 1, 1)), CLEARED) != []


def test_a_withdrawal_counts_from_its_day_on():
    grants = replace(CLEARED, withdrawals=[Withdrawal("nf", "w", digest_of(CONSENT), TODAY + timedelta(1), "")])
    assert objections(PLATE, USE, grants) == []
    assert objections(PLATE, replace(USE, on=TODAY + timedelta(1)), grants) != []


def test_a_performer_who_did_not_withdraw_is_not_named():
    both = replace(PLATE, people=("ana", "ben"))
    bens = replace(CONSENT, name="con2", person="ben")
    grants = Grants([LICENCE], [CONSENT, bens], [Withdrawal("nf", "w", digest_of(bens), TODAY, "")])
    assert [reason.instrument for reason in objections(both, USE, grants)] == ["con2"]


def test_two_licences_that_each_answer_half_are_not_added_up():
    halves = [replace(LICENCE, name="half1", uses=("paint",)), replace(LICENCE, name="half2", territories=("US",))]
    reasons = objections(PLATE, USE, replace(CLEARED, licences=halves))
    assert {(reason.rule, reason.instrument) for reason in reasons} == {("R-LIC-05", "half1"), ("R-LIC-03", "half2")}


def test_a_later_licence_answers_where_an_earlier_one_was_withdrawn():
    later = replace(LICENCE, name="lic2")
    grants = Grants([LICENCE, later], [CONSENT], [Withdrawal("nf", "w", digest_of(LICENCE), TODAY, "")])
    assert objections(PLATE, USE, grants) == []
    assert later in relied_on(PLATE, USE, grants)


def test_everything_of_an_owner_is_not_everything_of_another_owner():
    strangers = replace(LICENCE, owner="Stock House", territories=("*",), uses=("*",))
    assert [reason.rule for reason in objections(PLATE, USE, replace(CLEARED, licences=[strangers]))] == ["R-LIC-01"]


def test_every_rule_has_an_id_a_sentence_and_a_source():
    assert all(rule.id.startswith("R-") and rule.text.endswith(".") and rule.source for rule in RULES)
    assert len({rule.id for rule in RULES}) == len(RULES)


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
some_of = lambda *words: st.lists(st.sampled_from(words), max_size=3).map(tuple)  # noqa: E731
licences = st.builds(
    Licence,
    show=st.sampled_from(["nf", "other"]),
    name=st.sampled_from(["a", "b"]),
    owner=st.sampled_from(["Nightfall Ltd", "Stock House"]),
    assets=some_of("*", "nf_012_0040", "else"),
    actions=some_of(*ACTIONS),
    uses=some_of("*", "look", "paint"),
    territories=some_of("*", "GB", "US"),
    starts=st.none() | days,
    ends=st.none() | days,
    paper=st.none(),
)
consents = st.builds(
    Consent,
    show=st.just("nf"),
    name=st.sampled_from(["c", "d"]),
    person=st.sampled_from(["ana", "ben"]),
    actions=some_of(*ACTIONS),
    uses=some_of("*", "look"),
    starts=st.none() | days,
    ends=st.none() | days,
    paper=st.none(),
)


@given(st.lists(licences, max_size=4), st.lists(consents, max_size=4), licences, consents)
def test_another_grant_never_takes_a_permission_away(many, more, licence, consent):
    if not objections(PLATE, USE, Grants(many, more)):
        assert not objections(PLATE, USE, Grants([*many, licence], [*more, consent]))


@given(st.lists(licences, max_size=4), st.lists(consents, max_size=4), days)
def test_a_withdrawal_never_gives_a_permission(many, more, since):
    grants = Grants(many, more)
    taken = [Withdrawal("nf", "w", digest_of(grant), since, "") for grant in [*many, *more]]
    if objections(PLATE, USE, grants):
        assert objections(PLATE, USE, Grants(many, more, taken))


@given(st.lists(licences, max_size=4), st.lists(consents, max_size=4))
def test_the_order_of_the_records_decides_nothing(many, more):
    there = {str(reason) for reason in objections(PLATE, USE, Grants(many, more))}
    back = {str(reason) for reason in objections(PLATE, USE, Grants(many[::-1], more[::-1]))}
    assert there == back


@given(st.lists(licences, max_size=4), st.lists(consents, max_size=4))
def test_an_allowed_use_relies_on_a_licence_and_on_everyone_who_is_seen(many, more):
    grants = Grants(many, more)
    if not objections(PLATE, USE, grants):
        kinds = [type(grant) for grant in relied_on(PLATE, USE, grants)]
        assert kinds == [Licence, Consent]
        until = valid_until(relied_on(PLATE, USE, grants))
        assert until is None or until >= TODAY
