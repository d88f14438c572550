"""One sitting with paint, on small EXR frames that carry all that a plate can carry."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from rushes.domain.actions import INFERENCE, TRAINING
from rushes.domain.errors import NotCleared
from rushes.domain.grants import Licence
from rushes.domain.nouns import Asset, Person, Show
from rushes.domain.records import digest_of
from rushes.flow.clear import Part, clear_dataset
from rushes.flow.deliver import Parcel, deliver_takes
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.flow.render import render_take
from rushes.flow.rendering import RenderOrder, render_frames, still_of
from rushes.flow.review import review_take
from rushes.flow.train import Order, train_model
from rushes.media.frames import Frame, Header
from rushes.media.stills import read_still, write_still
from rushes.settings import read_settings
from rushes.signing.statements import verify_delivery
from rushes.studio import open_studio

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SHOW = Show("nf", "nf", "Nightfall", "N", "GB", CONFIG, "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped", "24")
QUICK = {"steps": "30", "widths": "8,8", "crop": "32"}
HEIGHT, WIDTH, OVERSCAN = 72, 96, 4


def light(frame: int, *, fixed: bool) -> np.ndarray:
    """Smooth ground with grain, light below 0 and far above 1, and a dark wire before it unless that is painted out."""
    rng = np.random.default_rng(frame)
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    plate = 0.3 + 0.1 * np.sin(rows / 9) * np.cos(columns / 11) + rng.normal(0, 0.004, (3, HEIGHT, WIDTH))
    plate[:, :4, :4], plate[:, -4:, -4:] = -0.02, 12.0
    if not fixed:
        plate[:, np.abs(rows - 30 - frame - 0.1 * columns) < 1.3] = 0.02
    return plate.astype(np.float16).astype(np.float32)


def write(folder, name: str, frames, *, fixed: bool):
    folder.mkdir(exist_ok=True)
    for frame in frames:
        # a wider data window, an alpha that is full here and half there, and depth
        packed = np.empty((HEIGHT, WIDTH, 4), np.float32)
        packed[..., :3], packed[..., 3] = light(frame, fixed=fixed).transpose(1, 2, 0), 1.0
        packed[:8, :, 3] = 0.5
        packed[:8, :, :3] *= 0.5
        window = (-OVERSCAN, -OVERSCAN, WIDTH - OVERSCAN - 1, HEIGHT - OVERSCAN - 1)
        display = (0, 0, WIDTH - 2 * OVERSCAN - 1, HEIGHT - 2 * OVERSCAN - 1)
        header = Header(window, display, timecode=f"01:00:00:{frame:02d}", attributes={"camera": "A001"})
        depth = np.full((HEIGHT, WIDTH), 7.25 + frame, np.float32)
        write_still(folder / f"{name}.{frame:04d}.exr", Frame(frame, packed, header, {"Z": depth}))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A studio with a shot, three painted frames of it, and the model that they taught."""
    folder = tmp_path_factory.mktemp("paint")
    start = datetime(2026, 11, 22, 9, tzinfo=UTC)
    ticks = iter(range(1_000_000))
    write(folder / "in", "wires", range(1, 6), fixed=False)
    write(folder / "in", "clean", (1, 3, 5), fixed=True)
    write(folder / "in", "stray", (2,), fixed=True)
    settings = read_settings({"RUSHES_HOME": str(folder / "studio"), "RUSHES_PERSON": "tester"})
    with open_studio(settings) as today:
        studio = replace(today, clock=lambda: start + timedelta(seconds=next(ticks)))
        for fact in (
            SHOW,
            Person("nf", "ana", "Ana", ("paint",)),
            Licence("nf", "own", "N", ("*",), (TRAINING, INFERENCE), ("*",), ("*",), None, None),
        ):
            studio.record(fact)
        for name, kind, owner in (("wires", "plate", "N"), ("clean", "grade", "N"), ("stray", "grade", None)):
            source = str(folder / "in" / f"{name}.####.exr")
            ingest_asset(studio, Arrival("nf", name, kind, source, "ACEScg", owner, ()))
        parts = [Part("before", "wires", frames=(1, 3, 5)), Part("after", "clean", frames=(1, 3, 5))]
        dataset = clear_dataset(studio, "nf", "wires", department="paint", parts=parts)
        model = train_model(studio, Order(dataset, "unwired", "cleanup", settings=QUICK))
        yield folder, studio, dataset, model


