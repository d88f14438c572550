"""What beside a licence and a consent speaks for or against a use: duties, prohibitions, holds, what artists said."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from rushes.domain.actions import ACTIONS, GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.clearances import Discharge, Hold, OptIn, Party, Reservation
from rushes.domain.gate import objections, relied_on, valid_until
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import NOUNS, Asset
from rushes.domain.parts import AssetFile, Duty
from rushes.domain.question import Grants, Use
from rushes.domain.records import canonical_json, digest_of, from_json, to_json

TODAY = date(2026, 11, 22)
DAY = timedelta(1)
PLATE = Asset(
    show="nf",
    name="sc12",
    kind="plate",
    owner="Pedal Films",
    people=("bo",),
    files=(AssetFile("a.exr", "sha256:00", 1),),
    frames=(1, 24),
    width=8,
    height=8,
    frame_rate="24",
    colour_space="ACEScg",
)
LICENCE = Licence("nf", "lic", "Pedal Films", ("*",), (TRAINING, INFERENCE), ("*",), ("*",), None, None)
CONSENT = Consent("nf", "con", "bo", (TRAINING, INFERENCE), ("*",), None, None)
USE = Use("nf", TRAINING, "look", "GB", TODAY)
CLEARED = Grants([LICENCE], [CONSENT])


def rules(grants, use=USE, asset=PLATE):
    return [(one.rule, one.instrument) for one in objections(asset, use, grants)]


def test_a_duty_without_a_day_comes_first_and_one_with_a_day_by_that_day():
    first, later = Duty("credit", "name them", None), Duty("royalty", "pay", TODAY)
    both = replace(LICENCE, duties=(first, later))
    assert rules(replace(CLEARED, licences=[both])) == [("R-LIC-09", "lic")]
    tomorrow = replace(USE, on=TODAY + DAY)
    assert rules(replace(CLEARED, licences=[both]), tomorrow) == [("R-LIC-09", "lic")] * 2
    done = [Discharge("nf", duty, digest_of(both), duty, TODAY) for duty in ("credit", "royalty")]
    assert rules(replace(CLEARED, licences=[both], discharges=done), tomorrow) == []


def test_a_duty_counts_as_done_from_the_day_on_which_it_was_done_and_for_its_own_licence_only():
    asks = replace(LICENCE, duties=(Duty("credit", "name them", None),))
    late = Discharge("nf", "d", digest_of(asks), "credit", TODAY + DAY)
    elses = Discharge("nf", "d", digest_of(LICENCE), "credit", TODAY)
    assert rules(replace(CLEARED, licences=[asks], discharges=[late, elses])) == [("R-LIC-09", "lic")]


def test_a_duty_of_which_two_receipts_are_on_record_was_done_on_the_earlier_day():
    asks = replace(LICENCE, duties=(Duty("credit", "name them", None),))
    done = [Discharge("nf", "d", digest_of(asks), "credit", TODAY + shift) for shift in (-DAY, DAY)]
    assert rules(replace(CLEARED, licences=[asks], discharges=done)) == []


def test_a_prohibition_wins_over_every_permission_while_it_stands():
    forbids = replace(LICENCE, name="no", actions=(), forbids=(TRAINING,))
    grants = replace(CLEARED, licences=[LICENCE, forbids])
    assert rules(grants) == [("R-LIC-10", "no")]
    assert rules(grants, replace(USE, action=INFERENCE)) == []
    ended = replace(forbids, ends=TODAY - DAY)
    coming = replace(forbids, starts=TODAY + DAY)
    elsewhere = replace(forbids, uses=("paint",))
    strangers = replace(forbids, owner="Stock House", assets=("sc12",))
    for spent in (ended, coming, elsewhere, strangers):
        assert rules(replace(CLEARED, licences=[LICENCE, spent])) == []
    withdrawn = Withdrawal("nf", "w", digest_of(forbids), TODAY, "")
    assert rules(replace(grants, withdrawals=[withdrawn])) == []


def test_a_reservation_is_lifted_by_a_licence_that_says_so_and_covers_the_use_and_by_no_other():
    reserved = Reservation("nf", "sc12.cawg", "sc12", "cawg", (TRAINING, GENERATIVE_TRAINING), "notAllowed")
    grants = replace(CLEARED, reservations=[reserved])
    assert rules(grants) == [("R-TDM-01", "sc12.cawg")]
    assert rules(grants, replace(USE, action=INFERENCE)) == []
    assert rules(replace(grants, licences=[replace(LICENCE, lifts=True)])) == []
    elsewhere = replace(LICENCE, name="else", lifts=True, uses=("paint",))
    assert rules(replace(grants, licences=[LICENCE, elsewhere])) == [("R-TDM-01", "sc12.cawg")]
    assert rules(replace(grants, reservations=[replace(reserved, asset="other")])) == []


@pytest.mark.parametrize("subject", ["sc12", "Pedal Films", "bo"])
def test_a_hold_on_an_asset_its_owner_or_somebody_in_it_stops_everything_until_it_is_lifted(subject):
    held = Hold("nf", "h", subject, "embargo", "until the trailer is out", True, 0)
    lifted = replace(held, open=False, revision=1)
    for action in (TRAINING, INFERENCE):
        assert rules(replace(CLEARED, holds=[held]), replace(USE, action=action)) == [("R-HLD-01", "h")]
    assert rules(replace(CLEARED, holds=[held, lifted])) == []
    assert rules(replace(CLEARED, holds=[lifted, held])) == [("R-HLD-01", "h")]
    dispute = replace(held, kind="dispute")
    assert rules(replace(CLEARED, holds=[held, dispute, lifted])) == [("R-HLD-01", "h")]


def test_a_hold_on_something_else_stops_nothing():
    assert rules(replace(CLEARED, holds=[Hold("nf", "h", "sc13", "embargo", "", True, 0)])) == []


def test_an_artist_who_declines_stops_teaching_with_their_work_and_nothing_else():
    no = OptIn("nf", "ana.sc12", "ana", ("sc12",), False, "paint artist")
    assert rules(replace(CLEARED, opt_ins=[no])) == [("R-ART-01", "ana.sc12")]
    generative = replace(
        CLEARED, licences=[replace(LICENCE, actions=ACTIONS)], consents=[replace(CONSENT, actions=ACTIONS)]
    )
    asked = replace(USE, action=GENERATIVE_TRAINING)
    assert rules(replace(generative, opt_ins=[no]), asked) == [("R-ART-01", "ana.sc12")]
    assert rules(replace(CLEARED, opt_ins=[no]), replace(USE, action=INFERENCE)) == []
    assert rules(replace(CLEARED, opt_ins=[no, replace(no, agreed=True, revision=1)])) == []
    assert rules(replace(CLEARED, opt_ins=[replace(no, agreed=True), replace(no, revision=1)])) != []
    assert rules(replace(CLEARED, opt_ins=[replace(no, assets=("sc13",))])) == []
    assert rules(replace(CLEARED, opt_ins=[no, replace(no, person="cy", agreed=True)])) != []


@pytest.mark.parametrize(
    ("state", "given_by", "rule"),
    [
        ({"minor": True}, "self", "R-CON-09"),
        ({"minor": True}, "estate", "R-CON-09"),
        ({"minor": True}, "guardian", None),
        ({"deceased": True}, "self", "R-CON-10"),
        ({"deceased": True}, "guardian", "R-CON-10"),
        ({"deceased": True}, "estate", None),
        ({"deceased": True}, "union", None),
        ({}, "self", None),
    ],
)
def test_a_guardian_consents_for_a_minor_and_the_estate_or_the_union_for_the_dead(state, given_by, rule):
    party = replace(Party("nf", "bo", "person", ""), **state)
    grants = replace(CLEARED, consents=[replace(CONSENT, given_by=given_by)], parties=[party])
    assert rules(grants) == ([(rule, "con")] if rule else [])


def test_the_newest_word_about_somebody_stands():
    child, grown = Party("nf", "bo", "person", "", minor=True), Party("nf", "bo", "person", "", revision=1)
    assert rules(replace(CLEARED, parties=[child, grown])) == []
    assert rules(replace(CLEARED, parties=[grown, child])) == [("R-CON-09", "con")]


def test_a_consent_for_some_assets_covers_no_others():
    assert rules(replace(CLEARED, consents=[replace(CONSENT, assets=("sc12", "sc13"))])) == []
    assert rules(replace(CLEARED, consents=[replace(CONSENT, assets=("sc13",))])) == [("R-CON-11", "con")]


def test_a_model_may_outlive_a_licence_that_says_so():
    short, long = replace(LICENCE, ends=TODAY), replace(CONSENT, ends=TODAY + DAY)
    assert valid_until([short, long]) == TODAY
    assert valid_until([replace(short, outlives=True), long]) == TODAY + DAY
    assert valid_until(relied_on(PLATE, USE, replace(CLEARED, licences=[replace(short, outlives=True)]))) is None


def test_every_noun_says_which_it_is_and_comes_back_as_it_was():
    asked = Duty("royalty", "pay 500 GBP", date(2027, 3, 31))
    paper = AssetFile("paper.pdf", "sha256:" + 64 * "a", 9)
    full = replace(LICENCE, forbids=(TRAINING,), duties=(asked,), lifts=True, outlives=True, clause="4.2", paper=paper)
    assert from_json(to_json(full)) == full
    assert from_json(to_json(replace(CONSENT, request="sha256:" + 64 * "b", assets=("sc12",)))).assets == ("sc12",)
    assert all(name == kind.noun for name, kind in NOUNS.items())


def test_a_licence_that_says_nothing_new_keeps_the_digest_that_it_had_before_there_was_anything_new_to_say():
    said = canonical_json(to_json(LICENCE))
    assert not [word for word in ("forbids", "duties", "lifts", "outlives", "clause") if word in said]
    assert "described" not in canonical_json(to_json(CONSENT))
    assert "reach" not in canonical_json(to_json(Withdrawal("nf", "w", "sha256:00", TODAY, "")))
