"""Whatever a show is made of: every clip that taught and every grant relied on is on every paper, and nothing else."""

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.papers.card import model_card_page
from rushes.papers.mlbom import ml_bom
from rushes.papers.spdx import spdx_document
from rushes.papers.training_statement import training_statement

PEOPLE, OWNERS = ("Ada Actor", "B. O'Brien", "Čeněk <Ž>"), ("Northlight & Co", "Harbour", "Zoë")
LESSONS = st.lists(
    st.tuples(
        st.sampled_from(OWNERS),
        st.sets(st.sampled_from(PEOPLE)).map(sorted).map(tuple),
        st.sampled_from(["before", "after", "reference"]),
        st.sets(st.integers(1, 8), min_size=1).map(sorted).map(tuple),
    ),
    min_size=1,
    max_size=4,
)


def named_in(paper):
    return set(re.findall(r"[0-9a-f]{64}", json.dumps(paper)))


@settings(max_examples=20, deadline=None)
@given(lessons=LESSONS)
def test_every_clip_and_every_grant_is_on_every_paper(facts_from, lessons):
    facts = facts_from(lessons)
    taught = {digest.removeprefix("sha256:") for digest in facts.assets}
    relied_on = {digest.removeprefix("sha256:") for digest in facts.grants}
    for paper in (ml_bom(facts), training_statement(facts), spdx_document(facts)):
        assert taught | relied_on <= named_in(paper)
    inputs = training_statement(facts)["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert {one["digest"]["sha256"] for one in inputs if "digest" in one} == taught | relied_on | {
        facts.model.dataset.removeprefix("sha256:")
    }
    licences = ml_bom(facts)["components"][0]["licenses"]
    assert [one["license"]["bom-ref"] for one in licences] == [f"rushes:{digest}" for digest in facts.dataset.grants]
    card = model_card_page(facts)
    assert all(asset.name in card for asset in facts.assets.values())
    assert all(f"<code>{digest[:8]}</code>" in card for digest in relied_on)


@settings(max_examples=10, deadline=None)
@given(lessons=LESSONS)
def test_the_bill_of_any_show_is_cyclonedx(facts_from, cyclonedx, lessons):
    assert [error.message for error in cyclonedx.iter_errors(ml_bom(facts_from(lessons)))] == []


@settings(max_examples=10, deadline=None)
@given(lessons=LESSONS)
def test_the_same_show_in_another_order_of_gathering_gives_the_same_papers(facts_from, lessons):
    one, other = facts_from(lessons), facts_from(lessons, backwards=True)
    for paper in (ml_bom, training_statement, spdx_document, model_card_page):
        assert paper(one) == paper(other)
