"""The packets: what they tell, where it is from, and that nothing unknown is filled in."""

import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from rushes.domain.actions import GENERATIVE_TRAINING
from rushes.domain.clearances import OptIn
from rushes.domain.grants import Withdrawal
from rushes.domain.records import digest_of
from rushes.domain.said import Statement
from rushes.papers.document import sources_of
from rushes.papers.dossier import Lesson, Mark, Said
from rushes.papers.packet_eu50 import DATES, LABEL, OUTPUT
from rushes.papers.packet_guilds import GUILDS
from rushes.papers.packet_netflix import PRINCIPLES, USE_CASES
from rushes.papers.packets import PACKETS, files_of_packet
from rushes.policy.packs import installed_packs, known_facts, read_pack

_spec = importlib.util.spec_from_file_location("cast", Path(__file__).with_name("test_dossier.py"))
cast = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cast)


def every_answer(document):
    """Yield section, key and answer of every line, and of every cell of every table."""
    for name, section in document.json["sections"].items():
        for key, part in section.items():
            if key in ("title", "words"):
                continue
            for answer in part.get("answers", ()):
                yield name, key, answer
            for row in part.get("rows", ()):
                yield from (
                    (name, f"{key}.{column}", {**cell, "from": row["from"]})
                    for column, cell in row.items()
                    if column != "from"
                )


def answer(document, section, key):
    return [one for where, name, one in every_answer(document) if (where, name) == (section, key)]


@pytest.mark.parametrize("kind", PACKETS)
def test_a_packet_of_nothing_but_the_ledger_says_of_everything_else_that_nobody_has_stated_it(kind):
    bare = cast.dossier(
        said=(),
        titles={},
        opt_ins=(),
        exposure=None,
        marks=(),
        packs=(),
        words=dict(known_facts()),
        takes=(cast.facts(changed=None, review=None, sent_back=(), known={}, open=()),),
    )
    document = PACKETS[kind](bare)
    asked = {
        name
        for pack in map(read, installed_packs())
        for rule in pack.rules
        for condition in (*rule.when, *rule.must)
        for name in condition.needs
    }
    facts = [(key, one) for _, key, one in every_answer(document) if key in asked]
    assert all(one["text"] is None and one["from"] == [{"words": f"fact {key}"}] for key, one in facts)
    assert document.unstated >= len(facts)
    told = json.dumps(document.json, ensure_ascii=False)
    assert "3.1 %" not in told
    assert "own capture" not in told


def read(name):
    return read_pack(installed_packs()[name], name)


@pytest.fixture(scope="module")
def packets():
    return {kind: packet(cast.dossier(words=dict(known_facts()))) for kind, packet in PACKETS.items()}


def test_everything_told_says_where_it_is_from(packets):
    bare = [
        (kind, where, key)
        for kind, document in packets.items()
        for where, key, one in every_answer(document)
        if one["text"] is not None and not one["from"] and where != "records"
    ]
    assert bare == []


def test_every_short_digest_is_in_the_records_in_full(packets):
    for document in packets.values():
        cited = {source.digest for section in document.sections[:-1] for source in sources_of(section) if source.digest}
        listed = [row["digest"]["text"] for row in document.json["sections"]["records"]["facts"]["rows"]]
        assert set(listed) == cited
        assert listed == sorted(listed)


def test_a_packet_draws_no_conclusion(packets):
    for document in packets.values():
        told = json.dumps(document.json).lower()
        assert not re.search(
            r"\b(complies|compliant|is lawful|is legal\b|fair use|copyrightable|is insurable|is exempt)", told
        )
        assert "no legal conclusion is drawn" in told


def test_the_insurer_sees_the_exposed_shot_its_share_and_who_approved_it():
    document = PACKETS["eo"](cast.dossier())
    told = {key.removeprefix("exposed."): one for _, key, one in every_answer(document) if key.startswith("exposed.")}
    assert told["shot"]["text"] == "1 SC012_0010"
    assert told["record"]["text"] == "01:00:00:00 – 01:00:01:16"
    assert told["changed"]["value"]["most"] == 0.5134
    assert (told["over_half"]["text"], told["over_half"]["value"]) == ("yes", True)
    assert told["approved"]["text"] == "Ana Bell"
    assert answer(document, "exposure", "shots")[0]["text"] == "1 of 2"
    assert answer(document, "exposure", "others")[0]["value"] == [2]
    assert answer(document, "glance", "over_half")[0]["text"] == "sc012_plate_v002"


def test_without_a_cut_and_without_a_measure_the_map_says_so():
    document = PACKETS["eo"](cast.dossier(exposure=None, takes=(cast.facts(changed=None),)))
    assert answer(document, "exposure", "cut")[0]["text"] is None
    assert [one["text"] for one in answer(document, "exposure", "takes.changed")] == [None]
    assert answer(document, "glance", "over_half")[0]["text"] is None


