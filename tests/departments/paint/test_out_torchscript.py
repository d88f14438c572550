"""A model as TorchScript says what a render here says: in this torch, in half floats, and in Nuke's old torches."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import rushes
from rushes.departments.paint.encoding import encoded
from rushes.departments.paint.inference import paint
from rushes.departments.paint.layers import laid_in
from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.network import HEADS, Shape, applies, fresh_network
from rushes.departments.paint.out_torchscript import NOTES, operators, scripted, write_torchscript
from rushes.domain.errors import BadMaterial

OLD_TORCHES = Path(sys.prefix) / "old-torch"
SIZES = ((37, 50), (32, 48), (8, 3), (1, 1))
NOTE = {"model": "Fähre v1", "digest": "sha256:00"}
KINDS = {
    "paint-out": {"changes": True},
    "neighbours": {"changes": True, "neighbours": 1, "guides": 1},
    "roto": {"changes": False, "mattes": 1},
    "roto and paint": {"changes": True, "mattes": 2},
}


def taught(*, changes: bool, mattes: int = 0, guides: int = 0, neighbours: int = 0, carry: bool = False) -> PaintModel:
    """A network that changes about a half of a picture by about a stop, and leaves the rest quite alone."""
    shape = Shape(3 * (1 + 2 * neighbours) + guides + carry, changes, mattes, (16, 32), 1)
    network = fresh_network(shape, 0).eval()
    with torch.no_grad():
        network.head.weight.normal_(0, 0.008, generator=torch.Generator().manual_seed(1))
        if changes:
            edge = max(logit for logit in torch.linspace(-8, 0, 801) if applies(logit.view(1, 1, 1, 1)) == 0)
            network.head.bias.view(HEADS, shape.outputs)[:, 3] = edge
    return PaintModel(network, shape, neighbours, guides, carry, {}, "", (), np.zeros((0, 1), np.float32))


def pictures(model: PaintModel, height: int, width: int) -> np.ndarray:
    """Light from deep shadow to four stops over white, a tenth of it negative; guides from 0 to 1."""
    random = np.random.default_rng(height)
    light = 0.001 * 16_000 ** random.random((model.plates, height, width))
    light[random.random(light.shape) < 0.1] *= -1
    return np.concatenate([light, random.random((model.guides, height, width))]).astype(np.float32)


def rendered(model: PaintModel, given: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """What a render here makes of it: result, where it applies, mattes."""
    made = paint(model.network, model.shape, given, plates=model.plates)
    layered = laid_in(given[:3], made.made, made.doubt, shape=model.shape, strength=strength)
    where = made.made[3:4] if model.shape.changes else made.made[:0]
    return np.concatenate([layered.result, where, layered.mattes])


def said(script: torch.jit.ScriptModule, given: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return script(torch.from_numpy(given)[None])[0].float().numpy()


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float((np.abs(one - other) / np.maximum(1, np.abs(other))).max())


@pytest.fixture(scope="module")
def models() -> dict[str, PaintModel]:
    return {kind: taught(**settings) for kind, settings in KINDS.items()}


@pytest.fixture(scope="module")
def files(models, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("scripts")
    return {kind: write_torchscript(folder / f"{kind}.pt", model, NOTE) for kind, model in models.items()}


@pytest.fixture(scope="module")
def paint_out(models) -> PaintModel:
    return models["paint-out"]


@pytest.fixture
def script(files) -> torch.jit.ScriptModule:
    return torch.jit.load(str(files["paint-out"]))


@pytest.mark.parametrize("kind", KINDS)
def test_a_script_says_what_a_render_says_at_any_size(kind, models, files):
    model, script = models[kind], torch.jit.load(str(files[kind]))
    for size in SIZES:
        given = pictures(model, *size)
        wanted = rendered(model, given)
        assert said(script, given).shape == wanted.shape
        assert apart(said(script, given), wanted) < 1e-4


def test_what_the_matte_does_not_cover_keeps_its_bits_and_the_rest_does_not(paint_out, script):
    given = pictures(paint_out, 64, 64)
    given[:, 0, :3] = 65504, -65504, 6e-8
    made = said(script, given)
    covered = made[3] > 0
    assert 0.1 < covered.mean() < 0.9
    assert np.array_equal(made[:3, ~covered], given[:3, ~covered])
    assert np.abs(made[:3, covered] - given[:3, covered]).max() > 0.1


def test_damage_in_a_plate_stays_where_it_is(paint_out, script):
    given = pictures(paint_out, 128, 128)
    given[0, 0, 0], given[1, 1, 1] = np.nan, np.inf
    made = said(script, given)[:3]
    assert np.isnan(made[0, 0, 0])
    assert made[1, 1, 1] == np.inf
    assert np.isfinite(np.delete(made.reshape(3, -1), [0, 129], axis=1)).all()


@pytest.mark.parametrize("strength", [0.0, 0.5, 2.0])
def test_strength_is_a_knob_that_a_host_sets_after_loading(paint_out, script, strength):
    given = pictures(paint_out, 16, 16)
    script.strength = strength
    assert apart(said(script, given)[:3], rendered(paint_out, given, strength)[:3]) < 1e-4
    assert np.array_equal(said(script, given)[:3], given) == (strength == 0)


def test_in_half_floats_the_codes_of_bright_light_do_not_overflow(paint_out, script):
    given = pictures(paint_out, 48, 48).astype(np.float16).astype(np.float32)
    given[:, 8:16, 8:16] = 4000.0
    given[:, 40:] = 65504.0
    exact = said(script, given)
    with torch.inference_mode():
        made = script.half()(torch.from_numpy(given)[None].half())[0]
    assert made.dtype == torch.float16
    made = made.float().numpy()
    assert np.abs(encoded(made[:3, :32]) - encoded(exact[:3, :32])).max() < 0.01
    assert exact[:3].max() > 65504
    assert np.isfinite(made).all()
    alone = made[3] == 0
    assert alone.any()
    assert np.array_equal(made[:3, alone], given[:3, alone])


def test_the_code_holds_no_tensor_larger_than_a_number_which_any_precision_and_device_takes(files):
    for path in files.values():
        parts = zipfile.ZipFile(path).infolist()
        assert [part for part in parts if "/constants/" in part.filename and part.file_size > 8] == []
        assert sum(part.file_size for part in parts if "/data/" in part.filename) > 100_000


def test_an_operator_that_an_old_torch_may_not_have_is_refused_by_name(script):
    odd = taught(changes=True)
    odd.network.there[0] = nn.GELU()
    with pytest.raises(BadMaterial, match="older torches") as refusal:
        scripted(odd)
    assert refusal.value.reasons == ("aten::gelu",)
    assert "aten::_convolution" in operators(script)


def test_a_model_that_carries_mattes_through_a_shot_is_refused_for_a_program_that_cannot():
    with pytest.raises(BadMaterial, match="through the shot"):
        scripted(taught(changes=False, mattes=1, carry=True))


def test_notes_lie_in_the_file_and_nothing_in_it_tells_of_this_machine(files):
    found = {NOTES: ""}
    torch.jit.load(str(files["paint-out"]), _extra_files=found)
    assert json.loads(found[NOTES]) == NOTE
    places = [str(Path(module.__file__).parent).encode() for module in (rushes, torch)]
    written = files["paint-out"].read_bytes()
    assert [place for place in places if place in written] == []


IN_OLD_TORCH = """
import json, sys, torch
print(torch.__version__)
for case in json.load(open(sys.argv[1])):
    script = torch.jit.load(case["script"])
    script.strength = case["strength"]
    given = torch.frombuffer(bytearray(open(case["given"], "rb").read()), dtype=torch.float32).reshape(case["shape"])
    with torch.no_grad():
        made = script(given)
    open(case["made"], "wb").write(bytes(made.contiguous().view(torch.uint8).flatten().tolist()))
