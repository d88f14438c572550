"""A project on its stages: who stands where, what is struck for a camera, and frames that can be drawn again."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from rushes.departments.previs.project.darkroom import Darkroom
from rushes.departments.previs.project.edits import omitted, renamed, with_part, with_scene, with_shot
from rushes.departments.previs.project.frame_recipe import moment_digest, pixels_digest, recipe_digest
from rushes.departments.previs.project.model import Camera, CutEvent, Part, Place
from rushes.departments.previs.project.pass_files import planes_of
from rushes.departments.previs.project.rehearsal import rehearse
from rushes.departments.previs.project.sample import last_ferry
from rushes.departments.previs.project.staging import on_stage
from rushes.departments.previs.project.starting import start
from rushes.departments.previs.project.wild import struck
from rushes.departments.previs.shots.cameras import Camera as Lens
from rushes.departments.previs.shots.cameras import project as seen_at
from rushes.departments.previs.shots.figures import landmark
from rushes.departments.previs.shots.lenses import FILMBACKS, Package
from rushes.departments.previs.stage.pieces import Piece, Stage
from rushes.domain.errors import AlreadyThere, BadMaterial

TEXT = """INT. KITCHEN - NIGHT

JENNY waits at the table.

JENNY
You came back.

WILL
I had nowhere else to go.

GHOST (V.O.)
Nobody has.

EXT. GARDEN - DAY