def test_a_take_that_was_not_looked_for_in_the_cut_is_listed_too():
    other = replace(cast.TAKE, name="sc012_plate_v003", number=3)
    document = PACKETS["eo"](cast.dossier(takes=(cast.facts(), replace(cast.facts(), take=other))))
    assert [one["text"] for one in answer(document, "exposure", "unplaced.take")] == ["sc012_plate_v003"]
    assert [one["text"] for one in answer(document, "exposure", "unplaced.why")] == ["it was not looked for"]


def test_the_insurer_sees_which_grant_came_after_the_work_and_which_was_withdrawn():
    gone = Withdrawal("sun", "con.gone", digest_of(cast.CONSENT), cast.AT.date(), "no longer")
    document = PACKETS["eo"](cast.dossier(withdrawals={digest_of(cast.CONSENT): gone}))
    assert [one["text"] for one in answer(document, "grants", "late")] == ["con-mia, after unwired"]
    terms = [one["text"] for one in answer(document, "grants", "instruments.term")]
    assert terms[0] == "2026-01-01 to 2031-12-31"
    assert terms[1].endswith("WITHDRAWN from 2026-11-26: no longer")
    assert [one["text"] for one in answer(document, "grants", "instruments.paper")] == ["licence.pdf", "none on file"]


def test_an_open_rule_is_told_with_what_nobody_has_stated():
    document = PACKETS["eo"](cast.dossier())
    told = {key: one["text"] for where, key, one in every_answer(document) if where == "open"}
    assert told["open.rule"] == "EOI-03"
    assert told["open.text"].endswith("nobody has stated element.class")
    none = PACKETS["eu50"](cast.dossier())
    assert none.sections[-2].parts[0].nothing == "The show has not chosen eu-ai-act-50: nothing was held against it."


def test_the_office_gets_who_did_what_and_the_measured_share_and_no_claim():
    document = PACKETS["copyright"](cast.dossier())
    created = answer(document, "form", "author_created")
    assert (created[0]["about"], created[0]["text"]) == ("the work as a whole", None)
    assert created[1]["text"].splitlines()[:2] == [
        "Łukasz Żółć, paint artist: made grade sc012_clean, of which frames 1001, 1003 taught unwired",
        "Łukasz Żółć, paint artist: painted frames 1020–1021 by hand (sc012_fixes); they stand as painted",
    ]
    assert "Jóhanna Þórsdóttir: put sc012_plate through unwired with strength 0.8" in created[1]["text"]
    assert "Ana Bell: approved it, out of 2 takes of this plate" in created[1]["text"]
    excluded = answer(document, "form", "material_excluded")[0]
    assert excluded["value"]["mean"] == 0.0312
    assert excluded["text"].endswith("the model was cleared to change pictures, not to make new ones")
    assert answer(document, "record_1", "by_hand")[0]["value"] == [1020, 1021]


def test_work_by_somebody_who_is_not_on_record_is_told_as_such():
    document = PACKETS["copyright"](cast.dossier(opt_ins=()))
    assert "(who is not stated): made grade sc012_clean" in answer(document, "form", "author_created")[1]["text"]
    assert [one["text"] for one in answer(document, "record_1", "deeds.who")][:2] == [None, None]


def test_a_model_that_makes_new_pictures_is_told_as_one():
    dataset = replace(cast.DATASET, action=GENERATIVE_TRAINING)
    facts = cast.facts(lessons=(Lesson(cast.MODEL, dataset),))
    assert (
        "cleared to make new pictures"
        in answer(PACKETS["copyright"](cast.dossier(takes=(facts,))), "form", "material_excluded")[0]["text"]
    )
    assert (
        answer(PACKETS["eu50"](cast.dossier(takes=(facts,))), "made", "takes.cleared")[0]["text"]
        == "one that makes new pictures"
    )


def test_marks_are_told_as_they_were_found():
    document = PACKETS["eu50"](cast.dossier())
    said = {layer: answer(document, "marking", layer)[0] for layer in ("signed_metadata", "watermark", "fingerprint")}
    assert (said["signed_metadata"]["text"], said["signed_metadata"]["value"]) == ("present", True)
    assert (said["watermark"]["text"], said["watermark"]["value"]) == ("not present", False)
    assert said["fingerprint"]["text"] is None
    unseen = PACKETS["eu50"](cast.dossier(marks=(Mark("watermark", None, "nobody looked"),)))
    assert answer(unseen, "marking", "watermark") == [{"text": None, "from": [{"words": "nobody looked"}]}]


def test_the_credits_name_everyone_whose_work_or_likeness_taught_with_role_and_department():
    document = PACKETS["credits"](cast.dossier())
    rows = [
        tuple(one["text"] for _, key, one in every_answer(document) if key == f"names.{column}")
        for column in ("name", "role")
    ]
    assert list(zip(*rows, strict=True))[:3] == [
        ("Łukasz Żółć", "paint artist"),
        ("Mia Nguyễn", "performer"),
        ("Ana Bell", "approved the take"),
    ]
    assert answer(document, "unknown", "nameless")[0]["text"] == "named above"


