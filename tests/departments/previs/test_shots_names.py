import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.shots.names import (
    Roster,
    add_shot,
    find_shot,
    label_for,
    letters_number,
    omit_shot,
    rename_shot,
    renumber,
    restore_shot,
    scene_key,
    slate_letters,
)
from rushes.domain.errors import AlreadyThere, BadMaterial, NotFound

SLATE = "{scene}{letters}"


def roster_of(*scenes, scheme=SLATE, **words):
    roster = Roster(scheme=scheme, words=words)
    for scene in scenes:
        roster, _ = add_shot(roster, scene)
    return roster


def labels(roster):
    return [named.label for named in roster.shots]


@given(st.integers(0, 10**6))
def test_slate_letters_count_and_never_say_i_or_o(number):
    letters = slate_letters(number)
    assert letters_number(letters) == number
    assert not set(letters) & set("IO")


def test_the_letter_after_h_is_j_and_after_n_is_p_and_after_z_is_aa():
    assert [slate_letters(letters_number(letters) + 1) for letters in ("H", "N", "Z", "AZ", "ZZ")] == [
        "J", "P", "AA", "BA", "AAA",
    ]  # fmt: skip


def test_shots_are_named_as_on_the_slate_and_stand_in_the_scripts_order():
    roster = roster_of("42", "42", "A43", "42A", "42", "42A")
    assert labels(roster) == ["42", "42A", "42B", "42A-A", "42A-B", "A43"]


def test_a_scene_has_no_set_up_that_reads_as_another_scene():
    roster = renumber(roster_of("42", "42", "A43", "42A", "42", "42A"))
    assert labels(roster) == ["42", "42B", "42C", "42A", "42A-A", "A43"]
    assert labels(add_shot(roster_of("42", "42A"), "42")[0]) == ["42", "42B", "42A"]


def test_a_shot_between_two_others_takes_the_next_free_label_and_renames_nobody():
    roster = roster_of("42", "42", "42")
    roster, named = add_shot(roster, "42", after="42A")
    assert labels(roster) == ["42", "42A", "42C", "42B"]
    assert find_shot(roster, "42C") == named


def test_renumbering_follows_the_cut_and_keeps_every_id():
    roster = roster_of("42", "42", "42")
    roster, named = add_shot(roster, "42", after="42A")
    again = renumber(roster)
    assert labels(again) == ["42", "42A", "42B", "42C"]
    assert [one.shot_id for one in again.shots] == [one.shot_id for one in roster.shots]
    assert find_shot(again, named.shot_id).label == "42B"
    assert find_shot(again, named.shot_id).called == ("42C",)


def test_any_scheme_names_the_same_shots():
    roster = roster_of("42", "42", "43")
    vfx = renumber(roster, "{show}_{scene}_{step:04d}", words={"show": "DUSK"})
    assert labels(vfx) == ["DUSK_42_0010", "DUSK_42_0020", "DUSK_43_0010"]
    assert labels(renumber(vfx, SLATE)) == labels(roster)
    assert find_shot(vfx, "42A").shot_id == find_shot(roster, "42A").shot_id


def test_a_renamed_shot_answers_to_its_id_its_label_and_what_it_was_called():
    roster = rename_shot(roster_of("42", "42"), "42A", "THE-KISS")
    shot_id = roster.shots[1].shot_id
    assert {find_shot(roster, name).shot_id for name in (shot_id, "THE-KISS", "42A")} == {shot_id}


def test_an_omitted_shot_keeps_its_label_and_comes_back():
    roster = omit_shot(roster_of("42", "42"), "42A")
    more, named = add_shot(roster, "42")
    assert named.label == "42B"
    assert find_shot(more, "42A").omitted and not find_shot(restore_shot(more, "42A"), "42A").omitted


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["add", "after", "rename", "omit", "slate", "steps"]), st.integers(0, 99)),
        max_size=15,
    )
)
def test_whatever_happens_ids_stay_are_never_used_twice_and_labels_are_unique(deeds):
    roster, known = roster_of("42", "42A"), {}
    for deed, number in deeds:
        before = [named.shot_id for named in roster.shots]
        one = roster.shots[number % len(roster.shots)]
        if deed == "add":
            roster, _ = add_shot(roster, ["42", "42A", "B42", "7"][number % 4])
        elif deed == "after":
            roster, _ = add_shot(roster, one.scene, after=one.shot_id)
        elif deed == "rename":
            roster = rename_shot(roster, one.shot_id, f"X{one.shot_id}{number}")
        elif deed == "omit":
            roster = omit_shot(roster, one.shot_id)
        else:
            roster = renumber(roster, SLATE if deed == "slate" else "{scene}_{step:04d}")
        after = [named.shot_id for named in roster.shots]
        assert [shot_id for shot_id in after if shot_id in before] == before
        assert len(set(after)) == len(after) and len(set(labels(roster))) == len(after)
        for named in roster.shots:
            assert known.setdefault(named.shot_id, named.scene) == named.scene


def test_a_label_that_another_shot_bears_is_refused():
    with pytest.raises(AlreadyThere, match="42A is shot-000002 already"):
        rename_shot(roster_of("42", "42"), "42", "42A")
    with pytest.raises(AlreadyThere, match="gives every shot of 43 the label"):
        renumber(roster_of("42", "43"), "shot")
    with pytest.raises(AlreadyThere, match="gives every shot of 42 the label"):
        roster_of("42", "42", scheme="{scene}")


@pytest.mark.parametrize("scheme", ["{reel}", "{scene", "{scene.__class__}", "{number:099999999d}", "{scene:d}", "{}"])
def test_a_scheme_that_cannot_be_filled_is_refused(scheme):
    with pytest.raises(BadMaterial, match="cannot be filled"):
        label_for(Roster(scheme=scheme), "42", 0)


def test_what_is_no_scene_no_letter_no_label_or_no_shot_is_refused():
    with pytest.raises(BadMaterial, match="no scene number"):
        scene_key("INT")
    with pytest.raises(BadMaterial, match="'I' is no slate letter"):
        letters_number("AI")
    with pytest.raises(BadMaterial, match="cannot be a label"):
        rename_shot(roster_of("42"), "42", "the kiss")
    with pytest.raises(NotFound, match="no shot named '42Q'"):
        find_shot(roster_of("42", "42"), "42Q")
