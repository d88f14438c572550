"""A take in which frames of another clip and of a protected still turn up, and what is said of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner

from rushes.cli import run
from rushes.cli.promote import promote
from rushes.cli.vet import vet
from rushes.cli.watchlist import watchlist
from rushes.domain.actions import TRAINING
from rushes.domain.clearances import Depiction
from rushes.domain.errors import BadMaterial, NotAllowed
from rushes.domain.nouns import Asset, Dataset, Model, Person, Show, Take
from rushes.domain.parts import AssetFile, Item, Scope
from rushes.domain.records import digest_of
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.flow.originality import SAME_CLIP, Question, find_copies
from rushes.flow.people_sheet import sheet
from rushes.flow.promotion import is_promoted, newest_report, originality_of, promote_model
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.settings import read_settings
from rushes.studio import open_studio

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SHOW = Show("nf", "nf", "Nightfall", "N", "GB", CONFIG, "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped", "24")
SHOT, OTHER, POSTER, UNSEEN = 100, 101, 102, 103
"""Seeds of what the take's own clip, another taught clip, a watched poster and a further still show."""


def light(picture: np.ndarray) -> np.ndarray:
    return (picture / np.float32(255)) ** np.float32(2.4)


def written(path, packed):
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = packed.shape[:2]
    window = (0, 0, width - 1, height - 1)
    write_still(path, Frame(0, np.ascontiguousarray(packed, np.float32), Header(window, window)))
    return path


@pytest.fixture(scope="module")
def house(tmp_path_factory, scene):
    """A studio with a model that two clips taught, and three takes of one of them."""
    folder = tmp_path_factory.mktemp("copies")

    def small(seed):
        return light(scene(seed, 480, 270))

    def inset(packed, seed):
        held = packed.copy()
        held[30:192, 150:438] = cv2.resize(small(seed), (288, 162), interpolation=cv2.INTER_AREA)
        return held

    clips = {
        "shot": (SHOT, "plate"),
        "fixed": (SHOT, "grade"),
        "other": (OTHER, "plate"),
        "other_fixed": (OTHER, "grade"),
    }
    for name, (seed, _) in clips.items():
        for frame in (1, 2):
            gain = (1.0 if name in ("shot", "other") else 0.9) * (1 + 0.01 * frame)
            written(folder / "in" / f"{name}.{frame:04d}.exr", gain * small(seed))
    stills = {"poster": POSTER, "unseen": UNSEEN}
    for name, seed in stills.items():
        written(folder / "in" / f"{name}.0001.exr", small(seed))
    matte = written(folder / "in" / "matte.0001.exr", np.ones((270, 480, 3)))
    settings = read_settings({"RUSHES_HOME": str(folder / "studio"), "RUSHES_PERSON": "tester"})
    with open_studio(settings) as today:
        studio = replace(today, clock=lambda: datetime(2026, 11, 26, tzinfo=UTC))
        studio.record(SHOW)
        for name, (_, kind) in clips.items():
            source = str(folder / "in" / f"{name}.####.exr")
            ingest_asset(studio, Arrival("nf", name, kind, source, "ACEScg", "N", ()))
        for name in stills:
            source = str(folder / "in" / f"{name}.0001.exr")
            ingest_asset(studio, Arrival("nf", name, "still", source, "ACEScg", None, None))
        ingest_asset(studio, Arrival("nf", "matte", "matte", str(matte), "ACEScg", "N", ()))
        model = taught(studio)
        clean = small(SHOT) * 0.9
        planted = {
            "clean": (clean, clean * 1.01),
            "copied": (inset(clean, OTHER), small(POSTER)[:, ::-1] * 0.8),
        }
        for number, (name, frames) in enumerate(planted.items(), 1):
            files = [
                studio.vault.put(written(folder / "out" / f"{name}.{at}.exr", packed))
                for at, packed in enumerate(frames, 1)
            ]
            take_of(studio, model, name, number=number, files=tuple(files))
        yield folder, studio


def asset(studio, name):
    return studio.ledger.find(Asset, "nf", name)


