"""Answers: everything that speaks against it at once, only the guilty instrument, and a remedy that was asked again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from rushes.domain.actions import TRAINING
from rushes.domain.clearances import Discharge, Reservation
from rushes.domain.errors import BadMaterial
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset, Dataset, Model
from rushes.domain.parts import AssetFile, Duty, Item, Scope
from rushes.domain.question import Grants, Use
from rushes.domain.records import digest_of, from_json, to_json
from rushes.domain.said import Answer
from rushes.policy.cases import Case, Teaching, answer_of, asked, facts_of_case, objected, unanswered
from rushes.policy.packs import read_pack

TODAY, NOON = date(2026, 11, 22), datetime(2026, 11, 22, 12, tzinfo=UTC)
USE = Use("nf", TRAINING, "look", "GB", TODAY)
LICENCE = Licence("nf", "lic1", "N", ("*",), (TRAINING,), ("look",), ("GB",), None, date(2027, 6, 30), clause="s4.2")
CONSENT = Consent("nf", "con1", "ana", (TRAINING,), ("look",), None, date(2027, 3, 31))
BENS = replace(CONSENT, name="con2", person="ben", ends=None)
RULE = """
name = "own"
version = "1"
title = "Our own"
for = "us"
source = "the house"
[[rule]]
id = "OWN-01"
text = "All of it is ours."
source = "the house, s1"
ask = ["may_train"]
must = [{ fact = "dataset.own", is = true }]
otherwise = "block"
remedy = "Leave out what is not."
passes = { "dataset.own" = true }
fails = { "dataset.own" = false }
[[rule]]
id = "OWN-02"
text = "The client is told."
source = "the house, s2"
ask = ["may_train"]
must = [{ fact = "client.told_at", not_after = "@job.date" }]
otherwise = "notify"
remedy = "Tell them."
passes = { "client.told_at" = 2026-01-01, "job.date" = 2026-01-01 }
fails = { "client.told_at" = 2026-01-02, "job.date" = 2026-01-01 }
"""
OWN = read_pack(RULE.encode(), "own.toml")


def plate(number, *, owner="N", people=()):
    file = AssetFile("a.exr", f"sha256:{number:064x}", 1)
    return Asset("nf", f"p{number}", "plate", owner, people, (file,), (1, 1), 8, 8, "24", "ACEScg")


def case(assets, grants, *, packs=(), groups=None, said=None):
    items = tuple(Item(digest_of(one), "before", groups[i] if groups else i, (1,)) for i, one in enumerate(assets))
    dataset = Dataset("nf", "d", "look", TRAINING, "GB", items, (), TODAY, None)
    teaching = Teaching(dataset, USE, "N", asked(assets, USE, grants), [True] * len(assets), {})
    return Case("may_train", dataset, packs, said or {}, {"job.date": TODAY}, grants, teaching)


def answer(assets, grants, **more):
    return answer_of(case(assets, grants, **more), NOON, None)


def test_what_is_allowed_is_so_until_the_first_instrument_ends():
    allowed = answer([plate(1, people=("ana", "ben"))], Grants([LICENCE], [CONSENT, BENS]))
    assert (allowed.decision, allowed.reasons, allowed.remedy) == ("allow", (), ())
    assert allowed.valid_until == date(2027, 3, 31)
    assert answer([plate(1)], Grants([LICENCE])).valid_until == date(2027, 6, 30)
    assert answer([plate(1)], Grants([replace(LICENCE, ends=None)])).valid_until is None


def test_a_withdrawal_still_to_come_and_a_duty_still_due_end_it_too():
    soon = TODAY + timedelta(9)
    taken = Grants([LICENCE], withdrawals=[Withdrawal("nf", "w", digest_of(LICENCE), soon, "")])
    assert answer([plate(1)], taken).valid_until == soon - timedelta(1)
    owed = replace(LICENCE, duties=(Duty("pay", "pay", soon),))
    assert answer([plate(1)], Grants([owed])).valid_until == soon
    paid = Grants([owed], discharges=[Discharge("nf", "d", digest_of(owed), "pay", TODAY)])
    assert answer([plate(1)], paid).valid_until == date(2027, 6, 30)


def test_it_ends_with_the_terms_of_a_pack():
    dated = replace(OWN, ends=date(2026, 12, 24))
    told = {"client.told_at": TODAY}
    assert answer([plate(1)], Grants([LICENCE]), packs=[dated], said=told).valid_until == date(2026, 12, 24)


def test_only_the_guilty_instrument_is_named_with_its_clause_and_source():
    both = [plate(1, people=("ana", "ben")), plate(2, people=("ana",))]
    grants = Grants([LICENCE], [CONSENT, BENS], [Withdrawal("nf", "w", digest_of(BENS), TODAY, "")])
    [why] = answer(both, grants).reasons
    assert (why.rule, why.instrument, why.pack, why.outcome) == ("R-CON-08", "con2", "rights", "block")
    assert (why.assets, why.sample) == (1, ("p1",))
    assert "GDPR" in why.source
    [short] = answer([plate(1)], Grants([replace(LICENCE, territories=("US",))])).reasons
    assert (short.rule, short.instrument, short.clause) == ("R-LIC-03", "lic1", "s4.2")
    assert "ODRL" in short.source


def test_every_reason_comes_once_with_the_number_of_assets_and_a_few_names():
    denied = answer([plate(i, owner=None, people=None) for i in range(7)], Grants())
    assert [(one.rule, one.assets) for one in denied.reasons] == [("R-OWN-01", 7), ("R-LIC-01", 7), ("R-CON-01", 7)]
    assert denied.reasons[0].sample == ("p0", "p1", "p2", "p3", "p4")
    assert denied.valid_until is None


def test_the_remedy_says_allow_only_after_having_asked_again():
    assets = [plate(1), plate(2, owner="Stock"), plate(3)]
    assert answer(assets, Grants([LICENCE])).remedy[0] == "remove 1 of 3 assets → allow"
    told = {"client.told_at": TODAY}
    assert answer(assets, Grants([LICENCE]), packs=[OWN], said=told).remedy[0] == "remove 1 of 3 assets → allow"
    no_more = [plate(1), plate(2, owner="Stock"), plate(3, owner="Else")]
    elses = replace(LICENCE, name="else", owner="Else")
    still = answer(no_more, Grants([LICENCE, elses]), packs=[OWN], said=told)
    assert still.remedy == ("remove 1 of 3 assets → still deny: OWN-01", "OWN-01: Leave out what is not.")
    rest = [one for one in no_more if one.name not in objected(case(no_more, Grants([LICENCE, elses])).teaching)]
    assert [one.rule for one in answer(rest, Grants([LICENCE, elses]), packs=[OWN], said=told).reasons] == ["OWN-01"]


def test_the_partner_of_what_is_removed_goes_with_it():
    assets = [plate(1), plate(2, owner="Stock"), plate(3), plate(4)]
    paired = answer(assets, Grants([LICENCE]), groups=[0, 0, 1, 1])
    assert paired.remedy == ("remove 2 of 4 assets → allow",)
    alone = answer(assets[:2], Grants([LICENCE]), groups=[0, 0])
    assert alone.remedy == ("remove 2 of 2 assets → nothing would be left to teach with",)


def test_gate_and_packs_answer_together_and_obligations_are_no_reasons():
    denied = answer([plate(1, owner="Stock")], Grants([LICENCE]), packs=[OWN])
    assert [one.rule for one in denied.reasons] == ["R-LIC-01", "OWN-01"]
    [duty] = denied.obligations
    assert (duty.rule, duty.outcome, duty.unstated, duty.pack) == ("OWN-02", "notify", ("client.told_at",), "own 1")
    allowed = answer([plate(1)], Grants([LICENCE]), packs=[OWN])
    assert (allowed.decision, [one.rule for one in allowed.obligations]) == ("allow", ["OWN-02"])


def test_what_the_ledger_could_know_nobody_can_state():
    said = {"dataset.own": True, "dataset.owners": ("N",), "client.told_at": TODAY}
    facts = facts_of_case(case([plate(1, owner=None)], Grants(), packs=[OWN], said=said))
    assert facts["dataset.own"] is False
    assert "dataset.owners" not in facts
    assert facts["client.told_at"] == TODAY


def test_a_reservation_names_its_words_and_a_licence_that_lifts_it_is_enough():
    said = Reservation("nf", "r1", "p1", "c2pa", (TRAINING,), "notAllowed in the manifest")
    [why] = answer([plate(1)], Grants([LICENCE], reservations=[said])).reasons
    assert (why.rule, why.instrument, "notAllowed in the manifest" in why.text) == ("R-TDM-01", "r1", True)
    assert answer([plate(1)], Grants([replace(LICENCE, lifts=True)], reservations=[said])).decision == "allow"


def test_removing_an_asset_never_turns_yes_into_no():
    assets = [plate(1), plate(2, people=("ana",)), plate(3)]
    grants = Grants([LICENCE], [CONSENT])
    assert answer(assets, grants).decision == "allow"
    for gone in range(3):
        assert answer(assets[:gone] + assets[gone + 1 :], grants).decision == "allow"


def test_an_answer_is_a_noun_that_comes_back_as_it_was():
    for one in (answer([plate(1, owner=None)], Grants(), packs=[OWN]), answer([plate(1)], Grants([LICENCE]))):
        assert isinstance(one, Answer)
        assert from_json(to_json(one)) == one


def test_of_a_dataset_people_and_owners_are_known_once_they_are_known_of_every_clip():
    grants = Grants([LICENCE], [CONSENT, BENS])
    known = facts_of_case(case([plate(1, people=("ben", "ana")), plate(2, owner="M", people=("ana",))], grants))
    assert (known["dataset.people"], known["model.people"]) == (("ana", "ben"), ("ana", "ben"))
    assert known["dataset.owners"] == ("M", "N")
    assert (known["dataset.own"], known["dataset.licensed"], known["dataset.hashed"]) == (False, False, True)
    assert (known["model.base"], known["model.generative"]) == ("none", False)
    unseen = facts_of_case(case([plate(1), plate(2, people=None)], grants))
    assert not {"dataset.people", "model.people", "dataset.consents_dated"} & set(unseen)
    assert unseen["dataset.owners"] == ("N",)
    assert "dataset.owners" not in facts_of_case(case([plate(1), plate(2, owner="")], grants))


def test_the_newest_of_the_consents_relied_on_dates_them_all():
    one = case([plate(1, people=("ana", "ben"))], Grants([LICENCE], [CONSENT, BENS]))
    digests = [digest_of(CONSENT), digest_of(BENS)]
    days = dict(zip(digests, (TODAY, TODAY - timedelta(3)), strict=True))
    relying = replace(one.teaching, dataset=replace(one.teaching.dataset, grants=tuple(digests)), dated=days)
    assert facts_of_case(replace(one, teaching=relying))["dataset.consents_dated"] == TODAY
    less = replace(relying, dataset=replace(relying.dataset, grants=(digests[1], digest_of(LICENCE))))
    assert facts_of_case(replace(one, teaching=less))["dataset.consents_dated"] == TODAY - timedelta(3)
    gone = replace(relying, stored=[False])
    assert facts_of_case(replace(one, teaching=gone))["dataset.hashed"] is False


def test_a_model_is_not_answered_for_what_its_dataset_is_asked():
    """What a withdrawal does to a model is said by its quarantine, under the grants that it was taught with."""
    one = case([plate(1, owner="Stock")], Grants([LICENCE]))
    weights, scope = AssetFile("w", "sha256:" + "0" * 64, 1), Scope("nf", ("look",), (), "GB", date(2027, 1, 1))
    nothing = {"seed": 0, "measures": (), "reports": (), "base": None, "earlier": (), "signature": ""}
    told = {"show": "nf", "name": "m", "department": "look", "dataset": one.teaching.dataset.name, "recipe": "{}"}
    model = Model(**told, **nothing, weights=weights, scope=scope)
    asked_of_model = replace(one, question="may_generate", subject=model, models=[model])
    allowed = answer_of(asked_of_model, NOON, "sha256:0")
    assert (allowed.decision, allowed.remedy, allowed.valid_until) == ("allow", (), date(2027, 1, 1))
    assert (allowed.policy, allowed.about, allowed.name) == ("sha256:0", digest_of(model), "may_generate-m")
    denied = answer_of(replace(asked_of_model, against=["m is quarantined"]), NOON, None)
    assert [(one.rule, one.text) for one in denied.reasons] == [("R-MOD-01", "m is quarantined")]


def test_footage_that_comes_in_needs_no_dataset():
    clip = plate(1, owner=None)
    alone = Case("may_ingest", clip, [], {}, {"job.date": TODAY}, Grants())
    assert (answer_of(alone, NOON, None).decision, facts_of_case(alone)) == ("allow", {"job.date": TODAY})
    assert answer_of(replace(alone, used=asked([clip], USE, Grants())), NOON, None).decision == "deny"


def test_what_cannot_be_read_allows_nothing_and_says_what_it_is():
    for error, text, remedy in (
        (KeyError(), "KeyError", ()),
        (ValueError("no\n  day"), "no day", ()),
        (
            BadMaterial("a pack", ["it is torn"], "Choose it anew."),
            "a pack it is torn Choose it anew.",
            ("Choose it anew.",),
        ),
        (BadMaterial("a pack"), "a pack", ()),
    ):
        denied = unanswered("may_train", plate(1), NOON, policy=None, error=error)
        assert (denied.decision, denied.remedy, denied.valid_until) == ("deny", remedy, None)
        assert [(one.rule, one.outcome, one.text) for one in denied.reasons] == [("R-POL-01", "block", text)]


def test_what_a_person_has_to_answer_is_asked_in_the_reason_and_answered_by_name():
    rule = replace(OWN.rules[0], otherwise="escalate", question="Is it?", remedy="")
    denied = answer([plate(1, owner="M")], Grants([replace(LICENCE, owner="M")]), packs=[replace(OWN, rules=(rule,))])
    [why] = denied.reasons
    assert why.text == "All of it is ours. It is not so that dataset.own is True. To be answered by a person: Is it?"
    assert denied.remedy == ("OWN-01: A person answers: answers.OWN-01.",)
    plain = answer([plate(1, owner="M")], Grants([replace(LICENCE, owner="M")]), packs=[OWN])
    assert plain.reasons[0].text == "All of it is ours. It is not so that dataset.own is True."
    assert plain.remedy[0] == "OWN-01: Leave out what is not."
