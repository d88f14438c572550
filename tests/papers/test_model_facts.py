"""The facts that papers are written from hold together, or no paper is written."""

from dataclasses import replace
from datetime import datetime

import pytest

from rushes.domain.errors import BadMaterial
from rushes.domain.nouns import Asset
from rushes.domain.records import digest_of
from rushes.papers.model_facts import grants_on, taught_by


def named(nouns, name):
    return next(noun for noun in nouns.values() if noun.name == name)


def test_everything_missing_is_named_at_once(facts_of):
    with pytest.raises(BadMaterial) as refusal:
        facts_of(assets={}, grants={}, earlier={})
    kinds = [reason.split(" sha256")[0] for reason in refusal.value.reasons]
    assert kinds == ["asset"] * 3 + ["grant"] * 3 + ["earlier model"]


def test_a_model_gets_no_papers_of_another_dataset(facts, facts_of):
    with pytest.raises(BadMaterial, match="was not taught by dataset other"):
        facts_of(dataset=replace(facts.dataset, name="other"))


def test_a_show_gets_no_papers_of_another_show(facts, facts_of):
    with pytest.raises(BadMaterial, match="not all of northern_light"):
        facts_of(show=replace(facts.show, name="southern_light"))


def test_a_noun_under_another_digest_is_refused(facts, facts_of):
    mixed = {digest: replace(noun, name="swapped") for digest, noun in facts.assets.items()}
    with pytest.raises(BadMaterial, match="asset swapped is not sha256"):
        facts_of(assets=mixed)


@pytest.mark.parametrize(("field", "said"), [("owner", "owns"), ("people", "can be recognised in")])
def test_what_nobody_has_said_is_not_written_down_as_if_somebody_had(facts_of, field, said):
    facts = facts_of()
    clip = replace(named(facts.assets, "nf_012_0040"), **{field: None})
    items = tuple(replace(item, asset=digest_of(clip)) for item in facts.dataset.items)
    dataset = replace(facts.dataset, items=items)
    model = replace(facts.model, dataset=digest_of(dataset))
    with pytest.raises(BadMaterial, match=f"nobody has said who {said} nf_012_0040"):
        facts_of(dataset=dataset, model=model, assets={digest_of(clip): clip})


def test_a_time_in_no_time_zone_is_refused(facts_of):
    with pytest.raises(BadMaterial, match="written is in no time zone"):
        facts_of(written=datetime(2026, 11, 22))  # noqa: DTZ001


def test_an_unknown_level_of_confidentiality_is_refused(facts_of):
    with pytest.raises(BadMaterial, match="'secret' is no confidentiality"):
        facts_of(confidentiality="secret")


def test_the_software_that_trained_it_has_a_version(facts, facts_of):
    with pytest.raises(BadMaterial, match="the version of python is missing"):
        facts_of(run=replace(facts.run, versions={"rushes": "0.1.0"}))


def test_where_nobody_has_said_it_is_as_confidential_as_can_be(facts):
    assert facts.confidentiality == "red"


def test_of_a_sequence_only_the_taught_frames_are_named_of_a_movie_the_whole(facts, facts_of):
    before = taught_by(facts)[0]
    assert [file.name[-8:-4] for file in before.files] == ["1001", "1002", "1003", "1006"]
    movie = replace(before.asset, files=before.asset.files[:1])
    assert replace_clip(before, movie).files == movie.files


def replace_clip(clip, asset: Asset):
    return clip._replace(asset=asset)


def test_stills_with_gaps_in_their_numbers_are_found_by_number(facts):
    before = taught_by(facts)[0]
    stills = replace(before.asset, numbers=(3, 1001, 1002, 1003, 1005, 1006, 1010, 1011))
    names = [file.name[-8:-4] for file in replace_clip(before, stills).files]
    assert names == ["1002", "1003", "1004", "1006"]  # the files in places 2, 3, 4 and 6


def test_a_clip_taught_in_two_roles_is_one_clip(facts, facts_of):
    items = tuple(replace(item, asset=facts.dataset.items[0].asset) for item in facts.dataset.items)
    dataset = replace(facts.dataset, items=items)
    (clip,) = taught_by(facts_of(dataset=dataset, model=replace(facts.model, dataset=digest_of(dataset))))
    assert clip.roles == ("before", "after", "reference")
    assert clip.frames == (1, 1001, 1002, 1003, 1006)


def test_a_grant_speaks_of_what_its_owner_owns_and_of_who_is_seen(facts):
    named_on = {
        name: {grant.name for grant in grants_on(facts, named(facts.assets, name)).values()}
        for name in ("nf_012_0040", "harbour_ref")
    }
    assert named_on == {"nf_012_0040": {"own_footage", "actor_look"}, "harbour_ref": {"harbour_2026"}}


def test_footage_that_did_not_teach_it_is_on_no_paper(facts, facts_of):
    stranger = replace(named(facts.assets, "harbour_ref"), name="stranger", owner="Nobody Ltd", people=("x",))
    more = facts_of(assets={**facts.assets, digest_of(stranger): stranger})
    assert more.owners == facts.owners
    assert more.seen == facts.seen == ("a_actor",)
