"""The bill of materials is CycloneDX 1.7 by the official schema, and says whose material taught the model."""

import copy
from dataclasses import replace

import pytest

from rushes.papers.mlbom import ml_bom


@pytest.fixture(scope="module")
def bom(facts):
    return ml_bom(facts)


def complaints(schema, bom):
    return [f"{error.json_path}: {error.message}" for error in schema.iter_errors(bom)]


def references(value):
    """Every bom-ref, and every mention of one."""
    made, used = [], []
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if key == "bom-ref":
            made.append(inner)
        elif key == "ref":
            used.append(inner)
        elif key == "dependsOn" or (key == "dependencies" and all(isinstance(one, str) for one in inner)):
            used += inner
        elif isinstance(inner, dict | list):
            deeper = references(inner)
            made, used = made + deeper[0], used + deeper[1]
    return made, used


def test_the_official_schema_has_nothing_to_say(bom, cyclonedx):
    assert complaints(cyclonedx, bom) == []


@pytest.mark.parametrize("bare", ["nothing noted", "a base"])
def test_nor_where_little_is_known(facts, facts_of, cyclonedx, bare):
    run = replace(facts.run, started=None, finished=None, job="")
    model = replace(facts.model, base="sha256:" + "5" * 64 if bare == "a base" else None, measures=(), reports=())
    small = facts_of(run=run, log=None, model=model, words=type(facts.words)())
    assert complaints(cyclonedx, ml_bom(small)) == []


SPOILT = {
    "no kind of component": lambda bom: bom["components"][0].pop("type"),
    "no name of the model": lambda bom: bom["metadata"]["component"].pop("name"),
    "no format": lambda bom: bom.pop("bomFormat"),
    "half a hash": lambda bom: bom["components"][0]["hashes"][0].update(content="abc"),
    "an owner who is nobody": lambda bom: bom["components"][0]["data"][0]["governance"]["owners"][0].clear(),
    "a word of our own": lambda bom: bom["metadata"]["component"]["modelCard"].update(rushes="yes"),
    "a licence that SPDX does not list": lambda bom: bom["components"][0]["licenses"].append(
        {"license": {"id": "Rushes-1.0"}}
    ),
    "an algorithm family that nobody knows": lambda bom: bom["components"].append(
        {
            "type": "cryptographic-asset",
            "name": "x",
            "cryptoProperties": {"assetType": "algorithm", "algorithmProperties": {"algorithmFamily": "rot13"}},
        }
    ),
}


@pytest.mark.parametrize("how", SPOILT)
def test_the_schema_does_object_to_a_spoilt_bill(bom, cyclonedx, how):
    spoilt = copy.deepcopy(bom)
    SPOILT[how](spoilt)
    assert complaints(cyclonedx, spoilt) != []


def test_every_reference_leads_somewhere_and_no_two_things_share_one(bom):
    made, used = references(bom)
    assert len(made) == len(set(made))
    assert set(used) <= set(made)


def test_each_clip_says_who_owns_it_who_is_seen_and_by_whose_leave(bom):
    clips = {one["name"]: one for one in bom["components"] if one["type"] == "data"}
    (data,) = clips["nf_012_0040"]["data"]
    assert data["governance"]["owners"] == [{"organization": {"name": "Northlight Pictures"}}]
    assert data["classification"] == "TLP:RED"
    assert data["sensitiveData"] == ["likeness of Ada Actor"]
    assert data["contents"]["properties"] == [{"name": "before", "value": "1001–1003, 1006"}]
    named = [one["license"]["name"] for one in clips["nf_012_0040"]["licenses"]]
    assert named == ["own_footage", "actor_look"]
    assert clips["harbour_ref"]["data"][0]["sensitiveData"] == []


def test_the_grants_are_licences_of_the_dataset_with_their_end(bom):
    dataset = bom["components"][0]
    terms = {one["license"]["name"]: one["license"]["licensing"] for one in dataset["licenses"]}
    assert terms["harbour_2026"]["licensor"] == {"organization": {"name": "Harbour Stills Ltd"}}
    assert terms["harbour_2026"]["expiration"] == "2028-12-31T23:59:59Z"
    assert terms["actor_look"]["licensor"] == {"individual": {"name": "Ada Actor"}}
    assert "expiration" not in terms["own_footage"]


def test_the_card_holds_measures_and_what_they_were_held_against(bom):
    card = bom["metadata"]["component"]["modelCard"]
    assert card["quantitativeAnalysis"]["performanceMetrics"][1] == {
        "type": "delta_e_itp, worst frame",
        "value": "2.75",
    }
    assert {"name": "rushes:threshold:delta_e_itp, worst frame", "value": "2.5 (missed)"} in card["properties"]
    assert card["considerations"]["technicalLimitations"] == ["It has seen daylight only; night scenes are a guess."]


def test_the_same_facts_give_the_same_bill_and_another_model_another_number(facts, facts_of, bom):
    assert ml_bom(facts_of()) == bom
    other = facts_of(model=replace(facts.model, name="other"))
    assert ml_bom(other)["serialNumber"] != bom["serialNumber"]
