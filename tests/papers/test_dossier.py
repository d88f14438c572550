"""A dossier that the tests of papers share, and what it answers by itself."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from rushes.domain.actions import GENERATIVE_TRAINING, INFERENCE, TRAINING
from rushes.domain.clearances import OptIn, Title
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Person, Review, Show, Take
from rushes.domain.parts import AssetFile, Duty, Further, Item, Measure, Scope
from rushes.domain.records import digest_of, digest_of_bytes
from rushes.domain.rules import FactKind, Pack, PolicyRule, Reason
from rushes.domain.said import Statement
from rushes.papers.dossier import Changed, Dossier, Lesson, Mark, Recorded, Said, System, TakeFacts
from rushes.papers.exposure import Cut, CutShot, Exposure, Placed

AT = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
SHOW = Show("sun", "sun", "Nocne słońce", "Żuraw Film Sp. z o.o.", "PL", "ocio://x", "ACEScg", "Rec.709", "view", "24")
WORDS = {
    "tool.terms_checked_at": FactKind("tool.terms_checked_at", "date", "when the terms were last read", derived=False),
    "delivery.final": FactKind("delivery.final", "bool", "whether it is the final deliverable", derived=False),
}


def file(name, size=1000):
    return AssetFile(name, digest_of_bytes(name.encode()), size)


def asset(name, kind="plate", people=(), owner="Żuraw Film Sp. z o.o.", frames=(1001, 1040)):
    files = tuple(file(f"{name}.{number}.exr") for number in range(frames[0], frames[0] + 3))
    return Asset("sun", name, kind, owner, people, files, frames, 1920, 1080, "24", "ACEScg", "01:00:00:00")


PLATE, CLEAN = asset("sc012_plate", people=("mia",)), asset("sc012_clean", "grade", ("mia",), frames=(1001, 1003))
FIXES = asset("sc012_fixes", "grade", ("mia",), frames=(1020, 1021))
LICENCE = Licence(
    "sun",
    "lic-zuraw",
    "Żuraw Film Sp. z o.o.",
    ("*",),
    (TRAINING, INFERENCE),
    ("*",),
    ("PL", "US"),
    date(2026, 1, 1),
    date(2031, 12, 31),
    file("licence.pdf"),
    duties=(Duty("credit", "a credit in the end titles", None),),
)
CONSENT = Consent(
    "sun",
    "con-mia",
    "mia",
    (TRAINING,),
    ("paint",),
    None,
    date(2029, 6, 1),
    None,
    described="wires painted out of the fight on the roof",
    elements=("signature",),
)
DATASET = Dataset(
    "sun",
    "wires",
    "paint",
    TRAINING,
    "PL",
    (Item(digest_of(PLATE), "before", 1, (1001, 1003)), Item(digest_of(CLEAN), "after", 1, (1001, 1003))),
    (digest_of(LICENCE), digest_of(CONSENT)),
    date(2026, 11, 1),
    date(2029, 6, 1),
)
MODEL = Model(
    "sun",
    "unwired",
    "paint",
    digest_of(DATASET),
    "{}",
    7,
    file("weights.safetensors", 4_200_000),
    Scope("sun", ("paint",), ("mia",), "PL", date(2029, 6, 1)),
    (Measure("left of the wire", 0.012, "", 0.05, True),),
    (file("report.html"),),
    None,
    (),
    "c2lnbmVk",
)
EARLIER_TAKE = Take(
    "sun",
    "sc012_plate_v001",
    "paint",
    digest_of(MODEL),
    digest_of(PLATE),
    1,
    "{}",
    (1001, 1040),
    (file("v001.1001.exr"),),
    "ACEScg",
    (),
)
TAKE = replace(
    EARLIER_TAKE,
    name="sc012_plate_v002",
    number=2,
    settings='{"grain":true,"strength":0.8}',
    files=tuple(file(f"v002.{number}.exr") for number in range(1001, 1041)),
    further=(Further("fixes", digest_of(FIXES)),),
)
SENT_BACK = Review("sun", "r1", digest_of(EARLIER_TAKE), "ana", "sent back", "the rope is still there", AT)
REVIEW = Review("sun", "r2", digest_of(TAKE), "ana", "approved", "gone & clean, <thank you>", AT + timedelta(hours=1))
TITLE = Title(
    "sun", "sc012_plate.title", "sc012_plate", "Żuraw Film Sp. z o.o.", "own capture", None, None, file("camera.pdf")
)
OPT_IN = OptIn("sun", "lukasz.1", "lukasz", ("sc012_clean", "sc012_fixes"), agreed=True, role="paint artist")
PEOPLE = (Person("sun", "ana", "", ("paint",)), Person("sun", "lukasz", "", ()), Person("sun", "jo", "", ()))
NAMES = {"ana": "Ana Bell", "lukasz": "Łukasz Żółć", "jo": "Jóhanna Þórsdóttir", "mia": "Mia Nguyễn"}
DELIVERY = Delivery("sun", "reel1", (digest_of(TAKE),), (digest_of(REVIEW),), (), (file("reel1.exr"),), AT)
RULE = PolicyRule(
    "EOI-03",
    "Each element has its class: A, B or C.",
    "S83",
    ("may_release",),
    (),
    (),
    "block",
    "Say which class the element is of.",
    "",
    {},
    {},
)
PACK = Pack("eo-insurance", "2026.1", "E&O", "shows", "S83", (RULE,))
REASON = Reason(RULE, "eo-insurance 2026.1", "block", ("element.class",), ())
TERMS = Statement("sun", "tool.terms_checked_at", None, '"2026-10-01"', "read by our lawyer", file("terms.pdf"))
FINAL = Statement("sun", "delivery.final", digest_of(TAKE), "true", "reel 1 is locked")
CUT = Cut(
    "Reel 1 locked",
    "reel1.edl",
    digest_of_bytes(b"cut"),
    (
        CutShot(1, "SC012_0010", "V1", ("01:00:00:00", "01:00:01:16"), 40, ("sc012_plate",), (86400, 86439), "24"),
        CutShot(2, "SC012_0020", "V1", ("01:00:01:16", "01:00:03:08"), 40, ("sc013_plate",), (86400, 86439), "24"),
    ),
    ("2 gaps",),
)


def recorded(*nouns):
    return {
        digest_of(noun): Recorded("jo", AT - timedelta(days=9 - place), 100 + place) for place, noun in enumerate(nouns)
    }


def facts(**changes):
    lesson = Lesson(MODEL, DATASET)
    assets = {digest_of(one): one for one in (PLATE, CLEAN, FIXES)}
    return TakeFacts(
        **{
            "take": TAKE,
            "plate": PLATE,
            "lessons": (lesson,),
            "assets": assets,
            "review": REVIEW,
            "makes": "an artist's fix on the rest of the shot",
            "tries": ("sc012_plate_v001", "sc012_plate_v002"),
            "sent_back": (("sc012_plate_v001", SENT_BACK),),
            "by_hand": (1020, 1021),
            "changed": Changed(0.0312, 0.5134, 1017, 40, 1, "the take's own delta layer"),
            "known": {"take.reviewers": ("ana",), "model.people": ("mia",)},
            "open": (("may_release", REASON),),
            **changes,
        }
    )


def dossier(**changes):
    """Return a dossier of one approved take of a fix, with all that it rests on."""
    grants = {digest_of(one): one for one in (LICENCE, CONSENT)}
    said = (Said(TERMS, "ana", AT - timedelta(days=3)), Said(FINAL, "ana", AT))
    order = (
        LICENCE,
        PLATE,
        CLEAN,
        FIXES,
        OPT_IN,
        TITLE,
        DATASET,
        MODEL,
        TAKE,
        CONSENT,
        TERMS,
        FINAL,
        REVIEW,
        SENT_BACK,
    )
    return Dossier(
        **{
            "show": SHOW,
            "at": AT,
            "takes": (facts(),),
            "delivery": DELIVERY,
            "grants": grants,
            "system": System(
                {"rushes": "0.1.0", "python": "3.11"},
                {"files": "/studio/vault"},
                "zuraw.example/log",
                "zuraw.example/log\n214\nZm9v\n",
                "ed25519:abcd",
                214,
            ),
            "titles": {"sc012_plate": TITLE},
            "opt_ins": (OPT_IN,),
            "people": PEOPLE,
            "names": NAMES,
            "said": said,
            "words": WORDS,
            "packs": (PACK,),
            "recorded": recorded(*order),
            "exposure": Exposure(CUT, (Placed(1, digest_of(TAKE), 40, "name and timecode"),), ()),
            "marks": (
                Mark("signed metadata", True, "C2PA manifest found in each movie"),
                Mark("watermark", False, "looked for in frame 1001"),
            ),
            **changes,
        }
    )


def test_a_person_is_called_as_in_the_credits_and_after_an_erasure_by_the_pseudonym():
    assert dossier().title("lukasz") == "Łukasz Żółć"
    assert dossier(names={}).title("lukasz") == "lukasz"


def test_of_what_was_said_the_nearest_subject_counts_and_of_that_the_newest():
    of_show = Statement("sun", "delivery.final", None, "false", "not yet", revision=9)
    newer = replace(FINAL, value="false", why="reopened", revision=3)
    said = tuple(Said(one, "ana", AT) for one in (of_show, FINAL, newer))
    one = dossier(said=said)
    assert one.statement("delivery.final", facts().subjects).statement.why == "reopened"
    assert one.statement("delivery.final", (None,)).value is False
    assert one.statement("delivery.reaches_eu", facts().subjects) is None


def test_a_model_that_made_two_takes_is_one_lesson_and_teaches_once():
    twice = dossier(takes=(facts(), facts()))
    assert [lesson.model.name for lesson in twice.lessons()] == ["unwired"]
    assert [(asset.name, role) for _, asset, role, _ in twice.taught()] == [
        ("sc012_plate", "before"),
        ("sc012_clean", "after"),
    ]


@pytest.mark.parametrize(("action", "generative"), [(TRAINING, False), (GENERATIVE_TRAINING, True)])
def test_a_lesson_is_generative_where_its_owners_cleared_it_as_such(action, generative):
    assert Lesson(MODEL, replace(DATASET, action=action)).generative is generative


def test_what_was_stated_comes_back_as_a_plain_value():
    assert Said(replace(TERMS, value=json.dumps(["GB", "US"])), "ana", AT).value == ["GB", "US"]
