"""Grants come in from other people's files, all of them or none, and go out into them."""

import csv
import io
import json
from hashlib import sha256

import pytest

from rushes.domain.grants import Consent, Licence
from rushes.settings import read_settings
from rushes.studio import open_studio

LICENCE = ("rights", "licence", "own", "--owner", "Pedal Films", "--allow", "ai_training", "--territory", "GB")


def fact(kind, name):
    with open_studio(read_settings()) as studio:
        return studio.ledger.find(kind, "nf", name)


@pytest.fixture
def paper(show):
    path = show / "own.pdf"
    path.write_bytes(b"%PDF-1.4 signed")
    return path


def test_a_licence_goes_out_as_an_agreement_and_comes_back_as_it_was(show, typed, paper):
    typed(*LICENCE, "--paper", str(paper), "--duty", "credit=name them", "--ends", "2999-12-31", "--clause", "4.2")
    assert typed("rights", "export", "own.jsonld", "--as", "odrl", "--name", "own")[0] == 0
    said = json.loads((show / "own.jsonld").read_text())
    assert said["@type"] == "Agreement"
    code, _, err = typed("rights", "import", "own.jsonld", "--name", "again", "--paper", str(paper))
    assert code == 0, err
    before, after = fact(Licence, "own"), fact(Licence, "again")
    assert (after.owner, after.actions, after.territories, after.ends, after.duties, after.clause) == (
        before.owner,
        before.actions,
        before.territories,
        before.ends,
        before.duties,
        before.clause,
    )
    assert after.paper.digest == "sha256:" + sha256(paper.read_bytes()).hexdigest()


def test_an_agreement_that_names_a_document_is_taken_only_with_that_very_document(show, typed, paper):
    typed(*LICENCE, "--paper", str(paper))
    typed("rights", "export", "own.jsonld", "--as", "odrl", "--name", "own")
    (show / "other.pdf").write_bytes(b"another")
    code, _, err = typed("rights", "import", "own.jsonld", "--name", "again", "--paper", str(show / "other.pdf"))
    assert code == 1
    assert "that very file" in err


def test_a_sheet_goes_out_is_filled_in_and_comes_back_all_of_it_or_none(show, typed):
    typed(*LICENCE)
    typed("rights", "consent", "bo", "--person", "bo", "--allow", "ai_training", "--use", "look")
    assert typed("rights", "export", "grants.csv", "--as", "sheet")[0] == 0
    rows = list(csv.reader(io.StringIO((show / "grants.csv").read_text("utf-8-sig"))))
    assert len(rows) == 3
    taken = typed("rights", "import", "grants.csv")
    assert taken[0] == 1
    assert "licence own" in taken[2]
    name = rows[0].index("name")
    for row in rows[1:]:
        row[name] += "-2"
    with (show / "new.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    assert typed("rights", "import", "new.csv")[0] == 0
    assert fact(Consent, "bo-2").person == "bo"
    with (show / "bad.csv").open("w", newline="") as file:
        csv.writer(file).writerows([*rows, ["nonsense"] * len(rows[0])])
    code, _, err = typed("rights", "import", "bad.csv")
    assert code == 1
    assert "line 4" in err


def test_the_show_goes_out_in_the_words_of_the_studios_ontology(show, typed):
    typed("rights", "party", "bo", "--title", "Bo Li")
    assert typed("rights", "export", "omc.json", "--as", "omc", "--identifier", "eidr.org=10.5240/AB")[0] == 0
    said = (show / "omc.json").read_text()
    assert "10.5240/AB" in said
    assert "Bo Li" not in said


def test_what_is_no_form_no_file_or_no_pair_is_refused(show, typed):
    assert "did you mean 'sheet'" in typed("rights", "export", "x", "--as", "sheets")[2]
    assert typed("rights", "import", "nowhere.csv")[0] == 1
    assert typed("rights", "export", "x", "--as", "omc", "--identifier", "eidr")[0] == 1
    (show / "x.jsonld").write_text("{")
    assert typed("rights", "import", "x.jsonld")[0] == 1
