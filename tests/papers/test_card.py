"""The card says in words what the records say, to somebody who reads nothing else."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from rushes.domain.records import digest_of
from rushes.papers.card import model_card_page
from rushes.papers.model_facts import Words


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.said, self.tags, self.addresses = [], [], []
        self.skips = False

    def handle_starttag(self, tag, attrs):
        self.skips = tag in ("style", "title")
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action")]

    def handle_endtag(self, tag):
        self.skips = False

    def handle_data(self, data):
        if not self.skips:
            self.said += data.split()


def read(facts):
    reader = Reader()
    reader.feed(model_card_page(facts))
    return reader


def words(facts):
    return " ".join(read(facts).said)


@pytest.fixture(scope="module")
def said(facts):
    return words(facts)


@pytest.mark.parametrize(
    "sentence",
    [
        "Model card: harbour Northern Light · Northlight Pictures",
        "May be used for look on Northern Light in GB; anything else is refused",
        "Until 2028-12-31",
        "Taught by 9 frames of 3 clips of Harbour Stills Ltd, Northlight Pictures",
        "Who is seen Ada Actor each with a consent on record",
        "Weights of other origin none",
        "Thresholds 1 of 2 missed delta_e_itp, worst frame",
        "It makes an editable grade: CDL, curves and a residual LUT.",
        "any production but Northern Light the work of any department but look work outside GB anything after 2028-12",
        "It has seen daylight only; night scenes are a guess.",
        "before nf_012_0040 plate 1001–1003, 1006 Northlight Pictures Ada Actor own_footage, actor_look",
        "reference harbour_ref still 1 Harbour Stills Ltd nobody harbour_2026",
        "it follows an earlier approved model of this show: harbour_first.",
        "in return: name Harbour Stills in the end credits",
        "until 2028-12-31 the first to end",
        "Ada Actor nf_012_0040, nf_012_0040_grade actor_look the person 2029-06-30",
        "delta_e_itp, mean 0.84 1.5 met",
        "size of the LUT 33 points none",
        "rushes rebuild harbour --show northern_light",
        "Recipe encoding ACEScct, name standard Seed 7",
        "numpy 2.3.1, python 3.11.2, rushes 0.1.0, torch 2.13.0+cpu",
        "1 thread; only arithmetic that gives the same bits again",
        "2026-11-22 15:00:00 UTC to 15:04:05 UTC",
        "entry 41 of northlight.example/log",
    ],
)
def test_it_says(said, sentence):
    assert sentence in said


def test_its_digests_are_whole(said, facts):
    assert {facts.model.weights.digest, facts.digest, facts.model.dataset} <= set(said.split())


def test_it_stands_alone(facts):
    """Nothing is fetched, and nothing runs."""
    reader = read(facts)
    assert reader.addresses == []
    assert not {"script", "img", "link", "iframe"} & set(reader.tags)


def test_a_name_cannot_write_into_the_page(facts_of):
    page = model_card_page(facts_of(words=Words(limits=("<script>alert(1)</script>",))))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_base_is_named_where_there_is_one(facts, facts_of):
    base = "sha256:" + "5" * 64
    said = words(facts_of(model=replace(facts.model, base=base)))
    assert f"Weights of other origin one base {base}" in said
    assert f"Started from a base, {base}" in said


def test_what_nobody_knows_is_said_to_be_unknown(facts, facts_of):
    run = replace(facts.run, started=None, finished=None)
    model = replace(facts.model, measures=(), earlier=())
    said = words(facts_of(run=run, model=model, log=None, words=Words()))
    assert "nobody noted when" in said
    assert "Logged not yet" in said
    assert "Nothing was measured." in said
    assert "Nobody has written down what it does badly." in said
    assert "earlier approved" not in said


def test_a_person_known_from_an_earlier_model_alone_is_named_too(facts, facts_of):
    scope = replace(facts.model.scope, people=("a_actor", "b_other"))
    said = words(facts_of(model=replace(facts.model, scope=scope)))
    assert "b_other an earlier model only on the papers of the earlier model" in said
    assert "see below for consents" in said


def test_a_licence_that_a_model_may_outlive_says_so_and_is_not_the_first_to_end(facts, facts_of):
    grants = [replace(g, outlives=True) if g.name == "harbour_2026" else g for g in facts.grants.values()]
    dataset = replace(facts.dataset, grants=tuple(map(digest_of, grants)))
    model = replace(facts.model, dataset=digest_of(dataset))
    said = words(facts_of(grants={digest_of(g): g for g in grants}, dataset=dataset, model=model))
    assert "until 2028-12-31 the model may be used after that" in said
    assert "until 2029-06-30 the first to end" in said
