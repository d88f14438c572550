"""Packets from a studio's ledger: gathered, measured against the pixels, written whole."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pypdf
import pytest
import typer
from typer.testing import CliRunner

from rushes.cli.papers import papers
from rushes.cli.teachers import teach
from rushes.departments.look.look import neutral_look
from rushes.departments.look.packing import pack_look
from rushes.domain.actions import INFERENCE, TRAINING
from rushes.domain.clearances import OptIn, Party
from rushes.domain.errors import BadMaterial, NotFound
from rushes.domain.grants import Consent, Licence, Withdrawal
from rushes.domain.nouns import Asset, Dataset, Delivery, Model, Person, Review, Show, Take
from rushes.domain.parts import Further, Item
from rushes.domain.records import digest_of
from rushes.domain.said import Statement
from rushes.domain.scopes import scope_of
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.flow.papers import gather, write_papers
from rushes.flow.policy import choose_packs
from rushes.flow.shares import changed_share
from rushes.media.frames import Frame, Header
from rushes.media.stills import write_still
from rushes.papers.packets import PACKETS
from rushes.policy.packs import installed_packs
from rushes.settings import read_settings
from rushes.signing.scopes import sign_scope
from rushes.studio import open_studio
from rushes.training.weights import write_weights

CONFIG = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5"
SHOW = Show(
    "nf", "nf", "Nocne słońce", "N", "GB", CONFIG, "ACEScg", "Rec.1886 Rec.709 - Display", "Un-tone-mapped", "24"
)
START = datetime(2026, 11, 22, 9, tzinfo=UTC)
HEIGHT, WIDTH = 20, 30
EDL = """TITLE: reel
FCM: NON-DROP FRAME

001  A001     V     C        01:00:00:00 01:00:00:06 10:00:00:00 10:00:00:06
* FROM CLIP NAME:  plate
002  A002     V     C        01:00:00:00 01:00:00:06 10:00:00:06 10:00:00:12
* FROM CLIP NAME:  other
"""


def pixels(number, changed=0):
    """A frame of which the first rows are changed; one pixel is not a number, in both."""
    light = np.random.default_rng(number).uniform(0, 1, (HEIGHT, WIDTH, 3)).astype(np.float32)
    light[:changed] += np.float32(0.25)
    light[-1, -1] = np.nan
    return light


def write(path, number, changed=0, *, delta=None, kind="float"):
    path.parent.mkdir(parents=True, exist_ok=True)
    packed, window = pixels(number, changed), (0, 0, WIDTH - 1, HEIGHT - 1)
    header = Header(window, window, timecode="01:00:00:00", channel_types=dict.fromkeys("RGB", kind))
    write_still(path, Frame(number, packed, header, delta or {}))
    return path


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A studio with a plate, a painted grade, a model that nobody had to train, and takes of known share."""
    folder = tmp_path_factory.mktemp("papers")
    ticks = iter(range(1_000_000))
    settings = read_settings({"RUSHES_HOME": str(folder / "studio"), "RUSHES_PERSON": "jo"})
    with open_studio(settings) as today:
        studio = replace(today, clock=lambda: START + timedelta(seconds=next(ticks)))
        for number in range(1, 7):
            write(folder / "in" / f"plate.{number:04d}.exr", number)
        for number in (1, 3):
            write(folder / "in" / f"clean.{number:04d}.exr", number, 4)
        sealed = {
            name: studio.people.seal("nf", name, {"title": title})
            for name, title in (("lukasz", "Łukasz Żółć"), ("p-7", "Mia Nguyễn"))
        }
        for fact in (
            SHOW,
            Person("nf", "ana", "Ana Bell", ("*",)),
            Person("nf", "jo", "Jóhanna Þórsdóttir", ()),
            Person("nf", "lukasz", "", (), 0, sealed["lukasz"]),
            Party("nf", "p-7", "person", sealed["p-7"]),
            Licence("nf", "own", "N", ("*",), (TRAINING, INFERENCE), ("*",), ("*",), None, None),
            Consent("nf", "con", "p-7", (TRAINING, INFERENCE), ("*",), None, None),
        ):
            studio.record(fact)
        for name, kind in (("plate", "plate"), ("clean", "grade")):
            source = str(folder / "in" / f"{name}.####.exr")
            ingest_asset(studio, Arrival("nf", name, kind, source, "ACEScg", "N", ("p-7",)))
        studio.record(OptIn("nf", "lukasz.teaches", "lukasz", ("clean",), True, "paint artist"))
        yield folder, studio, made(studio, folder)


