"""What was typed wrongly is refused in one voice, before anything is written, and leaves nothing on record."""

import errno
import subprocess
import sys
from io import StringIO

import pytest
from rich.console import Console

import rushes.cli
from rushes.cli import run
from rushes.domain.errors import Stopped
from rushes.domain.nouns import Asset
from rushes.jobs.bar import progress_bar
from rushes.media.colour import scene_linear_named
from rushes.settings import read_settings
from rushes.studio import open_studio

NEW = ["new", "nf", "--owner", "N", "--territory"]
LICENCE = ["rights", "licence", "l1", "--owner", "N", "--allow", "ai_training"]
CONSENT = ["rights", "consent", "c1", "--person", "mia", "--allow", "ai_training"]


def refused(typed, *words):
    code, _, said = typed(*words)
    assert code == 1, words
    assert "Traceback" not in said
    return said


@pytest.fixture
def plate(show):
    asset = Asset("nf", "plate", "plate", "N", (), (), (1, 2), 64, 36, "24", "ACEScg")
    with open_studio(read_settings()) as studio:
        studio.record(asset)
    return asset


def test_the_cawg_may_be_left_away_wherever_an_action_is_asked_for(show, plate, typed):
    typed("rights", "licence", "l1", "--owner", "N", "--allow", "ai_inference")
    code, said, _ = typed("rights", "missing", "plate", "--action", "ai_inference")
    assert code == 0
    assert "nothing speaks against cawg.ai_inference" in said


def test_an_action_or_department_that_nobody_knows_is_never_answered_about(show, plate, typed):
    assert "no action named" in refused(typed, "rights", "missing", "plate", "--action", "foo")
    assert "did you mean 'look'" in refused(typed, "rights", "missing", "plate", "--use", "lok")


def test_a_working_space_that_is_no_light_is_refused(home, typed):
    said = refused(typed, *NEW, "GB", "--working-space", "ACEScct")
    assert "ACEScct is not scene-linear" in said


def test_a_config_that_does_not_say_what_is_light_leaves_it_to_whoever_names_it(tmp_path):
    ocio = pytest.importorskip("PyOpenColorIO")
    config = tmp_path / "house.ocio"
    config.write_text(ocio.Config.CreateRaw().serialize())
    assert scene_linear_named(str(config), "raw") == "raw"


@pytest.mark.parametrize("rate", ["abc", "0", "-5", "1/0"])
def test_a_frame_rate_that_is_none_is_refused_at_both_doors(show, typed, rate):
    assert "frame rate" in refused(typed, "new", "b", *NEW[2:], "GB", f"--frame-rate={rate}")
    (show / "a.exr").touch()
    door = ["ingest", "a", "a.exr", "--colour-space", "ACEScg", f"--frame-rate={rate}"]
    assert f"{rate!r} is no frame rate" in refused(typed, *door)


def test_a_rounded_frame_rate_is_recorded_as_what_it_stands_for(home, typed):
    assert '"24000/1001"' in typed(*NEW, "GB", "--frame-rate", "23.976", "--json")[1]


@pytest.mark.parametrize(("territory", "hint"), [("UK", "did you mean 'GB'"), ("Britain", "'GB'"), ("ZZ", "GB, US")])
def test_a_territory_is_one_of_iso_3166(show, typed, territory, hint):
    assert hint in refused(typed, "new", "b", *NEW[2:], territory)
    assert hint in refused(typed, *LICENCE, "--territory", territory)


def test_everywhere_is_a_territory_of_a_licence_only(show, typed):
    assert typed(*LICENCE, "--territory", "*")[0] == 0
    refused(typed, "new", "b", *NEW[2:], "*")


@pytest.mark.parametrize("grant", [LICENCE, CONSENT])
def test_a_grant_that_ends_before_it_starts_is_refused(show, typed, counted, grant):
    before = counted()
    said = refused(typed, *grant, "--starts", "2031-01-01", "--ends", "2030-01-01")
    assert "ends on 2030-01-01, before it starts on 2031-01-01" in said
    assert counted() == before


def test_a_withdrawal_without_a_reason_is_refused(show, typed):
    typed(*LICENCE)
    assert "--reason" in refused(typed, "rights", "withdraw", "l1", "--reason", " ")


def test_who_knows_nothing_new_about_an_asset_records_nothing(show, plate, typed, counted):
    before = counted()
    assert "--owner" in refused(typed, "rights", "know", "plate")
    refused(typed, "rights", "know", "plate", "--nobody", "--person", "mia")
    assert counted() == before


@pytest.mark.parametrize("name", ["a b", "a/b", "../x", "", "a:b", "a@1"])
def test_one_rule_says_what_every_noun_may_be_called(show, typed, counted, name):
    before = counted()
    for command in (
        ["person", name, "--title", "A"],
        ["rights", "licence", name, *LICENCE[3:]],
        ["rights", "consent", name, *CONSENT[3:]],
        ["new", name, *NEW[2:], "GB"],
    ):
        assert "is no name for a" in refused(typed, *command)
    assert counted() == before


