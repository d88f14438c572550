"""A model leaves with papers that prove how it was made, or it does not leave."""

import json
import shutil
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from rushes.cli import run
from rushes.domain.errors import BadSignature, NotCleared, OutOfScope
from rushes.domain.nouns import Asset, Dataset, Model
from rushes.domain.passports import Passport
from rushes.domain.records import digest_of
from rushes.domain.trainings import Training
from rushes.flow.export import BUNDLE, ML_BOM, PUBLIC, SPDX, STATEMENT, export_model
from rushes.flow.render import checked_order
from rushes.flow.rendering import RenderOrder
from rushes.flow.train import Order, train_model
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.papers.model_signing import verify_bundle
from rushes.settings import read_settings
from rushes.signing import seals
from rushes.signing.ed25519 import signature_holds
from rushes.studio import open_studio

WINDOW = (0, 0, 63, 35)
PACK = """
name = "own"
version = "1"
title = "Our own"
for = "us"
source = "the house"
[[rule]]
id = "OWN-1"
text = "Whoever gets it has signed."
source = "the house"
ask = ["may_export"]
must = [{ fact = "recipient.undertaking_signed", is = true }]
otherwise = "block"
passes = { "recipient.undertaking_signed" = true }
fails = { "recipient.undertaking_signed" = false }
"""


