"""rushes previs, as a director and a pipeline TD type it: from a script to the cut, and back from the cutting room."""

import json
import shutil

import numpy as np
import opentimelineio as otio
import pytest
from PIL import Image

from rushes.cli import run

TEXT = """INT. KITCHEN - NIGHT

JENNY waits at the table.

JENNY
You came back.

WILL
I had nowhere else to go.

EXT. GARDEN - DAY

Wind in the leaves.
"""


@pytest.fixture(scope="module")
def started(tmp_path_factory):
    folder = tmp_path_factory.mktemp("previs")
    (folder / "dusk.fountain").write_text(TEXT)
    words = ["previs", "new", str(folder / "dusk.fountain"), "--to", str(folder / "dusk"), "--width", "160"]
    assert run([*words, "--no-animatic"]) == 0
    return folder / "dusk"


@pytest.fixture
def project(started, home):
    return shutil.copytree(started, home / "dusk")


def shots(typed):
    return json.loads(typed("previs", "show", "dusk", "--json")[1])


def test_a_script_becomes_a_page_with_boards_plans_and_lists(project):
    page = (project / "out" / "index.html").read_text()
    assert "INT. KITCHEN - NIGHT" in page
    assert "<script src" not in page and "http://" not in page and "https://" not in page
    recipes = json.loads((project / "out" / "recipes.json").read_text())
    for name in recipes:
        assert name.removesuffix(".jpg") in page
        assert (project / "out" / name).stat().st_size > 500
    names = {path.name for path in (project / "out").rglob("*") if path.is_file()}
    assert {"boards.pdf", "camera-report.csv", "recipes.json"} <= names


def test_what_has_not_changed_is_not_drawn_again(project, typed):
    boards = sorted((project / "out" / "boards").iterdir())
    before = {path: path.stat().st_mtime_ns for path in boards}
    typed("previs", "shot", "dusk", "1A", "ECU JENNY>WILL")
    assert typed("previs", "draw", "dusk", "--no-animatic")[0] == 0
    changed = [path.name for path in boards if path.stat().st_mtime_ns != before[path]]
    assert len(changed) == 1


def test_a_director_decides_line_by_line_and_a_line_that_gives_no_camera_changes_nothing(project, typed):
    assert typed("previs", "plan", "dusk", "1")[1].count("set-ups") == 3
    assert typed("previs", "shot", "dusk", "1", "FS JENNY+WILL, push in 2s", "--note", "slow")[0] == 0
    code, _, said = typed("previs", "shot", "dusk", "1", "FS NOBODY")
    assert code == 1
    assert "neither in the cast" in said
    assert any(shot["asked"] == "FS JENNY+WILL, push in 2s" for shot in shots(typed)["shots"])
    assert typed("previs", "add", "dusk", "1", "ECU WILL 100mm")[0] == 0
    assert typed("previs", "omit", "dusk", "1")[0] == 0
    assert typed("previs", "omit", "dusk", "1", "--restore")[0] == 0
    assert typed("previs", "cast", "dusk", "JENNY", "--height", "1.62")[0] == 0
    assert typed("previs", "plan", "dusk", "1", "sparse")[0] == 0
    assert len([named for named in shots(typed)["roster"] if named["omitted"]]) >= 3
    assert typed("previs", "renumber", "dusk", "--scheme", "{scene}_{step:03d}")[0] == 0


def test_a_set_is_written_down_changed_and_given_back(project, typed):
    assert typed("previs", "set", "dusk", "1")[0] == 0
    plan = project / "sets" / "scene-1.json"
    told = json.loads(plan.read_text())
    told["ceiling_m"] = 4.0
    plan.write_text(json.dumps(told))
    assert typed("previs", "set", "dusk", "1", str(plan))[0] == 0
    told["walls"][0]["end"] = told["walls"][0]["start"]
    plan.write_text(json.dumps(told))
    assert typed("previs", "set", "dusk", "1", str(plan))[0] == 1