def test_an_artist_who_declined_is_counted_and_named_nowhere():
    no = replace(cast.OPT_IN, agreed=False, revision=1)
    people = tuple(one for one in cast.PEOPLE if one.name != "lukasz")  # an assessor sees everybody on the show
    for kind, packet in PACKETS.items():
        told = json.dumps(packet(cast.dossier(opt_ins=(cast.OPT_IN, no), people=people)).json, ensure_ascii=False)
        assert "Łukasz" not in told, kind
        assert "lukasz" not in told, kind
    document = PACKETS["credits"](cast.dossier(opt_ins=(cast.OPT_IN, no)))
    assert answer(document, "unknown", "declined")[0]["value"] == 1
    assert answer(document, "unknown", "nameless")[0]["about"] == "sc012_clean"


def test_one_answer_for_all_is_told_once_and_several_each_with_its_take():
    other = replace(cast.TAKE, name="sc012_plate_v003", number=3)
    takes = (cast.facts(), replace(cast.facts(), take=other))
    document = PACKETS["netflix"](cast.dossier(takes=takes))
    final = answer(document, "principle_temporary", "delivery.final")
    assert [(one["about"], one["text"]) for one in final] == [("sc012_plate_v002", "yes"), ("sc012_plate_v003", None)]
    assert len(answer(document, "reported", "client.told_at")) == 1


def test_the_director_is_looked_for_among_those_who_reviewed():
    named = Statement("sun", "director.name", None, '"ana"', "the deal")
    document = PACKETS["guilds"](cast.dossier(said=(Said(named, "jo", cast.AT),)))
    assert answer(document, "directors", "director.name")[0]["text"] == "Ana Bell"
    assert answer(document, "directors", "seen")[0]["text"] == "sc012_plate_v002: approved"
    assert answer(PACKETS["guilds"](cast.dossier()), "directors", "seen")[0]["text"] is None


def test_who_is_owed_a_credit_and_is_not_in_the_export_is_told():
    said = tuple(
        Said(Statement("sun", f"credits.{name}", None, json.dumps(value), "from the call sheets"), "jo", cast.AT)
        for name, value in (("workers", ["A", "B"]), ("exported", ["A"]))
    )
    assert answer(PACKETS["credits"](cast.dossier(said=said)), "credits", "missing")[0]["text"] == "B"
    assert answer(PACKETS["credits"](cast.dossier()), "credits", "missing")[0]["text"] is None


def test_an_assessor_sees_where_things_lie_what_is_missing_and_the_checkpoint():
    system = replace(cast.dossier().system, missing=("v002.1007.exr",))
    document = PACKETS["tpn"](cast.dossier(system=system))
    assert answer(document, "places", "place_0")[0]["text"] == "/studio/vault"
    assert answer(document, "integrity", "missing")[0]["value"] == ["v002.1007.exr"]
    assert answer(document, "log", "checkpoint")[0]["text"].startswith("zuraw.example/log\n214")
    assert answer(document, "integrity", "held.bytes")[0]["value"] == 3000


def needed(*packs):
    """Return what the rules of some packs ask of people."""
    found = {
        name
        for pack in map(read, packs)
        for rule in pack.rules
        for condition in (*rule.when, *rule.must)
        for name in condition.needs
    }
    found |= {f"answers.{rule.id}" for pack in map(read, packs) for rule in pack.rules if rule.otherwise == "escalate"}
    return {name for name in found if name not in known_facts() or not known_facts()[name].derived} - {"answers.none"}


def test_a_packet_asks_for_all_that_its_rules_ask_of_people():
    netflix = {name for _, facts in (*PRINCIPLES.values(), *USE_CASES.values()) for name in facts.split()}
    assert needed("netflix-genai") - netflix - {"client.told_at"} == set()
    guilds = {name for _, _, facts in GUILDS.values() for name in facts.split()}
    assert needed(*(pack for _, pack, _ in GUILDS.values())) - guilds == set()
    assert needed("eu-ai-act-50") - {*OUTPUT, *LABEL, *DATES} == set()


@pytest.mark.parametrize(
    ("kind", "pack"), [("eo", "eo-insurance"), ("copyright", "us-copyright-office"), ("tpn", "mpa-or5")]
)
def test_the_packets_of_one_pack_ask_for_all_of_it(packets, kind, pack):
    asked = {key for _, key, _ in every_answer(packets[kind])}
    assert needed(pack) - asked - {"take.alteration_share"} == set()


def test_a_packet_is_a_pdf_and_a_json_of_its_kind(packets):
    files = files_of_packet(packets["eu50"])
    assert files["eu50.pdf"].startswith(b"%PDF-1.4")
    assert json.loads(files["eu50.json"])["document"] == "eu50@1"


def test_words_of_people_are_told_as_they_said_them():
    word = OptIn("sun", "x", "jo", ("sc012_clean",), agreed=True, role="lead <compositor> & paint")
    rows = answer(PACKETS["credits"](cast.dossier(opt_ins=(word,))), "artists", "names.role")
    assert rows[0]["text"] == "lead <compositor> & paint"