@pytest.fixture(scope="module", autouse=True)
def unplotted(without_plots):
    with without_plots():
        yield


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A studio with one look, taught by one pair."""
    tmp_path = tmp_path_factory.mktemp("house")
    rng = np.random.default_rng(1)
    plate = rng.uniform(0.02, 0.6, (36, 64, 3)).astype(np.float32)
    for name, picture in (("before", plate), ("after", plate * np.array([1.2, 1.0, 0.8], np.float32))):
        write_still(tmp_path / f"{name}.0001.exr", Frame(0, picture, Header(WINDOW, WINDOW)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUSHES_HOME", str(tmp_path / "home"))
        patch.delenv("RUSHES_SHOW", raising=False)
        patch.chdir(tmp_path)
        for command in (
            "new nf --owner N --territory GB --view Un-tone-mapped",
            "rights licence all --owner N --allow ai_training --ends 2999-12-31",
            "ingest before before.####.exr --colour-space ACEScg --owner N --nobody",
            "ingest after after.####.exr --kind grade --colour-space ACEScg --owner N --nobody",
            "clear dusk --pair before:after",
        ):
            assert run(command.split()) == 0, command
        with open_studio(read_settings()) as studio:
            dataset = studio.ledger.find(Dataset, "nf", "dusk")
            train_model(studio, Order(dataset, "warm", "standard", {"lattice": "17", "curve_points": "17"}))
    return tmp_path


@pytest.fixture
def studio(house, tmp_path, monkeypatch):
    monkeypatch.setenv("RUSHES_HOME", str(shutil.copytree(house / "home", tmp_path / "home")))
    monkeypatch.delenv("RUSHES_SHOW", raising=False)
    with open_studio(read_settings()) as studio:
        yield studio


def model_of(studio):
    return studio.ledger.find(Model, "nf", "warm")


def test_everything_that_a_model_was_made_of_is_in_its_papers_and_every_signature_holds(studio, tmp_path, capsys):
    capsys.readouterr()
    assert run(["export", "warm", "--to", str(tmp_path / "out"), "--json"]) == 0
    files = set(json.loads(capsys.readouterr().out)["files"])
    assert files == {"model/weights.safetensors", "model/model-card.html", BUNDLE, PUBLIC, STATEMENT, ML_BOM, SPDX}
    out, model = tmp_path / "out", model_of(studio)
    assert verify_bundle(out / "model", (out / BUNDLE).read_bytes(), (out / PUBLIC).read_bytes()) == []
    envelope = json.loads((out / STATEMENT).read_bytes())
    payload = b64decode(envelope["payload"])
    signed = seals.pae(envelope["payloadType"], payload)
    assert signature_holds(studio.signer.public_key, signed, b64decode(envelope["signatures"][0]["sig"]))
    statement = json.loads(payload)
    assert statement["subject"][0]["digest"]["sha256"] == model.weights.digest[7:]
    named = json.dumps(statement)
    dataset = studio.ledger.get(model.dataset)
    assert [one for one in (model.dataset, *(item.asset for item in dataset.items)) if one[7:] not in named] == []
    assert model.weights.digest[7:] in (out / ML_BOM).read_text()
    assert model.weights.digest[7:] in (out / SPDX).read_text()
    assert "before" in (out / "model" / "model-card.html").read_text()


def test_with_which_software_and_when_a_model_was_trained_is_on_record(studio):
    [told] = studio.ledger.every(Training)
    assert told.model == digest_of(model_of(studio))
    assert {"python", "rushes", "numpy", "opencolorio"} <= dict(told.versions).keys()
    assert told.threads >= 1
    assert timedelta(0) <= told.finished - told.started < timedelta(minutes=5)
    assert studio.ledger.touched_by(told.model) == []  # it speaks of the model, and a withdrawal does not list it


def test_a_changed_byte_of_the_weights_does_not_go_unseen(studio, tmp_path):
    export_model(studio, model_of(studio), tmp_path / "out")
    weights = tmp_path / "out" / "model" / "weights.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    out = tmp_path / "out"
    faults = verify_bundle(out / "model", (out / BUNDLE).read_bytes(), (out / PUBLIC).read_bytes())
    assert "weights.safetensors" in " ".join(faults)


def test_a_withdrawn_licence_keeps_a_model_in(studio, tmp_path):
    assert run(["rights", "withdraw", "all", "--reason", "sold"]) == 0
    with pytest.raises(OutOfScope, match="quarantined"):
        export_model(studio, model_of(studio), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_rule_that_asks_for_an_undertaking_keeps_a_model_in_until_it_is_signed(studio, tmp_path):
    (tmp_path / "own.toml").write_text(PACK)
    assert run(["policy", "choose", str(tmp_path / "own.toml")]) == 0
    with pytest.raises(NotCleared, match="Whoever gets it has signed"):
        export_model(studio, model_of(studio), tmp_path / "out")
    assert run(["policy", "state", "recipient.undertaking_signed", "yes", "--why", "on file"]) == 0
    assert export_model(studio, model_of(studio), tmp_path / "out").is_dir()


def test_a_model_with_another_scope_than_was_signed_stays_in(studio, tmp_path):
    wider = replace(model_of(studio), scope=replace(model_of(studio).scope, territory="US"))
    with pytest.raises(BadSignature):
        export_model(studio, wider, tmp_path / "out")


def test_a_model_built_on_weights_without_a_passport_neither_leaves_nor_works_until_it_has_one(studio, tmp_path):
    built = replace(model_of(studio), name="built", base="sha256:" + 64 * "d")
    studio.record(built)
    with pytest.raises(OutOfScope, match="without a passport"):
        export_model(studio, built, tmp_path / "out")
    with pytest.raises(OutOfScope, match="without a passport"):
        checked_order(studio, RenderOrder(built, studio.ledger.find(Asset, "nf", "before")))
    weights = ("--weights", str(studio.vault.path(built.weights)), "--licence", "by contract", "--taught-by", "unknown")
    assert run(["rights", "passport", "sketch", "--origin", "Vendor Ltd", *weights]) == 0
    based = replace(built, name="based", base=digest_of(studio.ledger.find(Passport, "nf", "sketch")))
    studio.record(based)
    assert studio.quarantine(based) == []
    assert run(["rights", "bases", "--forbid", "--reason", "the insurer wants none"]) == 0
    assert "forbids them all" in studio.quarantine(based)[0]


def test_a_passport_is_for_plain_weights_of_which_something_is_known(studio, tmp_path):
    (tmp_path / "x.safetensors").write_bytes(b"\x80\x04pickle")
    known = ("--origin", "a forum", "--licence", "none", "--taught-by", "unknown")
    assert run(["rights", "passport", "x", "--weights", str(tmp_path / "x.safetensors"), *known]) == 1
    good = str(studio.vault.path(model_of(studio).weights))
    assert run(["rights", "passport", "x", "--weights", good, "--origin", " ", *known[2:]]) == 1
    assert studio.ledger.every(Passport, "nf") == []