def test_names_of_every_script_are_names(show, typed):
    for name in ("зое", "ज़ोया", "zoe\u0301", "佐井", "nf_012-v1.2"):
        assert typed("person", name, "--title", "Z")[0] == 0


def test_a_say_or_a_use_is_of_a_department_that_is_installed(show, typed):
    assert "did you mean 'look'" in refused(typed, "person", "ana", "--title", "Ana", "--say", "lok")
    for grant in (LICENCE, CONSENT):
        assert "did you mean 'look'" in refused(typed, *grant, "--use", "lok")
    assert typed("person", "ana", "--title", "Ana", "--say", "*")[0] == 0
    assert "did you mean 'look'" in refused(typed, "train", "lok", "--dataset", "bot")


def test_a_grant_about_what_nobody_knows_is_recorded_with_a_warning(show, plate, typed):
    code, said, _ = typed(*LICENCE, "--asset", "plat")
    assert code == 0
    assert "nothing of this show is called plat; did you mean plate?" in said
    assert "nothing of this show is owned by" not in said
    _, said, _ = typed("rights", "licence", "l2", "--owner", "Nobody Ltd", "--allow", "ai_training")
    assert "nothing of this show is owned by Nobody Ltd" in said
    _, said, _ = typed(*CONSENT)
    assert "nobody called mia is named in anything of this show" in said


def test_a_span_of_frames_is_one_range_that_runs_forward(show, typed):
    for frames, words in (("5,9", "one range"), ("61-60", "61-60")):
        assert words in refused(typed, "render", "m", "p", "--frames", frames)
    assert "61-60" in refused(typed, "clear", "d", "--pair", "a:b@61-60")


def test_a_checkpoint_that_does_not_read_is_named(show, typed):
    for place in ("nope", str(show)):
        assert place in refused(typed, "audit", "--checkpoint", place)
    (show / "binary").write_bytes(b"\xff\xfe")
    assert "binary" in refused(typed, "audit", "--checkpoint", "binary")


def test_a_home_that_cannot_be_one_is_named(tmp_path, monkeypatch, typed):
    (tmp_path / "file").touch()
    for home in ("/proc/foo", str(tmp_path / "file"), str(tmp_path / "file" / "below")):
        monkeypatch.setenv("RUSHES_HOME", home)
        said = refused(typed, "status")
        assert home in said
        assert "RUSHES_HOME" in said


def test_a_demo_where_nothing_can_be_written_is_refused(home, typed):
    assert "--to" in refused(typed, "demo", "--to", "/proc/x")


def test_a_paper_that_is_not_there_says_nothing_about_its_neighbours(show, typed):
    (show / "secret.txt").touch()
    said = refused(typed, *LICENCE, "--paper", "/nope.pdf")
    assert "'nope.pdf'" in said
    assert "there is" not in said
    (show / "paper.pdf").touch()
    assert "did you mean 'paper.pdf'" in refused(typed, *LICENCE, "--paper", str(show / "papre.pdf"))


def test_the_version_is_said(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("rushes 0.")


def ended_by(monkeypatch, error):
    def perform(arguments):
        raise error

    monkeypatch.setattr(rushes.cli, "perform", perform)
    return run(["status"])


def test_ctrl_c_is_exit_code_130(monkeypatch, capsys):
    assert ended_by(monkeypatch, KeyboardInterrupt()) == 130
    assert ended_by(monkeypatch, Stopped("stopped: train look")) == 130


def test_a_disk_that_is_full_is_said_and_no_traceback(monkeypatch, capsys):
    assert ended_by(monkeypatch, OSError(errno.ENOSPC, "No space left on device", "/shows/nf")) == 1
    said = capsys.readouterr().err
    assert "/shows/nf" in said
    assert "No space left on device" in said


def test_what_opencolorio_refuses_is_said_and_a_fault_of_ours_is_not_hidden(monkeypatch, capsys):
    ocio = pytest.importorskip("PyOpenColorIO")
    assert ended_by(monkeypatch, ocio.Exception("no such look")) == 1
    assert "no such look" in capsys.readouterr().err
    with pytest.raises(ZeroDivisionError):
        ended_by(monkeypatch, ZeroDivisionError())


def test_help_does_not_wait_for_pixels():
    code = "import sys; from rushes.cli import run; run(['--help']); sys.exit('PyOpenColorIO' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_nothing_is_drawn_where_nobody_looks():
    words = StringIO()
    with progress_bar(Console(file=words)) as watch:
        watch(1, 2, "decoding")
    assert words.getvalue() == ""
