"""What files say of rights is read at the door: a reservation stands, and what a model made is held until known."""

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from rushes.cli import run
from rushes.domain.actions import GENERATIVE_TRAINING, TRAINING
from rushes.domain.clearances import Hold, Reservation
from rushes.domain.nouns import Asset
from rushes.settings import read_settings
from rushes.studio import open_studio

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" {said}/></rdf:RDF></x:xmpmeta>"""
PROHIBITED = 'plus:DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-GENAIMLTRAINING"'
IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@pytest.fixture
def show(tmp_path, monkeypatch):
    monkeypatch.setenv("RUSHES_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RUSHES_SHOW", raising=False)
    monkeypatch.chdir(tmp_path)
    assert run(["new", "nf", "--owner", "N", "--territory", "GB"]) == 0
    assert (
        run(["rights", "licence", "own", "--owner", "N", "--allow", "ai_training", "--allow", "ai_generative_training"])
        == 0
    )
    return tmp_path


def ingested(folder, said):
    info = PngInfo()
    info.add_itxt("XML:com.adobe.xmp", XMP.format(said=said))
    Image.new("RGB", (64, 36), (90, 120, 60)).save(folder / "still.png", pnginfo=info)
    command = ["ingest", "still", "still.png", "--kind", "still", "--colour-space", "sRGB Encoded Rec.709 (sRGB)"]
    assert run([*command, "--owner", "N", "--nobody"]) == 0


def test_a_reservation_inside_a_file_locks_what_it_names_and_nothing_else(show, capsys):
    ingested(show, PROHIBITED)
    assert "reserved against machines (plus)" in capsys.readouterr().out
    with open_studio(read_settings()) as studio:
        [found] = studio.ledger.every(Reservation, "nf")
    assert (found.asset, found.scheme, found.actions) == ("still", "plus", (GENERATIVE_TRAINING,))
    assert run(["rights", "missing", "still", "--action", GENERATIVE_TRAINING]) == 1
    assert run(["rights", "missing", "still", "--action", TRAINING]) == 0


def test_a_file_that_says_a_model_made_it_is_held_until_somebody_lifts_that(show, capsys):
    ingested(show, f'Iptc4xmpExt:DigitalSourceType="{IPTC}trainedAlgorithmicMedia"')
    assert "a model made its pixels" in capsys.readouterr().out
    assert run(["rights", "missing", "still"]) == 1
    assert run(["rights", "lift", "still", "--kind", "quarantine", "--reason", "our own previs model, cleared"]) == 0
    assert run(["rights", "missing", "still"]) == 0


@pytest.mark.parametrize("word", ["digitalCapture", "algorithmicallyEnhanced", "humanEdits"])
def test_what_a_camera_or_a_person_made_is_held_by_nothing(show, word):
    ingested(show, f'Iptc4xmpExt:DigitalSourceType="{IPTC}{word}"')
    with open_studio(read_settings()) as studio:
        assert studio.ledger.every(Hold, "nf") == []


def test_a_file_beside_it_speaks_for_it_and_coming_in_again_says_nothing_new(show):
    (show / "tdmrep.json").write_text('[{"location": "/", "tdm-reservation": 1}]')
    ingested(show, "")
    ingested(show, "")
    with open_studio(read_settings()) as studio:
        assert [one.scheme for one in studio.ledger.every(Reservation, "nf")] == ["tdmrep"]
        assert len(studio.ledger.every(Asset, "nf")) == 1


def test_one_frame_of_many_that_a_model_made_is_enough_to_hold_them(show):
    for number, word in ((1, "digitalCapture"), (2, "trainedAlgorithmicMedia"), (3, "humanEdits")):
        info = PngInfo()
        info.add_itxt("XML:com.adobe.xmp", XMP.format(said=f'Iptc4xmpExt:DigitalSourceType="{IPTC}{word}"'))
        Image.new("RGB", (64, 36), (90, 120, number)).save(show / f"s.{number:04}.png", pnginfo=info)
    space = ["--colour-space", "sRGB Encoded Rec.709 (sRGB)"]
    assert run(["ingest", "shot", "s.####.png", *space, "--owner", "N", "--nobody"]) == 0
    with open_studio(read_settings()) as studio:
        assert [hold.subject for hold in studio.ledger.every(Hold, "nf")] == ["shot"]
