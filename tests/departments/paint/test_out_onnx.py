"""A model as ONNX says what torch says, is one file for every size, and Flame's description fits its graph."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from rushes.departments.paint.model import PaintModel
from rushes.departments.paint.network import HEADS, Shape, applies, fresh_network
from rushes.departments.paint.out_onnx import CLOSE, OPSET, check_onnx, write_onnx
from rushes.departments.paint.out_torchscript import scripted
from rushes.domain.errors import BadMaterial, MissingExtra

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

NOTES = {"model": "Fähre v1", "digest": "sha256:00", "show": "Night Ferry"}
KINDS = {
    "paint-out": {"changes": True},
    "neighbours": {"changes": True, "neighbours": 1, "guides": 1},
    "roto": {"changes": False, "mattes": 1},
    "roto and paint": {"changes": True, "mattes": 2},
}
SOCKETS = {
    "paint-out": (["plate"], ["result", "matte"]),
    "neighbours": (["plate", "before_1", "after_1", "guide"], ["result", "matte"]),
    "roto": (["plate"], ["matte"]),
    "roto and paint": (["plate"], ["result", "matte", "matte_2", "matte_3"]),
}


def taught(*, changes: bool, mattes: int = 0, guides: int = 0, neighbours: int = 0) -> PaintModel:
    """A network that changes about a half of a picture by about a stop, and leaves the rest quite alone."""
    shape = Shape(3 * (1 + 2 * neighbours) + guides, changes, mattes, (16, 32), 1)
    network = fresh_network(shape, 0).eval()
    with torch.no_grad():
        network.head.weight.normal_(0, 0.008, generator=torch.Generator().manual_seed(1))
        if changes:
            edge = max(logit for logit in torch.linspace(-8, 0, 801) if applies(logit.view(1, 1, 1, 1)) == 0)
            network.head.bias.view(HEADS, shape.outputs)[:, 3] = edge
    return PaintModel(network, shape, neighbours, guides, False, {}, "", (), np.zeros((0, 1), np.float32))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx")
    models = {kind: taught(**settings) for kind, settings in KINDS.items()}
    return {
        kind: (model, *write_onnx(folder / f"{kind}.onnx", model, title="Wire “out”", notes=NOTES))
        for kind, model in models.items()
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_says_what_the_script_for_nuke_says_at_sizes_it_was_never_tried_at(kind, written):
    model, path, _ = written[kind]
    script = scripted(model)
    session = runtime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    for height, width in ((65, 97), (2, 7), (50, 33)):
        random = np.random.default_rng(height)
        parts = {
            socket.name: random.random((1, socket.shape[1], height, width), np.float32)
            * (1 if socket.name == "guide" else 8)
            for socket in session.get_inputs()
        }
        made = np.concatenate(session.run(None, parts), axis=1)
        with torch.inference_mode():
            wanted = script(torch.from_numpy(np.concatenate(list(parts.values()), axis=1))).numpy()
        wanted = wanted if model.shape.changes else wanted[:, 3:]
        assert made.shape == wanted.shape
        assert (np.abs(made - wanted) / np.maximum(1, np.abs(wanted))).max() < 1e-4


def test_what_the_matte_does_not_cover_keeps_its_bits(written):
    _, path, _ = written["paint-out"]
    session = runtime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    plate = np.random.default_rng(0).normal(0, 3, (1, 3, 64, 64)).astype(np.float32)
    result, matte = session.run(None, {"plate": plate})
    alone = matte[0, 0] == 0
    assert 0.1 < alone.mean() < 0.9
    assert np.array_equal(result[0][:, alone], plate[0][:, alone])
    assert not np.array_equal(result, plate)


def test_a_file_that_says_something_else_is_refused_with_every_size(written):
    model, path, _ = written["paint-out"]
    assert check_onnx(path, model) < CLOSE
    other = replace(model, network=fresh_network(model.shape, 0))
    with pytest.raises(BadMaterial, match="what torch says") as refusal:
        check_onnx(path, other, sizes=((8, 8), (5, 9)))
    assert [reason.split(":")[0] for reason in refusal.value.reasons] == ["8 × 8", "9 × 5"]


def test_a_model_that_computes_no_numbers_leaves_no_file(tmp_path):
    model = taught(changes=False, mattes=1)
    with torch.no_grad():
        model.network.head.bias.fill_(torch.nan)
    with pytest.raises(BadMaterial):
        write_onnx(tmp_path / "bad.onnx", model, title="Bad", notes={})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", KINDS)
def test_flames_description_names_every_socket_of_the_graph_and_none_else(kind, written):
    model, path, beside = written[kind]
    about = json.loads(beside.read_text())["ModelDescription"]
    graph = onnx.load(path).graph
    for side, sockets, names in zip(("Inputs", "Outputs"), (graph.input, graph.output), SOCKETS[kind], strict=True):
        assert [socket["Name"] for socket in about[side]] == [socket.name for socket in sockets] == names
        for said, socket in zip(about[side], sockets, strict=True):
            batch, channels, height, width = socket.type.tensor_type.shape.dim
            assert {"RGB": 3, "A": 1}[said["Channels"]] == channels.dim_value
            assert (batch.dim_value, height.dim_param, width.dim_param) == (1, "height", "width")
    kinds = {socket["Name"]: socket["Type"] for socket in about["Inputs"] + about["Outputs"]}
    fixed = {"plate": "Front", "guide": "Matte", "result": "Result", "matte": "OutMatte", "matte_2": "OutMatte"}
    assert kinds.items() >= {name: fixed[name] for name in kinds if name in fixed}.items()
    assert about["SupportsSceneLinear"] is True
    assert about["Padding"] == model.shape.stride == 4
    assert path.with_suffix(".json") == beside


def test_one_file_holds_all_and_says_where_it_comes_from(written):
    _, path, beside = written["paint-out"]
    graph = onnx.load(path, load_external_data=False)
    assert {part.data_location for part in graph.graph.initializer} == {onnx.TensorProto.DEFAULT}
    assert {one.key: one.value for one in graph.metadata_props} == NOTES
    assert [(one.domain, one.version) for one in graph.opset_import] == [("", OPSET)]
    assert graph.producer_name == "rushes"
    assert json.loads(beside.read_text())["ModelDescription"]["Name"] == graph.graph.name == "Wire “out”"


def test_the_same_model_is_the_same_file(written, tmp_path):
    model, path, _ = written["roto"]
    again, _ = write_onnx(tmp_path / "again.onnx", model, title="Wire “out”", notes=NOTES)
    assert again.read_bytes() == path.read_bytes()


def test_without_the_packages_the_refusal_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.path", [])
    monkeypatch.delitem(sys.modules, "onnx")
    with pytest.raises(MissingExtra, match=r"rushes\[train\]"):
        write_onnx(tmp_path / "model.onnx", taught(changes=True), title="Wire", notes={})
