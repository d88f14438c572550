"""A training run as an in-toto statement: fields as SLSA Provenance 1.0 and in-toto Statement 1 name them."""

from dataclasses import replace

import pytest

from rushes.papers.training_statement import training_statement


@pytest.fixture(scope="module")
def statement(facts):
    return training_statement(facts)


@pytest.fixture(scope="module")
def inputs(statement):
    return statement["predicate"]["buildDefinition"]["resolvedDependencies"]


def test_its_subject_is_the_weights(statement, facts):
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert statement["predicateType"] == "https://slsa.dev/provenance/v1"
    (subject,) = statement["subject"]
    assert "sha256:" + subject["digest"]["sha256"] == facts.model.weights.digest


def test_what_was_asked_for_is_apart_from_what_the_machine_was(statement):
    definition = statement["predicate"]["buildDefinition"]
    assert definition["buildType"] == "https://rushes.dev/Training/v1"
    asked = definition["externalParameters"]
    assert (asked["seed"], asked["department"], asked["base"]) == (7, "look", None)
    assert asked["recipe"] == {"encoding": "ACEScct", "name": "standard", "seed": 7}
    assert set(definition["internalParameters"]) == {"versions", "machine", "threads", "deterministic"}


def test_every_lesson_says_which_frames_taught_in_which_role(inputs):
    lessons = {one["name"]: one["annotations"] for one in inputs if one.get("annotations", {}).get("role")}
    assert lessons["nf_012_0040"]["role"] == "before"
    assert lessons["nf_012_0040"]["frames"] == [1001, 1002, 1003, 1006]
    assert list(lessons["harbour_ref"]["files"]) == ["harbour_ref.1.exr"]


def test_packages_are_named_as_package_urls(inputs):
    assert [one["uri"] for one in inputs if "uri" in one] == [
        "pkg:pypi/numpy@2.3.1",
        "pkg:generic/python@3.11.2",
        "pkg:pypi/rushes@0.1.0",
        "pkg:pypi/torch@2.13.0%2Bcpu",
    ]


def test_every_input_can_be_recognised(inputs):
    """In-toto asks that of a resource: at least one of uri, digest, content."""
    assert all("uri" in one or len(one["digest"]["sha256"]) == 64 for one in inputs)


def test_who_ran_it_when_and_what_else_came_out(statement, facts):
    details = statement["predicate"]["runDetails"]
    assert details["builder"] == {"id": facts.run.builder, "version": {"rushes": "0.1.0"}}
    assert details["metadata"] == {
        "invocationId": "train-1a2b3c4d5e6f",
        "startedOn": "2026-11-22T15:00:00Z",
        "finishedOn": "2026-11-22T15:04:05Z",
    }
    report, place = details["byproducts"]
    assert report["name"] == "training.html"
    assert place["annotations"]["log"] == {"origin": "northlight.example/log", "index": 41}


def test_what_nobody_noted_is_left_out(facts, facts_of):
    bare = facts_of(log=None, run=replace(facts.run, started=None, finished=None, job=""))
    details = training_statement(bare)["predicate"]["runDetails"]
    assert details["metadata"] == {}
    assert [one["name"] for one in details["byproducts"]] == ["training.html"]
