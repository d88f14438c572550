from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.actions import ACTIONS, GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.clearances import Discharge, Hold, OptIn, Party, Reservation
from rushes.domain.faults import in_term
from rushes.domain.gate import RULES, objections, relied_on, valid_until
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset
from rushes.domain.parts import AssetFile, Duty
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


def rules_against(asset, grants, **use):
    return [reason.rule for reason in objections(asset, replace(USE, **use), grants)]


def owing(due):
    return replace(LICENCE, duties=(Duty("pay", "pay the house", due),))


def test_a_duty_counts_as_done_from_its_day_on_and_not_before():
    licence = owing(None)
    for day, rules in ((TODAY, []), (TODAY - timedelta(1), []), (TODAY + timedelta(1), ["R-LIC-09"])):
        done = Discharge("nf", "d", digest_of(licence), "pay", day)
        assert rules_against(PLATE, replace(CLEARED, licences=[licence], discharges=[done])) == rules
    early = Discharge("nf", "d", digest_of(licence), "pay", TODAY + timedelta(1))
    late = replace(early, name="e", on=TODAY)
    for both in ([early, late], [late, early]):
        assert rules_against(PLATE, replace(CLEARED, licences=[licence], discharges=both)) == []


def test_a_duty_that_is_due_later_stops_nothing_before_its_day_has_passed():
    for due, rules in ((TODAY, []), (TODAY + timedelta(1), []), (TODAY - timedelta(1), ["R-LIC-09"])):
        assert rules_against(PLATE, replace(CLEARED, licences=[owing(due)])) == rules
    paid = Discharge("nf", "d", digest_of(owing(TODAY - timedelta(1))), "pay", TODAY + timedelta(1))
    late = replace(CLEARED, licences=[owing(TODAY - timedelta(1))], discharges=[paid])
    assert rules_against(PLATE, late) == ["R-LIC-09"]


def test_an_open_duty_says_what_is_asked_and_by_when():
    [first] = objections(PLATE, USE, replace(CLEARED, licences=[owing(None)]))
    assert first.text == "licence lic1 asks first for: pay the house (pay); nothing shows it done"
    [by] = objections(PLATE, USE, replace(CLEARED, licences=[owing(TODAY - timedelta(1))]))
    assert by.text == "licence lic1 asks by 2026-11-21 for: pay the house (pay); nothing shows it done"


@pytest.mark.parametrize("given_by", ["self", "guardian", "estate", "union"])
def test_who_may_consent_for_a_minor_and_for_the_dead(given_by):
    consent = [replace(CONSENT, given_by=given_by)]
    for minor, dead in ((False, False), (True, False), (False, True), (True, True)):
        party = Party("nf", "ana", "person", "", minor=minor, deceased=dead)
        expected = ["R-CON-09"] if minor and given_by != "guardian" else []
        expected += ["R-CON-10"] if dead and given_by not in ("estate", "union") else []
        assert rules_against(PLATE, replace(CLEARED, consents=consent, parties=[party])) == expected
    other = Party("nf", "ben", "person", "", minor=True, deceased=True)
    assert rules_against(PLATE, replace(CLEARED, consents=consent, parties=[other])) == []


def test_the_newest_fact_about_somebody_stands():
    grown = [Party("nf", "ana", "person", "", minor=minor, revision=i) for i, minor in enumerate((True, False))]
    assert rules_against(PLATE, replace(CLEARED, parties=grown)) == []
    assert rules_against(PLATE, replace(CLEARED, parties=grown[::-1])) == ["R-CON-09"]


def test_a_consent_for_some_clips_covers_no_other():
    for clips, rules in (((), []), (("nf_012_0040",), []), (("else", "nf_012_0040"), []), (("else",), ["R-CON-11"])):
        assert rules_against(PLATE, replace(CLEARED, consents=[replace(CONSENT, assets=clips)])) == rules
    [why] = objections(PLATE, USE, replace(CLEARED, consents=[replace(CONSENT, assets=("a", "b"))]))
    assert (why.instrument, why.text) == ("con1", "consent of ana con1 covers a, b and nothing else")


