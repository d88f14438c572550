import json
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.domain.actions import ACTIONS, GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.errors import BadMaterial
from rushes.domain.gate import objections
from rushes.domain.grants import Licence
from rushes.domain.nouns import Asset
from rushes.domain.parts import AssetFile, Duty
from rushes.domain.question import Grants, Use
from rushes.domain.territories import TERRITORIES
from rushes.papers.odrl import from_odrl, parse_odrl, to_odrl

LICENCE = Licence(
    "nf", "lic1", "Nightfall Ltd", ("plate_a", "plate_b"), (GENERATIVE_TRAINING, TRAINING), ("paint",), ("US", "GB"),
    date(2026, 1, 1), date(2030, 12, 31), AssetFile("deal.pdf", "sha256:" + "a" * 64, 1200), forbids=(INFERENCE,),
    duties=(Duty("compensate", "pay 100 EUR", None), Duty("credit", "in the end titles", date(2027, 1, 1))),
    clause="4.2",
)  # fmt: skip

names = st.text(min_size=1, max_size=6).filter(lambda name: name != "*")
several = st.lists(names, unique=True, max_size=3).map(tuple)
everything = st.just(("*",))
words = st.lists(st.sampled_from(ACTIONS), unique=True).map(tuple)
days = st.none() | st.dates()
duties = st.lists(st.builds(Duty, names, st.text(max_size=8), days), max_size=2).map(tuple)
papers = st.none() | st.builds(AssetFile, st.text(max_size=6), names, st.integers(0, 2**40))
codes = st.lists(st.sampled_from(TERRITORIES), unique=True, max_size=3).map(tuple)
licences = st.builds(
    Licence, names, names, names, several | everything, words, several | everything, codes | everything,
    days, days, papers, words, duties, st.booleans(), st.booleans(), st.text(max_size=5),
)  # fmt: skip


def read(document):
    return from_odrl(document, show="nf", name="lic1")


def spoilt(change):
    document = deepcopy(to_odrl(LICENCE, None, {}))
    change(document)
    return document


@settings(max_examples=60, deadline=None)
@given(licences)
def test_a_licence_that_was_written_reads_back_as_itself(licence):
    written = json.dumps(to_odrl(licence, None, {}))
    assert from_odrl(parse_odrl(written), show=licence.show, name=licence.name) == [licence]


def test_an_agreement_has_the_shape_of_the_standard():
    written = to_odrl(LICENCE, None, {"compensate": date(2026, 2, 1)})
    [permission] = written["permission"]
    assert written["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert (written["@type"], written["conflict"]) == ("Agreement", "prohibit")
    assert permission["action"] == ["cawg:ai_generative_training", "cawg:ai_training"]
    assert {"leftOperand": "spatial", "operator": "isAnyOf", "rightOperand": ["US", "GB"]} in permission["constraint"]
    # the last day is the whole of 31 December: before 1 January
    last = {"@value": "2031-01-01", "@type": "xsd:date"}
    assert {"leftOperand": "dateTime", "operator": "lt", "rightOperand": last} in permission["constraint"]
    assert permission["duty"][0]["action"] == "compensate"
    assert permission["duty"][0]["rushes:dischargedAt"] == "2026-02-01"
    assert written["prohibition"][0]["action"] == ["cawg:ai_inference"]
    assert (written["rushes:document"], written["rushes:clause"]) == (LICENCE.paper.digest, "4.2")


def test_a_licence_that_was_withdrawn_ends_there_and_is_not_taken_in_again():
    written = to_odrl(replace(LICENCE, outlives=True), date(2027, 5, 1), {})
    limits = [c for c in written["permission"][0]["constraint"] if c["operator"] == "lt"]
    assert [c["rightOperand"]["@value"] for c in limits] == ["2027-05-01"]
    assert written["permission"][0]["rushes:modelSurvivesTerm"] is False
    with pytest.raises(BadMaterial, match="withdrawn on 2027-05-01"):
        read(written)


def constraint(operand, operator, value):
    return lambda d: d["permission"][0]["constraint"].append(
        {"leftOperand": operand, "operator": operator, "rightOperand": value}
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (constraint("count", "lteq", "3"), "'count' is not understood"),
        (constraint("spatial", "isNoneOf", ["US"]), "spatial isNoneOf"),
        (constraint("spatial", "eq", "Atlantis"), "Atlantis"),
        (constraint("purpose", "eq", "https://example.org/research"), "no department of ours"),
        (constraint("dateTime", "neq", "2027-01-01"), "dateTime neq"),
        (constraint("dateTime", "lt", "soon"), "soon is no date"),
        (constraint("rushes:production", "eq", "urn:rushes:show:other"), "another production"),
        (constraint("purpose", "isAnyOf", [{"@value": "look", "unit": "x"}]), "is not understood"),
        (lambda d: d["permission"][0]["constraint"].append({"or": []}), "or is not understood"),
        (lambda d: d["permission"][0]["action"].append("odrl:distribute"), "odrl:distribute"),
        (lambda d: d["prohibition"][0]["action"].append("rushes:export"), "rushes:export"),
        (lambda d: d["permission"][0].update(refinement=[]), "refinement"),
        (lambda d: d["permission"][0].update({"@type": "Prohibition"}), "Prohibition"),
        (lambda d: d["permission"][0].update(target="urn:isan:0000"), "urn:isan:0000"),
        (lambda d: d["permission"][0].update(target={"uid": "urn:rushes:asset:a", "refinement": []}), "refinement"),
        (lambda d: d["permission"][0].update(target="urn:rushes:everything-of:Other"), "not the assigner's"),
        (lambda d: d["permission"][0].pop("target"), "no target"),
        (lambda d: d["permission"][0]["duty"][0].update(consequence=[]), "consequence"),
        (lambda d: d["permission"][0]["duty"][0].update(action="watchFilm"), "watchFilm"),
        (lambda d: d["permission"][0].update({"rushes:modelSurvivesTerm": "no"}), "modelSurvivesTerm"),
        (lambda d: d.update({"@type": "Offer"}), "only an Agreement"),
        (lambda d: d.update(conflict="perm"), "conflict"),
        (lambda d: d.update(assignee="urn:rushes:show:other"), "granted to"),
        (lambda d: d.update(profile="https://example.org/p"), "profile"),
        (lambda d: d.update(obligation=[{"action": "inform"}]), "obligation"),
        (lambda d: d["@context"].append({"permission": "odrl:prohibition"}), "other meanings"),
        (lambda d: d.update({"@context": []}), "not that of ODRL"),
        (lambda d: (d.pop("permission"), d.pop("prohibition")), "permits nothing"),
    ],
)
def test_whatever_is_not_understood_is_refused(change, fault):
    with pytest.raises(BadMaterial) as refused:
        read(spoilt(change))
    assert any(fault in reason for reason in refused.value.reasons), refused.value.reasons


