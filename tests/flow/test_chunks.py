"""A share of a render, told in a text, done by whoever gets it."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rushes.cli import run
from rushes.departments.look.look import Cdl, neutral_look
from rushes.departments.look.packing import pack_look
from rushes.domain.errors import BadMaterial, NotCleared, RushesError
from rushes.domain.grants import Licence, Withdrawal
from rushes.domain.nouns import Asset, Dataset, Model
from rushes.domain.records import digest_of
from rushes.domain.scopes import scope_of
from rushes.flow.chunks import chunks_of, order_text, render_chunk, render_part, spread_by
from rushes.flow.render import checked_order, render_take
from rushes.flow.rendering import RenderOrder, render_frames, still_of
from rushes.media.frames import Frame, Header
from rushes.media.stills import read_still, write_still
from rushes.settings import read_settings
from rushes.signing.scopes import sign_scope
from rushes.studio import open_studio
from rushes.training.weights import write_weights

HOUSE = [
    "new nf --owner N --territory GB --view Un-tone-mapped",
    "rights licence learn --owner N --allow ai_training",
    "rights licence render --owner N --allow ai_inference",
    "ingest plate in/plate.####.exr --colour-space ACEScg --owner N --nobody",
    "clear dusk --part plate=plate --part reference=plate",
]
FRAMES = range(1001, 1007)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A studio with a plate of six small frames, and a look that nobody had to train; tests work on copies."""
    folder = tmp_path_factory.mktemp("house")
    for number in FRAMES:
        path, window = folder / "in" / f"plate.{number}.exr", (0, 0, 31, 17)
        path.parent.mkdir(exist_ok=True)
        pixels = np.random.default_rng(number).uniform(0, 1, (18, 32, 3)).astype(np.float32)
        write_still(path, Frame(0, pixels, Header(window, window)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(folder / "home"))
        patch.delenv("RUSHES_SHOW", raising=False)
        patch.chdir(folder)
        for command in HOUSE:
            assert run(command.split()) == 0, command
        with open_studio(read_settings()) as studio:
            record_look(studio, studio.ledger.find(Dataset, "nf", "dusk"), folder / "look.safetensors")
    return folder


@pytest.fixture
def studio(house, tmp_path, monkeypatch):
    monkeypatch.setenv("RUSHES_HOME", str(shutil.copytree(house / "home", tmp_path / "home")))
    with open_studio(read_settings()) as studio:
        yield studio


def record_look(studio, dataset, path):
    look = replace(neutral_look("ACEScct", points=9), cdl=Cdl(slope=(1.1, 1.0, 0.9)))
    write_weights(path, pack_look(look), {"encoding": "ACEScct"})
    weights, scope = studio.vault.put(path), scope_of(dataset, [])
    signature = sign_scope(studio.signer, weights.digest, scope)
    known = {"show": "nf", "name": "dusk", "department": "look", "dataset": digest_of(dataset), "recipe": "{}"}
    nothing = {"seed": 0, "measures": (), "reports": (), "base": None, "earlier": ()}
    studio.record(Model(**known, **nothing, weights=weights, scope=scope, signature=signature))


@pytest.fixture
def order(studio):
    model, plate = studio.ledger.find(Model, "nf", "dusk"), studio.ledger.find(Asset, "nf", "plate")
    return checked_order(studio, RenderOrder(model, plate))


@pytest.fixture
def folder(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    return there


def rendered(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*.exr")}


def test_a_chunk_is_rendered_from_its_text_to_the_same_bits_as_here_and_only_once(studio, order, folder, tmp_path):
    text = order_text(read_settings(), order, [1003, 1004], folder=folder)
    render_chunk(text)
    here = tmp_path / "here"
    here.mkdir()
    render_frames(studio, order, [1003, 1004], folder=here)
    assert rendered(folder) == rendered(here) != {}
    written = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    render_chunk(text)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == written


def test_a_text_names_all_that_a_frame_is_made_of(studio, order, folder):
    over = render_take(studio, order)
    full = replace(order, over=over, settings={**order.settings, "strength": 0.25, "curves": False})
    render_chunk(order_text(read_settings(), full, [1001], folder=folder))
    said = read_still(still_of(folder, 1001)).header.attributes
    assert json.loads(said["rushes:further"]) == {"over": digest_of(over)}
    assert json.loads(said["rushes:settings"]) == dict(full.settings)


def send_here(function, texts, on_done):
    assert function == "rushes.flow.chunks:render_chunk"
    for done, text in enumerate(texts, 1):
        render_chunk(text)
        on_done(done)


def test_a_spread_take_is_the_take_and_tells_of_frames_not_of_chunks(studio, order):
    told = []
    spread = render_take(
        studio, order, lambda *said: told.append(said), spread=spread_by(send_here, read_settings(), size=4)
    )
    assert [done for done, _, words in told if words == "rendering"] == [4, 6]
    assert [file.digest for file in spread.files] == [file.digest for file in render_take(studio, order).files]


def test_a_frame_that_does_not_come_back_is_missed(studio, order):
    def lose_the_last(function, texts, on_done):
        send_here(function, texts[:-1], on_done)

    with pytest.raises(RushesError, match="2 frames, 1005 the first, were rendered but are not in"):
        render_take(studio, order, spread=spread_by(lose_the_last, read_settings(), size=2))


def test_frames_rendered_in_parts_are_found_and_not_rendered_again(studio, order):
    assert render_part(studio, order, range(1003, 1006)) == [1003, 1004, 1005]
    sent = []

    def send(function, texts, on_done):
        sent.extend(frame for text in texts for frame in json.loads(text)["frames"])
        send_here(function, texts, on_done)

    render_take(studio, order, spread=spread_by(send, read_settings()))
    assert sent == [1001, 1002, 1006]


def test_frames_that_the_order_does_not_have_are_refused(studio, order):
    with pytest.raises(BadMaterial, match=r"frames 1001-1003, and none of 1005, 1006"):
        render_part(studio, replace(order, frames=(1001, 1003)), [1005, 1006])


def test_a_licence_withdrawn_meanwhile_stops_the_chunks_too(studio, order, folder):
    text = order_text(read_settings(), order, [1001], folder=folder)
    licence = studio.ledger.find(Licence, "nf", "render")
    studio.record(Withdrawal("nf", "w", digest_of(licence), studio.today(), "changed my mind"))
    with pytest.raises(NotCleared):
        render_chunk(text)
    assert rendered(folder) == {}


REFUSED = {
    "does not see the studio in": lambda said, nowhere: said["studio"]["settings"].update(home=nowhere),
    "cannot use this ledger": lambda said, nowhere: said["studio"].update(machine="another"),
    "has Rushes": lambda said, nowhere: said["studio"].update(rushes="0.0.0"),
    "does not see /": lambda said, nowhere: said.update(folder=nowhere),
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_worker_that_cannot_do_it_right_says_so_and_leaves_nothing_behind(order, folder, words):
    said = json.loads(order_text(read_settings(), order, [1001], folder=folder))
    REFUSED[words](said, str(folder / "nowhere"))
    with pytest.raises(RushesError, match=words):
        render_chunk(json.dumps(said))
    assert list(folder.iterdir()) == []


@settings(deadline=None)
@given(st.lists(st.integers(), unique=True), st.integers(1, 50))
def test_chunks_are_the_frames_in_their_order(frames, size):
    chunks = chunks_of(frames, size)
    assert [frame for chunk in chunks for frame in chunk] == frames
    assert all(0 < len(chunk) <= size for chunk in chunks)
