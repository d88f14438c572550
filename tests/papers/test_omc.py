import json
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from jsonschema import Draft201909Validator

from rushes.domain.clearances import Party, Title
from rushes.domain.nouns import Asset, Show
from rushes.domain.parts import AssetFile
from rushes.domain.records import digest_of
from rushes.papers.omc import FUNCTIONAL, to_omc

OFFICIAL = Path(__file__).with_name("schemas") / "omc-json-2.8.schema.json"
SHA256 = "9f05d1e79456f7cc2275aca32500089d5a5788aa056ea6ceffa251ac89e7e295"
SHOW = Show("nf", "nf", "Nightfall", "Nightfall Ltd", "GB", "ocio://x", "ACEScg", "sRGB", "ACES", "24")
FILES = tuple(AssetFile(f"a.{n:04}.exr", "sha256:" + f"{n:x}" * 64, 100) for n in (1, 2))
PLATE = Asset("nf", "plate_a", "plate", "Nightfall Ltd", ("per-1",), FILES, (1, 2), 1920, 1080, "24", "ACEScg")
ACTOR = Party("nf", "per-1", "person", "c2VhbGVk")
EIDR = {"nf": {"eidr.org": "10.5240/7791-8534-2C23-9030-8610-5"}}


@cache
def validator():
    return Draft201909Validator(json.loads(OFFICIAL.read_text()))


def faults(entities):
    return [error.message for error in validator().iter_errors(entities)]


def test_the_schema_is_the_official_one():
    assert sha256(OFFICIAL.read_bytes()).hexdigest() == SHA256


def test_a_show_its_parties_and_its_material_are_valid_omc():
    movie = replace(PLATE, name="plate_b", owner=None, files=(AssetFile("b.mov", "sha256:" + "b" * 64, 9),))
    assert faults(to_omc(SHOW, [PLATE, movie], [ACTOR], identifiers=EIDR)) == []


@pytest.mark.parametrize("kind", [*FUNCTIONAL, "map"])
def test_every_kind_of_material_is_valid_and_of_a_class_that_omc_knows(kind):
    [*_, asset] = to_omc(SHOW, [replace(PLATE, kind=kind, files=FILES[:1], width=0, height=0)], [])
    known = validator().schema["$defs"]["Asset"]["properties"]
    functional = known["Asset"]["properties"]["assetFC"]["properties"]["functionalType"]["x-controlledValues"]
    assert faults(asset) == []
    assert asset["assetFC"]["functionalType"] in (*functional, None)
    assert asset["AssetSC"]["structuralType"] in known["AssetSC"]["properties"]["structuralType"]["x-controlledValues"]


def test_the_validation_finds_what_is_wrong():
    work, *_ = to_omc(SHOW, [], [])
    assert faults(work | {"creativeWorkCategory": "filmette"}) != []


def test_identifiers_are_ours_the_digests_and_those_of_others():
    title = Title("nf", "t", "plate_a", "Nightfall Ltd", "own capture", None, None, None)
    entities = to_omc(SHOW, [PLATE], [ACTOR], titles=[title], identifiers=EIDR)
    work, owner, actor, asset = entities
    assert faults(entities) == []
    assert work["identifier"] == [
        {"identifierScope": "rushes", "identifierValue": "nf"},
        {"identifierScope": "eidr.org", "identifierValue": EIDR["nf"]["eidr.org"]},
    ]
    assert asset["identifier"] == [
        {"identifierScope": "rushes", "identifierValue": "nf/asset/plate_a"},
        {"identifierScope": "sha256", "identifierValue": digest_of(PLATE).removeprefix("sha256:")},
    ]
    held = [one["identifierValue"] for one in asset["AssetSC"]["identifier"] if one["identifierScope"] == "sha256"]
    assert held == ["1" * 64, "2" * 64]
    assert (asset["AssetSC"]["structuralType"], asset["assetFC"]["functionalType"]) == (
        "digital.imageSequence",
        "capture",
    )
    assert actor["ParticipantSC"]["entityType"] == "Person"
    # whoever is referred to is there, under the same identifier
    [facts] = asset["customData"]
    references = [asset["provenance"]["CreatedBy"], *work["ProductionCompany"], facts["value"]["rightsHolder"]]
    assert [one["identifier"] for one in references] == [owner["identifier"]] * 3


def test_an_owner_by_assignment_is_not_said_to_have_created_it():
    title = Title("nf", "t", "plate_a", "Nightfall Ltd", "assignment", None, None, None)
    assert "provenance" not in to_omc(SHOW, [PLATE], [], titles=[title])[-1]


def test_a_person_who_owns_footage_is_one_participant():
    entities = to_omc(SHOW, [replace(PLATE, owner="per-1")], [ACTOR])
    names = [entity["name"] for entity in entities if entity["entityType"] == "Participant"]
    assert names == ["Nightfall Ltd", "per-1"]