Wind in the leaves.
"""
SIZE = (160, 90)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("previs")
    script = folder / "dusk.fountain"
    script.write_text(TEXT)
    start(folder / "dusk", script, width=160)
    return folder / "dusk"


@pytest.fixture(scope="module")
def project(folder):
    from rushes.departments.previs.project.files import read_project

    return read_project(folder)


@pytest.fixture(scope="module")
def rehearsal(folder, project):
    return rehearse(folder, project)


def shot_called(rehearsal, label):
    return next(shot for shot in rehearsal.shots.values() if shot.label == label)


def test_a_script_alone_gives_every_scene_a_stage_shots_and_a_place_in_the_cut(rehearsal):
    assert [scene.sheet.heading for scene in rehearsal.scenes.values()] == ["INT. KITCHEN - NIGHT", "EXT. GARDEN - DAY"]
    assert rehearsal.faults == ()
    assert {shot.scene for shot in rehearsal.shots.values()} == {"1", "2"}
    ends = sum(scene.starts[-1] for scene in rehearsal.scenes.values())
    assert sum(event.frames for event in rehearsal.cut.events) == ends


def test_people_who_talk_face_each_other_and_the_camera_sees_whom_the_shot_is_on(rehearsal):
    scene = next(iter(rehearsal.scenes.values()))
    jenny, will = scene.figures["JENNY"], scene.figures["WILL"]
    assert abs((jenny.facing_deg - will.facing_deg) % 360 - 180) < 1
    for shot in rehearsal.shots.values():
        if shot.scene == "1":
            who = [name for name in scene.figures if name in shot.line.split(">")[0]]
            for name in who:
                x, y, depth = seen_at(shot.moment_at(0).camera, landmark(scene.figures[name], "eyes"))
                assert 0 < x < 1 and 0 < y < 1 and depth > 0, shot.line


def test_heads_turn_to_who_is_spoken_to_and_bodies_stay(rehearsal):
    scene = next(iter(rehearsal.scenes.values()))
    first, later = scene.places_at(0), scene.places_at(scene.starts[-1])
    assert np.array_equal(first["JENNY left foot"], later["JENNY left foot"])
    assert scene.places_at(5) is scene.places_at(5), "solved once"


def test_a_voice_is_heard_and_has_no_body(rehearsal):
    scene = next(iter(rehearsal.scenes.values()))
    assert "GHOST" in {item.name for item in scene.sheet.items}
    assert list(scene.figures) == ["JENNY", "WILL"]


def test_where_nobody_is_an_establishing_shot_shows_the_set(rehearsal):
    assert [shot.line for shot in rehearsal.shots.values() if shot.scene == "2"] == ["2 VLS SET"]


def test_a_place_that_somebody_decided_is_where_they_are(folder, project):
    scene = project.scenes[0].id
    moved = with_scene(project, scene, places=(Place("JENNY", 0.0, 0.4, -0.3, 45.0, "stand"),))
    figure = rehearse(folder, moved).scenes[scene].figures["JENNY"]
    assert (figure.place, figure.facing_deg) == ((0.4, 0.0, -0.3), 45.0)


def test_a_taller_part_is_framed_again(folder, project, rehearsal):
    tall = rehearse(folder, with_part(project, Part("JENNY", 1.95)))
    label = next(shot.label for shot in rehearsal.shots.values() if "CU" in shot.line and "JENNY>" in shot.line)
    before, after = (shot_called(one, label).moment_at(0).camera for one in (rehearsal, tall))
    assert after.place[1] > before.place[1] + 0.1


def test_a_shot_of_somebody_who_is_not_there_is_told_and_the_others_are_drawn(folder, project):
    other = rehearse(folder, with_shot(project, "1", asked="MS GHOSTLY"))
    assert len(other.faults) == 1
    assert "GHOSTLY" in other.faults[0]
    assert len(other.shots) == len(project.roster) - 1


def box(name, low, high, of=""):
    low, high = np.array(low, np.float32), np.array(high, np.float32)
    points = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32) * (high - low) + low
    return Piece(name, points, points, np.array([[0, 1, 3]], np.int32), "wood", of=of)


PACKAGE = Package(FILMBACKS["super-35"], aspect=1.78)
EYES = np.array([0.0, 1.6, 0.0])


def lens(x, y, z):
    return Lens((x, y, z), 180.0, 0.0, 0.0, 35.0, PACKAGE)


def test_a_wall_between_lens_and_face_is_wild_and_the_wall_behind_the_face_stays():
    walls = (((-3.0, 2.0), (3.0, 2.0)), ((-3.0, -2.0), (3.0, -2.0)))
    stage = Stage(
        "box", (box("wall 1", (-3, 0, 2), (3, 3, 2), "wall 1"), box("wall 2", (-3, 0, -2), (3, 3, -2), "wall 2")), walls
    )
    hidden, words = struck(stage, [lens(0, 1.6, 5.0)], [EYES])
    assert (hidden, words) == (frozenset({"wall 1"}), ("wall 1 is wild",))
    assert struck(stage, [lens(0, 1.6, 1.5)], [EYES]) == (frozenset(), ())


def test_a_lamp_before_a_face_is_struck_and_a_table_below_it_stays():
    stage = Stage("box", (box("lamp", (-0.2, 0, 1), (0.2, 1.9, 1.2)), box("table", (-0.5, 0, 1), (0.5, 0.75, 1.5))))
    assert struck(stage, [lens(0, 1.6, 3.0)], [EYES])[0] == {"lamp"}


def test_a_prop_that_the_camera_stands_in_is_struck():
    stage = Stage("box", (box("cupboard", (1, 0, 2), (2, 2, 3)),))
    assert struck(stage, [lens(1.5, 1.0, 2.5)], [EYES])[0] == {"cupboard"}


def test_a_camera_above_the_set_has_no_ceiling():
    stage = Stage("box", (box("ceiling", (-3, 2.6, -3), (3, 2.7, 3)),), top_m=2.6)
    assert struck(stage, [lens(0, 4.0, 0.0)], [EYES])[0] == {"ceiling"}


def test_the_same_recipe_gives_the_same_pixels_in_another_darkroom(project, rehearsal):
    shot = shot_called(rehearsal, "1")
    found = []
    for _ in range(2):
        with Darkroom(project, SIZE) as room:
            picture = room.draw(shot, 3)
            assert picture.shape == (90, 160, 3)
            found.append((recipe_digest(room.recipe(shot, 3)), pixels_digest(picture)))
    assert found[0] == found[1]


def test_a_recipe_changes_with_what_is_drawn_and_not_with_what_it_is_called(folder, project, rehearsal):
    label = next(shot.label for shot in rehearsal.shots.values() if "CU" in shot.line)
    name = shot_called(rehearsal, label).id

    def recipe(changed):
        fresh = rehearse(folder, changed)
        with Darkroom(changed, SIZE) as room:
            return recipe_digest(room.recipe(fresh.shots[name], 0))

    first = recipe(project)
    assert recipe(with_shot(renamed(project, label, "1Z"), "1Z", note="slowly")) == first
    assert recipe(with_shot(project, label, asked="CU JENNY 100mm")) != first
    assert recipe(with_shot(project, label, method="ink")) != first


def test_ink_draws_lines_and_changes_nothing_else_much(project, rehearsal):
    shot = shot_called(rehearsal, "1")
    inked = with_shot(project, "1", method="ink")
    with Darkroom(project, SIZE) as room, Darkroom(inked, SIZE) as other:
        grey, ink = room.draw(shot, 0).astype(int), other.draw(shot, 0).astype(int)
    changed = (np.abs(grey - ink).max(2) > 8).mean()
    assert 0.002 < changed < 0.4


def test_two_frames_that_look_alike_are_known_without_drawing(rehearsal):
    shot = shot_called(rehearsal, "1")
    assert moment_digest(shot.moment_at(30)) == moment_digest(shot.moment_at(31))
    moved = replace(shot.moment_at(30), camera=replace(shot.moment_at(30).camera, focal_mm=33.0))
    assert moment_digest(moved) != moment_digest(shot.moment_at(30))


def test_passes_are_pictures_of_three_channels_in_the_layout_of_the_department(project, rehearsal):
    shot = shot_called(rehearsal, "1")
    with Darkroom(project, SIZE) as room:
        passes = room.passes(shot, 0)
    planes = planes_of(passes)
    assert {plane.shape for plane in planes.values()} == {(3, 90, 160)}
    assert np.array_equal(planes["ids"][0], passes.ids)
    assert np.isfinite(planes["depth"]).all()
    assert not planes["depth"][0][passes.ids == 0].any()


def test_a_cut_event_of_a_shot_that_is_not_there_is_left_out(folder, project):
    odd = replace(project, cut=(*project.cut, CutEvent("shot-000999", 0, 10)))
    assert len(rehearse(folder, odd).cut.events) == len(project.cut)


def test_a_project_is_not_started_over_another(folder, tmp_path):
    script = tmp_path / "a.fountain"
    script.write_text(TEXT)
    with pytest.raises(AlreadyThere, match="not empty"):
        start(folder, script)


def test_a_script_without_a_scene_is_no_project(tmp_path):
    script = tmp_path / "a.fountain"
    script.write_text("Once upon a time.\n")
    with pytest.raises(BadMaterial, match="no scene heading"):
        start(tmp_path / "project", script)


def test_the_sample_script_covers_every_line_of_dialogue(tmp_path):
    script = tmp_path / "ferry.fountain"
    script.write_text(last_ferry())
    project = start(tmp_path / "ferry", script, width=160, camera=Camera("scope-35", 2.0, 2.39))
    found = rehearse(tmp_path / "ferry", project)
    assert found.faults == ()
    for name, scene in found.scenes.items():
        covered = set()
        work = {shot.id: shot for shot in project.shots}
        for event in found.cut.events:
            if work[event.shot].scene == name:
                from rushes.departments.previs.project.rehearsal import span_of

                first = span_of(work[event.shot], scene)[0] + event.first
                covered |= set(range(first, first + event.frames))
        assert covered == set(range(scene.starts[-1]))
        assert set(on_stage(scene.sheet)) == set(scene.figures)


def test_somebody_walks_to_the_mark_they_were_given_in_time_and_the_boards_follow(folder, project):
    scene = project.scenes[0].id
    there = Place("JENNY", 4.0, 1.6, 1.2, 0.0, "stand")
    moved = rehearse(folder, with_scene(project, scene, places=(there,))).scenes[scene]
    assert moved.moving
    start, end = moved.figures["JENNY"], {one.name: one for one in moved.figures_at(4 * 24)}["JENNY"]
    assert end.place == pytest.approx((1.6, 0.0, 1.2), abs=1e-6)
    assert start.place != end.place
    between = [{one.name: one for one in moved.figures_at(frame)}["JENNY"].place for frame in range(0, 100)]
    steps = [float(np.hypot(b[0] - a[0], b[2] - a[2])) for a, b in pairwise(between)]
    assert max(steps) * 24 < 2.0, "nobody in a kitchen walks faster than 2 m/s"
    assert not np.array_equal(moved.places_at(0)["JENNY head"], moved.places_at(60)["JENNY head"])


def test_blocking_that_no_human_could_do_is_told_and_drawn(folder, project):
    scene = project.scenes[0].id
    far = Place("JENNY", 0.5, 40.0, 0.0, 0.0, "stand")
    found = rehearse(folder, with_scene(project, scene, places=(far,))).scenes[scene]
    assert any("JENNY would run" in fault for fault in found.faults)


def test_two_people_on_one_spot_are_told(folder, project):
    scene = project.scenes[0].id
    spot = tuple(Place(who, 0.0, 0.0, 0.0, 0.0, "stand") for who in ("JENNY", "WILL"))
    found = rehearse(folder, with_scene(project, scene, places=spot)).scenes[scene]
    assert any("WILL" in fault for fault in found.faults)


def test_a_sketch_lies_over_a_frame_or_instead_of_it_and_its_recipe_says_so(folder, project, rehearsal):
    drawing = np.zeros((90, 160, 4), np.uint8)
    drawing[20:40, 30:60] = (255, 0, 0, 255)
    (folder / "sketches").mkdir(exist_ok=True)
    Image.fromarray(drawing).save(folder / "sketches" / "arm.png")
    shot = shot_called(rehearsal, "1")
    with Darkroom(project, SIZE, folder=folder) as room:
        plain, before = room.draw(shot, 0), room.recipe(shot, 0)
    over = with_shot(project, "1", sketch="arm.png")
    with Darkroom(over, SIZE, folder=folder) as room:
        drawn, after = room.draw(shot, 0), room.recipe(shot, 0)
    assert (drawn[20:40, 30:60] == (255, 0, 0)).all()
    assert np.array_equal(drawn[50:], plain[50:])
    assert recipe_digest(before) != recipe_digest(after)
    with Darkroom(with_shot(over, "1", sketch_instead=True), SIZE, folder=folder) as room:
        assert (room.draw(shot, 0)[50:] == 255).all(), "paper"


def test_a_wall_that_the_look_passes_by_and_a_prop_behind_the_lens_or_the_actor_stay():
    for wall in (((1.0, 2.0), (3.0, 2.0)), ((-3.0, 2.0), (-1.0, 2.0))):
        beside = Stage("box", (box("wall 1", (wall[0][0], 0, 2), (wall[1][0], 3, 2), "wall 1"),), (wall,))
        assert struck(beside, [lens(0, 1.6, 5.0)], [EYES])[0] == frozenset()
    behind = Stage("box", (box("shelf", (-0.5, 0, 6), (0.5, 2, 6.4)), box("tree", (-0.5, 0, -3), (0.5, 2, -2))))
    assert struck(behind, [lens(0, 1.6, 5.0)], [EYES])[0] == frozenset()


def test_an_omitted_shot_is_not_drawn_and_a_recipe_says_what_was_asked(folder, project, rehearsal):
    gone = rehearse(folder, omitted(project, "1A"))
    assert "1A" not in {shot.label for shot in gone.shots.values()}
    shot = shot_called(rehearsal, "1A")
    with Darkroom(project, SIZE) as room:
        assert room.recipe(shot, 0).line == shot.line.partition(" ")[2]
