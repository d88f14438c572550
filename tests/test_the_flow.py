"""One sitting from footage to a signed delivery, on small pictures, with every gate on the way."""

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from rushes.domain.actions import INFERENCE, TRAINING
from rushes.domain.errors import (
    AlreadyThere,
    BadMaterial,
    BadSignature,
    MissingFrames,
    NotAllowed,
    NotCleared,
    NotFound,
    OutOfScope,
    RushesError,
    UnstatedColourSpace,
)
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset, Delivery, Model, Person, Show, Take
from rushes.domain.records import digest_of
from rushes.flow.clear import Part, clear_dataset
from rushes.flow.deliver import Parcel, deliver_takes
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.flow.render import render_take
from rushes.flow.rendering import RenderOrder
from rushes.flow.review import review_take
from rushes.flow.train import Order, train_model
from rushes.media.frames import Frame, Header
from rushes.media.stills import read_still, write_still
from rushes.settings import read_settings
from rushes.signing.statements import verify_delivery
from rushes.studio import open_studio

START = datetime(2026, 11, 22, 9, tzinfo=UTC)
CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SHOW = Show(
    "nf",
    "nf",
    "Nightfall",
    "Nightfall Ltd",
    "GB",
    CONFIG,
    "ACEScg",
    "Rec.1886 Rec.709 - Display",
    "Un-tone-mapped",
    "24",
)


COARSE = {"lattice": "17", "curve_points": "17"}
"""A finer lattice takes longer to learn and to write, and goes the same way."""


class Clock:
    """The clock is a parameter, so a test can wait a year."""

    def __init__(self):
        self.now = START

    def __call__(self):
        self.now += timedelta(seconds=1)
        return self.now


def opened(folder):
    return open_studio(read_settings({"RUSHES_HOME": str(folder / "studio"), "RUSHES_PERSON": "tester"}))


@pytest.fixture
def studio(tmp_path, request):
    """A studio with a show and two people; with a model, a take and a delivery in it where the test asks for those."""
    for stage, fixtures in (("delivered", {"delivery"}), ("house", {"model", "take"})):
        if fixtures & set(request.fixturenames):
            shutil.copytree(request.getfixturevalue(stage), tmp_path, dirs_exist_ok=True)
            break
    with opened(tmp_path) as today:
        mine = replace(today, clock=Clock())
        if not mine.ledger.every(Show):
            populate(mine)
        yield mine


@pytest.fixture(scope="module", autouse=True)
def unplotted(without_plots):
    with without_plots():
        yield


