"""The desk of a clearance person: what is found out, held, reserved, owed, asked and answered, by command."""

import json
from hashlib import sha256

import numpy as np
import pytest

from rushes.domain.clearances import Request
from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Asset
from rushes.ledger.people import People
from rushes.settings import read_settings
from rushes.studio import open_studio

LICENCE = ("rights", "licence", "own", "--owner", "Pedal Films", "--allow", "ai_training", "--allow", "ai_inference")


@pytest.fixture
def plate(show, typed, write_exr):
    for number in (1, 2, 3):
        write_exr(show / f"plate.{number:04d}.exr", np.full((3, 36, 64), 0.18 * number, np.float32))
    code, _, said = typed(
        "ingest", "sc12", str(show / "plate.####.exr"), "--colour-space", "ACEScg", "--owner", "Pedal Films"
    )
    assert code == 0, said
    return show


def objected(typed, *more):
    return [one["rule"] for one in json.loads(typed("rights", "missing", "sc12", *more, "--json")[1])]


def fact(kind, name):
    with open_studio(read_settings()) as studio:
        return studio.ledger.find(kind, "nf", name)


def test_whoever_can_be_recognised_and_nobody_knows_locks_the_clip_until_somebody_says_who(plate, typed):
    typed(*LICENCE)
    assert objected(typed) == ["R-CON-01"]
    code, said, _ = typed("rights", "depict", "sc12", "--person", "unknown-1", "--frames", "1-2", "--what", "body")
    assert (code, said) == (0, "sc12: unknown-1 can be recognised in 1-2 by body\n")
    assert objected(typed) == ["R-CON-02"]
    assert "who unknown-1 is" in typed("rights", "whom", "sc12")[1]
    typed("rights", "know", "sc12", "--nobody")
    assert objected(typed) == []


def test_a_depiction_outside_the_clip_is_refused(plate, typed):
    code, _, said = typed("rights", "depict", "sc12", "--person", "bo", "--frames", "2-9")
    assert code == 1
    assert "frames 1-3" in said
    assert "2-9" in said


def test_a_hold_is_put_and_lifted_with_a_reason_and_what_is_not_held_cannot_be_lifted(plate, typed):
    typed(*LICENCE)
    typed("rights", "know", "sc12", "--nobody")
    assert typed("rights", "hold", "Pedal Films", "--kind", "dispute", "--reason", " ")[0] == 1
    assert typed("rights", "hold", "Pedal Films", "--kind", "dispute", "--reason", "who owns the negative?")[0] == 0
    assert objected(typed) == ["R-HLD-01"]
    assert (
        "dispute on Pedal Films" in typed("rights", "lift", "Pedal Films", "--kind", "embargo", "--reason", "over")[2]
    )
    assert typed("rights", "lift", "Pedal Films", "--kind", "dispute", "--reason", "settled")[0] == 0
    assert objected(typed) == []


def test_a_reservation_is_recorded_and_lifted_by_a_licence_that_says_so(plate, typed):
    typed(*LICENCE)
    typed("rights", "know", "sc12", "--nobody")
    typed("rights", "reserve", "sc12", "--scheme", "rsl", "--action", "ai_training", "--words", "prohibits ai-train")
    assert objected(typed) == ["R-TDM-01"]
    assert objected(typed, "--action", "ai_inference") == []
    lifts = (*LICENCE[:2], "own2", *LICENCE[3:], "--lifts-reservations", "--clause", "4.2")
    assert typed(*lifts)[0] == 0
    assert objected(typed) == []


def test_a_duty_is_owed_until_it_is_done_and_named_as_what_ends(plate, typed):
    owed = ("--duty", "credit=name them", "--duty", "royalty@2999-03-31=pay 500 GBP", "--ends", "2999-12-31")
    typed(*LICENCE, *owed)
    typed("rights", "know", "sc12", "--nobody")
    assert objected(typed) == ["R-LIC-09"]
    (plate / "receipt.pdf").write_bytes(b"paid")
    assert "did you mean 'credit'" in typed("rights", "done", "own", "credits")[2]
    assert typed("rights", "done", "own", "credit", "--paper", str(plate / "receipt.pdf"))[0] == 0
    assert objected(typed) == []
    soon = json.loads(typed("rights", "ends", "--within", "400000", "--json")[1])
    assert [(one["what"], one["name"], one["on"]) for one in soon] == [
        ("duty", "own/royalty", "2999-03-31"),
        ("licence", "own", "2999-12-31"),
    ]
    assert "nothing ends within 90 days" in typed("rights", "ends")[1]


@pytest.mark.parametrize("duty", ["credit", "=name them", "credit=", "credit@soon=name them", "two words=name them"])
def test_a_duty_that_is_not_written_as_one_is_refused(show, typed, duty):
    assert typed(*LICENCE, "--duty", duty)[0] == 1


def test_a_title_has_a_basis_and_its_holder_becomes_the_owner_of_record(plate, typed):
    (plate / "deed.pdf").write_bytes(b"deed")
    assert typed("rights", "title", "sc12", "--holder", "Stock House", "--basis", "bought")[0] == 1
    deed = str(plate / "deed.pdf")
    assert typed("rights", "title", "sc12", "--holder", "Stock House", "--basis", "assignment", "--paper", deed)[0] == 0
    assert fact(Asset, "sc12").owner == "Stock House"