def test_a_grant_stands_from_its_first_day_to_its_last_and_until_it_is_withdrawn():
    licence = replace(LICENCE, starts=TODAY, ends=TODAY)
    for day, stands in ((TODAY - timedelta(1), False), (TODAY, True), (TODAY + timedelta(1), False)):
        assert in_term(licence, day, {}) is stands
        assert (rules_against(PLATE, replace(CLEARED, licences=[licence]), on=day) == []) is stands
    gone = {digest_of(LICENCE): TODAY}
    assert [in_term(LICENCE, TODAY + timedelta(days), gone) for days in (-1, 0, 1)] == [True, False, False]
    assert in_term(replace(LICENCE, ends=None), date.max, {})


def test_of_two_withdrawals_the_earlier_day_counts_whichever_was_recorded_first():
    days = [TODAY + timedelta(3), TODAY]
    for order in (days, days[::-1]):
        taken = [Withdrawal("nf", f"w{day}", digest_of(CONSENT), day, "") for day in order]
        assert rules_against(PLATE, replace(CLEARED, withdrawals=taken)) == ["R-CON-08"]


def test_a_prohibition_wins_over_another_licence_only_where_it_speaks():
    no = replace(LICENCE, name="no", actions=(), forbids=(TRAINING,))
    for forbidding, rules in (
        (no, ["R-LIC-10"]),
        (replace(no, uses=("*",)), ["R-LIC-10"]),
        (replace(no, uses=("paint",)), []),
        (replace(no, forbids=(INFERENCE,)), []),
        (replace(no, ends=TODAY - timedelta(1)), []),
        (replace(no, starts=TODAY + timedelta(1)), []),
        (replace(no, owner="Stock House"), []),
        (replace(no, assets=("nf_012_0040",), owner="Stock House"), []),
        (replace(no, assets=("else",)), []),
    ):
        assert rules_against(PLATE, replace(CLEARED, licences=[LICENCE, forbidding])) == rules
    taken = [Withdrawal("nf", "w", digest_of(no), TODAY, "")]
    assert rules_against(PLATE, replace(CLEARED, licences=[LICENCE, no], withdrawals=taken)) == []


def test_a_reservation_stands_until_a_licence_that_answers_lifts_it():
    said = Reservation("nf", "r", "nf_012_0040", "c2pa", (TRAINING,), "notAllowed")
    for reserved, licences, rules in (
        (said, [LICENCE], ["R-TDM-01"]),
        (said, [replace(LICENCE, lifts=True)], []),
        (said, [LICENCE, replace(LICENCE, name="b", lifts=True, territories=("US",))], ["R-TDM-01"]),
        (said, [LICENCE, replace(LICENCE, name="b", lifts=True)], []),
        (replace(said, asset="else"), [LICENCE], []),
        (replace(said, actions=(INFERENCE,)), [LICENCE], []),
    ):
        assert rules_against(PLATE, replace(CLEARED, licences=licences, reservations=[reserved])) == rules
    [why] = objections(PLATE, USE, replace(CLEARED, reservations=[said]))
    assert (why.instrument, why.asset) == ("r", "nf_012_0040")


@pytest.mark.parametrize(("subject", "rules"), [("nf_012_0040", 1), ("Nightfall Ltd", 1), ("ana", 1), ("ben", 0)])
def test_a_hold_on_a_clip_its_owner_or_whoever_is_in_it_stops_it_until_it_is_lifted(subject, rules):
    hold = Hold("nf", "h", subject, "dispute", "a letter", open=True)
    lifted, again = replace(hold, open=False, revision=1), replace(hold, name="g", revision=2)
    other = replace(hold, name="e", kind="embargo", open=False)
    assert rules_against(PLATE, replace(CLEARED, holds=[hold])) == ["R-HLD-01"] * rules
    assert rules_against(PLATE, replace(CLEARED, holds=[hold, other])) == ["R-HLD-01"] * rules
    assert rules_against(PLATE, replace(CLEARED, holds=[hold, lifted])) == []
    assert rules_against(PLATE, replace(CLEARED, holds=[hold, lifted, again])) == ["R-HLD-01"] * rules
    nobody = replace(PLATE, people=None)
    assert rules_against(nobody, replace(CLEARED, holds=[replace(hold, subject="x")])) == ["R-CON-01"]


