"""What people decide in a project stays decided: through files, new plans, new drafts and new labels."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.departments.previs.project.adopting import adopt, beat_frames
from rushes.departments.previs.project.beats import beats_of
from rushes.departments.previs.project.covering import plans_of
from rushes.departments.previs.project.drafting import merged_draft, with_draft
from rushes.departments.previs.project.edits import (
    omitted,
    renamed,
    renumbered,
    shot_of,
    with_new_shot,
    with_part,
    with_shot,
)
from rushes.departments.previs.project.files import (
    inside,
    keep,
    keep_draft,
    read_project,
    tracked_scenes,
    write_project,
)
from rushes.departments.previs.project.model import Camera, Draft, Part, Project, SceneWork, ShotWork
from rushes.departments.previs.script.fountain import read_fountain
from rushes.departments.previs.script.merge import track
from rushes.departments.previs.shots.figures import Figure
from rushes.departments.previs.shots.lenses import FILMBACKS, PRIMES, Package
from rushes.departments.previs.timing import element_seconds
from rushes.domain.errors import BadMaterial, NotFound

TEXT = """INT. KITCHEN - NIGHT

Jenny waits. A kettle boils over on the stove, slowly, and nobody at all takes it off the flame.

JENNY
You came back.

WILL
(quietly)
I had nowhere else to go.

JENNY
You never do, Will. You never did.

EXT. GARDEN - DAY