def test_all_faults_are_told_at_once():
    def change(document):
        constraint("count", "lteq", "3")(document)
        document.update(profile="https://example.org/p", conflict="perm")

    with pytest.raises(BadMaterial) as refused:
        read(spoilt(change))
    assert len(refused.value.reasons) == 3


def test_two_permissions_become_two_licences():
    def change(document):
        other = deepcopy(document["permission"][0])
        other.update(action="cawg:data_mining", target="urn:rushes:asset:plate_c", constraint=[])
        document["permission"].append(other)

    first, second = read(spoilt(change))
    assert first == LICENCE
    assert (second.name, second.assets, second.actions) == ("lic1-2", ("plate_c",), ("cawg.data_mining",))
    assert (second.uses, second.ends, second.forbids) == (("*",), None, ())


def test_a_prohibition_of_its_own_forbids_what_the_permission_allows():
    def change(document):
        document["prohibition"] = {"target": "urn:rushes:asset:plate_a", "action": "cawg:ai_generative_training"}

    grants = read(spoilt(change))
    assert [grant.actions for grant in grants][1] == ()
    plate = Asset("nf", "plate_a", "plate", "Nightfall Ltd", (), (), (1, 1), 8, 8, "24", "ACEScg")
    use = Use("nf", GENERATIVE_TRAINING, "paint", "GB", date(2027, 1, 1))
    said = objections(plate, use, Grants(grants))
    assert "R-LIC-10" in {objection.rule for objection in said}


def test_constraints_of_a_rule_all_hold():
    def change(document):
        document.pop("prohibition")
        for one in (
            constraint("spatial", "eq", "GB"),
            constraint("dateTime", "lteq", "2028-06-30"),
            constraint("dateTime", "gt", "2026-06-30"),
        ):
            one(document)

    [licence] = read(spoilt(change))
    assert (licence.territories, licence.starts, licence.ends) == (("GB",), date(2026, 7, 1), date(2028, 6, 30))


def test_identifiers_of_others_are_taken_where_somebody_has_said_what_they_stand_for():
    def change(document):
        document["assigner"] = {"@type": "Party", "uid": "urn:isni:0000"}
        document["assignee"] = "https://doi.org/10.5240/EIDR"
        document["permission"][0].update(target="urn:isan:1", action="https://cawg.io/tdm/ai_training")
        document["prohibition"] = []

    known = {"urn:isni:0000": "Nightfall Ltd", "https://doi.org/10.5240/EIDR": "nf", "urn:isan:1": "plate_a"}
    [licence] = from_odrl(spoilt(change), show="nf", name="n", known=known)
    assert (licence.owner, licence.assets, licence.actions) == ("Nightfall Ltd", ("plate_a",), (TRAINING,))


@settings(max_examples=40, deadline=None)
@given(st.dates(date(2020, 1, 2), date(2040, 1, 1)), st.sampled_from(["lt", "lteq", "gt", "gteq"]))
def test_a_further_constraint_never_widens_a_licence(day, operator):
    licence, *bans = read(spoilt(constraint("dateTime", operator, day.isoformat())))
    # the prohibition keeps its own term, and is a licence of its own where that is another now
    banned = [(one.forbids, one.starts, one.ends) for one in (licence, *bans) if one.forbids]
    assert banned == [(LICENCE.forbids, LICENCE.starts, LICENCE.ends)]
    last = {"lt": day - timedelta(1), "lteq": day}.get(operator, LICENCE.ends)
    first = {"gt": day + timedelta(1), "gteq": day}.get(operator, LICENCE.starts)
    assert (licence.starts, licence.ends) == (max(first, LICENCE.starts), min(last, LICENCE.ends))


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', "[1]", "{", "[" * 100_000])
def test_a_text_that_could_mean_two_things_or_nothing_is_refused(text):
    with pytest.raises(BadMaterial, match="agreement"):
        parse_odrl(text)