def test_an_artist_who_declines_stops_what_teaches_and_nothing_else():
    no = OptIn("nf", "o", "bo", ("nf_012_0040",), agreed=False, role="paint artist")
    yes = replace(no, agreed=True, revision=1)
    both = replace(CLEARED, licences=[replace(LICENCE, actions=ACTIONS)], consents=[replace(CONSENT, actions=ACTIONS)])
    for action, rules in ((TRAINING, ["R-ART-01"]), (GENERATIVE_TRAINING, ["R-ART-01"]), (INFERENCE, [])):
        assert rules_against(PLATE, replace(both, opt_ins=[no]), action=action) == rules
    assert rules_against(PLATE, replace(CLEARED, opt_ins=[no, yes])) == []
    assert rules_against(PLATE, replace(CLEARED, opt_ins=[yes, no])) == ["R-ART-01"]
    assert rules_against(PLATE, replace(CLEARED, opt_ins=[no, replace(yes, person="cy")])) == ["R-ART-01"]
    assert rules_against(PLATE, replace(CLEARED, opt_ins=[no, replace(yes, assets=("else",))])) == ["R-ART-01"]


def test_where_there_is_nothing_no_instrument_is_named():
    found = objections(replace(PLATE, owner=None, people=None), USE, Grants())
    assert [reason.instrument for reason in found] == [None, None, None]
    assert [reason.instrument for reason in objections(PLATE, USE, Grants())] == [None, None]


def test_an_owner_whose_name_is_empty_is_no_owner():
    nameless = replace(CLEARED, licences=[replace(LICENCE, owner="")])
    assert rules_against(replace(PLATE, owner=""), nameless) == ["R-OWN-01"]
    assert rules_against(replace(PLATE, people=()), CLEARED) == []


def test_what_is_relied_on_is_what_holds_longest_for_owner_and_each_person():
    longer = replace(LICENCE, name="lic2", ends=None)
    grants = replace(CLEARED, licences=[longer, LICENCE, replace(LICENCE, name="lic0", uses=("paint",), ends=None)])
    assert relied_on(PLATE, USE, grants) == [longer, CONSENT]
    assert relied_on(replace(PLATE, people=("ana", "ben")), USE, grants) == [longer, CONSENT]
    assert relied_on(PLATE, USE, replace(grants, licences=[LICENCE, replace(LICENCE, name="z")]))[0].name == "z"
    later = replace(LICENCE, name="a", ends=date(2028, 1, 1))
    assert relied_on(PLATE, USE, replace(grants, licences=[LICENCE, later]))[0] == later
    assert relied_on(replace(PLATE, people=None), USE, CLEARED) == [LICENCE]
    assert relied_on(PLATE, USE, replace(CLEARED, consents=[replace(CONSENT, actions=())])) == [LICENCE]


def test_a_licence_that_a_model_outlives_ends_nothing_that_was_made_under_it():
    assert valid_until([replace(LICENCE, outlives=True), CONSENT]) == CONSENT.ends
    assert valid_until([LICENCE, replace(CONSENT, ends=None)]) == LICENCE.ends
    assert valid_until([replace(LICENCE, outlives=True)]) is None


@given(st.lists(licences, max_size=3), st.lists(consents, max_size=3), some_of(*ACTIONS), st.booleans())
def test_whatever_forbids_never_gives_a_permission(many, more, actions, flag):
    grants = Grants(many, more)
    no = replace(LICENCE, name="no", actions=(), forbids=actions, lifts=flag)
    forbidding = (
        replace(grants, licences=[*many, no]),
        replace(grants, holds=[Hold("nf", "h", "ana", "dispute", "", open=flag)]),
        replace(grants, reservations=[Reservation("nf", "r", PLATE.name, "cawg", actions, "")]),
        replace(grants, opt_ins=[OptIn("nf", "o", "bo", (PLATE.name,), agreed=flag, role="paint artist")]),
        replace(grants, parties=[Party("nf", "ana", "person", "", minor=flag, deceased=True)]),
    )
    if objections(PLATE, USE, grants):
        assert all(objections(PLATE, USE, one) for one in forbidding)


def test_what_follows_from_the_records_cannot_be_given_beside_them():
    for name in ("withdrawn_on", "discharged_on"):
        with pytest.raises(TypeError):
            Grants(**{name: {}})
    assert Grants().party("ana") is None
    # two lists in another order say the same of whatever is withdrawn, and are other records all the same
    days = [Withdrawal("nf", "w", digest_of(LICENCE), TODAY + timedelta(days), "") for days in (0, 1)]
    assert Grants(withdrawals=days).withdrawn_on == Grants(withdrawals=days[::-1]).withdrawn_on
    assert Grants(withdrawals=days) != Grants(withdrawals=days[::-1])
