"""A delivery says in three layers what it is; each is read again, and where two disagree none counts."""

import json
import shutil

import av
import numpy as np
import pytest
from PIL import Image

from rushes.cli import run
from rushes.departments.look.look import neutral_look
from rushes.departments.look.packing import pack_look
from rushes.domain.errors import BadSignature
from rushes.domain.nouns import Dataset, Delivery, Model, Take
from rushes.domain.records import digest_of
from rushes.domain.scopes import scope_of
from rushes.flow.layers import Trust, check_layers, identify
from rushes.flow.proofs import FOLDER, PRINTS, mark_key, record_of
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.settings import read_settings
from rushes.signing.certificates import make_authority, revoke
from rushes.signing.credentials import Claim, SourceType, read_credentials, write_credentials
from rushes.signing.scopes import sign_scope
from rushes.studio import open_studio
from rushes.training.weights import write_weights

FRAMES = range(1, 15)


def write_plate(folder):
    folder.mkdir()
    rows, columns = np.mgrid[0:360, 0:640]
    blocks = np.random.default_rng(3).uniform(-2, 1, (9, 16, 3)).repeat(40, 0).repeat(40, 1)
    for number in FRAMES:
        light = np.sin(rows / 11 + number / 9) + np.cos(columns / 13)
        pixels = (0.18 * np.exp2(blocks + 0.5 * light[..., None])).astype(np.float32)
        write_still(folder / f"plate.{number:04}.exr", Frame(0, pixels, Header((0, 0, 639, 359), (0, 0, 639, 359))))


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A studio that has delivered one take of a look that nobody had to train."""
    folder = tmp_path_factory.mktemp("house")
    write_plate(folder / "in")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(folder / "home"))
        patch.setenv("RUSHES_PERSON", "ana")
        patch.delenv("RUSHES_SHOW", raising=False)
        patch.chdir(folder)
        for command in (
            "new nf --owner N --territory GB",
            "person ana --title Ana --say look",
            "rights licence all --owner N --allow ai_training --allow ai_inference",
            "ingest plate in/plate.####.exr --colour-space ACEScg --owner N --nobody",
            "clear dusk --part plate=plate --part reference=plate",
        ):
            assert run(command.split()) == 0, command
        _record_model(folder)
        for command in (
            "render dusk plate",
            "review plate_v001 --approve --by ana --note good",
            "deliver reel plate_v001 --to reel",
        ):
            assert run(command.split()) == 0, command
    return folder


def _record_model(folder):
    with open_studio(read_settings()) as studio:
        dataset = studio.ledger.find(Dataset, "nf", "dusk")
        write_weights(folder / "l.safetensors", pack_look(neutral_look("ACEScct", points=9)), {"encoding": "ACEScct"})
        weights, scope = studio.vault.put(folder / "l.safetensors"), scope_of(dataset, [])
        known = {"show": "nf", "name": "dusk", "department": "look", "dataset": digest_of(dataset), "recipe": "{}"}
        nothing = {"seed": 0, "measures": (), "reports": (), "base": None, "earlier": ()}
        signature = sign_scope(studio.signer, weights.digest, scope)
        studio.record(Model(**known, **nothing, weights=weights, scope=scope, signature=signature))


@pytest.fixture
def studio(house, tmp_path, monkeypatch):
    monkeypatch.setenv("RUSHES_HOME", str(shutil.copytree(house / "home", tmp_path / "home")))
    monkeypatch.setenv("RUSHES_PERSON", "ana")
    monkeypatch.delenv("RUSHES_SHOW", raising=False)
    with open_studio(read_settings()) as studio:
        yield studio


@pytest.fixture
def reel(house, tmp_path):
    return shutil.copytree(house / "reel", tmp_path / "reel")


MOVIE = "plate_v001_h264.mp4"


def take_of(studio):
    return studio.ledger.find(Take, "nf", "plate_v001")


def faults_of(folder, trust):
    with pytest.raises(BadSignature) as refused:
        check_layers(folder, trust)
    return " ".join(refused.value.reasons)


def test_what_was_delivered_says_the_same_in_every_layer(studio, reel):
    layers = check_layers(reel, Trust(mark_key=mark_key(studio)))
    take = digest_of(take_of(studio))
    assert {(one.name, one.watermark) for one in layers} == {(MOVIE, "read"), ("plate_v001", "none")}
    assert {one.take for one in layers} == {take}
    assert sum(one.fingerprints for one in layers) == 2
    assert {one.watermark for one in check_layers(reel, Trust())} == {"not looked for", "none"}


def test_the_movie_names_its_model_and_its_place_in_the_log_and_that_nobody_may_train_on_it(studio, reel):
    found = read_credentials(reel / "movies" / MOVIE, root=(reel / FOLDER / "root.pem").read_bytes())
    take = take_of(studio)
    assert found.source_types[0] == SourceType.ENHANCED
    assert {one.relationship for one in found.ingredients} == {"inputTo", "componentOf"}
    assert found.provenance["log_index"] == studio.ledger.entry(digest_of(take)).position
    assert found.provenance["watermark"] == f"{record_of(digest_of(take)):016x}"
    assert (found.provenance["approved_by"], set(found.training_mining.values())) == ("ana", {"notAllowed"})
    assert "c2pa.color_adjustments" in [action.action for action in found.actions]


def test_the_command_says_that_all_is_well_and_counts_the_layers(studio, reel, capsys):
    capsys.readouterr()
    assert run(["verify", str(reel), "--json"]) == 0
    assert [one["watermark"] for one in json.loads(capsys.readouterr().out)["layers"]].count("read") == 1


def test_a_movie_with_the_credentials_of_another_pixel_is_refused(studio, reel):
    content = bytearray((reel / "movies" / MOVIE).read_bytes())
    content[len(content) // 2] ^= 1
    (reel / "movies" / MOVIE).write_bytes(content)
    assert MOVIE in faults_of(reel, Trust())


def test_a_frame_that_was_changed_after_it_was_listed_is_named(reel):
    frame = sorted((reel / "frames" / "plate_v001").iterdir())[3]
    frame.write_bytes(frame.read_bytes() + b"\0")
    assert f"{frame.name}: is not what was listed" in faults_of(reel, Trust())


def test_credentials_under_another_root_are_not_trusted(studio, reel, tmp_path):
    stranger = make_authority(tmp_path / "stranger", "Stranger", studio.clock())
    assert MOVIE in faults_of(reel, Trust(root=stranger.root))


def test_credentials_of_a_revoked_certificate_are_not_trusted_by_the_newest_list(studio, reel):
    authority = studio.authority()
    crl = revoke(authority, authority.serial, studio.clock(), reason="keyCompromise")
    assert "revoked" in faults_of(reel, Trust(revoked=crl))
    assert check_layers(reel, Trust())


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        ({"take": "sha256:" + 64 * "0"}, "not delivered"),
        ({"watermark": "0" * 16}, "name a watermark that is not its take's"),
        ({"fingerprints": "sha256:" + 64 * "0"}, "not of one take"),
    ],
)
def test_credentials_that_contradict_another_layer_are_refused_though_the_studio_signed_them(
    studio, reel, tmp_path, says, fault
):
    stripped = tmp_path / "plain.mp4"
    _strip(reel / "movies" / MOVIE, stripped)
    told = read_credentials(reel / "movies" / MOVIE, root=studio.authority().root).provenance
    _sign_again(studio, stripped, reel / "movies" / MOVIE, {**told, **says})
    assert fault in faults_of(reel, Trust(mark_key=mark_key(studio)))


def _sign_again(studio, source, target, provenance):
    target.unlink()
    claim = Claim(MOVIE, SourceType.ENHANCED, provenance=provenance)
    write_credentials(source, target, claim, authority=studio.authority())


def _strip(movie, into):
    """Copy the pictures of a movie into a fresh file, as a platform does; nothing else comes along."""
    with av.open(str(movie)) as old, av.open(str(into), "w") as new:
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(old.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                new.mux(packet)


def test_a_movie_with_pictures_that_carry_no_mark_is_refused_though_it_is_signed(studio, reel, tmp_path):
    told = read_credentials(reel / "movies" / MOVIE, root=studio.authority().root).provenance
    plain = tmp_path / "plain.mp4"
    with av.open(str(plain), "w") as new:
        stream = new.add_stream("h264", rate=24, width=640, height=360, pix_fmt="yuv420p")
        for number in range(15):
            grey = np.random.default_rng(number).integers(0, 255, (9, 16, 3), np.uint8).repeat(40, 0).repeat(40, 1)
            for packet in stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")):
                new.mux(packet)
        for packet in stream.encode():
            new.mux(packet)
    _sign_again(studio, plain, reel / "movies" / MOVIE, told)
    faults = faults_of(reel, Trust(mark_key=mark_key(studio)))
    assert "does not look as its fingerprint says" in faults
    assert "its watermark is missing" in faults


def test_a_movie_from_which_everything_was_stripped_is_known_by_its_mark_and_its_looks(studio, reel, tmp_path, capsys):
    stripped = tmp_path / "from_somewhere.mp4"
    _strip(reel / "movies" / MOVIE, stripped)
    found = identify(studio, stripped)
    assert isinstance(found.credentials, str)
    assert found.mark is not None
    assert found.mark.record == record_of(digest_of(take_of(studio)))
    assert found.takes["plate_v001"] > 1
    assert run(["verify", str(stripped)]) == 0
    assert "shows take plate_v001" in capsys.readouterr().out


def test_a_picture_that_is_nobodys_is_known_by_nothing(studio, tmp_path, capsys):
    pixels = np.random.default_rng(8).uniform(0, 1, (9, 16, 3)).repeat(30, 0).repeat(30, 1).astype(np.float32)
    write_still(tmp_path / "x.exr", Frame(0, pixels, Header((0, 0, 479, 269), (0, 0, 479, 269))))
    assert run(["verify", str(tmp_path / "x.exr")]) == 1
    assert "nothing that left this studio looks like it" in capsys.readouterr().out


def test_the_fingerprints_are_in_the_log_with_the_delivery(studio, reel):
    delivery = studio.ledger.find(Delivery, "nf", "reel")
    [kept] = [file for file in delivery.files if file.name.endswith(PRINTS)]
    assert json.loads(studio.vault.path(kept).read_bytes())["frames"].keys() == {"1", "13"}


@pytest.mark.parametrize("suffix", ["png", "jpg", "tif"])
def test_a_still_made_from_a_take_gets_credentials_if_the_take_may_leave(studio, tmp_path, capsys, suffix):
    still, signed = tmp_path / f"press.{suffix}", tmp_path / f"signed.{suffix}"
    Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 320, 3), np.uint8)).save(still)
    command = ["credentials", "write", str(still), "--take", "plate_v001", "--to", str(signed)]
    assert run(command) == 0
    found = read_credentials(signed, root=studio.authority().root)
    assert found.provenance["take"] == digest_of(take_of(studio))
    assert run(["verify", str(signed)]) == 0
    assert run(command) == 1  # never written over
    assert run(["rights", "withdraw", "all", "--reason", "sold"]) == 0
    assert run([*command[:-1], str(tmp_path / f"again.{suffix}")]) == 1
    assert not (tmp_path / f"again.{suffix}").exists()