def populate(studio):
    for fact in (SHOW, Person("nf", "ana", "Ana Bell, colourist", ("look",)), Person("nf", "ben", "Ben Cole", ())):
        studio.record(fact)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One training and one render, done once; tests work on copies."""
    folder = tmp_path_factory.mktemp("house")
    write_shot(folder / "in")
    with opened(folder) as today:
        studio = replace(today, clock=Clock())
        populate(studio)
        plate = ingest_asset(studio, arrival(folder / "in", "plate")).asset
        ingest_asset(studio, arrival(folder / "in", "grade"))
        grant(studio)
        dataset = clear_dataset(studio, "nf", "dusk", department="look", parts=PARTS)
        render_take(
            studio, RenderOrder(train_model(studio, Order(dataset, "dusk", "standard", settings=COARSE)), plate)
        )
    return folder


@pytest.fixture(scope="module")
def delivered(house, tmp_path_factory):
    """The take approved and delivered, done once; tests work on copies."""
    folder = tmp_path_factory.mktemp("delivered")
    shutil.copytree(house, folder, dirs_exist_ok=True)
    with opened(folder) as today:
        studio = replace(today, clock=Clock())
        take = studio.ledger.find(Take, "nf", "plate_v001")
        review_take(studio, take, "ana", decision="approved", note="as I graded it")
        deliver_takes(studio, Parcel("nf", "reel1", [take], folder / "out"))
    return folder


def scene(frame: int) -> np.ndarray:
    rng = np.random.default_rng(5)
    blocks = rng.uniform(-4, 2.5, (3, 9, 16)).repeat(10, 1).repeat(10, 2)
    rows, columns = np.mgrid[0:90, 0:160]
    light = np.sin(rows / 11 + frame / 3) + np.cos(columns / 13)
    plate = 0.18 * np.exp2(blocks + 0.5 * light)
    plate[:, :3, :3], plate[:, -3:, -3:] = -0.02, 9.0
    return plate.astype(np.float32)


def graded(plate: np.ndarray) -> np.ndarray:
    warm = plate * np.array([1.2, 1.0, 0.8], np.float32).reshape(3, 1, 1)
    return (np.sign(warm) * np.abs(warm / 0.18) ** 1.1 * 0.18).astype(np.float32)


def write_shot(folder):
    for frame in range(1001, 1009):
        write_exr(folder / f"plate.{frame}.exr", scene(frame), timecode="01:00:00:00")
        if frame in (1001, 1004, 1007):
            write_exr(folder / f"grade.{frame}.exr", graded(scene(frame)))
    return folder


def write_exr(path, plate, timecode=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    window = (0, 0, plate.shape[2] - 1, plate.shape[1] - 1)
    write_still(
        path, Frame(0, np.ascontiguousarray(plate.transpose(1, 2, 0)), Header(window, window, timecode=timecode))
    )


@pytest.fixture
def shot(tmp_path):
    return write_shot(tmp_path / "in")


def arrival(shot, name, **changes):
    source = str(shot / f"{name}.####.exr")
    said = {"colour_space": "ACEScg", "owner": "Nightfall Ltd", "people": ("mia",), **changes}
    return Arrival(show="nf", name=name, kind=name, source=source, **said)


def grant(studio, **changes):
    licence = Licence(
        "nf", "lic1", "Nightfall Ltd", ("*",), (TRAINING, INFERENCE), ("*",), ("GB",), None, date(2027, 11, 22)
    )
    consent = Consent("nf", "con1", "mia", (TRAINING, INFERENCE), ("look",), None, date(2027, 6, 1))
    for fact in (replace(licence, **changes), consent):
        studio.record(fact)
    return licence, consent


PARTS = [Part("before", "plate", 1), Part("after", "grade", 1)]


@pytest.fixture
def model(studio):
    return studio.ledger.find(Model, "nf", "dusk")


@pytest.fixture
def take(studio):
    return studio.ledger.find(Take, "nf", "plate_v001")


@pytest.fixture
def delivery(studio):
    return studio.ledger.find(Delivery, "nf", "reel1")


def test_from_footage_to_a_signed_delivery_in_one_sitting(take, delivery, tmp_path):
    verified = verify_delivery(tmp_path / "out")
    assert verified.files == len(delivery.files)
    frames = sorted((tmp_path / "out" / "frames" / take.name).glob("*.exr"))
    assert len(frames) == 8
    names = {path.suffix for path in (tmp_path / "out").rglob("*")}
    assert {".cube", ".clf", ".cc", ".ccc", ".cdl", ".edl", ".mp4", ".ocio", ".html"} <= names
    rendered = read_still(frames[0]).plate
    assert np.abs(rendered - graded(scene(1001)))[:, 5:-5, 5:-5].mean() < 0.02
    assert rendered.min() < 0
    assert rendered.max() > 5


def test_a_take_names_the_model_and_plate_that_it_came_from(studio, take):
    frame = read_still(studio.paths(take.files)[0])
    assert frame.header.attributes["rushes:model"] == take.model
    assert frame.header.attributes["rushes:plate"] == take.plate
    assert frame.header.timecode == "01:00:00:00"


def test_lineage_leads_from_a_delivery_to_every_frame_and_grant_and_back(studio, delivery, tmp_path):
    kinds = [type(noun).__name__ for _, noun in studio.ledger.comes_from(digest_of(delivery))]
    assert sorted(set(kinds)) == ["Asset", "Consent", "Dataset", "Licence", "Model", "Person", "Review", "Show", "Take"]
    papers = json.loads((tmp_path / "out" / "lineage.json").read_text())
    assert {paper["noun"] for paper in papers} >= {
        "Asset@1",
        "Licence@1",
        "Consent@1",
        "Dataset@1",
        "Model@1",
        "Take@1",
    }


def test_the_same_dataset_and_recipe_give_the_same_weights(studio, model):
    dataset = studio.ledger.get(model.dataset)
    again = train_model(studio, Order(dataset, "dusk_again", "standard", settings=COARSE))
    assert again.weights.digest == model.weights.digest


def test_the_same_model_and_plate_give_the_same_pixels(studio, model, take):
    again = render_take(studio, RenderOrder(model, studio.ledger.get(take.plate)))
    assert again.number == take.number + 1
    pixels = [[read_still(path).packed for path in studio.paths(one.files)] for one in (take, again)]
    assert all(np.array_equal(a, b) for a, b in zip(*pixels, strict=True))


def test_unknown_is_locked_and_every_objection_to_every_asset_comes_at_once(studio, shot):
    ingest_asset(studio, arrival(shot, "plate", owner=None, people=None))
    ingest_asset(studio, arrival(shot, "grade"))
    with pytest.raises(NotCleared) as refusal:
        clear_dataset(studio, "nf", "dusk", department="look", parts=PARTS)
    words = " ".join(refusal.value.reasons)
    assert len(refusal.value.reasons) == 5
    assert all(part in words for part in ("who owns it", "who can be recognised", "no licence", "no consent from mia"))


def test_a_licence_that_ended_between_clearing_and_training_stops_the_training(studio, model):
    dataset = studio.ledger.get(model.dataset)
    studio.clock.now += timedelta(days=400)
    with pytest.raises(NotCleared):
        train_model(studio, Order(dataset, "late", "standard"))


def test_a_model_keeps_to_its_show_and_its_time(studio, model, take):
    plate = studio.ledger.get(take.plate)
    studio.record(replace(SHOW, show="other", name="other"))
    with pytest.raises(OutOfScope, match="works for no other show"):
        render_take(studio, RenderOrder(model, replace(plate, show="other")))
    studio.clock.now += timedelta(days=400)
    with pytest.raises(OutOfScope, match="ended on 2027-06-01"):
        render_take(studio, RenderOrder(model, plate))


def test_a_model_whose_scope_was_widened_by_hand_is_refused(studio, model, take):
    forged = replace(model, scope=replace(model.scope, ends=None))
    with pytest.raises(BadSignature):
        render_take(studio, RenderOrder(forged, studio.ledger.get(take.plate)))


@pytest.mark.parametrize("which", [0, 1])
def test_a_withdrawal_reaches_model_take_and_delivery_and_quarantines_the_model(
    studio, take, delivery, tmp_path, which
):
    instrument = (studio.ledger.find(Licence, "nf", "lic1"), studio.ledger.find(Consent, "nf", "con1"))[which]
    studio.record(Withdrawal("nf", "w", digest_of(instrument), studio.today(), "changed my mind"))
    reached = {digest for digest, _ in studio.ledger.touched_by(digest_of(instrument))}
    assert {digest_of(delivery), digest_of(take), take.model} <= reached
    with pytest.raises(OutOfScope, match="quarantined"):
        render_take(studio, RenderOrder(studio.ledger.get(take.model), studio.ledger.get(take.plate)))
    with pytest.raises(OutOfScope, match="quarantined"):
        deliver_takes(studio, Parcel("nf", "reel2", [take], tmp_path / "out2"))


def test_a_plate_that_may_teach_but_not_be_rendered_is_refused(studio, model, take):
    other = replace(studio.ledger.get(take.plate), name="elsewhere", owner="Stock House")
    studio.record(other)
    with pytest.raises(NotCleared, match="no licence for cawg"):
        render_take(studio, RenderOrder(model, other))


def test_what_is_learned_about_footage_later_counts_for_training_rendering_and_delivery(studio, model, take, tmp_path):
    review_take(studio, take, "ana", decision="approved", note="")
    known = replace(studio.ledger.find(Asset, "nf", "plate"), people=("mia", "tom"), revision=1)
    studio.record(known)
    with pytest.raises(NotCleared, match="no consent from tom"):
        train_model(studio, Order(studio.ledger.get(model.dataset), "again", "standard"))
    for refused in (
        lambda: render_take(studio, RenderOrder(model, known)),
        lambda: deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out")),
    ):
        with pytest.raises(OutOfScope, match="no consent from tom"):
            refused()
    studio.record(Consent("nf", "con2", "tom", (TRAINING, INFERENCE), ("look",), None, None))
    deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out"))


def test_only_an_approved_look_of_the_show_may_teach_the_next_and_its_fate_is_shared(studio, model, take):
    dataset = studio.ledger.get(model.dataset)
    order = Order(dataset, "dusk_2", "standard", settings=COARSE, earlier=(model,))
    with pytest.raises(OutOfScope, match="no take that anyone has approved"):
        train_model(studio, order)
    review_take(studio, take, "ana", decision="approved", note="")
    second = train_model(studio, order)
    assert second.earlier == (digest_of(model),)
    assert digest_of(model) in dict(studio.ledger.comes_from(digest_of(second)))
    licence = studio.ledger.find(Licence, "nf", "lic1")
    studio.record(Withdrawal("nf", "w", digest_of(licence), studio.today(), "sold"))
    assert any("builds on it" in reason for reason in studio.quarantine(second))


def test_an_earlier_state_can_be_stated_again_and_counts(studio, shot):
    for revision, people in enumerate([("mia",), (), ("mia",)]):
        arrived = ingest_asset(studio, arrival(shot, "plate", people=people))
        assert (arrived.asset.people, arrived.asset.revision) == (people, revision)
    assert studio.ledger.find(Asset, "nf", "plate").people == ("mia",)


def test_a_person_decides_and_only_one_who_has_the_say(studio, take, tmp_path):
    with pytest.raises(NotAllowed, match="nobody has reviewed it"):
        deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out"))
    with pytest.raises(NotAllowed, match="Ben Cole"):
        review_take(studio, take, "ben", decision="approved", note="")
    with pytest.raises(BadMaterial, match="without a note"):
        review_take(studio, take, "ana", decision="sent back", note=" ")
    with pytest.raises(BadMaterial, match="no decision"):
        review_take(studio, take, "ana", decision="perhaps", note="")
    review_take(studio, take, "ana", decision="approved", note="")
    review_take(studio, take, "ana", decision="sent back", note="too warm")
    with pytest.raises(NotAllowed, match="too warm"):
        deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_delivery_that_was_changed_by_one_byte_names_the_file(delivery, tmp_path):
    for victim in sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file()):
        whole = victim.read_bytes()
        spoilt = bytearray(whole)
        spoilt[len(spoilt) // 2] ^= 1
        victim.chmod(0o644)
        victim.write_bytes(spoilt)
        with pytest.raises(BadSignature, match=victim.name):
            verify_delivery(tmp_path / "out")
        victim.write_bytes(whole)
    assert verify_delivery(tmp_path / "out")


def test_a_delivery_is_never_written_over_anything(studio, take, tmp_path):
    review_take(studio, take, "ana", decision="approved", note="")
    (tmp_path / "out").mkdir()
    with pytest.raises(AlreadyThere):
        deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out"))


def test_a_delivery_s_name_is_taken_once_and_for_all_but_goes_on_after_the_power_went(studio, take, delivery, tmp_path):
    with pytest.raises(AlreadyThere, match="there is a delivery reel1"):
        deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out2"))
    assert {path.name for path in tmp_path.glob("*out*")} == {"out"}
    (tmp_path / "out").rename(tmp_path / ".out.partial")  # recorded, and killed before it got its name
    deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out"))
    assert verify_delivery(tmp_path / "out")


def test_a_delivery_that_cannot_be_written_is_refused_before_anything_is(studio, take, tmp_path):
    review_take(studio, take, "ana", decision="approved", note="")
    with pytest.raises(NotFound, match="h264"):
        deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out", ("h264", "h265")))
    with pytest.raises(RushesError, match="/proc/") as refusal:
        deliver_takes(studio, Parcel("nf", "reel1", [take], Path("/proc/nope")))
    assert "Name a folder" in refusal.value.remedy
    with pytest.raises(BadMaterial, match="is no name for a delivery"):
        deliver_takes(studio, Parcel("nf", "reel 1", [take], tmp_path / "out"))
    assert list(tmp_path.glob("*out*")) == []


def test_a_name_is_asked_about_before_the_work_and_not_after_it(studio, model):
    with pytest.raises(BadMaterial, match="is no name for a model"):
        train_model(studio, Order(studio.ledger.get(model.dataset), "dusk/2", "standard"))
    with pytest.raises(BadMaterial, match="is no name for a dataset"):
        clear_dataset(studio, "nf", "dusk 2", department="look", parts=PARTS)


def test_a_setting_of_a_render_is_a_number_that_makes_sense(studio, model, take):
    plate = studio.ledger.get(take.plate)
    for name, value in (*(("strength", value) for value in (np.nan, np.inf, 1e9, -1.0)), ("curves", 0.5)):
        with pytest.raises(BadMaterial, match="make no sense") as refusal:
            render_take(studio, RenderOrder(model, plate, settings={name: value}))
        limits = "it is on or off" if name == "curves" else "it goes from 0 to 10"
        assert refusal.value.reasons == (f"{name}={value:g}: {limits}",)


def test_material_that_cannot_be_trusted_stays_outside(studio, shot):
    with pytest.raises(UnstatedColourSpace, match="1001-1008"):
        ingest_asset(studio, arrival(shot, "plate", colour_space=None))
    (shot / "plate.1003.exr").unlink()
    (shot / "plate.1004.exr").unlink()
    with pytest.raises(MissingFrames, match="1003-1004"):
        ingest_asset(studio, arrival(shot, "plate"))
    assert studio.ledger.every(Asset, "nf") == []


def test_who_did_not_say_the_colour_space_hears_what_the_file_says_and_nothing_is_taken_for_granted(studio, tmp_path):
    window = (0, 0, 63, 35)
    frame = Frame(0, np.full((36, 64, 3), 0.18, np.float32), Header(window, window))
    write_still(tmp_path / "plate.1001.exr", frame, colour_space="ACEScg")
    with pytest.raises(UnstatedColourSpace) as refusal:
        ingest_asset(studio, arrival(tmp_path, "plate", colour_space=None))
    assert refusal.value.reasons == (
        "the file says: colorInteropID lin_ap1_scene",
        "it may be --colour-space ACEScg, as the file says",
    )
    assert studio.ledger.every(Asset, "nf") == []


def test_a_name_stands_for_one_footage(studio, shot):
    first = ingest_asset(studio, arrival(shot, "plate"))
    assert ingest_asset(studio, arrival(shot, "plate")) == first
    write_exr(shot / "plate.1001.exr", scene(7))
    with pytest.raises(AlreadyThere):
        ingest_asset(studio, arrival(shot, "plate"))


def test_not_a_number_is_reported_with_frame_and_channel(studio, shot):
    broken = scene(1002)
    broken[1, 40, 40] = np.nan
    write_exr(shot / "plate.1002.exr", broken)
    arrived = ingest_asset(studio, arrival(shot, "plate"))
    assert arrived.notes == ("frame 1002, channel G: 1 pixels are NaN or infinite",)


def test_roles_and_frames_that_make_no_lesson_are_refused_with_what_does(studio, shot):
    ingest_asset(studio, arrival(shot, "plate"))
    ingest_asset(studio, arrival(shot, "grade"))
    grant(studio)
    for parts in (
        [Part("before", "plate", 1)],
        [Part("before", "plate", 1, (999,)), Part("after", "grade", 1, (1001,))],
        [],
    ):
        with pytest.raises(BadMaterial, match="It is taught by"):
            clear_dataset(studio, "nf", "dusk", department="look", parts=parts)


def test_the_studio_s_own_audit_is_clean_after_all_that(studio, take):
    assert studio.ledger.audit().faults == ()
    assert isinstance(studio.ledger.find(Model, "nf", "dusk"), Model)
    assert isinstance(studio.ledger.find(Take, "nf", "plate_v001"), Take)