def taught(studio):
    groups = enumerate([("shot", "fixed"), ("other", "other_fixed")])
    items = [
        Item(digest_of(asset(studio, name)), role, group, (1, 2))
        for group, names in groups
        for role, name in zip(("before", "after"), names, strict=True)
    ]
    items.append(Item(digest_of(asset(studio, "matte")), "matte", 1, (1,)))
    dataset = Dataset("nf", "pairs", "paint", TRAINING, "GB", tuple(items), (), datetime(2026, 11, 26).date(), None)  # noqa: DTZ001
    weights = AssetFile("w.safetensors", "sha256:" + "0" * 64, 1)
    scope = Scope("nf", ("paint",), (), "GB", None)
    model = Model("nf", "fixer", "paint", studio.record(dataset), "{}", 0, weights, scope, (), (), None, (), "")
    studio.record(model)
    return model


def take_of(studio, model, name, *, number, files):
    plate = digest_of(asset(studio, "shot"))
    studio.record(Take("nf", name, "paint", digest_of(model), plate, number, "{}", (1, 2), files, "ACEScg", ()))


def question(studio, take, *against, **further):
    found = tuple(asset(studio, name) for name in against)
    return Question(studio.ledger.find(Take, "nf", take), found, **further)


def test_a_take_that_shows_its_own_plate_and_nothing_else_is_no_copy_and_nothing_is_recorded(house):
    _, studio = house
    before = studio.ledger.audit()
    answer = find_copies(studio, question(studio, "clean", "poster", "shot"))
    assert answer.findings.matches == ()
    assert {source.name for source in answer.sources} == {"other", "other_fixed", "poster"}
    matte = "a matte, which shows no picture"
    assert dict(answer.left_out) == {"shot": SAME_CLIP, "fixed": SAME_CLIP, "matte": matte}
    assert studio.ledger.audit() == before


def test_a_taught_frame_set_into_a_take_and_a_mirrored_poster_are_found_where_they_are(house, tmp_path):
    _, studio = house
    told = []
    page = tmp_path / "pages" / "copied.html"
    answer = find_copies(
        studio, question(studio, "copied", "poster", "unseen"), lambda *words: told.append(words), page=page
    )
    found = {(match.frame, match.source): match for match in answer.findings.copies}
    assert set(found) == {(1, "other"), (1, "other_fixed"), (2, "poster")}
    inset, poster = found[1, "other"], found[2, "poster"]
    assert inset.found.scale == pytest.approx(0.6, rel=0.03)
    assert np.all(inset.found.here.min(axis=0) > [1.5 * 150 - 8, 1.5 * 30 - 8])
    assert np.all(inset.found.here.max(axis=0) < [1.5 * 438 + 8, 1.5 * 192 + 8])
    assert (poster.bits <= 31, poster.hashed, poster.turned_over) == (True, "mirrored whole", True)
    assert poster.found.here[:, 0].mean() == pytest.approx(719 - poster.found.there[:, 0].mean(), abs=8)
    assert told[-1] == (6, 6, "comparing")
    words = page.read_text()
    assert words.count("data:image/jpeg;base64,") == 2 * 3
    assert "mirrored" in words
    assert "places agree at 60 % of the size" in words
    assert "poster" in words


def test_what_the_plate_shows_by_itself_is_marked_and_no_finding(house):
    """A second asset of the same clip, under another name: the model did not put it there."""
    folder, studio = house
    ingest_asset(
        studio, Arrival("nf", "shot_again", "plate", str(folder / "in" / "fixed.####.exr"), "ACEScg", None, None)
    )
    findings = find_copies(studio, question(studio, "clean", "shot_again")).findings
    assert [match.in_plate for match in findings.matches] == [True, True]
    assert findings.copies == findings.candidates == ()


def test_a_clip_that_is_on_the_watch_list_is_not_called_left_out(house):
    _, studio = house
    answer = find_copies(studio, question(studio, "clean", "fixed"))
    assert "fixed" in [source.name for source in answer.sources]
    assert "fixed" not in dict(answer.left_out)


def test_what_is_no_picture_is_refused_on_the_watch_list_all_at_once(house):
    _, studio = house
    with pytest.raises(BadMaterial, match="not everything on the watch-list is a picture") as refusal:
        find_copies(studio, question(studio, "clean", "matte", "poster"))
    assert refusal.value.reasons == ("matte is a matte",)