def made(studio, folder):
    """A dataset, a model and three takes: one as the plate, one with changed rows, one with a delta layer."""
    plate, clean = (studio.ledger.find(Asset, "nf", name) for name in ("plate", "clean"))
    items = (Item(digest_of(plate), "before", 1, (1, 3)), Item(digest_of(clean), "after", 1, (1, 3)))
    grants = [digest_of(studio.ledger.find(kind, "nf", name)) for kind, name in ((Licence, "own"), (Consent, "con"))]
    dataset = Dataset("nf", "dusk", "look", TRAINING, "GB", items, tuple(grants), studio.today(), None)
    studio.record(dataset)
    write_weights(folder / "look.safetensors", pack_look(neutral_look("ACEScct", points=9)), {"encoding": "ACEScct"})
    weights, scope = studio.vault.put(folder / "look.safetensors"), scope_of(dataset, ["p-7"])
    model = Model(
        "nf",
        "dusk",
        "look",
        digest_of(dataset),
        "{}",
        0,
        weights,
        scope,
        (),
        (),
        None,
        (),
        sign_scope(studio.signer, weights.digest, scope),
    )
    studio.record(model)
    takes = []
    for count, name in enumerate(("same", "rows", "layer"), 1):
        files = tuple(
            studio.vault.put(write(folder / name / f"{name}.{number:04d}.exr", number, **layers(name, number)))
            for number in range(1, 7)
        )
        further = (Further("fixes", digest_of(clean)),) if name == "layer" else ()
        takes.append(
            Take(
                "nf",
                f"plate_v{count:03d}",
                "look",
                digest_of(model),
                digest_of(plate),
                count,
                "{}",
                (1, 6),
                files,
                "ACEScg",
                (),
                further,
            )
        )
        studio.record(takes[-1])
    studio.record(Review("nf", "r1", digest_of(takes[0]), "ana", "sent back", "nothing happened", studio.clock()))
    studio.record(Review("nf", "r2", digest_of(takes[1]), "ana", "approved", "yes", studio.clock()))
    return takes


def layers(name, number):
    """No row changed, as half floats; half of frame 2 and a tenth of the others; or what a layer says."""
    if name == "rows":
        return {"changed": HEIGHT // 2 if number == 2 else HEIGHT // 10}
    if name == "same":
        return {"kind": "half"}
    delta = np.zeros((HEIGHT, WIDTH), np.float16)
    delta[:5] = 0.01
    return {"changed": HEIGHT, "delta": {"paint_delta.R": delta, "paint_delta.G": delta * 0}}


def test_the_share_of_pixels_that_a_take_changed_is_that_of_the_rows_that_were(house):
    _, studio, (same, rows, _) = house
    assert changed_share(studio, SHOW, same).most == 0
    changed = changed_share(studio, SHOW, rows)
    assert changed.mean == pytest.approx((0.5 + 5 * 0.1) / 6)
    assert (changed.most, changed.most_frame, changed.compared, changed.every) == (0.5, 2, 6, 1)
    assert changed.how == "take and plate, pixel by pixel"


def test_a_take_that_writes_what_it_changed_is_taken_at_its_word(house):
    _, studio, (*_, layer) = house
    changed = changed_share(studio, SHOW, layer)
    assert (changed.mean, changed.how) == (0.25, "the take's own delta layer")


def test_of_a_long_take_some_frames_are_compared_and_it_says_which(house):
    _, studio, (_, rows, _) = house
    changed = changed_share(studio, SHOW, rows, most=2)
    assert (changed.every, changed.compared) == (3, 3)  # 1, 4 and the last
    assert changed.most == pytest.approx(0.1)


def test_what_cannot_be_measured_is_not_stated(house):
    _, studio, (_, rows, _) = house
    lost = replace(rows, files=(replace(rows.files[0], digest="sha256:" + 64 * "0"), *rows.files[1:]))
    assert changed_share(studio, SHOW, lost) is None


def test_a_dossier_has_everything_that_a_take_rests_on(house):
    _, studio, (_same, rows, layer) = house
    dossier = gather(studio, [rows, layer])
    assert [facts.take.name for facts in dossier.takes] == [rows.name, layer.name]
    first, last = dossier.takes
    assert first.review.note == "yes"
    assert first.tries == ("plate_v001", "plate_v002", "plate_v003")
    assert [(name, review.note) for name, review in first.sent_back] == [("plate_v001", "nothing happened")]
    assert last.review is None
    assert last.by_hand == (1, 3)
    assert {grant.name for grant in dossier.grants.values()} == {"own", "con"}
    assert (dossier.title("lukasz"), dossier.title("p-7")) == ("Łukasz Żółć", "Mia Nguyễn")
    assert [word.role for word in dossier.opt_ins] == ["paint artist"]
    assert {entry.by for entry in dossier.recorded.values()} == {"jo"}
    assert dossier.system.missing == ()
    assert "nf" in first.known["job.production"]
    assert dossier.takes[0].changed.most == 0.5


def test_only_the_ledger_tells_what_the_ledger_knows_and_people_the_rest(house):
    _, studio, (_, rows, _) = house
    statement = Statement("nf", "delivery.final", digest_of(rows), "true", "reel is locked")
    studio.record(statement)
    dossier = gather(studio, [rows])
    said = dossier.statement("delivery.final", dossier.takes[0].subjects)
    assert (said.value, said.by, said.at.tzinfo) == (True, "jo", UTC)
    assert "delivery.final" not in dossier.takes[0].known
    assert dossier.takes[0].known["take.reviewers"] == ("ana",)


def test_the_packets_of_a_delivery_are_written_whole_and_name_everyone(house, tmp_path):
    _, studio, (_, rows, _) = house
    delivery = Delivery("nf", "reel1", (digest_of(rows),), (), (), rows.files, studio.clock())
    studio.record(delivery)
    written = write_papers(studio, delivery, kinds=("credits", "eo"), folder=tmp_path / "papers")
    assert [path.name for path in written] == ["credits.pdf", "credits.json", "eo.pdf", "eo.json"]
    assert sorted(path.name for path in (tmp_path / "papers").iterdir()) == sorted(path.name for path in written)
    words = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "papers" / "credits.pdf").pages)
    for name in ("Łukasz Żółć", "Mia Nguyễn", "Ana Bell", "Jóhanna Þórsdóttir"):
        assert name in words
    assert json.loads((tmp_path / "papers" / "eo.json").read_text())["about"] == "Delivery reel1: plate_v002"