Nobody. Wind in the leaves.
"""
RATE = Fraction(24)
PACKAGE = Package(FILMBACKS["super-35-3perf"], aspect=16 / 9, kit=PRIMES)
CAST = {"JENNY": Figure("JENNY", 1.68), "WILL": Figure("WILL", 1.83, (0.0, 0.0, 2.0), 180.0)}
SET = Figure("SET", 1.75)


def beats(scene):
    return beats_of(scene, element_seconds(scene), lambda cue: cue.split(" (")[0])


def plans(scene, number="1", cast=CAST):
    return plans_of(number, cast, beats(scene), package=PACKAGE, the_set=SET)


def a_project(text=TEXT):
    tracked = track(read_fountain(text.encode()))
    scenes = tuple(SceneWork(kept.id) for kept in tracked)
    cast = tuple(Part(name, figure.height_m) for name, figure in CAST.items())
    made = Project("Dusk", "24", "01:00:00:00", 640, Camera(), (), cast, scenes, (), ())
    return made, tracked


def covered(name="classic"):
    project, tracked = a_project()
    picked = next(one for one in plans(tracked[0].scene) if one.plan.name == name)
    project = adopt(project, tracked[0].id, "1", covered=picked, beats=beats(tracked[0].scene), rate=RATE)
    (nobody,) = plans(tracked[1].scene, "2", {})
    return adopt(project, tracked[1].id, "2", covered=nobody, beats=beats(tracked[1].scene), rate=RATE), tracked


def test_a_scene_is_beats_of_heading_action_and_speech_and_each_knows_to_whom():
    _, tracked = a_project()
    found = beats(tracked[0].scene)
    assert [(beat.speaker, beat.to) for beat in found] == [
        ("", ""), ("", ""), ("JENNY", "WILL"), ("WILL", "JENNY"), ("JENNY", "WILL")]  # fmt: skip
    assert found[3].words == "I had nowhere else to go."
    assert sum(beat.seconds for beat in found) == pytest.approx(sum(element_seconds(tracked[0].scene)))
    assert [beat.first for beat in found[1:]] == [beat.last + 1 for beat in found[:-1]]


@pytest.mark.parametrize("name", ["classic", "moving master", "sparse"])
def test_the_proposed_cut_lasts_as_long_as_the_scene_and_every_event_lies_in_its_shot(name):
    project, tracked = covered(name)
    scene = [event for event in project.cut if shot_of(project, event.shot)[1].scene == tracked[0].id]
    assert sum(event.frames for event in scene) == beat_frames(beats(tracked[0].scene), RATE)[-1]
    starts = beat_frames(beats(tracked[0].scene), RATE)
    for event in scene:
        _, work = shot_of(project, event.shot)
        inside_shot = [
            frame for frame, beat in zip(starts, beats(tracked[0].scene), strict=False)
            if work.element <= beat.first and beat.last <= work.until
        ]  # fmt: skip
        assert event.first >= 0
        assert inside_shot[0] + event.first in starts


def test_where_nobody_is_the_set_is_seen():
    project, _ = covered()
    assert project.shots[-1].asked == "VLS SET"


def test_another_plan_keeps_what_both_have_and_omits_the_rest_without_losing_it():
    project, tracked = covered("classic")
    master = project.shots[0]
    project = with_shot(project, master.id, note="she is not alone")
    sparse = next(one for one in plans(tracked[0].scene) if one.plan.name == "sparse")
    changed = adopt(project, tracked[0].id, "1", covered=sparse, beats=beats(tracked[0].scene), rate=RATE)
    assert {shot.id for shot in project.shots} <= {shot.id for shot in changed.shots}
    assert [named.shot_id for named in changed.roster if named.omitted]
    back = next(one for one in plans(tracked[0].scene) if one.plan.name == "classic")
    again = adopt(changed, tracked[0].id, "1", covered=back, beats=beats(tracked[0].scene), rate=RATE)
    used = {event.shot for event in again.cut}
    assert not used & {named.shot_id for named in again.roster if named.omitted}
    assert len({named.label for named in again.roster}) == len(again.roster)


def test_a_project_reads_back_as_it_was_written(tmp_path):
    project, _ = covered()
    write_project(tmp_path, project)
    assert read_project(tmp_path) == project


@pytest.mark.parametrize(
    "text", ["", "[", "{}", '{"kind": "Previs@9"}', '{"kind": "Previs@1", "title": 3}', "[" * 99999]
)
def test_a_broken_project_file_is_an_error_and_never_half_a_project(tmp_path, text):
    (tmp_path / "previs.json").write_text(text)
    with pytest.raises(BadMaterial):
        read_project(tmp_path)


def test_a_folder_without_a_project_says_how_to_start_one(tmp_path):
    with pytest.raises(NotFound, match="previs new"):
        read_project(tmp_path)


@pytest.mark.parametrize("name", ["../previs.json", "/etc/hostname", "a/b.png", "..", "."])
def test_a_project_names_no_file_outside_its_folder(tmp_path, name):
    (tmp_path / "keys").mkdir()
    with pytest.raises(BadMaterial, match="leads out"):
        inside(tmp_path, "keys", name)


def test_two_files_of_one_name_are_both_kept(tmp_path):
    for number in (1, 2):
        (tmp_path / f"{number}").mkdir()
        (tmp_path / f"{number}" / "key.png").write_bytes(bytes([number]))
    names = [keep(tmp_path, "keys", tmp_path / f"{number}" / "key.png") for number in (1, 2, 1)]
    assert names == ["key.png", "key-2.png", "key.png"]


def test_a_draft_that_was_changed_behind_our_back_is_noticed(tmp_path):
    script = tmp_path / "dusk.fountain"
    script.write_text(TEXT)
    project, _ = a_project()
    project = replace(project, drafts=(keep_draft(tmp_path, script),))
    assert [kept.id for kept in tracked_scenes(tmp_path, project)] == ["scene-0001", "scene-0002"]
    (tmp_path / "drafts" / "dusk.fountain").write_text(TEXT + " ")
    with pytest.raises(BadMaterial, match="changed since"):
        tracked_scenes(tmp_path, project)


def redrafted(text):
    project, tracked = covered()
    merged = merged_draft(project, tracked, read_fountain(text.encode()))
    numbers = {kept.id: str(place) for place, kept in enumerate(merged.scenes, 1)}
    return project, with_draft(project, Draft("b.fountain", "", "b"), merged, numbers=numbers)


def test_a_new_draft_moves_shots_with_their_words():
    first, second = TEXT.split("EXT. GARDEN")
    before, after = redrafted("EXT. GARDEN" + second + "\n" + first.replace("You came back.", "You came back. Late."))
    assert {shot.id: shot.scene for shot in before.shots} == {shot.id: shot.scene for shot in after.shots}
    assert after.roster[0].shot_id == before.roster[-1].shot_id
    assert after.cut[0].shot == before.cut[-1].shot
    assert after.tray == ()


def test_an_omitted_scene_puts_its_shots_in_the_tray_and_they_come_back_with_it():
    _, second = TEXT.split("EXT. GARDEN")
    before, after = redrafted("EXT. GARDEN" + second)
    gone = {shot.id for shot in before.shots if shot.scene == "scene-0001"}
    assert {orphan.anchor.id for orphan in after.tray} == gone
    assert {shot.id for shot in after.shots} == {shot.id for shot in before.shots}
    assert not gone & {event.shot for event in after.cut}


def test_a_cut_that_came_back_from_editorial_is_not_reordered_by_a_draft():
    project, tracked = covered()
    project = replace(project, recut=True)
    first, second = TEXT.split("EXT. GARDEN")
    merged = merged_draft(project, tracked, read_fountain(("EXT. GARDEN" + second + "\n" + first).encode()))
    numbers = {kept.id: str(place) for place, kept in enumerate(merged.scenes, 1)}
    assert with_draft(project, Draft("b", "", "b"), merged, numbers=numbers).cut == project.cut


def test_labels_change_and_ids_do_not():
    project, _ = covered()
    ids = [named.shot_id for named in project.roster]
    project = renamed(project, "1A", "1Z")
    assert shot_of(project, "1A")[0].label == "1Z", "a label that it once had finds it"
    project = renumbered(project, "{show}_{scene}_{step:04d}")
    assert [named.shot_id for named in project.roster] == ids
    assert project.roster[0].label == "Dusk_1_0010"


def test_a_shot_between_two_takes_a_free_label_and_renames_nothing():
    project, _ = covered()
    before = {named.shot_id: named.label for named in project.roster}
    work = ShotWork("", "scene-0001", 1, 1, "ECU JENNY")
    project, named = with_new_shot(project, work, "1", after="1A")
    assert named.label not in before.values()
    assert {n.shot_id: n.label for n in project.roster if n.shot_id in before} == before


def test_what_cannot_be_drawn_is_refused_with_every_reason_and_nothing_changes():
    project, _ = covered()
    with pytest.raises(BadMaterial) as refused:
        with_shot(project, "1", method="oil", strength=2.0, frames=-1)
    assert len(refused.value.reasons) == 3
    with pytest.raises(BadMaterial, match="no size"):
        with_shot(project, "1", asked="JENNY 50mm")


def test_omitting_a_shot_takes_it_out_of_the_cut_and_restoring_brings_back_the_shot():
    project, _ = covered()
    out = omitted(project, "1A")
    name = shot_of(out, "1A")[0].shot_id
    assert name not in {event.shot for event in out.cut}
    assert not shot_of(omitted(out, "1A", out=False), "1A")[0].omitted


@given(st.lists(st.sampled_from(["JENNY", "WILL", "OLD TOM"]), min_size=1, max_size=6), st.floats(0.5, 2.4))
@settings(max_examples=30, deadline=None)
def test_the_cast_list_has_everybody_once_whatever_is_changed(names, height):
    project, _ = a_project()
    for name in names:
        project = with_part(project, Part(name, height))
    assert [part.name for part in project.cast] == list(dict.fromkeys(["JENNY", "WILL", *names]))
    assert all(part.height_m == height for part in project.cast if part.name in names)


def test_the_same_plan_again_changes_nothing_and_an_older_one_brings_its_shots_back():
    project, tracked = covered("classic")

    def picked(before, name):
        plan = next(one for one in plans(tracked[0].scene) if one.plan.name == name)
        return adopt(before, tracked[0].id, "1", covered=plan, beats=beats(tracked[0].scene), rate=RATE)

    assert picked(project, "classic") == project
    noted = with_shot(project, "1A", note="she knows")
    back = picked(picked(noted, "sparse"), "classic")
    assert back.cut == project.cut
    assert shot_of(back, "1A")[1].note == "she knows"
    assert not shot_of(back, "1A")[0].omitted


def test_long_action_is_seen_from_the_master_and_short_action_where_it_happens():
    long = "She looks at him for a very long time and then at the kettle and the door and the window and him again."
    for words, master in (("A beat.", False), (long, True)):
        scene = track(read_fountain(TEXT.replace("JENNY\nYou never", f"{words}\n\nJENNY\nYou never").encode()))[0].scene
        found = plans(scene)[0]
        place = next(n for n, beat in enumerate(beats(scene)) if beat.words == words)
        assert (found.by[place] == found.plan.shots[0].shot.label) is master


def test_a_shot_ends_where_its_last_words_end_in_the_new_draft():
    before, after = redrafted(TEXT.replace("WILL\n(quietly)", "A clock strikes, somewhere.\n\nWILL\n(quietly)"))
    moved = {shot.id: shot for shot in after.shots}
    first = 4  # the paragraph before which one was put
    here = [shot for shot in before.shots if shot.scene == "scene-0001"]
    assert [moved[shot.id].until - shot.until for shot in here] == [int(shot.until >= first) for shot in here]
    assert {shot.until >= first for shot in here} == {True, False}
