"""Files made to do harm: each is refused by name at a gate, whatever is changed in an honest one breaks nothing."""

import sys
from pathlib import Path

import pytest

from rushes.domain.errors import BadMaterial
from rushes.media.sandbox import Limits, open_sandbox

sys.path.append(str(Path(__file__).parents[2] / "bench"))

from hostile import FORMATS, mutations, outcome, write_seeds
from hostile_files import HOSTILE

IN_THE_SUITE = 60
"""Mutations of each format; `bench/hostile.py` tries ten thousand."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_at_the_gate(tmp_path, name):
    make, gate, words = HOSTILE[name]
    with pytest.raises(BadMaterial) as refusal:
        gate(make(tmp_path))
    assert words in refusal.value.what


@pytest.fixture(scope="module")
def sandbox():
    with open_sandbox(Limits(memory=1536 << 20, seconds=60)) as opened:
        yield opened


@pytest.mark.parametrize("kind", FORMATS)
def test_honest_files_pass_and_whatever_is_changed_in_them_is_decoded_or_refused(tmp_path, sandbox, kind):
    seeds = write_seeds(tmp_path, kind)
    assert {outcome(sandbox, path) for path in tmp_path.glob(f"*.{kind}")} == {"decoded"}
    starts = sandbox.starts
    path = tmp_path / f"mutated.{kind}"
    for content in mutations(seeds, IN_THE_SUITE, seed=1):
        path.write_bytes(content)
        assert outcome(sandbox, path) in ("decoded", "refused"), path
    assert sandbox.starts == max(1, starts) or kind == "safetensors"
