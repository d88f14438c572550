import json
from dataclasses import replace
from datetime import date

import pytest

from rushes.domain.actions import TRAINING
from rushes.domain.clearances import Discharge
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset, Dataset, Show
from rushes.domain.parts import AssetFile, Duty, Item
from rushes.domain.question import Grants
from rushes.domain.records import digest_of
from rushes.papers.croissant import to_croissant

SHOW = Show("nf", "nf", "Nightfall", "Nightfall Ltd", "GB", "ocio://x", "ACEScg", "sRGB", "ACES", "24")
FILES = tuple(AssetFile(f"a.{n}.exr", f"sha256:{n:x}".ljust(71, "0"), n) for n in range(1001, 1005))
PLATE = Asset("nf", "plate a", "plate", "Owner Ltd", ("ann", "ben"), FILES, (1001, 1004), 64, 32, "24", "ACEScg")
GRADE = replace(PLATE, name="grade", people=(), files=(AssetFile("g.mov", "sha256:" + "f" * 64, 99),))
LICENCE = Licence("nf", "lic1", "Owner Ltd", ("*",), (TRAINING,), ("look",), ("GB",), None, date(2030, 12, 31))
CONSENT = Consent("nf", "con1", "ann", (TRAINING,), ("look",), None, None)
ASSETS = {digest_of(asset): asset for asset in (PLATE, GRADE)}
ITEMS = (Item(digest_of(PLATE), "before", 1, (1002, 1004)), Item(digest_of(GRADE), "after", 1, (1002, 1004)))
DATASET = Dataset(
    "nf",
    "look1",
    "look",
    TRAINING,
    "GB",
    ITEMS,
    (digest_of(LICENCE), digest_of(CONSENT)),
    date(2026, 11, 1),
    date(2030, 12, 31),
)
OTHER = replace(LICENCE, name="lic2")
GRANTS = Grants([OTHER, LICENCE], [CONSENT])


@pytest.fixture
def described():
    return to_croissant(SHOW, DATASET, ASSETS, grants=GRANTS)


def test_everything_that_croissant_requires_is_there(described):
    # "Required" in the specification of 1.1, section Dataset-level information
    required = ("@context", "@type", "conformsTo", "description", "license", "name", "url", "creator", "datePublished")
    assert [key for key in (*required, "distribution") if not described.get(key)] == []
    assert described["conformsTo"][0] == "http://mlcommons.org/croissant/1.1"
    assert (described["@type"], described["datePublished"]) == ("sc:Dataset", "2026-11-01")
    for file in described["distribution"]:
        assert [key for key in ("@id", "name", "contentUrl", "encodingFormat", "sha256") if not file.get(key)] == []
    assert json.loads(json.dumps(described)) == described


def test_only_the_files_that_are_taught_are_listed_each_once(described):
    listed = {file["name"]: file for file in described["distribution"]}
    assert list(listed) == ["a.1002.exr", "a.1004.exr", "g.mov"]
    assert listed["a.1002.exr"]["sha256"] == FILES[1].digest.removeprefix("sha256:")
    assert [file["contentSize"] for file in listed.values()] == ["1002 B", "1004 B", "99 B"]
    assert listed["a.1002.exr"]["encodingFormat"] == "image/x-exr"
    assert listed["g.mov"]["prov:wasAttributedTo"]["prov:label"] == "Owner Ltd"


def test_records_say_what_belongs_together_and_where_it_is(described):
    [records] = described["recordSet"]
    ids = {file["@id"] for file in described["distribution"]}
    assert [list(row.values())[:4] for row in records["data"]] == [
        [1, "before", "plate a", 1002],
        [1, "before", "plate a", 1004],
        [1, "after", "grade", 1002],
        [1, "after", "grade", 1004],
    ]
    assert {row["frames/file"] for row in records["data"]} == ids
    assert {field["@id"] for field in records["field"]} == set(records["data"][0])


def test_the_licences_are_there_in_odrl_with_every_word_in_its_own_namespace(described):
    [policy] = described["usageInfo"]
    [permission] = policy["odrl:permission"]
    assert policy["@type"] == ["sc:CreativeWork", "odrl:Agreement"]
    assert permission["odrl:action"] == [{"@id": "cawg:ai_training"}]
    assert permission["odrl:target"] == [{"@id": "urn:rushes:everything-of:Owner%20Ltd"}]
    spatial = [one for one in permission["odrl:constraint"] if one["odrl:leftOperand"] == {"@id": "odrl:spatial"}]
    assert spatial[0] == {
        "odrl:leftOperand": {"@id": "odrl:spatial"},
        "odrl:operator": {"@id": "odrl:isAnyOf"},
        "odrl:rightOperand": ["GB"],
    }
    known = set(described["@context"])
    assert {key.split(":")[0] for key in policy if ":" in key} <= known


def test_a_licence_that_was_withdrawn_or_paid_for_says_so(described):
    licence = replace(LICENCE, duties=(Duty("compensate", "pay", None),))
    digest, day = digest_of(licence), date(2026, 12, 1)
    grants = Grants(
        [licence], [], [Withdrawal("nf", "w", digest, day, "")],
        discharges=[Discharge("nf", "d", digest, "compensate", day)],
    )  # fmt: skip
    [policy] = to_croissant(SHOW, replace(DATASET, grants=(digest,)), ASSETS, grants=grants)["usageInfo"]
    assert policy["rushes:withdrawn"] == "2026-12-01"
    assert policy["odrl:permission"][0]["odrl:duty"][0]["rushes:dischargedAt"] == "2026-12-01"


def test_people_are_counted_and_not_named(described):
    assert described["rai:personalSensitiveInformation"] == (
        "2 people can be recognised; the consent of 1 of them is on record."
    )
    unseen = {digest: replace(asset, people=None) for digest, asset in ASSETS.items()}
    said = to_croissant(SHOW, DATASET, unseen, grants=GRANTS)["rai:personalSensitiveInformation"]
    assert said.endswith("In 2 assets nobody has looked.")
    assert "ann" not in json.dumps({key: value for key, value in described.items() if key != "@context"})


def test_use_and_provenance_are_stated(described):
    assert described["rai:dataUseCases"] == (
        "cawg.ai_training by the department look of nf, in GB until 2030-12-31; nothing else."
    )
    assert described["prov:wasDerivedFrom"] == [{"@id": f"urn:{digest}"} for digest in ASSETS]
    assert described["prov:wasGeneratedBy"]["prov:endedAtTime"] == "2026-11-01"