def test_a_rejected_item_is_gone_from_this_draft_and_the_next(project, typed):
    assert "table" in (project / "out" / "index.html").read_text()
    assert typed("previs", "item", "dusk", "1", "set dressing", "table", "--reject", "--by", "ana")[0] == 0
    (project.parent / "two.fountain").write_text(TEXT.replace("You came back.", "You came back, then."))
    assert typed("previs", "draft", "dusk", "two.fountain")[0] == 0
    assert typed("previs", "draw", "dusk", "--no-animatic")[0] == 0
    assert "<dd>table" not in (project / "out" / "index.html").read_text()


def test_a_draft_without_a_scene_puts_its_shots_in_the_tray_and_the_page_shows_them(project, typed):
    (project.parent / "two.fountain").write_text(TEXT[: TEXT.index("EXT.")])
    code, said, _ = typed("previs", "draft", "dusk", "two.fountain")
    assert code == 0
    assert "1 shot(s) in the tray" in said
    assert typed("previs", "draw", "dusk", "--no-animatic")[0] == 0
    assert "In the tray" in (project / "out" / "index.html").read_text()


@pytest.mark.parametrize("suffix", [".otio", ".edl", ".xml", ".fcpxml"])
def test_the_cut_comes_back_as_it_went_and_an_editors_cut_changes_order_and_lengths(project, typed, suffix):
    before = shots(typed)["cut"]
    assert typed("previs", "cut", "dusk", f"cut{suffix}", "--movie", "dusk.mp4")[0] == 0
    assert typed("previs", "recut", "dusk", f"cut{suffix}", "--movie", "dusk.mp4")[0] == 0
    assert shots(typed)["cut"] == before
    if suffix == ".otio":
        timeline = otio.adapters.read_from_file("cut.otio")
        del timeline.video_tracks()[0][0]
        otio.adapters.write_to_file(timeline, "edited.otio")
        assert typed("previs", "recut", "dusk", "edited.otio", "--movie", "dusk.mp4")[0] == 0
        assert shots(typed)["cut"] == before[1:]
        assert len(shots(typed)["shots"]) == len({named["shot_id"] for named in shots(typed)["roster"]})


def test_what_goes_out_is_there_usd_passes_a_frame_and_a_movie(project, typed, home):
    assert typed("previs", "usd", "dusk", "usd")[0] == 0
    assert (home / "usd" / "show.usda").is_file()
    assert typed("previs", "passes", "dusk", "1", "passes", "--frames", "2")[0] == 0
    assert len(list((home / "passes").rglob("*.exr"))) == 12
    for name in ("a.png", "b.png"):
        assert typed("previs", "frame", "dusk", "1", "0", name)[0] == 0
    told = [json.loads((home / f"{name}.json").read_text()) for name in "ab"]
    assert told[0] == told[1]
    small = typed("previs", "frame", "dusk", "1", "0", "c.png", "--hud")
    assert small[0] == 1
    assert "cannot be read" in small[2], "numbers that nobody could read are not drawn"
    assert not (home / "c.png").exists()
    assert typed("previs", "animatic", "dusk", "dusk.mp4", "--slate", "0.5", "--silent")[0] == 0
    frames = sum(event["frames"] for event in shots(typed)["cut"])
    assert f"{frames} frames" in typed("previs", "animatic", "dusk", "again.mp4", "--silent")[1]


def test_a_broken_script_is_refused_and_leaves_no_half_project(home, typed):
    (home / "a.fountain").write_bytes(b"\x00\xff\x00")
    assert typed("previs", "new", "a.fountain", "--to", "a")[0] == 1
    assert not (home / "a" / "previs.json").exists()


def test_a_show_teaches_its_tagger_and_its_pace(project, typed):
    assert "no cut has come back" in typed("previs", "learn", "dusk")[1]
    assert (project / "tagger.safetensors").is_file()
    assert typed("previs", "item", "dusk", "2", "sound and music", "wind", "--words", "Wind", "--by", "ana")[0] == 0
    typed("previs", "cut", "dusk", "cut.otio", "--movie", "dusk.mp4")
    typed("previs", "recut", "dusk", "cut.otio", "--movie", "dusk.mp4")
    code, said, _ = typed("previs", "learn", "dusk")
    assert code == 0
    assert "1 decision(s)" in said
    assert "fitted to 2 scene(s)" in said
    assert shots(typed)["pace"]["fitted"] == 2


