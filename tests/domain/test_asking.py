from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.actions import INFERENCE, TRAINING
from rushes.domain.asking import NOBODY_KNOWS, calls_to_make, endings, gaps
from rushes.domain.clearances import Discharge, Hold, OptIn, Party, Reservation
from rushes.domain.gate import objections
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset
from rushes.domain.parts import AssetFile, Duty
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of

TODAY = date(2026, 11, 22)
PLATE = Asset("nf", "a", "plate", "Pedal Films", ("bo",), (), (1, 2), 8, 8, "24", "ACEScg")
LICENCE = Licence("nf", "lic", "Pedal Films", ("*",), (TRAINING,), ("*",), ("*",), None, None)
CONSENT = Consent("nf", "con", "bo", (TRAINING,), ("*",), None, None)
USE = Use("nf", TRAINING, "look", "GB", TODAY)
CLEARED = Grants([LICENCE], [CONSENT])


def test_where_nothing_stands_in_the_way_nobody_is_called():
    assert calls_to_make([PLATE], USE, CLEARED) == []


def test_an_owner_is_called_once_for_all_their_assets():
    calls = calls_to_make([PLATE, replace(PLATE, name="b")], USE, replace(CLEARED, licences=[]))
    assert [(call.whom, call.what, call.assets) for call in calls] == [("Pedal Films", "licence", ("a", "b"))]


def test_each_is_asked_for_what_only_they_can_give():
    unknown = replace(PLATE, name="x", owner=None, people=None)
    strange = replace(PLATE, name="y", people=("unknown-1",))
    grants = Grants(
        [LICENCE],
        [replace(CONSENT, ends=TODAY - timedelta(1))],
        reservations=[Reservation("nf", "a.rsl", "a", "rsl", (TRAINING,), "prohibits ai-all")],
        holds=[Hold("nf", "h", "a", "embargo", "not yet", True)],
        opt_ins=[OptIn("nf", "cy.a", "cy", ("a",), False, "artist")],
    )
    asked = {(call.whom, call.what) for call in calls_to_make([PLATE, unknown, strange], USE, grants)}
    assert asked == {
        ("Pedal Films", "licence that lifts a reservation"),
        ("bo", "consent"),
        ("h", "hold to be lifted"),
        ("cy.a", "opt-in"),
        (NOBODY_KNOWS, "who owns it"),
        (NOBODY_KNOWS, "who can be recognised in it"),
        (NOBODY_KNOWS, "who unknown-1 is"),
    }


owners, people = (
    st.sampled_from([None, "Pedal Films", "Stock House"]),
    st.sampled_from([None, (), ("bo",), ("bo", "cy")]),
)


@given(
    owner=owners,
    seen=people,
    licensed=st.booleans(),
    consented=st.booleans(),
    action=st.sampled_from([TRAINING, INFERENCE]),
)
def test_somebody_is_called_exactly_where_the_gate_objects(owner, seen, licensed, consented, action):
    asset, use = replace(PLATE, owner=owner, people=seen), replace(USE, action=action)
    grants = Grants([LICENCE] if licensed else [], [CONSENT] if consented else [])
    assert bool(calls_to_make([asset], use, grants)) == bool(objections(asset, use, grants))


def test_what_ends_soon_comes_first_and_what_was_withdrawn_or_ended_ends_no_more():
    soon, later = replace(LICENCE, name="soon", ends=TODAY), replace(CONSENT, name="later", ends=TODAY + timedelta(30))
    gone = replace(LICENCE, name="gone", ends=TODAY - timedelta(1))
    far = replace(LICENCE, name="far", ends=TODAY + timedelta(31))
    taken = replace(LICENCE, name="taken", ends=TODAY)
    back = Withdrawal("nf", "w", digest_of(taken), TODAY, "")
    found = endings(Grants([far, soon, gone, taken], [later], [back]), TODAY, within_days=30)
    assert [(one.name, one.what, one.party) for one in found] == [
        ("soon", "licence", "Pedal Films"),
        ("later", "consent", "bo"),
    ]


def test_a_duty_falls_due_until_it_is_done():
    asks = replace(LICENCE, duties=(Duty("royalty", "pay", TODAY + timedelta(9)), Duty("credit", "name them", None)))
    grants = replace(CLEARED, licences=[asks])
    assert [(one.name, one.what, one.on) for one in endings(grants, TODAY, within_days=9)] == [
        ("lic/royalty", "duty", TODAY + timedelta(9))
    ]
    done = Discharge("nf", "d", digest_of(asks), "royalty", TODAY)
    assert endings(replace(grants, discharges=[done]), TODAY, within_days=9) == []


def test_what_is_allowed_and_thinly_documented_is_said():
    paper = AssetFile("p.pdf", "sha256:00", 1)
    thin = gaps([PLATE], CLEARED, [LICENCE, CONSENT], titled=set())
    assert len(thin) == 6
    assert all(any(word in line for line in thin) for word in ("document", "paper", "in words", "which clip", "of age"))
    full = replace(CONSENT, paper=paper, described="take the bottle off", request="sha256:00")
    grants = replace(CLEARED, consents=[full], parties=[Party("nf", "bo", "person", "")])
    assert gaps([PLATE], grants, [replace(LICENCE, paper=paper), full], titled={"a"}) == []