"""


@pytest.mark.parametrize("version", ["1.12.1", "2.1.1"])
def test_the_torch_inside_nuke_loads_every_kind_of_model_and_says_the_same(version, models, files, tmp_path):
    python = OLD_TORCHES / version / "bin" / "python"
    if not (OLD_TORCHES / version / "complete.stamp").exists():
        pytest.skip(f"torch {version} is not here: tests/old_torches.sh could not get it")
    cases, wanted = [], []
    for kind, strength, size in [
        *((kind, 1.0, size) for kind in KINDS for size in SIZES[:2]),
        ("paint-out", 2.0, (8, 8)),
    ]:
        given, name = pictures(models[kind], *size), f"{len(cases)}"
        (tmp_path / f"{name}.given").write_bytes(given.tobytes())
        places = {"given": str(tmp_path / f"{name}.given"), "made": str(tmp_path / f"{name}.made")}
        cases.append({"script": str(files[kind]), "strength": strength, "shape": (1, *given.shape), **places})
        wanted.append(rendered(models[kind], given, strength))
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    command = [python, "-W", "ignore", "-c", IN_OLD_TORCH, tmp_path / "cases.json"]
    old = subprocess.run(command, capture_output=True, text=True, check=False)
    assert old.returncode == 0, old.stderr[-2000:]
    assert old.stdout.startswith(version)
    for case, right in zip(cases, wanted, strict=True):
        made = np.frombuffer(Path(case["made"]).read_bytes(), np.float32).reshape(right.shape)
        assert apart(made, right) < 1e-4