def test_an_unknown_packet_and_no_takes_are_refused_before_anything_is_written(house, tmp_path):
    _, studio, (_, rows, _) = house
    with pytest.raises(NotFound, match="did you mean 'eu50'"):
        write_papers(studio, [rows], kinds=["eo", "eu51"], folder=tmp_path / "papers")
    with pytest.raises(BadMaterial, match="no takes"):
        write_papers(studio, [], kinds=["eo"], folder=tmp_path / "papers")
    assert not (tmp_path / "papers").exists()


def test_a_withdrawn_consent_stands_in_the_papers_as_withdrawn(house):
    _folder, studio, (_, rows, _) = house
    consent = studio.ledger.find(Consent, "nf", "con")
    studio.record(Withdrawal("nf", "con.withdrawn", digest_of(consent), studio.today(), "changed my mind", "future"))
    told = json.dumps(PACKETS["eo"](gather(studio, [rows])).json, ensure_ascii=False)
    assert "WITHDRAWN from 2026-11-22: changed my mind" in told


def test_the_rules_that_are_not_kept_stand_in_the_papers_as_open(house):
    _, studio, (_, rows, _) = house
    assert PACKETS["eo"](gather(studio, [rows])).json["sections"]["open"]["open"]["rows"] == []
    pack = studio.vault.put_bytes(installed_packs()["eo-insurance"], "eo-insurance.toml")
    choose_packs(studio, "nf", [pack])
    told = PACKETS["eo"](gather(studio, [rows])).json["sections"]["open"]["open"]["rows"]
    assert {"EOI-01", "EOI-03", "EOI-05"} <= {row["rule"]["text"] for row in told}
    assert "EOI-10" not in {row["rule"]["text"] for row in told}  # somebody has approved it


def command(function, *words):
    app = typer.Typer()
    app.command()(function)
    return CliRunner().invoke(app, words, catch_exceptions=False)


def test_the_commands_write_packets_with_a_cut_and_record_an_artists_word(house, tmp_path, monkeypatch):
    folder, _, _ = house
    monkeypatch.setenv("RUSHES_HOME", str(folder / "studio"))
    monkeypatch.setenv("RUSHES_PERSON", "jo")
    monkeypatch.delenv("RUSHES_SHOW", raising=False)
    (tmp_path / "reel.edl").write_text(EDL)
    done = command(
        papers,
        "plate_v002",
        "--to",
        str(tmp_path / "out"),
        "--kind",
        "eo",
        "--cut",
        str(tmp_path / "reel.edl"),
        "--json",
    )
    assert json.loads(done.stdout)["unplaced"] == {}
    told = json.loads((tmp_path / "out" / "eo.json").read_text())["sections"]["exposure"]
    assert told["exposed"]["rows"][0]["record"]["text"] == "10:00:00:00 – 10:00:00:06"
    assert told["exposed"]["rows"][0]["frames"]["value"] == {"of_take": 6, "of_shot": 6}
    assert told["others"]["answers"][0]["value"] == [2]
    refused = command(teach, "lukasz", "--asset", "clean", "--role", "paint artist", "--declines")
    assert "does not want clean to teach" in refused.stdout
    assert "dusk" in refused.stdout
    with open_studio(read_settings()) as studio:
        words = studio.ledger.every(OptIn, "nf")
        assert [(word.agreed, word.revision) for word in words] == [(True, 0), (False, 1)]
        told = json.dumps(
            PACKETS["credits"](gather(studio, [studio.ledger.find(Take, "nf", "plate_v002")])).json, ensure_ascii=False
        )
    assert "Łukasz" not in told