def asset(studio, name):
    return studio.ledger.find(Asset, "nf", name)


@pytest.fixture(scope="module")
def take(house):
    _, studio, _, model = house
    return render_take(studio, RenderOrder(model, asset(studio, "wires")))


def stills(studio, take):
    return [read_still(path, number=number) for number, path in enumerate(studio.paths(take.files), take.frames[0])]


def test_outside_the_matte_every_pixel_and_all_else_in_the_file_is_the_plates_own(house, take):
    folder, studio, _, _ = house
    covered = 0
    for frame in stills(studio, take):
        plate = read_still(folder / "in" / f"wires.{frame.number:04d}.exr", number=frame.number)
        alone = frame.others["paint_matte.A"] == 0
        covered += int((~alone).sum())
        assert np.array_equal(frame.packed[alone], plate.packed[alone])
        assert np.array_equal(frame.packed[..., 3], plate.packed[..., 3])
        assert np.array_equal(frame.others["Z"], plate.others["Z"])
        for said in ("data_window", "display_window", "timecode"):
            assert getattr(frame.header, said) == getattr(plate.header, said)
        assert frame.header.attributes["camera"] == "A001"
    assert covered > 0


def test_a_frame_names_the_model_the_plate_and_the_settings(house, take):
    _, studio, _, model = house
    said = stills(studio, take)[0].header.attributes
    assert said["rushes:model"] == digest_of(model)
    assert said["rushes:plate"] == digest_of(asset(studio, "wires"))
    assert json.loads(said["rushes:settings"]) == {"grain": True, "steady": True, "strength": 1.0}


def test_the_take_says_how_steady_it_is_and_which_frame_to_fix_next(take):
    names = [measure.name for measure in take.measures]
    assert "flicker beyond the plate's own, worst frame" in names
    assert "fix next, frame" in names
    assert any(report.name == "wires_v001.take.html" for report in take.reports)


def test_the_same_order_taught_again_gives_the_same_weights(house):
    _, studio, dataset, model = house
    again = train_model(studio, Order(dataset, "unwired_again", "cleanup", settings=QUICK))
    assert again.weights.digest == model.weights.digest


def test_frames_rendered_in_parts_have_the_bits_of_a_render_in_one_go(house, take, tmp_path):
    _, studio, _, model = house
    order = RenderOrder(model, asset(studio, "wires"), settings=json.loads(take.settings))
    render_frames(studio, order, [4, 5], folder=tmp_path)
    render_frames(studio, order, [1, 2, 3], folder=tmp_path)
    for number, path in enumerate(studio.paths(take.files), 1):
        assert still_of(tmp_path, number).read_bytes() == path.read_bytes()


def test_a_frame_that_the_artist_painted_wins_and_the_take_rests_on_it(house):
    folder, studio, _, model = house
    fixes = asset(studio, "clean")
    taken = render_take(studio, RenderOrder(model, asset(studio, "wires"), further={"fixes": fixes}))
    third = stills(studio, taken)[2]
    painted = read_still(folder / "in" / "clean.0003.exr", number=3)
    assert np.array_equal(third.packed[8:], painted.packed[8:])  # where nothing is divided by alpha
    assert [(one.role, one.what) for one in taken.further] == [("fixes", digest_of(fixes))]
    assert digest_of(fixes) in dict(studio.ledger.comes_from(digest_of(taken)))


def test_fixes_that_nobody_has_licensed_are_refused(house):
    _, studio, _, model = house
    order = RenderOrder(model, asset(studio, "wires"), further={"fixes": asset(studio, "stray")})
    with pytest.raises(NotCleared, match="stray"):
        render_take(studio, order)


def test_a_delivery_holds_the_layers_and_the_model_for_other_programs(house, take, tmp_path):
    _, studio, _, _ = house
    review_take(studio, take, "ana", decision="approved", note="gone")
    deliver_takes(studio, Parcel("nf", "reel1", [take], tmp_path / "out"))
    assert verify_delivery(tmp_path / "out").files
    names = {path.name for path in (tmp_path / "out" / "paint" / "unwired").iterdir()}
    assert {"unwired.pt", "unwired.nk", "unwired.onnx", "unwired.json", "README.txt"} <= names
    note = (tmp_path / "out" / "paint" / "unwired" / "README.txt").read_text()
    assert take.model in note
    assert "Scope     for " in note
