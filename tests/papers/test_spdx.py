"""The same in SPDX 3.0.1, held against the official schema: AI and Dataset profiles."""

import copy
from dataclasses import replace

import pytest

from rushes.domain.records import digest_of
from rushes.papers.spdx import spdx_document


@pytest.fixture(scope="module")
def document(facts):
    return spdx_document(facts)


@pytest.fixture(scope="module")
def elements(document):
    return {element["spdxId"]: element for element in document["@graph"] if "spdxId" in element}


def of_kind(elements, kind):
    return {element["name"]: element for element in elements.values() if element["type"] == kind}


def test_the_official_schema_has_nothing_to_say(document, spdx):
    assert [error.message[:200] for error in spdx.iter_errors(document)] == []


SPOILT = {
    "no kind of data": ("dataset_DatasetPackage", lambda one: one.pop("dataset_datasetType")),
    "a level that nobody knows": (
        "dataset_DatasetPackage",
        lambda one: one.update(dataset_confidentialityLevel="secret"),
    ),
    "no word on people": ("ai_AIPackage", lambda one: one.update(ai_useSensitivePersonalInformation="perhaps")),
    "a word of our own": ("ai_AIPackage", lambda one: one.update(rushes="yes")),
    "no creation": ("ai_AIPackage", lambda one: one.pop("creationInfo")),
    "a time of day of our own": ("ai_AIPackage", lambda one: one.update(builtTime="noon")),
    "no text": ("expandedlicensing_CustomLicense", lambda one: one.pop("simplelicensing_licenseText")),
    "no end": ("Relationship", lambda one: one.pop("to")),
}


@pytest.mark.parametrize("how", SPOILT)
def test_the_schema_does_object_to_a_spoilt_element(document, spdx, how):
    """An element alone is held against its own part of the schema, for a whole document takes seconds."""
    kind, spoil = SPOILT[how]
    element = copy.deepcopy(next(one for one in document["@graph"] if one["type"] == kind))
    rules = {"$defs": spdx.schema["$defs"], "$ref": f"#/$defs/{kind}", "unevaluatedProperties": False}
    alone = spdx.evolve(schema=rules)
    assert alone.is_valid(element)
    spoil(element)
    assert not alone.is_valid(element)


def test_every_address_in_it_leads_somewhere(document, elements):
    mine = document["@graph"][1]["spdxId"].partition("#")[0] + "#"

    def addresses(value):
        if isinstance(value, dict | list):
            inner = value.values() if isinstance(value, dict) else value
            return {found for one in inner for found in addresses(one)}
        return {value} if isinstance(value, str) and value.startswith(mine) else set()

    assert addresses(document["@graph"]) == set(elements)
    listed = document["@graph"][1]["element"]
    assert set(listed) == set(elements) - {document["@graph"][1]["spdxId"]}
    assert len(listed) == len(set(listed))


def test_the_model_was_trained_on_the_dataset_which_holds_every_clip(elements):
    names = {spdx_id: element.get("name") for spdx_id, element in elements.items()}
    links = {
        (names[one["from"]], one["relationshipType"]): [names[target] for target in one["to"]]
        for one in elements.values()
        if "relationshipType" in one
    }
    assert links["harbour", "trainedOn"] == ["harbour_v2"]
    assert links["harbour_v2", "contains"] == ["nf_012_0040", "nf_012_0040_grade", "harbour_ref"]
    assert links["harbour_ref", "hasDeclaredLicense"] == ["harbour_2026"]
    assert links["nf_012_0040", "hasDeclaredLicense"] == ["own_footage", "actor_look"]
    assert links["nf_012_0040", "other"] == ["Ada Actor"]
    assert links["harbour", "dependsOn"] == ["harbour_first"]
    assert links["harbour", "usesTool"] == ["numpy", "python", "rushes", "torch"]


def test_each_clip_says_whether_people_can_be_recognised_and_how_confidential_it_is(elements):
    clips = of_kind(elements, "dataset_DatasetPackage")
    assert clips["nf_012_0040"]["dataset_hasSensitivePersonalInformation"] == "yes"
    assert clips["harbour_ref"]["dataset_hasSensitivePersonalInformation"] == "no"
    assert {clip["dataset_confidentialityLevel"] for clip in clips.values()} == {"red"}
    assert clips["harbour_ref"]["dataset_datasetType"] == ["image"]
    assert clips["nf_012_0040"]["dataset_datasetType"] == ["video"]


def test_the_profiles_get_what_they_ask_for(elements):
    """AIPackage and DatasetPackage of the SPDX 3.0.1 model, external properties restrictions."""
    model = of_kind(elements, "ai_AIPackage")["harbour"]
    asked = {"suppliedBy", "releaseTime", "software_downloadLocation", "software_packageVersion"}
    assert asked | {"software_primaryPurpose"} <= set(model)
    asked = {"originatedBy", "builtTime", "releaseTime", "software_downloadLocation", "software_primaryPurpose"}
    for clip in of_kind(elements, "dataset_DatasetPackage").values():
        assert asked <= set(clip)


def test_a_model_nobody_can_be_recognised_by_says_so(facts, facts_of):
    still = facts.dataset.items[2]
    dataset = replace(facts.dataset, items=(still,))
    scope = replace(facts.model.scope, people=())
    model = replace(facts.model, dataset=digest_of(dataset), scope=scope)
    document = spdx_document(facts_of(dataset=dataset, model=model))
    found = next(one for one in document["@graph"] if one.get("name") == "harbour")
    assert found["ai_useSensitivePersonalInformation"] == "no"


def test_the_same_facts_give_the_same_document(facts_of, document):
    assert spdx_document(facts_of()) == document