def test_a_painted_key_is_carried_over_its_shot_and_one_of_another_size_is_refused(project, typed, home):
    assert typed("previs", "shot", "dusk", "1A", "MS JENNY>WILL, track left 0.4m 2s")[0] == 0
    assert typed("previs", "frame", "dusk", "1A", "0", "grey.png")[0] == 0
    grey = np.asarray(Image.open(home / "grey.png"))
    painted = np.clip(grey.astype(int) * (1.4, 0.8, 0.5), 0, 255).astype(np.uint8)
    Image.fromarray(painted).save(home / "key.png")
    assert typed("previs", "key", "dusk", "1A", "0", "key.png")[0] == 0
    assert "frame" in typed("previs", "next", "dusk", "1A", "--to", "where.png")[1]
    assert typed("previs", "frame", "dusk", "1A", "0", "again.png")[0] == 0
    again = np.asarray(Image.open(home / "again.png")).astype(int)
    assert np.abs(again - painted).mean() < 4, "the frame that was painted is the painting"
    assert typed("previs", "frame", "dusk", "1A", "40", "later.png")[0] == 0
    later = np.asarray(Image.open(home / "later.png")).astype(float)
    assert later[..., 0].mean() > 1.3 * later[..., 2].mean(), "the paint is carried"
    told = json.loads((home / "later.json").read_text())["recipe"]
    assert len(told["keys"]) == 1
    assert typed("previs", "carry", "dusk", "1A", "--seconds", "1")[0] == 0
    assert typed("previs", "frame", "dusk", "1A", "40", "filled.png")[0] == 0
    assert len(json.loads((home / "filled.json").read_text())["recipe"]["keys"]) == 2
    Image.fromarray(painted[:40]).save(home / "small.png")
    code, _, said = typed("previs", "key", "dusk", "1A", "9", "small.png")
    assert code == 1
    assert "160×90" in said
    assert typed("previs", "cast", "dusk", "JENNY", "--height", "1.2")[0] == 0
    code, _, said = typed("previs", "frame", "dusk", "1A", "0", "no.png")
    assert code == 1
    assert "painted over another picture" in said


def test_a_shot_that_is_omitted_is_told_and_no_traceback(project, typed):
    assert typed("previs", "omit", "dusk", "1A")[0] == 0
    for words in (("frame", "dusk", "1A", "0", "a.png"), ("passes", "dusk", "1A", "out"), ("next", "dusk", "1A")):
        code, _, said = typed("previs", *words)
        assert code == 1
        assert "can be drawn" in said


def test_what_a_surface_wears_and_what_stays_is_decided_and_kept(project, typed):
    assert "plaster wall: dark blue" in typed("previs", "swatch", "dusk", "plaster wall", "dark blue")[1]
    assert shots(typed)["swatches"] == [["plaster wall", "dark blue"]]
    assert typed("previs", "swatch", "dusk", "plaster wall", "")[0] == 0
    assert shots(typed)["swatches"] == []
    assert typed("previs", "shot", "dusk", "1A", "--lock", "JENNY", "--seed", "7", "--seconds", "2")[0] == 0
    changed = next(shot for shot in shots(typed)["shots"] if shot["locked"])
    assert (changed["locked"], changed["seed"], changed["frames"]) == (["JENNY"], 7, 48)
    assert typed("previs", "shot", "dusk", "1A", "--lock", "")[0] == 0
    assert not [shot for shot in shots(typed)["shots"] if shot["locked"]]


def test_a_cut_that_points_at_the_animatic_counts_its_slate(project, typed):
    assert typed("previs", "cut", "dusk", "with.otio", "--movie", "dusk.mp4")[0] == 0
    assert typed("previs", "cut", "dusk", "without.otio", "--movie", "dusk.mp4", "--slate", "0")[0] == 0
    starts = [
        next(iter(otio.adapters.read_from_file(name).find_clips())).media_reference.available_range.start_time.value
        for name in ("with.otio", "without.otio")
    ]
    assert starts[1] - starts[0] == 48
