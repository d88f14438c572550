"""The page for producers and lawyers says in words what the records say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser

import pytest

from rushes.domain.grants import Consent, Licence
from rushes.domain.nouns import Dataset, Person, Review, Take
from rushes.domain.parts import AssetFile
from rushes.domain.records import digest_of
from rushes.signing.papers import chain_of_title_page, settings_in_words

AT = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.said = []

    def handle_data(self, data):
        self.said.append(data.strip())


def page(papers, **more):
    take = next(noun for noun in papers.values() if isinstance(noun, Take) and noun.name == "sh010_v001")
    html = chain_of_title_page("reel_1", [take], papers, people={"ana": "Ana Bell, colourist"}, at=AT, **more)
    words = Words()
    words.feed(html)
    return unescape(" ".join(filter(None, words.said)))


def with_licence(papers, **terms):
    """The papers with another licence in the place of theirs."""
    old = next(noun for noun in papers.values() if isinstance(noun, Licence))
    dataset_key, dataset = next((key, noun) for key, noun in papers.items() if isinstance(noun, Dataset))
    new = replace(old, **terms)
    grants = tuple(digest_of(new) if key == digest_of(old) else key for key in dataset.grants)
    return papers | {digest_of(new): new, dataset_key: replace(dataset, grants=grants)}


def test_a_licence_is_there_with_its_territory_its_days_and_what_it_covers(papers):
    days = {"starts": AT.date(), "ends": None}
    said = page(with_licence(papers, assets=("sh010", "sh020"), territories=("GB", "DE"), **days))
    assert "Northlight sh010, sh020 teaching a model that makes no pictures of its own cawg.ai_training" in said
    assert "for look GB, DE from 2026-11-22 for ever none on file" in said
    assert "everything of this owner" in page(with_licence(papers, territories=("*",)))
    assert "everywhere from always" in page(with_licence(papers, territories=("*",)))


def test_a_consent_covers_a_likeness(papers):
    consent = next(noun for noun in papers.values() if isinstance(noun, Consent))
    assert f"the likeness of {consent.person}" in page(papers)
    assert "it counts until 2030-01-01" in page(papers)


def test_the_key_that_signs_and_the_way_to_the_place_in_the_log_are_named(papers):
    assert "the studio's key ab12cd" in page(papers, key_id="ab12cd")
    assert "studio.pub" in page(papers)
    assert "log/proof.json" in page(papers)


def test_the_files_of_every_take_are_counted(papers):
    old, take = next((key, noun) for key, noun in papers.items() if isinstance(noun, Take))
    take = replace(take, files=tuple(AssetFile(f"{n}.exr", "sha256:" + "3" * 64, 9) for n in range(2)))
    review = next(noun for noun in papers.values() if isinstance(noun, Review))
    papers = {key: noun for key, noun in papers.items() if key != old} | {digest_of(take): take}
    papers["review"] = replace(review, take=digest_of(take))
    assert "Takes 1, 2 files of frames" in page(papers)
    assert "frames 1–2, 2 files, ACEScg" in page(papers)


def test_takes_of_the_plate_that_were_sent_back_stand_there_with_their_notes_and_the_newest_review_counts(papers):
    take = next(noun for noun in papers.values() if isinstance(noun, Take))
    other = replace(take, name="sh010_v000", number=0)
    person = Person(take.show, "ana", "Ana Bell, colourist", ("look",))
    first = Review(take.show, "r0", digest_of(other), "ana", "sent back", "too warm", AT - timedelta(days=1))
    second = Review(take.show, "r1", digest_of(take), "ana", "sent back", "sky <flat>", AT - timedelta(hours=1))
    said = page({digest_of(noun): noun for noun in (second, first, other, person)} | papers)
    assert "sh010_v000 Ana Bell, colourist 2026-11-21 15:00 too warm sh010_v001 Ana Bell" in said
    assert "sky <flat>" in said
    assert "Approved by S. Supervisor" in said
    assert "Sent back" not in page(papers)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("{}", "everything as learned"),
        ('{"cdl":true,"curves":true,"lattice":1.0,"spatial":true,"strength":1.0}', "everything as learned"),
        ('{"cdl":true,"curves":false,"lattice":1.0,"strength":0.8}', "curves off, strength 0.8"),
        ('{"strength":0.0}', "strength 0"),
        ('{"plate":"sky"}', "plate sky"),
    ],
)
def test_settings_are_said_in_words(settings, words):
    assert settings_in_words(settings) == words
