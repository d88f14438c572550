from dataclasses import replace

import pytest

from rushes.domain.passports import Bases, Passport, base_objections
from rushes.domain.records import digest_of

BASE = Passport("nf", "sketch", "sha256:" + 64 * "a", "Vendor Ltd", "by contract", "its own drawings", True, None)
NO = Bases("nf", "bases", False, "the insurer wants none")


def objected(base, *passports, bases=()):
    known = {digest_of(one): one for one in passports}
    return base_objections("m", base, passports=known, bases=bases)


def test_a_model_that_began_with_random_numbers_needs_no_passport_and_is_forbidden_by_nobody():
    assert objected(None) == objected(None, bases=[NO]) == []


def test_a_base_with_a_passport_that_the_show_allows_is_fine():
    assert objected(digest_of(BASE), BASE) == []


def test_a_base_without_a_passport_is_refused():
    assert "without a passport" in objected(digest_of(BASE))[0]


def test_the_newest_word_about_a_base_stands():
    no = replace(BASE, allowed=False, revision=1)
    assert "does not allow" in objected(digest_of(BASE), BASE, no)[0]
    assert objected(digest_of(BASE), BASE, no, replace(BASE, revision=2)) == []


def test_a_name_that_stands_for_other_weights_now_vouches_for_the_old_ones_no_more():
    other = replace(BASE, weights="sha256:" + 64 * "b", revision=1)
    assert "other weights" in objected(digest_of(BASE), BASE, other)[0]


@pytest.mark.parametrize("said", [[NO], [replace(NO, allowed=True), replace(NO, revision=1)]])
def test_a_show_can_forbid_them_all_whatever_a_passport_says(said):
    assert "forbids them all: the insurer wants none" in objected(digest_of(BASE), BASE, bases=said)[0]


def test_a_show_that_allows_them_again_asks_each_passport():
    assert objected(digest_of(BASE), BASE, bases=[NO, replace(NO, allowed=True, revision=1)]) == []


def test_everything_that_speaks_against_it_is_said_at_once():
    assert len(objected(digest_of(BASE), bases=[NO])) == 2