def test_what_is_allowed_but_thinly_documented_is_listed_and_no_refusal(plate, typed):
    typed(*LICENCE)
    typed("rights", "know", "sc12", "--nobody")
    code, said, _ = typed("rights", "missing", "sc12")
    assert code == 0
    assert "no document shows that Pedal Films owns it" in said
    assert "its paper is not in the vault" in said


def test_who_somebody_is_lies_sealed_and_an_erasure_leaves_nothing_but_the_name(plate, typed):
    typed("rights", "party", "bo", "--title", "Bo Li", "--contact", "bo@agents.example", "--identifier", "isni=0000")
    typed("rights", "know", "sc12", "--person", "bo")
    assert "bo@agents.example" in typed("rights", "whom", "sc12")[1]
    ledger = b"".join(path.read_bytes() for path in (plate / "studio").glob("ledger*"))
    assert ledger
    assert b"Bo Li" not in ledger
    assert b"bo@agents" not in ledger
    assert typed("rights", "erase", "bo", "--reason", "asked by letter of 3 March")[0] == 0
    assert "bo@agents.example" not in typed("rights", "whom", "sc12")[1]
    assert not list((plate / "studio" / "people").iterdir())
    assert typed("audit")[0] == 0
    assert "did you mean 'bo'" in typed("rights", "erase", "boo", "--reason", "x")[2]


def test_the_title_of_somebody_who_decides_is_sealed_too_and_shown_where_it_is_needed(show, typed):
    _, said, _ = typed("person", "ana", "--title", "Ana Bell, colourist", "--say", "look")
    assert "Ana Bell, colourist: has the say over look" in said
    assert b"Ana Bell" not in b"".join(path.read_bytes() for path in (show / "studio").glob("ledger*"))


def ask(typed, to, *more):
    words = ("request", "bo-1", "--person", "bo", "--asset", "sc12", "--use", "look", "--to", str(to))
    return typed("rights", *words, "--described", "We teach a grade from your scene; you are not changed.", *more)


@pytest.fixture
def asked(plate, typed):
    typed(*LICENCE)
    typed("rights", "know", "sc12", "--person", "bo")
    typed("rights", "party", "bo", "--title", "Bo <Li>")
    code, _, said = ask(typed, plate / "pack", "--until", "2999-06-30")
    assert code == 0, said
    return plate


def test_a_request_shows_the_exact_clip_and_says_the_exact_use(asked, typed):
    pack = asked / "pack"
    assert sorted(path.name for path in pack.iterdir()) == ["request.html", "request.json", "sc12.mp4"]
    page = (pack / "request.html").read_text()
    words = (
        "May we, Bo &lt;Li&gt;?",
        "We teach a grade from your scene",
        "frames 1–3 (3)",
        "30 June 2999",
        "You may say no",
    )
    assert [word for word in words if word not in page] == []
    request = fact(Request, "bo-1")
    assert json.loads((pack / "request.json").read_text())["digest"] in page
    assert request.clips[0].digest == "sha256:" + sha256((pack / "sc12.mp4").read_bytes()).hexdigest()


def test_a_yes_with_its_paper_becomes_a_consent_for_exactly_that(asked, typed):
    assert "--paper" in typed("rights", "reply", "bo-1", "--accept")[2]
    signed = ("rights", "reply", "bo-1", "--accept", "--paper", str(asked / "pack" / "request.html"))
    code, _, said = typed(*signed)
    assert code == 0, said
    consent = fact(Consent, "bo-1")
    assert consent.assets == ("sc12",)
    assert consent.uses == ("look",)
    assert consent.request
    assert objected(typed) == []
    assert objected(typed, "--use", "paint") == ["R-CON-05"]
    assert (
        "was accepted before"
        in typed("rights", "reply", "bo-1", "--accept", "--paper", str(asked / "pack" / "request.html"))[2]
    )


def test_a_no_needs_a_reason_and_allows_nothing(asked, typed):
    assert "--reason" in typed("rights", "reply", "bo-1", "--decline")[2]
    code, said, _ = typed("rights", "reply", "bo-1", "--decline", "--reason", "not my voice")
    assert (code, said) == (0, "bo-1: bo said no: not my voice\n")
    assert objected(typed) == ["R-CON-02"]


def test_a_request_that_is_vague_or_shows_nothing_of_them_is_refused_with_all_its_faults(plate, typed):
    typed("rights", "know", "sc12", "--nobody")
    code, _, said = ask(typed, plate / "pack", "--use", "*", "--frames", "2-7")
    assert code == 1
    assert [
        word for word in ("every department", "no frame 4, 5, 6, 7", "can be recognised in sc12") if word not in said
    ] == []
    assert not (plate / "pack").exists()


def test_a_licence_says_all_that_was_typed(show, typed):
    more = ("--forbid", "data_mining", "--models-outlive", "--clause", "7")
    assert typed(*LICENCE, *more)[0] == 0
    licence = fact(Licence, "own")
    assert (licence.forbids, licence.outlives, licence.lifts, licence.clause) == (
        ("cawg.data_mining",),
        True,
        False,
        "7",
    )


def test_a_seal_that_is_of_no_person_of_the_show_opens_nothing(show):
    assert People(show / "nowhere").open("nf", "bo", "") == {}
