import stat
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.domain.errors import BadMaterial, Damaged
from rushes.ledger.people import People

WORDS = {"title": "Bo Łi", "contact": "agent@example.com"}


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=30), max_size=4))
def test_what_was_sealed_comes_back_as_it_was(tmp_path_factory, words):
    people = People(tmp_path_factory.mktemp("people"))
    assert people.open("nf", "bo", people.seal("nf", "bo", words)) == words


def test_what_was_sealed_shows_nothing_of_it_and_never_looks_the_same(tmp_path):
    people = People(tmp_path / "people")
    one, other = people.seal("nf", "bo", WORDS), people.seal("nf", "bo", WORDS)
    assert one != other
    assert WORDS["title"].encode() not in b64decode(one)
    assert WORDS["contact"].encode() not in b64decode(one)


def test_once_erased_nobody_reads_what_was_sealed_and_no_byte_of_the_key_is_left(tmp_path):
    people = People(tmp_path / "people")
    sealed = people.seal("nf", "bo", WORDS)
    [key] = (tmp_path / "people").iterdir()
    assert people.erase("nf", "bo")
    assert people.open("nf", "bo", sealed) == {}
    assert not key.exists()
    assert not people.erase("nf", "bo")


def test_after_an_erasure_a_new_key_does_not_open_what_was_sealed_before(tmp_path):
    people = People(tmp_path / "people")
    before = people.seal("nf", "bo", WORDS)
    people.erase("nf", "bo")
    people.seal("nf", "bo", WORDS)
    with pytest.raises(Damaged):
        people.open("nf", "bo", before)


def test_one_persons_seal_does_not_open_as_another_persons(tmp_path):
    people = People(tmp_path / "people")
    sealed = people.seal("nf", "bo", WORDS)
    people.seal("nf", "cy", WORDS)
    keys = {path.name: path for path in (tmp_path / "people").iterdir()}
    keys["nf+cy.key"].write_bytes(keys["nf+bo.key"].read_bytes())
    with pytest.raises(Damaged):
        people.open("nf", "cy", sealed)


def test_a_changed_seal_is_refused(tmp_path):
    people = People(tmp_path / "people")
    sealed = people.seal("nf", "bo", WORDS)
    with pytest.raises(Damaged):
        people.open("nf", "bo", ("A" if sealed[30] != "A" else "B").join((sealed[:30], sealed[31:])))


def test_keys_are_for_their_owners_eyes_only(tmp_path):
    People(tmp_path / "people").seal("nf", "bo", WORDS)
    [key] = (tmp_path / "people").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["../bo", "a/b", "", "a+b", ".bo"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    with pytest.raises(BadMaterial):
        People(tmp_path / "people").seal("nf", name, WORDS)
