"""Nothing is ingested in part: one hostile frame, one killed decoder, and ledger and vault are as they were."""

import os
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from rushes.domain.errors import Damaged, UnstatedColourSpace
from rushes.domain.nouns import Asset, Show
from rushes.flow.ingest import Arrival, ingest_asset
from rushes.media import sandbox as sandbox_module
from rushes.settings import read_settings
from rushes.studio import open_studio

CONFIG, VIEW = "ocio://studio-config-v4.0.0_aces-v2.0_ocio-v2.5", ("Rec.1886 Rec.709 - Display", "Un-tone-mapped")
SHOW = Show("nf", "nf", "Nightfall", "Nightfall Ltd", "GB", CONFIG, "ACEScg", *VIEW, "24")


@pytest.fixture
def studio(tmp_path):
    with open_studio(read_settings({"RUSHES_HOME": str(tmp_path / "studio"), "RUSHES_PERSON": "tester"})) as opened:
        opened.record(SHOW)
        yield opened


@pytest.fixture
def plate(tmp_path, write_exr):
    chance = np.random.default_rng(2)
    for frame in (1, 2, 3):
        write_exr(tmp_path / "in" / f"plate.{frame:04d}.exr", chance.uniform(0, 1, (3, 40, 48)))
    return tmp_path / "in"


def arrival(folder, colour_space="ACEScg"):
    return Arrival("nf", "plate", "plate", str(folder / "plate.####.exr"), colour_space, "N", ())


def held(studio):
    """All that a studio has: facts, and files in the vault, finished or not."""
    files = sorted(path for path in studio.vault.root.rglob("*") if path.is_file())
    return studio.ledger.every(Asset, "nf"), files


def test_a_sequence_with_one_hostile_frame_leaves_ledger_and_vault_as_they_were(studio, plate):
    before, hostile = held(studio), plate / "plate.0002.exr"
    content = bytearray(hostile.read_bytes())
    content[-400:-100] = bytes(300)  # past the gate: only decoding shows it
    hostile.write_bytes(content)
    with pytest.raises(Damaged) as refusal:
        ingest_asset(studio, arrival(plate))
    assert (refusal.value.path, refusal.value.frame) == (str(hostile), 2)
    assert held(studio) == before == ([], [])


def after_frame(number, then):
    """Watch an ingest, and do something after one of its frames was decoded."""

    def watch(done, total, words):
        if done == number:
            then()

    return watch


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL])
def test_a_decoder_that_crashes_half_way_leaves_ledger_and_vault_as_they_were(studio, plate, monkeypatch, number):
    started = []
    monkeypatch.setattr(sandbox_module.Sandbox, "__init__", noted(started, sandbox_module.Sandbox.__init__))
    before = held(studio)
    with pytest.raises(Damaged, match=r"plate\.0002\.exr, frame 2: its decoder (crashed|was killed)"):
        ingest_asset(studio, arrival(plate), after_frame(1, lambda: os.kill(started[0].pid, number)))
    assert held(studio) == before == ([], [])
    assert ingest_asset(studio, arrival(plate)).asset.frames == (1, 3)


def noted(started, start):
    def note(sandbox, *limits):
        start(sandbox, *limits)
        started.append(sandbox)

    return note


def test_a_frame_swapped_after_it_was_looked_at_is_not_what_comes_in(studio, plate):
    before = held(studio)
    swapped = plate / "plate.0001.exr"

    def swap():
        other = plate / "other"
        other.write_bytes(swapped.read_bytes()[::-1])
        other.replace(swapped)

    with pytest.raises(Damaged, match=r"plate\.0001\.exr: it changed while it was looked at"):
        ingest_asset(studio, arrival(plate), after_frame(3, swap))
    assert held(studio) == before


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of processes on Linux only")
def test_no_decoder_is_left_when_an_ingest_has_ended_and_the_vendor_is_asked_for_colour_in_one_too(studio, plate):
    # other tests of this process may have started some that stay, such as Python's own resource tracker
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    before = children.read_text()
    with pytest.raises(UnstatedColourSpace) as refusal:
        ingest_asset(studio, arrival(plate, None))
    assert "the file says" in refusal.value.reasons[0]
    ingest_asset(studio, arrival(plate))
    assert children.read_text() == before