def test_the_command_says_what_it_found_and_exits_with_1_for_it(house, capsys, monkeypatch, tmp_path):
    folder, _ = house
    for name, value in {"HOME": str(folder / "studio"), "PERSON": "tester", "SHOW": "nf"}.items():
        monkeypatch.setenv(f"RUSHES_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")
    assert run(["originality", "clean"]) == 0
    assert "clean: 0 copied, 0 to look at; 2 frame(s) held against 4 of 2 clip(s)" in capsys.readouterr().out
    words = ["originality", "copied", "--against", "poster", "--every", "--html", str(tmp_path / "page.html")]
    assert run([*words, "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    found = {(one["frame"], one["clip"], one["verdict"]) for one in said["matches"]}
    assert found == {(1, "other", "copy"), (1, "other_fixed", "copy"), (2, "poster", "copy")}
    assert said["left_out"]["fixed"] == SAME_CLIP
    assert list(said["memorisation_ratios"]) == ["1", "2"]
    assert (tmp_path / "page.html").is_file()


def command(function, *words):
    app = typer.Typer()
    app.command()(function)
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def desk(house, monkeypatch):
    """The house, with people: one has the say over paint, one has none."""
    folder, studio = house
    for name, value in {"HOME": str(folder / "studio"), "PERSON": "tester", "SHOW": "nf"}.items():
        monkeypatch.setenv(f"RUSHES_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")
    for name, says in {"ana": ("paint",), "bo": ("look",)}.items():
        studio.record(Person("nf", name, name.title(), says))
    return studio


def test_a_model_is_promoted_only_with_its_report_and_an_answer_to_what_that_found(desk, tmp_path):
    """One sitting: refused without a report, on an older watch-list, without an answer, without the say."""
    model = desk.ledger.find(Model, "nf", "fixer")
    with pytest.raises(NotAllowed, match="fixer is not promoted") as refusal:
        promote_model(desk, model, "bo", note="")
    assert [words.split(",")[0] for words in refusal.value.reasons] == [
        "there is no originality report on this very model",
        "Bo has the say over look",
    ]
    assert (is_promoted(desk, model), originality_of(desk, model)) == (False, None)

    assert "poster" in command(watchlist, "poster").output
    looked = command(vet, "fixer", "--every", "--reports", str(tmp_path / "pages"), "--json")
    assert looked.exit_code == 1
    report = newest_report(desk, model)
    assert (report.looked, report.copies, report.watched) == (
        ("clean", "copied"),
        3,
        (digest_of(asset(desk, "poster")),),
    )
    assert len(list((tmp_path / "pages").glob("*.html"))) == 2
    said = json.loads(desk.vault.path(report.files[0]).read_text())
    assert {match["clip"] for work in said for match in work["matches"]} == {"other", "other_fixed", "poster"}
    assert originality_of(desk, model) == "failed"

    with pytest.raises(NotAllowed, match="no note answers"):
        promote_model(desk, model, "ana", note="")
    done = command(promote, "fixer", "--by", "ana", "--note", "planted by a test")
    assert "fixer: promoted by ana: planted by a test" in done.output
    assert (is_promoted(desk, model), originality_of(desk, model)) == (True, "passed")

    assert "poster, unseen" in command(watchlist, "poster", "unseen").output
    assert not is_promoted(desk, model)
    with pytest.raises(NotAllowed, match="older than the watch-list"):
        promote_model(desk, model, "ana", note="still fine")


def test_a_sheet_shows_a_still_of_each_second_and_who_is_on_record(house, tmp_path):
    _, studio = house
    shot, page = asset(studio, "other"), tmp_path / "sheets" / "other.html"
    assert sheet(studio, shot, page) == (1, 2)
    words = page.read_text()
    assert words.count("data:image/jpeg;base64,") == 2
    assert "<figcaption>2</figcaption>" in words
    assert "nobody can be recognised in it" in words
    studio.record(Depiction("nf", "other.unknown-1", "other", "unknown-1", ("face",), ((1, 1),), "tester"))
    assert sheet(studio, asset(studio, "unseen"), page, every=12) == (1,)
    assert "it is locked until somebody does" in page.read_text()
    studio.record(replace(asset(studio, "unseen"), people=("mo",), revision=1))
    sheet(studio, asset(studio, "unseen"), page)
    assert "mo: somewhere in it" in page.read_text()
    sheet(studio, shot, page)
    assert "unknown-1: face, 1-1, found by tester" in page.read_text()
    with pytest.raises(BadMaterial, match="nobody can be seen"):
        sheet(studio, asset(studio, "matte"), page)
